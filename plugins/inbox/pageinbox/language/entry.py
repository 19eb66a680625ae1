"""An entry of the setting WATCHES: a room, and what it watches."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pageinbox.language.reader import QueryError
from pageinbox.language.vocabulary import WATCH_WORDS
from pageinbox.language.watch import WatchReading
from pageinbox.model.text import clean, fold, seen
from pageinbox.model.watch import WatchSpec

QUOTES = ('"', "“", "„")

AS_TYPED = re.compile(r"(?:\W{0,3}inbox\s+)?watch(?=\s|$)", re.IGNORECASE)
"""What somebody types in a room before what to watch, and may write down with it."""

LEADS = {"watch", "inbox", "!inbox", "all", "new", "from", "unread", "waiting"}
"""How somebody may begin who writes down what they would type in a room."""


def parse_entry(text: str, pages: Sequence[str], *, zone: str = "UTC") -> tuple[str, WatchSpec]:
    """Read an entry of the setting WATCHES: a room, then what it watches, as `parse_watch`. Raises `QueryError`.

    A room that is called like a word of a watch or like a Page stands in quotes: else the room was forgotten.
    """
    room, rest = split_room(text)
    if not text.lstrip().startswith(QUOTES) and fold(room) in WATCH_WORDS | LEADS | set(map(fold, pages)):
        raise QueryError(
            f"It has to begin with a room, and “{clean(room)}” says what to watch; quote the name of such a room.",
            f"#support {clean(text)}",
        )
    typed = AS_TYPED.match(rest)
    return room, EntryReading(rest[typed.end() :] if typed else rest, pages, zone=zone).spec()


def split_room(text: str) -> tuple[str, str]:
    """The room, exactly as written, and the rest: the room is the first word, or what quotes begin the text.

    A word is the room without a comma or colon at its end, which no room's name has.

    Raises `QueryError` if there is no room.
    """
    found = re.fullmatch(r"""\s*(?:["“„]([^"“”„]+)["“”](?=\s|$)|([^\s"“”„]\S*))(.*)""", text, re.DOTALL)
    room = seen(found[1] or found[2].rstrip(",:;")) if found else ""
    if not found or not room:
        raise QueryError("It has to begin with a room.", "#support inbox messenger")
    return room, found[3].strip()


class EntryReading(WatchReading):
    """What an entry of the setting WATCHES has after the room, with an example as one would write it there."""

    lead = "#support "
