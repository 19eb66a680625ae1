"""What Meta says of a Page's token: whether it is good, when it ends, whose it is and what it may do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from pageinbox.model.errors import TokenDead

DAY = 86400.0
STEPS = (1, 3, 14)
"""Days before an end on which it is told; 0, of access to data alone, is that it has ended."""

SOON = STEPS[-1] * DAY
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

    @property
    def first(self) -> End | None:
        """The one that comes first, whenever that is: the token's own, where both come together."""
        ends = [End(at, access) for at, access in ((self.token, False), (self.access, True)) if at is not None]
        return min(ends, default=None)


@dataclass(frozen=True, slots=True)
class TokenFacts:
    """What Meta says of a token; None or empty where it says nothing.

    `valid` is whether it is accepted, and `refusal` why it is not; `endless` that it never ends by itself. `kind` is
    Meta's word for whose it is: PAGE, USER, SYSTEM_USER or APP; `profile` is the id of the Page it is of, `app` that of
    the app, and `application` what the app's developers call it, which is foreign text. `scopes` are its
    permissions by name, `granted` those that hold for some objects alone, each with the ids of these (Meta gives none
    where it holds for all).
    """

    valid: bool | None = None
    refusal: TokenDead | None = None
    ends: TokenEnds = field(default_factory=TokenEnds)
    kind: str = ""
    profile: str = ""
    app: str = ""
    application: str = ""
    scopes: frozenset[str] = frozenset()
    granted: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    endless: bool = False

    def near(self, now: float) -> End | None:
        """The first end that is told of at `now`, in seconds since 1970; None where there is none, or it is over."""
        return None if self.valid is False else self.ends.near(now)


UNKNOWN = TokenFacts()


class Told(NamedTuple):
    """What the admins were told last of a token, or of its access to data.

    `ends` is when it ends, in seconds since 1970, None where it was refused and nobody knows since when. `step` is how
    many days before that, `ENDED` that it is over, and `WORKS` that a token that was over works again, which is still
    to be told.
    """

    ends: float | None
    step: int


ENDED, WORKS = 0, -1
