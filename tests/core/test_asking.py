"""Nobody who asks stalls the others: how many wait for Meta, how often a room may ask, and who asks for them."""

from __future__ import annotations

import threading

import pytest

from pageinbox.ask.pool import Pool
from pageinbox.ask.seats import A_MINUTE, SEATS, Seats
from pageinbox.graph.gate import Gate
from pageinbox.model.errors import AskedTooOften, MetaSlow, NotAskedYet, StillAsking
from pageinbox.model.query import InboxQuery
from pageinbox.model.source import Folder, Platform, Source

MESSENGER = Source("acme", Platform.MESSENGER, Folder.INBOX)
ONE = b'{"data":[{"id":"t_1","updated_time":1790000000}]}'
PATIENCE = 600.0
"""Seconds after which a test that hangs fails; nothing waits for them."""


def thread(job, *given, **more):
    """A thread that does a job and keeps what it gave."""
    made = threading.Thread(target=lambda: made.got.append(job(*given, **more)), daemon=True)
    made.got = []
    made.start()
    return made


def ids(look):
    return [conversation.id for conversation in look.conversations]


# Who waits for Meta


def test_who_comes_when_four_wait_has_the_last_good_list_at_once(rig, canned, parked, clock):
    canned.body = ONE
    listing = rig.listing(rig.client(url=canned.url))
    good = listing.look(MESSENGER)
    clock.now += 60
    canned.gate.clear()
    waiting = [thread(listing.looks, [MESSENGER], user_id=str(who), patience=PATIENCE) for who in range(SEATS)]
    for each in waiting:
        parked(each)
    known, unknown = listing.looks([MESSENGER, Source("acme", Platform.INSTAGRAM, Folder.INBOX)])
    assert (ids(known), known.at, type(known.trouble)) == (["t_1"], good.at, MetaSlow)
    assert (ids(unknown), unknown.at, type(unknown.trouble)) == ([], None, MetaSlow)
    with pytest.raises(MetaSlow):
        listing.thread(MESSENGER, "t_1")
    assert [type(who) for who in listing.identities(["acme"]).values()] == [MetaSlow]
    assert all(each.is_alive() for each in waiting)
    canned.gate.set()
    for each in waiting:
        each.join()
    assert [ids(look) for each in waiting for look in each.got[0]] == [["t_1"]] * SEATS
    assert listing.looks([MESSENGER])[0].trouble is None, "the seats are free again"
    assert listing.memory.last_error(MESSENGER) is None, "nothing is known against the list"


def test_what_is_known_takes_no_seat(rig, clock):
    listing = rig.listing()
    first = listing.looks([MESSENGER])
    with listing.seats.taken(), listing.seats.taken(), listing.seats.taken(), listing.seats.taken():
        assert listing.looks([MESSENGER]) == first


def test_a_seat_is_free_again_whatever_happens(clock):
    seats = Seats(clock)
    for _ in range(2 * SEATS):
        with pytest.raises(ValueError), seats.taken("#room"):
            raise ValueError


def test_a_change_of_settings_makes_no_more_seats(rig):
    answers = rig.answers()
    seats = answers.listing.seats
    answers.use(rig.listing())
    assert answers.listing.seats is seats


# How often a room may ask


def test_a_room_that_asks_too_often_has_to_wait_and_no_other(clock):
    seats = Seats(clock)
    for _ in range(A_MINUTE):
        with seats.taken("#room"):
            clock.now += 1
    with pytest.raises(AskedTooOften) as refused, seats.taken("#room"):
        raise AssertionError
    assert (refused.value.asked, refused.value.retry_after) == (A_MINUTE, 60 - A_MINUTE)
    with seats.taken("#other"):
        clock.now += refused.value.retry_after
    with seats.taken("#room"):
        pass
    with pytest.raises(AskedTooOften) as refused, seats.taken("#room"):
        raise AssertionError
    assert refused.value.retry_after == 1


def test_what_takes_no_call_is_not_counted(rig, clock):
    answers = rig.answers()
    answers.ask("#room", InboxQuery(platform=Platform.MESSENGER))
    for _ in range(2 * A_MINUTE):
        answers.ask("#room", InboxQuery(platform=Platform.MESSENGER))
        answers.more("#room", 1)
    for _ in range(A_MINUTE - 1):
        clock.now += 31 / A_MINUTE
        with answers.listing.seats.taken("#room"):
            pass
    with pytest.raises(AskedTooOften), answers.listing.seats.taken("#room"):
        raise AssertionError


def test_who_is_told_to_wait_may_ask_again(clock):
    seats = Seats(clock)
    with seats.taken(), seats.taken(), seats.taken(), seats.taken():
        for _ in range(2 * A_MINUTE):
            with pytest.raises(MetaSlow), seats.taken("#room"):
                raise AssertionError
    with seats.taken("#room"):
        pass


# Who asks for them


def test_an_answer_that_is_due_says_what_was_not_asked_and_what_was_not_answered(rig, canned, parked):
    canned.gate.clear()
    listing = rig.listing(rig.client(url=canned.url))
    other = Source("acme", Platform.MESSENGER, Folder.SPAM)
    begun = thread(listing.looks, [MESSENGER], patience=PATIENCE)
    while not canned.steps:
        begun.join(0.001)
    (late,) = listing.looks([other], patience=0.0)
    assert isinstance(late.trouble, NotAskedYet | StillAsking) and late.at is None
    assert listing.memory.last(other) is None, "it says nothing of how the list stands"
    canned.gate.set()
    begun.join()


def test_what_was_not_begun_in_time_never_is():
    pool, gate, did = Pool(1), threading.Event(), []
    pool.do([[gate.wait, lambda: did.append("late")], [lambda: did.append("later")]], 0.0)
    gate.set()
    pool.do([[lambda: did.append("next")]], PATIENCE)
    assert did == ["next"]


def test_a_machine_without_threads_costs_one_question_and_no_later_one(threadless):
    pool, did = Pool(1), []
    with pytest.raises(RuntimeError, match="thread"):
        pool.do([[lambda: did.append("asked in vain")]], PATIENCE)
    threading.stack_size(0)
    pool.do([[lambda: did.append("asked later")]], PATIENCE)
    assert did == ["asked later"]


def test_a_small_question_goes_before_the_rest_of_a_large_one(parked):
    pool, gate, did = Pool(1), threading.Event(), []
    held = thread(pool.do, [[gate.wait]], PATIENCE)
    parked(held)
    large = thread(pool.do, [[lambda number=number: did.append(number)] for number in range(100)], PATIENCE)
    parked(large)
    small = thread(pool.do, [[lambda: did.append("small")]], PATIENCE)
    parked(small)
    gate.set()
    for each in (held, large, small):
        each.join()
    assert did[:2] == [0, "small"] and did[2:] == list(range(1, 100))


def test_every_page_has_its_first_list_read_before_any_has_its_second():
    did = []
    lists = [[lambda name=f"{page}{number}": did.append(name) for number in range(3)] for page in "ab"]
    Pool(1).do(lists, PATIENCE)
    assert did == ["a0", "b0", "a1", "b1", "a2", "b2"]


def test_one_page_takes_one_thread(parked):
    pool, gate, met = Pool(4), threading.Event(), []

    def hangs():
        met.append(threading.current_thread())
        gate.wait()

    held = thread(pool.do, [[hangs] * 3], PATIENCE)
    parked(held)
    pool.do([[lambda: None] * 3], PATIENCE)
    assert len(met) == 1
    gate.set()
    held.join()


def test_there_are_no_more_threads_than_may_be_and_none_in_the_end():
    pool, lock, met = Pool(3), threading.Lock(), set()

    def part():
        with lock:
            met.add(threading.current_thread())

    for _ in range(5):
        pool.do([[part]] * 40, PATIENCE)
        for each in met:
            each.join()
        assert 1 <= len(met) <= 3
        met.clear()


def test_what_a_part_raises_is_raised():
    def part():
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        Pool(2).do([[part], [lambda: None]], PATIENCE)


# Calls at once


def test_so_many_calls_at_once_and_people_first(parked):
    gate, held, order = Gate(1), threading.Event(), []

    def call(name, background):
        with gate.turn(background=background):
            held.wait()
            order.append(name)

    running = thread(call, "first", False)
    parked(running)
    waiting = [thread(call, "background", True), *(thread(call, "person", False) for _ in range(3))]
    for each in waiting:
        parked(each)
    assert order == []
    held.set()
    for each in (running, *waiting):
        each.join()
    assert order == ["first", "person", "person", "person", "background"]


def test_clients_of_one_process_share_its_gate(rig, canned, parked, world):
    world.add_page("zoo")
    canned.body = ONE
    canned.gate.clear()
    gate = Gate(1)
    listing = rig.listing(*(rig.client(name, url=canned.url, gate=gate) for name in ("acme", "zoo")))
    asking = thread(listing.looks, [MESSENGER, Source("zoo", Platform.MESSENGER, Folder.INBOX)], patience=PATIENCE)
    while not canned.steps:
        asking.join(0.001)
    waiting = [each for each in threading.enumerate() if each.name == "inbox-ask"]
    assert len(waiting) >= 2
    canned.rest.clear()
    canned.gate.set()
    while canned.steps != ["in", "out"]:
        asking.join(0.001)
    assert len(canned.paths) == 1, "the second begins when the first has been read"
    canned.rest.set()
    asking.join()
    assert len(canned.paths) == 2
