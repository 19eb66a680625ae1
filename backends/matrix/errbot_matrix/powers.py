"""What people may do in a room, by its state."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

CREATORS_SINCE = 12
"""The room version from which on its makers may do anything, whatever the levels say: Matrix, "Room version 12"."""


def may_notify(person: str, levels: Mapping[str, Any]) -> bool:
    """Whether the levels of a room, the content of its m.room.power_levels, let a person notify everybody at once."""
    mine = levels.get("users", {}).get(person, levels.get("users_default", 0))
    return int(mine) >= int(levels.get("notifications", {}).get("room", 50))


def may_send(person: str, levels: Mapping[str, Any]) -> bool:
    """Whether the same levels let a person write messages."""
    mine = levels.get("users", {}).get(person, levels.get("users_default", 0))
    return int(mine) >= int(levels.get("events", {}).get("m.room.message", levels.get("events_default", 0)))


def creators(created: Mapping[str, Any]) -> list[str]:
    """Who stands above the levels of a room, which then don't name them; nobody in rooms of older versions.

    `created` is its whole event m.room.create.
    """
    content = created.get("content", {})
    version = str(content.get("room_version"))
    if not version.isdecimal() or int(version) < CREATORS_SINCE:
        return []
    return [str(created.get("sender")), *content.get("additional_creators", [])]
