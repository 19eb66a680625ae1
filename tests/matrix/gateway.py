"""The way of every call of the bot to the homeserver: passed on; one that sends an event is written down, or fails."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import unquote

import aiohttp
from aiohttp import web
from yarl import URL

from tests.loop_thread import LoopThread

PATIENCE = 120  # seconds until what is waited for counts as never to come
KEPT = ("Authorization", "Content-Type")
REACTION = "m.reaction"


@dataclass(frozen=True)
class Fault:
    """How the sending of an event goes wrong: what is answered, and whether the homeserver has taken it all the same.

    Without an `answer` the connection is cut. `hangs`: what is answered waits for `mend`.
    """

    answer: dict[str, Any] | None = None
    status: int = 200
    taken: bool = False
    hangs: bool = False


LOST = Fault(taken=True)
"""The homeserver takes it, and the connection breaks before the answer."""


def limited(seconds: float) -> Fault:
    """Too many events, and none wanted for so long (Client-Server API, "Rate limiting")."""
    error = {"errcode": "M_LIMIT_EXCEEDED", "error": "Too Many Requests", "retry_after_ms": int(seconds * 1000)}
    return Fault(error, 429)


@dataclass
class Call:
    """One event the bot sends: into which room, what, and `at` which second of a clock that only goes forward.

    `kind` is its type. `taken` is what the homeserver answered, empty where it was not asked; `status` what the bot
    got, 0 for nothing.
    """

    kind: str
    room: str
    content: dict[str, Any]
    transaction: str
    at: float
    taken: dict[str, Any] = field(default_factory=dict)
    status: int = 0
    done: bool = False


class Gateway:
    """Listens on 127.0.0.1 from its making until `close`, before the homeserver at an URL; at any free port if 0."""

    def __init__(self, homeserver: str, port: int = 0) -> None:
        self.calls: list[Call] = []
        self.in_vain: list[str] = []
        """The paths of requests that found no homeserver."""
        self.refused: list[str] = []
        """The paths of requests that the homeserver refused."""
        self._homeserver = homeserver
        self._changed = threading.Condition()
        self._faults: list[list[Any]] = []
        self._thread = LoopThread("gateway")
        self._thread.run(self._open(port))

    async def _open(self, port: int) -> None:
        self._mended = asyncio.Event()
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(None))
        app = web.Application(client_max_size=10_000_000)
        app.router.add_put("/_matrix/client/v3/rooms/{room}/send/{kind}/{transaction}", self._send)
        app.router.add_route("*", "/{anything:.*}", self._pass_by)
        self._runner = web.AppRunner(app, shutdown_timeout=0, handle_signals=False, handler_cancellation=True)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", port).start()
        self.url = "http://{}:{}".format(*self._runner.addresses[0])

    def close(self) -> None:
        """Stop listening; what waits ends."""
        self._thread.run(self._close())
        self._thread.close()

    async def _close(self) -> None:
        self._mended.set()
        await self._runner.cleanup()
        await self._session.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def fail(self, fault: Fault, room: str, times: int = 1_000_000) -> None:
        """Let the next `times` messages for a room go wrong."""
        with self._changed:
            self._faults.append([fault, room, times])

    def mend(self) -> None:
        """Let nothing go wrong any more, and answer what hangs."""
        with self._changed:
            self._faults.clear()
        self._thread.loop.call_soon_threadsafe(self._let_go)

    def _let_go(self) -> None:
        self._mended.set()
        self._mended = asyncio.Event()

    def tries(self, room: str) -> list[Call]:
        """The messages that were to be sent into a room so far, whatever became of them."""
        with self._changed:
            return [call for call in self.calls if call.room == room and call.kind != REACTION]

    def reactions(self, room: str) -> list[Call]:
        """The same for reactions."""
        with self._changed:
            return [call for call in self.calls if call.room == room and call.kind == REACTION]

    def wait_for(self, met: Callable[[], object]) -> None:
        """Wait until `met`, asked with every change, holds. Raises AssertionError when it never does."""
        with self._changed:
            assert self._changed.wait_for(met, PATIENCE), f"waited in vain; the latest are {self.calls[-25:]}"

    async def _send(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        about = request.match_info
        call = Call(about["kind"], unquote(about["room"]), json.loads(body), about["transaction"], time.monotonic())
        fault = self._begin(call)
        try:
            if fault is None or fault.taken:
                status, answer = await self._ask(request, body)
                call.taken = json.loads(answer)
                self._note(request, status)
            if fault and fault.hangs:
                with self._changed:
                    self._changed.notify_all()
                await self._mended.wait()
            if fault is None:
                call.status = status
                return web.Response(body=answer, status=status, content_type="application/json")
            if fault.answer is not None:
                call.status = fault.status
                return web.json_response(fault.answer, status=fault.status)
            return cut(request)
        except aiohttp.ClientError:
            return self._away(request)
        finally:
            with self._changed:
                call.done = True
                self._changed.notify_all()

    def _begin(self, call: Call) -> Fault | None:
        with self._changed:
            self.calls.append(call)
            self._changed.notify_all()
            for entry in self._faults:
                fault, room, times = entry
                if room == call.room and call.kind != REACTION and times:
                    entry[2] -= 1
                    chosen: Fault = fault
                    return chosen
        return None

    async def _pass_by(self, request: web.Request) -> web.StreamResponse:
        try:
            status, answer = await self._ask(request, await request.read())
        except aiohttp.ClientError:
            return self._away(request)
        self._note(request, status)
        return web.Response(body=answer, status=status, content_type="application/json")

    def _note(self, request: web.Request, status: int) -> None:
        if status >= 400:
            with self._changed:
                self.refused.append(unquote(request.path))
                self._changed.notify_all()

    def _away(self, request: web.Request) -> web.StreamResponse:
        with self._changed:
            self.in_vain.append(unquote(request.path))
            self._changed.notify_all()
        return cut(request)

    async def _ask(self, request: web.Request, body: bytes) -> tuple[int, bytes]:
        headers = {name: request.headers[name] for name in KEPT if name in request.headers}
        address = f"{self._homeserver}{request.raw_path}"
        asking = self._session.request(request.method, URL(address, encoded=True), data=body, headers=headers)
        async with asking as response:
            return response.status, await response.read()


def cut(request: web.Request) -> web.StreamResponse:
    """No answer: the connection is gone."""
    if request.transport:
        request.transport.abort()
    return web.Response()
