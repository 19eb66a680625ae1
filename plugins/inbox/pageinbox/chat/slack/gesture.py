"""What somebody did in Slack besides writing a message: a click, a form, a slash command, a look at the App Home.

Payloads are those of https://docs.slack.dev/reference/interaction-payloads and
https://docs.slack.dev/interactivity/implementing-slash-commands. The addresses to answer at (`response_url`) and what
opens a window (`trigger_id`) are secrets: they stand in no `repr`, and so in no log.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from errbot.backends.base import Message

from pageinbox.chat.slack.fallback import escaped
from pageinbox.chat.slack.hearing import Lookups
from pageinbox.chat.slack.offers import COMMAND, PUBLIC, clicked, word_of

IN_CHANNEL = re.compile(r"(?:^|\s)in[ -]channel[.!]?\s*$", re.IGNORECASE)
"""How a slash command ends whose answer everybody in the channel is to see."""

SLASH = "/inbox"
"""How the slash commands begin that are ours; a workspace may want another name, as `/inbox-acme`."""

FORM = "inbox:form"
"""The `callback_id` of our forms, and the ids of the one field in each."""


@dataclass(frozen=True, slots=True)
class Gesture:
    """Who did it, where, and the command it means, without the bot's prefix; empty for nothing we know.

    `origin` are the ids of where it came from: the workspace, and the organization if that is part of one. `channel`
    is empty where there is none, as in a window or the App Home. `thread` is the `ts` of the message whose thread it
    was in. `view` is the id of the window it was done in, `home` says that it was the App Home, `slash` that it was
    typed as a slash command, `form` that it was completed in one of our forms, `public` that everybody in the channel
    is to see the answer, and `alone` that nobody else there sees what it is about. `trigger` opens a window, once,
    within three seconds; at `address` Slack takes answers for half an hour.
    """

    user: str
    origin: frozenset[str]
    command: str
    channel: str = ""
    thread: str = ""
    view: str = ""
    home: bool = False
    slash: bool = False
    form: bool = False
    public: bool = False
    alone: bool = False
    trigger: str = field(default="", repr=False)
    address: str = field(default="", repr=False)


def gesture(payload: Mapping[str, Any]) -> Gesture | None:
    """What a payload tells of, or None where it is of a kind we know nothing of. Raises ValueError for a broken one."""
    try:
        if "command" in payload:
            return slash(payload) if ours(payload) else None
        match payload.get("type"):
            case "block_actions":
                return click(payload)
            case "view_submission":
                return submission(payload)
    except (KeyError, TypeError, AttributeError, IndexError) as error:
        raise ValueError(f"a payload without {type(error).__name__}") from None
    return None


def ours(payload: Mapping[str, Any]) -> bool:
    """Whether a payload is about something of ours, and nothing of another plugin's."""
    match payload:
        case {"command": str(command)}:
            return command.startswith(SLASH)
        case {"actions": [{"action_id": str(id)}, *_]}:
            return id.startswith("inbox:")
        case {"view": {"callback_id": str(id)}}:
            return id == FORM
    return False


def slash(payload: Mapping[str, Any]) -> Gesture:
    words = str(payload.get("text") or "").strip()
    public, direct = IN_CHANNEL.search(words), str(payload["channel_id"])[:1] == "D"
    return Gesture(
        user=str(payload["user_id"]),
        origin=ids(payload["team_id"], payload.get("enterprise_id")),
        command=f"inbox {words[: public.start()] if public else words}".strip(),
        channel=str(payload["channel_id"]),
        slash=True,
        # It may be the direct chat of two people, of whom the other is not to read what this one may see alone.
        public=public is not None and not direct,
        alone=public is None and not direct,
        trigger=str(payload.get("trigger_id") or ""),
        address=str(payload.get("response_url") or ""),
    )


def click(payload: Mapping[str, Any]) -> Gesture:
    command = clicked(payload["actions"][0])
    container, view = payload.get("container") or {}, payload.get("view") or {}
    return Gesture(
        user=str(payload["user"]["id"]),
        origin=origin_of(payload),
        command=command,
        channel=str((payload.get("channel") or {}).get("id") or container.get("channel_id") or ""),
        thread=str(container.get("thread_ts") or (payload.get("message") or {}).get("thread_ts") or ""),
        view=str(view.get("id") or ""),
        home=view.get("type") == "home",
        public=word_of(command) in PUBLIC and bool(container.get("channel_id")) and not container.get("is_ephemeral"),
        alone=container.get("is_ephemeral") is True,
        trigger=str(payload.get("trigger_id") or ""),
        address=str(payload.get("response_url") or ""),
    )


def submission(payload: Mapping[str, Any]) -> Gesture | None:
    """A form that was sent off: the command that it completes, with what was written there."""
    view = payload["view"]
    if view.get("callback_id") != FORM:
        return None
    about = json.loads(view["private_metadata"])
    base, written = str(about["command"]), view["state"]["values"][FORM][FORM].get("value") or ""
    return Gesture(
        user=str(payload["user"]["id"]),
        origin=origin_of(payload),
        command=f"{base} {' '.join(str(written).split())}".strip() if COMMAND.fullmatch(base) else "",
        channel=str(about.get("channel") or ""),
        thread=str(about.get("thread") or ""),
        view=str(view["id"]),
        form=True,
        trigger=str(payload.get("trigger_id") or ""),
    )


def origin_of(payload: Mapping[str, Any]) -> frozenset[str]:
    """The workspace, and the organization, which is all that Slack names of an app that is installed there as a whole.

    Somebody of another company sends off a form in their own workspace; the view tells for which app's it is.
    """
    team, view = payload.get("team") or {}, payload.get("view") or {}
    return ids(view.get("app_installed_team_id") or team.get("id"), (payload.get("enterprise") or {}).get("id"))


def ids(*found: Any) -> frozenset[str]:
    return frozenset(str(id) for id in found if id)


def message_of(bot: Any, done: Gesture) -> Message:
    """The message of Errbot's by which the same person would have given the command in the same place.

    It is made as slackv3 makes one (0.3.2), and nobody's lookup can fail: what Slack doesn't tell has an id alone.
    """
    from slackv3.person import SlackPerson
    from slackv3.room import SlackRoom, SlackRoomOccupant

    client = Lookups(bot.slack_web)
    text = done.command if done.slash else escaped(done.command)  # Slack writes mentions by id in slash commands
    event = {"user": done.user, "channel": done.channel, "text": text, "ts": ""}
    event |= {"thread_ts": done.thread} if done.thread else {}
    message = Message(text, extras={"slack_event": event})
    if done.channel and done.channel[0] in "CG":
        message.frm = SlackRoomOccupant(client, done.user, done.channel, bot=bot)
        message.to = SlackRoom(client, channelid=done.channel, bot=bot)
    else:
        message.frm = message.to = SlackPerson(client, done.user, done.channel or None)
    return message
