"""What `!inbox outbox` says: what has not been said yet, and why."""

from __future__ import annotations

from collections.abc import Sequence

from pageinbox.model.history import Backlog, State
from pageinbox.model.post import Command, Foreign, Line, Moment, Post, Room, Time
from pageinbox.words.elsewhere import ADMINS, elsewhere
from pageinbox.words.english import counted, duration, often, spell
from pageinbox.words.many import ROWS
from pageinbox.words.notices import WHY_MOST

HERE = Command("inbox outbox here")

WAITS = ("has something in the outbox", "have something in the outbox")

LATER = 120
"""Seconds from which a wait is given as a time of day; a shorter one is a matter of moments."""


def outbox(waiting: Sequence[Backlog], now: float, first: int = 1, others: int = 0) -> Post:
    """What is waiting, in doubt or given up, for each room; `now` in seconds since 1970.

    Of many rooms those in trouble come first, and `first` is the place in their order from which they are shown.
    Something waits for `others` more rooms, of which this one is not to know more.
    """
    hidden = [elsewhere(others, "inbox outbox", WAITS)] if others else []
    if not waiting and others:
        return Post(("Nothing is waiting to be sent to this room.",), (), (), tuple(hidden))
    if not waiting:
        return Post(("Nothing is waiting to be sent.",))
    ordered = waiting
    if len(waiting) > ROWS:
        ordered = sorted(waiting, key=lambda each: each.state is State.QUEUED and not each.tries)
    shown, left = ordered[first - 1 :][:ROWS], ordered[first - 1 + ROWS :]
    notes: list[Line] = []
    if any(backlog.state is State.DOUBT for backlog in shown):
        notes.append(("In doubt: I was cut off while sending. I find out whether it arrived before I send it again.",))
    if any(backlog.state is State.GIVEN_UP for backlog in shown):
        notes.append(("I won't try again what was given up. To see the conversations: ", Command("inbox")))
    if left:
        begin = Command(f"inbox outbox from {first + ROWS}")
        notes.append((f"{in_sum(left)} behind these. To see the next: ", begin, ", or only this room's: ", HERE))
    rows = tuple(cells(backlog, now) for backlog in shown)
    return Post((in_sum(waiting),), (), rows, (*notes, *hidden))


def not_here() -> Post:
    """What waits for another room was asked for where that is not to be known."""
    return Post((f"That is another room. {ADMINS}: ", Command("inbox outbox")))


def nothing_for(room: str, nearest: str = "") -> Post:
    """Nothing waits for a room that was named; `nearest` is one that something waits for, where it was misspelt."""
    if nearest:
        named: Line = ("Nothing is waiting to be sent to ", Foreign(room, quoted=True), ".")
        return Post((*named, " Did you mean ", Room(nearest), "?"))
    return Post(("Nothing is waiting to be sent to ", Room(room), "."))


def in_sum(waiting: Sequence[Backlog]) -> str:
    """All rooms in one line: `3 conversations and 1 notice waiting to be sent, 2 conversations given up`."""
    lost = [backlog for backlog in waiting if backlog.state is State.GIVEN_UP]
    live = [backlog for backlog in waiting if backlog.state is not State.GIVEN_UP]
    parts = [f"{contents(live)} waiting to be sent"] if live else ["Nothing is waiting to be sent"]
    return ", ".join(parts + ([f"{contents(lost)} given up"] if lost else []))


def contents(backlogs: Sequence[Backlog]) -> str:
    """What is waiting for several rooms, in total: `3 conversations and 1 notice`."""
    conversations, notices = (
        sum(backlog.conversations for backlog in backlogs),
        sum(backlog.notices for backlog in backlogs),
    )
    counts = [(conversations, "conversation"), (notices, "notice")]
    return spell([counted(number, noun) for number, noun in counts if number]) or "nothing"


def cells(backlog: Backlog, now: float) -> tuple[Line, ...]:
    """One room: what is waiting for it, since when, how far it is, and why it failed."""
    return (
        (Room(backlog.room),),
        (contents([backlog]),),
        ("queued ", Moment(backlog.since, now)),
        state(backlog, now),
        reason(backlog.state, backlog.error),
    )


def reason(state: State | None, error: str | None) -> Line:
    """Why it was not sent: what the chat said, or that its Page is no longer in the settings."""
    if state is State.GIVEN_UP and error is None:
        return ("the Page is no longer in my settings",)
    return (error[:WHY_MOST],) if error else ()


def state(backlog: Backlog, now: float) -> Line:
    """How far it is."""
    failed = f"failed {often(backlog.tries)}, " if backlog.tries else ""
    match backlog.state:
        case State.GIVEN_UP:
            return (f"given up after {counted(backlog.tries, 'try', 'tries')}" if backlog.tries else "given up",)
        case State.SENDING:
            return ("being sent now",)
        case State.DOUBT:
            return ("in doubt, ", *when(backlog.retry, now))
        case _:
            if backlog.retry <= now:
                return (f"{failed}about to be sent",)
            return (failed, *when(backlog.retry, now)) if backlog.tries else ("held until ", Time(backlog.retry, now))


def when(retry: float, now: float) -> Line:
    """When it is tried next."""
    if retry <= now:
        return ("next try now",)
    return (f"next try in {duration(retry - now)}",) if retry - now < LATER else ("next try at ", Time(retry, now))
