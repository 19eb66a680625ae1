"""Backups are whole and private, and after one is put back nothing is lost, and nothing said twice without a mark."""

from __future__ import annotations

import fcntl
import os
import resource
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from pageinbox.ledger.backups import back_up, examine
from pageinbox.ledger.database import open_ledger
from pageinbox.ledger.moving import move
from pageinbox.ledger.restored import note
from pageinbox.ledger.restoring import restore
from pageinbox.ledger.schema import VERSION
from pageinbox.model.announcement import NoticeKind
from pageinbox.model.errors import LedgerError
from pageinbox.words.ledger import ledger_trouble
from tests.apart import apart, restoring
from tests.core.learned import learned
from tests.core.stage import INTERVAL, NOON, Life, Stage
from tests.core.test_ledger_trouble import NOBODY
from tests.core.test_ledger_versions import load

WATCHES = (
    "#room inbox messenger",
    "#every inbox messenger every message",
    "#night inbox messenger quiet 12:20-13:20",
    "#late inbox messenger only reminders waiting 10m",
)


@pytest.fixture
def stage(ledger_url: str) -> Iterator[Stage]:
    one = Stage(ledger_url, watches=WATCHES)
    yield one
    one.close()


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return tmp_path / "backup.sqlite"


def on(stage: Stage, life: Life, seconds: float = INTERVAL) -> None:
    """Time goes by, a look, and all is said."""
    stage.time.wait(seconds)
    life.look_everywhere()
    stage.time.wait(6)
    life.remind()


def begun(stage: Stage) -> Life:
    """A bot that has told what is there."""
    return learned(stage)


def lose(stage: Stage, life: Life) -> None:
    """The bot is stopped, and where its ledger was a file, that is gone."""
    stage.stop(life)
    if stage.url.startswith("sqlite"):
        for file in Path(stage.url.removeprefix("sqlite:///")).parent.iterdir():
            file.unlink()


def put_back(stage: Stage, copy: Path) -> None:
    restore(copy, stage.url, replace=True, clock=stage.time.wall)


def refused(kind: str, *what: object, **more: object) -> str:
    """The place that a refusal names; `what` is a function and what it is given."""
    function, *given = what
    assert callable(function)
    with pytest.raises(LedgerError) as failed:
        function(*given, **more)
    assert failed.value.kind == kind
    return failed.value.where


def test_a_backup_is_made_while_a_bot_goes_on(stage: Stage, copy: Path) -> None:
    life = begun(stage)
    told = stage.arrive(3)
    on(stage, life)
    made = back_up(stage.url, copy)
    later = stage.arrive(2)
    on(stage, life)
    assert stage.rooms.told("#room") == [*told, *later]
    assert (made.version, made.size, made.file) == (VERSION, copy.stat().st_size, copy)
    assert [file.name for file in copy.parent.iterdir()] == [copy.name] and copy.stat().st_mode & 0o777 == 0o600
    with closing(sqlite3.connect(copy)) as file:
        assert file.execute("SELECT count(*) FROM inbox_conversation").fetchone() == (3,)
        assert file.execute("SELECT count(*) FROM inbox_watch").fetchone() == (len(WATCHES),)


def test_a_backup_is_replaced_only_where_one_says_so(stage: Stage, copy: Path) -> None:
    life = begun(stage)
    copy.write_bytes(b"something else")
    assert refused("taken", back_up, stage.url, copy) == str(copy)
    assert copy.read_bytes() == b"something else"
    back_up(stage.url, copy, replace=True)
    assert examine(copy).version == VERSION
    stage.stop(life)


def test_a_backup_that_cannot_be_made_leaves_the_one_that_is_there(stage: Stage, copy: Path) -> None:
    life = begun(stage)
    back_up(stage.url, copy)
    before = copy.read_bytes()
    stage.stop(life)
    refused("none", back_up, copy.parent / "none.sqlite", copy, replace=True)
    assert copy.read_bytes() == before and [file.name for file in copy.parent.iterdir()] == [copy.name]
    assert refused("nofolder", back_up, stage.url, copy / "deeper.sqlite") == str(copy / "deeper.sqlite")


@pytest.mark.parametrize("ending", ["", "-wal", "-shm", "-journal", ".lock"])
@pytest.mark.parametrize("replace", [True, False])
def test_no_backup_takes_the_place_of_a_file_of_its_ledger(tmp_path: Path, ending: str, replace: bool) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "link").symlink_to("data")
    path = tmp_path / "data" / "ledger.sqlite"
    with closing(open_ledger(path)):
        for file in (path, tmp_path / "link" / path.name, tmp_path / "data" / ".." / "data" / path.name):
            there = file.with_name(file.name + ending)
            assert refused("itself", back_up, path, there, replace=replace) == str(there)
    open_ledger(path).close()


def test_two_backups_at_once_do_not_spoil_each_other(stage: Stage, copy: Path) -> None:
    begun(stage)
    back_up(stage.url, copy)
    before, partial = copy.read_bytes(), copy.with_name(f"{copy.name}.partial")
    with partial.open("wb") as of_another:
        fcntl.flock(of_another, fcntl.LOCK_EX)
        assert refused("making", back_up, stage.url, copy, replace=True) == str(copy)
        assert copy.read_bytes() == before and partial.exists()
    assert back_up(stage.url, copy, replace=True).version == VERSION, "what was left of one that was killed is no other"
    assert not partial.exists()


def test_a_backup_for_which_there_is_no_room_says_where_that_is(tmp_path: Path, copy: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    open_ledger(path).close()
    least, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, most))
    try:
        assert refused("full", back_up, path, copy).startswith(str(copy))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (least, most))
    assert not copy.exists()


def test_what_was_said_since_the_backup_is_said_once_more_in_one_message_with_a_mark(stage: Stage, copy: Path) -> None:
    life = begun(stage)
    first = stage.arrive(2)
    on(stage, life)
    back_up(stage.url, copy)
    since = stage.arrive(4)
    on(stage, life)
    unheard = stage.arrive(3)
    lose(stage, life)
    assert stage.rooms.told("#room") == [*first, *since]
    before = len(stage.rooms.messages)
    put_back(stage, copy)
    life = stage.bot()
    on(stage, life)
    again = [message for message in stage.rooms.messages[before:] if message.room == "#room"]
    assert [[news.conversation.id for news in one.item.news if news.conversation] for one in again] == [since + unheard]
    assert [one.item.repeat for one in again] == [True]
    new = stage.arrive(2)
    on(stage, life)
    (*_, one, other) = stage.rooms.of("#room")
    assert stage.rooms.told("#room")[-2:] == new and not one.item.repeat and not other.item.repeat
    keys = [message.key for message in stage.rooms.messages]
    assert len({*keys}) == len(keys)


def test_what_the_backup_has_queued_and_what_was_being_sent_is_said_with_a_mark(stage: Stage, copy: Path) -> None:
    life = begun(stage)
    new = stage.arrive(2)
    life.look_everywhere()
    life.holding = lambda: back_up(stage.url, copy)
    life.tell()
    assert stage.rooms.told("#room") == new
    lose(stage, life)
    put_back(stage, copy)
    before = len(stage.rooms.messages)
    life = stage.bot()
    life.tell()
    again = stage.rooms.messages[before:]
    assert [message.item.repeat for message in again] == [True] * len(again) and stage.rooms.told("#room") == [
        *new,
        *new,
    ]


def test_reminders_digests_and_later_messages_are_marked_as_well(stage: Stage, copy: Path) -> None:
    life = begun(stage)
    life.say("#digest", "digest daily 12:30")
    (known,) = stage.arrive()
    on(stage, life)
    back_up(stage.url, copy)

    def goes_on(life: Life) -> dict[str, list[bool]]:
        """By room, which of its messages are marked."""
        before = len(stage.rooms.messages)
        on(stage, life)
        on(stage, life)
        said = stage.rooms.messages[before:]
        return {room: [one.item.repeat for one in said if one.room == room] for room in {one.room for one in said}}

    stage.time.wait(NOON + 1700 - stage.time())
    stage.world.write("acme", known, "anybody?")
    stage.arrive()
    stage.time.wait(700)  # in quiet hours, past the digest, and past a reminder
    assert goes_on(life) == {"#every": [False], "#room": [False], "#digest": [False], "#late": [False]}
    lose(stage, life)
    put_back(stage, copy)
    life = stage.bot()
    assert goes_on(life) == {"#every": [True], "#room": [True], "#digest": [True], "#late": [True]}
    stage.arrive()
    assert goes_on(life) == {"#every": [False], "#room": [False]}
    stage.time.wait(NOON + 4800 - stage.time())
    held = goes_on(life)
    assert held["#night"] == [True] and held["#late"] == [False]


def test_what_became_visible_meanwhile_is_counted_with_a_mark(stage: Stage, copy: Path) -> None:
    life = begun(stage)
    back_up(stage.url, copy)
    stage.arrive(2, ago=86400)
    lose(stage, life)
    put_back(stage, copy)
    on(stage, stage.bot())
    (message,) = stage.rooms.of("#room")
    assert [notice.kind for notice in message.item.notices] == [NoticeKind.VISIBLE] and message.item.repeat


def test_a_ledger_that_was_put_back_by_other_means_is_told_so(stage: Stage, copy: Path) -> None:
    life = begun(stage)
    new = stage.arrive(2)
    life.look_everywhere()
    stage.stop(life)
    assert restore(None, stage.url, clock=stage.time.wall) is None
    stage.bot().tell()
    assert stage.rooms.told("#room") == new
    assert all(message.item.repeat for message in stage.rooms.messages)


def test_a_backup_in_the_place_of_a_ledger_is_refused_until_it_is_restored(tmp_path: Path, copy: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    load(f"sqlite:///{path}", VERSION - 1)
    with closing(open_ledger(path)) as ledger:
        name = ledger.name
    back_up(path, copy)
    shutil.copy(copy, path)
    where = refused("copy", open_ledger, path)
    assert "err-inbox restore" in ledger_trouble("copy", where)
    restore(None, path)
    with closing(open_ledger(path)) as ledger:
        assert ledger.name != name and ledger.restored is not None


@pytest.mark.parametrize("put_back_first", [True, False])
@pytest.mark.servers
def test_a_backup_in_the_place_of_a_ledger_is_not_spoilt_by_what_a_killed_bot_left(
    tmp_path: Path, copy: Path, *, put_back_first: bool
) -> None:
    """SQLite would write a WAL that lies beside it into it, whosever that is."""
    one = Stage(f"sqlite:///{tmp_path}/ledger.sqlite", watches=WATCHES)
    life = begun(one)
    back_up(one.url, copy)
    new = one.arrive(3)
    on(one, life)
    place = tmp_path / "place"
    place.mkdir()
    for ending in ("", "-wal", "-shm"):  # as kill -9 leaves them
        shutil.copy(tmp_path / f"ledger.sqlite{ending}", place / f"ledger.sqlite{ending}")
    one.stop(life)
    assert (place / "ledger.sqlite-wal").stat().st_size
    shutil.copy(copy, place / "ledger.sqlite")
    one.url = f"sqlite:///{place}/ledger.sqlite"
    if not put_back_first:
        assert refused("copy", open_ledger, one.url) == str(place / "ledger.sqlite")
    restore(None, one.url, clock=one.time.wall)
    one.rooms.messages.clear()
    on(one, one.bot())
    assert one.rooms.told("#room") == new, "what came since the backup, which the WAL of before knew"
    one.close()


@pytest.mark.servers
def test_a_backup_that_is_written_over_a_ledger_in_use_is_noticed(tmp_path: Path, copy: Path) -> None:
    one = Stage(f"sqlite:///{tmp_path}/ledger.sqlite", watches=WATCHES)
    life = begun(one)
    back_up(one.url, copy)
    shutil.copyfile(copy, tmp_path / "ledger.sqlite")
    with pytest.raises(LedgerError) as failed, life.service.ledger.writing():
        pass
    assert failed.value.kind == "gone"
    one.close()


def test_a_backup_of_an_older_version_gets_todays_tables(database_url: str, tmp_path: Path, copy: Path) -> None:
    path = tmp_path / "old.sqlite"
    load(f"sqlite:///{path}", VERSION - 1)
    assert back_up(path, copy).version == VERSION - 1
    restore(copy, database_url)
    with closing(open_ledger(database_url)) as ledger, ledger.reading() as connection:
        found = connection.execute(text("SELECT value FROM inbox_meta WHERE name = 'version'")).scalar_one()
        assert found == str(VERSION)
        assert connection.execute(text("SELECT count(*) FROM inbox_conversation")).scalar_one() == 6


def test_a_ledger_is_replaced_only_where_one_says_so_and_no_bot_has_it_open(stage: Stage, copy: Path) -> None:
    life = begun(stage)
    back_up(stage.url, copy)
    refused("used", restore, None, stage.url, clock=stage.time.wall)
    refused("used", restore, copy, stage.url, replace=True, clock=stage.time.wall)
    stage.stop(life)
    refused("taken", restore, copy, stage.url)
    put_back(stage, copy)


def test_what_root_puts_back_or_moves_belongs_to_whoever_has_the_folder(tmp_path: Path, copy: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    open_ledger(path).close()
    back_up(path, copy)
    theirs = tmp_path / "data"
    theirs.mkdir()
    if os.geteuid() == 0:
        os.chown(theirs, NOBODY, NOBODY)
    restore(copy, theirs / "one.sqlite")
    move(path, theirs / "other.sqlite")
    owner = theirs.stat().st_uid
    assert {file.name: file.stat().st_uid for file in theirs.iterdir()} == {
        name: owner for name in ("one.sqlite", "one.sqlite.lock", "other.sqlite", "other.sqlite.lock")
    }


def test_a_ledger_that_a_link_leads_to_is_put_back_where_it_lies(tmp_path: Path, copy: Path) -> None:
    (volume := tmp_path / "volume").mkdir()
    (link := tmp_path / "ledger.sqlite").symlink_to(volume / "ledger.sqlite")
    open_ledger(link).close()
    back_up(link, copy)
    restore(copy, link, replace=True)
    assert link.is_symlink()
    with closing(open_ledger(link)) as ledger:
        assert ledger.restored is not None


@pytest.mark.processes
def test_whoever_kills_a_restore_leaves_the_ledger_as_it_was_or_the_backup_whole(tmp_path: Path, copy: Path) -> None:
    """It is killed before each file that it makes, replaces or removes."""
    (made := tmp_path / "made").mkdir()
    with closing(open_ledger(made / "ledger.sqlite")) as ledger:
        back_up(made / "ledger.sqlite", copy)
        with ledger.writing() as connection:
            note(connection, "written", "last")
        found, fuse, over = set[str](), 0, False
        while not over:
            shutil.copytree(made, there := tmp_path / str(fuse))  # as a bot that was killed leaves it, with its WAL
            over = apart(restoring, copy, path := there / "ledger.sqlite", fuse) == 0
            with closing(open_ledger(path)) as after, after.reading() as connection:
                facts = set(connection.execute(text("SELECT name FROM inbox_meta")).scalars())
            assert facts & {"written", "restored"} and "copied" not in facts
            found |= facts
            fuse += 1
            restore(copy, path, replace=True)
            assert not list(there.glob("*restoring*")), "what was left behind is cleared away"
    assert found >= {"written", "restored"}


@pytest.mark.parametrize("what", ["cut", "else", "nothing", "newer", "0", "-1", "x", ""])
def test_what_is_no_whole_backup_is_not_put_back(stage: Stage, copy: Path, what: str) -> None:
    life = begun(stage)
    stage.arrive(40)
    on(stage, life)
    stage.stop(life)
    back_up(stage.url, copy)
    kind = {"nothing": "none", "newer": "newer"}.get(what, "corrupt")
    match what:
        case "cut":
            os.truncate(copy, copy.stat().st_size // 2)
        case "else":
            copy.write_bytes(b"This is no database, however often one looks. " * 100)
        case "nothing":
            copy.write_bytes(b"")
        case version:
            with closing(sqlite3.connect(copy)) as file:
                value = "99" if version == "newer" else version
                file.execute("UPDATE inbox_meta SET value = ? WHERE name = 'version'", (value,))
                file.commit()
    assert refused(kind, restore, copy, stage.url, replace=True) == str(copy)
    stage.rooms.messages.clear()
    on(stage, stage.bot())
    assert stage.rooms.messages == []


def test_a_server_of_an_older_version_is_backed_up_by_that(postgres: object, copy: Path, tmp_path: Path) -> None:
    with postgres.database() as url:  # type: ignore[attr-defined]
        load(url, VERSION - 1)
        refused("older", back_up, url, copy)
    assert not copy.exists()
