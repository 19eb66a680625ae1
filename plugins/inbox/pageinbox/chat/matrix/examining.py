"""Where on Matrix the bot may write: asked of the rooms' state, not tried."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pageinbox.chat.matrix.refusal import Refused, refusal
from pageinbox.model.chat import ChatError
from pageinbox.model.checkup import Finding, Reached, State, Unreached, Unseen, good, unknown

MOST = 50
"""Rooms that are looked at, with two or three requests each."""


def rooms(bot: Any, names: Sequence[str]) -> list[Finding]:
    """Whether the bot may write in rooms, by id or alias."""
    if not hasattr(bot, "may_write"):
        return [unknown(Unseen(tuple(names), "my Matrix backend is too old for that; update it"))] if names else []
    people = tuple(name for name in names if name.startswith("@"))
    others = [name for name in names if name not in people]
    found = [room(bot, name) for name in others[:MOST]]
    if people:
        found.append(unknown(Unseen(people, "a direct chat is only made once I write to them")))
    if left := others[MOST:]:
        found.append(unknown(Unseen(tuple(left), f"I look at {MOST} rooms at once")))
    return found


def room(bot: Any, name: str) -> Finding:
    """Whether the bot may write in one room."""
    try:
        if bot.may_write(name):
            return good(Reached(name))
        return Finding(
            State.ATTENTION,
            Unreached(name, "my power level is too low to write there; raise it in the room's settings"),
        )
    except Exception as error:
        failure = error if isinstance(error, ChatError) else refusal(error)
    if isinstance(failure, Refused):
        return Finding(State.ATTENTION, Unreached(name, str(failure)))
    return unknown(Unseen((name,), "the homeserver doesn't answer that now"))
