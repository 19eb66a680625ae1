"""Never silently blind: whatever fails or hangs is in `!inbox status`, in the log and told to the admins, each once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest
from errbot.rendering import text as errbot_text
from requests.adapters import HTTPAdapter
from sqlalchemy import Connection, event

from pageinbox.app import Runtime, open_service
from pageinbox.chat.errbot.content import messages
from pageinbox.commands.dispatch import Commands
from pageinbox.model.chat import Doubt
from pageinbox.model.post import Post
from pageinbox.settings.reading import read
from pageinbox.tell.alarm import LASTING, Alarm
from pageinbox.tell.watchdog import HANGS
from simulator.thread import Person
from simulator.world import World
from tests.bot import SAM, whom
from tests.core.conftest import Clock, Rig

OURS = ("inbox-schedule", "inbox-look-", "inbox-tell-")


class Gate:
    """Open, or closed: then who comes waits before it, and `met` tells that somebody did."""

    def __init__(self) -> None:
        self._open = threading.Event()
        self._open.set()
        self.met = threading.Event()

    def wait(self) -> None:
        if not self._open.is_set():
            self.met.set()
            self._open.wait()

    @contextmanager
    def closed(self) -> Iterator[Gate]:
        self._open.clear()
        try:
            yield self
        finally:
            self._open.set()


class Team:
    """A chat that keeps what it hears; while its gate is closed, it takes nothing for #support and does not answer."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, str]] = []
        self.gate = Gate()
        self._convert = errbot_text().convert

    def shown(self, post: Post) -> str:
        return str(self._convert(messages(post)[0]))

    def send(self, room: str, post: Post, key: str, under: str = "") -> str:
        if room == "#support":
            self.gate.wait()
        self.heard.append((room, self.shown(post)))
        return "receipt"

    def edit(self, room: str, post: Post, receipt: str) -> None:
        raise AssertionError("nobody writes twice")

    def settle(self, room: str, key: str, since: float, under: str = "") -> Doubt:
        return Doubt.OPEN

    def of(self, room: str) -> list[str]:
        return [text for where, text in self.heard if where == room]


class Wire(HTTPAdapter):
    """The way to the Graph; while its gate is closed, nothing comes back."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = Gate()

    def send(self, *args: Any, **more: Any) -> Any:
        self.gate.wait()
        return super().send(*args, **more)


class Front:
    """A bot with its threads, of whose inbox #support hears. Time passes by `clock`, for its watchdog by `timer`."""

    def __init__(self, rig: Rig, ledger: Path, parked: Callable[..., None]) -> None:
        acme = rig.world.pages["acme"]
        pages = {"acme": {"ID": acme.id, "TOKEN": acme.token}}
        settings = {"PAGES": pages, "GRAPH_URL": rig.url, "WATCHES": ["#support inbox messenger later nothing"]}
        chosen = read(settings, environment={})
        self.world, self.clock, self.timer, self.team, self.wire = rig.world, rig.clock, Clock(), Team(), Wire()
        answers = rig.answers(rig.listing(rig.client(adapter=self.wire)))
        self.alarm = Alarm(
            self.team, ["@ops"], self.clock, pages=chosen.pages, timer=self.timer, aside=lambda job: job()
        )
        self.faults = self.alarm.watchdog.faults
        runtime = Runtime(self.clock, self.clock, random=lambda: 0.0, ledger_clock=self.clock)
        service = open_service(ledger, answers, chosen, self.team, alarm=self.alarm, runtime=runtime)
        assert service is not None
        self.service = service
        self._commands = Commands(answers, chosen, lambda: service, clock=self.clock, whom=whom, faults=self.faults)
        self.happens: dict[str, Callable[[bool, str], object]] = {}
        """What happens before each statement of threads whose names begin so; it is told whether that only reads, and
        what."""
        event.listen(self.service.ledger.engine, "before_cursor_execute", self._statement)
        self._parked = parked

    def _statement(self, connection: Connection, _: object, statement: str, *__: object) -> None:
        # The ledger is a file here, and who writes has begun.
        reads = not (statement.startswith("BEGIN") or connection.connection.dbapi_connection.in_transaction)
        for thread, happens in list(self.happens.items()):
            if threading.current_thread().name.startswith(thread):
                happens(reads, statement)

    def says(self, command: str) -> str:
        return self.team.shown(self._commands.answer("#room", command, person=SAM, direct=True, admin=True))

    def until(self, met: Callable[[], object]) -> None:
        """Time passes until that is so, and then all threads wait: for something to do, or at a closed gate."""
        while not met():
            self.clock.now += 120
            self.service.wake()
            self.settle()
        self.settle()

    def hang_for(self, seconds: float) -> None:
        """Time passes for the watchdog, so slowly that nothing but what waits at a gate is seen to take long."""
        for _ in range(0, int(seconds), 20):
            self.timer.now += 20
            self.settle()

    def settle(self) -> None:
        ours = [thread for thread in threading.enumerate() if thread.name.startswith(OURS)]
        ours[0].join(0.001)  # the others are to have a turn
        for thread in ours:
            self._parked(thread)


@pytest.fixture
def world(clock: Clock) -> World:
    return World.seeded(7, clock, conversations=20)


@pytest.fixture
def front(rig: Rig, ledger_folder: Path, parked: Callable[..., None]) -> Iterator[Front]:
    one = Front(rig, ledger_folder / "ledger", parked)
    one.service.start()
    one.until(lambda: one.team.heard)
    one.team.heard.clear()
    yield one
    one.service.stop()


@contextmanager
def statements(front: Front, thread: str, happens: Callable[[bool, str], object]) -> Iterator[None]:
    """This happens before each statement of these threads."""
    front.happens[thread] = happens
    try:
        yield
    finally:
        del front.happens[thread]


@contextmanager
def silent(front: Front, thread: str) -> Iterator[Gate]:
    """The ledger answers these threads nothing."""
    gate = Gate()

    def hang(reads: bool, statement: str) -> None:
        if reads:  # or all others would wait for the right to write, and not be seen to wait
            gate.wait()

    with statements(front, thread, hang), gate.closed():
        yield gate


@contextmanager
def faulty(front: Front, thread: str, error: type[BaseException] = KeyError, *, reads: str = "") -> Iterator[Gate]:
    """These threads meet a fault in the code; one in code that only `reads` that column, if told so."""
    gate = Gate()

    def fail(only_reads: bool, statement: str) -> None:
        if not reads or (only_reads and reads in statement):
            gate.met.set()
            raise error("hunted-words")

    with statements(front, thread, fail):
        yield gate


SILENT = "ledger, doesn't answer. I can't announce anything"
OWN = "because of an error of my own (KeyError)."
BLIND = "1 of 2 lists can't be read"
MUTE = "1 list checked, but nothing can be announced"
TROUBLES: dict[str, tuple[Callable[[Front], AbstractContextManager[Gate]], str, str]] = {
    "a look hangs in the ledger": (lambda front: silent(front, "inbox-look"), MUTE, SILENT),
    "the schedule hangs in the ledger": (lambda front: silent(front, "inbox-schedule"), MUTE, SILENT),
    "telling hangs in the ledger": (lambda front: silent(front, "inbox-tell"), MUTE, SILENT),
    "a look hangs in the Graph": (
        lambda front: front.wire.gate.closed(),
        BLIND,
        "I have been trying to read Acme · Messenger · inbox.",
    ),
    "telling hangs in the chat": (
        lambda front: front.team.gate.closed(),
        "1 list checked, but 1 room can't be reached",
        "I have been trying to write to #support. The chat doesn't answer.",
    ),
    "a look fails": (
        lambda front: faulty(front, "inbox-look"),
        BLIND,
        f"I can't read Acme · Messenger · inbox, {OWN}",
    ),
    "a look would end its thread": (
        lambda front: faulty(front, "inbox-look", SystemExit),
        BLIND,
        "I can't read Acme · Messenger · inbox, because of an error of my own (SystemExit).",
    ),
    "the schedule fails": (
        lambda front: faulty(front, "inbox-schedule"),
        MUTE,
        f"I can't find out what to read, {OWN}",
    ),
    "editing fails": (
        lambda front: faulty(front, "inbox-tell", reads="inbox_announcement.edit"),
        "1 list checked, but nothing can be edited",
        f"I can't find out what I announced and have to edit, {OWN}",
    ),
    "telling fails": (
        lambda front: faulty(front, "inbox-tell"),
        MUTE,
        f"I can't find out what to announce, {OWN}",
    ),
}


@pytest.mark.parametrize("trouble", TROUBLES)
def test_whatever_fails_or_hangs_is_told_everywhere_once(
    front: Front, trouble: str, caplog: pytest.LogCaptureFixture
) -> None:
    begins, headline, says = TROUBLES[trouble]
    front.world.write("acme", Person("7", name="Yara Young"), "anybody there?", at=front.clock())
    with begins(front) as gate:
        front.until(gate.met.is_set)
        front.hang_for(HANGS)
        shown = front.says("status")
        assert headline in shown and says in shown
        assert (SILENT in front.says("watches")) == (says == SILENT), "nobody is let wait for it"
        front.alarm.check()
        assert front.team.of("@ops") == []
        front.hang_for(LASTING)
        for _ in range(3):
            front.alarm.check()
        (told,) = front.team.of("@ops")
        assert says in told
    front.until(lambda: not front.faults() and front.team.of("#support"))
    for _ in range(3):
        front.alarm.check()
    _, end = front.team.of("@ops")
    assert "again" in end
    assert "1 list checked, no problems" in front.says("status")
    (said,) = front.team.of("#support")
    assert "Yara Young" in said
    assert caplog.text.count("has been under way") + caplog.text.count("failed: ") == 1
    assert "hunted" not in caplog.text


def test_doctor_knows_what_the_bot_can_not_get_done(front: Front) -> None:
    begins, _, says = TROUBLES["telling fails"]
    front.world.write("acme", Person("7", name="Yara Young"), "anybody there?", at=front.clock())
    with begins(front) as gate:
        front.until(gate.met.is_set)
        shown = front.says("doctor")
    assert "needs attention" in shown and says in shown


@pytest.mark.parametrize("trouble", [trouble for trouble in TROUBLES if "hangs" in trouble])
def test_it_ends_while_something_hangs(front: Front, trouble: str) -> None:
    begins, _, _ = TROUBLES[trouble]
    with begins(front) as gate:
        front.world.write("acme", Person("7", name="Yara Young"), "anybody there?", at=front.clock())
        front.until(gate.met.is_set)
        front.service.stop()
        left = [thread for thread in threading.enumerate() if thread.name.startswith(OURS)]
        assert left and all(thread.daemon for thread in left)
        said = len(front.team.heard)
    for thread in left:
        thread.join()
    assert len(front.team.heard) == said + (trouble == "telling hangs in the chat"), "no more than what was under way"
