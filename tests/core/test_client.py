"""How the client asks, and what it refuses to be given."""

from __future__ import annotations

import gzip
import hashlib
import hmac
import json
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from requests.adapters import HTTPAdapter

from pageinbox.graph.client import UNLINKED
from pageinbox.graph.http import Reply, Session, open_session, receive
from pageinbox.model.errors import GraphError, ProofWrong, Redirected, TokenDead, TooMuchData, Unavailable
from pageinbox.model.source import Folder, Platform
from pageinbox.words.trouble import explain
from simulator.page import Instagram

MESSENGER, INSTAGRAM = Platform.MESSENGER, Platform.INSTAGRAM


def test_the_token_is_in_the_header_and_in_no_url(rig, sim, world):
    client = rig.client()
    token = world.pages["acme"].token
    first = client.conversations(MESSENGER, limit=10)
    client.conversations(MESSENGER, limit=10, after=first.after)
    client.conversations(INSTAGRAM, folder=Folder.SPAM, limit=10)
    client.thread(first.conversations[0].id, MESSENGER)
    client.identity()
    assert len(sim.requests) == 5
    for request in sim.requests:
        assert request.method == "GET"
        assert request.headers["Authorization"] == f"Bearer {token}"
        assert token not in request.path + repr(request.query)
        assert "access_token" not in request.query


def test_without_a_secret_there_is_no_proof(rig, sim):
    rig.client().conversations(MESSENGER)
    assert not {"appsecret_proof", "appsecret_time"} & sim.requests[0].query.keys()


def test_with_a_secret_every_call_is_proven(rig, sim, world, clock):
    page = world.pages["acme"]
    page.proof_required = True
    client = rig.client(secret=page.app_secret)
    first = client.conversations(INSTAGRAM, limit=5)
    clock.now += 400  # longer than a proof lives
    client.thread(first.conversations[0].id, INSTAGRAM)
    assert len(sim.requests) == 3
    for request in sim.requests:
        at = request.query["appsecret_time"]
        right = hmac.new(page.app_secret.encode(), f"{page.token}|{at}".encode(), hashlib.sha256).hexdigest()
        assert request.query["appsecret_proof"] == right
        assert page.app_secret not in repr(request)


def test_a_proof_that_is_required_and_one_that_is_wrong(rig, sim, world):
    world.pages["acme"].proof_required = True
    with pytest.raises(ProofWrong):
        rig.client().conversations(MESSENGER)
    with pytest.raises(ProofWrong):
        rig.client(secret="another app's").conversations(MESSENGER)
    assert len(sim.requests) == 2


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_refused_and_the_other_host_hears_nothing(rig, sim, canned, status):
    sim.fail("conversations", None, kind="redirect", status=status, location=f"{canned.url}/stolen")
    with pytest.raises(Redirected):
        rig.client().conversations(MESSENGER)
    assert len(sim.requests) == 1
    assert canned.paths == []


def test_next_is_never_followed(rig, canned, world, clock):
    item = {"id": "t_1", "updated_time": "2026-11-20T09:28:50+0000"}
    away = {"cursors": {"after": "A"}, "next": "http://127.0.0.1:1/stolen?access_token=T"}
    canned.body = json.dumps({"data": [item], "paging": away}).encode()
    client = rig.client(url=canned.url)
    part = client.conversations(MESSENGER, limit=7)
    assert (part.more, part.after) == (True, "A")
    client.conversations(MESSENGER, limit=7, after=part.after)
    ours = f"/v26.0/{world.pages['acme'].id}/conversations?platform=messenger&fields="
    assert all(path.startswith(ours) for path in canned.paths)
    assert canned.paths[1] == f"{canned.paths[0]}&after=A"


def test_the_last_page_has_a_cursor_but_no_more(rig):
    client = rig.client()
    part = client.conversations(MESSENGER, folder=Folder.OTHER, limit=200)
    assert part.conversations and part.after and not part.more


def test_the_replies_are_packed(rig, sim, canned):
    rig.client().conversations(MESSENGER)
    assert "gzip" in sim.requests[0].headers["Accept-Encoding"]
    canned.headers = {"Content-Encoding": "gzip"}
    canned.body = gzip.compress(b'{"data":[{"id":"t_1","updated_time":1790000000}]}')
    assert [one.id for one in rig.client(url=canned.url).conversations(MESSENGER).conversations] == ["t_1"]


@pytest.mark.parametrize("packed", [False, True])
def test_a_huge_body_is_not_read(rig, canned, packed):
    body = b'{"data":[' + b" " * (17 * 2**20) + b"]}"
    canned.body = gzip.compress(body, 1) if packed else body
    canned.headers = {"Content-Encoding": "gzip"} if packed else {}
    with pytest.raises(TooMuchData):
        rig.client(url=canned.url).conversations(MESSENGER, limit=2)


def test_a_large_body_is_read_whole(rig, canned):
    item = {"id": "t_1", "updated_time": 1790000000, "snippet": "long"}
    canned.body = json.dumps({"data": [item]}).encode() + b" " * (15 * 2**20)
    assert len(rig.client(url=canned.url).conversations(MESSENGER).conversations) == 1


def test_a_slow_drip_is_read_to_its_end(rig, sim):
    sim.fail("conversations", kind="drip", pause=0)
    assert len(rig.client().conversations(MESSENGER, limit=5).conversations) == 5
    assert len(sim.requests) == 1


def test_a_reply_that_takes_too_long_is_given_up(rig, canned, clock):
    """It is so long that it can't be read at once, however slow the reader."""

    def ticking() -> float:
        clock.now += 1
        return clock.now

    canned.body = b'{"data":[]}' + b" " * (15 * 2**20)
    with pytest.raises(Unavailable, match="not complete after 30 s"):
        rig.client(url=canned.url, timer=ticking).conversations(MESSENGER, limit=50)
    assert len(canned.paths) == 1


class Hasty(HTTPAdapter):
    """Shortens whatever timeouts it is given, and keeps them."""

    def __init__(self) -> None:
        super().__init__()
        self.given: list[object] = []

    def send(self, request: Any, **how: Any) -> Any:
        self.given.append(how["timeout"])
        return super().send(request, **{**how, "timeout": 0.02})


@pytest.mark.parametrize("how", [{"kind": "hang"}, {"kind": "drip", "pause": 3600}])
def test_a_server_that_falls_silent_is_left(rig, sim, how):
    sim.fail("conversations", None, **how)
    hasty = Hasty()
    with pytest.raises(Unavailable, match="no answer within"):
        rig.client(adapter=hasty).conversations(MESSENGER)
    assert hasty.given == [(5, 20)] * 3


def test_nobody_listening_is_told_without_the_address(rig, canned, clock):
    canned.close()
    client = rig.client(url=canned.url)
    with pytest.raises(Unavailable) as failed:
        client.conversations(MESSENGER)
    assert str(failed.value) == "Unreachable the connection was refused"
    assert failed.value.tries == 3


def test_the_version_that_answered_is_known(rig):
    client = rig.client(version="v19.0")
    client.conversations(MESSENGER)
    assert (client.status().version_asked, client.status().version_answered) == ("v19.0", "v21.0")


@pytest.mark.parametrize(
    "date",
    [
        "Mon, 23 Nov 2026 14:02:00 GMT",
        "Mon, 23 Nov 2026 14:02:00 -0000",
        "Mon, 23 Nov 2026 14:02:00",
        "Mon Nov 23 14:02:00 2026",
        "Monday, 23-Nov-26 14:02:00 GMT",
    ],
)
def test_a_date_without_a_zone_is_in_utc_wherever_the_bot_runs(monkeypatch, date):
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        assert Reply(200, {"date": date}, b"").date == 1_795_442_520
    finally:
        monkeypatch.undo()
        time.tzset()


def test_who_the_page_is_gets_asked_once(rig, sim, world):
    client = rig.client()
    identity = client.identity()
    client.conversations(INSTAGRAM)
    client.conversations(INSTAGRAM)
    page = world.pages["acme"]
    assert (identity.name, identity.instagram_id) == (page.title, page.instagram.id)
    assert [request.path.rpartition("/")[2] for request in sim.requests] == [page.id, "conversations", "conversations"]


def test_a_dead_token_makes_one_call_on_instagram_too(rig, sim, world):
    world.kill_token("acme")
    with pytest.raises(TokenDead):
        rig.client().conversations(INSTAGRAM)
    assert len(sim.requests) == 1


def test_a_page_that_cannot_say_who_it_is_still_shows_who_wrote(rig, sim, world):
    sim.fail(r"/\d+\?", None, code=10)
    part = rig.client().conversations(INSTAGRAM, limit=50)
    truth = {thread.id: thread for thread in world.conversations("acme", "instagram", "inbox")}
    assert len(part.conversations) == 50
    for one in part.conversations:
        assert one.waiting == truth[one.id].waiting


@pytest.mark.parametrize("platform", ["messenger", "instagram"])
def test_what_is_read_is_the_truth(rig, sim, world, platform):
    sim.rules.instagram_fields = "present"
    part = rig.client().conversations(Platform(platform), limit=100)
    truth = world.conversations("acme", platform, "inbox")
    assert [one.id for one in part.conversations] == [thread.id for thread in truth[:100]]
    assert part.unreadable == []
    for one, thread in zip(part.conversations, truth, strict=False):
        person = thread.person
        assert one.name == (person.name or person.username)
        assert (one.updated, one.unread, one.message_count) == (
            int(thread.updated), thread.unread, len(thread.messages)
        )  # fmt: skip
        assert one.waiting is thread.waiting
        if platform == "messenger":
            assert one.link is not None and one.link.startswith("https://www.facebook.com/200300400/inbox/")
        if thread.messages[-1].text:
            assert one.snippet == thread.messages[-1].text


def test_a_thread_holds_the_latest_messages(rig, world):
    client = rig.client()
    thread = max(world.conversations("acme", "messenger", "inbox"), key=lambda thread: len(thread.messages))
    found = client.thread(thread.id, MESSENGER)
    assert len(thread.messages) > 20 and found.more
    assert found.conversation.id == thread.id
    assert [(one.created, one.from_page) for one in found.messages] == [
        (int(one.at), one.from_page) for one in reversed(thread.messages[-20:])
    ]


def test_a_session_takes_its_proxies_from_the_environment_it_is_given():
    with open_session("https://graph.facebook.com", {"HTTPS_PROXY": "http://127.0.0.1:9"}) as session:
        assert session.proxies.get("https") == "http://127.0.0.1:9"


def test_a_sentence_does_not_hold_an_id_of_metas(rig, canned):
    client = rig.client(url=canned.url)
    canned.body = json.dumps({"id": "<!channel>\n*x*", "updated_time": "soon"}).encode()
    with pytest.raises(GraphError) as failed:
        client.thread("t_1", MESSENGER)
    assert "channel" not in explain(failed.value, client.page, MESSENGER)


def test_who_the_page_is_is_asked_once_by_all_who_ask_at_the_same_time(rig, sim):
    client = rig.client()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda folder: client.conversations(INSTAGRAM, folder=folder), Folder))
    assert [request.path for request in sim.requests].count(f"/v26.0/{client.page.id}") == 1


def test_an_unanswered_question_who_the_page_is_does_not_slow_every_list(rig, sim, clock):
    client = rig.client()
    sim.fail("instagram_business_account", None, code=2)
    for _ in range(3):
        client.conversations(INSTAGRAM)
    asked = [request.path for request in sim.requests].count(f"/v26.0/{client.page.id}")
    assert asked == 3, "three tries, for the first list only"
    sim.clear()
    clock.now += 61
    client.conversations(INSTAGRAM)
    assert client.known is not None


# Redirects: nothing of them is read but where they lead


@pytest.mark.parametrize(
    ("location", "detail"),
    [
        ("http://login.example/x?access_token=T", "to login.example"),
        ("http://[", ""),
        ("http://<!channel>/x", ""),
        (f"http://{'a' * 300}.example/", ""),
        ("/elsewhere", ""),
        ("", ""),
    ],
)
def test_a_redirect_is_known_by_its_headers(rig, canned, location, detail):
    canned.status, canned.headers = 302, {"Location": location}
    canned.rest.clear()  # its body never comes
    with pytest.raises(Redirected) as failed:
        rig.client(url=canned.url).conversations(MESSENGER)
    assert (failed.value.detail, len(canned.paths)) == (detail, 1)


# Who the Page is


def test_an_account_that_is_linked_later_is_found(rig, canned, clock):
    client = rig.client(url=canned.url)
    canned.body = b'{"id":"1","name":"Acme","instagram_business_account":[]}'
    assert client.identity().instagram_id is None
    canned.body = b'{"id":"1","name":"Acme","instagram_business_account":{"id":"17"}}'
    assert client.identity().instagram_id is None, "not asked at once"
    clock.now += 600
    assert client.own_ids(INSTAGRAM) == {client.page.id, "17"}
    clock.now += 30 * 86400
    assert client.identity().instagram_id == "17"
    assert len(canned.paths) == 2


def test_another_instagram_account_of_the_page_is_noticed_in_its_conversations(rig, sim, world, clock):
    client = rig.client()
    client.conversations(INSTAGRAM)
    world.pages["acme"].instagram = Instagram("17841499", "acme.new")
    clock.now += UNLINKED
    client.conversations(INSTAGRAM)
    assert all(item.waiting is not None for item in client.conversations(INSTAGRAM).conversations)
    assert client.identity().instagram_id == "17841499"
    assert sum("instagram_business_account" in request.query["fields"] for request in sim.requests) == 2


def test_a_question_that_failed_is_not_put_again_by_those_who_waited(rig, sim):
    client = rig.client()
    sim.fail("instagram_business_account", None, code=2)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda folder: client.conversations(INSTAGRAM, folder=folder), Folder))
    assert [request.path for request in sim.requests].count(f"/v26.0/{client.page.id}") == 3


def test_a_permission_granted_later_is_noticed(rig, sim, clock):
    client = rig.client()
    sim.fail("instagram_business_account", None, code=10)
    client.conversations(INSTAGRAM)
    client.conversations(INSTAGRAM)
    assert [request.path for request in sim.requests].count(f"/v26.0/{client.page.id}") == 1
    sim.clear()
    clock.now += 3600
    client.conversations(INSTAGRAM)
    assert client.known is not None


# What a session takes from the environment, and what not


def test_an_id_cannot_become_another_path(rig, canned, world):
    canned.body = b'{"id":"t_1","updated_time":1790000000}'
    rig.client(url=canned.url).thread("t_1/../me?fields=x#y", MESSENGER)
    assert canned.paths[0].startswith("/v26.0/t_1%2F..%2Fme%3Ffields%3Dx%23y?fields=id%2C")


def got(session: Session, url: str) -> Reply:
    return receive(session, url, {}, sign=lambda request: request, timer=lambda: 0.0)


def test_what_no_address_may_hold_is_written_so_that_it_may(canned):
    with open_session(canned.url, {}) as session:
        for params in ({}, {"fields": "id,name{x}", "limit": "ü"}):
            receive(session, f"{canned.url}/v26.0/a b", params, sign=lambda request: request, timer=lambda: 0.0)
    assert canned.paths == ["/v26.0/a%20b", "/v26.0/a%20b?fields=id%2Cname%7Bx%7D&limit=%C3%BC"]


def test_no_cookies_are_kept(canned):
    canned.headers = {"Set-Cookie": "datr=abc; path=/"}
    with open_session(canned.url, {}) as session:
        got(session, f"{canned.url}/v26.0/me")
        assert [*session.cookies] == []


@pytest.mark.parametrize("name", ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"])
def test_a_proxy_is_used(canned, name):
    with open_session("http://graph.example", {name: canned.url}) as session:
        got(session, "http://graph.example/v26.0/me")
    assert canned.paths == ["http://graph.example/v26.0/me"]


@pytest.mark.parametrize("name", ["no_proxy", "NO_PROXY"])
def test_a_host_can_be_kept_from_the_proxy(name):
    for kept, proxies in (("graph.example", {}), ("other.example", {"http": "http://127.0.0.1:1"})):
        with open_session("http://graph.example", {"HTTP_PROXY": "http://127.0.0.1:1", name: kept}) as session:
            assert session.proxies == proxies


def test_no_proxy_is_asked_for_what_is_on_this_machine(canned):
    with open_session(canned.url, {"HTTP_PROXY": "http://127.0.0.1:1", "ALL_PROXY": "http://127.0.0.1:1"}) as session:
        got(session, f"{canned.url}/v26.0/me")
    assert canned.paths == ["/v26.0/me"]


@pytest.mark.parametrize(
    ("environment", "verify"),
    [
        ({}, True),
        ({"CURL_CA_BUNDLE": "/c.pem"}, "/c.pem"),
        ({"CURL_CA_BUNDLE": "/c.pem", "REQUESTS_CA_BUNDLE": "/r.pem"}, "/r.pem"),
        ({"REQUESTS_CA_BUNDLE": ""}, True),
    ],
)
def test_certificates_are_those_of_the_environment(environment, verify):
    with open_session("https://graph.facebook.com", environment) as session:
        assert session.verify == verify


def test_nothing_else_is_taken_from_the_process(rig, sim, monkeypatch, tmp_path):
    netrc = tmp_path / "netrc"
    netrc.write_text("default login somebody password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    assert rig.client().conversations(MESSENGER, limit=3).conversations
    with open_session(sim.url, {}) as session:
        got(session, f"{sim.url}/v26.0/me")
    assert "Authorization" not in sim.requests[-1].headers


class Slow(HTTPAdapter):
    """Every call takes six seconds by the clock, so that the second one exhausts anybody's patience."""

    def __init__(self, clock: Any) -> None:
        super().__init__()
        self.clock = clock

    def send(self, request: Any, **how: Any) -> Any:
        self.clock.now += 6
        return super().send(request, **how)


def test_who_asks_after_somebody_waited_in_vain_is_answered_at_once(rig, sim, clock, calls):
    sim.fail("conversations", None, kind="reset")
    client = rig.client(adapter=Slow(clock))
    with pytest.raises(Unavailable) as first:
        client.conversations(MESSENGER)
    assert (first.value.tries, first.value.retry_after) == (2, 0)
    made = len(calls())
    with pytest.raises(Unavailable) as second:
        client.conversations(MESSENGER)
    assert 0 < second.value.retry_after <= 15 and len(calls()) == made
    sim.clear()
    clock.now += 16
    assert client.conversations(MESSENGER).conversations
