"""What is said to one person alone: in the channel they are in or, where Slack shows them nothing there, to them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from pageinbox.chat.slack import content as slack
from pageinbox.chat.slack.calls import Calls
from pageinbox.chat.slack.refusal import FAULTY, PAUSED, Refused

TAME: Mapping[str, Any] = {"link_names": False, "parse": "none"}
INERT: Mapping[str, Any] = {**TAME, "unfurl_links": False, "unfurl_media": False, "mrkdwn": False}
"""What messages are sent with besides; those that are shown to one person alone take none of it."""


def whisper(
    calls: Calls,
    parts: Sequence[slack.Message],
    *,
    channel: str,
    user: str,
    thread: str = "",
    otherwise: Callable[[], None] | None = None,
) -> None:
    """Say it in a channel to one person alone; without one, or where Slack refuses that, in their direct chat.

    `otherwise` is what to do instead of the latter. Raises ChatError, also when only the end did not arrive.
    """
    place = {"user": user, **({"thread_ts": thread} if thread else {}), **TAME}
    try:
        for part in parts:
            channel = channel or direct(calls, user)
            said(partial(calls.patiently, "chat_postEphemeral"), place | {"channel": channel}, part)
    except Refused as refusal:
        if refusal.code in PAUSED:
            raise
        if otherwise is not None:
            otherwise()
            return
        for part in parts:
            said(partial(calls.patiently, "chat_postMessage"), {"channel": direct(calls, user), **INERT}, part)


def direct(calls: Calls, user: str) -> str:
    """The channel of the direct chat with somebody."""
    return str(calls.patiently("conversations_open", users=user)["channel"]["id"])


def said(say: Callable[..., object], place: Mapping[str, Any], part: slack.Message) -> None:
    """Say a message, or its text alone where Slack finds fault with its blocks. Raises what `say` does."""
    try:
        say(**place, **part)
    except Refused as refusal:
        if refusal.code not in FAULTY:
            raise
        say(**place, text=slack.whole(part))
