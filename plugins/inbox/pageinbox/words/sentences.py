"""The short answers: what could not be understood, found or done, and what to do instead."""

from __future__ import annotations

from pageinbox.model.errors import GraphError
from pageinbox.model.post import Command, Foreign, Line, Post
from pageinbox.model.query import InboxQuery
from pageinbox.model.source import Page, Source
from pageinbox.model.watch import WatchSpec
from pageinbox.words.common import PLATFORM_NAMES, label
from pageinbox.words.trouble import explain

REFUSED_MOST = 400
"""Characters of what is wrong with settings. They are an admin's, and have to be copied as they are."""


def refused(why: str) -> Post:
    """Settings that cannot be right; `why` is the sentence that names the key."""
    return Post((why[:REFUSED_MOST],))


def cannot_start(why: str) -> Post:
    """Told to the admins where there are no settings to begin with."""
    return Post(("I read no Page and announce nothing, for the settings can't be right: ", why[:REFUSED_MOST]))


def misunderstood(why: str) -> Post:
    """A question that could not be read; `why` quotes the asking person's own word."""
    return Post((Foreign(why, most=400),))


def nothing_asked() -> Post:
    """`more` where nothing was asked before."""
    return Post(("Nothing was asked here yet that I could go on with. Ask first, for example: ", Command("inbox spam")))


def nothing_named(command: str) -> Post:
    """`show` or `why` without a word."""
    example = Command(f"inbox {command} 1")
    return Post(("Which conversation? Give its ref or its number in the last list, for example: ", example))


def one_at_a_time(name: str) -> Post:
    """`show` with more words than one conversation's name."""
    return Post(("One conversation at a time, for example: ", Command("inbox show "), Foreign(name, most=30)))


def unknown_ref(name: str) -> Post:
    """`show` with a word that is neither a ref nor a number in this room's last list."""
    what: Line = ("I don't know a conversation ", Foreign(name, quoted=True, most=30), ". ")
    if name.isdecimal():
        what = (f"The last list here has no number {name[:9]}. ",)
    return Post((*what, "Refs and numbers stand at the beginning of a row; to get some: ", Command("inbox")))


def not_read(query: InboxQuery) -> Post:
    """A platform that the settings leave out."""
    page = f"PAGES.{query.page}.PLATFORMS" if query.page else "PLATFORMS of every Page"
    name = PLATFORM_NAMES[query.platform] if query.platform else "Nothing"
    return Post((f"{name} is not read here: the setting {page} leaves it out. What is read: ", Command("inbox pages")))


def not_watched(wish: WatchSpec) -> Post:
    """A wish for a platform that the settings leave out."""
    return not_read(InboxQuery(platform=wish.platform, page=wish.page))


def failed(error: GraphError, page: Page, source: Source) -> Post:
    """A conversation that could not be read."""
    return Post((f"{label(page, source)}: {explain(error, page, source.platform)}",))


def broken(kind: str) -> Post:
    """A fault of ours; `kind` is the exception's name."""
    return Post((f"Something went wrong on my side ({kind}). Ask again; if it stays, report what the log says of it.",))


def usage() -> Post:
    """What can be asked, by example."""
    examples = (
        ("inbox", "every Page's inbox, both platforms"),
        ("inbox spam instagram", "one folder of one platform: inbox, other, done, spam; messenger, instagram"),
        ("inbox unread since 2h limit 20", "filters, in any order"),
        ("inbox @ann.example", "one person's conversations"),
        ("inbox more", "the next ones"),
        ("inbox show k7fq", "the latest messages of one, by its ref or number"),
        ("inbox pages", "the Pages I read"),
        ("inbox status", "how fresh and how well"),
        ("inbox help watch", "all that a watch can be told"),
        ("inbox watch spam instagram", "tell here of every new conversation; the words of a question, and more"),
        ("inbox watches", "what is watched here, by number"),
        ("inbox unwatch 3", "no longer"),
        ("inbox mute k7fq for 2h", "not for a while; a ref, or a watch's number"),
        ("inbox unmute k7fq", "again after all"),
        ("inbox outbox", "what waits to be said, and why"),
        ("inbox why k7fq", "who was told of one, when, or why not"),
    )
    return Post(("What you can ask",), (), tuple(((Command(command),), (text,)) for command, text in examples))


MENDED = "I announce nothing meanwhile; once that is mended, I tell what came in."

LEDGER_TROUBLES = {
    "full": f"can't be written: the disk is full or failing. {MENDED} Make room there, or check the disk.",
    "readonly": f"can't be written: I am not allowed to. {MENDED} Let the user I run as write there.",
    "locked": f"is locked by another program. {MENDED} If it stays so, find that program and end it.",
    "corrupt": (
        "is damaged, or no ledger at all. I announce nothing meanwhile. Move it away, put a backup in its place and "
        "restart me; without one I begin anew: watches have to be made again, and what is there by then stays quiet."
    ),
    "gone": (
        "was moved or deleted while I used it. I announce nothing meanwhile. Put it back, or restart me to begin anew: "
        "watches made in chat have to be made again then."
    ),
    "newer": (
        f"was written by a newer err-inbox than this one. {MENDED} Update err-inbox, or choose another ledger with "
        "DATABASE_URL."
    ),
    "unreachable": (
        f"can't be reached. {MENDED} Check that the database server runs, and the host and port in DATABASE_URL."
    ),
    "refused": f"does not let me in. {MENDED} Check the user, the password and the database in DATABASE_URL.",
    "driver": (
        f"is on PostgreSQL, and psycopg, which I need for that, is not installed. {MENDED} Install it with "
        'pip install "err-inbox[postgresql]" and restart me.'
    ),
    "broken": f"can't be used. {MENDED} The log says why; if it stays so, report that.",
}


def ledger_trouble(kind: str, where: str) -> str:
    """What is wrong with the ledger at `where` (a path or a host, no secrets), what that means and what to do.

    `kind` is that of a `LedgerError`; one that is not known counts as `broken`.
    """
    if kind == "opening":
        return "My ledger is still being opened. Ask again in a moment."
    if where == "DATABASE_URL":
        return (
            "DATABASE_URL can't be read as an address, so I announce nothing. In its password write @ as %40, / as %2F "
            "and ? as %3F."
        )
    return f"My ledger, {where}, {LEDGER_TROUBLES.get(kind, LEDGER_TROUBLES['broken'])}"


def without_ledger(kind: str, where: str) -> Post:
    """The answer to a command that needs the ledger, which can't be used; see `ledger_trouble`."""
    return Post((ledger_trouble(kind, where),))


def ledger_well(where: str) -> str:
    """The ledger at `where` can be used again, after its trouble was told."""
    return f"My ledger, {where}, works again. What came in meanwhile is told now."


def not_allowed(command: str) -> Post:
    """A command that the bot's access controls do not let this person give here."""
    why = " is not allowed here by the bot's ACCESS_CONTROLS; somebody who runs me can change that."
    return Post((Command(f"inbox {command}"), why))


def usage_of_watch() -> Post:
    """What a watch can be told, by example."""
    examples = (
        ("inbox watch", "every new conversation in any inbox; in a direct chat it tells you alone"),
        ("inbox watch spam instagram acme", "folder, platform, Page: the words of a question"),
        ("inbox watch unread", "only what nobody has read yet"),
        ("inbox watch from @ann.example", "only from somebody"),
        ('inbox watch text "refund"', "only what says that"),
        ("inbox watch every message", "also when somebody known writes again"),
        ("inbox watch later thread", "what is written later goes in its thread; or later edit, later nothing"),
        ("inbox watch quiet 22:00-08:00 Europe/Rome", "what comes meanwhile is told afterwards, in one message"),
        ("inbox watch as name", "how much is shown: count, initials, name, snippet"),
        ("inbox watches", "what is watched here, by number"),
        ("inbox unwatch 3", "end one"),
        ("inbox mute 3 for 2h", "not for a while, a day if you don't say how long; a watch's number or a ref"),
        ("inbox unmute 3", "again after all"),
    )
    return Post(("What a room can be told",), (), tuple(((Command(command),), (text,)) for command, text in examples))
