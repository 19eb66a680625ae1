"""What Meta may send instead of what it says it sends."""

from __future__ import annotations

import copy
import json
from contextlib import suppress
from datetime import UTC
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import settings as runs
from hypothesis import strategies as st

from pageinbox.graph.automatic import AutomaticReplies
from pageinbox.graph.decoding import decode_identity, decode_list, decode_thread
from pageinbox.graph.http import Reply
from pageinbox.graph.people import own_ids
from pageinbox.graph.reading import read_conversations, read_thread
from pageinbox.graph.values import FieldError, seconds
from pageinbox.graph.wire import WireConversation
from pageinbox.model.conversation import Conversation, Message
from pageinbox.model.errors import GraphError, Unavailable
from pageinbox.model.source import Identity, Platform
from pageinbox.words.english import exact

PAGE = "200300400"
AT = 1_795_435_200
MISSING = object()

GOOD: dict[str, Any] = {
    "id": "t_110022003300",
    "updated_time": "2026-11-23T12:00:00+0000",
    "link": "/200300400/inbox/777888999/?section=messages",
    "snippet": "hello",
    "unread_count": 1,
    "message_count": 94,
    "participants": {
        "data": [
            {"name": "Ann Example", "email": "555001@facebook.com", "id": "555001"},
            {"name": "Demo Page", "email": "200300400@facebook.com", "id": PAGE},
        ]
    },
    "messages": {
        "data": [
            {
                "id": "m_1",
                "created_time": "2026-11-23T12:00:00+0000",
                "from": {"name": "Ann Example", "id": "555001"},
                "message": "hello",
                "attachments": {"data": [{"mime_type": "image/jpeg", "name": "a.jpg"}]},
                "shares": {"data": [{"id": "1"}]},
                "sticker": "https://scontent.example/1.png",
            }
        ],
        "paging": {"cursors": {"after": "A"}, "next": "https://graph.example/next?access_token=T"},
    },
}
AS_READ = Conversation(
    "t_110022003300", AT, Platform.MESSENGER, "Ann Example", "hello [sticker]", 1, 94, True,
    "/200300400/inbox/777888999/?section=messages", wrote=AT, waits=AT, at_least=True, person_id="555001",
)  # fmt: skip


def changed(**fields: object) -> dict[str, Any]:
    """The good item with some of its fields changed, or left out where they are MISSING."""
    return {key: value for key, value in {**copy.deepcopy(GOOD), **fields}.items() if value is not MISSING}


def body_of(*items: object, **more: object) -> bytes:
    return json.dumps({"data": items, **more}).encode()


def read_messages(thread: dict[str, Any]) -> list[Message]:
    item, messages = decode_thread(json.dumps(thread).encode())
    return read_thread(item, messages.items, Platform.MESSENGER, (PAGE,), AutomaticReplies(()))[1]


def read(*items: object, platform: Platform = Platform.MESSENGER, own: tuple[str, ...] = (PAGE,)):
    listed = decode_list(body_of(*items), WireConversation)
    good, bad = read_conversations(listed.items, platform, own, AutomaticReplies(()))
    return good, listed.unreadable + bad


def one(**fields: object) -> Conversation:
    good, bad = read(changed(**fields))
    assert bad == []
    return good[0]


def test_a_good_one():
    assert one() == AS_READ
    assert one().link == "https://www.facebook.com/200300400/inbox/777888999/?section=messages"


def test_unknown_fields_are_passed_over():
    assert one(from_the_future={"nested": [1, None, "x"]}, subject=3, can_reply=True, is_owner=None) == AS_READ


@pytest.mark.parametrize("empty", [MISSING, None])
def test_everything_but_the_id_and_the_time_may_be_missing(empty):
    item = {key: value if key in ("id", "updated_time") else empty for key, value in GOOD.items()}
    assert read({key: value for key, value in item.items() if value is not MISSING}) == (
        [Conversation("t_110022003300", AT, Platform.MESSENGER)],
        [],
    )


@pytest.mark.parametrize(
    ("fields", "read_as"),
    [
        ({"unread_count": "3"}, {"unread": 3}),
        ({"unread_count": 3.0}, {"unread": 3}),
        ({"unread_count": True}, {"unread": 1}),
        ({"unread_count": -3}, {"unread": 0}),
        ({"message_count": "many"}, {"message_count": None}),
        ({"message_count": 1e300}, {"message_count": None}),
        ({"message_count": 1_000_000}, {"message_count": 1_000_000}),
        ({"unread_count": 10**30}, {"unread": None}),
        ({"unread_count": "many"}, {"unread": None}),
        ({"snippet": ["x"], "messages": []}, {"snippet": None, "waiting": None}),
        ({"link": 5}, {"link": None}),
        ({"link": {}}, {"link": None, "name": "Ann Example"}),
        ({"participants": []}, {"name": "Ann Example", "waiting": True}),
        ({"participants": {"data": [{"id": PAGE}, {"id": "5", "name": 7}]}}, {"name": "7"}),
        ({"participants": {"data": [{"id": PAGE}, {"id": "5", "name": []}]}}, {"name": "Ann Example"}),
        ({"participants": {"data": [{"id": []}, {"id": PAGE}, "x"]}}, {"unread": 1}),
        ({"messages": {"data": "none"}}, {"waiting": None, "snippet": "hello"}),
        (
            {"messages": {"data": [{"from": {"id": 555001, "username": 7}, "sticker": 3, "shares": []}]}},
            {"waiting": True},
        ),
        ({"messages": {"data": [{"from": {"id": 5, "username": 7}}]}}, {"waiting": False}),
        ({"messages": {"data": [{"message": "hi", "attachments": [], "shares": []}]}}, {"snippet": "hi"}),
        ({"messages": {"data": [{"attachments": {"data": [{"mime_type": 1, "name": 9}]}}]}}, {"snippet": "[file 9]"}),
        ({"id": 110022003300}, {"id": "110022003300"}),
        ({"snippet": 42, "messages": None}, {"snippet": "42"}),
        ({"snippet": "", "messages": None}, {"snippet": ""}),
        ({"participants": {"data": [None, {"id": 200300400}, {"id": 555}]}}, {"name": "Ann Example"}),
        ({"participants": {"data": []}}, {"name": "Ann Example", "waiting": True}),
        ({"participants": {}}, {"name": "Ann Example", "waiting": True}),
        ({"messages": {"data": [None]}}, {"waiting": None, "snippet": "hello"}),
        ({"messages": {"data": [{"from": {"id": 200300400}}]}}, {"waiting": False}),
        ({"messages": {"data": [{"from": {"id": 555001}}]}}, {"waiting": True}),
        ({"messages": {"data": [{"message": 12.5, "from": None}]}}, {"waiting": None, "snippet": "12.5"}),
        ({"messages": {"data": [{"message": "", "sticker": "x"}]}}, {"snippet": "[sticker]"}),
        ({"messages": {"data": [{"attachments": {"data": [{}, None]}}]}}, {"snippet": "[file]"}),
        ({"link": "javascript:alert(1)"}, {"link": None}),
    ],
)
def test_what_is_odd_is_understood(fields, read_as):
    conversation = one(**fields)
    assert {name: getattr(conversation, name) for name in read_as} == read_as


@pytest.mark.parametrize(
    "time",
    [
        "2026-11-23T12:00:00+0000",
        "2026-11-23T12:00:00+00:00",
        "2026-11-23T12:00:00Z",
        "2026-11-23T12:00:00.000Z",
        "2026-11-23T13:00:00+0100",
        "2026-11-23T12:00:00",
        AT,
        AT * 1000,
        float(AT),
        str(AT),
        str(AT * 1000),
    ],
)
def test_every_form_of_a_time(time):
    assert one(updated_time=time).updated == AT


@pytest.mark.parametrize(
    "time",
    [
        *("", "soon", "2026-13-01T00:00:00+0000", "NaN", "inf", 0, -5, 1e30, "-1", "9999-12-31T00:00:00Z"),
        *(1, "1970-01-01T00:00:01+0000", AT // 1000, AT * 100),
    ],
)
def test_a_time_that_is_none_is_named_and_not_guessed(time):
    good, bad = read(changed(updated_time=time, messages=MISSING))
    assert good == []
    assert [(one.id, one.fault) for one in bad] == [("t_110022003300", "updated_time is not a time")]


@pytest.mark.parametrize("time", [MISSING, None, "soon", {"at": 1}, 0])
def test_who_has_written_is_not_lost_for_want_of_a_time_of_the_conversation(time):
    said = [{"id": f"m_{at}", "created_time": AT - at, "from": {"id": "555001"}, "message": "hi"} for at in (600, 60)]
    found = one(updated_time=time, messages={"data": [{"id": "m_0", "created_time": "soon"}, *said]})
    assert found.updated == AT - 60


@pytest.mark.parametrize(
    ("wrong", "name", "fault"),
    [
        (changed(id="t_bad", messages=None, updated_time={"at": 1}), "t_bad", "updated_time"),
        (changed(id="t_bad", messages=None, updated_time="soon"), "t_bad", "updated_time"),
        (changed(id="t_bad", messages=None, updated_time=MISSING), "t_bad", "updated_time"),
        (changed(id="t_bad", messages=None, updated_time=None), "t_bad", "updated_time"),
        (changed(id=MISSING), "number 13", "id"),
        (changed(id=""), "number 13", "id"),
        (changed(id={}), "number 13", "id"),
        ("row", "number 13", "object"),
        (None, "number 13", "object"),
        ([], "number 13", "object"),
        (17, "number 13", "object"),
    ],
)
def test_one_bad_conversation_does_not_lose_the_other_24(wrong, name, fault):
    items: list[object] = [changed(id=f"t_{number}") for number in range(24)]
    items.insert(12, wrong)
    good, bad = read(*items)
    assert [conversation.id for conversation in good] == [f"t_{number}" for number in range(24)]
    assert [found.id for found in bad] == [name]
    assert fault in bad[0].fault


def test_the_fault_does_not_quote_what_was_written():
    hostile = {"<!channel>": ["<b>hostile</b>"]}
    odd = [changed(updated_time=time, messages=MISSING) for time in (hostile, "<!channel>")]
    good, bad = read(*odd, ["<b>hostile</b>"])
    assert (len(good), len(bad)) == (0, 3)
    assert not any(word in found.fault for found in bad for word in ("channel", "hostile", "<b>"))


def test_a_reply_over_http_whose_rows_have_no_time(rig, sim):
    whole = rig.client().conversations(Platform.MESSENGER, limit=6)
    sim.fail("conversations", None, kind="timeless")
    part = rig.client().conversations(Platform.MESSENGER, limit=6)
    assert [found.id for found in part.conversations] == [found.id for found in whole.conversations]


def test_the_row_of_a_reply_over_http_that_is_wrong_in_six_ways(rig, sim):
    sim.fail("conversations", None, kind="wrong_types")
    part = rig.client().conversations(Platform.MESSENGER, limit=6)
    assert len(part.conversations) == 4
    assert [found.fault for found in part.unreadable] == ["updated_time is missing", "id is missing"]


def test_a_missing_unread_count_is_none_where_the_platform_tells_it():
    told, silent = changed(id="t_1"), changed(id="t_2", unread_count=MISSING)
    assert [found.unread for found in read(told, silent)[0]] == [1, 0]
    assert [found.unread for found in read(silent, platform=Platform.INSTAGRAM)[0]] == [None]
    assert [found.unread for found in read(told, silent, platform=Platform.INSTAGRAM)[0]] == [1, 0]


def test_the_account_is_found_where_its_id_is_not_known():
    def talk(number: int, sender: str) -> dict[str, object]:
        people = [{"username": "acme_shop", "id": "1784"}, {"username": f"ann.{number}", "id": f"16{number}"}]
        messages = {"data": [{"from": {"id": sender}, "message": "x"}]}
        return changed(id=f"aWd{number}", participants={"data": people}, messages=messages)

    good, _ = read(talk(1, "161"), talk(2, "1784"), platform=Platform.INSTAGRAM)
    assert [(one.name, one.waiting) for one in good] == [("ann.1", True), ("ann.2", False)]


@pytest.mark.parametrize(
    ("body", "listed"),
    [
        (b'{"data":[]}', (False, None)),
        (b'{"data":[],"paging":null}', (False, None)),
        (b'{"data":[],"paging":{}}', (False, None)),
        (b'{"data":[],"paging":{"cursors":null,"next":null}}', (False, None)),
        (b'{"data":[],"paging":{"cursors":{"after":"A"}}}', (False, "A")),
        (b'{"data":[],"paging":{"cursors":{"after":"A"},"next":"x"}}', (True, "A")),
        (b'{"data":[],"paging":{"next":"x"},"summary":{"total":3}}', (True, None)),
        (b'{"data":[],"paging":[]}', (False, None)),
        (b'{"data":[],"paging":5}', (False, None)),
        (b'{"data":[],"paging":{"cursors":[],"next":"x"}}', (True, None)),
        (b'{"data":[],"paging":{"cursors":{"after":5},"next":"x"}}', (True, "5")),
        (b'{"data":[],"paging":{"cursors":{"after":""},"next":"x"}}', (True, None)),
        (b'{"data":[],"paging":{"cursors":{"after":"A"},"next":[]}}', (False, "A")),
        (b'{"data":[],"paging":{"cursors":{"after":"A"},"next":""}}', (False, "A")),
        (b'{"data":[],"paging":{"cursors":{"before":"\\ud83d","after":"A"},"next":"x\\ud83d"}}', (True, "A")),
    ],
)
def test_the_forms_of_paging(body, listed):
    found = decode_list(body, WireConversation)
    assert (found.items, found.more, found.after) == ([], *listed)


@pytest.mark.parametrize("paging", ["[]", "5", '{"cursors":[],"next":{}}', '{"cursors":{"after":{}}}', "null"])
def test_odd_paging_costs_no_conversation(paging):
    body = f'{{"data":[{TEXT},{TEXT}],"paging":{paging}}}'.encode()
    listed = decode_list(body, WireConversation)
    assert ([one.id for one in listed.items], listed.more, listed.after) == (["t_1", "t_1"], False, None)


@pytest.mark.parametrize(
    "body",
    [b"", b"null", b"[]", b"{}", b'"x"', b'{"data":null}', b'{"data":{}}', b'{"data":3}', b'{"data":[', b"\xff", b"<h"],
)
def test_what_is_no_list_is_no_empty_list(body):
    with pytest.raises(Unavailable):
        decode_list(body, WireConversation)


def test_a_thread_and_its_messages():
    item, messages = decode_thread(json.dumps(GOOD).encode())
    assert item.id == GOOD["id"] and messages.more
    assert read_messages(GOOD) == [Message("m_1", AT, False, "Ann Example", "hello [sticker]")]


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ({"message": "hi"}, "hi"),
        ({"message": "", "attachments": {"data": [{"mime_type": "image/png", "name": "x.png"}]}}, "[photo]"),
        ({"message": "look", "attachments": {"data": [{"mime_type": "video/mp4"}]}}, "look [video]"),
        ({"attachments": {"data": [{"mime_type": "audio/mp4"}]}}, "[voice message]"),
        ({"attachments": {"data": [{"mime_type": "application/pdf", "name": "bill.pdf"}]}}, "[file bill.pdf]"),
        ({"attachments": {"data": [{"mime_type": "image/png"}, {"mime_type": "image/png"}]}}, "[2 photos]"),
        ({"shares": {"data": [{"id": "1"}]}}, "[shared post]"),
        ({"message": "look", "shares": {"data": [{"id": "1"}]}}, "look"),
        ({"sticker": "https://x", "message": ""}, "[sticker]"),
        ({}, "[something Meta does not show to apps]"),
    ],
)
def test_what_a_message_says(message, text):
    assert [read.text for read in read_messages(changed(messages={"data": [message]}))] == [text]


def test_a_message_without_a_time_keeps_its_words():
    messages = {"data": [{"id": "m_2", "message": "hi", "created_time": "soon"}]}
    assert read_messages(changed(messages=messages)) == [Message("m_2", None, None, None, "hi")]


@pytest.mark.parametrize(
    ("body", "identity"),
    [
        (b'{"id":"1"}', Identity(None, None, None)),
        (b'{"id":"1","name":"Acme","instagram_business_account":null}', Identity("Acme", None, None)),
        (b'{"instagram_business_account":{"id":17841}}', Identity(None, "17841", None)),
        (b'{"instagram_business_account":{"id":"1","username":"a"}}', Identity(None, "1", "a")),
        (b'{"instagram_business_account":{"id":"1","username":7},"name":[]}', Identity(None, "1", "7")),
        (b'{"instagram_business_account":[],"name":5}', Identity("5", None, None)),
        (b'{"name":"Acme \\ud83d"}', Identity("Acme \ufffd", None, None)),
    ],
)
def test_who_a_page_is(body, identity):
    assert decode_identity(body) == identity


TEXT = '{"id":"t_1","updated_time":1790000000}'


def read_text(*items: str) -> tuple[list[str], list[str]]:
    """The ids of the conversations that were read and of those that were not; for what json.dumps does not write."""
    listed = decode_list(f'{{"data":[{",".join(items)}]}}'.encode(), WireConversation)
    good, bad = read_conversations(listed.items, Platform.MESSENGER, (PAGE,), AutomaticReplies(()))
    return [one.id for one in good], [one.id for one in listed.unreadable + bad]


def test_a_time_of_400_digits_loses_one_conversation_only():
    assert read_text(TEXT, f'{{"id":"t_2","updated_time":1{"0" * 400}}}') == (["t_1"], ["t_2"])


def test_half_an_emoji_loses_one_conversation_at_most():
    good, bad = read_text(
        TEXT, '{"id":"t_2","updated_time":1790000000,"snippet":"cut \\ud83d"}', TEXT.replace("t_1", "t_3")
    )
    assert good in (["t_1", "t_2", "t_3"], ["t_1", "t_3"])
    assert set(good) | set(bad) == {"t_1", "t_2", "t_3"}


@pytest.mark.parametrize("milliseconds", [1_712_121_212_123, 1_701_011_200_000, 1_712_312_359_000])
def test_milliseconds_as_text_are_no_date_of_the_eighteenth_century(milliseconds):
    assert seconds(str(milliseconds), "updated_time") == milliseconds / 1000


def test_a_time_that_is_taken_can_be_said():
    good, bad = read_text(TEXT, '{"id":"t_2","updated_time":"9999-12-31T23:59:59-2359"}')
    assert (good, bad) == (["t_1"], ["t_2"]) or exact(seconds("9999-12-31T23:59:59-2359", "x"), AT, UTC)


def test_one_bad_message_does_not_lose_the_thread():
    messages = {"data": ["m_1", {"id": "m_2", "message": "hi", "sticker": []}, {"id": "m_3", "message": {}}]}
    body = json.dumps({"id": "t_1", "updated_time": 1790000000, "messages": messages}).encode()
    item, listed = decode_thread(body)
    assert item.id == "t_1"
    assert [(one.id, one.message) for one in listed.items] == [("m_2", "hi"), ("m_3", None)]
    assert [one.id for one in listed.unreadable] == ["number 1"]


@pytest.mark.parametrize("fields", [{"messages": []}, {"messages": None}, {"participants": [], "link": 5}])
def test_empty_things_do_not_lose_the_thread(fields):
    item, _ = decode_thread(json.dumps(changed(**fields)).encode())
    assert (item.id, item.snippet) == (GOOD["id"], "hello")


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b'"x"', b"{", b"<h", b"\xff"])
def test_what_is_no_object_is_no_thread_and_no_page(body):
    with pytest.raises(Unavailable):
        decode_thread(body)
    with pytest.raises(Unavailable):
        decode_identity(body)


def test_half_an_emoji_beside_the_word_error_is_no_error():
    body = b'{"data":[{"id":"t_1","updated_time":1790000000,"snippet":"\\ud83d","name":"error"}]}'
    Reply(200, {}, body).raise_error(0)
    assert [item.snippet for item in decode_list(body, WireConversation).items] == ["\ufffd"]


def talk_of(*ids: str, sender: str = "161") -> dict[str, object]:
    people = {"data": [{"id": one, "username": f"u{one}"} for one in ids]}
    return changed(participants=people, messages={"data": [{"from": {"id": sender}}]})


@pytest.mark.parametrize(
    ("talks", "names"),
    [
        ([("1784", "161"), ("1784", "162"), ("1784", "163")], ["u161", "u162", "u163"]),
        ([("1784", "161"), ("1784", "161")], [None, None]),
        ([("1784", "161"), ("1784", "162"), ("5", "163"), ("6", "164"), ("7", "165")], [None] * 5),
        ([("1784", "161"), ("1784", "162"), ()], ["u161", "u162", None]),
        ([("1784", "1784", "161"), ("162", "163")], [None, None]),
    ],
)
def test_the_account_is_who_takes_part_in_every_conversation_and_alone_does(talks, names):
    good, _ = read(*(talk_of(*ids) for ids in talks), platform=Platform.INSTAGRAM)
    assert [one.name for one in good] == names
    items = decode_list(body_of(*(talk_of(*ids) for ids in talks)), WireConversation).items
    assert own_ids(items, (PAGE,)) == ({PAGE, "1784"} if any(names) else {PAGE})


def test_who_cannot_be_told_from_the_page_is_not_said_to_wait():
    good, _ = read(talk_of("1784", "161", sender="161"), talk_of("1784", "161"), platform=Platform.INSTAGRAM)
    assert [(one.name, one.waiting) for one in good] == [(None, None)] * 2


def test_a_lone_instagram_conversation_is_not_guessed_at():
    """Who the Page itself is was not told, and with one conversation it can't be counted either."""
    people = {"data": [{"id": "1602", "username": "ann"}, {"id": "1784", "username": "acme_shop"}]}
    messages = {"data": [{"from": {"id": "1602"}, "message": "hi"}]}
    item = {"id": "aWd1", "updated_time": 1790000000, "participants": people, "messages": messages}
    listed = decode_list(json.dumps({"data": [item]}).encode(), WireConversation)
    (one,), _ = read_conversations(listed.items, Platform.INSTAGRAM, ("200300400",), AutomaticReplies(()))
    assert (one.name, one.waiting) in ((None, None), ("ann", True), ("ann", None))


# Anything at all

values = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(2**70), 2**70),
        st.floats(allow_nan=False, allow_infinity=False),
        st.text(max_size=12),
        st.sampled_from(["", "0", "t_1", "2026-11-23T12:00:00+0000", "9999-12-31T23:59:59+0000", "<!channel>", "/x"]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(["id", "data", "name", "from", "error", "code", "next", "x"]), inner, max_size=3
        ),
    ),
    max_leaves=6,
)


def places(value: object, path: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
    found = [path]
    if isinstance(value, dict):
        for key in value:
            found += places(value[key], (*path, key))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            found += places(item, (*path, number))
    return found


def put(value: Any, path: tuple[Any, ...], new: object) -> Any:
    if not path:
        return new
    made = copy.copy(value)
    made[path[0]] = put(value[path[0]], path[1:], new)
    return made


PAGING = {"cursors": {"before": "B", "after": "A"}, "next": "https://graph.example/?access_token=T"}
LIST = {"data": [GOOD, changed(id="t_2")], "paging": PAGING}
IDENTITY = {"id": PAGE, "name": "Acme", "instagram_business_account": {"id": "17841", "username": "acme_shop"}}
ERROR = {
    "error": {"message": "x", "type": "OAuthException", "code": 100, "error_subcode": 33, "error_user_msg": "y",
              "is_transient": False, "fbtrace_id": "A"}
}  # fmt: skip


@runs(deadline=None, max_examples=60)
@given(st.sampled_from(places(LIST)), values, st.sampled_from(Platform))
def test_any_value_in_any_place_of_a_list(path, value, platform):
    body = json.dumps(put(LIST, path, value)).encode()
    try:
        Reply(200, {}, body).raise_error(0)
        listed = decode_list(body, WireConversation)
        good, bad = read_conversations(listed.items, platform, (PAGE,), AutomaticReplies(()))
    except GraphError:
        return
    assert all(isinstance(found, Conversation) and isinstance(found.id, str) and found.id for found in good)
    if path[:1] == ("data",) and len(path) > 1:
        assert len(good) + len(bad) + len(listed.unreadable) == 2
        assert len(good) >= 1, "the other one stays"


@runs(deadline=None, max_examples=60)
@given(st.sampled_from(places(GOOD)), values)
def test_any_value_in_any_place_of_a_thread(path, value):
    body = json.dumps(put(GOOD, path, value)).encode()
    try:
        item, messages = decode_thread(body)
        _, read = read_thread(item, messages.items, Platform.MESSENGER, (PAGE,), AutomaticReplies(()))
    except (GraphError, FieldError):
        return
    assert all(isinstance(message, Message) for message in read)


@runs(deadline=None, max_examples=60)
@given(st.sampled_from(places(IDENTITY)), values)
def test_any_value_in_any_place_of_a_page(path, value):
    with suppress(GraphError):
        assert isinstance(decode_identity(json.dumps(put(IDENTITY, path, value)).encode()), Identity)


@runs(deadline=None, max_examples=60)
@given(st.sampled_from(places(ERROR)), values, st.sampled_from([200, 400, 500]))
@example(("error",), None, 200)
@example((), {"data": None, "error": False}, 200)
def test_any_value_in_any_place_of_an_error(path, value, status):
    body = put(ERROR, path, value)
    reply = Reply(status, {}, json.dumps(body).encode())
    try:
        reply.raise_error(0)
    except GraphError as error:
        assert str(error)
    else:
        # What begins like a list is looked through for an error only when it is decoded.
        assert status == 200
        assert not isinstance(body, dict) or body.get("error") is None or next(iter(body)) == "data"


@runs(deadline=None, max_examples=60)
@given(st.binary(max_size=40), st.sampled_from([200, 404, 500]))
def test_any_bytes_at_all(body, status):
    with pytest.raises(GraphError):
        Reply(status, {}, body).raise_error(0)
        decode_list(body, WireConversation)
    with pytest.raises((GraphError, FieldError)):
        Reply(status, {}, body).raise_error(0)
        item, messages = decode_thread(body)
        read_thread(item, messages.items, Platform.MESSENGER, (PAGE,), AutomaticReplies(()))
