"""From Meta's `error` object to the exception that says what can be done about it."""

from __future__ import annotations

import re

import msgspec

from pageinbox.model.errors import (
    ADVANCED,
    AppStopped,
    Blocked,
    CursorDead,
    DirectMessagesDisabled,
    FieldUnknown,
    GraphError,
    MessageGone,
    NoPageToken,
    NotAPage,
    NotLinked,
    OwnerUnable,
    PageMoved,
    PermissionMissing,
    PersonUnknown,
    PersonUnreadable,
    ProofWrong,
    QueryTimedOut,
    RequestRefused,
    Throttled,
    TokenDead,
    TooMuchData,
    Unavailable,
)

HOUR = 3600.0
TOO_MANY = 429
"""The status of a gateway's limit, which is as good as a code of Meta's; Meta's own limits come with other ones."""

REDUCE = "reduce the amount of data"
NONEXISTING = re.compile(r"nonexisting field \((\w{1,40})\w*\)")
OF_A_PAGE = re.compile(r"\((?:conversations|instagram_business_account)\)(?:.*\(([A-Za-z]{1,20})\))?", re.DOTALL)
"""Fields of every Page, and what Meta calls the node that lacks them, in whatever language."""

DELETED = "has been deleted by the user or the business"
PAGE_TOKEN, NO_TOKEN = re.compile(r"(?<!this )(?<!match )page access token"), "an access token is required"
PAGE_TOKEN_REQUIRED = (2069030, 2069032)
"""Of Pages in the new experience everything takes a Page token, or is not there at all, which nothing we read is."""

NO_PROFILE = 2018218
"""The subcode of 100 for somebody of whom Meta tells nothing, such as who has Messenger without Facebook."""

OF_100 = (2018001, 2534001, 2534013, 2534014, NO_PROFILE)
"""Subcodes of 100 that people have met as the code, or without one."""

UNLINKED = "not linked to an instagram account"
DISABLED = "disabled access to instagram direct messages"
PUBLIC = re.compile(r"to use .page public (?:content|metadata) access|page public (?:content|metadata) access requires")
"""What Meta says of access to other people's Pages, to whoever asks with a token that is not this Page's."""

REVOKED = {
    "grants": re.compile(r"permission(?:\(s\))? must be granted"),
    "role": re.compile(r"must be an administrator"),
    "page": re.compile(r"belongs to a page that"),
    "check": re.compile(r"checkpoint|log in to www\.facebook\.com"),
    "idle": re.compile(r"engaged the app"),
    "unreadable": re.compile(
        r"(?:cannot parse|decrypt|malformed) (?:the )?access token|token signature|access token data"
        r"|access token could not be decrypted"
    ),
    "expired": re.compile(r"(?:session|token) has expired"),
    "password": re.compile(
        r"changed (?:their|the|his|her|your) password|does not match (?:the )?current stored session"
    ),
    "removed": re.compile(r"has not authorized (?:the )?application"),
    "unconfirmed": re.compile(r"not a confirmed user"),
    "revoked": re.compile(r"is invalid because the user logged out|invalidated explicitly"),
}
"""Why a token is not accepted where the subcode does not say, or says another thing."""

SAID_BY_SUBCODE = ("unreadable", "expired", "password", "removed", "unconfirmed", "revoked")
"""Those that a subcode tells better, if there is one: a token that has one was read, and good once."""

STOPPED = {
    "deleted": re.compile(r"(?:validating|loading) application|application has been deleted"),
    "paused": re.compile(r"non-active (?:app|account)|app(?:lication)? is (?:paused|inactive|not active)"),
    "blocked": re.compile(r"api access (?:is |has been )?(?:blocked|restricted)|app(?:lication)? is blocked"),
    "deactivated": re.compile(
        r"api access (?:is |has been )?(?:deactivated|disabled|disrupted)|data use checkup"
        r"|app(?:lication)? (?:is|has been) (?:deactivated|disabled)"
    ),
}
"""What Meta may have done to an app, and what it says then."""

UNABLE = {
    "role": re.compile(r"not have sufficient administrative permission|must be an administrator"),
    "app": re.compile(r"cannot call api for app|(?:has not|hasn['’]t) authorized (?:the )?application"),
    "another": re.compile(r"page does not match page access token"),
}
"""What a token or its owner may lack besides permissions, and what Meta says then."""

STANDARD = re.compile(
    r"(?:does not|doesn['’]t) have advanced access|has no advanced access|not have (?:a )?role on (?:the )?app"
)
"""What Meta says to an app with Standard Access alone. It names the permission, which was granted."""

PERMISSION = re.compile(
    r"\b(?:pages_messaging|pages_manage_metadata|pages_read_engagement|pages_show_list|pages_read_user_content"
    r"|business_management|instagram_basic|instagram_manage_messages)\b"
)
PASSING = re.compile(r"(?:unknown|unexpected) error|temporarily unavailable|try again later|retry your request")
"""What Meta says of trouble on its side, whatever its code."""

CODE = re.compile(r"\(#(\d{1,9})\)")
BEYOND = 10**9
"""No code is as high: it is shown, and kept."""

MOVED_TO = re.compile(r"\d{5,30}")
LONG = re.compile(r"[\w-]{32,}")
"""What may be a token, or a part of one; no field or permission has so long a name."""

LONGEST, WORDS = 5000, 300
"""Characters of Meta's that are read, and that are kept: its sentences are shorter."""


class WireError(msgspec.Struct):
    """Meta's `error` object."""

    message: str | None = None
    code: int | str | float | None = None
    error_subcode: int | str | float | None = None
    error_user_msg: str | None = None
    is_transient: bool | str | int | None = None


def whole(value: int | str | float | None) -> int | None:
    """A code as a number; None where it is none, or so long that it can't be one."""
    try:
        number = int(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return None
    return number if abs(number) < BEYOND else None


def classify(error: WireError, status: int, regain: float = 0.0) -> GraphError:
    """The exception for an `error` object.

    `status` is the HTTP status, `regain` the seconds after which the usage headers promise access again (0 when they
    do not say). Texts are consulted only for what shares its code with other things.
    """
    shorter = {"message": beginning(error.message), "error_user_msg": beginning(error.error_user_msg)}
    error = msgspec.structs.replace(error, **shorter)
    text = " ".join(filter(None, (error.message, error.error_user_msg)))
    code, subcode = whole(error.code), whole(error.error_subcode)
    if code is None and (named := CODE.search(text)):
        code = int(named[1])
    if code is None and status == TOO_MANY:
        code = TOO_MANY
    words = LONG.sub("…", said_by(error))[:WORDS]

    def made(kind: type[GraphError], detail: str = "", retry_after: float = 0.0) -> GraphError:
        return kind(detail, code=code, subcode=subcode, retry_after=retry_after, words=words)

    base, sub = code, subcode
    if code in OF_100 or (code is None and subcode in OF_100):
        base, sub = 100, code or subcode
    if (told := told_by_text(base, sub, text)) is not None:
        return made(*told)
    match base:
        case 190 | 102 | 450 | 452:
            return made(TokenDead)
        case 210:
            return made(NoPageToken)
        case 101:
            return made(AppStopped, "deleted")
        case 5:
            return made(AppStopped, "address")
        case 104:
            return made(RequestRefused if NO_TOKEN in text.casefold() else ProofWrong)
        case 230 | 551:
            return made(PersonUnreadable)
        case 368:
            return made(Blocked, retry_after=max(regain, 6 * HOUR))
        case 4 | 9 | 17 | 32 | 341 | 613 | 429:
            return made(Throttled, retry_after=regain)
        case 100:
            if field := NONEXISTING.search(text):
                return FieldUnknown(field[1], code=code, subcode=subcode, words=words)
            if sub == NO_PROFILE:
                return made(PersonUnreadable)
            return made(PersonUnknown if sub in (2018001, 2534014) else RequestRefused)
        case 2500 | 803:
            return made(RequestRefused)
        case 3 | 10:
            return made(PermissionMissing)
    if status == TOO_MANY or (code is not None and 80000 <= code <= 80099):
        return made(Throttled, retry_after=regain)
    if code is not None and 200 <= code <= 299:
        return made(PermissionMissing)
    if subcode == 2018344:
        return made(PermissionMissing)
    if subcode == 2534084 or code == -2:
        return made(QueryTimedOut)
    if code in (1, 2, -1) or error.is_transient in (True, "true", 1) or status >= 500 or status == 408:
        return made(Unavailable)
    folded = text.casefold()
    if code is None and (status == 401 or "access token" in folded):
        return made(TokenDead)
    return made(Unavailable if PASSING.search(folded) else RequestRefused)


def beginning(text: str | None) -> str | None:
    """As many of an error's words as are read."""
    return text if text is None or len(text) <= LONGEST else text[:LONGEST].rpartition(" ")[0]


def said_by(error: WireError) -> str:
    """Meta's words for developers, and those for people where they tell more: the former may be `Invalid parameter`."""
    message, more = (error.message or "").strip(), (error.error_user_msg or "").strip()
    if not message or not more or more in message:
        return message or more
    return f"{message.rstrip('.')}: {more}"


def told_by_text(code: int | None, subcode: int | None, text: str) -> tuple[type[GraphError], str] | None:
    """What an error is by its text, and the detail; None where its codes alone tell."""
    folded = text.casefold()
    if DELETED in folded or code == 9000001:
        return MessageGone, ""
    if REDUCE in folded or (code, subcode) == (1, 99) or code == -3:
        return TooMuchData, ""
    if code == 21 or (code, subcode) == (100, 21):
        return PageMoved, ["", *MOVED_TO.findall(text)][-1]
    if code not in (3, 10, 100, 101, 190) and (code is None or not 200 <= code <= 299):
        return None
    if PAGE_TOKEN.search(folded) or subcode in PAGE_TOKEN_REQUIRED:
        return NoPageToken, ""
    if DISABLED in folded or subcode == 2534041:
        return DirectMessagesDisabled, ""
    for how, sign in STOPPED.items():
        if sign.search(folded):
            return AppStopped, how
    if STANDARD.search(folded):
        return PermissionMissing, ADVANCED
    if code == 190:
        why = next((why for why, sign in REVOKED.items() if sign.search(folded)), "")
        return TokenDead, "" if subcode and why in SAID_BY_SUBCODE else why
    for lack, sign in UNABLE.items():
        if sign.search(folded):
            return OwnerUnable, lack
    if PUBLIC.search(folded):
        return OwnerUnable, "another"
    if code == 100 and (subcode == 2534013 or UNLINKED in folded):
        return NotLinked, ""
    if code == 100 and "appsecret_proof" in folded:
        return ProofWrong, ""
    if code == 100 and (node := OF_A_PAGE.search(text)):
        if node[1] != "Page":
            return NotAPage, node[1] or ""
        if "(conversations)" in text:
            return PermissionMissing, ""
    if code != 101 and (permissions := dict.fromkeys(PERMISSION.findall(text))):
        return PermissionMissing, " and ".join(permissions)
    return (CursorDead, "") if code == 100 and "cursor" in folded else None
