"""Who looks at which source: by the ledger's time, each bot at as many as any other; on both databases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from pageinbox.ledger.claims import AHEAD
from pageinbox.ledger.database import Ledger, open_ledger
from pageinbox.ledger.leases import SHORTEST_LEASE, Leases, lease_of
from pageinbox.ledger.sources import LeaseLost, Sources
from pageinbox.ledger.wanted import want
from pageinbox.model.conversation import Conversation
from pageinbox.model.source import Platform, Source
from tests.core.conftest import Clock
from tests.core.stage import INTERVAL, NOON, Life, Stage, source

DAY = 86400.0
PAGES = {"acme": "200300400"}
INBOX, SPAM = source(), source(folder="spam")
LASTS = 1.2 * INTERVAL
BOTS = 3

Bots = Callable[..., tuple[Leases, Sources, Ledger]]


def left(leases: Leases, wanted: Source) -> float | None:
    """Takes a source. None where that worked, else the seconds until another bot's right ends."""
    try:
        leases.take(wanted)
    except LeaseLost as lost:
        return lost.left
    return None


@pytest.fixture
def bots(ledger_url: str, clock: Clock) -> Iterator[Bots]:
    """Opens one ledger once more, as one more bot has it."""
    with ExitStack() as stack:

        def one_more(interval: float = INTERVAL, longest: float = 0.0) -> tuple[Leases, Sources, Ledger]:
            ledger = open_ledger(ledger_url, clock=clock)
            stack.callback(ledger.close)
            sources = Sources(ledger, PAGES)
            want(ledger, sources, [INBOX, SPAM])
            return Leases(ledger, sources, interval, longest), sources, ledger

        yield one_more


@pytest.fixture
def stage(ledger_url: str) -> Iterator[Stage]:
    """Twelve lists that are watched."""
    pages = ("acme", "beta", "gamma")
    watches = [f"#room {folder} {platform}" for folder in ("inbox", "spam") for platform in ("messenger", "instagram")]
    one = Stage(ledger_url, pages=pages, watches=watches, instagram_fields="present")
    yield one
    one.close()


def test_a_source_is_one_bots_until_its_right_ends(bots: Bots, clock: Clock) -> None:
    (first, *_), (second, *_) = bots(), bots()
    assert left(first, INBOX) is None
    clock.sleep(10)
    assert left(second, INBOX) == pytest.approx(LASTS - 10)
    assert left(second, SPAM) is None
    clock.sleep(50)
    assert left(first, INBOX) is None
    assert left(second, INBOX) == pytest.approx(LASTS - 60)  # which is enough for a look, and that renews it
    clock.sleep(LASTS - 60 - SHORTEST_LEASE)
    assert left(first, INBOX) is None  # who has it keeps it
    assert left(second, INBOX) == pytest.approx(LASTS)
    clock.sleep(LASTS)
    assert left(second, INBOX) is None
    assert left(first, INBOX) == pytest.approx(LASTS)


def test_a_source_that_is_given_back_is_free_at_once(bots: Bots) -> None:
    (first, *_), (second, *_) = bots(), bots()
    assert left(first, INBOX) is None
    second.release()  # of its own, and it has none
    assert left(second, INBOX) is not None
    first.release()
    assert left(second, INBOX) is None
    first.release(every_session=True)
    assert left(first, INBOX) is None


def test_a_right_that_was_given_before_the_clock_was_set_back_ends(bots: Bots, clock: Clock) -> None:
    (first, *_), (second, *_) = bots(), bots()
    assert left(first, INBOX) is None
    clock.now -= DAY
    assert left(second, INBOX) is None
    clock.now -= AHEAD / 2  # so little is waited for
    assert left(first, INBOX) == pytest.approx(LASTS + AHEAD / 2)


def test_a_short_interval_leaves_time_for_one_slow_call(bots: Bots, clock: Clock) -> None:
    (first, *_), (second, *_) = bots(1), bots(1)
    assert left(first, INBOX) is None
    clock.sleep(4.9)
    assert left(second, INBOX) is not None
    clock.sleep(0.1)
    assert left(second, INBOX) is None


def test_who_lost_the_right_changes_nothing(bots: Bots, clock: Clock) -> None:
    first, sources, ledger = bots()
    second, others, other = bots()
    assert left(first, INBOX) is None
    place = sources.row(INBOX)
    clock.sleep(LASTS)
    assert left(second, INBOX) is None
    with pytest.raises(LeaseLost), ledger.writing() as connection:
        sources.learn(connection, place, [Conversation("t_1", NOON, Platform.MESSENGER)], now=NOON)
        sources.fence(connection, place, complete=True)
    assert others.known(["t_1"]) == {}
    assert not others.row(INBOX).complete
    with other.writing() as connection:
        others.fence(connection, place, complete=True)
    assert sources.row(INBOX).complete


def test_who_has_as_many_as_the_others_takes_nothing_from_them(bots: Bots, clock: Clock) -> None:
    (first, *_), (second, *_) = bots(), bots()
    assert (left(first, INBOX), left(second, SPAM)) == (None, None)
    for bot in (first, second):
        bot.share()
    assert left(first, SPAM) is not None and left(second, INBOX) is not None


def run(stage: Stage, lives: list[Life], seconds: float) -> Counter[int]:
    """Let bots look when they are due, for so long; gives how many looks each made."""
    looks: Counter[int] = Counter()
    until, refreshed = stage.time() + seconds, dict.fromkeys(range(len(lives)), 0.0)
    while stage.time() < until:
        for number, life in enumerate(lives):
            if stage.time() - refreshed[number] >= INTERVAL:
                life.schedule.want(life.service.poll.sources())
                refreshed[number] = stage.time()
            before = len(stage.simulator.requests)
            if (due := life.schedule.take()) is not None:
                life.schedule.done(due, life.look_at(due))
            looks[number] += len(stage.simulator.requests) > before
        stage.time.wait(5)
    return looks


def is_even(looks: Counter[int], bots: int) -> bool:
    """Whether so many bots made about as many looks each."""
    return all(abs(looks[number] / looks.total() - 1 / bots) < 0.1 for number in range(bots))


def test_each_look_renews_the_right_to_its_source(stage: Stage) -> None:
    one, other = stage.bot(), stage.bot()
    wanted = one.service.poll.wanted()[0]
    for _ in range(2):
        assert one.look_at(wanted).again is None
        stage.time.wait(LASTS - SHORTEST_LEASE - 1)
    assert other.look_at(wanted).again == pytest.approx(SHORTEST_LEASE + 1)


def test_bots_share_the_sources_evenly_whenever_they_come(stage: Stage) -> None:
    lives = [stage.bot()]
    every = len(lives[0].service.poll.wanted())
    for number in range(2, BOTS + 1):
        run(stage, lives, INTERVAL)
        lives.append(stage.bot())
        # Which lists change hands first is chance, so that it takes a few intervals more or less.
        rounds = (run(stage, lives, 5 * INTERVAL) for _ in range(5))
        looks = next((looks for looks in rounds if is_even(looks, number)), None)
        assert looks is not None, "they never came to share evenly"
        assert looks.total() == pytest.approx(every * 5, rel=0.2)


def test_a_bot_that_dies_is_replaced_within_two_intervals(stage: Stage) -> None:
    lives = [stage.bot(), stage.bot()]
    run(stage, lives, 4 * INTERVAL)
    stage.kill(lives.pop())
    died = stage.time()
    run(stage, lives, 2 * INTERVAL)
    records = lives[0].service.standings.records()
    assert len(records) == len(lives[0].service.poll.wanted())
    assert all(record.looked is not None and record.looked > died for record in records.values())


def test_a_lease_is_taken_anyway_by_who_alone_knows_why(bots: Bots, clock: Clock) -> None:
    (one, sources, ledger), (other, _, _) = bots(), bots()
    row = one.take(INBOX)
    assert left(other, INBOX) == pytest.approx(LASTS)
    assert other.take(INBOX, anyway=True).id == row.id
    assert left(one, INBOX) == pytest.approx(LASTS)
    with pytest.raises(LeaseLost), ledger.writing() as connection:
        sources.fence(connection, row)


def test_a_lease_that_is_longer_than_usual_holds(bots: Bots, clock: Clock) -> None:
    (one, sources, ledger), (other, _, _) = bots(), bots()
    row = one.take(INBOX)
    with ledger.writing() as connection:
        sources.fence(connection, row, lease_until=ledger.now(connection) + lease_of(5 * INTERVAL))
    clock.now += 4 * INTERVAL
    assert left(other, INBOX) == pytest.approx(5 * LASTS - 4 * INTERVAL)
    assert one.take(INBOX) == row
    clock.now += 3 * INTERVAL
    assert left(other, INBOX) is None


def test_a_lease_of_the_longest_interval_was_not_given_before_the_clock_was_set_back(bots: Bots, clock: Clock) -> None:
    (one, sources, ledger), (other, _, _) = bots(longest=DAY), bots(longest=DAY)
    row = one.take(INBOX)
    with ledger.writing() as connection:
        sources.fence(connection, row, lease_until=ledger.now(connection) + lease_of(DAY))
    assert left(other, INBOX) == pytest.approx(1.2 * DAY)
    assert one.take(INBOX) == row
