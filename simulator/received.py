"""What the simulator remembers of a request, for tests to look at."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One request as it came in, with nothing hidden; `time` is the world's, in UNIX seconds."""

    time: float
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
