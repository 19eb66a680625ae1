"""What happens around a bot that is killed again and again: customers write, and everything goes wrong that can."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from simulator import faults
from simulator.control import Control
from simulator.errors import TABLE
from simulator.server import Simulator
from simulator.thread import Person, person_id
from simulator.world import World
from tests.recording import ANYWHERE, How, Recording

HOUR, DAY = 3600.0, 86400.0

SUPPORT, GRAM, JUNK = "#support", "#gram", "#junk"
DUE = "#due"
REMINDING = f"{DUE} inbox only reminders waiting 1m"
"""A room that hears of who has waited for a minute, and of nothing else."""
BOARD = "#board"
"""A room that has a digest and hears of nothing else."""
OPS = "@ops"
"""Who hears of tokens, and of rooms that fail."""
SOON, LATER = 2.5 * DAY, 30 * DAY
"""Seconds until a token ends: OPS are told of the former, and by the latter that it is new."""
WATCHES = (f"{SUPPORT} inbox", f"{GRAM} inbox instagram", f"{JUNK} spam messenger")

Place = tuple[str, str]
"""Platform and folder, as the simulator names them."""

TOLD: dict[Place, frozenset[str]] = {
    ("messenger", "inbox"): frozenset({SUPPORT}),
    ("instagram", "inbox"): frozenset({SUPPORT, GRAM}),
    ("messenger", "spam"): frozenset({JUNK}),
}
"""The rooms that are to hear of what is new at a place."""

OLD = {("messenger", "inbox"): 60, ("instagram", "inbox"): 15, ("messenger", "spam"): 10}
"""How much is there before anybody watches; the first list takes two calls."""

PATIENT = ("0", "2", "4", "6", "8")
"""How the tokens end of those whom nobody of the team takes, so that a room is surely reminded of them."""

TOKEN = re.compile(r"\b(?:born|quiet)\d{5}\b")
"""What a thread is known by in every text that tells of it."""

FALSE_ID = "110022003399"
"""The id under which the fault `wrong_types` serves one thread of a list."""

KINDS = [kind for kind in faults.KINDS if kind not in ("zeros", "deep", "crowded")]
"""What can go wrong with the Graph; but for what is long to make, and for a crowd, which changes who wrote."""

ERRORS = [error for error in TABLE if not 201 <= error.code <= 299 or error.code == 230]

PLACES = ("conversations", "conversations", "after=", "platform=instagram", "folder=spam", "")
"""Which requests a fault is for."""

UNDERSTOOD = r"^(?!.*folder=).*conversations"
"""Requests whose list may be spoilt so that one thread in it has another's id; which one folder alone may have."""


@dataclass
class Born:
    """A thread that came to life while the room watched. `rooms` are to hear of it, `perhaps` may."""

    id: str
    rooms: frozenset[str]
    perhaps: frozenset[str] = frozenset()
    place: Place = ("messenger", "inbox")
    at: float = 0.0


@dataclass
class Storm:
    """Pages in a simulator, and the hand that lets things happen to them; `ahead` are seconds the clocks are fast.

    What was there before anybody watched is the first Page's.

    Everything that is to be told of, and everything that is not, carries a token in its name and in its text.
    """

    chance: Random
    ahead: float = 0.0
    kinds: Sequence[str] = tuple(KINDS)
    """What can go wrong with the Graph."""
    pages: Sequence[str] = ("acme",)
    watches: Sequence[str] = WATCHES
    digest: bool = False
    """Whether BOARD has one."""
    tokens: bool = False
    """Whether OPS hear of the first Page's token."""
    ends_soon: bool = True
    """Whether that one ends soon."""
    born: dict[str, Born] = field(default_factory=dict)
    quiet: dict[str, str] = field(default_factory=dict)
    watched: set[Place] = field(default_factory=set)
    """Where births are news already: the first look has begun there."""
    learned: set[Place] = field(default_factory=set)
    """Where the first look is over."""

    def __post_init__(self) -> None:
        world = World(self.clock, self.pages)
        for place, number in OLD.items():
            for _ in range(number):
                token = f"quiet{len(self.quiet):05}"
                at = self.clock() - HOUR - 60 * len(self.quiet)
                thread = world.write(
                    self.pages[0], person(place[0], token), token, platform=place[0], folder=place[1], at=at
                )
                self.quiet[token] = thread.id
        if self.tokens:
            world.date_token(self.pages[0], expires_at=self.clock() + SOON)
        self.simulator = Simulator(world, rate_limit=False, instagram_fields="present")

    def clock(self) -> float:
        return time.time() + self.ahead

    def __enter__(self) -> Storm:
        self.simulator.start()
        self.control = Control(self.simulator.url)
        return self

    def __exit__(self, *_: object) -> None:
        self.simulator.stop()

    def inbox(self, *, proofs: bool = True) -> dict[str, Any]:
        """The INBOX of a bot's config.py; without `proofs` Meta does not mind that its clock is wrong."""
        pages = {
            name: {"ID": page.id, "TOKEN": page.token} | ({"APP_SECRET": page.app_secret} if proofs else {})
            for name, page in self.simulator.world.pages.items()
        }
        return {"PAGES": pages, "GRAPH_URL": self.simulator.url, "WATCHES": list(self.watches)}

    def birth(self) -> None:
        """A customer writes who never wrote before."""
        if not self.watched:
            return
        platform, folder = place = self.chance.choice(sorted(self.watched))
        token = f"born{len(self.born):05}"
        page = self.chance.choice(self.pages)
        told = self.control.write(page, token, f"{token} asks", platform=platform, folder=folder)
        self.born[token] = Born(told["id"], TOLD[place], place=place, at=told["updated"])

    def move(self) -> None:
        """Somebody takes a thread out of the spam; where it was in between it may have been told of or not."""
        # One that is moved before any look met it is no news once it is older than an hour before the last one there.
        young = self.clock() - HOUR / 2
        spam = [one for one in self.born.values() if one.place == ("messenger", "spam") and one.at > young]
        if spam and ("messenger", "inbox") in self.watched:
            one = self.chance.choice(spam)
            self.control.move(one.id, "inbox")
            one.place = ("messenger", "inbox")
            one.rooms, one.perhaps = TOLD[one.place], one.rooms

    def reply(self) -> None:
        """Somebody who wrote before writes again: nobody is to hear of it, but lists are shuffled."""
        if self.watched == set(TOLD) == self.learned:
            known = {token: one.id for token, one in self.born.items()}
            token, thread = self.chance.choice([*self.quiet.items(), *known.items()])
            self.control.write(self.pages[0], thread, f"{token} asks again")

    def renew(self) -> None:
        """The token that ends soon is renewed, or else ends soon again."""
        self.ends_soon = not self.ends_soon
        self.control.date_token(self.pages[0], expires_at=self.clock() + (SOON if self.ends_soon else LATER))

    def fault(self) -> None:
        """Something goes wrong with one of the next requests to the Graph, or with a few."""
        chance = self.chance
        kind, match, times = chance.choice(self.kinds), chance.choice(PLACES), chance.choice((1, 1, 1, 2, 4))
        how: dict[str, Any] = {}
        if kind == "wrong_types":
            # What is unreadable during a first look would be found later and be news, rightly.
            if self.learned != set(TOLD):
                return
            match = UNDERSTOOD
        elif kind in ("error", "error_in_200"):
            error = chance.choice(ERRORS)
            how = {"name": error.name} if error.name else {"code": error.code, "subcode": error.subcode}
        elif kind in ("drip", "slow_head", "continue"):
            how = {"pause": 0.0005}
        self.control.fail(match, times, kind, **how)

    def chat_fault(self, chat: Recording, refusals: Sequence[int] = (429, 500, 503)) -> None:
        """Something goes wrong with the next message to some room; `refusals` are statuses that take no message."""
        how = self.chance.choice((How.REFUSE, How.LOSE, How.BREAK, How.HANG, How.HANG))
        room = self.chance.choice((ANYWHERE, SUPPORT, GRAM, JUNK))
        chat.misbehave(room, how, status=self.chance.choice(refusals), retry_after=0.5)

    def calm(self) -> None:
        """Nothing goes wrong with the Graph any more."""
        self.control.clear()


def person(platform: str, token: str) -> Person:
    """A person who is called like the token."""
    number = person_id(platform, 8_000_000_000 + int(token[-5:]))
    return Person(number, name=token) if platform == "messenger" else Person(number, username=token)
