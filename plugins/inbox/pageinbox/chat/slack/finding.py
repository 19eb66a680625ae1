"""Whether a message is there whose arrival is in doubt: each has a key in its metadata, which only apps see."""

from __future__ import annotations

from typing import Any

from pageinbox.chat.slack.parts import following, parts
from pageinbox.chat.slack.people import Call
from pageinbox.chat.slack.refusal import PAUSED, THREADLESS, UNREAD, Refused
from pageinbox.model.chat import ChatError, Doubt

EVENT = "err_inbox_announcement"
PAGE = 200
"""How many messages Slack gives at a time."""

SHOWN_LATE = 10.0
"""Seconds for which a message that Slack took may be missing from its history, as others found who looked at once."""


def marked(key: str) -> dict[str, Any]:
    """The metadata of a message with this key."""
    return {"event_type": EVENT, "event_payload": {"key": key}}


def found(call: Call, key: str, under: str, place: dict[str, str]) -> str | Doubt | None:
    """The `ts` of the message with this key, in a thread or in the channel; open where there is too much.

    `place` is the channel, and since when. Raises Refused and ChatError.
    """
    method, where = ("conversations_replies", place | {"ts": under}) if under else ("conversations_history", place)
    answer: dict[str, Any] = {}
    try:
        for answer in parts(call, method, **where, limit=PAGE, include_all_metadata=True):
            if not isinstance(messages := answer.get("messages"), list):
                raise ChatError(UNREAD)
            for message in messages:
                about = message.get("metadata") or {}
                if about.get("event_type") == EVENT and (about.get("event_payload") or {}).get("key") == key:
                    return str(message["ts"])
    except Refused as refusal:
        if under and refusal.code in THREADLESS:
            return None
        if answer and refusal.code in PAUSED:  # some apps may ask once a minute, and begin anew each time
            return Doubt.OPEN
        raise
    return Doubt.OPEN if answer.get("has_more") or following(answer) else None
