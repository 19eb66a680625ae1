"""Nothing that is asked again and again reads a table that grows with the ledger from end to end, on both databases."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, event

from pageinbox.ledger.schema import act, announcement, answer, conversation, news, tables, wait
from pageinbox.web.gauges import how_all_stands
from tests.core.stage import INTERVAL, Life, Stage

DAY = 86400.0
GROWING = {table.name for table in (conversation, news, announcement, wait, answer, act)}
FEW = {index.name for name in GROWING for index in tables.tables[name].indexes if index.dialect_kwargs}
"""Indexes of those rows alone that something is still to be done about."""

Statements = dict[str, Any]
"""With the values of one time that each was run."""


@pytest.fixture
def stage(ledger_url: str) -> Iterator[Stage]:
    watches = ["#room inbox messenger", "#thread inbox messenger later thread", "#ops spam messenger every message",
               "#late inbox messenger waiting 1m,10m closing 2h"]  # fmt: skip
    one = Stage(ledger_url, watches=watches)
    yield one
    one.close()


def listened(engine: Engine) -> Statements:
    """The statements that are run from now on."""
    heard: Statements = {}

    def hear(_: Any, __: Any, statement: str, values: Any, ___: Any, many: bool) -> None:
        if statement.split()[0] in ("SELECT", "INSERT", "UPDATE", "DELETE"):
            heard[statement] = values[0] if many else values

    event.listen(engine, "before_cursor_execute", hear)
    return heard


def read_whole(engine: Engine, statement: str, values: Any) -> set[str]:
    """The growing tables that a statement reads from end to end."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            steps = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
            found = {scanned(step.detail) for step in steps}
        else:
            (plan,) = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", values).one()
            found = {whole(node) for node in nodes((plan if isinstance(plan, list) else json.loads(plan))[0]["Plan"])}
        connection.rollback()
    return found & GROWING


def scanned(step: str) -> str:
    """The table that a step of SQLite's plan reads from end to end; empty where it reads none so."""
    index = re.search(r"INDEX (\w+)", step)
    if "AUTOMATIC" in step or (step.startswith("SCAN") and not (index and index[1] in FEW)):
        return step.split()[1]
    return ""


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from nodes({"Relation Name": plan.get("Relation Name"), **below})


def whole(node: dict[str, Any]) -> str:
    """The same of a node of PostgreSQL's."""
    if node["Node Type"] not in ("Seq Scan", "Index Scan", "Index Only Scan", "Bitmap Index Scan"):
        return ""
    return "" if "Index Cond" in node or node.get("Index Name") in FEW else str(node["Relation Name"])


MANY = """
    INSERT INTO inbox_conversation (id, key, graph_id, source, folders, quiet, seen, updated)
        SELECT -i, -i, 't_' || i, 1, 1, 0, 1803000000000 + i, 1803000000000 + i
        FROM generate_series(1, 30000) AS i;
    INSERT INTO inbox_announcement (id, room, state, at, items, tries, repeat, receipt)
        SELECT -i, 1, 'sent', 1803000000000 + i, 1, 0, 0, 'receipt-' || i
        FROM generate_series(1, 30000) AS i;
    INSERT INTO inbox_news (conversation, room, version, watch, source, verdict, occasion, found, announcement)
        SELECT -i, 1, 0, 1, 1, 0, 0, 1803000000000 + i, -i
        FROM generate_series(1, 30000) AS i;
    INSERT INTO inbox_wait (conversation, since, source, wrote, gone)
        SELECT -i, 1803000000000 + i, 1, 1803000000000 + i, 1803000000000 + i
        FROM generate_series(1, 30000) AS i;
    INSERT INTO inbox_answer (conversation, since, source, took, wrote)
        SELECT -i, 1803000000000 + i, 1, 60, 0
        FROM generate_series(1, 30000) AS i;
    INSERT INTO inbox_act (id, conversation, kind, who, name, room, at, ended, ending)
        SELECT -i, -i, 0, '@sam', 'Sam', '#room', 1803000000000 + i, 1803000000000 + i, 0
        FROM generate_series(1, 30000) AS i;
    ANALYZE;
"""


def grow(engine: Engine) -> None:
    """Have PostgreSQL know that there is much: of few rows it reads all at once. SQLite judges by the indexes alone."""
    with engine.begin() as connection:
        for statement in MANY.strip().split(";\n"):
            connection.exec_driver_sql(statement)


def told(stage: Stage, life: Life, seconds: float = INTERVAL) -> None:
    stage.time.wait(seconds)
    life.look_everywhere()
    stage.time.wait(10)
    life.remind()


def lived(stage: Stage, life: Life) -> None:
    """Whatever makes the ledger work: news and bursts, edits, threads, doubts, refusals, trouble, and forgetting."""
    there = stage.arrive(12)
    told(stage, life)
    for arrived in (stage.arrive(2), stage.arrive(8)):
        told(stage, life)
        stage.world.write("acme", arrived[0], "one more thing")
        stage.world.answer(arrived[1], "hi!")
    stage.world.write("acme", None, "buy now", folder="spam")
    stage.world.move(there[0], "spam")
    told(stage, life)
    stage.rooms.losing = 2
    stage.arrive(2)
    told(stage, life)
    stage.rooms.down = True
    stage.arrive(2)
    told(stage, life)
    told(stage, life, 700)
    stage.rooms.down = False
    stage.simulator.fail("conversations", 8, code=190)
    for _ in range(8):
        told(stage, life)
    stage.world.delete(there[2])
    told(stage, life, 4 * DAY)
    stage.time.wait(100 * DAY)
    stage.world.write("acme", there[1], "I am still here")
    for _ in range(3):
        told(stage, life, DAY)


def test_no_statement_of_a_look_a_claim_or_an_edit_grows_with_the_ledger(stage: Stage) -> None:
    life = stage.bot()
    statements = listened(life.ledger.engine)
    lived(stage, life)
    for command in ("status", "outbox", "mute 1", "watch inbox", "unwatch 1", "waiting"):
        life.say("#room", command)
    for command in (
        "claim 1",
        "claim 1 over",
        "claimed",
        "snooze 1 for 1h",
        "note 1 hello",
        "why 1",
        "unsnooze 1",
        "done 1",
    ):
        life.say("#room", command)
    told(stage, life)
    life.service.tell()
    how_all_stands(life.service)
    worked = {(one.split()[0], name) for one in statements for name in GROWING if name in one}
    verbs = ("SELECT", "INSERT", "UPDATE", "DELETE")
    # What is known of a conversation, and of an answer, is updated by what inserts it.
    inserted = {("UPDATE", conversation.name), ("UPDATE", answer.name)}
    assert worked == {(verb, name) for verb in verbs for name in GROWING} - inserted
    if life.ledger.engine.dialect.name == "postgresql":
        grow(life.ledger.engine)
    plans = {one: found for one, values in statements.items() if (found := read_whole(life.ledger.engine, one, values))}
    assert plans == {}


def test_a_statement_that_grows_is_noticed(stage: Stage) -> None:
    life = stage.bot()
    told(stage, life)
    if life.ledger.engine.dialect.name == "postgresql":
        grow(life.ledger.engine)
    for name in GROWING:
        assert read_whole(life.ledger.engine, f"SELECT count(*) FROM {name}", ()) == {name}
    joined = "SELECT * FROM inbox_room JOIN inbox_announcement ON inbox_announcement.room = inbox_room.id"
    assert read_whole(life.ledger.engine, joined, ()) == {"inbox_announcement"}
