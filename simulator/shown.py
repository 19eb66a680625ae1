"""The rows that lists of conversations showed last: who reads a list again mostly gets the same ones."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any, Final

from simulator.thread import Thread

_KEPT: Final = 10_000
# No body holds itself; to look for that was two fifths of writing it.
_COMPACT: Final = json.JSONEncoder(check_circular=False, separators=(",", ":"))


class Row(dict[str, object]):
    """A row that is shown again and again, so that nobody changes it; `text` is its JSON."""

    @cached_property
    def text(self) -> str:
        return _COMPACT.encode(self)


class Shown:
    """Rows, each with all that it was made of. Whoever uses it holds the world's lock."""

    def __init__(self) -> None:
        self._rows: dict[Thread, tuple[object, Row]] = {}

    def rows(
        self, threads: Iterable[Thread], how: object, make: Callable[[Thread], dict[str, object]]
    ) -> list[dict[str, object]]:
        """The rows of conversations; `make` gives one that is not known as it is now, shown `how` it is asked for."""
        rows = list[dict[str, object]]()
        for thread in threads:
            made_of = how, _state(thread)
            known = self._rows.get(thread)
            if known is None or known[0] != made_of:
                if len(self._rows) >= _KEPT:
                    self._rows.clear()
                known = self._rows[thread] = made_of, Row(make(thread))
            rows.append(known[1])
        return rows


def compact(body: Any) -> str:
    """A body as JSON without a space. Of rows that were shown before, each has its text already."""
    if not isinstance(body, dict):
        return _COMPACT.encode(body)
    return f"{{{','.join(f'{_COMPACT.encode(name)}:{_value(body[name])}' for name in body)}}}"


def _value(value: object) -> str:
    if isinstance(value, list) and all(isinstance(row, Row) for row in value):
        return f"[{','.join(row.text for row in value)}]"
    return _COMPACT.encode(value)


def _state(thread: Thread) -> object:
    page = thread.page
    owner = page.name, page.id, page.title, page.instagram
    itself = thread.number, thread.platform, thread.folder, thread.person, thread.updated, thread.unread, thread.deleted
    return owner, itself, thread.history, tuple(thread.loaded)
