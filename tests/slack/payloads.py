"""What Slack tells an app of clicks, forms and slash commands, as docs.slack.dev describes it ("Interaction payloads",
"Implementing slash commands") and others have recorded it."""

from __future__ import annotations

import itertools
from typing import Any

Payload = dict[str, Any]
count = itertools.count(1)


def common(user: str, team: str) -> Payload:
    number = next(count)
    return {
        "team": {"id": team, "domain": "acme"},
        "user": {"id": user, "username": user.lower(), "name": user.lower(), "team_id": team},
        "api_app_id": "A0INBOX01",
        "token": "not-to-be-trusted",
        "trigger_id": f"{number}.2.{number:032x}",
        "enterprise": None,
        "is_enterprise_install": False,
    }


def element_action(element: Payload, value: str | None = None) -> Payload:
    """What a payload tells of a click on an element: of a menu, the option with this value was chosen."""
    about = {key: element[key] for key in ("type", "action_id")} | {"block_id": "b1", "action_ts": "1795435300.000001"}
    if element["type"] == "button":
        return about | {"text": element["text"], "value": element["value"]}
    options = element.get("options") or [one for group in element["option_groups"] for one in group["options"]]
    [chosen] = [one for one in options if value in (one["value"], one["text"]["text"])]
    return about | {"selected_option": chosen, "placeholder": element["placeholder"]}


def clicked(
    user: str, channel: str, action: Payload, *, message: Payload | None = None, team: str = "T1", address: str = ""
) -> Payload:
    """A click on a message; `address` is where it may be answered."""
    there = {"type": "message", "ts": "1795435200.000001", "text": "…"} | (message or {})
    container = {"type": "message", "message_ts": there["ts"], "channel_id": channel, "is_ephemeral": False}
    if "thread_ts" in there:
        container["thread_ts"] = there["thread_ts"]
    return common(user, team) | {
        "type": "block_actions",
        "container": container,
        "channel": {"id": channel, "name": "support"},
        "message": there,
        "state": {"values": {}},
        "response_url": address,
        "actions": [action],
    }


def clicked_in_view(user: str, view: Payload, action: Payload, team: str = "T1") -> Payload:
    """A click in a window or in the App Home; `view` is as Slack knows it, with its `id`."""
    container = {"type": "view", "view_id": view["id"]}
    return common(user, team) | {"type": "block_actions", "container": container, "view": view, "actions": [action]}


def submitted(user: str, view: Payload, written: str, team: str = "T1") -> Payload:
    """A form that was sent off with this in its field."""
    [field] = [block for block in view["blocks"] if block["type"] == "input"]
    state = {field["block_id"]: {field["element"]["action_id"]: {"type": "plain_text_input", "value": written}}}
    return common(user, team) | {
        "type": "view_submission",
        "view": view | {"state": {"values": state}, "hash": "1.x"},
        "response_urls": [],
    }


def slash(user: str, channel: str, text: str, team: str = "T1", address: str = "", command: str = "/inbox") -> Payload:
    """A slash command, whose fields are all texts."""
    return {
        "token": "not-to-be-trusted",
        "team_id": team,
        "team_domain": "acme",
        "channel_id": channel,
        "channel_name": "support",
        "user_id": user,
        "user_name": user.lower(),
        "command": command,
        "text": text,
        "api_app_id": "A0INBOX01",
        "is_enterprise_install": "false",
        "response_url": address,
        "trigger_id": common(user, team)["trigger_id"],
    }
