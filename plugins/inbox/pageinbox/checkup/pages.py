"""Asking Meta about Pages, within what each is allowed and within the time that somebody waits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial

from pageinbox.ask.listing import MANY, PATIENCE, Listing
from pageinbox.ask.pool import Job
from pageinbox.checkup.page import Answers, page
from pageinbox.model.checkup import AppMode
from pageinbox.model.errors import GraphError, MetaSlow
from pageinbox.model.finding import Finding, unknown
from pageinbox.model.look import Look
from pageinbox.model.source import Source
from pageinbox.model.token import UNKNOWN


def pages(
    listing: Listing,
    sources: Mapping[str, Iterable[Source]],
    clock: Callable[[], float],
    *,
    room: str = "",
    patience: float = PATIENCE,
) -> list[Finding]:
    """What is to be said of Pages; `sources` are their lists to try, by the Page's name.

    Each is tried once, or not at all where it was read a moment ago, and of very many where the poller has read it
    lately, unless it failed since. It counts as a question of `room`. `clock` tells seconds since 1970, `patience` are
    the seconds to wait. Raises AskedTooOften.
    """
    wanted = {name: list(of_page) for name, of_page in sources.items()}
    lists = [source for of_page in wanted.values() for source in of_page]
    many = len(lists) > MANY
    polled = listing.as_polled([source for source in lists if not listing.journal.fails(source)]) if many else {}
    answers = {name: Answers() for name in wanted}
    for source, look in polled.items():
        answers[source.page].looks[source] = look
    try:
        asked = [
            jobs(listing, name, [source for source in sources if source not in polled], answers[name], sparing=many)
            for name, sources in wanted.items()
        ]
        listing.ask(asked, room=room, patience=patience)
    except MetaSlow as error:
        fill(answers, wanted, error)
    now = clock()
    found = [
        finding
        for name, sources in wanted.items()
        for finding in page(listing.clients[name], sources, answers[name].so_far(), now)
    ]
    return [*found, unknown(AppMode())] if found else []


def jobs(listing: Listing, name: str, sources: Sequence[Source], answers: Answers, *, sparing: bool) -> list[Job]:
    """The calls for one Page, one after the other: what is asked last matters least.

    Where many Pages are asked about, they are `sparing`: a token is not asked about that was within a day.
    """
    client = listing.clients[name]

    def read(source: Source) -> None:
        answers.looks[source] = listing.look_now(source)

    def identify() -> None:
        try:
            answers.identity = client.identity()
        except GraphError as error:
            answers.identity = error

    def debug() -> None:
        if sparing and client.token != UNKNOWN:
            answers.token = client.token
            return
        try:
            answers.token = client.ask_token()
        except GraphError as error:
            answers.token = error

    return [*(partial(read, source) for source in sources), identify, debug]


def fill(answers: Mapping[str, Answers], wanted: Mapping[str, Sequence[Source]], error: GraphError) -> None:
    """Let all answers be that nobody could be asked."""
    for name, sources in wanted.items():
        answers[name].looks |= {source: Look(source, trouble=error) for source in sources}
        answers[name].identity = answers[name].token = error
