"""What a ledger says after a bot was killed, read past the bot: what was under way, and what became of each thread."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from sqlalchemy import Engine, NullPool, create_engine, inspect, make_url, select, update

from pageinbox.ledger.schema import act, announcement, conversation, digest, ms, news, room, source
from pageinbox.model.announcement import Verdict
from pageinbox.model.history import State
from tests.crash.storm import Place


@dataclass
class Told:
    """One announcement: how far it is, how often the chat left it in doubt, and the ids of the threads it tells of."""

    number: int
    room: str
    state: State
    tries: int
    receipt: str | None
    threads: list[str] = field(default_factory=list)


@dataclass
class Census:
    """Everything at one moment. `begun` are the sources whose first look has begun, `learned` those where it is over;
    `lives` are the names of those who held a source last, `looked` when the last good look at each of them
    was, in seconds. `unsaid` are threads
    that are still to be told of, with their rooms."""

    announcements: list[Told] = field(default_factory=list)
    unsaid: list[tuple[str, str]] = field(default_factory=list)
    begun: set[Place] = field(default_factory=set)
    learned: set[Place] = field(default_factory=set)
    lives: set[str] = field(default_factory=set)
    looked: dict[Place, float] = field(default_factory=dict)


def engine_of(url: str) -> Engine:
    """The way to the ledger at `url`, by which it is seen as it is at one moment."""
    address = make_url(url)
    if address.get_backend_name() == "postgresql":
        address = address.set(drivername="postgresql+psycopg")
    more = {"isolation_level": "REPEATABLE READ"} if address.get_backend_name() == "postgresql" else {}
    return create_engine(address, poolclass=NullPool, **more)


def acts_of(url: str) -> list[tuple[int, int, str, bool]]:
    """All acts that the ledger at `url` has, in order: of which conversation, what kind, by whom, whether it holds."""
    with engine_of(url).connect() as connection:
        rows = connection.execute(select(act).order_by(act.c.id)).all()
    return [(row.conversation, row.kind, row.who, row.ended is None) for row in rows]


def digests_due(url: str) -> int:
    """How many digests in the ledger at `url` have come due and were not taken."""
    with engine_of(url).connect() as connection:
        return len(connection.execute(select(digest.c.id).where(digest.c.due <= ms(time.time()))).all())


def hasten_digests(url: str) -> None:
    """Let the digests in the ledger at `url`, which no bot has open, come due now."""
    with engine_of(url).begin() as connection:
        connection.execute(update(digest).values(due=ms(time.time())))


def count(url: str) -> Census:
    """Read the ledger at `url`, as it is at one moment; one that was never begun is empty.

    Bots may have it open.
    """
    with engine_of(url).connect() as connection:
        address = connection.engine.url
        if address.get_backend_name() == "sqlite":
            connection.exec_driver_sql("BEGIN")  # Python's driver would begin no transaction for reading
        if not inspect(connection).has_table(source.name):
            return Census()
        told: dict[int, Told] = {}
        columns = select(announcement, room.c.name).join(room, room.c.id == announcement.c.room)
        for row in connection.execute(columns.order_by(announcement.c.id)):
            told[row.id] = Told(row.id, row.name, State(row.state), row.tries, row.receipt)
        unsaid: list[tuple[str, str]] = []
        columns = select(news.c.announcement, news.c.due, news.c.verdict, conversation.c.graph_id, room.c.name)
        columns = columns.join(conversation, conversation.c.id == news.c.conversation)
        for row in connection.execute(columns.join(room, room.c.id == news.c.room)):
            if row.announcement is not None:
                told[row.announcement].threads.append(row.graph_id)
            # A reminder of who was taken before is not to be said.
            settled = row.verdict == Verdict.SETTLED.value
            if row.due is not None or (row.announcement is None and not settled):
                unsaid.append((row.graph_id, row.name))
        begun: set[Place] = set()
        learned: set[Place] = set()
        rows = connection.execute(select(source).where(source.c.wanted)).all()
        for row in rows:
            place = (row.platform, row.folder)
            begun |= {place} if row.quiet_until is not None else set()
            learned |= {place} if row.complete else set()
        # Of several Pages all count.
        learned -= {(row.platform, row.folder) for row in rows if not row.complete}
        return Census(
            list(told.values()),
            unsaid,
            begun,
            learned,
            {row.lease for row in rows if row.lease},
            {
                (platform, folder): min(
                    row.looked or 0 for row in rows if (row.platform, row.folder) == (platform, folder)
                )
                / 1000
                for platform, folder in {(row.platform, row.folder) for row in rows}
            },
        )
