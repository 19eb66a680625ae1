"""What the ledger can tell: of one conversation afterwards, of what has not been said yet, and of how all stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from pageinbox.model.announcement import Occasion, Verdict
from pageinbox.model.errors import GraphError
from pageinbox.model.push import PagePush
from pageinbox.model.reminder import Reminder
from pageinbox.model.source import Folder, Source
from pageinbox.model.wait import Wait
from pageinbox.model.watch import PausedWatch


class State(StrEnum):
    """How far an announcement is."""

    QUEUED = "queued"
    SENDING = "sending"
    DOUBT = "doubt"
    """Sent perhaps: the bot or the connection died meanwhile."""
    SENT = "sent"
    GIVEN_UP = "given up"


@dataclass(frozen=True, slots=True)
class RoomHistory:
    """What became of one conversation for one room.

    `watch` is the number of the watch that decided, 0 for none. `reminder` is what the room was reminded of, in whole
    seconds and without names. `due` is when it is to be said at the earliest. `state`, `sent`,
    `receipt`, `repeated` and `error` are those of the announcement, None (or False) where none was made. One that was
    given up without an `error` is of a Page that is no longer in the settings.
    """

    room: str
    watch: int
    verdict: Verdict
    occasion: Occasion
    again: bool
    found: float
    due: float
    state: State | None = None
    sent: float | None = None
    receipt: str | None = None
    repeated: bool = False
    error: str | None = None
    reminder: Reminder | None = None


@dataclass(frozen=True, slots=True)
class History:
    """One conversation as the ledger knows it.

    `source` is where it was met last, `folders` wherever it was met, `seen` when for the first time; `quiet` tells that
    it was there before anybody watched, `older` that it was older than the look before when it was first met: in both
    cases it was not told as new. `waits` are the times that the customer waited for an answer, in order.
    """

    source: Source
    folders: tuple[Folder, ...]
    seen: float
    updated: float
    quiet: bool
    rooms: tuple[RoomHistory, ...]
    older: bool = False
    waits: tuple[Wait, ...] = ()


@dataclass(frozen=True, slots=True)
class Backlog:
    """What one room has not been told yet, or what was given up: how many conversations and notices, since when.

    `retry` is when it is tried (again), `tries` how often it was tried in vain, `error` what the chat said then: None
    where it was given up since its Page is no longer in the settings. `failing` is since when the room fails, None
    where it does not, or where nothing is tried any more.
    """

    room: str
    state: State
    conversations: int
    notices: int
    since: float
    retry: float
    tries: int = 0
    error: str | None = None
    failing: float | None = None


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """How far one source is known: the last good look, how many conversations, whether its first look is finished.

    `failing` is since when it can't be read and `trouble` why, `failures` how many looks failed, `told` whether rooms
    heard of that; `closing` is in how many somebody waits to whom Meta lets the Page answer only for `LITTLE` longer;
    `disordered` tells that Meta does not give it newest first, so that it is read whole every time.
    """

    source: Source
    looked: float | None
    known: int
    complete: bool
    failing: float | None = None
    trouble: GraphError | None = None
    failures: int = 0
    told: bool = False
    disordered: bool = False
    closing: int = 0
    next_look: float | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """How all stands by the ledger: each watched source, what waits to be told, and the watches that are paused.

    `pushes` are how Meta's pushes do for each Page that they can come for; there are none where they are off.
    """

    records: Mapping[Source, SourceRecord] = field(default_factory=dict)
    waiting: Sequence[Backlog] = ()
    paused: Sequence[PausedWatch] = ()
    pushes: Sequence[PagePush] = ()
