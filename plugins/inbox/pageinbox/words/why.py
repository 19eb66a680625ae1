"""What `!inbox why` says: what became of one conversation, room by room."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from pageinbox.model.act import Act
from pageinbox.model.announcement import Occasion, Verdict
from pageinbox.model.history import History, RoomHistory, State
from pageinbox.model.post import Command, Foreign, Line, Moment, Post, Reference, Room, Time, Zone
from pageinbox.model.reminder import Reminder, ReminderKind
from pageinbox.model.source import Page
from pageinbox.model.watch import Detail
from pageinbox.words.acts import history as told_of
from pageinbox.words.common import FOLDER_NAMES, label, page_of
from pageinbox.words.elsewhere import elsewhere
from pageinbox.words.english import coarse, counted, exactly, spell
from pageinbox.words.many import ROWS
from pageinbox.words.outbox import reason

CONCERNS = ("has heard of it, or was left out", "have heard of it, or were left out")

LEFT_OUT = {
    Verdict.MUTED: "muted",
    Verdict.READ: "not announced, since nothing in it was unread",
    Verdict.OTHER_NAME: "not announced, since it is not from the person the watch names",
    Verdict.UNREAD: "not announced, since something in it was unread",
    Verdict.ANSWERED: "not announced, since nobody was waiting for an answer",
    Verdict.WAITING: "not announced, since it was waiting for an answer",
    Verdict.SETTLED: "no reminder, since it was answered or taken care of before",
    Verdict.OTHER_TEXT: "not announced, since it does not contain the text the watch looks for",
}


def why(
    ref: str,
    history: History,
    pages: Mapping[str, Page],
    now: float,
    here: str = "",
    acts: Sequence[Act] = (),
    *,
    detail: Detail = Detail.SNIPPET,
    sees: Callable[[str], bool] = lambda room: True,
) -> Post:
    """When and where a conversation was seen, which rooms were told by which watch, and what the team did with it.

    `now` is in seconds since 1970. Of many rooms the one it is asked in, `here`, comes first, then those that were not
    told. `sees` tells of which rooms it may be said; of the others only how many they are.
    `detail` is what may be seen here of who wrote.
    """
    source = history.source
    where = label(page_of(pages, source.page), source)
    headline: Line = (Reference(ref), f" · {where} · first seen ", Moment(history.seen, now))
    lines: list[Line] = []
    met = [FOLDER_NAMES[folder] for folder in history.folders]
    if len(met) > 1:
        lines.append((f"It was seen in {spell(met)}.",))
    if history.quiet:
        again = "; only what came later was" if history.rooms else ""
        lines.append((f"It was there before anybody watched, so it was not announced as new{again}.",))
    elif history.older:
        again = "; only what came later was" if history.rooms else ""
        lines.append(
            (f"It was older than my last look when it became visible, so it was not announced as new{again}.",)
        )
    elif not history.rooms:
        lines.append(("No room was told: no watch covered it when it was seen.",))
    lines += told_of(acts, history.waits, now, detail)
    rooms = sorted((room for room in history.rooms if sees(room.room)), key=lambda room: room.found)
    notes: list[Line] = []
    if others := {room.room for room in history.rooms if not sees(room.room)}:
        notes.append(elsewhere(len(others), f"inbox why {ref}", CONCERNS))
    if len(rooms) > ROWS:
        left = counted(len(rooms) - ROWS, "more room")
        notes.append((f"{left}. To see what became of it in one of them, type there: ", Command(f"inbox why {ref}")))
        rooms = sorted(rooms, key=lambda room: (room.room != here, room.state is State.SENT))[:ROWS]
    times = [history.seen, *(room.found for room in rooms)]
    notes += [(Zone("Times are {}."),)] if any(coarse(at, now) for at in times) else []
    return Post(headline, tuple(lines), tuple(cells(room, now) for room in rooms), tuple(notes))


def cells(room: RoomHistory, now: float) -> tuple[Line, ...]:
    """One room: when something was found, whether new or a message, what became of it, and the receipt or the error."""
    proof: Line = ("receipt ", Foreign(room.receipt, most=60)) if room.receipt else reason(room.state, room.error)
    what = reminder(room.reminder) if room.reminder is not None else "new message" if room.again else "new"
    return (Room(room.room),), (what,), (Moment(room.found, now),), outcome(room, now), proof


def reminder(told: Reminder) -> str:
    """What a room is reminded of, in a few words."""
    match told.kind:
        case ReminderKind.WAITING:
            return f"waiting {exactly(told.step)}"
        case ReminderKind.CLOSING:
            return f"closing in {exactly(told.step)}"
    return {ReminderKind.AWAKE: "snooze over", ReminderKind.RECALLED: "free again"}.get(told.kind, "wrote again")


def outcome(room: RoomHistory, now: float) -> Line:
    """What became of it in a few words."""
    by = f"watch {room.watch}" if room.watch else "the team's mark"
    if room.verdict in LEFT_OUT:
        return (f"{by}: {LEFT_OUT[room.verdict]}",)
    twice = ", possibly twice" if room.repeated else ""
    match room.state:
        case State.SENT:
            at: Line = () if room.sent is None else (" at ", Time(room.sent, now))
            return (f"announced by {by}", *at, twice)
        case State.SENDING:
            return (f"{by}: being sent now{twice}",)
        case State.DOUBT:
            return (f"{by}: in doubt, it may have arrived",)
        case State.GIVEN_UP:
            return (f"{by}: given up",)
    if room.due > now:
        quiet = room.verdict is Verdict.HELD or room.occasion is Occasion.QUIET
        return (f"{by}: {'quiet hours, ' if quiet else ''}held until ", Time(room.due, now))
    return (f"{by}: waiting to be sent",)
