"""What keeps us out of a Page until somebody settles it, at Meta or in the settings, and how that is done."""

from __future__ import annotations

from pageinbox.model.errors import (
    ADVANCED,
    AppStopped,
    DirectMessagesDisabled,
    GraphError,
    NoPageToken,
    NotAPage,
    NotLinked,
    OwnerUnable,
    PageMoved,
    PermissionMissing,
    ProofWrong,
    SecretMissing,
    TokenDead,
)
from pageinbox.model.source import Page, Platform
from pageinbox.words.common import PLATFORM_NAMES

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
    "idle": "its owner hasn't used the app for 90 days",
    "unreadable": "it was cut short, or is an Instagram token instead of the Page's",
    "expired": TOKEN_ENDS[463],
    "password": TOKEN_ENDS[460],
    "removed": TOKEN_ENDS[458],
    "unconfirmed": TOKEN_ENDS[464],
    "revoked": TOKEN_ENDS[467],
}

TICKED = ", ticking every Page I read in Meta's dialog: one that is left out there loses its token."

PERMISSIONS = {
    Platform.MESSENGER: "pages_messaging, pages_manage_metadata and pages_read_engagement",
    Platform.INSTAGRAM: "instagram_basic, instagram_manage_messages and pages_manage_metadata",
}

MESSAGING = {Platform.MESSENGER: "pages_messaging", Platform.INSTAGRAM: "instagram_manage_messages"}
INSTAGRAMS = 2534048
"""The subcode for an app without Advanced Access, which only Instagram has."""

STOPPED = {
    "paused": "Meta has paused the app because it was not active",
    "deactivated": "Meta has deactivated the app",
    "blocked": "Meta has blocked the app",
    "deleted": "Meta no longer knows the app that the token was issued for",
    "address": "The app's settings at Meta allow no calls from this machine's address",
}

UNDO = {
    "blocked": "look for a block in its dashboard at Meta and have it lifted; if there is none, issue a new token",
    "address": "add it to the server IP allowlist in its dashboard at Meta, or empty that list",
}


def put(page: Page) -> str:
    """What to do with a new token, as the end of a sentence: files are read again, all else at the start alone."""
    setting = f"the setting PAGES.{page.name}.TOKEN"
    if page.in_file:
        return f"put it into the file that {setting} names, and I'll pick it up"
    return f"put it where {setting} points to and restart me"


def access(error: GraphError, page: Page, platform: Platform) -> str | None:
    """What keeps us out and who has to do what, in our words alone; None for trouble of any other kind."""
    number = f" ({error.number})" if error.number else ""
    here = f"PAGES.{page.name}"
    match error:
        case SecretMissing():
            return page.missing or "A secret of this Page was missing in the settings."
        case NoPageToken():
            return (
                f"The token is not a Page token{number}. Someone with the MESSAGING task on the Page has to issue one; "
                f"{put(page)}."
            )
        case TokenDead():
            why = TOKEN_REFUSED.get(error.detail) or TOKEN_ENDS.get(error.subcode or 0, "")
            why = why.format(permissions=PERMISSIONS[platform])
            ticked = f"{TICKED} Then " if error.detail == "grants" else "; "
            return (
                f"Meta no longer accepts the Page token{f': {why}' if why else ''}{number}. "
                f"Someone with the MESSAGING task on the Page has to issue a new one{ticked}{put(page)}."
            )
        case AppStopped(detail="deleted"):
            return f"{STOPPED[error.detail]}{number}. Issue a token for an app that exists, {put(page)}."
        case AppStopped():
            what = STOPPED.get(error.detail, "Meta has stopped the app")
            undo = UNDO.get(error.detail, "look up why in its dashboard at Meta and reactivate it")
            blameless = "" if error.detail == "blocked" else "; the token is not to blame"
            return f"{what}{number}{blameless}. An admin of the app has to {undo}."
        case NotAPage():
            kind = f"; its type at Meta is {error.detail}" if error.detail else ""
            return f"{here}.ID is not the ID of a Page{number}{kind}. Put the Page's own ID there and restart me."
        case NotLinked():
            return (
                f"No Instagram account is linked to the Page, or a personal one{number}. Link a business or creator "
                f"account in the Page's settings at Meta, or leave instagram out of {here}.PLATFORMS."
            )
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
        case OwnerUnable(detail="role"):
            return (
                f"The token's owner lacks the MESSAGING task on the Page, or the two-factor authentication its "
                f"business requires{number}. Someone who has both has to issue a new token; {put(page)}."
            )
        case OwnerUnable(detail="another"):
            return (
                f"The token is not this Page's{number}, but another Page's, a person's or a system user's. Check "
                f"{here}.ID, or have someone with the MESSAGING task on the Page issue a token for it; {put(page)}."
            )
        case OwnerUnable():
            return (
                f"Meta doesn't let the app act for the token's owner{number}. Either they have removed the app, or it "
                "is in development and they have no role in it. Someone with the MESSAGING task on the Page, and with "
                f"a role in an app that isn't Live, has to issue a new token; {put(page)}."
            )
        case PermissionMissing() if error.detail == ADVANCED or error.subcode == INSTAGRAMS:
            whose = Platform.INSTAGRAM if error.subcode == INSTAGRAMS else platform
            return (
                f"The Meta app may not read this {PLATFORM_NAMES[whose]} inbox{number}. It needs Advanced Access to "
                f"{MESSAGING[whose]}, or the other person needs a role on the app."
            )
        case PermissionMissing(subcode=2018344):
            return (
                f"The Page has not accepted Meta's privacy terms for labels{number}. "
                "An admin of the Page has to accept them at Meta; the token is fine."
            )
        case PermissionMissing() if error.detail:
            which = f"{'permissions' if ' ' in error.detail else 'permission'} {error.detail}"
            needed = (
                f"Someone with the MESSAGING task on the Page has to grant {'them' if ' ' in error.detail else 'it'} "
                f"to the app and issue a new token for {here}.TOKEN."
            )
            if error.code == 100:  # which Meta answers for what the token does not find as well
                return f"Meta finds no such Page, or the token lacks the {which}{number}. Check {here}.ID. {needed}"
            return f"The token lacks the {which}{number}. {needed}"
        case PermissionMissing():
            return (
                f"The token lacks a permission{number}. It needs {PERMISSIONS[platform]}, granted by someone with the "
                "MESSAGING task on the Page."
            )
    return None
