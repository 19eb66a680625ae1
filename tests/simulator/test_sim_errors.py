"""Every error there is, as a reply."""

from __future__ import annotations

import pytest

from simulator.errors import TABLE, by_code

PATH = "200300400/conversations"

# graph-facts as a list: what a client must be able to meet.
CODES = [
    *((190, subcode) for subcode in (None, 458, 459, 460, 463, 464, 467, 492, 456, 461, 466, 468)),
    (102, None),
    (10, None),
    *((code, None) for code in range(200, 300)),
    (200, 2534048),
    (10, 2534048),
    (10, 1893063),
    (3, None),
    (100, None),
    (100, 33),
    (100, 2018001),
    (100, 2534014),
    (803, None),
    (104, None),
    (2500, None),
    (230, None),
    (368, None),
    *((code, None) for code in (4, 17, 32, 613, 341)),
    (613, 1996),
    *((code, None) for code in (80000, 80001, 80002, 80003, 80004, 80005, 80006, 80008, 80009, 80014)),
    (1, None),
    (1, 99),
    (2, None),
    (2, 2018344),
    (-1, None),
    (-2, 2534084),
    (-3, None),
    (9000001, None),
]
STATUS = {190: 401, 102: 401, 10: 403, 1: 500, 2: 500, -1: 500, -2: 500, -3: 500, 803: 404}


def test_every_code_with_its_body_and_status(client, simulator):
    for code, subcode in CODES:
        simulator.fail("conversations", 1, code=code, subcode=subcode)
        reply = client.get(PATH)
        error = reply.json()["error"]
        assert (error["code"], error.get("error_subcode")) == (code, subcode)
        assert error["message"] and error["type"] in ("OAuthException", "GraphMethodException") and error["fbtrace_id"]
        expected = 400 if subcode == 2018344 else 403 if 200 <= code < 300 else STATUS.get(code, 400)
        assert reply.status_code == expected
        assert ("WWW-Authenticate" in reply.headers) == (code == 190)
        assert reply.headers["facebook-api-version"] == "v26.0"
        assert client.get(PATH).status_code == 200


@pytest.mark.parametrize("name", [error.name for error in TABLE if error.name])
def test_errors_that_share_a_code_have_names(client, simulator, name):
    simulator.fail("conversations", 1, name=name)
    reply = client.get(PATH)
    (entry,) = (error for error in TABLE if error.name == name)
    error = reply.json()["error"]
    assert (error["code"], error["message"], reply.status_code) == (entry.code, entry.message, entry.status)


def test_a_code_and_subcode_are_in_the_table_once():
    keys = [(error.code, error.subcode) for error in TABLE if not error.name]
    assert len(keys) == len(set(keys))


def test_transient_is_said_only_where_it_is_known():
    assert by_code(2).body("x")["error"]["is_transient"] is True
    assert "is_transient" not in by_code(190).body("x")["error"]


def test_too_much_data_is_said_in_two_ways(client, simulator):
    simulator.rules.reduce_above = 10
    reply = client.get(PATH, limit=11)
    assert reply.status_code == 500 and reply.json()["error"]["message"].startswith("Please reduce the amount of data")
    assert client.get(PATH, limit=10).status_code == 200
    assert client.get(PATH).status_code == 500
    simulator.rules.reduce_above = None
    simulator.fail("conversations", code=1, subcode=99)
    error = client.error(PATH)
    assert "reduce" not in error["message"] and error["error_user_msg"].startswith("Please reduce the amount of data")


def test_a_message_may_be_gone_with_the_code_of_a_dead_token(client, simulator):
    simulator.fail(".", name="message_deleted_190")
    reply = client.get("me")
    assert reply.json()["error"]["code"] == 190 and "WWW-Authenticate" not in reply.headers


def test_faults_are_used_up_in_their_order(client, simulator):
    simulator.fail("folder=spam", 2, code=4)
    simulator.fail("conversations", 1, code=17)
    assert client.get(PATH).json()["error"]["code"] == 17
    assert client.get(PATH).status_code == 200
    assert [client.get(PATH, folder="spam").status_code for _ in range(3)] == [400, 400, 200]
    simulator.fail("conversations", None, code=368)
    assert [client.error(PATH)["code"] for _ in range(5)] == [368] * 5
    assert client.get("me").status_code == 200
    simulator.clear()
    assert client.get(PATH).status_code == 200


def test_an_error_with_another_status_text_or_subcode(client, simulator):
    simulator.fail(".", 1, code=190, subcode=463, status=400, message="O token expirou", headers={"X-Odd": "1"})
    reply = client.get(PATH)
    assert (reply.status_code, reply.json()["error"]["message"]) == (400, "O token expirou")
    assert reply.headers["X-Odd"] == "1"
    simulator.fail(".", 1, code=190, subcode=12345)
    assert client.error(PATH)["error_subcode"] == 12345
    simulator.fail(".", 1, status=503)
    reply = client.get(PATH)
    assert (reply.status_code, reply.json()["error"]["code"]) == (503, 2)


def test_an_error_inside_a_200(client, simulator):
    simulator.fail(".", 1, "error_in_200", code=4)
    reply = client.get(PATH)
    assert (reply.status_code, reply.json()["error"]["code"]) == (200, 4)


@pytest.mark.parametrize("how", [{"code": 77777}, {"name": "nonsense"}, {"kind": "nonsense"}, {"match": "("}], ids=str)
def test_a_fault_that_does_not_exist_is_refused_at_once(simulator, client, how):
    with pytest.raises((ValueError, LookupError)):
        simulator.fail(**{"match": "."} | how)
    assert client.get(PATH).status_code == 200


# A conversation that spoils what holds it


def test_a_conversation_spoils_every_reply_that_would_hold_it(client, simulator):
    rows = client.conversations(fields="id", limit=5)["data"]
    bad = rows[2]["id"]
    simulator.fail("", None, holding=bad, code=1, status=400)
    for fields in ("id,participants", "messages.limit(1){message}", "id,updated_time,participants{id}"):
        reply = client.get(PATH, fields=fields, limit=5)
        assert (reply.status_code, reply.json()["error"]["code"]) == (400, 1)
    for query in ({"fields": "id,updated_time", "limit": 5}, {"fields": "id,participants", "limit": 2}, {"limit": 5}):
        assert client.get(PATH, **query).status_code == 200
    after = client.conversations(fields="id", limit=3)["paging"]["cursors"]["after"]
    assert client.get(PATH, fields="participants", limit=5, after=after).status_code == 200
    assert client.get(bad, fields="participants").status_code == 400
    assert client.get(rows[0]["id"], fields="participants").status_code == 200
    simulator.clear()
    assert client.get(PATH, fields="participants", limit=5).status_code == 200


def test_it_spoils_them_with_other_fields_or_with_any(client, simulator):
    bad = client.conversations(fields="id", limit=1)["data"][0]["id"]
    simulator.fail("", 1, "html", holding=bad, fields=["snippet"], status=500)
    assert client.get(PATH, fields="participants").status_code == 200
    assert client.get(PATH, fields="snippet").status_code == 500
    simulator.fail("", None, "bare_error", holding=bad, fields=[], code=1)
    reply = client.get(PATH, fields="id")
    assert (reply.status_code, reply.json()) == (500, {"error_code": 1, "error_msg": "An unknown error occurred"})
