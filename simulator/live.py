"""A world where things happen: customers write, agents answer, conversations move to Done or to spam."""

from __future__ import annotations

from random import Random
from threading import Event
from typing import Final

from simulator.folders import PLATFORMS
from simulator.page import Page
from simulator.people import ANSWERS, NAMES, QUESTIONS, SPAM
from simulator.thread import Person, Thread, person_id
from simulator.world import World

# How often each thing happens, out of a hundred.
_HAPPENINGS: Final = {"writes": 30, "returns": 20, "answered": 30, "read": 5, "done": 10, "spam": 5}
_LOOKED_AT: Final = 40  # only this many of the newest conversations


class Live:
    """Makes things happen in a world, on average `per_minute` of them by the world's own clock.

    With the same seed, world and times the same things happen.
    """

    def __init__(self, world: World, *, seed: int = 1, per_minute: float = 12.0) -> None:
        self._world = world
        self._rng = Random(seed)
        self._rate = per_minute / 60
        self._due = world.clock() + self._rng.expovariate(self._rate)
        self._newcomers = 0

    def step(self) -> list[str]:
        """Do everything that has come due since the last call; returns a line for each thing, oldest first."""
        lines = []
        while self._due <= self._world.clock():
            lines.append(self._happen(self._due))
            self._due += self._rng.expovariate(self._rate)
        return lines

    def run(self, stop: Event, pause: float = 1.0) -> None:
        """Step every `pause` seconds until `stop` is set."""
        while not stop.wait(pause):
            self.step()

    def _happen(self, at: float) -> str:
        rng, world = self._rng, self._world
        page = rng.choice(list(world.pages.values()))
        platform = rng.choice(PLATFORMS)
        thread: Thread | None
        what = rng.choices(list(_HAPPENINGS), list(_HAPPENINGS.values()))[0]
        inbox = world.conversations(page, platform, "inbox")[:_LOOKED_AT]
        waiting = [thread for thread in inbox if thread.waiting]
        if what == "answered" and waiting:
            world.answer(thread := rng.choice(waiting), rng.choice(ANSWERS), at=at)
        elif what == "read" and inbox:
            world.read(thread := rng.choice(inbox))
        elif what == "done" and inbox:
            world.move(thread := rng.choice(inbox), "page_done")
        elif what == "spam" and waiting:
            world.move(thread := rng.choice(waiting), "spam")
        elif what == "returns" and (thread := self._somebody(page, platform)):
            world.write(page, thread, rng.choice(QUESTIONS), at=at)
            if thread.folder == "page_done":
                world.move(thread, "inbox")
        else:
            what, thread = "writes", self._newcomer(page, platform, at)
        return f"{page.name} {platform}: {thread.id} {what}"

    def _somebody(self, page: Page, platform: str) -> Thread | None:
        folder = self._rng.choice(("inbox", "inbox", "page_done"))
        known = self._world.conversations(page, platform, folder)[:_LOOKED_AT]
        return self._rng.choice(known) if known else None

    def _newcomer(self, page: Page, platform: str, at: float) -> Thread:
        rng = self._rng
        self._newcomers += 1
        id = person_id(platform, 9_000_000_000 + self._newcomers)
        name = rng.choice(NAMES)
        if platform == "messenger":
            person = Person(id, name=name)
        else:
            person = Person(id, username=f"newcomer.{self._newcomers}")
        folder = rng.choices(("inbox", "other", "spam"), (80, 8, 12))[0]
        text = rng.choice(SPAM if folder == "spam" else QUESTIONS)
        return self._world.write(page, person, text, platform=platform, folder=folder, at=at)
