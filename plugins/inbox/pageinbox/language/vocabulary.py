"""The words of `!inbox`: what each can be called, where one ends, and how to tell two spellings of it alike."""

from __future__ import annotations

import re
from datetime import time
from typing import Any

from pageinbox.model.calendar import Since
from pageinbox.model.query import Mark
from pageinbox.model.source import Folder, Platform
from pageinbox.model.text import clean, fold
from pageinbox.model.watch import Detail, Later


def say(field: str, value: Any) -> str:
    """One field of a question in canonical words."""
    match field:
        case "folder":
            return "all" if value is None else "done" if value is Folder.DONE else str(value)
        case "page":
            name = clean(value).replace('"', "")
            if not re.fullmatch(r"[^\W\d_]([\w.-]*[^\W_])?", name):
                return f'page "{name}"'
            return f"page {name}" if fold(name) in GRAMMAR | FILLERS else name
        case "user_id":
            return f"user {value}"
        case "name":
            return f"@{value}" if re.fullmatch(r"[\w.]*\w", value) else f'@"{value}"'
        case "unread":
            return "unread" if value else "read"
        case "waiting":
            return "waiting" if value else "answered"
        case "text":
            return f'text "{value}"'
        case "since" if isinstance(value, Since):
            at = f"{value.at:%H:%M}" if value.at != time(0) or not value.day else ""
            the = "the " if re.fullmatch(r"\d+(st|nd|rd|th)", value.day) else ""
            return f"since {the}{value.day} {at}".replace("  ", " ").rstrip()
        case "since" | "over" | "closing":
            # 24h rather than 1d, as people say it; days from two on
            sizes = [("d", 86400)] * (value > 86400) + [("h", 3600), ("m", 60), ("s", 1)]
            return next(f"{field} {value // size}{unit}" for unit, size in sizes if value % size == 0)
        case "limit":
            return f"limit {value}"
    return str(value)


MAX_LIMIT = 50
MAX_SINCE = 3650 * 86400  # ten years: more than anyone asks for, and still a date when taken from now
MAX_CLOSING = 7 * 86400  # Meta's longest window for an answer
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
# What a conversation is in, as a field of a selection and its value.
STATES = {
    **dict.fromkeys(("unread", "unseen", "unopened"), ("unread", True)),
    **dict.fromkeys(("read", "seen", "opened"), ("unread", False)),
    **dict.fromkeys(("waiting", "waits", "wait", "longest", "awaiting", "pending"), ("waiting", True)),
    **dict.fromkeys(("unanswered", "unreplied"), ("waiting", True)),
    **dict.fromkeys(("answered", "replied"), ("waiting", False)),
}
# What the team has done, as a filter of a question.
MARKS = {
    "mine": Mark.MINE,
    **dict.fromkeys(("claimed", "claims", "taken", "assigned"), Mark.CLAIMED),
    **dict.fromkeys(("unclaimed", "untaken", "unassigned"), Mark.UNCLAIMED),
    "snoozed": Mark.SNOOZED,
}
TEAM = {"team", "us", "anyone", "anybody", "somebody", "someone"}  # behind `done by`: `done` alone is Meta's folder
SELF = {"me", "myself"}
REPLIES = {"answer", "answers", "reply", "replies", "response", "responses"}
NEEDS = {"need", "needs", "needing", "want", "wants", "expects"}  # "who needs an answer"
LEAVING = {"except", "excluding", "but"}
NOT = {
    *("not", "no", "without", "never", "nobody", "isn't", "aren't", "wasn't", "weren't", "haven't", "hasn't"),
    *("don't", "dont", "doesn't", "didn't"),
}
SEARCH = {"search", "find"}
TEXT = {"text", "word", "words", "containing", "contains", "mentioning", "mentions", "saying", "says"} | SEARCH
FAILING = {"failing", "fails", "failed", "failures", "trouble", "troubles", "broken", "errors"}  # behind `status`
EVERYWHERE = {"all", "everything"}  # where no folder is named
LIMIT = {"limit", "top", "first"}
LAST = {"last", "past"}  # "last 5" is a limit, "last 2 hours" a since
SINCE = {"since", "after", "within", "during"}
USER = {"user", "user_id", "userid", "uid", "psid", "igsid", "id"}
SHARED = FOLDERS.keys() | PLATFORMS.keys() | STATES.keys() | TEXT | {"page"}
OVER = {"over", "longer", "exceeding", "least"}  # than so long somebody has waited
CLOSES = {"closing", "closes", "expiring", "expires", "expire"}
GRAMMAR = SHARED | MARKS.keys() | LIMIT | LAST | USER | OVER | CLOSES | SINCE
# What a watch can be told besides; `new` and `message` count after one of EVERY, elsewhere they are fillers.
LATER = {"later", "afterwards", "followup", "followups", "follow-up", "follow-ups"}
LATERS = {
    **dict.fromkeys(("edit", "edits", "edited", "editing", "update", "updates", "updated"), Later.EDIT),
    **dict.fromkeys(("thread", "threads", "threaded", "reply", "replies"), Later.THREAD),
    **dict.fromkeys(("nothing", "none", "never", "no", "off", "ignore", "ignored"), Later.NOTHING),
}
QUIET = {"quiet", "silent", "silence"}
AS = {"as", "detail"}
EVERY = {"every", "each", "all", "any"}
PING = {"ping", "pings", "pinging"}
TELLING = {"alert", "cc", "mention", "notify", "tag", "tell"}  # before an @name
BUTTONS = {"buttons", "button"}
ON, OFF = {"on", "yes"}, {"off", "no", "none", "without"}
MESSAGES = {"message", "messages", "msg", "msgs"}
WAITS = {"waiting", "waits", "wait", "unanswered"}  # with a time behind it
REMIND = {"remind", "reminder", "reminders"}
BATCH = {"batch", "batches", "batched", "digest", "digests"}
DETAILS = {
    **dict.fromkeys(("count", "counts", "number", "numbers"), Detail.COUNT),
    **dict.fromkeys(("initials", "initial"), Detail.INITIALS),
    **dict.fromkeys(("name", "names"), Detail.NAME),
    **dict.fromkeys(("snippet", "snippets", "preview", "previews"), Detail.SNIPPET),
}
WATCH_WORDS = SHARED | QUIET | AS | LATER | PING | WAITS | REMIND | CLOSES | BATCH | BUTTONS | {"every"}
JOINERS = {"and", "or", "both", "plus", "&", "+", "/", "|"}
FILLERS = JOINERS.union(
    ("a", "all", "an", "any", "anything", "are", "every", "everything", "is", "just", "my", "only", "our", "the"),
    ("already", "anybody", "anyone", "been", "being", "customers", "did", "do", "does", "has", "one", "people"),
    (
        "add",
        "arrived",
        "came",
        "can't",
        "could",
        "create",
        "display",
        "fetch",
        "gimme",
        "go",
        "happened",
        "i'd",
        "i'll",
        "let's",
        "make",
        "now",
        "ones",
        "start",
        "still",
        "than",
        "that",
        "up",
        "was",
        "were",
        "who's",
        "would",
        "written",
        "wrote",
        "yet",
    ),
    ("about", "ago", "at", "by", "for", "from", "in", "of", "on", "to", "with", "please", "pls", "thank", "thanks"),
    ("can", "get", "give", "have", "i", "list", "lists", "look", "me", "see", "show", "tell", "us", "we", "you"),
    ("what", "what's", "whats", "which", "who", "how", "many", "much", "there"),
    ("latest", "newest", "recent", "folder", "platform"),
    ("chat", "chats", "conversation", "conversations", "direct", "dm", "dms", "message", "messages", "msg"),
    ("msgs", "pages", "platforms", "result", "results", "row", "rows", "thread", "threads"),
)
# Words of which one knows what is meant, but not well enough to act: what to say, what to read instead.
REFUSED = {
    **dict.fromkeys(("new", "news"), ("I don't know “{}”. Did you mean unread?", "unread")),
    **dict.fromkeys(
        ("late", "overdue", "urgent", "attention", "followup", "follow-up"),
        ("I don't know “{}”. Did you mean waiting?", "waiting"),
    ),
    **dict.fromkeys(("less", "shorter", "under"), ("I can only look for longer waits, so I can't go by “{}”.", "over")),
    # Tabs of the Instagram app; Meta's overview of Instagram messaging says that folders are not supported.
    **dict.fromkeys(("requests", "general", "hidden"), ("Meta doesn't tell me which chats are in “{}”.", "instagram")),
    **dict.fromkeys(
        ("email", "emails", "mail", "sms", "telegram", "tiktok", "twitter", "whatsapp", "comments", "posts", "reviews"),
        ("I read messages on Messenger and Instagram, not “{}”.", ""),
    ),
    **dict.fromkeys(
        ("before", "between", "older", "until"), ("I only look from a time up to now, so I can't go by “{}”.", "since")
    ),
    **dict.fromkeys(
        ("sort", "sorted", "oldest"),
        ("I don't sort: lists begin with the newest, and waiting with the longest wait.", "waiting"),
    ),
}
# What people call a command when they don't know its word.
SYNONYMS = {
    **dict.fromkeys(("watching", "subscribe", "follow", "notify", "alert", "alerts", "announce", "listen"), "watch"),
    **dict.fromkeys(("unsubscribe", "unfollow", "stop"), "unwatch"),
    **dict.fromkeys(("summary", "recap", "catch", "miss", "missed"), "digest"),
    **dict.fromkeys(("pause", "silence"), "mute"),
    **dict.fromkeys(("unpause", "resume"), "unmute"),
    **dict.fromkeys(("take", "grab", "mine", "transfer", "hand", "pass", "reassign"), "claim"),
    **dict.fromkeys(("unclaim", "drop"), "release"),
    **dict.fromkeys(("finish", "finished", "complete", "completed"), "done"),
    **dict.fromkeys(("undone", "undo"), "reopen"),
    **dict.fromkeys(("remind", "reminder", "postpone", "defer"), "snooze"),
    **dict.fromkeys(("wake", "awake"), "unsnooze"),
    **dict.fromkeys(("comment", "notes", "remark"), "note"),
    **dict.fromkeys(("open", "view", "read"), "show"),
    "history": "why",
    **dict.fromkeys(("next", "continue"), "more"),
    **dict.fromkeys(("subscriptions", "alarms", "mutes", "muted"), "watches"),
    **dict.fromkeys(("health", "state", "ok", "okay", "alive", "online", "ping", "uptime", "working"), "status"),
    **dict.fromkeys(("check", "checkup", "diagnose", "diagnosis", "diagnostics", "examine", "selftest"), "doctor"),
    **dict.fromkeys(("config", "configuration", "settings", "setup"), "doctor"),
    **dict.fromkeys(("token", "tokens", "permissions", "push", "pushes", "webhook", "version", "versions"), "doctor"),
    **dict.fromkeys(("statistics", "figures", "metrics", "numbers", "analytics", "reports", "dashboard"), "stats"),
    **dict.fromkeys(("report", "response", "average", "busiest", "performance", "sla", "fast", "quickly"), "stats"),
    **dict.fromkeys(("chart", "charts", "graph", "graphs", "kpi", "kpis", "csv", "export"), "stats"),
    **dict.fromkeys(("digests", "summary", "daily", "weekly", "briefing"), "digest"),
    **dict.fromkeys(("gdpr", "dsgvo", "retention", "data"), "privacy"),
    **dict.fromkeys(("forgotten", "purge", "anonymize", "anonymise"), "forget"),
    **dict.fromkeys(("commands", "usage", "man", "manual", "hi", "hello", "hey"), "help"),
}
FIGURES = {"count", "total", "number", "overview"}  # each answer begins with them
COUNTED = {"more", "unwatch"}  # commands that take a number and nothing else
ABOUT_ONE = {
    *("show", "why", "claim", "release", "done", "reopen", "snooze", "unsnooze", "note", "mute", "unmute", "forget"),
}
"""Commands behind which one conversation is named."""

# What a person does in an inbox and this bot never does.
WRITING = {
    *("reply", "respond", "answer", "send", "write", "forward", "react", "like"),
    *("assign", "unassign", "label", "tag", "mark", "move", "close", "resolve"),
    *("delete", "remove", "erase", "trash", "unsend", "hide", "block", "unblock", "ban"),
}
# Of these, what the team can do here for itself; the last of them only where they say that something is done.
TRIAGE = {
    "assign": "claim",
    "unassign": "release",
    **dict.fromkeys(("label", "tag"), "note"),
    **dict.fromkeys(("close", "resolve", "mark", "move"), "done"),
}
EXAMPLE_ID = "1234567890"
TOKENS = re.compile(
    r"""  (?: @" | "@ ) (?P<name> [^"]* ) "
        | (?: @' | '@ ) (?P<single> [^"]*? ) ' (?!\w)
        | (?P<unclosed> @" | "@ ) .*
        | (?P<handle> @ [^\s",;—–―]* )
        | (?P<key> page | since | over | closing | limit | top | first | last | past | folder | platform | user | id
            | from | text | every | later | quiet | as | detail | ping ) [:=]
        | " (?P<phrase> [^"]* ) "
        | (?P<word> [^\s"—–―]+ )
    """,
    re.VERBOSE | re.IGNORECASE,
)
TEXTS = re.compile(
    rf"""(?<!\w) (?: {"|".join(sorted(TEXT))} ) [:=]? \s*
         (?: " (?P<text> [^"]* ) " | ' (?P<quoted> .*? ) ' (?!\w) | (?P<open> " ) .* )
      |  {TOKENS.pattern}""",
    TOKENS.flags,
)
