"""What is asked of a conversation, and for how many at once: less, where Meta refused some of it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Literal, TypeVar

import msgspec

from pageinbox.graph.naming import fields_named
from pageinbox.model.errors import GraphError, PermissionMissing, QueryTimedOut, RequestRefused, TooMuchData
from pageinbox.model.source import Platform

CORE_FIELDS = ("id", "updated_time", "participants")
OPTIONAL_FIELDS = ("link", "snippet", "unread_count", "message_count")
MESSAGE_FIELDS = ("id", "created_time", "from", "message", "sticker", "attachments{mime_type,name}", "shares{id}")
PART_OF = {"mime_type": "attachments", "name": "attachments"}
DISPENSABLE = {field.partition("{")[0] for field in (*OPTIONAL_FIELDS, *MESSAGE_FIELDS, "messages")} - {"id"}

REMEMBERED = 3600.0
"""Seconds for which less is asked for after Meta could not give more, which may have been a passing weakness."""

T = TypeVar("T")
Edge = Literal["list", "thread"]


class Amount(msgspec.Struct, frozen=True):
    """How much may be asked for at once, and until when (in the timer's seconds) that is believed."""

    most: int = sys.maxsize
    messages: bool = True
    until: float = float("inf")


PLENTY = Amount()


class Asking:
    """What Meta has refused one Page so far: fields for good, amounts for an hour. `timer` gives seconds."""

    def __init__(self, timer: Callable[[], float]) -> None:
        self._timer = timer
        self._refused: dict[Platform, frozenset[str]] = {platform: frozenset() for platform in Platform}
        self._amounts: dict[tuple[Edge, Platform], Amount] = {}

    def fields(self, platform: Platform, messages: int) -> str:
        """The value of `fields` for a conversation with its latest `messages`; without those that were refused."""
        refused = self._refused[platform]
        fields = [*CORE_FIELDS, *(field for field in OPTIONAL_FIELDS if field not in refused)]
        if messages and "messages" not in refused:
            parts = (field for field in MESSAGE_FIELDS if field.partition("{")[0] not in refused)
            fields.append(f"messages.limit({messages}){{{','.join(parts)}}}")
        return ",".join(fields)

    def messages_refused(self, platform: Platform) -> bool:
        """Whether Meta does not know the messages of a conversation as a field."""
        return "messages" in self._refused[platform]

    def with_less(self, ask: Callable[[int, bool], T], edge: Edge, platform: Platform, *, limit: int) -> T:
        """What `ask` gives for a limit and whether messages may be asked for, with less each time Meta refuses.

        An optional field that Meta refuses by its name is left out, for good once that has helped, and of too many
        items half are asked for. The last thing to go are the messages. Where Instagram gave up searching, one
        conversation is still found. Raises the `GraphError` when nothing is left to go without.
        """
        before = self._refused[platform]
        try:
            return self._with_less(ask, edge, platform, limit)
        except GraphError:
            self._refused[platform] = before
            raise

    def _with_less(self, ask: Callable[[int, bool], T], edge: Edge, platform: Platform, limit: int) -> T:
        key = (edge, platform)
        while True:
            known = self._amounts.get(key, PLENTY)
            if self._timer() >= known.until:
                known = PLENTY
            limit = min(limit, known.most)
            until = self._timer() + REMEMBERED
            try:
                return ask(limit, known.messages)
            except (RequestRefused, PermissionMissing) as error:
                named = fields_named(error.words, {*DISPENSABLE, *PART_OF})
                more = {PART_OF.get(field, field) for field in named} - self._refused[platform]
                if not more:
                    raise
                self._refused[platform] |= more
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
