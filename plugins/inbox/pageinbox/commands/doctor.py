"""The command that examines the bot, and says what to do about what is not as it should be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from pageinbox.checkup.bot import chat, push
from pageinbox.checkup.in_time import Part
from pageinbox.checkup.ledger import ledger
from pageinbox.checkup.settings import settings
from pageinbox.checkup.whole import examine
from pageinbox.commands.deep import DEEP, deep
from pageinbox.commands.request import Request
from pageinbox.language.nearest import nearest
from pageinbox.language.question import parse
from pageinbox.language.reader import QueryError, spellings
from pageinbox.language.vocabulary import SYNONYMS
from pageinbox.model.checkup import Faulty
from pageinbox.model.finding import Finding, State, Subject
from pageinbox.model.post import Post
from pageinbox.model.query import InboxQuery
from pageinbox.model.source import Folder, Source
from pageinbox.model.text import bare
from pageinbox.words.doctor import doctor as doctor_post

if TYPE_CHECKING:
    from pageinbox.tell.service import WatchService

LEAD = "inbox doctor "


def doctor(request: Request) -> Post:
    """What is good, what needs attention and what isn't known: of one Page, or of everything.

    Who is no admin, or not alone with the bot, hears of Pages, of the ledger and of the room they are in. Raises
    QueryError and AskedTooOften.
    """
    if DEEP in map(bare, words := request.words.split()):
        return deep(request, " ".join(word for word in words if bare(word) != DEEP))
    query = where(request)
    sources: dict[str, list[Source]] = {name: [] for name in request.settings.pages if query.page in (None, name)}
    for status in request.answers.statuses():
        if status.source.page in sources and query.platform in (None, status.source.platform):
            sources[status.source.page].append(status.source)
    partly = (query.page, query.platform) != (None, None)
    parts = {} if partly else here(request)
    faults = [] if partly else [fault for fault in request.faults() if fault.ledger is None]
    found = [Finding(State.ATTENTION, Faulty(fault)) for fault in faults]
    found += examine(request.answers.listing, sources, parts, clock=request.clock, room=request.reader)
    return doctor_post(found, request.settings.pages, request.clock(), all_told=request.sees_all or partly)


def where(request: Request) -> InboxQuery:
    """The Page and the platform that are asked about. Raises QueryError, also where anything else is."""
    pages = spellings(tuple(request.answers.pages))
    words = [word for word in request.words.split() if SYNONYMS.get(bare(word)) != "doctor" or bare(word) in pages]
    try:
        query = parse(" ".join(words), request.answers.pages, lead=LEAD)
    except QueryError as error:
        if any(nearest(bare(word), (DEEP,), 0.7) for word in request.words.split()):
            raise QueryError(error.sentence, f"{LEAD}{DEEP}", DEEP) from None
        if is_plain(parse(error.example.removeprefix(LEAD), request.answers.pages)):
            raise
        raise QueryError(error.sentence) from None  # what was guessed is nothing to examine
    if not is_plain(query):
        raise QueryError("I examine whole Pages or platforms, not single folders or conversations.", f"{LEAD}messenger")
    return query


def is_plain(query: InboxQuery) -> bool:
    """Whether it names nothing but a Page and a platform; all folders are as good as none."""
    return replace(query, page=None, platform=None, folder=query.folder or Folder.INBOX) == InboxQuery()


def here(request: Request) -> Mapping[Subject, Part]:
    """What is to be examined besides the Pages, as far as it may be told where the command was given."""
    failing = next((fault.ledger for fault in request.faults() if fault.ledger), None)
    parts: dict[Subject, Part] = {Subject.LEDGER: partial(ledger, lambda: request.service().ledger, failing)}
    if (around := request.around) is None:
        return parts
    sees = None if request.sees_all else request.sees
    parts[Subject.CHAT] = partial(
        chat, around.chat, lambda: listening(request.service()), lambda: request.service().histories.waiting(), sees
    )
    if request.sees_all:
        wanted = request.settings.push_token is not None
        parts[Subject.PUSH] = partial(
            push, lambda: request.service().standings.pushed(), request.clock(), wanted=wanted
        )
        parts[Subject.SETTINGS] = partial(settings, around.origins, request.refusal)
        parts[Subject.BOT] = around.errbot
        parts[Subject.VERSIONS] = around.versions
    return parts


def listening(service: WatchService) -> list[str]:
    """The rooms that are told something without being asked. Raises LedgerError."""
    watches, digests = service.watches.watches(), service.digests.standing()
    return list(dict.fromkeys([*(watch.room for watch in watches), *(digest.room for digest in digests)]))
