"""Which conversations a watch leaves out, and when its quiet hours end."""

from __future__ import annotations

from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pageinbox.language.zones import zones
from pageinbox.model.conversation import Conversation
from pageinbox.model.secret import Secret
from pageinbox.model.source import Folder, Page, Platform, Source
from pageinbox.model.text import fold
from pageinbox.model.watch import Quiet, WatchSpec

MESSENGER, INSTAGRAM = Platform.MESSENGER, Platform.INSTAGRAM
PAGES = (Page("acme", "1", Secret("t")), Page("bakery", "2", Secret("t"), platforms=(INSTAGRAM,)))
HOUR = 3600


def at(shown: str, zone: str, *, second: bool = False) -> float:
    """The moment at which the clocks show this; `second` where they do so twice."""
    return datetime.fromisoformat(shown).replace(tzinfo=ZoneInfo(zone), fold=second).timestamp()


def shown(moment: float | None, zone: str) -> str:
    return "" if moment is None else datetime.fromtimestamp(moment, ZoneInfo(zone)).isoformat(" ")


@pytest.mark.parametrize(
    ("wish", "sources"),
    [
        (WatchSpec(), ["acme messenger", "acme instagram", "bakery instagram"]),
        (WatchSpec(platform=INSTAGRAM), ["acme instagram", "bakery instagram"]),
        (WatchSpec(page="bakery"), ["bakery instagram"]),
        (WatchSpec(page="bakery", platform=MESSENGER), []),
        (WatchSpec(page="gone"), []),
    ],
)
def test_a_wish_needs_the_sources_it_names(wish: WatchSpec, sources: list[str]) -> None:
    assert [f"{source.page} {source.platform}" for source in wish.sources(PAGES)] == sources


def test_a_wish_is_about_one_folder() -> None:
    assert WatchSpec(folder=Folder.SPAM, page="acme", platform=MESSENGER).sources(PAGES) == [
        Source("acme", MESSENGER, Folder.SPAM)
    ]


def conversation(
    name: str | None = "Ann Example", snippet: str | None = None, unread: int | None = None
) -> Conversation:
    return Conversation("t_1", 0.0, MESSENGER, name=name, snippet=snippet, unread=unread)


@pytest.mark.parametrize(
    ("wish", "met", "why"),
    [
        (WatchSpec(), conversation(None), ""),
        (WatchSpec(unread=True), conversation(unread=2), ""),
        (WatchSpec(unread=True), conversation(unread=0), "read"),
        (WatchSpec(unread=True), conversation(unread=None), "read"),
        (WatchSpec(name="ann"), conversation(), ""),
        (WatchSpec(name="exam"), conversation(), ""),
        (WatchSpec(name="ann example"), conversation("  ANN\u00a0Example "), ""),
        (WatchSpec(name="o'b"), conversation("Ann O’Brien"), ""),
        (WatchSpec(name="follow"), conversation("buy.followers_24"), ""),
        (WatchSpec(name="24"), conversation("buy.followers_24"), ""),
        (WatchSpec(name="nn"), conversation(), "name"),
        (WatchSpec(name="ann example jr"), conversation(), "name"),
        (WatchSpec(name="ann"), conversation(None), "name"),
        (WatchSpec(text="refund"), conversation(snippet="Where is my REFUND?"), ""),
        (WatchSpec(text="my refund"), conversation(snippet="my\n refund"), ""),
        (WatchSpec(text="the best one"), conversation(snippet="the “best” one"), ""),
        (WatchSpec(text="straße"), conversation(snippet="STRASSE"), "text"),
        (WatchSpec(text=fold("straße")), conversation(snippet="STRASSE"), ""),
        (WatchSpec(text="refund"), conversation(snippet="re fund"), "text"),
        (WatchSpec(text="refund"), conversation(snippet=None), "text"),
        (WatchSpec(text="refund"), conversation("refund"), "text"),
        (WatchSpec(unread=True, name="bo", text="x"), conversation(), "read"),
        (WatchSpec(unread=True, name="bo", text="x"), conversation(unread=1), "name"),
        (WatchSpec(unread=True, name="ann", text="x"), conversation(unread=1), "text"),
        (WatchSpec(unread=True, name="ann", text="x"), conversation(unread=1, snippet="X"), ""),
    ],
)
def test_why_a_conversation_is_left_out(wish: WatchSpec, met: Conversation, why: str) -> None:
    assert wish.leaves_out(met) == why


# Rome: clocks went from 02:00 to 03:00 on 29 Mar 2026, from 03:00 to 02:00 on 25 Oct 2026.
@pytest.mark.parametrize(
    ("hours", "zone", "now", "until"),
    [
        # over midnight
        ("22:00-08:00", "Europe/Rome", "2026-11-23 21:59:59", ""),
        ("22:00-08:00", "Europe/Rome", "2026-11-23 22:00", "2026-11-24 08:00:00+01:00"),
        ("22:00-08:00", "Europe/Rome", "2026-11-24 00:00", "2026-11-24 08:00:00+01:00"),
        ("22:00-08:00", "Europe/Rome", "2026-11-24 07:59:59", "2026-11-24 08:00:00+01:00"),
        ("22:00-08:00", "Europe/Rome", "2026-11-24 08:00", ""),
        # within a day, to midnight, from midnight, all day but a minute
        ("12:30-14:00", "Europe/Rome", "2026-11-23 13:00", "2026-11-23 14:00:00+01:00"),
        ("12:30-14:00", "Europe/Rome", "2026-11-23 12:29", ""),
        ("22:00-00:00", "Europe/Rome", "2026-11-23 23:59", "2026-11-24 00:00:00+01:00"),
        ("22:00-00:00", "Europe/Rome", "2026-11-24 00:00", ""),
        ("00:00-08:00", "Europe/Rome", "2026-11-24 00:00", "2026-11-24 08:00:00+01:00"),
        ("00:01-00:00", "Europe/Rome", "2026-11-24 00:01", "2026-11-25 00:00:00+01:00"),
        # over a change of clocks
        ("22:00-08:00", "Europe/Rome", "2026-03-28 23:00", "2026-03-29 08:00:00+02:00"),
        ("22:00-08:00", "Europe/Rome", "2026-10-24 23:00", "2026-10-25 08:00:00+01:00"),
        # an end, and a beginning, in the hour that is missing
        ("22:00-02:30", "Europe/Rome", "2026-03-29 01:59:59", "2026-03-29 03:00:00+02:00"),
        ("22:00-02:30", "Europe/Rome", "2026-03-29 03:00", ""),
        ("02:30-08:00", "Europe/Rome", "2026-03-29 01:59:59", ""),
        ("02:30-08:00", "Europe/Rome", "2026-03-29 03:00", "2026-03-29 08:00:00+02:00"),
        ("02:10-02:50", "Europe/Rome", "2026-03-29 03:00", ""),
        # ... both, so that one day's end is the next one's beginning
        ("02:30-02:15", "Europe/Rome", "2026-03-28 12:00", "2026-03-30 02:15:00+02:00"),
        # an end, and a beginning, in the hour that comes twice
        ("22:00-02:30", "Europe/Rome", "2026-10-25 02:29:59", "2026-10-25 02:30:00+02:00"),
        ("22:00-02:30", "Europe/Rome", "2026-10-25 02:30", ""),
        ("02:30-08:00", "Europe/Rome", "2026-10-25 02:45", "2026-10-25 08:00:00+01:00"),
        # zones far away, on no whole hour, with a change of half an hour, or of two, or at midnight
        ("22:00-08:00", "Pacific/Kiritimati", "2026-11-23 23:00", "2026-11-24 08:00:00+14:00"),
        ("22:00-08:00", "Pacific/Pago_Pago", "2026-11-23 23:00", "2026-11-24 08:00:00-11:00"),
        ("22:00-08:00", "Asia/Kathmandu", "2026-11-23 23:00", "2026-11-24 08:00:00+05:45"),
        ("22:00-02:15", "Australia/Lord_Howe", "2026-10-04 01:00", "2026-10-04 02:30:00+11:00"),
        ("22:00-02:15", "Antarctica/Troll", "2026-03-29 00:30", "2026-03-29 03:00:00+02:00"),
        ("22:00-00:30", "America/Havana", "2026-03-07 23:00", "2026-03-08 01:00:00-04:00"),
        # a day that is missing
        ("22:00-08:00", "Pacific/Apia", "2011-12-29 23:00", "2011-12-31 08:00:00+14:00"),
    ],
)
def test_quiet_hours_end_when_the_clocks_say_so(hours: str, zone: str, now: str, until: str) -> None:
    begin, end = map(time.fromisoformat, hours.split("-"))
    assert shown(Quiet(begin, end, zone).until(at(now, zone)), zone) == until


def test_the_second_time_clocks_show_an_hour_is_not_quiet_again() -> None:
    quiet = Quiet(time(22), time(2, 30), "Europe/Rome")
    assert quiet.until(at("2026-10-25 02:15", "Europe/Rome")) is not None
    assert quiet.until(at("2026-10-25 02:15", "Europe/Rome", second=True)) is None


def test_what_has_begun_stays_when_clocks_go_back_over_midnight() -> None:
    # Azores: from 01:00 to 00:00; Beirut: from 00:00 to 23:00 of the day before
    beirut = Quiet(time(23, 30), time(8), "Asia/Beirut")
    again = at("2026-10-24 23:15", "Asia/Beirut", second=True)
    assert shown(beirut.until(again), "Asia/Beirut") == "2026-10-25 08:00:00+02:00"
    azores = Quiet(time(0, 30), time(8), "Atlantic/Azores")
    again = at("2026-10-25 00:15", "Atlantic/Azores", second=True)
    assert shown(azores.until(again), "Atlantic/Azores") == "2026-10-25 08:00:00-01:00"


def test_quiet_hours_that_never_end_are_none() -> None:
    with pytest.raises(ValueError, match="another time"):
        Quiet(time(8), time(8), "UTC")


minutes = st.integers(0, 24 * 60 - 1).map(lambda minute: time(minute // 60, minute % 60))
changing = [
    "Europe/Rome",
    "America/New_York",
    "Australia/Lord_Howe",
    "Antarctica/Troll",
    "America/Nuuk",
    "Africa/Cairo",
]
quiets = st.builds(
    lambda ends, zone: Quiet(ends[0], ends[1], zone),
    st.lists(minutes, min_size=2, max_size=2, unique=True),
    st.sampled_from(changing) | st.sampled_from(sorted(set(zones().values()))),
)
moments = st.floats(1.7e9, 2.2e9) | st.integers(1_700_000_000, 2_200_000_000).map(float)
near_changes = st.builds(
    lambda day, hour: day + hour * HOUR / 4,
    st.sampled_from(
        [at(f"{day} 00:00", "UTC") for day in ("2026-03-08", "2026-03-28", "2026-03-29", "2026-10-04", "2026-10-25")]
    ),
    st.integers(-50, 150),
)


@given(quiets, moments | near_changes)
@example(Quiet(time(22, 30), time(22, 15), "America/Nuuk"), at("2026-03-28 12:00", "America/Nuuk"))
def test_the_end_is_ahead_and_is_an_end(quiet: Quiet, now: float) -> None:
    until = quiet.until(now)
    local = datetime.fromtimestamp(now, ZoneInfo(quiet.zone)).time()
    over_midnight = quiet.end < quiet.begin
    inside = quiet.begin <= local < quiet.end or (over_midnight and not quiet.end <= local < quiet.begin)
    if until is None:
        # Only an hour shown twice can look quiet when it is not.
        assert not inside or datetime.fromtimestamp(now, ZoneInfo(quiet.zone)).fold
        return
    length = ((quiet.end.hour - quiet.begin.hour) * 60 + quiet.end.minute - quiet.begin.minute) % 1440 * 60
    # Two hours is the longest change of clocks; where it swallows the time in between, two days' quiet hours are one.
    most = length + 2 * HOUR if length <= 22 * HOUR else 48 * HOUR
    assert now < until <= now + most
    assert quiet.until(until) is None
    assert quiet.until(until - 1) == until
    end = datetime.fromtimestamp(until, ZoneInfo(quiet.zone))
    before = datetime.fromtimestamp(until - 1, ZoneInfo(quiet.zone))
    assert end.time() == quiet.end or end.utcoffset() != before.utcoffset()


@given(quiets, near_changes)
def test_what_is_loud_stays_loud_until_clocks_show_the_beginning(quiet: Quiet, now: float) -> None:
    if quiet.until(now) is None and quiet.until(now + 60) is not None:
        begin = now // 60 * 60 + 60
        local, before = (datetime.fromtimestamp(moment, ZoneInfo(quiet.zone)) for moment in (begin, begin - 1))
        assert local.time().replace(second=0) == quiet.begin or local.utcoffset() != before.utcoffset()
