"""Calls of the bot to Slack, each made once or patiently, with what goes wrong in a sentence.

Facts about slack_sdk were seen in 3.47. It is imported only here and where it is needed, so that a bot elsewhere can
do without.
"""

from __future__ import annotations

import json
import logging
from copy import copy
from http.client import HTTPMessage
from typing import IO, Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, HTTPSHandler, ProxyHandler, Request, build_opener

from pageinbox.chat.slack.hearing import wait_when_asked
from pageinbox.chat.slack.refusal import FAULTY, Refused, code_of, failed, meaning
from pageinbox.model.chat import ChatDoubt, ChatError

TIMEOUT = 15
"""Seconds Slack has to answer. An announcement is claimed for 60, in which it may take three calls and some waiting."""

DOUBTFUL = {"chat_postMessage"}
"""Methods of which it matters whether they were carried out when the answer is lost."""


UNTOLD = logging.getLogger(f"{__name__}.answers")
UNTOLD.disabled = True
"""For slack_sdk, which tells its log at DEBUG where it sends an answer to, which is a secret."""

SECRET = ("trigger_id", "upload_url")
"""What opens a window, and where anybody can bring a file."""


def tells_no_secret(record: logging.LogRecord) -> bool:
    """Whether a line of slack_sdk's log tells nothing of that kind."""
    line = record.getMessage()
    return not any(name in line for name in SECRET)


logging.getLogger("slack_sdk.web.base_client").addFilter(tells_no_secret)


class Calls:
    """The bot's Web API, through its own client as it is now: slackv3 makes a new one at each connection."""

    def __init__(self, bot: Any) -> None:
        self._bot = bot

    def once(self, method: str, **arguments: Any) -> dict[str, Any]:
        """What Slack answers to exactly one request. Raises Refused, ChatError, and ChatDoubt for a message."""
        return self._asked(self._client(), method, arguments)

    def patiently(self, method: str, **arguments: Any) -> dict[str, Any]:
        """What Slack answers somebody who waits, after the pauses it asks for. Raises Refused and ChatError."""
        client = self._client()
        wait_when_asked(client)
        return self._asked(client, method, arguments)

    def scopes(self) -> frozenset[str] | None:
        """What Slack lets the bot's token do, as it says beside each answer; None where it doesn't.

        Raises Refused and ChatError.
        """
        headers = {
            name.lower(): value for name, value in self._answered(self._client(), "auth_test", {}).headers.items()
        }
        told = headers.get("x-oauth-scopes")
        return None if told is None else frozenset(str(told).replace(" ", "").split(","))

    def respond(self, address: str, **message: Any) -> None:
        """Answer a click or a slash command at the address that came with it, a secret. Raises Refused and ChatError.

        That works for half an hour, five times, and also where the bot is not a member.
        """
        from slack_sdk.webhook import WebhookClient

        client = self._client()
        if not belongs(address, client.base_url, "hooks"):
            raise ChatError("That address isn't Slack's")
        hook = WebhookClient(
            address, timeout=TIMEOUT, ssl=client.ssl, proxy=client.proxy, logger=UNTOLD, retry_handlers=[]
        )
        failure = None
        try:
            answer = hook.send_dict(message)
        except Exception as error:
            failure = failed(error, ChatError)
        else:
            failure = unanswered(answer.status_code, str(answer.body))
        if failure is not None:  # raised here, so that it does not hold the address
            raise failure

    def upload(self, address: str, content: bytes) -> None:
        """Bring the bytes of a file to the address that Slack has named for them.

        Raises ChatError, and ChatDoubt where it may go well another time.

        slack_sdk's own upload goes wherever it is told, after redirects too, and reads an answer of any length.
        """
        client = self._client()
        if not belongs(address, client.base_url, "files"):
            raise ChatError("That address isn't Slack's")
        proxies = dict.fromkeys(("http", "https"), client.proxy) if client.proxy else {}
        opener = build_opener(ProxyHandler(proxies), HTTPSHandler(context=client.ssl), NoRedirects)
        # Of what type it is goes unsaid, as in slack_sdk: Slack looks at the bytes.
        request = Request(address, data=content, headers={"Content-Type": "application/octet-stream"}, method="POST")
        failure = None
        try:
            with opener.open(request, timeout=TIMEOUT) as answer:
                taken = answer.status == 200
                failure = None if taken else untaken(answer.status)
        except HTTPError as error:
            failure = untaken(error.code)
            error.close()
        except Exception as error:
            failure = failed(error, ChatDoubt)
        if failure is not None:  # raised here, so that it does not hold the address
            raise failure

    def _client(self) -> Any:
        """A client that makes each call once: the bot's own does it again when a connection breaks."""
        if self._bot.slack_web is None:
            raise ChatError("I'm not connected to Slack yet")
        client = copy(self._bot.slack_web)
        client.retry_handlers, client.timeout = [], TIMEOUT
        return client

    def _asked(self, client: Any, method: str, arguments: dict[str, Any]) -> dict[str, Any]:
        data = self._answered(client, method, arguments).data
        return data if isinstance(data, dict) else {}

    def _answered(self, client: Any, method: str, arguments: dict[str, Any]) -> Any:
        """slack_sdk's response, with data and headers."""
        failure = None
        try:
            answer = getattr(client, method)(**arguments)
        except Exception as error:
            failure = failed(error, ChatDoubt if method in DOUBTFUL else ChatError)
        if failure is not None:  # raised here, so that it does not hold slack_sdk's own exception
            raise failure
        return answer


def unanswered(status: int, body: str) -> ChatError | None:
    """Why Slack took no answer to a click, which it says in a word or in JSON, at any status; None where it did."""
    try:
        told = json.loads(body)
    except ValueError:
        told = {"ok": status == 200, "error": body.strip()}
    refused = isinstance(told, dict) and told.get("ok") is False
    if status == 200 and not refused:
        return None
    code = code_of(told) if refused else ""
    if code in FAULTY:
        return Refused(code, meaning(code, ""))
    return ChatError(f"Slack takes no answer to that any more (HTTP {status})")


def untaken(status: int) -> ChatError:
    """Why Slack did not take the bytes of a file, by the status of its answer."""
    if status >= 500:
        return ChatDoubt(f"Slack is failing (HTTP {status})")
    return ChatError(f"Slack doesn't take the file (HTTP {status})")


class NoRedirects(HTTPRedirectHandler):
    """Goes nowhere but where it was sent."""

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> None:
        """Nowhere."""


def belongs(address: str, base_url: str, host_of: str) -> bool:
    """Whether an address is at the Slack that the client calls: `https://hooks.slack.com/…` at `https://slack.com/api/`.

    `host_of` is what the host is for, `hooks` there. The address comes from Slack, but nothing is sent elsewhere on the
    word of a request.
    """
    try:
        there, slack = urlsplit(address), urlsplit(base_url)
    except ValueError:
        return False
    host, home = there.hostname or "", (slack.hostname or "").removeprefix("www.")
    return there.scheme == slack.scheme and bool(home) and host in (home, f"{host_of}.{home}")
