"""The statistics of very many conversations, beside a plain recount of what the ledger was told of them."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import pytest

from pageinbox.ledger.arrivals import arrived, begun
from pageinbox.ledger.bulk import INSERTS, in_bulk
from pageinbox.ledger.database import Ledger, open_ledger
from pageinbox.ledger.schema import act, ms
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


def tell(ledger: Ledger, everybody: list[Customer]) -> None:
    """Let looks find all that, and people claim some of it."""
    sources, at = Sources(ledger, PAGES), ms(NOON)
    waits = Waits(ledger, sources, {"acme": OPEN})
    want(ledger, sources, SOURCES)
    chance, claims = Random(13), list[dict[str, object]]()
    for source in SOURCES:
        mine, row = [one for one in everybody if one.source == source], sources.row(source)
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


def figures(everybody: Iterable[Customer], period: Period, who: str | None = None) -> Figures:
    """A plain recount; of who claimed what was answered, where one is given."""
    answered = [
        (one.source, turn, turn.answered)
        for one in everybody
        for turn in one.rounds
        if turn.answered is not None and period.begin <= turn.answered < period.end and who in (None, turn.claimed)
    ]
    new = [quarter(one.rounds[0].since) for one in everybody]
    took = [at - turn.since for _, turn, at in answered]
    opened = [int(OPEN.open_seconds(turn.since, at)) for source, turn, at in answered if source.page == "acme"]
    return Figures(
        new=0 if who else sum(period.begin <= at < period.end for at in new),
        answered=len(answered),
        took=lengths(took),
        opened=lengths(opened) if opened else None,
        within_hour=sum(at - turn.since <= HOUR and not turn.at_least for _, turn, at in answered),
        within_day=sum(at - turn.since <= DAY and not turn.at_least for _, turn, at in answered),
        in_window=sum(at - turn.wrote < DAY for _, turn, at in answered),
    )


def quarter(moment: float) -> int:
    return int(moment // 900 * 900)


def lengths(seconds: list[int]) -> Lengths:
    ordered = sorted(seconds)
    if not ordered:
        return Lengths()
    return Lengths(len(ordered), *(ordered[math.ceil(len(ordered) * part / 10) - 1] for part in (5, 9)))


def both(everybody: Iterable[Customer], who: str | None = None) -> Compared:
    those = list(everybody)
    return Compared(figures(those, NOW, who), figures(those, BEFORE, who))


class NotSearched(list[Source]):
    """Lists that must not be gone through for each list there is: of 300 Pages there are thousands."""

    def __contains__(self, key: object) -> bool:
        raise AssertionError("it is gone through from its beginning")


def check(url: str, count: int) -> None:
    everybody = list(customers(count))
    ledger = open_ledger(url, clock=lambda: NOON)
    try:
        tell(ledger, everybody)
        figuring = Figuring(ledger, Sources(ledger, PAGES))
        found = figuring.statistics(dict.fromkeys(ASKED, math.inf), NOW, BEFORE, ROME)
        rows = [*figuring.answers(ASKED, NOW)]
        arrivals = [*figuring.arrivals(ASKED, NOW)]
        assert rows[:3] == [*figuring.answers(ASKED, NOW, 3)]
        assert arrivals[:3] == [*figuring.arrivals(ASKED, NOW, 3)]
        assert arrivals == [*figuring.arrivals(NotSearched(ASKED), NOW)]
    finally:
        ledger.close()
    mine = [one for one in everybody if one.source in ASKED]
    assert found.all == both(mine)
    assert found.waiting == sum(one.rounds[-1].answered is None for one in mine)
    for part in (Part.PLATFORM, Part.PAGE, Part.FOLDER):
        names = dict.fromkeys(str(getattr(source, part.value)) for source in ASKED)
        assert found.parts[part] == {
            name: both(one for one in mine if getattr(one.source, part.value) == name) for name in names
        }
    shared = {who: f"{name} ({who})" if name == "Ann" else name for who, name in PEOPLE.items()}
    assert found.parts[Part.PERSON] == {shared[who]: both(mine, who) for who in PEOPLE}
    most = [each.now.answered for each in found.parts[Part.PERSON].values()]
    assert most == sorted(most, reverse=True)
    given = [(turn, turn.answered) for one in mine for turn in one.rounds if turn.answered is not None]
    now = [(turn, at) for turn, at in given if NOW.begin <= at < NOW.end]
    came = [at for one in mine if NOW.begin <= (at := quarter(one.rounds[0].since)) < NOW.end]
    assert Counter(found.hours) == Counter((face.weekday(), face.hour) for face in map(clock, came))
    new, answered = Counter(clock(at).date() for at in came), Counter(clock(at).date() for _, at in now)
    dates = sorted({clock(NOW.begin + hour * HOUR).date() for hour in range(30 * 24)})
    assert found.days == [
        DayFigures(datetime(date.year, date.month, date.day, tzinfo=ROME).timestamp(), new[date], answered[date])
        for date in dates
    ]
    bounds = (-1, *BOUNDS, math.inf)
    took = [at - turn.since for turn, at in now]
    assert found.lengths == [sum(low < one <= high for one in took) for low, high in pairwise(bounds)]
    assert [row.answered for row in rows] == sorted(at for _, at in now)
    assert Counter((row.since, row.answered, row.at_least) for row in rows) == Counter(
        (turn.since, at, turn.at_least) for turn, at in now
    )
    assert sum(each.many for each in arrivals) == len(came)


def clock(moment: float) -> datetime:
    return datetime.fromtimestamp(moment, ROME)


def test_a_recount_agrees(ledger_url: str) -> None:
    check(ledger_url, 1_000)


@pytest.mark.long
def test_a_recount_of_a_hundred_thousand_conversations_agrees(ledger_folder: Path) -> None:
    check(f"sqlite:///{ledger_folder}/ledger.sqlite", 100_000)
