"""A conversation that Meta can't give: all others are read, it is known by what there is of it, at a bounded price."""

from __future__ import annotations

import logging

import pytest
from requests.adapters import HTTPAdapter

from pageinbox.graph.pages import slices
from pageinbox.model.errors import ListBlocked, QueryTimedOut, Throttled, TooMuchData, Unavailable
from pageinbox.model.ref import SHORTEST, digits_of
from pageinbox.model.source import Folder, Platform, Source

MESSENGER, INSTAGRAM = Platform.MESSENGER, Platform.INSTAGRAM

RECORDED = {
    "400 with code 1": {"code": 1, "status": 400, "message": "An unknown error has occurred."},
    "500 with code 1": {"code": 1},
    "code 2": {"code": 2},
    "a timeout": {"code": -2, "subcode": 2534084},
    "code -3": {"code": -3},
    "subcode 99": {"code": 1, "subcode": 99, "message": "An unknown error occurred"},
    "the documented plea": {"name": "reduce"},
    "the plea in its other field": {"name": "reduce_99"},
    "an error without an object": {"kind": "bare_error", "code": 1},
    "an error without an object in a 200": {"kind": "bare_error", "code": 1, "status": 200},
    "an error in a 200": {"kind": "error_in_200", "code": 1},
    "HTML with 500": {"kind": "html", "status": 500},
    "HTML with 502": {"kind": "html"},
    "an empty 503": {"kind": "empty", "status": 503},
    "somebody without a profile": {"code": 100, "subcode": 2018218},
    "somebody who is not available": {"code": 551, "subcode": 1545041},
    "somebody who is not found": {"code": 100, "subcode": 2534014},
}


class Slow(HTTPAdapter):
    """Every call takes six seconds by the clock."""

    def __init__(self, clock):
        super().__init__()
        self.clock = clock

    def send(self, request, **how):
        self.clock.now += 6
        return super().send(request, **how)


@pytest.fixture
def poison(sim, world):
    """Spoils every reply that would hold the conversations at these places of a list; gives their ids."""

    def spoil(*places, platform=MESSENGER, folder="inbox", **how):
        threads = world.conversations("acme", platform.value, folder)
        ids = [threads[place].id for place in places]
        for graph_id in ids:
            sim.fail("", None, holding=graph_id, **({"code": 1, "status": 400} | how))
        return ids

    return spoil


def truth(world, platform=MESSENGER, folder="inbox"):
    return [thread.id for thread in world.conversations("acme", platform.value, folder)]


def ids(part):
    return [found.id for found in part.conversations]


def unreadable(part):
    return [found.id for found in part.conversations if found.unreadable]


@pytest.mark.parametrize("how", RECORDED.values(), ids=RECORDED)
def test_one_conversation_spoils_no_list(rig, world, calls, poison, how):
    spoilt = poison(17, **how)
    part = rig.client().conversations(MESSENGER, limit=50)
    assert ids(part) == truth(world)[:50] and part.more
    assert unreadable(part) == spoilt and part.unreadable == []
    assert all(found.waiting is not None for found in part.conversations if not found.unreadable)
    assert len(calls()) < 25


def test_the_newest_is_found_at_once(rig, world, calls, poison):
    spoilt = poison(0)
    assert unreadable(rig.client().conversations(MESSENGER, limit=50)) == spoilt
    # It failed with the others, an id could be had, then all ids, itself whole twice, with less, and the others.
    assert [int(request.query["limit"]) for request in calls()] == [50, 50, 50, 1, 50, 1, 1, 1, 1, 49]


def test_nor_does_one_on_instagram_whoever_the_page_is_there(rig, sim, world, poison):
    sim.fail("instagram_business_account", None, code=10)
    spoilt = poison(17, platform=INSTAGRAM)
    part = rig.client().conversations(INSTAGRAM, limit=50)
    assert ids(part) == truth(world, INSTAGRAM)[:50]
    assert unreadable(part) == spoilt
    assert all(found.waiting is not None for found in part.conversations if not found.unreadable)


def test_what_is_read_around_it_is_as_true_as_what_is_read_at_once(rig, world, poison):
    at_once = rig.client().conversations(MESSENGER, limit=50).conversations
    (spoilt,) = poison(17)
    around = rig.client().conversations(MESSENGER, limit=50).conversations
    assert [found for found in around if found.id != spoilt] == [found for found in at_once if found.id != spoilt]


def test_meta_s_pace_is_kept(rig, sim, world, poison):
    sim.rules.rate_limit = True
    spoilt = poison(17)
    client = rig.client(paced=True)
    assert unreadable(client.conversations(MESSENGER, limit=50, background=True)) == spoilt
    assert unreadable(client.conversations(MESSENGER, limit=50)) == spoilt


@pytest.mark.parametrize("places", [[0], [49], [24, 25], [0, 49], [3, 4, 30], [0, 1, 2, 3, 4, 5, 6]])
def test_wherever_they_are(rig, world, poison, places):
    spoilt = poison(*places)
    part = rig.client().conversations(MESSENGER, limit=50)
    assert ids(part) == truth(world)[:50]
    assert unreadable(part) == spoilt


def test_one_on_a_later_page_and_in_a_list_that_is_walked_whole(rig, world, poison):
    spoilt = poison(70, 130)
    parts = list(slices(rig.client(), Source("acme", MESSENGER, Folder.INBOX), wanted=lambda: 50, restart=pytest.fail))
    assert [graph_id for part in parts for graph_id in ids(part)] == truth(world)
    assert [graph_id for part in parts for graph_id in unreadable(part)] == spoilt


@pytest.mark.parametrize("rule", ["short_pages", "sticky_cursors"])
def test_in_a_list_whose_pages_are_odd(rig, sim, world, poison, rule):
    setattr(sim.rules, rule, True)
    spoilt = poison(3, 17, 70)
    client, source = rig.client(), Source("acme", MESSENGER, Folder.INBOX)
    for _ in range(2):
        parts = list(slices(client, source, wanted=lambda: 50, restart=pytest.fail))
        assert [graph_id for part in parts for graph_id in ids(part)] == truth(world)
        assert [graph_id for part in parts for graph_id in unreadable(part)] == spoilt


def test_one_that_takes_meta_long(rig, world, clock, poison):
    spoilt = poison(17)
    part = rig.client(adapter=Slow(clock)).conversations(MESSENGER, limit=50, background=True)
    assert (ids(part), unreadable(part)) == (truth(world)[:50], spoilt)


@pytest.mark.parametrize("kind", ["reset", "truncated", "html"])
def test_the_poller_finds_one_for_which_there_is_no_reply_at_all(rig, world, poison, kind):
    spoilt = poison(17, kind=kind, status=200 if kind == "html" else None)
    part = rig.client().conversations(MESSENGER, limit=50, background=True)
    assert (ids(part), unreadable(part)) == (truth(world)[:50], spoilt)


def test_the_last_of_a_list_and_one_that_is_alone_in_it(rig, world, poison):
    spoilt = poison(-1, folder="other")
    part = rig.client().conversations(MESSENGER, folder=Folder.OTHER, limit=200)
    assert ids(part) == truth(world, folder="other") and not part.more
    assert unreadable(part) == spoilt
    (alone,) = poison(5)
    person = world.thread(alone).person.id
    part = rig.client().conversations(MESSENGER, user_id=person)
    assert unreadable(part) == ids(part) == [alone] and not part.more


def test_where_only_the_messages_spoil_it_the_rest_is_told(rig, world, poison):
    (spoilt,) = poison(17, fields=["messages"])
    part = rig.client().conversations(MESSENGER, limit=50)
    found = part.conversations[17]
    assert (found.id, found.unreadable, found.waiting) == (spoilt, False, None)
    assert found.name == world.thread(spoilt).person.name


def test_where_not_even_the_time_is_given_its_id_leads_on(rig, world, poison):
    (spoilt,) = poison(17, fields=["participants", "updated_time"])
    part = rig.client().conversations(MESSENGER, limit=50)
    assert ids(part) == [graph_id for graph_id in truth(world)[:50] if graph_id != spoilt]
    assert [(bad.id, bad.fault) for bad in part.unreadable] == [(spoilt, "updated_time is missing")]


def test_where_nothing_is_given_the_list_ends_there_in_trouble(rig, world, calls, poison):
    poison(17, fields=[])
    read = []
    with pytest.raises(ListBlocked):
        for part in slices(
            rig.client(), Source("acme", MESSENGER, Folder.INBOX), wanted=lambda: 50, restart=pytest.fail
        ):
            read += ids(part)
    assert read == truth(world)[:17]
    assert len(calls()) < 30


def test_at_the_front_that_looks_like_an_outage_and_makes_no_storm(rig, calls, poison):
    poison(0, fields=[])
    with pytest.raises(Unavailable) as failed:
        rig.client().conversations(MESSENGER)
    assert (failed.value.tries, len(calls())) == (3, 4)


def test_what_is_known_costs_less_and_is_tried_again_each_time(rig, sim, world, calls, poison):
    client = rig.client()
    spoilt = poison(17)
    client.conversations(MESSENGER, limit=50)
    sim.forget()
    part = client.conversations(MESSENGER, limit=50)
    assert (ids(part), unreadable(part)) == (truth(world)[:50], spoilt)
    # The ids, those before it, itself whole and then its time, and those behind it.
    assert [int(request.query["limit"]) for request in calls()] == [50, 17, 1, 1, 32]
    sim.clear()
    part = client.conversations(MESSENGER, limit=50)
    assert (ids(part), unreadable(part)) == (truth(world)[:50], [])
    sim.forget()
    client.conversations(MESSENGER, limit=50)
    assert len(calls()) == 1


def test_it_is_held_against_nobody_else(rig, sim, world, calls, poison):
    client = rig.client()
    poison(17)
    client.conversations(MESSENGER, limit=50)
    sim.forget()
    client.conversations(INSTAGRAM, limit=50)
    assert [int(request.query["limit"]) for request in calls()] == [50], "the other platform is another list"
    sim.forget()
    client.conversations(MESSENGER, folder=Folder.SPAM, limit=50)
    assert [int(request.query["limit"]) for request in calls()] == [50], "and so is the other folder"
    assert client.thread(truth(world)[0], MESSENGER).messages


def test_one_that_is_gone_is_forgotten_after_an_hour(rig, sim, world, calls, clock, poison):
    client = rig.client()
    (spoilt,) = poison(17)
    client.conversations(MESSENGER, limit=50)
    world.delete(spoilt)
    clock.now += 3600
    sim.forget()
    client.conversations(MESSENGER, limit=50)
    assert len(calls()) == 1


def test_the_log_names_it_once_and_says_when_it_is_over(rig, sim, world, caplog, poison):
    caplog.set_level(logging.INFO)
    client = rig.client()
    (spoilt,) = poison(17)
    for _ in range(3):
        client.conversations(MESSENGER, limit=50)
    sim.clear()
    client.conversations(MESSENGER, limit=50)
    told = [(record.levelname, record.getMessage()) for record in caplog.records if "conversation" in record.message]
    assert [level for level, _ in told] == ["WARNING", "INFO"]
    assert all(digits_of(spoilt)[:SHORTEST] in message for _, message in told)
    assert spoilt not in caplog.text and world.thread(spoilt).person.name not in caplog.text


# An outage


@pytest.mark.parametrize("place", [0, 50])
def test_an_outage_costs_few_calls_and_stays_one(rig, sim, calls, place):
    client = rig.client()
    after = client.conversations(MESSENGER, limit=place).after if place else None
    sim.forget()
    sim.fail("conversations", None, code=2)
    with pytest.raises(Unavailable) as failed:
        client.conversations(MESSENGER, limit=50, after=after)
    assert (failed.value.code, failed.value.tries) == (2, 3)
    assert len(calls()) == (5 if place else 4)


def test_an_outage_where_one_is_known_to_fail_costs_no_more(rig, sim, calls, poison):
    client = rig.client()
    poison(17)
    client.conversations(MESSENGER, limit=50)
    sim.clear()
    sim.forget()
    sim.fail("conversations", None, code=2)
    with pytest.raises(Unavailable):
        client.conversations(MESSENGER, limit=50)
    assert len(calls()) == 4


def test_where_nobody_can_be_given_it_is_an_outage(rig, sim, calls):
    sim.fail("participants", None, code=2)
    client = rig.client()
    with pytest.raises(Unavailable) as failed:
        client.conversations(MESSENGER, limit=50)
    assert (failed.value.code, failed.value.tries) == (2, 3)
    assert len(calls()) <= 45
    sim.clear()
    sim.forget()
    assert unreadable(client.conversations(MESSENGER, limit=50)) == []
    assert len(calls()) == 1, "nothing of it is held against anybody"


def test_where_nobody_s_messages_can_be_given_they_are_left_out(rig, sim, world, calls):
    sim.fail(r"messages\.limit", None, code=1)
    part = rig.client().conversations(MESSENGER, limit=50)
    assert ids(part) == truth(world)[:50] and unreadable(part) == []
    assert all(found.waiting is None and found.name for found in part.conversations if found.name)
    assert len(calls()) < 50


def test_many_that_cannot_be_given_cost_a_bounded_number_of_calls(rig, sim, world, calls, poison):
    spoilt = poison(*range(1, 100, 5))
    client, source = rig.client(), Source("acme", MESSENGER, Folder.INBOX)
    client.conversations(MESSENGER, limit=100)
    assert len(calls()) < 60
    found = [
        graph_id for part in slices(client, source, wanted=lambda: 50, restart=pytest.fail) for graph_id in ids(part)
    ]
    assert found == truth(world)
    assert set(spoilt) <= set(found)


def test_a_limit_in_the_midst_of_the_search_keeps_what_was_read(rig, sim, world, poison):
    client = rig.client()
    poison(17)
    sim.fail("messages.*limit=1$", 1, code=613)
    with pytest.raises(Unavailable):
        client.conversations(MESSENGER, limit=50)
    rig.clock.now += 3600
    sim.fail(r"limit=8\b", 1, code=613)
    part = client.conversations(MESSENGER, limit=50)
    assert ids(part) == truth(world)[: len(ids(part))] and part.more and part.after
    with pytest.raises(Throttled):
        client.conversations(MESSENGER, limit=50, after=part.after)


# Too many at once, whichever they are


def test_what_can_be_given_at_once_is_remembered(rig, sim, world, calls, clock):
    sim.rules.reduce_above = 12
    client, source = rig.client(), Source("acme", MESSENGER, Folder.INBOX)
    part = client.conversations(MESSENGER, limit=50)
    assert ids(part) == truth(world)[:31] and part.more and unreadable(part) == []
    sim.forget()
    client.conversations(MESSENGER, limit=50, after=part.after)
    client.conversations(MESSENGER, limit=5)
    client.conversations(INSTAGRAM, limit=5)
    assert [int(request.query["limit"]) for request in calls()] == [8, 5, 5]
    parts = slices(client, source, wanted=lambda: 50, restart=pytest.fail)
    assert [graph_id for part in parts for graph_id in ids(part)] == truth(world)
    sim.rules.reduce_above = None
    clock.now += 600
    assert len(ids(client.conversations(MESSENGER, limit=50))) == 50


def test_where_instagram_gives_up_searching_one_by_one_is_still_found(rig, sim, world, calls):
    sim.fail(r"limit=([2-9]|\d\d)", None, code=-2, subcode=2534084)
    client = rig.client()
    part = client.conversations(INSTAGRAM, limit=50)
    assert ids(part) == truth(world, INSTAGRAM)[:3] and part.more
    sim.forget()
    client.conversations(INSTAGRAM, limit=50, after=part.after)
    assert [request.query["limit"] for request in calls()] == ["1"]


def test_what_cannot_be_given_at_all_is_not_held_against_the_next_question(rig, sim, calls):
    client = rig.client()
    sim.fail("conversations", None, name="reduce")
    with pytest.raises(TooMuchData):
        client.conversations(MESSENGER, limit=50)
    sim.clear()
    sim.forget()
    assert len(client.conversations(MESSENGER, limit=50).conversations) == 50
    assert [request.query["limit"] for request in calls()] == ["50"]


def test_a_search_that_instagram_always_gives_up_is_told_as_that(rig, sim, calls):
    sim.fail("conversations", None, code=-2, subcode=2534084)
    with pytest.raises(QueryTimedOut):
        rig.client().conversations(INSTAGRAM, limit=50)
    assert len(calls()) == 2


# A thread

THREAD = r"/t_\w+\?"


def thread_calls(sim):
    return [request.query["fields"] for request in sim.requests if "/t_" in request.path]


@pytest.mark.parametrize("how", [RECORDED[name] for name in ("400 with code 1", "a timeout", "HTML with 502")])
def test_a_thread_without_its_messages_is_shown_by_what_there_is(rig, sim, world, poison, how):
    (spoilt,) = poison(17, fields=["messages"], **how)
    found = rig.client().thread(spoilt, MESSENGER)
    assert (found.conversation.id, found.messages, found.withheld) == (spoilt, [], True)
    assert found.conversation.name == world.thread(spoilt).person.name
    assert len(thread_calls(sim)) <= 9


def test_a_thread_is_shown_with_as_many_messages_as_can_be_given(rig, sim, world):
    thread = max(world.conversations("acme", "messenger", "inbox"), key=lambda thread: len(thread.messages))
    sim.fail(r"messages\.limit%28(20|10)%29", None, code=1)
    found = rig.client().thread(thread.id, MESSENGER)
    assert (len(found.messages), found.more, found.withheld) == (5, True, False)


def test_a_thread_of_which_only_the_time_is_given(rig, sim, world, poison):
    (spoilt,) = poison(17)
    found = rig.client().thread(spoilt, MESSENGER)
    assert (found.conversation.unreadable, found.messages, found.withheld) == (True, [], True)
    assert found.conversation.updated == int(world.thread(spoilt).updated)


def test_a_thread_in_an_outage(rig, sim, world):
    sim.fail(THREAD, None, code=2)
    with pytest.raises(Unavailable) as failed:
        rig.client().thread(truth(world)[0], MESSENGER)
    assert (failed.value.tries, len(thread_calls(sim))) == (3, 4)


def test_messages_that_are_no_field_are_told_to_be_withheld(rig, sim, world):
    text = "(#100) Tried accessing nonexisting field (messages) on node type (X)"
    sim.fail("messages", None, name="field", message=text)
    assert rig.client().thread(truth(world)[0], MESSENGER).withheld


def test_what_a_thread_could_not_give_is_held_against_no_other(rig, sim, world, calls, poison):
    client = rig.client()
    (spoilt,) = poison(3, fields=["messages"])
    assert client.thread(spoilt, MESSENGER).withheld
    sim.clear()
    assert client.thread(spoilt, MESSENGER).messages
    client.conversations(MESSENGER, limit=50)
    assert len(calls()) == 1
