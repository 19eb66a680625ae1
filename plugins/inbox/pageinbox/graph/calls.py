"""One Page's calls to the Graph: signed, taking turns, and tried again where trouble looks passing."""

from __future__ import annotations

import itertools
import logging
import re
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import NamedTuple, TypeVar

from pageinbox.graph.batch import batch_of, only_reply
from pageinbox.graph.budget import Budget
from pageinbox.graph.gate import Gate
from pageinbox.graph.http import Reply, Session, receive
from pageinbox.graph.signing import bearing, proof
from pageinbox.model.backoff import Backoff
from pageinbox.model.errors import (
    Blocked,
    GraphError,
    ProofWrong,
    Redirected,
    RequestRefused,
    SecretMissing,
    Throttled,
    TokenDead,
    Unavailable,
    Unreachable,
)
from pageinbox.model.logged import about
from pageinbox.model.meters import Meters
from pageinbox.model.secret import Secret
from pageinbox.model.source import Page

TRIES = 3
"""Calls made in all when trouble looks passing; Meta's own advice is a few, and PATIENCE allows no more."""

RETRY = Backoff(first=0.75, longest=1.5, jitter=2 / 3)
"""How long a call that failed is not tried again."""

PATIENCE = 10.0
"""Seconds after which a failing call is not tried again: a person is waiting."""

VERSION = re.compile(r"v\d{1,3}\.\d{1,3}")

COUNTED = frozenset(
    {-3, -2, -1, 1, 2, 3, 4, 5, 10, 17, 21, 32, 100, 101, 102, 104, 190, 200, 210, 230, 341, 368, 613, 803, 2500}
    | {80001, 80002, 80005, 80006, 9000001}
)
"""Codes of Meta's that failed calls are counted by; all others are counted as one."""

STATUSES = 100
"""Errors of Meta's whose HTTP status is remembered; some dozens are known."""

NO_MORE = (Throttled, Blocked, TokenDead, ProofWrong, Unreachable, Redirected)
"""After these another call would be in vain, or lengthen the wait."""

log = logging.getLogger(__name__)

T = TypeVar("T")


class Examined(NamedTuple):
    """A reply as it came, None where none did; and what it says went wrong, if anything."""

    reply: Reply | None
    error: GraphError | None


def counted(code: int | None) -> str:
    """What a code of Meta's is counted as."""
    if code is None:
        return "none"
    return str(code) if code in COUNTED else "other"


class Calls:
    """Makes one Page's calls.

    `session` is a requests session of its own, `url` the Graph's address and `version` its version. `clock` tells the
    time in seconds since 1970 (durations are measured by the budget's clock, which never goes back), `sleep` waits, and
    `random` gives 0 to 1 for the jitter of retries. `gate` is what it shares with other Pages of the process; `meters`
    count its calls. `renewed` gives the Page with the secrets that are where the settings say now, at any rate those
    that look whole, and all of them where what is in force was refused. `others` are the ids of other Pages, whose
    usage a reply may name as well.
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
        meters: Meters | None = None,
        renewed: Callable[[Page, bool], Page] | None = None,
        others: Collection[str] = (),
    ) -> None:
        self.version_answered: str | None = None
        """The version that served the latest reply: Meta moves calls off a dead version without a word."""
        self.dated: float | None = None
        """When the latest reply was sent by Meta's own clock, in seconds since 1970; None where it did not say."""
        self.statuses: dict[str, int] = {}
        """The HTTP status that each of Meta's errors came with last, by its code as people quote it."""
        self.skew: float | None = None
        """Seconds by which Meta's clock was ahead of ours then; None where it never said."""
        self.went_well: float | None = None
        """When Meta gave what was asked for last, by the budget's clock; None before."""
        self.page = page
        """The Page with the secrets in force."""
        self._renewed = renewed
        self._others = frozenset(others) - {page.id}
        self._renewing = threading.Lock()
        self.budget = budget
        self.version = version
        self._session = session
        self._gate = gate or Gate()
        self._url = url.rstrip("/")
        self._clock = clock
        self._sleep = sleep
        self._random = random
        self._meters = meters or Meters()

    @property
    def now(self) -> float:
        """The time by Meta's clock, as far as it has told; in seconds since 1970."""
        return self._clock() + (self.skew or 0.0)

    def close(self) -> None:
        """Close the connections; what is under way fails."""
        self._session.close()

    def renew(self, *, refused: bool = False) -> bool:
        """Take the secrets that are where the settings say now; whether they are others than those in force.

        If so, what Meta refused is allowed again. `refused` says that those in force have just been refused.
        """
        if self._renewed is None:
            return False
        with self._renewing:
            page = self._renewed(self.page, refused)
            if page == self.page:
                return False
            self.page = page
        self.budget.allow()
        log.info("%s: I have read the token again, since it was replaced", page.title, extra=about(page=page.name))
        return True

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
            self.renew(refused=True)
        if self.page.missing:  # another of its secrets may be
            raise SecretMissing()
        began = self.budget.clock()
        for attempt in itertools.count(1):
            page = self.page
            try:
                # The gate last: a Page that pauses holds up no other.
                with self.budget.turn(background=background), self._gate.turn(background=background):
                    found = self._ask_once(path, params, decode)
                self.went_well = self.budget.clock()
                return found
            except (TokenDead, ProofWrong):
                if not self.renew(refused=True) and self.page is page:
                    raise
                continue
            except Unavailable as error:
                if error.retry_after:
                    raise
                error.tries = attempt
                # Nobody waits for the poller: it may find out that there is no reply for what it was to hold.
                error.less_may_help |= background and not isinstance(error, Unreachable)
                slow = self.budget.clock() - began > PATIENCE
                if slow and not background:
                    self.budget.rest(error)
                if slow or attempt >= tries:
                    raise
            self._sleep(RETRY.pause(attempt, self._random()))
        raise AssertionError("unreachable")

    def aside(
        self, path: str, params: dict[str, str], decode: Callable[[bytes], T], *, token: Secret | None = None
    ) -> T:
        """A good reply, decoded, to what is asked by the way: no parameter stands in an address, since one is a secret.

        It is the one GET in a batch, whose body has it all (Meta, "Batch Requests"), as `token` where that is not the
        Page's. Background work, tried once; a refusal closes and stops nothing: what holds for the Page, looks find
        out. Raises a `GraphError`.
        """
        page = self.page
        if page.missing:
            raise SecretMissing()
        proven = proof(token or page.token, page.app_secret, self._clock())
        asked = params | ({"access_token": token.reveal()} if token else {}) | proven
        batch = batch_of(path, asked, page.token)
        with self.budget.turn(background=True, proves=False):
            pass  # it keeps the Page's pace like any call, but where it hangs, nobody else waits for it
        with self._gate.turn(background=True):
            try:
                return self._ask_once("", batch, lambda body: decode(only_reply(body)), posted=True)
            except (Throttled, Blocked, ProofWrong) as error:
                raise RequestRefused(error.detail, code=error.code, subcode=error.subcode) from None

    def examine(self, path: str, params: dict[str, str], *, version: str = "") -> Examined:
        """How Meta answers, for who wants to know just that; `version` asks for another one than the Page's.

        Background work, tried once. Raises SecretMissing, and what makes further calls pointless (`NO_MORE`).
        """
        if self.page.missing:
            raise SecretMissing()
        reply = None
        with self.budget.turn(background=True), self._gate.turn(background=True):
            try:
                with self._counted():
                    reply = self._receive(path, params, version=version)
                    self._read(reply, bytes)
            except NO_MORE:
                raise
            except GraphError as error:
                return Examined(reply, error)
        return Examined(reply, None)

    def _ask_once(self, path: str, params: dict[str, str], decode: Callable[[bytes], T], *, posted: bool = False) -> T:
        with self._counted():
            return self._read(self._receive(path, params, posted=posted), decode)

    @contextmanager
    def _counted(self) -> Iterator[None]:
        """Count the call that is made in this block, with how it went."""
        self._meters.calls.add(self.page.name)
        began = self.budget.clock()
        try:
            yield
        except GraphError as error:
            self._meters.errors.add(self.page.name, error.kind, counted(error.code))
            raise
        finally:
            self._meters.call_seconds.add(self.budget.clock() - began)

    def _receive(self, path: str, params: dict[str, str], *, posted: bool = False, version: str = "") -> Reply:
        page = self.page
        reply = receive(
            self._session,
            f"{self._url}/{version or self.version}/{path}",
            params | proof(page.token, page.app_secret, self._clock()),
            sign=bearing(page.token),
            timer=self.budget.clock,
            posted=posted,
        )
        answered = reply.headers.get("facebook-api-version", "")
        if not version and VERSION.fullmatch(answered):
            self.version_answered = answered
        self.dated = reply.date
        if reply.date is not None:
            self.skew = reply.date - self._clock()
        return reply

    def _read(self, reply: Reply, decode: Callable[[bytes], T]) -> T:
        try:
            try:
                reply.raise_error(self.budget.learn(reply.headers, self.page.id, self._others))
            except GraphError as error:
                if error.number and (error.number in self.statuses or len(self.statuses) < STATUSES):
                    self.statuses[error.number] = reply.status
                raise
            return decode(reply.body)
        except GraphError as error:
            if isinstance(error, Unavailable):
                error.less_may_help = reply.status != 408
            for secret in filter(None, (self.page.token, self.page.app_secret)):
                error.words = error.words.replace(secret.reveal(), "…")
            raise
