"""What holds for a conversation: who has it, until when it is snoozed, who marked it as done, and what was noted."""

from __future__ import annotations

from collections.abc import Sequence

from pageinbox.model.act import Act, Marks, Person
from pageinbox.model.post import Command, Foreign, Line, Moment, Piece, Post, Time
from pageinbox.model.query import InboxQuery, Mark
from pageinbox.model.watch import Detail

NOTES = 5
"""So many notes are shown, the latest."""


def teammate(person: Person) -> Foreign:
    """Somebody of the team by name, which they have chosen themselves."""
    return Foreign(person.name, most=24)


def state(marks: Marks, now: float) -> Line:
    """The marks in a few words, for a row: `Sam has had it since 14:05 UTC`, `done by Sam`."""
    parts: list[Line] = []
    if marks.done is not None:
        parts.append(("done by ", teammate(marks.done.by)))
    if marks.claim is not None:
        parts.append((teammate(marks.claim.by), " has had it since ", Time(marks.claim.at, now)))
    if marks.snooze is not None and marks.snooze.until is not None:
        parts.append(("snoozed until ", Time(marks.snooze.until, now)))
    return joined(parts)


def joined(parts: Sequence[Line]) -> Line:
    """Parts of a sentence with commas between them."""
    pieces: list[Piece] = []
    for part in parts:
        pieces += [", ", *part] if pieces else part
    return tuple(pieces)


def sentences(marks: Marks | None, now: float) -> list[Line]:
    """The marks as sentences, for a post about one conversation."""
    lines: list[Line] = []
    if marks is None:
        return lines
    if marks.done is not None:
        lines.append(("Done by ", teammate(marks.done.by), " at ", Time(marks.done.at, now), "."))
    if marks.claim is not None:
        lines.append((teammate(marks.claim.by), " has had it since ", Time(marks.claim.at, now), "."))
    if marks.snooze is not None and marks.snooze.until is not None:
        lines.append(("Snoozed until ", Time(marks.snooze.until, now), " by ", teammate(marks.snooze.by), "."))
    return lines


def notes(marks: Marks | None, now: float, detail: Detail) -> list[Line]:
    """The latest notes, the oldest of them first, and how many there are before; where no names are shown, how many."""
    every = () if marks is None else marks.notes
    if every and not detail.names:
        said = "1 note isn't shown here: it" if len(every) == 1 else f"{len(every)} notes aren't shown here: they"
        return [(f"{said} may name the customer.",)]
    lines = [note(act, now) for act in every[-NOTES:]]
    more = len(every) - len(lines)
    return [(f"{more} earlier {'note' if more == 1 else 'notes'}.",), *lines] if more > 0 else lines


def note(act: Act, now: float) -> Line:
    """One note: who, when, what."""
    return ("Note by ", teammate(act.by), ", ", Moment(act.at, now), ": ", Foreign(act.words, most=len(act.words)))


NONE = {
    Mark.MINE: "You have claimed nothing",
    Mark.CLAIMED: "Nothing is claimed",
    Mark.SNOOZED: "Nothing is snoozed",
    Mark.DONE: "Nothing is marked as done by the team",
}


def nothing_marked(query: InboxQuery) -> Post:
    """The answer to a question about a mark that nothing in its lists holds."""
    assert query.mark is not None
    lists = query.folder or query.platform or query.page
    where = " there" if lists else ""
    return Post((f"{NONE[query.mark]}{where}. To see what nobody has taken: ", Command("inbox unclaimed")))
