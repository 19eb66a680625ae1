"""What is asked of a conversation, and for how many at once: less, where Meta refused some of it."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Callable, Collection
from enum import StrEnum
from typing import TypeVar

from pageinbox.graph.naming import fields_named
from pageinbox.model.errors import GraphError, PermissionMissing, RequestRefused
from pageinbox.model.source import Folder, Platform

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

DISPENSABLE = frozenset(re.split("[{},]+", ",".join((*OPTIONAL_FIELDS, *MESSAGE_FIELDS, "messages")))) - {"", "id"}
NONE, MESSAGES = frozenset[str](), frozenset({"messages"})
UNNAMED = ("100", "12")
"""Refusals that may be for a field, also where they name none."""

POOR_FOR, TOO_MANY_FOR = 3600.0, 600.0
"""Seconds for which it is remembered which conversations could not be given whole, and how many were too many."""

BLAMED_FOR = 86400.0
"""Seconds for which a field is left out that Meta has not named: it may have been for the sake of one conversation."""

LISTS, POOR = 50, 500
"""Lists of a Page of which the latter is remembered, and conversations of which the former is."""

List = tuple[Platform, Folder | None, str | None]
"""A list of one Page: its platform and folder, and the id of the person if it is of theirs alone."""

K = TypeVar("K")
T = TypeVar("T")
log = logging.getLogger(__name__)


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
        self._refused: dict[Platform, frozenset[str]] = {platform: NONE for platform in Platform}
        self._blamed: dict[Platform, tuple[frozenset[str], float]] = {platform: (NONE, 0.0) for platform in Platform}
        self._in_vain: dict[tuple[Platform, str], tuple[None, float]] = {}
        self._poor: dict[tuple[List, str], tuple[Fields, float]] = {}
        self._most: dict[List, tuple[int, float]] = {}

    def with_known(self, ask: Callable[[frozenset[str]], T], platform: Platform, *, search: bool = False) -> T:
        """What `ask` gives, without the fields it is given, which Meta refuses by name: for good once that has helped.

        `search` says to find out which it is where Meta refuses one and names none; that holds for a day. Raises the
        `GraphError` when no such field is left.
        """
        # Nothing is noted before it has helped: others ask at the same time.
        before = left_out = self._left_out(platform)
        blamed = NONE
        while True:
            try:
                found = ask(left_out)
                break
            except (RequestRefused, PermissionMissing) as error:
                if more := named_in(error, left_out):
                    left_out |= more
                elif search and self._may_be_a_field(error, platform):
                    search, blamed = False, self._to_blame(ask, left_out, platform, error)
                    left_out |= blamed
                else:
                    raise
        if blamed:
            names = ", ".join(sorted(blamed))
            log.warning("Meta refuses to give %s on %s; it is left out for a day", names, platform.value.title())
            self._blamed[platform] = (blamed, self._timer() + BLAMED_FOR)
        self._refused[platform] |= left_out - before - blamed
        return found

    def _left_out(self, platform: Platform) -> frozenset[str]:
        blamed, until = self._blamed[platform]
        return self._refused[platform] | (blamed if blamed and self._timer() < until else NONE)

    def _may_be_a_field(self, error: GraphError, platform: Platform) -> bool:
        """Whether a refusal may be for a field that it does not name, and it was not found lately that it is not."""
        _, until = self._in_vain.get((platform, error.words), (None, 0.0))
        unnamed = error.number in UNNAMED and not fields_named(error.words, DISPENSABLE)
        return type(error) is RequestRefused and unnamed and self._timer() >= until

    def _to_blame(
        self, ask: Callable[[frozenset[str]], object], left_out: frozenset[str], platform: Platform, error: GraphError
    ) -> frozenset[str]:
        """The fields besides those `left_out` that Meta refuses with `error`: none where it has passed, or may pass.

        Raises `error` where it is none of them.
        """

        def answered(without: frozenset[str]) -> bool:
            try:
                ask(left_out | without)
            except RequestRefused:
                return False
            return True

        if not answered(DISPENSABLE):
            now = self._timer()
            self._in_vain = remembered(self._in_vain, now, LISTS) | {(platform, error.words): (None, now + POOR_FOR)}
            raise error
        if answered(NONE):
            return NONE
        to_blame = NONE if answered(DISPENSABLE - MESSAGES) else MESSAGES
        suspects = sorted(OPTIONAL_FIELDS if to_blame else DISPENSABLE - MESSAGES)
        if not (to_blame and answered(to_blame)):
            to_blame |= culprits(answered, suspects, to_blame)
        return NONE if answered(NONE) else to_blame

    def poor(self, where: List) -> dict[str, Fields]:
        """What could lately be given of the conversations that could not be given whole, by their ids."""
        now = self._timer()
        poor = self._poor.copy().items()
        return {graph_id: given for (place, graph_id), (given, until) in poor if place == where and now < until}

    def note(self, where: List, graph_id: str, given: Fields) -> bool:
        """Remember what could be given of a conversation, and tell whether that is something new."""
        known = self.poor(where).get(graph_id, Fields.ALL)
        if given is not Fields.ALL:
            now = self._timer()
            self._poor = remembered(self._poor, now, POOR) | {(where, graph_id): (given, now + POOR_FOR)}
        elif known is not Fields.ALL:
            self._poor.pop((where, graph_id), None)
        return known is not given

    def most(self, where: List) -> int:
        """How many conversations may be asked for at once."""
        most, until = self._most.get(where, (sys.maxsize, 0.0))
        return most if self._timer() < until else sys.maxsize

    def too_many(self, where: List, most: int) -> None:
        """More than `most` at once were too many."""
        now = self._timer()
        self._most = remembered(self._most, now, LISTS) | {where: (most, now + TOO_MANY_FOR)}


def asked_fields(which: Fields, left_out: Collection[str], *, messages: int = LATEST) -> str:
    """The value of `fields` for a conversation with its latest `messages`; without those that are `left_out`."""
    if which in (Fields.BARE, Fields.ID):
        return which.value
    fields = [*CORE_FIELDS, *(field for field in OPTIONAL_FIELDS if field not in left_out)]
    if which is Fields.ALL and "messages" not in left_out:
        parts = filter(None, (without(left_out, field) for field in MESSAGE_FIELDS))
        fields.append(f"messages.limit({messages}){{{','.join(parts)}}}")
    return ",".join(fields)


def named_in(error: GraphError, left_out: Collection[str]) -> set[str]:
    """The fields that a refusal names and that can be left out.

    What was left out and is complained of again takes along what it was part of.
    """
    left = [
        [each for each in containing(field) if each in DISPENSABLE and each not in left_out]
        for field in fields_named(error.words, DISPENSABLE)
    ]
    return {given_up[0] for given_up in left if given_up}


def culprits(
    answered: Callable[[frozenset[str]], bool], suspects: list[str], left_out: frozenset[str]
) -> frozenset[str]:
    """Those of the suspects without which Meta answers; `answered` tries what it says without some.

    Without all of them and what is `left_out` it does.
    """
    if len(suspects) == 1:
        return frozenset(suspects)
    half = len(suspects) // 2
    first, second = suspects[:half], suspects[half:]
    for part in (first, second):
        if answered(left_out | frozenset(part)):
            return culprits(answered, part, left_out)
    found = culprits(answered, first, left_out | frozenset(second))
    return found | culprits(answered, second, left_out | found)


def remembered(kept: dict[K, tuple[T, float]], now: float, most: int) -> dict[K, tuple[T, float]]:
    """What is still to be remembered of what was kept until a time: the latest, one fewer than `most`."""
    return dict([(key, what) for key, what in kept.copy().items() if now < what[1]][1 - most :])


def without(refused: Collection[str], field: str) -> str:
    """A field of a message less what was refused of it; nothing where it was itself."""
    name, _, parts = field.removesuffix("}").partition("{")
    left = [part for part in parts.split(",") if part not in refused]
    if name in refused or (parts and not left):
        return ""
    return f"{name}{{{','.join(left)}}}" if parts else name


def containing(name: str) -> list[str]:
    """A field, and those of a message that it is part of, unless it is one of the conversation as well."""
    if name in OPTIONAL_FIELDS:
        return [name]
    fields = [field.removesuffix("}").partition("{") for field in MESSAGE_FIELDS]
    return [name, *(field for field, _, parts in fields if name in parts.split(","))]
