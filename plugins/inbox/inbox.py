"""The Errbot plugin: commands and life cycle. What they do is in the package `pageinbox` beside this file."""

import os
import random
import time
from ast import literal_eval
from collections.abc import Iterator
from typing import Any

from errbot import BotPlugin, Message, botcmd, cmdfilter

from pageinbox.budget import Budget
from pageinbox.chat import markdown, slack
from pageinbox.commands import Commands
from pageinbox.desk import Desk
from pageinbox.graph import GraphClient
from pageinbox.listing import Listing
from pageinbox.post import Post
from pageinbox.refs import Refs
from pageinbox.reply import open_session
from pageinbox.settings import Settings, SettingsError, read
from pageinbox.words import sentences

ADDRESS_MAX = 100
"""Characters left free in each message for the name Errbot puts before an answer in a room."""

EXAMPLE = 'plugin config Inbox {"CACHE_TTL": 60}'


class Inbox(BotPlugin):
    """Ask for a Facebook Page's Messenger and Instagram conversations. Reads only: it never writes to Meta."""

    chosen: Settings | None = None
    refusal = ""
    desk: Desk | None = None

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
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
        """Open the Pages. Makes no call to Meta."""
        if self.chosen is not None:
            listing = open_listing(self.chosen, self.budgets)
            if self.desk is None:
                self.desk = Desk(listing, Refs(), time.time)
            else:
                self.desk.use(listing)
        super().activate()

    @botcmd
    def inbox(self, msg: Message, args: str) -> Iterator[str]:
        """Show conversations: !inbox [folder] [platform] [page] [user ID|@name] [unread] [since 2h] [limit N]

        Folders: inbox, other, done, spam. Platforms: messenger, instagram. Words in any order; without any, every
        Page's inbox on both platforms. For example: !inbox spam instagram
        """
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

    def _answer(self, msg: Message, text: str) -> list[str]:
        if self.desk is None or self.chosen is None:
            return self._say(sentences.refused(self.refusal))
        commands = Commands(self.desk, self.chosen, time.time, self.bot_config.BOT_PREFIX, self.refusal)
        return self._say(commands.answer(str(msg.to if msg.is_group else msg.frm), text))

    def _say(self, post: Post) -> list[str]:
        messages = slack.messages if self.mode == "slackv3" else markdown.messages
        return messages(post, self.bot_config.BOT_PREFIX, self.bot_config.MESSAGE_SIZE_LIMIT - ADDRESS_MAX)


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
