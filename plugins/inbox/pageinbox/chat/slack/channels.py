"""Which channel has a name: one look at a workspace's channels answers for all names that are asked for.

slackv3 goes through all channels for each name (seen in 0.3.2). Of thousands Slack gives a part at a time, about twenty
times a minute (reference of `conversations.list`), so that hundreds of watches in the settings would take an hour.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from pageinbox.chat.slack.parts import PARTS, following

PAGE, TYPES = 1000, "public_channel,private_channel,mpim,im"
"""How many channels Slack gives at a time, and of which kinds, as slackv3 asks for them."""

KEPT = 300.0
"""Seconds for which a name is taken to mean the channel it meant: it may be given to another one."""


class Channels:
    """What slackv3 calls to find a channel. `clock` gives seconds that never go back."""

    def __init__(self, client: Any, clock: Callable[[], float] = time.monotonic) -> None:
        self.client = client
        self._clock = clock
        self._ids: dict[str, str] = {}
        self._cursor: str | None = None
        """Where the look goes on; empty at its end."""
        self._until = float("-inf")
        self._looking = threading.Lock()

    def __call__(self, name: str) -> str:
        """The id of the channel with this name. Raises LookupError, and what slack_sdk raises."""
        wanted = name.removeprefix("#")
        with self._looking:
            if self._clock() >= self._until:
                self._ids, self._cursor, self._until = {}, None, self._clock() + KEPT
            for _ in range(PARTS):
                if wanted in self._ids or self._cursor == "":
                    break
                answer = self.client.conversations_list(cursor=self._cursor, limit=PAGE, types=TYPES)
                for channel in answer.get("channels") or []:
                    if "name" in channel:
                        self._ids.setdefault(channel["name"], channel["id"])
                self._cursor = following(answer)
            else:
                self._cursor = ""
            if wanted not in self._ids:
                raise LookupError(f"Slack knows no channel {name}")
            return self._ids[wanted]


def find_channels_at_once(bot: Any) -> None:
    """Let the bot look for channels so. To be called whenever it has connected, with which it gets a new client."""
    known = bot.channelname_to_channelid
    if bot.slack_web is not None and not (isinstance(known, Channels) and known.client is bot.slack_web):
        bot.channelname_to_channelid = Channels(bot.slack_web)
