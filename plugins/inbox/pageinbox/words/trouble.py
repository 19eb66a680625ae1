"""A plain sentence or two for each way in which reading a Page can fail: what happened, and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pageinbox.model.errors import (
    Blocked,
    ConversationUnknown,
    CursorDead,
    FieldUnknown,
    GraphError,
    ListBlocked,
    ListEmptied,
    MessageGone,
    MetaSlow,
    NoPageToken,
    NotAskedYet,
    PermissionMissing,
    PersonUnknown,
    PersonUnreadable,
    ProofWrong,
    QueryTimedOut,
    Redirected,
    RequestRefused,
    SecretMissing,
    StillAsking,
    Throttled,
    TokenDead,
    TooMuchData,
    Unavailable,
    Unreachable,
)
from pageinbox.model.post import Foreign, Line
from pageinbox.model.secret import Secret
from pageinbox.model.source import Page, Platform
from pageinbox.words.access import access
from pageinbox.words.english import lasting

ANY = Page("NAME", "", Secret(""), missing="A secret isn't where the settings say it is. Put it there and restart me.")
"""Stands for each of several Pages, where one sentence says to all of them what went wrong and what to do."""

IN_FILES = replace(ANY, token_at="file:PATH")
"""The same where all of their tokens are in files."""

LIMITS = {
    4: "the app's limit",
    17: "the user's limit",
    32: "the Page's limit",
    341: "the app's temporary limit",
    613: "the call limit for this list",
    80001: "the Page's limit",
    80002: "the Instagram account's limit",
    80006: "the Page's Messenger limit",
}

NO_SUCH = (24, 33, 803)
"""Codes of what is not there, which is 100/33 as a rule."""

KNOWN = (None, 12, 100, 104, 803, 2500, 2635)
"""Codes of a request that Meta does not understand; any other refusal is one that nobody here knows."""


def explain(error: GraphError, page: Page, platform: Platform) -> Line:
    """What went wrong with a call for `page`, without naming the Page, and what somebody can do about it.

    Begins with a capital letter and ends with a full stop. Meta's own words are added where we know no better.
    """
    return (remedy(error, page, platform), *own_words(error))


def explain_lasting(error: GraphError, page: Page, platform: Platform) -> Line:
    """`explain` for trouble that lasts: what went wrong, what somebody can do, and that it is tried again meanwhile."""
    return (lasting_remedy(error, page, platform), *own_words(error))


def own_words(error: GraphError) -> Line:
    """What Meta says, where we know no better."""
    match error:
        case PermissionMissing(code=3):
            return ()
        case RequestRefused() if is_of_nothing(error):
            return ()
        case PermissionMissing() if error.detail or error.subcode in (2018344, 2534048):
            return ()
    if not error.words or type(error) not in (GraphError, RequestRefused, PermissionMissing):
        return ()
    return (" Meta says: ", Foreign(error.words.rstrip(". "), quoted=True, most=160), ".")


def remedy(error: GraphError, page: Page, platform: Platform) -> str:
    """What went wrong and what to do, in our words alone."""
    if (kept_out := access(error, page, platform)) is not None:
        return kept_out
    number = f" ({error.number})" if error.number else ""
    here = f"PAGES.{page.name}"
    match error:
        case PersonUnreadable():
            return f"Meta doesn't let the Page read this person's conversation{number}. Open it in Business Suite."
        case MessageGone():
            return (
                f"Meta says the message was deleted{number}; it gives only the 20 latest messages of a conversation. "
                "Open the conversation in Business Suite."
            )
        case Blocked():
            return (
                f"Meta has blocked the app's calls for breaking its rules{number}. I make no calls for {these(page)} "
                f"for {lasting(error.retry_after)}. Meanwhile, check the app's dashboard at Meta."
            )
        case Throttled(code=None):
            return (
                f"{error.detail or 'Meta asks me to wait'}. I'll check again on my own in "
                f"{lasting(error.retry_after)}; you can still ask me in the meantime."
            )
        case Throttled():
            what = LIMITS.get(error.code or 0, "a limit")
            return (
                f"Meta says {what} has been reached{number}. I make no calls for {these(page)} for "
                f"{lasting(error.retry_after)}; asking sooner would only prolong it."
            )
        case QueryTimedOut():
            return (
                f"Instagram gave up searching{number}. This happens while the app has only Standard Access; ask "
                "Meta for Advanced Access to instagram_manage_messages."
            )
        case TooMuchData():
            return f"Meta can't return even one conversation at a time{number}. Try again later{or_access(error)}."
        case ListBlocked():
            return (
                f"Meta can't return one conversation in this list{number}, nor anything older than it. "
                "Open the inbox in Business Suite."
            )
        case ListEmptied():
            return (
                "The list is suddenly empty, and Meta reports no error. That happens when the app loses Advanced "
                "Access to instagram_manage_messages, or when “Allow access to messages” is turned off in the "
                "Instagram app. Check both, unless the conversations were deleted or another account was linked."
            )
        case PersonUnknown():
            return f"The Page has no conversation with this user ID{number}. Check the ID."
        case ConversationUnknown():
            return (
                f"Meta no longer finds this conversation, or hides it from the token{number}. "
                "Open the inbox in Business Suite."
            )
        case FieldUnknown():
            return f"Meta no longer knows the field {error.field}{number}, which I can't do without. Update err-inbox."
        case CursorDead():
            return f"The list keeps changing while I read it{number}. Ask again."
        case RequestRefused() if is_of_nothing(error):
            return f"Meta finds no such Page or conversation, or hides it from the token{number}. Check {here}.ID."
        case RequestRefused() if error.code not in KNOWN:
            return f"Meta answers with an error I don't know{number}. Ask again; if it lasts, look it up at Meta."
        case RequestRefused():
            return f"Meta rejects the request{number or detail(error)}. Check {here}.ID, GRAPH_VERSION and GRAPH_URL."
        case Redirected():
            return f"GRAPH_URL answers with a redirect{detail(error)}, which I don't follow. Check GRAPH_URL."
        case MetaSlow():
            soon = f"in {lasting(error.retry_after)}" if error.retry_after else "in a moment"
            return f"Meta is slow just now, and others here are already waiting for it. Ask again {soon}."
        case StillAsking():
            return "Meta hasn't answered yet. I'm still waiting; ask again in a moment."
        case NotAskedYet():
            return "Not asked yet, because the others took too long. Ask again in a moment."
        case Unreachable():
            return (
                f"I can't connect to the address in GRAPH_URL{detail(error)}. I tried {times(error.tries)}; check "
                "GRAPH_URL, and this machine's network and proxy."
            )
        case Unavailable():
            if number:
                why = f"Meta answers “temporarily unavailable”{number}"
            else:
                why = f"Meta gave no usable answer{detail(error)}"
            if error.retry_after:
                return f"{why}. I'll wait {lasting(error.retry_after)} before I ask again."
            if not number:
                return f"{why}. I tried {times(error.tries)}; ask again in a moment. If it lasts, check GRAPH_URL."
            return f"{why}. I tried {times(error.tries)}; ask again in a moment."
    return f"Meta gave an answer I don't know{number}. Ask again; if it keeps happening, report it with that number."


def is_of_nothing(error: RequestRefused) -> bool:
    """Whether Meta says that what is asked for is not there, or that the token may not know."""
    unsaid = error.code == 100 and not error.subcode and "Unsupported get request" in error.words
    return error.subcode == 33 or error.code in NO_SUCH or unsaid


def lasting_remedy(error: GraphError, page: Page, platform: Platform) -> str:
    """What went wrong, what to do, and that it is tried again, in our words alone."""
    number = f" ({error.number})" if error.number else ""
    match error:
        case SecretMissing():
            return remedy(error, page, platform)
        case ProofWrong() | NoPageToken():
            return f"{remedy(error, page, platform)} I keep trying, at least once an hour."
        case TokenDead():
            return f"{remedy(error, page, platform)} In case Meta is at fault, I keep trying, at least once an hour."
        case Blocked():
            return (
                f"Meta has blocked the app's calls for breaking its rules{number}. "
                f"Check the app's dashboard at Meta; I make no calls for {these(page)} until the block may have ended."
            )
        case Throttled():
            what = LIMITS.get(error.code or 0, "a limit")
            return (
                f"Meta says {what} has been reached{number}. I'll try again once it may be over; "
                "trying sooner wouldn't help."
            )
        case StillAsking():
            return "Meta hasn't answered yet. I keep trying."
        case NotAskedYet():
            return "I haven't got round to reading it yet. I keep trying."
        case Unreachable():
            return (
                f"I can't connect to the address in GRAPH_URL{detail(error)}. I keep trying; check GRAPH_URL, and this "
                "machine's network and proxy."
            )
        case Unavailable() if number:
            return f"Meta answers “temporarily unavailable”{number}. I keep trying; only Meta can fix this."
        case Unavailable():
            return (
                f"Meta gives no usable answer{detail(error)}. I keep trying; if it lasts, check Meta's status page, "
                "GRAPH_URL and this machine's connection to it."
            )
        case CursorDead():
            return f"The list keeps changing while I read it{number}. I keep trying."
        case TooMuchData():
            return f"Meta can't return even one conversation at a time{number}. I keep trying{or_access(error)}."
        case RequestRefused() if error.code not in KNOWN:
            return f"Meta answers with an error I don't know{number}. I keep trying; if it lasts, look it up at Meta."
    if type(error) is GraphError:
        report = "; report it with that number" if number else ""
        return f"Meta gives an answer I don't know{number}{report}. I keep trying."
    return f"{remedy(error, page, platform)} I keep trying."


def or_access(error: GraphError) -> str:
    """What else may be behind an error that Meta documents for another thing, too."""
    more = (
        "; if it lasts, check that the app has Advanced Access and all permissions: Meta answers so without them, too"
    )
    return more if (error.code, error.subcode) == (1, 99) else ""


def each_of(pages: Sequence[Page]) -> Page:
    """The Page, or what stands for each of several."""
    if len(pages) == 1:
        return pages[0]
    return IN_FILES if all(page.in_file for page in pages) else ANY


def these(page: Page) -> str:
    """The Page, or all that it stands for."""
    return "these Pages" if page in (ANY, IN_FILES) else "this Page"


def times(number: int) -> str:
    """`once`, `twice`, `3 times`."""
    return {1: "once", 2: "twice"}.get(number, f"{number} times")


def detail(error: GraphError) -> str:
    """What we saw of it, in brackets."""
    return f" ({error.detail})" if error.detail else ""
