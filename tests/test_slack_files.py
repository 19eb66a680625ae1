"""What a post has attached, shared in Slack: slack_sdk's own client, over HTTP, to a Slack that misbehaves."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from pageinbox.chat.slack.calls import belongs
from pageinbox.chat.slack.send import SlackChat
from pageinbox.model.post import Attachment, Post
from tests.slack_web import CUT, TOKEN, Bot, Clock, Reply, Slack, heard, refusal

CSV = Attachment("stats.csv", "text/csv", b"day,new\r\n2026-11-23,4\r\n")
CHART = Attachment("stats.png", "image/png", lambda: b"\x89PNG", alt="New conversations by day: 4 on Monday.")
POST = Post(("Acme: 4 new",), attachments=(CHART,))
ROWS = Post(("Acme: 4 new",), attachments=(CSV,))
UNTAKEN = "Slack doesn't take the file (HTTP {})"
FILES = ("files.getUploadURLExternal", "files.completeUploadExternal")


@pytest.fixture
def world() -> Iterator[Slack]:
    running = Slack()
    yield running
    running.close()


@pytest.fixture
def bot(world: Slack) -> Bot:
    return Bot(world)


@pytest.fixture
def chat(bot: Bot) -> SlackChat:
    clock = Clock()
    return SlackChat(bot, "!", clock=clock, sleep=clock.sleep)


def answer(chat: SlackChat, bot: Bot, post: Post, **where: Any) -> None:
    chat.answer(heard(bot, **where), post, private=False, threaded=False)


def sequence(world: Slack) -> list[tuple[str, dict[str, Any]]]:
    """The calls that say something or share a file, in their order."""
    return [call for call in world.calls if call[0] in ("chat.postMessage", *FILES)]


def said(world: Slack) -> list[str]:
    return [message["text"] for message in world.posted]


def test_a_picture_on_the_wire_field_by_field(chat: SlackChat, bot: Bot, world: Slack) -> None:
    answer(chat, bot, POST)
    (text, _), announced, shared = sequence(world)
    assert text == "chat.postMessage", "first the text"
    assert announced == (FILES[0], {"filename": "stats.png", "length": "4", "alt_txt": CHART.alt})
    assert shared == (FILES[1], {"files": shared[1]["files"], "channel_id": "C01"})
    assert json.loads(shared[1]["files"]) == [{"id": "F01", "title": "stats.png"}]
    content, headers = world.uploads["F01"]
    assert content == b"\x89PNG" and headers["Content-Type"] == "application/octet-stream"
    assert "Authorization" not in headers, "the address is the secret, and the token is nobody's business there"


def test_what_is_no_picture_has_no_alternative_text(chat: SlackChat, bot: Bot, world: Slack) -> None:
    answer(chat, bot, ROWS)
    assert sequence(world)[-2] == (FILES[0], {"filename": "stats.csv", "length": str(len(CSV.content))})  # type: ignore[arg-type]
    assert world.uploads["F01"][0] == CSV.content


def test_an_alternative_text_is_as_long_as_slack_takes(chat: SlackChat, bot: Bot, world: Slack) -> None:
    answer(chat, bot, Post(("x",), attachments=(Attachment("a.png", "image/png", b"x", alt="é" * 3000),)))
    assert sequence(world)[1][1]["alt_txt"] == "é" * 1000


@pytest.mark.parametrize(
    ("where", "channel", "thread"),
    [({}, "C01", None), ({"thread": "0.500000"}, "C01", "0.500000"), ({"private": True}, "D0007", None)],
)
def test_files_go_where_the_answer_goes(
    chat: SlackChat, bot: Bot, world: Slack, where: dict[str, Any], channel: str, thread: str | None
) -> None:
    answer(chat, bot, POST, **where)
    shared = sequence(world)[-1][1]
    assert (shared["channel_id"], shared.get("thread_ts")) == (channel, thread)
    assert world.posted[0].get("thread_ts") == thread


def test_a_picture_that_slack_drops_for_its_text_is_shown_without(chat: SlackChat, bot: Bot, world: Slack) -> None:
    world.hidden = "alt_txt"
    answer(chat, bot, POST, thread="0.500000")
    asked = [more for method, more in world.calls if method == FILES[0]]
    assert ["alt_txt" in each for each in asked] == [True, False]
    assert [message["files"] for message in world.shown.values()] == [[{"id": "F02"}]]
    assert world.shown["F02"]["thread_ts"] == "0.500000" and said(world) == ["Acme: 4 new"]
    assert ("files.delete", {"file": "F01"}) in world.calls, "or it might still come up"


def test_a_file_that_slack_takes_and_never_shows_is_missed(chat: SlackChat, bot: Bot, world: Slack) -> None:
    world.hidden = "all"
    answer(chat, bot, ROWS)
    assert said(world) == ["Acme: 4 new", "I couldn't send stats․csv. Slack has taken the file, but doesn't show it."]
    assert world.count(FILES[1]) == 2 and world.count("files.delete") == 2


@pytest.mark.parametrize("reply", [refusal("missing_scope"), refusal("ratelimited"), CUT, Reply({"ok": True})])
def test_where_it_cannot_be_seen_whether_a_file_is_shown_it_is(
    chat: SlackChat, bot: Bot, world: Slack, reply: Reply
) -> None:
    world.hidden = "all"
    world.answer("conversations.history", reply)
    answer(chat, bot, POST)
    assert world.count(FILES[1]) == 1 and said(world) == ["Acme: 4 new"]


def told_later(world: Slack, method: str) -> None:
    """Wait until a call of this method has come, which is made in the background."""
    came, gate = world.gates[method]
    gate.set()
    assert came.wait(60)


def test_an_announcement_has_its_receipt_before_its_files_are_even_drawn(chat: SlackChat, world: Slack) -> None:
    world.gates[FILES[1]] = threading.Event(), threading.Event()
    sent, drawn = threading.Event(), threading.Event()

    def draw() -> bytes:
        assert sent.wait(60)
        drawn.set()
        return b"png"

    post = Post(("New",), attachments=(Attachment("stats.png", "image/png", draw),))
    receipt = chat.send("<#C01>", post, "k1", "0.500000")
    assert receipt == world.posted[0]["ts"] and not drawn.is_set() and not world.count(FILES[0])
    sent.set()
    told_later(world, FILES[1])
    assert sequence(world)[-1][1]["thread_ts"] == "0.500000", "in the thread of what it continues"


@pytest.mark.parametrize(
    ("method", "reply", "why"),
    [
        (FILES[0], refusal("missing_scope", needed="files:write"), "My Slack app lacks the scope files:write; add it"),
        (FILES[0], refusal("file_uploads_disabled"), "The workspace's settings don't allow it"),
        (FILES[0], Reply({"ok": True}), "I can't read Slack's answer"),
        (FILES[0], CUT, "Slack's answer was lost"),
        ("upload", Reply("no", status=400), UNTAKEN.format(400)),
        ("upload", Reply("", status=302, headers={"Location": "/upload/v1/elsewhere"}), UNTAKEN.format(302)),
        ("upload", CUT, "Slack's answer was lost"),
        ("upload", Reply("<html>", status=504), "Slack is failing (HTTP 504)"),
        (FILES[1], refusal("not_in_channel"), "I'm not in that channel; invite me"),
        (FILES[1], Reply("<html>", status=503), "Slack is failing (HTTP 503)"),
    ],
)
def test_the_text_arrives_and_why_the_file_could_not(
    chat: SlackChat, bot: Bot, world: Slack, method: str, reply: Reply, why: str, caplog: pytest.LogCaptureFixture
) -> None:
    world.answer(method, *[reply] * 3)
    with caplog.at_level(logging.DEBUG):
        answer(chat, bot, ROWS, thread="0.500000")
    text, failure = world.posted
    assert text["text"] == "Acme: 4 new"
    [shown] = failure["blocks"]
    assert f"I couldn't send stats.csv. {why}" in shown["elements"][0]["elements"][0]["text"]
    assert failure["thread_ts"] == "0.500000", "said where it is missed"
    logged = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    assert any(line.startswith("The file stats.csv could not be sent: ") and why in line for line in logged)
    assert TOKEN not in caplog.text and "/upload/v1/" not in caplog.text
    assert set(world.uploads) <= {"F01", "F02", "F03"}, "nothing went after the redirect"


@pytest.mark.parametrize("reply", [CUT, Reply("<html>", status=504)])
def test_an_upload_that_breaks_off_is_made_anew(chat: SlackChat, bot: Bot, world: Slack, reply: Reply) -> None:
    world.answer("upload", reply, reply)
    answer(chat, bot, ROWS)
    assert world.count(FILES[0]) == 3 and list(world.shown) == ["F03"] and said(world) == ["Acme: 4 new"]


def test_of_an_announcement_it_is_said_in_its_thread(chat: SlackChat, world: Slack) -> None:
    world.answer(FILES[0], refusal("missing_scope", needed="files:write"))
    world.gates["chat.postMessage"] = threading.Event(), threading.Event()
    world.gates["chat.postMessage"][1].set()
    receipt = chat.send("<#C01>", POST, "k1")
    chat.send("<#C02>", Post(("x",), attachments=(CSV,)), "k2")
    world.gates[FILES[1]] = threading.Event(), threading.Event()
    told_later(world, FILES[1])  # files are put one after the other, so the sentence has been said
    (failure,) = [message for message in world.posted if "couldn" in message["text"]]
    assert failure["thread_ts"] == receipt and failure["channel"] == "C01"


@pytest.mark.parametrize("code", ["thread_not_found", "invalid_thread_ts"])
def test_a_file_whose_thread_is_gone_is_shared_in_the_channel(
    chat: SlackChat, bot: Bot, world: Slack, code: str
) -> None:
    world.answer(FILES[1], refusal(code))
    answer(chat, bot, POST, thread="0.500000")
    assert "thread_ts" not in sequence(world)[-1][1] and len(world.posted) == 1


def test_a_chart_that_cannot_be_drawn_costs_only_itself(chat: SlackChat, bot: Bot, world: Slack) -> None:
    def fail() -> bytes:
        raise ValueError("https://secret.example")

    answer(chat, bot, Post(("Acme",), attachments=(Attachment("stats.png", "image/png", fail), CSV)))
    assert said(world) == ["Acme", "I couldn't send the chart. Something went wrong (ValueError)."]
    assert list(world.uploads) == ["F01"]


@pytest.mark.parametrize(
    "address",
    [
        "http://files.evil.example/upload/v1/F01",
        "http://127.0.0.1.evil.example/x",
        "https://127.0.0.1/x",
        "file:///etc/hostname",
        "data:,x",
        "//127.0.0.1/x",
        "http://[::1",
        "",
    ],
)
def test_a_file_is_brought_to_slacks_own_hosts_alone(chat: SlackChat, bot: Bot, world: Slack, address: str) -> None:
    world.answer(FILES[0], Reply({"ok": True, "upload_url": address, "file_id": "F01"}))
    answer(chat, bot, ROWS)
    assert not world.uploads and not world.count(FILES[1])
    assert "That address isn" in said(world)[-1]


def test_the_hosts_of_slack() -> None:
    slack = "https://slack.com/api/"
    assert belongs("https://files.slack.com/upload/v1/ABC", slack, "files")
    assert belongs("https://files.slack-gov.com/upload/v1/ABC", "https://slack-gov.com/api/", "files")
    for address in (
        "http://files.slack.com/upload/v1/ABC",
        "https://files.slack.com.evil.example/upload/v1/ABC",
        "https://evil.example/files.slack.com",
        "https://files.slack.com@evil.example/",
        "https://filesXslack.com/",
        "https://hooks.slack.com/",
    ):
        assert not belongs(address, slack, "files"), address
