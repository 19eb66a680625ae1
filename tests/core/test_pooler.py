"""PostgreSQL behind a pooler, whose like many hosts hand out: as PgBouncer is, that takes no settings to connect."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import closing, suppress

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from pageinbox.ledger.database import open_ledger
from pageinbox.ledger.faults import kind_of
from pageinbox.model.errors import LedgerError
from pageinbox.words.ledger import ledger_trouble
from tests.core.stage import INTERVAL, Stage
from tests.postgres import Postgres

ASKED_FIRST = 80877103, 80877104
"""The codes of a client that would rather encrypt."""


class Pooler:
    """A way to a server that looks at what clients say first, and refuses them for `options` as PgBouncer does."""

    def __init__(self, server: str) -> None:
        self._server = server
        self.refused = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._welcome, args=(client,), daemon=True).start()

    def _welcome(self, client: socket.socket) -> None:
        with client, client.makefile("rb") as heard:
            while True:
                length, code = struct.unpack("!II", heard.read(8))
                if code not in ASKED_FIRST:
                    break
                client.sendall(b"N")
            said = heard.read(length - 8)
            if b"\0options\0" in b"\0" + said:
                self.refused += 1
                fields = b"SFATAL\0VFATAL\0C08P01\0Munsupported startup parameter in options: lock_timeout\0\0"
                client.sendall(b"E" + struct.pack("!I", len(fields) + 4) + fields)
                return
            with socket.socket(socket.AF_UNIX) as server:
                server.connect(self._server)
                server.sendall(struct.pack("!II", length, code) + said)
                back = threading.Thread(target=pass_on, args=(server, client), daemon=True)
                back.start()
                pass_on(client, server)
                back.join()


def pass_on(from_: socket.socket, to: socket.socket) -> None:
    with suppress(OSError):
        while said := from_.recv(65536):
            to.sendall(said)
        to.shutdown(socket.SHUT_WR)


@pytest.fixture
def pooler(postgres: Postgres) -> Iterator[Pooler]:
    with closing(Pooler(f"{postgres.folder}/.s.PGSQL.5432")) as one:
        yield one


@pytest.fixture
def url(postgres: Postgres, pooler: Pooler) -> Iterator[str]:
    with postgres.database() as direct:
        name = direct.partition("?")[0].rpartition("/")[2]
        yield f"postgres://postgres@127.0.0.1:{pooler.port}/{name}"


def test_what_is_new_is_told_through_a_pooler(url: str, pooler: Pooler) -> None:
    one = Stage(url)
    life = one.bot()
    one.arrive(2)
    life.look_everywhere()
    one.time.wait(INTERVAL)
    new = one.arrive(2)
    life.look_everywhere()
    one.time.wait(10)
    life.tell()
    assert one.rooms.told("#room") == new
    assert pooler.refused
    one.close()


def test_each_transaction_has_its_timeouts_and_leaves_none_behind(url: str) -> None:
    with closing(open_ledger(url)) as ledger:
        with ledger.writing() as transaction:
            assert transaction.execute(text("SHOW lock_timeout")).scalar_one() == "5s"
        with ledger.reading() as connection:
            assert connection.execute(text("SHOW lock_timeout")).scalar_one() == "0"


def test_nothing_is_prepared(url: str) -> None:
    with closing(open_ledger(url)) as ledger:
        for _ in range(20):
            with ledger.writing() as transaction:
                assert transaction.execute(text("SELECT count(*) FROM pg_prepared_statements")).scalar_one() == 0


def test_what_a_pooler_can_not_keep_is_said(url: str) -> None:
    with pytest.raises(LedgerError) as refused:
        open_ledger(f"{url}?options=-csearch_path%3Dteam")
    assert refused.value.kind == "options"
    assert "options in DATABASE_URL" in ledger_trouble(refused.value.kind, refused.value.where)


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("no more connections allowed (max_client_conn)", "crowded"),
        (
            "MaxClientsInSessionMode: max clients reached - in Session mode max clients are limited to pool_size",
            "crowded",
        ),
        ("too many connections for role", "crowded"),
        ("server login has been failing, cached error: connect failed (server_login_retry)", "unreachable"),
        ("pgbouncer cannot connect to server", "unreachable"),
        ("the database system is starting up", "unreachable"),
        ("query_wait_timeout", "unreachable"),
        ("password authentication failed", "refused"),
        ("no such database: inbox", "refused"),
    ],
)
def test_what_a_pooler_says_is_told_apart(said: str, kind: str) -> None:
    error = psycopg.OperationalError(
        f'connection failed: connection to server at "127.0.0.1", port 6432 failed: FATAL:  {said}'
    )
    assert kind_of(OperationalError("", {}, error)) == kind
