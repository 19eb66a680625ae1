"""How the lists of a ledger fared in a period: the database counts, and gives the lengths of answers as one text."""

from __future__ import annotations

import math
from array import array
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import tzinfo
from typing import Any

from sqlalchemy import BigInteger, Connection, Text, and_, bindparam, cast, exists, func, literal_column, or_, select

from pageinbox.ledger.arrivals import QUARTER, blind
from pageinbox.ledger.database import Ledger
from pageinbox.ledger.schema import ANSWERED_AT, act, answer, arrival, gap, ms, wait
from pageinbox.ledger.schema import source as source_table
from pageinbox.ledger.sources import Sources
from pageinbox.model.act import ActKind, Ending
from pageinbox.model.source import Source
from pageinbox.model.statistics import DAY, HOUR, Answered, Arrived, Compared, Part, Period, Statistics
from pageinbox.model.tally import Tally, days_of, distribution, hours_of, seen, total
from pageinbox.model.wait import STANDARD

LATE = 300.0
"""Seconds after an answer within which who claims the conversation is the one who gave it, if that ends the claim."""

LISTED: Any = bindparam("listed", expanding=True)
BEGIN, END = bindparam("begin", type_=BigInteger), bindparam("end", type_=BigInteger)
GIVEN = and_(answer.c.source.in_(LISTED), ANSWERED_AT >= BEGIN, ANSWERED_AT < END)
BEGUN = and_(
    arrival.c.source.in_(LISTED), arrival.c.quarter >= bindparam("first"), arrival.c.quarter < bindparam("last")
)
LATER = answer.alias()
WROTE_AGAIN = exists().where(
    LATER.c.conversation == answer.c.conversation,
    LATER.c.since > answer.c.since,
    LATER.c.since.between(ANSWERED_AT, act.c.ended),
)
HELD = or_(
    and_(act.c.at <= ANSWERED_AT, or_(act.c.ended.is_(None), act.c.ended > ANSWERED_AT)),
    and_(act.c.at.between(ANSWERED_AT, ANSWERED_AT + ms(LATE)), act.c.ending == Ending.ANSWERED.value, ~WROTE_AGAIN),
)
"""That a claim held when an answer was given, or that it was made later, and that answer ended it."""

CLAIMED = (
    select(answer, func.min(act.c.id).label("claim"))
    .join(act, act.c.conversation == answer.c.conversation)
    .where(act.c.kind == ActKind.CLAIM.value, HELD, GIVEN)
    .group_by(*answer.columns)
    .subquery()
)
"""The answers that somebody had claimed, each with the first of such claims."""


def counting(answers: Any, joined: Callable[..., Any], *by: Any) -> Any:
    """Selects counts of answers, and their lengths as one text; what they are counted `by` comes first."""
    certain = answers.c.at_least.is_(None)
    return select(
        *by,
        func.count(),
        func.count().filter(certain, answers.c.took <= HOUR),
        func.count().filter(certain, answers.c.took <= DAY),
        func.count().filter(answers.c.took - answers.c.wrote < int(STANDARD)),
        joined(cast(answers.c.took, Text), ","),
        joined(cast(answers.c.opened, Text), ","),
    ).group_by(by[0])


WHOSE = act.c.who, func.max(act.c.id)
JOINED: Mapping[str, Callable[..., Any]] = {"sqlite": func.group_concat, "postgresql": func.string_agg}
BY_SOURCE = {dialect: counting(answer, joined, answer.c.source).where(GIVEN) for dialect, joined in JOINED.items()}
BY_PERSON = {
    dialect: counting(CLAIMED, joined, *WHOSE).join_from(CLAIMED, act, act.c.id == CLAIMED.c.claim)
    for dialect, joined in JOINED.items()
}
NEW_BY_SOURCE = select(arrival.c.source, func.sum(arrival.c.many)).where(BEGUN).group_by(arrival.c.source)
NEW_BY_QUARTER = select(arrival.c.quarter, func.sum(arrival.c.many)).where(BEGUN).group_by(arrival.c.quarter)
IN_QUARTER = ANSWERED_AT // literal_column(str(QUARTER), BigInteger)
ANSWERED_BY_QUARTER = select(IN_QUARTER, func.count()).where(GIVEN).group_by(IN_QUARTER)
WAITING = select(func.count()).select_from(wait).where(wait.c.source.in_(LISTED), wait.c.gone.is_(None))
NAMES = select(act.c.who, act.c.name).where(act.c.id.in_(bindparam("acts", expanding=True))).order_by(act.c.id)
ANSWERS = select(answer.c.source, answer.c.since, ANSWERED_AT, answer.c.opened, answer.c.at_least)
ANSWERS = ANSWERS.where(GIVEN).order_by(ANSWERED_AT, answer.c.conversation)
EVER_WATCHED = select(source_table)
ARRIVALS = select(arrival).where(BEGUN).order_by(arrival.c.quarter, arrival.c.source)
KNOWN_SINCE = select(gap.c.source, gap.c.ended).where(gap.c.source.in_(LISTED), gap.c.begun == 0)
"""Made once: making a statement takes as long as running it."""


class Figuring:
    """The statistics of one ledger."""

    def __init__(self, ledger: Ledger, sources: Sources) -> None:
        self._ledger = ledger
        self._sources = sources

    def statistics(self, usual: Mapping[Source, float], period: Period, before: Period, zone: tzinfo) -> Statistics:
        """How lists fared in a period, compared with another one, by the clocks of `zone`.

        `usual` are the lists, each with the seconds within which it is looked at as long as all is well. Raises
        LedgerError.
        """
        with self._ledger.reading() as connection:
            at = self._ledger.now(connection)
            rows = self._rows(connection, usual)
            now, earlier = (by_source(connection, rows, each) for each in (period, before))
            people, names = by_person(connection, rows, (period, before))
            came, answered = (
                {quarter * QUARTER / 1000: many for quarter, many in asked(connection, statement, rows, period)}
                for statement in (NEW_BY_QUARTER, ANSWERED_BY_QUARTER)
            )
            waiting = connection.execute(WAITING, {"listed": [*rows]}).scalar_one()
            unseen = blind(connection, {row: usual[source] for row, source in rows.items()}, at)
        if len(rows) < len(usual):
            unseen.append((0.0, math.inf))
        since = max((end for begin, end in unseen if begin == 0), default=math.inf)
        parts = {
            part: {
                name: Compared(*(total(by.get(each, Tally()) for each in ids).figures() for by in (now, earlier)))
                for name, ids in grouped(rows, usual, part).items()
            }
            for part in (Part.PLATFORM, Part.PAGE, Part.FOLDER)
        }
        every = total(now.values())
        return Statistics(
            period=period,
            before=before,
            all=Compared(every.figures(), total(earlier.values()).figures()),
            waiting=waiting,
            looked=seen(elapsed(period, at), unseen),
            looked_before=seen(elapsed(before, at), unseen),
            since=None if math.isinf(since) else since,
            parts={**parts, Part.PERSON: by_name(people[0], people[1], names)},
            days=days_of(period, zone, came, answered),
            hours=hours_of(came, zone),
            lengths=distribution(every.took),
        )

    def known_since(self, listed: Collection[Source]) -> dict[Source, float]:
        """From when on each of some lists is known, in seconds since 1970; without those not known yet.

        Raises LedgerError.
        """
        with self._ledger.reading() as connection:
            rows = self._rows(connection, listed)
            found = connection.execute(KNOWN_SINCE, {"listed": [*rows]}).all()
        return {rows[source]: ended / 1000 for source, ended in found}

    def answers(self, listed: Collection[Source], period: Period, most: int | None = None) -> Iterator[Answered]:
        """The answers that were given in some lists in a period, in order, `most` at most. Raises LedgerError."""
        with self._ledger.reading() as connection:
            rows = self._rows(connection, listed)
            found = asked(connection, ANSWERS.limit(most), rows, period)
        for source, since, answered, opened, at_least in found:
            yield Answered(rows[source], since / 1000, answered / 1000, opened, bool(at_least))

    def arrivals(self, listed: Collection[Source], period: Period, most: int | None = None) -> Iterator[Arrived]:
        """How many conversations began in some lists in each quarter of an hour of a period, `most` quarters at most.

        Raises LedgerError.
        """
        with self._ledger.reading() as connection:
            rows = self._rows(connection, listed)
            found = asked(connection, ARRIVALS.limit(most), rows, period)
        for source, quarter, many in found:
            yield Arrived(rows[source], quarter * QUARTER / 1000, many)

    def _rows(self, connection: Connection, listed: Collection[Source]) -> dict[int, Source]:
        """The rows of those of the lists that were ever watched."""
        every, wanted = connection.execute(EVER_WATCHED).all(), frozenset(listed)
        named = ((row.id, self._sources.named(row)) for row in every)
        return {row_id: source for row_id, source in named if source is not None and source in wanted}


def asked(connection: Connection, statement: Any, rows: Collection[int], period: Period) -> Sequence[Any]:
    """What a statement finds in the lists with these rows and in a period."""
    begin, end = ms(period.begin), ms(period.end)
    quarters = {"first": -(-begin // QUARTER), "last": -(-end // QUARTER)}
    return connection.execute(statement, {"listed": [*rows], "begin": begin, "end": end, **quarters}).all()


def by_source(connection: Connection, rows: Collection[int], period: Period) -> dict[int, Tally]:
    """What came and was answered in a period, by the rows of lists."""
    found = {
        row: tally_of(*counts) for row, *counts in asked(connection, BY_SOURCE[connection.dialect.name], rows, period)
    }
    for row, many in asked(connection, NEW_BY_SOURCE, rows, period):
        found.setdefault(row, Tally()).new = int(many)
    return found


def by_person(
    connection: Connection, rows: Collection[int], periods: Sequence[Period]
) -> tuple[list[dict[str, Tally]], dict[str, str]]:
    """What was answered in each period of what somebody had claimed, by the ids of people; and what they are called.

    Those are the names they claimed it with last; people who share one are told apart by their ids.
    """
    statement = BY_PERSON[connection.dialect.name]
    found = [asked(connection, statement, rows, period) for period in periods]
    claims = [claim for each in found for _, claim, *_ in each]
    names = {who: name for who, name in connection.execute(NAMES, {"acts": claims})}
    shared = Counter(names.values())
    called = {who: name if shared[name] == 1 else f"{name} ({who})" for who, name in names.items()}
    return [{who: tally_of(*counts) for who, _, *counts in each} for each in found], called


def tally_of(answered: int, hour: int, day: int, window: int, took: str, opened: str | None) -> Tally:
    """What `counting` selects. The lengths are put in order at once: so they are added up and ordered anew quickly."""
    lengths = (array("i", sorted(map(int, text.split(",") if text else ()))) for text in (took, opened))
    return Tally(0, answered, hour, day, window, *lengths)


def by_name(now: Mapping[str, Tally], before: Mapping[str, Tally], names: Mapping[str, str]) -> dict[str, Compared]:
    """The figures of people, by their names, most answers first."""
    counts = {who: [by[who].answered if who in by else 0 for by in (now, before)] for who in names}
    order = sorted(names, key=lambda who: (*(-count for count in counts[who]), names[who]))
    return {names[who]: Compared(*(by.get(who, Tally()).figures() for by in (now, before))) for who in order}


def grouped(rows: Mapping[int, Source], listed: Collection[Source], part: Part) -> dict[str, list[int]]:
    """The rows of lists by what tells them apart, in the order of the lists."""
    ids = {source: row for row, source in rows.items()}
    found: dict[str, list[int]] = {}
    for source in listed:
        if source in ids:
            found.setdefault(str(getattr(source, part.value)), []).append(ids[source])
    return found


def elapsed(period: Period, at: int) -> Period:
    """What is over of a period. `at` is now, in milliseconds."""
    return Period(period.begin, min(period.end, at / 1000))
