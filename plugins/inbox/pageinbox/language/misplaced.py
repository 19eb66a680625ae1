"""What people say to a watch that means nothing there: each is refused, with what there is instead."""

from __future__ import annotations

import re

from pageinbox.language.lengths import say_length
from pageinbox.language.period import ODD_DATE
from pageinbox.language.quiet import HOURS
from pageinbox.language.quiet_words import QuietReading
from pageinbox.language.rhythm import DAILY, SETS, WEEKLY, day_of, span_of
from pageinbox.language.timed import BOUNDS
from pageinbox.language.vocabulary import DETAILS, LAST, LIMIT, OVER, SINCE, USER
from pageinbox.model.text import bare, cut, fold
from pageinbox.model.watch import Detail, Ping

QUESTIONS = {
    **dict.fromkeys(LIMIT, "“{}” is for questions; a watch announces everything."),
    **dict.fromkeys(LAST | SINCE, "“{}” is for questions; a watch starts now."),
    **dict.fromkeys(
        ("before", "between", "older", "until", "till"), "I can't go by “{}”: a watch goes on until you end it."
    ),
    **dict.fromkeys(OVER, "“{}” is for questions; to be reminded of who waits, say waiting 1h."),
    **dict.fromkeys(USER, "“{}” is for questions; a watch knows people by name, as in from @ann.example."),
}

HERE = {"channel", "here", "room"}
"""Words for where a watch tells, which is where it is typed."""

EVERYBODY = {"@all", "@channel", "@everyone", "@here", "@room"}
"""What chats call everybody in a room; no customer is called so."""

NIGHT = {"evening", "evenings", "night", "nights", "overnight", "weekend", "weekends"}
AT_NIGHT = {"at", "on", "during", "the", "in", *NIGHT}


class MisplacedReading(QuietReading):
    """What is to be watched, being read, as far as it is no watch's to know."""

    before = ""
    """The word before the one that is read, fillers aside."""

    def misplaced(self, typed: str, word: str) -> bool:
        """Take a word that means nothing in a watch, refused where it asks for something, and tell whether it did."""
        if word in QUESTIONS:
            self.question(typed, word)
        elif word in HERE or (word == "this" and self.next_word() in HERE):
            pass
        elif typed.startswith("#"):
            self.refuse("A watch announces in the room where it is typed.")
        elif "/" in word and ODD_DATE.fullmatch(word):
            self.calendar(word)
        elif word in DAILY | WEEKLY:
            often = "weekly" if word in WEEKLY else "daily"
            self.refuse(f"A watch announces things as they come; for a summary, ask for “digest {often}”.")
        elif word == "hourly":
            self.push("every", "hour")
        elif not self.wrong and (word in SETS or span_of(word) or day_of(word) is not None):
            self.refuse("Quiet hours are the same every day.", hours=HOURS)
        else:
            return self.time_alone(word)
        return True

    def question(self, typed: str, word: str) -> None:
        self.refuse(QUESTIONS[word].format(word))
        super().take(typed)  # reads past what belongs to it
        for field in ("limit", "since", "user_id"):
            self.found.pop(field, None)
        if over := self.found.pop("over", None):
            bounds = BOUNDS["waits"]
            self.found["waits"] = (min(max(over, bounds.least), bounds.most),)
            self.found.pop("waiting", None)

    def time_alone(self, word: str) -> bool:
        """The same of a time: a watch has none."""
        if not super().time_alone(word):
            self.push(word)
            count, seconds = self.span()
            self.skip(max(1, count))
            if not count:
                return False
            bounds, said = BOUNDS["waits"], say_length(seconds)
            if re.search(rf"\bfor {re.escape(word)}", fold(self.typed)):
                self.calendar(f"for {said}")
                return True
            likely = {"waits": (seconds,)} if bounds.least <= seconds <= bounds.most and not self.wrong else {}
            self.refuse(f"I don't know what “{said}” is for.", f"waiting {said}" if likely else "", **likely)
            return True
        self.found.pop("since", None)
        self.calendar(word)
        return True

    def calendar(self, said: str, likely: int = 0) -> None:
        self.refuse(f"I can't use “{cut(said)}”: a watch goes on until you end it.")

    def everybody(self, typed: str) -> bool:
        """Refuse `@here` where nothing says that it is to be pinged, and tell whether it was there."""
        found = fold(typed) in EVERYBODY and self.before != "from"
        if found:
            self.refuse(f"No customer is called “{typed}”; to notify people, say ping.", ping=(Ping(fold(typed)[1:]),))
        return found

    def opposite(self, word: str) -> None:
        """`without names`, `no snippets`; or `not at night`, which is refused."""
        ahead = self.next_word()
        if DETAILS.get(ahead) in (Detail.NAME, Detail.INITIALS):
            self.words.popleft()
            self.keep("detail", Detail.INITIALS if ahead.startswith("name") else Detail.COUNT)
        elif DETAILS.get(ahead) is Detail.SNIPPET or ahead in ("text", "content"):
            self.words.popleft()
            self.keep("detail", Detail.NAME)
        elif NIGHT & {*map(bare, [*self.words][:3])} and ahead in AT_NIGHT:
            while self.words and self.next_word() in AT_NIGHT:
                self.words.popleft()
            self.refuse("To keep a watch quiet for some hours, say which.", hours=HOURS)
        else:
            super().opposite(word)
