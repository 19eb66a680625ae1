"""What becomes of an announcement later on."""

from __future__ import annotations

from enum import StrEnum


class Later(StrEnum):
    """What becomes of an announcement when its conversation goes on."""

    EDIT = "edit"
    """It is edited: answered, or written in again."""
    THREAD = "thread"
    """What is written later stands in its thread."""
    NOTHING = "nothing"
