"""All that tells rooms without being asked, on one open ledger: watches, looks, announcements and their threads."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, suppress

from pageinbox.ask.answers import Answers
from pageinbox.ask.tokens import Tokens
from pageinbox.ledger.acts import Acts
from pageinbox.ledger.database import Ledger
from pageinbox.ledger.deadline import READ_IN_VAIN, Rest
from pageinbox.ledger.digests import Digests
from pageinbox.ledger.edits import Edits
from pageinbox.ledger.erasing import Erasure
from pageinbox.ledger.following import Following
from pageinbox.ledger.history import Histories
from pageinbox.ledger.leases import Leases
from pageinbox.ledger.marks import Marked
from pageinbox.ledger.outbox import Outbox
from pageinbox.ledger.rooms import known, move, named
from pageinbox.ledger.sources import Sources
from pageinbox.ledger.statistics import Figuring
from pageinbox.ledger.waits import Waits
from pageinbox.ledger.watches import Watches
from pageinbox.model.chat import Chat
from pageinbox.model.errors import LedgerError
from pageinbox.model.fault import Work
from pageinbox.model.meters import Meters
from pageinbox.model.source import Source
from pageinbox.model.watch import Detail
from pageinbox.settings.reading import Settings
from pageinbox.tell.alarm import Alarm
from pageinbox.tell.ceilings import Ceilings
from pageinbox.tell.delivery import ANSWERING, Delivery
from pageinbox.tell.digests import DigestWriter
from pageinbox.tell.erasing import Erasing
from pageinbox.tell.first_looks import FirstLooks
from pageinbox.tell.group import GATHERING, choose
from pageinbox.tell.lapses import Lapses
from pageinbox.tell.pace import Pace
from pageinbox.tell.poll import Poll
from pageinbox.tell.pulse import Pulse
from pageinbox.tell.push import Pushes
from pageinbox.tell.reminders import Reminders
from pageinbox.tell.schedule import Outcome
from pageinbox.tell.standing import Standings
from pageinbox.tell.statistics import ListStatistics
from pageinbox.tell.threads import Poller
from pageinbox.tell.weather import Weather
from pageinbox.tell.writing import AnnouncementWriter
from pageinbox.words.english import counted, spell

DAY, HOUR = 86400.0, 3600.0

log = logging.getLogger(__name__)


class WatchService:
    """Watches, looks and announcements of one bot.

    `answers` holds the Pages and gives refs, `rooms` are those of WATCHES that were found, by what they are called
    there. `clock` tells seconds since 1970, `timer` seconds that never go back, `random` gives 0 to 1. `alarm` hears
    how all that goes, `admins` are the rooms or people that hear of trouble with Pages too. `moved` gives the rooms
    that go on as others, by their old names. `going` says whether it is still wanted. `ceiling` gives what a room may
    see at most; None stands for what the settings say of it by the name that they have for it. `meters` count what it
    does. Raises LedgerError.
    """

    def __init__(
        self,
        ledger: Ledger,
        answers: Answers,
        chosen: Settings,
        chat: Chat,
        *,
        rooms: Mapping[str, str],
        alarm: Alarm,
        admins: Sequence[str],
        clock: Callable[[], float],
        timer: Callable[[], float],
        random: Callable[[], float],
        moved: Callable[[], Mapping[str, str]],
        going: Callable[[], bool],
        ceiling: Callable[[str], Detail] | None,
        meters: Meters,
    ) -> None:
        pages = {name: page.id for name, page in chosen.pages.items()}
        clients = answers.listing.clients
        self.ledger = ledger
        self.ceiling = ceiling or Ceilings(chosen, moved=moved).of
        self._answers = answers
        self._chosen = chosen
        self._clock = clock
        self._sources = Sources(ledger, pages)
        pace = Pace(chosen.poll_interval, chosen.slowest_interval, timer)
        self.pushes = Pushes(clients, pace, clock=clock, timer=timer, counts=meters.pushes)
        self._leases = Leases(ledger, self._sources, chosen.poll_interval, pace.longest)
        outbox = Outbox(ledger, self._sources, choose, ahead=GATHERING, admins=admins)
        edits = Edits(ledger, self._sources)
        following = Following(ledger)
        self.acts = Acts(ledger, self._sources, following, lasting=chosen.claim_hours * HOUR)
        self.marked = Marked(ledger, self._sources)
        self.watches = Watches(ledger, pages)
        self.digests = Digests(ledger, pages)
        self._lapses = Lapses(ledger, self.acts, self.watches, chosen.pages, self.ceiling)
        self.histories = Histories(ledger, self._sources)
        self.figuring = Figuring(ledger, self._sources)
        self.statistics = ListStatistics(self.figuring, answers.listing, pace, chosen.timezone)
        hours = {name: page.open for name, page in chosen.pages.items() if page.open is not None}
        self.waits = Waits(ledger, self._sources, hours)
        self.pulse = Pulse(timer, lambda page: pace.longest * clients[page].budget.slowness())
        self.poll = Poll(
            ledger,
            answers.listing,
            self.watches,
            self.digests,
            sources=self._sources,
            waits=self.waits,
            leases=self._leases,
            edits=edits,
            following=following,
            acts=self.acts,
            pushes=self.pushes,
            retention=chosen.retention_days * DAY,
            clock=clock,
            timer=timer,
            pulse=self.pulse,
            meters=meters,
            admins=admins,
        )
        self.reminders = Reminders(
            ledger, self._sources, self.watches, chosen.pages, timer=timer, want=self.pushes.want
        )
        self.digest_writer = DigestWriter(
            ledger,
            self.digests,
            self._sources,
            self.marked,
            chosen=chosen,
            refs=answers.refs,
            count=self.statistics.compared,
            clients=clients,
            ceiling=self.ceiling,
            clock=clock,
            timer=timer,
            want=self.pushes.want,
        )
        writer = AnnouncementWriter(
            self.digest_writer, self.watches, chosen=chosen, refs=answers.refs, ceiling=self.ceiling, clock=clock
        )
        self.delivery = Delivery(
            outbox,
            edits,
            chat,
            words=writer.told,
            waiting=alarm.watchdog.waiting,
            meters=meters,
            clock=clock,
        )
        erasure = Erasure(ledger, self._sources, following)
        self.erasing = Erasing(ledger, erasure, edits, self.delivery, answers=answers, waits=self.waits, timer=timer)
        self._asked = Rest(timer)
        self.tokens = Tokens(clients, timer, renewed=answers.listing.retry, asked=self.wake)
        self.weather = Weather(
            ledger,
            clients,
            admins,
            ids=pages,
            asking=lambda: self.tokens.asking,
            watched=lambda: {source.page for source in self.poll.wanted()},
            timer=timer,
        )
        self._moved = moved
        self._watchdog = alarm.watchdog
        self._watchdog.where = ledger.where
        self._poller = Poller(
            self.sources,
            self.look,
            self.tell,
            interval=chosen.poll_interval,
            clock=timer,
            random=random,
            pages=len(pages),
        )
        self.pushes.hurry = self._poller.hurry
        self.standings = Standings(
            ledger,
            self._sources,
            wanted=self.poll.wanted,
            next_look=self._poller.next_look,
            pushes=None if chosen.push_token is None else self.pushes,
            clients=clients,
            histories=self.histories,
            watches=self.watches,
            waits=self.waits,
            clock=clock,
        )
        self.first_looks = FirstLooks(self._poller.look, self.standings.records, outbox=outbox, answers=answers)
        if ledger.exclusive:
            # Whoever had the ledger before is gone, so nothing is under way any more.
            self._leases.release(every_session=True)
            outbox.doubt_all()
        self.follow_rooms()
        self.watches.keep(chosen.watches, clock(), going, rooms=rooms)
        if going():  # or another one was opened meanwhile, and these are its own
            answers.listing.on_read, answers.listing.polled = self._poller.retry, chosen.poll_interval
            answers.listing.vouched = pace.stretched
            answers.refs.written = self.histories
            answers.marked = self.marked
            answers.waits = self.waits
            watches = counted(len(self.watches.watches()), "watch", "watches")
            log.info(
                "I read %s at %s; my ledger is %s; %s", spell(list(pages)), chosen.graph_url, ledger.where, watches
            )

    def start(self) -> None:
        """Begin to look and to tell."""
        self._poller.start()
        self.tokens.start()

    def wake(self) -> None:
        """The watches have changed."""
        self._poller.wake()

    def met(self, conversation_ids: Iterable[str]) -> Collection[str]:
        """Those of the conversations that some look has met. Raises LedgerError."""
        return self._sources.known(conversation_ids)

    def stop(self) -> None:
        """End within two seconds; what still hangs then is left behind and changes nothing any more."""
        self.tokens.stop()
        self._poller.stop()
        if self._answers.refs.written is self.histories:
            self._answers.refs.written = None
            self._answers.marked = None
            self._answers.waits = None
        if not self.ledger.exclusive:
            # A courtesy to other bots, which must not keep this one: what is not given back ends by itself.
            courtesy = threading.Thread(target=self._give_back, name="inbox-release", daemon=True)
            courtesy.start()
            courtesy.join(1.0)
        self.ledger.close()

    def _give_back(self) -> None:
        with suppress(LedgerError):
            self._leases.release()

    def asked(self) -> AbstractContextManager[None]:
        """Use the ledger in this block for somebody who asks. Raises LedgerError while others waited for it in vain.

        Looks and announcements are tried all the same.
        """
        return self._asked.kept(self.ledger.where, READ_IN_VAIN)

    def sources(self) -> list[Source]:
        """What is to be looked at, and from now on nothing else is. Raises LedgerError."""
        with self._watchdog.watching(Work.SOURCES):
            self.erasing.keep_up()
            sources = self.poll.sources()
        self._watchdog.keep([*Work, *sources])
        return sources

    def look(self, source: Source, going: Callable[[], bool] = lambda: True) -> Outcome:
        """Look once at a source, unless another bot does, while `going` says so. Raises LedgerError."""

        def still() -> bool:
            self._watchdog.gets_on()  # it is asked before each call
            return going()

        with self._watchdog.watching(source):
            return self.poll.look(source, still, self._poller.interrupt)

    def tell(self) -> float | None:
        """Say at most one announcement. Gives the seconds until the next is due, None for none. Raises LedgerError."""
        with self._watchdog.watching(Work.TELLING):
            self.follow_rooms()
            if self.delivery.announce():
                return 0.0
        with self._watchdog.watching(Work.EDITING):
            if (edit := self.delivery.edit()) == 0:
                return 0.0
        with self._watchdog.watching(Work.REMINDING):
            pauses = edit, self._lapses.end(), self.reminders.remind(), self.digest_writer.queue(), self.weather.tell()
        return min((pause for pause in pauses if pause is not None), default=None)

    def told(self, room: str, *receipts: str, patience: float = ANSWERING) -> list[tuple[Source, str]]:
        """The conversations that the first of these messages in a room told of that told of any, in that order.

        Waits `patience` seconds at most for the receipt of one that is just being said. Raises LedgerError.
        """
        found = self._told(room, receipts)
        if receipts and not found:
            self.delivery.said(room, patience)
            found = self._told(room, receipts)
        return found

    def _told(self, room: str, receipts: Sequence[str]) -> list[tuple[Source, str]]:
        each = (self.histories.told(room, receipt) for receipt in receipts)
        return next((told for told in each if told), [])

    def named(self, found: Mapping[str, str]) -> Mapping[str, str]:
        """Which rooms the names in ROOMS meant when they were first found, as `found` now. Raises LedgerError."""
        return named(self.ledger, list(self._chosen.rooms), found)

    def follow_rooms(self) -> None:
        """Let rooms that go on as others have there what they had. Raises LedgerError."""
        if moved := self._moved():
            for old in known(self.ledger, moved):
                move(self.ledger, old, moved[old], self._clock())
