"""From what people type after `!inbox` to an `InboxQuery`, and back to canonical words.

Words come in any order, any case and the everyday spellings of the vocabulary. A filler such as "please" is passed
over; any other word that is not understood is refused with one line, since a dropped word is a wrong answer. A word
that could be two things is a word of the grammar first, then a Page, then a filler, while `page NAME` is always the
Page. No word's meaning depends on a time zone: a chat does not tell whose it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields

from pageinbox.language.reader import Reading
from pageinbox.language.vocabulary import (
    say,
)
from pageinbox.model.query import InboxQuery


def describe(query: InboxQuery) -> str:
    """The question in canonical words, less what is the default: `parse(describe(q), pages) == q`."""
    plain = InboxQuery()
    said = ((field.name, getattr(query, field.name)) for field in fields(query))
    return " ".join(say(field, value) for field, value in said if value != getattr(plain, field))


def parse(text: str, pages: Sequence[str], prefix: str = "!") -> InboxQuery:
    """Read what was typed after the command.

    `pages` are the configured names, which must differ under `fold`; `prefix` is what the bot's
    commands start with, for the example in an error. Raises `QueryError`.
    """
    return QuestionReading(text, pages, prefix).query()


class QuestionReading(Reading):
    """A question being read."""

    def query(self) -> InboxQuery:
        self.read()
        query = InboxQuery(**self.found)
        self.settle(self.example or describe(query))
        return query
