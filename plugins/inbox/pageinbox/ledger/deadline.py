"""A deadline of our own for whatever is asked of PostgreSQL: a server can take every byte and answer nothing.

Its own timeouts don't help then, and neither do TCP's, which see that all was received.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine, event
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.pool import ConnectionPoolEntry

from pageinbox.ledger import pooler
from pageinbox.model.errors import LedgerError

if TYPE_CHECKING:
    from psycopg import Connection

STATEMENT = 40.0
"""Seconds for one statement: more than the server itself gives it, which then says why (`statement_timeout`)."""

IDLE = 10.0
"""Seconds for what is asked of a connection while nobody uses it: whether it still works takes a server no time."""


FRESH = 1.0
"""Seconds after its last use in which a connection is taken for a good one: a server that went away since is still
away. Asking each time took as long as what is asked of it mostly."""

LONG, REST = 2.0, 10.0
"""Seconds from which who was not answered has waited in vain, and for which nobody else waits then."""

IN_VAIN = frozenset({"unreachable"})
"""Kinds of trouble after which nobody uses a database for a while."""

READ_IN_VAIN = IN_VAIN | {"locked", "starved"}
"""The same for who only reads: nobody who writes in the ordinary way keeps readers waiting for long."""


class Rest:
    """Leaves a database alone that let somebody wait in vain: who comes soon afterwards is told so at once.

    A list asks the ledger twice for each of its rows, and Errbot has ten threads. One that refuses at once needs no
    rest. `timer` gives seconds that never go back.
    """

    def __init__(self, timer: Callable[[], float] = time.monotonic) -> None:
        self._timer = timer
        self._until = dict[str, float]()
        """When the rest after each kind of trouble ends."""

    @contextmanager
    def kept(self, where: str, kinds: Collection[str] = IN_VAIN) -> Iterator[None]:
        """Use the database that is called so in this block.

        Raises LedgerError while it rests after trouble of one of these kinds.
        """
        began = self._timer()
        for kind in kinds:
            if began < self._until.get(kind, began):
                raise LedgerError(kind, where)
        try:
            yield
        except LedgerError as error:
            if error.kind in kinds and self._timer() - began >= LONG:
                self._until[error.kind] = self._timer() + REST
            raise


def keep_deadlines(engine: Engine, *, timer: Callable[[], float] = time.monotonic) -> None:
    """Let every connection of a PostgreSQL engine be closed that does not answer in time.

    One that was not used lately is asked whether it works: it may have died with the server. Who waits for it gets
    psycopg's OperationalError, as from a server that is gone. `timer` gives seconds that never go back.
    """
    from psycopg import Connection, Error, OperationalError

    class Timely(Connection[Any]):
        """A connection that does not wait for ever; `patience` are the seconds it waits for one answer."""

        patience = IDLE
        used = timer()

        def wait(self, gen: Any, *args: Any, **more: Any) -> Any:
            return super().wait(self._in_time(gen), *args, **more)

        def _in_time(self, gen: Any) -> Any:
            # psycopg resumes this ten times a second, also while the server says nothing.
            until = timer() + self.patience
            try:
                wanted = next(gen)
                while True:
                    ready = yield wanted
                    if not ready and timer() >= until:
                        self.close()
                        raise OperationalError(f"the server did not answer within {self.patience:.0f} s")
                    wanted = gen.send(ready)
            except StopIteration as end:
                return end.value

    def connect(dialect: object, record: ConnectionPoolEntry, args: list[Any], more: dict[str, Any]) -> Connection[Any]:
        try:
            return Timely.connect(*args, **more)
        except OperationalError as error:
            if not pooler.refuses_options(error):
                raise
        made = Timely.connect(*args, **pooler.without_ours(more))
        pooler.remember(record)
        return made

    def taken(connection: Any, *_: object) -> None:
        if timer() - connection.used > FRESH:
            try:
                engine.dialect.do_ping(connection)
            except Error:
                raise InvalidatePoolError from None  # all are made anew
        connection.patience = STATEMENT

    def given_back(connection: Timely | None, *_: object) -> None:
        if connection is not None:
            connection.patience = IDLE
            connection.used = timer()

    event.listen(engine, "do_connect", connect)
    event.listen(engine, "checkout", taken)
    event.listen(engine, "checkin", given_back)
    event.listen(engine, "begin", pooler.begin_with_timeouts)
