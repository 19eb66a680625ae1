"""The words that questions and watches share: which lists, and which of their conversations."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pageinbox.language.reader import MARKED, Nearby, Reading
from pageinbox.language.vocabulary import (
    FILLERS,
    FOLDERS,
    JOINERS,
    LEAVING,
    MAX_NAME,
    NEEDS,
    NOT,
    PLATFORMS,
    REPLIES,
    SEARCH,
    STATES,
    SYNONYMS,
    TEXT,
)
from pageinbox.language.zones import AREAS
from pageinbox.model.source import Folder, Platform
from pageinbox.model.text import bare, cut, fold

NOTHING_LEFT_OUT = "I can't leave anything out; say what to look for instead."


class SelectionReading(Reading):
    """What is looked for, being read; a word that is none of the shared ones is left to `unknown`."""

    def __init__(self, text: str, pages: Sequence[str], nearby: Nearby | None = None, zone: str = "UTC") -> None:
        self.platforms: list[Platform] = []
        self.persons_folder: Folder | None = None  # of somebody in the list on screen who was likely meant
        super().__init__(text, pages, nearby, zone)

    def read(self) -> None:
        """Take every word, then see which platforms were meant."""
        plain = [word for word in self.words if not (word.startswith(MARKED) or AREAS.match(word))]
        joined = any(bare(word) in JOINERS or re.search("[,&+/|]", word) for word in plain)
        both = any(bare(word) == "both" for word in plain)
        super().read()
        if len(set(self.platforms)) == 1:
            self.found["platform"] = self.platforms[0]
            if both:
                self.refuse(f"Both platforms, or only {self.platforms[0].title()}?")
        elif self.platforms and not joined:
            self.refuse("Messenger or Instagram? Put “and” between them for both.", platform=self.platforms[0])

    def take(self, typed: str) -> None:
        word = bare(typed)
        if typed.startswith('"'):
            self.text(typed)
        elif typed.startswith("@"):
            self.name(typed)
        elif word in FOLDERS:
            self.keep("folder", FOLDERS[word])
        elif word in PLATFORMS:
            self.platforms.append(PLATFORMS[word])
        elif word in STATES:
            self.state(typed, word)
        elif word in TEXT:
            self.bare_text(word)
        elif word == "page":
            self.page_name()
        elif page := self.page(typed):
            self.keep("page", page)
        elif word in NOT:
            self.opposite(word)
        elif word in LEAVING:
            self.refuse(NOTHING_LEFT_OUT)
        elif word[:1] == "-" and self.known(word[1:]):
            self.refuse(NOTHING_LEFT_OUT)
            self.push(word[1:])
        elif word in NEEDS:
            if self.reply_ahead():  # else "I need the unread ones"
                self.keep("waiting", True)
        elif (word not in FILLERS or f'"{typed}"' in self.typed) and any(map(str.isalnum, word)):
            self.unknown(typed, word)  # an emoji asks for nothing

    def state(self, typed: str, word: str) -> None:
        """`unread`, `waiting for an answer`, `longest first`, or their opposites."""
        shown = SYNONYMS.get(word) in self.nearby.commands and bool(self.words)
        if shown and self.nearby.is_conversation(bare(self.words[0])):
            self.unknown(typed, word)  # "read k7fq"
            return
        field, value = STATES[word]
        self.keep(field, value)
        if field == "waiting":
            self.reply_ahead()
            if self.words and bare(self.words[0]) == "first":
                limit = len(self.words) > 1 and bare(self.words[1]).isdecimal()
                if not limit:
                    self.words.popleft()

    def reply_ahead(self) -> bool:
        """Take `for an answer` off the words ahead, and tell whether it was there."""
        for count, word in enumerate(map(bare, self.words), 1):
            if word in REPLIES:
                self.skip(count)
                return True
            if word not in FILLERS:
                break
        return False

    def opposite(self, word: str) -> None:
        """`not answered`, `no reply`, `haven't been read`."""
        if self.reply_ahead():
            self.keep("waiting", True)
            return
        self.next()
        ahead = bare(self.words[0]) if self.words else ""
        if ahead in STATES:
            self.words.popleft()
            field, value = STATES[ahead]
            self.keep(field, not value)
            self.reply_ahead()
        else:
            self.refuse(NOTHING_LEFT_OUT)

    def text(self, typed: str) -> None:
        text = fold(typed)
        if 0 < len(text) <= MAX_NAME:
            self.keep("text", text)
        else:
            self.refuse("That text is too long." if text else "“text” needs something to look for.", text="refund")

    def bare_text(self, keyword: str) -> None:
        """One word to look for; more of them, or one that has a meaning here, must be in quotes."""
        if keyword in SEARCH:
            ahead = [*self.words]
            self.next()
            passed = bare(ahead[-len(self.words) - 1]) if len(ahead) > len(self.words) else ""
            if passed not in ("", "for") and (not self.words or passed in ("thank", "thanks")):
                self.keep("text", passed)  # a filler alone is what to look for
                return
            if self.words and self.known(self.words[0]):
                return  # "find @ann", "search for unread": they speak for themselves
        typed: list[str] = []
        while self.words and not (typed and (self.known(self.words[0]) or AREAS.match(bare(self.words[0])))):
            if self.words[0].startswith(MARKED):
                break
            typed.append(self.words.popleft())
        typed = list(filter(None, typed))  # cutting up a phrase leaves blanks
        text = fold(" ".join(typed).strip(",;"))
        if not text:
            self.refuse(f"“{keyword}” needs something to look for.", text="refund")
        elif len(text) > MAX_NAME:
            self.refuse("That text is too long.", text="refund")
        elif len(typed) > 1:
            self.refuse("To look for several words, put them in quotes.", text=text)
        elif bare(text) in self.grammar:
            self.refuse(f"If “{cut(text)}” is what to look for, put it in quotes.", text=text)
        else:
            self.keep("text", text)

    def known(self, typed: str) -> bool:
        """Whether a word has a meaning of its own, as a Page, a name or a word of the grammar."""
        word = bare(typed)
        return not word or word in self.grammar or word in FILLERS or typed.startswith(MARKED) or bool(self.page(typed))

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
        elif word.isdecimal() and "more" in self.nearby.commands:
            self.refuse(f"I don't know any Page “{cut(self.words.popleft())}”.", "more")
            self.example = self.meant
        elif word:
            near = self.near(word, self.page_words)
            likely = self.page_words[near] if near else next(iter(self.pages.values()), None)
            guess = f" Did you mean {cut(str(likely))}?" if near else ""
            self.refuse(f"I don't know any Page “{cut(self.words.popleft())}”.{guess}", page=likely)
        else:
            self.refuse("“page” needs the name of a Page.", page=next(iter(self.pages.values()), None))

    def unknown(self, typed: str, word: str) -> None:
        """Read a word that is none of the language's, and offer what it may have been meant for."""
        raise NotImplementedError
