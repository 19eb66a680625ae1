"""A person of the team, on plain requests: what they do happens in the emulator, and the bot is told of it."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import requests

from tests.slack.emulator import BOT_USER, token_of
from tests.slack.gateway import PATIENCE, TEAM_ID, Gateway, channel_type
from tests.slack.payloads import clicked, element_action, slash


class Human:
    """Somebody with an account. `gateway` is where the bot gets its events from."""

    def __init__(self, name: str, emulator: str, gateway: Gateway) -> None:
        self.name = name
        self._emulator = emulator
        self._gateway = gateway
        self.id: str = self.api("auth.test")["user_id"]

    def api(self, method: str, **arguments: object) -> dict[str, Any]:
        """One call with this person's token. Raises AssertionError when Slack refuses it."""
        form = {key: value if isinstance(value, str) else json.dumps(value) for key, value in arguments.items()}
        headers = {"Authorization": f"Bearer {token_of(self.name)}"}
        response = requests.post(f"{self._emulator}/api/{method}", data=form, headers=headers, timeout=PATIENCE)
        answer: dict[str, Any] = response.json()
        assert answer["ok"], f"{method} of {self.name}: {answer}"
        return answer

    def make(self, channel: str, *people: Human, private: bool = False, invite: bool = True) -> str:
        """Make a channel with the bot (`invite`) and these people in it, and give its id."""
        made: str = self.api("conversations.create", name=channel, is_private=private)["channel"]["id"]
        if guests := [BOT_USER] * invite + [person.id for person in people]:
            self.api("conversations.invite", channel=made, users=",".join(guests))
        return made

    def direct(self) -> str:
        """The id of the direct channel with the bot."""
        opened: str = self.api("conversations.open", users=BOT_USER)["channel"]["id"]
        return opened

    def say(self, channel: str, text: str, thread: str = "", wire: str = "") -> dict[str, Any]:
        """Write in a channel, below the message `thread` if given, and give the event the bot was told of.

        `wire` is the text as Slack tells it to bots, where that is not just `text` escaped.
        """
        below = {"thread_ts": thread} if thread else {}
        ts = self.api("chat.postMessage", channel=channel, text=text, **below)["ts"]
        event = {
            "type": "message",
            "user": self.id,
            "text": wire or escape(text, quote=False),
            "ts": ts,
            "event_ts": ts,
            "channel": channel,
            "channel_type": channel_type(channel),
            "client_msg_id": f"{self.name}-{ts}",
            **below,
        }
        self._gateway.deliver(event, event_id=f"Ev{ts}")
        return event

    def again(self, event: dict[str, Any]) -> None:
        """Slack tells the bot once more of something, since it did not notice that the bot had understood."""
        self._gateway.deliver(event, event_id=f"Ev{event['ts']}", attempt=1)

    def edit(self, event: dict[str, Any], text: str) -> None:
        """Change what was said."""
        channel, ts = event["channel"], event["ts"]
        edited = self.api("chat.update", channel=channel, ts=ts, text=text)["message"]["edited"]["ts"]
        before = {key: event[key] for key in ("type", "user", "text", "ts", "client_msg_id")}
        self._gateway.deliver({
            "type": "message",
            "subtype": "message_changed",
            "channel": channel,
            "channel_type": event["channel_type"],
            "message": before | {"text": escape(text, quote=False), "edited": {"user": self.id, "ts": edited}},
            "previous_message": before,
            "ts": edited,
            "event_ts": edited,
        })  # fmt: skip

    def trigger(self) -> str:
        """What lets the bot open a window for this person, once."""
        triggered: str = self.api("views.generateTriggerId", user_id=self.id)["trigger_id"]
        return triggered

    def click(self, channel: str, ts: str, blocks: Sequence[Mapping[str, Any]], label: str, choice: str = "") -> None:
        """Click on what `label` stands on below a message with these blocks; in a menu, choose what reads `choice`."""
        [element] = [
            one
            for block in blocks
            if block["type"] == "actions"
            for one in block["elements"]
            if (one.get("text") or one["placeholder"])["text"] == label
        ]
        action = element_action(element, choice)
        self.does(clicked(self.id, channel, action, message={"ts": ts, "blocks": blocks}, team=TEAM_ID))

    def slash(self, channel: str, text: str, address: str = "") -> None:
        """Give the slash command with this text behind it."""
        self.does(slash(self.id, channel, text, team=TEAM_ID, address=address))

    def does(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Anything else that Slack tells the bot of; what the bot acknowledged it with."""
        return self._gateway.interact(payload | {"trigger_id": self.trigger()})

    def react(self, channel: str, ts: str, name: str, *, back: bool = False) -> dict[str, Any]:
        """React to a message of the bot's, or take that back, and give the event the bot was told of."""
        at = f"{time.time():.6f}"
        event = {
            "type": "reaction_removed" if back else "reaction_added",
            "user": self.id,
            "reaction": name,
            "item": {"type": "message", "channel": channel, "ts": ts},
            "item_user": BOT_USER,
            "event_ts": at,
        }
        self._gateway.deliver(event, event_id=f"Ev{at}")
        return event

    def history(self, channel: str) -> list[dict[str, Any]]:
        """What stands in the channel, oldest first, without what stands in threads."""
        return list(reversed(self.api("conversations.history", channel=channel, limit=1000)["messages"]))

    def thread(self, channel: str, ts: str) -> list[dict[str, Any]]:
        """A message and what stands below it."""
        messages: list[dict[str, Any]] = self.api("conversations.replies", channel=channel, ts=ts)["messages"]
        return messages
