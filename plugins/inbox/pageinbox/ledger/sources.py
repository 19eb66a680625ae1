"""What the ledger knows of sources and their conversations."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection, Integer, Row, and_, bindparam, case, func, select, update

from pageinbox.ledger.bulk import INSERTS, among, in_bulk
from pageinbox.ledger.codes import FOLDER_BITS, UNREADABLE
from pageinbox.ledger.database import Ledger
from pageinbox.ledger.graph_id import GraphId
from pageinbox.ledger.packing import pack_trouble, unpack_trouble
from pageinbox.ledger.schema import conversation, forgotten, ms, seconds
from pageinbox.ledger.schema import source as source_table
from pageinbox.model.conversation import Conversation
from pageinbox.model.errors import GraphError
from pageinbox.model.history import SourceRecord
from pageinbox.model.source import Folder, Platform, Source

BATCH = 500
"""Conversations of one statement: SQLite takes 32,766 values in one."""

KNOWN = (
    select(conversation.c.key, conversation.c.id, conversation.c.folders, conversation.c.updated, source_table.c.folder)
    .join(source_table, source_table.c.id == conversation.c.source)
    # What somebody of the team marked before any look met it is in no folder, and yet to be found.
    .where(conversation.c.key.in_(bindparam("keys", expanding=True)), conversation.c.folders != 0)
)
ERASED = select(forgotten.c.key, forgotten.c.at).where(forgotten.c.key.in_(bindparam("keys", expanding=True)))
NEWEST = select(func.max(conversation.c.id))
SINCE = select(conversation.c.key, conversation.c.id).where(conversation.c.id > bindparam("newest"))
ITS = and_(
    source_table.c.page == bindparam("its_page"),
    source_table.c.platform == bindparam("its_platform"),
    source_table.c.folder == bindparam("its_folder"),
)
"""That a row is that of a source, for the values that `Sources.its` gives."""

ROW = select(source_table).where(ITS)
WANTED = select(source_table).where(source_table.c.wanted).order_by(source_table.c.id)
FAILING = (
    select(source_table)
    .where(source_table.c.page == bindparam("its_page"), source_table.c.wanted, source_table.c.failing.is_not(None))
    .order_by(source_table.c.id)
)
TELL = update(source_table).where(source_table.c.id == bindparam("its_id")).values(told=True)
FENCE = (
    update(source_table)
    .where(source_table.c.id == bindparam("its_id"), source_table.c.lease == bindparam("mine"))
    .values(known=source_table.c.known + bindparam("known_more", type_=Integer))
)
"""Made once: making a statement takes as long as running it."""


def learning(insert: Any) -> Any:
    """What puts a conversation into the ledger, or brings what it has up to date."""
    statement = insert(conversation)
    given = statement.excluded
    newer = given.updated > conversation.c.updated
    # What was told with its words, and now can't be read, stays as it was told until something new comes.
    allowed = case((newer, ~0), else_=conversation.c.folders.op("|")(~UNREADABLE))
    first = conversation.c.folders == 0
    changed = {
        "source": given.source,
        "quiet": case((first, given.quiet), else_=conversation.c.quiet),
        "seen": case((first, given.seen), else_=conversation.c.seen),
        "folders": conversation.c.folders.op("&")(~UNREADABLE).op("|")(given.folders.op("&")(allowed)),
        "updated": case((newer, given.updated), else_=conversation.c.updated),
    }
    return statement.on_conflict_do_update(index_elements=["key"], set_=changed)


LEARN = {dialect: learning(insert) for dialect, insert in INSERTS.items()}

GRAPH_ID = GraphId()


class LeaseLost(Exception):
    """Another bot, or a newer session of this one, has the source now; what this one read must not be kept.

    `left` are the seconds until its right ends, where that is known.
    """

    def __init__(self, left: float | None = None) -> None:
        super().__init__()
        self.left = left


class Known(NamedTuple):
    """A conversation the ledger has: its row, where it was met (bits; last), its latest change in milliseconds.

    One of the bits is `UNREADABLE`.
    """

    id: int
    folders: int
    updated: int
    folder: str


class SourceRow(msgspec.Struct, frozen=True):
    """How far one source is known, times in milliseconds. `id` is its row's.

    `kinds` are those of trouble that rooms were told of since it fails.
    """

    source: Source
    id: int
    complete: bool
    waits: int | None
    quiet_until: int | None
    reached: int | None
    forgotten: int | None
    known: int
    looked: int | None
    disordered: bool
    failing: int | None
    failures: int
    trouble: GraphError | None
    told: bool
    kinds: tuple[str, ...]


NOT_AS_IS = ("source", "trouble", "kinds")
"""Fields of a `SourceRow` that its row has otherwise."""


@lru_cache(20_000)  # one that is learned was looked for before
def key_of(conversation_id: str) -> int:
    """The first 63 bits of the hash that the conversation's ref is made of (see `model.ref`).

    Two of a million conversations share them with a chance of one in eighteen million.
    """
    return int.from_bytes(hashlib.sha256(conversation_id.encode()).digest()[:8]) >> 1


class Sources:
    """Sources and conversations of one ledger. `pages` are Meta's ids of the Pages by the names people type."""

    def __init__(self, ledger: Ledger, pages: Mapping[str, str]) -> None:
        self._ledger = ledger
        self._pages = pages
        self._names = {page_id: name for name, page_id in pages.items()}
        self.ours: Mapping[str, object] = {"our_pages": [*self._names]}
        """What statements with `OURS` are run with."""

    def row(self, source: Source) -> SourceRow:
        """How far a source that is wanted is known."""
        with self._ledger.reading() as connection:
            return source_row(source, connection.execute(ROW, self.its(source)).one())

    def records(self) -> list[SourceRecord]:
        """Every source that is wanted, for `!inbox status`."""
        with self._ledger.reading() as connection:
            rows = connection.execute(WANTED).all()
        return [
            SourceRecord(
                source=source,
                looked=seconds(row.looked),
                known=row.known,
                complete=row.complete,
                failing=seconds(row.failing),
                trouble=None if row.trouble is None else unpack_trouble(row.trouble),
                failures=row.failures,
                told=row.told,
                disordered=row.disordered,
            )
            for row in rows
            if (source := self.named(row)) is not None
        ]

    def known(self, graph_ids: Iterable[str]) -> dict[str, Known]:
        """Those of the conversations that the ledger has."""
        keys = {key_of(graph_id): graph_id for graph_id in graph_ids}
        found: dict[str, Known] = {}
        if not keys:
            return found
        with self._ledger.reading() as connection:
            for key, *known in rows_of(connection, list(keys)):
                found[keys[key]] = Known(*known)
        return found

    def erased(self, graph_ids: Iterable[str]) -> dict[str, int]:
        """Those of the conversations that were erased, with their latest change by then, in milliseconds."""
        keys = {key_of(graph_id): graph_id for graph_id in graph_ids}
        if not keys:
            return {}
        with self._ledger.reading() as connection:
            return {keys[key]: at for key, at in among(connection, ERASED, "keys", list(keys))}

    def learn(
        self,
        connection: Connection,
        row: SourceRow,
        items: Sequence[Conversation],
        *,
        now: float,
        quiet: int = 0,
    ) -> dict[str, int]:
        """Put conversations met in a source into the ledger, or bring what it has up to date; gives their rows.

        `items` are oldest first, so that the numbers of new rows are too. `quiet` is why they are no news: 0 where they
        are, THERE or OLDER.
        """
        bit, at = FOLDER_BITS[row.source.folder], ms(now)
        keys = [key_of(item.id) for item in items]
        rows = [
            {
                "key": key,
                "graph_id": GRAPH_ID.process_bind_param(item.id, connection.dialect),
                "source": row.id,
                "folders": bit | UNREADABLE if item.unreadable else bit,
                "quiet": quiet,
                "seen": at,
                "updated": ms(item.updated),
            }
            for key, item in zip(keys, items, strict=True)
        ]
        if not rows:
            return {}
        newest = connection.execute(NEWEST).scalar() or 0
        in_bulk(connection, LEARN[connection.dialect.name], rows)
        # New rows lie together, so one range is read instead of as many places as there are keys.
        ids = {key: row_id for key, row_id in connection.execute(SINCE, {"newest": newest})}
        ids |= {key: row_id for key, row_id, *_ in rows_of(connection, [key for key in keys if key not in ids])}
        return {item.id: ids[key] for key, item in zip(keys, items, strict=True)}

    def fence(self, connection: Connection, row: SourceRow, *, known_more: int = 0, **changed: object) -> None:
        """Change a source's row within a transaction, if this session still has it. Raises LeaseLost.

        `known_more` is how many conversations are learned of it in the same transaction.
        """
        its = {"its_id": row.id, "mine": self._ledger.session, "known_more": known_more}
        if not connection.execute(FENCE, {**its, **changed}).rowcount:
            raise LeaseLost

    def failed(
        self, connection: Connection, row: SourceRow, error: GraphError, *, failing: int, failures: int, told: bool
    ) -> None:
        """A look failed: why, since when it does, how often by now, and whether rooms know. Raises LeaseLost."""
        self.fence(connection, row, failing=failing, failures=failures, trouble=pack_trouble(error), told=told)

    def recovered(self, connection: Connection, row: SourceRow) -> None:
        """A look was good after some that failed. Raises LeaseLost."""
        self.fence(connection, row, failing=None, failures=0, trouble=None, told=False, kinds=None)

    def told(self, connection: Connection, row: SourceRow, kind: str) -> None:
        """Rooms were told of trouble of this kind with a source."""
        kinds = " ".join(dict.fromkeys([*row.kinds, kind]))
        connection.execute(TELL, {"its_id": row.id, "kinds": kinds})

    def failing(self, connection: Connection, page: str) -> list[SourceRow]:
        """Every wanted source of a Page that can't be read now."""
        rows = connection.execute(FAILING, {"its_page": self._pages[page]}).all()
        return [source_row(source, row) for row in rows if (source := self.named(row)) is not None]

    def named(self, row: Any) -> Source | None:
        """The source of a row; None where its Page is no longer configured."""
        name = self._names.get(row.page)
        return None if name is None else Source(name, Platform(row.platform), Folder(row.folder))

    def page_id(self, source: Source) -> str:
        """The id of a source's Page."""
        return self._pages[source.page]

    def its(self, source: Source) -> dict[str, str]:
        """What names a source's row, for statements that are made once."""
        return {
            "its_page": self._pages[source.page],
            "its_platform": source.platform.value,
            "its_folder": source.folder.value,
        }


def source_row(source: Source, row: Row[Any]) -> SourceRow:
    """What the row of a source says."""
    trouble = None if row.trouble is None else unpack_trouble(row.trouble)
    kinds = tuple((row.kinds or "").split())
    same = {name: row._mapping[name] for name in SourceRow.__struct_fields__ if name not in NOT_AS_IS}
    return SourceRow(source=source, trouble=trouble, kinds=kinds, **same)


def rows_of(connection: Connection, keys: Sequence[int]) -> Iterator[Any]:
    """Key, id, folders, latest change and folder of the conversations with these keys that the ledger has."""
    return among(connection, KNOWN, "keys", keys)
