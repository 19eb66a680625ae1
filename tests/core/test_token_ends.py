"""When tokens end: asked of Meta once a day, with no secret in an address, and known only where Meta says it."""

from __future__ import annotations

import json
import logging
import threading
from dataclasses import replace
from urllib.parse import parse_qs

import pytest

from pageinbox.ask.tokens import AGAIN, DAY, Tokens
from pageinbox.graph.budget import Budget
from pageinbox.graph.calls import Calls
from pageinbox.graph.client import GraphClient
from pageinbox.graph.http import open_session
from pageinbox.model.errors import GraphError, RequestRefused, Throttled, TokenDead, Unavailable
from pageinbox.model.secret import Secret
from pageinbox.model.source import Page, Platform
from pageinbox.model.token import SOON, UNKNOWN, End, TokenEnds, TokenFacts
from simulator.server import Received, Simulator
from tests.core.canned import Canned
from tests.core.conftest import NOON, Clock, Rig


def posts(sim: Simulator) -> list[Received]:
    return [request for request in sim.requests if request.method == "POST"]


def batched(canned: Canned, answer: object, code: int = 200) -> None:
    body = answer if isinstance(answer, str) else json.dumps(answer)
    canned.body = json.dumps([{"code": code, "body": body}]).encode()


def test_the_ends_of_a_token(rig: Rig, clock: Clock) -> None:
    token = rig.world.tokens[rig.world.pages["acme"].token]
    token.data_access_expires_at = 0
    assert rig.client().ask_token().ends == TokenEnds()
    token.expires_at = clock.now + 9 * DAY
    assert rig.client().ask_token().ends == TokenEnds(clock.now + 9 * DAY)
    token.data_access_expires_at = clock.now - 5
    assert rig.client().ask_token().ends == TokenEnds(clock.now + 9 * DAY, clock.now - 5)


@pytest.mark.parametrize("secret", ["", "right"])
@pytest.mark.parametrize("asked_as", ["any", "app"])
def test_no_secret_stands_in_an_address_or_in_the_log(
    rig: Rig, sim: Simulator, caplog: pytest.LogCaptureFixture, secret: str, asked_as: str
) -> None:
    caplog.set_level(logging.DEBUG)
    acme = rig.world.pages["acme"]
    acme.proof_required = bool(secret)
    sim.rules.debug_token = asked_as  # type: ignore[assignment]
    rig.world.tokens[acme.token].expires_at = NOON + 60
    client = rig.client(secret=acme.app_secret if secret else "")
    if asked_as == "app" and not secret:
        with pytest.raises(RequestRefused):
            client.ask_token()
    else:
        assert client.ask_token().ends.token == NOON + 60
    assert len(posts(sim)) == len(sim.requests) == (3 if asked_as == "app" and secret else 1)
    for request in sim.requests:
        assert request.headers["Authorization"] == f"Bearer {acme.token}"
        address = json.dumps([request.path, request.query])
        assert acme.token not in address and acme.app_secret not in address and "proof" not in address
    assert "POST" in caplog.text
    assert acme.token not in caplog.text and acme.app_secret not in caplog.text


def test_a_body_is_a_batch_of_one_reading(rig: Rig, canned: Canned) -> None:
    batched(canned, {"data": {"expires_at": 0}})
    rig.client(url=canned.url).ask_token()
    (form,) = canned.posted
    assert canned.paths == ["/v26.0/"]
    (item,) = json.loads(parse_qs(form.decode())["batch"][0])
    assert item["method"] == "GET"
    assert item["relative_url"].startswith("debug_token?input_token=")


@pytest.mark.parametrize(
    ("data", "ends"),
    [
        ({"expires_at": 0, "data_access_expires_at": 0}, TokenEnds()),
        ({}, TokenEnds()),
        ({"is_valid": True, "expires_at": str(int(NOON))}, TokenEnds(NOON)),
        ({"is_valid": "true", "expires_at": NOON * 1000}, TokenEnds(NOON)),
        ({"expires_at": -1, "data_access_expires_at": True}, TokenEnds()),
        ({"expires_at": [], "data_access_expires_at": int(NOON), "scopes": 7}, TokenEnds(None, NOON)),
        ({"expires_at": "never", "data_access_expires_at": 1e300}, TokenEnds()),
    ],
)
def test_what_is_no_time_is_not_known(rig: Rig, canned: Canned, data: object, ends: TokenEnds) -> None:
    batched(canned, {"data": data})
    assert rig.client(url=canned.url).ask_token().ends == ends


PAGE_TOKEN = {
    "app_id": "900800700",
    "type": "PAGE",
    "application": "Acme Inbox",
    "data_access_expires_at": int(NOON + 90 * DAY),
    "expires_at": 0,
    "is_valid": True,
    "issued_at": int(NOON - 9),
    "scopes": ["pages_show_list", "pages_messaging", "instagram_manage_messages"],
    "granular_scopes": [
        {"scope": "pages_show_list", "target_ids": ["200300400", "200300401"]},
        {"scope": "pages_messaging", "target_ids": ["200300400"]},
        {"scope": "instagram_manage_messages"},
    ],
    "user_id": "10200000000000001",
    "profile_id": "200300400",
}
"""As people recorded it of a Page's token, with invented values."""


def test_all_that_is_told_of_a_token(rig: Rig, canned: Canned) -> None:
    batched(canned, {"data": PAGE_TOKEN})
    assert rig.client(url=canned.url).ask_token() == TokenFacts(
        True,
        None,
        TokenEnds(None, NOON + 90 * DAY),
        kind="PAGE",
        profile="200300400",
        app="900800700",
        application="Acme Inbox",
        scopes=frozenset(("pages_show_list", "pages_messaging", "instagram_manage_messages")),
        granted={"pages_show_list": ("200300400", "200300401"), "pages_messaging": ("200300400",)},
        endless=True,
    )


@pytest.mark.parametrize(
    ("data", "known"),
    [
        ({"scopes": {}, "granular_scopes": [], "app_id": [], "type": 7, "issued_at": None}, TokenFacts()),
        ({"scopes": ["*bold*", None, 5, "x" * 99, "email"]}, TokenFacts(scopes=frozenset(["email"]))),
        ({"granular_scopes": [None, 7, {}, {"scope": "email", "target_ids": []}]}, TokenFacts()),
        (
            {"granular_scopes": [{"scope": "email", "target_ids": [1, "2", "@", None]}]},
            TokenFacts(granted={"email": ("1", "2")}),
        ),
        ({"app_id": 900, "profile_id": "../x", "type": "System_User"}, TokenFacts(app="900")),
        ({"type": "SYSTEM_USER", "application": "x" * 999}, TokenFacts(kind="SYSTEM_USER", application="x" * 200)),
    ],
)
def test_what_is_told_in_another_shape_is_left_out(rig: Rig, canned: Canned, data: object, known: TokenFacts) -> None:
    batched(canned, {"data": data})
    assert rig.client(url=canned.url).ask_token() == known


@pytest.mark.parametrize(
    ("data", "number", "detail"),
    [
        ({"error": {"code": 190, "message": "Session has expired", "subcode": 463}, "app_id": "9"}, "190/463", ""),
        ({"error": {"code": 190, "message": "Invalid OAuth access token."}, "scopes": []}, "190", ""),
        ({"error": {"code": "190", "subcode": "460"}}, "190/460", ""),
        ({"error": {"code": 190, "message": "Malformed access token EAAB"}}, "190", "unreadable"),
        ({"error": {"code": 1, "message": "try later"}}, "", ""),
        ({"error": "gone"}, "", ""),
        ({"expires_at": NOON + 60}, "", ""),
    ],
)
def test_a_token_that_is_no_longer_good(
    rig: Rig, canned: Canned, data: dict[str, object], number: str, detail: str
) -> None:
    batched(canned, {"data": {"is_valid": False} | data})
    known = rig.client(url=canned.url).ask_token()
    assert known.valid is False and known.near(NOON) is None
    assert isinstance(known.refusal, TokenDead)
    assert (known.refusal.number, known.refusal.detail) == (number, detail)


def test_a_token_that_is_not_even_told_about_itself(rig: Rig) -> None:
    rig.world.kill_token("acme", 460)
    known = rig.client(secret=rig.world.pages["acme"].app_secret).ask_token()
    assert known.valid is False and known.refusal is not None and known.refusal.number == "190/460"


def test_a_refusal_of_the_app_is_none_of_the_token(rig: Rig, sim: Simulator) -> None:
    sim.rules.debug_token = "app"
    with pytest.raises(RequestRefused):
        rig.client(secret="of another app").ask_token()


def test_how_far_clocks_are_apart(rig: Rig, sim: Simulator, clock: Clock) -> None:
    client = rig.client(clock=lambda: clock.now - 100)
    sim.rules.date = False
    client.ask_token()
    assert client.skew is None
    sim.rules.date = True
    client.ask_token()
    sim.rules.date = False
    client.ask_token()
    assert client.skew == 100.0


@pytest.mark.parametrize("body", ["", "null", "[]", "[null]", "[7]", '{"data":[]}', "<html>", '[{"code":200}]', "[[[["])
def test_what_is_no_batch(rig: Rig, canned: Canned, body: str) -> None:
    canned.body = body.encode()
    with pytest.raises(Unavailable):
        rig.client(url=canned.url).ask_token()


@pytest.mark.parametrize("answer", ["", "[]", "7", "<html>", {"data": None}, {"data": [1]}, {}, {"data": "soon"}])
def test_what_tells_nothing_of_a_token(rig: Rig, canned: Canned, answer: object) -> None:
    batched(canned, answer)
    with pytest.raises(Unavailable):
        rig.client(url=canned.url).ask_token()


@pytest.mark.parametrize("code", [1, 4, 10, 32, 100, 104, 200, 368, 80001])
@pytest.mark.parametrize("inside", [True, False])
def test_a_refusal_stops_nothing_else(rig: Rig, canned: Canned, code: int, inside: bool) -> None:
    answer = {"error": {"message": "no", "type": "OAuthException", "code": code}}
    batched(canned, answer, 400)
    if not inside:
        canned.status, canned.body = 400, json.dumps(answer).encode()
    client = rig.client(url=canned.url)
    with pytest.raises(GraphError):
        client.ask_token()
    canned.status, canned.body = 200, b'{"data":[]}'
    client.conversations(Platform.MESSENGER, background=True)
    assert (client.status().closed_for, client.status().paused_for) == (0, 0)


def test_nothing_is_asked_while_meta_asks_to_wait(rig: Rig, sim: Simulator) -> None:
    client = rig.client()
    client.budget.close(Throttled(retry_after=60.0))
    with pytest.raises(Throttled):
        client.ask_token()
    assert sim.requests == []


def test_once_a_day_and_once_for_pages_with_one_token(rig: Rig, sim: Simulator, clock: Clock) -> None:
    rig.world.tokens[rig.world.pages["acme"].token].expires_at = clock.now + 9 * DAY
    clients = {"acme": rig.client(), "same": rig.client()}
    tokens = Tokens(clients, clock)
    tokens.ask()
    assert {client.status().token.ends.token for client in clients.values()} == {clock.now + 9 * DAY}
    assert len(posts(sim)) == 1
    clock.now += DAY - 1
    tokens.ask()
    assert len(posts(sim)) == 1
    clock.now += 1
    tokens.ask()
    assert len(posts(sim)) == 2
    tokens.stop()
    clock.now += DAY
    tokens.ask()
    assert len(posts(sim)) == 2


@pytest.mark.parametrize("kind", ["html", "reset", "truncated", "empty", "error", "redirect", "zeros"])
def test_a_failure_is_in_the_log_once_and_what_was_known_stays(
    rig: Rig, sim: Simulator, clock: Clock, caplog: pytest.LogCaptureFixture, kind: str
) -> None:
    acme = rig.world.pages["acme"]
    rig.world.tokens[acme.token].expires_at = ends = clock.now + 9 * DAY
    client = rig.client()
    tokens = Tokens({"acme": client}, clock)
    tokens.ask()
    caplog.set_level(logging.INFO)
    sim.fail("debug_token", None, kind)
    clock.now += DAY
    for _ in range(3):
        tokens.ask()
        clock.now += AGAIN
    assert len(posts(sim)) == 4
    assert client.status().token.ends.token == ends
    told = [record.getMessage() for record in caplog.records if record.name.startswith("pageinbox")]
    assert len(told) == 1 and told[0].startswith("Acme: what Meta knows of the token can't be found out")
    assert acme.token not in caplog.text
    sim.clear()
    tokens.ask()
    sim.fail("debug_token", None, kind)
    clock.now += DAY
    tokens.ask()
    assert len([record for record in caplog.records if record.name.startswith("pageinbox")]) == 2


def test_a_thread_asks_and_whoever_starts_it_does_not_wait(rig: Rig, canned: Canned) -> None:
    batched(canned, {"data": {"expires_at": int(NOON)}})
    canned.gate.clear()
    client, asked = rig.client(url=canned.url), threading.Event()
    before = set(threading.enumerate())
    tokens = Tokens({"acme": client}, rig.clock, first=0.0, asked=asked.set)
    tokens.start()
    (asking,) = [thread for thread in set(threading.enumerate()) - before if thread.name == "inbox-tokens"]
    assert client.status().token == UNKNOWN
    canned.gate.set()
    asked.wait()
    tokens.stop()
    asking.join()
    assert client.status().token.ends == TokenEnds(NOON)


def test_it_is_known_that_it_asks(rig: Rig) -> None:
    seen: list[float] = []

    def clock() -> float:
        seen.append(tokens.asking)
        return rig.clock()

    tokens = Tokens({"acme": rig.client(clock=clock)}, rig.clock)
    tokens.ask()
    assert seen and all(seconds > 0 for seconds in seen)
    assert tokens.asking == 0


@pytest.mark.parametrize(
    ("ends", "near"),
    [
        (TokenEnds(), None),
        (TokenEnds(NOON + SOON), End(NOON + SOON, False)),
        (TokenEnds(NOON + SOON + 1), None),
        (TokenEnds(NOON - SOON - 1, NOON + 5), End(NOON + 5, True)),
        (TokenEnds(NOON + 9, NOON + 5), End(NOON + 5, True)),
        (TokenEnds(NOON + 5, NOON + 5), End(NOON + 5, False)),
        (TokenEnds(NOON - 5), None),
        (TokenEnds(NOON), None),
        (TokenEnds(NOON - 5, NOON - 9), End(NOON - 9, True)),
        (TokenEnds(None, NOON - SOON - 1), None),
    ],
)
def test_what_is_told_of_beforehand(ends: TokenEnds, near: End | None) -> None:
    assert ends.near(NOON) == near


def test_a_client_knows_nothing_before_it_was_asked(rig: Rig, sim: Simulator) -> None:
    client: GraphClient = rig.client()
    assert client.status().token == UNKNOWN
    assert sim.requests == []


def test_a_refusal_that_calls_have_proved_wrong_is_not_known_any_more(rig: Rig, sim: Simulator, clock: Clock) -> None:
    client = rig.client()
    sim.fail("", 1, code=190)
    client.token = client.ask_token()
    assert client.status().token.valid is False
    clock.now += 1
    client.conversations(Platform.MESSENGER)
    assert client.status().token == UNKNOWN
    sim.fail("", 1, code=190)
    client.token = client.ask_token()
    assert client.status().token.valid is False


def test_asking_does_not_end_the_pause_after_a_refusal(rig: Rig, sim: Simulator, clock: Clock) -> None:
    client = rig.client()
    sim.fail("conversations", 1, code=190)
    with pytest.raises(TokenDead):
        client.conversations(Platform.MESSENGER, background=True)
    assert client.ask_token().valid is False
    assert posts(sim) == [], "looks know it already"
    clock.now += 60
    assert client.ask_token().valid
    assert client.budget.refused is not None
    client.conversations(Platform.MESSENGER, background=True)
    assert client.budget.refused is None


def test_the_thread_sees_to_what_is_renewed(rig: Rig) -> None:
    acme = rig.world.pages["acme"]
    old, seen = acme.token, threading.Event()
    new = rig.world.issue_token("acme", expires_at=NOON + 60)
    page = Page("acme", acme.id, Secret(old))
    budget = Budget(rig.clock, rig.clock.sleep, paced=False)
    calls = Calls(
        page, open_session(rig.url, {}), budget,
        url=rig.url, version="v26.0", clock=rig.clock, sleep=rig.clock.sleep, random=lambda: 0.5,
        renewed=lambda page, refused: replace(page, token=Secret(new)),
    )  # fmt: skip
    client, pages = GraphClient(calls), list[str]()
    tokens = Tokens({"acme": client}, rig.clock, first=0.0, renewed=pages.append, asked=seen.set)
    tokens.start()
    seen.wait()
    tokens.stop()
    assert (pages, client.token.ends.token) == (["acme"], NOON + 60)
    client.close()
