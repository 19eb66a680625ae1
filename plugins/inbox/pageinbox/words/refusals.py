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
"""Characters shown of what is wrong with the settings, which an admin has to be able to copy."""


def refused(why: str) -> Post:
    """Wrong settings; `why` is the sentence that names the key."""
    return Post((why[:REFUSED_MOST],))


def cannot_start(why: str) -> Post:
    """Sent to the admins when there are no settings to start with."""
    return Post(("I can't read any Page or announce anything until the settings are corrected: ", why[:REFUSED_MOST]))


def misunderstood(why: str) -> Post:
    """A question that was not understood; `why` quotes what the person typed."""
    return Post((Foreign(why, most=400),))


def nothing_asked() -> Post:
    """`more` where nothing was asked before."""
    return Post(
        ("There is no earlier question here to go on with. Ask one first, for example: ", Command("inbox spam"))
    )


def nothing_named(command: str) -> Post:
    """`show` or `why` without a word."""
    example = Command(f"inbox {command} 1")
    return Post(("Which conversation? Give its ref or its number in the last list, for example: ", example))


def one_at_a_time(name: str) -> Post:
    """`show` with more words than one conversation's name."""
    return Post(("One conversation at a time, for example: ", Command("inbox show "), Foreign(name, most=30)))


def unknown_ref(name: str) -> Post:
    """`show` with a word that is neither a ref nor a number in this room's last list."""
    what: Line = ("I don't know any conversation ", Foreign(name, quoted=True, most=30), ". ")
    if name.isdecimal():
        what = (f"The last list here has no number {name[:9]}. ",)
    return Post((*what, "Refs and numbers are at the start of each row; to get a list: ", Command("inbox")))


def not_read(query: InboxQuery) -> Post:
    """A platform that the settings leave out."""
    page = f"PAGES.{query.page}.PLATFORMS" if query.page else "PLATFORMS of every Page"
    name = PLATFORM_NAMES[query.platform] if query.platform else "anything"
    why = f"I don't read {name}: the setting {page} leaves it out. To see what I read: "
    return Post((why, Command("inbox pages")))


def not_watched(wish: WatchSpec) -> Post:
    """A watch for a platform that the settings leave out."""
    return not_read(InboxQuery(platform=wish.platform, page=wish.page))


def failed(error: GraphError, page: Page, source: Source) -> Post:
    """A conversation that could not be read."""
    return Post((f"{label(page, source)}: {explain(error, page, source.platform)}",))


def broken(kind: str) -> Post:
    """A fault of ours; `kind` is the exception's name."""
    what = f"Something went wrong on my side ({kind})."
    return Post((f"{what} Try again; if it keeps happening, report what the log says about it.",))


def not_allowed(command: str) -> Post:
    """A command that the bot's access controls do not let this person give here."""
    why = " is not allowed here by the bot's ACCESS_CONTROLS; whoever runs me can change that."
    return Post((Command(f"inbox {command}"), why))
