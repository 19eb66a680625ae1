"""Whom a name means in a Matrix room: one of its members, or all of it."""

from __future__ import annotations

from collections.abc import Mapping

from pageinbox.chat.matrix.content import EVERYBODY
from pageinbox.chat.whom import ping_called
from pageinbox.model.chat import NotPinged
from pageinbox.model.text import fold
from pageinbox.model.watch import Ping

ALL = {"room", "here", "channel", "everyone", "all"}


def whom(name: str, members: Mapping[str, str], *, may_notify: bool) -> Ping:
    """Whom `name` means among `members`, the ids of a room's people with their display names. Raises NotPinged.

    `may_notify` tells whether the bot may notify the whole room, which is a matter of its power level.
    """
    if fold(name) in ALL:
        if not may_notify:
            raise NotPinged("my power level is too low to notify this whole room; raise it, or name people")
        return Ping(EVERYBODY, EVERYBODY)
    local = [id[1:].partition(":")[0] for id in members]
    known = {
        id: [part if local.count(part) == 1 else id[1:], id[1:], part, shown]
        for (id, shown), part in zip(members.items(), local, strict=True)
    }
    return ping_called(name, known)
