"""Replies of the Graph in odd shapes: what is made of each.

Some are as people who asked the Graph have written of them, with invented values; others are made up, as the nearest
things that may come as well.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from pageinbox.model.errors import (
    Blocked,
    GraphError,
    NotLinked,
    PermissionMissing,
    RequestRefused,
    Throttled,
    TokenDead,
    TooMuchData,
    Unavailable,
)
from pageinbox.model.source import Platform

AT = 1_795_435_200
TIME = "2026-11-23T12:00:00+0000"
TRANSIENT = {
    "message": "(#2) Service temporarily unavailable",
    "type": "OAuthException",
    "is_transient": True,
    "code": 2,
}
HTML = b'<!DOCTYPE html><html lang="en" id="facebook"><head><title>Facebook | Error</title></head><body></body></html>'

ERRORS: dict[str, tuple[int, bytes | object, type[GraphError]]] = {
    "without a type": (400, {"error": {"code": -3, "message": "Please reduce the amount of data"}}, TooMuchData),
    "without an envelope": (400, {"message": "Expired", "type": "OAuthException", "code": 190}, TokenDead),
    "without an envelope, in a 200": (200, {"message": "x", "type": "OAuthException", "code": 190}, TokenDead),
    "in a list": (400, [{"error": {"code": 190, "message": "Expired"}}], TokenDead),
    "in an inner body, as a batch has it": (200, [{"code": 400, "body": '{"error":{"code":190}}'}], Unavailable),
    "a text": (400, {"error": "Unsupported request"}, RequestRefused),
    "a text about the token": (400, {"error": "Invalid OAuth access token."}, TokenDead),
    "a text of a login": (401, {"error": "invalid_token", "error_description": "Expired"}, TokenDead),
    "nothing but true": (500, {"error": True, "error_code": 2, "error_message": "x"}, Unavailable),
    "an empty object": (400, {"error": {}}, RequestRefused),
    "an empty list": (400, {"error": []}, RequestRefused),
    "a code that is a text": (400, {"error": {"code": "190", "error_subcode": "463"}}, TokenDead),
    "a code with a fraction": (400, {"error": {"code": 190.0}}, TokenDead),
    "a code of none": (400, {"error": {"code": None, "message": "(#10) Not allowed"}}, PermissionMissing),
    "a code in the message alone": (403, {"error": {"message": "(#200) No permission"}}, PermissionMissing),
    "transient": (503, {"error": TRANSIENT}, Unavailable),
    "transient with an unknown code": (400, {"error": {"code": 99_999, "is_transient": True}}, Unavailable),
    "transient as a text": (400, {"error": {"code": 99_999, "is_transient": "true"}}, Unavailable),
    "not transient as a text": (400, {"error": {"code": 99_999, "is_transient": "false"}}, RequestRefused),
    "a message that is an object": (400, {"error": {"code": 190, "message": {"text": "Expired"}}}, TokenDead),
    "a body that lost its head": (400, b'error":{"message":"Blocked","code":368}}', Unavailable),
    "with bytes before it": (400, b'\xef\xbb\xbf{"error":{"code":190}}', TokenDead),
    "protected against scripts": (400, b'for (;;);{"error":{"code":190}}', TokenDead),
    "unknown, with a code of its own": (
        400,
        {"error": {"code": 1150, "message": "An unknown error occurred."}},
        Unavailable,
    ),
    "a subcode without a code": (400, {"error": {"message": "Not found", "error_subcode": 2534013}}, NotLinked),
    "a subcode as the code": (400, {"error": {"message": "Not found", "code": 2534013}}, NotLinked),
    "blocked": (400, {"error": {"code": 368, "error_subcode": 1390008, "message": "Blocked"}}, Blocked),
    "HTML in a 200": (200, HTML, Unavailable),
    "HTML in a 400": (400, HTML, Unavailable),
    "plain words": (500, b"upstream connect error or disconnect/reset before headers", Unavailable),
    "nothing": (200, b"", Unavailable),
    "a 204": (200, b"null", Unavailable),
    "too many requests of a gateway": (429, b"Too Many Requests", Throttled),
    "an error beside a list, bare": (200, {"data": [], "error_code": 4, "error_msg": "(#4) Limit"}, Throttled),
    "an error beside a list": (200, {"data": [], "error": {"code": 4, "message": "(#4) Limit"}}, Throttled),
}


def body(given: bytes | object) -> bytes:
    return given if isinstance(given, bytes) else json.dumps(given).encode()


@pytest.mark.parametrize(("status", "given", "kind"), ERRORS.values(), ids=ERRORS)
def test_an_error(rig: Any, canned: Any, status: int, given: object, kind: type[GraphError]) -> None:
    # Errors come as text/javascript and text/html, too.
    canned.status, canned.body, canned.headers = status, body(given), {"Content-Type": "text/html"}
    with pytest.raises(GraphError) as failed:
        rig.client(url=canned.url).conversations(Platform.MESSENGER)
    assert type(failed.value) is kind


def item(number: int, **fields: object) -> dict[str, object]:
    return {"id": f"t_{number}", "updated_time": TIME} | fields


def page(*items: object, **paging: object) -> dict[str, object]:
    return {"data": list(items), "paging": paging}


NEXT = "https://graph.facebook.com/v26.0/200300400/conversations?access_token=T&limit=25"

LISTS: dict[str, tuple[object, list[str], tuple[bool, str | None]]] = {
    "a last page": (page(item(1), cursors={"before": "A", "after": "B"}), ["t_1"], (False, "B")),
    "no cursors, but one in the next address": (page(item(1), next=f"{NEXT}&after=C"), ["t_1"], (True, "C")),
    "no cursors, as of old": (
        page(item(1), next=f"{NEXT}&until=1&__paging_token=enc_A"),
        ["t_1"],
        (True, None),
    ),
    "an address that is none": (page(item(1), next="http://["), ["t_1"], (True, None)),
    "empty, with more": (page(cursors={"after": "B"}, next=NEXT), [], (True, "B")),
    "empty, with paging of nothing": (page(), [], (False, None)),
    "empty, with a list for paging": ({"data": [], "paging": []}, [], (False, None)),
    "a cursor that is a number": (page(item(1), cursors={"after": 25}, next=NEXT), ["t_1"], (True, "25")),
    "a summary beside it": ({"data": [item(1)], "summary": {"total_count": 1}}, ["t_1"], (False, None)),
    "an error of null": ({"data": [item(1)], "error": None}, ["t_1"], (False, None)),
    "an error of false": ({"data": [item(1)], "error": False}, ["t_1"], (False, None)),
    "an error without a word": ({"error": "", "data": [item(1)]}, ["t_1"], (False, None)),
    "the same twice": (page(item(1), item(1)), ["t_1", "t_1"], (False, None)),
}


@pytest.mark.parametrize(("given", "ids", "turn"), LISTS.values(), ids=LISTS)
def test_a_list(rig: Any, canned: Any, given: object, ids: list[str], turn: tuple[bool, str | None]) -> None:
    canned.body = body(given)
    part = rig.client(url=canned.url).conversations(Platform.MESSENGER)
    assert ([found.id for found in part.conversations], (part.more, part.after)) == (ids, turn)


TIMES = {
    "with the zone": TIME,
    "with a colon": "2026-11-23T12:00:00+00:00",
    "with a Z": "2026-11-23T12:00:00Z",
    "of another zone": "2026-11-23T04:00:00-0800",
    "with fractions": "2026-11-23T12:00:00.000+0000",
    "seconds": AT,
    "seconds as a text": str(AT),
    "milliseconds": AT * 1000,
    "a fraction": float(AT),
    "without a zone": "2026-11-23T12:00:00",
    "with a blank": "2026-11-23 12:00:00",
}


@pytest.mark.parametrize("time", TIMES.values(), ids=TIMES)
def test_a_time(rig: Any, canned: Any, time: object) -> None:
    canned.body = body(page(item(1, updated_time=time)))
    (found,) = rig.client(url=canned.url).conversations(Platform.MESSENGER).conversations
    assert found.updated == AT


PEOPLE: dict[str, object] = {
    "empty": {"data": []},
    "a list": [],
    "null": None,
    "of nothing": {"data": None},
    "of somebody without anything": {"data": [{}]},
    "of nulls": {"data": [None]},
    "a text": "Ann",
}


@pytest.mark.parametrize("people", PEOPLE.values(), ids=PEOPLE)
def test_participants(rig: Any, canned: Any, people: object) -> None:
    canned.body = body(page(item(1, participants=people, snippet="hello")))
    (found,) = rig.client(url=canned.url).conversations(Platform.MESSENGER).conversations
    assert (found.name, found.snippet, found.waiting) == (None, "hello", None)


USAGE: dict[str, tuple[dict[str, str], tuple[int | None, float]]] = {
    "of this shape": ({"X-App-Usage": '{"call_count":28,"total_time":25,"total_cputime":25}'}, (28, 0)),
    "a percentage alone, as of old": ({"X-Page-Usage": "85"}, (85, 0)),
    "cut off": ({"X-App-Usage": '{"call_count":28,'}, (None, 0)),
    "no JSON": ({"X-App-Usage": "call_count=28"}, (None, 0)),
    "empty": ({"X-Business-Use-Case-Usage": ""}, (None, 0)),
    "minutes as a text": (
        {"X-Business-Use-Case-Usage": '{"1":[{"type":"messenger","estimated_time_to_regain_access":"2"}]}'},
        (None, 120),
    ),
    "percent as a text": ({"X-App-Usage": '{"call_count":"28"}'}, (28, 0)),
    "percent as a text with its sign": ({"X-App-Usage": '{"call_count":"28%"}'}, (28, 0)),
    "an object for a list": ({"X-Business-Use-Case-Usage": '{"1":{"type":"messenger","call_count":50}}'}, (50, 0)),
    "of another pool": ({"X-Business-Use-Case-Usage": '{"1":[{"type":"ads_insights","call_count":100}]}'}, (None, 0)),
    "nulls": ({"X-App-Usage": '{"call_count":null,"total_time":null}'}, (None, 0)),
    "less than nothing": ({"X-App-Usage": '{"call_count":-1}'}, (0, 0)),
}


@pytest.mark.parametrize(("headers", "noted"), USAGE.values(), ids=USAGE)
def test_usage(rig: Any, canned: Any, headers: dict[str, str], noted: tuple[int | None, float]) -> None:
    canned.headers, canned.body = headers, body(page(item(1)))
    client = rig.client(url=canned.url)
    assert len(client.conversations(Platform.MESSENGER).conversations) == 1
    assert (client.budget.usage, client.budget.paused_for()) == noted
