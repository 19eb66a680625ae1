"""The one engine that reads typed words: what is passed over, what is refused, and what was likely meant."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from difflib import get_close_matches
from itertools import islice
from typing import Any, ClassVar

from pageinbox.language.times import CALENDAR, UNITS, length
from pageinbox.language.vocabulary import (
    COMMANDS,
    EXAMPLE,
    EXAMPLE_ID,
    FILLERS,
    FOLDERS,
    GRAMMAR,
    JOINERS,
    LAST,
    LIMIT,
    MAX_LIMIT,
    MAX_NAME,
    MAX_SINCE,
    MAX_TEXT,
    PLATFORMS,
    REFUSED,
    TOKENS,
    UNREAD,
    USER,
    say,
)
from pageinbox.model.source import Platform
from pageinbox.model.text import EDGES, bare, clean, cut, fold


class QueryError(ValueError):
    """The question was not understood; `str()` is the one line a person reads.

    It can repeat what was typed, cut short, without control characters: show it as plain text, not markup.
    """


class Reading:
    """One text being read: the words still ahead, what was found so far, the first thing that was wrong.

    Reading goes on after something wrong, with the likeliest meaning in its place, so that the example in the
    error keeps all that was understood.
    """

    kind: ClassVar[str] = "question"
    lead: ClassVar[str] = "inbox "
    grammar: ClassVar[AbstractSet[str]] = GRAMMAR
    commands: ClassVar[Sequence[str]] = COMMANDS
    pattern: ClassVar[re.Pattern[str]] = TOKENS

    def __init__(self, text: str, pages: Sequence[str], prefix: str) -> None:
        self.prefix = prefix
        self.found: dict[str, Any] = {}
        self.platforms: list[Platform] = []
        self.wrong = ""
        self.example = ""  # when it is not what was found
        short = [bare(page) for page in pages]  # “Yahoo!” answers to yahoo too, if no other Page does
        self.pages = {word: page for word, page in zip(short, pages, strict=True) if short.count(word) == 1}
        self.pages.pop("", None)
        self.pages |= {fold(page): page for page in pages}
        self.page_words = {word: page for name, page in self.pages.items() for word in (*name.split(), name)}
        if len(text) > MAX_TEXT:
            self.refuse(f"That is too long for a {self.kind}.")
            text = ""
        self.words = deque(self.tokens(clean(text)))

    def tokens(self, text: str) -> list[str]:
        """The words as typed; those that name a person start with an @, those to look for with a double quote."""
        words = []
        for token in self.pattern.finditer(text):
            kind = token.lastgroup or ""
            if kind == "unclosed":
                self.refuse("A name in quotes needs the closing one too.", name="ann example")
            elif kind in ("name", "single"):
                words.append("@" + token[kind])
            elif kind == "open":
                self.refuse("A text in quotes needs the closing one too.", text="refund")
            elif kind in ("text", "quoted"):
                words.append('"' + token[kind])
            else:
                words.append(token[kind].rstrip(".,;:?!)'") if kind == "handle" else token[kind])
        return [word for word in words if word]

    def read(self) -> None:
        """Take every word, then see which platforms were meant."""
        plain = [word for word in self.words if self.plain(word)]
        joined = any(bare(word) in JOINERS or re.search("[,&+/]", word) for word in plain)
        both = any(bare(word) == "both" for word in plain)
        while self.words:
            self.take(self.words.popleft())
        if len(set(self.platforms)) == 1:
            self.found["platform"] = self.platforms[0]
            if both:
                self.refuse(f"Both platforms, or only {self.platforms[0].title()}?")
        elif self.platforms and not joined:
            self.refuse("Messenger or Instagram? Put “and” between for both.", platform=self.platforms[0])

    def plain(self, typed: str) -> bool:
        """Whether a word can join two others, being no name."""
        return not typed.startswith("@")

    def settle(self, example: str) -> None:
        """Refuse the text if something was wrong with it; `example` is what was understood."""
        if self.wrong:
            line = f"{self.wrong} For example: {self.prefix}{self.lead}"
            raise QueryError(line + (example if example and len(line + example) <= 300 else EXAMPLE))

    def take(self, typed: str) -> None:
        word = bare(typed)
        if typed.startswith("@"):
            self.name(typed)
        elif word in FOLDERS:
            self.keep("folder", FOLDERS[word])
        elif word in PLATFORMS:
            self.platforms.append(PLATFORMS[word])
        elif word in UNREAD:
            self.keep("unread", True)
        elif word == "page":
            self.page_name()
        elif word in USER:
            self.user(word)
        elif word in LIMIT or (word in LAST and self.next().isdigit() and not self.span()[0]):
            self.limit(word)
        elif word == "since" or word in LAST:
            self.since(word)
        elif page := self.page(typed):
            self.keep("page", page)
        elif word and word not in FILLERS:
            self.unknown(typed, word)

    def refuse(self, sentence: str, **likely: Any) -> None:
        """Something is wrong; `likely` stands in for it in the example."""
        self.wrong = self.wrong or sentence
        self.found = likely | self.found

    def keep(self, field: str, value: Any) -> None:
        first = self.found.setdefault(field, value)
        if first != value:
            one, two = cut(self.say(field, first)), cut(self.say(field, value))
            self.refuse(f"{one} or {two}? Only one of them at a time.")

    def say(self, field: str, value: Any) -> str:
        return say(field, value)

    def page(self, typed: str) -> str | None:
        return self.pages.get(fold(typed)) or self.pages.get(bare(typed))

    def next(self) -> str:
        """The word ahead, fillers aside; "" if there is none or it begins something else."""
        while self.words and bare(self.words[0]) in FILLERS | {""} and not self.page(self.words[0]):
            self.words.popleft()
        word = bare(self.words[0]) if self.words else ""
        return "" if word in self.grammar or word.startswith("@") else word

    def name(self, typed: str) -> None:
        name = fold(typed.removeprefix("@"))
        if 0 < len(name) <= MAX_NAME:
            self.keep("name", name)
        else:
            wrong = "That name is too long." if name else "@ needs a name right after it."
            self.refuse(wrong, name="ann.example")

    def page_name(self) -> None:
        word = self.next()
        if self.words and (page := self.page(self.words[0])):
            self.words.popleft()
            self.keep("page", page)
        elif "page" in self.found:
            pass  # "the acme page": what follows is no part of it
        elif word:
            near = get_close_matches(word, self.page_words, 1, 0.6)
            likely = self.page_words[near[0]] if near else next(iter(self.pages.values()), None)
            guess = f" Did you mean {cut(str(likely))}?" if near else ""
            self.refuse(f"I know no Page “{cut(self.words.popleft())}”.{guess}", page=likely)
        else:
            self.refuse("“page” needs the name of a Page.", page=next(iter(self.pages.values()), None))

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
            wrong = f"“{cut(self.words.popleft())}” is no user ID (digits only). A name begins with @."
            if word[0].isdigit() or len(word) > MAX_NAME:
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
            self.refuse(f"“{typed}” is no number from 1 to {MAX_LIMIT}.", limit=5)
        elif not word.strip("0"):
            self.refuse(f"“{keyword} 0” would show nothing.", limit=5)
        elif len(word.lstrip("0")) > 2 or int(word) > MAX_LIMIT:
            wrong = f"I show at most {MAX_LIMIT} at once; {self.prefix}inbox more goes on."
            self.refuse(wrong, limit=MAX_LIMIT)
        else:
            self.keep("limit", int(word))

    def span(self) -> tuple[int, int]:
        """How many of the words ahead are a length of time, and its seconds; 0, 0 if none are."""
        ahead = [{"a": "1", "an": "1", "one": "1"}.get(w, w) for w in map(bare, islice(self.words, 4))]
        for count in range(len(ahead), 0, -1):
            text = "".join(ahead[:count])
            seconds = length(f"1{text}" if text in ("minute", "hour", "day", "week") else text)
            if seconds is not None:
                return count, seconds
        return 0, 0

    def since(self, keyword: str) -> None:
        last = keyword == "last"
        while self.words and not self.span()[0] and bare(self.words[0]) in FILLERS | LAST:
            if self.page(self.words[0]):
                break
            last = bare(self.words.popleft()) == "last" or last
        count, seconds = self.span()
        word = "" if count and not last else self.next()
        if (last and word in ("day", "week")) or (not count and CALENDAR.fullmatch(word)):
            self.words.popleft()
            self.calendar(f"last {word}" if last else word, UNITS.get(word, 86400))
        elif count:
            said = cut(" ".join(bare(self.words.popleft()) for _ in range(count)))
            if 0 < seconds <= MAX_SINCE:
                self.keep("since", seconds)
            elif seconds:
                self.refuse("I look back ten years at most.", since=30 * 86400)
            else:
                self.refuse(f"“since {said}” is no time at all.", since=86400)
        elif word:
            self.odd_time(bare(self.words.popleft()))
        else:
            either = "a number or " if keyword in LAST else ""
            self.refuse(f"“{keyword}” needs {either}a length of time.", since=86400)

    def odd_time(self, said: str) -> None:
        """Refuse `parsecs`, `3 parsecs` or `3`."""
        unit = said.lstrip("0123456789")
        number = said.removesuffix(unit)
        if not unit and (unit := self.next()):
            said += " " + bare(self.words.popleft())
        near = get_close_matches(unit, UNITS, 1, 0.75) if number else []
        likely = length(number + (near[0] if near else "h")) or 86400
        guess = f"Did you mean {near[0]}?" if near else "I count in m, h, d or w."
        if unit:
            self.refuse(f"I don't know the time “{cut(said)}”. {guess}", since=min(likely, MAX_SINCE))
        else:
            self.refuse(f"“since {cut(said)}” needs a unit: m, h, d or w.", since=min(likely, MAX_SINCE))

    def calendar(self, said: str, likely: int = 86400) -> None:
        self.refuse(f"“{cut(said)}” depends on the time zone; I count back from now.", since=likely)

    def unknown(self, typed: str, word: str) -> None:
        pieces = re.split(r"[\s&+/,;]+", typed)
        if len(pieces) > 1:  # "facebook/instagram", or words in quotes
            self.words.extendleft(reversed(pieces))
        elif re.fullmatch("[0-9]{6,25}", word):
            self.keep("user_id", word)
        elif self.wrong:
            pass  # only the first is told
        elif CALENDAR.fullmatch(word):
            self.calendar(word)
        elif word in REFUSED:
            sentence, instead = REFUSED[word]
            self.refuse(sentence.format(word))
            self.words.appendleft(instead)
        elif word in self.commands:
            self.refuse(f"“{word}” is a question of its own.")
            self.example = word
        else:
            guess = self.guess(word)
            # Something long may be a token that was pasted: it is not said again.
            typed = cut(typed.strip(EDGES)) if len(typed) <= 24 else "…"
            self.refuse(f"I don't know “{typed}”." + (f" Did you mean {guess}?" if guess else ""))

    def guess(self, word: str) -> str:
        """What an unknown word was likely meant to be, read in its place; "" if nothing comes near."""
        if re.fullmatch("[1-9]|[1-4][0-9]|50", word) or length(word):
            keyword = "limit" if word.isdigit() else "since"
            self.words.extendleft((word, keyword))
            return f"{keyword} {word}"
        for near in get_close_matches(word, [*self.grammar, *self.commands, *self.page_words], 1, 0.7):
            if near in self.grammar:
                self.words.appendleft(near)
                folder = FOLDERS.get(near)
                canonical = say("folder", folder) if folder else PLATFORMS.get(near, near)
                return near if near == canonical else f"{near} ({canonical})"
            if near in self.commands:
                self.example = near
                return near
            self.found["page"] = self.page_words[near]
            return cut(self.page_words[near])
        return ""
