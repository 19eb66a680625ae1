"""Conversations' ids as the ledger keeps them: Instagram's are long, and most of one is the same in all of them."""

from __future__ import annotations

from base64 import b64decode, b64encode
from typing import Any

from sqlalchemy import Text, TypeDecorator

PACKED = "~"
"""What a packed id begins with; Meta's own are letters, digits, `_` and `-`."""

THREAD = "ig_dm:1:IGMessageThread:"
"""How the text behind an Instagram id begins, as recorded ids show; Z stands there as ZA and = as ZD."""


class GraphId(TypeDecorator[str]):
    """A conversation's id at Meta. Of Instagram's only the varying end is kept, where that gives the same id back."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Any) -> str | None:
        """The id as it is written."""
        if value is None or value.startswith("t_"):
            return value
        if value.startswith(PACKED):
            return PACKED * 2 + value
        try:
            text = b64decode(value.replace("ZD", "=").replace("ZA", "Z"), validate=True).decode("ascii")
        except ValueError:
            return value
        packed = PACKED + text.removeprefix(THREAD)
        return packed if self.process_result_value(packed, dialect) == value else value

    def process_result_value(self, value: str | None, dialect: Any) -> str | None:
        """The id as Meta gave it."""
        if value is None or not value.startswith(PACKED):
            return value
        if value.startswith(PACKED * 2):
            return value[2:]
        return b64encode((THREAD + value[1:]).encode()).decode().replace("Z", "ZA").replace("=", "ZD")
