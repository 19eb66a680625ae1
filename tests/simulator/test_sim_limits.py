"""Two calls a second, and the headers that report usage."""

from __future__ import annotations

import json

import pytest

from simulator.server import Simulator
from simulator.world import World


@pytest.fixture
def world(clock):
    return World.seeded(5, clock, conversations=60, pages=("acme", "zeta"))


@pytest.fixture
def simulator(world):
    with Simulator(world) as running:
        yield running


def status(client, path="200300400/conversations", **query):
    return client.get(path, **query).status_code


def test_the_third_call_of_a_second_is_refused(client, clock):
    assert [status(client) for _ in range(3)] == [200, 200, 400]
    reply = client.get("200300400/conversations")
    assert reply.json()["error"]["code"] == 80006
    entry = json.loads(reply.headers["X-Business-Use-Case-Usage"])["200300400"][0]
    assert entry["type"] == "messenger" and entry["call_count"] == 100
    assert entry["estimated_time_to_regain_access"] >= 1
    clock.now += 1
    assert status(client) == 200


def test_calling_on_lengthens_the_block(client, clock):
    assert [status(client) for _ in range(3)] == [200, 200, 400]
    for _ in range(4):
        clock.now += 0.4
        assert status(client) == 400
    clock.now += 1
    assert status(client) == 200


def test_the_page_and_its_instagram_account_have_an_allowance_each(client, world):
    assert [status(client) for _ in range(3)] == [200, 200, 400]
    assert [status(client, platform="instagram") for _ in range(2)] == [200, 200]
    assert client.error("200300400/conversations", platform="instagram")["code"] == 613
    zeta = world.pages["zeta"]
    assert status(client, f"{zeta.id}/conversations", token=zeta.token) == 200


def test_folders_threads_and_messages_share_it(client, world):
    thread = world.conversations("acme", "messenger", "inbox")[0]
    assert status(client, folder="spam") == 200
    assert status(client, thread.id) == 200
    assert client.error(f"{thread.id}/messages")["code"] == 80006


def test_every_one_of_several_ids_counts(client, world):
    ids = ",".join(t.id for t in world.conversations("acme", "messenger", "inbox")[:3])
    assert client.error("", ids=ids)["code"] == 80006


def test_other_calls_are_not_counted(client):
    for _ in range(5):
        assert status(client, "me") == 200
    assert status(client) == 200


def test_no_limit_where_a_rule_says_so(client, simulator):
    simulator.rules.rate_limit = False
    assert [status(client) for _ in range(10)] == [200] * 10


def test_figures_are_as_set(client, simulator):
    simulator.rules.rate_limit = False
    simulator.usage("app", call_count=28, total_time=25, total_cputime=26)
    simulator.usage("page", call_count=144)
    simulator.usage("business", call_count=91, total_time=3, total_cputime=2, regain=19)
    headers = client.get("200300400/conversations").headers
    assert json.loads(headers["X-App-Usage"]) == {"call_count": 28, "total_time": 25, "total_cputime": 26}
    assert json.loads(headers["X-Page-Usage"])["call_count"] == 144
    assert json.loads(headers["X-Business-Use-Case-Usage"]) == {
        "200300400": [
            {
                "type": "messenger",
                "call_count": 91,
                "total_time": 3,
                "total_cputime": 2,
                "estimated_time_to_regain_access": 19,
            }
        ]
    }
    simulator.fail("conversations", code=4)
    throttled = json.loads(client.get("200300400/conversations").headers["X-Business-Use-Case-Usage"])
    assert throttled["200300400"][0]["estimated_time_to_regain_access"] == 19


def test_each_kind_of_call_has_its_own_pool(client, world):
    def pool(path):
        told = json.loads(client.get(path).headers["X-Business-Use-Case-Usage"])
        ((account, (entry,)),) = told.items()
        return entry["type"], account

    thread = world.conversations("acme", "messenger", "inbox")[0]
    assert pool("200300400") == pool("me") == ("pages", "200300400")
    assert pool("me/conversations") == pool(thread.id) == ("messenger", "200300400")
    assert pool("17841400000000001") == ("instagram", "17841400000000001")


def test_headers_can_be_absent_or_nonsense(client, simulator):
    simulator.usage("app", absent=True)
    simulator.usage("business", raw="{not json")
    headers = client.get("me").headers
    assert "X-App-Usage" not in headers and headers["X-Business-Use-Case-Usage"] == "{not json"
    with pytest.raises(ValueError, match="no header 'ad'"):
        simulator.usage("ad")
