"""What is wrong with the settings is told to the admins: once, but not in vain."""

from __future__ import annotations

from typing import Any

import pytest

from pageinbox.model.chat import ChatDoubt, ChatError
from pageinbox.model.post import Post
from pageinbox.tell.admins import Admins

POST = Post(("DETAIL is wrong.",))


class Chat:
    """Takes what is sent to those who are there."""

    def __init__(self, **failing: ChatError) -> None:
        self.failing = failing
        self.sent: list[str] = []

    def send(self, room: str, post: Post, key: str, under: str = "") -> str:
        if room in self.failing:
            raise self.failing[room]
        self.sent.append(room)
        return ""


@pytest.mark.parametrize(
    ("failing", "first", "then"),
    [
        ({}, ["ann", "bo"], []),
        ({"ann": ChatError("away")}, ["bo"], []),
        ({"ann": ChatError("away"), "bo": ChatError("away")}, [], ["ann", "bo"]),
        ({"ann": ChatError("away"), "bo": ChatDoubt("broken")}, [], []),
    ],
)
def test_admins_are_told_again_only_where_nobody_can_have_heard(
    failing: Any, first: list[str], then: list[str]
) -> None:
    chat: Any = Chat(**failing)
    admins = Admins(lambda: ("ann", "bo"), lambda: chat, lambda: 0.0)
    admins.tell("refused", ["DETAIL is wrong."], POST)
    assert chat.sent == first
    chat.failing.clear()
    for _ in range(2):
        admins.tell("refused", ["DETAIL is wrong."], POST)
    assert chat.sent == first + then
