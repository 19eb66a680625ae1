"""Where every conversation is: by its number, by its person, and in the list of its folder."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Sequence
from typing import Final

from simulator.page import Page
from simulator.thread import Thread, age_key

PLATFORMS: Final = ("messenger", "instagram")
FOLDERS: Final = ("inbox", "other", "page_done", "spam")
PENDING: Final = "pending"
"""A folder that one client asks for; nobody has recorded whether it is there."""


class Folders:
    """The conversations of all Pages; each list is sorted by `age_key`. Whoever uses it holds the world's lock."""

    def __init__(self) -> None:
        self.last_number = 0
        self._numbered: dict[int, Thread] = {}
        self._lists: dict[tuple[str, str, str], list[Thread]] = {}
        self._people: dict[tuple[str, str], dict[str, Thread]] = {}

    def numbered(self, number: int) -> Thread | None:
        """The conversation with this internal number, if it still exists."""
        return self._numbered.get(number)

    def of_person(self, page: Page, platform: str, label: str) -> Thread | None:
        """The one conversation with a person, by their id; by name or username too, except after `take_all`."""
        return self._known(page, platform).get(label)

    def of_page(self, page: Page) -> list[Thread]:
        """All conversations of a Page, oldest first."""
        return sorted((thread for thread in self._numbered.values() if thread.page is page), key=age_key)

    def oldest_first(self, page: Page, platform: str, folder: str) -> list[Thread]:
        """The list itself, which nobody else may change; raises `KeyError` for an unknown platform or folder."""
        if platform not in PLATFORMS or folder not in (*FOLDERS, PENDING):
            raise KeyError(f"there is no list {platform!r}, {folder!r}")
        return self._lists.setdefault((page.name, platform, folder), [])

    def take(self, thread: Thread) -> None:
        """Take in a new conversation; raises `KeyError`, and takes nothing, for an unknown platform or folder."""
        ordered = self.oldest_first(thread.page, thread.platform, thread.folder)
        people = self._known(thread.page, thread.platform)
        self.last_number = thread.number
        self._numbered[thread.number] = thread
        people[thread.person.id] = thread
        for label in (thread.person.name, thread.person.username):
            if label:
                people.setdefault(label, thread)
        insort(ordered, thread, key=age_key)

    def take_all(self, threads: Sequence[Thread]) -> None:
        """Take in many at once, with numbers that are new; their people are found by id only."""
        for thread in threads:
            self._numbered[thread.number] = thread
            self._known(thread.page, thread.platform)[thread.person.id] = thread
            self.oldest_first(thread.page, thread.platform, thread.folder).append(thread)
        self.last_number = max([self.last_number, *(thread.number for thread in threads)])
        for ordered in self._lists.values():
            ordered.sort(key=age_key)

    def put(self, thread: Thread) -> None:
        """Let a conversation that is in no list stand in that of its folder."""
        insort(self.oldest_first(thread.page, thread.platform, thread.folder), thread, key=age_key)

    def take_out(self, thread: Thread) -> None:
        """Take a conversation out of its list; of one that is hidden, and so in none, only that is changed."""
        if thread.hidden:
            thread.hidden = False
            return
        ordered = self.oldest_first(thread.page, thread.platform, thread.folder)
        del ordered[bisect_left(ordered, age_key(thread), key=age_key)]

    def move(self, thread: Thread, folder: str) -> None:
        """Move a conversation to another folder; raises `KeyError`, and moves nothing, for an unknown one."""
        target = self.oldest_first(thread.page, thread.platform, folder)
        self.take_out(thread)
        thread.folder = folder
        insort(target, thread, key=age_key)

    def renumber(self, thread: Thread) -> None:
        """Give a conversation a number that is new; the old one means nothing any more."""
        del self._numbered[thread.number]
        self.last_number += 1
        thread.number = self.last_number
        self._numbered[thread.number] = thread

    def remove(self, thread: Thread) -> None:
        """Forget a conversation."""
        self.take_out(thread)
        del self._numbered[thread.number]
        people = self._known(thread.page, thread.platform)
        for label in (thread.person.id, thread.person.name, thread.person.username):
            if label and people.get(label) is thread:
                del people[label]

    def _known(self, page: Page, platform: str) -> dict[str, Thread]:
        return self._people.setdefault((page.name, platform), {})
