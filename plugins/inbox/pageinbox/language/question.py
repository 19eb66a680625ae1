"""From what people type after `!inbox` to an `InboxQuery`, and back to canonical words.

Words come in any order, any case and the everyday spellings of the vocabulary. A filler such as "please" is passed
over; any other word that is not understood is refused with one line, since a dropped word is a wrong answer. A word
that could be two things is a word of the grammar first, then a Page, then a filler, while `page NAME` is always the
Page.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import fields

from pageinbox.language.guesses import GuessReading
from pageinbox.language.period import ODD_DATE
from pageinbox.language.reader import MARKED, Nearby, WriteAsked
from pageinbox.language.times import CALENDAR
from pageinbox.language.vocabulary import (
    EVERY,
    EVERYWHERE,
    EXAMPLE_ID,
    FIGURES,
    LAST,
    LIMIT,
    MAX_LIMIT,
    OVER,
    REFUSED,
    SINCE,
    USER,
    WRITING,
    say,
)
from pageinbox.model.query import InboxQuery, Mark
from pageinbox.model.source import Folder
from pageinbox.model.text import EDGES, LONGEST_WORD, bare, cut, fold


def describe(query: InboxQuery) -> str:
    """The question in canonical words, less what is the default: `parse(describe(q), pages) == q`.

    The time zone of a point of the calendar is left out: it is the one that the words are read in.
    """
    plain = InboxQuery(folder=default_folder(query.name, query.user_id, query.mark))
    said = ((field.name, getattr(query, field.name)) for field in fields(query) if field.name != "asker")
    return " ".join(say(field, value) for field, value in said if value != getattr(plain, field))


def default_folder(name: str | None, user_id: str | None, mark: Mark | None = None) -> Folder | None:
    """Where a question looks that names no folder: for a person or a mark everywhere, else in the inbox."""
    return Folder.INBOX if name is None and user_id is None and mark in (None, Mark.UNCLAIMED) else None


def parse(
    text: str, pages: Sequence[str], nearby: Nearby | None = None, *, zone: str = "UTC", lead: str = "inbox "
) -> InboxQuery:
    """Read what was typed after the command.

    `pages` are the configured names, which must differ under `fold`; `nearby` is what else a word may mean, for what
    is offered in an error, and `lead` is the command that stands before it there. Days and times of day are those of
    `zone`, an IANA name. Raises `QueryError`.
    """
    reading = QuestionReading(text, pages, nearby, zone)
    reading.lead = lead
    return reading.query()


class QuestionReading(GuessReading):
    """A question being read."""

    everywhere = False

    def query(self) -> InboxQuery:
        """The question. Raises `QueryError`."""
        self.read()
        folder = default_folder(self.found.get("name"), self.found.get("user_id"), self.found.get("mark"))
        query = InboxQuery(**{"folder": None if self.everywhere else folder} | self.found)
        if self.wrong:
            self.settle(self.example or describe(query))
        return query

    def take(self, typed: str) -> None:
        word = bare(typed)
        if typed.startswith(MARKED):
            super().take(typed)
        elif self.marks(word):
            pass
        elif word in USER:
            self.user(word)
        elif word in LIMIT or (word in LAST and self.next().isdigit() and not self.span()[0]):
            self.limit(word)
        elif word in SINCE | LAST or (word in OVER and self.words and bare(self.words[0]) in LAST | {"the"}):
            self.since(word)
        elif self.waits(word):
            pass
        elif not self.page(typed) and (word in EVERYWHERE or self.all_folders(word)):
            following = bare(self.words[0]) if self.words else ""
            self.everywhere = self.everywhere or following not in ("pages", "platforms")
        else:
            super().take(typed)

    def user(self, keyword: str) -> None:
        while self.words and bare(self.words[0]) in USER:  # "user id 123"
            self.words.popleft()
        word = self.next()
        if re.fullmatch("[0-9]{1,25}", word):
            self.words.popleft()
            self.keep("user_id", word)
        elif self.words and self.words[0].startswith("@"):
            pass  # "user @ann": the name speaks for itself
        elif word:
            wrong = f"“{cut(self.words.popleft())}” is not a user ID (digits only). Names begin with @."
            if word[0].isdigit() or len(word) > LONGEST_WORD:
                self.refuse(wrong, user_id=EXAMPLE_ID)
            else:
                self.refuse(wrong, name=word)
        else:
            self.refuse(f"“{keyword}” needs an ID (digits only).", user_id=EXAMPLE_ID)

    def limit(self, keyword: str) -> None:
        word = self.next()
        typed = cut(self.words.popleft()) if word else ""
        if not word:
            self.refuse(f"“{keyword}” needs a number from 1 to {MAX_LIMIT}.", limit=5)
        elif not re.fullmatch("[0-9]+", word):
            self.refuse(f"“{typed}” is not a number from 1 to {MAX_LIMIT}.", limit=5)
        elif not word.strip("0"):
            self.refuse(f"“{keyword} 0” would show nothing.", limit=5)
        elif len(word.lstrip("0")) > 2 or int(word) > MAX_LIMIT:
            wrong = f"I show at most {MAX_LIMIT} at once; “more” shows the next ones."
            self.refuse(wrong, limit=MAX_LIMIT)
        else:
            self.keep("limit", int(word))

    def all_folders(self, word: str) -> bool:
        """Whether a word says that it is about every folder, maybe with the next one: `folders`, `every folder`."""
        following = bare(self.words[0]) if self.words else ""
        return word in ("folders", "everywhere", "anywhere") or (word in EVERY and following in ("folder", "folders"))

    def unknown(self, typed: str, word: str) -> None:
        """Read a word that is none of the language's, and offer what it may have been meant for."""
        pieces = re.split(r"[\s&+/,;|]+", typed)
        if word == "follow" and self.words and bare(self.words[0]) == "up":
            word = typed = f"{word}{self.words.popleft()}"
        if word == "write" and re.match("(did|do|does|who) ", fold(self.typed)):
            return  # "did anyone write"
        if "://" in typed:
            self.refuse("I don't know the conversation behind that link. Its ref is in the list it belongs to.")
        elif self.time_alone(word):
            pass
        elif ODD_DATE.fullmatch(word):
            self.push("since", typed)
        elif len(pieces) > 1:  # "facebook/instagram", or words in quotes
            self.push(*pieces)
        elif re.fullmatch("[0-9]{6,25}", word):
            self.keep("user_id", word)
        elif self.wrong:
            pass  # only the first is told
        elif word in WRITING or (word == "report" and any(map(self.nearby.is_conversation, self.words))):
            raise WriteAsked(word)
        elif bare(self.typed.split()[0]) in ("archive", "junk") and self.nearby.is_conversation(word):
            raise WriteAsked(bare(self.typed.split()[0]))  # as verbs, before a conversation
        elif CALENDAR.fullmatch(word):
            self.calendar(word)
        elif word in FIGURES:
            pass
        elif word in REFUSED:
            sentence, instead = REFUSED[word]
            self.refuse(sentence.format(word))
            self.push(*instead.split())
        elif word in self.nearby.commands:
            self.refuse(f"“{word}” is a command of its own.")
            asked_how = bare(self.typed.split()[0]) in ("how", "")  # or with a mere “?”
            self.example = f"help {word}" if asked_how else self.command(word, word)
        else:
            shown = cut(typed.strip(EDGES))
            self.refuse(f"I don't know “{shown}”.", self.guess(word))
