"""What Meta pushes: what has changed where, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from pageinbox.model.source import Platform

DAY = 86400.0


class Event(StrEnum):
    """What happened in a conversation, as far as it concerns lists."""

    WROTE = "wrote"
    """The customer wrote, or tapped a button that writes for them."""
    ANSWERED = "answered"
    """The Page wrote."""
    CHANGED = "changed"
    """Somebody did; Meta does not say who."""
    NOTHING = "nothing"
    """Nothing that a list shows: it was read, delivered, edited, taken back, or got a reaction."""


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that Meta says has happened.

    `account` is the id of the Page or of its Instagram account. `ids` are those of the conversation and of the
    customer, as far as they are told; `at` is when it happened, or when Meta says so, in seconds since 1970.
    """

    account: str
    platform: Platform
    event: Event
    ids: tuple[str, ...] = ()
    at: float | None = None


class Became(StrEnum):
    """What became of a push, or of one change that it told of."""

    REFUSED = "refused"
    """Not signed with the secret of any Page's app."""
    UNREADABLE = "unreadable"
    """Signed, and nothing that can be read."""
    FOREIGN = "foreign"
    """About a Page that isn't ours, or not of this app."""
    IDLE = "idle"
    """About nothing that a list shows."""
    LATE = "late"
    """Told when it was known already, or long after it happened."""
    REPEATED = "repeated"
    """Told before."""
    HEARD = "heard"
    """News, so that its list is looked at."""


class Came(StrEnum):
    """The best that has come for a Page since the bot's start."""

    NOTHING = "nothing"
    STRANGE = "strange"
    """Something that is signed, but with no app secret of ours."""
    OTHER = "other"
    """Something that the Page's app has signed, about no conversation of the Page."""
    OURS = "ours"
    """Something about the Page."""


@dataclass(frozen=True, slots=True)
class Brought:
    """How many changes a push had told of before a look found them, and how many came by polling alone.

    `gained` are the seconds by which the former were found sooner than at the next look, in all.
    """

    pushed: int = 0
    polled: int = 0
    gained: float = 0.0

    def __add__(self, other: Brought) -> Brought:
        return Brought(self.pushed + other.pushed, self.polled + other.polled, self.gained + other.gained)


@dataclass(frozen=True, slots=True)
class PagePush:
    """How Meta's pushes do for one Page: what they brought in the last day, and when the last one about it came.

    `latest` is in seconds since 1970, None where none came since the bot started; `came` is what did instead. None can
    where the Page has no secret to sign with.
    """

    page: str
    brought: Brought
    latest: float | None
    secret: bool = True
    came: Came = Came.NOTHING

    def is_silent(self, now: float) -> bool:
        """Whether no push has come for a day, after some that did, although there were changes."""
        return self.latest is not None and now - self.latest >= DAY and self.brought.polled > 0
