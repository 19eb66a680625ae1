"""All ledgers of a process have their SQL compiled once, from when this is imported on."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

KEPT = 5_000


class Compiled(dict[Any, Any]):
    """SQL by its statement, for every ledger of these tests: with caches of their own, most of them would spend more
    time on compiling than on anything else.

    Of the dialect, which is the first part of a key and each engine's own, only its name counts.
    """

    def __init__(self) -> None:
        super().__init__()
        self._same: dict[Any, tuple[Any, Any]] = {}
        """By which tuple stands for a statement, that tuple and its SQL: to hash all that is in it took longer than to
        bind the values."""

    def get(self, key: Any, default: Any = None) -> Any:
        same = key[0].name, id(key[1]), *key[2:]
        known = self._same.get(same)
        if known is None:
            found = super().get((key[0].name, *key[1:]))
            if found is None:
                return default
            if len(self._same) >= KEPT:
                self._same.clear()
            known = self._same[same] = key[1], found  # with the tuple, so that no other one gets its id
        return known[1]

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__((key[0].name, *key[1:]), value)


COMPILED = Compiled()


class Sharing:
    """A dialect whose engines share it. Told by an event, each of their statements would take half as long again."""

    @classmethod
    def engine_created(cls, engine: Engine) -> None:
        engine.update_execution_options(compiled_cache=COMPILED)


class SQLite(Sharing, SQLiteDialect_pysqlite):
    supports_statement_cache = True


class PostgreSQL(Sharing, PGDialect_psycopg):
    supports_statement_cache = True


registry.register("sqlite", __name__, "SQLite")
registry.register("postgresql.psycopg", __name__, "PostgreSQL")
