"""Paging holds to the truth, whatever happens meanwhile."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from simulator.folders import FOLDERS, PLATFORMS
from simulator.server import Simulator
from simulator.world import World

pytestmark = pytest.mark.servers


def flat(pages):
    return [id for page in pages for id in page]


def truth(world, platform="messenger", folder="inbox"):
    return [thread.id for thread in world.conversations("acme", platform, folder)]


@pytest.mark.parametrize("platform", [*PLATFORMS, "INSTAGRAM", "MESSENGER"])
@pytest.mark.parametrize("folder", FOLDERS)
def test_all_pages_together_are_the_truth(client, world, platform, folder):
    pages = client.walk(platform=platform, folder=folder, limit=7, fields="id")
    assert flat(pages) == truth(world, platform.lower(), folder)
    assert all(len(page) == 7 for page in pages[:-1])


def test_without_platform_and_folder_it_is_messengers_inbox(client, world):
    pages = client.walk()
    assert flat(pages) == truth(world)
    assert {len(page) for page in pages[:-1]} == {25}


def test_the_last_page_has_cursors_but_no_next(client, world):
    count = len(truth(world, "messenger", "spam"))
    paging = client.conversations(folder="spam", limit=count)["paging"]
    assert set(paging) == {"cursors"} and set(paging["cursors"]) == {"before", "after"}
    after_the_end = client.conversations(folder="spam", limit=count, after=paging["cursors"]["after"])
    assert after_the_end == {"data": []}


def test_next_repeats_the_question_and_carries_the_token(client, world, simulator):
    query = {"platform": "instagram", "folder": "inbox", "limit": "3", "fields": "id,participants{username}"}
    first = client.conversations(**query)
    address = urlsplit(first["paging"]["next"])
    assert f"{address.scheme}://{address.netloc}" == simulator.url
    assert address.path == "/v26.0/200300400/conversations"
    asked = {name: value[0] for name, value in parse_qs(address.query).items()}
    after = first["paging"]["cursors"]["after"]
    assert asked == query | {"access_token": world.pages["acme"].token, "pretty": "0", "after": after}
    second = client.session.get(first["paging"]["next"]).json()
    assert [row["id"] for row in second["data"]] == truth(world, "instagram", "inbox")[3:6]
    assert client.session.get(second["paging"]["previous"]).json()["data"] == first["data"]


def test_before_goes_back_page_by_page(client, world):
    ids = truth(world)
    body = client.conversations(limit=30)
    body = client.conversations(limit=10, after=body["paging"]["cursors"]["after"])
    assert [row["id"] for row in body["data"]] == ids[30:40]
    body = client.conversations(limit=10, before=body["paging"]["cursors"]["before"])
    assert [row["id"] for row in body["data"]] == ids[20:30]
    assert {"next", "previous"} <= set(body["paging"])


def test_a_great_limit_is_clamped_without_a_word(clock, connect):
    world = World.seeded(1, clock, conversations=1500)
    with Simulator(world, rate_limit=False) as simulator:
        client = connect(simulator)
        assert len(client.conversations(limit=5000)["data"]) == 200
        simulator.rules.page_size_max = 40
        assert {len(page) for page in client.walk(limit=100)[:-1]} == {40}


@pytest.mark.parametrize("limit", ["0", "-1", "many", "1.5"])
def test_a_limit_that_is_none_is_refused(client, limit):
    assert client.error("200300400/conversations", limit=limit)["code"] == 100


def test_an_empty_list_has_no_paging(clock, connect):
    with Simulator(World(clock)) as simulator:
        assert connect(simulator).conversations() == {"data": []}


def test_pages_can_be_short_and_empty_and_still_go_on(client, world, simulator):
    simulator.rules.short_pages = True
    pages = client.walk(limit=10)
    assert flat(pages) == truth(world)
    assert [len(page) for page in pages[:6]] == [5, 0, 10, 5, 0, 10]


@pytest.mark.parametrize(("kind", "size"), [("short", 5), ("blank", 0)])
def test_one_page_can_be_spoilt(client, world, simulator, kind, size):
    simulator.fail("conversations", 2, kind)
    pages = client.walk(limit=10)
    assert [len(page) for page in pages[:3]] == [size, size, 10]
    assert flat(pages) == truth(world)


def test_a_blank_page_has_a_cursor_of_its_own(client, simulator):
    simulator.fail("conversations", 2, "blank")
    first = client.conversations(limit=10)["paging"]["cursors"]["after"]
    assert client.conversations(limit=10, after=first)["paging"]["cursors"]["after"] != first


def test_a_list_that_is_stuck_gives_the_same_cursor_and_page_again(client, world, simulator):
    simulator.fail("conversations", None, "stuck")
    page = client.conversations(limit=200)
    after = page["paging"]["cursors"]["after"]
    again = client.conversations(limit=200, after=after)
    assert [row["id"] for row in again["data"]] == [row["id"] for row in page["data"]] == truth(world)[:200]
    assert again["paging"]["cursors"]["after"] == after and "next" in again["paging"]


def test_a_blank_page_promises_nothing_that_is_not_there(client, simulator, world):
    simulator.fail("conversations", 1, "blank")
    pages = client.walk(folder="other", limit=200)
    assert pages == [[], truth(world, "messenger", "other")]


def test_who_writes_while_being_paged_moves_to_the_front(client, world, clock):
    ids = truth(world)

    def write():
        clock.now += 1
        world.write("acme", world.thread(ids[25]), "me again")

    seen = flat(client.walk(write, limit=10))
    assert truth(world)[0] == ids[25]
    assert seen == [id for id in ids if id != ids[25]]


def test_the_one_under_the_cursor_may_write_without_harm(client, world, clock):
    ids = truth(world)
    after = client.conversations(limit=10)["paging"]["cursors"]["after"]
    clock.now += 1
    world.write("acme", world.thread(ids[9]), "me again")
    assert [row["id"] for row in client.conversations(limit=10, after=after)["data"]] == ids[10:20]


def test_a_sticky_cursor_follows_its_conversation_so_that_pages_repeat(client, world, clock, simulator):
    simulator.rules.sticky_cursors = True
    ids = truth(world)
    after = client.conversations(limit=10)["paging"]["cursors"]["after"]
    clock.now += 1
    world.write("acme", world.thread(ids[9]), "me again")
    assert [row["id"] for row in client.conversations(limit=10, after=after)["data"]] == [*ids[:9], ids[10]]


@pytest.mark.parametrize("end", ["deleted", "moved"])
def test_a_cursor_dies_with_its_conversation(client, world, end):
    after = client.conversations(limit=10)["paging"]["cursors"]["after"]
    thread = world.thread(truth(world)[9])
    if end == "deleted":
        world.delete(thread)
    else:
        world.move(thread, "page_done")
    error = client.error("200300400/conversations", limit=10, after=after)
    assert error["code"] == 100 and "ursor" in error["message"]


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_cursor_is_good_for_its_own_list_only(client, platform):
    after = client.conversations(platform=platform, limit=3)["paging"]["cursors"]["after"]
    for query in (
        {"platform": platform, "folder": "spam", "after": after},
        {"platform": platform, "after": after[:-6] + after[-6:].swapcase()},
        {"platform": platform, "after": "MAZDZD"},
        {"platform": platform, "after": "ÿ"},
    ):
        error = client.error("200300400/conversations", **query)
        assert error["code"] == 100 and "ursor" in error["message"], query


def test_a_cursor_tells_nothing_by_itself(client, world):
    cursors = client.conversations(platform="instagram", limit=3)["paging"]["cursors"]
    assert cursors["before"] != cursors["after"]
    assert not any(part in cursors["after"] for part in ("=", "200300400", "inbox", truth(world, "instagram")[2]))


def test_a_list_can_be_too_deep(client, simulator):
    simulator.rules.cursor_depth = 30
    after = ""
    for _ in range(3):
        after = client.conversations(limit=10, after=after)["paging"]["cursors"]["after"]
    after = client.conversations(limit=10, after=after)["paging"]["cursors"]["after"]
    error = client.error("200300400/conversations", limit=10, after=after)
    assert error["code"] == 100 and "exceeds the max limit" in error["message"]


def test_times_count_only_where_a_rule_says_so(client, world, simulator, clock):
    ids = truth(world)
    fourth = world.thread(ids[3]).updated
    query = {"updated_after_ms": int(fourth * 1000), "limit": 200}
    assert flat(client.walk(**query)) == ids
    simulator.rules.updated_ms = True
    assert flat(client.walk(**query)) == ids[:4]
    assert flat(client.walk(updated_before_ms=int(fourth * 1000), limit=200)) == ids[4:]


def test_messages_page_like_conversations(client, world):
    thread = max(world.conversations("acme", "messenger", "inbox"), key=lambda t: len(t.messages))
    assert len(thread.messages) > 20
    seen, after = [], ""
    while True:
        body = client.body(f"{thread.id}/messages", limit=6, after=after, fields="created_time")
        seen += [row["id"] for row in body["data"]]
        if "next" not in body["paging"]:
            break
        after = body["paging"]["cursors"]["after"]
    whole = client.body(f"{thread.id}/messages", limit=100)["data"]
    assert seen == [row["id"] for row in whole] and len(seen) == len(thread.messages)
    assert world.message(seen[0])[1] is thread.messages[-1]
