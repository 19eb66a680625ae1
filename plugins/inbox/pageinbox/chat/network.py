"""Which chat network a bot is in, and what a chat module has to offer there."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from pageinbox.chat.errbot import content as markdown
from pageinbox.chat.errbot.send import ErrbotChat
from pageinbox.chat.reactions import Reacted
from pageinbox.model.act import Person
from pageinbox.model.chat import CarryOut, Chat, Misread
from pageinbox.model.finding import Finding
from pageinbox.model.post import Mention, Post
from pageinbox.model.watch import Ping

ADDRESS_MAX = 100
"""Characters left free in each message for the name Errbot puts before an answer in a room."""

LONGEST = {"irc": 510, "telegram": 4096, "discord": 2000}
"""What networks take at most of a message, or of a line: MESSAGE_SIZE_LIMIT may be more, of which Errbot only warns."""

ALONE = ("text", "test")
"""Errbot's backends without a network: nothing there turns text into links or mentions."""


class Network(Chat, Protocol):
    """A chat that also hears commands and answers them."""

    def connected(self) -> None:
        """The bot has connected, perhaps not for the first time."""

    def hears(self) -> bool:
        """Whether the network can tell the bot what people write just now; yes where that can't be known."""

    def whom(self, room: str, name: str) -> Ping:
        """Whom `@name` means in `room`, for announcements there to mention. May ask the network.

        Raises NotPinged where there is nobody, and ChatError where that can't be known.
        """

    def member(self, room: str, name: str) -> tuple[Person, Mention]:
        """The one person whom `@name` means in `room`, and what mentions them. Raises what `whom` does."""

    def finds_again(self, message: Any) -> bool:
        """Whether what is announced to the room, or the person, of an incoming message of Errbot's gets there.

        Yes where that can't be known. May ask the network.
        """

    def heard_before(self, message: Any) -> bool:
        """Whether an incoming message of Errbot's was met before, or is an old one that was edited; from now on it was.

        For networks that deliver a message more than once. Asked once for each time that Errbot hands it over.
        """

    def moved(self) -> Mapping[str, str]:
        """The rooms that go on as others, by their old names, as far as the bot knows."""

    def called(self) -> Sequence[str]:
        """What people call the bot, so that a command may begin with it, where only the network knows."""

    def typed(self, message: Any, text: str) -> str:
        """`text`, a part of an incoming message as Errbot has it, as the person typed it."""

    def replied(self, message: Any) -> Sequence[str]:
        """The receipts of the messages that an incoming message of Errbot's replies to, the nearest first.

        That is what it quotes, and what began its thread.
        """

    def reacted(self, reaction: Any) -> Reacted | None:
        """What a reaction of Errbot's asks for, added or taken back; None where it is nothing to us.

        That is one that means nothing, that no person made, or that was met before; from now on it was. May ask the
        network.
        """

    def whisper(self, message: Any, post: Post) -> None:
        """Say `post` to who wrote an incoming message of Errbot's, bothering as few others as the network allows.

        Raises ChatError.
        """

    def examine(self, rooms: Sequence[str]) -> list[Finding]:
        """What the network lets the bot do, and whether it may write in these rooms. Writes nothing anywhere."""

    def answer(self, message: Any, post: Post, *, private: bool, threaded: bool) -> None:
        """Say `post` where an incoming message of Errbot's was written, in as many messages as it takes.

        What it has attached follows. `private` wants it said to the person alone, `threaded` in the thread of the
        message. Raises ChatError.
        """


def open_chat(
    bot: Any,
    config: Any,
    carry_out: CarryOut | None = None,
    misread: Misread = lambda text: "",
    home: Sequence[str] = (),
) -> Network:
    """The module for the network that `bot` is connected to; `config` is Errbot's. Makes no call.

    `carry_out` is for commands that are given otherwise than by a message, where there is something to click on, and
    `misread` for the words of one that is written in a form. `home` are those whose answers a page of each person's own
    shows.
    """
    prefix: str = config.BOT_PREFIX
    if bot.mode == "slackv3":
        from pageinbox.chat.slack.send import SlackChat

        chat = SlackChat(bot, prefix, clock=time.monotonic, sleep=time.sleep)
        if carry_out is not None:
            chat.accept(carry_out, misread, home)
        return chat
    if bot.mode == "matrix" and hasattr(bot, "send_event"):
        from pageinbox.chat.matrix.send import MatrixChat

        return MatrixChat(bot, prefix)
    limit: int = config.MESSAGE_SIZE_LIMIT
    most = min(limit, LONGEST.get(bot.mode, limit)) - ADDRESS_MAX
    alone = bot.mode in ALONE
    return ErrbotChat(bot, lambda post: markdown.messages(post, prefix, most, tame=not alone), alone=alone)
