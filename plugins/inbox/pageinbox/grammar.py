"""The words of `!inbox`: what each can be called, where one ends, and how to tell two spellings of it alike."""

from __future__ import annotations

import re
import unicodedata
from datetime import time
from functools import cache
from zoneinfo import available_timezones

from pageinbox.detail import Detail
from pageinbox.later import Later
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
UNREAD = {"unread", "unseen", "unopened"}
LIMIT = {"limit", "top", "first"}
LAST = {"last", "past"}  # "last 5" is a limit, "last 2 hours" a since
USER = {"user", "user_id", "userid", "uid", "psid", "igsid", "id"}
GRAMMAR = FOLDERS.keys() | PLATFORMS.keys() | UNREAD | LIMIT | LAST | USER | {"page", "since"}
# What a watch can be told besides; `new` and `message` count after one of EVERY, elsewhere they are fillers.
TEXT = {"text", "word", "words", "containing", "contains", "mentioning", "mentions", "saying", "says"}
LATER = {"later", "afterwards", "followup", "followups", "follow-up", "follow-ups"}
LATERS = {
    **dict.fromkeys(("edit", "edits", "edited", "editing", "update", "updates", "updated"), Later.EDIT),
    **dict.fromkeys(("thread", "threads", "threaded", "reply", "replies"), Later.THREAD),
    **dict.fromkeys(("nothing", "none", "never", "no", "off", "ignore", "ignored"), Later.NOTHING),
}
QUIET = {"quiet", "silent", "silence"}
AS = {"as", "detail"}
EVERY = {"every", "each", "all", "any"}
MESSAGES = {"message", "messages", "msg", "msgs"}
DETAILS = {
    **dict.fromkeys(("count", "counts", "number", "numbers"), Detail.COUNT),
    **dict.fromkeys(("initials", "initial"), Detail.INITIALS),
    **dict.fromkeys(("name", "names"), Detail.NAME),
    **dict.fromkeys(("snippet", "snippets", "preview", "previews"), Detail.SNIPPET),
}
WISHES = FOLDERS.keys() | PLATFORMS.keys() | UNREAD | TEXT | QUIET | AS | LATER | {"page", "every"}
JOINERS = {"and", "or", "both", "plus", "&", "+", "/"}
FILLERS = JOINERS.union(
    ("a", "all", "an", "any", "are", "every", "everything", "is", "just", "my", "only", "our", "that", "the"),
    ("about", "ago", "at", "by", "for", "from", "in", "of", "on", "to", "with", "please", "pls", "thanks"),
    ("can", "get", "give", "have", "i", "list", "look", "me", "see", "show", "tell", "us", "we", "you"),
    ("what", "what's", "whats", "which", "who", "there", "latest", "newest", "recent", "folder", "platform"),
    ("chat", "chats", "conversation", "conversations", "direct", "dm", "dms", "message", "messages", "msg"),
    ("msgs", "pages", "platforms", "result", "results", "row", "rows", "thread", "threads"),
)
COMMANDS = ("help", "more", "pages", "status", "watch", "watches", "unwatch", "mute", "unmute", "outbox", "why")
CALENDAR = re.compile(
    r"(yester|to)day|tomorrow|tonight|noon|midnight|(this)?(morning|afternoon|evening|night)|month|year"
    r"|(mon|tues|wednes|thurs|fri|satur|sun)day|[0-9]+([:.-][0-9]+)+"
)
# Words of which one knows what is meant, but not well enough to act: what to say, what to read instead.
REFUSED = {
    "new": ("I don't know “{}”. Did you mean unread?", "unread"),
    **dict.fromkeys(
        ("subscribe", "follow", "notify", "alert", "alerts", "announce", "listen"),
        ("To be told without asking, say watch where you would say “{}”.", ""),
    ),
    **dict.fromkeys(("unsubscribe", "unfollow", "stop"), ("To be told no longer, say unwatch and the number.", "")),
    **dict.fromkeys(("pause", "snooze", "silence"), ("To be told nothing for a while, say mute and what.", "")),
    "folders": ("I look into one folder at a time: inbox, other, done or spam.", ""),
    **dict.fromkeys(("not", "no", "without"), ("I can leave nothing out; say what to look for.", "")),
    # Tabs of the Instagram app; Meta's overview of Instagram messaging says that folders are not supported.
    **dict.fromkeys(("requests", "general"), ("Meta doesn't tell me which chats are in “{}”.", "instagram")),
}
CLOCK = r"([0-9]{1,2})(?:[:.h]?([0-9]{2}))?\s?(?:([ap])\.?m|h|o'clock)?|noon|midnight"
SPAN = re.compile(r"({0})(?:\s?-\s?|\s(?:to|till?|until|and)\s|\s)({0})".format(re.sub(r"\((?!\?)", "(?:", CLOCK)))
AREAS = re.compile("(africa|america|antarctica|arctic|asia|atlantic|australia|etc|europe|indian|pacific|us)/.", re.I)
EXAMPLE, EXAMPLE_ID = "spam instagram", "1234567890"

STRAIGHT = str.maketrans("“”„‟«»″‘’‚‛‹›′‐‑−", '"' * 7 + "'" * 7 + "-" * 3)
EDGES = ".,;:?!=()[]{}<>*_'`~|…"
TOKENS = re.compile(
    r"""  (?: @" | "@ ) (?P<name> [^"]* ) "
        | (?: @' | '@ ) (?P<single> [^"]*? ) ' (?!\w)
        | (?P<unclosed> @" | "@ ) .*
        | (?P<handle> @ [^\s",;—–―]* )
        | (?P<key> page | since | limit | top | first | last | past | folder | platform | user | id | from | text
            | every | later | quiet | as | detail ) [:=]
        | " (?P<phrase> [^"]* ) "
        | (?P<word> [^\s"—–―]+ )
    """,
    re.VERBOSE | re.IGNORECASE,
)


def fold(text: str) -> str:
    """What all spellings of one name have in common: compare names, user names and Pages by it.

    NFKC and case-folded, apostrophes and hyphens straight, white space single; double quotes and what does
    not print are left out.
    """
    return clean(clean(text).replace('"', "").casefold())


def named(wanted: str, name: str | None) -> bool:
    """Whether a name, or a later word of it, begins with what was asked for."""
    text = f" {fold(name or '')}"
    return any(separator + wanted in text for separator in " ._-")


def clean(text: str) -> str:
    text = unicodedata.normalize("NFKC", text).translate(STRAIGHT)
    text = "".join(" " if c.isspace() else c for c in text if c.isspace() or c.isprintable())
    return " ".join(unicodedata.normalize("NFKC", text).split())


def bare(word: str) -> str:
    """A word as the tables have it: folded, without punctuation around it or the dashes of ``--unread``."""
    word = fold(word).strip(EDGES)
    return word.lstrip("-") if word.startswith("--") or word == "-" else word


def cut(text: str) -> str:
    text = clean(text)
    return text if len(text) <= 30 else text[:29].rstrip() + "…"


def length(text: str) -> int | None:
    """Seconds in ``2h``, ``90min``, ``1h30m`` or ``1.5days``; None if it is no length of time."""
    parts = re.findall(r"([0-9]{1,12}(?:[.,][0-9]{1,3})?)([a-z]+)", text)
    if not parts or "".join(map("".join, parts)) != text or any(unit not in UNITS for _, unit in parts):
        return None
    return round(sum(float(number.replace(",", ".")) * UNITS[unit] for number, unit in parts))


@cache
def zones() -> dict[str, str]:
    """The IANA names by how they may be typed, and by their city alone where there is only one of that name."""
    # Without EST and the like, which have no summer time whatever people mean by them.
    names = sorted(name for name in available_timezones() if "/" in name or name in ("GMT", "UTC"))
    cities = [zone_key(name.rpartition("/")[2]) for name in names if AREAS.match(name) and not name.startswith("Etc/")]
    alone = {zone_key(name.rpartition("/")[2]): name for name in names if AREAS.match(name)}
    return {city: alone[city] for city in cities if cities.count(city) == 1} | {zone_key(n): n for n in names}


def zone_key(text: str) -> str:
    return re.sub(r"[\s_/]+", "_", text.casefold())


def face(text: str) -> time | None:
    """``22``, ``22:00``, ``10pm`` or ``noon`` as a time of day; None if no clock shows it."""
    found = re.fullmatch(CLOCK, text)
    if not found or not found[1]:
        return {"noon": time(12), "midnight": time(0)}.get(text)
    hour, minute = int(found[1]), int(found[2] or 0)
    if found[3]:
        hour = hour % 12 + 12 * (found[3] == "p") if 1 <= hour <= 12 else 24
    elif (hour, minute) == (24, 0):
        hour = 0
    return time(hour, minute) if hour < 24 and minute < 60 else None
