"""The homeserver: its rooms, who is in them, and what the bot may do there.

Everything here runs in the event loop. Requests are those of the Matrix client-server API, v1.11.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any
from urllib.parse import quote

from errbot.backends.base import RoomError
from nio import AsyncClient, ErrorResponse, RoomPreset
from nio.crypto import ENCRYPTION_ENABLED

from errbot_matrix.errors import (
    ENCRYPTED,
    Doubtful,
    Encrypted,
    LoggedOut,
    NotJoined,
    NotThere,
    RateLimited,
    Refused,
    Unreached,
    reach,
)
from errbot_matrix.powers import creators, may_notify, may_send

PASSWORD = "m.login.password"
"""How a server calls that somebody may log in with a password."""

NO_PASSWORD = "It takes no passwords; put an access_token into BOT_IDENTITY instead (docs/matrix.md)."

OF_AN_APP = "mat_"
"""How an access token begins that Matrix Authentication Service gives an app, which renews it all the time."""

RENEWED = "A token that begins with mat_ is an app's, and ends within hours; make one that stays (docs/matrix.md)."


class Homeserver:
    """What an account can do on its homeserver, through a logged-in matrix-nio client.

    Every method raises the exceptions of `errbot_matrix.errors.reach`.
    """

    def __init__(self, client: AsyncClient) -> None:
        self.client = client
        self.stale = False
        """Whether the latest sync is from before the connection broke, so that rooms may have changed since."""
        self.synced = asyncio.Condition()
        """Notified after every sync."""

    async def resolve(self, name: str) -> str:
        """The id of a room, by its alias (`#name` or `#name:server`) or its id. Raises NotThere."""
        if name.startswith("!"):
            return name
        try:
            return str((await reach(self.client.room_resolve_alias(self.full(name)))).room_id)
        except Refused as error:
            if error.missing or error.code == "M_INVALID_PARAM":
                raise NotThere(f"There is no room {name}.", error.code) from None
            raise

    def full(self, name: str) -> str:
        """An alias or a person's id, with the bot's server added if it names none."""
        return name if ":" in name else f"{name}:{self.client.user_id.partition(':')[2]}"

    async def join(self, room: str) -> str:
        """Join a room by id or alias, and return its id."""
        try:
            return str((await reach(self.client.join(self.full(room) if room.startswith("#") else room))).room_id)
        except Refused as error:
            if error.missing:
                raise NotThere(f"There is no room {room}.", error.code) from None
            raise

    async def leave(self, room: str, reason: str = "") -> None:
        """Leave a room or decline an invitation, with a reason."""
        await self.call("POST", f"/v3/rooms/{quoted(room)}/leave", {"reason": reason} if reason else {})

    async def create(self, alias: str = "") -> str:
        """Make a private room; `alias` is `#name:server`."""
        local = alias[1:].partition(":")[0] or None
        return str((await reach(self.client.room_create(alias=local, preset=RoomPreset.private_chat))).room_id)

    async def state(self, room: str, kind: str) -> dict[str, Any]:
        """The state of a room of one kind; empty if there is none."""
        try:
            return await self.call("GET", f"/v3/rooms/{quoted(room)}/state/{kind}/")
        except Refused as error:
            if error.missing:
                return {}
            if error.code == "M_FORBIDDEN":
                raise NotJoined(f"I am not in {room}.", error.code) from None
            raise

    async def set_state(self, room: str, kind: str, content: dict[str, Any]) -> None:
        """Set the state of a room of one kind."""
        await reach(self.client.room_put_state(room, kind, content))

    async def invite(self, room: str, person: str) -> None:
        """Invite somebody into a room."""
        await reach(self.client.room_invite(room, person))

    async def members(self, room: str) -> dict[str, str]:
        """The ids of a room's members, each with their display name. Raises NotJoined."""
        try:
            found = await self.call("GET", f"/v3/rooms/{quoted(room)}/joined_members")
        except Refused as error:
            if error.code == "M_FORBIDDEN":
                raise NotJoined(f"I am not in {room}.", error.code) from None
            raise
        return {person: str(shown.get("display_name") or "") for person, shown in found["joined"].items()}

    async def may_notify(self, room: str) -> bool:
        """Whether our power level lets us notify everybody in a room at once. Raises NotJoined."""
        me = self.client.user_id
        if may_notify(me, await self.state(room, "m.room.power_levels")):
            return True
        return await self._made(room)

    async def may_write(self, room: str) -> bool:
        """Whether we are in a room, and our power level lets us write there.

        Raises NotJoined, and Encrypted where we could only write plainly.
        """
        if room not in await self.rooms():
            raise NotJoined(f"I am not in {room}.")
        if await self.encrypted(room) and not ENCRYPTION_ENABLED:
            raise Encrypted(ENCRYPTED)
        return may_send(self.client.user_id, await self.state(room, "m.room.power_levels")) or await self._made(room)

    async def _made(self, room: str) -> bool:
        """Whether we made a room whose makers may do anything."""
        created = await self.call("GET", f"/v3/rooms/{quoted(room)}/state/m.room.create/?format=event")
        return self.client.user_id in creators(created)

    async def rooms(self) -> list[str]:
        """The ids of the rooms the bot is in."""
        return [str(room) for room in (await reach(self.client.joined_rooms())).rooms]

    async def encrypted(self, room: str) -> bool:
        """Whether a room is encrypted, which it then stays. If the latest sync can't tell, the server is asked."""
        known = self.client.rooms.get(room)
        if known is not None and (known.encrypted or not self.stale):
            return bool(known.encrypted)
        try:
            await self.call("GET", f"/v3/rooms/{quoted(room)}/state/m.room.encryption/")
        except Refused as error:
            if error.missing:
                return False
            if error.code == "M_FORBIDDEN":
                raise NotJoined(f"I am not in {room}.", error.code) from None
            raise
        return True

    async def display_name(self, person: str) -> str:
        """A person's display name; empty if they have none."""
        try:
            return str((await self.call("GET", f"/v3/profile/{quoted(person)}/displayname")).get("displayname") or "")
        except Refused:
            return ""

    async def set_presence(self, status: str, message: str) -> None:
        """Show `online`, `unavailable` or `offline`, now and with every sync."""
        await reach(self.client.set_presence(status, message))

    async def upload_limit(self) -> int | None:
        """The size, in bytes, of the largest file the server accepts; None if it does not say."""
        try:
            found = await self.call("GET", "/v1/media/config")
        except Refused:
            return None
        limit = found.get("m.upload.size")
        return limit if isinstance(limit, int) else None

    async def takes_passwords(self) -> bool:
        """Whether one may log in with a password, as far as the server says."""
        try:
            return PASSWORD in (await reach(self.client.login_info())).flows
        except (RoomError, ConnectionError):
            return True

    async def instead_of(self, token: str) -> str:
        """What to log in with instead of a token, or of a password where there is none; empty where nothing is told."""
        if token:
            return RENEWED if token.startswith(OF_AN_APP) else ""
        return "" if await self.takes_passwords() else NO_PASSWORD

    async def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """Make a request that matrix-nio has no method for, and return the object in the answer."""

        async def request() -> Any:
            answer = await self.client.send(
                method,
                f"/_matrix/client{path}",
                None if body is None else json.dumps(body),
                {"Authorization": f"Bearer {self.client.access_token}", "Content-Type": "application/json"},
            )
            found = await self.client.parse_body(answer)
            if answer.status < 300:
                return found
            error = ErrorResponse.from_dict(found)
            error.transport_response = answer
            return error

        found: dict[str, Any] = await reach(request())
        return found


def quoted(id: str) -> str:
    """An id as one part of a path: those of people, and of events in rooms of version 3, may hold slashes."""
    return quote(id, safe="")


RETRIED = (RateLimited, LoggedOut, Unreached, Doubtful)
"""Trouble that may pass: with the same key it is safe to try again."""
