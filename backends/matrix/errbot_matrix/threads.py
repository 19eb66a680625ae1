"""Messages in threads: each names the latest known one before it as what it answers. Runs in the event loop.

Clients without threads show that relation alone, as a reply: Matrix client-server API v1.11, "Threading".
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from errbot.backends.base import RoomError

from errbot_matrix.homeserver import Homeserver, quoted
from errbot_matrix.messages import in_thread, relation, thread_of
from errbot_matrix.timeline import Timeline

KEPT = 1000
"""How many threads are remembered; of another one the server is asked."""


class Threads:
    """Sends messages, and knows the latest of each thread."""

    def __init__(self, homeserver: Homeserver, timeline: Timeline) -> None:
        self._homeserver = homeserver
        self._timeline = timeline
        self._latest: OrderedDict[tuple[str, str], str] = OrderedDict()

    def note(self, room: str, event_id: str, content: Mapping[str, Any]) -> None:
        """An event is in a room: the latest of its thread, if it is in one."""
        if root := thread_of(content):
            self._latest[room, root] = event_id
            self._latest.move_to_end((room, root))
            if len(self._latest) > KEPT:
                self._latest.popitem(last=False)

    async def send(self, room: str, content: dict[str, Any], key: str = "") -> str:
        """Send an m.room.message; see `Timeline.send`. What it answers, in a thread, is filled in."""
        root = thread_of(content)
        before = self._latest.get((room, root))
        if root and relation(content).get("is_falling_back"):
            content = {**content, "m.relates_to": in_thread(root, before or await self._ask(room, root))}
        sent = await self._timeline.send(room, "m.room.message", content, key)
        if self._latest.get((room, root)) == before:  # else a sync was quicker, which tells in order what came when
            self.note(room, sent, content)
        return sent

    async def _ask(self, room: str, root: str) -> str:
        path = f"/v1/rooms/{quoted(room)}/relations/{quoted(root)}/m.thread?limit=1"
        try:
            newest = (await self._homeserver.call("GET", path)).get("chunk")
        except (RoomError, ConnectionError):
            return root  # no reason not to send it
        return str(newest[0]["event_id"]) if newest else root
