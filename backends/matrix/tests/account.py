"""A bot's account on the scripted homeserver, and what it hears there."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from backends.matrix.tests.scripted import BOT, DEVICE, Scripted, sync
from errbot_matrix.connection import Connection
from errbot_matrix.hearing import Connected, Done, News
from errbot_matrix.identity import identity
from errbot_matrix.store import Store

ROOM, ANN = "!room:chat.example", "@ann:far.example"
PATIENCE = 120  # seconds until news that do not come count as not coming


class Account:
    """A bot's account on the scripted homeserver, whose memory is in `folder`."""

    def __init__(self, server: Scripted, folder: Path, **more: Any) -> None:
        who = {"homeserver": server.url, "username": BOT, "password": "hush", "device_id": DEVICE, **more}
        self.store = Store(folder / "store.sqlite")
        self.store.handled_until("s0")
        self.news: queue.SimpleQueue[News] = queue.SimpleQueue()
        self.later = 0.0
        """Seconds by which its clock is ahead."""
        self.waited: list[float] = []
        """The pauses it has made, in seconds; none of them takes any time."""
        self.connection = Connection(identity(who, []), self.store, folder, self.news.put, self.clock, self.wait)

    def clock(self) -> float:
        return time.time() + self.later

    async def wait(self, seconds: float) -> None:
        self.waited.append(seconds)

    def start(self) -> None:
        self.connection.start()

    def next(self) -> News:
        return self.news.get(timeout=PATIENCE)

    def close(self) -> None:
        self.connection.stop()
        self.store.close()


Make = Callable[..., Account]


def said(text: str, event_id: str = "$1") -> dict[str, Any]:
    """What a sync brings when somebody says something in the room."""
    event = {
        "type": "m.room.message",
        "event_id": event_id,
        "sender": "@ann:chat.example",
        "origin_server_ts": int(time.time() * 1000),
        "content": {"msgtype": "m.text", "body": text},
    }
    return {"rooms": {"join": {ROOM: {"timeline": {"events": [event], "limited": False, "prev_batch": "p"}}}}}


def connected(server: Scripted, account: Account) -> None:
    """Begin a session that has listened before."""
    server.answer("GET sync", sync("s1"))
    account.start()
    assert account.next() == Connected() and account.next() == Done("s1")


def invited(room: str, person: str, direct: bool = False) -> dict[str, Any]:
    """What a sync brings when somebody invites the bot."""
    content = {"membership": "invite", "is_direct": direct}
    state = {"type": "m.room.member", "sender": person, "state_key": BOT, "content": content}
    return {"rooms": {"invite": {room: {"invite_state": {"events": [state]}}}}}
