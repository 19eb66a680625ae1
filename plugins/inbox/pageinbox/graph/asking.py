"""What is asked of a conversation, and for how many at once: less, where Meta refused some of it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from enum import StrEnum
from typing import TypeVar

from pageinbox.model.errors import FieldUnknown
from pageinbox.model.source import Folder, Platform

CORE_FIELDS = ("id", "updated_time", "participants")
OPTIONAL_FIELDS = ("link", "snippet", "unread_count", "message_count")
MESSAGE_FIELDS = ("id", "created_time", "from", "message", "sticker", "attachments{mime_type,name}", "shares{id}")
PART_OF = {"mime_type": "attachments", "name": "attachments"}
DISPENSABLE = {field.partition("{")[0] for field in (*OPTIONAL_FIELDS, *MESSAGE_FIELDS, "messages")} - {"id"}

POOR_FOR, TOO_MANY_FOR = 3600.0, 600.0
"""Seconds for which it is remembered which conversations could not be given whole, and how many were too many."""

List = tuple[Platform, Folder | None, str | None]
"""A list of one Page: its platform and folder, and the id of the person if it is of theirs alone."""

T = TypeVar("T")


class Fields(StrEnum):
    """How much is asked of each conversation, the most first."""

    ALL = "all"
    NO_MESSAGES = "no messages"
    BARE = "id,updated_time"
    ID = "id"


class Asking:
    """What Meta has refused one Page so far. `timer` gives seconds.

    Fields it does not know are left out for good. Of each list it is remembered for a while which conversations could
    not be given whole, whatever stands beside them, and how many were too many at once, whichever they were.
    """

    def __init__(self, timer: Callable[[], float]) -> None:
        self._timer = timer
        self._refused: dict[Platform, set[str]] = {platform: set() for platform in Platform}
        self._poor: dict[List, dict[str, tuple[Fields, float]]] = {}
        self._most: dict[List, tuple[int, float]] = {}

    def fields(self, platform: Platform, which: Fields, *, messages: int = 1) -> str:
        """The value of `fields` for a conversation with its latest `messages`; without those that were refused."""
        if which in (Fields.BARE, Fields.ID):
            return which.value
        refused = self._refused[platform]
        fields = [*CORE_FIELDS, *(field for field in OPTIONAL_FIELDS if field not in refused)]
        if which is Fields.ALL and "messages" not in refused:
            parts = (field for field in MESSAGE_FIELDS if field.partition("{")[0] not in refused)
            fields.append(f"messages.limit({messages}){{{','.join(parts)}}}")
        return ",".join(fields)

    def messages_refused(self, platform: Platform) -> bool:
        """Whether Meta does not know the messages of a conversation as a field."""
        return "messages" in self._refused[platform]

    def with_known(self, ask: Callable[[], T], platform: Platform) -> T:
        """What `ask` gives, without each optional field that Meta turns out not to know."""
        refused = self._refused[platform]
        while True:
            try:
                return ask()
            except FieldUnknown as error:
                field = PART_OF.get(error.field, error.field)
                if field not in DISPENSABLE or field in refused:
                    raise
                refused.add(field)

    def poor(self, where: List) -> dict[str, Fields]:
        """What could lately be given of the conversations that could not be given whole, by their ids."""
        now = self._timer()
        return {graph_id: given for graph_id, (given, until) in list(self._poor.get(where, {}).items()) if now < until}

    def note(self, where: List, graph_id: str, given: Fields) -> bool:
        """Remember what could be given of a conversation, and tell whether that is something new."""
        known = self.poor(where).get(graph_id, Fields.ALL)
        if given is not Fields.ALL:
            self._poor.setdefault(where, {})[graph_id] = given, self._timer() + POOR_FOR
        elif known is not Fields.ALL:
            self._poor[where].pop(graph_id, None)
        return known is not given

    def most(self, where: List) -> int:
        """How many conversations may be asked for at once."""
        most, until = self._most.get(where, (sys.maxsize, 0.0))
        return most if self._timer() < until else sys.maxsize

    def too_many(self, where: List, most: int) -> None:
        """More than `most` at once were too many."""
        self._most[where] = most, self._timer() + TOO_MANY_FOR
