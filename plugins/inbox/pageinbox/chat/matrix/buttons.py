"""What people can click on below an announcement: reactions of the bot's own, put there after it has arrived.

Each is an event to the homeserver, which allows only so many (Client-Server API, "Rate limiting"). So they are put
there behind what is to be said, and left out where that would be late; reactions that people add mean the same.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from functools import partial

from pageinbox.chat.in_turn import InTurn
from pageinbox.chat.reactions import Sign
from pageinbox.model.chat import ChatError
from pageinbox.model.logged import nobody_named

log = logging.getLogger(__name__)

MOST = 50
"""Announcements that wait for their reactions; older ones go without."""

YIELDING = 2
"""How many times longer than the server asks for a reaction is put off: what is to be said goes first."""

PATIENCE = 120.0
"""Seconds for which the reactions below one announcement are put off in all."""


class Buttons:
    """Puts reactions below messages, in the background.

    `react` puts one there, by room, message and emoji, or raises ChatError; `sleep` waits for some seconds.
    """

    def __init__(self, react: Callable[[str, str, str], None], sleep: Callable[[float], None]) -> None:
        self._react = react
        self._sleep = sleep
        self._turns = InTurn("inbox-buttons", MOST)

    def put(self, room: str, receipt: str, signs: Sequence[Sign]) -> None:
        """Put these signs below a message in their order, some time later, or as many of them as can be had."""
        if signs:
            self._turns.do(partial(self._put, room, receipt, [sign.emoji for sign in signs]))

    def _put(self, room: str, receipt: str, emojis: list[str]) -> None:
        left = PATIENCE
        while emojis:
            try:
                self._react(room, receipt, emojis[0])
            except ChatError as error:
                wait = YIELDING * error.retry_after
                if not 0 < wait <= left:
                    where, why = nobody_named(room), nobody_named(error)
                    log.info("An announcement in %s goes without %s reactions: %s", where, len(emojis), why)
                    return
                self._sleep(wait)
                left -= wait
            else:
                del emojis[0]
