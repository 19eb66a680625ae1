"""No command is lost because Slack would not tell who wrote it, or where.

slackv3 looks up the person, the team and the channel of each message before it tells Errbot of it, and drops the
message without a word when Slack answers anything else (seen in 0.3.2): `ratelimited`, `user_not_found` for people of
other workspaces in shared channels, `channel_not_found`, a scope that is missing. Their ids, by which access controls
know them, are in the message itself. Nor is one lost that comes while Errbot carries out an admin's, see `begun`.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from functools import partial
from typing import Any

from pageinbox.chat.errbot.threads import begun
from pageinbox.chat.slack.incoming import whole
from pageinbox.chat.slack.refusal import pause

log = logging.getLogger(__name__)

CHANGED = "channel_id_changed"
"""The event by which Slack tells that a private channel has got another id, since it is shared with a workspace."""

RETRIES, LONGEST = 3, 60
"""How often a call is made again that Slack puts off; it says for how long, and longer than so many seconds nobody who
asked something can wait."""


def hear_all(bot: Any, sleep: Callable[[float], object]) -> None:
    """Let the bot's client wait where Slack asks it to, and let no message get lost to a lookup or another command.

    `sleep` waits for some seconds. To be called whenever the bot has connected, with which it gets a new client; doing
    it again changes nothing.
    """
    if bot.slack_web is None:
        return
    wait_when_asked(bot.slack_web)
    if not isinstance(bot._handle_message, Hearing):
        bot._handle_message = Hearing(bot, bot._handle_message, sleep)


def follow_channels(bot: Any, changed: Callable[[str, str], None]) -> None:
    """Let `changed` be told the old and the new id of each channel that gets another one.

    slackv3 knows nothing of that event. To be called whenever the bot has connected, like `hear_all`.
    """
    bot._handle_channel_id_changed = lambda client, event: changed(event["old_channel_id"], event["new_channel_id"])
    if bot.slack_events is not None and not bot.slack_events.listeners(CHANGED):  # Socket Mode passes on every event
        bot.slack_events.on(CHANGED, bot._generic_wrapper)


def wait_when_asked(client: Any) -> None:
    """Let a client of slack_sdk make a call again that Slack put off, after the pause it asked for, if that is short.

    slackv3 hears commands in ten threads, and each would sleep for as long as Slack says.
    """
    from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler

    class Patient(RateLimitErrorRetryHandler):
        def _can_retry(self, *, response: Any = None, **about: Any) -> bool:
            put_off: bool = super()._can_retry(response=response, **about)
            return put_off and pause({name: told[0] for name, told in response.headers.items()}) <= LONGEST

    if not any(isinstance(handler, RateLimitErrorRetryHandler) for handler in client.retry_handlers):
        client.retry_handlers.append(Patient(max_retry_count=RETRIES))


class Hearing:
    """What slackv3 calls with each message: its own handler, with a client that is never at a loss."""

    def __init__(
        self, bot: Any, handle: Callable[[Any, dict[str, Any]], None], sleep: Callable[[float], object]
    ) -> None:
        self._bot = bot
        self._handle = handle
        self._sleep = sleep
        self._under_way: set[tuple[str, str]] = set()
        self._lock = threading.Lock()

    def __call__(self, client: Any, event: dict[str, Any]) -> None:
        """Handle the event of a message; one that is being handled already is a repeat, since that takes so long."""
        key = str(event.get("channel")), str(event.get("ts"))
        with self._lock:
            if key in self._under_way:
                return
            self._under_way.add(key)
        try:
            begun(self._bot, partial(self._handle, Lookups(client), whole(event)), self._sleep)
        finally:
            with self._lock:
                self._under_way.discard(key)


class Lookups:
    """A client of slack_sdk's for one message; what it can't look up has an id and nothing else.

    It asks once for each thing, where slackv3 asks three times: Slack counts.
    """

    def __init__(self, client: Any) -> None:
        self._client = client
        self._known: dict[tuple[str, ...], dict[str, Any]] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def users_info(self, *, user: str, **more: Any) -> dict[str, Any]:
        found = self._asked("users_info", "user", user=user, **more)
        return {"ok": True, "user": found | {"id": user, "profile": found.get("profile") or {}}}

    def bots_info(self, *, bot: str, **more: Any) -> dict[str, Any]:
        return {"ok": True, "bot": self._asked("bots_info", "bot", bot=bot, **more) | {"id": bot}}

    def team_info(self, *, team: str, **more: Any) -> dict[str, Any]:
        return {"ok": True, "team": {"domain": ""} | self._asked("team_info", "team", team=team, **more)}

    def conversations_info(self, *, channel: str, **more: Any) -> dict[str, Any]:
        unknown = {"name": channel, "user": "", "topic": {"value": ""}, "purpose": {"value": ""}}
        found = self._asked("conversations_info", "channel", channel=channel, **more)
        return {"ok": True, "channel": unknown | found | {"id": channel}}

    def _asked(self, method: str, part: str, **arguments: Any) -> dict[str, Any]:
        key = method, *map(str, arguments.values())
        if key not in self._known:
            self._known[key] = self._ask(method, part, arguments)
        return self._known[key]

    def _ask(self, method: str, part: str, arguments: dict[str, Any]) -> dict[str, Any]:
        try:
            found = getattr(self._client, method)(**arguments).get(part)
        except Exception as error:  # whatever it is, what was written is not to be lost
            log.info("Slack doesn't tell who or where it is (%s): %s", method, type(error).__name__)
            found = None
        return found if isinstance(found, dict) else {}
