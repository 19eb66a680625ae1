"""Room aliases in Errbot's access controls, turned into the ids of the rooms, which never change."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

from errbot.backends.base import RoomError

from errbot_matrix.logged import nobody_named

log = logging.getLogger(__name__)

RULES = {"allowrooms": (), "denyrooms": ("*",)}
"""The rules that name rooms, each with what replaces an alias that can't be looked up, so that nobody gains access."""


def by_id(rules: Mapping[str, Any], resolve: Callable[[str], str]) -> dict[str, Any]:
    """The rules of one command, with the id of each room that they name by its alias (`#team:example.org`) added.

    `resolve` returns the id for an alias, and raises RoomError or ConnectionError. It asks the directory: what a room
    says its alias is does not count, since its own admins decide that.
    """
    known = dict(rules)
    for rule in RULES.keys() & rules.keys():
        given = rules[rule]
        rooms = [given] if isinstance(given, str) else list(given)
        for alias in [room for room in rooms if isinstance(room, str) and room.startswith("#")]:
            try:
                rooms.append(resolve(alias))
            except (RoomError, ConnectionError) as error:
                why = nobody_named(error)
                log.error("I can't look up the room %s, which ACCESS_CONTROLS names. %s", alias, why)
                rooms += RULES[rule]
        known[rule] = tuple(rooms)
    return known


def know_rooms(config: Any, resolve: Callable[[str], str]) -> None:
    """Let the access controls of Errbot's `config` find the rooms they name by alias; see `by_id`."""
    config.ACCESS_CONTROLS = {name: by_id(rules, resolve) for name, rules in config.ACCESS_CONTROLS.items()}
    config.ACCESS_CONTROLS_DEFAULT = by_id(config.ACCESS_CONTROLS_DEFAULT, resolve)
