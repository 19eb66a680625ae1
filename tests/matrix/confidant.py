"""A person whose client has keys: matrix-nio, the only client here that reads what is said in an encrypted room."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, Self, TypeVar

from nio import AsyncClient, AsyncClientConfig, MegolmEvent
from nio.crypto import ENCRYPTION_ENABLED

from tests.matrix_human import Event
from tests.synapse import PASSWORD

PATIENCE = 120  # seconds until what does not come counts as not coming
Result = TypeVar("Result")


class Unavailable(Exception):
    """No keys can be had here; the text says what it takes."""


class Confidant:
    """One person on a device with keys, kept in `folder`, logged in with the password of tests."""

    def __init__(self, url: str, user_id: str, folder: Path) -> None:
        """Raises Unavailable without matrix-nio[e2e]."""
        if not ENCRYPTION_ENABLED:
            raise Unavailable("matrix-nio[e2e]")
        folder.mkdir()
        self._loop = asyncio.new_event_loop()
        config = AsyncClientConfig(encryption_enabled=True)
        self._client = AsyncClient(url, user_id, "PHONE", str(folder), config)
        self._run(self._client.login(PASSWORD))
        self.read: dict[str, list[Event]] = {}
        """By room: the events that could be read, decrypted, the oldest first."""

    def say(self, room: str, text: str) -> None:
        """Write in an encrypted room, for everybody's devices."""
        content = {"msgtype": "m.text", "body": text}
        answer = self._run(self._client.room_send(room, "m.room.message", content, ignore_unverified_devices=True))
        assert answer.event_id, answer

    def hear(self, room: str, wanted: Callable[[Event], bool]) -> Event:
        """The first event of a room that is `wanted`, and was encrypted; waits until it is there."""
        give_up = time.monotonic() + PATIENCE
        while True:
            for event in self.read.get(room, []):
                if wanted(event):
                    return event
            assert time.monotonic() < give_up, f"waited in vain; read was {self.read}"
            self._run(self._listen())

    def wait_for_keys(self, room: str, user_id: str) -> None:
        """Wait until the devices of somebody in a room are known, so that what is said is for them."""
        give_up = time.monotonic() + PATIENCE
        while user_id not in getattr(self._client.rooms.get(room), "users", {}) or not any(
            True for _ in self._client.device_store.active_user_devices(user_id)
        ):
            assert time.monotonic() < give_up, f"{user_id} shows no device in {room}"
            self._run(self._listen())

    def close(self) -> None:
        """Let go of the connections."""
        self._run(self._client.close())
        self._loop.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    async def _listen(self) -> None:
        client = self._client
        news = await client.sync(5_000, full_state=True)
        for room, info in news.rooms.join.items():
            for event in info.timeline.events:
                if getattr(event, "decrypted", False):
                    self.read.setdefault(room, []).append(event.source)
                assert not isinstance(event, MegolmEvent) or event.sender == client.user_id, "a key is missing"
        if client.should_upload_keys:
            await client.keys_upload()
        if client.should_query_keys:
            await client.keys_query()
        if client.should_claim_keys:
            await client.keys_claim(client.get_users_for_key_claiming())
        await client.send_to_device_messages()

    def _run(self, work: Coroutine[Any, Any, Result]) -> Result:
        return self._loop.run_until_complete(asyncio.wait_for(work, PATIENCE))
