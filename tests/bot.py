"""A bot without threads: it looks and tells when a simulated clock says so, on a real ledger and a simulated Graph."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from random import Random

import requests

from pageinbox.ask.answers import Answers
from pageinbox.ask.listing import Listing
from pageinbox.ask.refs import Refs
from pageinbox.commands.questions import Commands
from pageinbox.graph.budget import Budget
from pageinbox.graph.client import GraphClient
from pageinbox.graph.http import open_session
from pageinbox.ledger.database import open_ledger
from pageinbox.model.chat import Chat
from pageinbox.model.post import Post
from pageinbox.settings.table import Settings
from pageinbox.tell.alarm import Alarm
from pageinbox.tell.schedule import Schedule
from pageinbox.tell.service import WatchService


class Bot:
    """One life of a bot: its settings, its ledger at `url`, its chat, and a clock that it moves by `wait`."""

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
    ) -> None:
        self.clock, self.wait, self.interval = clock, wait, float(chosen.poll_interval)
        self._sessions: list[requests.Session] = []
        timer = timer or clock
        clients = {}
        for name, page in chosen.pages.items():
            session = open_session(chosen.graph_url, {})
            self._sessions.append(session)
            clients[name] = GraphClient(
                page,
                session,
                Budget(timer, wait, paced=False),
                url=chosen.graph_url,
                version=chosen.graph_version,
                clock=clock,
                sleep=wait,
                random=lambda: 0.5,
            )
        listing = Listing(clients, ttl=chosen.cache_ttl, clock=clock, timer=timer)
        self.answers = Answers(listing, Refs(), clock)
        self.ledger = open_ledger(url)
        self.service = WatchService(
            self.ledger,
            self.answers,
            chosen,
            chat,
            alarm=Alarm(chat, admins, clock),
            admins=admins,
            clock=clock,
            timer=timer,
            random=Random(seed).random,
        )
        self.commands = Commands(self.answers, chosen, lambda: self.service, clock, "!")
        self.schedule = Schedule(chosen.poll_interval, timer, Random(seed).random)
        self.schedule.want(self.service.poll.sources())
        self._telling = -math.inf
        """When `run` tells next, as the poller's threads do: when something is due or was queued, once an interval."""

    def say(self, room: str, text: str, *, direct: bool = False) -> Post:
        """What the bot answers in a room to the words after !inbox."""
        post = self.commands.answer(room, text, direct=direct)
        self.schedule.want(self.service.poll.sources())
        self._telling = -math.inf
        return post

    def look(self) -> bool:
        """One look, if one is due."""
        source = self.schedule.take()
        if source is None:
            return False
        outcome = self.service.poll.look(source)
        self.schedule.done(source, outcome)
        if outcome.new:
            self._telling = -math.inf
        return True

    def tell(self) -> float:
        """Send everything that can be sent, and give the seconds until more can."""
        while (pause := self.service.delivery.step()) == 0:
            pass
        return math.inf if pause is None else pause

    def run(self, until: float) -> None:
        """Look and tell until the clock says so."""
        while True:
            while self.look():
                pass
            if self._telling <= self.clock():
                self._telling = min(self.tell(), self.interval) + self.clock()
            pause = min(self._telling - self.clock(), self.schedule.wait())
            if self.clock() + pause >= until:
                self.wait(max(0.0, until - self.clock()))
                return
            self.wait(pause)

    def stop(self) -> None:
        """End as a plugin that is deactivated."""
        self.service.stop()
        self._close()

    def die(self) -> None:
        """End as a killed process: nothing is given back but what the system takes."""
        self.ledger.close()
        self._close()

    def _close(self) -> None:
        for session in self._sessions:
            session.close()
