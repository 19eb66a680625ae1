"""All ledgers of a process have their SQL compiled once, from when this is imported on."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite


class Compiled(dict[Any, Any]):
    """SQL by its statement, for every ledger of these tests: with caches of their own, most of them would spend more
    time on compiling than on anything else.

    Of the dialect, which is the first part of a key and each engine's own, only its name counts.
    """

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get((key[0].name, *key[1:]), default)

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
