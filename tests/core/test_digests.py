"""Digests: when they come, that each comes once, and what they tell."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pageinbox.language.digest import DigestAsked, describe_digest, parse_digest
from pageinbox.language.reader import QueryError
from pageinbox.language.rhythm import describe_rhythm
from pageinbox.ledger.database import open_ledger
from pageinbox.ledger.digests import Digests
from pageinbox.ledger.packing import pack_digest, unpack_digest
from pageinbox.ledger.rooms import known, move
from pageinbox.model.announcement import NoticeKind
from pageinbox.model.digest import EVERY_DAY, WORKDAYS, DigestSpec, Rhythm
from pageinbox.model.selection import Selection
from pageinbox.model.source import Folder, Platform
from tests.core.stage import NOON, Stage

DAY = 86_400.0
PAGES = ("acme", "Yahoo!", "Sunday Shop")
ZONES = ("UTC", "Europe/Rome", "America/Santiago", "Africa/Casablanca", "Australia/Lord_Howe", "Asia/Kathmandu")

CHANGES = (
    *("Europe/Rome 2026-03-29", "Europe/Rome 2026-10-25", "America/Santiago 2026-09-06", "America/Santiago 2026-04-05"),
    *("Africa/Casablanca 2026-02-15", "Australia/Lord_Howe 2026-04-05", "Australia/Lord_Howe 2026-10-04"),
    "Asia/Kathmandu 2026-01-01",
)
"""Zones, and the dates on which their clocks change."""

Days = tuple[int, ...]

moments = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)).map(lambda moment: moment.timestamp())
faces = st.builds(time, st.integers(0, 23), st.integers(0, 59))
days = st.sets(st.integers(0, 6), min_size=1).map(lambda chosen: tuple(sorted(chosen)))
rhythms = st.builds(Rhythm, faces, st.sampled_from(ZONES), days)
lists = st.builds(
    Selection, st.sampled_from(Folder), st.sampled_from([None, *Platform]), st.sampled_from([None, *PAGES])
)
specs = st.builds(DigestSpec, lists, rhythms)


# When it comes


@settings(deadline=None, max_examples=60)
@given(st.sampled_from(CHANGES), faces, days)
def test_one_comes_on_each_of_its_days_however_the_clocks_change(change: str, face: time, weekdays: Days) -> None:
    """It comes when the clocks first show its time or a later one: found by looking at them every minute."""
    name, _, day = change.partition(" ")
    zone, middle = ZoneInfo(name), date.fromisoformat(day)
    first = datetime.combine(middle - timedelta(3), time(), zone).timestamp()
    minutes = [(first + 60 * minute, datetime.fromtimestamp(first + 60 * minute, zone)) for minute in range(6 * 1440)]
    expected = []
    for each in (middle + timedelta(ahead) for ahead in range(-2, 2)):
        if each.weekday() in weekdays:
            due = datetime.combine(each, face)
            expected.append(next(moment for moment, shown in minutes if shown.replace(tzinfo=None) >= due))
    rhythm = Rhythm(face, name, weekdays)
    begin, end = (datetime.combine(middle + timedelta(ahead), time(), zone).timestamp() for ahead in (-2, 2))
    found, moment = list[float](), rhythm.next(begin - 1)
    while moment < end:
        found.append(moment)
        moment = rhythm.next(moment)
    assert found == expected


@settings(deadline=None, max_examples=200)
@given(rhythms, moments)
def test_the_latest_and_the_next_are_neighbours(rhythm: Rhythm, now: float) -> None:
    latest, coming = rhythm.latest(now), rhythm.next(now)
    assert latest <= now < coming
    assert rhythm.next(latest) == coming and rhythm.latest(coming) == coming
    assert rhythm.latest(coming - 1) == latest
    assert rhythm.many(latest, coming) == 2 and rhythm.many(coming, coming) == 1


def rome(shown: str, *, second: bool = False) -> float:
    return datetime.fromisoformat(shown).replace(tzinfo=ZoneInfo("Europe/Rome"), fold=second).timestamp()


def test_half_past_two_comes_once_when_the_clocks_change() -> None:
    rhythm = Rhythm(time(2, 30), "Europe/Rome")
    # In March it does not exist, and comes with the change; in October it comes twice.
    assert rhythm.next(rome("2026-03-28 12:00")) == rome("2026-03-29 03:00")
    assert rhythm.next(rome("2026-03-29 03:00")) == rome("2026-03-30 02:30")
    assert rhythm.next(rome("2026-10-24 12:00")) == rome("2026-10-25 02:30")
    assert rhythm.next(rome("2026-10-25 02:30")) == rome("2026-10-26 02:30")


def test_mondays_is_about_all_since_fridays() -> None:
    rhythm = Rhythm(time(9), "UTC", WORKDAYS)
    monday = datetime(2026, 11, 23, 9, tzinfo=UTC).timestamp()
    assert rhythm.latest(monday - 1) == monday - 3 * DAY
    assert rhythm.next(monday - 3 * DAY) == monday


# In words


def asked(text: str) -> DigestAsked:
    return parse_digest(text, PAGES, zone="Europe/Rome")


def rhythm_of(text: str) -> str:
    found = asked(text).rhythm
    assert found is not None, text
    return describe_rhythm(found).removesuffix(" Europe/Rome")


@pytest.mark.parametrize(
    ("typed", "rhythm"),
    [
        ("daily", "daily 09:00"),
        ("daily 9:00", "daily 09:00"),
        ("at the end of the day", "daily 18:00"),
        ("at half past nine", "daily 09:30"),
        ("mondays at nine", "weekly monday 09:00"),
        ("daily 9", "daily 09:00"),
        ("9am", "daily 09:00"),
        ("at 9 a.m.", "daily 09:00"),
        ("at 9 am please", "daily 09:00"),
        ("every day at 9", "daily 09:00"),
        ("each day 0900", "daily 09:00"),
        ("once a day", "daily 09:00"),
        ("every morning", "daily 09:00"),
        ("every evening", "daily 18:00"),
        ("mornings", "daily 09:00"),
        ("noon", "daily 12:00"),
        ("at midnight", "daily 00:00"),
        ("daily 6:30 pm", "daily 18:30"),
        ("daily at 17h30", "daily 17:30"),
        ("daily 9 o'clock", "daily 09:00"),
        ("daily, 9h, mon-fri", "daily 09:00 mon-fri"),
        ("DAILY AT 9:00, MON-FRI!", "daily 09:00 mon-fri"),
        ("daily 09:00 mon-fri", "daily 09:00 mon-fri"),
        ("daily 9am mon–fri", "daily 09:00 mon-fri"),
        ("daily 9am mon — fri", "daily 09:00 mon-fri"),
        ("9am mon - fri", "daily 09:00 mon-fri"),
        ("9am from monday to friday", "daily 09:00 mon-fri"),
        ("9am monday through friday", "daily 09:00 mon-fri"),
        ("weekdays at 9", "daily 09:00 mon-fri"),
        ("on working days", "daily 09:00 mon-fri"),
        ("every weekday 8:15", "daily 08:15 mon-fri"),
        ("daily, not on weekends", "daily 09:00 mon-fri"),
        ("daily 9:00 except weekends", "daily 09:00 mon-fri"),
        ("daily no weekends", "daily 09:00 mon-fri"),
        ("weekends", "daily 09:00 sat,sun"),
        ("sat-mon 10:00", "daily 10:00 mon,sat,sun"),
        ("mon,wed,fri 10:00", "daily 10:00 mon,wed,fri"),
        ("mon/wed 10:00", "daily 10:00 mon,wed"),
        ("mondays and thursdays", "daily 09:00 mon,thu"),
        ("tues & thurs at 10", "daily 10:00 tue,thu"),
        ("weekly", "weekly monday 09:00"),
        ("weekly monday 09:00", "weekly monday 09:00"),
        ("weekly on fridays at 4pm", "weekly friday 16:00"),
        ("every friday", "weekly friday 09:00"),
        ("once a week", "weekly monday 09:00"),
        ("every week on sun", "weekly sunday 09:00"),
        ("daily 9am UTC", "daily 09:00 UTC"),
        ("daily 9am New York", "daily 09:00 America/New_York"),
        ("daily 9am in America/New_York time", "daily 09:00 America/New_York"),
        ("9:00 tz asia/tokyo mon-fri", "daily 09:00 mon-fri Asia/Tokyo"),
    ],
)
def test_a_rhythm_is_said_in_many_ways(typed: str, rhythm: str) -> None:
    assert rhythm_of(typed) == rhythm
    assert rhythm_of(rhythm) == rhythm


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("", DigestAsked(Selection())),
        ("now", DigestAsked(Selection())),
        ("show it to us please", DigestAsked(Selection())),
        ("of all pages", DigestAsked(Selection())),
        ("spam ig", DigestAsked(Selection(Folder.SPAM, Platform.INSTAGRAM), named=True)),
        ("page “Sunday Shop”", DigestAsked(Selection(page="Sunday Shop"), named=True)),
        ("yahoo messenger", DigestAsked(Selection(platform=Platform.MESSENGER, page="Yahoo!"), named=True)),
        ("off", DigestAsked(Selection(), end=True)),
        ("end it", DigestAsked(Selection(), end=True)),
        ("stop", DigestAsked(Selection(), end=True)),
        ("off acme", DigestAsked(Selection(page="acme"), end=True, named=True)),
        ("cancel the daily digest", DigestAsked(Selection(), end=True)),
        ("off daily 09:00 messenger", DigestAsked(Selection(platform=Platform.MESSENGER), end=True, named=True)),
        ("off all", DigestAsked(Selection(), end=True, every=True)),
        ("end everything", DigestAsked(Selection(), end=True, every=True)),
    ],
)
def test_what_is_asked_besides(typed: str, meant: DigestAsked) -> None:
    assert asked(typed) == meant


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ("dayly", "I don't know “dayly”. Did you mean daily?"),
        ("wekly mon", "Did you mean weekly?"),
        ("daily acmee", "Did you mean acme?"),
        ("daily 24:30", "“24:30” is not a time of day."),
        ("daily 9:75", "“9:75” is not a time of day."),
        ("daily 13pm", "“13pm” is not a time of day."),
        ("daily 99", "“99” is not a time of day."),
        ("daily 9 or 10", "09:00 or 10:00? Only one at a time."),
        ("daily weekly", "daily or weekly? Only one at a time."),
        ("weekly mon-fri", "“weekly” takes one day."),
        ("every hour", "A digest comes once a day or once a week."),
        ("every 1.5h", "A digest comes once a day or once a week."),
        ("30h", "A digest comes once a day or once a week."),
        ("every 2 days", "A digest comes once a day or once a week."),
        ("monthly", "A digest comes once a day or once a week."),
        ("tomorrow 9:00", "it can't go by “tomorrow”"),
        ("since monday", "it can't go by “since”; stats can."),
        ("end of the week", "I don't know “end”."),
        ("daily no spam", "it can't leave anything out."),
        ("unread daily", "it can't go by “unread”"),
        ("daily as count", "it can't go by “as”"),
        ("daily from @ann", "it can't go by “ann”"),
        ("daily all folders", "A digest is about one folder"),
        ("Europe/Rome", "A time zone only goes with a time."),
        ("daily 9:00 Europe/Rom", "Did you mean Europe/Rome?"),
        ("daily 9:00 +02:00", "ignores summer time"),
        ("daily 9am EST", "“EST” may mean several places. Did you mean America/New_York?"),
        ("weekly monday IST 9:00 spam", "“IST” may mean several places. Did you mean Asia/Kolkata?"),
    ],
)
def test_what_is_not_understood_is_refused_with_an_example_that_works(typed: str, wrong: str) -> None:
    with pytest.raises(QueryError) as refused:
        asked(typed)
    assert wrong in str(refused.value)
    assert refused.value.example.startswith("inbox digest ")
    asked(refused.value.example.removeprefix("inbox digest "))


@settings(deadline=None)
@given(specs)
def test_a_digest_in_words_and_in_the_ledger_is_the_same(spec: DigestSpec) -> None:
    found = parse_digest(describe_digest(spec), PAGES)
    assert (found.lists, found.rhythm) == (spec.lists, spec.rhythm)
    assert unpack_digest(pack_digest(spec)) == spec


@settings(deadline=None)
@given(
    st.text(max_size=60)
    | st.lists(st.sampled_from(["daily", "weekly", "9", "mon", "-", "fri", "off", "all", "to", "9am", "no"])).map(
        " ".join
    )
)
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        found = asked(text)
    except QueryError as error:
        assert str(error)
    else:
        assert found.rhythm is None or set(found.rhythm.days) <= {*EVERY_DAY}


def test_a_page_that_is_called_like_a_place_is_a_page() -> None:
    found = parse_digest("daily at 9 for the Paris page in Rome", ["Paris", "Lyon"])
    assert found == DigestAsked(Selection(page="Paris"), Rhythm(time(9), "Europe/Rome"), named=True)


def test_what_a_newer_version_wrote_is_left_alone() -> None:
    assert unpack_digest('{"version":2,"at":"09:00:00","zone":"UTC","days":[0],"folder":"inbox"}') is None
    assert unpack_digest('{"version":1,"at":"09:00:00","zone":"UTC","days":[0],"folder":"inbox","more":1}') is None


# In the ledger

SPEC = DigestSpec(Selection(), Rhythm(time(13), "UTC"))


@pytest.fixture
def stage(ledger_folder: Path) -> Iterator[Stage]:
    made = Stage(f"sqlite:///{ledger_folder}/ledger.sqlite")
    yield made
    made.close()


def periods(stage: Stage, room: str = "#board") -> list[tuple[float, float, int]]:
    """From when to when digests told, in days since noon of the first day, and how many each of them stood for."""
    told = [one for message in stage.rooms.of(room) for one in message.item.notices if one.kind is NoticeKind.DIGEST]
    return [((one.since - NOON) / DAY, (one.until - NOON) / DAY, one.count) for one in told if one.since and one.until]


HOUR = 1 / 24


def test_two_bots_tell_a_digest_once(stage: Stage) -> None:
    first, second = stage.bot(), stage.bot()
    first.service.digests.keep("#board", SPEC)
    for _ in range(4):
        stage.time.wait(3600)
        first.look_everywhere()
        for life in (first, second, second, first):
            life.remind()
    assert periods(stage) == [(HOUR - 1, HOUR, 1)]


def test_one_waits_for_looks_that_began_after_its_moment(stage: Stage) -> None:
    """What came right before it would be counted by no digest otherwise."""
    life = stage.bot()
    life.service.digests.keep("#board", SPEC)
    life.look_everywhere()
    stage.time.wait(3600)
    assert life.service.digest_writer.queue() == 5.0
    life.look_everywhere()
    assert life.service.digest_writer.queue() == 0.0
    assert life.service.digest_writer.queue() == DAY
    # But not for ever.
    stage.time.wait(DAY)
    assert life.service.digest_writer.queue() == 5.0
    stage.time.wait(299)
    assert life.service.digest_writer.queue() == 5.0
    stage.time.wait(1)
    assert life.service.digest_writer.queue() == 0.0
    # Nor for what can't be read.
    stage.world.kill_token("acme")
    stage.time.wait(DAY - 300)
    life.look_everywhere()
    assert life.service.digest_writer.queue() == 0.0


def test_a_room_is_told_of_every_moment_once_whenever_bots_are_there(stage: Stage) -> None:
    life = stage.bot()
    life.service.digests.keep("#board", SPEC)
    for away in (0.5, 1, 4, 1, 0.25, 1):
        stage.stop(life)
        stage.time.wait(away * DAY)
        life = stage.bot()
        life.look_everywhere()
        life.remind()
    assert periods(stage) == [
        (HOUR - 1, HOUR, 1),
        (HOUR, 1 + HOUR, 1),
        (1 + HOUR, 5 + HOUR, 4),
        (5 + HOUR, 6 + HOUR, 1),
        (6 + HOUR, 7 + HOUR, 1),
    ]


def test_what_a_room_could_not_be_told_is_one_digest_later(stage: Stage) -> None:
    life = stage.bot()
    life.service.digests.keep("#board", SPEC)
    stage.rooms.failing = {"#board"}
    for _ in range(3):
        stage.time.wait(DAY)
        life.look_everywhere()
        life.remind()
    assert life.service.histories.waiting()[0].notices == 1
    stage.rooms.failing = set()
    stage.time.wait(3600)
    life.tell()
    assert periods(stage) == [(HOUR - 1, 2 + HOUR, 3)]


def test_a_digest_that_has_ended_is_not_told(stage: Stage) -> None:
    life = stage.bot()
    made, _ = life.service.digests.keep("#board", SPEC)
    stage.rooms.failing = {"#board"}
    stage.time.wait(DAY)
    life.look_everywhere()
    life.remind()
    life.service.digests.end(made)
    stage.rooms.failing = set()
    stage.time.wait(DAY)
    life.look_everywhere()
    life.remind()
    assert periods(stage) == [] and life.service.histories.waiting() == []
    assert life.service.digests.standing() == []


def test_a_new_time_takes_the_place_of_the_old_one_and_nothing_is_told_twice(stage: Stage) -> None:
    life = stage.bot()
    digests = life.service.digests
    made, before = digests.keep("#board", SPEC)
    assert before is None and digests.keep("#board", SPEC) == (made, SPEC)
    stage.time.wait(2 * 3600)
    life.look_everywhere()
    life.remind()
    later = DigestSpec(SPEC.lists, Rhythm(time(15), "UTC"))
    changed, before = digests.keep("#board", later)
    assert before == SPEC and changed.number == made.number and changed.due == NOON + 3 * 3600
    stage.time.wait(2 * 3600)
    life.look_everywhere()
    life.remind()
    assert periods(stage) == [(HOUR - 1, HOUR, 1), (HOUR, 3 * HOUR, 1)]
    other = DigestSpec(Selection(platform=Platform.MESSENGER), SPEC.rhythm)
    assert digests.keep("#board", other)[1] is None and digests.keep("#other", SPEC)[1] is None
    assert [each.spec for each in digests.standing("#board")] == [later, other]


def test_a_clock_that_is_set_back_repeats_nothing_and_one_that_was_wrong_stops_nothing(stage: Stage) -> None:
    life = stage.bot()
    life.service.digests.keep("#board", SPEC)
    stage.time.wait(2 * 3600)
    life.look_everywhere()
    life.remind()
    stage.time.skew = -3 * 3600
    for _ in range(5):
        stage.time.wait(3600)
        life.look_everywhere()
        life.remind()
    assert periods(stage) == [(HOUR - 1, HOUR, 1)]
    # By a clock that is a year fast the next one would be due in a year.
    stage.time.skew = 365 * DAY
    life.look_everywhere()
    life.remind()
    stage.time.skew = 0
    for _ in range(2):
        life.remind()
        stage.time.wait(DAY)
        life.look_everywhere()
        life.remind()
    assert [until for _, until, _ in periods(stage)][-2:] == [1 + HOUR, 2 + HOUR]


def test_a_digest_of_a_page_that_is_gone_is_paused_and_told_when_it_is_back(ledger_folder: Path) -> None:
    now = NOON
    ledger = open_ledger(ledger_folder / "ledger.sqlite", clock=lambda: now)
    here, elsewhere = Digests(ledger, {"Acme!": "1", "beta": "2"}), Digests(ledger, {"beta": "2"})
    made, _ = here.keep("#board", DigestSpec(Selection(page="Acme!"), SPEC.rhythm))
    now += 5 * DAY
    assert [each.spec for each in elsewhere.standing()] == [None]
    assert elsewhere.due()[0] == [] and not elsewhere.take(made.number)
    assert [each.number for each in here.due()[0]] == [made.number]
    renamed = Digests(ledger, {"ACME": "1"})
    (found,) = renamed.standing()
    assert found.spec is not None and found.spec.lists.page == "ACME"
    assert renamed.take(made.number) and not here.take(made.number)
    ledger.close()


def test_a_room_that_goes_on_as_another_one_takes_its_digests_along(ledger_folder: Path) -> None:
    ledger = open_ledger(ledger_folder / "ledger.sqlite", clock=lambda: NOON)
    digests = Digests(ledger, {"acme": "1"})
    other = DigestSpec(Selection(Folder.SPAM), SPEC.rhythm)
    for room, spec in (("#old", SPEC), ("#old", other), ("#new", DigestSpec(SPEC.lists, Rhythm()))):
        digests.keep(room, spec)
    assert known(ledger, {"#old", "#new", "#none"}) == {"#old", "#new"}
    assert move(ledger, "#old", "#new", NOON)
    assert [(each.room, each.spec) for each in digests.standing()] == [("#new", SPEC), ("#new", other)]
    ledger.close()
