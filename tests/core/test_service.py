"""The service with real threads: how it opens, looks, tells and ends, and who hears when its ledger fails."""

from __future__ import annotations

import logging
import sqlite3
import threading
import time

import pytest

from pageinbox.app import Runtime, open_service
from pageinbox.ledger.database import open_ledger
from pageinbox.model.errors import LedgerError
from pageinbox.model.fault import Work
from pageinbox.settings.reading import read
from pageinbox.tell.alarm import Alarm
from pageinbox.tell.opening import PATIENCE, REST, Opening
from pageinbox.tell.patience import Patience
from pageinbox.tell.watchdog import HANGS
from simulator.thread import Person
from tests.recording import Recording
from tests.recording_chat import RecordingChat

KINDS = ("inbox-schedule", "inbox-look-", "inbox-tell-", "inbox-open")


def ours() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name.startswith(KINDS)]


@pytest.fixture
def alarm(room, clock):
    return Alarm(RecordingChat(room.url, "key"), [], clock, timer=clock)


class Making:
    """What opens a ledger, as it is told to: it waits for its gate, and then gives or raises `result`."""

    def __init__(self, result):
        self.result = result
        self.gate = threading.Event()
        self.began = threading.Semaphore(0)

    def __call__(self, going):
        self.began.release()
        self.gate.wait()
        if not going():
            return None
        if isinstance(self.result, Exception):
            raise self.result
        return self.result


@pytest.fixture
def room(tmp_path):
    with Recording(tmp_path / "journal") as running:
        yield running


@pytest.fixture
def service(rig, alarm, room, clock):
    """Makes services on a ledger, which look every hour of a clock that stands, or every second of the real one."""
    made = []

    def make(url, answers=None, *, real=True, watches=()):
        pages = {name: {"ID": page.id, "TOKEN": page.token} for name, page in rig.world.pages.items()}
        chosen = read(
            {"PAGES": pages, "GRAPH_URL": rig.url, "POLL_INTERVAL": 1, "WATCHES": list(watches)}, environment={}
        )
        made.append(
            open_service(
                url,
                answers or rig.answers(),
                chosen,
                RecordingChat(room.url, "key"),
                alarm=alarm,
                runtime=Runtime(clock, time.monotonic if real else clock, random=lambda: 0.0),
            )
        )
        return made[-1]

    yield make
    for one in made:
        one.stop()


def test_it_opens_in_the_background_and_commands_wait(service, alarm, database_url):
    making = Making(service(database_url))
    opening = Opening(making, alarm)
    opening.start()
    making.began.acquire()
    assert "inbox-schedule" not in {thread.name for thread in ours()}
    making.gate.set()
    assert opening.service() is making.result
    opening.stop()
    assert ours() == []
    with pytest.raises(LedgerError, match="opening"):
        opening.service()


def test_who_asks_has_a_ledger_tried_anew(service, alarm, tmp_path, clock):
    making = Making(LedgerError("unreachable", "db.example"))
    making.gate.set()
    opening = Opening(making, alarm, clock)
    opening.start()
    for _ in range(3):
        with pytest.raises(LedgerError, match="unreachable"):
            opening.service()
    assert [fault.ledger.kind for fault in alarm.watchdog.faults()] == ["unreachable"]
    making.result = service(tmp_path / "ledger")
    assert opening.service() is making.result and not alarm.watchdog.faults()
    opening.stop()


def refused_at_once(ask):
    """Why it is refused, by a thread that is done before any patience is over."""
    refusals = []

    def asking():
        try:
            ask()
        except (LedgerError, TimeoutError) as error:
            refusals.append(getattr(error, "kind", "late"))

    thread = threading.Thread(target=asking, daemon=True)
    thread.start()
    thread.join(PATIENCE / 2)
    return refusals


@pytest.mark.servers
def test_nobody_waits_for_an_opening_that_took_too_long_already(alarm, clock):
    making = Making(LedgerError("unreachable", "db.example"))
    opening = Opening(making, alarm, clock)
    opening.start()
    making.began.acquire()
    clock.now += PATIENCE
    assert refused_at_once(opening.service) == ["opening"]
    making.gate.set()
    # It is tried anew by itself, but for nobody who asks.
    while refused_at_once(opening.service) == ["opening"]:
        pass
    assert refused_at_once(opening.service) == ["unreachable"] and not making.began.acquire(blocking=False)
    clock.now += REST
    with pytest.raises(LedgerError, match="unreachable"):
        opening.service()
    assert making.began.acquire(blocking=False)
    opening.stop()


def test_nobody_waits_for_an_answer_that_took_too_long_already(clock):
    began, gate = threading.Event(), threading.Event()

    def make():
        began.set()
        gate.wait()
        return "an answer"

    patience = Patience(make, 3600.0, clock)
    first = []
    asking = threading.Thread(target=lambda: first.append(patience.get()), daemon=True)
    asking.start()
    began.wait()
    clock.now += 3600.0
    assert refused_at_once(patience.get) == ["late"]
    gate.set()
    asking.join()
    assert first == ["an answer"] == [patience.last]
    assert patience.get() == "an answer"


@pytest.mark.servers
def test_what_is_not_foreseen_is_logged_without_its_text(alarm, caplog):
    making = Making(ValueError("hunted-password"))
    making.gate.set()
    opening = Opening(making, alarm)
    opening.start()
    with pytest.raises(LedgerError, match="broken"):
        opening.service()
    opening.stop()
    assert "Opening the ledger failed: ValueError > " in caplog.text and "hunted" not in caplog.text


@pytest.mark.servers
def test_an_opening_that_hangs_is_known(alarm, clock, caplog):
    making = Making(LedgerError("unreachable", "db.example"))
    opening = Opening(making, alarm)
    opening.start()
    making.began.acquire()
    clock.now += HANGS
    (fault,) = opening.alarm.watchdog.faults()
    assert (fault.doing, fault.ledger, fault.error) == (Work.OPENING, None, "")
    assert "Opening the ledger has been under way for 60 s: " in caplog.text
    (thread,) = ours()
    opening.stop()
    making.gate.set()
    thread.join()


class Unstartable:
    """A service on a machine that gives it no thread."""

    stopped = False

    def start(self):
        raise RuntimeError("can't start new thread")

    def stop(self):
        self.stopped = True


def test_a_service_that_can_not_start_is_ended_and_made_anew(service, alarm, tmp_path, clock):
    making = Making(unstartable := Unstartable())
    making.gate.set()
    opening = Opening(making, alarm, clock)
    opening.start()
    with pytest.raises(LedgerError, match="broken"):
        opening.service()
    assert unstartable.stopped
    assert [fault.error for fault in alarm.watchdog.faults()] == ["RuntimeError"]
    making.result = service(tmp_path / "ledger")
    assert opening.service() is making.result and not alarm.watchdog.faults()
    opening.stop()


@pytest.mark.servers
def test_a_late_opening_changes_nothing(alarm):
    making = Making(AssertionError("it is not wanted any more"))
    opening = Opening(making, alarm)
    opening.start()
    making.began.acquire()
    (thread,) = ours()
    opening.stop()
    assert thread.is_alive(), "it was not waited for"
    making.gate.set()
    thread.join()
    with pytest.raises(LedgerError, match="opening"):
        opening.service()
    assert not alarm.watchdog.faults()


def test_a_service_that_is_made_while_it_is_stopped_is_stopped(service, alarm, tmp_path):
    began, gate = threading.Event(), threading.Event()

    def make(going):
        made = service(tmp_path / "ledger")
        began.set()
        gate.wait()
        return made

    opening = Opening(make, alarm)
    opening.start()
    began.wait()
    (thread,) = ours()
    opening.stop()
    gate.set()
    thread.join()
    following = open_ledger(tmp_path / "ledger")
    assert following.exclusive, "nobody else has the ledger any more"
    following.close()


def test_it_looks_and_tells_until_it_is_stopped(service, rig, room, ledger_url, clock):
    answers = rig.answers()
    running = service(ledger_url, answers, watches=["#support inbox messenger"])
    running.start()
    known(running, 1)
    rig.world.write("acme", Person("1", name="Zoe Zander"), "hello")
    (message,) = room.wait_for(lambda messages: messages)
    assert (message.room, "Zoe Zander" in message.text) == ("#support", True)
    running.stop()
    assert ours() == [] and answers.refs.written is None

    rig.world.write("acme", Person("2", name="Yara Young"), "hello")
    again = service(ledger_url, answers, watches=["#support inbox messenger"])
    assert {watch.number for watch in again.watches.watches()} == {1}
    again.start()
    told = room.wait_for(lambda messages: len(messages) == 2)
    assert "Yara Young" in told[1].text


def until(met):
    """Returns once `met` holds, which a thread of ours brings about."""
    while not met():
        ours()[0].join(0.01)


def known(running, lists):
    """Returns once so many lists are known."""
    until(lambda: sum(one.complete for one in running.standings.records().values()) >= lists)


@pytest.mark.parametrize(("code", "seconds"), [(190, 60), (4, 300), (368, 6 * 3600)])
def test_the_next_try_is_when_meta_is_asked_again(service, rig, sim, tmp_path, clock, code, seconds):
    sim.usage("business", absent=True)
    sim.fail("conversations", None, code=code)
    running = service(tmp_path / "ledger", rig.answers(), real=False, watches=["#support inbox messenger"])
    running.start()
    until(lambda: any(record.failing and record.next_look > clock() for record in running.standings.records().values()))
    (record,) = running.standings.records().values()
    assert record.next_look - clock() == pytest.approx(seconds)
    assert len(sim.requests) == 1
    running.stop()


def test_a_look_that_hangs_is_left_behind_and_the_next_one_goes_on(service, rig, sim, room, tmp_path):
    answers = rig.answers()
    before = service(tmp_path / "ledger", answers, watches=["#support inbox messenger"])
    before.start()
    known(before, 1)
    rig.world.write("acme", Person("1", name="Zoe Zander"), "hello")
    sim.forget()
    sim.fail("conversations", kind="hang")
    until(lambda: sim.requests)
    before.stop()
    (hanging,) = ours()
    after = service(tmp_path / "ledger", rig.answers(), watches=["#support inbox messenger"])
    after.start()
    room.wait_for(lambda messages: messages)
    sim.stop()
    sim.start()
    hanging.join()
    rig.world.write("acme", Person("2", name="Yara Young"), "hello")
    told = room.wait_for(lambda messages: any("Yara" in one.text for one in messages))
    # How many there were at the first look may be said beside it.
    assert [name for one in told for name in ("Zoe", "Yara") if name in one.text] == ["Zoe", "Yara"]


def test_one_that_ends_late_leaves_the_names_of_the_next_one_alone(service, rig, ledger_url):
    answers = rig.answers()
    before, after = service(ledger_url, answers), service(ledger_url, answers)
    before.stop()
    assert answers.refs.written is after.histories


@pytest.mark.parametrize(
    ("address", "kind", "where"),
    [
        ("postgresql://u:hunted@hunted:hunted@h/d", "refused", "DATABASE_URL"),
        ("postgresql://u:hunted@hunted@nohost.invalid/d", "refused", "DATABASE_URL"),
        ("postgresql://u:hunted@127.0.0.1:1/d", "unreachable", "127.0.0.1"),
        ("postgresql://u:hunted@[::1/d", "refused", "DATABASE_URL"),
        ("postgresql://u:hunted@/d?host=/nonexistent", "unreachable", "localhost"),
    ],
)
def test_an_address_that_leads_nowhere_shows_no_password(address, kind, where, caplog):
    caplog.set_level(logging.DEBUG)
    with pytest.raises(LedgerError) as caught:
        open_ledger(address)
    assert (caught.value.kind, caught.value.where) == (kind, where)
    assert "hunted" not in f"{caught.value} {caught.value!r} {caplog.text}"


def test_a_server_that_lets_nobody_in_is_no_server_that_is_away(postgres):
    with postgres.database() as url:
        for wrong in (url.replace("postgres@", "nobody:hunted@"), url.replace("/test_", "/nonesuch_")):
            with pytest.raises(LedgerError, match="refused"):
                open_ledger(wrong)


def test_what_was_said_is_erased(service, rig, room, tmp_path):
    running = service(tmp_path / "ledger", watches=["#support inbox messenger later nothing"])
    running.start()
    known(running, 1)
    threads = []
    for number in range(3):
        person = Person(f"{number}", name=f"Customer {number}")
        threads.append(rig.world.write("acme", person, f"hunted-words {number} " * 20))
        room.wait_for(lambda messages, count=number + 1: len(messages) == count)
    until(lambda: not any(one.conversations for one in running.histories.waiting()))
    for thread in threads:  # who waits is kept with what they wrote, to be shown without a call
        rig.world.answer(thread, "Here you are.", at=rig.clock() + 1)
    waiting = running.waits.looks
    until(lambda: not any("hunted" in str(look.conversations) for look in waiting(running.poll.wanted()) or ()))
    running.stop()
    with sqlite3.connect(tmp_path / "ledger") as ledger:
        assert ledger.execute("SELECT count(*), count(body) FROM inbox_news").fetchone() == (3, 0)
    ledger.close()
    left = {file.name: file.read_bytes().count(b"hunted-words") for file in tmp_path.iterdir() if "ledger" in file.name}
    assert set(left.values()) == {0}, left
