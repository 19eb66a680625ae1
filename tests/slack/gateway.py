"""The way of every call of the bot to Slack: written down, passed on to the emulator, or made to fail.

It also is what the emulator is not: strict about the size of messages, and able to tell the bot what happens
(tests/slack/events.py).
"""

from __future__ import annotations

import asyncio
import json
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, Self
from urllib.parse import parse_qsl, urlsplit

import aiohttp
from aiohttp import web

from tests.loop_thread import LoopThread
from tests.slack.emulator import APP_ID, APP_TOKEN, BOT_ID, BOT_SCOPES, BOT_USER
from tests.slack.events import Events, SignedRequests, SocketMode
from tests.slack.limits import refused, view_refused

PATIENCE = 120  # seconds until what is waited for counts as never to come
TEAM_ID = "T000000001"
VIEWS = ("views.open", "views.update", "views.publish")
Mode = Literal["events", "socket"]


@dataclass(frozen=True)
class Fault:
    """How a call goes wrong: what is answered, and whether Slack has done what was asked all the same.

    Without an `answer` the connection is cut. `hangs`: what is answered waits for `release`.
    """

    answer: dict[str, Any] | None = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    taken: bool = False
    hangs: bool = False


LOST = Fault(taken=True)
"""Slack does it, and the connection breaks before the answer."""
HANGING = Fault(taken=True, hangs=True)
"""Slack does it, and does not answer."""


def refusal(error: str, **more: str) -> Fault:
    """An error of Slack's own: status 200, and `ok` is false."""
    return Fault({"ok": False, "error": error, **more})


def missing_scope(needed: str) -> Fault:
    """The bot was not given a scope."""
    return refusal("missing_scope", needed=needed, provided=",".join(scope for scope in BOT_SCOPES if scope != needed))


def limited(seconds: int) -> Fault:
    """Too many calls, and none wanted for so long."""
    return Fault({"ok": False, "error": "ratelimited"}, 429, {"Retry-After": str(seconds)})


def broken(status: int) -> Fault:
    """A server error, which says nothing in JSON."""
    return Fault({}, status)


@dataclass
class Call:
    """One call of the bot: `arguments` as sent, `at` by a clock that only goes forward.

    `taken` is what Slack answered, empty where it was not asked; `status` what the bot got, 0 for nothing.
    """

    method: str
    arguments: dict[str, Any]
    at: float
    taken: dict[str, Any] = field(default_factory=dict)
    status: int = 0
    done: bool = False

    @property
    def channel(self) -> str:
        """The channel it is about, if it is about one: the one Slack names, else the one asked for."""
        return str(self.taken.get("channel") or self.arguments.get("channel") or "")


class Gateway:
    """Listens on 127.0.0.1 from its making until `close`, for one bot."""

    def __init__(self, emulator: str, mode: Mode, bot: str = "", clicks: str = "") -> None:
        """Pass calls on to the emulator at this URL.

        `bot` is where the bot takes events in Events mode, `clicks` where it takes all else.
        """
        self.calls: list[Call] = []
        self.uploads: list[bytes] = []
        """The bytes of the files that were brought, in their order."""
        self._emulator = emulator
        self._changed = threading.Condition()
        self._faults: list[list[Any]] = []
        self._thread = LoopThread("gateway")
        self._own: set[asyncio.Task[int]] = set()
        self.socket_mode: SocketMode | None = None
        self.groups: list[dict[str, Any]] = [{"id": "S0SUPPORT", "handle": "support", "name": "Customer support"}]
        """The user groups of the workspace, of which the emulator knows nothing."""
        self._thread.run(self._open(mode, bot, clicks))

    async def _open(self, mode: Mode, bot: str, clicks: str) -> None:
        self._released = asyncio.Event()
        self._events: Events
        if mode == "socket":
            self._events = self.socket_mode = SocketMode()
        else:
            self._events = SignedRequests(bot, clicks)
        # Node ends a connection that was idle, and a call that begins just then would be lost.
        self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(force_close=True))
        app = web.Application(client_max_size=10_000_000)
        app.router.add_post("/api/{method}", self._call)
        app.router.add_post("/upload/{place:.+}", self._upload)
        if self.socket_mode:
            app.router.add_get("/link/{ticket}", self.socket_mode.connect)
        self._runner = web.AppRunner(app, shutdown_timeout=0, handle_signals=False)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.address = "{}:{}".format(*self._runner.addresses[0])
        self.url = f"http://{self.address}/api/"

    def close(self) -> None:
        """Stop listening; what waits ends."""
        self._thread.run(self._close())
        self._thread.close()

    async def _close(self) -> None:
        self._released.set()
        if self.socket_mode:
            await self.socket_mode.close()
        await self._runner.cleanup()
        await self._session.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def fail(self, fault: Fault, method: str = "", channel: str = "", times: int = 1_000_000) -> None:
        """Let the next `times` calls of a method (empty: any) about a channel (empty: any or none) go wrong."""
        with self._changed:
            self._faults.append([fault, method, channel, times])

    def mend(self) -> None:
        """Let nothing go wrong any more, and let go what hangs."""
        with self._changed:
            self._faults.clear()
        self.release()

    def release(self) -> None:
        """Answer what hangs now."""
        self._thread.loop.call_soon_threadsafe(self._let_go)

    def _let_go(self) -> None:
        self._released.set()
        self._released = asyncio.Event()

    def wait_for(self, met: Callable[[list[Call]], bool]) -> list[Call]:
        """All calls, as soon as `met` holds of them. Raises AssertionError when it never does."""
        with self._changed:
            there = self._changed.wait_for(lambda: met(self.calls), PATIENCE)
            calls = list(self.calls)
        assert there, "waited in vain; the latest calls are\n" + "\n".join(map(brief, calls[-25:]))
        return calls

    def deliver(self, event: dict[str, Any], event_id: str = "", attempt: int = 0) -> str:
        """Give the bot an event, wait until it has acknowledged it, and give its id."""
        event_id = event_id or f"Ev{uuid.uuid4().hex[:9].upper()}"
        self._thread.run(self._events.deliver(payload(event, event_id), attempt))
        return event_id

    def interact(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Tell the bot of a click, a form or a slash command, and give what it acknowledged that with."""
        return self._thread.run(self._events.interact(payload))

    def refresh(self) -> None:
        """Let the bot connect anew to Socket Mode."""
        assert self.socket_mode
        self._thread.run(self.socket_mode.refresh())

    def disable(self) -> None:
        """Switch Socket Mode off, until the bot has been refused a new connection twice."""
        assert self.socket_mode
        self.fail(refusal("not_allowed_token_type"), "apps.connections.open", times=2)
        self._thread.run(self.socket_mode.disable())

    async def _call(self, request: web.Request) -> web.StreamResponse:
        method, body = request.match_info["method"], await request.read()
        call = Call(method, arguments(request.content_type, body), time.monotonic())
        fault = self._begin(call)
        if fault is None and (why := too_much(call)):
            fault = refusal(why)
        try:
            if fault is None or fault.taken:
                call.taken = await self._ask(method, body, request)
                self._echo(call)
            if fault and fault.hangs:
                with self._changed:
                    self._changed.notify_all()
                await self._released.wait()
            if fault is None:
                call.status = 200
                return web.json_response(call.taken, headers={"x-oauth-scopes": ",".join(BOT_SCOPES)})
            if fault.answer is not None:
                call.status = fault.status
                return web.Response(
                    text=json.dumps(fault.answer) if fault.answer else "",
                    status=fault.status,
                    content_type="application/json",
                    headers=fault.headers,
                )
            assert request.transport
            request.transport.abort()
            return web.Response()
        finally:
            with self._changed:
                call.done = True
                self._changed.notify_all()

    async def _upload(self, request: web.Request) -> web.Response:
        """Bring the bytes of a file on."""
        content = await request.read()
        assert "Authorization" not in request.headers, "the token is nobody's business there"
        headers = {"Content-Type": request.headers["Content-Type"]}
        async with self._session.post(f"{self._emulator}{request.path}", data=content, headers=headers) as response:
            self.uploads.append(content)
            return web.Response(text=await response.text(), status=response.status)

    def _begin(self, call: Call) -> Fault | None:
        with self._changed:
            self.calls.append(call)
            self._changed.notify_all()
            for entry in self._faults:
                fault, method, channel, times = entry
                if method in ("", call.method) and channel in ("", call.arguments.get("channel")) and times:
                    entry[3] -= 1
                    chosen: Fault = fault
                    return chosen
        return None

    async def _ask(self, method: str, body: bytes, request: web.Request) -> dict[str, Any]:
        if method == "apps.connections.open":
            if not self.socket_mode or request.headers.get("Authorization") != f"Bearer {APP_TOKEN}":
                return {"ok": False, "error": "invalid_auth"}
            return {"ok": True, "url": f"ws://{self.address}{self.socket_mode.ticket()}"}
        if method.startswith("response-"):
            return {"ok": True}
        if method == "usergroups.list":
            return {"ok": True, "usergroups": self.groups}
        headers = {name: request.headers[name] for name in ("Authorization", "Content-Type") if name in request.headers}
        async with self._session.post(f"{self._emulator}/api/{method}", data=body, headers=headers) as response:
            answer: dict[str, Any] = await response.json()
        if method == "files.getUploadURLExternal" and answer["ok"]:
            answer["upload_url"] = f"http://{self.address}{urlsplit(answer['upload_url']).path}"
        return answer

    def _echo(self, call: Call) -> None:
        """Tell the bot of its own messages, as Slack does."""
        if not call.taken.get("ok") or call.method not in ("chat.postMessage", "chat.update"):
            return
        message = call.taken["message"] | {"user": BOT_USER, "bot_id": BOT_ID, "app_id": APP_ID}
        about = {"type": "message", "channel": call.channel, "channel_type": channel_type(call.channel)}
        if call.method == "chat.update":
            event = about | {"subtype": "message_changed", "message": message, "ts": message["edited"]["ts"]}
        else:
            event = message | about
        event_id = f"Ev{uuid.uuid4().hex[:9].upper()}"
        task = self._thread.loop.create_task(self._events.deliver(payload(event | {"event_ts": event["ts"]}, event_id)))
        self._own.add(task)
        task.add_done_callback(self._own.discard)


def too_much(call: Call) -> str:
    """The error Slack answers a call with whose message or view is beyond its limits; empty for others."""
    if call.method in ("chat.postMessage", "chat.update", "chat.postEphemeral"):
        return refused(call.arguments)
    return view_refused(call.arguments["view"]) if call.method in VIEWS else ""


def brief(call: Call) -> str:
    """A call in one short line."""
    error = "" if call.taken.get("ok") else call.taken.get("error")
    return f"{call.at:.2f} {call.method} {str(call.arguments)[:240]} -> {call.status} {error}"


def payload(event: dict[str, Any], event_id: str) -> dict[str, Any]:
    """An event as Slack wraps it."""
    return {
        "type": "event_callback",
        "team_id": TEAM_ID,
        "api_app_id": APP_ID,
        "event": event,
        "event_id": event_id,
        "event_time": int(float(event["event_ts"])),
        "authorizations": [{"team_id": TEAM_ID, "user_id": BOT_USER, "is_bot": True}],
    }


def channel_type(channel: str) -> str:
    """What Slack calls the kind of a channel with this id."""
    return "im" if channel.startswith("D") else "channel"


def arguments(content_type: str, body: bytes) -> dict[str, Any]:
    """What a call was given, whether as a form or as JSON, with the JSON in a form's fields read."""
    if content_type == "application/json":
        given: dict[str, Any] = json.loads(body or b"{}")
        return given
    form: dict[str, Any] = dict(parse_qsl(body.decode(), keep_blank_values=True))
    for name in {"attachments", "blocks", "files", "metadata", "view"} & form.keys():
        form[name] = json.loads(form[name])
    return form
