"""Invitations: those from welcome people are accepted, all others declined with a reason. Runs in the event loop.

Into a room that replaces one the bot is in anybody may invite it.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from errbot.backends.base import RoomError
from nio.crypto import ENCRYPTION_ENABLED

from errbot_matrix.directs import Directs
from errbot_matrix.errors import ENCRYPTED
from errbot_matrix.homeserver import RETRIED, Homeserver
from errbot_matrix.identity import Identity
from errbot_matrix.logged import nobody_named
from errbot_matrix.pauses import Pauses
from errbot_matrix.upgrades import Upgrades

log = logging.getLogger(__name__)

UNWELCOME = "I only accept invitations from the people and servers that my configuration names."

TRIES = 8
"""How many times answering an invitation is tried; one left unanswered comes again at the next start."""

PAUSE_MAX = 60.0
"""The most seconds between two attempts."""


class Invitations:
    """Answers invitations, each in a task of its own, since joining can take a server minutes."""

    def __init__(self, identity: Identity, homeserver: Homeserver, directs: Directs, upgrades: Upgrades) -> None:
        self._identity = identity
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
        pauses, whose = Pauses(PAUSE_MAX), nobody_named(sender)
        for _ in range(TRIES):
            try:
                if not self._identity.welcomes(sender) and room not in self._upgrades:
                    log.warning(
                        "I am declining the invitation to %s: %s is not in invites of BOT_IDENTITY.", room, whose
                    )
                    await self._homeserver.leave(room, UNWELCOME)
                elif encrypted and not ENCRYPTION_ENABLED:
                    log.warning("I am declining the invitation of %s to %s. %s", whose, room, ENCRYPTED)
                    await self._homeserver.leave(room, ENCRYPTED)
                else:
                    await self._homeserver.join(room)
                    if direct:
                        await self._directs.keep(room, sender)
                    await self._upgrades.joined(room)
                    log.info("I have accepted the invitation of %s to %s.", whose, room)
                return
            except RETRIED as error:
                log.info("I can't answer the invitation to %s yet. %s", room, nobody_named(error))
                await asyncio.sleep(pauses.after(error))
            except RoomError as error:
                log.warning("I can't accept the invitation of %s to %s. %s", whose, room, nobody_named(error))
                return
