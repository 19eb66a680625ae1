"""Whole bodies in the shape of recorded ones, with invented values, from a server through the bot to the room.

`AGO(n)` stands for the time n seconds before noon.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.core.conftest import NOON

FOLDER = Path(__file__).with_name("bodies")


def body(name: str) -> bytes:
    def time(found: re.Match[str]) -> str:
        return datetime.fromtimestamp(NOON - int(found[1]), UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")

    return re.sub(r"AGO\((\d+)\)", time, (FOLDER / f"{name}.json").read_text("utf-8")).encode()


@pytest.fixture
def served(inbox: Any) -> Any:
    inbox.canned.bodies = {f"/{inbox.PAGE}?": b'{"id":"200300400","name":"Acme"}'}
    return inbox


def rows(text: str) -> list[str]:
    """The rows of a list or of a conversation, without the numbers, the refs and the links."""
    found = (
        re.fullmatch(r" +(?:\d+  \w{4}|\d+ Nov \d\d:\d\d)  (.+?)(?:  https://.*)?", line) for line in text.split("\n")
    )
    return [" ".join(row[1].split()) for row in found if row]


def test_people_who_are_gone(served):
    served.canned.bodies["/conversations?"] = body("deleted-people")
    shown = served.say("messenger")
    assert "5 conversations, 4 unread, 4 waiting for an answer, the longest for at least 5 min" in shown
    assert rows(shown) == [
        "Facebook User 1 min ago “where is my lamp” 1 unread, waiting",
        "Noah Nimmer 2 min ago “still here” 1 unread, waiting",
        "(deleted account) 3 min ago “thanks” waiting",
        "(name not shared) 4 min ago “none are given” 1 unread",
        "Paul Probe 5 min ago “hello all” 1 unread, waiting",
    ]


def test_one_conversation_of_many_kinds(served):
    thread = body("kinds-of-messages")
    served.canned.bodies |= {"/conversations?": b'{"data":[%b]}' % thread, "/t_": thread}
    assert rows(served.say("messenger")) == ["Mia Muster 1 min ago [voice message] 1 unread, waiting"]
    assert rows(served.say("show 1")) == [
        "Mia Muster [voice message]",
        "Mia Muster [voice message]",
        "Mia Muster [GIF]",
        "Mia Muster [sticker]",
        "Mia Muster [shared post]",
        "Acme [template Lamp of the week]",
        "Mia Muster [media not available in Europe]",
        "Mia Muster “[location] https://maps.example/?q=1,2”",
        "Mia Muster “nobody in particular”",
        "Mia Muster [something Meta does not show to apps]",
    ]


def test_the_generations_of_a_conversation(served):
    served.canned.bodies["/conversations?"] = body("vintages")
    assert rows(served.say("messenger")) == [
        "(name not shared) 23 Jul 2021 09:28 “hello” 1 unread",
        "(name not shared) 14 Jul 2017 02:40",
        "Sven Satz 20 Mar 2015 16:01 “ok”",
        "(name not shared) 18 Aug 2014 10:46",
        "Rosa Rand 10 Apr 2012 17:41 “Well, yes. [file offer.pdf] [p…” 2 unread, waiting",
    ]


def test_what_is_announced_of_people_who_are_gone(served):
    served.canned.bodies["/conversations?"] = b'{"data":[]}'
    served.say("watch messenger")
    served.run(70)
    served.canned.bodies["/conversations?"] = body("deleted-people")
    told = [re.fullmatch(r"New in Acme · Messenger: (.+), \d+ min ago: (“.+”) · \w{4}", one) for one in served.run(70)]
    assert [one.groups() for one in told if one] == [
        ("Paul Probe", "“hello all”"),
        ("(name not shared)", "“none are given”"),
        ("(deleted account)", "“thanks”"),
        ("Noah Nimmer", "“still here”"),
        ("Facebook User", "“where is my lamp”"),
    ]
