"""What it takes to answer who waits, from a ledger that knows very many conversations, beside a plain question."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from sqlalchemy import update

from benchmarks.inboxes import familiar, source_of, world_of
from benchmarks.lookers import Ear
from benchmarks.runs import table
from pageinbox.chat.errbot.content import messages
from pageinbox.ledger.database import open_ledger
from pageinbox.ledger.schema import ms
from pageinbox.ledger.schema import source as source_table
from pageinbox.ledger.sources import Sources
from pageinbox.ledger.waits import Waits
from pageinbox.model.conversation import Conversation
from pageinbox.model.source import Platform
from pageinbox.settings.reading import read
from simulator.page import Page
from simulator.server import Simulator
from simulator.thread import thread_id
from tests.bot import Bot

PLATFORM = "messenger"
PLAIN, WAITING = "messenger", "messenger waiting"
LISTED = 50
"""Conversations of the list that the plain question is about: as many as one call gives."""


def measure(known: int = 1_000_000, waiting: int = 2_000, rounds: int = 101) -> str:
    """The figures as Markdown: `waiting` of the `known` conversations wait; each question is asked `rounds` times."""
    newest = int(time.time()) - 60
    world = world_of(PLATFORM, LISTED, newest)
    page, source = world.page("acme"), source_of(PLATFORM)
    with TemporaryDirectory() as folder, Simulator(world, rate_limit=False) as graph:
        url = f"sqlite:///{Path(folder)}/ledger.sqlite"
        familiar(url, {page.name: page.id}, {source: those_known(page, known, newest)})
        ledger = open_ledger(url)
        sources = Sources(ledger, {page.name: page.id})
        with ledger.writing() as connection:
            row = sources.row(source)
            items = list(those_waiting(page, waiting, known, newest))
            ids = sources.learn(connection, row, items, now=time.time())
            Waits(ledger, sources, {}).learn(connection, row, {ids[item.id]: item for item in items}, ms(time.time()))
        settings = {
            "PAGES": {page.name: {"ID": page.id, "TOKEN": page.token}},
            "GRAPH_URL": graph.url,
            "CACHE_TTL": 86_400,
            "WATCHES": ["#team inbox messenger"],
        }
        bot = Bot(read(settings, environment={}), url, Ear(), time.time, time.sleep)
        plain, warm, cold = [], [], []
        for turn in range(rounds + 1):
            plain.append(asked(bot, PLAIN, f"{LISTED} conversations"))
            with ledger.writing() as connection:
                looked = {"looked": ms(time.time()) + turn}
                connection.execute(update(source_table).where(source_table.c.id == row.id).values(**looked))
            cold.append(asked(bot, WAITING, f"{waiting:,} conversations"))
            warm.append(asked(bot, WAITING, f"{waiting:,} conversations"))
        bot.stop()
        ledger.close()
    first, second, third = (median(times[1:]) for times in (plain, warm, cold))
    rows = [
        ("a plain `!inbox`, from the cache", f"{first * 1000:.2f} ms", "1.00"),
        ("`!inbox waiting`", f"{second * 1000:.2f} ms", f"{second / first:.2f}"),
        ("`!inbox waiting`, the first after a look", f"{third * 1000:.2f} ms", f"{third / first:.2f}"),
    ]
    return (
        f"{table(('', 'CPU', '× plain'), rows)}\n\n"
        f"{known:,} conversations known, {waiting:,} of them waiting; each asked {rounds} times in turn, from words "
        "to the finished Markdown, and the median given. To reach: `!inbox waiting` at most 2 × plain."
    )


def asked(bot: Bot, words: str, said: str) -> float:
    """Seconds of this thread's CPU that a question takes. Raises AssertionError where it is answered otherwise."""
    began = time.thread_time()
    text = "\n".join(messages(bot.say("#team", words), "!"))
    took = time.thread_time() - began
    if said not in text:
        raise AssertionError(f"{words}: {text}")
    return took


def those_known(page: Page, count: int, newest: int) -> Iterator[Conversation]:
    """Conversations of which nobody waits in any, oldest first."""
    for age in reversed(range(count)):
        yield Conversation(thread_id(page, PLATFORM, age + 1), newest - age, Platform(PLATFORM))


def those_waiting(page: Page, count: int, known: int, newest: int) -> Iterator[Conversation]:
    """Some of these, spread over all of them, in which somebody waits; oldest first."""
    for age in reversed(range(0, known, max(1, known // count))[:count]):
        at = float(newest - age)
        yield Conversation(
            thread_id(page, PLATFORM, age + 1),
            at,
            Platform(PLATFORM),
            name=f"Customer {age}",
            snippet="Is this still available? I would like to come by on Saturday.",
            waiting=True,
            meta_link=f"/200300400/inbox/{777_000_000 + age}/?section=messages",
            wrote=at,
            waits=at - 30,
        )
