"""A plain sentence or two for each way in which reading a Page can fail: what happened, and what to do."""

from __future__ import annotations

from pageinbox.model.errors import (
    AppStopped,
    Blocked,
    ConversationUnknown,
    CursorDead,
    DirectMessagesDisabled,
    FieldUnknown,
    GraphError,
    ListBlocked,
    MessageGone,
    NoPageToken,
    NotAPage,
    PageMoved,
    PermissionMissing,
    PersonUnknown,
    PersonUnreadable,
    ProofWrong,
    QueryTimedOut,
    Redirected,
    RequestRefused,
    SecretMissing,
    Throttled,
    TokenDead,
    TooMuchData,
    Unavailable,
    Unreachable,
)
from pageinbox.model.post import Foreign, Line
from pageinbox.model.source import Page, Platform
from pageinbox.words.english import lasting

TOKEN_ENDS = {
    458: "the app was removed",
    459: "Facebook wants its owner to log in and pass a check",
    460: "its owner's password was changed",
    463: "it has expired",
    464: "its owner's account is not confirmed",
    467: "it was revoked",
    490: "Facebook wants its owner to log in and pass a check",
    492: "its owner no longer has a role on the Page",
}

TOKEN_REFUSED = {
    "grants": "the app was not granted {permissions} for the Page",
    "role": "its owner no longer has a role on the Page, or lacks the two-factor authentication its business requires",
    "page": "its owner can't reach the Page, or the Page is gone",
    "check": TOKEN_ENDS[459],
    "unreadable": "it was cut short, or is an Instagram token instead of the Page's",
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


STOPPED = {
    "paused": "Meta has paused the app because it was not active",
    "deactivated": "Meta has deactivated the app",
    "blocked": "Meta has blocked the app",
    "deleted": "Meta no longer knows the app that the token was issued for",
}

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
        case RequestRefused(subcode=33) | RequestRefused(code=803) | PermissionMissing(code=3):
            return ()
        case PermissionMissing() if error.detail or error.subcode in (2018344, 2534048):
            return ()
    if not error.words or type(error) not in (GraphError, RequestRefused, PermissionMissing):
        return ()
    return (" Meta says: ", Foreign(error.words.rstrip(". "), quoted=True, most=160), ".")


def remedy(error: GraphError, page: Page, platform: Platform) -> str:
    """What went wrong and what to do, in our words alone."""
    number = f" ({error.number})" if error.number else ""
    here = f"PAGES.{page.name}"
    match error:
        case SecretMissing():
            return page.missing or "A secret of this Page was missing in the settings."
        case NoPageToken():
            return (
                f"The token is not a Page token{number}. Someone with the MESSAGING task on the Page has to issue one; "
                f"put it where the setting {here}.TOKEN points to and restart me."
            )
        case TokenDead():
            why = TOKEN_REFUSED.get(error.detail) or TOKEN_ENDS.get(error.subcode or 0, "")
            why = why.format(permissions=PERMISSIONS[platform])
            return (
                f"Meta no longer accepts the Page token{f': {why}' if why else ''}{number}. "
                "Someone with the MESSAGING task on the Page has to issue a new one; "
                f"put it where the setting {here}.TOKEN points to and restart me."
            )
        case AppStopped(detail="deleted"):
            return (
                f"{STOPPED[error.detail]}{number}. Issue a token for an app that exists, put it where the setting "
                f"{here}.TOKEN points to and restart me."
            )
        case AppStopped():
            what = STOPPED.get(error.detail, "Meta has stopped the app")
            undo = "have the block lifted" if error.detail == "blocked" else "reactivate it"
            return (
                f"{what}{number}; the token is not to blame. An admin of the app has to look up why in its dashboard "
                f"at Meta and {undo}."
            )
        case NotAPage():
            kind = f"; its type at Meta is {error.detail}" if error.detail else ""
            return f"{here}.ID is not the ID of a Page{number}{kind}. Put the Page's own ID there and restart me."
        case PageMoved():
            new = f", {error.detail}" if error.detail not in ("", page.id) else ""
            return (
                f"Meta has given the Page a new ID{new}{number}. Put it into {here}.ID, and a token for it where "
                f"{here}.TOKEN points to, and restart me."
            )
        case ProofWrong() if page.app_secret is None:
            return (
                f"The Meta app accepts only calls with a proof made with its app secret{number}, and {here}.APP_SECRET "
                "is not set. Put the app secret there and restart me."
            )
        case ProofWrong():
            return (
                f"Meta rejects the proof made with the app secret{number}. Check that {here}.APP_SECRET belongs to "
                "the app the token was issued for, and that this machine's clock is right."
            )
        case PermissionMissing(code=3):
            return (
                f"The Meta app lacks a capability I need{number}. Its developer has to add Messenger and Instagram "
                f"messaging to the app. If {here}.ID is an Instagram account's, put the Page's there."
            )
        case DirectMessagesDisabled():
            return (
                f"The Instagram account doesn't let apps read its messages{number}; the token is fine. Its owner has "
                "to turn on “Allow access to messages” in the Instagram app's settings, under messages and connected "
                "tools."
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
        case PermissionMissing() if error.detail:
            which = f"{'permissions' if ' ' in error.detail else 'permission'} {error.detail}"
            return (
                f"The token lacks the {which}{number}. Someone with the MESSAGING task on the Page has to grant "
                f"{'them' if ' ' in error.detail else 'it'} to the app and issue a new token for {here}.TOKEN."
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
        case ConversationUnknown():
            return (
                f"Meta no longer finds this conversation, or hides it from the token{number}. "
                "Open the inbox in Business Suite."
            )
        case FieldUnknown():
            return f"Meta no longer knows the field {error.field}{number}, which I can't do without. Update err-inbox."
        case CursorDead():
            return f"The list keeps changing while I read it{number}. Ask again."
        case RequestRefused(subcode=33) | RequestRefused(code=803):
            return f"Meta finds no such Page or conversation, or hides it from the token{number}. Check {here}.ID."
        case RequestRefused() if error.code not in KNOWN:
            return f"Meta answers with an error I don't know{number}. Ask again; if it lasts, look it up at Meta."
        case RequestRefused():
            return f"Meta rejects the request{number or detail(error)}. Check {here}.ID, GRAPH_VERSION and GRAPH_URL."
        case Redirected():
            return f"GRAPH_URL answers with a redirect{detail(error)}, which I don't follow. Check GRAPH_URL."
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
                return f"{why}. It took so long that I'll wait {lasting(error.retry_after)} before I ask again."
            if not number:
                return f"{why}. I tried {times(error.tries)}; ask again in a moment. If it lasts, check GRAPH_URL."
            return f"{why}. I tried {times(error.tries)}; ask again in a moment."
    return f"Meta gave an answer I don't know{number}. Ask again; if it keeps happening, report it with that number."


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
                "Check the app's dashboard at Meta; I make no calls for this Page until the block may be over."
            )
        case Throttled():
            what = LIMITS.get(error.code or 0, "a limit")
            return (
                f"Meta says {what} has been reached{number}. I'll try again once it may be over; sooner would not help."
            )
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
            return f"Meta can't return even one conversation at a time{number}. I keep trying."
        case RequestRefused() if error.code not in KNOWN:
            return f"Meta answers with an error I don't know{number}. I keep trying; if it lasts, look it up at Meta."
    if type(error) is GraphError:
        report = "; report it with that number" if number else ""
        return f"Meta gives an answer I don't know{number}{report}. I keep trying."
    return f"{remedy(error, page, platform)} I keep trying."


def times(number: int) -> str:
    """`once`, `twice`, `3 times`."""
    return {1: "once", 2: "twice"}.get(number, f"{number} times")


def detail(error: GraphError) -> str:
    """What we saw of it, in brackets."""
    return f" ({error.detail})" if error.detail else ""
