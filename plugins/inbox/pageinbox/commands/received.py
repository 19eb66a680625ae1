"""What people give the bot to do in the chat: carried out where Errbot's access controls allow it, and answered."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from typing import Any

from pageinbox.chat.errbot.incoming import diverted, is_admin, may, person_of, room_of
from pageinbox.chat.in_turn import InTurn
from pageinbox.chat.later import Later
from pageinbox.chat.network import Network
from pageinbox.commands.command import Command
from pageinbox.commands.dispatch import Commands
from pageinbox.commands.entries.asking import QUESTION
from pageinbox.commands.request import Going
from pageinbox.commands.table import command_of
from pageinbox.commands.triage import misread
from pageinbox.model.chat import ChatError
from pageinbox.model.errors import LedgerError
from pageinbox.model.logged import nobody_named
from pageinbox.model.post import Post
from pageinbox.settings.configured import Configured
from pageinbox.tell.whereabouts import whereabouts
from pageinbox.words import refusals

REACTIONS = 1000
"""Reactions that wait to be acted on."""

log = logging.getLogger(__name__)


class Receiver:
    """Has commands and reactions carried out, and answers them.

    `commands` does that; it is None while the plugin is stopped, or has no good settings. `bot`, messages and reactions
    are Errbot's; `network` gives the chat that the bot is in. `settings` are those in force, and `clock` tells seconds
    since 1970.
    """

    def __init__(
        self, bot: Any, network: Callable[[], Network], settings: Configured, clock: Callable[[], float]
    ) -> None:
        self.commands: Commands | None = None
        self._bot = bot
        self._network = network
        self._settings = settings
        self._clock = clock
        self._later = Later()
        self._reactions = InTurn("inbox-reactions", REACTIONS)

    def give(self, command: Command, msg: Any, args: str) -> None:
        """Carry out a command that Errbot has found and allowed; `args` is what was typed behind it."""
        text = self._network().typed(msg, " ".join((command.word, args)))
        meant, words = command_of(text)
        # "!inbox Watch" is "inbox" to Errbot, whose access controls know the other one by its own name.
        if meant is not command and not may(self._bot, msg, meant.name, words):
            self._deny(msg, meant)
        else:
            self.reply(msg, meant.name, self._answer(msg, meant, text))

    def give_unfound(self, msg: Any, words: str) -> None:
        """Carry out what Errbot has found no command in, by the words behind `inbox`.

        Its access controls were asked about the whole line; their rules may be about these words.
        """
        if may(self._bot, msg, QUESTION.name, words):
            self.give(QUESTION, msg, words)
        else:
            self._deny(msg, QUESTION)

    def carry_out(self, msg: Any, alone: bool = False) -> Post:
        """What is to be said to a command that came as no message of a person's; `msg` is what the chat made of it.

        `alone` says that it is shown to nobody else in the room.
        """
        text = self._network().typed(msg, msg.body.removeprefix("inbox"))
        command, words = command_of(text)
        if not may(self._bot, msg, command.name, words):
            return refusals.not_allowed(command.word, admins_alone=command.admins_alone)
        return self._answer(msg, command, text, alone=alone)

    def misread(self, text: str) -> str:
        """What is wrong with the words of a command that somebody is writing, as a sentence; empty for nothing."""
        return misread(text.removeprefix("inbox"), chosen, self._clock()) if (chosen := self._settings.chosen) else ""

    def reply(self, msg: Any, command: str, post: Post, *, alone: bool = False) -> None:
        """Answer a command where Errbot's settings want it: DIVERT_TO_PRIVATE and DIVERT_TO_THREAD know it by name.

        `alone` has it said to the person whatever they want.
        """
        private, threaded = diverted(self._bot.bot_config, command)
        try:
            self._network().answer(msg, post, private=private or alone, threaded=threaded)
        except ChatError as error:
            log.error("I could not answer %s: %s", command, nobody_named(error))
        except Exception as error:  # Errbot would log the words of the command, and the backend's with the answer
            log.error("I could not answer %s: %s", command, whereabouts(error))

    def react(self, reaction: Any) -> None:
        """Do what a reaction to an announcement asks for, in its turn. Waits for nothing."""
        self._reactions.do(partial(self._react, reaction))

    def _react(self, reaction: Any) -> None:
        network, commands = self._network(), self.commands
        try:
            reacted = network.reacted(reaction)
            if reacted is None or commands is None:
                return
            room, person = room_of(reacted.message), person_of(reacted.message.frm)
            post = commands.react(reacted, room, person, carry_out=self.carry_out)
            if post is not None:
                network.whisper(reacted.message, post)
        except (ChatError, LedgerError) as error:
            told = nobody_named(error)
            log.warning("A reaction changes nothing, or nobody was told what came of it: %s", told)
        except Exception as error:
            log.error("A reaction changes nothing: %s", whereabouts(error))  # its text may be a customer's

    def _deny(self, msg: Any, command: Command) -> None:
        if not self._bot.bot_config.HIDE_RESTRICTED_ACCESS:  # as Errbot itself keeps silent then
            self.reply(msg, QUESTION.name, refusals.not_allowed(command.word, admins_alone=command.admins_alone))

    def _answer(self, msg: Any, command: Command, text: str, *, alone: bool = False) -> Post:
        network, commands = self._network(), self.commands
        if commands is None:
            return refusals.refused(self._settings.refusal)
        private, _ = diverted(self._bot.bot_config, command.name)
        return commands.answer(
            room_of(msg),
            text,
            person=person_of(msg.frm),
            direct=msg.is_direct,  # some backends name no recipient in rooms, which are neither to Errbot
            replied=network.replied(msg),
            alone=alone,
            admin=is_admin(self._bot, msg),
            private=private,
            allowed=partial(may, self._bot, msg),
            later=lambda room, made: self._say_later(msg, command, made, alone=alone),
            finds_again=lambda: network.finds_again(msg),
        )

    def _say_later(self, msg: Any, command: Command, made: Callable[[Going], Post | None], *, alone: bool) -> bool:
        """Answer a command once more when something has been made, unless the plugin has been stopped by then.

        `alone` has it said in the direct chat: what only one person is shown in a room is one message, and cut.
        """
        commands = self.commands

        def work() -> None:
            if (post := made(lambda: self.commands is commands)) is not None:
                self.reply(msg, command.name, post, alone=alone)

        return self._later.do(work)
