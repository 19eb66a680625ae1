"""Whom announcements ping."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace

from pageinbox.model.announcement import Announcement, News, Verdict
from pageinbox.model.chat import ChatError, NotPinged
from pageinbox.model.conversation import Conversation
from pageinbox.model.logged import nobody_named
from pageinbox.model.reminder import Reminder, ReminderKind
from pageinbox.model.source import Page
from pageinbox.model.watch import Every, Muted, Ping, Watch, WatchSpec
from pageinbox.tell.decide import judge

log = logging.getLogger(__name__)


def looked_up(spec: WatchSpec, room: str, whom: Callable[[str, str], Ping]) -> tuple[WatchSpec, list[str]]:
    """A spec of the settings with everybody looked up whom it pings; who is not found is only named.

    And a sentence on each who is not, with the reason. `whom` finds whom a name means in `room`.
    """
    found, missing = [], []
    for ping in spec.ping:
        try:
            found.append(replace(whom(room, ping.name), name=ping.name))
        except ChatError as error:
            near = f"; the nearest is @{error.nearest}" if isinstance(error, NotPinged) and error.nearest else ""
            missing.append(f"WATCHES: I can't ping @{ping.name} in {room}: {error}{near}")
            log.warning("%s", nobody_named(missing[-1]))
            found.append(ping)
    return replace(spec, ping=tuple(found)), missing


def pings(
    item: Announcement, watches: Iterable[Watch], muted: Collection[Muted], pages: Sequence[Page], *, now: float
) -> tuple[Ping, ...]:
    """Whom the watches of its room ping that would announce something of it now, each once.

    A room is told of a conversation by one watch only, but whom others ping for it is to notice as well.
    """
    found: dict[Ping, None] = {}
    for watch in watches:
        if watch.room == item.room and any(announces(watch, news, muted, pages, now=now) for news in item.news):
            found |= dict.fromkeys(watch.spec.ping)
    return tuple(found)


def announces(watch: Watch, news: News, muted: Collection[Muted], pages: Sequence[Page], *, now: float) -> bool:
    """Whether it is this watch that announces it, or it would if no other did."""
    if watch.number == news.watch:
        return True
    spec = watch.spec
    if news.conversation is None or news.source not in spec.sources(pages):
        return False
    if news.reminder is not None:
        return reminds(watch, news.reminder, news.conversation, muted, now=now)
    if spec.every is Every.NOTHING or (news.again and spec.every is not Every.MESSAGE):
        return False
    quiet_until = spec.quiet.until(now) if spec.quiet else None
    verdict = judge(
        news.conversation, news.again, watch, muted=muted, now=now, quiet_until=quiet_until, away_since=None
    ).verdict
    return verdict is Verdict.ANNOUNCED


def reminds(watch: Watch, reminder: Reminder, item: Conversation, muted: Collection[Muted], *, now: float) -> bool:
    """Whether this watch would remind of the same."""
    spec = watch.spec
    if reminder.step not in (spec.waits if reminder.kind is ReminderKind.WAITING else (spec.closes,)):
        return False
    if {Muted(watch.room, watch=watch.number), Muted(watch.room, conversation=item.id)} & {*muted}:
        return False
    quiet = reminder.kind is not ReminderKind.CLOSING and spec.quiet is not None and spec.quiet.until(now) is not None
    return not quiet and not spec.leaves_out(item)
