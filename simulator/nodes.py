"""How the Graph shows a node: each field that is asked for is read by a function of the node's type."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final, Generic, TypeVar

from simulator.errors import unknown_field
from simulator.fields import Field
from simulator.page import Page
from simulator.rules import Rules
from simulator.thread import Thread

T = TypeVar("T")
Json = dict[str, object]


@dataclass(frozen=True, slots=True)
class View:
    """What a reply depends on besides the node itself.

    `messages` and `conversations` answer the edges of a thread and of a Page, which are lists with pages of their
    own. `address` gives the address of an edge, token included, from its path and a cursor.
    """

    rules: Rules
    messages: Callable[[Thread, Field], Json]
    conversations: Callable[[Page, Field], Json]
    address: Callable[[str, str], str]


Getter = Callable[[T, Field, View], object]
ABSENT: Final = object()
"""What a getter gives where the node is shown without the field."""


@dataclass(frozen=True, slots=True, eq=False)
class NodeType(Generic[T]):
    """A type of node: what the Graph calls it when it refuses a field, and what reads the value of each field."""

    name: str
    getters: Mapping[str, Getter[T]]


# The key in the reply, the field, and what reads its value from a node.
Reader = tuple[str, Field, Callable[[Any, Field, View], object]]


@lru_cache(1000)
def readers_of(fields: tuple[Field, ...], node_type: NodeType[Any]) -> list[Reader]:
    """What reads these fields, and the id, which the Graph always adds; raises `Refused` for one that there is not."""
    for field in fields:
        if field.name not in node_type.getters:
            raise unknown_field(field.name, node_type.name)
    found: list[Reader] = [(field.key, field, node_type.getters[field.name]) for field in fields]
    if all(key != "id" for key, _, _ in found):
        found.append(("id", Field("id"), node_type.getters["id"]))
    return found


def rows_of(nodes: Iterable[object], readers: Sequence[Reader], view: View) -> list[Json]:
    """Nodes as the rows of a list."""
    shown = []
    for node in nodes:
        row: Json = {}
        for key, field, getter in readers:
            value = getter(node, field, view)
            if value is not ABSENT:
                row[key] = value
        shown.append(row)
    return shown


@lru_cache(10_000)
def iso_time(at: float) -> str:
    """A time as in every recorded reply: ISO 8601 in UTC, with no colon in the offset."""
    return datetime.fromtimestamp(int(at), UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")
