"""Every kind of message, people who are gone and replies that nobody wrote, as the Graph shows them."""

from __future__ import annotations

import pytest

from simulator.folders import PLATFORMS
from simulator.kinds import KINDS
from simulator.world import INSTANT, World

MESSAGE = "from,to,message,tags,sticker,attachments,shares,story,reactions,is_unsupported,is_deleted"


@pytest.fixture
def world(clock):
    return World(clock)


def latest(client, thread, fields=MESSAGE):
    return client.body(f"{thread.id}/messages", fields=fields, limit=1)["data"][0]


@pytest.mark.parametrize("platform", PLATFORMS)
def test_every_kind_is_served_without_words_and_differs_from_the_others(client, world, platform):
    seen = []
    for kind in KINDS:
        row = latest(client, world.write("acme", "zed", platform=platform, kind=kind))
        assert row["message"] == ""
        seen.append({name: row[name] for name in row if name not in ("id", "from", "to", "message", "tags")})
    assert all(seen.count(shown) == 1 for shown in seen)
    typed = [file for shown in seen for file in shown.get("attachments", {}).get("data", ()) if "mime_type" in file]
    assert len(typed) == (10 if platform == "messenger" else 1), "Instagram mostly gives no type"


def test_an_unknown_kind_is_refused(world):
    with pytest.raises(KeyError, match="no kind of message is called 'smoke'; there are photo, photos, "):
        world.write("acme", "zed", kind="smoke")


def test_of_what_is_carried_only_what_is_asked_for_is_shown(client, world):
    thread = world.write("acme", "Zed", kind="photo")
    (file,) = latest(client, thread, "attachments{name}")["attachments"]["data"]
    assert file == {"id": "1", "name": "image-1"}
    thread = world.write("acme", "Zed", kind="product")
    (share,) = latest(client, thread, "shares{link,template}")["shares"]["data"]
    assert share.keys() == {"id", "template"}
    refused = client.error(f"{thread.id}/messages", fields="attachments{colour}")
    assert (refused["code"], "(colour) on node type (MessageAttachment)" in refused["message"]) == (100, True)


DELETED = {
    "from": ([], {"name": "Facebook User"}, ["Acme"], ["Facebook User"]),
    "senders": ([], {}, ["Zed"], []),
    "nowhere": ([""], None, ["Acme"], []),
}


@pytest.mark.parametrize("where", DELETED)
def test_a_person_who_is_gone_is_found_where_the_rule_says(client, simulator, world, where):
    simulator.rules.deleted_people = where
    thread = world.write("acme", "Zed", "hello?")
    world.delete_person(thread)
    others, sender, senders, receivers = DELETED[where]
    row = client.body(thread.id, fields="participants,senders")
    names = [person.get("name") for person in row["participants"]["data"]]
    assert [name for name in names if name != "Acme"] == others and ("Acme" in names) is (where != "senders")
    assert [person["name"] for person in row["senders"]["data"]] == senders
    theirs = latest(client, thread)
    if sender is None:
        assert "from" not in theirs
    else:
        assert theirs["from"]["id"] == thread.person.id and theirs["from"].get("name") == sender.get("name")
    world.answer(thread, "yes?")
    assert [person["name"] for person in latest(client, thread)["to"]["data"]] == receivers


def test_somebody_of_the_page_answers_as_themselves(client, world):
    thread = world.write("acme", "Zed", "hello?")
    world.answer(thread, "Sam here", staff="Sam Staff")
    row = latest(client, thread)
    assert (row["from"]["name"], row["to"]["data"][0]["id"]) == ("Sam Staff", thread.person.id)
    assert row["from"]["id"] not in (thread.person.id, world.pages["acme"].id)
    assert {"name": "sent"} in row["tags"]["data"]


def test_an_instant_reply_follows_each_first_message(client, simulator, world, clock):
    world.instant_reply("acme", "Thanks, NAME!")
    thread = world.write("acme", "Zed", "hello?")
    row = latest(client, thread)
    assert row["message"] == "Thanks, Zed!" and row["from"]["id"] == world.pages["acme"].id
    assert (thread.unread, thread.updated) == (1, clock.now + INSTANT)
    tag = {"name": "pages_comm_instant_reply"}
    assert tag not in row["tags"]["data"]
    simulator.rules.instant_reply_tag = True
    assert tag in latest(client, thread)["tags"]["data"]
    assert len(world.write("acme", thread, "anybody?").messages) == 3
    world.instant_reply("acme", "")
    assert len(world.write("acme", "Yan", "hello?").messages) == 1
