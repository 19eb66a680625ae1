"""The connection: an event loop in a thread of its own that logs in, listens, and comes back whatever happens.

No code of Errbot's or of a plugin's runs in that thread, so nothing they do can stop it: what it hears goes to `news`,
and other threads have work done by :meth:`Connection.run`, which waits for the result.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import logging
import secrets
import threading
from collections.abc import Callable, Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from nio import AsyncClient, AsyncClientConfig, MegolmEvent, SyncError
from nio.crypto import ENCRYPTION_ENABLED

from errbot_matrix.directs import Directs
from errbot_matrix.errors import Doubtful, LoggedOut, RateLimited, Refused, Unreached, reach
from errbot_matrix.hearing import PAGE, Connected, Done, Failed, Heard, News, audible, events_of
from errbot_matrix.homeserver import Homeserver
from errbot_matrix.identity import Identity
from errbot_matrix.invitations import Invitations
from errbot_matrix.sealed import Sealed
from errbot_matrix.store import Store

log = logging.getLogger(__name__)

T = TypeVar("T")

MINUTE = 60.0
"""Seconds for which the bot may have been away without anything said meanwhile being lost."""

POLL = 30_000
"""Milliseconds for which the server may hold a sync back until there is something."""

REQUEST = 60.0
"""Seconds one request may take; a first sync may take twice as long."""

PAUSE_MAX = 15.0
"""Seconds between two tries to reach a server that is away, at most."""

LOOK = 1.0
"""Seconds after which who waits for the event loop looks whether it still runs."""

FILTER = {
    "room": {"timeline": {"limit": PAGE}, "ephemeral": {"types": []}, "account_data": {"types": []}},
    "presence": {"types": []},
    "account_data": {"types": ["m.direct"]},
}


class Connection:
    """One account's connection. `client` is matrix-nio's, to be touched in the event loop alone.

    `keys` is the folder for the keys of encrypted rooms; `news` is told what happens, in the connection's own thread,
    so it must not wait; `clock` tells seconds since 1970.
    """

    client: AsyncClient
    homeserver: Homeserver
    directs: Directs

    def __init__(
        self, identity: Identity, store: Store, keys: Path, news: Callable[[News], None], clock: Callable[[], float]
    ) -> None:
        self._identity = identity
        self._store = store
        self._keys = keys
        self._news = news
        self._clock = clock
        self._started = clock()
        self._since = store.token
        self._logged_in = False
        self._connected = False
        self._away = False
        self._opened = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="matrix", daemon=True)

    def start(self) -> None:
        """Connect, in the background; :class:`Connected` tells when."""
        self._thread.start()
        self._opened.wait()

    def stop(self) -> None:
        """End it all; what other threads wait for ends with Doubtful."""
        if self._thread.is_alive():
            with suppress(RuntimeError):  # it is ending by itself
                self._loop.call_soon_threadsafe(self._listening.cancel)
            self._thread.join()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Let the event loop do some work and wait for it: its result or its exception.

        Raises Unreached when there is no connection (any more), and RuntimeError in the event loop itself, which would
        wait for itself.
        """
        if threading.current_thread() is self._thread:
            work.close()
            raise RuntimeError("the event loop can't wait for itself")
        try:
            doing = asyncio.run_coroutine_threadsafe(work, self._loop)
        except (AttributeError, RuntimeError):
            doing = None
        if doing is None:
            work.close()
            raise Unreached("I am not connected to the homeserver.")
        try:
            while not concurrent.futures.wait([doing], LOOK).done:
                if not self._thread.is_alive():  # it came after the last thing the event loop did
                    raise Doubtful("I am shutting down.")
            return doing.result()
        except concurrent.futures.CancelledError:
            pass
        except KeyboardInterrupt:
            doing.cancel()
            raise
        raise Doubtful("I am shutting down.")

    # --- In the event loop ------------------------------------------------------------------------

    def _serve(self) -> None:
        asyncio.run(self._main())

    async def _main(self) -> None:
        # At INFO it logs every event, at DEBUG every answer, that to a login with its access token among them.
        logging.getLogger("nio").setLevel(logging.WARNING)
        self._loop = asyncio.get_running_loop()
        self._listening = asyncio.ensure_future(self._listen())
        config = AsyncClientConfig(max_limit_exceeded=0, max_timeouts=0, request_timeout=REQUEST)
        device = self._identity.device_id or self._store.device or f"ERRBOT{secrets.token_hex(4).upper()}"
        self._store.keep_device(device)
        self.client = AsyncClient(
            self._identity.homeserver,
            self._identity.username,
            device,
            store_path=str(self._keys) if ENCRYPTION_ENABLED else "",
            config=config,
            ssl=None if self._identity.verify else False,
        )
        self.homeserver = Homeserver(self.client)
        self.directs = Directs(self.homeserver)
        self._invitations = Invitations(self._identity, self.homeserver, self.directs)
        self._sealed = Sealed(self.client)
        self._opened.set()
        try:
            await self._listening
        except asyncio.CancelledError:
            pass
        except Exception:
            log.exception("The connection has ended.")
            self._news(Failed("The connection to Matrix ended with an error of my own; the log has the details."))
        finally:
            await self.client.close()

    async def _listen(self) -> None:
        pause = 1.0
        while True:
            try:
                if not self._logged_in:
                    await self._log_in()
                await self._sync()
            except (Refused, LoggedOut) as error:
                trouble: Exception = error
                if not self._logged_in:
                    self._news(Failed(f"I can't log in to Matrix as {self._identity.username}. {error}"))
                    return
                self._logged_in = isinstance(error, Refused)
                if isinstance(error, Refused):  # a token it does not know any more, which nio keeps as well
                    self._since = self.client.next_batch = ""
            except RateLimited as error:
                trouble, pause = error, error.retry_after
            except (Unreached, Doubtful) as error:
                trouble = error
            except Exception as error:
                log.exception("A sync could not be understood.")
                trouble = error
            else:
                if self._away:
                    log.warning("Matrix is back.")
                self._away = self.homeserver.stale = False
                pause = 1.0
                continue
            if not self._away:
                log.warning("Matrix is away: %s I keep trying.", trouble)
            self._away = self.homeserver.stale = True
            await asyncio.sleep(pause)
            pause = min(2 * pause, PAUSE_MAX)

    async def _log_in(self) -> None:
        if self._identity.access_token:
            self.client.access_token = self._identity.access_token
            who = await reach(self.client.whoami())
            device = who.device_id or self.client.device_id
            self.client.restore_login(who.user_id, device, self._identity.access_token)
        else:
            await reach(self.client.login(self._identity.password, "Errbot"))
        self._store.keep_device(self.client.device_id)
        await self.directs.refresh()
        self._logged_in = True
        log.info("Logged in to Matrix as %s, device %s.", self.client.user_id, self.client.device_id)

    async def _sync(self) -> None:
        now = self._away or not self._connected
        answer, raw = await reach(asyncio.wait_for(self._request(0 if now else POLL), 2 * REQUEST))
        self._since, since = raw["next_batch"], self._since
        if answer is None:
            # One event that matrix-nio can't read must not stop the bot for good.
            log.error("A sync could not be read; what it brought is lost.")
            return
        for event in answer.account_data_events:
            if getattr(event, "type", "") == "m.direct":
                self.directs.learn(event.content)
        for room, invitation in raw.get("rooms", {}).get("invite", {}).items():
            self._invitations.answer(room, invitation.get("invite_state", {}).get("events", []))
        try:
            heard = await self._heard(answer, since)
            await self._sealed.exchange_keys()
        except BaseException:
            self._since = since
            raise
        if not self._connected:
            self._connected = True
            self._news(Connected())
        for news in heard:
            self._news(news)
        if self._since != since:
            self._news(Done(self._since))
        async with self.homeserver.synced:
            self.homeserver.synced.notify_all()

    async def _request(self, poll: int) -> Any:
        """The answer to a sync, None if matrix-nio can't read it, and its raw body; or an error."""
        answer = await self.client.sync(poll, FILTER, self._since or None, full_state=not self._connected)
        raw = await self.client.parse_body(answer.transport_response)
        if not isinstance(answer, SyncError):
            return answer, raw
        if answer.transport_response.status == 200 and "next_batch" in raw:
            return None, raw
        return answer

    async def _heard(self, answer: Any, since: str) -> list[Heard]:
        oldest = self._oldest()
        heard = []
        for room, info in answer.rooms.join.items():
            events = await events_of(self.client, room, info.timeline, since)
            events = audible(events, self.client.user_id, oldest, self._clock)
            for event in events:
                if isinstance(event, MegolmEvent):
                    self._sealed.keep(room, event)
                else:
                    heard.append(Heard(room, event, room in self.directs))
        for room, info in answer.rooms.leave.items():
            self.client.rooms.pop(room, None)  # matrix-nio keeps them
            self.directs.left(room)
            heard += [Heard(room, event, False) for event in audible(info.timeline.events, "", oldest, self._clock)]
        opened = [Heard(room, event, room in self.directs) for room, event in self._sealed.opened()]
        # a bot with no memory can't know what it has answered already
        return opened + heard if since else []

    def _oldest(self) -> float | None:
        """The time before which an event is old, since 1970: what is heard at once is not, however slow its server."""
        if self._away:
            return self._clock() - MINUTE - PAUSE_MAX
        return None if self._connected else self._started - MINUTE
