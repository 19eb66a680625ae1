"""One Page's side of the Graph API: what to ask, and what to do with an answer that is none."""

from __future__ import annotations

import hashlib
import hmac
import itertools
import threading
from collections.abc import Callable
from typing import TypeVar
from urllib.parse import quote

import msgspec
import requests

from pageinbox.budget import Budget
from pageinbox.conversation import (
    Conversation,
    Message,
    Unreadable,
    WireConversation,
    read_conversations,
    read_message,
)
from pageinbox.errors import (
    Blocked,
    FieldUnknown,
    PermissionMissing,
    RequestRefused,
    Throttled,
    TooMuchData,
    Unavailable,
)
from pageinbox.reply import Identity, decode_identity, decode_list, decode_thread, receive
from pageinbox.source import Folder, Page, Platform

CORE_FIELDS = ("id", "updated_time", "participants")
OPTIONAL_FIELDS = ("link", "snippet", "unread_count", "message_count")
MESSAGE_FIELDS = ("id", "created_time", "from", "message", "sticker", "attachments{mime_type,name}", "shares{id}")
PART_OF = {"mime_type": "attachments", "name": "attachments"}
DISPENSABLE = {field.partition("{")[0] for field in (*OPTIONAL_FIELDS, *MESSAGE_FIELDS, "messages")} - {"id"}

MESSAGES_KEPT = 20
"""Meta gives details of the 20 most recent messages of a thread; older ones answer as deleted."""

TRIES = 3
ANONYMOUS = 60.0
"""Seconds during which an unanswered question who the Page is on Instagram is not put again."""

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


class Thread(msgspec.Struct, frozen=True):
    """One conversation with its latest messages, newest first."""

    conversation: Conversation
    messages: list[Message]
    more: bool


class GraphClient:
    """Reads one Page. Never writes.

    `session` is a requests session of its own, `url` the Graph's address and `version` its version, `clock` tells the
    time in seconds since 1970, `sleep` waits, `random` gives 0 to 1 for the jitter of retries. Every method raises a
    :class:`pageinbox.errors.GraphError`; which fields Meta refused, and how much data it could not give in one reply,
    is remembered.
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
        """What :meth:`identity` answered; None before."""
        self.version_asked = version
        self._asking = threading.Lock()
        self._anonymous_until = 0.0
        self._session = session
        self._base = f"{url.rstrip('/')}/{version}/"
        self._clock = clock
        self._sleep = sleep
        self._random = random
        self._refused: dict[Platform, set[str]] = {platform: set() for platform in Platform}
        self._most: dict[Platform, int] = {}

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
        """One call's worth of ``/conversations``, fewer than `limit` when Meta cannot give so many at once."""
        own = self.own_ids(platform)

        def ask(most: int) -> Slice:
            params = {"platform": platform.value, "fields": self._fields(platform, 1), "limit": str(most)}
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

        return self._with_less(platform, limit, ask)

    def thread(self, conversation_id: str, platform: Platform) -> Thread:
        """A conversation and the messages Meta still gives of it."""
        own = self.own_ids(platform)

        def ask(most: int) -> Thread:
            params = {"fields": self._fields(platform, most)}
            item, messages = self._get(quote(conversation_id, safe=""), params, decode_thread)
            good, bad = read_conversations([item], platform, own)
            if bad:
                raise Unavailable(f"the conversation could not be read: {bad[0].fault}")
            return Thread(good[0], [read_message(message, own) for message in messages.items], messages.more)

        return self._with_less(platform, MESSAGES_KEPT, ask)

    def identity(self) -> Identity:
        """Who the Page is, and which Instagram account is linked to it; asked for once."""
        with self._asking:
            if self.known is None:
                params = {"fields": "id,name,instagram_business_account{id,username}"}
                self.known = self._get(self.page.id, params, decode_identity)
            return self.known

    def own_ids(self, platform: Platform) -> frozenset[str]:
        """The ids that mean the Page itself in a conversation; on Instagram the linked account's id is asked for.

        Where the token may not ask that, the list itself has to tell (:func:`pageinbox.conversation.own_ids`).
        """
        if platform is Platform.INSTAGRAM and self.known is None and self._clock() >= self._anonymous_until:
            try:
                self.identity()
            except (PermissionMissing, RequestRefused):
                self._anonymous_until = float("inf")
            except Unavailable:
                self._anonymous_until = self._clock() + ANONYMOUS
        account = self.known.instagram_id if self.known and platform is Platform.INSTAGRAM else None
        return frozenset(filter(None, (self.page.id, account)))

    def _fields(self, platform: Platform, messages: int) -> str:
        refused = self._refused[platform]
        fields = [*CORE_FIELDS, *(field for field in OPTIONAL_FIELDS if field not in refused)]
        if "messages" not in refused:
            parts = (field for field in MESSAGE_FIELDS if field.partition("{")[0] not in refused)
            fields.append(f"messages.limit({messages}){{{','.join(parts)}}}")
        return ",".join(fields)

    def _with_less(self, platform: Platform, limit: int, ask: Callable[[int], T]) -> T:
        """Ask again without what Meta refused: an optional field it does not know, or half of too many items."""
        refused = self._refused[platform]
        while True:
            limit = min(limit, self._most.get(platform, limit))
            try:
                return ask(limit)
            except FieldUnknown as error:
                field = PART_OF.get(error.field, error.field)
                if field not in DISPENSABLE or field in refused:
                    raise
                refused.add(field)
            except TooMuchData:
                if limit > 1:
                    self._most[platform] = limit // 2
                elif "messages" not in refused:
                    refused.add("messages")
                    del self._most[platform]
                else:
                    raise

    def _get(self, path: str, params: dict[str, str], decode: Callable[[bytes], T], background: bool = False) -> T:
        """A good reply, decoded. Retries passing trouble with backoff and jitter, and nothing else."""
        began = self._clock()
        for attempt in itertools.count(1):
            with self.budget.turn(background=background):
                try:
                    return decode(self._ask_once(path, params))
                except (Throttled, Blocked) as error:
                    self.budget.close(error)
                    raise
                except Unavailable as error:
                    error.tries = attempt
                    if attempt == TRIES or self._clock() - began > PATIENCE:
                        raise
            self._sleep(2 ** (attempt - 2) * (0.5 + self._random()))
        raise AssertionError("unreachable")

    def _ask_once(self, path: str, params: dict[str, str]) -> bytes:
        if self.page.app_secret is not None:
            params = params | self._proof(self.page.app_secret.reveal())
        reply = receive(self._session, self._base + path, params, self._authorise, self._clock)
        self.version_answered = reply.headers.get("facebook-api-version", self.version_answered)
        reply.raise_error(self.budget.learn(reply.headers))
        return reply.body

    def _authorise(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        # As requests' auth hook rather than as a header: a netrc entry for the host would replace a header.
        request.headers["Authorization"] = f"Bearer {self.page.token.reveal()}"
        return request

    def _proof(self, app_secret: str) -> dict[str, str]:
        """The five-minute form of appsecret_proof: HMAC-SHA256 over ``token|time`` (Meta, "Securing Graph API calls").

        It is the only credential that must stand in a URL, so the one that expires is used.
        """
        now = str(int(self._clock()))
        text = f"{self.page.token.reveal()}|{now}"
        digest = hmac.new(app_secret.encode(), text.encode(), hashlib.sha256).hexdigest()
        return {"appsecret_proof": digest, "appsecret_time": now}
