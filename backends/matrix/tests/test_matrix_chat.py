"""What a person in a room sees of the bot: a real Errbot on a real Synapse."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from backends.matrix.tests.conftest import Bot
from tests.matrix_human import Event, Human, bodies, is_message


def answer(human: Human, bot: Bot, room: str, text: str, thread: str = "") -> Event:
    """The event with which the bot answers."""
    (event,) = human.answers(room, human.say(room, text, thread=thread), bot.user_id, what=text, say=bot.say)
    return event


def test_an_answer_is_a_notice_that_mentions_nobody(bot: Bot, ann: Human, room: str) -> None:
    content = answer(ann, bot, room, "!say hello @room")["content"]
    assert content == {"msgtype": "m.notice", "body": "hello @room", "m.mentions": {}}


def test_markdown_is_html_that_matrix_allows(bot: Bot, ann: Human, room: str) -> None:
    content = answer(ann, bot, room, "!markdown **bold**⏎<img src=x> ![cat](https://e.org/cat.png)")["content"]
    assert content["body"] == "bold\n<img src=x> cat (https://e.org/cat.png)"
    assert content["format"] == "org.matrix.custom.html"
    assert content["formatted_body"] == (
        '<strong>bold</strong><br>&lt;img src=x&gt; <a href="https://e.org/cat.png">cat</a>'
    )


def test_a_direct_chat_is_what_the_account_data_says(bot: Bot, ann: Human, room: str, chat: str) -> None:
    assert ann.ask(chat, "!where", bot.user_id, bot.say).startswith(f"direct from {ann.user_id} (")
    assert ann.ask(room, "!where", bot.user_id, bot.say).startswith(f"group from {ann.user_id} (")


def test_a_direct_chat_that_a_third_joins_is_none(bot: Bot, ann: Human, person: Callable[[str], Human]) -> None:
    chat = ann.create_room(bot.user_id, direct=True)
    assert ann.ask(chat, "!where", bot.user_id, bot.say).startswith("direct")
    third = person("third")
    ann.invite(chat, third.user_id)
    assert ann.ask(chat, "!where", bot.user_id, bot.say).startswith("group")


def test_admin_commands_that_look_at_rooms(bot: Bot, ann: Human, room: str, chat: str) -> None:
    powers = ann.state(room, "m.room.power_levels")
    ann.set_state(room, "m.room.power_levels", powers | {"events": powers["events"] | {"m.room.topic": 0}})
    told = ann.ask(chat, f"!rooms of mine {room}", bot.user_id, bot.say)
    people = sorted([ann.user_id, bot.user_id])
    assert told == f"True True a new topic {people} True"
    assert ann.state(room, "m.room.topic")["topic"] == "a new topic"
    assert "direct message" in ann.ask(room, f"!rooms of mine {room}", bot.user_id, bot.say)
    assert room in ann.ask(chat, "!room list", bot.user_id, bot.say)


def test_nobody_else_is_an_admin(bot: Bot, room: str, person: Callable[[str], Human]) -> None:
    human = person("nobody")
    chat = human.create_room(bot.user_id, direct=True)
    assert "admin" in human.ask(chat, f"!rooms of mine {room}", bot.user_id, bot.say)


def test_an_answer_goes_into_the_thread_of_the_command(bot: Bot, ann: Human, room: str) -> None:
    root = ann.say(room, "let us talk")
    for command in ("!say in here", "relay this"):
        asked = ann.say(room, command, thread=root)
        (said,) = ann.answers(room, asked, bot.user_id, say=bot.say)
        assert said["content"]["m.relates_to"] == {
            "rel_type": "m.thread",
            "event_id": root,
            "is_falling_back": True,
            "m.in_reply_to": {"event_id": asked},
        }
    assert "m.relates_to" not in answer(ann, bot, room, "!say out there")["content"]


def test_edits_and_notices_are_no_commands(bot: Bot, ann: Human, room: str) -> None:
    command = ann.say(room, "!say once")
    ann.answers(room, command, bot.user_id, say=bot.say)
    ann.edit(room, command, "!say twice")
    ann.say(room, "!say by a bot", notice=True)
    ann.ask(room, "!say the end", bot.user_id, bot.say)
    assert bodies(ann.answers(room, command, bot.user_id, 2)) == ["once", "the end"]


def test_a_reply_to_a_message_is_a_command_all_the_same(bot: Bot, ann: Human, room: str) -> None:
    to = ann.say(room, "hm")
    content = {
        "msgtype": "m.text",
        "body": f"> <{ann.user_id}> hm\n\n!say a reply",
        "m.relates_to": {"m.in_reply_to": {"event_id": to}},
    }
    (event,) = ann.answers(room, ann.send(room, content), bot.user_id, say=bot.say)
    assert event["content"]["body"] == "a reply"


def test_a_slow_command_delays_nobody(bot: Bot, ann: Human, room: str) -> None:
    started = ann.say(room, "!wait")
    ann.answers(room, started, bot.user_id, say=bot.say)
    assert ann.ask(room, "!say meanwhile", bot.user_id, bot.say) == "meanwhile"
    ann.say(room, "!go")
    assert sorted(bodies(ann.answers(room, started, bot.user_id, 4, say=bot.say))) == [
        "go",
        "gone",
        "meanwhile",
        "waiting",
    ]


def test_a_long_answer_arrives_whole(bot: Bot, ann: Human, room: str) -> None:
    asked = ann.say(room, "!whole 1500")
    ann.wait(room, lambda event: "line 1499 " in event["content"].get("body", ""), asked, "the end", bot.say)
    events = [event for event in ann.heard(room) if is_message(event, bot.user_id)]
    text = "\n".join(body for body in bodies(events) if "a long answer" in body)
    assert text == "\n".join(f"line {number} of a long answer, with some markup in it" for number in range(1500))
    sizes = [len(json.dumps(event, ensure_ascii=False).encode()) for event in events]
    assert max(sizes) < 65_536
    assert sum(sizes) > 65_536


def test_a_mention_is_told_and_an_answer_by_name_mentions(bot: Bot, ann: Human, room: str) -> None:
    mention = {"msgtype": "m.text", "body": "hey bot", "m.mentions": {"user_ids": [bot.user_id]}}
    (told,) = ann.answers(room, ann.send(room, mention), bot.user_id, say=bot.say)
    assert told["content"]["body"] == f"mentioned {bot.user_id}"
    content = answer(ann, bot, room, "!ping")["content"]
    assert content["m.mentions"] == {"user_ids": [ann.user_id]}
    assert content["body"].endswith(": pong")


def test_a_command_may_begin_with_a_mention(bot: Bot, ann: Human, room: str) -> None:
    name = bot.user_id[1:].partition(":")[0]
    pill = f'<a href="https://matrix.to/#/{bot.user_id}">{name}</a>: say a pill'
    html = {"format": "org.matrix.custom.html", "formatted_body": pill}
    for more in ({"m.mentions": {"user_ids": [bot.user_id]}}, html):
        asked = ann.send(room, {"msgtype": "m.text", "body": f"{name.upper()}: say a pill", **more})
        ann.wait(room, lambda event: event["content"].get("body") == "a pill", asked, "the answer", bot.say)


def test_reactions(bot: Bot, ann: Human, room: str) -> None:
    said = ann.say(room, "look")
    reaction = ann.react(room, said, "🎉")
    (told,) = ann.answers(room, reaction, bot.user_id, say=bot.say)
    assert told["content"]["body"] == f"added 🎉 by {ann.user_id}"
    (told,) = ann.answers(room, ann.redact(room, reaction), bot.user_id, say=bot.say)
    assert told["content"]["body"] == f"removed 🎉 by {ann.user_id}"
    command = ann.say(room, "!react")
    ann.answers(room, command, bot.user_id, say=bot.say)
    event = ann.wait(room, lambda event: event["type"] == "m.reaction" and event["sender"] == bot.user_id, command)
    assert event["content"]["m.relates_to"] == {"rel_type": "m.annotation", "event_id": command, "key": "👍"}
    command = ann.say(room, "!react and take back")
    ann.answers(room, command, bot.user_id, say=bot.say)
    path = f"/v1/rooms/{room}/relations/{command}/m.annotation"
    assert ann.call("GET", path)["chunk"] == []


def test_a_reaction_in_a_direct_chat(bot: Bot, ann: Human, chat: str) -> None:
    reaction = ann.react(chat, ann.say(chat, "look"), "🎉")
    (told,) = ann.answers(chat, reaction, bot.user_id, say=bot.say)
    assert told["content"]["body"] == f"added 🎉 by {ann.user_id}, alone with me"


def test_a_reaction_that_somebody_else_removes_is_not_taken_back(
    bot: Bot, ann: Human, person: Callable[[str], Human]
) -> None:
    friend = person("friend")
    room = ann.create_room(bot.user_id, friend.user_id)
    friend.join(room)
    ann.wait_for_member(room, bot.user_id, say=bot.say)
    reaction = friend.react(room, ann.say(room, "look"), "🎉")
    ann.answers(room, reaction, bot.user_id, say=bot.say)
    redacted = ann.redact(room, reaction)
    ann.say(room, "!say after")
    (told,) = ann.answers(room, redacted, bot.user_id, say=bot.say)
    assert told["content"]["body"] == "after"


def test_an_edit_of_our_own(bot: Bot, ann: Human, room: str) -> None:
    command = ann.say(room, "!change to this")
    first, _ = ann.answers(room, command, bot.user_id, 2, say=bot.say)
    edit = ann.wait(room, lambda event: "m.new_content" in event["content"], command)
    assert edit["content"]["m.relates_to"] == {"rel_type": "m.replace", "event_id": first["event_id"]}
    assert edit["content"]["m.new_content"]["body"] == "to this"


def test_a_file(bot: Bot, ann: Human, room: str) -> None:
    file, _ = ann.answers(room, ann.say(room, "!file 1000"), bot.user_id, 2, say=bot.say)
    content = file["content"]
    assert (content["msgtype"], content["body"], content["info"]["size"]) == ("m.file", "x.txt", 1000)
    server, _, media = content["url"].removeprefix("mxc://").partition("/")
    assert ann.download(server, media) == b"x" * 1000
    assert "larger" in ann.ask(room, "!file 6000000", bot.user_id, bot.say)


def test_a_card(bot: Bot, ann: Human, room: str) -> None:
    content = answer(ann, bot, room, "!card")["content"]
    assert content["body"].splitlines()[0] == "A title (https://example.org/)"
    assert "<img" not in content["formatted_body"]
    assert "name: value\nother: thing" in content["body"]


def test_presence(bot: Bot, ann: Human, room: str) -> None:
    ann.ask(room, "!presence on holiday", bot.user_id, bot.say)
    shown = ann.call("GET", f"/v3/presence/{bot.user_id}/status")
    assert shown["status_msg"] == "on holiday"


def test_a_topic_that_changes_is_told(bot: Bot, ann: Human, room: str) -> None:
    after = ann.say(room, "a topic, please")
    ann.set_state(room, "m.room.topic", {"topic": "weather"})
    (told,) = ann.answers(room, after, bot.user_id, say=bot.say)
    assert told["content"]["body"] == "the topic is weather"


def test_a_person_without_a_direct_chat_gets_one(
    bot: Bot, ann: Human, room: str, person: Callable[[str], Human]
) -> None:
    friend = person("friend")
    assert ann.ask(room, f"!send to {friend.user_id} hello", bot.user_id, bot.say) == "sent"
    chat = friend.wait_for_invitation(bot.user_id)
    assert ann.ask(room, f"!send to {friend.user_id} again", bot.user_id, bot.say) == "sent"
    friend.join(chat)
    friend.wait_for_member(chat, friend.user_id)
    assert bodies([event for event in friend.messages(chat)]) == ["hello", "again"]
    assert friend.ask(chat, "!where", bot.user_id, bot.say).startswith("direct")
    assert [event for event in friend.invitations] == []


def test_a_direct_chat_that_was_left_is_not_written_into(
    bot: Bot, ann: Human, room: str, person: Callable[[str], Human]
) -> None:
    friend = person("friend")
    first = friend.create_room(bot.user_id, direct=True)
    friend.wait_for_member(first, bot.user_id, say=bot.say)
    friend.call("POST", f"/v3/rooms/{first}/leave", {})
    friend.wait_for_member(first, friend.user_id, "leave")
    assert ann.ask(room, "!say the bot has seen that", bot.user_id, bot.say)
    assert ann.ask(room, f"!send to {friend.user_id} come back", bot.user_id, bot.say) == "sent"
    assert friend.wait_for_invitation(bot.user_id) == first
    friend.join(first)
    friend.call("POST", f"/v3/rooms/{first}/kick", {"user_id": bot.user_id})
    friend.wait_for_member(first, bot.user_id, "leave")
    assert ann.ask(room, "!say the bot has seen that", bot.user_id, bot.say)
    assert ann.ask(room, f"!send to {friend.user_id} somewhere else", bot.user_id, bot.say) == "sent"
    assert friend.wait_for_invitation(bot.user_id) != first


@pytest.mark.parametrize(
    ("whom", "told"),
    [
        ("#nowhere", "NotThere: There is no room #nowhere."),
        ("!nowhere:chat.localhost", "NotJoined: I am not in !nowhere:chat.localhost."),
        ("@ghost", "UserDoesNotExistError: There is no @ghost:chat.localhost."),
        ("nobody", "ValueError: 'nobody' is neither a person (@name:server) nor a room (#alias:server, !id:server)."),
    ],
)
def test_a_send_that_fails_raises(bot: Bot, ann: Human, room: str, whom: str, told: str) -> None:
    assert ann.ask(room, f"!send to {whom} hello", bot.user_id, bot.say) == told


def test_rooms_by_alias(bot: Bot, ann: Human, room: str) -> None:
    other = ann.create_room(alias="other")
    ann.set_state(other, "m.room.join_rules", {"join_rule": "public"})
    assert ann.ask(room, "!join room #other", bot.user_id, bot.say) == "joined"
    ann.wait_for_member(other, bot.user_id, say=bot.say)
    assert ann.ask(room, "!send to #other:chat.localhost hello", bot.user_id, bot.say) == "sent"
    ann.wait(other, lambda event: event["content"].get("body") == "hello")
    assert ann.ask(room, "!join room #missing", bot.user_id, bot.say).startswith("NotThere: ")


def test_what_was_said_before_the_invitation_is_not_for_the_bot(bot: Bot, ann: Human) -> None:
    early = ann.create_room()
    begun = ann.say(early, "!say too early")
    ann.invite(early, bot.user_id)
    ann.say(early, "!say in time")
    ann.wait_for_member(early, bot.user_id, say=bot.say)
    assert ann.ask(early, "!say the end", bot.user_id, bot.say) in ("in time", "the end")
    ann.wait(early, lambda event: event["content"].get("body") == "the end", say=bot.say)
    assert sorted(bodies(ann.answers(early, begun, bot.user_id, 2, say=bot.say))) == ["in time", "the end"]


def test_the_uninvited_are_refused_with_a_sentence(bot: Bot, person: Callable[[str], Human]) -> None:
    stranger = person("uninvited")
    room = stranger.create_room(bot.user_id)
    event = stranger.wait_for_member(room, bot.user_id, "leave", bot.say)
    assert "my configuration names" in event["content"]["reason"]


def test_an_event_of_ones_own_is_there_once_under_its_key(bot: Bot, ann: Human, room: str) -> None:
    asked = ann.say(room, f"!event {room} one-key only once")
    event, receipt = ann.answers(room, asked, bot.user_id, 2, say=bot.say)
    assert receipt["content"]["body"] == event["event_id"]
    assert ann.ask(room, f"!event {room} one-key only once", bot.user_id, bot.say) == event["event_id"]
    sent = [event for event in ann.messages(room) if event["content"]["body"] == "only once"]
    assert [event["content"]["org.errbot.key"] for event in sent] == ["one-key"]
    assert ann.ask(room, f"!find {room} one-key 0", bot.user_id, bot.say) == event["event_id"]
    assert ann.ask(room, f"!find {room} other-key 0", bot.user_id, bot.say) == "None"
    later = event["origin_server_ts"] / 1000 + 3600
    assert ann.ask(room, f"!find {room} one-key {later}", bot.user_id, bot.say) == "None"


def test_other_kinds_of_events_do_no_harm(bot: Bot, ann: Human, room: str) -> None:
    odd: list[dict[str, Any]] = [
        {"msgtype": "m.text", "body": "x", "m.relates_to": {"rel_type": "m.thread"}},
        {"msgtype": "m.text", "body": "x", "m.relates_to": {"m.in_reply_to": 3}},
        {"msgtype": "m.image", "body": "x"},
        {"msgtype": "m.emote", "body": "!say no"},
    ]
    for content in odd:
        ann.send(room, content)
    ann.send(room, {"m.relates_to": {}}, "m.reaction")
    ann.send(room, {"body": "x"}, "org.example.unknown")
    assert ann.ask(room, "!say still here", bot.user_id, bot.say) == "still here"
