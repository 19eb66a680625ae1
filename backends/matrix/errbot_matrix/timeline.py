"""What is said in rooms: events are sent, found, edited and taken back. Everything here runs in the event loop.

Requests are those of the Matrix client-server API, v1.11.
"""

from __future__ import annotations

import asyncio
import hashlib
import uuid
from collections import deque
from io import BytesIO
from typing import Any

from nio import MegolmEvent
from nio.crypto import ENCRYPTION_ENABLED

from errbot_matrix.errors import ENCRYPTED, Encrypted, NotJoined, Refused, reach
from errbot_matrix.homeserver import Homeserver, quoted

KEY = "org.errbot.key"
"""The field that holds an event's key, by which `Timeline.find` recognises it."""

SKEW = 300
"""Seconds by which the clocks of the server and the bot may differ."""

PAGES = 50
"""The most pages of a hundred events that are searched for an event."""

SHOWN = 1000
"""Events of our own that are remembered as shown."""

UPLOAD = 600
"""Seconds an upload may take; matrix-nio itself sets no limit."""

UNSYNCED = 30
"""Seconds to wait until enough is known about a room just joined to encrypt for it."""


class Timeline:
    """Events and files of the bot's, in rooms on its homeserver.

    Every method raises the exceptions of `errbot_matrix.errors.reach`.
    """

    def __init__(self, homeserver: Homeserver) -> None:
        self._homeserver = homeserver
        self._client = homeserver.client
        self.sent = 0
        """How many events were sent that no sync had shown yet: a repeat is one that may have been shown before."""
        self.shown: deque[str] = deque(maxlen=SHOWN)
        """The ids of those that syncs have shown lately."""

    async def send(self, room: str, kind: str, content: dict[str, Any], key: str = "") -> str:
        """Send an event, encrypted if the room is, and return its id. With the same `key` it is sent only once.

        The server recognises a repeat by the transaction id, for as long as it keeps those (Synapse: a day).
        """
        encrypted = await self._homeserver.encrypted(room)
        if encrypted and not ENCRYPTION_ENABLED:
            raise Encrypted(ENCRYPTED)
        if self._client.olm:
            await self._known(room, encrypted)
        try:
            sending = self._client.room_send(room, kind, content, transaction(key), ignore_unverified_devices=True)
            event = str((await reach(sending)).event_id)
            self.sent += event not in self.shown
            return event
        except Refused as error:
            if error.code == "M_FORBIDDEN" and room not in self._client.rooms:
                raise NotJoined(f"I am not in {room}.", error.code) from None
            raise

    async def find(self, room: str, key: str, since: float) -> str | None:
        """The id of the event we sent with `key`, not before `since` (seconds since 1970); None if there is none.

        Raises LookupError when that can't be known: too much has been said since, or we can't read our own messages.
        """
        at: str | None = None
        sealed = over = False
        for _ in range(PAGES):
            page = await reach(self._client.room_messages(room, at, limit=100))
            for event in page.chunk:
                source = event.source
                over = source.get("origin_server_ts", 0) / 1000 < since - SKEW
                if over:
                    break
                marks = (source.get("content", {}).get(KEY), source.get("unsigned", {}).get("transaction_id"))
                if source.get("sender") == self._client.user_id and (marks[0] == key or marks[1] == transaction(key)):
                    return str(source["event_id"])
                # The server gives the transaction ids of this session; events of another we would have to read.
                unread = isinstance(event, MegolmEvent) and "transaction_id" not in source.get("unsigned", {})
                sealed = sealed or (unread and source.get("sender") == self._client.user_id)
            if over or not page.end or not page.chunk:
                if sealed:
                    raise LookupError("our own messages can't be read")
                return None
            at = page.end
        raise LookupError("too much has been said since")

    async def redact(self, room: str, event: str) -> None:
        """Redact an event."""
        await reach(self._client.room_redact(room, event))

    async def edits_of(self, room: str, event: str) -> list[str]:
        """The ids of our edits of an event that were not redacted."""
        found, path = list[str](), f"/v1/rooms/{quoted(room)}/relations/{quoted(event)}/m.replace?limit=100"
        at = ""
        for _ in range(PAGES):
            page = await self._homeserver.call("GET", path + (f"&from={quoted(at)}" if at else ""))
            found += [str(edit["event_id"]) for edit in page.get("chunk", []) if edit["sender"] == self._client.user_id]
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
        for reaction in (await self._homeserver.call("GET", path)).get("chunk", []):
            relation = reaction.get("content", {}).get("m.relates_to", {})
            if reaction["sender"] == self._client.user_id and relation.get("key") == name:
                return str(reaction["event_id"])
        return None

    async def upload(self, data: bytes, name: str, kind: str, room: str) -> dict[str, Any]:
        """Upload a file for a room, and return the part of a message's content that says where it is."""
        encrypted = await self._homeserver.encrypted(room)
        if encrypted and not ENCRYPTION_ENABLED:
            raise Encrypted(ENCRYPTED)
        # in an encrypted room a file reveals nothing about itself but its size
        uploading = self._client.upload(
            lambda *_: BytesIO(data), kind, None if encrypted else name, encrypt=encrypted, filesize=len(data)
        )
        answer, keys = await self._first(uploading)
        if keys:
            return {"file": {**keys, "url": answer.content_uri}}
        return {"url": answer.content_uri}

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
            return room in self._client.rooms and (not encrypted or self._client.rooms[room].encrypted)

        if not known() and room not in await self._homeserver.rooms():
            raise NotJoined(f"I am not in {room}.")
        try:
            async with asyncio.timeout(UNSYNCED), self._homeserver.synced:
                await self._homeserver.synced.wait_for(known)
        except TimeoutError:
            raise NotJoined(f"I am not in {room}.") from None


def transaction(key: str) -> str:
    """The transaction id for a key; for an empty key, one that has never been used."""
    return "errbot-" + (hashlib.sha256(key.encode()).hexdigest() if key else uuid.uuid4().hex)
