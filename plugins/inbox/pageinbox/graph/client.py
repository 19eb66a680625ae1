"""One Page's side of the Graph API: what to ask, and what to do with an answer that is none."""

from __future__ import annotations

import hashlib
import hmac
import itertools
import threading
from collections.abc import Callable
from contextlib import nullcontext
from typing import TypeVar
from urllib.parse import quote

import msgspec
import requests

from pageinbox.graph.asking import Asking
from pageinbox.graph.budget import Budget
from pageinbox.graph.decoding import decode_identity, decode_list, decode_thread
from pageinbox.graph.http import receive
from pageinbox.graph.reading import read_conversations, read_message
from pageinbox.graph.wire import WireConversation
from pageinbox.model.backoff import Backoff
from pageinbox.model.conversation import MESSAGES_KEPT, Conversation, Thread, Unreadable
from pageinbox.model.errors import PermissionMissing, RequestRefused, Unavailable
from pageinbox.model.source import Folder, Identity, Page, PageStatus, Platform

TRIES = 3
"""Calls made in all when trouble looks passing; Meta's own advice is a few, and PATIENCE allows no more."""

RETRY = Backoff(first=0.75, longest=1.5, jitter=2 / 3)
"""How long a call that failed is not tried again."""

ANONYMOUS = 60.0
"""Seconds during which an unanswered question who the Page is on Instagram is not put again."""

FORBIDDEN = 3600.0
"""Seconds after which that is asked again where the token may not ask it, since somebody may grant it."""

UNLINKED = 600.0
"""Seconds after which a Page without an Instagram account is asked again: somebody may just have linked one."""

PATIENCE = 10.0
"""Seconds after which a failing call is not tried again: a person is waiting."""

T = TypeVar("T")


class Slice(msgspec.Struct, frozen=True):
    """Some conversations of one list, in Meta's order.

    `more` tells that there are others, `after` where they begin (None where Meta gave no cursor to go on with).
    """

    conversations: list[Conversation]
    unreadable: list[Unreadable]
    more: bool
    after: str | None


class GraphClient:
    """Reads one Page. Never writes.

    `session` is a requests session of its own, `url` the Graph's address and `version` its version. `clock` tells the
    time in seconds since 1970 (durations are measured by the budget's clock, which never goes back), `sleep` waits, and
    `random` gives 0 to 1 for the jitter of retries. Every method raises a `GraphError`.
    """

    def __init__(
        self,
        page: Page,
        session: requests.Session,
        budget: Budget,
        *,
        url: str,
        version: str,
        clock: Callable[[], float],
        sleep: Callable[[float], object],
        random: Callable[[], float],
    ) -> None:
        self.page = page
        self.budget = budget
        self.version_answered: str | None = None
        """The version that served the latest reply: Meta moves calls off a dead version without a word."""
        self.dated: float | None = None
        """When the latest reply was sent by Meta's own clock, in seconds since 1970; None where it did not say."""
        self.known: Identity | None = None
        """What `identity` answered last; None before."""
        self.version_asked = version
        self._identifying = threading.Lock()
        self._known_until = self._anonymous_until = float("-inf")
        self._session = session
        self._base = f"{url.rstrip('/')}/{version}/"
        self._clock = clock
        self._sleep = sleep
        self._random = random
        self._asking = Asking(budget.clock)

    def conversations(
        self,
        platform: Platform,
        *,
        folder: Folder | None = None,
        user_id: str | None = None,
        limit: int = 50,
        after: str | None = None,
        background: bool = False,
    ) -> Slice:
        """One call's worth of `/conversations`, fewer than `limit` when Meta cannot give so many at once.

        `background` work takes its turn after people's, and may be refused a call (`Budget.turn`).
        """
        own = self.own_ids(platform, background=background)

        def ask(most: int, messages: bool) -> Slice:
            fields = self._asking.fields(platform, int(messages))
            params = {"platform": platform.value, "fields": fields, "limit": str(most)}
            if folder is not None:
                params["folder"] = folder.value
            if user_id is not None:
                params["user_id"] = user_id
            if after is not None:
                params["after"] = after
            path = f"{self.page.id}/conversations"
            listed = self._get(path, params, lambda body: decode_list(body, WireConversation), background=background)
            good, bad = read_conversations(listed.items, platform, own)
            return Slice(good, listed.unreadable + bad, more=listed.more, after=listed.after)

        return self._asking.with_less(ask, "list", platform, limit=limit)

    def thread(self, conversation_id: str, platform: Platform) -> Thread:
        """A conversation and the messages Meta still gives of it."""
        own = self.own_ids(platform)

        def ask(most: int, messages: bool) -> Thread:
            withheld = not messages or self._asking.messages_refused(platform)
            params = {"fields": self._asking.fields(platform, 0 if withheld else most)}
            item, listed = self._get(quote(conversation_id, safe=""), params, decode_thread)
            good, bad = read_conversations([item], platform, own)
            if bad:
                raise Unavailable(f"the conversation could not be read: {bad[0].fault}")
            messages_read = [read_message(message, own) for message in listed.items]
            return Thread(good[0], messages_read, more=listed.more, withheld=withheld)

        return self._asking.with_less(ask, "thread", platform, limit=MESSAGES_KEPT)

    def identity(self) -> Identity:
        """Who the Page is, and which Instagram account is linked to it.

        Asked for once; again only where no account was linked ten minutes ago.
        """
        with self._identifying:
            return self._identity()

    def close(self) -> None:
        """Close its connections."""
        self._session.close()

    def status(self) -> PageStatus:
        """What Meta allows and how it answered, as of now. Makes no call."""
        return PageStatus(
            self.page,
            usage=self.budget.usage,
            closed_for=self.budget.closed_for(),
            paused_for=self.budget.paused_for(),
            version_asked=self.version_asked,
            version_answered=self.version_answered,
        )

    def _identity(self, background: bool = False) -> Identity:
        if self.known is None or self.budget.clock() >= self._known_until:
            params = {"fields": "id,name,instagram_business_account{id,username}"}
            self.known = self._get(self.page.id, params, decode_identity, background=background)
            self._known_until = float("inf") if self.known.instagram_id else self.budget.clock() + UNLINKED
        return self.known

    def own_ids(self, platform: Platform, *, background: bool = False) -> frozenset[str]:
        """The ids that mean the Page itself in a conversation; on Instagram the linked account's id is asked for.

        Where the token may not ask that, the list itself has to tell (`own_ids`).
        """
        account = self._account(background) if platform is Platform.INSTAGRAM else None
        return frozenset(filter(None, (self.page.id, account)))

    def _account(self, background: bool) -> str | None:
        """The id of the Instagram account; None where there is none, or where that could not be told a moment ago.

        Background work asks beside the lock, at the price of a second call now and then: people would have to wait for
        its pauses.
        """
        with nullcontext() if background else self._identifying:
            if self.budget.clock() >= self._anonymous_until:
                try:
                    return self._identity(background).instagram_id
                except (PermissionMissing, RequestRefused):
                    self._anonymous_until = self.budget.clock() + FORBIDDEN
                except Unavailable:
                    self._anonymous_until = self.budget.clock() + ANONYMOUS
            return self.known.instagram_id if self.known else None

    def _get(self, path: str, params: dict[str, str], decode: Callable[[bytes], T], *, background: bool = False) -> T:
        """A good reply, decoded. Retries passing trouble with backoff and jitter, and nothing else."""
        began = self.budget.clock()
        for attempt in itertools.count(1):
            try:
                with self.budget.turn(background=background):
                    return decode(self._ask_once(path, params))
            except Unavailable as error:
                if error.retry_after:
                    raise
                error.tries = attempt
                slow = self.budget.clock() - began > PATIENCE
                if slow:
                    self.budget.rest(error)
                if slow or attempt == TRIES:
                    raise
            self._sleep(RETRY.pause(attempt, self._random()))
        raise AssertionError("unreachable")

    def _ask_once(self, path: str, params: dict[str, str]) -> bytes:
        if self.page.app_secret is not None:
            params = params | self._proof(self.page.app_secret.reveal())
        reply = receive(self._session, self._base + path, params, sign=self._authorise, timer=self.budget.clock)
        self.version_answered = reply.headers.get("facebook-api-version", self.version_answered)
        self.dated = reply.date
        reply.raise_error(self.budget.learn(reply.headers))
        return reply.body

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
