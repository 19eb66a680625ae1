"""From each version of the tables to the next. What they do never changes again, whatever the schema becomes.

So they know no word of `language` and no class of `model`: what older versions wrote is written down here once more.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

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


def codes(connection: Connection) -> None:
    """From 2 to 3: watches are specs instead of sentences, troubles codes instead of names of classes.

    A watch whose words can't be read keeps them as they are. Who wrote a conversation is no longer kept by id.
    """
    for statement in (
        "ALTER TABLE inbox_watch RENAME COLUMN wish TO spec",
        "ALTER TABLE inbox_watch DROP COLUMN made",
        "ALTER TABLE inbox_announcement RENAME COLUMN life TO session",
        "ALTER TABLE inbox_announcement DROP COLUMN sends",
        # Nothing but the chat's own words is kept there now.
        "UPDATE inbox_announcement SET error = NULL WHERE error = 'the Page is not in my settings any more'",
    ):
        connection.execute(text(statement))
    rewrite(connection, "inbox_watch", ("id",), "spec", spec_of_words)
    rewrite(connection, "inbox_source", ("id",), "trouble", coded)
    rewrite(connection, "inbox_source", ("id",), "kinds", lambda kinds: " ".join(map(code_of, kinds.split())))
    rewrite(connection, "inbox_notice", ("id",), "body", coded_notice)
    for column in ("body", "latest"):
        rewrite(connection, "inbox_news", ("conversation", "room", "version"), column, nameless)


def indexes(connection: Connection) -> None:
    """From 3 to 4: nothing that is asked of a ledger again and again takes longer the more it knows.

    What may be edited is marked, `items` counts what an announcement still has news of, so that one without any is
    found by itself, and a source has the time since when it is watched.
    """
    kept = "SELECT announcement FROM inbox_news WHERE due IS NULL AND body IS NOT NULL"
    for statement in (
        "ALTER TABLE inbox_source ADD COLUMN begun BIGINT",
        "ALTER TABLE inbox_news ADD COLUMN kept SMALLINT",
        f"UPDATE inbox_news SET kept = 1 WHERE due IS NULL AND announcement IN ({kept})",
        "DROP INDEX inbox_news_queue",
        "CREATE INDEX inbox_news_queue ON inbox_news (announcement, room, found) WHERE due IS NOT NULL",
        "CREATE INDEX inbox_news_kept ON inbox_news (announcement) WHERE kept IS NOT NULL",
        "CREATE INDEX inbox_announcement_unsent ON inbox_announcement (id) WHERE state <> 'sent'",
        "CREATE INDEX inbox_announcement_empty ON inbox_announcement (at) WHERE items = 0",
    ):
        connection.execute(text(statement))
    counted = connection.execute(
        text(
            "SELECT inbox_announcement.id, count(inbox_news.conversation) AS items FROM inbox_announcement"
            " LEFT JOIN inbox_news ON inbox_news.announcement = inbox_announcement.id"
            " GROUP BY inbox_announcement.id, inbox_announcement.items"
            " HAVING count(inbox_news.conversation) <> inbox_announcement.items"
        )
    ).all()
    if counted:
        changed = [dict(row._mapping) for row in counted]
        connection.execute(text("UPDATE inbox_announcement SET items = :items WHERE id = :id"), changed)
    first = connection.execute(text("SELECT source, min(seen) AS seen FROM inbox_conversation GROUP BY source")).all()
    if first:
        seen = [dict(row._mapping) for row in first]
        connection.execute(text("UPDATE inbox_source SET begun = :seen WHERE id = :source AND complete"), seen)


def waits(connection: Connection) -> None:
    """From 4 to 5: who waits for an answer, what the team does with conversations, and when a watch was made.

    Who waits is found by the looks: all that is in a list is read once more for it.
    """
    serial = "SERIAL PRIMARY KEY" if connection.dialect.name == "postgresql" else "INTEGER PRIMARY KEY AUTOINCREMENT"
    rowid = "" if connection.dialect.name == "postgresql" else " WITHOUT ROWID"
    waiting = "WHERE answered IS NULL AND gone IS NULL"
    for statement in (
        "ALTER TABLE inbox_watch ADD COLUMN made BIGINT",
        "ALTER TABLE inbox_source ADD COLUMN waits BIGINT",
        "CREATE TABLE inbox_wait (conversation INTEGER NOT NULL, since BIGINT NOT NULL, source SMALLINT NOT NULL,"
        " wrote BIGINT NOT NULL, at_least SMALLINT, answered BIGINT, gone BIGINT, body TEXT,"
        " PRIMARY KEY (conversation, since))" + rowid,
        f"CREATE INDEX inbox_wait_open ON inbox_wait (source, since) {waiting}",
        f"CREATE TABLE inbox_act (id {serial}, conversation INTEGER NOT NULL, kind SMALLINT NOT NULL,"
        " who TEXT NOT NULL, name TEXT NOT NULL, room TEXT NOT NULL, at BIGINT NOT NULL, until BIGINT, giver TEXT,"
        " words TEXT, body TEXT, ended BIGINT, ending SMALLINT, ender TEXT)",
        "CREATE INDEX inbox_act_conversation ON inbox_act (conversation)",
        "CREATE UNIQUE INDEX inbox_act_mark ON inbox_act (kind, conversation) WHERE ended IS NULL AND kind < 3",
    ):
        connection.execute(text(statement))


def statistics(connection: Connection) -> None:
    """From 5 to 6: what statistics are made of has rows of its own, small ones; and digests, and what was erased.

    What was answered is counted among them; in which hours a Page was open then is not known any more.
    """
    serial = "SERIAL PRIMARY KEY" if connection.dialect.name == "postgresql" else "INTEGER PRIMARY KEY AUTOINCREMENT"
    rowid = "" if connection.dialect.name == "postgresql" else " WITHOUT ROWID"
    for statement in (
        "CREATE TABLE inbox_answer (conversation INTEGER NOT NULL, since BIGINT NOT NULL, source SMALLINT NOT NULL,"
        " took INTEGER NOT NULL, opened INTEGER, wrote INTEGER NOT NULL, at_least SMALLINT,"
        " PRIMARY KEY (conversation, since))" + rowid,
        "CREATE TABLE inbox_arrival (source SMALLINT NOT NULL, quarter INTEGER NOT NULL, many INTEGER NOT NULL,"
        " PRIMARY KEY (source, quarter))" + rowid,
        "CREATE TABLE inbox_gap (source SMALLINT NOT NULL, begun BIGINT NOT NULL, ended BIGINT NOT NULL,"
        " PRIMARY KEY (source, begun))" + rowid,
        f"CREATE TABLE inbox_digest (id {serial}, room TEXT NOT NULL, spec TEXT NOT NULL, made BIGINT NOT NULL,"
        " due BIGINT NOT NULL, told BIGINT, ended BIGINT)",
        "CREATE TABLE inbox_forgotten (key BIGINT PRIMARY KEY NOT NULL, at BIGINT NOT NULL)" + rowid,
        "ALTER TABLE inbox_announcement ADD COLUMN erased INTEGER",
        "INSERT INTO inbox_answer (conversation, since, source, took, wrote, at_least)"
        " SELECT conversation, since, source, (answered - since) / 1000, (wrote - since) / 1000, at_least"
        " FROM inbox_wait WHERE answered IS NOT NULL",
        "INSERT INTO inbox_arrival (source, quarter, many) SELECT source, seen / 900000, count(*)"
        " FROM inbox_conversation WHERE quiet = 0 AND folders <> 0 GROUP BY source, seen / 900000",
        "INSERT INTO inbox_gap (source, begun, ended) SELECT id, 0, begun FROM inbox_source WHERE begun IS NOT NULL",
        "DELETE FROM inbox_wait WHERE answered IS NOT NULL",
        "DROP INDEX inbox_wait_open",
        "ALTER TABLE inbox_wait DROP COLUMN answered",
        "CREATE INDEX inbox_wait_open ON inbox_wait (source, since) WHERE gone IS NULL",
    ):
        connection.execute(text(statement))


def tokens_and_pushes(connection: Connection) -> None:
    """From 6 to 7: what the admins were told of tokens, and what pushes brought."""
    rowid = "" if connection.dialect.name == "postgresql" else " WITHOUT ROWID"
    for statement in (
        "CREATE TABLE inbox_token (page TEXT NOT NULL, access SMALLINT NOT NULL, ends BIGINT, told SMALLINT NOT NULL,"
        " PRIMARY KEY (page, access))",
        "CREATE TABLE inbox_push (source SMALLINT NOT NULL, hour INTEGER NOT NULL, pushed INTEGER NOT NULL,"
        " polled INTEGER NOT NULL, gained BIGINT NOT NULL, PRIMARY KEY (source, hour))" + rowid,
    ):
        connection.execute(text(statement))


def rewrite(
    connection: Connection, table: str, key: tuple[str, ...], column: str, change: Callable[[str], str]
) -> None:
    """Put what `change` makes of it in the place of every text in a column."""
    rows = connection.execute(text(f"SELECT {', '.join(key)}, {column} FROM {table} WHERE {column} IS NOT NULL")).all()
    changed = [{**row._mapping, column: change(row._mapping[column])} for row in rows]
    if changed:
        mine = " AND ".join(f"{name} = :{name}" for name in key)
        connection.execute(text(f"UPDATE {table} SET {column} = :{column} WHERE {mine}"), changed)


WORDS = re.compile(
    r"""(?P<folder> inbox | other | done | spam )
        (?: \  (?P<platform> messenger | instagram ) )?
        (?: \  (?: page\ "(?P<quoted> [^"]+ )" | page\ (?P<marked> \S+ )
              | (?! (?: page | unread | from | text | every | quiet | as | later ) (?! \S ) ) (?P<bare> [^\s"@]+ ) ) )?
        (?: \  (?P<unread> unread ) )?
        (?: \  from\ @ (?: "(?P<name> [^"]* )" | (?P<handle> [\w.]*\w ) ) )?
        (?: \  text\ "(?P<text> [^"]* )" )?
        (?: \  every\ (?P<every> message ) )?
        (?: \  quiet\ (?P<begin> (?: [01]\d | 2[0-3] ) : [0-5]\d )
                  - (?P<end> (?: [01]\d | 2[0-3] ) : [0-5]\d )\ (?P<zone> \S+ ) )?
        (?: \  as\ (?P<detail> count | initials | name | snippet ) )?
        (?: \  later\ (?P<later> thread | nothing ) )?
    """,
    re.VERBOSE,
)
"""A watch as versions 1 and 2 wrote it down: the words one could type to have it again, always in this order."""


def spec_of_words(words: str) -> str:
    """The words of a watch as a spec; what are no such words stays as it is."""
    found = WORDS.fullmatch(words)
    if found is None:
        return words
    spec = {
        "version": 1,
        "folder": "page_done" if found["folder"] == "done" else found["folder"],
        "platform": found["platform"],
        "page": found["quoted"] or found["marked"] or found["bare"],
        "unread": found["unread"] is not None,
        "name": found["handle"] if found["name"] is None else found["name"],
        "text": found["text"],
        "every": found["every"] or "new",
        "quiet": found["zone"] and [f"{found['begin']}:00", f"{found['end']}:00", found["zone"]],
        "detail": found["detail"],
        "later": found["later"] or "edit",
    }
    return written(spec)


KINDS = {
    "TokenDead": "token_dead",
    "PermissionMissing": "permission_missing",
    "ProofWrong": "proof_wrong",
    "RequestRefused": "request_refused",
    "FieldUnknown": "field_unknown",
    "CursorDead": "cursor_dead",
    "PersonUnknown": "person_unknown",
    "PersonUnreadable": "person_unreadable",
    "MessageGone": "message_gone",
    "Blocked": "blocked",
    "Throttled": "throttled",
    "QueryTimedOut": "query_timed_out",
    "TooMuchData": "too_much_data",
    "Unavailable": "unavailable",
    "Redirected": "redirected",
}
"""What classes were called that are kept by codes since."""


def code_of(name: str) -> str:
    return KINDS.get(name, "unknown")


UNKNOWN = {"kind": "unknown", "detail": "", "code": None, "subcode": None, "retry_after": 0}


def coded(trouble: str) -> str:
    """Why a source can't be read, its kind by code; what is no trouble at all becomes one that is not known."""
    packed = parsed(trouble)
    return written({**packed, "kind": code_of(packed["kind"])} if "kind" in packed else UNKNOWN)


def parsed(text: str) -> dict[str, Any]:
    """The JSON object in a text; an empty one where there is none, since no row may keep a ledger from being opened."""
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def coded_notice(notice: str) -> str:
    """A notice, with its trouble in it as it is elsewhere, and no longer as a text of its own."""
    if not (packed := parsed(notice)):
        return notice
    trouble = packed.get("trouble")
    return written({**packed, "trouble": trouble and json.loads(coded(trouble))})


def nameless(conversation: str) -> str:
    """A conversation without the id of who wrote it, which nobody has ever read here."""
    if not (packed := parsed(conversation)):
        return conversation
    packed.pop("person_id", None)
    return written(packed)


def written(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
