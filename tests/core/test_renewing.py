"""Secrets in files that change while the bot runs: when the new one is in force, and what follows."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pageinbox.model.errors import SecretMissing, TokenDead
from pageinbox.model.secret import Secret
from pageinbox.model.source import Page, Platform
from pageinbox.model.token import UNKNOWN
from pageinbox.settings.reading import read
from pageinbox.settings.renewing import LASTING, SecretFiles
from simulator.world import World
from tests.core.conftest import Clock
from tests.core.stage import Life, Stage, source

OLD, NEW = "EAABoldtoken", "EAABnewtoken"


def renamed(file: Path, text: str) -> None:
    """As most programs do it: a new file takes the place of the old one."""
    other = file.with_suffix(".new")
    other.write_text(text, "utf-8")
    other.rename(file)


def mounted(file: Path, text: str) -> None:
    """As Kubernetes does it: the file is a link through a folder that is a link, which is replaced at once."""
    data = file.parent / f"..{len(list(file.parent.iterdir()))}"
    data.mkdir()
    (data / file.name).write_text(text, "utf-8")
    link = file.parent / "..new"
    link.symlink_to(data.name)
    link.rename(file.parent / "..data")
    if not file.is_symlink():
        file.unlink(missing_ok=True)
        file.symlink_to(Path("..data") / file.name)


def rewritten(file: Path, text: str) -> None:
    """In place: whoever reads meanwhile may find half of it."""
    with file.open("r+", encoding="utf-8") as open_file:
        open_file.write(text)
        open_file.truncate()


def backdated(file: Path, text: str) -> None:
    """In place, and as long and as old as before, as tools do it that pin all times."""
    before = file.stat()
    rewritten(file, text.ljust(before.st_size))
    while file.stat().st_ctime_ns == before.st_ctime_ns:  # the kernel's clock ticks every few milliseconds
        os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


WAYS = [renamed, mounted, rewritten, backdated]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    found = tmp_path / "token"
    found.write_text(OLD, "utf-8")
    return found


def page_of(file: Path) -> Page:
    pages = {"acme": {"ID": "1", "TOKEN": f"file:{file}"}, "globex": {"ID": "2", "TOKEN": "literal"}}
    return read({"PAGES": pages}, environment={}).pages["acme"]


@pytest.mark.parametrize("replace", WAYS)
def test_a_new_secret_is_in_force_once_its_file_stays_as_it_is(
    file: Path, clock: Clock, replace: Callable[[Path, str], None]
) -> None:
    page = page_of(file)
    files = SecretFiles(page, clock)
    for _ in range(3):
        assert files.renewed(page, False) == page
    replace(file, f"{NEW}\n")
    assert files.renewed(page, False) == page
    page = files.renewed(page, False)
    assert page.token == Secret(NEW)
    replace(file, "EAABthird")
    replace(file, "EAABfourth")
    assert files.renewed(page, False) == page
    assert files.renewed(page, False).token == Secret("EAABfourth")


@pytest.mark.parametrize("replace", WAYS)
def test_a_new_secret_is_in_force_at_once_where_the_old_one_was_refused(
    file: Path, clock: Clock, replace: Callable[[Path, str], None]
) -> None:
    page = page_of(file)
    files = SecretFiles(page, clock)
    assert files.renewed(page, True) == page
    replace(file, NEW)
    assert files.renewed(page, True).token == Secret(NEW)


@pytest.mark.parametrize(
    "text",
    ["", "\n", " \n\n", "EAAB new token", "EAABnew\nEAABother", "env:OTHER", "file:/other", "<html>\n</html>", None],
)
def test_what_is_no_secret_changes_nothing_and_is_in_the_log_once_it_lasts(
    file: Path, clock: Clock, caplog: pytest.LogCaptureFixture, text: str | None
) -> None:
    page = page_of(file)
    files = SecretFiles(page, clock)
    for turn in (1, 2):
        caplog.clear()
        if text is None:
            file.unlink()
        else:
            file.write_text(text, "utf-8")
        for refused in (False, True, False, False):
            assert files.renewed(page, refused) == page
        assert caplog.records == []
        clock.now += LASTING
        for _ in range(3):
            assert files.renewed(page, False) == page
        (record,) = caplog.records
        told = record.getMessage()
        assert told.startswith("PAGES.acme.TOKEN ") and told.endswith("; what was there before stays in force")
        assert record.levelno == logging.WARNING and "EAAB" not in told
        file.write_text(f"{NEW}{turn}", "utf-8")
        files.renewed(page, False)
        page = files.renewed(page, False)
        assert page.token == Secret(f"{NEW}{turn}")


def test_a_file_that_is_only_touched_changes_nothing(file: Path, clock: Clock) -> None:
    page = page_of(file)
    files = SecretFiles(page, clock)
    for at in (1, 2, 3):
        os.utime(file, (at, at))
        assert files.renewed(page, False) is not None
        assert files.renewed(page, False) == page


def huge(file: Path) -> None:
    file.write_text("E" * 100_000, "utf-8")


@pytest.mark.parametrize("made", [os.mkfifo, huge, Path.mkdir, lambda file: file.symlink_to("/dev/zero"),
                                  lambda file: file.symlink_to(file.name)])  # fmt: skip
def test_what_takes_the_place_of_a_file_holds_nobody_up(
    file: Path, clock: Clock, made: Callable[[Path], object]
) -> None:
    page = page_of(file)
    files = SecretFiles(page, clock)
    assert files.renewed(page, True) == page
    file.unlink()
    made(file)
    for refused in (False, False, True):
        assert files.renewed(page, refused) == page


def test_a_page_whose_file_came_late_is_read_from_then_on(file: Path, clock: Clock) -> None:
    file.unlink()
    page = page_of(file)
    assert page.missing
    files = SecretFiles(page, clock)
    assert files.renewed(page, True) == page
    file.write_text(NEW, "utf-8")
    found = files.renewed(page, True)
    assert (found.token, found.missing) == (Secret(NEW), "")


def test_a_page_that_lacks_another_secret_still_lacks_it(file: Path, tmp_path: Path, clock: Clock) -> None:
    pages = {
        "acme": {"ID": "1", "TOKEN": f"file:{file}", "APP_SECRET": f"file:{tmp_path}/secret"},
        "globex": {"ID": "2", "TOKEN": "literal"},
    }
    page = read({"PAGES": pages}, environment={}).pages["acme"]
    files = SecretFiles(page, clock)
    renamed(file, NEW)
    found = files.renewed(page, True)
    assert found.token == Secret(NEW) and found.missing == page.missing
    (tmp_path / "secret").write_text("secret", "utf-8")
    assert files.renewed(found, True).missing == ""


def test_a_pipe_is_read_at_the_start_alone(tmp_path: Path, clock: Clock) -> None:
    os.mkfifo(tmp_path / "pipe")
    page = Page("acme", "1", Secret(OLD), token_at=f"file:{tmp_path}/pipe")
    files = SecretFiles(page, clock)
    for refused in (True, False, False):
        assert files.renewed(page, refused) is page


def test_what_is_in_no_file_stays(clock: Clock) -> None:
    page = Page("acme", "1", Secret(OLD), Secret("secret"), token_at="env:TOKEN")
    assert SecretFiles(page, clock).renewed(page, True) is page


class Filed(Stage):
    """A stage whose tokens are in files."""

    def __init__(self, folder: Path) -> None:
        super().__init__(f"sqlite:///{folder}/ledger.sqlite", pages=("acme", "globex"))
        self.folder = folder
        self.lacking = ""
        for page in self.world.pages.values():
            (folder / page.name).write_text(page.token, "utf-8")

    def settings(self) -> dict[str, Any]:
        pages = {
            page.name: {"ID": page.id, "TOKEN": f"file:{self.folder / page.name}"} for page in self.world.pages.values()
        }
        if self.lacking:
            pages[self.lacking]["APP_SECRET"] = f"file:{self.folder / 'secret'}"
        return super().settings() | {"PAGES": pages}

    def issue(self, world: World) -> str:
        token = world.issue_token("acme")
        renamed(self.folder / "acme", token)
        return token


@pytest.fixture
def stage(ledger_folder: Path) -> Iterator[Filed]:
    made = Filed(ledger_folder)
    yield made
    made.close()


def client_of(life: Life) -> Any:
    return life.answers.listing.clients["acme"]


def test_whoever_asks_is_answered_with_the_new_token(stage: Filed, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    client = client_of(stage.bot())
    old = stage.world.pages["acme"].token
    client.conversations(Platform.MESSENGER)
    stage.world.kill_token("acme", 460)
    with pytest.raises(TokenDead):
        client.conversations(Platform.MESSENGER)
    new = stage.issue(stage.world)
    client.conversations(Platform.MESSENGER)
    client.conversations(Platform.MESSENGER, background=True)
    (told,) = [record for record in caplog.records if "read the token again" in record.getMessage()]
    assert (told.levelno, told.getMessage().split(":")[0]) == (logging.INFO, "Acme")
    assert old not in caplog.text and new not in caplog.text


def test_a_token_that_was_refused_and_is_the_same_is_not_tried_again(stage: Filed) -> None:
    client = client_of(stage.bot())
    stage.world.kill_token("acme", 460)
    stage.simulator.forget()
    with pytest.raises(TokenDead):
        client.conversations(Platform.MESSENGER)
    assert stage.calls() == 1


def test_a_page_whose_file_was_missing_is_asked_once_it_is_there(stage: Filed) -> None:
    (stage.folder / "acme").unlink()
    client = client_of(stage.bot())
    with pytest.raises(SecretMissing):
        client.conversations(Platform.MESSENGER)
    stage.issue(stage.world)
    client.conversations(Platform.MESSENGER)
    assert client.page.missing == ""


def test_a_page_is_not_asked_as_long_as_it_lacks_one_of_its_secrets(stage: Filed) -> None:
    stage.lacking = "acme"
    client = client_of(stage.bot())
    stage.issue(stage.world)
    with pytest.raises(SecretMissing):
        client.conversations(Platform.MESSENGER)
    assert stage.calls() == 0


def test_what_follows_where_nobody_asks(stage: Filed) -> None:
    life = stage.bot()
    client, pages = client_of(life), []
    life.answers.listing.on_read = pages.append
    tokens = life.service.tokens
    tokens.ask()
    stage.world.kill_token("acme", 460)
    with pytest.raises(TokenDead):
        client.conversations(Platform.MESSENGER, background=True)
    assert client.budget.refused is not None
    assert not tokens.renew()
    stage.issue(stage.world)
    assert [tokens.renew() for _ in range(3)] == [False, True, False]
    assert (client.budget.refused, client.token, pages) == (None, UNKNOWN, ["acme"])
    stage.simulator.forget()
    tokens.ask()
    assert len(stage.simulator.requests) == 1 and client.token.valid, "the other token was asked about today"
    client.conversations(Platform.MESSENGER, background=True)


def test_what_a_call_has_read_again_is_known_as_well(stage: Filed) -> None:
    life = stage.bot()
    pages: list[str] = []
    life.answers.listing.on_read = pages.append
    stage.world.kill_token("acme", 460)
    stage.issue(stage.world)
    client_of(life).conversations(Platform.MESSENGER)
    assert life.service.tokens.renew()
    assert pages == ["acme"]


def test_what_kept_people_from_an_answer_is_not_kept(stage: Filed) -> None:
    life = stage.bot()
    listing, where = life.answers.listing, source()
    stage.world.kill_token("acme", 460)
    assert listing.look(where).trouble is not None
    stage.issue(stage.world)
    assert listing.look(where).trouble is not None, "it is kept for half a minute"
    life.service.tokens.renew()
    life.service.tokens.renew()
    assert listing.look(where).trouble is None


def test_a_new_token_may_tell_more(stage: Filed) -> None:
    client = client_of(stage.bot())
    acme = stage.world.pages["acme"]
    stage.simulator.fail(f"/{acme.id}\\?", None, code=10)
    client.conversations(Platform.INSTAGRAM)
    stage.simulator.clear()
    assert client.own_ids(Platform.INSTAGRAM) == {acme.id}
    stage.issue(stage.world)
    assert [client.renew() for _ in range(2)] == [False, True]
    assert len(client.own_ids(Platform.INSTAGRAM)) > 1
