"""The statistics of very many conversations, beside a plain recount of what the ledger was told of them."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain, pairwise
from pathlib import Path
from random import Random
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest

from pageinbox.ledger.arrivals import arrived, begun
from pageinbox.ledger.bulk import INSERTS, in_bulk
from pageinbox.ledger.database import Ledger, open_ledger
from pageinbox.ledger.schema import act, answer, ms, wait
from pageinbox.ledger.sources import Sources
from pageinbox.ledger.statistics import Figuring
from pageinbox.ledger.waits import Waits
from pageinbox.ledger.wanted import want
from pageinbox.model.act import ActKind, Ending
from pageinbox.model.conversation import Conversation
from pageinbox.model.hours import OpeningHours, Span
from pageinbox.model.source import Folder, Platform, Source
from pageinbox.model.statistics import BOUNDS, DAY, HOUR, Compared, DayFigures, Figures, Lengths, Part, Period
from tests.core.stage import NOON

PAGES = {"acme": "200300400", "globex": "200300401"}
SOURCES = [Source(page, platform, folder) for page in PAGES for platform in Platform
           for folder in (Folder.INBOX, Folder.SPAM)]  # fmt: skip
ASKED = [source for source in SOURCES if source != Source("globex", Platform.INSTAGRAM, Folder.SPAM)]
ROME, MOST = ZoneInfo("Europe/Rome"), 70 * DAY
OPEN = OpeningHours(tuple(Span(day, 9 * 60, 18 * 60) for day in range(5)), ROME)
PEOPLE = {"U1": "Ann", "U2": "Bo", "U3": "Ann", "U4": "Dee"}
NOW = Period(NOON - 30 * DAY, NOON)
BEFORE = Period(NOON - 60 * DAY, NOON - 30 * DAY)


@dataclass
class Round:
    """One time that a customer waited; `answered` is None where they do still."""

    since: int
    wrote: int
    answered: int | None
    at_least: bool
    claimed: str | None = None


@dataclass
class Customer:
    """A conversation, in which they waited some times."""

    number: int
    source: Source
    rounds: list[Round] = field(default_factory=list)

    def met(self, turn: Round, *, answered: bool) -> Conversation:
        """As a look meets it in one of these rounds."""
        return Conversation(
            f"t_{self.number}",
            float(turn.answered if answered and turn.answered else turn.wrote),
            self.source.platform,
            snippet="hello?",
            waiting=not answered,
            wrote=float(turn.wrote),
            waits=None if answered else float(turn.since),
            at_least=turn.at_least,
            answered=float(turn.answered) if answered and turn.answered else None,
        )


def customers(count: int) -> Iterator[Customer]:
    chance = Random(12)
    for number in range(count):
        one = Customer(number, chance.choice(SOURCES))
        at = int(NOON - chance.uniform(0, MOST))
        for _ in range(chance.choice((1, 1, 1, 2, 3))):
            wrote = at + chance.choice((0, 0, 30, int(chance.expovariate(1 / 3000))))
            answered = wrote + int(chance.expovariate(1 / chance.choice((300, 4000, 200_000))))
            over = chance.random() < 0.9 and answered < NOON
            turn = Round(at, wrote, answered if over else None, chance.random() < 0.05)
            if over and chance.random() < 0.3:
                turn.claimed = chance.choice([*PEOPLE])
            one.rounds.append(turn)
            at = answered + 60 + int(chance.expovariate(1 / 50_000))
            if not over or at > NOON:
                break
        yield one


def tell(ledger: Ledger, lists: Mapping[Source, Sequence[Customer]]) -> None:
    """Let looks find all that, and people claim some of it."""
    sources, at = Sources(ledger, PAGES), ms(NOON)
    waits = Waits(ledger, sources, {"acme": OPEN})
    want(ledger, sources, SOURCES)
    chance, claims = Random(13), list[dict[str, object]]()
    for source, mine in lists.items():
        row = sources.row(source)
        with ledger.writing() as connection:
            begun(connection, row, ms(NOON - MOST))
            first = [one.met(one.rounds[0], answered=False) for one in mine]
            ids = sources.learn(connection, row, first, now=NOON)
            arrived(connection, row, first, at)
            for which in range(3):
                late = [(ids[f"t_{one.number}"], one, one.rounds[which]) for one in mine if len(one.rounds) > which]
                waits.learn(connection, row, {row_id: one.met(turn, answered=False) for row_id, one, turn in late}, at)
                over = [each for each in late if each[2].answered is not None]
                waits.learn(connection, row, {row_id: one.met(turn, answered=True) for row_id, one, turn in over}, at)
                for row_id, _, turn in over:
                    claims += claimed(chance, row_id, turn)
    with ledger.writing() as connection:
        in_bulk(connection, INSERTS[connection.dialect.name](act), claims)


def put(ledger: Ledger, lists: Mapping[Source, Sequence[Customer]]) -> None:
    """The rows of all that, as `tell` leaves them: to let looks find very many takes longer than all the rest."""
    sources = Sources(ledger, PAGES)
    want(ledger, sources, SOURCES)
    chance, claims = Random(13), list[dict[str, object]]()
    with ledger.writing() as connection:
        for source, mine in lists.items():
            row, hours = sources.row(source), OPEN if source.page == "acme" else None
            begun(connection, row, ms(NOON - MOST))
            first = [one.met(one.rounds[0], answered=False) for one in mine]
            ids = sources.learn(connection, row, first, now=NOON)
            arrived(connection, row, first, ms(NOON))
            waits, answers = list[dict[str, object]](), list[dict[str, object]]()
            for one in mine:
                row_id = ids[f"t_{one.number}"]
                for turn in one.rounds:
                    its = {"conversation": row_id, "source": row.id, "since": ms(turn.since)}
                    its["at_least"] = 1 if turn.at_least else None
                    if turn.answered is None:
                        waits.append({**its, "wrote": ms(turn.wrote), "gone": None, "body": "{}"})
                        continue
                    opened = int(hours.open_seconds(turn.since, turn.answered)) if hours else None
                    took, wrote = turn.answered - turn.since, turn.wrote - turn.since
                    answers.append({**its, "took": took, "opened": opened, "wrote": wrote})
                    claims += claimed(chance, row_id, turn)
            for table, rows in ((wait, waits), (answer, answers)):
                in_bulk(connection, INSERTS[connection.dialect.name](table), rows)
        in_bulk(connection, INSERTS[connection.dialect.name](act), claims)


def claimed(chance: Random, row_id: int, turn: Round) -> Iterator[dict[str, object]]:
    """The claims on a wait: one that held when it was answered, or was made for that, and some that did not hold."""
    assert turn.answered is not None
    made = turn.since + chance.random() * (turn.answered - turn.since)
    if chance.random() < 0.1:  # somebody had it before
        yield acted(row_id, chance.choice([*PEOPLE]), made - 50, made, Ending.TAKEN_OVER)
    if turn.claimed is not None:
        made, ending = chance.choice(
            [(made, Ending.ANSWERED), (made, Ending.DONE), (turn.answered + 20, Ending.ANSWERED)]
        )
        yield acted(row_id, turn.claimed, made, turn.answered + 40, ending)


def acted(row_id: int, who: str, at: float, ended: float, ending: Ending) -> dict[str, object]:
    return {
        "conversation": row_id,
        "kind": ActKind.CLAIM.value,
        "who": who,
        "name": PEOPLE[who],
        "room": "#support",
        "at": ms(at),
        "ended": ms(ended),
        "ending": ending.value,
    }


class Given(NamedTuple):
    """An answer: it `took` seconds, `opened` of them while the Page was open, None where it has no hours."""

    turn: Round
    at: int
    took: int
    opened: int | None


def answers_in(those: Iterable[Customer], period: Period, hours: OpeningHours | None) -> list[Given]:
    return [
        Given(
            turn,
            turn.answered,
            turn.answered - turn.since,
            int(hours.open_seconds(turn.since, turn.answered)) if hours else None,
        )
        for one in those
        for turn in one.rounds
        if turn.answered is not None and period.begin <= turn.answered < period.end
    ]


class Recount:
    """A plain recount of a period: in which quarters of an hour conversations were new, and what was answered."""

    def __init__(self, lists: Mapping[Source, Sequence[Customer]], period: Period) -> None:
        began = {source: [quarter(one.rounds[0].since) for one in those] for source, those in lists.items()}
        self.came = {source: [at for at in those if period.begin <= at < period.end] for source, those in began.items()}
        hours = {"acme": OPEN}
        self.given = {source: answers_in(those, period, hours.get(source.page)) for source, those in lists.items()}

    def figures(self, sources: Collection[Source]) -> Figures:
        """Of what came and was answered in some lists."""
        given = [each for source in sources for each in self.given[source]]
        return answered(given, new=sum(len(self.came[source]) for source in sources))

    def figures_of(self, who: str) -> Figures:
        """Of what was answered of what somebody had claimed."""
        every = chain.from_iterable(self.given.values())
        return answered([each for each in every if each.turn.claimed == who], new=0)


def answered(given: Sequence[Given], *, new: int) -> Figures:
    opened = [each.opened for each in given if each.opened is not None]
    return Figures(
        new=new,
        answered=len(given),
        took=lengths([each.took for each in given]),
        opened=lengths(opened) if opened else None,
        within_hour=sum(each.took <= HOUR and not each.turn.at_least for each in given),
        within_day=sum(each.took <= DAY and not each.turn.at_least for each in given),
        in_window=sum(each.at - each.turn.wrote < DAY for each in given),
    )


def quarter(moment: float) -> int:
    return int(moment // 900 * 900)


def lengths(seconds: list[int]) -> Lengths:
    ordered = sorted(seconds)
    if not ordered:
        return Lengths()
    return Lengths(len(ordered), *(ordered[math.ceil(len(ordered) * part / 10) - 1] for part in (5, 9)))


class NotSearched(list[Source]):
    """Lists that must not be gone through for each list there is: of 300 Pages there are thousands."""

    def __contains__(self, key: object) -> bool:
        raise AssertionError("it is gone through from its beginning")


def check(url: str, count: int, there: Callable[[Ledger, Mapping[Source, Sequence[Customer]]], None]) -> None:
    lists: dict[Source, list[Customer]] = {source: [] for source in SOURCES}
    for one in customers(count):
        lists[one.source].append(one)
    ledger = open_ledger(url, clock=lambda: NOON)
    try:
        there(ledger, lists)
        figuring = Figuring(ledger, Sources(ledger, PAGES))
        found = figuring.statistics(dict.fromkeys(ASKED, math.inf), NOW, BEFORE, ROME)
        rows = [*figuring.answers(ASKED, NOW)]
        arrivals = [*figuring.arrivals(ASKED, NOW)]
        assert rows[:3] == [*figuring.answers(ASKED, NOW, 3)]
        assert arrivals[:3] == [*figuring.arrivals(ASKED, NOW, 3)]
        assert arrivals == [*figuring.arrivals(NotSearched(ASKED), NOW)]
    finally:
        ledger.close()
    asked = {source: lists[source] for source in ASKED}
    now, before = Recount(asked, NOW), Recount(asked, BEFORE)
    assert found.all == Compared(now.figures(asked), before.figures(asked))
    assert found.waiting == sum(one.rounds[-1].answered is None for those in asked.values() for one in those)
    for part in (Part.PLATFORM, Part.PAGE, Part.FOLDER):
        named: dict[str, list[Source]] = {}
        for source in asked:
            named.setdefault(str(getattr(source, part.value)), []).append(source)
        assert found.parts[part] == {
            name: Compared(now.figures(those), before.figures(those)) for name, those in named.items()
        }
    shared = {who: f"{name} ({who})" if name == "Ann" else name for who, name in PEOPLE.items()}
    assert found.parts[Part.PERSON] == {
        shared[who]: Compared(now.figures_of(who), before.figures_of(who)) for who in PEOPLE
    }
    most = [each.now.answered for each in found.parts[Part.PERSON].values()]
    assert most == sorted(most, reverse=True)
    came = [clock(at) for those in now.came.values() for at in those]
    given = [*chain.from_iterable(now.given.values())]
    assert Counter(found.hours) == Counter((face.weekday(), face.hour) for face in came)
    new, over = Counter(face.date() for face in came), Counter(clock(each.at).date() for each in given)
    dates = sorted({clock(NOW.begin + hour * HOUR).date() for hour in range(30 * 24)})
    assert found.days == [
        DayFigures(datetime(date.year, date.month, date.day, tzinfo=ROME).timestamp(), new[date], over[date])
        for date in dates
    ]
    bounds = (-1, *BOUNDS, math.inf)
    assert found.lengths == [sum(low < each.took <= high for each in given) for low, high in pairwise(bounds)]
    assert [row.answered for row in rows] == sorted(each.at for each in given)
    assert Counter((row.since, row.answered, row.at_least) for row in rows) == Counter(
        (each.turn.since, each.at, each.turn.at_least) for each in given
    )
    assert sum(each.many for each in arrivals) == len(came)


def clock(moment: float) -> datetime:
    return datetime.fromtimestamp(moment, ROME)


def test_a_recount_agrees(ledger_url: str) -> None:
    check(ledger_url, 5_000, tell)


@pytest.mark.long
def test_a_recount_of_a_hundred_thousand_conversations_agrees(ledger_folder: Path) -> None:
    check(f"sqlite:///{ledger_folder}/ledger.sqlite", 100_000, put)
