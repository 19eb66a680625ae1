"""Whom the files of a ledger are closed to: customers' words wait in them."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from pageinbox.checkup.ledger import disk
from pageinbox.ledger.database import open_ledger
from pageinbox.ledger.schema import VERSION
from pageinbox.model.errors import LedgerError
from pageinbox.model.finding import State
from pageinbox.words.advice import of_the_machine
from pageinbox.words.ledger import ledger_trouble
from tests.core.test_ledger_trouble import somebody_else
from tests.core.test_ledger_versions import load


def modes(folder: Path) -> dict[str, int]:
    return {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir()}


def test_all_that_belongs_to_a_ledger_is_closed_to_others(ledger_folder: Path) -> None:
    path = ledger_folder / "ledger.sqlite"
    load(f"sqlite:///{path}", VERSION - 1)
    path.chmod(0o644)
    open_ledger(path).close()  # makes a backup
    ledger = open_ledger(path)
    assert set(modes(ledger_folder)) == {
        "ledger.sqlite",
        "ledger.sqlite-wal",
        "ledger.sqlite-shm",
        "ledger.sqlite.lock",
        f"ledger.sqlite.version-{VERSION - 1}",
    }
    assert set(modes(ledger_folder).values()) == {0o600}
    (ledger_folder / "notes.txt").touch(0o644)
    for file in ledger_folder.iterdir():
        file.chmod(0o644)
    open_ledger(path).close()
    ledger.close()
    assert {name: mode for name, mode in modes(ledger_folder).items() if mode != 0o600} == {"notes.txt": 0o644}


def test_what_cannot_be_closed_to_others_is_refused() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "ledger.sqlite")
        if os.geteuid() == 0:
            os.chmod(folder, 0o755)
            path.touch()
            path.chmod(0o666)
        else:
            path.symlink_to("/etc/hosts")  # somebody else's, too
        with somebody_else(), pytest.raises(LedgerError) as refused:
            open_ledger(path)
    assert (refused.value.kind, refused.value.where) == ("exposed", str(path))
    assert "can be read by other users of this machine" in ledger_trouble(refused.value.kind, refused.value.where)


@pytest.mark.parametrize(
    ("mounts", "refused"),
    [
        ("/dev/sda1 / ext4 rw 0 0\n", False),
        ("nas:/bots {folder} nfs4 rw 0 0\n/dev/sda1 / ext4 rw 0 0\n", True),
        ("nas:/ / nfs rw 0 0\n/dev/sdb1 {folder} xfs rw 0 0\n", False),
        ("//nas/a {folder}x cifs rw 0 0\n", False),
        ("/run/host_mark/Users {folder} fakeowner rw 0 0\n/dev/sda1 / ext4 rw 0 0\n", True),
        ("", False),
    ],
)
def test_two_may_have_a_file_open_but_not_on_a_disk_that_machines_share(
    tmp_path: Path, mounts: str, refused: bool
) -> None:
    folder, told = tmp_path / "a b", tmp_path / "mounts"
    folder.mkdir()
    told.write_text(mounts.format(folder=str(folder).replace(" ", "\\040")))
    first = open_ledger(folder / "ledger.sqlite", mounts=told)
    if refused:
        with pytest.raises(LedgerError) as raised:
            open_ledger(folder / "ledger.sqlite", mounts=told)
        assert raised.value.kind == "shared"
        first.close()
    open_ledger(folder / "ledger.sqlite", mounts=told).close()
    first.close()


@pytest.mark.parametrize("kind", ["virtiofs", "fakeowner", "fuse.grpcfuse", "9p", "vboxsf", "ext4", "overlay"])
def test_a_folder_of_a_virtual_machines_host_is_told_as_what_damages_files(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, kind: str
) -> None:
    """So Docker Desktop has folders of a Mac (openclaw/openclaw#120694, DaKheera47/job-ops#726)."""
    told, path = tmp_path / "mounts", tmp_path / "ledger.sqlite"
    told.write_text(f"host {tmp_path} {kind} rw 0 0\n/dev/sda1 / ext4 rw 0 0\n")
    open_ledger(path, mounts=told).close()
    found = disk(str(path), 1, told)
    lent = kind not in ("ext4", "overlay")
    assert (found.state is State.ATTENTION) is lent
    assert ("from its host" in of_the_machine(found.fact)) is lent
    assert (f"host ({kind})" in caplog.text) is lent


def test_a_file_of_which_the_system_tells_nothing_is_a_ledger_that_cannot_be_used(tmp_path: Path) -> None:
    """As where the handle of a network disk is stale; here a link leads to itself."""
    (tmp_path / "ledger.sqlite").symlink_to(tmp_path / "ledger.sqlite")
    with pytest.raises(LedgerError) as failed:
        open_ledger(tmp_path / "ledger.sqlite")
    assert failed.value.kind == "readonly"
