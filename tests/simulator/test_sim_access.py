"""Who is let in, and by which version."""

from __future__ import annotations

import hashlib
import hmac
import json

import pytest
import requests

from simulator.server import Simulator
from simulator.world import World


@pytest.fixture
def world(clock):
    return World.seeded(5, clock, conversations=60, pages=("acme", "zeta"))


def test_a_token_in_the_header_or_in_the_query(client, world):
    token = world.pages["acme"].token
    assert client.get("me").json()["id"] == "200300400"
    assert client.get("me", token="", access_token=token).json()["id"] == "200300400"
    assert client.get("me", token=token, access_token="nonsense").status_code == 200
    assert client.get("me", token=world.pages["zeta"].token).json()["id"] == world.pages["zeta"].id


def test_no_token(client):
    assert client.error("200300400/conversations", token="")["code"] == 104
    assert client.error("me", token="")["code"] == 2500
    assert client.error("debug_token", token="")["code"] == 104


def test_an_unknown_token(client):
    reply = client.get("me", token="nonsense")
    assert (reply.status_code, reply.json()["error"]["code"]) == (401, 190)
    assert reply.headers["WWW-Authenticate"].startswith('OAuth "Facebook Platform" "invalid_token" "')


@pytest.mark.parametrize("subcode", [458, 459, 460, 463, 464, 467, 492])
def test_a_dead_token_and_its_successor(client, world, subcode):
    old = world.pages["acme"].token
    world.kill_token("acme", subcode)
    reply = client.get("me/conversations")
    error = reply.json()["error"]
    assert (reply.status_code, error["code"], error["error_subcode"]) == (401, 190, subcode)
    assert error["message"] in reply.headers["WWW-Authenticate"]
    fresh = world.issue_token("acme")
    assert fresh != old and world.pages["acme"].token == fresh
    assert client.get("me/conversations", token=fresh).status_code == 200
    assert client.get("me/conversations", token=old).status_code == 401
    assert client.get("me", token=world.pages["zeta"].token).status_code == 200


def test_a_token_expires_by_the_clock(client, world, clock):
    world.issue_token("acme", expires_at=clock() + 60)
    assert client.get("me").status_code == 200
    clock.now += 60
    error = client.error("me")
    assert (error["code"], error["error_subcode"]) == (190, 463)
    assert "Session has expired on Monday, 23-Nov-26 04:01:00 PST" in error["message"]


def test_another_pages_token(client, world):
    zeta, acme = world.pages["zeta"], world.pages["acme"]
    assert client.error(f"{acme.id}/conversations", token=zeta.token)["code"] == 10
    assert client.error(acme.id, token=zeta.token)["error_subcode"] == 33
    assert client.error(acme.instagram.id, token=zeta.token)["error_subcode"] == 33
    thread = world.conversations(acme, "messenger", "inbox")[0]
    message = client.body(f"{thread.id}/messages")["data"][0]["id"]
    for id in (thread.id, message):
        error = client.error(id, token=zeta.token)
        assert (error["code"], error["error_subcode"]) == (100, 33)


def test_a_missing_permission(client, world):
    acme = world.pages["acme"]
    world.tokens[acme.token].scopes -= {"instagram_manage_messages"}
    assert client.conversations()
    reply = client.get(f"{acme.id}/conversations", platform="instagram")
    assert (reply.status_code, reply.json()["error"]["code"]) == (403, 10)
    assert "instagram_manage_messages" in reply.json()["error"]["message"]
    thread = world.conversations(acme, "instagram", "inbox")[0]
    assert client.error(thread.id)["code"] == 10


def proof(secret, message):
    return hmac.new(secret.encode(), message.encode(), hashlib.sha256).hexdigest()


def test_a_proof_of_the_token(client, world):
    acme = world.pages["acme"]
    acme.proof_required = True
    error = client.error("me")
    assert error["code"] == 100 and "requires" not in error["message"] and "appsecret_proof" in error["message"]
    assert client.body("me", appsecret_proof=proof(acme.app_secret, acme.token))
    for wrong in (proof("other", acme.token), proof(acme.app_secret, "other"), "ÿ"):
        error = client.error("me", appsecret_proof=wrong)
        assert (error["code"], error["type"]) == (100, "GraphMethodException")
    acme.proof_required = False
    assert client.error("me", appsecret_proof="nonsense")["code"] == 100


def test_a_proof_with_a_time_is_good_for_five_minutes(client, world, clock):
    acme = world.pages["acme"]
    at = int(clock())
    query = {"appsecret_time": at, "appsecret_proof": proof(acme.app_secret, f"{acme.token}|{at}")}
    assert client.body("me", **query)
    clock.now += 300
    assert client.body("me", **query)
    clock.now += 1
    assert client.error("me", **query)["code"] == 104
    assert client.error("me", **query | {"appsecret_time": int(clock())})["code"] == 104
    assert client.error("me", **query | {"appsecret_time": "now"})["code"] == 104
    plain = proof(acme.app_secret, acme.token)
    assert client.error("me", appsecret_time=int(clock()), appsecret_proof=plain)["code"] == 104


def test_next_leaves_the_proof_out(client, world):
    acme = world.pages["acme"]
    acme.proof_required = True
    query = {"limit": 2, "appsecret_proof": proof(acme.app_secret, acme.token)}
    following = client.conversations(**query)["paging"]["next"]
    assert "appsecret" not in following
    assert client.session.get(following).json()["error"]["code"] == 100


@pytest.mark.parametrize(
    ("asked", "answers"),
    [
        ("v27.0", "v27.0"),
        ("v26.0", "v26.0"),
        ("v25.0", "v25.0"),
        ("v21.0", "v21.0"),
        ("v20.0", "v21.0"),
        ("v19.0", "v21.0"),
        ("v2.12", "v21.0"),
        ("", "v27.0"),
    ],
)
def test_a_version_that_has_stopped_is_answered_by_the_oldest_alive(client, asked, answers):
    client.version = asked
    reply = client.get("200300400/conversations", limit=2)
    assert (reply.status_code, reply.headers["facebook-api-version"]) == (200, answers)
    assert f"/{answers}/200300400/conversations?" in reply.json()["paging"]["next"]


def test_versions_stop_by_the_clock(client, clock):
    client.version = "v21.0"
    clock.now = 1_800_489_600.0 - 1  # a second before 21 Jan 2027
    assert client.get("me").headers["facebook-api-version"] == "v21.0"
    clock.now += 1
    assert client.get("me").headers["facebook-api-version"] == "v22.0"


def test_a_version_that_never_was(client):
    client.version = "v99.0"
    error = client.error("me")
    assert (error["code"], error["message"]) == (2500, "Unknown path components: /v99.0/me")


def test_what_is_told_about_a_token(client, world, clock):
    acme = world.pages["acme"]
    told = client.body("debug_token", input_token=acme.token)["data"]
    assert (told["is_valid"], told["type"], told["profile_id"], told["expires_at"]) == (True, "PAGE", acme.id, 0)
    assert "pages_messaging" in told["scopes"]
    app = client.get("debug_token", token="", access_token=f"900800700|{acme.app_secret}", input_token=acme.token)
    assert app.json()["data"] == told
    assert client.error("debug_token", token="900800700|wrong", input_token=acme.token)["code"] == 190
    assert client.error("debug_token")["code"] == 100
    expiring = world.issue_token("zeta", expires_at=clock() + 5, issued_at=clock())
    assert client.body("debug_token", input_token=expiring)["data"]["expires_at"] == int(clock() + 5)
    assert client.body("debug_token", input_token=expiring)["data"]["issued_at"] == int(clock())
    world.kill_token("zeta", 460)
    told = client.body("debug_token", input_token=expiring)["data"]
    assert (told["is_valid"], told["error"]["code"], told["error"]["subcode"]) == (False, 190, 460)
    assert client.body("debug_token", input_token="nonsense")["data"]["is_valid"] is False


def test_a_batch_of_readings_with_tokens_in_its_body(client, simulator, world):
    acme, simulator.rules.debug_token = world.pages["acme"], "app"

    def batch(*addresses, token=acme.token):
        items = json.dumps([{"method": "GET", "relative_url": address} for address in addresses])
        headers = {"Authorization": f"Bearer {token}"}
        return requests.post(f"{simulator.url}/v26.0/", {"batch": items}, headers=headers, timeout=10).json()

    about = f"debug_token?input_token={acme.token}"
    app, refused, told = batch("app", about, f"{about}&access_token=900800700%7C{acme.app_secret}")
    assert json.loads(app["body"]) == {"id": "900800700"}
    assert (refused["code"], json.loads(refused["body"])["error"]["code"]) == (400, 100)
    assert (told["code"], json.loads(told["body"])["data"]["is_valid"]) == (200, True)
    assert [reply["code"] for reply in batch("app", "me", token="nonsense")] == [401, 401]
    assert acme.token not in simulator.requests[-2].path and simulator.requests[-2].form
    simulator.fail("debug_token", code=2)
    assert batch("app")[0]["code"] == 200
    assert batch(about)["error"]["code"] == 2
    assert client.get("me").status_code == 200


def test_the_person_behind_the_pages(client, world):
    user = world.user_token()
    accounts = client.body("me/accounts", token=user)["data"]
    assert [(page["id"], page["access_token"]) for page in accounts] == [(p.id, p.token) for p in world.pages.values()]
    assert "MESSAGING" in accounts[0]["tasks"]
    assert client.body("me/permissions", token=user)["data"][0]["status"] == "granted"
    assert set(client.body("me", token=user)) == {"id", "name"}
    assert client.body("200300400", token=user)["name"] == "Acme"
    assert client.error("200300400/conversations", token=user)["code"] == 210
    assert "(conversations)" in client.error("10200000000000001/conversations")["message"]
    assert client.error("me/accounts")["code"] == 100


def test_nothing_of_this_is_hidden_from_the_list_of_requests(client, world, simulator: Simulator, clock):
    client.get("me/conversations", folder="spam", access_token="also-here")
    (received,) = simulator.requests
    assert (received.time, received.method, received.path) == (clock(), "GET", "/v26.0/me/conversations")
    assert received.query == {"folder": "spam", "access_token": "also-here"}
    assert received.headers["Authorization"] == f"Bearer {world.pages['acme'].token}"
    simulator.forget()
    assert simulator.requests == []
