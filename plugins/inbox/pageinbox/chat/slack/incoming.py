"""What Slack delivers when somebody writes: perhaps more than once, and not quite as it was typed."""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from itertools import count
from typing import Any

REMEMBERED = 1000
"""Messages, clicks and reactions; Slack delivers one again at once, after a minute and after five."""

DELIVERY = "inbox_delivery"
"""What an event is given as it arrives, another number each time: Errbot may have to be told of it twice, see `begun`,
where Slack delivered it once."""

deliveries = count(1)

ESCAPED = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))


class Heard:
    """What was acted on already: messages, clicks, reactions. Safe for several threads."""

    def __init__(self) -> None:
        self._messages: OrderedDict[tuple[str, ...], int | None] = OrderedDict()
        self._lock = threading.Lock()

    def before(self, event: dict[str, Any]) -> bool:
        """Whether the message of this event was met in another delivery, or is one that was edited; now it was.

        Slack delivers an event again when it was not acknowledged within three seconds, and tells of every edit, which
        slackv3 hands on like a new message.
        """
        if event.get("subtype") == "message_changed":
            return True
        return self.met(str(event.get("channel")), str(event.get("ts")), delivery=event.get(DELIVERY))

    def met(self, *key: str, delivery: int | None = None) -> bool:
        """Whether what has this key was met before, but in this `delivery`; from now on it was."""
        with self._lock:
            if key in self._messages:
                return delivery is None or self._messages[key] != delivery
            self._messages[key] = delivery
            if len(self._messages) > REMEMBERED:
                self._messages.popitem(last=False)
        return False


def called(bot: Any) -> tuple[str, ...]:
    """What a message begins with that is meant for `bot`, once it is connected: `<@U…>`, and its name with a colon."""
    name = bot.auth["user"]
    return f"<@{bot.bot_identifier.userid}>", f"@{name}", f"{name}:", f"{name},"


def replied(event: dict[str, Any]) -> tuple[str, ...]:
    """The `ts` of the message in whose thread the message of an event is; nothing outside of threads."""
    root = event.get("thread_ts")
    return (str(root),) if root and root != event.get("ts") else ()


LABELLED = re.compile(r"<@([A-Z0-9]+)\|[^<>]*>")


def whole(event: dict[str, Any]) -> dict[str, Any]:
    """The event of a message as slackv3 expects it: with a text, and mentions by id alone; and a number of our own.

    Messages of apps may have the text `null`, and in some `<@U…|name>` is how people are mentioned.
    """
    return event | {"text": LABELLED.sub(r"<@\1>", event.get("text") or ""), DELIVERY: next(deliveries)}


LINKED = re.compile(r"<(?![@#!])([^<>|]+)(?:\|([^<>]+))?>")
"""How Slack writes what it has taken for an address: `<http://acme.example|acme.example>`, `<mailto:ann@…|ann@…>`."""

MENTIONED = re.compile(r"<(?:@|!subteam\^|!(?=[a-z]))([A-Za-z0-9]+)(?:\|[^<>]*)?>")
"""How Slack writes whom a text mentions: `<@U…>`, `<!subteam^S…|@team>`, `<!here>`."""


def typed(text: str) -> str:
    """What a person typed: Slack escapes three characters in the text of every event, and writes mentions by id.

    Those become `@U…`, `@S…` and `@here`. What Slack has made a link is words again; slackv3 does that for messages,
    and nobody for slash commands.
    """
    text = MENTIONED.sub(r"@\1", LINKED.sub(lambda found: found[2] or found[1].removeprefix("mailto:"), text))
    for escaped, char in ESCAPED:
        text = text.replace(escaped, char)
    return text
