"""How long to wait before something that failed is tried again."""

from __future__ import annotations


class Pauses:
    """Pauses that double: `first` seconds after the first failure, `longest` at most.

    Where the homeserver asks for a pause, that one holds.
    """

    def __init__(self, longest: float, first: float = 1.0) -> None:
        self._longest = longest
        self._first = self._next = first

    def after(self, error: Exception) -> float:
        """Seconds to wait after one more failure."""
        pause, self._next = self._next, min(2 * self._next, self._longest)
        return float(getattr(error, "retry_after", pause))

    def reset(self) -> None:
        """Something has gone well: the next failure is the first one."""
        self._next = self._first
