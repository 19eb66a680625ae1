"""The Errbot plugin: life cycle, and a method for each command of the table in the package `pageinbox` beside it."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from errbot import BotPlugin, Message, botcmd, cmdfilter, re_botcmd

from pageinbox.app import Runtime, open_answers, open_commands, open_in_background, open_listing, web_addresses
from pageinbox.ask.answers import Answers
from pageinbox.chat.errbot.converters import convert_one_at_a_time
from pageinbox.chat.errbot.ending import end_on_sigterm
from pageinbox.chat.errbot.examining import examine, needs_web
from pageinbox.chat.errbot.incoming import (
    Unlogged,
    goes_by,
    hear_names,
    identified,
    may,
    name_of,
    overlooked,
    people_in,
)
from pageinbox.chat.errbot.threads import begun
from pageinbox.chat.errbot.web import Addresses
from pageinbox.chat.network import Network, open_chat
from pageinbox.commands.command import Command
from pageinbox.commands.entries.asking import QUESTION
from pageinbox.commands.received import Receiver
from pageinbox.commands.table import COMMANDS, HOME, WORDS
from pageinbox.graph.budget import Budget
from pageinbox.model.chat import ChatError
from pageinbox.settings.configured import Configured
from pageinbox.settings.typed import given_to
from pageinbox.tell.admins import Admins
from pageinbox.tell.names import Names
from pageinbox.tell.opening import Opening

RUNTIME = Runtime()


class Inbox(BotPlugin):
    """Ask for a Facebook Page's Messenger and Instagram conversations. Reads only: it never writes to Meta."""

    names: Names | None = None
    answers: Answers | None = None
    opening: Opening | None = None
    chat: Network | None = None

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        end_on_sigterm()
        self.budgets: dict[str, Budget] = {}
        """By Page id; they outlive a change of settings, since what Meta has forbidden stays forbidden."""
        self.addresses = Addresses()
        self.settings = Configured(lambda: getattr(self.bot_config, "INBOX", None), WORDS)
        self.admins = Admins(lambda: people_in(self.bot_config.BOT_ADMINS), self._network, RUNTIME.clock)
        self.receiver = Receiver(self._bot, self._network, self.settings, RUNTIME.clock)

    def get_configuration_template(self) -> dict[str, Any]:
        """What `!plugin config Inbox` offers to copy: settings that may be changed from chat, no secrets among them."""
        return {"CACHE_TTL": 30, "DETAIL": "snippet"}

    def check_configuration(self, configuration: object) -> None:
        """Nothing: Errbot would forget the settings in force and stop the plugin. See `configure`."""

    def configure(self, configuration: dict[str, Any] | None) -> None:
        """Read the settings, those stored from chat over those of config.py, or else the last good ones.

        What is wrong is kept, to be told to who asks while there are no good ones.
        """
        super().configure(configuration)
        if (chosen := self.settings.use(configuration)) is not None:
            self.names = Names(
                chosen, self._room, lambda: self._network().moved(), admins=self.admins, timer=RUNTIME.timer
            )

    @cmdfilter
    def refuse_bad_settings(self, msg: Message, cmd: str, args: str, dry_run: bool) -> tuple[Any, Any, Any]:
        """Answer a `!plugin config Inbox {…}` that can't be right before Errbot stops the plugin, stores or logs it.

        One without settings shows those in force: Errbot's own answer would show what chat stored, and no default.
        """
        if dry_run or cmd != "plugin_config" or (text := given_to(self.name, args or "")) is None:
            return msg, cmd, args
        if not may(self._bot, msg, cmd, args):
            return msg, cmd, args
        text = self._network().typed(msg, text)
        if (post := self.settings.answer(text, self.bot_config.BOT_PREFIX)) is None:
            return msg, cmd, f"{self.name} {self.settings.for_errbot(text)}".rstrip()
        self.receiver.reply(msg, cmd, post)
        return None, None, None

    @cmdfilter
    def hear_once(self, msg: Message, cmd: str, args: str, dry_run: bool) -> tuple[Any, Any, Any]:
        """Pass by a message to this plugin that the network delivers again, or that was only edited."""
        if dry_run or not cmd.startswith(QUESTION.name) or not self._network().heard_before(msg):
            return msg, cmd, args
        return None, None, None

    @cmdfilter
    def keep_from_log(self, msg: Message, cmd: str, args: str, dry_run: bool) -> tuple[Any, Any, Any]:
        """Hide the words of a command from Errbot, which logs them: names, notes and whom to forget are among them.

        Secrets may be, too, where settings are typed for a plugin that nobody has, or behind another command.
        """
        hidden = cmd.startswith((QUESTION.name, "plugin_config")) or re.search(r"plugin[\s_]+config", f"{args}", re.I)
        return msg, cmd, Unlogged(args) if hidden and isinstance(args, str) else args

    def activate(self) -> None:
        """Open the Pages, and in the background the ledger; then look at what is watched. Makes no call to Meta."""
        convert_one_at_a_time(self._bot)
        self._hear()
        if (names := self.names) is not None:
            for budget in self.budgets.values():
                budget.allow()
            if self.answers is None:
                self.answers = open_answers(names.chosen, RUNTIME, self.budgets)
            else:
                self.answers.use(open_listing(names.chosen, RUNTIME, self.budgets))
            self.opening = open_in_background(
                self._ledger_file(),
                self.answers,
                names,
                self._network(),
                admins=people_in(self.bot_config.BOT_ADMINS),
                runtime=RUNTIME,
            )
            self.opening.start()
            self.receiver.commands = open_commands(
                self.settings,
                self.answers,
                names,
                self.opening,
                self._network(),
                errbot=lambda: examine(self._bot, needs_web=needs_web(self._bot) or bool(names.chosen.push_token)),
                runtime=RUNTIME,
            )
        self.addresses.serve(web_addresses(self.settings, self.opening, self.answers, RUNTIME))
        super().activate()

    def deactivate(self) -> None:
        """End every thread within about two seconds, also while Graph or the chat hang."""
        self.addresses.serve({})
        self.receiver.commands = None
        opening, self.opening = self.opening, None
        if opening is not None:
            opening.stop()
        super().deactivate()

    def callback_connect(self) -> None:
        """Let no command get lost, hear the bot's own name, and tell the admins what settings keep from being read.

        A bot that says nothing would look alive.
        """
        self._hear()
        self.admins.tell("refused", *self.settings.trouble())
        self.admins.tell("ignored", *self.settings.ignored())

    def _hear(self) -> None:
        self._network().connected()
        if self.bot_config.BOT_ALT_PREFIXES:
            hear_names(self._bot, self._network().called())

    def callback_message(self, message: Message) -> None:
        """Carry out a command that Errbot has overlooked, since something unseen, or a mark for code, is before it."""
        if text := overlooked(self._bot, message, QUESTION.name):
            meant = message.clone()
            meant.body = text
            begun(self._bot, lambda: self._bot.process_message(meant), RUNTIME.sleep)

    def callback_room_joined(self, room: Any, identifier: Any, invited_by: Any = None) -> None:
        """See to what waits, at once: it may be the room that one which watches goes on in."""
        if self.opening is not None:
            self.opening.wake()

    def callback_reaction(self, reaction: Any) -> None:
        """Do what a reaction to an announcement asks for: whoever tells of it is not to wait."""
        self.receiver.react(reaction)

    def _room(self, name: str) -> str:
        """A room of the settings by the name that `!inbox watch` in it, or where it goes on, would give it.

        Empty where it is not found now; the outbox will tell what is wrong with it.
        """
        try:
            name = name_of(identified(self._bot, name))
            return self._network().moved().get(name, name)
        except ChatError:
            return ""

    def _ledger_file(self) -> Path:
        return Path(self.bot_config.BOT_DATA_DIR).absolute() / "inbox-ledger.sqlite"

    @re_botcmd(
        name=QUESTION.name,
        pattern=r"\A\W*inbox(?:@(?P<bot>\w+))?[^\w\s@/'’-]*(?:\s+(?P<words>.*))?\Z",
        flags=re.IGNORECASE | re.DOTALL,
        historize=False,
        re_cmd_name_help=QUESTION.name,
    )
    def in_any_case(self, msg: Message, match: re.Match[str]) -> None:
        # As phones write it, with the prefix behind the bot's name, as in "@bot !inbox", or as groups of some networks
        # do, "/inbox@bot", or with a comma behind it: Errbot tries patterns where it has found no command.
        if not match["bot"] or goes_by(self._bot.bot_identifier, match["bot"]):
            self.receiver.give_unfound(msg, match["words"] or "")

    def _network(self) -> Network:
        """The chat this bot is in, made when it is first needed: some have no client before they are connected."""
        if self.chat is None:
            self.chat = open_chat(self._bot, self.bot_config, self.receiver.carry_out, self.receiver.misread, HOME)
        return self.chat


def method_of(command: Command) -> Callable[[Inbox, Message, str], None]:
    """The method that Errbot calls for a command of the table, with the help it shows for that."""

    def method(self: Inbox, msg: Message, args: str) -> None:
        self.receiver.give(command, msg, args)

    method.__name__ = command.name
    method.__doc__ = command.description
    given: Callable[[Inbox, Message, str], None] = botcmd(
        method, admin_only=command.admins_alone, historize=not command.admins_alone
    )
    return given


for declared in COMMANDS:
    setattr(Inbox, declared.name, method_of(declared))
Inbox.in_any_case.__doc__ = QUESTION.description  # `!help` shows this one, having the same name
