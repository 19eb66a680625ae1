"""What a test can make go wrong with the next requests."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from datetime import datetime
from threading import Lock
from typing import Any, Final

from simulator.errors import by_code, by_name
from simulator.refused import GraphError

KINDS: Final = (
    "error",  # an error from the table, with its own status or another
    "error_in_200",  # the same with status 200
    "bare_error",  # the same as `error_code` and `error_msg`, without an `error` around them
    "html",  # a page of HTML, with status 502 unless another is given
    "empty",  # no body at all, with status 200 unless another is given
    "truncated",  # the right reply, cut off in the middle of its JSON
    "wrong_types",  # the right reply with numbers for strings, strings for numbers, nulls, and missing ids
    "reset",  # the connection is reset before a byte is sent
    "hang",  # nothing is ever sent, and the connection stays open until the simulator stops
    "drip",  # the right reply, one byte at a time
    "slow_head",  # the same from its status line on
    "continue",  # nothing but `100 Continue`, again and again
    "zeros",  # a list of seven million zeros
    "deep",  # a list within a list, a million times
    "timeless",  # the right reply without the time of any conversation
    "crowded",  # the right reply, with 20,000 people and messages in its first row
    "redirect",  # a 302 to another host
    "short",  # half of the page, and a `next` that leads to the rest
    "blank",  # an empty page, and a `next` that leads to what it should have held
    "stuck",  # the right page, and a `next` that leads to it again
)


@dataclass(slots=True)
class Fault:
    """One of `KINDS`, for the next `times` requests in whose `path?query` the regular expression `match` is found.

    With `times` None it lasts until the faults are cleared. An error is chosen by `code` and `subcode` or by `name`
    (see `simulator.errors`); `status` and `message` replace its own. With `holding`, the id of a conversation, only
    replies fail that would hold it, if one of `fields` is asked for; any will do if there are none. Raises `ValueError`
    for an unknown kind and an invalid `match`, `LookupError` for an unknown error.
    """

    match: str
    times: int | None = 1
    kind: str = "error"
    _: KW_ONLY
    code: int | None = None
    subcode: int | None = None
    name: str | None = None
    status: int | None = None
    message: str | None = None
    holding: str | None = None
    fields: Sequence[str] = ("participants", "messages")
    location: str = "http://graph.example.invalid/stolen"
    pause: float = 0.02  # seconds between two bytes of a drip, and two times `100 Continue`
    headers: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"there is no fault {self.kind!r}, only {', '.join(KINDS)}")
        try:
            re.compile(self.match)
        except re.error as error:
            raise ValueError(f"{self.match!r} is no regular expression: {error}") from error
        if self.code is not None or self.name:
            _ = self.error

    @property
    def error(self) -> GraphError:
        """The error to answer with; if none was chosen, 2, which says that the service is unavailable."""
        error = by_name(self.name) if self.name else by_code(2 if self.code is None else self.code, self.subcode)
        return error.saying(self.message) if self.message is not None else error

    def concerns(self, body: Any, asked: Collection[str]) -> bool:
        """Whether it is about this body, to which these fields were asked; or about none, if there is none yet."""
        if self.holding is None or body is None:
            return self.holding is None and body is None
        rows = [body, *body["data"]] if isinstance(body.get("data"), list) else [body]
        return any(row.get("id") == self.holding for row in rows) and (
            not self.fields or not set(self.fields).isdisjoint(asked)
        )


class Faults:
    """The faults still to come, in the order in which they were added."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._faults: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Add a fault after all others."""
        with self._lock:
            self._faults.append(fault)

    def clear(self) -> None:
        """Drop all faults."""
        with self._lock:
            self._faults.clear()

    def take(self, target: str, body: Any = None, asked: Collection[str] = ()) -> Fault | None:
        """The first fault that matches `path?query`, with one use of it spent.

        With the `body` of a reply to which these fields were `asked`, the first that is about what it holds.
        """
        with self._lock:
            for fault in self._faults:
                if re.search(fault.match, target) and fault.concerns(body, asked):
                    if fault.times is not None:
                        fault.times -= 1
                        if fault.times <= 0:
                            self._faults.remove(fault)
                    return fault
        return None


def crowded(body: Any) -> Any:
    """The body with a great many people and messages in its first row, each sent to as many."""
    if not isinstance(body.get("data"), list) or not body["data"]:
        return body
    people = [{"id": str(number), "name": f"Person {number}"} for number in range(20_000)]
    messages = [{"id": str(number), "message": "hi", "from": person} for number, person in enumerate(people)]
    messages[0] |= {"to": {"data": people}}
    first = body["data"][0] | {"participants": {"data": people}, "messages": {"data": messages}}
    return body | {"data": [first, *body["data"][1:]]}


def timeless(body: Any) -> Any:
    """The body without `updated_time` in its rows."""
    rows = body.get("data") if isinstance(body, dict) else None
    if not isinstance(rows, list):
        return body
    return body | {"data": [{key: row[key] for key in row if key != "updated_time"} for row in rows]}


def mistyped(body: Any) -> Any:
    """The body with each row wrong in a different way; a body without rows is replaced by a wrong one."""
    if isinstance(body, dict) and isinstance(body.get("data"), list):
        return body | {"data": [_WRONG[n % len(_WRONG)](row) for n, row in enumerate(body["data"])]}
    return {"data": "rows", "id": 17, "paging": []}


def _unix_time(row: Any) -> Any:
    times = {name: datetime.fromisoformat(row[name]) for name in ("updated_time", "created_time") if name in row}
    return row | {name: int(time.timestamp()) for name, time in times.items()}


def _swapped(row: Any) -> Any:
    return {key: str(value) if isinstance(value, int) else value for key, value in row.items()} | {"snippet": 42}


def _nulls(row: Any) -> Any:
    return {key: value if key == "id" else None for key, value in row.items()}


def _unknown(row: Any) -> Any:
    return row | {"from_the_future": {"nested": [1, None, "x"]}, "participants": {"data": [None, {"id": 555}]}}


def _number_id(row: Any) -> Any:
    return row | {"id": 110_022_003_399}


def _no_id(row: Any) -> Any:
    return {key: value for key, value in row.items() if key != "id"}


_WRONG: Final = (_unix_time, _swapped, _nulls, _unknown, _number_id, _no_id)
