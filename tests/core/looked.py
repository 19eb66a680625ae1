"""How stories of looks begin and go on: time passes, a bot looks at everything, and tells it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pageinbox.model.announcement import NoticeKind
from tests.core.stage import INTERVAL, Life, Stage

Set = Callable[..., Stage]
"""Makes stages on one ledger, which is a file."""


def looked(one: Stage, life: Life, seconds: float = INTERVAL) -> None:
    """Some time passes, then everything is looked at and told."""
    one.time.wait(seconds)
    life.look_everywhere()
    one.time.wait(10)
    life.tell()


def begun(one: Stage, number: int = 3, **where: Any) -> tuple[Life, list[str]]:
    """A bot that has finished its first looks at a world of so many conversations, and what they are."""
    there = one.arrive(number, **where)
    life = one.bot()
    looked(one, life)
    one.rooms.messages.clear()
    return life, there


def notices(one: Stage, room: str) -> list[NoticeKind]:
    """What kinds of notices a room was told, in order."""
    return [notice.kind for message in one.rooms.of(room) for notice in message.item.notices]
