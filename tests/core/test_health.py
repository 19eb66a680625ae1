"""What a probe is answered: well, starting or failing, with what is wrong, and at once whatever hangs."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import event

from pageinbox.app import Runtime, web_addresses
from pageinbox.model.announcement import UNREACHED
from pageinbox.model.errors import LedgerError
from pageinbox.model.fault import Doing, Work
from pageinbox.model.web import WebRequest, WebResponse
from pageinbox.settings.configured import Configured
from pageinbox.tell.alarm import LASTING
from pageinbox.tell.service import WatchService
from pageinbox.tell.watchdog import HANGS
from pageinbox.web.gauges import FRESH, Gauging
from pageinbox.web.health import Health, State
from tests.core.stage import INTERVAL, Life, Stage, source

GET = WebRequest("GET")


@pytest.fixture
def stage(ledger_folder: Path) -> Iterator[Stage]:
    one = Stage(f"sqlite:///{ledger_folder}/ledger.sqlite")
    yield one
    one.close()


def health_of(life: Life, opened: Callable[[], WatchService | None] | None = None, refusal: str = "") -> Health:
    opened = opened or (lambda: life.service)
    backlogs = Gauging(lambda service: service.histories.waiting(), opened, life.stage.time)
    return Health(lambda: refusal, opened, life.alarm.watchdog.faults, backlogs, life.stage.time.wall)


def told(answer: WebResponse) -> list[str]:
    return answer.body.decode().splitlines()


@contextmanager
def hanging(life: Life, doing: Doing, what: Callable[[], object] | None = None) -> Iterator[None]:
    """A thread of the bot's does this and nothing else: it waits, until the block ends or for `what`."""
    began, gate = threading.Event(), threading.Event()

    def work() -> None:
        with life.alarm.watchdog.waiting(doing):
            began.set()
            (what or gate.wait)()

    thread = threading.Thread(target=work)
    thread.start()
    began.wait()
    yield
    gate.set()
    thread.join()


def test_a_bot_that_looks_is_well(stage: Stage) -> None:
    life = stage.bot()
    health = health_of(life)
    for _ in range(20):
        life.look()
        assert health.answer(GET) == WebResponse(200, b"ok\n")
        stage.time.wait(INTERVAL)


@pytest.mark.servers
def test_one_that_watches_nothing_is_well(ledger_folder: Path) -> None:
    stage = Stage(f"sqlite:///{ledger_folder}/ledger.sqlite", watches=[])
    life = stage.bot()
    stage.time.wait(86400)
    assert health_of(life).examine() == (State.OK, [])
    life.say("#room", "watch inbox messenger")
    assert health_of(life).examine() == (State.OK, []), "it has had no time yet"
    stage.time.wait(3 * INTERVAL + 1)
    assert health_of(life).examine()[0] is State.FAILING
    stage.close()


def test_three_looks_that_are_missed_are_told_and_the_first_good_one_ends_it(stage: Stage) -> None:
    life = stage.bot()
    health = health_of(life)
    stage.simulator.fail("conversations", None, code=190)
    life.look_everywhere()
    stage.time.wait(3 * INTERVAL)
    assert health.examine() == (State.OK, [])
    stage.time.wait(1)
    answer = health.answer(GET)
    assert answer.status == 503
    assert told(answer) == ["failing", "I have read nothing for 3 min, although there is something to watch."]
    stage.simulator.clear()
    life.answers.listing.clients["acme"].budget.allow()
    life.look_everywhere()
    assert health.answer(GET).status == 200


def test_what_another_bot_reads_is_read(stage: Stage) -> None:
    life, other = stage.bot(), stage.bot()
    for _ in range(5):
        other.look_everywhere()
        (outcome,) = life.look_everywhere()
        assert outcome.again is not None and health_of(life).examine()[0] is State.OK
        stage.time.wait(INTERVAL)


def test_a_long_first_look_gets_on(stage: Stage) -> None:
    stage.simulator.rules.page_size_max = 10
    life = stage.bot()
    stage.arrive(120)
    life.meanwhile = lambda call: stage.time.wait(2 * INTERVAL)
    life.look_everywhere()
    assert stage.calls() > 3 and health_of(life).examine()[0] is State.OK


def test_while_it_opens_it_starts(stage: Stage) -> None:
    life = stage.bot()
    starting = health_of(life, lambda: None)
    assert starting.answer(GET) == WebResponse(503, b"starting\n")
    with pytest.raises(LedgerError), life.alarm.watchdog.watching(Work.OPENING):
        raise LedgerError("unreachable", "db.example")
    state, (why,) = starting.examine()
    assert state is State.FAILING and why.startswith("My ledger can't be reached.") and "example" not in why


def test_refused_settings_are_told_without_their_words(stage: Stage) -> None:
    refused = health_of(stage.bot(), lambda: None, refusal="PAGES.acme.TOKEN is env:SECRET_NAME, but …")
    assert told(refused.answer(GET)) == ["failing", "My settings are refused; the log says why."]


def test_without_any_good_settings_both_addresses_answer() -> None:
    settings = Configured(lambda: {"PAGES": {}}, ())
    assert settings.use(None) is None
    addresses = web_addresses(settings, None, None, Runtime())
    assert addresses["/inbox/health"](GET).status == 503
    told_all = addresses["/inbox/metrics"](GET)
    assert told_all.status == 200 and b'inbox_health{state="failing"} 1.0' in told_all.body


def test_a_ledger_that_fails_is_told_at_once(stage: Stage) -> None:
    life = stage.bot()
    with pytest.raises(LedgerError), life.alarm.watchdog.watching(source()):
        raise LedgerError("full", "/secret/path")
    assert health_of(life).examine() == (
        State.FAILING,
        [
            "My ledger can't be written: the disk is full or failing. I can't announce anything until that is fixed; "
            "then I announce what came in meanwhile. Free some space, or check the disk."
        ],
    )


def test_a_ledger_that_is_gone_is_told_though_nobody_looks(stage: Stage, ledger_folder: Path) -> None:
    life = stage.bot()
    (ledger_folder / "ledger.sqlite").rename(ledger_folder / "elsewhere.sqlite")
    state, (why,) = health_of(life).examine()
    assert state is State.FAILING and why.startswith("My ledger was moved, deleted or replaced")


def test_who_asks_does_not_wait_for_a_ledger_that_hangs(stage: Stage) -> None:
    life = stage.bot()
    health, gate = health_of(life), threading.Event()
    event.listen(life.ledger.engine, "before_cursor_execute", lambda *_: gate.wait())
    assert health.examine() == (State.OK, []), "a moment says nothing yet"
    with hanging(life, Work.TELLING, life.service.standings.records):
        stage.time.wait(HANGS)
        state, (why,) = health.examine()
        assert state is State.FAILING and why.startswith("My ledger doesn't answer.")
        gate.set()
    for reading in [each for each in threading.enumerate() if each.name == "inbox-patience"]:
        reading.join()
    assert health.examine() == (State.OK, [])


def test_work_that_hangs_for_long_is_told(stage: Stage) -> None:
    life = stage.bot()
    health = health_of(life)
    with hanging(life, Work.SOURCES):
        for lasting, expected in ((HANGS, State.OK), (LASTING, State.FAILING)):
            stage.time.wait(lasting)
            life.look_everywhere()
            state, why = health.examine()
            assert state is expected
    assert why == ["For 6 min I have been trying to find out what to read. I can't announce anything until that is "
                   "over. If it goes on, restart me."]  # fmt: skip


def test_a_room_that_fails_for_long_is_told_without_its_name(stage: Stage) -> None:
    life = stage.bot()
    health = health_of(life)
    life.look_everywhere()
    stage.rooms.down = True
    stage.arrive()
    for lasting in (0.0, UNREACHED / 2, UNREACHED):
        stage.time.wait(lasting)
        life.look_everywhere()
        life.tell()
        if lasting < UNREACHED:
            assert health.examine() == (State.OK, [])
    state, (why,) = health.examine()
    assert state is State.FAILING
    assert why.startswith("For 15 min") and why.endswith("to a room; !inbox status names them.")
    stage.rooms.down = False
    stage.time.wait(UNREACHED)
    life.look_everywhere()
    life.tell()
    assert health.examine() == (State.OK, [])


def test_a_chat_that_hangs_is_told(stage: Stage) -> None:
    life = stage.bot()
    health = health_of(life)
    with hanging(life, "#secret"):
        stage.time.wait(HANGS + 1)
        life.look_everywhere()
        assert health.examine() == (State.OK, [])
        stage.time.wait(LASTING)
        life.look_everywhere()
        state, (why,) = health.examine()
    assert state is State.FAILING and "to a room" in why and "secret" not in why


def test_many_who_ask_are_answered_from_one_reading(stage: Stage) -> None:
    life = stage.bot()
    health, statements = health_of(life), list[str]()
    event.listen(life.ledger.engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    health.examine()
    first = len(statements)
    for _ in range(50):
        health.examine()
    assert len(statements) == first > 0
    stage.time.wait(FRESH)
    health.examine()
    assert len(statements) > first


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_it_is_only_asked(stage: Stage, method: str) -> None:
    assert health_of(stage.bot()).answer(WebRequest(method)).status == 405
    assert health_of(stage.bot()).answer(WebRequest("HEAD")).status == 200
