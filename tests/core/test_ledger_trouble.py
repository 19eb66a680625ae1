"""A ledger that fails: nothing is announced that could not be recorded, and after mending nothing is lost."""

from __future__ import annotations

import os
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from pageinbox.ledger.database import open_ledger
from pageinbox.ledger.faults import kind_of
from pageinbox.ledger.schema import meta
from pageinbox.ledger.sources import Sources
from pageinbox.ledger.wanted import want
from pageinbox.model.errors import LedgerError
from pageinbox.words.ledger import ledger_trouble
from tests.core.stage import INTERVAL, Life, Stage, source
from tests.postgres import Postgres

NOBODY = 65534
HOLDER = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.readline()
connection.execute("ROLLBACK")
"""

Trouble = Callable[[Life], AbstractContextManager[None]]


@contextmanager
def pragma(life: Life, *, bad: str, good: str) -> Iterator[None]:
    """SQLite itself is told to behave so, on every connection the bot uses meanwhile."""

    def tell(connection: object, *_: object) -> None:
        connection.execute(f"PRAGMA {bad}")  # type: ignore[attr-defined]

    def untell(connection: object, *_: object) -> None:
        connection.execute(f"PRAGMA {good}")  # type: ignore[attr-defined]

    event.listen(life.ledger.engine, "checkout", tell)
    try:
        yield
    finally:
        event.remove(life.ledger.engine, "checkout", tell)
        event.listen(life.ledger.engine, "checkout", untell)


def no_more_pages(life: Life) -> AbstractContextManager[None]:
    return pragma(life, bad="max_page_count=1", good="max_page_count=1000000")


def read_only(life: Life) -> AbstractContextManager[None]:
    return pragma(life, bad="query_only=ON", good="query_only=OFF")


@contextmanager
def no_more_bytes(life: Life) -> Iterator[None]:
    """The system refuses to make any file longer, as it does on a full disk; Python ignores the signal it sends."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def locked(life: Life) -> Iterator[None]:
    """Another process writes, and does not end; the wait for it is made short."""
    path = life.ledger.engine.url.database
    assert path
    command = [sys.executable, "-c", HOLDER, path]
    with (
        subprocess.Popen(command, stdin=-1, stdout=-1, text=True) as holder,
        pragma(life, bad="busy_timeout=1", good="busy_timeout=5000"),
    ):
        assert holder.stdin and holder.stdout and holder.stdout.readline() == "held\n"
        yield
        holder.stdin.write("\n")
        holder.stdin.close()
        holder.wait()


TROUBLES = [
    ("full", no_more_pages),
    ("full", no_more_bytes),
    ("readonly", read_only),
    pytest.param("locked", locked, marks=pytest.mark.processes),
]
SMALL = TROUBLES[1:]
"""Those that hinder a change, too, that needs no more pages."""


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    one = Stage(f"sqlite:///{tmp_path}/ledger.sqlite")
    yield one
    one.close()


def begun(one: Stage) -> Life:
    one.arrive(3)
    life = one.bot()
    life.look_everywhere()
    one.time.wait(10)
    life.tell()
    one.rooms.messages.clear()
    return life


def after(one: Stage, life: Life) -> None:
    """Mended: a look and a telling as usual, and then as late as any announcement may be taken for lost."""
    for _ in range(3):
        one.time.wait(2 * INTERVAL)
        life.look_everywhere()
        one.time.wait(10)
        life.tell()


@pytest.mark.parametrize(("kind", "trouble"), TROUBLES, ids=lambda value: getattr(value, "__name__", value))
def test_what_could_not_be_recorded_is_told_after_mending(stage: Stage, kind: str, trouble: Trouble) -> None:
    life = begun(stage)
    new = stage.arrive(300)  # more than fits into what was allocated already
    stage.time.wait(INTERVAL)
    with trouble(life):
        with pytest.raises(LedgerError) as failed:
            life.look_everywhere()
        assert (failed.value.kind, failed.value.where) == (kind, stage.url.removeprefix("sqlite:///"))
    life.tell()
    assert stage.rooms.messages == []
    after(stage, life)
    assert stage.rooms.counted("#room") == len(new)


@pytest.mark.parametrize(("kind", "trouble"), SMALL, ids=lambda value: getattr(value, "__name__", value))
def test_nothing_is_sent_that_could_not_be_claimed(stage: Stage, kind: str, trouble: Trouble) -> None:
    life = begun(stage)
    new = stage.arrive()
    stage.time.wait(INTERVAL)
    life.look_everywhere()
    with trouble(life):
        with pytest.raises(LedgerError) as failed:
            life.tell()
        assert failed.value.kind == kind
        assert stage.rooms.messages == []
    after(stage, life)
    assert stage.rooms.told("#room") == new


@pytest.mark.parametrize(("kind", "trouble"), SMALL, ids=lambda value: getattr(value, "__name__", value))
@pytest.mark.parametrize("restart", [False, True], ids=["goes on", "anew"])
def test_what_was_sent_and_could_not_be_marked_is_settled_after_mending(
    stage: Stage, kind: str, trouble: Trouble, restart: bool
) -> None:
    life = begun(stage)
    new = stage.arrive(2)
    stage.time.wait(INTERVAL)
    life.look_everywhere()
    held: list[AbstractContextManager[None]] = []

    def break_now() -> None:
        held.append(trouble(life))
        held[0].__enter__()

    life.holding = break_now
    try:
        with pytest.raises(LedgerError) as failed:
            life.tell()
    finally:
        held[0].__exit__(None, None, None)
    assert failed.value.kind == kind
    assert stage.rooms.told("#room") == new[:1]
    if restart:
        stage.kill(life)
        life = stage.bot()
    after(stage, life)
    assert stage.rooms.told("#room") == new
    assert life.service.histories.waiting() == []


@contextmanager
def somebody_else() -> Iterator[None]:
    """Files that nobody may write are writable for root, so root becomes somebody else."""
    root = os.geteuid() == 0
    if root:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


@pytest.mark.parametrize("where", ["none/ledger.sqlite", "none/deeper/ledger.sqlite", "file/ledger.sqlite", "folder"])
def test_a_folder_that_is_missing_is_told_from_one_that_is_forbidden(tmp_path: Path, where: str) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    with pytest.raises(LedgerError) as failed:
        open_ledger(f"sqlite:///{tmp_path}/{where}")
    assert (failed.value.kind, failed.value.where) == ("nofolder", f"{tmp_path}/{where}")
    assert "folder doesn't exist" in ledger_trouble(failed.value.kind, failed.value.where)


@pytest.mark.parametrize("what", ["file", "folder", "empty folder"])
def test_what_nobody_may_write_is_called_read_only(what: str) -> None:
    folder = Path(tempfile.mkdtemp())
    path = folder / "ledger.sqlite"
    try:
        if what != "empty folder":
            open_ledger(path).close()
        if os.geteuid() == 0:
            for file in folder.iterdir():
                os.chown(file, NOBODY, -1)
        if what == "file":
            folder.chmod(0o777)
            path.chmod(0o400)
        else:
            folder.chmod(0o555)
        with somebody_else(), pytest.raises(LedgerError) as failed:
            ledger = open_ledger(path)
            try:
                want(ledger, Sources(ledger, {"acme": "1"}), [source()])
            finally:
                ledger.close()
        assert (failed.value.kind, failed.value.where) == ("readonly", str(path))
        folder.chmod(0o777)
        for file in folder.iterdir():  # SQLite has made its other files as unwritable as the first
            file.chmod(0o600)
        with somebody_else():
            open_ledger(path).close()
    finally:
        shutil.rmtree(folder)


@pytest.mark.parametrize("begin", [0, 4096])
def test_a_file_that_is_damaged_is_called_corrupt(stage: Stage, begin: int) -> None:
    life = begun(stage)
    stage.arrive(400)
    life.look_everywhere()
    stage.stop(life)
    path = Path(stage.url.removeprefix("sqlite:///"))
    damaged = bytearray(path.read_bytes())
    damaged[begin + 16 : begin + 16 + 60_000] = b"\xa5" * 60_000
    path.write_bytes(damaged)
    with pytest.raises(LedgerError) as failed:
        stage.bot().look_everywhere()
    assert failed.value.kind == "corrupt"
    assert stage.rooms.messages == []


def test_a_postgresql_that_goes_down_and_comes_back_loses_nothing(postgres: Postgres) -> None:
    with Postgres() as server:
        one = Stage(server.url)
        life = begun(one)
        new = one.arrive(3)
        one.time.wait(INTERVAL)
        life.look_everywhere()
        broken = False

        def go_down() -> None:
            nonlocal broken
            server.die()
            broken = True

        life.holding = go_down
        with pytest.raises(LedgerError) as failed:
            life.tell()
        assert broken and failed.value.kind == "unreachable"
        assert one.rooms.told("#room") == new[:1]
        new += one.arrive(2)
        one.time.wait(INTERVAL)
        for work in (life.look_everywhere, life.tell):
            with pytest.raises(LedgerError) as failed:
                work()
            assert failed.value.kind == "unreachable"
        server.start()
        after(one, life)
        assert one.rooms.told("#room") == new
        one.close()


@pytest.mark.parametrize(
    ("setting", "kind"),
    [
        ("CONNECTION LIMIT 0", "crowded"),
        ("SET default_transaction_read_only = on", "standby"),
        ("ALLOW_CONNECTIONS false", "refused"),
    ],
)
def test_what_postgresql_says_is_told_apart(postgres: Postgres, setting: str, kind: str) -> None:
    with postgres.database() as url:
        name = url.partition("?")[0].rpartition("/")[2]
        with psycopg.connect(url.replace(f"/{name}", "/postgres"), autocommit=True) as owner:
            owner.execute(f"CREATE ROLE guest_{name} LOGIN")
            owner.execute(f"ALTER DATABASE {name} {setting}")  # type: ignore[arg-type]
            owner.execute(f"ALTER DATABASE {name} OWNER TO guest_{name}")
            with pytest.raises(LedgerError) as failed:
                open_ledger(url.replace("postgres@", f"guest_{name}@"))
        assert failed.value.kind == kind


def test_another_server_is_found_after_a_failover(postgres: Postgres) -> None:
    with (
        postgres.database() as url,
        psycopg.connect(url, autocommit=True) as owner,
        closing(open_ledger(url)) as ledger,
    ):
        name = url.partition("?")[0].rpartition("/")[2]
        ledger.engine.dispose()  # what is open from now on is to a server that is a standby
        owner.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")  # type: ignore[arg-type]
        for _ in range(2):
            with pytest.raises(LedgerError) as refused, ledger.writing() as transaction:
                transaction.execute(meta.delete())
            assert refused.value.kind == "standby"
        owner.execute(f"ALTER DATABASE {name} RESET default_transaction_read_only")  # type: ignore[arg-type]
        with ledger.writing() as transaction:  # to where the address leads by now
            transaction.execute(meta.delete())


def test_a_ledger_that_was_deleted_is_noticed(stage: Stage, tmp_path: Path) -> None:
    life = begun(stage)
    for file in tmp_path.glob("ledger.sqlite*"):
        os.unlink(file)
    with pytest.raises(LedgerError) as caught:
        life.service.poll.sources()
    assert caught.value.kind == "gone"


@pytest.mark.parametrize("ending", ["-wal", "-shm"])
def test_a_file_beside_the_ledger_that_was_deleted_is_noticed(stage: Stage, tmp_path: Path, ending: str) -> None:
    """What was written last may be there alone, and would be lost with the process."""
    life = begun(stage)
    stage.arrive()
    os.unlink(tmp_path / f"ledger.sqlite{ending}")
    stage.simulator.forget()
    with pytest.raises(LedgerError) as caught:
        life.service.look(source())
    assert caught.value.kind == "gone"
    assert stage.calls() == 0


def test_a_ledger_whose_connections_were_all_given_up_is_still_there(stage: Stage) -> None:
    life = begun(stage)
    new = stage.arrive()
    life.ledger.engine.dispose()
    after(stage, life)
    assert stage.rooms.told("#room") == new


@contextmanager
def moved_away(life: Life, *, replaced: bool, commits: int = 0) -> Iterator[None]:
    """The ledger's file is gone, or is another one, from that commit on, until the block ends."""
    path = Path(life.ledger.engine.url.database or "")
    aside = path.with_suffix(".aside")
    left = commits

    def go(*_: object) -> None:
        nonlocal left
        left -= 1
        if left <= 0 and not aside.exists():
            path.rename(aside)
            if replaced:
                path.touch()

    if commits:
        event.listen(life.ledger.engine, "commit", go)
    else:
        go()
    try:
        yield
    finally:
        if commits:
            event.remove(life.ledger.engine, "commit", go)
        assert aside.exists()
        aside.replace(path)


@pytest.mark.parametrize("replaced", [False, True], ids=["deleted", "replaced"])
@pytest.mark.parametrize("restart", [False, True], ids=["goes on", "anew"])
def test_nothing_is_sent_once_the_file_is_not_there(stage: Stage, replaced: bool, restart: bool) -> None:
    life = begun(stage)
    new = stage.arrive(2)
    stage.time.wait(INTERVAL)
    life.look_everywhere()
    with moved_away(life, replaced=replaced, commits=1):  # with the claim
        for _ in range(3):
            with pytest.raises(LedgerError) as failed:
                life.step()
            assert failed.value.kind == "gone"
        assert stage.rooms.messages == []
        if restart:
            stage.kill(life)
    if restart:
        life = stage.bot()
    after(stage, life)
    assert stage.rooms.told("#room") == new


@pytest.mark.parametrize("replaced", [False, True], ids=["deleted", "replaced"])
def test_nothing_is_edited_once_the_file_is_not_there(stage: Stage, replaced: bool) -> None:
    life = begun(stage)
    (new,) = stage.arrive()
    stage.time.wait(INTERVAL)
    life.look_everywhere()
    life.tell()
    stage.world.write("acme", new, "and one more thing")
    stage.time.wait(INTERVAL)
    life.look_everywhere()
    with moved_away(life, replaced=replaced, commits=1):  # with the claim
        with pytest.raises(LedgerError) as failed:
            life.step()
        assert failed.value.kind == "gone"
        assert stage.rooms.edits == []
    after(stage, life)
    assert len(stage.rooms.edits) == 1


@pytest.mark.parametrize("replaced", [False, True], ids=["deleted", "replaced"])
def test_nothing_is_looked_at_once_the_file_is_not_there(stage: Stage, replaced: bool) -> None:
    life = begun(stage)
    new = stage.arrive()
    stage.simulator.forget()
    with moved_away(life, replaced=replaced):
        with pytest.raises(LedgerError) as failed:
            life.service.look(source())
        assert failed.value.kind == "gone"
        assert stage.calls() == 0
    after(stage, life)
    assert stage.rooms.told("#room") == new


@pytest.mark.parametrize("url", ["postgresql://user:pa@s/ecret@host/db", "postgresql://user:s@cret?x@host/db"])
def test_of_a_password_that_is_written_wrongly_nothing_is_shown(url: str) -> None:
    with pytest.raises(LedgerError) as caught:
        open_ledger(url)
    assert (caught.value.kind, caught.value.where) == ("refused", "DATABASE_URL")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("SQLITE_PROTOCOL", "unlockable"),
        ("SQLITE_IOERR_LOCK", "unlockable"),
        ("SQLITE_IOERR_RDLOCK", "unlockable"),
        ("SQLITE_IOERR_SHMMAP", "unlockable"),
        ("SQLITE_IOERR_WRITE", "full"),
        ("SQLITE_BUSY", "locked"),
    ],
)
def test_a_disk_that_keeps_no_locks_is_told_from_one_that_fails(name: str, kind: str) -> None:
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorname = name
    assert kind_of(OperationalError("", {}, error)) == kind
