"""The table of commands. All else that knows commands reads it here.

A command is one entry, and `COMMANDS` has them all, in the order in which they are shown. What Errbot offers as methods
with their access rules, what is carried out, `!inbox help`, `!help`, "did you mean", the README's tables and the tests'
lists follow from it. A new command takes

1. its entry, in the module of its kind in `entries`, with examples that work in the demo,
2. its handler, from a `Request` to a `Post`, beside those that are about the same,
3. its sentences, in `pageinbox.words`,
4. a transcript, in `tests/transcripts`, and the tables of the README, which a test writes.
"""

from __future__ import annotations

import re

from pageinbox.commands import leads
from pageinbox.commands.command import Command
from pageinbox.commands.entries.asking import ASKING, QUESTION
from pageinbox.commands.entries.kept import KEPT
from pageinbox.commands.entries.sharing import SHARING
from pageinbox.commands.entries.telling import TELLING
from pageinbox.commands.request import Request
from pageinbox.model.post import Post
from pageinbox.model.text import EDGES, clean
from pageinbox.words.help import command_help, usage


def show_help(request: Request) -> Post:
    """Every command, or one that is named. Raises QueryError."""
    word = leads.command_asked(request, request.words)
    if word is None:
        first = [command.examples[0] for command in COMMANDS if command.word]
        return usage([*QUESTION.examples, *first])
    command = BY_WORD.get(word, QUESTION)
    return command_help(f"inbox {command.word}".strip(), command.takes, command.examples)


HELP = Command(
    word="help",
    handler=show_help,
    help="show what you can ask",
    example="help",
    takes="a command, or nothing for all of them",
    more=(("help watch", "all that a watch understands"),),
)
COMMANDS = (*ASKING, HELP, *TELLING, *SHARING, *KEPT)
HOME = ("inbox mine", "inbox waiting limit 5", "inbox status")
"""What a page of each person's own shows, where a chat has one."""

WORDS = tuple(command.word for command in COMMANDS if command.word)
BY_WORD = {command.word: command for command in COMMANDS if command.word}
LED, MARKS = ",:;…\u200b\ufeff \t\n", "`*_~"
"""What may stand between `!inbox` and a command, and what chats set words apart by."""
PASTED = re.compile(r"^\s*[`*_“\"']*[!/.$%&+~]inbox(?=\s|$)", re.IGNORECASE)
"""The prefix and the name of the command once more, as in an example that was pasted behind them."""


def command_of(text: str) -> tuple[Command, str]:
    """The command that the words after `!inbox` begin with, or `!inbox` itself; and the words behind it."""
    text = PASTED.sub("", text.lstrip(LED)).lstrip(LED)
    word, *rest = text.split(maxsplit=1) or [""]
    command = BY_WORD.get(clean(word).casefold().rstrip(EDGES).lstrip(MARKS))
    return (command, "".join(rest).strip()) if command else (QUESTION, text.strip())
