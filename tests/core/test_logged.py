"""What the log says: which list and conversation a line is about, and nothing of whoever wrote there or is told."""

from __future__ import annotations

import ast
import logging
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from pageinbox.model.announcement import UNREACHED
from pageinbox.model.chat import ChatError, Uneditable
from pageinbox.model.errors import LedgerError, TokenDead, Unavailable
from pageinbox.model.logged import about, nobody_named
from pageinbox.model.source import Folder, Platform, Source
from pageinbox.settings.configured import Configured
from simulator.errors import TABLE
from simulator.faults import KINDS
from simulator.thread import Person
from tests.core.stage import INTERVAL, Stage, source
from tests.hostile.corpus import CORPUS
from tests.logged import customers, lines, told_of

PLUGIN = Path(__file__).parents[2]
SLOW = {"hang", "drip", "slow_head", "continue"}  # these take real time, and end as a timeout does
LOGGING = {"debug", "info", "warning", "error", "critical", "log"}
HOSTILE = [text for text in CORPUS.values() if len(text) > 3 and text.isprintable()]


@pytest.fixture
def stage(ledger_folder: Path, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.INFO)
    stage = Stage(
        f"sqlite:///{ledger_folder}/ledger.sqlite",
        watches=["#room inbox messenger", "@sam:chat.example spam instagram", "<@U0HUNTED> inbox messenger"],
    )
    yield stage
    stage.close()


def crowd(stage: Stage, texts: Iterable[str]) -> None:
    """Somebody writes for each text, by that name and in these words."""
    for number, text in enumerate(texts):
        person = Person(f"77700{number}", name=text, username=f"hunted.{number}")
        stage.world.write("acme", person, text)
        stage.world.write("acme", person, f"{text} again", platform="instagram", folder="spam")


def test_no_line_holds_a_customer_whatever_fails_at_meta(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    life = stage.bot()
    life.look_everywhere()
    crowd(stage, HOSTILE)
    for error in TABLE:
        stage.simulator.fail(
            "conversations",
            None,
            code=error.code,
            subcode=error.subcode,
            message="(#1) Zoe Zander, t_hunted, @hunted.1",
        )
        life.look_everywhere()
        stage.simulator.clear()
        stage.time.wait(3600)
    for kind in set(KINDS) - SLOW - {"error", "error_in_200", "bare_error"}:
        stage.simulator.fail("conversations", 1, kind=kind)
        life.look_everywhere()
        stage.time.wait(3600)
    for thread in stage.world.conversations("acme", "messenger", "inbox")[:3]:
        stage.simulator.fail("", None, holding=thread.id, code=1)
        life.look_everywhere()
        life.say("#room", f"show user {thread.person.id}")
    private = customers(stage.world) | {"Zoe Zander", "t_hunted"}
    assert len(lines(caplog.records)) > len(TABLE) and len(private) > 3 * len(HOSTILE)
    assert not told_of(private, caplog.records)


def test_no_line_of_a_library_holds_what_meta_sent(rig: Any, canned: Any, caplog: pytest.LogCaptureFixture) -> None:
    """urllib3 warns of headers that it can't read, with the address and the text."""
    canned.headers = {"Connection": "close", "Zoe Zander wrote\r\nX": "y"}
    with pytest.raises(Unavailable):
        rig.client(url=canned.url, secret="hunted-secret").thread("t_hunted", Platform.MESSENGER)
    (warned,) = {line for line in lines(caplog.records) if "headers" in line}
    assert warned == "Failed to parse headers (url=127.0.0.1): HeaderParsingError"
    assert canned.paths and not told_of(["Zoe Zander", "t_hunted", "appsecret_proof"], caplog.records)


@pytest.mark.parametrize(
    ("setting", "sentence"),
    [
        ({"WATCHES": ["#a inbox", '#a from "Zoe Zander" spma']}, "WATCHES, entry 2 can't be right; in chat I say why."),
        ({"WATCHES": ["#a from @zoe from @ann"]}, "WATCHES, entry 1 can't be right; in chat I say why."),
        ({"OPEN": "mon-fri 9-18"}, "OPEN has “9-18”, which are no hours; the nearest is 09:00-18:00."),
        (
            {"ROOMS": {"@Zoe": {"DETAIL": "count"}, "@zoe": {"DETAIL": "count"}}},
            'ROOMS has "@…" and "@…", which are the same room; remove one of them.',
        ),
    ],
)
def test_a_refused_setting_names_nobody(
    caplog: pytest.LogCaptureFixture, setting: dict[str, object], sentence: str
) -> None:
    pages = {"PAGES": {"acme": {"ID": 1, "TOKEN": "hunted-token"}}}
    chosen = Configured(lambda: pages | setting, ())
    assert chosen.use(None) is None and chosen.refusal
    assert set(lines(caplog.records)) == {f"Settings refused: {sentence}"}


@pytest.mark.parametrize("failure", [ChatError, Uneditable, KeyError])
def test_no_line_holds_who_is_told_or_of_whom(
    stage: Stage, caplog: pytest.LogCaptureFixture, failure: Callable[[str], Exception]
) -> None:
    life = stage.bot(admins=["@boss:chat.example"])
    life.look_everywhere()
    life.tell()
    crowd(stage, HOSTILE[::20])
    life.run(stage.time() + 2 * INTERVAL)
    stage.rooms.refusing_edits = failure("I can't find @sam:chat.example")  # type: ignore[assignment]
    for thread in stage.world.conversations("acme", "messenger", "inbox"):
        stage.world.answer(thread, "Hello!")
    life.run(stage.time() + 2 * INTERVAL)
    stage.rooms.refusing_edits = None

    def refused() -> None:
        raise failure("@sam:chat.example and <@U0HUNTED> aren't there")

    life.holding = refused
    stage.rooms.failing |= {"@sam:chat.example", "<@U0HUNTED>"}
    stage.arrive(3)
    stage.world.write("acme", Person("888001", username="hunted.one"), "hello", platform="instagram", folder="spam")
    life.run(stage.time() + 2 * UNREACHED)
    stage.rooms.failing.clear()
    life.run(stage.time() + 2 * UNREACHED)
    logged = "\n".join(lines(caplog.records))
    assert "edited" in logged and "I can't write to @…: " in logged and "I can write to @… again" in logged
    assert not told_of(customers(stage.world) | {"sam", "chat.example", "boss", "U0HUNTED"}, caplog.records)


def test_a_line_about_a_list_says_which(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    life = stage.bot()
    spoilt, *_ = stage.arrive(3)
    stage.simulator.fail("", None, holding=spoilt, code=1)
    life.look_at(source())
    stage.simulator.clear()
    for fails in (True, False):
        if fails:
            stage.simulator.fail("conversations", 1, code=190, subcode=463)
        stage.time.wait(3600)
        life.look_at(source())
    told = [
        tuple(getattr(record, name, None) for name in ("page", "platform", "folder", "ref", "error", "code"))
        for record in caplog.records
        if record.name in ("pageinbox.graph.narrowing", "pageinbox.ask.journal")  # not a thread of another test
    ]
    where = ("acme", "messenger", "inbox")
    ref = about(conversation=spoilt)["ref"]
    assert told == [
        (*where, ref, None, None),
        (*where, None, "token_dead", "190/463"),
        (*where, None, None, None),
    ]


def test_a_line_about_an_announcement_says_of_what(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    life = stage.bot()
    life.look_everywhere()
    (new,) = stage.arrive()
    life.run(stage.time() + 2 * INTERVAL)
    stage.rooms.refusing_edits = ChatError("no")
    stage.world.answer(new, "Hello!")
    life.run(stage.time() + 2 * INTERVAL)
    told = [vars(record) for record in caplog.records if "#room could not be edited" in record.getMessage()]
    assert told and about(source(), conversation=new, error=ChatError("no")).items() <= told[0].items()


def test_only_what_is_known_is_a_field() -> None:
    spam = Source("acme", Platform.INSTAGRAM, Folder.SPAM)
    assert about(spam) == {"page": "acme", "platform": "instagram", "folder": "spam"}
    assert about(page="acme", error=TokenDead(code=190)) == {"page": "acme", "error": "token_dead", "code": "190"}
    assert about(error=LedgerError("full", "")) == {"error": "full"}
    assert about(error=KeyError("Zoe Zander")) == {"error": "KeyError"}


@pytest.mark.parametrize(
    ("text", "logged"),
    [
        ("#support", "#support"),
        ("!abc:chat.example", "!abc:chat.example"),
        ("<#C123>", "<#C123>"),
        ("@sam", "@…"),
        ("<@U123>", "@…"),
        ("<@U123|Sam Hill>", "@…"),
        ("I can't find @sam:chat.example (RoomError)", "I can't find @… (RoomError)"),
        ("“@sam” and @ann; the nearest is @bo", "“@…” and @…; the nearest is @…"),
        ("nobody@here", "nobody@…"),
        (nobody_named("@sam"), "@…"),
    ],
)
def test_a_direct_chat_is_not_named(text: str, logged: str) -> None:
    assert nobody_named(text) == logged


def test_no_line_of_ours_shows_an_exception_with_its_text() -> None:
    """A traceback ends with what an exception says, which may be a customer's."""
    found = [
        f"{file.relative_to(PLUGIN)}:{node.lineno}"
        for folder in ("plugins/inbox", "backends/matrix/errbot_matrix")
        for file in sorted((PLUGIN / folder).rglob("*.py"))
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and (
            (node.func.attr == "exception" and ast.unparse(node.func.value).endswith("log"))
            or (node.func.attr in LOGGING and any(word.arg in ("exc_info", "stack_info") for word in node.keywords))
        )
    ]
    assert not found
