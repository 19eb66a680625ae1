"""What `!inbox help` says: what can be typed, by example."""

from __future__ import annotations

from collections.abc import Sequence

from pageinbox.model.post import Command, Line, Post

Example = tuple[str, str]
"""A command as it is typed behind the bot's prefix, and what it does."""


def usage(examples: Sequence[Example]) -> Post:
    """All commands, each with an example."""
    more: Line = ("More about one of them: ", Command("inbox help watch"))
    return Post(("What you can ask",), (), rows_of(examples), (more,))


def command_help(command: str, takes: str, examples: Sequence[Example]) -> Post:
    """One command: which words it `takes` (nothing for none), and its examples."""
    lines: tuple[Line, ...] = ((f"It takes {takes}.",),) if takes else ()
    return Post(("How to use ", Command(command)), lines, rows_of(examples))


def rows_of(examples: Sequence[Example]) -> tuple[tuple[Line, ...], ...]:
    """Examples below each other."""
    return tuple(((Command(typed),), (does,)) for typed, does in examples)
