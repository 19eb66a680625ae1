"""One Page's calls to the Graph: signed, taking turns, and tried again where trouble looks passing."""

from __future__ import annotations

import hashlib
import hmac
import itertools
import re
from collections.abc import Callable
from typing import TypeVar

import requests

from pageinbox.graph.budget import Budget
from pageinbox.graph.gate import Gate
from pageinbox.graph.http import Session, receive
from pageinbox.model.backoff import Backoff
from pageinbox.model.errors import GraphError, SecretMissing, Unavailable, Unreachable
from pageinbox.model.source import Page

TRIES = 3
"""Calls made in all when trouble looks passing; Meta's own advice is a few, and PATIENCE allows no more."""

RETRY = Backoff(first=0.75, longest=1.5, jitter=2 / 3)
"""How long a call that failed is not tried again."""

PATIENCE = 10.0
"""Seconds after which a failing call is not tried again: a person is waiting."""

VERSION = re.compile(r"v\d{1,3}\.\d{1,3}")

T = TypeVar("T")


class Calls:
    """Makes one Page's calls.

    `session` is a requests session of its own, `url` the Graph's address and `version` its version. `clock` tells the
    time in seconds since 1970 (durations are measured by the budget's clock, which never goes back), `sleep` waits, and
    `random` gives 0 to 1 for the jitter of retries. `gate` is what it shares with other Pages of the process.
    """

    def __init__(
        self,
        page: Page,
        session: Session,
        budget: Budget,
        *,
        url: str,
        version: str,
        clock: Callable[[], float],
        sleep: Callable[[float], object],
        random: Callable[[], float],
        gate: Gate | None = None,
    ) -> None:
        self.version_answered: str | None = None
        """The version that served the latest reply: Meta moves calls off a dead version without a word."""
        self.dated: float | None = None
        """When the latest reply was sent by Meta's own clock, in seconds since 1970; None where it did not say."""
        self.page = page
        self.budget = budget
        self.version = version
        self._session = session
        self._gate = gate or Gate()
        self._base = f"{url.rstrip('/')}/{version}/"
        self._clock = clock
        self._sleep = sleep
        self._random = random

    def close(self) -> None:
        """Close the connections; what is under way fails."""
        self._session.close()

    def get(
        self,
        path: str,
        params: dict[str, str],
        decode: Callable[[bytes], T],
        *,
        background: bool = False,
        tries: int = TRIES,
    ) -> T:
        """A good reply, decoded. Retries passing trouble with backoff and jitter, and nothing else.

        `tries` is how often it is tried at most. Raises a `GraphError`.
        """
        if self.page.missing:
            raise SecretMissing()
        began = self.budget.clock()
        for attempt in itertools.count(1):
            try:
                # The gate last: a Page that pauses holds up no other.
                with self.budget.turn(background=background), self._gate.turn(background=background):
                    return self._ask_once(path, params, decode)
            except Unavailable as error:
                if error.retry_after:
                    raise
                error.tries = attempt
                # Nobody waits for the poller: it may find out that there is no reply for what it was to hold.
                error.less_may_help |= background and not isinstance(error, Unreachable)
                slow = self.budget.clock() - began > PATIENCE
                if slow and not background:
                    self.budget.rest(error)
                if slow or attempt == tries:
                    raise
            self._sleep(RETRY.pause(attempt, self._random()))
        raise AssertionError("unreachable")

    def _ask_once(self, path: str, params: dict[str, str], decode: Callable[[bytes], T]) -> T:
        if self.page.app_secret is not None:
            params = params | self._proof(self.page.app_secret.reveal())
        reply = receive(self._session, self._base + path, params, sign=self._authorise, timer=self.budget.clock)
        if VERSION.fullmatch(version := reply.headers.get("facebook-api-version", "")):
            self.version_answered = version
        self.dated = reply.date
        try:
            reply.raise_error(self.budget.learn(reply.headers))
            return decode(reply.body)
        except GraphError as error:
            if isinstance(error, Unavailable):
                error.less_may_help = reply.status not in (408, 429)
            for secret in filter(None, (self.page.token, self.page.app_secret)):
                error.words = error.words.replace(secret.reveal(), "…")
            raise

    def _authorise(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        # As requests' auth hook: the token is in no dict of headers that is kept or passed on, and could be logged.
        request.headers["Authorization"] = f"Bearer {self.page.token.reveal()}"
        return request

    def _proof(self, app_secret: str) -> dict[str, str]:
        """The five-minute form of appsecret_proof: HMAC-SHA256 over `token|time` (Meta, "Securing Graph API calls").

        It is the only credential that must stand in a URL, so the one that expires is used.
        """
        now = str(int(self._clock()))
        text = f"{self.page.token.reveal()}|{now}"
        digest = hmac.new(app_secret.encode(), text.encode(), hashlib.sha256).hexdigest()
        return {"appsecret_proof": digest, "appsecret_time": now}
