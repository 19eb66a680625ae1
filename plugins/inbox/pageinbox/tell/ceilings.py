"""How much of a conversation each room may see at most, by the settings DETAIL and ROOMS."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress

from pageinbox.model.errors import LedgerError
from pageinbox.model.text import fold
from pageinbox.model.watch import Detail, least
from pageinbox.settings.reading import Settings

AGAIN = 300.0
"""Seconds until a room that was not found is looked for anew."""

NEVER = float("-inf")

ROOM_SIGNS, PERSON_SIGNS = ("#", "!", "<#"), ("@", "<@")
"""What names begin with that can be of a room alone, or of a person alone."""


class Ceilings:
    """What rooms may see by `chosen`: what ROOMS gives them, all others what DETAIL says.

    `find` gives the chat's name for a room of the settings, "" where it finds none now, and may ask the network.
    `moved` gives the rooms that go on as others, by their old names; `timer` gives seconds that never go back.
    """

    def __init__(
        self,
        chosen: Settings,
        find: Callable[[str], str] = lambda name: name,
        moved: Callable[[], Mapping[str, str]] = dict,
        timer: Callable[[], float] = time.monotonic,
    ) -> None:
        self._chosen = chosen
        self._find = find
        self._moved = moved
        self._timer = timer
        self._looking = threading.Lock()
        self._found: dict[str, str] = {}
        """Rooms by their names in the settings."""
        self._first: Mapping[str, str] = {}
        """The same, as they were found first: they keep what they may see when they are renamed."""
        self._named: Callable[[Mapping[str, str]], Mapping[str, str]] | None = None
        self._again = NEVER

    def keep(self, named: Callable[[Mapping[str, str]], Mapping[str, str]]) -> None:
        """Let `named` remember beyond this bot's life which rooms are found.

        It is given them, and gives those that the names meant first, or raises LedgerError.
        """
        with self._looking:
            self._named = named
            self._remember()

    def _remember(self) -> None:
        if self._named is not None:
            with suppress(LedgerError):  # then they are remembered at the next start
                self._first = self._named(self._found)

    def of(self, room: str) -> Detail:
        """What a room or a direct chat may see at most.

        Any room may be one that was not found, so none that has not its own ceiling sees more than those may.
        """
        if not self._chosen.rooms:
            return self._chosen.detail
        levels, unfound, moved = self._chosen.rooms, self.unfound(), self._moved()
        here, own = moved.get(room, room), list[Detail]()
        for name, level in levels.items():
            now = self._found.get(name, name)
            first = self._first.get(name, now)
            if here in {moved.get(each, each) for each in (name, first)}:
                own.append(level)
            elif alike(moved.get(now, now), here):  # another room has its name, or it is spelt otherwise
                own.append(least([level, self._chosen.detail]))
        might = [levels[name] for name in unfound if may_be(name, room)]
        return least(own or [self._chosen.detail, *might])

    def unfound(self) -> list[str]:
        """The rooms of the settings that are not found, looked for now and then."""
        # The network may be slow: nobody waits for that but at first, when nothing is found yet.
        if self._looking.acquire(blocking=self._again == NEVER):
            try:
                self._look()
            finally:
                self._looking.release()
        return [name for name in self._chosen.rooms if name not in self._found and name not in self._first]

    def _look(self) -> None:
        missing = [name for name in self._chosen.rooms if name not in self._found]
        if missing and self._timer() >= self._again:
            for name in missing:
                if found := self._find(name):
                    self._found[name] = found
            if not self._found.keys().isdisjoint(missing):
                self._remember()
            self._again = self._timer() + AGAIN


def alike(name: str, room: str) -> bool:
    """Whether a name may be that of a room: in any case, and without what IRC and XMPP put behind a person's."""
    wanted, there = fold(name), fold(room)
    return there == wanted or there.startswith((f"{wanted}!", f"{wanted}/"))


def may_be(name: str, room: str) -> bool:
    """Whether a name of the settings may be that of a room of the chat: one of a person is none of a room."""
    kinds = [
        "room" if each.startswith(ROOM_SIGNS) else "person" if each.startswith(PERSON_SIGNS) else ""
        for each in (name, room)
    ]
    return "" in kinds or kinds[0] == kinds[1]
