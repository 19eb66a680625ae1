"""The table of commands, and all that follows from it."""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from errbot.rendering import text as errbot_text
from sqlalchemy import event

from inbox import Inbox
from pageinbox.chat.errbot.content import messages
from pageinbox.commands import statistics, triage
from pageinbox.commands.command import Command
from pageinbox.commands.dispatch import Commands, wants_help
from pageinbox.commands.entries.asking import QUESTION
from pageinbox.commands.table import COMMANDS
from pageinbox.language.vocabulary import FILLERS, SYNONYMS, WRITING
from pageinbox.ledger.deadline import LONG, REST
from pageinbox.settings.reading import read
from pageinbox.tell.service import WatchService
from simulator.server import Simulator
from simulator.world import World
from tests.bot import SAM, Bot, Deaf, whom
from tests.core.inbox import Inbox as InboxOfOne

README = Path(__file__).resolve().parents[2] / "README.md"
BEGIN = 1_795_442_520.0  # 23 Nov 2026, 14:02 UTC
NAMED = [command.word or "inbox" for command in COMMANDS]


class Clock:
    """Time that passes only when somebody waits."""

    now = BEGIN

    def __call__(self) -> float:
        return self.now

    def wait(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[Bot]:
    clock = Clock()
    with Simulator(World.demo(clock), instagram_fields="present", rate_limit=False) as graph:
        page = graph.world.page("acme")
        pages = {"acme": {"ID": page.id, "TOKEN": page.token, "APP_SECRET": page.app_secret}}
        chosen = read({"PAGES": pages, "GRAPH_URL": graph.url}, environment={})
        running = Bot(chosen, f"sqlite:///{tmp_path / 'ledger'}", Deaf(), clock, clock.wait)
        yield running
        running.stop()


def said(bot: Bot, command: str) -> str:
    """What the bot answers to a whole command, as a terminal shows it."""
    return str(errbot_text().convert("\n\n".join(messages(bot.say("#room", command.removeprefix("inbox"))))))


def test_of_a_command_that_fails_the_log_has_no_words(bot: Bot, caplog: pytest.LogCaptureFixture) -> None:
    def fail() -> WatchService:
        raise KeyError("hunted-words")

    chosen = read({"PAGES": {"acme": {"ID": "1", "TOKEN": "token"}}}, environment={})
    commands = Commands(bot.answers, chosen, fail, clock=bot.clock, whom=whom)
    answer = "".join(messages(commands.answer("#room", "watches", person=SAM)))
    assert "KeyError" in answer and "A command failed: KeyError > dispatch.py:" in caplog.text
    assert "hunted" not in answer + caplog.text


def test_nobody_waits_for_a_lock_that_another_one_waited_for_in_vain(inbox: InboxOfOne) -> None:
    """It would be ten at once, and who asks for help behind them."""
    engine = inbox.bot.ledger.engine
    tries: list[str] = []

    def takes_long(connection: object, cursor: Any, statement: str, *_: object) -> None:
        if statement == "BEGIN IMMEDIATE":
            cursor.execute("PRAGMA busy_timeout=0")
            tries.append(statement)
            inbox.now += LONG

    with closing(sqlite3.connect(engine.url.database or "")) as other:
        other.execute("BEGIN IMMEDIATE")
        event.listen(engine, "before_cursor_execute", takes_long)
        for command in ("watch spam", "watch spam", "unwatch 1", "watches"):
            answer = inbox.shown(inbox.bot.commands.answer("#room", command, person=SAM))
            assert "is locked by another program" in answer
        assert len(tries) == 1
        event.remove(engine, "before_cursor_execute", takes_long)
    inbox.now += REST
    assert "Watch 1" in inbox.say("watch spam")


@pytest.mark.parametrize("command", COMMANDS, ids=NAMED)
def test_every_example_can_be_typed_and_is_understood(bot: Bot, command: Command) -> None:
    said(bot, "inbox watch inbox")
    bot.run(BEGIN + 120)
    first = re.search(r"^ +1  (\w+)  ", said(bot, "inbox"), re.MULTILINE)
    assert first
    for example, does in command.examples:
        answer = said(bot, example.replace("jxx3", first[1]))
        assert "What I understand" not in answer, (example, answer)
        assert not re.search("I don't know|There is no watch|Which |No watch has met|went wrong", answer), answer
        assert does


@pytest.mark.parametrize("command", COMMANDS, ids=NAMED)
def test_each_way_to_ask_what_a_command_does_shows_that(bot: Bot, command: Command) -> None:
    helped = said(bot, f"inbox help {command.word or 'inbox'}")
    told = " ".join(helped.split())
    for example, does in command.examples:
        assert f" !{example} {does}" in told
    assert command.takes in told
    if command.word:
        for way in ("?", "--help", "—help", "-h", "help", "Help", " ? "):
            assert said(bot, f"inbox {command.word.upper()} {way}") == helped, way


def test_help_shows_every_command(bot: Bot) -> None:
    helped = said(bot, "inbox help")
    for command in COMMANDS:
        example, does = command.examples[0]
        assert f" !{example} {does} " in f"{' '.join(helped.split())} "
    assert all(said(bot, f"inbox {way}") == helped for way in ("?", "--help", "-h", "HELP", "help please"))


@pytest.mark.parametrize("words", ["", "spam", "what?", "helpful", 'text "?"', "@help"])
def test_other_words_are_no_call_for_help(words: str) -> None:
    assert not wants_help(words)


def test_errbot_has_a_method_for_each_command_and_shows_its_help() -> None:
    methods = {name: method for name, method in vars(Inbox).items() if name.startswith("inbox")}
    assert methods.keys() == {command.name for command in COMMANDS}
    for command in COMMANDS:
        summary, _, rest = str(methods[command.name].__doc__).partition("\n\n")
        assert summary.casefold() == command.help.casefold() and len(summary) <= 80, "Errbot cuts what is longer"
        assert command.examples[0][0] in rest
        # With another prefix than its own Errbot puts a control character in the place of a command's name.
        assert "!" not in summary + rest


def test_a_word_means_one_thing() -> None:
    words = [command.word for command in COMMANDS if command.word]
    assert len(set(words)) == len(words)
    assert set(SYNONYMS.values()) <= set(words)
    for others in (set(SYNONYMS), WRITING, FILLERS - {"show", "pages"}):
        assert not others & set(words)
    assert not WRITING & (set(SYNONYMS) | FILLERS)


def section_of(command: Command) -> str:
    """Where the README has a command: those by which the team shares the work stand together."""
    if command.handler.__module__ == triage.__name__:
        return "Sharing the work"
    if command.handler.__module__ == statistics.__name__:
        return "How the inbox fares"
    return "What you can be told" if command.needs_ledger else "What you can ask"


def rows(heading: str) -> str:
    """The README's table of the commands in one of its sections."""
    examples = [row for command in COMMANDS if section_of(command) == heading for row in command.examples]
    return "".join(f"| `!{example}` | {does.replace('|', chr(92) + '|')} |\n" for example, does in examples)


def test_the_tables_of_the_readme_are_the_table_of_commands() -> None:
    """UPDATE_TRANSCRIPTS=1 writes them anew."""
    text = README.read_text("utf-8")
    written = text
    for heading in ("What you can ask", "What you can be told", "How the inbox fares", "Sharing the work"):
        found = re.search(
            rf"## {heading}\n.*?\n\| you type \| [^\n]*\n\|---\|---\|\n((?:\|[^\n]*\n)*)", written, re.DOTALL
        )
        assert found, heading
        written = written[: found.start(1)] + rows(heading) + written[found.end(1) :]
    if os.environ.get("UPDATE_TRANSCRIPTS"):
        README.write_text(written, "utf-8")
    assert text == written
    assert QUESTION.takes.partition(",")[0] in text
