"""Every error the Graph can answer: which exception, how many calls, and how long the Page is left alone."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest

from pageinbox.graph.asking import Asking
from pageinbox.graph.classify import WireError, classify
from pageinbox.graph.http import Reply
from pageinbox.model import errors
from pageinbox.model.errors import (
    AppStopped,
    Blocked,
    ConversationUnknown,
    CursorDead,
    DirectMessagesDisabled,
    FieldUnknown,
    GraphError,
    ListBlocked,
    ListEmptied,
    MessageGone,
    MetaSlow,
    NoPageToken,
    NotAPage,
    NotAskedYet,
    NotLinked,
    OwnerUnable,
    PageMoved,
    PermissionMissing,
    PersonUnknown,
    PersonUnreadable,
    ProofWrong,
    QueryTimedOut,
    Redirected,
    RequestRefused,
    SecretMissing,
    StillAsking,
    Throttled,
    TokenDead,
    TooMuchData,
    Unavailable,
    Unreachable,
)
from pageinbox.model.source import Platform
from pageinbox.words.trouble import remedy
from simulator.errors import TABLE

MESSENGER, INSTAGRAM = Platform.MESSENGER, Platform.INSTAGRAM

# By the simulator's name of the error, or by its code and subcode: what it becomes, after how many calls. The last of
# several asks for one id alone, to tell an outage from a conversation that can't be given.
EXPECTED: dict[object, tuple[type[GraphError], int]] = {
    **{
        (190, subcode): (TokenDead, 1) for subcode in (None, 458, 459, 460, 463, 464, 467, 490, 492, 456, 461, 466, 468)
    },
    **{name: (TokenDead, 1) for name in ("not_granted", "no_role", "page_unreachable", "malformed")},
    **{name: (TokenDead, 1) for name in ("token_data", "token_cut", "idle")},
    **{(code, None): (TokenDead, 1) for code in (102, 450, 452)},
    (210, None): (NoPageToken, 1),
    **{name: (NoPageToken, 1) for name in ("no_page_token", "user_token", (200, 2069030))},
    **{(10, subcode): (PermissionMissing, 1) for subcode in (None, 2534048, 1893063)},
    **{(code, None): (PermissionMissing, 1) for code in (3, 200, *range(201, 210), *range(211, 300))},
    **{name: (AppStopped, 1) for name in ("app_paused", "app_deactivated", "app_blocked", "app_deleted")},
    (101, None): (AppStopped, 1),
    (5, None): (AppStopped, 1),
    **{name: (OwnerUnable, 1) for name in ("owner_without_role", "not_for_owner", "another_pages_token")},
    "no_such_page": (PermissionMissing, 1),
    "not_a_page": (NotAPage, 1),
    (21, None): (PageMoved, 1),
    **{name: (RequestRefused, 2) for name in ("unknown_fields", "field_in_spanish", (12, None))},
    "field_in_review": (PermissionMissing, 2),
    (200, 2534048): (PermissionMissing, 1),
    "standard_access": (PermissionMissing, 1),
    (200, 2534041): (DirectMessagesDisabled, 1),
    (100, None): (RequestRefused, 2),
    (100, 33): (RequestRefused, 1),
    (100, 2534001): (RequestRefused, 1),
    (100, 2534013): (NotLinked, 1),
    (100, 2018001): (RequestRefused, 2),
    (100, 2534014): (RequestRefused, 2),
    (100, 2018218): (RequestRefused, 2),
    (551, 1545041): (RequestRefused, 2),
    "field": (FieldUnknown, 1),
    "cursor_dead": (CursorDead, 1),
    "cursor_depth": (CursorDead, 1),
    "proof": (ProofWrong, 1),
    "proof_missing": (ProofWrong, 1),
    (104, None): (ProofWrong, 1),
    "no_token": (RequestRefused, 1),
    "no_pages_messaging": (PermissionMissing, 1),
    (803, None): (RequestRefused, 1),
    (2500, None): (RequestRefused, 1),
    "no_me": (RequestRefused, 1),
    "message_deleted": (MessageGone, 1),
    "message_deleted_190": (MessageGone, 1),
    (368, None): (Blocked, 1),
    **{(code, None): (Throttled, 1) for code in (4, 9, 17, 32, 341, 613)},
    (613, 1996): (Throttled, 1),
    **{(code, None): (Throttled, 1) for code in (80000, 80001, 80002, 80003, 80004, 80005, 80006, 80008, 80009, 80014)},
    (1, None): (Unavailable, 4),
    "reduce": (TooMuchData, 2),
    "reduce_99": (TooMuchData, 2),
    (2, None): (Unavailable, 4),
    (2, 2018344): (PermissionMissing, 1),
    (-1, None): (Unavailable, 4),
    (-2, 2534084): (QueryTimedOut, 2),
    (-3, None): (TooMuchData, 2),
}
ROWS = [
    (error.name or (error.code, error.subcode), error)
    for error in TABLE
    if error.code not in {*range(201, 230), *range(231, 299)}
]


def made_to_fail(sim, error, times=None, **how):
    """Make calls fail with one error of the table."""
    if error.name:
        sim.fail("conversations", times, name=error.name, **how)
    else:
        sim.fail("conversations", times, code=error.code, subcode=error.subcode, **how)


@pytest.mark.parametrize("how", ["error", "error_in_200"])
def test_every_code(rig, sim, calls, world, how):
    became = {}
    for key, error in ROWS:
        sim.clear()
        sim.forget()
        made_to_fail(sim, error, kind=how)
        with pytest.raises(GraphError) as failed:
            rig.client().conversations(MESSENGER)
        became[key] = (type(failed.value), len(calls()), failed.value.code, failed.value.subcode)
        seen: BaseException | None = failed.value
        while seen is not None:
            text = f"{seen} {seen!r} {seen.args}"
            assert world.pages["acme"].token not in text, key
            assert sim.url not in text and "127.0.0.1" not in text, key
            seen = seen.__cause__ or seen.__context__
    assert became == {key: (*EXPECTED[key], error.code, error.subcode) for key, error in ROWS}


def test_every_permission(rig, sim, calls):
    client = rig.client()
    for code in {*range(200, 300)} - {210}:
        sim.clear()
        sim.forget()
        sim.fail("conversations", None, code=code)
        with pytest.raises(PermissionMissing):
            client.conversations(MESSENGER)
        assert len(calls()) == 1


@pytest.mark.parametrize("code", [190, 10, 100, 368, 613])
def test_the_body_decides_at_any_status(rig, sim, calls, code):
    for status in (200, 400, 401, 403, 404, 429, 500, 503):
        sim.clear()
        sim.forget()
        sim.fail("conversations", None, code=code, status=status)
        with pytest.raises(EXPECTED[code, None][0]):
            rig.client().conversations(MESSENGER)
        assert len(calls()) == EXPECTED[code, None][1], status


# Closing


def test_the_header_says_how_long_to_wait(rig, sim, calls, clock):
    client = rig.client()
    sim.usage("business", call_count=100, regain=23)
    sim.fail("conversations", 1, code=80006)
    with pytest.raises(Throttled) as first:
        client.conversations(MESSENGER)
    assert first.value.retry_after == 23 * 60
    clock.now += 22 * 60
    with pytest.raises(Throttled) as second:
        client.conversations(INSTAGRAM)
    assert (second.value.retry_after, second.value.code) == (60, 80006)
    assert len(sim.requests) == 1, "no call is made meanwhile, not even to ask who the Page is"
    clock.now += 61
    assert client.conversations(MESSENGER).conversations
    assert client.budget.closed_for() == 0


@pytest.mark.parametrize("code", [4, 17, 32, 341, 613, 80001, 80002, 80006])
def test_without_a_header_it_is_five_minutes(rig, sim, calls, clock, code):
    client = rig.client()
    sim.usage("business", absent=True)
    sim.fail("conversations", 1, code=code)
    with pytest.raises(Throttled) as first:
        client.conversations(MESSENGER)
    assert first.value.retry_after == client.budget.closed_for() == 300
    clock.now += 299
    with pytest.raises(Throttled):
        client.conversations(MESSENGER)
    assert len(calls()) == 1
    clock.now += 1
    assert client.conversations(MESSENGER).conversations


def test_a_block_stops_every_call_of_the_page_for_hours(rig, sim, clock):
    client = rig.client()
    sim.fail("conversations", 1, code=368)
    with pytest.raises(Blocked) as first:
        client.conversations(MESSENGER)
    assert first.value.retry_after >= 3600
    clock.now += 2 * 3600
    for ask in (client.identity, lambda: client.thread("t_1", MESSENGER), lambda: client.conversations(MESSENGER)):
        with pytest.raises(Blocked) as again:
            ask()
        assert again.value.code == 368
    assert len(sim.requests) == 1
    clock.now += client.budget.closed_for()
    assert client.conversations(MESSENGER).conversations


def test_a_wait_that_was_too_short_is_doubled_up_to_an_hour(rig, sim, calls, clock):
    client = rig.client()
    sim.usage("business", absent=True)

    def waits() -> float:
        with pytest.raises(Throttled) as failed:
            client.conversations(MESSENGER)
        assert failed.value.retry_after == client.budget.closed_for()
        with pytest.raises(Throttled):  # is no call, and so no news
            client.conversations(MESSENGER)
        clock.now += failed.value.retry_after
        return failed.value.retry_after

    sim.fail("conversations", 6, code=613)
    assert [waits() for _ in range(6)] == [300, 600, 1200, 2400, 3600, 3600]
    assert len(calls()) == 6
    assert client.conversations(MESSENGER).conversations
    sim.fail("conversations", None, code=4)
    assert [waits() for _ in range(2)] == [300, 600], "it begins anew once a call has succeeded"
    sim.usage("business", call_count=100, regain=2)
    assert waits() == 120, "Meta's own estimate goes before ours"


def test_a_block_lasts_as_long_as_meta_says_and_six_hours_at_least():
    assert classify(WireError(code=368), 400).retry_after == 6 * 3600
    assert classify(WireError(code=368), 400, 60.0).retry_after == 6 * 3600
    assert classify(WireError(code=368), 400, 9 * 3600.0).retry_after == 9 * 3600


@pytest.mark.parametrize("subcode", [None, 2534084, 1])
def test_a_search_given_up_is_known_by_its_code(subcode):
    assert type(classify(WireError(code=-2, error_subcode=subcode), 400)) is QueryTimedOut


# Retrying

PASSING = {
    "code 1": {"code": 1},
    "code 2": {"code": 2},
    "code -1": {"code": -1},
    "an HTML 502": {"kind": "html"},
    "an HTML 200": {"kind": "html", "status": 200},
    "an HTML 404": {"kind": "html", "status": 404},
    "a truncated body": {"kind": "truncated"},
    "an empty body": {"kind": "empty"},
    "an empty 503": {"kind": "empty", "status": 503},
    "a reset": {"kind": "reset"},
    "an error inside a 200": {"kind": "error_in_200", "code": 2},
}


@pytest.mark.parametrize("how", PASSING.values(), ids=PASSING)
def test_passing_trouble_is_tried_three_times(rig, sim, calls, clock, how):
    sim.fail("conversations", None, **how)
    with pytest.raises(Unavailable) as failed:
        rig.client().conversations(MESSENGER)
    with_fields = [request for request in calls() if "," in request.query["fields"]]
    assert (len(with_fields), failed.value.tries, len(clock.pauses)) == (3, 3, 2)


@pytest.mark.parametrize("how", PASSING.values(), ids=PASSING)
def test_passing_trouble_passes(rig, sim, calls, how):
    sim.fail("conversations", 2, **how)
    assert len(rig.client().conversations(MESSENGER, limit=5).conversations) == 5
    assert len(calls()) == 3


@pytest.mark.parametrize("spaces", ["", " "])
@pytest.mark.parametrize("body", ['{"data":[],"error":{"code":190}}', '{"data":[5],"error":{"code":190,"message":[]}}'])
def test_an_error_beside_a_list_in_a_200_counts(rig, canned, spaces, body):
    canned.body = (spaces + body).encode()
    with pytest.raises(TokenDead):
        rig.client(url=canned.url).conversations(MESSENGER)
    assert len(canned.paths) == 1


def test_no_error_beside_a_list_is_no_error(rig, canned):
    canned.body = b'{"data":[{"id":"t_1","updated_time":1790000000,"snippet":"\\"error\\""}],"error":null}'
    assert len(rig.client(url=canned.url).conversations(MESSENGER).conversations) == 1


def test_is_transient_is_enough_to_try_again(rig, canned):
    canned.status = 400
    canned.body = b'{"error":{"message":"?","code":4711,"is_transient":true}}'
    with pytest.raises(Unavailable) as failed:
        rig.client(url=canned.url).conversations(MESSENGER)
    assert (len(canned.paths), failed.value.code) == (4, 4711)


def test_an_unknown_code_is_not_tried_again(rig, canned):
    canned.status = 400
    canned.body = b'{"error":{"message":"?","code":4711}}'
    with pytest.raises(RequestRefused):
        rig.client(url=canned.url).conversations(MESSENGER)
    assert len(canned.paths) == 1


@pytest.mark.parametrize("told", ["120", "0", "", "soon", "-5", "9999999", "Mon, 23 Nov 2026 12:05:00 GMT"])
@pytest.mark.parametrize("body", [b"", b"<html>Too Many Requests</html>", b"{}", b'{"error":{"message":"Slow down"}}'])
def test_a_gateway_that_is_asked_too_often_says_how_long_to_wait(rig, canned, clock, told, body):
    canned.status, canned.body, canned.headers = 429, body, {"Retry-After": told}
    client, wait = rig.client(url=canned.url), 120 if told == "120" else 300
    with pytest.raises(Throttled) as failed:
        client.conversations(MESSENGER)
    assert (failed.value.code, failed.value.retry_after, len(canned.paths)) == (429, wait, 1)
    clock.now += wait - 1
    with pytest.raises(Throttled):
        client.conversations(MESSENGER)
    assert len(canned.paths) == 1


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        ("Mon, 23 Nov 2026 12:05:00 GMT", 300),
        (" 120 ", 120),
        ("Mon, 23 Nov 2026 11:55:00 GMT", 0),
        ("Fri, 01 Jan 2038 00:00:00 GMT", 86_400),
        ("Mon, 23 Nov 2026", 0),
    ],
)
def test_a_gateway_may_say_until_when_to_wait(told, seconds):
    dated = {"date": "Mon, 23 Nov 2026 12:00:00 GMT"}
    assert Reply(429, dated | {"retry-after": told}, b"").retry_after == seconds
    assert Reply(429, {"retry-after": told}, b"").retry_after == (120 if seconds == 120 else 0)


@pytest.mark.parametrize("body", [b"", b"<html>Down for maintenance</html>", b'{"message":"no healthy upstream"}'])
def test_a_gateway_that_is_out_of_order_is_left_alone_for_as_long_as_it_says(rig, canned, clock, body):
    canned.status, canned.body, canned.headers = 503, body, {"Retry-After": "120"}
    client = rig.client(url=canned.url)
    for left in (120, 100):
        with pytest.raises(Unavailable) as failed:
            client.conversations(MESSENGER)
        assert (failed.value.retry_after, len(canned.paths)) == (left, 1)
        clock.now += 20
    canned.headers = {"Retry-After": "86400"}
    clock.now += 80
    with pytest.raises(Unavailable) as failed:
        client.conversations(MESSENGER)
    assert (failed.value.retry_after, len(canned.paths)) == (3600, 2)


def test_what_a_header_says_counts_for_limits_of_metas_too(rig, canned):
    canned.status, canned.headers = 400, {"Retry-After": "600", "X-App-Usage": '{"call_count":100}'}
    canned.body = b'{"error":{"code":4,"message":"(#4) Application request limit reached"}}'
    with pytest.raises(Throttled) as failed:
        rig.client(url=canned.url).conversations(MESSENGER)
    assert failed.value.retry_after == 600


@pytest.mark.parametrize("status", [408, 500, 502, 503, 504])
def test_a_status_counts_where_the_body_is_silent(rig, canned, status):
    canned.status, canned.body = status, b"{}"
    with pytest.raises(Unavailable):
        rig.client(url=canned.url).conversations(MESSENGER)
    assert len(canned.paths) == (4 if status >= 500 else 3)


@pytest.mark.parametrize("status", [408, 500])
@pytest.mark.parametrize("body", ['{"error":"text"}', "[]", '"x"', "null", '{"error":[]}', '{"error":{}}'])
def test_a_status_counts_where_the_body_is_odd(rig, canned, status, body):
    canned.status, canned.body = status, body.encode()
    with pytest.raises(Unavailable):
        rig.client(url=canned.url).conversations(MESSENGER)
    assert len(canned.paths) == (4 if status >= 500 else 3)


@pytest.mark.parametrize(
    "odd",
    [
        '"error_user_msg":[]', '"message":{}', '"is_transient":[]', '"error_subcode":{}', '"message":"cut \\ud83d"',
        '"error_user_msg":5', '"fbtrace_id":"\\ud83d"',
    ],
)  # fmt: skip
def test_what_is_odd_in_an_error_does_not_hide_its_code(rig, canned, odd):
    canned.status = 400
    canned.body = f'{{"error":{{"code":190,{odd}}}}}'.encode()
    with pytest.raises(TokenDead):
        rig.client(url=canned.url).conversations(MESSENGER)
    assert len(canned.paths) == 1


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_a_refusing_status_without_words_is_not_tried_again(rig, canned, status):
    canned.status, canned.body = status, b"{}"
    with pytest.raises(RequestRefused):
        rig.client(url=canned.url).conversations(MESSENGER)
    assert len(canned.paths) == 1


def test_the_pauses_grow_and_jitter(rig, sim, clock):
    sim.fail("conversations", None, code=2)
    pauses = {}
    for luck in (0.0, 0.25, 0.999):
        clock.pauses.clear()
        with pytest.raises(Unavailable):
            rig.client(random=lambda luck=luck: luck).conversations(MESSENGER)
        pauses[luck] = list(clock.pauses)
    for first, second in pauses.values():
        assert 0 < first < second <= 3
    assert pauses[0.0] > pauses[0.25] > pauses[0.999]


def test_a_person_is_not_kept_waiting_by_retries(rig, sim, calls, clock):
    now = clock()

    def slow() -> float:  # each look at the clock finds it six seconds later
        nonlocal now
        now += 6
        return now

    sim.fail("conversations", None, code=2)
    with pytest.raises(Unavailable) as failed:
        rig.client(timer=slow).conversations(MESSENGER)
    assert (len(calls()), failed.value.tries) == (1, 1)


def test_a_clock_that_is_set_right_meanwhile_changes_no_patience(rig, sim, calls, clock):
    now = clock()

    def jumping() -> float:
        nonlocal now
        now += 86400
        return now

    sim.fail("conversations", None, code=2)
    with pytest.raises(Unavailable) as failed:
        rig.client(clock=jumping, secret="s").conversations(MESSENGER)
    assert (len(calls()), failed.value.tries) == (4, 3)


# Less (see test_narrowing.py, too)


def limits(requests):
    return [int(request.query["limit"]) for request in requests]


LIST, THREAD = r"/conversations\?.*messages\.limit", r"/t_\w+\?.*messages\.limit"


def test_a_list_that_was_too_much_costs_no_thread_its_messages(rig, sim):
    client = rig.client()
    sim.fail(LIST, None, name="reduce")
    first = client.conversations(MESSENGER, limit=50).conversations[0]
    found = client.thread(first.id, MESSENGER)
    assert found.messages and not found.withheld


def test_a_thread_that_was_too_much_costs_no_list_its_messages(rig, sim, calls):
    client = rig.client()
    one = client.conversations(MESSENGER, limit=50).conversations[0]
    sim.fail(THREAD, None, name="reduce")
    found = client.thread(one.id, MESSENGER)
    assert (found.conversation.id, found.messages, found.withheld) == (one.id, [], True)
    part = client.conversations(MESSENGER, limit=50)
    assert limits(calls()) == [50, 50]
    assert any(one.waiting is not None for one in part.conversations)


def test_messages_that_are_no_field_are_told_to_be_withheld(rig, sim):
    client = rig.client()
    one = client.conversations(MESSENGER, limit=5).conversations[0]
    text = "(#100) Tried accessing nonexisting field (messages) on node type (X)"
    sim.fail("messages", None, name="field", message=text)
    assert client.thread(one.id, MESSENGER).withheld


# Fields


def fields(request):
    return set(request.query["fields"].partition(",messages")[0].split(","))


@pytest.mark.parametrize("name", ["link", "snippet", "unread_count", "message_count"])
def test_an_optional_field_is_dropped_for_that_platform(rig, sim, calls, name):
    sim.fail(
        rf"platform=instagram.*{name}",
        None,
        name="field",
        message=f"(#100) Tried accessing nonexisting field ({name}) on node type (UnifiedThread)",
    )
    client = rig.client()
    assert client.conversations(INSTAGRAM, limit=5).conversations
    client.conversations(INSTAGRAM, limit=5)
    client.conversations(MESSENGER, limit=5)
    asked = calls()
    assert [name in fields(request) for request in asked] == [True, False, False, True]
    assert fields(asked[0]) - fields(asked[1]) == {name}


def test_all_optional_fields_can_go(rig, sim, calls):
    sim.rules.instagram_fields = "error"
    part = rig.client().conversations(INSTAGRAM, limit=5)
    assert fields(calls()[-1]) == {"id", "updated_time", "participants"}
    assert len(calls()) == 6
    assert [one.waiting is not None for one in part.conversations] == [True] * 5


@pytest.mark.parametrize("name", ["messages", "sticker", "attachments", "shares"])
def test_a_field_of_the_messages_can_go(rig, sim, calls, name):
    sim.fail(name, None, name="field", message=f"(#100) Tried accessing nonexisting field ({name}) on node type (X)")
    client = rig.client()
    assert client.conversations(MESSENGER, limit=5).conversations
    assert [name in request.query["fields"] for request in calls()] == [True, False]


@pytest.mark.parametrize("name", ["id", "updated_time", "participants"])
def test_a_core_field_cannot_go(rig, sim, calls, name):
    sim.fail(
        "conversations",
        None,
        name="field",
        message=f"(#100) Tried accessing nonexisting field ({name}) on node type (X)",
    )
    with pytest.raises(FieldUnknown) as failed:
        rig.client().conversations(MESSENGER)
    assert (failed.value.field, len(calls())) == (name, 1)


def test_a_field_that_stays_unknown_is_not_asked_for_for_ever(rig, sim, calls):
    sim.fail("conversations", None, name="field", message="(#100) Tried accessing nonexisting field (link) on node (X)")
    with pytest.raises(FieldUnknown):
        rig.client().conversations(MESSENGER)
    assert len(calls()) == 2


WORDINGS = [
    (100, "(#100) Unknown fields: snippet, link.", {"snippet", "link"}),
    (100, "Unknown field 'message_count'", {"message_count"}),
    (100, "(#100) Se ha intentado acceder al campo inexistente (link) en el tipo de nodo (UnifiedThread)", {"link"}),
    (100, "(#100) El campo snippet ya no existe.", {"snippet"}),
    (100, "(#100) フィールドlinkは存在しません", {"link"}),
    (100, "Le champ « sticker » n'existe pas", {"sticker"}),
    (12, "(#12) snippet field is deprecated for versions v26.0 and higher", {"snippet"}),
    (12, "(#12) attachments is deprecated", {"attachments"}),
    (10, "(#10) Reading unread_count needs a review of your app", {"unread_count"}),
    (10, "(#10) To read the field messages, a person with a role on the app has to ask from it", {"messages"}),
    (3, "(#3) The app may not read the field `shares` of a message", {"shares"}),
    (200, "(#200) Missing permission for field 'link'", {"link"}),
    (230, "(#230) message_count requires pages_messaging", {"message_count"}),
    (2500, "Syntax error at snippet{}", {"snippet"}),
    (12, "(#12) snippet is deprecated, from v26.0 on; the message has the text, with its name and type", {"snippet"}),
    (100, "Unknown fields: created_time, sticker", {"created_time", "sticker"}),
]


@pytest.mark.parametrize(("code", "message", "names"), WORDINGS, ids=[message for _, message, _ in WORDINGS])
def test_a_field_that_is_refused_by_name_is_dropped_whatever_the_code_and_the_words(
    rig, sim, calls, code, message, names
):
    sim.fail(f"fields=.*({'|'.join(names)})", None, code=code, message=message)
    client = rig.client()
    for _ in range(2):
        assert len(client.conversations(MESSENGER, limit=5).conversations) == 5
    first, second, third = (request.query["fields"] for request in calls())
    assert second == third and all(name in first and name not in second for name in names)
    others = {"link", "snippet", "unread_count", "message_count", "created_time", "sticker"} - names
    assert "messages" in names or all(name in second for name in others)


@pytest.mark.parametrize(
    "names",
    [
        {"link"},
        {"story"},
        {"shares"},
        {"video_data"},
        {"messages"},
        {"snippet", "shares"},
        {"created_time", "message_count", "tags"},
    ],
    ids=lambda names: " ".join(sorted(names)),
)
def test_a_field_that_is_refused_and_not_named_is_found(rig, sim, calls, names):
    sim.fail(f"fields=.*({'|'.join(names)})", None, code=100)
    client = rig.client()
    assert len(client.conversations(MESSENGER, limit=5).conversations) == 5
    found = len(calls())
    assert len(client.conversations(MESSENGER, limit=5).conversations) == 5
    assert len(calls()) == found + 1 <= 40
    last = calls()[-1].query["fields"]
    others = {"link", "snippet", "unread_count", "message_count"} | (
        set() if "messages" in names else {"created_time", "story", "shares", "messages"}
    )
    assert all(name in last for name in others - names) and not any(name in last for name in names)


def test_what_no_field_is_to_blame_for_costs_one_call_an_hour(rig, sim, calls, clock):
    sim.fail("conversations", None, code=100)
    client = rig.client()
    for made in (2, 3, 4):
        with pytest.raises(RequestRefused):
            client.conversations(MESSENGER)
        assert len(calls()) == made
    clock.now += 3600
    with pytest.raises(RequestRefused):
        client.conversations(MESSENGER)
    assert len(calls()) == 6


def test_a_refusal_that_passes_costs_no_field(rig, sim, calls):
    sim.fail("conversations", 1, code=100)
    client = rig.client()
    client.conversations(MESSENGER, limit=5)
    sim.clear()
    client.conversations(MESSENGER, limit=5)
    assert calls()[0].query["fields"] == calls()[-1].query["fields"]


def test_while_a_field_is_looked_for_others_ask_for_all(sim, calls, clock):
    """Both may fail on the way, and neither leaves the other without its fields."""
    asking, all_fields, told = Asking(clock), list[frozenset[str]](), RequestRefused(code=100)

    def other(left_out):
        all_fields.append(left_out)
        raise Unavailable()

    def ask(left_out):
        if left_out:
            with pytest.raises(Unavailable):
                asking.with_known(other, MESSENGER, search=True)
        if "story" not in left_out:
            raise told
        return left_out

    assert asking.with_known(ask, MESSENGER, search=True) == {"story"}
    assert set(all_fields) == {frozenset()}
    assert asking.with_known(lambda left_out: left_out, MESSENGER) == {"story"}
    clock.now += 86400
    assert asking.with_known(lambda left_out: left_out, MESSENGER) == frozenset(), "it may have been one conversation"


@pytest.mark.parametrize("times", range(1, 12))
def test_a_refusal_that_comes_and_goes_costs_no_field(rig, sim, calls, times):
    client = rig.client()
    client.conversations(MESSENGER, limit=5)
    sim.fail("conversations", times, code=100)
    sim.fail("fields=.*sticker", 2 * times, code=100)
    with suppress(RequestRefused):
        client.conversations(MESSENGER, limit=5)
    sim.clear()
    client.conversations(MESSENGER, limit=5)
    assert calls()[0].query["fields"] == calls()[-1].query["fields"]


def test_what_one_conversation_is_refused_for_costs_the_lists_nothing(rig, sim, calls):
    client = rig.client()
    (one,) = client.conversations(MESSENGER, limit=1).conversations
    sim.fail(f"{one.id}.*messages", None, code=100)
    with pytest.raises(RequestRefused):
        client.thread(one.id, MESSENGER)
    client.conversations(MESSENGER, limit=1)
    assert calls()[0].query["fields"] == calls()[-1].query["fields"]


def test_the_words_of_a_sentence_are_no_fields(rig, sim, calls):
    sim.fail("conversations", None, code=10, message="(#10) No messages to read from a message, of any type or name")
    with pytest.raises(PermissionMissing):
        rig.client().conversations(MESSENGER)
    assert len(calls()) == 1


def test_who_the_page_is_can_be_told_without_its_name(rig, sim, world):
    sim.fail("username", None, code=12, message="(#12) name field is deprecated for versions v3.3 and higher")
    known = rig.client().identity()
    account = world.pages["acme"].instagram
    assert (known.instagram_id, known.name, known.instagram_username) == (account and account.id, None, None)


def test_what_did_not_help_to_leave_out_is_asked_for_again(rig, sim, calls):
    client = rig.client()
    sim.fail("conversations", 2, code=10, message="(#10) link")
    with pytest.raises(PermissionMissing):
        client.conversations(MESSENGER, limit=5)
    client.conversations(MESSENGER, limit=5)
    first, without, afterwards = (request.query["fields"] for request in calls())
    assert first == afterwards != without


# Bodies of other shapes

SHAPES = [
    (b'{"error":"invalid_token"}', 401, TokenDead, ""),
    (b'{"error":"Something is wrong"}', 400, RequestRefused, ""),
    (b'{"error":{"message":"Error processing access token","type":"OAuthException"}}', 400, TokenDead, ""),
    (b'{"error":{"code":"190","error_subcode":"463","message":"Session has expired"}}', 400, TokenDead, "190/463"),
    (b'{"error":{"code":190.0,"message":"Session has expired"}}', 200, TokenDead, "190"),
    (b'{"error":{"message":"(#210) Se requiere otro token"}}', 403, NoPageToken, "210"),
    (b'{"error":{"code":210,"error_user_msg":"..."}}', 500, NoPageToken, "210"),
    (b'{"error":{"code":230,"error_user_msg":"pages_messaging"}}', 403, PermissionMissing, "230"),
    (b'{"error":{"code":100,"error_subcode":21,"message":"Page ID 1 was migrated"}}', 400, PageMoved, "100/21"),
    (b'{"error":{"code":100,"message":"This endpoint requires pages_messaging"}}', 400, PermissionMissing, "100"),
    (b'{"error":{"code":31337,"message":"Something else"}}', 400, RequestRefused, "31337"),
    (b'{"error":{"code":31337,"message":"Something else"}}', 500, Unavailable, "31337"),
    (b'{"error":{"code":1e308,"error_subcode":-1e30,"message":"Something else"}}', 400, RequestRefused, ""),
    (b'{"error":{"code":"%b","error_subcode":1,"message":"Something else"}}' % (b"9" * 4000), 500, Unavailable, ""),
]


@pytest.mark.parametrize(("body", "status", "kind", "number"), SHAPES)
def test_an_error_of_any_shape_is_read(rig, canned, body, status, kind, number):
    canned.body, canned.status = body, status
    with pytest.raises(GraphError) as failed:
        rig.client(url=canned.url).conversations(MESSENGER)
    assert (type(failed.value), failed.value.number) == (kind, number)


def test_230_means_a_permission_on_a_list_and_a_person_elsewhere(rig, sim):
    client = rig.client()
    sim.fail("", None, code=230)
    with pytest.raises(PermissionMissing, match="pages_messaging"):
        client.conversations(MESSENGER)
    for ask in (lambda: client.thread("t_1", MESSENGER), lambda: client.conversations(MESSENGER, user_id="555001")):
        with pytest.raises(PersonUnreadable):
            ask()
    sim.clear()
    sim.fail("", None, name="no_pages_messaging")
    with pytest.raises(PermissionMissing, match="pages_messaging"):
        client.thread("t_1", MESSENGER)


def test_what_meta_says_is_kept_without_secrets(rig, canned, world):
    token = world.pages["acme"].token
    canned.status = 400
    for head in ("", '"data":[],'):
        canned.body = f'{{{head}"error":{{"code":31337,"message":"Bad {token} and EAAB{"x1" * 30}"}}}}'.encode()
        with pytest.raises(RequestRefused) as failed:
            rig.client(url=canned.url).conversations(MESSENGER)
        assert failed.value.words == "Bad … and …"
        assert "Bad" not in str(failed.value) and "Bad" not in repr(failed.value)


GONE = "Object with ID 't_1' does not exist, cannot be loaded due to missing permissions, or does not support this."


@pytest.mark.parametrize(
    "how",
    [
        {"code": 100, "subcode": 33},
        {"code": 100, "subcode": 2534001},
        {"code": 803},
        {"code": 100, "message": f"Unsupported get request. {GONE}"},
    ],
)
def test_what_is_missing_is_the_page_for_a_list_and_a_conversation_elsewhere(rig, sim, how):
    client = rig.client()
    found = client.conversations(MESSENGER).conversations[0]
    sim.fail("", None, **how)
    with pytest.raises(ConversationUnknown) as missing:
        client.thread(found.id, MESSENGER)
    assert "no longer finds this conversation" in remedy(missing.value, client.page, MESSENGER)
    with pytest.raises(RequestRefused) as refused:
        client.conversations(MESSENGER)
    assert type(refused.value) is RequestRefused


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (
            {"message": "Invalid parameter", "error_user_msg": "The Page is gone."},
            "Invalid parameter: The Page is gone.",
        ),
        ({"message": "(#200) Denied.", "error_user_msg": "Ask its owner."}, "(#200) Denied: Ask its owner."),
        ({"message": "The Page is gone.", "error_user_msg": "The Page is gone."}, "The Page is gone."),
        ({"message": "", "error_user_msg": "The Page is gone."}, "The Page is gone."),
        ({"message": "The Page is gone.", "error_user_msg": ""}, "The Page is gone."),
        ({}, ""),
    ],
)
def test_what_meta_says_to_people_is_kept_as_well(rig, canned, error, words):
    canned.status, canned.body = 400, json.dumps({"error": {"code": 31337, **error}}).encode()
    with pytest.raises(RequestRefused) as failed:
        rig.client(url=canned.url).conversations(MESSENGER)
    assert failed.value.words == words


def test_every_exception_has_been_met():
    """Besides: what `test_client` and `test_narrowing` meet, one conversation's or person's, the settings' and ours."""
    met = {kind for kind, _ in EXPECTED.values()} | {
        Redirected,
        ListBlocked,
        ListEmptied,
        Unreachable,
        ConversationUnknown,
        PersonUnknown,
        PersonUnreadable,
        SecretMissing,
        NotAskedYet,
        MetaSlow,
        StillAsking,
        GraphError,
    }
    kinds = {kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, GraphError)}
    assert kinds == met


@pytest.mark.parametrize("name", ["mime_type", "name"])
def test_a_field_within_an_optional_field_can_go(rig, sim, name):
    text = f"(#100) Tried accessing nonexisting field ({name}) on node type (MessageAttachment)"
    sim.fail("attachments", None, name="field", message=text)
    assert rig.client().conversations(MESSENGER, limit=5).conversations
