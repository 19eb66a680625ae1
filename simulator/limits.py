"""The limit on calls, and the headers that say how much of it is used up."""

from __future__ import annotations

import json
from collections import defaultdict, deque
from collections.abc import Callable
from threading import Lock
from typing import Final

CALLS_PER_SECOND: Final = 2  # per Page and per Instagram account; documented for the Conversations API


class RateLimit:
    """Counts the calls of the last second, by `clock`, which gives UNIX seconds.

    A refused call counts too, since calling on makes a block last longer.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = Lock()
        self._calls: dict[str, deque[float]] = defaultdict(deque)

    def allows(self, account: str) -> bool:
        """Count one call to the account with this id; whether it is still within the limit."""
        now = self._clock()
        with self._lock:
            calls = self._calls[account]
            while calls and calls[0] <= now - 1:
                calls.popleft()
            calls.append(now)
            return len(calls) <= CALLS_PER_SECOND


class UsageHeaders:
    """The usage headers. Figures are percentages; `regain` is in minutes."""

    _HEADERS: Final = {"app": "X-App-Usage", "page": "X-Page-Usage", "business": "X-Business-Use-Case-Usage"}

    def __init__(self) -> None:
        self._figures: dict[str, dict[str, int] | str | None] = {
            "app": _figures(1),
            "page": None,
            "business": _figures(1),
        }
        self._regain = 0

    def set(
        self,
        header: str,
        *,
        call_count: int = 0,
        total_time: int = 0,
        total_cputime: int = 0,
        regain: int = 0,
        raw: str | None = None,
        absent: bool = False,
    ) -> None:
        """Set the `app`, `page` or `business` header to figures or to any `raw` text, or leave it out.

        Raises `ValueError` for any other header.
        """
        if header not in self._HEADERS:
            raise ValueError(f"there is no header {header!r}, only {', '.join(self._HEADERS)}")
        if header == "business":
            self._regain = regain
        figures = {"call_count": call_count, "total_time": total_time, "total_cputime": total_cputime}
        self._figures[header] = None if absent else figures if raw is None else raw

    def headers(self, kind: str, account: str, *, blocked: bool) -> dict[str, str]:
        """The headers of one reply; `kind` and `account` are the type and the key in the business header."""
        headers = {}
        for name, figures in self._figures.items():
            if isinstance(figures, str):
                headers[self._HEADERS[name]] = figures
            elif figures is not None and name != "business":
                headers[self._HEADERS[name]] = json.dumps(figures)
            elif figures is not None and account:
                shown = _figures(100) if blocked else figures
                regain = max(1, self._regain) if blocked else self._regain
                entry = {"type": kind, **shown, "estimated_time_to_regain_access": regain}
                headers[self._HEADERS[name]] = json.dumps({account: [entry]})
        return headers


def _figures(percent: int) -> dict[str, int]:
    return {"call_count": percent, "total_time": percent, "total_cputime": percent}
