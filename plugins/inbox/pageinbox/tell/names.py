"""The rooms and people that the settings name, as the chat has them; the admins are told of those that it has not."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from pageinbox.model.logged import nobody_named
from pageinbox.model.watch import Detail, Ping, least
from pageinbox.settings.reading import Settings
from pageinbox.tell.admins import Admins
from pageinbox.tell.ceilings import Ceilings
from pageinbox.tell.ping import looked_up
from pageinbox.words import refusals

if TYPE_CHECKING:
    from pageinbox.tell.service import WatchService

log = logging.getLogger(__name__)


class Names:
    """Looks up what `chosen` names.

    `find` gives the chat's name for a room of the settings, "" where it finds none now, and may ask the network.
    `moved` gives the rooms that go on as others, by their old names; `timer` gives seconds that never go back.
    """

    def __init__(
        self,
        chosen: Settings,
        find: Callable[[str], str],
        moved: Callable[[], Mapping[str, str]],
        *,
        admins: Admins,
        timer: Callable[[], float],
    ) -> None:
        self.chosen = chosen
        self.find = find
        self._admins = admins
        self._ceilings = Ceilings(chosen, find, moved, timer)

    def ceiling(self, *rooms: str) -> Detail:
        """How much of a conversation may be said where these see it."""
        return least(map(self._ceilings.of, rooms))

    def rooms(self) -> dict[str, str]:
        """The rooms of WATCHES that are found, by their names there."""
        return {name: room for name, _ in self.chosen.watches if (room := self.find(name))}

    def settings(self, rooms: Mapping[str, str], whom: Callable[[str, str], Ping]) -> Settings:
        """The settings, with everybody looked up whom their watches ping; `whom` finds whom a name means in a room."""
        found = [(name, looked_up(spec, rooms.get(name, name), whom)) for name, spec in self.chosen.watches]
        unfound = [why for _, (_, sentences) in found for why in sentences]
        self._admins.tell("unpinged", unfound, refusals.cannot_ping(unfound))
        return replace(self.chosen, watches=tuple((name, spec) for name, (spec, _) in found))

    def keep(self, service: WatchService) -> None:
        """Let the ledger remember which rooms of ROOMS are found."""
        self._ceilings.keep(service.named)
        if missed := self._ceilings.unfound():
            log.warning("ROOMS: I can't find %s", nobody_named(", ".join(missed)))
        self._admins.tell("unfound", missed, refusals.cannot_find(missed))
