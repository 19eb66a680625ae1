"""When a Page's token ends, by what Meta says of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

SOON = 14 * 86400.0
"""Seconds before an end from which on it is told of, and for which it is afterwards where only access has ended: of a
token that is over, looks tell."""


class End(NamedTuple):
    """An end of a token, in seconds since 1970: of the token itself, or only of its `access` to people's data."""

    at: float
    access: bool


@dataclass(frozen=True, slots=True)
class TokenEnds:
    """When a token ends, and when its access to people's data does, which a login renews; in seconds since 1970.

    None where that never happens, or is not known.
    """

    token: float | None = None
    access: float | None = None

    def near(self, now: float) -> End | None:
        """The first of the two that is told of at `now`; None where there is none."""
        ends = [] if self.token is None or self.token <= now else [End(self.token, False)]
        ends += [] if self.access is None else [End(self.access, True)]
        return min((end for end in ends if abs(end.at - now) <= SOON), default=None)


UNKNOWN = TokenEnds()
