"""The Errbot plugin: commands and life cycle. What they do is in the package `pageinbox` beside this file."""

import os
import random
import time
from ast import literal_eval
from collections.abc import Callable

from errbot import BotPlugin, Message, botcmd, cmdfilter
from pageinbox.budget import Budget
from pageinbox.chat import markdown, slack
from pageinbox.desk import Answer, Desk, NothingAsked, UnknownRef
from pageinbox.errors import GraphError
from pageinbox.graph import GraphClient
from pageinbox.listing import Listing
from pageinbox.post import Foreign, Post
from pageinbox.query import QueryError, parse
from pageinbox.refs import Refs
from pageinbox.reply import open_session
from pageinbox.settings import Settings, SettingsError, read
from pageinbox.words import sentences
from pageinbox.words.answer import listing
from pageinbox.words.status import pages, status
from pageinbox.words.thread import thread

SUBCOMMANDS = ("more", "show", "pages", "status", "help")


class Inbox(BotPlugin):
    """Ask for a Facebook Page's Messenger and Instagram conversations. Reads only: it never writes to Meta."""

    chosen: Settings | None = None
    refusal: str | None = None
    desk: Desk | None = None

    def get_configuration_template(self) -> dict:
        """What `!plugin config Inbox` offers to copy: settings that may be changed from chat, no secrets among them."""
        return {"CACHE_TTL": 30, "DETAIL": "snippet"}

    def check_configuration(self, configuration: object) -> None:
        """Nothing: Errbot would forget the settings in force and stop the plugin. See :meth:`configure`."""

    def configure(self, configuration: dict | None) -> None:
        """Read the settings; what is wrong with them is kept to be told, and the last good ones stay in force."""
        super().configure(configuration)
        try:
            self.chosen = self._read(configuration)
            self.refusal = None
        except SettingsError as error:
            self.refusal = str(error)
            self.log.error("Settings refused: %s", error)
            if self.chosen is None and configuration is not None:
                try:
                    self.chosen = self._read(None)
                except SettingsError as deeper:
                    self.refusal = str(deeper)

    def _read(self, overrides: dict | None) -> Settings:
        return read(getattr(self.bot_config, "INBOX", None), overrides, environment=os.environ)

    @cmdfilter
    def refuse_bad_settings(self, msg: Message, cmd: str, args: str, dry_run: bool) -> tuple:
        """Answer a `!plugin config Inbox {…}` that can't be right before Errbot stops the plugin, stores or logs it."""
        name, _, text = (args or "").strip().partition(" ")
        if dry_run or cmd != "plugin_config" or name != self.name or not text.strip():
            return msg, cmd, args
        try:
            self._read(literal_eval(text.strip()))
        except SettingsError as error:
            why = str(error)
        except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
            why = 'That is no dict of settings. For example: {"CACHE_TTL": 60}'
        else:
            return msg, cmd, args
        self.send(msg.to if msg.is_group else msg.frm, self._say(sentences.refused(why)), in_reply_to=msg)
        return None, None, None

    def activate(self) -> None:
        """Open the Pages. Makes no call to Meta."""
        if self.chosen is not None:
            listing = open_listing(self.chosen)
            if self.desk is None:
                self.desk = Desk(listing, Refs(), time.time)
            else:
                self.desk.use(listing)
        super().activate()

    def deactivate(self) -> None:
        """Close the Pages; answers under way are left to finish, and what rooms were shown is kept."""
        super().deactivate()
        if self.desk is not None:
            self.desk.listing.close()

    @botcmd
    def inbox(self, msg: Message, args: str) -> str:
        """Show conversations: !inbox [folder] [platform] [page] [user ID|@name] [unread] [since 2h] [limit N]

        Folders: inbox, other, done, spam. Platforms: messenger, instagram. Words in any order; without any, every
        Page's inbox on both platforms. For example: !inbox spam instagram
        """
        word, _, rest = args.strip().partition(" ")
        if word.casefold() in SUBCOMMANDS:
            return getattr(self, f"inbox_{word.casefold()}")(msg, rest)

        def ask(desk: Desk, chosen: Settings) -> Post:
            query = parse(args, desk.pages, prefix=self.bot_config.BOT_PREFIX)
            return listed(desk, desk.ask(room_of(msg), query), chosen)

        return self._answer(ask)

    @botcmd
    def inbox_help(self, msg: Message, args: str) -> str:
        """Show what !inbox understands."""
        return self._say(sentences.usage())

    @botcmd
    def inbox_more(self, msg: Message, args: str) -> str:
        """Show the next conversations of this room's last question: !inbox more"""
        return self._answer(lambda desk, chosen: listed(desk, desk.more(room_of(msg)), chosen))

    @botcmd
    def inbox_show(self, msg: Message, args: str) -> str:
        """Show the latest messages of a conversation: !inbox show REF, or !inbox show 3 for the third one listed"""

        def show(desk: Desk, chosen: Settings) -> Post:
            if not args.strip():
                return sentences.nothing_named()
            named = desk.find(room_of(msg), args)
            page = chosen.pages[named.source.page]
            try:
                found = desk.thread(named)
            except GraphError as error:
                return sentences.failed(error, page, named.source)
            return thread(named, found, page, time.time(), chosen.detail)

        return self._answer(show)

    @botcmd
    def inbox_pages(self, msg: Message, args: str) -> str:
        """Show the Pages I read, and who they are at Meta: !inbox pages"""
        return self._answer(lambda desk, chosen: pages(desk.listing.clients, desk.listing.identities()))

    @botcmd
    def inbox_status(self, msg: Message, args: str) -> str:
        """Show when each list was last read, what is wrong, and what Meta still allows: !inbox status"""
        return self._answer(lambda desk, chosen: status(desk.listing.clients, desk.standing(), time.time()))

    def _answer(self, work: Callable[[Desk, Settings], Post]) -> str:
        """What `work` says, or the sentence for why it can't; never an exception, which Errbot would show raw."""
        if self.desk is None or self.chosen is None:
            return self._say(sentences.refused(self.refusal or "I am being restarted."))
        try:
            post = work(self.desk, self.chosen)
        except QueryError as error:
            post = Post((Foreign(str(error), most=400),))
        except NothingAsked:
            post = sentences.nothing_asked()
        except UnknownRef as error:
            post = sentences.unknown_ref(str(error))
        except Exception as error:
            self.log.exception("A command failed")
            post = sentences.broken(type(error).__name__)
        return self._say(post)

    def _say(self, post: Post) -> str:
        render = slack.render if self.mode == "slackv3" else markdown.render
        return render(post, self.bot_config.BOT_PREFIX)


def open_listing(chosen: Settings) -> Listing:
    """The Pages of the settings, each with a session and a budget of its own."""
    clients = {
        name: GraphClient(
            page,
            open_session(chosen.graph_url, os.environ),
            Budget(time.monotonic, time.sleep),
            url=chosen.graph_url,
            version=chosen.graph_version,
            clock=time.time,
            sleep=time.sleep,
            random=random.random,
        )
        for name, page in chosen.pages.items()
    }
    return Listing(clients, ttl=chosen.cache_ttl, clock=time.time, timer=time.monotonic)


def room_of(msg: Message) -> str:
    """Where a question was asked: the room, or the person of a direct chat."""
    return str(msg.to if msg.is_group else msg.frm)


def listed(desk: Desk, answer: Answer, chosen: Settings) -> Post:
    """An answer in words."""
    known = {name: client.known for name, client in desk.listing.clients.items()}
    return listing(answer, chosen.pages, known, chosen.detail)
