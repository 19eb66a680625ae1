"""All that was ever done with a conversation, a line for each act, and how each time of waiting ended."""

from __future__ import annotations

from collections.abc import Sequence

from pageinbox.model.act import Act, ActKind, Ending
from pageinbox.model.post import Foreign, Line, Piece, Time
from pageinbox.model.wait import Wait
from pageinbox.model.watch import Detail
from pageinbox.words.english import counted
from pageinbox.words.many import ROWS
from pageinbox.words.marks import teammate

VERBS = {ActKind.CLAIM: "claimed it", ActKind.DONE: "marked it as done", ActKind.SNOOZE: "snoozed it"}

UNDONE = {ActKind.CLAIM: "released", ActKind.DONE: "reopened", ActKind.SNOOZE: "woken"}


def history(acts: Sequence[Act], waits: Sequence[Wait], now: float, detail: Detail) -> list[Line]:
    """What was done and how long the customer waited, the oldest first; of much only the latest.

    Notes have their words where `detail` lets names be seen.
    """
    told = [(act.at, done(act, now, detail)) for act in acts] + [(wait.since, waited(wait, now)) for wait in waits]
    lines = [line for _, line in sorted(told, key=lambda pair: pair[0])]
    more = len(lines) - ROWS
    return [(f"{counted(more, 'earlier line')} left out.",), *lines[-ROWS:]] if more > 0 else lines


def done(act: Act, now: float, detail: Detail) -> Line:
    """One act: who did what when, and how it ended."""
    who, at = teammate(act.by), Time(act.at, now)
    if act.kind is ActKind.NOTE and not detail.names:
        return (who, " left a note at ", at, "; it may name the customer, so it isn't shown here.")
    if act.kind is ActKind.NOTE:
        return (who, " noted at ", at, ": ", Foreign(act.words, most=len(act.words)))
    pieces: list[Piece] = [who, f" {VERBS[act.kind]} at ", at]
    if act.giver:
        pieces = [Foreign(act.giver, most=24), " gave it to ", who, " at ", at]
    if act.kind is ActKind.SNOOZE and act.until is not None:
        pieces += [" until ", Time(act.until, now)]
    return (*pieces, *ending(act, now), ".")


def ending(act: Act, now: float) -> Line:
    """How an act ended; nothing where it holds."""
    if act.ended is None or act.ending is None:
        return ()
    at, by = Time(act.ended, now), Foreign(act.ender, most=24)
    match act.ending:
        case Ending.TAKEN_BACK:
            return (f"; {UNDONE[act.kind]} at ", at, " by ", by)
        case Ending.TAKEN_OVER if act.kind is ActKind.SNOOZE:
            return ("; snoozed anew at ", at, " by ", by)
        case Ending.TAKEN_OVER:
            return ("; taken over at ", at, " by ", by)
        case Ending.ANSWERED:
            return ("; answered, as I saw at ", at)
        case Ending.WROTE_AGAIN:
            return ("; the customer wrote again, as I saw at ", at)
        case Ending.DONE:
            return ("; over at ", at, ", when ", by, " marked it as done")
        case Ending.RAN_OUT if act.kind is ActKind.CLAIM:
            return ("; recalled at ", at, ", since I saw no answer")
        case Ending.RAN_OUT:
            return ("; over at ", at)


def waited(wait: Wait, now: float) -> Line:
    """One time of waiting: since when, and when somebody answered."""
    since = ("The customer waited from ", Time(wait.since, now), " or earlier" if wait.at_least else "")
    if wait.answered is None:
        return ("The customer has been waiting since ", Time(wait.since, now), " or earlier." if wait.at_least else ".")
    return (*since, " until somebody answered at ", Time(wait.answered, now), ".")
