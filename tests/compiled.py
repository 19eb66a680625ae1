"""All ledgers of a process have their SQL compiled once, from when this is imported on."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Engine, event


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


@event.listens_for(Engine, "engine_connect")
def compile_once(connection: Connection) -> None:
    if "compiled_cache" not in connection.get_execution_options():  # for the first connection of each engine
        connection.engine.update_execution_options(compiled_cache=COMPILED)
        connection.execution_options(compiled_cache=COMPILED)
