"""How long to wait before something that failed is tried again."""

from __future__ import annotations

from dataclasses import dataclass

DOUBLINGS = 64
"""After so many a pause is longer than any that is meant, and the number still fits into a float."""


@dataclass(frozen=True, slots=True)
class Backoff:
    """Pauses that double: `first` seconds after the first failure, `longest` at most.

    `jitter` is the share, from 0 to 1, by which chance may shorten a pause, so that several do not fall into step.
    Nothing makes one longer.
    """

    first: float
    longest: float
    jitter: float = 0.0

    def pause(self, failures: int, chance: float = 0.0) -> float:
        """Seconds to wait after so many `failures` in a row, 1 or more; `chance` is from 0 to 1."""
        doubled = self.first * 2.0 ** min(failures - 1, DOUBLINGS)
        return min(doubled, self.longest) * (1 - self.jitter * chance)
