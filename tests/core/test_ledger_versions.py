"""Ledgers that older versions left, on both databases: today's code goes on with them, and nothing of them is lost."""

from __future__ import annotations

import itertools
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import time
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import NullPool, create_engine, inspect, text

from pageinbox.ledger.database import Ledger, open_ledger
from pageinbox.ledger.edits import Edits
from pageinbox.ledger.idle import Idle
from pageinbox.ledger.migrations import spec_of_words
from pageinbox.ledger.packing import unpack_spec
from pageinbox.ledger.schema import VERSION, ms, tables
from pageinbox.ledger.sources import Sources
from pageinbox.model.announcement import NoticeKind
from pageinbox.model.errors import PermissionMissing, TokenDead
from pageinbox.model.history import State
from pageinbox.model.source import Folder, Platform
from pageinbox.model.statistics import Lengths, Part, Period, Statistics
from pageinbox.model.watch import Detail, Every, Later, Muted, PausedWatch, Quiet, WatchSpec
from tests.core.conftest import Clock
from tests.core.stage import INTERVAL, NOON, Life, Stage, source

HERE = Path(__file__).parent
DAY, HOUR = 86400.0, 3600.0
THIRD = NOON + 8_726_900
ACME = {"acme": "200300400"}
SETTINGS = (
    "#room inbox messenger acme",
    "#night inbox messenger acme quiet 12:30-18:00 Europe/Rome",
    "#thread inbox messenger acme later thread",
    "#ops done messenger as count",
    "#lossy other messenger acme",
)
MESSENGER, INSTAGRAM = Platform.MESSENGER, Platform.INSTAGRAM
NIGHT = Quiet(time(22), time(8), "America/New_York")
WATCHES = {
    1: WatchSpec(Folder.OTHER, MESSENGER, "acme"),
    2: WatchSpec(Folder.INBOX, MESSENGER, "acme", quiet=Quiet(time(12, 30), time(18), "Europe/Rome")),
    3: WatchSpec(Folder.DONE, MESSENGER, detail=Detail.COUNT),
    4: WatchSpec(Folder.INBOX, MESSENGER, "acme"),
    5: WatchSpec(Folder.INBOX, MESSENGER, "acme", later=Later.THREAD),
    6: WatchSpec(Folder.SPAM, INSTAGRAM, "acme"),
    7: WatchSpec(Folder.INBOX, MESSENGER, "acme", unread=True),
    8: WatchSpec(Folder.INBOX, MESSENGER, "acme", name="ann.example"),
    9: WatchSpec(Folder.INBOX, INSTAGRAM, name="ann example"),
    10: WatchSpec(text="money back"),
    11: WatchSpec(Folder.SPAM, every=Every.MESSAGE),
    12: WatchSpec(page="acme", detail=Detail.INITIALS, later=Later.NOTHING),
    13: WatchSpec(Folder.INBOX, MESSENGER, "acme", quiet=NIGHT, detail=Detail.SNIPPET),
    14: WatchSpec(Folder.DONE, MESSENGER, "acme", detail=Detail.NAME, later=Later.THREAD),
    15: WatchSpec(Folder.OTHER),
}
GLOBEX = PausedWatch(16, "#globex", WatchSpec(Folder.INBOX, MESSENGER, "globex"))
MARS = PausedWatch(18, "#chat", WatchSpec(quiet=Quiet(time(22), time(8), "Mars/Olympus")))
BEYOND = PausedWatch(19, "#chat", "inbox, whatever comes from beyond")
ROOMS = {1: "#lossy", 2: "#night", 3: "#ops", 4: "#room", 5: "#thread", **dict.fromkeys(range(6, 16), "#chat")}


def load(url: str, version: int) -> None:
    """Put what a bot of that version left into an empty database."""
    if url.startswith("sqlite"):
        with sqlite3.connect(url.removeprefix("sqlite:///")) as file:
            file.executescript((HERE / f"ledger_version_{version}.sqlite.sql").read_text(encoding="utf-8"))
        file.close()
    else:
        with psycopg.connect(url) as server:
            server.execute((HERE / f"ledger_version_{version}.postgresql.sql").read_bytes())


@pytest.fixture
def first(database_url: str) -> Iterator[Stage]:
    """What a bot of version 1 left, and its world ten minutes later."""
    load(database_url, 1)
    one = Stage(database_url)
    one.arrive(6)
    one.time.wait(600)
    yield one
    one.close()


@pytest.fixture
def second(database_url: str) -> Iterator[Stage]:
    """What a bot of version 2 left, and its world later on, less the Page that is no longer configured."""
    load(database_url, 2)
    one = Stage(database_url, watches=SETTINGS)
    one.arrive(2)
    one.world.write("acme", None, "lost", folder="other")
    one.arrive(3)
    one.more["RETENTION_DAYS"] = 3650
    one.time.wait(5400)
    yield one
    one.close()


def texts(life: Life) -> str:
    """Everything written in a ledger, as one text."""
    with life.ledger.engine.connect() as connection:
        return "\n".join(
            " ".join(map(str, row))
            for name in tables.tables
            for row in connection.execute(text(f"SELECT * FROM {name}"))
        )


def columns(life: Life) -> dict[str, set[str]]:
    inspector = inspect(life.ledger.engine)
    return {name: {column["name"] for column in inspector.get_columns(name)} for name in tables.tables}


@pytest.mark.servers
def test_a_ledger_of_the_first_version_goes_on(first: Stage) -> None:
    life = first.bot()
    (watch,) = life.service.watches.watches()
    assert (watch.number, watch.room, watch.spec) == (1, "#room", WatchSpec(platform=MESSENGER))
    life.tell()
    assert first.rooms.told("#room") == ["t_110022003305", "t_110022003306"]


@pytest.mark.parametrize("version", [1, 2, 3, 4, 5, 6])
def test_an_older_ledger_gets_todays_tables(database_url: str, version: int) -> None:
    load(database_url, version)
    ledger = open_ledger(database_url)
    have = inspect(ledger.engine)
    for name, table in tables.tables.items():
        assert {column["name"] for column in have.get_columns(name)} == set(table.columns.keys())
        assert {index["name"] for index in have.get_indexes(name)} >= {index.name for index in table.indexes}
    with ledger.reading() as connection:
        found = connection.execute(text("SELECT value FROM inbox_meta WHERE name = 'version'")).scalar_one()
    assert found == str(VERSION)
    ledger.close()
    open_ledger(database_url).close()


@pytest.mark.servers
def test_watches_keep_their_numbers_and_what_they_are_for(second: Stage) -> None:
    service = second.bot().service
    assert {watch.number: watch.spec for watch in service.watches.watches()} == WATCHES
    assert {watch.number: watch.room for watch in service.watches.watches()} == ROOMS
    assert [watch.number for watch in service.watches.watches() if watch.ops] == [1, 2, 3, 4, 5]
    assert service.watches.paused() == [GLOBEX, MARS, BEYOND]


@pytest.mark.servers
def test_a_watch_that_cant_be_read_is_told_in_the_words_it_has_and_can_be_ended(second: Stage) -> None:
    life = second.bot()
    told = "\n".join(str(line) for line in life.say("#chat", "watches").lines)
    assert "inbox, whatever comes from beyond" in told and "Mars/Olympus" in told
    life.say("#chat", "unwatch 19")
    assert life.service.watches.paused() == [GLOBEX, MARS]


@pytest.mark.servers
def test_mutes_stay(second: Stage) -> None:
    mutes = second.bot().service.watches.mutes(second.time.wall())
    assert {muted: round((until - NOON) / DAY) for muted, until in mutes.items()} == {
        Muted("#chat", watch=7): 30,
        Muted("#ops", watch=4): 32,
        Muted("#room", conversation="t_110022003302"): 33,
        Muted("#chat", watch=18): 34,
        Muted("#chat", watch=19): 35,
    }


@pytest.mark.servers
def test_a_page_that_comes_back_wakes_its_watch(database_url: str) -> None:
    load(database_url, 2)
    one = Stage(database_url, watches=SETTINGS, pages=("acme", "Globex"))  # written in another way now
    one.time.wait(5400)
    service = one.bot().service
    assert service.watches.paused() == [MARS, BEYOND]
    assert [watch.spec.page for watch in service.watches.watches() if watch.number == 16] == ["Globex"]
    one.close()


@pytest.mark.servers
def test_trouble_that_was_told_is_not_told_again(database_url: str) -> None:
    load(database_url, 2)
    one = Stage(database_url, watches=SETTINGS, pages=("acme", "globex"))
    one.more["RETENTION_DAYS"] = 3650
    one.time.wait(5400)
    one.simulator.fail("200300400/conversations.*platform=instagram.*folder=spam", None, code=10)
    one.simulator.fail("200300401/conversations", None, code=190, subcode=463)
    life = one.bot()
    troubles = {source: record.trouble for source, record in life.service.standings.records().items() if record.trouble}
    assert {source.page: type(trouble) for source, trouble in troubles.items()} == {
        "globex": TokenDead,
        "acme": PermissionMissing,
    }
    assert {(trouble.code, trouble.subcode) for trouble in troubles.values()} == {(190, 463), (10, None)}
    for _ in range(8):
        one.time.wait(INTERVAL)
        life.look_everywhere()
        life.tell()
    told = [
        (message.room, type(notice.trouble))
        for message in one.rooms.messages
        for notice in message.item.notices
        if notice.kind is NoticeKind.TROUBLE
    ]
    # What was queued when the ledger was left, and nothing more.
    assert sorted(told, key=str) == [
        ("#chat", PermissionMissing),
        ("#chat", TokenDead),
        ("#globex", TokenDead),
        ("#ops", TokenDead),
    ]
    one.close()


@pytest.mark.servers
def test_what_was_queued_held_and_in_doubt_is_told(second: Stage) -> None:
    life = second.bot()
    before = {(backlog.room, backlog.state) for backlog in life.service.histories.waiting()}
    assert {state for _, state in before} == {State.QUEUED, State.DOUBT, State.GIVEN_UP}
    second.time.wait(6 * 3600)
    life.tell()
    queued = ["t_110022003304", "t_110022003305", "t_110022003306"]
    assert second.rooms.told("#room") == queued and second.rooms.told("#thread") == queued
    assert second.rooms.told("#night") == ["t_110022003301", "t_110022003302", *queued]
    assert {(backlog.room, backlog.state) for backlog in life.service.histories.waiting()} == {
        (room, state) for room, state in before if state is State.GIVEN_UP
    }


@pytest.mark.servers
def test_receipts_stay(second: Stage) -> None:
    history = second.bot().service.histories.history("t_110022003301")
    assert history is not None
    assert [(telling.room, telling.watch, telling.state) for telling in history.rooms if telling.receipt] == [
        ("#chat", 7, State.SENT),
        ("#room", 4, State.SENT),
        ("#thread", 5, State.SENT),
    ]


@pytest.mark.servers
def test_no_class_is_named_and_no_customer_numbered_any_more(second: Stage) -> None:
    kept = texts(second.bot())
    assert "token_dead" in kept and "permission_missing" in kept
    for word in ("TokenDead", "PermissionMissing", "person_id", "5550010000000"):
        assert word not in kept


@pytest.fixture
def third(database_url: str, clock: Clock) -> Iterator[Ledger]:
    """What a bot of version 3 left, opened by today's code."""
    load(database_url, 3)
    clock.now = THIRD
    with closing(open_ledger(database_url, clock=clock)) as ledger:
        yield ledger


def test_what_was_to_be_edited_is_edited_as_a_whole(third: Ledger, clock: Clock) -> None:
    edits = Edits(third, Sources(third, ACME))
    claimed = [edits.claim() for _ in range(3)]
    assert [edit and len(edit.item.news) for edit in claimed] == [2, 8, None]
    clock.sleep(4 * DAY)
    edits.fade()
    assert edits.wait() is None
    with third.reading() as connection:
        said = connection.execute(text("SELECT count(*) FROM inbox_news WHERE due IS NULL AND body IS NOT NULL"))
        assert said.scalar_one() == 0


def test_an_announcement_goes_with_the_last_of_what_it_told(third: Ledger) -> None:
    listed = Sources(third, ACME)
    idle = Idle(third)
    for row_id, ids in idle.find(0, ms(THIRD)).items():
        (row,) = (row for row in map(listed.row, (source(), source(folder="other"))) if row.id == row_id)
        idle.drop(row, ids, ms(THIRD))
    with third.reading() as connection:
        left = connection.execute(text("SELECT id, items FROM inbox_announcement ORDER BY id")).all()
    # Of conversations 8 and 17 something is still to be said in a thread.
    assert [tuple(row) for row in left] == [(7, 1), (8, 1), (9, 1), (10, 1)]


@pytest.fixture
def fourth(database_url: str) -> Iterator[Stage]:
    """What a bot of version 4 left, and its world an hour later."""
    load(database_url, 4)
    one = Stage(database_url)
    asked, answered = (one.world.write("acme", None, "hello?") for _ in range(2))
    one.world.answer(answered, "hi!")
    one.time.wait(600)
    one.world.write("acme", asked, "anybody there?")
    one.time.wait(70)
    answered, _ = (one.world.write("acme", None, "hello?") for _ in range(2))
    one.time.wait(40)
    one.world.answer(answered, "hi!")
    one.time.wait(3600)
    yield one
    one.close()


@pytest.mark.servers
def test_who_waited_before_the_ledger_knew_of_waits_is_found_by_the_first_look(fourth: Stage) -> None:
    life = fourth.bot()
    inbox = source()
    assert life.service.waits.looks([inbox]) is None
    life.look_everywhere()
    life.tell()
    looks = life.service.waits.looks([inbox])
    assert looks is not None
    found = [(item.id, item.waiting_since - NOON) for item in looks[0].conversations]
    assert found == [("t_110022003301", 0), ("t_110022003304", 670)]
    # Nothing is said again, and nothing edited that reads as it did.
    edits = Edits(life.ledger, Sources(life.ledger, ACME))
    assert fourth.rooms.messages == [] and edits.claim() is None
    fourth.world.answer("t_110022003304", "hi!")
    fourth.time.wait(INTERVAL)
    life.look_everywhere()
    claimed = edits.claim()
    assert claimed and [news.latest and news.latest.waiting for news in claimed.item.news] == [False]


@pytest.fixture
def fifth(database_url: str) -> Iterator[Stage]:
    """What a bot of version 5 left, and its world ten minutes later."""
    load(database_url, 5)
    one = Stage(database_url)
    one.world.write("acme", None, "hello?")
    one.time.wait(660)
    claimed, again, gone, _, _, answered = (one.world.write("acme", None, "hello?").id for _ in range(6))
    one.time.wait(300)
    for each in (claimed, again):
        one.world.answer(each, "hi!")
    one.time.wait(60)
    one.world.write("acme", again, "and the other one?")
    one.world.move(gone, "page_done")
    one.time.wait(60)
    one.world.answer(answered, "Sorry that it took so long")
    one.time.wait(3800 + 600)
    yield one
    one.close()


@pytest.mark.servers
def test_what_was_answered_before_the_ledger_counted_it_is_counted(fifth: Stage) -> None:
    life, inbox = fifth.bot(), source()

    def figures() -> Statistics:
        """Those since noon; ten minutes later the list was watched."""
        return life.service.statistics.compared([inbox], Period(NOON, fifth.time() + 1), Period(NOON - HOUR, NOON))

    found = figures()
    assert (found.all.now.new, found.all.now.took, found.all.now.opened) == (6, Lengths(3, 300, 420), None)
    assert (found.waiting, found.since, found.looked_before) == (4, NOON + 600, 0)
    assert {name: each.now.answered for name, each in found.parts[Part.PERSON].items()} == {"Sam": 1}
    assert found.looked == pytest.approx(4280 / 5480, abs=0.01)  # nobody has looked for the last ten minutes either
    life.look_everywhere()
    life.remind()
    assert fifth.rooms.messages == [] and Edits(life.ledger, Sources(life.ledger, ACME)).claim() is None
    assert figures().all == found.all and figures().waiting == 4
    fifth.world.answer("t_110022003306", "here you are")
    fifth.time.wait(INTERVAL)
    life.look_everywhere()
    life.remind()
    assert fifth.rooms.messages == []
    found = figures()
    assert (found.all.now.answered, found.waiting) == (4, 3)
    assert {name: each.now.answered for name, each in found.parts[Part.PERSON].items()} == {"Sam": 2}


@pytest.fixture
def sixth(database_url: str) -> Iterator[Stage]:
    """What a bot of version 6 left, and its world a minute later."""
    load(database_url, 6)
    one = Stage(database_url)
    one.world.write("acme", None, "hello?")
    one.time.wait(660)
    answered, *_ = (one.world.write("acme", None, "hello?").id for _ in range(4))
    one.time.wait(360)
    one.world.answer(answered, "hi!")
    one.time.wait(1260)
    one.world.write("acme", None, "are you there?")
    one.time.wait(1380)
    one.world.write("acme", None, "anybody?")
    one.time.wait(120)
    yield one
    one.close()


@pytest.mark.servers
def test_what_version_6_kept_for_digests_and_of_whom_it_erased_holds(sixth: Stage) -> None:
    life, inbox = sixth.bot(), source()

    def on(until: float) -> None:
        sixth.time.wait(until - sixth.time())
        life.look_everywhere()
        sixth.time.wait(6)
        life.remind()

    period = Period(NOON, NOON + 3720)
    found = life.service.statistics.compared([inbox], period, Period(NOON - HOUR, NOON))
    assert (found.all.now.new, found.all.now.took) == (6, Lengths(1, 360, 360))
    assert found.looked == pytest.approx(
        (3720 - 600 - 1500 - 1020) / 3720
    )  # not before it was watched, nor in two gaps
    on(NOON + 3840)
    assert sixth.rooms.told("#room") == ["t_110022003307"]
    assert set(life.service.met(f"t_11002200330{number}" for number in range(1, 8))) == {
        f"t_11002200330{number}" for number in (1, 2, 4, 5, 6, 7)
    }
    on(NOON + 3840 + HOUR)
    assert len(sixth.rooms.messages) == 1
    sixth.world.write("acme", "t_110022003303", "it is me again")
    on(NOON + 3900 + HOUR)
    assert sixth.rooms.told("#room") == ["t_110022003307", "t_110022003303"]
    on(NOON + HOUR + DAY)
    digests = [notice for message in sixth.rooms.of("#chat") for notice in message.item.notices]
    assert [(notice.since, notice.until) for notice in digests] == [(NOON + HOUR, NOON + HOUR + DAY)]


def test_a_row_that_cannot_be_read_keeps_no_ledger_from_being_opened(database_url: str) -> None:
    load(database_url, 2)
    address = database_url.replace("postgresql://", "postgresql+psycopg://")
    engine = create_engine(address, poolclass=NullPool)
    with engine.begin() as connection:
        for table, column, odd in (
            ("inbox_notice", "body", ""),
            ("inbox_news", "body", "[]"),
            ("inbox_source", "trouble", "not json"),
        ):
            connection.execute(text(f"UPDATE {table} SET {column} = :odd WHERE {column} IS NOT NULL"), {"odd": odd})
    engine.dispose()
    ledger = open_ledger(database_url)
    with ledger.reading() as connection:
        rows = connection.execute(text("SELECT trouble FROM inbox_source WHERE trouble IS NOT NULL")).scalars().all()
    ledger.close()
    assert rows and all(json.loads(trouble)["kind"] == "unknown" for trouble in rows)


FOLDERS = {"inbox": Folder.INBOX, "other": Folder.OTHER, "done": Folder.DONE, "spam": Folder.SPAM}
# The words of each field as versions 1 and 2 wrote them down, in their order; the first of each is none at all.
FIELDS: tuple[dict[str, dict[str, object]], ...] = (
    {"": {}, " messenger": {"platform": MESSENGER}, " instagram": {"platform": INSTAGRAM}},
    {
        "": {},
        " acme": {"page": "acme"},
        " Ünread": {"page": "Ünread"},
        " page unread": {"page": "unread"},
        ' page "R&D"': {"page": "R&D"},
        " from-us": {"page": "from-us"},
    },
    {"": {}, " unread": {"unread": True}},
    {"": {}, " from @ann.example": {"name": "ann.example"}, ' from @"unread text"': {"name": "unread text"}},
    {"": {}, ' text "as name, later thread"': {"text": "as name, later thread"}},
    {"": {}, " every message": {"every": Every.MESSAGE}},
    {"": {}, " quiet 22:00-08:30 Europe/Rome": {"quiet": Quiet(time(22), time(8, 30), "Europe/Rome")}},
    {
        "": {},
        " as count": {"detail": Detail.COUNT},
        " as initials": {"detail": Detail.INITIALS},
        " as name": {"detail": Detail.NAME},
        " as snippet": {"detail": Detail.SNIPPET},
    },
    {"": {}, " later thread": {"later": Later.THREAD}, " later nothing": {"later": Later.NOTHING}},
)


def test_every_form_a_watch_was_written_in_is_read() -> None:
    wrong = []
    for folder, value in FOLDERS.items():
        for parts in itertools.product(*(field.items() for field in FIELDS)):
            words = folder + "".join(said for said, _ in parts)
            meant = WatchSpec(folder=value, **{name: of for _, said in parts for name, of in said.items()})  # type: ignore[arg-type]
            if unpack_spec(spec_of_words(words)) != meant:
                wrong.append(words)
    assert wrong == []


@pytest.mark.parametrize(
    "words",
    [
        "",
        "everything",
        "acme inbox",
        "inbox acme beta",
        "inbox unread unread",
        "inbox quiet 22:00-08:00",
        "inbox quiet 28:00-08:00 Europe/Rome",
        "inbox as everything",
        "inbox later edit thread",
        'inbox text "money',
        "inbox from ann",
    ],
)
def test_what_was_never_written_so_is_left_as_it_is(words: str) -> None:
    assert spec_of_words(words) == words and unpack_spec(words) == words
