"""Two clients nobody here wrote read the simulator, and what they get is the world."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from facebook_business import FacebookAdsApi, FacebookSession
from facebook_business.adobjects.page import Page
from facebook_business.adobjects.unifiedthread import UnifiedThread
from facebook_business.exceptions import FacebookRequestError
from pyfacebook import FacebookError, GraphAPI

from simulator.folders import FOLDERS, PLATFORMS
from simulator.world import World

FIELDS = {
    "messenger": "id,link,updated_time,participants,snippet,unread_count,message_count,can_reply",
    "instagram": "id,updated_time,participants",
}


@pytest.fixture
def world(clock):
    return World.seeded(11, clock, conversations=600, pages=("acme", "zeta"))


@pytest.fixture(autouse=True)
def direct(monkeypatch):
    # Both clients' sessions obey a proxy of the environment, which can't reach this machine's loopback.
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")


@pytest.fixture
def official(simulator, world):
    """Meta's own SDK, with its proof, pointed at the simulator."""
    acme = world.pages["acme"]
    acme.proof_required = True
    real, FacebookSession.GRAPH = FacebookSession.GRAPH, simulator.url
    yield FacebookAdsApi.init(access_token=acme.token, app_secret=acme.app_secret, crash_log=False)
    FacebookSession.GRAPH = real


@pytest.fixture
def pyfacebook(simulator, world):
    acme = world.pages["acme"]
    acme.proof_required = True
    return GraphAPI(access_token=acme.token, app_secret=acme.app_secret, base_url=f"{simulator.url}/", version="v26.0")


def expected(thread):
    """A thread of the world as a client should see it."""
    page = thread.page
    shown = datetime.fromtimestamp(int(thread.updated), UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")
    if thread.platform == "instagram":
        them = {"username": thread.person.username, "id": thread.person.id}
        people = [{"username": page.instagram.username, "id": page.instagram.id}, them]
        return {"id": thread.id, "updated_time": shown, "participants": trimmed(people)}
    them = {"name": thread.person.name, "email": f"{thread.person.id}@facebook.com", "id": thread.person.id}
    people = [them, {"name": page.title, "email": f"{page.id}@facebook.com", "id": page.id}]
    return {
        "id": thread.id,
        "updated_time": shown,
        "participants": trimmed(people),
        "unread_count": thread.unread,
        "message_count": len(thread.messages),
        "can_reply": thread.folder != "spam",
    }


def trimmed(people):
    return {"data": [{key: value for key, value in person.items() if value is not None} for person in people]}


def compare(rows, threads):
    wanted = [expected(thread) for thread in threads]
    assert [{key: row[key] for key in want} for row, want in zip(rows, wanted, strict=True)] == wanted
    for row, thread in zip(rows, threads, strict=True):
        if thread.platform == "messenger":
            assert row["link"].startswith("/200300400/inbox/")
            assert thread.messages[-1].text in row["snippet"]


@pytest.mark.parametrize("folder", FOLDERS)
@pytest.mark.parametrize("platform", PLATFORMS)
def test_facebook_business(official, world, simulator, platform, folder):
    truth = world.conversations("acme", platform, folder)
    params = {"platform": getattr(UnifiedThread.Platform, platform), "folder": folder, "limit": 5}
    found = list(Page("200300400").get_conversations(FIELDS[platform].split(","), params))
    assert all(isinstance(one, UnifiedThread) for one in found)
    compare([one.export_all_data() for one in found], truth)
    assert len(simulator.requests) == max(1, -(-len(truth) // 5))
    assert all(received.query["platform"] == platform.upper() for received in simulator.requests)


@pytest.mark.parametrize("folder", FOLDERS)
@pytest.mark.parametrize("platform", PLATFORMS)
def test_python_facebook_api(pyfacebook, world, simulator, platform, folder):
    truth = world.conversations("acme", platform, folder)
    body = pyfacebook.get_full_connections(
        "200300400",
        "conversations",
        count=None,
        limit=5,
        platform=platform,
        folder=folder,
        fields=FIELDS[platform],
    )
    compare(body["data"], truth)
    assert len(simulator.requests) == max(1, -(-len(truth) // 5))


def test_the_worlds_are_worth_several_pages(world):
    assert all(len(world.conversations("acme", p, f)) > 5 for p in PLATFORMS for f in FOLDERS if f != "other")


def test_facebook_business_pages_over_short_and_empty_pages(official, world, simulator):
    simulator.rules.short_pages = True
    cursor = Page("200300400").get_conversations(["id"], {"folder": "inbox", "limit": 10})
    found, asked = [], 0
    # The SDK's iterator stops at an empty page; its load_next_page asks on for as long as there is a next.
    while len(simulator.requests) > asked:
        found += [one["id"] for one in cursor[:]]
        asked = len(simulator.requests)
        cursor.load_next_page()
    assert found == [thread.id for thread in world.conversations("acme", "messenger", "inbox")]


@pytest.mark.filterwarnings("ignore:messages does not allow field:UserWarning")  # its schema of this edge is empty
def test_a_conversation_and_its_messages(official, pyfacebook, world):
    thread = world.conversations("acme", "messenger", "inbox")[0]
    messages = list(UnifiedThread(thread.id).get_messages(["message", "from"], {"limit": 1}))
    assert [m["message"] for m in messages] == [m.text for m in reversed(thread.messages)]
    body = pyfacebook.get_object(thread.id, fields="id,messages.limit(2){message}")
    assert body["messages"]["data"][0]["message"] == thread.messages[-1].text
    page = Page("200300400").api_get(["name", "instagram_business_account"])
    assert (page["name"], page["instagram_business_account"]["id"]) == ("Acme", "17841400000000001")
    two = world.conversations("acme", "instagram", "spam")[:2]
    objects = pyfacebook.get_objects(ids=",".join(t.id for t in two), fields="updated_time")
    assert set(objects) == {t.id for t in two}


def test_errors_reach_both_as_their_own(official, pyfacebook, simulator):
    simulator.fail("conversations", 2, code=190, subcode=463)
    with pytest.raises(FacebookRequestError) as raised:
        Page("200300400").get_conversations()
    assert (raised.value.api_error_code(), raised.value.api_error_subcode()) == (190, 463)
    with pytest.raises(FacebookError, match="190"):
        pyfacebook.get_connection("200300400", "conversations")


def test_usage_headers_are_understood(official, pyfacebook, simulator):
    simulator.usage("business", call_count=42, regain=3)
    pyfacebook.get_connection("200300400", "conversations")
    assert pyfacebook.rate_limit.get_limit("200300400", "messenger").call_count == 42
    cursor = Page("200300400").get_conversations()
    assert json.loads(cursor.headers()["X-Business-Use-Case-Usage"])["200300400"][0]["call_count"] == 42
