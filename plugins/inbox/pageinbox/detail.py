"""How much of a conversation a room is shown."""

from __future__ import annotations

from enum import StrEnum


class Detail(StrEnum):
    """From least to most."""

    COUNT = "count"
    INITIALS = "initials"
    NAME = "name"
    SNIPPET = "snippet"
