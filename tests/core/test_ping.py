"""Whom an announcement pings, where a room has several watches."""

from __future__ import annotations

import re
from datetime import time

import pytest

from pageinbox.model.announcement import Announcement, News, Occasion
from pageinbox.model.chat import NotPinged
from pageinbox.model.conversation import Conversation
from pageinbox.model.secret import Secret
from pageinbox.model.source import Folder, Page, Platform, Source
from pageinbox.model.watch import Every, Muted, Ping, Quiet, Watch, WatchSpec
from pageinbox.tell.ping import looked_up, pings

NOON = 1_795_435_200.0  # 23 Nov 2026, 12:00 UTC
PAGE = Page("acme", "1", Secret("t"))
INBOX = Source("acme", Platform.MESSENGER, Folder.INBOX)
ANN = Conversation("t_1", NOON, Platform.MESSENGER, "Ann Example", "hello", 1, 1, True)
HERE, TEAM, BOSS = Ping("here", "here"), Ping("team", "S1"), Ping("boss", "U1")
FIRST = Watch(1, "#room", WatchSpec(ping=(HERE, TEAM)))
AFTERNOON = Quiet(time(11), time(18), "UTC")


def news(watch: int = 1, again: bool = False, conversation: Conversation | None = ANN) -> News:
    return News(watch, INBOX, conversation, Occasion.ONGOING, None, again, NOON, None)


def pinged(*watches: Watch, told: tuple[News, ...] = (news(),), muted: tuple[Muted, ...] = ()) -> list[str]:
    item = Announcement(1, "k", "#room", told)
    return [ping.name for ping in pings(item, watches, muted, [PAGE], now=NOON)]


def second(room: str = "#room", **spec: object) -> Watch:
    return Watch(2, room, WatchSpec(ping=(TEAM, BOSS), **spec))  # type: ignore[arg-type]


def test_each_is_pinged_once_whichever_watch_announces() -> None:
    assert pinged(FIRST) == ["here", "team"]
    assert pinged(FIRST, second(name="ann")) == ["here", "team", "boss"]
    assert pinged(FIRST, second(name="ann"), told=(news(), news(2))) == ["here", "team", "boss"]
    assert pinged(FIRST, told=(news(7),)) == ["here", "team"], "a watch without a ping was the first"


@pytest.mark.parametrize(
    "other",
    [
        second(name="bo"),
        second(text="refund"),
        second(platform=Platform.INSTAGRAM),
        second(folder=Folder.SPAM),
        second(quiet=AFTERNOON),
        second("#other"),
    ],
)
def test_a_watch_that_would_not_announce_it_pings_nobody(other: Watch) -> None:
    assert pinged(FIRST, other) == ["here", "team"]


def test_a_new_message_pings_those_of_watches_that_tell_every_message() -> None:
    again = (news(again=True, watch=2),)
    assert pinged(FIRST, second(every=Every.MESSAGE), told=again) == ["team", "boss"]


def test_a_muted_watch_pings_nobody() -> None:
    assert pinged(FIRST, second(), muted=(Muted("#room", watch=2),)) == ["here", "team"]


def test_what_is_only_counted_pings_those_of_its_own_watch() -> None:
    assert pinged(FIRST, second(), told=(news(2, conversation=None),)) == ["team", "boss"]


def test_of_the_settings_who_is_not_found_is_only_named(caplog: pytest.LogCaptureFixture) -> None:
    def whom(room: str, name: str) -> Ping:
        assert room == "<#C1>"
        if name == "suport":
            raise NotPinged("there is nobody here called that", "support")
        return Ping("support-team", "S1")

    spec, missing = looked_up(WatchSpec(ping=(Ping("suport"), Ping("Customer Support"))), "<#C1>", whom)
    assert [(ping.name, ping.id) for ping in spec.ping] == [("suport", ""), ("Customer Support", "S1")]
    assert missing == [
        "WATCHES: I can't ping @suport in <#C1>: there is nobody here called that; the nearest is @support"
    ]
    assert re.sub(r"@\w+", "@…", missing[0]) in caplog.text
