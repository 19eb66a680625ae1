"""A digest: what a room is told of how its lists fared, once a day or once a week."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from pageinbox.model.act import Marks
from pageinbox.model.calendar import shown, zone_of
from pageinbox.model.conversation import Conversation
from pageinbox.model.history import SourceRecord
from pageinbox.model.selection import Selection
from pageinbox.model.source import Source
from pageinbox.model.statistics import Statistics
from pageinbox.model.token import TokenFacts

EVERY_DAY, WORKDAYS = tuple(range(7)), tuple(range(5))
"""Weekdays, 0 for Monday."""

NINE = time(9)


@dataclass(frozen=True, slots=True)
class Rhythm:
    """When a digest comes: on these weekdays, 0 for Monday, at a time of day on the clocks of `zone` (an IANA name).

    `days` are in order. A time that a change of clocks leaves out comes with the change, one that comes twice counts
    the first time. All methods raise `zoneinfo.ZoneInfoNotFoundError` for a zone this machine has no data of.
    """

    at: time = NINE
    zone: str = "UTC"
    days: tuple[int, ...] = EVERY_DAY

    def next(self, now: float) -> float:
        """The first of its moments after `now`; both in seconds since 1970."""
        # Tomorrow may have begun already where clocks go back over midnight.
        return next(moment for moment in self._moments(now, range(-1, 9)) if moment > now)

    def latest(self, now: float) -> float:
        """The latest of its moments by `now`; both in seconds since 1970."""
        return next(moment for moment in self._moments(now, range(1, -10, -1)) if moment <= now)

    def many(self, first: float, last: float) -> int:
        """How many of its moments there are from the `first` to the `last`, which are two of them."""
        number = 1
        while (first := self.next(first)) <= last:
            number += 1
        return number

    def _moments(self, now: float, days: range) -> Iterator[float]:
        zone = zone_of(self.zone)
        today = datetime.fromtimestamp(now, zone).date()
        for day in (today + timedelta(ahead) for ahead in days):
            if day.weekday() in self.days:
                yield shown(datetime.combine(day, self.at), zone)


@dataclass(frozen=True, slots=True)
class DigestSpec:
    """Which lists a digest is about, and when it comes. `lists` has neither filters nor all folders."""

    lists: Selection
    rhythm: Rhythm


@dataclass(frozen=True, slots=True)
class Digest:
    """A room's digest, with its number in the ledger. Times are seconds since 1970.

    `spec` is None while the Page or the time zone is not known here, so that it is paused. `due` is when the next one
    comes, `told` until when the latest one told, None where there was none.
    """

    number: int
    room: str
    spec: DigestSpec | None
    due: float
    told: float | None = None

    def begin(self, spec: DigestSpec, now: float) -> float:
        """From when on one tells that is shown at `now`, or comes then: since the latest, or the moment before."""
        return spec.rhythm.latest(now - 1) if self.told is None else min(self.told, now)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody who waits for an answer: where, the conversation, its ref, and what the team has done with it."""

    source: Source
    conversation: Conversation
    ref: str
    marks: Marks | None


@dataclass(frozen=True, slots=True)
class Findings:
    """What a digest tells, as the ledger stands when it is said.

    `asked` names its `lists`. `waiting` is how many wait now, and `longest` who has for longest; `closing` is to how
    many of them Meta lets the Page answer only until `midnight`, on the clocks of the digest. `claims` is how many
    conversations each of the team has, by name; `failing` are the lists that can't be read, `unread` others whose first
    look is not over, and `unwatched` those that nobody looks at. `looked` is when the list was read that was not read
    for longest, in seconds since 1970; None where none was. `tokens` is what Meta said of the tokens of their
    Pages, by the Pages' names.
    """

    asked: Selection
    lists: Sequence[Source]
    statistics: Statistics
    midnight: float
    waiting: int = 0
    longest: Sequence[Waiting] = ()
    closing: int = 0
    claims: Mapping[str, int] = field(default_factory=dict)
    failing: Sequence[SourceRecord] = ()
    unread: Sequence[Source] = ()
    unwatched: Sequence[Source] = ()
    looked: float | None = None
    tokens: Mapping[str, TokenFacts] = field(default_factory=dict)
