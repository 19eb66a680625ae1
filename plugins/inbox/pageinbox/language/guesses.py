"""What somebody likely meant by words that are not understood, from what is known and what was shown last."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice

from pageinbox.language.marks import MarkReading
from pageinbox.language.moments import POINTING
from pageinbox.language.nearest import nearest
from pageinbox.language.since import SinceReading
from pageinbox.language.vocabulary import (
    ABOUT_ONE,
    COUNTED,
    FAILING,
    FILLERS,
    FOLDERS,
    LAST,
    MAX_NAME,
    PLATFORMS,
    SYNONYMS,
    say,
)
from pageinbox.model.text import LONGEST_WORD, bare, clean, cut, fold, named

LATELY = LAST | {"since", "today", "yesterday"}
"""Times that a digest has by itself."""


class GuessReading(SinceReading, MarkReading):
    """A question being read, as far as its words have to be guessed."""

    def guess(self, word: str) -> str:
        """What an unknown word was likely meant to be, read in its place; "" if nothing comes near."""
        if about := self.about_conversation(word):
            return about
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
        somebody = re.search(rf"\b(from|by) {re.escape(word)}(?!\w)", fold(self.typed)) is not None
        if near := self.near_word(word, 0.8 if somebody else 0.7):
            return near
        if quoted := self.quoted(word):
            return quoted
        if somebody and not self.found.get("name"):
            self.found["name"] = word[:MAX_NAME]
            return cut(say("name", word))
        return ""

    def about_conversation(self, word: str) -> str:
        """The command about a conversation that was likely meant: `show 3`, `claim k7fq`; or ""."""
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
        return ""

    def near_word(self, word: str, alike: float) -> str:
        """The command, the word of the grammar or the Page that a word is another one for, or a slip of; or "".

        A slip is to be that much `alike`, from 0 to 1.
        """
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
        if near := next(transposed, "") or nearest(word, known, alike):
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
