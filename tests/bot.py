"""A bot without threads: it looks and tells when a simulated clock says so, on a real ledger and a simulated Graph."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from pageinbox.app import NO_ROOMS, Runtime, open_answers, open_service
from pageinbox.chat.whom import ping_called
from pageinbox.checkup.bot import Around
from pageinbox.commands.dispatch import Commands
from pageinbox.commands.request import Going
from pageinbox.ledger.database import Ledger, open_ledger
from pageinbox.model.act import Person
from pageinbox.model.chat import Chat, Doubt, NotPinged
from pageinbox.model.errors import LedgerError, Unavailable
from pageinbox.model.post import Mention, Post
from pageinbox.model.secret import Secret
from pageinbox.model.watch import Ping
from pageinbox.settings.reading import Settings
from pageinbox.tell.alarm import EVERY, Alarm
from pageinbox.tell.schedule import Outcome, Schedule
from pageinbox.web.meta import Webhook

SAM = Person("@sam", "Sam")
"""Who says something where nobody else does."""

TEAM = {
    "here": ["here"],
    "S1": ["support", "Customer support"],
    "U1": ["ann", "Ann Lee"],
    "room": ["room"],
    "@ann:chat.example": ["anna"],
}
"""Whom a watch can ping, by what they are called."""


def whom(room: str, name: str) -> Ping:
    """Whom a name means in any room."""
    return ping_called(name, TEAM)


def member(room: str, name: str) -> tuple[Person, Mention]:
    """Which person a name means in any room."""
    found = whom(room, name)
    if found.id in ("here", "S1", "room"):
        raise NotPinged("that is not one person")
    return Person(f"@{found.name}", found.name.title()), Mention(found.id, found.name)


class Deaf:
    """A chat in which nothing is said without being asked for."""

    def send(self, room: str, post: Post, key: str, under: str = "") -> str:
        return ""

    def edit(self, room: str, post: Post, receipt: str) -> None: ...

    def settle(self, room: str, key: str, since: float, under: str = "") -> Doubt:
        return Doubt.OPEN


@cache
def new_ledger() -> bytes:
    """A ledger that has just been made: to make its tables takes longer than most of what a test does with it."""
    with TemporaryDirectory() as folder:
        file = Path(folder, "ledger.sqlite")
        open_ledger(file).close()
        return file.read_bytes()


class Bot:
    """One life of a bot: its settings, its ledger at `url`, its chat, and a clock that it moves by `wait`.

    `ledger_clock` is the ledger's own, where that one differs.
    """

    def __init__(
        self,
        chosen: Settings,
        url: str,
        chat: Chat,
        clock: Callable[[], float],
        wait: Callable[[float], object],
        *,
        seed: int = 1,
        admins: Sequence[str] = (),
        timer: Callable[[], float] | None = None,
        ledger_clock: Callable[[], float] | None = None,
        rooms: Mapping[str, str] = NO_ROOMS,
        whom: Callable[[str, str], Ping] = whom,
        moved: Callable[[], Mapping[str, str]] = dict,
        around: Around | None = None,
    ) -> None:
        if url.startswith("sqlite:///") and not (file := Path(url.removeprefix("sqlite:///"))).exists():
            file.touch(0o600)
            file.write_bytes(new_ledger())
        self.clock, self.wait, self._admins, self._chat = clock, wait, admins, chat
        runtime = Runtime(clock, timer or clock, wait, lambda: 0.5, {}, paced=False, ledger_clock=ledger_clock or clock)
        self.meters = runtime.meters
        self.answers = open_answers(chosen, runtime)
        self.alarm = Alarm(chat, admins, clock, pages=chosen.pages, timer=runtime.timer, aside=lambda job: job())
        service = open_service(
            url,
            self.answers,
            chosen,
            chat,
            rooms=rooms,
            alarm=self.alarm,
            admins=admins,
            moved=moved,
            runtime=replace(runtime, random=Random(seed).random),
        )
        assert service is not None
        self.service = service
        self.commands = Commands(
            self.answers,
            chosen,
            lambda: self.service,
            clock=clock,
            whom=whom,
            member=member,
            faults=self.alarm.watchdog.faults,
            ceiling=self.service.ceiling,
            around=around,
        )
        self.schedule = Schedule(chosen.poll_interval, runtime.timer, Random(seed).random)
        self.schedule.want(self.service.poll.sources())
        self.service.pushes.hurry = self.schedule.hurry
        self.meters = runtime.meters
        token = chosen.push_token or Secret("")
        self.webhook = Webhook(token, chosen.pages.values, self.service.pushes.hear, runtime.meters.pushes)
        self._sure = True
        self._interval = chosen.poll_interval
        self._telling = -math.inf
        """When `run` tells next: when something is due or was queued. No other bot is on the ledger, for whose sake
        the poller's threads also try once an interval."""

    def say(
        self, room: str, text: str, *, person: Person = SAM, direct: bool = False, replied: Sequence[str] = ()
    ) -> Post:
        """What the bot answers somebody in a room to the words after !inbox, in reply to these receipts."""
        admin = person.id in self._admins
        before = self.changes()
        post = self.commands.answer(
            room, text, person=person, direct=direct, replied=replied, admin=admin, later=self._say_later
        )
        if before is None or self.changes() != before:
            self._want()
        self._telling = -math.inf
        return post

    def _say_later(self, room: str, made: Callable[[Going], Post | None]) -> bool:
        if (post := made(lambda: True)) is not None:
            self._chat.send(room, post, "later")
        return True

    def changes(self) -> int | None:
        """Another number once anything in the ledger has changed; None where that can't be told."""
        with suppress(LedgerError):
            self.service.ledger.check()
            return self.service.ledger.changes()
        return None

    def _want(self) -> None:
        self._sure = False
        with suppress(LedgerError):
            self.schedule.want(self.service.sources())
            self._sure = True

    @property
    def ledger(self) -> Ledger:
        """What the service writes into."""
        return self.service.ledger

    def look(self) -> bool:
        """One look, if one is due."""
        source = self.schedule.take()
        if source is None:
            return False
        try:
            outcome = self.service.look(source)
        except LedgerError:
            outcome = Outcome(Unavailable())  # as it is for the threads
        self.schedule.done(source, outcome)
        if outcome.new:
            self._telling = -math.inf
        return True

    def tell(self) -> float:
        """Send everything that can be sent, and give the seconds until more can."""
        while (pause := self.service.tell()) == 0:
            pass
        return math.inf if pause is None else pause

    def ask_tokens(self) -> None:
        """What else happens now and then by itself: files of tokens are looked at, and tokens asked about."""
        if any([self.service.tokens.renew() for _ in range(2)]):
            for page in self.answers.listing.clients:
                self.schedule.retry(page)
        self.service.tokens.ask()
        self._telling = -math.inf

    def run(self, until: float) -> None:
        """Look and tell until the clock says so."""
        while True:
            if not self._sure:
                self._want()
            while self.look():
                pass
            if self._telling <= self.clock():
                self._telling = self._told() + self.clock()
            self.alarm.check()
            check = EVERY if self.alarm.watchdog.faults() else math.inf
            pause = min(self._telling - self.clock(), self.schedule.wait(), check)
            if self.clock() + pause >= until:
                self.wait(max(0.0, until - self.clock()))
                return
            self.wait(pause)

    def _told(self) -> float:
        try:
            return self.tell()
        except LedgerError:
            return self._interval

    def stop(self) -> None:
        """End as a plugin that is deactivated."""
        self.service.stop()
        self._close()

    def die(self) -> None:
        """End as a killed process: nothing is given back but what the system takes."""
        self.ledger.close()
        self._close()

    def _close(self) -> None:
        self.answers.listing.close()
