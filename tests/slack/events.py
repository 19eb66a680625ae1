"""How Slack tells a bot what happens: signed requests to its address (Events mode), or a WebSocket (Socket Mode).

Both give an event again until the bot has acknowledged it, with the same `event_id` and a count of the tries, as
docs.slack.dev describes ("The Events API", "Using Socket Mode"). Neither waits the minutes Slack waits in between.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time
import uuid
from typing import Any, Protocol
from urllib.parse import urlencode

import aiohttp
from aiohttp import web

from tests.slack.emulator import APP_ID, SIGNING_SECRET

PAUSE = 0.05  # seconds before an event is given again to a bot that is not there
Payload = dict[str, Any]


class Events(Protocol):
    """One of the two ways. All of it runs in the gateway's event loop."""

    async def deliver(self, payload: Payload, attempt: int = 0) -> int:
        """Give the bot an event until it has acknowledged it, and give the number of tries that were in vain.

        `attempt` of more than 0 says to the bot that it was given this event so many times before.
        """

    async def interact(self, payload: Payload) -> Payload:
        """Tell the bot of a click, a form or a slash command, once, and give what it acknowledged that with."""


class SignedRequests:
    """Events mode: a POST to the bot's own web server; `clicks` is the address for all that is no event."""

    def __init__(self, url: str, clicks: str) -> None:
        self.url, self.clicks = url, clicks

    async def deliver(self, payload: Payload, attempt: int = 0) -> int:
        """See `Events`."""
        body = json.dumps(payload).encode()
        async with aiohttp.ClientSession() as session:
            while True:
                try:
                    async with session.post(self.url, data=body, headers=signed(body, attempt)) as response:
                        if response.status == 200:
                            return attempt
                except aiohttp.ClientError:
                    await asyncio.sleep(PAUSE)
                attempt += 1

    async def interact(self, payload: Payload) -> Payload:
        """See `Events`."""
        body = urlencode(payload if "command" in payload else {"payload": json.dumps(payload)}).encode()
        headers = signed(body, 0) | {"Content-Type": "application/x-www-form-urlencoded"}
        async with (
            aiohttp.ClientSession() as session,
            session.post(self.clicks, data=body, headers=headers) as response,
        ):
            assert response.status == 200, response.status
            text = await response.text()
            answer: Payload = json.loads(text) if text else {}
            return answer


def signed(body: bytes, attempt: int, secret: str = SIGNING_SECRET, at: float | None = None) -> dict[str, str]:
    """The headers of a request that Slack makes `at` that time, in seconds since 1970, by default now."""
    stamp = str(int(time.time() if at is None else at))
    signature = hmac.new(secret.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    headers = {
        "Content-Type": "application/json",
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": f"v0={signature}",
    }
    return headers | ({"X-Slack-Retry-Num": str(attempt), "X-Slack-Retry-Reason": "http_timeout"} if attempt else {})


class Link:
    """One WebSocket, and the envelopes sent over it that wait to be acknowledged."""

    def __init__(self, socket: web.WebSocketResponse) -> None:
        self.socket = socket
        self.waiting: dict[str, asyncio.Future[Payload]] = {}
        self.ended = asyncio.get_running_loop().create_future()


class SocketMode:
    """Socket Mode's server: the bot asks for an address, connects, and is sent envelopes there."""

    def __init__(self) -> None:
        self.deaf = 0
        """So many of the next acknowledgements get lost, each with its connection."""
        self._tickets: set[str] = set()
        self._links: list[Link] = []
        self._linked = asyncio.Condition()

    def ticket(self) -> str:
        """What `apps.connections.open` gives: the path of an address that can be connected to once."""
        ticket = uuid.uuid4().hex
        self._tickets.add(ticket)
        return f"/link/{ticket}"

    async def connect(self, request: web.Request) -> web.StreamResponse:
        """Serve one connection until it ends."""
        ticket = request.match_info["ticket"]
        if ticket not in self._tickets:
            raise web.HTTPNotFound
        self._tickets.remove(ticket)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        link = Link(socket)
        await socket.send_json({
            "type": "hello",
            "num_connections": len(self._links) + 1,
            "connection_info": {"app_id": APP_ID},
            "debug_info": {"host": "applink-test", "approximate_connection_time": 18060},
        })  # fmt: skip
        async with self._linked:
            self._links.append(link)
            self._linked.notify_all()
        try:
            async for message in socket:
                if message.type is not aiohttp.WSMsgType.TEXT:
                    continue
                answer = message.json()
                waiting = link.waiting.get(answer.get("envelope_id"))
                if waiting and self.deaf:
                    self.deaf -= 1
                    break
                if waiting and not waiting.done():
                    waiting.set_result(answer.get("payload") or {})
        finally:
            self._links.remove(link)
            link.ended.set_result(None)
        return socket

    async def deliver(self, payload: Payload, attempt: int = 0) -> int:
        """See `Events`."""
        while True:
            async with self._linked:
                await self._linked.wait_for(lambda: self._links)
                link = self._links[-1]
            envelope_id = str(uuid.uuid4())
            acknowledged = link.waiting[envelope_id] = asyncio.get_running_loop().create_future()
            try:
                await link.socket.send_json({
                    "type": "events_api",
                    "envelope_id": envelope_id,
                    "accepts_response_payload": False,
                    "payload": payload,
                    "retry_attempt": attempt,
                    "retry_reason": "timeout" if attempt else "",
                })  # fmt: skip
                await asyncio.wait((acknowledged, link.ended), return_when=asyncio.FIRST_COMPLETED)
            except ConnectionError:
                await link.ended
            if acknowledged.done():
                return attempt
            attempt += 1

    async def interact(self, payload: Payload) -> Payload:
        """See `Events`."""
        async with self._linked:
            await self._linked.wait_for(lambda: self._links)
            link = self._links[-1]
        envelope_id = str(uuid.uuid4())
        acknowledged = link.waiting[envelope_id] = asyncio.get_running_loop().create_future()
        await link.socket.send_json({
            "type": "slash_commands" if "command" in payload else "interactive",
            "envelope_id": envelope_id,
            "accepts_response_payload": True,
            "payload": payload,
        })  # fmt: skip
        answer: Payload = await acknowledged
        return answer

    async def refresh(self) -> None:
        """Tell the bot to connect anew, as Slack does every few hours, and end the old connections once it has."""
        async with self._linked:
            old = list(self._links)
            for link in old:
                await link.socket.send_json({"type": "disconnect", "reason": "refresh_requested", "debug_info": {}})
            await self._linked.wait_for(lambda: set(self._links) - set(old))
        for link in old:
            await link.socket.close()

    async def disable(self) -> None:
        """End every connection, as Slack does when Socket Mode is switched off, and wait for the next one."""
        async with self._linked:
            old = list(self._links)
            for link in old:
                await link.socket.send_json({"type": "disconnect", "reason": "link_disabled", "debug_info": {}})
        for link in old:
            await link.socket.close()
        async with self._linked:
            await self._linked.wait_for(lambda: set(self._links) - set(old))

    async def close(self) -> None:
        """End every connection, as a server does that is shut down."""
        for link in list(self._links):
            await link.socket.close()
