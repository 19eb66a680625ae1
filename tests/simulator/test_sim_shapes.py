"""The bodies have the shapes of recorded replies, on both platforms."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from simulator.server import Simulator
from simulator.thread import Attachment
from simulator.world import World

pytestmark = pytest.mark.servers

ALL = (
    "id,link,updated_time,message_count,unread_count,snippet,can_reply,is_subscribed,scoped_thread_key,"
    "participants,senders,former_participants,folder"
)


@pytest.fixture
def world(clock):
    return World.demo(clock)


@pytest.fixture
def bo(world):
    return world.of_person("acme", "messenger", "Bo Lindqvist")


@pytest.fixture
def ann(world):
    return world.of_person("acme", "instagram", "ann.example")


def shown(at):
    return datetime.fromtimestamp(int(at), UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")


def test_a_conversation_on_messenger(client, bo):
    row = client.conversations(fields=ALL)["data"][0]
    them = {"name": "Bo Lindqvist", "email": f"{bo.person.id}@facebook.com", "id": bo.person.id}
    assert re.fullmatch(r"/200300400/inbox/\d+/\?section=messages", row.pop("link"))
    assert row == {
        "id": bo.id,
        "updated_time": shown(bo.updated),
        "message_count": 3,
        "unread_count": 1,
        "snippet": "Any news?",
        "can_reply": True,
        "is_subscribed": True,
        "scoped_thread_key": bo.id,
        "participants": {"data": [them, {"name": "Acme", "email": "200300400@facebook.com", "id": "200300400"}]},
        "senders": {"data": [them]},
        "former_participants": {"data": []},
        "folder": "inbox",
    }
    assert re.fullmatch(r"t_\d+", bo.id)


def test_a_link_is_built_of_neither_the_thread_nor_the_person(client, bo):
    number = client.body(bo.id, fields="link")["link"].split("/")[3]
    assert number not in bo.id and number not in bo.person.id


def test_a_conversation_on_instagram(client, ann):
    row = client.conversations(platform="instagram", folder="spam", fields=ALL)["data"][0]
    assert row == {
        "id": ann.id,
        "updated_time": shown(ann.updated),
        "participants": {
            "data": [
                {"username": "acme_shop", "id": "17841400000000001"},
                {"username": "ann.example", "id": ann.person.id},
            ]
        },
    }
    assert ann.id.startswith("aWdfZAG06MTpJR01lc3NhZA2VUaHJlYWQ6") and re.fullmatch(r"[A-Za-z0-9_-]+", ann.id)


def test_instagram_may_know_messengers_fields_or_refuse_them(client, simulator, ann):
    simulator.rules.instagram_fields = "present"
    row = client.conversations(platform="instagram", folder="spam", fields=ALL)["data"][0]
    assert (row["unread_count"], row["message_count"], row["snippet"]) == (2, 6, "hello, is this still available?")
    simulator.rules.instagram_fields = "error"
    for name in ("unread_count", "link", "snippet"):
        error = client.error("200300400/conversations", platform="instagram", fields=f"id,{name},participants")
        text = f"(#100) Tried accessing nonexisting field ({name}) on node type (UnifiedThread)"
        assert (error["code"], error["message"], error["type"]) == (100, text, "OAuthException")
        assert client.error(ann.id, fields=name)["code"] == 100
    assert client.conversations(fields=ALL)["data"]


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        ({}, {"id", "link", "updated_time"}),
        ({"platform": "instagram"}, {"id", "updated_time"}),
        ({"fields": "updated_time"}, {"id", "updated_time"}),
        ({"fields": "is_owner,wallpaper"}, {"id"}),
    ],
)
def test_what_is_shown_by_default(client, query, keys):
    assert set(client.conversations(**query)["data"][0]) == keys


def test_who_shares_no_name_has_none(client, world):
    rows = client.conversations(fields="participants")["data"]
    nameless = next(t for t in world.conversations("acme", "messenger", "inbox") if not t.person.name)
    people = next(row for row in rows if row["id"] == nameless.id)["participants"]["data"]
    assert people[0] == {"email": f"{nameless.person.id}@facebook.com", "id": nameless.person.id}
    rows = client.conversations(platform="instagram", folder="spam", fields="participants")["data"]
    assert [row["participants"]["data"][1].get("username") for row in rows].count(None) == 1


@pytest.mark.parametrize("field", ["subject", "nonsense", "unread"])
def test_a_field_that_does_not_exist_is_named(client, bo, field):
    for path in ("200300400/conversations", bo.id):
        error = client.error(path, fields=f"id,{field}")
        assert error["message"] == f"(#100) Tried accessing nonexisting field ({field}) on node type (UnifiedThread)"
    assert "node type (UnifiedMessage)" in client.error(bo.id, fields=f"messages{{{field}}}")["message"]
    assert "node type (Page)" in client.error("me", fields=field)["message"]
    assert "node type (User)" in client.error(bo.id, fields=f"participants{{{field}}}")["message"]


def test_braces_choose_what_is_shown_of_people(client):
    row = client.conversations(fields="participants{name}", limit=1)["data"][0]
    assert [set(person) for person in row["participants"]["data"]] == [{"name", "id"}] * 2


def test_messages_nested_in_a_list(client, world, simulator):
    fields = "messages.limit(1){created_time,from}"
    body = client.conversations(platform="instagram", folder="spam", fields=fields)
    for row, thread in zip(body["data"], world.conversations("acme", "instagram", "spam"), strict=True):
        (message,) = row["messages"]["data"]
        assert set(message) == {"created_time", "from", "id"}
        assert message["created_time"] == shown(thread.updated)
        assert message["from"]["id"] == (thread.person.id if thread.waiting else "17841400000000001")
        assert ("next" in row["messages"]["paging"]) == (len(thread.messages) > 1)
    following = client.session.get(body["data"][0]["messages"]["paging"]["next"]).json()
    ann = world.of_person("acme", "instagram", "ann.example")
    assert following["data"][0]["created_time"] == shown(ann.messages[-2].at)
    assert set(following["data"][0]) == {"created_time", "from", "id"}


def test_messages_without_a_word_about_fields(client, bo):
    body = client.body(bo.id, fields="messages")
    assert body["id"] == bo.id
    assert [set(m) for m in body["messages"]["data"]] == [{"id", "created_time"}] * 3
    assert [m["id"] for m in client.body(f"{bo.id}/messages")["data"]] == [m["id"] for m in body["messages"]["data"]]
    for source in ("ALL", "PARTICIPANTS"):
        assert client.body(f"{bo.id}/messages", source=source)["data"]
    assert client.error(f"{bo.id}/messages", source="NOBODY")["code"] == 100


@pytest.mark.parametrize("platform", ["messenger", "instagram"])
def test_a_message(client, world, platform, bo, ann):
    thread = {"messenger": bo, "instagram": ann}[platform]
    fields = "id,created_time,from,to,message,tags,attachments,sticker,reply_to,is_unsupported,shares"
    rows = client.body(f"{thread.id}/messages", fields=fields)["data"]
    assert [row["message"] for row in rows] == [m.text for m in reversed(thread.messages)]
    theirs = next(row for row in rows if row["from"]["id"] == thread.person.id)
    business = "200300400" if platform == "messenger" else "17841400000000001"
    assert set(theirs) == {"id", "created_time", "from", "to", "message", "tags"}
    assert theirs["to"]["data"][0]["id"] == business
    assert {tuple(tag) for tag in theirs["tags"]["data"]} == {("name",)}
    ours = next(row for row in rows if row["from"]["id"] == business)
    assert ours["to"]["data"][0]["id"] == thread.person.id
    assert client.body(theirs["id"], fields=fields) == theirs
    assert set(client.body(theirs["id"])) == {"id", "created_time"}
    assert theirs["id"].startswith("m_") == (platform == "messenger")


def test_photos_stickers_and_rarer_things(client, world):
    photo = Attachment("photo.jpg")
    thread = world.write("acme", "Zed", attachments=[photo])
    assert client.body(thread.id, fields="snippet")["snippet"] == "Zed sent a photo."
    (row,) = client.body(f"{thread.id}/messages", fields="message,attachments")["data"]
    assert row["message"] == ""
    (file,) = row["attachments"]["data"]
    assert (file["mime_type"], file["name"], set(file["image_data"]) >= {"url", "width"}) == (
        "image/jpeg",
        "photo.jpg",
        True,
    )
    following = row["attachments"]["paging"]["next"]
    assert world.pages["acme"].token in following
    assert client.session.get(following).json() == {"data": []}
    assert client.body(f"{row['id']}/attachments")["data"] == [file]

    for name, mime_type, key in (("a.mp4", "video/mp4", "video_data"), ("a.pdf", "application/pdf", "file_url")):
        world.write("acme", thread, attachments=[Attachment(name, mime_type)])
        newest = client.body(f"{thread.id}/messages", fields="attachments", limit=1)["data"][0]
        assert key in newest["attachments"]["data"][0]
    assert client.body(thread.id, fields="snippet")["snippet"] == "Zed sent an attachment."
    world.write("acme", thread, sticker="https://scontent.example/s.png")
    assert client.body(thread.id, fields="snippet")["snippet"] == "Zed sent a sticker."
    world.write(
        "acme", thread, "look", more={"shares": {"data": [{"link": "https://x.example"}]}, "is_unsupported": "true"}
    )
    newest = client.body(f"{thread.id}/messages", fields="sticker,shares,is_unsupported,thread_id", limit=2)["data"]
    assert newest[0]["shares"] == {"data": [{"link": "https://x.example"}]} and newest[0]["is_unsupported"] == "true"
    assert newest[1]["sticker"] == "https://scontent.example/s.png" and newest[1]["thread_id"] == thread.id


def test_details_of_the_twenty_newest_messages_only(client, world):
    thread = world.write("acme", "Chatty", "1")
    for n in range(2, 24):
        world.write("acme", thread, str(n))
    rows = client.body(f"{thread.id}/messages", fields="message,created_time", limit=100)["data"]
    assert [row.get("message") for row in rows] == [*map(str, range(23, 3, -1)), None, None, None]
    assert client.body(rows[19]["id"], fields="message")["message"] == "4"
    error = client.error(rows[20]["id"], fields="message")
    assert (error["code"], error["message"]) == (
        9000001,
        "This Message has been deleted by the user or the business.",
    )


def test_one_persons_conversation(client, bo, ann):
    assert client.conversations(user_id=bo.person.id)["data"] == [{"id": bo.id}]
    assert client.conversations(user_id=bo.person.id, folder="spam") == {"data": []}
    assert client.conversations(user_id=ann.person.id) == {"data": []}
    found = client.conversations(user_id=ann.person.id, platform="instagram", fields="updated_time")["data"]
    assert found == [{"id": ann.id, "updated_time": shown(ann.updated)}]
    error = client.error("200300400/conversations", user_id="bo")
    assert (error["code"], error["error_subcode"]) == (100, 2018001)
    error = client.error("200300400/conversations", user_id="@ann", platform="instagram")
    assert (error["code"], error["error_subcode"]) == (100, 2534014)


def test_the_page_and_its_instagram_account(client, world):
    asked = "name,username,link,instagram_business_account{id,username}"
    assert client.body("200300400", fields=asked) == {
        "name": "Acme",
        "username": "acme.example",
        "link": "https://www.facebook.com/acme.example",
        "instagram_business_account": {"id": "17841400000000001", "username": "acme_shop"},
        "id": "200300400",
    }
    assert client.body("me") == client.body("200300400") == {"name": "Acme", "id": "200300400"}
    assert client.body("17841400000000001", fields="username")["username"] == "acme_shop"
    world.pages["acme"].instagram = None
    assert client.body("me", fields="instagram_business_account") == {"id": "200300400"}


def test_me_has_the_pages_conversations(client):
    assert client.body("me/conversations") == client.conversations()
    assert client.body("200300400/threads") == client.conversations()


def test_conversations_as_fields_of_the_page_with_aliases(client):
    asked = "conversations.platform(instagram).folder(spam).limit(3).as(ig_spam){updated_time},conversations.limit(2)"
    body = client.body("me", fields=asked)
    listed = client.conversations(platform="instagram", folder="spam", limit=3, fields="updated_time")
    assert body["ig_spam"]["data"] == listed["data"]
    assert body["conversations"]["data"] == client.conversations(limit=2)["data"]
    assert client.session.get(body["ig_spam"]["paging"]["next"]).json()["data"][0]["id"] != listed["data"][0]["id"]


def test_several_nodes_at_once(client, bo, ann):
    body = client.body("", ids=f"{bo.id},{ann.id}", fields="updated_time")
    assert set(body) == {bo.id, ann.id} and "data" not in body
    assert client.error("", ids=f"{bo.id},t_1")["error_subcode"] == 33
    assert client.error("")["code"] == 100


def test_instagrams_own_node_has_no_conversations_for_a_page_token(client):
    error = client.error("17841400000000001/conversations")
    assert (error["code"], error["message"]) == (
        3,
        "(#3) Application does not have the capability to make this API call.",
    )


def test_what_is_not_there(client, bo):
    for path in ("t_1", "123456", "m_nonsense", "aWdnonsense"):
        error = client.error(path)
        assert (error["code"], error["error_subcode"], error["type"]) == (100, 33, "GraphMethodException"), path
        assert f"'{path}'" in error["message"]
    assert client.error("some.alias")["code"] == 803
    for path in (f"{bo.id}/nothing", "me/nothing", "17841400000000001/nothing"):
        assert client.error(path)["code"] == 100
    assert client.error("200300400/conversations", platform="whatsapp")["code"] == 100
    assert client.conversations(folder="attic") == {"data": []}


def test_what_instagram_does_with_a_folder(client, simulator, world):
    def ids(**query):
        return [row["id"] for row in client.conversations(platform="instagram", **query)["data"]]

    spam = [t.id for t in world.conversations("acme", "instagram", "spam")]
    inbox = [t.id for t in world.conversations("acme", "instagram", "inbox")]
    assert (ids(folder="spam"), ids()) == (spam, inbox)
    simulator.rules.instagram_folder = "ignore"
    assert (ids(folder="spam"), ids()) == (inbox, inbox)
    simulator.rules.instagram_folder = "empty"
    assert (ids(folder="spam"), ids()) == ([], inbox)
    simulator.rules.instagram_folder = "error"
    assert client.error("me/conversations", platform="instagram", folder="spam")["code"] == 100
    assert ids() == inbox
    assert client.conversations(folder="spam")["data"]


def test_json_as_the_graph_writes_it(client):
    reply = client.get("me/conversations", fields="participants")
    assert reply.content.isascii() and b"\\u05e9" in reply.content
    assert reply.headers["Content-Type"] == "application/json; charset=UTF-8"
    assert b"\n" in client.get("me", pretty="1").content and b"\n" not in client.get("me").content
    assert client.body("me", debug="all")["__debug__"] == {"messages": []}


def test_reading_is_all_there_is(client, simulator):
    for method in ("POST", "DELETE"):
        headers = {"Authorization": "Bearer demo-page-token"}
        url = f"{simulator.url}/v26.0/me"
        reply = client.session.request(method, url, headers=headers, data={"message": "x" * 300_000})
        assert reply.status_code == 400 and method.lower() in reply.json()["error"]["message"]


def test_a_page_without_instagram_has_an_empty_list_and_no_error(clock, connect):
    world = World(clock)
    world.pages["acme"].instagram = None
    with Simulator(world) as simulator:
        assert connect(simulator).conversations(platform="instagram") == {"data": []}


def test_lists_show_only_the_newest_where_a_rule_says_so(client, simulator, world):
    there = [thread.id for thread in world.conversations("acme", "messenger", "inbox")]
    for shown in (3, 0, None):
        simulator.rules.shown = shown
        assert [row["id"] for row in client.conversations(limit=100)["data"]] == there[:shown]


def test_every_reply_has_the_date_of_the_world(client, simulator, clock):
    simulator.fail("me", 1, code=190)
    for _ in range(2):
        assert client.get("me").headers["Date"] == "Mon, 23 Nov 2026 12:00:00 GMT"
    clock.now += 60
    assert client.get("me").headers["Date"] == "Mon, 23 Nov 2026 12:01:00 GMT"
    simulator.rules.date = False
    assert "Date" not in client.get("me").headers
