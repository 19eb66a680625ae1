"""The commands that ask: `!inbox` itself, more, show, pages, status."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from msgspec import structs

from pageinbox.ask.answers import UnknownRef
from pageinbox.commands.request import Request
from pageinbox.language.lists import parse_lists
from pageinbox.language.mute import NAMING, ROW, numbered
from pageinbox.language.nearest import nearest
from pageinbox.language.question import describe, parse
from pageinbox.language.reader import QueryError
from pageinbox.language.vocabulary import FAILING, FILLERS, GRAMMAR, LAST, MAX_LIMIT, say
from pageinbox.model.answer import Answer, SourceStatus
from pageinbox.model.errors import GraphError, LedgerError
from pageinbox.model.fault import Fault, Work
from pageinbox.model.history import Standing
from pageinbox.model.post import Post
from pageinbox.model.query import InboxQuery, Mark
from pageinbox.model.statistics import DAY
from pageinbox.model.text import bare, cut, fold
from pageinbox.words import refusals
from pageinbox.words.answer import listing, same_until, still
from pageinbox.words.marks import nothing_marked
from pageinbox.words.pages import pages as pages_post
from pageinbox.words.status import status as status_post
from pageinbox.words.thread import thread


@lru_cache(100)  # most questions are asked again and again
def understood(words: str, pages: tuple[str, ...], zone: str) -> InboxQuery:
    """A question. Raises QueryError."""
    return parse(words, pages, zone=zone)


def question(request: Request) -> InboxQuery:
    """What the words of a request ask for. Raises QueryError, with what the room it comes from makes likely."""
    pages = tuple(request.answers.pages)
    try:
        query = understood(request.words, pages, request.zone)
    except QueryError:
        query = parse(request.words, pages, request.nearby(), zone=request.zone)
    if (until := query.until(now := request.clock())) is not None and until > now:
        tonight = "tonight" in map(bare, request.words.split())
        said = "tonight" if tonight else say("since", query.since).removeprefix("since ")
        raise QueryError(f"“{said}” is still to come.", f"inbox {describe(replace(query, since=DAY))}")
    return query


def ask(request: Request) -> Post:
    """The conversations that a question is about. Raises QueryError, and LedgerError for one about marks."""
    query = question(request)
    if query.mark is None:
        answer = request.answers.ask(request.reader, query)
        post = listed(request, answer)
        found_none = query.text is not None and query.name is None and not answer.rows and request.ceiling.names
        return refusals.rather_person(post, f"inbox {say('name', query.text)}") if found_none else post
    if not request.answers.sources(query):
        return refusals.not_read(query)
    with request.service().asked():
        mine = replace(query, asker=request.person.id if query.mark is Mark.MINE else "")
        return listed(request, request.answers.ask(request.reader, mine))


def ask_instead(request: Request) -> Post:
    """The same where another command was given, whose words are a question. Raises QueryError."""
    return ask(request) if request.allowed("inbox", request.words) else refusals.not_allowed("")


def more(request: Request) -> Post:
    """The next rows of the room's last question. Raises QueryError and NothingAsked."""
    words = "" if fold(request.words) == "page" else request.words
    told = [word for word in words.split() if bare(word) not in FILLERS]
    if len(told) == 1 and bare(told[0]).isdecimal():
        count = bare(told[0]).lstrip("0")
        if not count or len(count) > 2 or int(count) > MAX_LIMIT:
            raise QueryError(f"I show 1 to {MAX_LIMIT} rows at once.", "inbox more 20")
        return listed(request, request.answers.more(request.reader, int(count)))
    if bare(words.partition(" ")[0]) == "than":
        return ask_instead(structs.replace(request, words=f"more {words}"))
    query = question(request)
    if replace(query, limit=InboxQuery().limit) != InboxQuery():
        return ask_instead(request)  # "more spam please" is a question of its own
    return listed(request, request.answers.more(request.reader, query.limit if words else None))


def listed(request: Request, answer: Answer) -> Post:
    """An answer as a list."""
    if not answer.groups:
        return refusals.not_read(answer.query) if answer.query.mark is None else nothing_marked(answer.query)
    known = {name: client.known for name, client in request.answers.listing.clients.items()}
    marks = request.answers.marks([row.conversation.id for row in answer.rows])
    pages, detail = request.settings.pages, request.ceiling

    def word() -> tuple[Post, float]:
        post = listing(answer, pages, known, detail, marks)
        return replace(post, zone=request.settings.timezone), same_until(answer, marks)

    return still(request.answers.said.get(request.reader, answer, (detail, marks, known), word), answer.at)


def show(request: Request) -> Post:
    """The latest messages of one conversation. Raises UnknownRef and QueryError."""
    if not request.words:
        return refusals.nothing_named("show")
    first, *others = request.words.split()
    led = bare(first) in FILLERS - ROW
    while others and bare(first) in ROW | NAMING | FILLERS | {"no"}:
        first, *others = others
    try:
        named = request.answers.find(request.reader, numbered(first))
    except UnknownRef:
        shown = {fold(row.conversation.name or "") for row in request.named_rows()}
        if first.startswith("@") and fold(first.removeprefix("@")) in shown:
            raise
        try:
            return ask_instead(request)  # "show me the spam"
        except QueryError:
            last_one = bare(first) in LAST and {*map(bare, others)} <= FILLERS | {"one"}
            if led and not numbered(first).isdecimal() and not last_one:
                raise
        raise
    if others and not all(bare(word) in FILLERS for word in others):
        return refusals.one_at_a_time("show", named.ref)
    page = request.settings.pages[named.source.page]
    try:
        found = request.answers.thread(named, request.reader)
    except GraphError as error:
        return refusals.failed(error, page, named.source)
    marks = request.answers.marks([named.conversation_id]).get(named.conversation_id)
    return thread(named, found, page, request.clock(), request.ceiling, marks)


def pages(request: Request) -> Post:
    """The Pages that are read. Raises QueryError."""
    refusal = "Pages can't be narrowed down by “{}”, only by name and platform."
    lists = parse_lists(request.words, request.answers.pages, lead="inbox pages ", refusal=refusal)
    chosen = {
        name: page
        for name, page in request.settings.pages.items()
        if lists.page in (None, name) and (lists.platform is None or lists.platform in page.platforms)
    }
    if not chosen:
        return refusals.not_read(InboxQuery(platform=lists.platform, page=lists.page))
    return pages_post(chosen, request.answers.identities(chosen, request.reader))


def status(request: Request) -> Post:
    """How fresh everything is, what is wrong, and what Meta allows. Raises QueryError."""
    words = [word for word in request.words.split() if bare(word) not in FAILING or bare(word) in request.answers.pages]
    failing = len(words) < len(request.words.split())
    refusal = "The status can't be narrowed down by “{}”, only by Page, platform and folder."
    try:
        lists = parse_lists(" ".join(words), request.answers.pages, lead="inbox status ", refusal=refusal, folders=True)
    except QueryError as error:
        unknown = [word for word in words if bare(word) not in GRAMMAR]
        typed = next((word for word in unknown if nearest(bare(word), ("failing",), 0.7)), "")
        if error.guess or not typed:
            raise
        raise QueryError(f"I don't know “{cut(typed)}”.", "inbox status failing", "failing") from None
    clients = request.answers.listing.clients
    chosen = {name: client.status() for name, client in clients.items() if lists.page in (None, name)}
    meant = lists.sources(request.settings.pages.values())
    if not meant:
        return refusals.not_read(InboxQuery(platform=lists.platform, page=lists.page))
    statuses = {status.source: status for status in request.answers.statuses()}
    asked = meant if lists.folder is not None else [source for source in statuses if source in meant]
    sources = [statuses.get(source) or SourceStatus(source, None, None) for source in asked]
    standing, faults = recorded(request)
    records = {source: record for source, record in standing.records.items() if source in meant}
    standing = replace(standing, records=records)
    return status_post(
        chosen, sources, request.clock(), request.refusal, standing, faults, failing=failing, sees=request.sees
    )


def recorded(request: Request) -> tuple[Standing, list[Fault]]:
    """How all stands by the ledger, and what can't be got done."""
    found = Standing()
    error: LedgerError | None
    try:
        found, error = request.service().standings.latest()
    except LedgerError as why:
        error = why
    faults = list(request.faults())
    known = any(fault.ledger or fault.doing is Work.OPENING for fault in faults)
    if error is not None and not known:
        faults.append(Fault(Work.TELLING, 0.0, error))
    return found, faults
