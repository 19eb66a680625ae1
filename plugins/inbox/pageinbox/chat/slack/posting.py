"""One message in a channel: sent in its turn, and once more in another way where Slack finds fault with it."""

from __future__ import annotations

import logging
import re
from typing import Any

from pageinbox.chat.slack import content as slack
from pageinbox.chat.slack.calls import Calls
from pageinbox.chat.slack.refusal import FAULTY, PAUSED, THREADLESS, Refused
from pageinbox.chat.slack.turns import Turns
from pageinbox.chat.slack.whisper import INERT
from pageinbox.model.chat import ChatDoubt

log = logging.getLogger(__name__)

PATIENCE = 5.0
"""Seconds an announcement waits for a pause to end; longer would hold up others."""

RECEIPT = re.compile(r"\d+\.\d+")


def posted(
    calls: Calls, turns: Turns, channel: str, message: slack.Message, *, under: str, patience: float, **more: Any
) -> str:
    """Send a message, in the thread `under` if that is not empty, and give its `ts`.

    `patience` are the seconds to wait for pauses to end, `more` goes with the message. It is sent once more as plain
    text where Slack finds fault with its blocks, and outside a thread that is gone. Raises Refused, ChatError and
    ChatDoubt.
    """
    arguments: dict[str, Any] = {"channel": channel, **message, **INERT, **more}
    if under:
        arguments["thread_ts"] = under
    while True:
        patience -= turns.expect(channel, patience)
        try:
            answer = turns.take(channel, lambda: calls.once("chat_postMessage", **arguments))
        except Refused as refusal:
            if refusal.code in PAUSED:
                turns.hold(channel, refusal.retry_after)
                if patience <= PATIENCE:
                    raise
            elif refusal.code in FAULTY and "blocks" in arguments:
                log.warning("Slack rejected a message's blocks (%s); it gets the text instead", refusal.code)
                del arguments["blocks"]
                arguments["text"] = slack.whole(message)
            elif refusal.code in THREADLESS and "thread_ts" in arguments:
                del arguments["thread_ts"]
            else:
                raise
        else:
            receipt = str(answer.get("ts"))
            if not RECEIPT.fullmatch(receipt):
                raise ChatDoubt("Slack gave no receipt")
            return receipt
