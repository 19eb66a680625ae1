"""The Graph's small language for `fields`, such as `id,messages.limit(1){created_time,from{name}}`."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache

from simulator.errors import by_code, unknown_field
from simulator.refused import Refused

_NAME = re.compile(r"\s*([A-Za-z_][A-Za-z0-9_]*)\s*")
_ARGUMENT = re.compile(r"([^()]*)\)\s*")
_DEEPEST = 20
_WITHIN = {"messages": "UnifiedMessage", "attachments": "MessageAttachment", "shares": "MessageShare"}


@dataclass(frozen=True, slots=True)
class Field:
    """One field asked for: its name, its `.modifier(argument)` pairs, and its own fields in braces.

    `fields` is empty if there are no braces.
    """

    name: str
    modifiers: tuple[tuple[str, str], ...] = ()
    fields: tuple[Field, ...] = ()

    @property
    def key(self) -> str:
        """Its key in the reply: its name, or the alias that `.as(…)` gives it."""
        return self.modifier("as") or self.name

    def modifier(self, name: str) -> str | None:
        """The argument of the last `.name(…)`, or None."""
        for modifier, argument in reversed(self.modifiers):
            if modifier == name:
                return argument
        return None

    def __str__(self) -> str:
        modifiers = "".join(f".{name}({argument})" for name, argument in self.modifiers)
        return self.name + modifiers + (f"{{{to_text(self.fields)}}}" if self.fields else "")


def to_text(fields: tuple[Field, ...]) -> str:
    """The fields as text, which `parse` reads back as the same fields."""
    return ",".join(map(str, fields))


def names(text: str) -> set[str]:
    """The names of the fields in a `fields` parameter, without those in braces; none where it can't be read."""
    try:
        return {field.name for field in parse(text)}
    except Refused:
        return set()


def check_refused(fields: tuple[Field, ...], refused: Collection[str], node_type: str = "UnifiedThread") -> None:
    """Raise `Refused` for the first of a conversation's fields, however deep within it, that is `refused`."""
    for field in fields:
        if field.name in refused:
            raise unknown_field(field.name, node_type)
        check_refused(field.fields, refused, _WITHIN.get(field.name, "User"))


@lru_cache
def parse(text: str) -> tuple[Field, ...]:
    """Read a `fields` parameter; an empty one gives no fields.

    Raises `Refused` with code 2500 and the position of the mistake, as the Graph does.
    """
    if not text.strip():
        return ()
    fields, end = _list(text, 0, 0)
    if end < len(text):
        raise _wrong(text, end, "end of string")
    return fields


def _list(text: str, at: int, depth: int) -> tuple[tuple[Field, ...], int]:
    if depth > _DEEPEST:
        raise _wrong(text, at, "fewer levels")
    fields = []
    while True:
        field, at = _field(text, at, depth)
        fields.append(field)
        if text[at : at + 1] != ",":
            return tuple(fields), at
        at += 1


def _field(text: str, at: int, depth: int) -> tuple[Field, int]:
    name, at = _name(text, at)
    modifiers = []
    while text[at : at + 1] == ".":
        modifier, at = _name(text, at + 1)
        if text[at : at + 1] != "(":
            raise _wrong(text, at, "(")
        argument = _ARGUMENT.match(text, at + 1)
        if not argument:
            raise _wrong(text, len(text), ")")
        modifiers.append((modifier, argument[1].strip()))
        at = argument.end()
    fields: tuple[Field, ...] = ()
    if text[at : at + 1] == "{":
        fields, at = _list(text, at + 1, depth + 1)
        if text[at : at + 1] != "}":
            raise _wrong(text, at, "}")
        at += 1
        while text[at : at + 1].isspace():
            at += 1
    return Field(name, tuple(modifiers), fields), at


def _name(text: str, at: int) -> tuple[str, int]:
    name = _NAME.match(text, at)
    if not name:
        raise _wrong(text, at, "name")
    return name[1], name.end()


def _wrong(text: str, at: int, expected: str) -> Refused:
    instead = f' instead of "{text[at]}"' if at < len(text) else ""
    return Refused(by_code(2500).saying(f'Syntax error "Expected {expected}{instead}." at character {at}: {text}'))
