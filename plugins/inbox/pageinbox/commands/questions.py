"""What `!inbox` does with the words after it: from a text to a post, whatever happens."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from pageinbox.ask.answers import Answers, NothingAsked, UnknownRef
from pageinbox.commands.watches import WatchCommands
from pageinbox.language.question import parse
from pageinbox.language.reader import QueryError
from pageinbox.language.vocabulary import FILLERS
from pageinbox.model.answer import Answer
from pageinbox.model.errors import GraphError, LedgerError
from pageinbox.model.history import Backlog, SourceRecord
from pageinbox.model.post import Post
from pageinbox.model.query import InboxQuery
from pageinbox.model.source import Source
from pageinbox.model.text import bare
from pageinbox.settings.table import Settings
from pageinbox.words import sentences
from pageinbox.words.answer import listing
from pageinbox.words.status import pages, status
from pageinbox.words.thread import thread

if TYPE_CHECKING:
    from pageinbox.tell.service import WatchService


log = logging.getLogger(__name__)


class Commands:
    """The commands on one answers, with the settings in force.

    `service` gives what tells without being asked, or raises LedgerError. `clock` tells seconds since 1970, `prefix`
    is what commands begin with in this bot, `refusal` is what is wrong with newer settings that were refused.
    """

    def __init__(
        self,
        answers: Answers,
        chosen: Settings,
        service: Callable[[], WatchService],
        clock: Callable[[], float],
        prefix: str,
        refusal: str = "",
    ) -> None:
        self._answers = answers
        self._service = service
        self._watching = WatchCommands(answers, chosen, service, clock, prefix)
        self._chosen = chosen
        self._clock = clock
        self._prefix = prefix
        self._refusal = refusal

    def answer(self, room: str, text: str, *, direct: bool = False) -> Post:
        """What to say in `room` to `text`, the words after `!inbox`. Raises nothing: Errbot would show it raw.

        `direct` says that the room is one person.
        """
        word, _, rest = text.strip().partition(" ")
        commands = {
            "more": self._more,
            "show": self._show,
            "pages": self._pages,
            "status": self._status,
            "help": self._help,
        }
        watching: dict[str, Callable[[str, str], Post]] = {
            "watch": partial(self._watching.watch, direct=direct),
            "watches": self._watching.watches,
            "unwatch": self._watching.unwatch,
            "mute": self._watching.mute,
            "unmute": self._watching.unmute,
            "outbox": self._watching.outbox,
            "why": self._watching.why,
        }
        try:
            if (watcher := watching.get(word.casefold())) is not None:
                return watcher(room, rest.strip())
            return commands.get(word.casefold(), self._ask)(room, text, rest.strip())
        except QueryError as error:
            return sentences.misunderstood(str(error))
        except NothingAsked:
            return sentences.nothing_asked()
        except UnknownRef as error:
            return sentences.unknown_ref(str(error))
        except LedgerError as error:
            return sentences.without_ledger(error.kind, error.where)
        except Exception as error:
            log.exception("A command failed")
            return sentences.broken(type(error).__name__)

    def _parse(self, text: str) -> InboxQuery:
        return parse(text, self._answers.pages, prefix=self._prefix)

    def _ask(self, room: str, text: str, rest: str) -> Post:
        query = self._parse(text)
        if not self._answers.sources(query):
            return sentences.not_read(query)
        return self._listed(self._answers.ask(room, query))

    def _more(self, room: str, text: str, rest: str) -> Post:
        query = self._parse(f"limit {rest}" if rest.isdecimal() else rest)
        if replace(query, limit=InboxQuery().limit) != InboxQuery():
            return self._ask(room, rest, "")  # "more spam please" is a question of its own
        return self._listed(self._answers.more(room, query.limit if rest else None))

    def _listed(self, answer: Answer) -> Post:
        known = {name: client.known for name, client in self._answers.listing.clients.items()}
        return listing(answer, self._chosen.pages, known, self._chosen.detail)

    def _show(self, room: str, text: str, rest: str) -> Post:
        if not rest:
            return sentences.nothing_named("show")
        first, *others = rest.split()
        try:
            named = self._answers.find(room, first)
        except UnknownRef as unknown:
            try:
                return self._ask(room, rest, "")  # "show me the spam"
            except QueryError:
                raise unknown from None
        if others and not all(bare(word) in FILLERS for word in others):
            return sentences.one_at_a_time(first)
        page = self._chosen.pages[named.source.page]
        try:
            found = self._answers.thread(named)
        except GraphError as error:
            return sentences.failed(error, page, named.source)
        return thread(named, found, page, self._clock(), self._chosen.detail)

    def _pages(self, room: str, text: str, rest: str) -> Post:
        query = self._parse(rest)
        chosen = {name: page for name, page in self._chosen.pages.items() if query.page in (None, name)}
        return pages(chosen, self._answers.listing.identities())

    def _status(self, room: str, text: str, rest: str) -> Post:
        query = self._parse(rest)
        clients = self._answers.listing.clients
        chosen = {name: client.status() for name, client in clients.items() if query.page in (None, name)}
        standing = [
            one
            for one in self._answers.statuses()
            if one.source.page in chosen and query.platform in (None, one.source.platform)
        ]
        records, waiting, trouble = self._told()
        records = {one: record for one, record in records.items() if query.platform in (None, one.platform)}
        return status(chosen, standing, self._clock(), self._refusal, records, waiting, trouble)

    def _told(self) -> tuple[dict[Source, SourceRecord], list[Backlog], str]:
        """What the ledger has of watched sources and of what waits to be said, or what is wrong with it."""
        try:
            service = self._service()
            return service.standing(), service.records.waiting(), ""
        except LedgerError as error:
            return {}, [], sentences.ledger_trouble(error.kind, error.where)

    def _help(self, room: str, text: str, rest: str) -> Post:
        return sentences.usage_of_watch() if rest.casefold().startswith("watch") else sentences.usage()
