"""The engine that reads typed words: what is still ahead, what was found, and the first thing that was wrong."""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from typing import Any, ClassVar

from pageinbox.language.nearest import nearest
from pageinbox.language.times import ALONE, NUMBERS, length
from pageinbox.language.vocabulary import FILLERS, GRAMMAR, MAX_TEXT, TEXTS, say
from pageinbox.model.source import Folder
from pageinbox.model.text import UNSAFE, bare, clean, cut, fold

STEPS = 4 * MAX_TEXT
"""Words taken from one text at most. Some are cut up and read again, but never into more pieces than letters."""

LONGEST = 300
"""Characters of an answer to what was not understood; an example that would make it longer is left out."""


MARKED = ("@", '"')
"""What the words begin with that name a person, and those to look for; their meaning is not looked up."""


class QueryError(ValueError):
    """The words were not understood.

    `sentence` says why. `guess` is what one wrong word was likely meant to be, `example` what all of them were, as it
    is typed behind the bot's prefix; each is empty where nothing comes near. `str()` is all of it in one line. They can
    repeat what was typed, cut short and without control characters: show them as plain text, not markup.
    """

    def __init__(self, sentence: str, example: str = "", guess: str = "") -> None:
        asked = f" Did you mean {guess}?" if guess else ""
        super().__init__(f"{sentence}{asked} For example: {example}" if example else sentence + asked)
        self.sentence = sentence
        self.example = example
        self.guess = guess


class WriteAsked(QueryError):
    """The words ask for something to be written or changed at Meta; `verb` is what it was called."""

    def __init__(self, verb: str) -> None:
        super().__init__(f"I only read, so “{verb}” has to be done at Meta.")
        self.verb = verb


def none_known(word: str) -> bool:
    """No word names a conversation where none was shown."""
    return False


@dataclass(frozen=True, slots=True)
class Nearby:
    """What a word may mean besides, to be offered to whoever typed it.

    `commands` are the words of other commands, `people` the names in the list that was shown last, each with its
    folder, and `is_conversation` tells whether a word names a conversation here, by its ref or its number in that list.
    """

    commands: Sequence[str] = ()
    people: Mapping[str, Folder] = field(default_factory=dict)
    is_conversation: Callable[[str], bool] = none_known


@lru_cache(2)  # with Pages, and without where none can be named
def spellings(pages: Sequence[str]) -> Mapping[str, str]:
    """The Pages by all that they answer to: “Yahoo!” to yahoo too, if no other Page does."""
    short = [bare(page) for page in pages]
    counts = Counter(short)
    found = {word: page for word, page in zip(short, pages, strict=True) if word and counts[word] == 1}
    return found | {fold(page): page for page in pages}


@lru_cache(2)
def page_words(pages: Sequence[str]) -> Mapping[str, str]:
    """The Pages by these, and by each word of them."""
    return {word: page for name, page in spellings(pages).items() for word in (*name.split(), name)}


class Reading:
    """One text being read: the words still ahead, what was found so far, the first thing that was wrong.

    Reading goes on after something wrong, with the likeliest meaning in its place, so that the example in the
    error keeps all that was understood. `zone` is the IANA name of the time zone that days and times of day are of.
    """

    kind: ClassVar[str] = "question"
    lead: str = "inbox "
    grammar: ClassVar[AbstractSet[str]] = GRAMMAR

    def __init__(self, text: str, pages: Sequence[str], nearby: Nearby | None = None, zone: str = "UTC") -> None:
        self.typed = clean(text[: MAX_TEXT + 1])
        self.timezone = zone
        self.nearby = nearby or Nearby()
        self.found: dict[str, Any] = {}
        self.wrong = self.meant = ""
        self.example = ""  # when it is not what was found
        self.pages, self.page_words = spellings(tuple(pages)), page_words(tuple(pages))
        if max(len(text), len(self.typed)) > MAX_TEXT:
            self.refuse(f"That is too long for a {self.kind}.")
            self.typed = ""
        self.words = deque(self.tokens(self.typed))

    def tokens(self, text: str) -> list[str]:
        """The words as typed; those that name a person start with an @, those to look for with a double quote."""
        words = []
        for token in TEXTS.finditer(text):
            kind = token.lastgroup or ""
            if kind == "unclosed":
                self.refuse("A quoted name needs its closing quotation mark.", name="ann example")
            elif kind in ("name", "single"):
                words.append("@" + token[kind])
            elif kind == "open":
                self.refuse("A quoted text needs its closing quotation mark.", text="refund")
            elif kind in ("text", "quoted"):
                words.append('"' + token[kind])
            else:
                words.append(token[kind].rstrip(".,;:?!)'") if kind == "handle" else token[kind])
        return [word for word in words if word]

    def read(self) -> None:
        """Take every word."""
        for _ in range(STEPS):
            if not self.words:
                return
            self.take(self.words.popleft())
        self.words.clear()
        self.refuse("I couldn't follow that. Try fewer words.")

    def take(self, typed: str) -> None:
        """Read one word, with as many of those ahead as belong to it."""
        raise NotImplementedError

    def push(self, *words: str) -> None:
        """Put words back, to be read next."""
        self.words.extendleft(reversed(words))

    def skip(self, count: int) -> None:
        """Pass over so many words ahead, which were read already."""
        for _ in range(count):
            self.words.popleft()

    def settle(self, example: str) -> None:
        """Refuse the text if something was wrong with it; `example` is what was understood."""
        if self.wrong:
            if UNSAFE.search(example):
                example = ""
            error = QueryError(self.wrong, self.lead + example if example else "", self.meant)
            raise error if len(str(error)) <= LONGEST else QueryError(self.wrong, guess=self.meant)

    def refuse(self, sentence: str, guess: str = "", **likely: Any) -> None:
        """Something is wrong, and the first to be so is told; `likely` stands in for it in the example."""
        if not self.wrong:
            self.wrong, self.meant = sentence, guess
        self.found = likely | self.found

    def keep(self, field: str, value: Any) -> None:
        """Take a value for a field, which can have one only."""
        before = self.found.setdefault(field, value)
        if before != value:
            self.refuse(f"{cut(self.say(field, before))} or {cut(self.say(field, value))}? Only one at a time.")

    def say(self, field: str, value: Any) -> str:
        """One field in canonical words."""
        return say(field, value)

    def near(self, word: str, known: Iterable[str], alike: float = 0.6) -> str:
        """What a wrong word was likely meant to be; "" if nothing comes near, or where nobody will be told."""
        return "" if self.wrong else nearest(word, known, alike)

    def page(self, typed: str) -> str | None:
        """The Page that a word names."""
        return self.pages.get(fold(typed)) or self.pages.get(bare(typed))

    def next(self) -> str:
        """The word ahead, fillers aside; "" if there is none or it begins something else."""
        while self.words and not self.words[0].startswith(MARKED):
            word = bare(self.words[0])
            if (word and word not in FILLERS) or self.page(self.words[0]):
                return "" if word in self.grammar else word
            self.words.popleft()
        return ""

    def span(self) -> tuple[int, int]:
        """How many of the words ahead are a length of time, and its seconds; 0, 0 if none are."""
        ahead = [NUMBERS.get(word, word) for word in map(bare, islice(self.words, 4))]
        for count in range(len(ahead), 0, -1):
            text = re.sub("^half1?", "0.5", "".join(ahead[:count]))
            if re.search("[0-9] [0-9]", " ".join(ahead[:count])):
                continue  # "3 2h" is no 32 hours
            seconds = length(f"1{text}" if text in ALONE else text)
            if seconds is not None:
                return count, seconds
        return 0, 0
