"""An entry of the setting WATCHES: a room, and what it watches."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pageinbox.language.reader import QueryError
from pageinbox.language.watch import WatchReading
from pageinbox.model.watch import WatchSpec


def parse_entry(text: str, pages: Sequence[str], *, zone: str = "UTC") -> tuple[str, WatchSpec]:
    """Read an entry of the setting WATCHES: a room, then what it watches, as `parse_watch`. Raises `QueryError`."""
    room, rest = split_room(text)
    return room, EntryReading(rest, pages, zone=zone).spec()


def split_room(text: str) -> tuple[str, str]:
    """The room, exactly as written, and the rest: the room is the first word, or what quotes begin the text.

    Raises `QueryError` if there is no room.
    """
    found = re.fullmatch(r"""\s*(?:["“„]([^"“”„]+)["“”](?=\s|$)|([^\s"“”„]\S*))(.*)""", text, re.DOTALL)
    room = (found[1] or found[2]).strip() if found else ""
    if not found or not room:
        raise QueryError("It has to begin with a room.", "#support inbox messenger")
    return room, found[3].strip()


class EntryReading(WatchReading):
    """What an entry of the setting WATCHES has after the room, with an example as one would write it there."""

    lead = "#support "
