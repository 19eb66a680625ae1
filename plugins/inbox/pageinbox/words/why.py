"""What `!inbox why` says: what became of one conversation, room by room."""

from __future__ import annotations

from collections.abc import Mapping

from pageinbox.model.announcement import Occasion, Verdict
from pageinbox.model.history import History, RoomHistory, State
from pageinbox.model.post import Foreign, Line, Moment, Post, Room
from pageinbox.model.source import Page
from pageinbox.words.common import FOLDER_NAMES, label, page_of
from pageinbox.words.english import clock, coarse, spell
from pageinbox.words.outbox import reason

LEFT_OUT = {
    Verdict.MUTED: "muted",
    Verdict.READ: "left out: nothing in it was unread",
    Verdict.OTHER_NAME: "left out: it is from somebody else than the watch names",
    Verdict.OTHER_TEXT: "left out: it does not say what the watch looks for",
}


def why(ref: str, history: History, pages: Mapping[str, Page], now: float) -> Post:
    """When a conversation was met and where, and whether each room was told, by which watch; `now` as seconds."""
    source = history.source
    where = label(page_of(pages, source.page), source)
    headline: Line = (f"{ref} · {where} · first seen ", Moment(history.seen, now))
    lines: list[Line] = []
    met = [FOLDER_NAMES[folder] for folder in history.folders]
    if len(met) > 1:
        lines.append((f"It was met in {spell(met)}.",))
    if history.quiet:
        again = "; told was only what came later" if history.rooms else ""
        lines.append((f"It was there before anybody watched, so nobody was told of it as new{again}.",))
    elif not history.rooms:
        lines.append(("No room was told: no watch was for it when it was seen.",))
    rows = tuple(cells(one, now) for one in sorted(history.rooms, key=lambda one: one.found))
    times = [history.seen, *(one.found for one in history.rooms)]
    notes: tuple[Line, ...] = (("Times are UTC.",),) if any(coarse(at, now) for at in times) else ()
    return Post(headline, tuple(lines), rows, notes)


def cells(one: RoomHistory, now: float) -> tuple[Line, ...]:
    """One room: when something was found, whether new or a message, what became of it, and the receipt or the error."""
    proof: Line = ("receipt ", Foreign(one.receipt, most=60)) if one.receipt else reason(one.state, one.error)
    what = "new message" if one.again else "new"
    return (Room(one.room),), (what,), (Moment(one.found, now),), (outcome(one, now),), proof


def outcome(one: RoomHistory, now: float) -> str:
    """What became of it in a few words."""
    by = f"watch {one.watch}"
    if one.verdict in LEFT_OUT:
        return f"{by}: {LEFT_OUT[one.verdict]}"
    twice = ", perhaps twice" if one.repeated else ""
    match one.state:
        case State.SENT:
            at = "" if one.sent is None else f" at {clock(one.sent, now)}"
            return f"announced by {by}{at}{twice}"
        case State.SENDING:
            return f"{by}: being said now{twice}"
        case State.DOUBT:
            return f"{by}: in doubt, it may have arrived"
        case State.GIVEN_UP:
            return f"{by}: given up"
    if one.due > now:
        quiet = one.verdict is Verdict.HELD or one.occasion is Occasion.QUIET
        return f"{by}: {'quiet hours, ' if quiet else ''}held until {clock(one.due, now)}"
    return f"{by}: waits to be said"
