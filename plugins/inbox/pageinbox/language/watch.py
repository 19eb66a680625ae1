"""From what people type after `!inbox watch` to a `WatchSpec`, and back.

The words of a question mean here what they mean there, read by the same reader. Those that would mean nothing in a
watch, such as `since`, are refused with a line of their own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from pageinbox.language.lengths import say_length
from pageinbox.language.misplaced import QUESTIONS, MisplacedReading
from pageinbox.language.nearest import nearest
from pageinbox.language.ping import MOST_PINGS, pings_ahead, say_pings
from pageinbox.language.reader import MARKED, Nearby
from pageinbox.language.times import SPAN
from pageinbox.language.vocabulary import (
    AS,
    BUTTONS,
    DETAILS,
    EVERY,
    FILLERS,
    LATER,
    LATERS,
    MAX_NAME,
    MESSAGES,
    OFF,
    ON,
    PING,
    QUIET,
    TELLING,
    WATCH_WORDS,
    say,
)
from pageinbox.language.zones import AREAS, ZONE_WORDS
from pageinbox.model.text import LONGEST_WORD, bare, cut, fold
from pageinbox.model.watch import Every, Later, WatchSpec

AROUND_LATER = {
    *("", "a", "an", "as", "go", "goes", "in", "into", "is", "its", "message", "messages", "msgs"),
    *("one", "ones", "the", "to"),
}


def parse_watch(text: str, pages: Sequence[str], nearby: Nearby | None = None, *, zone: str = "UTC") -> WatchSpec:
    """Read what was typed after `watch`; nothing is every new conversation in any inbox.

    `pages` and `nearby` are as in `parse`; quiet hours that name no time zone are those of `zone`, an IANA name.
    Raises `QueryError`.
    """
    return WatchReading(text, pages, nearby, zone).spec()


def describe_watch(spec: WatchSpec) -> str:
    """The spec in canonical words, the folder first: `parse_watch(describe_watch(w), pages) == w`."""
    plain = WatchSpec()
    said = ((field.name, getattr(spec, field.name)) for field in fields(spec))
    return " ".join(
        say_watch(field, value) for field, value in said if field == "folder" or value != getattr(plain, field)
    )


def say_watch(field: str, value: Any) -> str:
    """One field of a spec in canonical words."""
    match field:
        case "page":
            return f"page {value}" if fold(value) in WATCH_WORDS else say("page", value)
        case "name":
            return f"from {say('name', value)}"
        case "every":
            return "only reminders" if value is Every.NOTHING else f"every {value}"
        case "later":
            return f"later {value}"
        case "hours":
            return f"quiet {value[0]:%H:%M}-{value[1]:%H:%M}"
        case "quiet":
            return f"{say_watch('hours', (value.begin, value.end))} {value.zone}"
        case "detail":
            return f"as {value}"
        case "waits":
            return f"waiting {','.join(map(say_length, value))}"
        case "closes":
            return f"closing {say_length(value)}"
        case "batch":
            return f"batch {say_length(value)}"
        case "buttons":
            return f"buttons {'on' if value else 'off'}"
        case "ping":
            return f"ping {say_pings(value)}"
    return say(field, value)


class WatchReading(MisplacedReading):
    """What is to be watched, being read."""

    kind = "watch"
    lead = "inbox watch "
    grammar = WATCH_WORDS
    each = False

    def spec(self) -> WatchSpec:
        """What is to be watched. Raises `QueryError`."""
        self.read()
        if self.persons_folder is not None:
            self.found.setdefault("folder", self.persons_folder)
        self.quiet_hours()
        if self.found.pop("mark", None):
            self.refuse("A watch can't go by what the team has done; that is for questions.")
        if "later" in self.found and self.found.get("every") is Every.MESSAGE:
            self.refuse("“later” means nothing with “every message”, which announces each one by itself.")
            self.found.pop("later")
        self.check_reminders()
        spec = WatchSpec(**self.found)
        self.settle(describe_watch(spec) if self.found else "")
        return spec

    def say(self, field: str, value: Any) -> str:
        return str(value) if field == "zone" else say_watch(field, value)

    def take(self, typed: str) -> None:
        word = bare(typed)
        page = self.page(typed)
        if self.everybody(typed):
            pass
        elif typed.startswith(MARKED):
            super().take(typed)
        elif self.all_folders(word) and not page:
            self.refuse("A watch is about one folder: inbox, other, done or spam.")
        elif self.timed(word, page) or (not page and self.misplaced(typed, word)):
            pass
        elif word in QUIET:
            self.quiet(word)
        elif word in AS:
            self.detail(word)
        elif word in LATER and not page:
            self.later(word)
        elif not page and (word in PING or (word in TELLING and self.words and self.words[0].startswith("@"))):
            self.ping()
        elif word in BUTTONS and not page:
            self.buttons(word)
        elif word in OFF and self.next_word() in BUTTONS:
            self.words.popleft()
            self.keep("buttons", False)
        elif word == "every" or (word in EVERY and not page):
            self.every()
        elif word in MESSAGES and not page:
            self.messages()
        elif word in ZONE_WORDS and not page:
            self.zone()
        elif (
            word in ("thread", "threads") and self.before != "new" and not (self.each or "every" in self.found or page)
        ):
            self.unknown("thread", "thread")  # "later thread" is more likely meant than a conversation
        elif AREAS.match(word) and not page:
            self.push(*re.split("[,;]+", typed))
            ahead = len(self.words)
            self.zone()
            if self.wrong and len(self.words) == ahead:  # only the first mistake is told: it is not to be read for ever
                self.words.popleft()
        elif word == "from" and self.words and self.words[0].startswith("@"):
            pass  # also where a Page is called so
        elif word == "from" and not self.words and not page:
            self.refuse("“from” needs a name right after it.", name="ann.example")
        elif word != "new" or page:
            super().take(typed)
        self.before = word if word == "from" or word not in FILLERS else self.before

    def known(self, typed: str) -> bool:
        return super().known(typed) or bare(typed) in QUESTIONS.keys() | {"new"}

    def every(self) -> None:
        """`every new`, `every message`, `every hour`; or a mere "every", which lets a later one count."""
        if self.timed_every():
            return
        new = bool(self.words) and bare(self.words[0]) == "new"
        if new:
            self.words.popleft()
        if self.words and bare(self.words[0]) in MESSAGES:
            self.words.popleft()
            self.keep("every", Every.MESSAGE)
        elif new:
            self.keep("every", Every.NEW)
        else:
            self.each = True

    def messages(self) -> None:
        if self.each:
            self.keep("every", Every.MESSAGE)
        elif self.found.get("every") is not Every.MESSAGE:
            self.refuse("Say “every new” for new conversations, or “every message”.", every=Every.MESSAGE)

    def detail(self, keyword: str) -> None:
        word = self.next()
        if word in DETAILS:
            self.words.popleft()
            self.keep("detail", DETAILS[word])
        elif word:
            near = self.near(word, DETAILS)
            guess = f"Did you mean as {DETAILS[near]}?" if near else "It can be count, initials, name or snippet."
            wrong = f"I don't know “{keyword} {cut(self.words.popleft())}”. {guess}"
            self.refuse(wrong, detail=DETAILS[near or "initials"])
        else:
            self.refuse(f"“{keyword}” needs count, initials, name or snippet.", detail=DETAILS["initials"])

    def later(self, keyword: str) -> None:
        while self.words and bare(self.words[0]) in AROUND_LATER:
            self.words.popleft()
        word = bare(self.words[0]) if self.words else ""
        if word in LATERS:
            self.words.popleft()
            self.keep("later", LATERS[word])
        elif word and not self.known(self.words[0]):
            near = self.near(word, LATERS)
            guess = f"Did you mean later {LATERS[near]}?" if near else "I know edit, thread and nothing."
            wrong = f"I don't know “{keyword} {cut(self.words.popleft())}”. {guess}"
            self.refuse(wrong, later=LATERS[near or "thread"])
        else:
            self.refuse(f"“{keyword}” needs edit, thread or nothing.", later=Later.THREAD)

    def buttons(self, keyword: str) -> None:
        word = self.next_word()
        if word in ON | OFF:
            self.words.popleft()
            self.keep("buttons", word in ON)
        else:
            self.refuse(f"“{keyword}” needs off or on.", buttons=False)

    def ping(self) -> None:
        """Whom to mention; a second `ping` adds to the first."""
        found = pings_ahead(list(self.words), self.known)
        self.skip(found.count)
        pings = tuple(dict.fromkeys((*self.found.get("ping", ()), *found.pings)))
        if found.wrong:
            self.refuse(found.wrong, ping=found.pings)
        elif len(pings) > MOST_PINGS:
            self.refuse(f"I ping at most {MOST_PINGS} names; one of them can be a group.", ping=pings[:MOST_PINGS])
        else:
            self.found["ping"] = pings

    def unknown(self, typed: str, word: str) -> None:
        if SPAN.fullmatch(word) and not word.isdigit():
            self.refuse(f"I don't know “{cut(typed)}”.", f"quiet {word}")
            self.push("quiet", typed)
        elif re.fullmatch("[0-9]{6,25}", word):
            self.refuse(QUESTIONS["user"].format(word))
        else:
            super().unknown(typed, word)

    def guess(self, word: str) -> str:
        if self.before == "from" and (quoted := self.quoted(word)):
            return quoted
        if name := self.person(word):
            self.found.setdefault("name", fold(name))
            return cut(say_watch("name", name))
        if word in LATERS:
            self.found.setdefault("later", LATERS[word])
            return f"later {LATERS[word]}"
        known = [*DETAILS, *MESSAGES, *self.grammar, *self.page_words]
        if near := nearest(word, known, 0.7):
            if near in DETAILS:
                self.found.setdefault("detail", DETAILS[near])
                return f"as {DETAILS[near]}"
            if near in MESSAGES:
                self.found.setdefault("every", Every.MESSAGE)
                return "every message"
            return super().guess(word)
        if self.before == "from" and len(word) <= LONGEST_WORD:
            self.found.setdefault("name", word[:MAX_NAME])
            return f"@{cut(word)}"
        return self.quoted(word)
