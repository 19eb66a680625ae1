"""What the table declares of each command."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pageinbox.commands.request import Request
from pageinbox.model.post import Post


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One command.

    `word` follows `!inbox`; it is empty for `!inbox` itself. `example` can be typed behind `!inbox`, and `help` says in
    a line what it does; `more` are further examples and what they do. `takes` are the words it understands. One that
    `needs_ledger` is answered with what is wrong with the ledger while that can't be used; one that `changes` what is
    there has to be given again then. One that is `about_one`
    takes the conversation of the announcement it replies to where it names none, with what that gives as the words
    behind it; None is for a command that names one. One that is `admins_alone` only the bot's admins may give, in a
    direct chat unless its access controls allow more.
    """

    word: str
    handler: Callable[[Request], Post]
    help: str
    example: str
    takes: str = ""
    more: tuple[tuple[str, str], ...] = ()
    needs_ledger: bool = False
    changes: bool = False
    admins_alone: bool = False
    about_one: Callable[[Request], str | None] | None = None

    @property
    def name(self) -> str:
        """What Errbot and its access controls call it: `inbox_watch`."""
        return f"inbox_{self.word}".rstrip("_")

    @property
    def description(self) -> str:
        """What Errbot's `!help` says of it. Without the prefix, which Errbot garbles where it is not the default."""
        example, _ = self.examples[0]
        return (
            f"{self.help[:1].upper()}{self.help[1:]}\n\nFor example: {example}. More: inbox help {self.word or 'inbox'}"
        )

    @property
    def examples(self) -> tuple[tuple[str, str], ...]:
        """What can be typed, and what that does; the prefix of the bot is missing."""
        return tuple((f"inbox {example}".strip(), does) for example, does in ((self.example, self.help), *self.more))
