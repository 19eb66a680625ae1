"""A plain sentence or two for each way in which reading a Page can fail: what happened, and what to do."""

from __future__ import annotations

from pageinbox.model.errors import (
    Blocked,
    CursorDead,
    FieldUnknown,
    GraphError,
    ListBlocked,
    MessageGone,
    PermissionMissing,
    PersonUnknown,
    PersonUnreadable,
    ProofWrong,
    QueryTimedOut,
    Redirected,
    RequestRefused,
    Throttled,
    TokenDead,
    TooMuchData,
    Unavailable,
)
from pageinbox.model.source import Page, Platform
from pageinbox.words.english import lasting

TOKEN_ENDS = {
    458: "the app was removed",
    459: "Facebook wants its owner to log in and pass a check",
    460: "its owner's password was changed",
    463: "it has expired",
    464: "its owner's account is not confirmed",
    467: "it was revoked",
    492: "its owner no longer has a role on the Page",
}

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

PERMISSIONS = {
    Platform.MESSENGER: "pages_messaging, pages_manage_metadata and pages_read_engagement",
    Platform.INSTAGRAM: "instagram_basic, instagram_manage_messages and pages_manage_metadata",
}


def explain(error: GraphError, page: Page, platform: Platform) -> str:
    """What went wrong with a call for `page`, without naming the Page, and what somebody can do about it.

    Begins with a capital letter and ends with a full stop. Holds nothing that Meta or a customer wrote.
    """
    number = f" ({error.number})" if error.number else ""
    match error:
        case TokenDead():
            why = TOKEN_ENDS.get(error.subcode or 0)
            return (
                f"Meta no longer accepts the Page token{f': {why}' if why else ''}{number}. "
                "Someone with the MESSAGING task on the Page has to issue a new one; "
                f"put it where the setting PAGES.{page.name}.TOKEN points to and restart me."
            )
        case ProofWrong():
            return (
                f"Meta rejects the proof made with the app secret{number}. Check that APP_SECRET belongs to "
                "the app the token was issued for, and that this machine's clock is right."
            )
        case PermissionMissing(code=3):
            return (
                f"The Meta app lacks a capability I need{number}. "
                "Its developer has to add Messenger and Instagram messaging to the app."
            )
        case PermissionMissing(subcode=2534048):
            return (
                f"The Meta app may not read this Instagram inbox{number}. It needs Advanced Access to "
                "instagram_manage_messages, or the other person needs a role on the app."
            )
        case PermissionMissing(subcode=2018344):
            return (
                f"The Page has not accepted Meta's privacy terms for labels{number}. "
                "An admin of the Page has to accept them at Meta; the token is fine."
            )
        case PermissionMissing():
            return (
                f"The token lacks a permission{number}. It needs {PERMISSIONS[platform]}, granted by someone with the "
                "MESSAGING task on the Page."
            )
        case PersonUnreadable():
            return f"Meta doesn't let the Page read this person's conversation{number}. Open it in Business Suite."
        case MessageGone():
            return (
                f"Meta says the message was deleted{number}; it gives only the 20 latest of a conversation. "
                "Open the conversation in Business Suite."
            )
        case Blocked():
            return (
                f"Meta has blocked the app's calls for breaking its rules{number}. I make no calls for this Page for "
                f"{lasting(error.retry_after)}. Check the app's dashboard at Meta meanwhile."
            )
        case Throttled(code=None):
            return (
                f"{error.detail or 'Meta asks me to wait'}. I'll check again by myself in "
                f"{lasting(error.retry_after)}; you can still ask me meanwhile."
            )
        case Throttled():
            what = LIMITS.get(error.code or 0, "a limit")
            return (
                f"Meta says {what} has been reached{number}. I make no calls for this Page for "
                f"{lasting(error.retry_after)}; asking sooner would only prolong that."
            )
        case QueryTimedOut():
            return (
                f"Instagram gave up searching{number}. This happens while the app has only Standard Access; ask "
                "Meta for Advanced Access to instagram_manage_messages."
            )
        case TooMuchData():
            return f"Meta can't return even one conversation at a time{number}. Try again later."
        case ListBlocked():
            return (
                f"Meta can't return one conversation of this list{number}, and without it nothing that is older. "
                "Open the inbox in Business Suite."
            )
        case PersonUnknown():
            return f"The Page has no conversation with this user ID{number}. Check the ID."
        case FieldUnknown():
            return f"Meta no longer knows the field {error.field}{number}, which I can't do without. Update err-inbox."
        case CursorDead():
            return f"The list keeps changing while I read it{number}. Ask again."
        case RequestRefused(subcode=33) | RequestRefused(code=803):
            return f"Meta finds no such Page or conversation, or hides it from the token{number}. Check the Page's ID."
        case RequestRefused():
            return f"Meta rejects the request{number or detail(error)}. Check the Page's ID and GRAPH_VERSION."
        case Redirected():
            return f"GRAPH_URL answers with a redirect{detail(error)}, which I don't follow. Check GRAPH_URL."
        case Unavailable():
            if number:
                why = f"Meta answers “temporarily unavailable”{number}"
            else:
                why = f"Meta gave no usable answer{detail(error)}"
            if error.retry_after:
                return f"{why}. It took so long that I'll wait {lasting(error.retry_after)} before I ask again."
            return f"{why}. I tried {times(error.tries)}; ask again in a moment."
    return f"Meta gave an answer I don't know{number}. Ask again; if it keeps happening, report it with that number."


def explain_lasting(error: GraphError, page: Page, platform: Platform) -> str:
    """`explain` for trouble that lasts: what went wrong, what somebody can do, and that it is tried again meanwhile."""
    number = f" ({error.number})" if error.number else ""
    match error:
        case TokenDead():
            return f"{explain(error, page, platform)} Until then I make no calls for this Page."
        case Blocked():
            return (
                f"Meta has blocked the app's calls for breaking its rules{number}. "
                "Check the app's dashboard at Meta; I make no calls for this Page until the block may be over."
            )
        case Throttled():
            what = LIMITS.get(error.code or 0, "a limit")
            return (
                f"Meta says {what} has been reached{number}. I'll try again once it may be over; sooner would not help."
            )
        case Unavailable() if number:
            return f"Meta answers “temporarily unavailable”{number}. I keep trying; only Meta can fix this."
        case Unavailable():
            return (
                f"Meta gives no usable answer{detail(error)}. I keep trying; if it lasts, check Meta's status page "
                "and this machine's connection to it."
            )
        case CursorDead():
            return f"The list keeps changing while I read it{number}. I keep trying."
        case TooMuchData():
            return f"Meta can't return even one conversation at a time{number}. I keep trying."
    if type(error) is GraphError:
        report = "; report it with that number" if number else ""
        return f"Meta gives an answer I don't know{number}{report}. I keep trying."
    return f"{explain(error, page, platform)} I keep trying."


def times(number: int) -> str:
    """`once`, `twice`, `3 times`."""
    return {1: "once", 2: "twice"}.get(number, f"{number} times")


def detail(error: GraphError) -> str:
    """What we saw of it, in brackets."""
    return f" ({error.detail})" if error.detail else ""
