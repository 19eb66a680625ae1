"""Many Pages in one bot: whatever they do at once, none waits in vain for its turn at the ledger; on both databases."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from pageinbox.ledger.database import open_ledger
from pageinbox.ledger.engine import CONNECTIONS
from pageinbox.ledger.leases import Leases
from pageinbox.ledger.sources import Sources
from pageinbox.ledger.wanted import want
from pageinbox.model.source import Source
from pageinbox.tell.schedule import Outcome
from tests.core.stage import INTERVAL, Stage, source

PAGES = [f"page-{number}" for number in range(64)]


@pytest.fixture
def stage(ledger_url: str) -> Iterator[Stage]:
    one = Stage(ledger_url, pages=PAGES)
    yield one
    one.close()


def test_64_pages_are_looked_at_at_once_while_rooms_are_told_and_people_ask(stage: Stage) -> None:
    life = stage.bot()
    sources = life.service.poll.sources()
    assert len(sources) == len(PAGES) > 4 * CONNECTIONS
    together = threading.Barrier(len(PAGES))

    def look(its_source: Source) -> Outcome:
        together.wait()
        return life.service.poll.look(its_source)

    told: list[str] = []
    with ThreadPoolExecutor(len(PAGES) + 4) as threads:
        for _ in range(2):
            told += [item for page in PAGES for item in stage.arrive(page=page)]
            stage.time.wait(INTERVAL)
            looks = [threads.submit(look, each) for each in sources]
            others = [threads.submit(life.tell), *(threads.submit(life.say, "#room", "status") for _ in range(3))]
            outcomes = [each.result() for each in looks]
            assert [(outcome.trouble, outcome.again) for outcome in outcomes] == [(None, None)] * len(PAGES)
            for each in others:
                each.result()
    assert all(record.known == 2 and record.complete for record in life.service.standings.records().values())
    stage.time.wait(INTERVAL)
    life.tell()
    assert stage.rooms.counted("#room") == len(PAGES)  # those of the first look are no news


def test_what_is_read_within_a_transaction_is_read_through_it(ledger_url: str) -> None:
    with closing(open_ledger(ledger_url)) as ledger:
        sources = Sources(ledger, {"acme": "200300400"})
        want(ledger, sources, [source()])
        Leases(ledger, sources, INTERVAL).take(source())
        with ledger.writing() as transaction:
            sources.fence(transaction, sources.row(source()), reached=5)
            assert sources.row(source()).reached == 5


def test_a_transaction_within_another_one_is_refused_at_once(ledger_url: str) -> None:
    with closing(open_ledger(ledger_url)) as ledger:
        for outer in (ledger.writing, ledger.reading):
            with pytest.raises(RuntimeError), outer(), ledger.writing():
                pass
        with ledger.writing():
            pass
