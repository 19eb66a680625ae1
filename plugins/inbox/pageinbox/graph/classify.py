"""From Meta's `error` object to the exception that says what can be done about it."""

from __future__ import annotations

import re

import msgspec

from pageinbox.model.errors import (
    Blocked,
    CursorDead,
    FieldUnknown,
    GraphError,
    MessageGone,
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
REDUCE = "reduce the amount of data"
NONEXISTING = re.compile(r"nonexisting field \((\w{1,40})\w*\)")
DELETED = "has been deleted by the user or the business"


class WireError(msgspec.Struct):
    """Meta's `error` object."""

    message: str | None = None
    code: int | str | float | None = None
    error_subcode: int | str | float | None = None
    error_user_msg: str | None = None
    is_transient: bool | str | int | None = None


def whole(value: int | str | float | None) -> int | None:
    try:
        return int(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return None


def classify(error: WireError, status: int, regain: float = 0.0) -> GraphError:
    """The exception for an `error` object.

    `status` is the HTTP status, `regain` the seconds after which the usage headers promise access again (0 when they
    do not say). Texts are consulted only for a deleted message, a field's name, a cursor and the plea for less data,
    which share their codes with other things.
    """
    code, subcode = whole(error.code), whole(error.error_subcode)
    text = f"{error.message or ''} {error.error_user_msg or ''}"
    folded = text.casefold()

    def made(kind: type[GraphError], retry_after: float = 0.0) -> GraphError:
        return kind(code=code, subcode=subcode, retry_after=retry_after)

    if DELETED in folded or code == 9000001:
        return made(MessageGone)
    if REDUCE in folded or (code, subcode) == (1, 99) or code == -3:
        return made(TooMuchData)
    match code:
        case 190 | 102:
            return made(TokenDead)
        case 104:
            return made(ProofWrong)
        case 230:
            return made(PersonUnreadable)
        case 368:
            return made(Blocked, retry_after=max(regain, 6 * HOUR))
        case 4 | 17 | 32 | 341 | 613:
            return made(Throttled, retry_after=regain)
        case 100:
            if "appsecret_proof" in folded:
                return made(ProofWrong)
            if field := NONEXISTING.search(text):
                return FieldUnknown(field[1], code=code, subcode=subcode)
            if subcode in (2018001, 2534014):
                return made(PersonUnknown)
            return made(CursorDead if "cursor" in folded else RequestRefused)
        case 2500 | 803:
            return made(RequestRefused)
        case 3 | 10:
            return made(PermissionMissing)
    if code is not None and 80000 <= code <= 80099:
        return made(Throttled, retry_after=regain)
    if code is not None and 200 <= code <= 299:
        return made(PermissionMissing)
    if subcode == 2018344:
        return made(PermissionMissing)
    if subcode == 2534084 or code == -2:
        return made(QueryTimedOut)
    if code in (1, 2, -1) or error.is_transient in (True, "true", 1) or status >= 500 or status in (408, 429):
        return made(Unavailable)
    return made(RequestRefused)
