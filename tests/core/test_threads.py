"""The threads that look and tell: how many there are, how they end, and what each of them survives."""

from __future__ import annotations

import queue
import threading
import time
from collections import Counter

import pytest

from pageinbox.model.errors import TokenDead, Unavailable
from pageinbox.model.source import Folder, Platform, Source
from pageinbox.tell.schedule import Outcome
from pageinbox.tell.threads import MARGIN, MOST_READERS, Poller

MESSENGER = Platform.MESSENGER
ACME, ZOO = (Source(page, MESSENGER, Folder.INBOX) for page in ("acme", "zoo"))
SPAM = Source("acme", MESSENGER, Folder.SPAM)
AFTER, LONGER = (pytest.approx(seconds * (1 - MARGIN)) for seconds in (60, 120))
"""Seconds to the next look after a good one, and after the first that failed."""
KINDS = ("inbox-schedule", "inbox-look-", "inbox-tell-")
TEAM = Counter(["inbox-schedule", *(f"inbox-look-{n}" for n in (1, 2, 3, 4)), *(f"inbox-tell-{n}" for n in (1, 2))])


def ours() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name.startswith(KINDS)]


def names() -> Counter[str]:
    return Counter(thread.name for thread in ours())


def left_behind(count: int) -> None:
    """Returns once no more than so many threads of ours live."""
    while len(ours()) > count:
        ours()[0].join(0.001)


class Sources(queue.Queue):
    """What happened, in its order."""

    def next(self):
        """Waits for it; gives up when it is plain that it will not happen."""
        return self.get(timeout=60)


class Work:
    """What a poller is given to do: looks and tellings are seen as they begin, and answer as they are told to."""

    def __init__(self) -> None:
        self.sources: list[Source] = []
        self.asked = Sources()
        self.looks = Sources()
        self.tells = Sources()
        self.outcomes: dict[Source, Outcome | BaseException] = {}
        self.answers: queue.Queue[float | Exception | None] = queue.Queue()

    def what(self) -> list[Source]:
        self.asked.put(None)
        return list(self.sources)

    def look(self, source, going):
        self.looks.put(source)
        outcome = self.outcomes.get(source, Outcome())
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    def tell(self):
        answer = None if self.answers.empty() else self.answers.get()
        self.tells.put(None)
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def work():
    return Work()


@pytest.fixture
def poller(work, clock):
    """Makes pollers, of `work` unless told otherwise; in the end none of their threads is left."""
    made = []

    def make(**other):
        given = {"sources": work.what, "look": work.look, "tell": work.tell, "interval": 60, "clock": clock}
        made.append(Poller(**{**given, "random": lambda: 0.0, **other}))
        return made[-1]

    yield make
    for one in made:
        one.stop()
    for thread in ours():
        thread.join()


@pytest.fixture
def settled(parked):
    """Returns once every thread of ours waits for something."""

    def wait():
        for _ in range(2):
            for thread in ours():
                parked(thread)

    return wait


def test_every_source_is_looked_at_at_once_and_then_after_the_interval(poller, work, clock, settled):
    work.sources = [ACME, ZOO]
    running = poller()
    running.start()
    assert {work.looks.next(), work.looks.next()} == {ACME, ZOO}
    settled()
    assert (running.next_look(ACME), running.next_look(SPAM)) == (AFTER, None)
    clock.now += 60
    running.wake()
    assert {work.looks.next(), work.looks.next()} == {ACME, ZOO}
    settled()
    assert work.looks.empty()


def test_by_itself_with_a_real_clock(poller, work):
    work.sources = [ACME]
    poller(clock=time.monotonic, interval=0.02).start()
    for _ in range(3):
        assert work.looks.next() == ACME
    work.sources = [ZOO]  # another bot's doing: nobody wakes us
    while work.looks.next() != ZOO:
        pass
    for _ in range(6):
        work.tells.next()


def test_a_new_watch_is_served_at_once_when_the_poller_is_woken(poller, work):
    running = poller()
    running.start()
    work.asked.next()
    work.sources = [SPAM]
    running.wake()
    assert work.looks.next() == SPAM


def test_watches_that_change_while_they_are_read_are_read_again(poller, work, settled):
    changing = threading.Event()

    def what():
        found = work.what()
        if changing.is_set():
            changing.clear()
            work.sources = [ACME]
            running.wake()
        return found

    running = poller(sources=what)
    running.start()
    work.asked.next()
    settled()
    changing.set()
    running.wake()
    assert work.looks.next() == ACME


def test_what_no_reader_was_free_for_can_still_be_given_up(poller, work, settled):
    gate = threading.Event()

    def look(source, going):
        work.looks.put(source)
        gate.wait()
        return Outcome()

    work.sources = [Source(f"page{number}", MESSENGER, Folder.INBOX) for number in range(9)]
    running = poller(look=look)
    running.start()
    for _ in range(4):
        work.looks.next()
    work.asked.next()
    work.sources = [ACME]
    running.wake()
    work.asked.next()
    settled()
    gate.set()
    assert work.looks.next() == ACME


def test_pages_are_read_side_by_side_and_each_by_one_thread_only(poller, work, settled):
    """Four looks have to be under way at once before any of them ends; there are 40, of eight Pages."""
    work.sources = [
        Source(f"page{number}", platform, folder)
        for number in range(8)
        for platform in Platform
        for folder in (Folder.INBOX, Folder.SPAM, Folder.OTHER)[: 3 - (platform is MESSENGER)]
    ]
    meeting, lock = threading.Barrier(4), threading.Lock()
    now, crowds, most = Counter(), [], []

    def look(source, going):
        with lock:
            now[source.page] += 1
            crowds.append(now.total())
            most.append(now[source.page])
        meeting.wait(60)
        with lock:
            now[source.page] -= 1
        work.looks.put(source)
        return Outcome()

    poller(look=look).start()
    seen = [work.looks.next() for _ in work.sources]
    assert sorted(map(str, seen)) == sorted(map(str, work.sources))
    assert (max(crowds), max(most)) == (4, 1)


def test_a_look_that_goes_on_lets_the_other_lists_of_its_page_go_first(poller, work, clock, settled):
    other, longer = Source("acme", MESSENGER, Folder.OTHER), False

    def look(source, going):
        if source == ACME and longer:
            running.interrupt("acme")
        work.looks.put(source)
        return work.outcomes.get(source, Outcome())

    work.sources = [ACME, SPAM, other]
    running = poller(look=look)
    running.start()
    assert [work.looks.next() for _ in work.sources] == work.sources
    settled()
    longer, work.outcomes = True, {SPAM: Outcome(Unavailable())}
    clock.now += 60
    running.wake()
    assert [work.looks.next() for _ in work.sources] == [SPAM, other, ACME]
    settled()
    assert (running.next_look(SPAM), running.next_look(other)) == (LONGER, AFTER)
    running.stop()
    running.interrupt("acme")
    assert work.looks.empty()


def test_one_scheduler_however_often_it_is_started(poller, work):
    running = poller()
    assert not names()
    for _ in range(3):
        running.start()
        running.start()
        assert names() == TEAM
        assert all(thread.daemon for thread in ours()), "none keeps the bot from ending"
        assert running.stop()
        assert not names()
        assert running.stop(), "once more does no harm"


def test_starts_and_stops_from_several_threads_leave_one_scheduler(poller, work):
    running = poller()

    def turn():
        for _ in range(5):
            running.start()
            running.stop()
        running.start()

    threads = [threading.Thread(target=turn) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    running.start()
    assert names() == TEAM


def test_waking_what_does_not_run_does_nothing(poller, work):
    running = poller()
    running.wake()
    assert running.next_look(ACME) is None
    running.start()
    running.stop()
    running.wake()
    assert not names()


def test_who_asks_for_a_look_waits_for_it(poller, work, clock):
    running = poller()
    running.start()
    work.asked.next()
    work.sources = [ACME, ZOO]
    running.look([ACME, ZOO], 60)
    assert {work.looks.next(), work.looks.next()} == {ACME, ZOO}
    assert (running.next_look(ACME), running.next_look(ZOO)) == (AFTER, AFTER)


def test_who_asks_for_a_look_at_what_is_in_trouble_gets_one_at_once(poller, work, settled):
    work.sources, work.outcomes = [ACME], {ACME: Outcome(Unavailable())}
    running = poller()
    running.start()
    assert work.looks.next() == ACME
    settled()
    running.look([ACME], 60)
    assert work.looks.next() == ACME


def test_a_look_that_hangs_is_not_waited_for_longer_than_was_said(poller, work):
    gate = threading.Event()

    def look(source, going):
        work.looks.put(source)
        gate.wait()
        return Outcome()

    running = poller(look=look)
    running.start()
    work.asked.next()
    work.sources = [ACME]
    running.look([ACME], 0.05)
    gate.set()
    assert work.looks.next() == ACME


def test_what_has_changed_is_looked_at_at_once(poller, work, settled):
    work.sources = [ACME, ZOO]
    running = poller()
    assert running.hurry(ACME, 0, 0) is None  # nothing runs
    running.start()
    assert {work.looks.next(), work.looks.next()} == {ACME, ZOO}
    settled()
    assert (running.hurry(ACME, 0, 0), running.hurry(SPAM, 0, 0)) == (AFTER, None)
    assert work.looks.next() == ACME
    settled()
    assert running.hurry(ACME, 10, 0) == AFTER
    settled()
    assert work.looks.empty() and running.next_look(ACME) == 10


def test_where_nothing_runs_who_asks_for_a_look_makes_it(poller, work):
    work.sources = [ACME, ZOO]
    poller().look([ZOO, SPAM], 60)
    assert work.looks.next() == ZOO
    assert work.looks.empty()


def test_a_graph_that_hangs_is_left_behind_and_does_nothing_more(poller, work, rig, canned):
    client, recorded, ended = rig.client(url=canned.url), [], Sources()
    canned.gate.clear()

    def look(source, going):
        work.looks.put(source)
        try:
            while going():
                client.conversations(MESSENGER, background=True)
            if going():
                recorded.append(source)
        finally:
            ended.put(going())
        return Outcome(new=1)

    work.sources = [ACME]
    running = poller(look=look)
    running.start()
    work.looks.next()
    while not canned.steps:
        ours()[0].join(0.001)
    for _ in range(2):  # one for each teller, before there was anything
        work.tells.next()
    assert running.stop(0.2) is False, "it did not wait for the Graph"
    left_behind(1)
    assert [name.startswith("inbox-look-") for name in names()] == [True]
    canned.gate.set()
    assert ended.next() is False
    for thread in ours():
        thread.join()
    assert len(canned.paths) == 1
    assert not recorded
    assert work.looks.empty() and work.tells.empty()


def test_what_hung_does_not_disturb_the_next_run(poller, work, settled):
    """The Page is looked at anew at once, and when the old look comes back nothing of it counts."""
    gate, first, ended = threading.Event(), threading.Lock(), Sources()

    def look(source, going):
        work.looks.put(source)
        if hangs := first.acquire(blocking=False):
            gate.wait()
        ended.put((hangs, going()))
        return Outcome(Unavailable() if hangs else None)

    work.sources = [ACME]
    running = poller(look=look)
    running.start()
    work.looks.next()
    assert running.stop(0.2) is False
    left_behind(1)
    running.start()
    assert names()["inbox-schedule"] == 1
    assert (names() - TEAM).total() == 1
    assert ended.next() == (False, True)
    gate.set()
    assert ended.next() == (True, False)
    left_behind(len(TEAM))
    assert names() == TEAM
    settled()
    assert running.next_look(ACME) == AFTER, "neither backed off nor due"


def test_a_ledger_or_a_chat_that_hangs_is_left_behind_too(poller, work):
    gate, asked, told = threading.Event(), Sources(), Sources()

    def what():
        asked.put(None)
        gate.wait()
        return [ACME]

    def tell():
        told.put(None)
        gate.wait()
        return 0.0

    running = poller(sources=what, tell=tell)
    running.start()
    asked.next(), told.next(), told.next()
    assert running.stop(0.2) is False
    left_behind(3)
    assert names() == Counter(["inbox-schedule", "inbox-tell-1", "inbox-tell-2"])
    gate.set()
    for thread in ours():
        thread.join()
    assert work.looks.empty() and asked.empty() and told.empty()


def test_a_look_that_raises_is_put_off(poller, work, clock, settled):
    work.sources = [ACME, SPAM, ZOO]
    work.outcomes = {ACME: RuntimeError("hello")}
    running = poller()
    running.start()
    assert {work.looks.next() for _ in range(3)} == {ACME, SPAM, ZOO}
    settled()
    assert [running.next_look(one) for one in (ACME, SPAM, ZOO)] == [LONGER, AFTER, AFTER]
    assert names() == TEAM
    work.outcomes.clear()
    clock.now += 120
    running.wake()
    assert ACME in [work.looks.next() for _ in range(3)]


@pytest.mark.parametrize("error", [RuntimeError("hello"), SystemExit(1)], ids=lambda error: type(error).__name__)
def test_each_reader_survives_every_error(poller, work, clock, settled, error):
    """More failing looks than there are readers, one after the other."""
    work.sources, work.outcomes = [ACME], {ACME: error}
    running = poller()
    running.start()
    for _ in range(9):
        assert work.looks.next() == ACME
        settled()
        clock.now += 300
        running.wake()
    assert names() == TEAM


def test_many_pages_share_the_readers(poller):
    poller(pages=300).start()
    assert sum(count for name, count in names().items() if name.startswith("inbox-look-")) == MOST_READERS


def test_trouble_puts_the_next_look_off(poller, work, settled):
    work.sources, work.outcomes = [ACME, ZOO], {ACME: Outcome(TokenDead(code=190)), ZOO: Outcome(slowness=2.0)}
    running = poller()
    running.start()
    work.looks.next(), work.looks.next()
    settled()
    assert (running.next_look(ACME), running.next_look(ZOO)) == (LONGER, LONGER)


def test_when_the_watches_cannot_be_read_the_old_ones_hold(poller, work, clock):
    broken = threading.Event()

    def what():
        if broken.is_set():
            raise RuntimeError("hello")
        return work.what()

    work.sources = [ACME]
    running = poller(sources=what)
    running.start()
    work.looks.next()
    broken.set()
    clock.now += 60
    running.wake()
    assert work.looks.next() == ACME
    work.sources = [ZOO]
    broken.clear()
    running.wake()
    assert work.looks.next() == ZOO


def test_news_of_a_look_are_told_at_once(poller, work, settled):
    work.sources, gate = [ACME], threading.Event()

    def look(source, going):
        gate.wait()
        return Outcome(new=3)

    poller(look=look).start()
    work.tells.next(), work.tells.next()
    settled()
    assert work.tells.empty()
    gate.set()
    work.tells.next(), work.tells.next()


def test_a_look_without_news_leaves_the_tellers_alone(poller, work, settled):
    work.sources = [ACME]
    poller().start()
    work.looks.next(), work.tells.next(), work.tells.next()
    settled()
    assert work.tells.empty()


def test_more_at_once_is_told_at_once(poller, work):
    for _ in range(20):
        work.answers.put(0.0)
    poller().start()
    for _ in range(20):
        work.tells.next()


def test_what_is_due_later_is_told_then(poller, work):
    work.answers.put(0.02)
    poller(clock=time.monotonic).start()
    for _ in range(3):
        work.tells.next()


def test_a_chat_that_hangs_for_one_room_does_not_delay_the_others(poller, work):
    """The first telling hangs; everything after it is told by the other teller."""
    gate, first, told = threading.Event(), threading.Lock(), Sources()
    left = [0.0, 0.0, 0.01, 0.0, None]

    def tell():
        if first.acquire(blocking=False):
            gate.wait()
            return None
        told.put(None)
        return left.pop(0) if left else None

    running = poller(tell=tell, clock=time.monotonic)
    running.start()
    for _ in range(5):
        told.next()
    running.wake()
    told.next()
    gate.set()


def test_a_telling_that_raises_is_tried_again_later(poller, work, clock, settled):
    for _ in range(2):
        work.answers.put(RuntimeError("hello"))
    running = poller()
    running.start()
    work.tells.next(), work.tells.next()
    settled()
    assert work.tells.empty(), "not at once"
    assert names() == TEAM
    running.wake()
    work.tells.next(), work.tells.next()


def test_a_telling_that_raised_is_tried_again_without_being_woken(poller, work):
    for _ in range(4):
        work.answers.put(RuntimeError("hello"))
    poller(clock=time.monotonic, interval=0.02).start()
    for _ in range(10):
        work.tells.next()


def test_nobody_turns_in_circles(poller, work, clock, settled):
    """In a quiet interval the clock is hardly read, and nothing is asked."""
    reads = []

    def counted():
        reads.append(None)
        return clock()

    work.sources = [ACME, ZOO]
    running = poller(clock=counted)
    running.start()
    for part in (work.asked, work.looks, work.looks, work.tells, work.tells):
        part.next()
    settled()
    before = len(reads)
    for _ in range(10):
        running.wake()
        for part in (work.asked, work.tells, work.tells):
            part.next()
        settled()
    assert work.looks.empty() and work.asked.empty() and work.tells.empty()
    assert len(reads) - before < 10 * 40
