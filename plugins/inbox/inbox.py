"""The Errbot plugin: commands and life cycle. What they do is in the package `pageinbox` beside this file."""

import os
import time
from ast import literal_eval
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from errbot import BotPlugin, Message, botcmd, cmdfilter

from pageinbox.app import Runtime, open_listing, open_service
from pageinbox.ask.answers import Answers
from pageinbox.ask.refs import Refs
from pageinbox.chat.errbot.converters import convert_one_at_a_time
from pageinbox.chat.errbot.ending import end_on_sigterm
from pageinbox.chat.errbot.incoming import identified, may, name_of, room_of
from pageinbox.chat.network import Network, open_chat
from pageinbox.chat.slack.incoming import Heard, typed
from pageinbox.commands.questions import Commands
from pageinbox.graph.budget import Budget
from pageinbox.model.chat import ChatError
from pageinbox.model.post import Post
from pageinbox.settings.table import Settings, SettingsError, read
from pageinbox.tell.alarm import Alarm
from pageinbox.tell.opening import Opening
from pageinbox.words import refusals

if TYPE_CHECKING:
    from pageinbox.tell.service import WatchService

RUNTIME = Runtime()
EXAMPLE = 'plugin config Inbox {"CACHE_TTL": 60}'


class Inbox(BotPlugin):
    """Ask for a Facebook Page's Messenger and Instagram conversations. Reads only: it never writes to Meta."""

    chosen: Settings | None = None
    refusal = ""
    answers: Answers | None = None
    telling: Opening | None = None
    told_refusal = False
    chat: Network | None = None

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        end_on_sigterm()
        self.budgets: dict[str, Budget] = {}
        """By Page id; they outlive a change of settings, since what Meta has forbidden stays forbidden."""
        self.heard = Heard()

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
        self.refusal = ""
        for overrides in (configuration, None):
            try:
                self.chosen = self._read(overrides)
                return
            except SettingsError as error:
                self.log.error("Settings refused: %s", error)
                self.refusal = self.refusal or str(error)
                if self.chosen is not None:
                    return

    def _read(self, overrides: dict[str, Any] | None) -> Settings:
        return read(getattr(self.bot_config, "INBOX", None), overrides, environment=os.environ)

    @cmdfilter
    def refuse_bad_settings(self, msg: Message, cmd: str, args: str, dry_run: bool) -> tuple[Any, Any, Any]:
        """Answer a `!plugin config Inbox {…}` that can't be right before Errbot stops the plugin, stores or logs it."""
        name, _, text = (args or "").strip().partition(" ")
        if dry_run or cmd != "plugin_config" or name != self.name or not text.strip():
            return msg, cmd, args
        try:
            self._read(literal_eval(text.strip()))
        except SettingsError as error:
            why = str(error)
        except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
            why = f"That is no dict of settings. For example: {self.bot_config.BOT_PREFIX}{EXAMPLE}"
        else:
            return msg, cmd, args
        self._reply(msg, cmd, refusals.refused(why))
        return None, None, None

    @cmdfilter
    def hear_once(self, msg: Message, cmd: str, args: str, dry_run: bool) -> tuple[Any, Any, Any]:
        """Pass by a message to this plugin that Slack delivers again, or that was only edited."""
        event = msg.extras.get("slack_event")
        if dry_run or event is None or not cmd.startswith("inbox"):
            return msg, cmd, args
        return (None, None, None) if self.heard.before(event) else (msg, cmd, args)

    def activate(self) -> None:
        """Open the Pages, and in the background the ledger; then look at what is watched. Makes no call by itself."""
        convert_one_at_a_time(self._bot)
        if self.chosen is not None:
            for budget in self.budgets.values():
                budget.allow()
            listing = open_listing(self.chosen, RUNTIME, self.budgets)
            if self.answers is None:
                self.answers = Answers(listing, Refs(), time.time)
            else:
                self.answers.use(listing)
            self.telling = self._open_telling(self.answers, self.chosen)
            self.telling.start()
        super().activate()

    def deactivate(self) -> None:
        """End every thread within about two seconds, also while Graph or the chat hang."""
        telling, self.telling = self.telling, None
        if telling is not None:
            telling.stop()
        super().deactivate()

    def callback_connect(self) -> None:
        """Tell the admins when there are no settings to begin with: a bot that says nothing would look alive."""
        if self.chosen is None and self.refusal and not self.told_refusal:
            self.told_refusal = True
            for admin in map(str, self.bot_config.BOT_ADMINS):
                with suppress(ChatError):  # the log has it too
                    self._network().send(admin, refusals.cannot_start(self.refusal), f"refused-{time.time():.0f}")

    def _open_telling(self, answers: Answers, chosen: Settings) -> Opening:
        chat = self._network()
        admins = tuple(map(str, self.bot_config.BOT_ADMINS))
        alarm = Alarm(chat, admins, time.time)
        place = chosen.database_url.reveal() if chosen.database_url else self._ledger_file()

        def make(going: Callable[[], bool]) -> "WatchService | None":
            watches = tuple((self._room(name), wish) for name, wish in chosen.watches)
            known = tuple(dict.fromkeys(map(self._room, admins)))
            return open_service(
                place,
                answers,
                replace(chosen, watches=watches),
                chat,
                alarm=alarm,
                admins=known,
                runtime=RUNTIME,
                going=going,
            )

        return Opening(make, alarm)

    def _room(self, name: str) -> str:
        """A room of the settings by the name that `!inbox watch` in it would give it."""
        try:
            return name_of(identified(self._bot, name))
        except ChatError:
            return name  # the outbox will tell what is wrong with it

    def _ledger_file(self) -> Path:
        return Path(self.bot_config.BOT_DATA_DIR).absolute() / "inbox-ledger.sqlite"

    @botcmd
    def inbox(self, msg: Message, args: str) -> None:
        """Show conversations: !inbox [folder] [platform] [page] [user ID|@name] [unread] [since 2h] [limit N]

        Folders: inbox, other, done, spam. Platforms: messenger, instagram. Words in any order; without any, every
        Page's inbox on both platforms. For example: !inbox spam instagram
        """
        # "!inbox Watch" is this command to Errbot, whose access controls know the other one by its own name.
        word, _, rest = args.strip().partition(" ")
        command = f"inbox_{word.casefold()}"
        if hasattr(type(self), command) and not may(self._bot, msg, command, rest):
            self._reply(msg, "inbox", refusals.not_allowed(word.casefold()))
        elif hasattr(type(self), command):
            self._answer(msg, word.casefold(), rest)
        else:
            self._answer(msg, "", args)

    @botcmd
    def inbox_help(self, msg: Message, args: str) -> None:
        """Show what !inbox understands, by example."""
        self._answer(msg, "help", args)

    @botcmd
    def inbox_more(self, msg: Message, args: str) -> None:
        """Show the next conversations of this room's last question: !inbox more"""
        self._answer(msg, "more", args)

    @botcmd
    def inbox_show(self, msg: Message, args: str) -> None:
        """Show the latest messages of a conversation: !inbox show REF, or !inbox show 3 for the third one listed"""
        self._answer(msg, "show", args)

    @botcmd
    def inbox_pages(self, msg: Message, args: str) -> None:
        """Show the Pages I read, and who they are at Meta: !inbox pages"""
        self._answer(msg, "pages", args)

    @botcmd
    def inbox_status(self, msg: Message, args: str) -> None:
        """Show when each list was last read, what is wrong, and what Meta still allows: !inbox status"""
        self._answer(msg, "status", args)

    @botcmd
    def inbox_watch(self, msg: Message, args: str) -> None:
        """Tell this room of every new conversation: !inbox watch spam instagram

        [folder] [platform] [page] [unread] [from @name] [text "…"] [every new|message] [later edit|thread|nothing]
        [quiet 22:00-08:00 Europe/Rome] [as count|initials|name|snippet]; in a direct chat it tells you.
        """
        self._answer(msg, "watch", args)

    @botcmd
    def inbox_watches(self, msg: Message, args: str) -> None:
        """Show what is watched here, by number: !inbox watches"""
        self._answer(msg, "watches", args)

    @botcmd
    def inbox_unwatch(self, msg: Message, args: str) -> None:
        """End a watch of this room: !inbox unwatch 3"""
        self._answer(msg, "unwatch", args)

    @botcmd
    def inbox_mute(self, msg: Message, args: str) -> None:
        """Say nothing here of a conversation, or by a watch, for a while: !inbox mute k7fq for 2h, !inbox mute 3"""
        self._answer(msg, "mute", args)

    @botcmd
    def inbox_unmute(self, msg: Message, args: str) -> None:
        """Speak of it here again: !inbox unmute k7fq"""
        self._answer(msg, "unmute", args)

    @botcmd
    def inbox_outbox(self, msg: Message, args: str) -> None:
        """Show what waits to be said in which room, and why: !inbox outbox"""
        self._answer(msg, "outbox", args)

    @botcmd
    def inbox_why(self, msg: Message, args: str) -> None:
        """Show who was told of a conversation, when and by which watch, or why not: !inbox why k7fq"""
        self._answer(msg, "why", args)

    def _answer(self, msg: Message, word: str, args: str) -> None:
        """Say what the words after !inbox ask for; `word` is the first of them where that is a command of its own."""
        self._reply(msg, f"inbox_{word}" if word else "inbox", self._found(msg, f"{word} {args}".strip()))

    def _found(self, msg: Message, text: str) -> Post:
        telling = self.telling
        if self.answers is None or self.chosen is None or telling is None:
            return refusals.refused(self.refusal)
        commands = Commands(
            self.answers, self.chosen, telling.service, time.time, self.bot_config.BOT_PREFIX, self.refusal
        )
        given = typed(text) if "slack_event" in msg.extras else text
        return commands.answer(room_of(msg), given, direct=not msg.is_group)

    def _reply(self, msg: Message, command: str, post: Post) -> None:
        """Answer a command where Errbot's settings want it: DIVERT_TO_PRIVATE and DIVERT_TO_THREAD know it by name."""
        private, threaded = (
            bool({"ALL_COMMANDS", command} & set(setting))
            for setting in (self.bot_config.DIVERT_TO_PRIVATE, self.bot_config.DIVERT_TO_THREAD)
        )
        try:
            self._network().answer(msg, post, private=private, threaded=threaded)
        except ChatError as error:
            self.log.error("An answer to %s could not be given: %s", command, error)

    def _network(self) -> Network:
        """The chat this bot is in, made when it is first needed: Slack's client exists only once it is connected."""
        if self.chat is None:
            self.chat = open_chat(self._bot, self.bot_config)
        return self.chat
