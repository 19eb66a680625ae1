"""Cursors, and the part of a list that lies before or after one."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from binascii import crc32
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Generic, TypeVar

from simulator.errors import by_name
from simulator.escaping import escaped, unescaped
from simulator.refused import Refused

T = TypeVar("T")

# What lists are sorted by: a time in UNIX seconds and a number.
Key = tuple[float, int]


@dataclass(frozen=True, slots=True)
class Cursor:
    """A position in one list: the item with `key`, or the very start if that is None.

    `list` is the list's name, so that a cursor of one folder is refused by another. `step` counts the pages of a
    list whose pages are short on purpose.
    """

    list: str
    key: Key | None
    step: int = 0

    def text(self, platform: str) -> str:
        """The cursor as clients see it: opaque, and in the form known from its platform."""
        return _text(self, platform)


# A list that is read again shows the same cursors and times; to write them took a third of a reply.
@lru_cache(10_000)
def _text(cursor: Cursor, platform: str) -> str:
    payload = json.dumps([cursor.list, cursor.key, cursor.step], separators=(",", ":"))
    raw = f"AQH{crc32(payload.encode()):08x}{payload}"
    if platform == "messenger":
        return escaped(raw)
    return escaped(b64encode(json.dumps({"cursor": raw}).encode()).decode())


def read_cursor(text: str, list: str) -> Cursor:
    """The cursor that a client sent; raises `Refused` unless it is one of this list's."""
    try:
        raw = unescaped(text)
        if not raw.startswith("AQH"):
            raw = json.loads(b64decode(raw, validate=True))["cursor"]
        payload = raw[11:]
        if int(raw[3:11], 16) != crc32(payload.encode()):
            raise ValueError("altered")
        name, key, step = json.loads(payload)
    except (ValueError, KeyError, TypeError) as error:
        raise Refused(by_name("cursor_dead")) from error
    if name != list:
        raise Refused(by_name("cursor_dead"))
    return Cursor(name, None if key is None else (key[0], key[1]), step)


@dataclass(frozen=True, slots=True)
class Window(Generic[T]):
    """Some of a list's items, newest first, and whether there are others on either side."""

    items: Sequence[T]
    newer: bool
    older: bool


def window(
    items: Sequence[T],
    key: Callable[[T], Key],
    limit: int,
    *,
    after: Key | None = None,
    before: Key | None = None,
    since: Key | None = None,
    until: Key | None = None,
) -> Window[T]:
    """At most `limit` of the `items`, which are sorted by `key`, oldest first.

    `after` goes on towards older items, `before` back towards newer ones; both leave out the item itself.
    Items outside `since` and `until` (both inclusive) are ignored.
    """
    low = bisect_left(items, since, key=key) if since else 0
    high = bisect_right(items, until, key=key) if until else len(items)
    if before is not None:
        start = min(max(low, bisect_right(items, before, key=key)), high)
        end = min(high, start + limit)
    else:
        end = max(low, min(high, bisect_left(items, after, key=key))) if after is not None else high
        start = max(low, end - limit)
    return Window(items[start:end][::-1], end < high, start > low)
