"""One Page's side of the Graph API: what to ask, and what to do with an answer that is none."""

from __future__ import annotations

import hashlib
import hmac
import itertools
import sys
import threading
from collections.abc import Callable
from contextlib import nullcontext
from typing import Literal, TypeVar
from urllib.parse import quote

import msgspec
import requests

from pageinbox.graph.budget import Budget
from pageinbox.graph.decoding import decode_identity, decode_list, decode_thread
from pageinbox.graph.http import receive
from pageinbox.graph.reading import read_conversations, read_message
from pageinbox.graph.wire import WireConversation
from pageinbox.model.backoff import Backoff
from pageinbox.model.conversation import MESSAGES_KEPT, Conversation, Thread, Unreadable
from pageinbox.model.errors import (
    FieldUnknown,
    PermissionMissing,
    QueryTimedOut,
    RequestRefused,
    TooMuchData,
    Unavailable,
)
from pageinbox.model.source import Folder, Identity, Page, PageStatus, Platform

CORE_FIELDS = ("id", "updated_time", "participants")
OPTIONAL_FIELDS = ("link", "snippet", "unread_count", "message_count")
MESSAGE_FIELDS = ("id", "created_time", "from", "message", "sticker", "attachments{mime_type,name}", "shares{id}")
PART_OF = {"mime_type": "attachments", "name": "attachments"}
DISPENSABLE = {field.partition("{")[0] for field in (*OPTIONAL_FIELDS, *MESSAGE_FIELDS, "messages")} - {"id"}

TRIES = 3
"""Calls made in all when trouble looks passing; Meta's own advice is a few, and PATIENCE allows no more."""

RETRY = Backoff(first=0.75, longest=1.5, jitter=2 / 3)
"""How long a call that failed is not tried again."""

ANONYMOUS = 60.0
"""Seconds during which an unanswered question who the Page is on Instagram is not put again."""

UNLINKED = 600.0
"""Seconds after which a Page without an Instagram account is asked again: somebody may just have linked one."""

REMEMBERED = 3600.0
"""Seconds for which less is asked for after Meta could not give more, which may have been a passing weakness."""

PATIENCE = 10.0
"""Seconds after which a failing call is not tried again: a person is waiting."""

T = TypeVar("T")
Edge = Literal["list", "thread"]


class Slice(msgspec.Struct, frozen=True):
    """Some conversations of one list, in Meta's order.

    `more` tells that there are others, `after` where they begin (None where Meta gave no cursor to go on with).
    """

    conversations: list[Conversation]
    unreadable: list[Unreadable]
    more: bool
    after: str | None


class Amount(msgspec.Struct, frozen=True):
    """How much may be asked for at once, and until when (in the budget's seconds) that is believed."""

    most: int = sys.maxsize
    messages: bool = True
    until: float = float("inf")


PLENTY = Amount()


class GraphClient:
    """Reads one Page. Never writes.

    `session` is a requests session of its own, `url` the Graph's address and `version` its version, `clock` tells the
    time in seconds since 1970 (durations are measured by the budget's clock, which never goes back), `sleep` waits,
    `random` gives 0 to 1 for the jitter of retries. Every method raises a `GraphError`; which
    fields Meta refused is remembered, and for an hour how much data it could not give in one reply.
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
        self.known: Identity | None = None
        """What `identity` answered last; None before."""
        self.version_asked = version
        self._asking = threading.Lock()
        self._known_until = self._anonymous_until = float("-inf")
        self._session = session
        self._base = f"{url.rstrip('/')}/{version}/"
        self._clock = clock
        self._sleep = sleep
        self._random = random
        self._refused: dict[Platform, set[str]] = {platform: set() for platform in Platform}
        self._amounts: dict[tuple[Edge, Platform], Amount] = {}

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
            params = {"platform": platform.value, "fields": self._fields(platform, int(messages)), "limit": str(most)}
            if folder is not None:
                params["folder"] = folder.value
            if user_id is not None:
                params["user_id"] = user_id
            if after is not None:
                params["after"] = after
            reply = self._get(
                f"{self.page.id}/conversations", params, lambda body: decode_list(body, WireConversation), background
            )
            good, bad = read_conversations(reply.items, platform, own)
            return Slice(good, reply.unreadable + bad, reply.more, reply.after)

        return self._with_less("list", platform, limit, ask)

    def thread(self, conversation_id: str, platform: Platform) -> Thread:
        """A conversation and the messages Meta still gives of it."""
        own = self.own_ids(platform)

        def ask(most: int, messages: bool) -> Thread:
            withheld = not messages or "messages" in self._refused[platform]
            params = {"fields": self._fields(platform, 0 if withheld else most)}
            item, found = self._get(quote(conversation_id, safe=""), params, decode_thread)
            good, bad = read_conversations([item], platform, own)
            if bad:
                raise Unavailable(f"the conversation could not be read: {bad[0].fault}")
            return Thread(good[0], [read_message(message, own) for message in found.items], found.more, withheld)

        return self._with_less("thread", platform, MESSAGES_KEPT, ask)

    def identity(self) -> Identity:
        """Who the Page is, and which Instagram account is linked to it.

        Asked for once; again only where no account was linked ten minutes ago.
        """
        with self._asking:
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
            self.known = self._get(self.page.id, params, decode_identity, background)
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
        with nullcontext() if background else self._asking:
            if self.budget.clock() >= self._anonymous_until:
                try:
                    return self._identity(background).instagram_id
                except (PermissionMissing, RequestRefused):
                    self._anonymous_until = self.budget.clock() + REMEMBERED
                except Unavailable:
                    self._anonymous_until = self.budget.clock() + ANONYMOUS
            return self.known.instagram_id if self.known else None

    def _fields(self, platform: Platform, messages: int) -> str:
        refused = self._refused[platform]
        fields = [*CORE_FIELDS, *(field for field in OPTIONAL_FIELDS if field not in refused)]
        if messages and "messages" not in refused:
            parts = (field for field in MESSAGE_FIELDS if field.partition("{")[0] not in refused)
            fields.append(f"messages.limit({messages}){{{','.join(parts)}}}")
        return ",".join(fields)

    def _with_less(self, edge: Edge, platform: Platform, limit: int, ask: Callable[[int, bool], T]) -> T:
        """Ask again without what Meta refused: an optional field it does not know, or half of too many items.

        The last thing to go are the messages. Where Instagram gave up searching, one conversation is still found.
        """
        refused, key = self._refused[platform], (edge, platform)
        while True:
            known = self._amounts.get(key, PLENTY)
            if self.budget.clock() >= known.until:
                known = PLENTY
            limit = min(limit, known.most)
            until = self.budget.clock() + REMEMBERED
            try:
                return ask(limit, known.messages)
            except FieldUnknown as error:
                field = PART_OF.get(error.field, error.field)
                if field not in DISPENSABLE or field in refused:
                    raise
                refused.add(field)
            except QueryTimedOut:
                if edge == "thread" or limit == 1:
                    raise
                self._amounts[key] = Amount(1, known.messages, until)
            except TooMuchData:
                if limit > 1:
                    self._amounts[key] = Amount(limit // 2, known.messages, until)
                elif known.messages:
                    self._amounts[key] = Amount(messages=False, until=until)
                else:
                    self._amounts.pop(key, None)
                    raise

    def _get(self, path: str, params: dict[str, str], decode: Callable[[bytes], T], background: bool = False) -> T:
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
        reply = receive(self._session, self._base + path, params, self._authorise, self.budget.clock)
        self.version_answered = reply.headers.get("facebook-api-version", self.version_answered)
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
