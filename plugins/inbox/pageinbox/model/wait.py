"""Who waits for an answer, since when, and until when Meta lets the Page give one."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from pageinbox.model.source import Source

STANDARD = 24 * 3600.0
"""Seconds after the customer's latest message in which a Page may answer: Meta's standard messaging window."""

HUMAN_AGENT = 7 * 86400.0
"""Seconds after it in which a person may still answer, under Meta's tag `HUMAN_AGENT`; after that nobody may."""


LITTLE = 4 * 3600.0
"""Seconds that are left of a window from which on it is told also where nobody asked: half a working day."""


class Window(StrEnum):
    """How a Page may answer a customer, by the time since the customer's latest message."""

    STANDARD = "standard"
    HUMAN_AGENT = "human agent"
    CLOSED = "closed"


def window(wrote: float, now: float) -> tuple[Window, float]:
    """Meta's window for an answer to who `wrote` last then, and the seconds until it ends; 0 where it is closed.

    Both times are in seconds since 1970. The window never sleeps: opening hours do not count. A time that is yet to
    come is wrong, and makes no window longer.
    """
    wrote = min(wrote, now)
    for kind, lasts in ((Window.STANDARD, STANDARD), (Window.HUMAN_AGENT, HUMAN_AGENT)):
        if now < wrote + lasts:
            return kind, wrote + lasts - now
    return Window.CLOSED, 0.0


class Wait(msgspec.Struct, frozen=True, gc=False):
    """One time that a customer waited for an answer, or still does. Times are seconds since 1970.

    `since` is when they wrote the first message that nobody had answered; `at_least` tells that there may be earlier
    ones, of which no look saw anything. `wrote` is when they wrote last. `answered` is when somebody of the Page
    answered, None while they wait.
    """

    source: Source
    conversation_id: str
    since: float
    wrote: float
    at_least: bool = False
    answered: float | None = None
