"""Anything may happen in any order, on a ledger, a Graph and a chat: every room is told what it should be, once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from itertools import count, pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test
from sqlalchemy import and_, exists, select

from pageinbox.language.entry import parse_entry
from pageinbox.ledger import schema
from pageinbox.ledger.schema import answer, ms, wait
from pageinbox.model.announcement import NAMED, News, Notice, NoticeKind, Occasion
from pageinbox.model.errors import LedgerError
from pageinbox.model.history import State
from pageinbox.model.source import Folder, Platform, Source
from pageinbox.settings.reading import read
from simulator.thread import Thread
from tests.core.stage import INTERVAL, Killed, Life, Message, Stage
from tests.postgres import Postgres

PAGES = ["acme", "beta"]
PLACES = [
    Source("acme", Platform.MESSENGER, Folder.INBOX),
    Source("acme", Platform.MESSENGER, Folder.SPAM),
    Source("acme", Platform.INSTAGRAM, Folder.INBOX),
    Source("beta", Platform.MESSENGER, Folder.INBOX),
]
WATCHES = [
    "#all inbox",
    "#all inbox messenger acme",
    "#all spam messenger acme",
    "#acme inbox acme",
    "#acme spam messenger acme",
    "#late inbox messenger quiet 12:00-13:00 UTC",
]
DUE = "#due inbox only reminders waiting 10m"
WATCH_WORDS = {text: parse_entry(text, PAGES) for text in [*WATCHES, DUE]}
FAULTS: list[dict[str, Any] | None] = [
    None,
    None,
    {"kind": "blank"},
    {"kind": "short"},
    {"kind": "stuck"},
    {"kind": "error"},
    {"kind": "html"},
    {"kind": "empty"},
    {"kind": "truncated"},
    {"kind": "reset"},
    {"kind": "error", "code": 4},
    {"kind": "error", "name": "cursor_dead"},
    {"kind": "error", "code": 190},
]
RUNS = settings(
    derandomize=True,
    database=None,
    deadline=None,
    print_blob=True,
    phases=[Phase.generate],  # shrinking one takes minutes; add Phase.shrink where a failure is to be understood
    stateful_step_count=50,
    suppress_health_check=list(HealthCheck),
)
HOUR, HALF_DAY = 3600.0, 43_200.0


class Stay:
    """How long a conversation is in a source.

    `rooms` watch it there from the beginning on. The stay began `after` the source's first look surely had, or `before`
    it could have; neither where that is not known. It is `over` when the conversation has left. One that is `moved`
    came with the time it had, and where nobody `knows` it then it may be older than the look before, and no news.
    """

    def __init__(self, source: Source, rooms: set[str], *, after: bool, before: bool) -> None:
        self.source, self.rooms, self.after, self.before = source, rooms, after, before
        self.over = self.moved = False
        self.known = True


class Anything(RuleBasedStateMachine):
    """A world, a ledger and up to two bots on it. `url` gives the address of a new, empty ledger."""

    def url(self) -> str:
        raise NotImplementedError

    def __init__(self) -> None:
        super().__init__()
        self.open = ExitStack()
        self.stage: Stage
        self.stays: dict[str, list[Stay]] = {}
        self.threads: list[Thread] = []
        self.tried: set[Source] = set()  # a first look may have begun
        self.begun: set[Source] = set()  # it has begun, and its beginning is kept
        self.well = True
        self.beginnings: Counter[Source] = Counter()  # how often a source was given up

    @initialize(
        settling=st.sampled_from(["open", "finds", "joins"]),
        watches=st.sets(st.sampled_from(WATCHES), min_size=3, max_size=5),
        size=st.sampled_from([2, 3, 200]),
        there=st.lists(st.integers(0, 6), min_size=len(PLACES), max_size=len(PLACES)),
        first=st.sampled_from(["look", "arrive", "fail", "kill", "wait"]),
        sweeping=st.sampled_from([True, True, False]),
        automatic=st.booleans(),
    )
    def begin(
        self,
        settling: Any,
        watches: set[str],
        size: int,
        there: list[int],
        first: str,
        sweeping: bool,
        automatic: bool,
    ) -> None:
        self.sweeping = sweeping
        self.stage = Stage(
            self.url(), watches=[*sorted(watches), DUE], pages=PAGES, settling=settling, page_size_max=size
        )
        if automatic:  # who hears nothing but a machine still waits
            self.stage.auto_replies = ["Thanks*"]
            for page in PAGES:
                self.stage.world.instant_reply(page, "Thanks for your message, NAME!")
        self.pages = list(read(self.stage.settings(), environment={}).pages.values())
        for place, number in zip(PLACES, there, strict=True):
            self.write(place, number)
        self.stage.time.wait(1)
        self.stage.bot().say("#board", "digest daily 12:05")
        if first == "look":
            self.turn(0, 1)
        elif first != "wait":
            self.disturbed_look(0, there[0], 2, first, there[1])

    def sources(self, text: str) -> tuple[str, list[Source]]:
        """The room of a watch as the settings have it, and what it needs."""
        room, wish = WATCH_WORDS[text]
        return room, wish.sources(self.pages)

    def watching(self, source: Source) -> set[str]:
        return {room for room, sources in map(self.sources, self.stage.watches) if source in sources}

    def watched(self) -> set[Source]:
        return {source for _, sources in map(self.sources, self.stage.watches) for source in sources}

    # What happens at Meta

    def note(self, thread: Thread) -> Stay:
        """The conversation has just come into the folder that it is in."""
        source = Source(thread.page.name, Platform(thread.platform), Folder(thread.folder))
        rooms = self.watching(source)
        stay = Stay(source, rooms, after=source in self.begun, before=source not in self.tried)
        self.stays.setdefault(thread.id, []).append(stay)
        return stay

    def write(self, place: Source, number: int) -> None:
        self.stage.time.wait(1)  # Meta's times are whole seconds, and so is the beginning of a first look
        for _ in range(number):
            thread = self.stage.world.write(
                place.page, None, "hello", platform=place.platform.value, folder=place.folder.value
            )
            self.threads.append(thread)
            self.note(thread)

    @rule(place=st.sampled_from(PLACES), number=st.integers(1, 8))
    def arrive(self, place: Source, number: int) -> None:
        self.write(place, number)

    def pick(self, index: int) -> Thread | None:
        return self.threads[index % len(self.threads)] if self.threads else None

    @rule(index=st.integers(0, 30), gone=st.booleans())
    def change(self, index: int, gone: bool) -> None:
        (self.delete if gone else self.write_again)(index)

    def write_again(self, index: int) -> None:
        if (thread := self.pick(index)) is not None:
            hidden = thread.hidden
            self.stage.world.write(thread.page, thread, "hello?")
            if hidden:
                self.appear(thread)
            self.renewed(thread)

    def renewed(self, thread: Thread) -> None:
        """It changed: newer than the beginning of a first look that has not read so far, it is like a new one."""
        stay = self.stays[thread.id][-1]
        stay.before = stay.before and (stay.source not in self.tried or self.complete(stay.source))

    @rule(index=st.integers(0, 30), later=st.sampled_from([0, 0, HOUR]))
    def answer(self, index: int, later: float) -> None:
        self.stage.time.wait(1 + later)
        if (thread := self.pick(index)) is not None and not thread.hidden:
            self.stage.world.answer(thread, "yes")
            self.renewed(thread)

    @rule(index=st.integers(0, 30), folder=st.sampled_from([Folder.INBOX, Folder.SPAM] * 2 + [Folder.DONE]))
    def move(self, index: int, folder: Folder) -> None:
        thread = self.pick(index)
        if thread is None or thread.folder == folder:
            return
        self.stays[thread.id][-1].over = True
        self.stage.world.move(thread, folder)
        self.appear(thread)

    def appear(self, *threads: Thread) -> None:
        """They are in lists where they were not, with the times they had."""
        life = self.stage.lives[0] if self.stage.lives else None
        records = life.service.standings.records() if life else {}
        for thread in threads:
            stay = self.note(thread)
            # In a first look that is not finished it can't be told from what was there before.
            record = records.get(stay.source)
            stay.after, stay.moved = stay.after and record is not None and record.complete, True
            history = life.service.histories.history(thread.id) if life else None
            # Where it has no folder it was only marked, and no look has met it.
            stay.known = history is not None and bool(history.folders)

    @rule(index=st.integers(0, 30))
    def hide(self, index: int) -> None:
        """One that Meta shows leaves its list, one that it does not show is there again."""
        if (thread := self.pick(index)) is None:
            return
        if thread.hidden:
            self.stage.world.reveal(thread)
            self.appear(thread)
        else:
            self.stays[thread.id][-1].over = True
            self.stage.world.hide(thread)

    @rule(page=st.sampled_from(PAGES))
    def change_ids(self, page: str) -> None:
        mine = [thread for thread in self.threads if thread.page.name == page]
        for thread in mine:
            self.stays[thread.id][-1].over = True
        self.stage.world.change_ids(page)
        self.appear(*mine)
        for thread in mine:
            self.stays[thread.id][-1].over = thread.hidden

    def complete(self, source: Source) -> bool:
        if not self.stage.lives:
            return False
        record = self.stage.lives[0].service.standings.records().get(source)
        return record is not None and record.complete

    def delete(self, index: int) -> None:
        if (thread := self.pick(index)) is not None:
            self.stays[thread.id][-1].over = True
            self.threads.remove(thread)
            self.stage.world.delete(thread)

    @rule(fault=st.sampled_from(FAULTS), times=st.integers(1, 8), where=st.sampled_from(["", "instagram", "after="]))
    def fail(self, fault: dict[str, Any] | None, times: int, where: str) -> None:
        if fault is None:
            self.mend()
        else:
            self.stage.simulator.fail(f"conversations.*{where}", times, **fault)
            self.well = False

    def mend(self) -> None:
        self.stage.simulator.clear()
        self.well = True

    # What happens to clocks and to the chat

    @rule(
        seconds=st.sampled_from([1, 5, INTERVAL, 400, HOUR]),
        jump=st.sampled_from([0, 0, -HALF_DAY, -HOUR, -90, 90, HOUR, HALF_DAY]),
    )
    def clocks(self, seconds: float, jump: float) -> None:
        if abs(self.stage.time.skew + jump) <= HALF_DAY:
            self.stage.time.skew += jump
        self.stage.time.wait(seconds)

    @rule(mood=st.sampled_from(["well", "losing", "losing", "down", "no #all", "no #acme"]))
    def chat(self, mood: str) -> None:
        rooms = self.stage.rooms
        rooms.down, rooms.losing = mood == "down", 2 * (mood == "losing")
        rooms.failing = {mood.removeprefix("no ")} if mood.startswith("no ") else set()

    # What the team does

    @rule(
        which=st.integers(0, 1),
        at=st.sampled_from(["12:10", "13:00", "00:30"]),
        end=st.sampled_from([False] * 3 + [True]),
    )
    def digest(self, which: int, at: str, end: bool) -> None:
        """#board gets its digest at another time, or none any more."""
        life = self.live(which)
        self.doing(life, lambda: life.say("#board", "digest off" if end else f"digest daily {at}"))

    @rule(
        which=st.integers(0, 1),
        index=st.integers(0, 30),
        command=st.sampled_from(
            ["claim {}", "claim {} over", "done {}", "snooze {} for 1h", "reopen {}", "release {}"]
        ),
        fuse=st.sampled_from([*[None] * 10, *range(12)]),
    )
    def act(self, which: int, index: int, command: str, fuse: int | None) -> None:
        """Somebody marks a conversation, which may be one that no look has met; the bot may be killed by that."""
        life, thread = self.live(which), self.pick(index)
        if thread is None or thread.hidden:
            return
        place = Source(thread.page.name, Platform(thread.platform), Folder(thread.folder))
        ref = life.answers.refs.give(place, thread.id)
        life.fuse = fuse
        self.doing(life, lambda: life.say("#all", command.format(ref)))
        life.fuse = None

    # What bots do

    def live(self, which: int) -> Life:
        if not self.stage.lives:
            self.stage.bot()
        return self.stage.lives[which % len(self.stage.lives)]

    def doing(self, life: Life, work: Callable[[], object]) -> None:
        """Let a bot work; when it is killed by that, it is gone."""
        try:
            work()
        except Killed:
            if life in self.stage.lives:
                self.stage.kill(life)
        except LedgerError as error:
            raise AssertionError("nothing is wrong with the ledger") from error

    def look_at(self, life: Life, source: Source, happen: Callable[[int], object] = lambda call: None) -> None:
        well = self.well
        asked = self.stage.calls()

        def meanwhile(call: int) -> None:
            if call == 1:
                self.tried.add(source)
            elif well and self.well and source in self.tried and self.stage.calls() > asked:
                self.begun.add(source)
            happen(call)

        life.meanwhile = meanwhile
        try:
            life.look_at(source)
        finally:
            life.meanwhile = lambda call: None

    def look_everywhere(self, life: Life) -> None:
        for source in life.service.poll.sources():
            self.look_at(life, source)

    @rule(which=st.integers(0, 1))
    def look(self, which: int) -> None:
        life = self.live(which)
        self.doing(life, lambda: self.look_everywhere(life))

    @rule(which=st.integers(0, 1), one=st.booleans())
    def tell(self, which: int, one: bool = False) -> None:
        life = self.live(which)
        self.doing(life, life.step if one else life.remind)

    @rule(which=st.integers(0, 1), seconds=st.sampled_from([1, INTERVAL]))
    def turn(self, which: int, seconds: float) -> None:
        """What a bot does all the time."""
        self.stage.time.wait(seconds)
        self.look(which)
        self.tell(which)

    @rule(place=st.sampled_from(PLACES), number=st.integers(1, 8), which=st.integers(0, 1), told=st.booleans())
    def busy_turn(self, place: Source, number: int, which: int, told: bool) -> None:
        self.write(place, number)
        self.look(which)
        if told:
            self.tell(which)

    @rule(
        which=st.integers(0, 1),
        index=st.integers(0, 7),
        at=st.integers(2, 4),
        what=st.sampled_from(["arrive", "move", "delete", "fail", "other", "late", "kill"]),
        number=st.integers(0, 30),
    )
    def disturbed_look(self, which: int, index: int, at: int, what: str, number: int) -> None:
        """Something happens between two calls of a look, which has something to find."""
        life = self.live(which)
        sources = life.service.poll.sources()
        source = sources[index % len(sources)]
        if source not in self.tried or number % 4:
            self.write(source, number % 8)

        def happen(call: int) -> None:
            if call != at:
                return
            match what:
                case "arrive":
                    self.write(source, 1 + number % 8)
                case "move":
                    self.move(number, source.folder)
                case "delete":
                    self.delete(number)
                case "fail":
                    self.write(source, number % 8)
                    self.stage.simulator.fail("conversations", 3)
                case "kill":
                    self.write(source, number % 8)
                    raise Killed
                case "other" | "late":
                    if what == "late":
                        self.stage.time.wait(3 * INTERVAL)
                    for other in list(self.stage.lives):
                        if other is not life:
                            self.doing(other, lambda: self.look_at(other, source))  # noqa: B023
                            self.doing(other, other.tell)

        self.doing(life, lambda: self.look_at(life, source, happen))
        if what == "fail" and self.well:
            self.stage.simulator.clear()

    @rule(which=st.integers(0, 1), fuse=st.integers(0, 50), place=st.sampled_from(PLACES), number=st.integers(0, 8))
    def die_looking(self, which: int, fuse: int, place: Source, number: int) -> None:
        """Killed at any statement, commit or call of its looks; where there are fewer, after them."""
        life = self.live(which)
        self.write(place, number)
        life.fuse = fuse
        self.doing(life, lambda: self.look_everywhere(life))
        self.end(life)

    @rule(which=st.integers(0, 1), fuse=st.integers(0, 26), place=st.sampled_from(PLACES), number=st.integers(1, 3))
    def die_telling(self, which: int, fuse: int, place: Source, number: int) -> None:
        self.write(place, number)
        self.look(which)
        life = self.live(which)
        if fuse % 2 and len(self.stage.lives) < 2:
            self.stage.bot()  # so that somebody outlives it
        life.fuse = fuse
        self.doing(life, life.remind)
        self.end(life)

    @rule(which=st.integers(0, 1), place=st.sampled_from(PLACES), down=st.booleans())
    def doubt(self, which: int, place: Source, down: bool) -> None:
        """The chat takes something without saying so, and is gone or not when it is asked about that."""
        self.write(place, 1)
        self.look(which)
        self.stage.rooms.losing = 1
        self.tell(which)
        self.stage.rooms.down = down
        self.stage.time.wait(5)
        self.tell(which)

    def end(self, life: Life) -> None:
        if life in self.stage.lives:
            life.fuse = None
            self.stage.kill(life)

    @precondition(lambda self: len(self.stage.lives) == 2)
    @rule(which=st.integers(0, 1), refused=st.booleans())
    def slow_step(self, which: int, refused: bool) -> None:
        """A chat takes so long to answer that another bot takes the announcement over."""
        life, other = self.live(which), self.live(which + 1)
        if self.stage.rooms.settling == "finds":
            return  # it would be looked for before it is there

        def hold() -> None:
            self.stage.time.wait(90)
            self.doing(other, other.step)
            self.stage.rooms.down = refused

        life.holding = hold
        self.doing(life, life.step)
        life.holding = lambda: None

    @rule(which=st.integers(0, 1), more=st.booleans())
    def stop_or_start(self, which: int, more: bool) -> None:
        if not more:
            self.stage.stop(self.live(which))
        elif len(self.stage.lives) < 2:
            self.stage.bot()

    @rule(text=st.sampled_from(WATCHES))
    def reload(self, text: str) -> None:
        """All bots end, and begin with one watch more or less."""
        watches = {*self.stage.watches} ^ {text}
        gone = self.watched()
        for life in list(self.stage.lives):
            self.stage.stop(life)
        ended = [self.sources(text) for text in self.stage.watches if text not in watches]
        self.stage.watches = sorted(watches)
        self.stage.bot()
        gone -= self.watched()
        self.tried -= gone
        self.begun -= gone
        for source in gone:
            self.beginnings[source] += 1
        for stay in (stay for stays in self.stays.values() for stay in stays):
            # What a watch had queued is dropped with it, and of what came while nobody watched nobody is told.
            stay.rooms -= {room for room, sources in ended if stay.source in sources}
            stay.after = stay.after and stay.source not in gone

    # And in the end

    def teardown(self) -> None:
        if not hasattr(self, "stage"):
            return
        try:
            self.heal()
            self.check()
        finally:
            self.stage.close()
            self.open.close()

    def heal(self) -> None:
        self.mend()
        self.stage.rooms.down, self.stage.rooms.losing = False, 0
        self.stage.rooms.failing.clear()
        for life in list(self.stage.lives)[1:]:
            self.stage.kill(life)
        life = self.live(0)
        for client in life.answers.listing.clients.values():
            client.budget.allow()
        # The clocks are put right, so that nothing is put off any more.
        self.stage.time.skew += max(self.stage.time.latest - self.stage.time.wall(), 0)
        self.stage.time.wait(2 * HOUR if self.sweeping else 400)
        for _ in range(2):
            self.look_everywhere(life)
            for _ in range(2):
                self.stage.time.wait(200)
                life.remind()
        while (pause := life.tell()) < HALF_DAY:
            self.stage.time.wait(pause)
        for _ in range(2):  # a digest that came due meanwhile waits for a look that nobody makes any more
            life.service.digest_writer.queue()
            life.tell()
            self.stage.time.wait(300)

    def check(self) -> None:
        rooms, records = self.stage.rooms, self.live(0).service.histories
        assert records.waiting() == []
        self.check_reminders()
        self.check_answers()
        histories = {conversation: records.history(conversation) for conversation in self.stays}
        self.check_digests()
        for room in sorted({self.sources(text)[0] for text in WATCHES}):
            by_key: dict[str, list[Message]] = {}
            for message in rooms.of(room):
                by_key.setdefault(message.key, []).append(message)
            for same in by_key.values():
                assert sum(not message.item.repeat for message in same) <= 1, "said again without saying so"
                if rooms.settling != "open":
                    assert len(same) == 1, "said again though the chat could tell"
                    assert not same[0].item.repeat, "called a repeat though the chat could tell"
            items = [same[0].item for same in by_key.values()]
            first = [news for item in items for news in item.news if news.reminder is None]
            named = Counter(news.conversation.id for news in first if news.conversation)
            assert all(number == 1 for number in named.values()), f"told twice in {room}"
            learned = Counter(one for item in items for notice in item.notices for one in _learned(notice))
            assert all(number <= 1 + self.beginnings[one] for one, number in learned.items()), "two beginnings"
            key_of = {message.receipt: message.key for message in rooms.of(room)}
            told: Counter[str] = Counter()
            older = sum(_older(notice) for item in items for notice in item.notices)
            untold = 0
            for conversation, stays in self.stays.items():
                history = histories[conversation]
                every = [one for one in history.rooms if one.room == room] if history else []
                told.update(key_of[one.receipt or ""] for one in every if one.reminder and one.state is State.SENT)
                tellings = [one for one in every if one.reminder is None]
                receipts = [one.receipt for one in tellings if one.state is State.SENT]
                assert len(tellings) <= 1
                assert set(receipts) <= key_of.keys(), "it has no receipt that the chat gave"
                told.update(key_of[receipt or ""] for receipt in receipts)
                assert receipts or conversation not in named, "told, and not recorded"
                if self.due(room, stays):
                    assert receipts or not stays[-1].known, f"{room} was not told of {conversation}"
                    untold += not receipts
                if all(stay.before or not self.ever(room, stay.source) for stay in stays):
                    assert not receipts, f"{room} was told of {conversation}, which was there before"
            assert untold <= older, f"{room} was told of {older} older ones, and not at all of {untold}"
            assert older <= sum(map(len, self.stays.values())), "older ones were counted twice"
            for key, same in by_key.items():
                assert told[key] == len(same[0].item.news), "it speaks of another number than the ledger has"
            if not self.stage.auto_replies:  # one that comes before it is told moves a conversation, and is not told
                self.check_order(items)

    def check_reminders(self) -> None:
        """Whoever waits was reminded of once, where their step came after the watch was made, and nobody twice."""
        life, told = self.live(0), dict[str, list[News]]()
        for message in self.stage.rooms.of("#due"):
            told.setdefault(message.key, list(message.item.news))
        reminded = [news for each in told.values() for news in each]
        assert all(news.reminder is not None for news in reminded), "something new was told"
        ids = [(news.conversation.id, news.reminder) for news in reminded if news.conversation and news.reminder]
        assert len({(one, reminder.number) for one, reminder in ids}) == len(reminded), "reminded twice"
        (made,) = (watch.made for watch in life.service.watches.watches() if watch.room == "#due")
        open_ = (wait.c.gone.is_(None), wait.c.since + 600_000 > ms(made or 0))
        listed = and_(schema.source.c.folder == Folder.INBOX.value, schema.source.c.wanted)
        # By a clock that is behind Meta's, the step may be still to come; and somebody of the team may have taken it.
        listed = and_(listed, schema.source.c.looked >= wait.c.since + 600_000)
        listed = and_(listed, ~exists().where(schema.act.c.conversation == wait.c.conversation))
        joined = select(schema.conversation.c.graph_id).join(wait, wait.c.conversation == schema.conversation.c.id)
        joined = joined.join(schema.source, schema.source.c.id == wait.c.source).where(listed, *open_)
        with life.ledger.reading() as connection:
            waiting = connection.execute(joined).scalars().all()
        assert {*waiting} <= {one for one, _ in ids}, "not reminded of who waits"

    def check_answers(self) -> None:
        """Each is one that somebody of the Page gave to something that the customer wrote, and is counted once."""
        of = schema.conversation.c.graph_id, answer.c.since, answer.c.took
        given = select(*of).join(answer, answer.c.conversation == schema.conversation.c.id)
        twice = select(wait).join(
            answer, and_(answer.c.conversation == wait.c.conversation, answer.c.since == wait.c.since)
        )
        with self.live(0).ledger.reading() as connection:
            assert connection.execute(twice).all() == [], "somebody waits and was answered for that"
            rows = connection.execute(given).all()
        moments = Counter((row.graph_id, row.since // 1000 + row.took) for row in rows)
        assert all(many == 1 for many in moments.values()), "an answer is counted twice"
        for thread in self.threads:
            asked = {int(message.at) for message in thread.messages if not message.from_page}
            replied = {int(message.at) for message in thread.messages if message.from_page and not message.automatic}
            for since, took in ((row.since // 1000, row.took) for row in rows if row.graph_id == thread.id):
                assert since in asked and since + took in replied, "an answer that nobody gave"

    def check_digests(self) -> None:
        """Each moment was told in one digest, which goes on where the one before it ended; and none is missing."""
        life, told = self.live(0), dict[str, Notice]()
        for message in self.stage.rooms.of("#board"):
            told.setdefault(message.key, *message.item.notices)
        assert all(notice.kind is NoticeKind.DIGEST for notice in told.values())
        mine: dict[int, list[Notice]] = {}
        for notice in told.values():
            mine.setdefault(notice.digest, []).append(notice)
        for each in mine.values():
            assert all(one.until == other.since for one, other in pairwise(each)), "a time that is told twice, or not"
            assert all(one.since < one.until for one in each if one.since and one.until)
        with life.ledger.reading() as connection:
            now = life.ledger.now(connection) / 1000
        for digest in life.service.digests.standing():
            assert digest.due > now, "one was due and was not told"
            assert digest.told == (mine[digest.number][-1].until if digest.number in mine else None)

    def due(self, room: str, stays: list[Stay]) -> bool:
        """Whether the room must have been told: it is there, came to be watched, and was not there before."""
        last = stays[-1]
        known = any(stay.source == last.source for stay in stays[:-1])
        found = self.sweeping or not last.moved  # it kept its time, so it may be in the middle of its new list
        return found and last.after and not last.over and not known and room in last.rooms

    def ever(self, room: str, source: Source) -> bool:
        """Whether the room can have watched the source."""
        return any(room == one and source in sources for one, sources in map(self.sources, WATCHES))

    def check_order(self, items: list[Any]) -> None:
        """Of what one look found, a room hears oldest first, and not more than a few in messages of their own."""
        looks: dict[tuple[Source, float], list[Any]] = {}
        for item in items:
            for news in item.news:
                if news.occasion is Occasion.ONGOING and news.conversation and news.reminder is None:
                    # One that went on before it was told takes its place by that.
                    updated = (news.latest or news.conversation).updated
                    place = item.number, updated, news.conversation.updated
                    looks.setdefault((news.source, news.found), []).append(place)
        for found in looks.values():
            for (number, updated, first), (other, later, second) in pairwise(found):
                # Those of one card go by what they were when they were found, however they have gone on.
                in_order = first <= second if number == other else updated <= later
                assert in_order, f"not in order: {found}"
            assert len({number for number, *_ in found}) <= NAMED


def _learned(notice: Notice) -> tuple[Source, ...]:
    return notice.sources if notice.kind is NoticeKind.LEARNED else ()


def _older(notice: Notice) -> int:
    return notice.count if notice.kind is NoticeKind.VISIBLE else 0


@pytest.mark.long
@pytest.mark.parametrize("part", range(3))
def test_on_sqlite(ledger_folder: Path, part: int) -> None:
    """In parts, which can run side by side."""
    numbers = count()

    @seed(part)
    class OnSQLite(Anything):
        def url(self) -> str:
            return f"sqlite:///{ledger_folder}/ledger-{next(numbers)}.sqlite"

    run_state_machine_as_test(OnSQLite, settings=settings(RUNS, max_examples=6))


def test_on_postgresql(postgres: Postgres, postgres_ledger: str) -> None:
    class OnPostgres(Anything):
        def url(self) -> str:
            return self.open.enter_context(postgres.database(like=postgres_ledger))

    run_state_machine_as_test(OnPostgres, settings=settings(RUNS, max_examples=3))
