"""Invitations: those from welcome people are accepted, all others declined with a reason. Runs in the event loop.

Into a room that replaces one the bot is in anybody may invite it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from errbot.backends.base import RoomError
from nio.crypto import ENCRYPTION_ENABLED

from errbot_matrix.directs import Directs
from errbot_matrix.errors import ENCRYPTED, NotThere
from errbot_matrix.homeserver import RETRIED, Homeserver
from errbot_matrix.identity import Identity
from errbot_matrix.logged import nobody_named
from errbot_matrix.pauses import Pauses
from errbot_matrix.upgrades import Upgrades

log = logging.getLogger(__name__)

UNWELCOME = "I only accept invitations from the people and servers that my configuration names."

UNTOLD = 3
"""How many times joining may fail before anybody is told: a server may first have to find one that knows the room."""

UNFOUND = "My homeserver finds no server that knows the room."

PAUSE_MAX = 3600.0
"""The most seconds between two attempts."""


class Invitations:
    """Answers invitations, each in a task of its own, since joining can take a server minutes.

    `tell` is given a sentence for the bot's admins; `wait` lets so many seconds go by. An invitation comes once, so it
    is answered until it is withdrawn.
    """

    def __init__(
        self,
        identity: Identity,
        homeserver: Homeserver,
        directs: Directs,
        upgrades: Upgrades,
        tell: Callable[[str], None],
        wait: Callable[[float], Awaitable[None]],
    ) -> None:
        self._identity = identity
        self._tell = tell
        self._wait = wait
        self._homeserver = homeserver
        self._directs = directs
        self._upgrades = upgrades
        self._answering: dict[str, asyncio.Task[None]] = {}

    def answer(self, room: str, state: list[dict[str, Any]]) -> None:
        """Answer an invitation to `room`; `state` is what the server reveals of the room."""
        own = self._homeserver.client.user_id
        for event in state:
            if event.get("type") == "m.room.member" and event.get("state_key") == own and room not in self._answering:
                encrypted = any(other.get("type") == "m.room.encryption" for other in state)
                direct = event.get("content", {}).get("is_direct") is True
                task = asyncio.ensure_future(self._answer(room, str(event.get("sender", "")), encrypted, direct))
                self._answering[room] = task
                task.add_done_callback(lambda _: self._answering.pop(room, None))
                return

    async def _answer(self, room: str, sender: str, encrypted: bool, direct: bool) -> None:
        pauses, failures, whose = Pauses(PAUSE_MAX), 0, nobody_named(sender)
        welcome = self._identity.welcomes(sender) or room in self._upgrades
        while True:
            try:
                if not welcome:
                    log.warning(
                        "I am declining the invitation to %s: %s is not in invites of BOT_IDENTITY.", room, whose
                    )
                    await self._homeserver.leave(room, UNWELCOME)
                elif encrypted and not ENCRYPTION_ENABLED:
                    log.warning("I am declining the invitation of %s to %s. %s", whose, room, ENCRYPTED)
                    await self._homeserver.leave(room, ENCRYPTED)
                else:
                    if direct:
                        self._directs.expect(room, sender)
                    await self._homeserver.join(room)
                    if direct:
                        await self._directs.keep(room, sender)
                    await self._upgrades.joined(room)
                    log.info("I have accepted the invitation of %s to %s.", whose, room)
                return
            except (RoomError, *RETRIED) as error:
                if getattr(error, "code", "") == "M_FORBIDDEN":  # it was withdrawn
                    log.warning("I can't answer the invitation of %s to %s. %s", whose, room, nobody_named(error))
                    self._directs.left(room)
                    return
                log.info("I can't answer the invitation to %s yet. %s", room, nobody_named(error))
                failures += 1
                if failures == UNTOLD and welcome:
                    why = UNFOUND if isinstance(error, NotThere) else error
                    self._tell(f"{sender} has invited me to {room}, which I can't join. {why} I will keep trying.")
                await self._wait(pauses.after(error))
