"""Saying posts in Slack: slack_sdk's own client and slackv3's own objects, over HTTP, to a Slack that misbehaves."""

from __future__ import annotations

import json
import logging
import socket
import threading
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from pageinbox.chat.slack import content as slack
from pageinbox.chat.slack.channels import KEPT, Channels
from pageinbox.chat.slack.parts import PARTS
from pageinbox.chat.slack.refusal import MEANINGS
from pageinbox.chat.slack.send import SlackChat
from pageinbox.model.chat import ChatDoubt, ChatError, Doubt, Uneditable
from pageinbox.model.post import Foreign, Link, Post
from tests.slack_web import BEGAN, CUT, DONE_AND_CUT, TOKEN, Bot, Clock, Reply, Slack, heard, refusal

POST = Post(("New in Acme: ", Foreign("Ann <!channel>")), ((Link("https://www.facebook.com/1"),),))
LONG = Post(("Many",), (), tuple(((str(number),), (Foreign("hello " * 20, most=120),)) for number in range(1, 151)))


@pytest.fixture
def world() -> Iterator[Slack]:
    running = Slack()
    yield running
    running.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def bot(world: Slack) -> Bot:
    return Bot(world)


@pytest.fixture
def chat(bot: Bot, clock: Clock) -> SlackChat:
    return SlackChat(bot, "!", clock=clock, sleep=clock.sleep)


def refused(chat: SlackChat, kind: type[ChatError] = ChatError, room: str = "<#C01>", post: Post = POST) -> ChatError:
    """What saying something there raises, which carries nothing of slack_sdk's along."""
    with pytest.raises(ChatError) as raised:
        chat.send(room, post, "k1")
    error = raised.value
    assert isinstance(error, ChatDoubt) == (kind is ChatDoubt)
    seen: BaseException | None = error
    while seen is not None:
        assert isinstance(seen, ChatError) and TOKEN not in repr(seen) and "127.0.0.1" not in str(seen)
        seen = seen.__cause__ or seen.__context__
    return error


def test_an_announcement_on_the_wire(chat: SlackChat, world: Slack) -> None:
    receipt = chat.send("<#C01>", POST, "k1")
    assert world.calls == [
        (
            "chat.postMessage",
            {
                "channel": "C01",
                **slack.message(POST),
                "metadata": {"event_type": "err_inbox_announcement", "event_payload": {"key": "k1"}},
                "unfurl_links": False,
                "unfurl_media": False,
                "link_names": False,
                "parse": "none",
                "mrkdwn": False,
            },
        )
    ]
    assert receipt == world.posted[0]["ts"]
    assert world.tokens == {f"Bearer {TOKEN}"}


def test_an_announcement_that_is_too_long_is_one_message(chat: SlackChat, world: Slack) -> None:
    chat.send("<#C01>", LONG, "k1")
    [posted] = world.posted
    assert posted["blocks"] == slack.message(LONG)["blocks"] and "…" in json.dumps(posted, ensure_ascii=False)


@pytest.mark.parametrize("room", ["<#C01>", "<#C01|support>", "C01"])
def test_a_channel_that_is_named_by_its_id_is_not_looked_up(chat: SlackChat, world: Slack, room: str) -> None:
    chat.send(room, POST, "k1")
    assert [name for name, _ in world.calls] == ["chat.postMessage"] and world.posted[0]["channel"] == "C01"


def test_a_channel_of_the_settings_is_found_by_its_name(chat: SlackChat, world: Slack) -> None:
    chat.send("#support", POST, "k1")
    assert world.posted[0]["channel"] == "C01"
    assert "nobody" in str(refused(chat, room="#nobody"))


def test_many_channels_of_the_settings_are_found_by_one_look(bot: Bot, chat: SlackChat, world: Slack) -> None:
    world.channels = [{"id": f"C{number:04}", "name": f"shop{number}"} for number in range(1000)]
    chat.connected()
    chat.connected()
    for number in (0, 999, 500, 17):
        assert bot.build_identifier(f"#shop{number}").id == f"C{number:04}"
    for _ in range(2):
        assert "nobody" in str(refused(chat, room="#nobody"))
    assert world.count("conversations.list") == len(world.channels) / world.page


@pytest.mark.parametrize("there", [True, False])
def test_a_private_channel_that_was_shared_while_the_bot_was_down_is_followed(
    chat: SlackChat, world: Slack, there: bool
) -> None:
    """Its `G…` has become `C…`, and the event that tells so went nowhere (bolt-js#802, Netflix/dispatch#560)."""
    world.answer("chat.postMessage", refusal("channel_not_found"))
    world.answer("conversations.info", *[] if there else [refusal("channel_not_found")])
    with pytest.raises(ChatError):
        chat.send("<#G0AAA>", POST, "k1")
    assert chat.moved() == ({"<#G0AAA>": "<#C0AAA>"} if there else {})
    world.answer("chat.postMessage", refusal("channel_not_found"))
    with pytest.raises(ChatError):
        chat.send("<#C0BBB>", POST, "k1")
    assert world.count("conversations.info") == 1


def test_a_name_that_another_channel_got_means_that_one(world: Slack, bot: Bot, clock: Clock) -> None:
    find = Channels(bot.slack_web, clock)
    assert find("#support") == "C01"
    world.channels = [{"id": "C02", "name": "support"}]
    clock.sleep(KEPT)
    assert find("support") == "C02"


def test_a_list_of_channels_that_never_ends_is_left_at_some_point(clock: Clock) -> None:
    asked: list[str | None] = []

    def conversations_list(*, cursor: str | None, **_: object) -> dict[str, Any]:
        asked.append(cursor)
        return {"channels": [{"id": "C01", "name": "support"}], "response_metadata": {"next_cursor": "again"}}

    find = Channels(SimpleNamespace(conversations_list=conversations_list), clock)
    for name in ("nowhere", "#elsewhere"):
        with pytest.raises(LookupError, match=f"no channel {name}"):
            find(name)
    assert find("support") == "C01" and len(asked) == PARTS


def test_a_person_is_written_to_in_direct_messages_opened_once(chat: SlackChat, world: Slack) -> None:
    for room in ("<@U0007>", "U0007", "<@U0007>", "<@W0008>"):
        chat.send(room, POST, "k1")
    assert [one["channel"] for one in world.posted] == ["D0007", "D0007", "D0007", "W0008"]
    assert world.count("conversations.open") == 2
    world.answer("conversations.open", refusal("missing_scope", needed="im:write"), Reply({"ok": True}))
    assert "the scope im:write;" in str(refused(chat, room="<@U09>"))
    assert "can't read" in str(refused(chat, room="<@U09>"))


@pytest.mark.parametrize("fault", [CUT, DONE_AND_CUT])
def test_a_message_is_tried_once_where_the_bots_own_client_tries_twice(
    chat: SlackChat, bot: Bot, world: Slack, fault: Reply
) -> None:
    world.answer("chat.postMessage", fault)
    refused(chat, ChatDoubt)
    assert world.count("chat.postMessage") == 1
    world.answer("chat.postMessage", fault)
    bot.slack_web.chat_postMessage(channel="C01", text="x")
    assert world.count("chat.postMessage") == 3


@pytest.mark.parametrize(
    "reply",
    [
        CUT,
        DONE_AND_CUT,
        Reply({"ok": False, "error": "internal_error"}, 500),
        Reply("<html>", 502),
        Reply("", 503),
        refusal("fatal_error"),
        refusal("service_unavailable"),
        Reply("<html>"),
        Reply(""),
        Reply("[]"),
        Reply('"text"'),
        Reply({"ok": False}),
        Reply({"ok": False, "error": f"A sentence with {TOKEN}"}),
        Reply({"ok": True}),
        Reply({"ok": True, "ts": "soon"}),
        Reply({"ok": True}, headers={"Content-Type": "application/gzip"}),
    ],
    ids=repr,
)
def test_what_may_have_arrived_is_a_doubt(chat: SlackChat, world: Slack, reply: Reply) -> None:
    world.answer("chat.postMessage", reply)
    assert len(str(refused(chat, ChatDoubt))) < 80


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (refusal("not_in_channel"), "invite me with /invite"),
        (refusal("channel_not_found"), "can't see that channel"),
        (refusal("is_archived"), "unarchive it"),
        (refusal("channel_is_archived"), "unarchive it"),
        (refusal("token_revoked"), "get a new one"),
        (refusal("invalid_auth"), "get a new one"),
        (refusal("account_inactive"), "get a new one"),
        (refusal("token_expired"), "get a new one"),
        (refusal("missing_scope", needed="chat:write", provided="x"), "the scope chat:write; add it"),
        (refusal("missing_scope", needed="<!channel>"), "lacks a scope; add it"),
        (refusal("restricted_action"), "ask a workspace owner"),
        (refusal("restricted_action_something_new"), "ask a workspace owner"),
        (refusal("restricted_action_read_only_channel"), "allow my app in its permissions"),
        (refusal("no_permission"), "invite me with /invite"),
        (refusal("not_allowed_token_type"), "xoxb-"),
        (refusal("team_added_to_org"), "passes by itself"),
        (refusal("something_new"), "(something_new)"),
        (Reply("<html>", 403), "HTTP 403"),
        (Reply("", 407), "HTTP 407"),
    ],
    ids=repr,
)
def test_what_did_not_arrive_is_an_error_in_one_sentence(
    chat: SlackChat, world: Slack, reply: Reply, said: str
) -> None:
    world.answer("chat.postMessage", reply)
    sentence = str(refused(chat))
    assert said in sentence and len(sentence) <= 80 and "\n" not in sentence
    assert world.posted == []


def test_every_sentence_fits_into_the_outbox() -> None:
    assert all(len(sentence) <= 80 and sentence[0].isupper() for sentence in MEANINGS.values())


@pytest.mark.servers
def test_a_slack_that_is_not_there_is_an_error(world: Slack, clock: Clock) -> None:
    bot = Bot(world)
    chat = SlackChat(bot, "!", clock=clock, sleep=clock.sleep)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    bot.slack_web.base_url = f"http://127.0.0.1:{port}/api/"
    assert str(refused(chat)) == "Slack can't be reached (ConnectionRefusedError)"
    bot.slack_web = None
    assert "not connected" in str(refused(chat))


def limited(seconds: int, status: int = 429) -> Reply:
    return Reply({"ok": False, "error": "ratelimited"}, status, {"Retry-After": str(seconds)})


@pytest.mark.parametrize(
    ("reply", "pause"),
    [
        (limited(7), 7),
        (limited(0), 1),
        (limited(9, status=200), 9),
        (Reply("<html>", 429, {"retry-after": "7"}), 7),
        (refusal("rate_limited"), 5),
        (Reply("", 429, {"Retry-After": "soon"}), 5),
    ],
    ids=repr,
)
def test_an_announcement_is_put_off_for_as_long_as_slack_asks(
    chat: SlackChat, world: Slack, clock: Clock, reply: Reply, pause: float
) -> None:
    world.answer("chat.postMessage", reply)
    assert refused(chat).retry_after == pause
    assert clock.naps == [] and world.count("chat.postMessage") == 1


def test_meanwhile_that_channel_is_left_alone_and_others_are_not(chat: SlackChat, world: Slack, clock: Clock) -> None:
    world.answer("chat.postMessage", limited(20))
    refused(chat)
    clock.now += 5
    assert refused(chat).retry_after == pytest.approx(15)
    assert world.count("chat.postMessage") == 1
    chat.send("<#C02>", POST, "k2")
    clock.now += 15
    chat.send("<#C01>", POST, "k1")
    assert [one["channel"] for one in world.posted] == ["C02", "C01"] and clock.naps == []


def test_one_message_a_second_in_a_channel(chat: SlackChat, world: Slack, clock: Clock) -> None:
    for number in range(3):
        chat.send("<#C01>", POST, f"k{number}")
    chat.send("<#C02>", POST, "k3")
    assert clock.naps == [1.0, 1.0] and len(world.posted) == 4
    clock.now += 0.25
    chat.send("<#C01>", POST, "k4")
    assert clock.naps == [1.0, 1.0, 0.75]


@pytest.mark.parametrize("code", ["invalid_blocks", "msg_blocks_too_long", "msg_too_long"])
def test_blocks_that_slack_does_not_take_are_sent_as_text(
    chat: SlackChat, world: Slack, clock: Clock, code: str
) -> None:
    world.answer("chat.postMessage", refusal(code))
    chat.send("<#C01>", POST, "k1", under="1795435100.000000")
    [posted] = world.posted
    assert "blocks" not in posted and posted["text"] == slack.whole(slack.message(POST))
    assert posted["metadata"]["event_payload"] == {"key": "k1"} and posted["thread_ts"] == "1795435100.000000"
    assert (posted["mrkdwn"], posted["parse"], posted["link_names"]) == (False, "none", False)
    assert clock.naps == [1.0]
    world.answer("chat.postMessage", refusal(code), refusal("msg_too_long"))
    assert "too long" in str(refused(chat)) and len(world.posted) == 1


def test_what_is_said_in_a_thread_that_is_gone_is_said_in_the_channel(chat: SlackChat, world: Slack) -> None:
    chat.send("<#C01>", POST, "k1", under="1795435100.000000")
    world.answer("chat.postMessage", refusal("thread_not_found"))
    receipt = chat.send("<#C01>", POST, "k2", under="1795435100.000000")
    assert [one.get("thread_ts") for one in world.posted] == ["1795435100.000000", None]
    world.answer("conversations.replies", refusal("thread_not_found"))
    assert chat.settle("<#C01>", "k2", BEGAN, under="1795435100.000000") == receipt


def test_a_thread_that_is_locked_loses_no_message(chat: SlackChat, world: Slack) -> None:
    world.answer("chat.postMessage", refusal("restricted_action_thread_locked"))
    chat.send("<#C01>", POST, "k1", under="1795435100.000000")
    assert [one.get("thread_ts") for one in world.posted] == [None]


def test_an_edit_on_the_wire(chat: SlackChat, world: Slack) -> None:
    receipt = chat.send("<@U0007>", POST, "k1")
    chat.edit("<@U0007>", Post(("answered 3 min ago",)), receipt)
    assert world.calls[-1] == (
        "chat.update",
        {
            "channel": "D0007",
            "ts": receipt,
            **slack.message(Post(("answered 3 min ago",))),
            "link_names": False,
            "parse": "none",
        },
    )


@pytest.mark.parametrize(
    ("code", "tries"),
    [
        ("message_not_found", 1),
        ("cant_update_message", 1),
        ("edit_window_closed", 1),
        ("msg_too_long", 2),
        ("is_archived", 1),
        ("not_in_channel", 1),
    ],
)
def test_a_message_that_can_not_be_edited_is_left_for_good(
    chat: SlackChat, world: Slack, code: str, tries: int
) -> None:
    world.answer("chat.update", *[refusal(code)] * tries)
    with pytest.raises(Uneditable):
        chat.edit("<#C01>", POST, "1795435200.000001")
    assert world.count("chat.update") == tries


def test_an_edit_whose_blocks_slack_does_not_take_is_made_as_text(chat: SlackChat, world: Slack, clock: Clock) -> None:
    world.answer("chat.update", refusal("invalid_blocks"))
    chat.edit("<#C01>", POST, "1.1")
    first, second = [given for method, given in world.calls if method == "chat.update"]
    assert first["blocks"] and second["blocks"] == []
    assert second["text"] == slack.whole(slack.message(POST)) and clock.naps == [1.0]


@pytest.mark.parametrize(
    ("reply", "pause"), [(limited(12), 12), (refusal("token_revoked"), 0), (Reply("", 503), 0), (CUT, 0)], ids=repr
)
def test_an_edit_that_may_still_be_done_is_an_error_and_no_doubt(
    chat: SlackChat, world: Slack, reply: Reply, pause: float
) -> None:
    world.answer("chat.update", reply)
    with pytest.raises(ChatError) as raised:
        chat.edit("<#C01>", POST, "1795435200.000001")
    assert not isinstance(raised.value, ChatDoubt) and raised.value.retry_after == pause


def test_a_pause_that_slack_wants_of_edits_holds_for_all_of_them(chat: SlackChat, world: Slack, clock: Clock) -> None:
    world.answer("chat.update", limited(20))
    for channel, pause in (("<#C01>", 20), ("<#C02>", 15)):
        with pytest.raises(ChatError) as raised:
            chat.edit(channel, POST, "1795435200.000001")
        assert raised.value.retry_after == pytest.approx(pause)
        clock.now += 5
    assert world.count("chat.update") == 1
    chat.send("<#C01>", POST, "k1")
    clock.now += 15
    chat.edit("<#C02>", POST, "1795435200.000001")
    assert world.count("chat.update") == 2 and clock.naps == []


@pytest.mark.parametrize(("fault", "arrived"), [(CUT, False), (DONE_AND_CUT, True)])
@pytest.mark.parametrize("under", ["", "1795435100.000000"])
@pytest.mark.parametrize("page", [1, 200])
def test_a_doubt_is_settled_by_the_history(
    chat: SlackChat, world: Slack, clock: Clock, fault: Reply, arrived: bool, under: str, page: int
) -> None:
    world.page = page
    for key in ("k0", "k1x"):
        chat.send("<#C01>", POST, key, under)
    world.answer("chat.postMessage", fault)
    refused_in_doubt(chat, under)
    chat.send("<#C01>", POST, "k2", under)
    expected = world.posted[2]["ts"] if arrived else Doubt.SAFE
    if not arrived:
        missed(chat, under)
        clock.now += 10
    assert chat.settle("<#C01>", "k1", BEGAN, under) == expected
    method, given = next(call for call in world.calls if call[0].startswith("conversations."))
    assert method == ("conversations.replies" if under else "conversations.history")
    assert given["include_all_metadata"] == "1" and float(given["oldest"]) == BEGAN - 3600


def refused_in_doubt(chat: SlackChat, under: str) -> None:
    with pytest.raises(ChatDoubt):
        chat.send("<#C01>", POST, "k1", under)


def missed(chat: SlackChat, under: str) -> float:
    """Look for that message where no history shows it; gives the seconds after which to look again."""
    with pytest.raises(ChatError, match="may not show yet") as raised:
        chat.settle("<#C01>", "k1", BEGAN, under)
    assert not isinstance(raised.value, ChatDoubt)
    return raised.value.retry_after


@pytest.mark.parametrize("under", ["", "1795435100.000000"])
def test_a_history_that_shows_a_message_late_has_it_said_once(
    chat: SlackChat, world: Slack, clock: Clock, under: str
) -> None:
    """Who looked right after posting found nothing there (korotovsky/slack-mcp-server#284)."""
    world.answer("chat.postMessage", DONE_AND_CUT)
    refused_in_doubt(chat, under)
    world.late = 1
    assert missed(chat, under) == pytest.approx(10)
    clock.now += 4
    assert missed(chat, under) == pytest.approx(6)
    world.late, clock.now = 0, clock.now + 6
    assert chat.settle("<#C01>", "k1", BEGAN, under) == world.posted[0]["ts"]


def test_so_does_a_bot_that_settles_what_another_one_sent(bot: Bot, world: Slack, clock: Clock) -> None:
    other = SlackChat(bot, "!", clock=clock, sleep=clock.sleep)
    clock.now += 3600  # for which it has run beside the one that sends
    world.answer("chat.postMessage", DONE_AND_CUT)
    refused_in_doubt(SlackChat(bot, "!", clock=clock, sleep=clock.sleep), "")
    world.late = 1
    assert missed(other, "") == pytest.approx(10)
    world.late = 0
    assert other.settle("<#C01>", "k1", BEGAN) == world.posted[0]["ts"]


def test_other_peoples_metadata_do_not_settle_anything(chat: SlackChat, world: Slack, clock: Clock) -> None:
    clock.now += 10
    for metadata in (None, {}, {"event_type": "x", "event_payload": {"key": "k1"}}, {"event_type": "x"}):
        world.posted.append({"channel": "C01", "ts": f"{BEGAN:.0f}.000001", "metadata": metadata})
    missed(chat, "")
    clock.now += 10
    assert chat.settle("<#C01>", "k1", BEGAN) is Doubt.SAFE


@pytest.mark.parametrize("code", ["missing_scope", "not_in_channel", "channel_not_found", "access_denied"])
def test_where_history_can_not_be_read_a_doubt_stays_open_and_the_log_says_so_once(
    chat: SlackChat, world: Slack, caplog: pytest.LogCaptureFixture, code: str
) -> None:
    world.answer("conversations.history", *[refusal(code, needed="channels:history")] * 2)
    for _ in range(2):
        assert chat.settle("<#C01>", "k1", BEGAN) is Doubt.OPEN
    told = [record for record in caplog.records if record.name.startswith("pageinbox")]
    assert len(told) == 1 and ("channels:history" in told[0].getMessage()) == (code == "missing_scope")


@pytest.mark.parametrize(
    "reply",
    [limited(30), Reply("", 503), Reply("<html>"), Reply({"ok": True}), CUT, refusal("invalid_auth")],
    ids=repr,
)
def test_a_history_that_is_not_told_settles_nothing(chat: SlackChat, world: Slack, reply: Reply) -> None:
    world.answer("conversations.history", reply)
    with pytest.raises(ChatError) as raised:
        chat.settle("<#C01>", "k1", BEGAN)
    assert not isinstance(raised.value, ChatDoubt)
    assert raised.value.retry_after == (30 if reply.status == 429 else 0)


def test_an_app_that_may_look_once_a_minute_leaves_the_doubt_open(chat: SlackChat, world: Slack) -> None:
    """Of some apps Slack takes one such call a minute, for 15 messages: another look would end where this one did."""
    first = Reply({"ok": True, "messages": [], "has_more": True, "response_metadata": {"next_cursor": "next"}})
    world.answer("conversations.history", first, limited(60))
    assert chat.settle("<#C01>", "k1", BEGAN) is Doubt.OPEN


def test_a_history_that_ends_before_its_end_leaves_the_doubt_open(chat: SlackChat, world: Slack) -> None:
    world.answer("conversations.history", Reply({"ok": True, "messages": [], "has_more": True}))
    assert chat.settle("<#C01>", "k1", BEGAN) is Doubt.OPEN


@pytest.mark.parametrize(
    ("direct", "thread", "private", "threaded", "channel", "under"),
    [
        (False, "", False, False, "C01", None),
        (False, "", False, True, "C01", "1795435300.000100"),
        (False, "", True, False, "D0007", None),
        (False, "", True, True, "D0007", None),
        (False, "1795435000.000000", False, False, "C01", "1795435000.000000"),
        (False, "1795435000.000000", False, True, "C01", "1795435000.000000"),
        (False, "1795435000.000000", True, False, "D0007", None),
        (True, "", False, False, "D0007", None),
        (True, "", True, True, "D0007", "1795435300.000100"),
        (True, "1795435000.000000", False, False, "D0007", "1795435000.000000"),
    ],
)
def test_an_answer_goes_where_errbots_own_would(
    chat: SlackChat,
    bot: Bot,
    world: Slack,
    direct: bool,
    thread: str,
    private: bool,
    threaded: bool,
    channel: str,
    under: str | None,
) -> None:
    chat.answer(heard(bot, thread, direct), POST, private=private, threaded=threaded)
    [posted] = world.posted
    assert (posted["channel"], posted.get("thread_ts")) == (channel, under)
    assert "metadata" not in posted and posted["blocks"] == slack.message(POST)["blocks"]


def test_an_answer_names_the_nick_where_errbot_is_told_to(chat: SlackChat, bot: Bot, world: Slack) -> None:
    bot.bot_config.GROUPCHAT_NICK_PREFIXED = True
    chat.answer(heard(bot), POST, private=False, threaded=False)
    chat.answer(heard(bot), POST, private=True, threaded=False)
    world.nick = ""
    chat.answer(heard(bot), POST, private=False, threaded=False)
    said = "New in Acme: Ann <!channel>"
    assert [one["blocks"][0]["elements"][0]["elements"][0]["text"].strip() for one in world.posted] == [
        f"@ann*<!here>: {said}",
        said,
        f"@Ann B: {said}",
    ]
    assert world.posted[0]["text"].startswith("＠ann∗&lt;!here&gt;: New in Acme")


def test_a_long_answer_is_several_messages_in_order_and_a_second_apart(
    chat: SlackChat, bot: Bot, world: Slack, clock: Clock
) -> None:
    chat.answer(heard(bot, thread="1795435000.000000"), LONG, private=False, threaded=False)
    parts = slack.messages(LONG)
    assert len(parts) > 2
    assert [one["blocks"] for one in world.posted] == [part["blocks"] for part in parts]
    assert {one["thread_ts"] for one in world.posted} == {"1795435000.000000"}
    assert clock.naps == [1.0] * (len(parts) - 1)


def test_an_answer_waits_when_slack_asks_for_a_pause(chat: SlackChat, bot: Bot, world: Slack, clock: Clock) -> None:
    world.answer("chat.postMessage", limited(20), limited(30))
    chat.answer(heard(bot), POST, private=False, threaded=False)
    assert len(world.posted) == 1 and clock.naps == [20.0, 30.0]


@pytest.mark.parametrize("pauses", [[61], [30, 31], [58, 1]])
def test_an_answer_does_not_wait_for_more_than_a_minute(
    chat: SlackChat, bot: Bot, world: Slack, clock: Clock, pauses: list[int]
) -> None:
    world.answer("chat.postMessage", *map(limited, pauses))
    with pytest.raises(ChatError, match="slow down") as raised:
        chat.answer(heard(bot), POST, private=False, threaded=False)
    assert raised.value.retry_after == pauses[-1] and sum(clock.naps) <= 60 and not world.posted


def test_the_parts_of_an_answer_stay_together(chat: SlackChat, bot: Bot, world: Slack, clock: Clock) -> None:
    came, go_on = world.gates["chat.postMessage"] = threading.Event(), threading.Event()
    answering = threading.Thread(
        target=chat.answer, args=(heard(bot), LONG), kwargs=dict(private=False, threaded=False)
    )
    announcing = threading.Thread(target=chat.send, args=("<#C01>", POST, "k1"), name="announcing")
    answering.start()
    came.wait()
    announcing.start()
    clock.asked["announcing"].wait()
    go_on.set()
    answering.join()
    announcing.join()
    parts = [part["blocks"] for part in slack.messages(LONG)]
    assert [one["blocks"] for one in world.posted] == [*parts, slack.message(POST)["blocks"]]


def test_an_announcement_does_not_wait_for_its_turn_beyond_its_claim(
    chat: SlackChat, bot: Bot, world: Slack, clock: Clock
) -> None:
    came, go_on = world.gates["chat.postMessage"] = threading.Event(), threading.Event()
    errors: list[ChatError] = []

    def announce() -> None:
        with pytest.raises(ChatError) as raised:
            chat.send("<#C01>", POST, "k1")
        errors.append(raised.value)

    answering = threading.Thread(
        target=chat.answer, args=(heard(bot), POST), kwargs=dict(private=False, threaded=False)
    )
    announcing = threading.Thread(target=announce, name="announcing")
    answering.start()
    came.wait()
    announcing.start()
    clock.asked["announcing"].wait()
    clock.now += 11
    go_on.set()
    answering.join()
    announcing.join()
    assert len(world.posted) == 1 and "busy" in str(errors[0]) and not isinstance(errors[0], ChatDoubt)


def test_many_at_once_lose_nothing(chat: SlackChat, world: Slack) -> None:
    def announce(channel: int) -> None:
        for number in range(5):
            chat.send(f"<#C0{channel}>", POST, f"{number}")

    threads = [threading.Thread(target=announce, args=(channel,)) for channel in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for channel in range(4):
        keys = [one["metadata"]["event_payload"]["key"] for one in world.posted if one["channel"] == f"C0{channel}"]
        assert keys == list("01234")


def test_no_log_line_holds_the_token(chat: SlackChat, world: Slack, bot: Bot, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        for reply in (CUT, Reply("<html>"), Reply("", 503), refusal("invalid_auth"), refusal("invalid_blocks")):
            world.answer("chat.postMessage", reply)
            try:
                chat.send("<#C01>", POST, "k1")
            except ChatError as error:
                assert TOKEN not in repr(error)
    assert "chat.postMessage" in caplog.text and TOKEN not in caplog.text
