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
from itertools import islice

from pageinbox.language.marks import MarkReading
from pageinbox.language.moments import POINTING
from pageinbox.language.nearest import nearest
from pageinbox.language.period import ODD_DATE
from pageinbox.language.reader import MARKED, Nearby, WriteAsked
from pageinbox.language.since import SinceReading
from pageinbox.language.times import CALENDAR
from pageinbox.language.vocabulary import (
    ABOUT_ONE,
    COUNTED,
    EVERY,
    EVERYWHERE,
    EXAMPLE_ID,
    FAILING,
    FIGURES,
    FILLERS,
    FOLDERS,
    LAST,
    LIMIT,
    MAX_LIMIT,
    MAX_NAME,
    OVER,
    PLATFORMS,
    REFUSED,
    SINCE,
    SYNONYMS,
    USER,
    WRITING,
    say,
)
from pageinbox.model.query import InboxQuery, Mark
from pageinbox.model.source import Folder
from pageinbox.model.text import EDGES, LONGEST_WORD, bare, clean, cut, fold, named

LATELY = LAST | {"since", "today", "yesterday"}
"""Times that a digest has by itself."""


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


class QuestionReading(SinceReading, MarkReading):
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

    def guess(self, word: str) -> str:
        """What an unknown word was likely meant to be, read in its place; "" if nothing comes near."""
        who = re.match("who(['’]s)? (has|claimed|took|got|did) ", self.typed, re.IGNORECASE)
        if who and word in POINTING:
            self.example = "why"  # in reply to an announcement, it means that one
            return self.example
        if bare(self.typed.split()[0]) == "give" and self.nearby.is_conversation(word):
            self.example = self.with_rest("claim", self.typed.split()[1:])
            return self.example
        if verb := self.verb_behind(word):
            self.example = verb
            return verb
        if (who or not word.isdigit() or word == bare(self.typed)) and self.nearby.is_conversation(word):
            self.example = f"why {word}" if who else f"show {word}"
            return self.example
        if name := self.person(word):
            if self.found.get("name") in (None, *fold(name).split()):  # "@Bo Lindqvist"
                self.found["name"] = fold(name)
            return cut(say("name", name))
        self.push(word)
        count, _ = self.span()
        self.words.popleft()
        if count or re.fullmatch("[1-9]|[1-4][0-9]|50", word):
            keyword = "limit" if not count else "over" if self.found.get("waiting") else "since"
            self.push(keyword, word)
            return " ".join([*islice(self.words, max(2, count + 1))])
        commands = self.nearby.commands
        if SYNONYMS.get(word) in commands:
            self.example = self.command(word, SYNONYMS[word])
            return SYNONYMS[word]
        if word in FAILING and "status" in commands:
            self.example = "status failing"
            return self.example
        known = [*commands, *self.grammar, *self.page_words]
        letters = sorted(word)
        transposed = (each for each in known if len(each) == len(word) and sorted(each) == letters)
        if near := next(transposed, "") or nearest(word, known, 0.7):
            if near in self.grammar:
                self.push(near)
                folder = FOLDERS.get(near)
                canonical = say("folder", folder) if folder else PLATFORMS.get(near, near)
                return near if near == canonical else f"{near} ({canonical})"
            if near in commands:
                self.example = self.command(word, near)
                return near
            self.found["page"] = self.page_words[near]
            return cut(self.page_words[near])
        if quoted := self.quoted(word):
            return quoted
        if not self.found.get("name") and re.search(rf"\b(from|by) {re.escape(word)}(?!\w)", fold(self.typed)):
            self.found["name"] = word[:MAX_NAME]
            return cut(say("name", word))
        return ""

    def quoted(self, word: str) -> str:
        """What a word in quotes was likely meant for: to be looked for, with the words it is quoted with; or ""."""
        for sender, phrase in re.findall(r'(\bfrom )?"([^"]{1,100})"', self.typed, re.IGNORECASE):
            pieces = [bare(piece) for piece in phrase.split()]
            if word in pieces:
                while self.words and bare(self.words[0]) in pieces:
                    self.words.popleft()
                field = "name" if sender else "text"
                return cut(say(field, self.found.setdefault(field, fold(phrase))))
        return ""

    def person(self, word: str) -> str:
        """The name in the list on screen that a word begins, with the words ahead that belong to it; or ""."""
        people = [name for name in self.nearby.people if not word.isdecimal() and named(word, name)]
        if len(word) < 3:  # too little for the beginning of a name
            people = [name for name in people if word in re.split("[ ._-]", fold(name))]
        if len({fold(name) for name in people}) > 1 and self.words:
            people = [name for name in people if named(f"{word} {bare(self.words[0])}", name)] or people
        if not people:
            return ""
        folders = {self.nearby.people[name] for name in people}
        if len(folders) == 1:
            self.persons_folder = folders.pop()
        while self.words and fold(self.words[0]) in fold(people[0]).split():
            self.words.popleft()
        return clean(people[0]).replace('"', "") if len({fold(name) for name in people}) == 1 else word

    def command(self, word: str, instead: str) -> str:
        """The command that was likely meant: with what was typed behind it, where only fillers stand before it."""
        typed = self.typed.split()
        while typed and bare(typed[0]) != word and bare(typed[0]) in FILLERS:
            typed.pop(0)  # "can you open 3"
        if not typed or bare(typed[0]) != word:
            return instead
        rest = [each for each in typed[1:] if instead not in COUNTED or bare(each).isdecimal()]
        if instead == "digest" and {*map(bare, rest)} & LATELY:
            rest = []  # "summary of today"
        return self.with_rest(instead, rest)

    def verb_behind(self, word: str) -> str:
        """The command that stands behind a conversation, as in `3 done`, put before it; "" if none does."""
        first, *rest = self.typed.split()
        verb = bare(rest[0]) if rest else ""
        verb = verb if verb in self.nearby.commands else SYNONYMS.get(verb, "")
        if bare(first) != word or verb not in ABOUT_ONE or not self.nearby.is_conversation(word):
            return ""
        return self.with_rest(verb, [word, *rest[1:]])

    def with_rest(self, command: str, rest: Sequence[str]) -> str:
        """A command with what is typed behind it, unless a word of that is too long to be said again."""
        return " ".join((command, *rest)) if all(len(part) <= LONGEST_WORD for part in rest) else command
