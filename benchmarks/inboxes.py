"""Inboxes of any size: in a simulated world, and in a ledger that knows their conversations already."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from random import Random

from sqlalchemy import update

from pageinbox.ledger.codes import THERE
from pageinbox.ledger.database import open_ledger
from pageinbox.ledger.schema import ms
from pageinbox.ledger.schema import source as source_table
from pageinbox.ledger.sources import Sources
from pageinbox.ledger.wanted import want
from pageinbox.model.conversation import Conversation
from pageinbox.model.source import Folder, Platform, Source
from simulator.page import Page
from simulator.people import NAMES, QUESTIONS
from simulator.thread import Message, Person, Thread, person_id
from simulator.world import World

BATCH = 10_000
"""Conversations that a ledger is given at once."""


def history(thread: Thread) -> list[Message]:
    """A few messages, always the same for a thread; the last is the customer's."""
    draw = Random(thread.number)
    times = [thread.updated - 60 * age for age in range(draw.randrange(1, 5), -1, -1)]
    return [
        Message(number, at, from_page=number % 2 != len(times) % 2, text=draw.choice(QUESTIONS))
        for number, at in enumerate(times, 1)
    ]


def crowd(page: Page, platform: str, count: int, *, newest: int, first: int = 1) -> list[Thread]:
    """Threads for `World.add_all`, newest first, a second apart from `newest` on; numbered from `first` on.

    So the newest ones are alike in inboxes of any size.
    """
    threads = []
    for number in range(first, first + count):
        name = NAMES[number % len(NAMES)]
        label = {"name": name} if platform == "messenger" else {"username": f"customer.{number}"}
        person = Person(person_id(platform, number), **label)
        threads.append(
            Thread(
                number,
                page,
                platform,
                folder="inbox",
                person=person,
                updated=newest - number + first,
                unread=1,
                history=history,
            )
        )
    return threads


def world_of(platform: str, count: int, newest: int) -> World:
    """A world whose one Page has `count` conversations in the inbox of one platform, and no others."""
    world = World(time.time)
    world.add_all(crowd(world.page("acme"), platform, count, newest=newest))
    return world


def source_of(platform: str) -> Source:
    """The one source of `world_of`."""
    return Source("acme", Platform(platform), Folder.INBOX)


def acquaint(url: str, page: Page, platform: str, threads: Sequence[Thread]) -> None:
    """Make a ledger at `url` that knows `threads` (newest first), as if whole looks had found them."""
    familiar(url, {page.name: page.id}, {source_of(platform): conversations(threads, platform)})


def familiar(url: str, pages: Mapping[str, str], lists: Mapping[Source, Iterable[Conversation]]) -> None:
    """Make a ledger at `url` that knows the conversations of each list, oldest first, as if whole looks had found them.

    Through the ledger's own `Sources.learn`, without the calls that those looks would have made. `pages` are the ids of
    the Pages by their names.
    """
    ledger = open_ledger(url)
    try:
        seen = Sources(ledger, pages)
        want(ledger, seen, lists.keys())
        places = [seen.row(source) for source in lists]
        with ledger.writing() as connection:
            for place, known in zip(places, lists.values(), strict=True):
                count, newest = 0, 0
                for batch in batches(iter(known), BATCH):
                    seen.learn(connection, place, batch, now=time.time(), quiet=THERE)
                    count, newest = count + len(batch), ms(batch[-1].updated)
                at = ms(time.time())
                whole = {"complete": True, "waits": at, "known": count, "reached": newest, "looked": at}
                connection.execute(update(source_table).where(source_table.c.id == place.id).values(**whole))
    finally:
        ledger.close()


def conversations(threads: Sequence[Thread], platform: str) -> Iterator[Conversation]:
    """What the Graph tells of threads, as far as a ledger keeps it; oldest first."""
    for thread in reversed(threads):
        yield Conversation(thread.id, thread.updated, Platform(platform))


def batches(items: Iterator[Conversation], size: int) -> Iterator[list[Conversation]]:
    """The items, `size` at a time."""
    while batch := list(islice(items, size)):
        yield batch
