"""The one reader of lists: where it begins anew, and where it sees that a list leads nowhere."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from pageinbox.graph.client import Slice
from pageinbox.graph.pages import EMPTY, Stopped, slices
from pageinbox.model.errors import CursorDead
from pageinbox.model.source import Folder, Platform, Source

MESSENGER = Source("acme", Platform.MESSENGER, Folder.INBOX)


def never() -> None:
    raise AssertionError("the list should not begin anew")


def reading(client, **more) -> Iterator[Slice]:
    return slices(client, MESSENGER, **({"wanted": lambda: 100, "restart": never} | more))


def page(after: str | None, *ids: str, more: bool = True) -> bytes:
    rows = [{"id": id, "updated_time": 1790000000} for id in ids]
    following = {"next": "https://x.example/"} if more else {}
    return json.dumps({"data": rows, "paging": {"cursors": {"after": after}} | following}).encode()


def test_a_list_is_read_to_its_end(rig, world):
    parts = list(reading(rig.client()))
    ids = [conversation.id for part in parts for conversation in part.conversations]
    assert ids == [thread.id for thread in world.conversations("acme", "messenger", "inbox")]
    assert [part.more for part in parts] == [True] * (len(parts) - 1) + [False]


def test_a_list_is_read_from_a_cursor_and_that_cursor_leads_nowhere(rig, canned):
    canned.body = page("A", "t_2")
    (part,) = reading(rig.client(url=canned.url), after="A")
    assert (part.more, part.after, len(canned.paths)) == (True, None, 1)


@pytest.mark.parametrize("cursors", [["A", "A"], ["A", "B", "A"], ["A", "B", "C", "C"], [None]])
def test_a_list_that_gives_back_a_cursor_ends_there(rig, canned, cursors):
    parts = reading(rig.client(url=canned.url))
    read = []
    for cursor in cursors:
        canned.body = page(cursor, f"t_{len(read)}")
        read.append(next(parts))
    assert next(parts, None) is None
    assert [part.after for part in read] == [*cursors[:-1], None]
    assert all(part.more and part.conversations for part in read), "what the last page holds is read as well"
    assert len(canned.paths) == len(cursors)


def test_a_cursor_that_holds_the_token_is_not_followed(rig, canned, world):
    canned.body = page(f"x{world.pages['acme'].token}", "t_1")
    (part,) = reading(rig.client(url=canned.url))
    assert (part.more, part.after, len(canned.paths)) == (True, None, 1)


def test_a_list_of_empty_pages_ends_and_one_that_holds_something_between_them_goes_on(rig, sim, world):
    sim.fail("conversations", None, kind="blank")
    parts = list(reading(rig.client()))
    assert len(parts) == EMPTY and parts[-1].more and parts[-1].after is None
    sim.clear()
    sim.rules.short_pages = True
    ids = [conversation.id for part in reading(rig.client()) for conversation in part.conversations]
    assert ids == [thread.id for thread in world.conversations("acme", "messenger", "inbox")]


def test_a_list_that_leads_back_to_its_front_ends_though_its_cursors_are_always_new(rig, canned):
    parts = reading(rig.client(url=canned.url))
    read = []
    for number in range(2 + EMPTY):
        canned.body = page(f"C{number}", f"t_{number % 2}")
        read.append(next(parts))
    assert next(parts, None) is None
    assert read[-1].more and read[-1].after is None
    assert len(canned.paths) == 2 + EMPTY


def test_a_dead_cursor_begins_the_list_anew_and_its_cursors_may_come_again(rig, sim):
    restarts = []
    sim.rules.page_size_max = 50
    parts = reading(rig.client(), restart=lambda: restarts.append(len(read)))
    read = [next(parts), next(parts)]
    sim.fail("after=", 1, name="cursor_dead")
    read += [next(parts), next(parts), next(parts)]
    assert restarts == [2]
    assert [part.after for part in read[2:4]] == [part.after for part in read[:2]]


def test_a_cursor_that_dies_for_ever_is_trouble(rig, sim, calls):
    sim.fail("after=", None, name="cursor_dead")
    restarts = []
    with pytest.raises(CursorDead):
        list(reading(rig.client(), restart=lambda: restarts.append(True)))
    assert len(restarts) == 3 and len(calls()) == 8


def test_nobody_is_asked_when_it_is_not_to_go_on(rig, sim, calls):
    left = [True, False]
    parts = reading(rig.client(), going=lambda: left.pop(0))
    next(parts)
    with pytest.raises(Stopped):
        next(parts)
    assert len(calls()) == 1


@pytest.mark.parametrize(("wanted", "limit"), [(-3, 50), (0, 50), (120, 120), (10**6, 200)])
def test_a_call_asks_for_what_is_wanted_within_bounds(rig, sim, calls, wanted, limit):
    next(reading(rig.client(), wanted=lambda: wanted))
    assert [request.query["limit"] for request in calls()] == [str(limit)]
