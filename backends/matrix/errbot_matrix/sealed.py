"""Encrypted events that could not be read when they came: their keys may follow. Runs in the event loop."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from nio.exceptions import EncryptionError

from errbot_matrix.errors import ENCRYPTED, Refused, reach
from errbot_matrix.homeserver import Homeserver
from errbot_matrix.logged import nobody_named

log = logging.getLogger(__name__)

KEPT = 200
"""The most events that wait for their keys."""

SLOW = 60.0
"""Seconds after which a key counts as not given."""

KEYLESS = (
    "I can't read what {} wrote in {}: that client has not given me the key, as some don't for sessions that their "
    "owner has not verified, and mine can't be. Some don't show what I write, either. Ask me where nothing is "
    "encrypted."
)

LOST = (
    "The homeserver has other keys for my session {} than I do: in encrypted rooms, who knew it can no longer read "
    "what I write. Set another MATRIX_DEVICE_ID, or make an access token for a new session, and restart me."
)


class Sealed:
    """The events that the account can't read yet, and the exchange of keys."""

    def __init__(self, homeserver: Homeserver, clock: Callable[[], float]) -> None:
        self._homeserver = homeserver
        self._client = homeserver.client
        self._clock = clock
        self._events: dict[str, tuple[str, Any]] = {}
        self._since: dict[str, float] = {}
        self._told: set[str] = set()
        self._unshaken: Any = None
        self._refused = ""
        """What the server said last, when it took no keys."""

    async def begin(self) -> str:
        """Be ready for a session that was just begun; gives a sentence for the admins if its keys are lost, or nothing.

        A server forgets the keys of a session that somebody ends, and matrix-nio would not bring them again to the one
        that comes in its place: nobody could write to it. Raises the exceptions of `errors.reach`.
        """
        if not self._client.olm:
            return ""
        if self._client.olm is not self._unshaken:
            self._unshaken = self._client.olm
            unshaken(self._client.olm)
        own, device = self._client.user_id, self._client.device_id
        try:
            found = await self._homeserver.call("POST", "/v3/keys/query", {"device_keys": {own: [device]}})
        except Refused as error:
            self._complain(error)
            return ""
        known = found.get("device_keys", {}).get(own, {}).get(device, {}).get("keys", {})
        account = self._client.olm.account
        if not known:
            account.shared = False
        return LOST.format(device) if known and account.identity_keys["ed25519"] not in known.values() else ""

    def keep(self, room: str, event: Any) -> None:
        """Keep one of matrix-nio's events until its key comes. Without encryption, log that once for each room."""
        if self._client.olm:
            self._events[event.event_id] = (room, event)
            self._since.setdefault(event.event_id, self._clock())
            if len(self._events) > KEPT:
                self._forget(next(iter(self._events)))
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
            self._forget(event_id)
        return found

    def unread(self) -> list[str]:
        """A sentence for the admins for each room where the key of a message is long in coming, once."""
        found = []
        for event_id, (room, event) in self._events.items():
            if room not in self._told and self._clock() - self._since[event_id] > SLOW:
                self._told.add(room)
                found.append(KEYLESS.format(event.sender, room))
        return found

    def _forget(self, event_id: str) -> None:
        del self._events[event_id], self._since[event_id]

    def count(self, told: dict[str, int] | None) -> None:
        """Note how many of our one-time keys the server has left, by kind, as a sync tells; None where it does not.

        matrix-nio takes none for nothing told, and a kind that is left out is none, too: once all were used, as while
        the bot was down, it would bring no others, and nobody could begin to write to it.
        """
        if self._client.olm and told is not None:
            self._client.olm.uploaded_key_count = told.get("signed_curve25519", 0)

    async def exchange_keys(self) -> None:
        """Do what a client has to do after a sync. Raises those exceptions of `errors.reach` that may pass."""
        client = self._client
        if client.should_upload_keys:
            try:
                await reach(client.keys_upload())
            except Refused as error:
                # It has others by the same names, as after a kill between its answer and our writing that down, or a
                # backup put back: it would refuse these for ever.
                client.olm.mark_keys_as_published()
                client.olm.save_account()
                self._complain(error)
        try:
            if client.should_query_keys:
                await reach(client.keys_query())
            if client.should_claim_keys:
                await reach(client.keys_claim(client.get_users_for_key_claiming()))
        except Refused as error:
            self._complain(error)
        if client.olm:
            await client.send_to_device_messages()

    def _complain(self, error: Refused) -> None:
        if error.code != self._refused:
            self._refused = error.code
            log.error("I can't exchange the keys of encrypted rooms. %s", nobody_named(error))


def unshaken(olm: Any) -> None:
    """Let a message that matrix-nio stumbles over cost itself alone, and not the sync that brings it.

    What others send in encrypted rooms, or to the device, may be anything; nio catches only some of what that leads to.
    """
    decrypt, handle = olm.decrypt_megolm_event, olm.handle_to_device_event

    def decrypted(*arguments: Any, **more: Any) -> Any:
        return guarded(lambda: decrypt(*arguments, **more))

    def handled(event: Any) -> Any:
        try:
            return guarded(lambda: handle(event))
        except EncryptionError:
            return None

    olm.decrypt_megolm_event, olm.handle_to_device_event = decrypted, handled


def guarded(work: Callable[[], Any]) -> Any:
    """What the work gives. Raises EncryptionError, whatever it raises."""
    try:
        return work()
    except EncryptionError:
        raise
    except Exception as error:
        log.warning("A message of encrypted rooms makes no sense to me (%s).", type(error).__name__)
        raise EncryptionError(type(error).__name__) from None
