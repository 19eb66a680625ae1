"""The command that counts: stats."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain, islice
from typing import TYPE_CHECKING

from pageinbox.commands.request import Request
from pageinbox.language.statistics import StatisticsAsked, parse_statistics
from pageinbox.language.watch import describe_watch
from pageinbox.model.post import Post
from pageinbox.model.query import InboxQuery
from pageinbox.model.source import Folder, Source
from pageinbox.model.statistics import DAY, HOUR, Answered, Arrived
from pageinbox.model.watch import WatchSpec
from pageinbox.words import refusals
from pageinbox.words import statistics as words
from pageinbox.words.charts import drawn
from pageinbox.words.common import label_of_all
from pageinbox.words.spreadsheet import MOST_ROWS, spreadsheet

if TYPE_CHECKING:
    from pageinbox.tell.service import WatchService


def stats(request: Request) -> Post:
    """How the watched lists fared in a period, as text or as a file. Raises QueryError and LedgerError."""
    asked = parse_statistics(request.words, request.answers.pages, zone=request.zone, now=request.clock())
    which, pages = asked.selection, request.settings.pages
    chosen = which.sources(pages.values())
    if not chosen:
        return refusals.not_read(InboxQuery(platform=which.platform, page=which.page))
    service = request.service()
    wanted = set(service.poll.wanted())
    watched = [source for source in chosen if source in wanted]
    # Who names no folder misses none of those that hardly anybody watches.
    missing = [each for each in chosen if each not in wanted and (which.folder or each.folder is Folder.INBOX)]
    unwatched, watch = words.lists(missing, pages), watch_command(request, missing)
    if not watched:
        return words.nothing_watched(unwatched, watch)
    since = service.figuring.known_since(watched)
    counted = known_longest(watched, since, asked.period.period.begin)
    post = (as_file if asked.csv else as_text)(request, service, asked, counted)
    uncounted = since.keys() - {*counted}
    if later := [source for source in watched if source in uncounted]:
        post = words.with_later(post, words.lists(later, pages), min(since[each] for each in later), request.clock())
    return words.with_unwatched(post, unwatched, watch) if missing else post


def as_text(request: Request, service: WatchService, asked: StatisticsAsked, counted: Sequence[Source]) -> Post:
    """How some lists fared, with a chart. Raises LedgerError."""
    settings, period = request.settings, asked.period
    found = service.statistics.compared(counted, period.period, period.before)
    post = words.statistics(
        found,
        asked,
        label_of_all(counted, settings.pages),
        pages=settings.pages,
        zone=settings.timezone,
        now=request.clock(),
        retention=settings.retention_days * DAY,
    )
    return words.with_chart(post, drawn(found, settings.timezone))


def as_file(request: Request, service: WatchService, asked: StatisticsAsked, counted: Sequence[Source]) -> Post:
    """The ledger's rows of some lists as a file. Raises LedgerError."""
    settings, figuring, period, most = request.settings, service.figuring, asked.period.period, MOST_ROWS + 1
    answers, arrivals = figuring.answers(counted, period, most), figuring.arrivals(counted, period, most)
    rows = list(islice(chain[Answered | Arrived](answers, arrivals), most))
    return spreadsheet(rows, asked, label_of_all(counted, settings.pages), zone=settings.timezone)


def known_longest(watched: Sequence[Source], since: Mapping[Source, float], begin: float) -> Sequence[Source]:
    """The lists that are known since a period began, or for about as long as the first of them.

    With one that is known for a day only, nothing could be told of a week. All of them where none is known.
    """
    latest = max(begin, min(since.values(), default=0.0) + HOUR)
    return [source for source in watched if source in since and since[source] <= latest] or watched


def watch_command(request: Request, sources: Sequence[Source]) -> str:
    """The command that makes a room watch these lists, all of one folder, and maybe others besides."""
    folders, platforms = {source.folder for source in sources}, {source.platform for source in sources}
    names = {source.page for source in sources}
    spec = WatchSpec(
        folder=folders.pop() if folders else Folder.INBOX,
        platform=platforms.pop() if len(platforms) == 1 else None,
        page=names.pop() if len(names) == 1 and len(request.settings.pages) > 1 else None,
    )
    return f"inbox watch {describe_watch(spec)}"
