"""A person in encrypted rooms. Encryption is matrix-nio's here too; what the server stores is checked without it."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from nio import AsyncClient, AsyncClientConfig, RoomMessage

from tests.synapse import PASSWORD

PATIENCE = 120


class EncryptedHuman:
    """One person, logged in on a device of their own; for use in an `async with`."""

    def __init__(self, url: str, user_id: str, folder: Path) -> None:
        """`folder` is for the keys."""
        config = AsyncClientConfig(encryption_enabled=True, store_sync_tokens=True)
        self.client = AsyncClient(url, user_id, "HUMAN", str(folder), config)
        self.heard: list[Any] = []
        """The messages that could be read, as matrix-nio's events, in order."""

    async def __aenter__(self) -> Self:
        await self.client.login(PASSWORD)
        await self.listen(full=True)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, at: TracebackType | None
    ) -> None:
        await self.client.close()

    async def listen(self, full: bool = False) -> None:
        """Receive what is new, and exchange keys."""
        answer = await self.client.sync(0 if full else 2000, full_state=full)
        for info in answer.rooms.join.values():
            self.heard += [event for event in info.timeline.events if isinstance(event, RoomMessage)]
        if self.client.should_upload_keys:
            await self.client.keys_upload()
        if self.client.should_query_keys:
            await self.client.keys_query()
        if self.client.should_claim_keys:
            await self.client.keys_claim(self.client.get_users_for_key_claiming())
        await self.client.send_to_device_messages()

    async def until(self, wanted: Callable[[], bool], what: str) -> None:
        """Listen until `wanted` is true. Raises AssertionError, naming `what`, when it does not become true."""
        try:
            async with asyncio.timeout(PATIENCE):
                while not wanted():
                    await self.listen()
        except TimeoutError:
            raise AssertionError(f"{what} did not come; heard {[event.body for event in self.heard]}") from None

    async def say(self, room: str, text: str) -> None:
        """Write to an encrypted room."""
        content = {"msgtype": "m.text", "body": text}
        await self.client.room_send(room, "m.room.message", content, ignore_unverified_devices=True)

    def bodies(self, sender: str) -> list[str]:
        """What somebody has said."""
        return [event.body for event in self.heard if event.sender == sender]
