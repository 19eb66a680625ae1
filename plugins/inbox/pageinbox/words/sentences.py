"""The short answers: what could not be understood, found or done, and what to do instead."""

from __future__ import annotations

from pageinbox.errors import GraphError
from pageinbox.post import Command, Foreign, Line, Post
from pageinbox.query import InboxQuery
from pageinbox.source import Page, Source
from pageinbox.words.common import PLATFORM_NAMES, label
from pageinbox.words.trouble import explain


def refused(why: str) -> Post:
    """Settings that cannot be right; `why` is the sentence that names the key."""
    return Post((Foreign(why, most=400),))


def misunderstood(why: str) -> Post:
    """A question that could not be read; `why` quotes the asking person's own word."""
    return Post((Foreign(why, most=400),))


def nothing_asked() -> Post:
    """`more` where nothing was asked before."""
    return Post(("Nothing was asked here yet that I could go on with. Ask first, for example: ", Command("inbox spam")))


def nothing_named() -> Post:
    """`show` without a word."""
    return Post(
        ("Which conversation? Give its ref or its number in the last list, for example: ", Command("inbox show 1"))
    )


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
    )
    return Post(("What you can ask",), (), tuple(((Command(command),), (text,)) for command, text in examples))
