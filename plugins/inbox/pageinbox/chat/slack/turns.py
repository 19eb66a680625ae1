"""Whose turn it is to write in a channel, which Slack wants to be done slowly."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from pageinbox.chat.slack.refusal import PAUSE
from pageinbox.model.chat import ChatError

SPACING = 1.0
"""Seconds from the end of one message to the next in a channel: https://docs.slack.dev/apis/web-api/rate-limits"""

SLOW = "Slack is still busy with other messages for that channel"


class Turns:
    """Who may write in a channel: one after the other, as they came, and no message sooner than Slack wants it."""

    def __init__(self, clock: Callable[[], float], sleep: Callable[[float], None]) -> None:
        self._clock = clock
        self._sleep = sleep
        self._changed = threading.Condition()
        self._waiting: dict[str, deque[object]] = {}
        self._held: dict[str, float] = {}
        """Until when nothing may be written in a channel."""

    @contextmanager
    def turn(self, channel: str, most: float | None = None) -> Iterator[None]:
        """Wait until nobody else writes there. Raises ChatError where that takes more than `most` seconds."""
        me, begun = object(), self._clock()
        with self._changed:
            queue = self._waiting.setdefault(channel, deque())
            queue.append(me)
        try:
            with self._changed:
                mine = self._changed.wait_for(lambda: queue[0] is me, most)
            if not mine or (most is not None and self._clock() - begun > most):
                raise ChatError(SLOW, SPACING)
            yield
        finally:
            with self._changed:
                queue.remove(me)
                if not queue:
                    del self._waiting[channel]
                self._changed.notify_all()

    def expect(self, channel: str, most: float) -> float:
        """The seconds until something may be written there. Raises ChatError where those are more than `most`."""
        wait = max(0.0, self._held.get(channel, 0.0) - self._clock())
        if wait > most:
            raise ChatError(PAUSE, wait)
        return wait

    def take(self, channel: str, write: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """Write as soon as that may be, and hold the next one back."""
        if (wait := self._held.get(channel, 0.0) - self._clock()) > 0:
            self._sleep(wait)
        try:
            return write()
        finally:
            self.hold(channel, SPACING)

    def hold(self, channel: str, seconds: float) -> None:
        """Let nothing be written there for so long."""
        now = self._clock()
        self._held = {each: until for each, until in self._held.items() if until > now}
        self._held[channel] = max(self._held.get(channel, 0.0), self._clock() + seconds)
