"""What is remembered has a bound: memory does not grow with looks, commands and rooms. Counted, never timed."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Iterator

import pytest

from pageinbox.ask.answers import REMEMBERED, Answers
from pageinbox.ask.memory import KEPT, OF_PEOPLE, Memory
from pageinbox.model.conversation import Conversation
from pageinbox.model.look import Look
from pageinbox.model.query import InboxQuery
from pageinbox.model.source import Folder, Platform, Source

LISTS = [Source("acme", Platform.MESSENGER, folder) for folder in Folder]
QUERY = InboxQuery(folder=None, platform=Platform.MESSENGER)


@pytest.fixture
def traced() -> Iterator[None]:
    tracemalloc.start()
    yield
    tracemalloc.stop()


def memory() -> int:
    """The bytes in use."""
    gc.collect()
    return tracemalloc.get_traced_memory()[0]


def ours() -> int:
    """The bytes in use that were asked for here or in the core: other threads of the process free theirs meanwhile."""
    gc.collect()
    here = [tracemalloc.Filter(True, __file__), tracemalloc.Filter(True, "*/pageinbox/*")]
    return sum(trace.size for trace in tracemalloc.take_snapshot().filter_traces(here).traces)


def look(source: Source, turn: int, *, many: int = 15, length: int = 40) -> Look:
    """A list as it is read for the nth time, each time with words of its own."""
    conversations = [
        Conversation(f"t_{source.folder}_{number}", 1e9 - number, source.platform, "Ann", f"{turn} ".ljust(length, "x"))
        for number in range(many)
    ]
    return Look(source, conversations, at=1e9)


def turns(answers: Answers, clock, first: int, last: int, rooms: int) -> None:
    """Every list is read anew, then a room asks, and asks for more."""
    for turn in range(first, last):
        clock.now += 60
        for source in LISTS:
            answers.listing.take_in(look(source, turn), None)
        room = f"#room-{turn % rooms}"
        answers.ask(room, QUERY)
        answers.more(room, 20)
        answers.find(room, "25")


@pytest.mark.usefixtures("traced")
def test_ten_times_as_many_looks_and_commands_take_no_more_memory(rig, calls, clock):
    answers = rig.answers()
    turns(answers, clock, 0, 40, rooms=8)
    before = ours()
    turns(answers, clock, 40, 400, rooms=8)
    assert ours() <= 1.1 * before and calls() == []


@pytest.mark.usefixtures("traced")
def test_however_many_rooms_ask_what_they_were_shown_has_a_bound(rig, clock):
    answers = rig.answers()
    long = REMEMBERED // 1000
    before = memory()
    for turn in range(100):
        clock.now += 60
        answers.listing.take_in(look(LISTS[0], turn, many=30, length=long), None)
        answers.ask(f"#room-{turn}", InboxQuery(folder=LISTS[0].folder, platform=Platform.MESSENGER))
    assert memory() - before <= 1.3 * REMEMBERED
    assert answers.more("#room-99").rows and answers.rows("#room-0") == ()


@pytest.mark.usefixtures("traced")
def test_however_large_lists_are_what_is_kept_of_them_has_a_bound(clock):
    kept, before = Memory(), memory()
    for number in range(150):
        source = Source(f"page-{number}", Platform.MESSENGER, Folder.INBOX)
        kept.note((source, None), look(source, 0, many=30, length=KEPT // 3000), clock(), read=True)
    assert memory() - before <= 1.1 * KEPT
    assert kept.last(source) is not None


@pytest.mark.usefixtures("traced")
def test_however_many_people_are_asked_about_what_is_kept_of_each_has_a_bound(clock):
    kept = Memory()
    kept.note((LISTS[0], None), look(LISTS[0], 0), clock(), read=True)
    before = memory()
    for number in range(10_000):
        kept.note((LISTS[0], str(number)), Look(LISTS[0], [], at=clock()), clock(), read=True)
    assert memory() - before <= 1.2 * OF_PEOPLE
    assert kept.last_good((LISTS[0], "9999")) is not None and kept.last_good((LISTS[0], "0")) is None
    assert kept.last_good((LISTS[0], None)) is not None


def test_what_is_larger_than_all_that_is_kept_is_still_shown(rig):
    answers = rig.answers()
    answers.listing.take_in(look(LISTS[0], 0, many=30, length=REMEMBERED // 10), None)
    answers.ask("#room", InboxQuery(folder=LISTS[0].folder, platform=Platform.MESSENGER))
    assert len(answers.more("#room").numbered) == 20


def test_rows_are_known_by_number_for_a_day_and_more_asks_anew_after_an_hour(rig, calls, clock):
    answers = rig.answers()
    query = InboxQuery(platform=Platform.MESSENGER, limit=5)
    first = answers.ask("#room", query)
    clock.now += 3500
    assert [row.number for row in answers.more("#room").rows] == [6, 7, 8, 9, 10] and len(calls()) == 1
    clock.now += 3700
    third = answers.more("#room")
    assert [row.number for row in third.rows] == [11, 12, 13, 14, 15] and len(calls()) == 2
    assert len({row.conversation.id for row in third.numbered}) == 15
    clock.now += 80_000
    assert answers.find("#room", "1").conversation_id == first.rows[0].conversation.id
    clock.now += 10_000
    assert answers.rows("#room") == ()


@pytest.mark.usefixtures("traced")
@pytest.mark.parametrize("length", [20, 2000])
def test_a_list_takes_about_as_many_bytes_as_it_is_taken_for(rig, clock, length):
    listing, before = rig.listing(), ours()
    listing.take_in(look(LISTS[0], 0, many=1000, length=length), None)
    known = listing.memory.last(LISTS[0])
    assert known is not None and 0.5 * known.size < ours() - before < 1.2 * known.size
