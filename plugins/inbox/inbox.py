"""The Errbot plugin: commands and life cycle. What they do is in the package `pageinbox` beside this file."""

import os
import random
import time
from ast import literal_eval
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from errbot import BotPlugin, Message, botcmd, cmdfilter

from pageinbox.alarm import Alarm
from pageinbox.budget import Budget
from pageinbox.chat import markdown, slack
from pageinbox.chat.errbot import ErrbotChat, convert_one_at_a_time, end_on_sigterm, identified, may, name_of, room_of
from pageinbox.commands import Commands
from pageinbox.desk import Desk
from pageinbox.graph import GraphClient
from pageinbox.listing import Listing
from pageinbox.post import Post
from pageinbox.refs import Refs
from pageinbox.reply import open_session
from pageinbox.sending import Chat, ChatError
from pageinbox.settings import Settings, SettingsError, read
from pageinbox.telling import Telling
from pageinbox.words import sentences

if TYPE_CHECKING:
    from pageinbox.newsroom import Newsroom

ADDRESS_MAX = 100
"""Characters left free in each message for the name Errbot puts before an answer in a room."""

EXAMPLE = 'plugin config Inbox {"CACHE_TTL": 60}'


class Inbox(BotPlugin):
    """Ask for a Facebook Page's Messenger and Instagram conversations. Reads only: it never writes to Meta."""

    chosen: Settings | None = None
    refusal = ""
    desk: Desk | None = None
    telling: Telling | None = None
    told_refusal = False

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        end_on_sigterm()
        self.budgets: dict[str, Budget] = {}
        """By Page id; they outlive a change of settings, since what Meta has forbidden stays forbidden."""

    def get_configuration_template(self) -> dict[str, Any]:
        """What `!plugin config Inbox` offers to copy: settings that may be changed from chat, no secrets among them."""
        return {"CACHE_TTL": 30, "DETAIL": "snippet"}

    def check_configuration(self, configuration: object) -> None:
        """Nothing: Errbot would forget the settings in force and stop the plugin. See :meth:`configure`."""

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
        for part in self._say(sentences.refused(why)):
            self.send(msg.to if msg.is_group else msg.frm, part, in_reply_to=msg)
        return None, None, None

    def activate(self) -> None:
        """Open the Pages, and in the background the ledger; then look at what is watched. Makes no call by itself."""
        convert_one_at_a_time(self._bot)
        if self.chosen is not None:
            for budget in self.budgets.values():
                budget.allow()
            listing = open_listing(self.chosen, self.budgets)
            if self.desk is None:
                self.desk = Desk(listing, Refs(), time.time)
            else:
                self.desk.use(listing)
            self.telling = self._open_telling(self.desk, self.chosen)
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
            chat = ErrbotChat(self._bot, self._say)
            for admin in map(str, self.bot_config.BOT_ADMINS):
                with suppress(ChatError):  # the log has it too
                    chat.send(admin, sentences.cannot_start(self.refusal), "refused")

    def _open_telling(self, desk: Desk, chosen: Settings) -> Telling:
        chat = ErrbotChat(self._bot, self._say)
        admins = tuple(map(str, self.bot_config.BOT_ADMINS))
        alarm = Alarm(chat, admins, time.time)
        place = chosen.database_url.reveal() if chosen.database_url else self._ledger_file()

        def make(going: Callable[[], bool]) -> "Newsroom | None":
            watches = tuple((self._room(name), wish) for name, wish in chosen.watches)
            known = tuple(dict.fromkeys(map(self._room, admins)))
            return open_newsroom(place, desk, replace(chosen, watches=watches), chat, alarm, known, going)

        return Telling(make, alarm)

    def _room(self, name: str) -> str:
        """A room of the settings by the name that `!inbox watch` in it would give it."""
        try:
            return name_of(identified(self._bot, name))
        except ChatError:
            return name  # the outbox will tell what is wrong with it

    def _ledger_file(self) -> Path:
        return Path(self.bot_config.BOT_DATA_DIR).absolute() / "inbox-ledger.sqlite"

    @botcmd
    def inbox(self, msg: Message, args: str) -> Iterator[str]:
        """Show conversations: !inbox [folder] [platform] [page] [user ID|@name] [unread] [since 2h] [limit N]

        Folders: inbox, other, done, spam. Platforms: messenger, instagram. Words in any order; without any, every
        Page's inbox on both platforms. For example: !inbox spam instagram
        """
        # "!inbox Watch" is this command to Errbot, whose access controls know the other one by its own name.
        word, _, rest = args.strip().partition(" ")
        command = f"inbox_{word.casefold()}"
        if hasattr(type(self), command) and not may(self._bot, msg, command, rest):
            yield from self._say(sentences.not_allowed(word.casefold()))
        else:
            yield from self._answer(msg, args)

    @botcmd
    def inbox_help(self, msg: Message, args: str) -> Iterator[str]:
        """Show what !inbox understands, by example."""
        yield from self._answer(msg, f"help {args}")

    @botcmd
    def inbox_more(self, msg: Message, args: str) -> Iterator[str]:
        """Show the next conversations of this room's last question: !inbox more"""
        yield from self._answer(msg, f"more {args}")

    @botcmd
    def inbox_show(self, msg: Message, args: str) -> Iterator[str]:
        """Show the latest messages of a conversation: !inbox show REF, or !inbox show 3 for the third one listed"""
        yield from self._answer(msg, f"show {args}")

    @botcmd
    def inbox_pages(self, msg: Message, args: str) -> Iterator[str]:
        """Show the Pages I read, and who they are at Meta: !inbox pages"""
        yield from self._answer(msg, f"pages {args}")

    @botcmd
    def inbox_status(self, msg: Message, args: str) -> Iterator[str]:
        """Show when each list was last read, what is wrong, and what Meta still allows: !inbox status"""
        yield from self._answer(msg, f"status {args}")

    @botcmd
    def inbox_watch(self, msg: Message, args: str) -> Iterator[str]:
        """Tell this room of every new conversation: !inbox watch [folder] [platform] [page] [unread] [from @name]

        Also [text "…"] [every new|message] [quiet 22:00-08:00 Europe/Rome] [as count|initials|name|snippet]. In a
        direct chat it tells you. For example: !inbox watch spam instagram
        """
        yield from self._answer(msg, f"watch {args}")

    @botcmd
    def inbox_watches(self, msg: Message, args: str) -> Iterator[str]:
        """Show what is watched here, by number: !inbox watches"""
        yield from self._answer(msg, f"watches {args}")

    @botcmd
    def inbox_unwatch(self, msg: Message, args: str) -> Iterator[str]:
        """End a watch of this room: !inbox unwatch 3"""
        yield from self._answer(msg, f"unwatch {args}")

    @botcmd
    def inbox_mute(self, msg: Message, args: str) -> Iterator[str]:
        """Say nothing here of a conversation, or by a watch, for a while: !inbox mute k7fq for 2h, !inbox mute 3"""
        yield from self._answer(msg, f"mute {args}")

    @botcmd
    def inbox_unmute(self, msg: Message, args: str) -> Iterator[str]:
        """Speak of it here again: !inbox unmute k7fq"""
        yield from self._answer(msg, f"unmute {args}")

    @botcmd
    def inbox_outbox(self, msg: Message, args: str) -> Iterator[str]:
        """Show what waits to be said in which room, and why: !inbox outbox"""
        yield from self._answer(msg, f"outbox {args}")

    @botcmd
    def inbox_why(self, msg: Message, args: str) -> Iterator[str]:
        """Show who was told of a conversation, when and by which watch, or why not: !inbox why k7fq"""
        yield from self._answer(msg, f"why {args}")

    def _answer(self, msg: Message, text: str) -> list[str]:
        telling = self.telling
        if self.desk is None or self.chosen is None or telling is None:
            return self._say(sentences.refused(self.refusal))
        commands = Commands(
            self.desk, self.chosen, telling.newsroom, time.time, self.bot_config.BOT_PREFIX, self.refusal
        )
        return self._say(commands.answer(room_of(msg), text, direct=not msg.is_group))

    def _say(self, post: Post) -> list[str]:
        messages = slack.messages if self.mode == "slackv3" else markdown.messages
        return messages(post, self.bot_config.BOT_PREFIX, self.bot_config.MESSAGE_SIZE_LIMIT - ADDRESS_MAX)


def open_newsroom(
    place: str | Path,
    desk: Desk,
    chosen: Settings,
    chat: Chat,
    alarm: Alarm,
    admins: tuple[str, ...],
    going: Callable[[], bool],
) -> "Newsroom | None":
    """The ledger at `place`, and what tells rooms by it; None when `going` says that nobody wants it any more.

    Raises LedgerError.
    """
    from pageinbox.ledger.opening import open_ledger
    from pageinbox.newsroom import Newsroom

    ledger = open_ledger(place)
    newsroom = None
    try:
        if going():
            newsroom = Newsroom(
                ledger,
                desk,
                chosen,
                chat,
                alarm=alarm,
                admins=admins,
                clock=time.time,
                timer=time.monotonic,
                random=random.random,
                going=going,
            )
    finally:
        if newsroom is None:
            ledger.close()
    return newsroom


def open_listing(chosen: Settings, budgets: dict[str, Budget]) -> Listing:
    """The Pages of the settings, each with a session of its own, and with its budget, made here if it has none yet."""
    clients = {
        name: GraphClient(
            page,
            open_session(chosen.graph_url, os.environ),
            budgets.setdefault(page.id, Budget(time.monotonic, time.sleep)),
            url=chosen.graph_url,
            version=chosen.graph_version,
            clock=time.time,
            sleep=time.sleep,
            random=random.random,
        )
        for name, page in chosen.pages.items()
    }
    return Listing(clients, ttl=chosen.cache_ttl, clock=time.time, timer=time.monotonic)
