"""A PostgreSQL that takes every byte and answers nothing: each statement ends, and status answers all the same."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from types import TracebackType
from typing import Self

import pytest
from errbot.rendering import text as errbot_text
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import OperationalError

from pageinbox.chat.errbot.content import messages
from pageinbox.ledger.deadline import IDLE, LONG, READ_IN_VAIN, REST, STATEMENT, Rest, keep_deadlines
from pageinbox.model.errors import LedgerError
from pageinbox.model.post import Post
from tests.bot import SAM
from tests.core.conftest import Clock
from tests.core.stage import Stage
from tests.postgres import Postgres


class BlackHole:
    """A way to a server on 127.0.0.1; while it is `closed`, it takes all bytes of both sides and passes none on."""

    def __init__(self, server: str) -> None:
        self.closed = threading.Event()
        self.swallowed = threading.Event()
        """Somebody has said something in vain."""
        self._server = server
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._ends: list[socket.socket] = []
        threading.Thread(target=self._serve, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, at: TracebackType | None) -> None:
        for end in (self._listener, *self._ends):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                here, _ = self._listener.accept()
                there = socket.socket(socket.AF_UNIX)
                there.connect(self._server)
                self._ends += here, there
                for way in ((here, there), (there, here)):
                    threading.Thread(target=self._pass_on, args=way, daemon=True).start()

    def _pass_on(self, from_: socket.socket, to: socket.socket) -> None:
        with suppress(OSError):
            while said := from_.recv(65536):
                if self.closed.is_set():
                    self.swallowed.set()
                else:
                    to.sendall(said)
            to.shutdown(socket.SHUT_WR)


@pytest.fixture
def hole(postgres: Postgres) -> Iterator[BlackHole]:
    with BlackHole(f"{postgres.folder}/.s.PGSQL.5432") as one:
        yield one


@pytest.fixture
def engine(postgres: Postgres, hole: BlackHole, clock: Clock) -> Iterator[Engine]:
    url = f"postgresql+psycopg://postgres@127.0.0.1:{hole.port}/postgres"
    made = create_engine(url, pool_size=1, max_overflow=0, pool_pre_ping=True, connect_args={"connect_timeout": 2})
    keep_deadlines(made, timer=clock)
    yield made
    made.dispose()


def passes(hole: BlackHole, clock: Clock, seconds: float) -> threading.Thread:
    """So much time passes as soon as somebody waits in vain."""

    def move() -> None:
        hole.swallowed.wait()
        clock.now += seconds

    thread = threading.Thread(target=move)
    thread.start()
    return thread


def test_a_statement_that_is_not_answered_ends(engine: Engine, hole: BlackHole, clock: Clock) -> None:
    with engine.connect() as connection:
        hole.closed.set()
        time = passes(hole, clock, STATEMENT)
        with pytest.raises(OperationalError, match="did not answer within 40 s"):
            connection.execute(text("SELECT 1"))
        time.join()
    hole.closed.clear()
    with engine.connect() as connection:
        assert connection.execute(text("SELECT 2")).scalar_one() == 2, "by a connection that was made anew"


def test_a_commit_that_is_not_answered_ends(engine: Engine, hole: BlackHole, clock: Clock) -> None:
    with pytest.raises(OperationalError, match="did not answer within 40 s"), engine.begin() as connection:
        connection.execute(text("SELECT 1"))
        hole.closed.set()
        time = passes(hole, clock, STATEMENT)
    time.join()


def test_an_idle_connection_is_given_up_sooner(engine: Engine, hole: BlackHole, clock: Clock) -> None:
    """And there is no new one: what waits then ends as with a server that refuses."""
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
    hole.closed.set()
    time = passes(hole, clock, IDLE)
    with pytest.raises(OperationalError, match="timeout expired"):
        engine.connect()
    time.join()


def test_a_statement_that_takes_long_and_is_answered_goes_on(engine: Engine, clock: Clock) -> None:
    with engine.connect() as connection:
        for _ in range(5):
            clock.now += STATEMENT - 1
            assert connection.execute(text("SELECT pg_sleep(0.3), 1")).one()[1] == 1


def test_a_database_that_let_somebody_wait_in_vain_rests(clock: Clock) -> None:
    rest = Rest(clock)

    def use(kind: str = "", took: float = 0.0) -> None:
        with rest.kept("db.example"):
            clock.now += took
            if kind:
                raise LedgerError(kind, "db.example")

    def rests() -> bool:
        try:
            use()
        except LedgerError as error:
            assert (error.kind, error.where) == ("unreachable", "db.example")
            return True
        return False

    for kind, took in (("unreachable", LONG - 1), ("locked", LONG), ("", LONG)):
        with suppress(LedgerError):
            use(kind, took)
        assert not rests()
    with pytest.raises(LedgerError):
        use("unreachable", LONG)
    assert rests()
    clock.now += REST
    assert not rests()


@pytest.mark.parametrize("kind", ["locked", "starved"])
def test_who_reads_does_not_wait_in_vain_for_each_row_of_a_list(clock: Clock, kind: str) -> None:
    rest = Rest(clock)
    with pytest.raises(LedgerError), rest.kept("db.example", READ_IN_VAIN):
        clock.now += LONG
        raise LedgerError(kind, "db.example")
    with pytest.raises(LedgerError, match=kind), rest.kept("db.example", READ_IN_VAIN):
        raise AssertionError("it rests")
    with rest.kept("db.example"):
        clock.now += REST  # who writes waits in turn
    with rest.kept("db.example", READ_IN_VAIN):
        pass


def test_status_answers_while_the_database_does_not(postgres: Postgres, hole: BlackHole) -> None:
    def said(post: Post) -> str:
        return str(errbot_text().convert(messages(post)[0]))

    with postgres.database() as url:
        database = url.partition("?")[0].rpartition("/")[2]
        stage = Stage(f"postgresql://postgres@127.0.0.1:{hole.port}/{database}")
        try:
            life = stage.bot()
            life.look_everywhere()
            assert "1 list checked, no problems" in (
                before := said(life.commands.answer("#room", "status", person=SAM))
            )
            hole.closed.set()
            shown = said(life.commands.answer("#room", "status", person=SAM))
            assert "but nothing can be announced" in shown
            assert "My ledger, 127.0.0.1, doesn't answer." in shown
            assert before.splitlines()[-3] in shown, "as it stood"
        finally:
            stage.close()
