"""What Slack lets the bot do, and where it may write: asked, not tried."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from pageinbox.chat.slack.people import told_of
from pageinbox.chat.slack.places import ID
from pageinbox.chat.slack.refusal import PAUSED, Refused, meaning
from pageinbox.model.chat import ChatError
from pageinbox.model.checkup import ChatFailed, Reached, Scopes, Unreached, Unseen
from pageinbox.model.finding import Finding, State, good, unknown

NEEDED = (
    "channels:history",
    "channels:read",
    "chat:write",
    "commands",
    "files:write",
    "groups:history",
    "groups:read",
    "im:history",
    "im:read",
    "im:write",
    "mpim:read",
    "reactions:read",
    "team:read",
    "usergroups:read",
    "users:read",
)
"""The scopes of the manifests in docs/slack.md, which says what each is for."""

MOST = 20
"""Channels and people that are looked at; Slack answers about fifty such questions a minute, all that the bot has."""

PEOPLE = "Slack says that of people only when I write to them"
GONE = f"{meaning('user_disabled', '')}; end the watch, or set it up where somebody reads it"
ENOUGH = f"I look at {MOST} channels and people at a time, so as not to use up what Slack allows"
Call = Callable[..., dict[str, Any]]


def scopes(ask: Callable[[], frozenset[str] | None]) -> Finding:
    """Which scopes the bot's token has; `ask` raises ChatError."""
    try:
        there = ask()
    except Refused as error:
        return Finding(State.UNKNOWN if error.code in PAUSED else State.ATTENTION, ChatFailed(str(error)))
    except ChatError as error:
        return unknown(ChatFailed(str(error)))
    if there is None:
        return unknown(ChatFailed("Slack doesn't say which scopes my app has"))
    lacking = tuple(scope for scope in NEEDED if scope not in there)
    return good(Scopes("Slack", tuple(scope for scope in NEEDED if scope in there), lacking), unless=bool(lacking))


def rooms(names: Sequence[str], channel: Callable[[str], str], call: Call) -> list[Finding]:
    """Whether the bot may write in rooms; `channel` gives a room's id, and raises ChatError as `call` does."""
    found, unseen, lost, asked = list[Finding](), dict[str, list[str]](), "", 0
    for name in names:
        person = known[1] if (known := ID.fullmatch(name)) is not None and known[1][0] in "UW" else ""
        why = lost or (ENOUGH if asked == MOST else "")
        if not why:
            asked += 1
            try:
                if not person:
                    found.append(room(name, channel, call))
                    continue
                if told_of(call, person).get("deleted"):  # what is said to them goes nowhere, and without a word
                    found.append(Finding(State.ATTENTION, Unreached(name, GONE)))
                    continue
                why = PEOPLE
            except ChatError as error:  # it would be the same of the others
                why = lost = str(error)
        unseen.setdefault(why, []).append(name)
    return [*found, *(unknown(Unseen(tuple(those), why)) for why, those in unseen.items())]


def room(name: str, channel: Callable[[str], str], call: Call) -> Finding:
    """Whether the bot may write in one channel. Raises ChatError where Slack doesn't answer."""
    try:
        told = call("conversations_info", channel=channel(name)).get("channel") or {}
    except Refused as error:
        if error.code in PAUSED:
            raise
        return Finding(State.ATTENTION, Unreached(name, str(error)))
    if told.get("is_archived"):
        return Finding(State.ATTENTION, Unreached(name, meaning("is_archived", "")))
    if told.get("is_member") is False:
        return Finding(State.ATTENTION, Unreached(name, meaning("not_in_channel", "")))
    if told.get("is_member") or told.get("is_im"):
        return good(Reached(name))
    return unknown(Unseen((name,), "Slack doesn't say"))
