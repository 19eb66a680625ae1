"""Direct chats: which rooms are direct, and which is the one with a person. Everything here runs in the event loop.

A room is a direct chat when the account data `m.direct` says so, as in other clients, and nobody else has joined it.
Two people in a room could just as well be a team.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from typing import Any

from errbot.backends.base import UserDoesNotExistError
from nio import RoomPreset

from errbot_matrix.errors import Doubtful, Refused, reach
from errbot_matrix.homeserver import Homeserver, quoted

UNTOLD = 20.0
"""Seconds to wait for a sync to tell of a room that may have been made."""


class Directs:
    """The account's direct chats. Every method raises the exceptions of `errbot_matrix.errors.reach`."""

    def __init__(self, homeserver: Homeserver) -> None:
        self._homeserver = homeserver
        self._client = homeserver.client
        self._listed: dict[str, str] = {}
        """With whom each room of the account data is a direct chat."""
        self._ours: dict[str, str] = {}
        """The same of rooms that the bot itself has changed since, empty for those that are none any more."""
        self._written: dict[str, int] = {}
        """Those of them that are in the account data by now, and which sync was asked for then: it may bring an older
        list, and only a later one surely brings this one or a newer."""
        self._asked = 0
        """How many syncs were asked for."""
        self._doubted: dict[str, set[str]] = {}
        """People for whom a room may have been made, with the rooms that were there before."""
        self._new: set[str] = set()
        """Rooms the bot has just joined, which may not have come with a sync yet."""
        self._making: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._keeping = asyncio.Lock()

    def __contains__(self, room: str) -> bool:
        """Whether a room is a direct chat."""
        known = self._client.rooms.get(room)
        return self._person(room) != "" and (known is None or len(known.users) <= 2)

    def _person(self, room: str) -> str:
        return self._ours.get(room, self._listed.get(room, ""))

    async def room(self, person: str) -> str:
        """The direct chat with a person: made if there is none, and the person invited again if they have left it.

        Raises UserDoesNotExistError.
        """
        async with self._making[person]:
            for room, other in (self._listed | self._ours).items():
                known = self._client.rooms.get(room)
                # the account data keeps rooms that were left long ago
                if other == person and room in self and (known is not None or room in self._new):
                    if known is not None and person not in known.users:
                        await self._homeserver.invite(room, person)
                    return room
            room = await self._made(person) or await self._make(person)
            await self.keep(room, person)
            return room

    async def _make(self, person: str) -> str:
        try:
            await self._homeserver.call("GET", f"/v3/profile/{quoted(person)}")
        except Refused as error:  # some servers show profiles only to those who share a room
            if error.missing:
                raise UserDoesNotExistError(f"There is no {person}.") from None
        before = set(self._client.rooms)
        making = self._client.room_create(
            is_direct=True, invite=[person], preset=RoomPreset.trusted_private_chat, federate=True
        )
        try:
            return str((await reach(making)).room_id)
        except Doubtful:
            self._doubted[person] = before
            raise

    async def _made(self, person: str) -> str:
        """The room that was made for a person though the server's answer was lost; empty for none.

        To make another one each time would be an invitation each time.
        """
        if (before := self._doubted.get(person)) is None:
            return ""

        def found() -> str:
            ours = {self._client.user_id, person}
            rooms = self._client.rooms.items()
            return next((room for room, known in rooms if room not in before and set(known.users) == ours), "")

        try:
            async with asyncio.timeout(UNTOLD), self._homeserver.synced:
                return await self._homeserver.synced.wait_for(found)
        except TimeoutError:
            return ""
        finally:
            del self._doubted[person]

    async def go_on(self, old: str, new: str) -> None:
        """Let `new` be the direct chat that `old` was, if it was one: it was upgraded."""
        if person := self._person(old):
            self.expect(old, "")
            await self.keep(new, person, old)

    def expect(self, room: str, person: str) -> None:
        """Take a room for a direct chat with a person from now on: what they write may come before the bot has joined.

        So it is where the server's answer is slower than a sync.
        """
        self._ours[room] = person
        self._written.pop(room, None)

    async def keep(self, room: str, person: str, instead: str = "") -> None:
        """Record that a room is a direct chat with a person, and another one, `instead` of which it is, no more."""
        self.expect(room, person)
        self._new.add(room)
        async with self._keeping:
            known = await self._read()
            rooms = found if isinstance(found := known.get(person), list) else []
            wanted = [other for other in rooms if other != instead]
            wanted += [room] if room not in wanted else []
            if wanted != rooms:
                await self._homeserver.call("PUT", self._path, {**known, person: wanted})
            self._written |= dict.fromkeys({room, instead} & self._ours.keys(), self._asked)

    def left(self, room: str) -> None:
        """Note that the bot has left a room."""
        self._new.discard(room)
        self._ours.pop(room, None)
        self._written.pop(room, None)

    def asks(self) -> None:
        """Note that a sync is asked for, which will bring the account data as they are then, or newer."""
        self._asked += 1

    async def refresh(self) -> None:
        """Learn from the server which rooms are direct chats."""
        self.learn(await self._read())

    def learn(self, content: dict[str, Any]) -> None:
        """Learn from the account data `m.direct`."""
        self._listed = {
            room: person
            for person, rooms in content.items()
            for room in (rooms if isinstance(rooms, list) else [])
            if isinstance(room, str)
        }
        for room in [room for room, asked in self._written.items() if asked < self._asked]:
            del self._ours[room], self._written[room]

    async def _read(self) -> dict[str, Any]:
        try:
            return await self._homeserver.call("GET", self._path)
        except Refused as error:
            if not error.missing:
                raise
            return {}

    @property
    def _path(self) -> str:
        return f"/v3/user/{quoted(self._client.user_id)}/account_data/m.direct"
