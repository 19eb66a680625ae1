"""Where on Matrix the bot may write: asked of the rooms' state, not tried."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pageinbox.chat.matrix.refusal import Barred, Refused, refusal
from pageinbox.model.chat import ChatError
from pageinbox.model.checkup import Reached, Unreached, Unseen
from pageinbox.model.finding import Finding, State, good, unknown

MOST = 50
"""Rooms that are looked at, with two or three requests each."""

PEOPLE = "a direct chat is only made once I write to them"
ENOUGH = f"I look at {MOST} rooms at once"
POWERLESS = "my power level is too low to write there; raise it in the room's settings"


def rooms(bot: Any, names: Sequence[str]) -> list[Finding]:
    """Whether the bot may write in rooms, by id or alias."""
    lost = "" if hasattr(bot, "may_write") else "my Matrix backend is too old for that; update it"
    found, unseen = list[Finding](), dict[str, list[str]]()
    for name in names:
        why = PEOPLE if name.startswith("@") else lost or (ENOUGH if len(found) == MOST else "")
        if not why:
            try:
                found.append(room(bot, name))
                continue
            except ChatError:  # it would be the same of the others
                why = lost = "the homeserver doesn't answer that now"
        unseen.setdefault(why, []).append(name)
    return [*found, *(unknown(Unseen(tuple(those), why)) for why, those in unseen.items())]


def room(bot: Any, name: str) -> Finding:
    """Whether the bot may write in one room. Raises ChatError where the homeserver doesn't answer."""
    try:
        may = bot.may_write(name)
    except Exception as error:
        failure = error if isinstance(error, ChatError) else refusal(error)
    else:
        return good(Reached(name)) if may else Finding(State.ATTENTION, Unreached(name, POWERLESS))
    if isinstance(failure, Refused | Barred):
        return Finding(State.ATTENTION, Unreached(name, str(failure)))
    raise failure  # here, so that it does not hold the backend's own exception
