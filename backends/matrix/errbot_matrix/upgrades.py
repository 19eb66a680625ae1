"""Rooms that were upgraded: the bot joins what replaces a room it is in. Runs in the event loop.

An upgrade is state of the old room, an m.room.tombstone with the id of the new one: Matrix client-server API v1.11,
"Room upgrades". Who may set it is for the room to say and for the homeserver to see to; a message of that type is none.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from errbot.backends.base import RoomError

from errbot_matrix.directs import Directs
from errbot_matrix.homeserver import RETRIED, Homeserver, quoted
from errbot_matrix.logged import nobody_named
from errbot_matrix.pauses import Pauses
from errbot_matrix.store import Store

log = logging.getLogger(__name__)

TOMBSTONE = "m.room.tombstone"

UNTOLD = 3
"""How many times joining may be refused before anybody is told: clients invite when a room is upgraded already."""

UNENTITLED = "That was a message, which anybody can send, and no upgrade of the room; I stay there."
WAITING = "Invite me there; what I have to say waits until then."

UNCONFIRMED = "That room doesn't say so itself; I go on there, so see who is in it."

PAUSE_MAX = 3600.0
"""The most seconds between two attempts to join."""


class Upgrades:
    """Follows upgrades, each in a task of its own. `tell` is given a sentence for the bot's admins."""

    def __init__(self, homeserver: Homeserver, directs: Directs, store: Store, tell: Callable[[str], None]) -> None:
        self._homeserver = homeserver
        self._directs = directs
        self._store = store
        self._tell = tell
        self._replaced = store.replacements()
        self._joining: dict[str, asyncio.Task[None]] = {}
        self._suspected: set[str] = set()

    def __contains__(self, room: str) -> bool:
        """Whether a room replaces one the bot is in."""
        return room in self._replaced.values()

    def latest(self) -> dict[str, str]:
        """The rooms that were replaced, each with the latest that replaces it. For any thread."""
        replaced, found = dict(self._replaced), {}
        for room, new in replaced.items():
            passed = {room}
            while new not in passed and new in replaced:
                passed.add(new)
                new = replaced[new]
            if new not in passed:
                found[room] = new
        return found

    async def joined(self, new: str) -> None:
        """The bot has joined a room; what it replaces may have been a direct chat. Raises what `reach` does.

        An upgrade is said in both rooms. The bot goes on where the old one says, whose makers may well have made the
        new one by hand; but the admins are to know.
        """
        self._store.join(new)
        replaced = [room for room, replacing in self._replaced.items() if replacing == new]
        for room in replaced:
            await self._directs.go_on(room, new)
        if replaced:
            created = await self._homeserver.call("GET", f"/v3/rooms/{quoted(new)}/state/m.room.create/")
            if predecessor(created) not in replaced:
                self._suspect(new, f"{' and '.join(replaced)} named {new} as what replaces it. {UNCONFIRMED}")

    def learn(self, room: str, events: Iterable[Any], old: bool) -> None:
        """Learn from events of a room the bot is in; `old` ones may have been seen before."""
        for event in events:
            source = event.source
            if source.get("type") == TOMBSTONE and "state_key" not in source and not old:
                self._suspect(
                    room, f"{source.get('sender')} says in {room} that another room replaces it. {UNENTITLED}"
                )
            elif source.get("type") == TOMBSTONE and source.get("state_key") == "":
                content = source.get("content")
                new = content.get("replacement_room") if isinstance(content, dict) else None
                self._replace(room, new, str(source.get("sender")))

    def _suspect(self, room: str, sentence: str) -> None:
        if room not in self._suspected:
            self._suspected.add(room)
            self._tell(sentence)

    def _replace(self, room: str, new: Any, sender: str) -> None:
        if not isinstance(new, str) or not new.startswith("!") or new == room:
            self._suspect(room, f"{sender} has closed {room} without saying which room replaces it. I stay there.")
            return
        before = self._replaced.get(room)
        if before not in (None, new):
            self._keep(str(before), new)  # what went to the wrong room goes on as well
        self._keep(room, new)
        if new not in self._joining and new not in self._store.joined():  # else it has left it, or was made to
            self._joining[new] = asyncio.ensure_future(self._join(room, new, sender, told=before == new))
            self._joining[new].add_done_callback(lambda _: self._joining.pop(new, None))

    def _keep(self, room: str, new: str) -> None:
        if self._replaced.get(room) != new:
            self._store.replace(room, new)
            self._replaced[room] = new

    async def _join(self, room: str, new: str, sender: str, told: bool) -> None:
        pauses, refused = Pauses(PAUSE_MAX), 0
        server = quoted(sender.partition(":")[2])
        while self._replaced.get(room) == new:
            try:
                if new not in self._homeserver.client.rooms:
                    await self._homeserver.call("POST", f"/v3/join/{quoted(new)}?server_name={server}&via={server}", {})
                    log.info("I have joined %s, which replaces %s.", new, room)
                await self.joined(new)
                return
            except RETRIED as error:
                pause = pauses.after(error)
                log.info("I can't join %s yet, which replaces %s. %s", new, room, nobody_named(error))
            except RoomError as error:
                refused, pause = refused + 1, pauses.after(error)
                log.warning("I can't join %s, which replaces %s. %s", new, room, nobody_named(error))
            if refused == UNTOLD and not told:
                self._tell(f"{sender} has replaced the room {room} by {new}, which I can't join. {WAITING}")
            await asyncio.sleep(pause)


def predecessor(created: Mapping[str, Any]) -> str:
    """The room that another one says it replaces, by the content of its m.room.create; empty for none."""
    found = created.get("predecessor")
    return str(found.get("room_id")) if isinstance(found, Mapping) else ""
