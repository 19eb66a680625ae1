"""Encrypted events that could not be read when they came: their keys may follow. Runs in the event loop."""

from __future__ import annotations

import logging
from typing import Any

from nio import AsyncClient
from nio.exceptions import EncryptionError

from errbot_matrix.errors import ENCRYPTED, Refused, reach
from errbot_matrix.logged import nobody_named

log = logging.getLogger(__name__)

KEPT = 200
"""The most events that wait for their keys."""


class Sealed:
    """The events that `client` can't read yet, and the exchange of keys."""

    def __init__(self, client: AsyncClient) -> None:
        self._client = client
        self._events: dict[str, tuple[str, Any]] = {}
        self._told: set[str] = set()

    def keep(self, room: str, event: Any) -> None:
        """Keep one of matrix-nio's events until its key comes. Without encryption, log that once for each room."""
        if self._client.olm:
            self._events[event.event_id] = (room, event)
            if len(self._events) > KEPT:
                self._events.pop(next(iter(self._events)))
        elif room not in self._told:
            self._told.add(room)
            log.warning("I can't read what is said in %s. %s", room, ENCRYPTED)

    def opened(self) -> list[tuple[str, Any]]:
        """The events whose keys have come, with their rooms."""
        found = []
        for event_id, (room, event) in list(self._events.items()):
            try:
                found.append((room, self._client.decrypt_event(event)))
            except EncryptionError:
                continue
            del self._events[event_id]
        return found

    async def exchange_keys(self) -> None:
        """Do what a client has to do after a sync. Raises those exceptions of `errors.reach` that may pass."""
        try:
            if self._client.should_upload_keys:
                await reach(self._client.keys_upload())
            if self._client.should_query_keys:
                await reach(self._client.keys_query())
            if self._client.should_claim_keys:
                await reach(self._client.keys_claim(self._client.get_users_for_key_claiming()))
        except Refused as error:
            log.error("I can't exchange the keys of encrypted rooms. %s", nobody_named(error))
        if self._client.olm:
            await self._client.send_to_device_messages()
