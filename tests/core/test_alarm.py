"""What fails or hangs: it is known without the ledger, in the log once, told to the admins once, and so is its end."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from pageinbox.model.chat import ChatDoubt, ChatError
from pageinbox.model.errors import LedgerError
from pageinbox.model.fault import Doing, Work
from pageinbox.model.post import Foreign, Post
from pageinbox.tell.alarm import AGAIN, LASTING, Alarm
from pageinbox.tell.watchdog import HANGS, Watchdog
from tests.core.stage import source

FULL = LedgerError("full", "/data/ledger")
INBOX, SPAM = source(), source(folder="spam")


class Ear:
    """A chat that hears, refuses or does not answer: it waits for its gate."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, str]] = []
        self.refuses: dict[str, ChatError] = {}
        self.gate = threading.Event()
        self.gate.set()

    def send(self, room: str, post: Post, key: str, under: str = "") -> str:
        self.gate.wait()
        if room in self.refuses:
            raise self.refuses[room]
        for line in (post.headline, *post.lines):
            words = "".join(piece.text if isinstance(piece, Foreign) else str(piece) for piece in line)
            self.heard.append((room, words))
        return ""

    def edit(self, room: str, post: Post, receipt: str) -> None:
        raise AssertionError("nothing of an alarm is edited")

    def settle(self, room: str, key: str, since: float, under: str = "") -> str:
        raise AssertionError("nothing of an alarm is in doubt")


@pytest.fixture
def ear():
    return Ear()


@pytest.fixture
def alarm(ear, clock):
    return Alarm(ear, ["@ops", "@boss"], clock, timer=clock, aside=lambda job: job())


@pytest.fixture
def dog(alarm):
    return alarm.watchdog


def fails(dog: Watchdog, doing: Doing, error: BaseException = FULL) -> None:
    with pytest.raises(type(error)), dog.watching(doing):
        raise error


def goes_well(dog: Watchdog, doing: Doing) -> None:
    with dog.watching(doing):
        pass


@contextmanager
def under_way(dog: Watchdog, *doing: Doing) -> Iterator[None]:
    """Another thread is busy with this, the last of it innermost, until the block ends."""
    began, gate = threading.Event(), threading.Event()

    def work() -> None:
        with dog.watching(doing[0]):
            if doing[1:]:
                with dog.waiting(doing[1]):
                    began.set()
                    gate.wait()
            else:
                began.set()
                gate.wait()

    thread = threading.Thread(target=work)
    thread.start()
    began.wait()
    try:
        yield
    finally:
        gate.set()
        thread.join()


def test_trouble_that_lasts_is_told_once_and_so_is_its_end(alarm, dog, ear, clock):
    fails(dog, INBOX)
    clock.now += LASTING - 1
    alarm.check()
    assert ear.heard == []
    for _ in range(3):
        clock.now += 1
        fails(dog, INBOX)
        alarm.check()
    assert [room for room, _ in ear.heard] == ["@ops", "@boss"]
    assert "/data/ledger, can't be written: the disk is full" in ear.heard[0][1]
    goes_well(dog, INBOX)
    goes_well(dog, INBOX)
    alarm.check()
    alarm.check()
    assert [room for room, _ in ear.heard[2:]] == ["@ops", "@boss"]
    assert "/data/ledger, works again" in ear.heard[2][1] and not dog.faults()


def test_it_is_told_in_time_though_nothing_is_tried_meanwhile(alarm, dog, ear, clock):
    fails(dog, INBOX)
    clock.now += LASTING
    alarm.check()
    assert len(ear.heard) == 2


def test_a_clock_that_jumps_back_silences_nobody(ear, clock):
    """What lasts is measured by the timer; only the key of the message has the time of day."""
    timer = type(clock)()
    alarm = Alarm(ear, ["@ops"], clock, timer=timer, aside=lambda job: job())
    fails(alarm.watchdog, INBOX)
    clock.now -= 86400
    timer.now += LASTING
    alarm.check()
    assert len(ear.heard) == 1


def test_trouble_that_passes_is_told_to_the_log_alone(alarm, dog, ear, clock, caplog):
    caplog.set_level(logging.WARNING)
    for _ in range(5):
        fails(dog, INBOX)
        clock.now += LASTING - 1
        alarm.check()
        goes_well(dog, INBOX)
        alarm.check()
        clock.now += LASTING
    assert ear.heard == []
    assert caplog.text.count("failed: full") == caplog.text.count("works again") == 5


def test_what_writes_nothing_is_no_recovery(alarm, dog, ear, clock):
    """On a full disk a look fails, while nothing to tell can be found all the same."""
    for _ in range(7):
        fails(dog, INBOX)
        goes_well(dog, Work.TELLING)
        alarm.check()
        clock.now += 60
    assert len(ear.heard) == 2
    fails(dog, Work.TELLING)
    goes_well(dog, INBOX)
    alarm.check()
    assert len(ear.heard) == 2
    goes_well(dog, Work.TELLING)
    alarm.check()
    assert len(ear.heard) == 4


def test_what_is_done_no_more_keeps_no_trouble(alarm, dog, ear, clock):
    fails(dog, INBOX)
    clock.now += LASTING
    alarm.check()
    dog.keep([SPAM])
    alarm.check()
    assert "works again" in ear.heard[-1][1] and not dog.faults()


def test_an_admin_who_could_not_be_told_is_told_later(alarm, dog, ear, clock):
    ear.refuses = {"@ops": ChatError("no such person"), "@boss": ChatDoubt("gone")}
    fails(dog, INBOX)
    clock.now += LASTING
    alarm.check()
    assert ear.heard == []
    ear.refuses = {}
    alarm.check()
    assert ear.heard == [], "not at once: it is not to hammer a chat that is down"
    clock.now += AGAIN
    alarm.check()
    assert [room for room, _ in ear.heard] == ["@ops"], "who may have heard is not told again"


def test_a_chat_that_tells_the_bot_nothing_is_told(ear, clock):
    """A bot whose Socket Mode is off looks well: it announces, and hears no command (recorded of many bots)."""
    hears = iter([False, False, True])
    alarm = Alarm(ear, ["@ops"], clock, hears=lambda: next(hears), timer=clock, aside=lambda job: job())
    alarm.check()
    assert ear.heard == [] and not any(fault.stops_all for fault in alarm.watchdog.faults())
    clock.now += LASTING
    alarm.check()
    [(_, told)] = ear.heard
    assert told.startswith("I can't hear what people write: ") and "Socket Mode" in told
    alarm.check()
    assert ear.heard[-1][1] == "I can hear what people write again."


def test_whatever_else_fails_is_told_though_nobody_can_say_whether_the_chat_hears(ear, clock):
    def hears() -> bool:
        raise AttributeError("no such client")

    alarm = Alarm(ear, ["@ops"], clock, hears=hears, timer=clock, aside=lambda job: job())
    fails(alarm.watchdog, INBOX)
    for _ in range(2):
        alarm.check()
        clock.now += LASTING
    alarm.check()
    told = [words for _, words in ear.heard]
    assert len(told) == 2 and any("/data/ledger" in words for words in told) and any("hear" in words for words in told)


@pytest.mark.parametrize(
    ("doing", "says"),
    [
        (INBOX, "I can't read Acme · Messenger · inbox, because of an error of my own (KeyError)"),
        (Work.SOURCES, "I can't find out what to read, because of an error of my own (KeyError)"),
        (Work.TELLING, "I can't find out what to announce, because of"),
        (Work.EDITING, "I can't find out what I announced and have to edit, because of"),
        (Work.REMINDING, "I can't find out whom to remind this team of, because of"),
        (Work.OPENING, "I can't open my ledger, because of"),
    ],
    ids=str,
)
def test_an_error_of_our_own_is_told_as_well(alarm, dog, ear, clock, caplog, doing, says):
    for _ in range(3):
        fails(dog, doing, KeyError("hunted-words"))
    clock.now += LASTING
    alarm.check()
    assert len(ear.heard) == 2 and ear.heard[0][1].startswith(says)
    goes_well(dog, doing)
    alarm.check()
    assert len(ear.heard) == 4 and ear.heard[2][1].startswith("I can ") and ear.heard[2][1].endswith("again.")
    assert caplog.text.count("failed: KeyError > ") == caplog.text.count("works again") == 1
    assert "test_alarm.py:" in caplog.text and "hunted" not in f"{caplog.text}{ear.heard}"


@pytest.mark.parametrize(
    ("doing", "says"),
    [
        ([INBOX], "For 5 min I have been trying to read Acme · Messenger · inbox."),
        ([Work.TELLING, "#support"], "For 5 min I have been trying to write to #support. The chat doesn't answer."),
        ([Work.TELLING], "For 5 min I have been trying to find out what to announce."),
        ([Work.SOURCES], "For 5 min I have been trying to find out what to read."),
        ([Work.OPENING], "For 5 min I have been trying to open my ledger."),
    ],
    ids=str,
)
def test_what_hangs_is_told_once_and_so_is_its_end(alarm, dog, ear, clock, caplog, doing, says):
    with under_way(dog, *doing):
        clock.now += HANGS - 1
        assert not dog.faults()
        clock.now += 1
        (fault,) = dog.faults()
        assert (fault.doing, fault.lasting, fault.ledger, fault.error) == (doing[-1], HANGS, None, "")
        clock.now += LASTING - HANGS
        for _ in range(3):
            alarm.check()
            clock.now += 1
        assert [room for room, _ in ear.heard] == ["@ops", "@boss"] and ear.heard[0][1].startswith(says)
        assert caplog.text.count("has been under way for 60 s: ") == 1 and "threading.py:" in caplog.text
    assert not dog.faults()
    alarm.check()
    alarm.check()
    assert len(ear.heard) == 4 and ear.heard[2][1].endswith(" again.")
    assert caplog.text.count("got on after 303 s") == 1


def test_what_takes_long_and_gets_on_does_not_hang(dog, clock):
    with dog.watching(INBOX):
        for _ in range(10):
            clock.now += HANGS - 1
            assert not dog.faults()
            dog.gets_on()
    with dog.watching(Work.TELLING):
        for _ in range(10):
            with dog.waiting("#support"):
                clock.now += HANGS - 1
            assert not dog.faults(), "one message after the other"


def test_lists_that_hang_at_once_are_told_as_one(alarm, dog, ear, clock):
    with under_way(dog, INBOX), under_way(dog, SPAM), under_way(dog, source(page="zoo")):
        for _ in range(3):
            clock.now += LASTING
            alarm.check()
    assert len(ear.heard) == 2 and "read Acme" in ear.heard[0][1] and "Zoo" in ear.heard[0][1]


def test_a_chat_that_hangs_holds_up_neither_the_log_nor_what_is_known(ear, clock, caplog):
    alarm = Alarm(ear, ["@ops", "@boss"], clock, timer=clock)
    ear.gate.clear()
    fails(alarm.watchdog, INBOX)
    clock.now += LASTING
    alarm.check()
    fails(alarm.watchdog, SPAM, KeyError("x"))
    clock.now += LASTING
    alarm.check()
    assert "Reading acme messenger spam failed: KeyError" in caplog.text and len(alarm.watchdog.faults()) == 2
    telling = [thread for thread in threading.enumerate() if thread.name == "inbox-alarm-tell"]
    assert len(telling) == 2, "one for each admin, however long it lasts"
    ear.gate.set()
    for thread in telling:
        thread.join()
    assert sorted(room for room, _ in ear.heard) == ["@boss", "@ops"]


def test_a_machine_without_threads_is_tried_again(ear, clock, threadless):
    alarm = Alarm(ear, ["@ops"], clock, timer=clock)
    fails(alarm.watchdog, INBOX)
    clock.now += LASTING
    with pytest.raises(RuntimeError, match="thread"):
        alarm.check()
    alarm.check()
    threading.stack_size(0)
    clock.now += AGAIN
    alarm.check()
    for thread in threading.enumerate():
        if thread.name == "inbox-alarm-tell":
            thread.join()
    assert [room for room, _ in ear.heard] == ["@ops"]


def test_it_checks_by_itself_until_it_is_stopped(ear, clock):
    alarm = Alarm(ear, ["@ops"], clock, timer=clock)
    alarm.start()
    (thread,) = (thread for thread in threading.enumerate() if thread.name == "inbox-alarm")
    assert thread.daemon
    alarm.stop()
    thread.join()
