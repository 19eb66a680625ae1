"""What people type after ``!inbox``: ``spam instagram unread since 2h`` becomes an :class:`InboxQuery`.

Words come in any order, any case and the everyday spellings of the tables below. A filler such as "please" is
passed over; any other word that is not understood is refused with one line, since a dropped word is a wrong
answer. A word that could be two things is a word of the grammar first, then a Page, then a filler, while
``page NAME`` is always the Page. No word's meaning depends on a time zone: a chat does not tell whose it is.
"""

from __future__ import annotations

import re
import unicodedata
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, fields
from difflib import get_close_matches
from itertools import islice
from typing import Any

from pageinbox.source import Folder, Platform

MAX_LIMIT = 50
MAX_SINCE = 3650 * 86400  # ten years: more than anyone asks for, and still a date when taken from now
MAX_NAME = 100
MAX_TEXT = 1000

FOLDERS = {
    **dict.fromkeys(("inbox", "main", "primary"), Folder.INBOX),
    **dict.fromkeys(("other", "others"), Folder.OTHER),
    **dict.fromkeys(("done", "archive", "archived", "closed", "resolved", "page_done"), Folder.DONE),
    **dict.fromkeys(("spam", "junk"), Folder.SPAM),
}
PLATFORMS = {
    **dict.fromkeys(("messenger", "msgr", "facebook", "fb"), Platform.MESSENGER),
    **dict.fromkeys(("instagram", "insta", "ig"), Platform.INSTAGRAM),
}
UNITS = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), 1),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), 60),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), 3600),
    **dict.fromkeys(("d", "day", "days"), 86400),
    **dict.fromkeys(("w", "wk", "wks", "week", "weeks"), 7 * 86400),
}
_UNREAD = {"unread", "unseen", "unopened"}
_LIMIT = {"limit", "top", "first"}
_LAST = {"last", "past"}  # "last 5" is a limit, "last 2 hours" a since
_USER = {"user", "user_id", "userid", "uid", "psid", "igsid", "id"}
_GRAMMAR = FOLDERS.keys() | PLATFORMS.keys() | _UNREAD | _LIMIT | _LAST | _USER | {"page", "since"}
_JOINERS = {"and", "or", "both", "plus", "&", "+", "/"}
_FILLERS = _JOINERS.union(
    ("a", "all", "an", "any", "are", "every", "everything", "is", "just", "my", "only", "our", "that", "the"),
    ("about", "ago", "at", "by", "for", "from", "in", "of", "on", "to", "with", "please", "pls", "thanks"),
    ("can", "get", "give", "have", "i", "list", "look", "me", "see", "show", "tell", "us", "we", "you"),
    ("what", "what's", "whats", "which", "who", "there", "latest", "newest", "recent", "folder", "platform"),
    ("chat", "chats", "conversation", "conversations", "direct", "dm", "dms", "message", "messages", "msg"),
    ("msgs", "pages", "platforms", "result", "results", "row", "rows", "thread", "threads"),
)
_COMMANDS = ("help", "more", "pages", "status")
_CALENDAR = re.compile(
    r"(yester|to)day|tonight|noon|midnight|(this)?(morning|afternoon|evening|night)|month|year"
    r"|(mon|tues|wednes|thurs|fri|satur|sun)day|[0-9]+([:.-][0-9]+)+"
)
# Words of which one knows what is meant, but not well enough to act: what to say, what to read instead.
_REFUSED = {
    "new": ("I don't know “{}”. Did you mean unread?", "unread"),
    "folders": ("I look into one folder at a time: inbox, other, done or spam.", ""),
    **dict.fromkeys(("not", "no", "without"), ("I can leave nothing out; say what to look for.", "")),
    # Tabs of the Instagram app; Meta's overview of Instagram messaging says that folders are not supported.
    **dict.fromkeys(("requests", "general"), ("Meta doesn't tell me which chats are in “{}”.", "instagram")),
}
_EXAMPLE, _EXAMPLE_ID = "spam instagram", "1234567890"

_STRAIGHT = str.maketrans("“”„‟«»″‘’‚‛‹›′‐‑−", '"' * 7 + "'" * 7 + "-" * 3)
_EDGES = ".,;:?!=()[]{}<>*_'`~|…"
_TOKENS = re.compile(
    r"""  (?: @" | "@ ) (?P<name> [^"]* ) "
        | (?: @' | '@ ) (?P<single> [^"]*? ) ' (?!\w)
        | (?P<unclosed> @" | "@ ) .*
        | (?P<handle> @ [^\s",;—–―]* )
        | (?P<key> page | since | limit | top | first | last | past | folder | platform | user | id ) [:=]
        | " (?P<phrase> [^"]* ) "
        | (?P<word> [^\s"—–―]+ )
    """,
    re.VERBOSE | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class InboxQuery:
    """One question about the inbox, as :func:`parse` gives it; ``None`` is no restriction.

    ``page`` is spelled as configured. ``user_id`` is a PSID or IGSID, digits only. ``name`` is a user name or
    a name without the @, already through :func:`fold`. ``since`` is in seconds back from now. ``limit`` is
    how many rows to show, 1 to 50.
    """

    folder: Folder = Folder.INBOX
    platform: Platform | None = None
    page: str | None = None
    user_id: str | None = None
    name: str | None = None
    unread: bool = False
    since: int | None = None
    limit: int = 10


class QueryError(ValueError):
    """The question was not understood; ``str()`` is the one line a person reads.

    It can repeat what was typed, cut short, without control characters: show it as plain text, not markup.
    """


def parse(text: str, pages: Sequence[str], prefix: str = "!") -> InboxQuery:
    """Read what was typed after the command.

    ``pages`` are the configured names, which must differ under :func:`fold`; ``prefix`` is what the bot's
    commands start with, for the example in an error. Raises :class:`QueryError`.
    """
    return _Reading(text, pages, prefix).query()


def describe(query: InboxQuery) -> str:
    """The question in canonical words, less what is the default: ``parse(describe(q), pages) == q``."""
    plain = InboxQuery()
    said = ((field.name, getattr(query, field.name)) for field in fields(query))
    return " ".join(_say(field, value) for field, value in said if value != getattr(plain, field))


def fold(text: str) -> str:
    """What all spellings of one name have in common: compare names, user names and Pages by it.

    NFKC and case-folded, apostrophes and hyphens straight, white space single; double quotes and what does
    not print are left out.
    """
    return _clean(_clean(text).replace('"', "").casefold())


def _clean(text: str) -> str:
    text = unicodedata.normalize("NFKC", text).translate(_STRAIGHT)
    text = "".join(" " if c.isspace() else c for c in text if c.isspace() or c.isprintable())
    return " ".join(unicodedata.normalize("NFKC", text).split())


def _bare(word: str) -> str:
    """A word as the tables have it: folded, without punctuation around it or the dashes of ``--unread``."""
    word = fold(word).strip(_EDGES)
    return word.lstrip("-") if word.startswith("--") or word == "-" else word


def _cut(text: str) -> str:
    text = _clean(text)
    return text if len(text) <= 30 else text[:29].rstrip() + "…"


def _say(field: str, value: Any) -> str:
    match field:
        case "folder":
            return "done" if value is Folder.DONE else str(value)
        case "page":
            name = _clean(value).replace('"', "")
            if not re.fullmatch(r"[^\W\d_]([\w.-]*[^\W_])?", name):
                return f'page "{name}"'
            return f"page {name}" if fold(name) in _GRAMMAR | _FILLERS else name
        case "user_id":
            return f"user {value}"
        case "name":
            return f"@{value}" if re.fullmatch(r"[\w.]*\w", value) else f'@"{value}"'
        case "unread":
            return "unread"
        case "since":
            # 24h rather than 1d, as people say it; days from two on
            sizes = [("d", 86400)] * (value > 86400) + [("h", 3600), ("m", 60), ("s", 1)]
            return next(f"since {value // size}{unit}" for unit, size in sizes if value % size == 0)
        case "limit":
            return f"limit {value}"
    return str(value)


def _seconds(text: str) -> int | None:
    """Seconds in ``2h``, ``90min``, ``1h30m`` or ``1.5days``; None if it is no length of time."""
    parts = re.findall(r"([0-9]{1,12}(?:[.,][0-9]{1,3})?)([a-z]+)", text)
    if not parts or "".join(map("".join, parts)) != text or any(unit not in UNITS for _, unit in parts):
        return None
    return round(sum(float(number.replace(",", ".")) * UNITS[unit] for number, unit in parts))


class _Reading:
    """One text being read: the words still ahead, what was found so far, the first thing that was wrong.

    Reading goes on after something wrong, with the likeliest meaning in its place, so that the example in the
    error keeps all that was understood.
    """

    def __init__(self, text: str, pages: Sequence[str], prefix: str) -> None:
        self.prefix = prefix
        self.found: dict[str, Any] = {}
        self.platforms: list[Platform] = []
        self.wrong = ""
        self.example = ""  # when it is not what was found
        short = [_bare(page) for page in pages]  # “Yahoo!” answers to yahoo too, if no other Page does
        self.pages = {word: page for word, page in zip(short, pages, strict=True) if short.count(word) == 1}
        self.pages.pop("", None)
        self.pages |= {fold(page): page for page in pages}
        self.page_words = {word: page for name, page in self.pages.items() for word in (*name.split(), name)}
        if len(text) > MAX_TEXT:
            self.refuse("That is too long for a question.")
            text = ""
        self.words = deque(self.tokens(_clean(text)))

    def tokens(self, text: str) -> list[str]:
        """The words as typed; those that name a person start with an @."""
        words = []
        for token in _TOKENS.finditer(text):
            kind = token.lastgroup or ""
            if kind == "unclosed":
                self.refuse("A name in quotes needs the closing one too.", name="ann example")
            elif kind in ("name", "single"):
                words.append("@" + token[kind])
            else:
                words.append(token[kind].rstrip(".,;:?!)'") if kind == "handle" else token[kind])
        return [word for word in words if word]

    def query(self) -> InboxQuery:
        plain = [word for word in self.words if not word.startswith("@")]
        joined = any(_bare(word) in _JOINERS or re.search("[,&+/]", word) for word in plain)
        both = any(_bare(word) == "both" for word in plain)
        while self.words:
            self.take(self.words.popleft())
        if len(set(self.platforms)) == 1:
            self.found["platform"] = self.platforms[0]
            if both:
                self.refuse(f"Both platforms, or only {self.platforms[0].title()}?")
        elif self.platforms and not joined:
            self.refuse("Messenger or Instagram? Put “and” between for both.", platform=self.platforms[0])
        query = InboxQuery(**self.found)
        if self.wrong:
            line = f"{self.wrong} For example: {self.prefix}inbox "
            example = self.example or describe(query) or _EXAMPLE
            raise QueryError(line + (example if len(line + example) <= 300 else _EXAMPLE))
        return query

    def take(self, typed: str) -> None:
        word = _bare(typed)
        if typed.startswith("@"):
            self.name(typed)
        elif word in FOLDERS:
            self.keep("folder", FOLDERS[word])
        elif word in PLATFORMS:
            self.platforms.append(PLATFORMS[word])
        elif word in _UNREAD:
            self.keep("unread", True)
        elif word == "page":
            self.page_name()
        elif word in _USER:
            self.user(word)
        elif word in _LIMIT or (word in _LAST and self.next().isdigit() and not self.span()[0]):
            self.limit(word)
        elif word == "since" or word in _LAST:
            self.since(word)
        elif page := self.page(typed):
            self.keep("page", page)
        elif word and word not in _FILLERS:
            self.unknown(typed, word)

    def refuse(self, sentence: str, **likely: Any) -> None:
        """Something is wrong; ``likely`` stands in for it in the example."""
        self.wrong = self.wrong or sentence
        self.found = likely | self.found

    def keep(self, field: str, value: Any) -> None:
        first = self.found.setdefault(field, value)
        if first != value:
            one, two = _cut(_say(field, first)), _cut(_say(field, value))
            self.refuse(f"{one} or {two}? Only one of them at a time.")

    def page(self, typed: str) -> str | None:
        return self.pages.get(fold(typed)) or self.pages.get(_bare(typed))

    def next(self) -> str:
        """The word ahead, fillers aside; "" if there is none or it begins something else."""
        while self.words and _bare(self.words[0]) in _FILLERS | {""} and not self.page(self.words[0]):
            self.words.popleft()
        word = _bare(self.words[0]) if self.words else ""
        return "" if word in _GRAMMAR or word.startswith("@") else word

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
            guess = f" Did you mean {_cut(str(likely))}?" if near else ""
            self.refuse(f"I know no Page “{_cut(self.words.popleft())}”.{guess}", page=likely)
        else:
            self.refuse("“page” needs the name of a Page.", page=next(iter(self.pages.values()), None))

    def user(self, keyword: str) -> None:
        while self.words and _bare(self.words[0]) in _USER:  # "user id 123"
            self.words.popleft()
        word = self.next()
        if re.fullmatch("[0-9]{1,25}", word):
            self.words.popleft()
            self.keep("user_id", word)
        elif self.words and self.words[0].startswith("@"):
            pass  # "user @ann": the name speaks for itself
        elif word:
            wrong = f"“{_cut(self.words.popleft())}” is no user ID (digits only). A name begins with @."
            if word[0].isdigit() or len(word) > MAX_NAME:
                self.refuse(wrong, user_id=_EXAMPLE_ID)
            else:
                self.refuse(wrong, name=word)
        else:
            self.refuse(f"“{keyword}” needs an ID (digits only).", user_id=_EXAMPLE_ID)

    def limit(self, keyword: str) -> None:
        word = self.next()
        typed = _cut(self.words.popleft()) if word else ""
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
        ahead = [{"a": "1", "an": "1", "one": "1"}.get(w, w) for w in map(_bare, islice(self.words, 4))]
        for count in range(len(ahead), 0, -1):
            text = "".join(ahead[:count])
            seconds = _seconds(f"1{text}" if text in ("minute", "hour", "day", "week") else text)
            if seconds is not None:
                return count, seconds
        return 0, 0

    def since(self, keyword: str) -> None:
        last = keyword == "last"
        while self.words and not self.span()[0] and _bare(self.words[0]) in _FILLERS | _LAST:
            last = _bare(self.words.popleft()) == "last" or last
        count, seconds = self.span()
        word = self.next()
        if (last and word in ("day", "week")) or (not count and _CALENDAR.fullmatch(word)):
            self.words.popleft()
            self.calendar(f"last {word}" if last else word, UNITS.get(word, 86400))
        elif count:
            said = _cut(" ".join(_bare(self.words.popleft()) for _ in range(count)))
            if 0 < seconds <= MAX_SINCE:
                self.keep("since", seconds)
            elif seconds:
                self.refuse("I look back ten years at most.", since=30 * 86400)
            else:
                self.refuse(f"“since {said}” is no time at all.", since=86400)
        elif word:
            self.odd_time(_bare(self.words.popleft()))
        else:
            either = "a number or " if keyword in _LAST else ""
            self.refuse(f"“{keyword}” needs {either}a length of time.", since=86400)

    def odd_time(self, said: str) -> None:
        """Refuse ``parsecs``, ``3 parsecs`` or ``3``."""
        unit = said.lstrip("0123456789")
        number = said.removesuffix(unit)
        if not unit and (unit := self.next()):
            said += " " + _bare(self.words.popleft())
        near = get_close_matches(unit, UNITS, 1, 0.75) if number else []
        likely = _seconds(number + (near[0] if near else "h")) or 86400
        guess = f"Did you mean {near[0]}?" if near else "I count in m, h, d or w."
        if unit:
            self.refuse(f"I don't know the time “{_cut(said)}”. {guess}", since=min(likely, MAX_SINCE))
        else:
            self.refuse(f"“since {_cut(said)}” needs a unit: m, h, d or w.", since=min(likely, MAX_SINCE))

    def calendar(self, said: str, likely: int = 86400) -> None:
        self.refuse(f"“{_cut(said)}” depends on the time zone; I count back from now.", since=likely)

    def unknown(self, typed: str, word: str) -> None:
        pieces = re.split(r"[\s&+/,;]+", typed)
        if len(pieces) > 1:  # "facebook/instagram", or words in quotes
            self.words.extendleft(reversed(pieces))
        elif re.fullmatch("[0-9]{6,25}", word):
            self.keep("user_id", word)
        elif self.wrong:
            pass  # only the first is told
        elif _CALENDAR.fullmatch(word):
            self.calendar(word)
        elif word in _REFUSED:
            sentence, instead = _REFUSED[word]
            self.refuse(sentence.format(word))
            self.words.appendleft(instead)
        elif word in _COMMANDS:
            self.refuse(f"“{word}” is a question of its own.")
            self.example = word
        else:
            guess = self.guess(word)
            typed = _cut(typed.strip(_EDGES))
            self.refuse(f"I don't know “{typed}”." + (f" Did you mean {guess}?" if guess else ""))

    def guess(self, word: str) -> str:
        """What an unknown word was likely meant to be, read in its place; "" if nothing comes near."""
        if re.fullmatch("[1-9]|[1-4][0-9]|50", word) or _seconds(word):
            keyword = "limit" if word.isdigit() else "since"
            self.words.extendleft((word, keyword))
            return f"{keyword} {word}"
        for near in get_close_matches(word, [*_GRAMMAR, *_COMMANDS, *self.page_words], 1, 0.7):
            if near in _GRAMMAR:
                self.words.appendleft(near)
                folder = FOLDERS.get(near)
                canonical = _say("folder", folder) if folder else PLATFORMS.get(near, near)
                return near if near == canonical else f"{near} ({canonical})"
            if near in _COMMANDS:
                self.example = near
                return near
            self.found["page"] = self.page_words[near]
            return _cut(self.page_words[near])
        return ""
