"""A homeserver that answers what it is told to, over HTTP: what a real one does only now and then."""

from __future__ import annotations

import asyncio
import re
import threading
from collections import defaultdict, deque
from typing import Any
from urllib.parse import unquote

from aiohttp import web

from tests.loop_thread import LoopThread

BOT, DEVICE = "@bot:chat.example", "ERRBOT1"
Answer = tuple[int, Any]
Call = tuple[str, Any]


def refusal(status: int, code: str) -> Answer:
    return status, {"errcode": code, "error": "no"} | ({"soft_logout": True} if status == 401 else {})


def sync(token: str, **parts: Any) -> Answer:
    return 200, {"next_batch": token, **parts}


class Scripted:
    """Listens on 127.0.0.1 from its making until `close`.

    `calls` are the requests so far: what was asked, such as `GET sync`, and its body, or what stands behind the `?`. In
    a path only slashes within an id stay quoted.
    """

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.always: dict[str, Answer] = {
            "POST login": (200, {"user_id": BOT, "access_token": "secret", "device_id": DEVICE}),
            "POST keys/upload": (200, {"one_time_key_counts": {"signed_curve25519": 50}}),
            "POST keys/query": (200, {"device_keys": {}}),
            "GET joined_rooms": (200, {"joined_rooms": []}),
        }
        self._scripts: defaultdict[str, deque[Answer]] = defaultdict(deque)
        self._changed = threading.Condition()
        self._closing = False
        self._thread = LoopThread("scripted")
        self._thread.run(self._open())

    async def _open(self) -> None:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._answer)
        self._runner = web.AppRunner(app, shutdown_timeout=0, handle_signals=False)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = "http://{}:{}".format(*self._runner.addresses[0])

    def answer(self, what: str, *answers: Answer) -> None:
        """Answer the next requests so, such as `GET sync`, and not as always. A sync that has none waits for news."""
        with self._changed:
            self._scripts[what].extend(answers)

    def wait_for(self, what: str, times: int = 1) -> list[Any]:
        """The bodies of so many requests, or more, as soon as they have come."""
        with self._changed:
            there = self._changed.wait_for(lambda: len(self.asked(what)) >= times, 120)
            assert there, f"waited in vain for {what}: {[path for path, _ in self.calls]}"
            return self.asked(what)

    def asked(self, what: str) -> list[Any]:
        return [body for path, body in self.calls if path == what]

    async def _answer(self, request: web.Request) -> web.Response:
        raw = re.sub(r"^/_matrix/client/(v\d|r0)/", "", request.raw_path.partition("?")[0])
        path = "%2F".join(map(unquote, raw.split("%2F")))
        what, body = f"{request.method} {path}", await request.json() if request.can_read_body else dict(request.query)
        with self._changed:
            self.calls.append((what, body))
            self._changed.notify_all()
        while what == "GET sync" and not self._scripts[what] and not self._closing and request.transport is not None:
            await asyncio.sleep(0.01)
        with self._changed:
            script = self._scripts[what] if request.transport is not None else None
            status, said = script.popleft() if script else self.always.get(what, refusal(404, "M_NOT_FOUND"))
        return web.json_response(said, status=status)

    def close(self) -> None:
        self._closing = True
        self._thread.run(self._runner.cleanup())
        self._thread.close()
