"""What the bot does on the homeserver: events, files and, by `rooms`, rooms. Everything here runs in the event loop.

Requests are those of the Matrix client-server API, v1.11.
"""

from __future__ import annotations

import asyncio
import hashlib
import uuid
from io import BytesIO
from typing import Any

from errbot.backends.base import RoomError
from nio import MegolmEvent
from nio.crypto import ENCRYPTION_ENABLED

from errbot_matrix.errors import (
    ENCRYPTED,
    Doubtful,
    Encrypted,
    LoggedOut,
    NotJoined,
    RateLimited,
    Refused,
    Unreached,
    reach,
)
from errbot_matrix.rooms import Rooms, quoted

KEY = "org.errbot.key"
"""The field that holds an event's key, by which `Homeserver.find` recognises it."""

SKEW = 300
"""Seconds by which the clocks of the server and the bot may differ."""

PAGES = 50
"""The most pages of a hundred events that are searched for an event."""

UPLOAD = 600
"""Seconds an upload may take; matrix-nio itself sets no limit."""

PASSWORD = "m.login.password"
"""How a server calls that somebody may log in with a password."""

UNSYNCED = 30
"""Seconds to wait until enough is known about a room just joined to encrypt for it."""


class Homeserver(Rooms):
    """What an account can do on its homeserver, through a logged-in matrix-nio client.

    Every method raises the exceptions of `errbot_matrix.errors.reach`.
    """

    sent = 0
    """How many events were sent."""

    async def send(self, room: str, kind: str, content: dict[str, Any], key: str = "") -> str:
        """Send an event, encrypted if the room is, and return its id. With the same `key` it is sent only once.

        The server recognises a repeat by the transaction id, for as long as it keeps those (Synapse: a day).
        """
        encrypted = await self.encrypted(room)
        if encrypted and not ENCRYPTION_ENABLED:
            raise Encrypted(ENCRYPTED)
        if self.client.olm:
            await self._known(room, encrypted)
        try:
            sending = self.client.room_send(room, kind, content, transaction(key), ignore_unverified_devices=True)
            event = str((await reach(sending)).event_id)
            self.sent += 1
            return event
        except Refused as error:
            if error.code == "M_FORBIDDEN" and room not in self.client.rooms:
                raise NotJoined(f"I am not in {room}.", error.code) from None
            raise

    async def find(self, room: str, key: str, since: float) -> str | None:
        """The id of the event we sent with `key`, not before `since` (seconds since 1970); None if there is none.

        Raises LookupError when that can't be known: too much has been said since, or we can't read our own messages.
        """
        at: str | None = None
        sealed = over = False
        for _ in range(PAGES):
            page = await reach(self.client.room_messages(room, at, limit=100))
            for event in page.chunk:
                source = event.source
                over = source.get("origin_server_ts", 0) / 1000 < since - SKEW
                if over:
                    break
                marks = (source.get("content", {}).get(KEY), source.get("unsigned", {}).get("transaction_id"))
                if source.get("sender") == self.client.user_id and (marks[0] == key or marks[1] == transaction(key)):
                    return str(source["event_id"])
                # The server gives the transaction ids of this session; events of another we would have to read.
                unread = isinstance(event, MegolmEvent) and "transaction_id" not in source.get("unsigned", {})
                sealed = sealed or (unread and source.get("sender") == self.client.user_id)
            if over or not page.end or not page.chunk:
                if sealed:
                    raise LookupError("our own messages can't be read")
                return None
            at = page.end
        raise LookupError("too much has been said since")

    async def redact(self, room: str, event: str) -> None:
        """Redact an event."""
        await reach(self.client.room_redact(room, event))

    async def edits_of(self, room: str, event: str) -> list[str]:
        """The ids of our edits of an event that were not redacted."""
        found, path = list[str](), f"/v1/rooms/{quoted(room)}/relations/{quoted(event)}/m.replace?limit=100"
        at = ""
        for _ in range(PAGES):
            page = await self.call("GET", path + (f"&from={quoted(at)}" if at else ""))
            found += [str(edit["event_id"]) for edit in page.get("chunk", []) if edit["sender"] == self.client.user_id]
            if not (at := page.get("next_batch", "")):
                break
        return found

    async def react(self, room: str, event: str, name: str) -> None:
        """React to an event, which the server lets us do once."""
        relation = {"rel_type": "m.annotation", "event_id": event, "key": name}
        try:
            await self.send(room, "m.reaction", {"m.relates_to": relation})
        except Refused as error:
            if error.code != "M_DUPLICATE_ANNOTATION":
                raise

    async def own_reaction(self, room: str, event: str, name: str) -> str | None:
        """The id of our reaction `name` to an event; None if there is none."""
        path = f"/v1/rooms/{quoted(room)}/relations/{quoted(event)}/m.annotation/m.reaction?limit=100"
        for reaction in (await self.call("GET", path)).get("chunk", []):
            relation = reaction.get("content", {}).get("m.relates_to", {})
            if reaction["sender"] == self.client.user_id and relation.get("key") == name:
                return str(reaction["event_id"])
        return None

    async def upload(self, data: bytes, name: str, kind: str, room: str) -> dict[str, Any]:
        """Upload a file for a room, and return the part of a message's content that says where it is."""
        encrypted = await self.encrypted(room)
        if encrypted and not ENCRYPTION_ENABLED:
            raise Encrypted(ENCRYPTED)
        # in an encrypted room a file reveals nothing about itself but its size
        uploading = self.client.upload(
            lambda *_: BytesIO(data), kind, None if encrypted else name, encrypt=encrypted, filesize=len(data)
        )
        answer, keys = await self._first(uploading)
        if keys:
            return {"file": {**keys, "url": answer.content_uri}}
        return {"url": answer.content_uri}

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

    async def _first(self, request: Any) -> tuple[Any, Any]:
        """The two parts of matrix-nio's answer to an upload, the first of them checked."""
        rest: Any = None

        async def first() -> Any:
            nonlocal rest
            async with asyncio.timeout(UPLOAD):
                answer, rest = await request
            return answer

        return await reach(first()), rest

    async def _known(self, room: str, encrypted: bool) -> None:
        """Wait until a sync has shown that a room exists and is encrypted: before that, matrix-nio does not encrypt."""

        def known() -> bool:
            return room in self.client.rooms and (not encrypted or self.client.rooms[room].encrypted)

        if not known() and room not in await self.rooms():
            raise NotJoined(f"I am not in {room}.")
        try:
            async with asyncio.timeout(UNSYNCED), self.synced:
                await self.synced.wait_for(known)
        except TimeoutError:
            raise NotJoined(f"I am not in {room}.") from None


def transaction(key: str) -> str:
    """The transaction id for a key; for an empty key, one that has never been used."""
    return "errbot-" + (hashlib.sha256(key.encode()).hexdigest() if key else uuid.uuid4().hex)


RETRIED = (RateLimited, LoggedOut, Unreached, Doubtful)
"""Trouble that may pass: with the same key it is safe to try again."""
