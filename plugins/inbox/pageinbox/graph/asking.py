"""What is asked of a conversation, and for how many at once: less, where Meta refused some of it."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Collection
from typing import Literal, TypeVar

import msgspec

from pageinbox.graph.naming import fields_named
from pageinbox.model.errors import GraphError, PermissionMissing, QueryTimedOut, RequestRefused, TooMuchData
from pageinbox.model.source import Platform

CORE_FIELDS = ("id", "updated_time", "participants")
OPTIONAL_FIELDS = ("link", "snippet", "unread_count", "message_count", "senders")
MESSAGE_FIELDS = (
    "id", "created_time", "from", "to", "message", "tags", "sticker", "story", "reactions", "is_unsupported",
    "is_deleted",
    "attachments{mime_type,name,image_data,video_data,file_url,generic_template}", "shares{link,name,type,template}",
)  # fmt: skip
LATEST = 4
"""Messages asked for of each conversation of a list: the customer's latest, and the automatic replies behind it.

An Instant Reply, an away message and a menu are three. Each one more makes every list some kilobytes longer.
"""

DISPENSABLE = {
    field for field in re.split("[{},]+", ",".join((*OPTIONAL_FIELDS, *MESSAGE_FIELDS, "messages"))) if field
} - {"id"}

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
            parts = filter(None, (without(refused, field) for field in MESSAGE_FIELDS))
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
                refused = self._refused[platform]
                named = fields_named(error.words, DISPENSABLE)
                # What was left out and is complained of again takes along what it was part of.
                left = [[each for each in containing(field) if each in DISPENSABLE - refused] for field in named]
                more = {given_up[0] for given_up in left if given_up}
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


def without(refused: Collection[str], field: str) -> str:
    """A field of a message less what was refused of it; nothing where it was itself."""
    name, _, parts = field.removesuffix("}").partition("{")
    left = [part for part in parts.split(",") if part not in refused]
    if name in refused or (parts and not left):
        return ""
    return f"{name}{{{','.join(left)}}}" if parts else name


def containing(name: str) -> list[str]:
    """A field, and those of a message that it is part of."""
    fields = [field.removesuffix("}").partition("{") for field in MESSAGE_FIELDS]
    return [name, *(field for field, _, parts in fields if name in parts.split(","))]
