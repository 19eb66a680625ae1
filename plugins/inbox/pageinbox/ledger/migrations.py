"""From each version of the tables to the next. What they do never changes again, whatever the schema becomes."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection, text

Migration = Callable[[Connection], None]


def following(connection: Connection) -> None:
    """From 1 to 2: announcements follow their conversations. What was told before that keeps still."""
    for statement in (
        "ALTER TABLE inbox_news ADD COLUMN later SMALLINT",
        "ALTER TABLE inbox_news ADD COLUMN latest TEXT",
        "ALTER TABLE inbox_announcement ADD COLUMN edit BIGINT",
        "CREATE INDEX inbox_announcement_edit ON inbox_announcement (edit) WHERE edit IS NOT NULL",
    ):
        connection.execute(text(statement))
