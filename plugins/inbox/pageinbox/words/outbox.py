"""What `!inbox outbox` says: what has not been said yet, and why."""

from __future__ import annotations

from collections.abc import Sequence

from pageinbox.model.history import Backlog, State
from pageinbox.model.post import Command, Line, Moment, Post, Room
from pageinbox.words.english import clock, counted, duration, often, spell

ERROR_MOST = 200
"""Characters of what a chat module says of a failure, which are words of ours."""

LATER = 120
"""Seconds from which a wait is told by the clock: until then it is a matter of moments."""


def outbox(waiting: Sequence[Backlog], now: float) -> Post:
    """What waits, is in doubt or was given up, for each room; `now` in seconds since 1970."""
    if not waiting:
        return Post(("Nothing waits to be said.",))
    rows = tuple(cells(one, now) for one in waiting)
    notes: list[Line] = []
    if any(one.state is State.DOUBT for one in waiting):
        notes.append(
            ("In doubt: I was cut off while sending, and find out whether it arrived before I send it again.",)
        )
    if any(one.state is State.GIVEN_UP for one in waiting):
        notes.append(("What was given up is not tried again; the conversations themselves: ", Command("inbox")))
    return Post((in_sum(waiting),), (), rows, tuple(notes))


def in_sum(waiting: Sequence[Backlog]) -> str:
    """All rooms in one line: `3 conversations and 1 notice to be said, 2 conversations given up`."""
    lost = [one for one in waiting if one.state is State.GIVEN_UP]
    live = [one for one in waiting if one.state is not State.GIVEN_UP]
    parts = [f"{contents(live)} to be said"] if live else ["Nothing waits to be said"]
    return ", ".join(parts + ([f"{contents(lost)} given up"] if lost else []))


def contents(those: Sequence[Backlog]) -> str:
    """What several rooms wait for, in sum: `3 conversations and 1 notice`."""
    conversations, notices = sum(one.conversations for one in those), sum(one.notices for one in those)
    counts = [(conversations, "conversation"), (notices, "notice")]
    return spell([counted(number, noun) for number, noun in counts if number]) or "nothing"


def cells(one: Backlog, now: float) -> tuple[Line, ...]:
    """One room: what waits there since when, how far it is, and what the chat said."""
    return (
        (Room(one.room),),
        (contents([one]),),
        (Moment(one.since, now),),
        (state(one, now),),
        reason(one.state, one.error),
    )


def reason(state: State | None, error: str | None) -> Line:
    """Why it is not said: what the chat said, or that its Page is gone from the settings."""
    if state is State.GIVEN_UP and error is None:
        return ("the Page is not in my settings any more",)
    return (error[:ERROR_MOST],) if error else ()


def state(one: Backlog, now: float) -> str:
    """How far it is."""
    failed = f"failed {often(one.tries)}, " if one.tries else ""
    match one.state:
        case State.GIVEN_UP:
            return f"given up after {counted(one.tries, 'try', 'tries')}" if one.tries else "given up"
        case State.SENDING:
            return "being said now"
        case State.DOUBT:
            return f"in doubt, {when(one.retry, now)}"
        case _:
            if one.retry <= now:
                return f"{failed}about to be said"
            return f"{failed}{when(one.retry, now)}" if one.tries else f"held until {clock(one.retry, now)}"


def when(retry: float, now: float) -> str:
    """When it is tried next."""
    if retry <= now:
        return "next try at once"
    return f"next try in {duration(retry - now)}" if retry - now < LATER else f"next try at {clock(retry, now)}"
