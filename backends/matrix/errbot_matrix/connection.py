"""The connection to the homeserver: logs in, listens, and reconnects, whatever happens.

It runs in an event loop with a thread of its own. No code of Errbot's or of a plugin's runs there, so nothing they do
can stop it: what it hears goes to `news`, and other threads have work done through `Connection.run`.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

from nio import AsyncClient, AsyncClientConfig, ErrorResponse, MegolmEvent, SyncError
from nio.crypto import ENCRYPTION_ENABLED

from errbot_matrix.directs import Directs
from errbot_matrix.errors import Doubtful, LoggedOut, RateLimited, Refused, Unreached, reach
from errbot_matrix.hearing import DEAF, PAGE, Concern, Connected, Done, Echo, Failed, Heard, News, audible, events_of
from errbot_matrix.homeserver import Homeserver
from errbot_matrix.identity import Identity
from errbot_matrix.invitations import Invitations
from errbot_matrix.logged import names_nobody, nobody_named, whereabouts
from errbot_matrix.loop import Loop
from errbot_matrix.pauses import Pauses
from errbot_matrix.sealed import Sealed
from errbot_matrix.store import Store
from errbot_matrix.threads import Threads
from errbot_matrix.timeline import Timeline
from errbot_matrix.upgrades import Upgrades
from errbot_matrix.wellformed import without_nonsense

log = logging.getLogger(__name__)

T = TypeVar("T")

MINUTE = 60.0
"""Seconds the bot may be away without missing anything said meanwhile."""

POLL = 30_000
"""Milliseconds for which the server may hold back a sync until there is news."""

SOON = 1.0
"""Seconds between two syncs that bring nothing, where a server doesn't hold them back."""

REQUEST = 60.0
"""Seconds one request may take; a first sync may take twice as long."""

PAUSE_MAX = 15.0
"""The most seconds between two attempts to reach a server that is away."""

FILTER = {
    "room": {"timeline": {"limit": PAGE}, "ephemeral": {"types": []}, "account_data": {"types": []}},
    "presence": {"types": []},
    "account_data": {"types": ["m.direct"]},
}


class Client(AsyncClient):
    """matrix-nio's client, which keeps its token: only the server knows whether that is good, and says so each time.

    nio drops it where the server says that a session has ended softly, and makes no request from then on. So does a
    server of an account that is locked, whose token is good again afterwards (MSC3939).
    """

    async def parse_body(self, transport_response: Any) -> Any:
        """The body of an answer, without what is no event; parsed anew each time, since nio changes what it gets."""
        return without_nonsense(await super().parse_body(transport_response))

    async def receive_response(self, response: Any) -> None:
        if isinstance(response, ErrorResponse):
            response.soft_logout = False
        await super().receive_response(response)


class Connection:
    """One account's connection. `client` is matrix-nio's, to be used only in the event loop.

    `keys` is the folder for the keys of encrypted rooms; `news` is told what happens, in the connection's own thread,
    so it must not wait; `clock` gives seconds since 1970, and `wait` lets so many go by.
    """

    def __init__(
        self,
        identity: Identity,
        store: Store,
        keys: Path,
        news: Callable[[News], None],
        clock: Callable[[], float],
        wait: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._identity = identity
        self._store = store
        self._news = news
        self._clock = clock
        self._wait = wait
        self._started = clock()
        self._since = store.token
        self._logged_in = False
        self._connected = False
        self._away = False
        self._lost = ""
        """What the admins are to know of the keys of this session, once it is connected."""
        device = identity.device_id or kept_device(store.device, keys, identity.access_token)
        store.keep_device(device)
        self.client = Client(
            identity.homeserver,
            identity.username,
            device,
            store_path=str(keys) if ENCRYPTION_ENABLED else "",
            config=AsyncClientConfig(max_limit_exceeded=0, max_timeouts=0, request_timeout=REQUEST),
            ssl=None if identity.verify else False,
        )
        self.homeserver = Homeserver(self.client)
        self.directs = Directs(self.homeserver)
        self.timeline = Timeline(self.homeserver)
        self.threads = Threads(self.homeserver, self.timeline)

        def tell(sentence: str) -> None:
            news(Concern(sentence))

        self.upgrades = Upgrades(self.homeserver, self.directs, store, tell)
        self._invitations = Invitations(identity, self.homeserver, self.directs, self.upgrades, tell, wait)
        self._sealed = Sealed(self.homeserver, clock)
        self._echo = Echo(clock)
        self._deaf = False
        """Whether syncs led nowhere when it last listened anew, and haven't led on since."""
        self._loop = Loop(self._main)

    def start(self) -> None:
        """Connect in the background; `Connected` is the news that it has."""
        # At INFO it logs every event; at DEBUG every answer, including the access token in the answer to a login; at
        # WARNING what is wrong with an answer or an event, in their own words, and whose messages it can't decrypt.
        logging.getLogger("nio").setLevel(logging.WARNING)
        logging.getLogger("nio.responses").setLevel(logging.ERROR)
        logging.getLogger("nio.events").setLevel(logging.ERROR)
        logging.getLogger("nio.crypto.olm_machine").addFilter(names_nobody)
        self._loop.start()

    def stop(self) -> None:
        """End everything, within seconds; threads that wait in `run` get Doubtful."""
        self._loop.stop()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Have the event loop do some work and wait for it; see `Loop.run`."""
        return self._loop.run(work)

    # --- In the event loop ------------------------------------------------------------------------

    async def _main(self) -> None:
        try:
            await self._listen()
        except Exception as error:
            log.error("The connection to Matrix has failed: %s", whereabouts(error))
            self._news(Failed("The connection to Matrix has failed because of a bug; the log has the details."))
        finally:
            await self.client.close()

    async def _listen(self) -> None:
        pauses = Pauses(PAUSE_MAX)
        while not self._loop.ending:
            try:
                if not self._logged_in:
                    await self._log_in()
                await self._sync()
            except (Refused, LoggedOut) as error:
                trouble: Exception = error
                if not self._logged_in:
                    why = f"{error} {await self.homeserver.instead_of(self._identity.access_token)}".rstrip()
                    self._news(Failed(f"I can't log in to Matrix as {self._identity.username}. {why}"))
                    return
                self._logged_in = isinstance(error, Refused)
                if isinstance(error, Refused) and error.status == 400:  # it no longer knows our sync token
                    self._begin_anew()
            except (RateLimited, Unreached, Doubtful) as error:
                trouble = error
            except Exception as error:
                log.error("I could not make sense of a sync: %s", whereabouts(error))
                trouble = Doubtful("What the homeserver says makes no sense to me.")
            else:
                if self._away:
                    log.warning("Matrix is back.")
                self._away = self.homeserver.stale = False
                pauses.reset()
                continue
            if not self._away:
                log.warning("I have lost touch with Matrix. %s I will keep trying.", nobody_named(trouble))
            self._away = self.homeserver.stale = True
            await self._wait(pauses.after(trouble))

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
        self._lost = await self._sealed.begin()
        self._logged_in = True
        log.info("Logged in to Matrix as %s, device %s.", self.client.user_id, self.client.device_id)

    async def _sync(self) -> None:
        now, began = self._away or not self._connected, self._clock()
        self.directs.asks()
        answer, raw = await reach(self._request(0 if now else POLL))
        self._since, since = raw["next_batch"], self._since
        if not now and self._since == since and self._clock() - began < SOON:
            await self._wait(SOON)
        if self._echo.lost(self.timeline.sent, self._since != since):
            log.error(DEAF)
            if not self._deaf:  # telling of it is one more event that may not come
                self._news(Concern(DEAF))
            self._deaf = True
            self._begin_anew()
            return
        if since and self._since != since:
            self._deaf = False
        if answer is None:
            # A single event that matrix-nio can't read must not stop the bot for good.
            log.error("I could not read a sync; what was in it is lost.")
            return
        for event in answer.account_data_events:
            if getattr(event, "type", "") == "m.direct":
                self.directs.learn(event.content)
        for room, info in answer.rooms.join.items():
            self.upgrades.learn(room, [*info.state, *info.timeline.events], old=not since)
        for room, invitation in raw.get("rooms", {}).get("invite", {}).items():
            self._invitations.answer(room, invitation.get("invite_state", {}).get("events", []))
        try:
            self._sealed.count(raw.get("device_one_time_keys_count"))
            await self._sealed.exchange_keys()
            heard = await self._heard(answer, since)  # last, since what was sealed is opened once
        except BaseException:
            self._since = since
            raise
        if not self._connected:
            self._connected = True
            self._news(Connected())
        if self._lost:
            self._news(Concern(self._lost))
            self._lost = ""
        for sentence in self._sealed.unread():
            self._news(Concern(sentence))
        for news in heard:
            self._news(news)
        if self._since != since:
            self._news(Done(self._since))
        async with self.homeserver.synced:
            self.homeserver.synced.notify_all()

    def _begin_anew(self) -> None:
        """Ask for the next sync as for the first one."""
        self._since = self.client.next_batch = ""  # nio keeps it as well
        self._echo = Echo(self._clock)

    async def _request(self, poll: int) -> Any:
        """The answer to a sync (None if matrix-nio can't read it) with its raw body, or an error."""
        async with asyncio.timeout(2 * REQUEST):
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
            for event in events:
                self.threads.note(room, event.event_id, event.source.get("content", {}))
                if event.sender == self.client.user_id:
                    self.timeline.shown.append(event.event_id)
            events = audible(events, self.client.user_id, oldest, self._clock)
            for event in events:
                if isinstance(event, MegolmEvent):
                    self._sealed.keep(room, event)
                else:
                    heard.append(Heard(room, event, room in self.directs))
        for room, info in answer.rooms.leave.items():
            self.client.rooms.pop(room, None)  # matrix-nio does not forget it
            self.directs.left(room)
            heard += [Heard(room, event, False) for event in audible(info.timeline.events, "", oldest, self._clock)]
        opened = [Heard(room, event, room in self.directs) for room, event in self._sealed.opened()]
        # without a memory the bot can't know what it has already answered
        return opened + heard if since else []

    def _oldest(self) -> float | None:
        """The time, since 1970, before which an event is too old; None while connected, since then nothing is."""
        if self._away:
            return self._clock() - MINUTE - PAUSE_MAX
        return None if self._connected else self._started - MINUTE


def kept_device(device: str, keys: Path, access_token: str) -> str:
    """The device of the last login, or a new one where there was none, or where its keys are gone.

    People refuse a device that has other keys than before. An access token has a device of its own.
    """
    lost = ENCRYPTION_ENABLED and not access_token and not any(keys.glob(f"*_{device}.db"))
    return f"ERRBOT{secrets.token_hex(4).upper()}" if lost or not device else device
