"""Errbot's access controls, which know rooms by the ids that never change, from those a person has written by alias."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

from errbot.backends.base import RoomError

log = logging.getLogger(__name__)

RULES = {"allowrooms": (), "denyrooms": ("*",)}
"""The rules that name rooms, each with what stands for an alias that can't be looked up, so that nobody gets more."""


def by_id(rules: Mapping[str, Any], resolve: Callable[[str], str]) -> dict[str, Any]:
    """The rules of one command, with the id of each room that they name by its alias (``#team:example.org``) added.

    `resolve` gives the id for an alias, and raises RoomError or ConnectionError. Whoever may set a room's alias there
    decides what the rule is about, which is why a room's own word for its alias does not count.
    """
    known = dict(rules)
    for rule in RULES.keys() & rules.keys():
        given = rules[rule]
        rooms = [given] if isinstance(given, str) else list(given)
        for alias in [room for room in rooms if isinstance(room, str) and room.startswith("#")]:
            try:
                rooms.append(resolve(alias))
            except (RoomError, ConnectionError) as error:
                log.error("The room %s of ACCESS_CONTROLS can't be looked up. %s", alias, error)
                rooms += RULES[rule]
        known[rule] = tuple(rooms)
    return known
