"""A command is judged by Errbot's access controls by what was typed, not by how a chat sends it."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

from pageinbox.chat.slack.incoming import typed
from pageinbox.commands.entries.asking import QUESTION
from pageinbox.commands.received import Receiver
from pageinbox.commands.table import WORDS
from pageinbox.model.post import Post
from pageinbox.settings.configured import Configured
from pageinbox.words import refusals


@dataclass
class Slack:
    """A chat that sends what is typed as Slack does, and holds what it was answered."""

    said: list[Post] = field(default_factory=list)

    def typed(self, message: Any, text: str) -> str:
        return typed(text)

    def answer(self, message: Any, post: Post, *, private: bool, threaded: bool) -> None:
        self.said.append(post)


def without_watch(message: Any, command: str, args: Any, dry_run: bool) -> tuple[Any, Any, Any]:
    """ACCESS_CONTROLS by which nobody may give `inbox watch`."""
    return (None, None, None) if command == "inbox_watch" else (message, command, args)


BOT = SimpleNamespace(
    command_filters=[without_watch],
    bot_config=SimpleNamespace(HIDE_RESTRICTED_ACCESS=False, DIVERT_TO_PRIVATE=(), DIVERT_TO_THREAD=()),
)


@pytest.mark.parametrize(
    "sent",
    [
        "Watch messenger",
        "&amp;inbox watch messenger",
        "<https://acme.example|watch> messenger",
        "<mailto:watch> messenger",
    ],
)
def test_a_command_that_slack_writes_otherwise_is_denied_like_any(sent: str) -> None:
    chat = Slack()
    receiver = Receiver(BOT, lambda: chat, Configured(lambda: None, WORDS), lambda: 0.0)  # type: ignore[arg-type, return-value]
    receiver.give(QUESTION, SimpleNamespace(body=f"!inbox {sent}"), sent)
    clicked = receiver.carry_out(SimpleNamespace(body=f"inbox {sent}"))
    assert [*chat.said, clicked] == [refusals.not_allowed("watch")] * 2
