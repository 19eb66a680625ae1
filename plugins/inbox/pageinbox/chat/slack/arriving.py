"""How clicks and slash commands reach the bot, of which slackv3 knows nothing (seen in 0.3.2).

In Socket Mode slackv3 acknowledges every envelope with an empty answer and drops these. In Events mode Slack makes
signed requests for them (https://docs.slack.dev/authentication/verifying-requests-from-slack), to an address of ours.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import re
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from pageinbox.chat.slack.gesture import ours
from pageinbox.chat.slack.incoming import Heard

log = logging.getLogger(__name__)

PATH, ENDPOINT = "/inbox/slack", "inbox_slack"
LATE = 300
"""Seconds after which, or before which, a signature counts for nothing."""

LOOK = b"ssl_check=1"
"""The field by which Slack tells that it only looks at a certificate (bolt-js#1397)."""

LARGEST = 1_000_000
"""Bytes of a request that are read at all."""

Hear = Callable[[Mapping[str, Any]], dict[str, Any] | None]
"""Is given a payload, and gives what to acknowledge it with; None for one that is nothing of ours."""


def listen(bot: Any, hear: Hear) -> None:
    """Let `hear` be told of clicks and slash commands. To be called whenever the bot has connected.

    With each connection slackv3 makes a new client. Doing it again only changes who hears.
    """
    if bot.slack_socket_mode is not None:
        listeners = bot.slack_socket_mode.socket_mode_request_listeners
        mine = [listener for listener in listeners if isinstance(listener, Listener)]
        if mine:
            mine[0].hear = hear
        else:
            listeners[:] = [Listener(hear, list(listeners))]
    elif bot.slack_events is not None:
        serve(Endpoint(bot.signing_secret, hear, time.time))


class Listener:
    """What Socket Mode's client calls with every envelope, before and instead of who listened until then.

    An envelope is acknowledged once: by us with an answer, or by slackv3 without.
    """

    def __init__(self, hear: Hear, others: list[Callable[[Any, Any], None]]) -> None:
        self.hear = hear
        self._others = others

    def __call__(self, client: Any, request: Any) -> None:
        known = request.type in ("interactive", "slash_commands")
        if known and (ours(request.payload) or len(self._others) == 1):
            answer = self.hear(request.payload)
            if answer is not None:
                told = {"payload": answer} if answer else {}
                client.send_socket_mode_response({"envelope_id": request.envelope_id} | told)
                return
        for other in self._others:
            other(client, request)


def serve(endpoint: Endpoint) -> None:
    """Let Errbot's web server pass on what comes to our address.

    Flask takes no new address after its first request (errbot#1720), so this one is put into its map by hand.
    """
    from errbot.core_plugins import flask_app

    if ENDPOINT not in flask_app.view_functions:
        flask_app.url_map.add(flask_app.url_rule_class(PATH, endpoint=ENDPOINT, methods={"POST"}))
    flask_app.view_functions[ENDPOINT] = endpoint


class Endpoint:
    """Our address in Events mode. `secret` is the app's signing secret, `clock` tells seconds since 1970."""

    def __init__(self, secret: str, hear: Hear, clock: Callable[[], float]) -> None:
        self._secret = secret
        self._hear = hear
        self._clock = clock
        self._heard = Heard()

    def __call__(self) -> tuple[str, int, dict[str, str]]:
        """Answer the request that Flask has now: its body, status and headers."""
        from flask import request
        from werkzeug.exceptions import RequestEntityTooLarge

        request.max_content_length = LARGEST  # holds for a body in chunks too, whose length nobody tells before
        try:
            body = request.get_data()
        except RequestEntityTooLarge:
            return "", 413, {}
        return self.answer(dict(request.headers), body)

    def answer(self, headers: Mapping[str, str], body: bytes) -> tuple[str, int, dict[str, str]]:
        """What to answer to a request; one that Slack has not signed, or not now, or that came before, does nothing.

        Nor does a look at the address's certificate, which Slack takes now and then and does not sign.
        """
        if LOOK in body.split(b"&"):
            return "", 200, {}
        stamp, signature = headers.get("X-Slack-Request-Timestamp", ""), headers.get("X-Slack-Signature", "")
        if not signed(self._secret, stamp, signature, body, self._clock()) or self._heard.met(stamp, signature):
            log.warning("A request came to %s that Slack did not sign, or signed for another time", PATH)
            return "", 403, {}
        try:
            payload = payload_of(body)
        except ValueError:
            return "", 400, {}
        answer = self._hear(payload)
        return (json.dumps(answer), 200, {"Content-Type": "application/json"}) if answer else ("", 200, {})


def signed(secret: str, stamp: str, signature: str, body: bytes, now: float) -> bool:
    """Whether Slack has signed a body at the time of the stamp, and that is no other time than now."""
    if not re.fullmatch("[0-9]{1,12}", stamp) or abs(now - int(stamp)) > LATE:
        return False
    made = hmac.new(secret.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(f"v0={made}".encode(), signature.encode(errors="replace"))


def payload_of(body: bytes) -> dict[str, Any]:
    """What a request's form tells: a payload in JSON, or a slash command field by field. Raises ValueError."""
    fields = dict(parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=True))
    payload = json.loads(fields["payload"]) if "payload" in fields else fields
    if not isinstance(payload, dict) or not payload:
        raise ValueError("no payload")
    return payload
