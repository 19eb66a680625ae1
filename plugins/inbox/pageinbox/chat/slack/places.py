"""Which of Slack's channels is meant by the name of a room or a person."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from errbot.backends.base import Room, RoomOccupant

from pageinbox.chat.errbot.incoming import identified
from pageinbox.chat.slack.calls import Calls
from pageinbox.chat.slack.people import Call
from pageinbox.chat.slack.refusal import PAUSE, UNREAD
from pageinbox.chat.slack.turns import SPACING
from pageinbox.model.chat import ChatError

LONGEST = 10.0
"""Seconds an announcement waits for its channel to be found; longer would hold up others."""

ID = re.compile(r"(?:<[#@])?([CDGUW][A-Z0-9]+)(?:\|[^>]*)?>?")
"""A channel or person as Errbot or Slack writes it: `<#C…>`, `<#C…|name>`, `<@U…>`, `U…`."""


class Places:
    """Finds channels through `bot`. `clock` tells seconds that never go back."""

    def __init__(self, bot: Any, calls: Calls, clock: Callable[[], float]) -> None:
        self._bot = bot
        self._calls = calls
        self._clock = clock
        self._opened: dict[str, str] = {}
        """The channel of the direct messages with a person, by the person's id."""

    def channel(self, room: str) -> str:
        """The id of a room's channel, by its name or that of a person. Raises ChatError."""
        if not (match := ID.fullmatch(room)):
            begun = self._clock()
            found = self.channel_of(identified(self._bot, room), self._calls.once)
            # The bot's own client waits where Slack asks it to; slackv3 knows it now.
            if self._clock() - begun > LONGEST:
                raise ChatError(PAUSE, SPACING)
            return found
        return self._with(match[1], self._calls.once) if match[1][0] in "UW" else match[1]

    def channel_of(self, identifier: Any, call: Call) -> str:
        """The id of the channel of a room or person of slackv3's."""
        if isinstance(identifier, Room):
            return str(identifier.id)
        if isinstance(identifier, RoomOccupant) or not identifier.channelid:
            return self._with(identifier.userid, call)
        return str(identifier.channelid)

    def _with(self, person: str, call: Call) -> str:
        """The id of the channel of direct messages with a person."""
        if person not in self._opened:
            answer = call("conversations_open", users=person)
            if not (channel := (answer.get("channel") or {}).get("id")):
                raise ChatError(UNREAD)
            self._opened[person] = str(channel)
        return self._opened[person]
