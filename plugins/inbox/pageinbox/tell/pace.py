"""How often each list is looked at: more seldom where Meta has told of what changed in it lately."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

from pageinbox.model.source import Source

TOLD_OF, MOST = 3, 48
"""Changes in a row that Meta told of before a look found them; from then on looks may be rarer. Twice as many each time
that this was a mistake, up to `MOST`: people have recorded that it tells of some customers always, of others never."""

TRUSTED = 86400.0
"""Seconds since the latest of these for which they are: a push that has gone quiet shows only when somebody writes."""


@dataclass(frozen=True, slots=True)
class Trust:
    """Of how many changes of a list Meta told in a row, and when by the timer it told of the latest.

    So many are `needed` for looks to be rarer.
    """

    streak: int = 0
    at: float = -math.inf
    needed: int = TOLD_OF

    def lost(self) -> Trust:
        """What is left of it once something was not told."""
        return Trust(needed=min(2 * self.needed, MOST) if self.streak >= self.needed else self.needed)


@dataclass(frozen=True, slots=True)
class Kept:
    """What a look left: when it was kept, by the ledger's time in milliseconds, and how soon the next one follows."""

    trust: Trust
    looked: int
    interval: float


class Pace:
    """The interval of each list.

    `usual` are the seconds between two looks, `longest` those where Meta tells of what changes. `timer` gives seconds
    that never go back. Each list has to prove itself, since no push tells that something was moved, and one network of
    a Page may be deaf where the other is not.
    """

    def __init__(self, usual: float, longest: float, timer: Callable[[], float]) -> None:
        self.usual = usual
        self.longest = longest
        self._timer = timer
        self._kept: dict[Source, Kept] = {}

    def judge(self, source: Source, *, pushed: int, untold: int) -> Trust:
        """What is to be thought of the pushes for a list, once a look found so many changes told of, and not."""
        before = self._kept[source].trust if source in self._kept else Trust()
        if untold:
            return before.lost()
        return replace(before, streak=before.streak + pushed, at=self._timer()) if pushed else before

    def interval(self, trust: Trust) -> float:
        """Within what the next look is to follow, in seconds."""
        trusted = trust.streak >= trust.needed and self._timer() - trust.at < TRUSTED
        return self.longest if trusted else self.usual

    def keep(self, source: Source, trust: Trust, looked: int) -> None:
        """A look was kept, at this time of the ledger's, in milliseconds."""
        self._kept[source] = Kept(trust, looked, self.interval(trust))

    def distrust(self, source: Source) -> bool:
        """Meta has missed something in another list of the same network; whether this one was thought well of."""
        kept = self._kept.get(source)
        if kept is None:
            return False
        self._kept[source] = replace(kept, trust=kept.trust.lost())
        return kept.interval > self.usual

    def stretched(self, source: Source) -> float:
        """The seconds within which a list is looked at, where they are more than usual; else 0."""
        kept = self._kept.get(source)
        return kept.interval if kept is not None and kept.interval > self.usual else 0.0

    def lasting(self, source: Source, looked: int | None = None) -> float:
        """Within what the look that was kept at `looked`, or the latest one, was to be followed, in seconds.

        The longest interval where somebody else kept it: another bot, or this one before it was started anew.
        """
        kept = self._kept.get(source)
        return kept.interval if kept is not None and looked in (None, kept.looked) else self.longest
