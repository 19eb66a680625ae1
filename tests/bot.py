"""A bot without threads: it looks and tells when a simulated clock says so, on a real ledger and a simulated Graph."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from random import Random

import requests

from pageinbox.alarm import Alarm
from pageinbox.budget import Budget
from pageinbox.commands import Commands
from pageinbox.desk import Desk
from pageinbox.graph import GraphClient
from pageinbox.ledger.opening import open_ledger
from pageinbox.listing import Listing
from pageinbox.newsroom import Newsroom
from pageinbox.post import Post
from pageinbox.refs import Refs
from pageinbox.reply import open_session
from pageinbox.schedule import Schedule
from pageinbox.sending import Chat
from pageinbox.settings import Settings


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
        self.clock, self.wait = clock, wait
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
        self.desk = Desk(listing, Refs(), clock)
        self.ledger = open_ledger(url)
        self.newsroom = Newsroom(
            self.ledger,
            self.desk,
            chosen,
            chat,
            alarm=Alarm(chat, admins, clock),
            admins=admins,
            clock=clock,
            timer=timer,
            random=Random(seed).random,
        )
        self.commands = Commands(self.desk, chosen, lambda: self.newsroom, clock, "!")
        self.schedule = Schedule(chosen.poll_interval, timer, Random(seed).random)
        self.schedule.want(self.newsroom.poll.sources())
        self._telling = -math.inf
        """When `run` tells next: when something is due or was queued. No other bot is on the ledger, for whose sake
        the poller's threads also try once an interval."""

    def say(self, room: str, text: str, *, direct: bool = False) -> Post:
        """What the bot answers in a room to the words after !inbox."""
        post = self.commands.answer(room, text, direct=direct)
        self.schedule.want(self.newsroom.poll.sources())
        self._telling = -math.inf
        return post

    def look(self) -> bool:
        """One look, if one is due."""
        source = self.schedule.take()
        if source is None:
            return False
        outcome = self.newsroom.poll.look(source)
        self.schedule.done(source, outcome)
        if outcome.new:
            self._telling = -math.inf
        return True

    def tell(self) -> float:
        """Send everything that can be sent, and give the seconds until more can."""
        while (pause := self.newsroom.delivery.step()) == 0:
            pass
        return math.inf if pause is None else pause

    def run(self, until: float) -> None:
        """Look and tell until the clock says so."""
        while True:
            while self.look():
                pass
            if self._telling <= self.clock():
                self._telling = self.tell() + self.clock()
            pause = min(self._telling - self.clock(), self.schedule.wait())
            if self.clock() + pause >= until:
                self.wait(max(0.0, until - self.clock()))
                return
            self.wait(pause)

    def stop(self) -> None:
        """End as a plugin that is deactivated."""
        self.newsroom.stop()
        self._close()

    def die(self) -> None:
        """End as a killed process: nothing is given back but what the system takes."""
        self.ledger.close()
        self._close()

    def _close(self) -> None:
        for session in self._sessions:
            session.close()
