"""What can go wrong with a call to the Graph: one exception type for each thing a person can do about it.

The codes are those of Meta's error reference and of the clients that run against it; the body decides, at any HTTP
status. No exception carries a URL, a header of ours or a token.
"""

from __future__ import annotations

import re
from typing import Any

import msgspec

HOUR = 3600.0
REDUCE = "reduce the amount of data"
NONEXISTING = re.compile(r"nonexisting field \((\w{1,40})\w*\)")
DELETED = "has been deleted by the user or the business"


class GraphError(Exception):
    """A call that gave no answer. Subclasses say what to do; `code` and `subcode` are Meta's, if it sent any.

    `detail` is a few words of our own on what happened, `retry_after` the seconds to leave the Page alone.
    """

    def __init__(
        self, detail: str = "", *, code: int | None = None, subcode: int | None = None, retry_after: float = 0.0
    ) -> None:
        super().__init__(detail, code, subcode)
        self.detail = detail
        self.code = code
        self.subcode = subcode
        self.retry_after = retry_after

    @property
    def number(self) -> str:
        """Meta's code as people quote it: ``190/463``, ``100``, or nothing."""
        if self.code is None:
            return ""
        return f"{self.code}/{self.subcode}" if self.subcode else str(self.code)

    def __str__(self) -> str:
        return " ".join(filter(None, (type(self).__name__, self.number, self.detail)))


class TokenDead(GraphError):
    """190, 102: the token is no longer accepted. Never retried; somebody has to issue a new one."""


class PermissionMissing(GraphError):
    """10, 200-299, 3: the app or its person may not read this. Never retried."""


class ProofWrong(GraphError):
    """104: the app secret does not belong to the token's app, or the clock is wrong. Never retried."""


class RequestRefused(GraphError):
    """100, 2500, 803: Meta does not understand the question or knows no such object. Never retried unchanged."""


class FieldUnknown(RequestRefused):
    """100 naming a field: `field` is left out from now on."""

    def __init__(self, field: str, **more: Any) -> None:
        super().__init__(f"no field {field}", **more)
        self.field = field


class CursorDead(RequestRefused):
    """100 about a cursor: the walk starts again from the front."""


class PersonUnknown(RequestRefused):
    """100/2018001, 100/2534014: the Page has no conversation with this user id."""


class PersonUnreadable(GraphError):
    """230: Meta does not let the Page read this person. Never retried."""


class MessageGone(GraphError):
    """Details of a message are given for the 20 latest only; older ones count as deleted."""


class Blocked(GraphError):
    """368: blocked for abuse. Every call for this Page stops for hours."""


class Throttled(GraphError):
    """4, 17, 32, 341, 613, 800xx: asked too often. The Page is left alone for `retry_after` seconds."""


class QueryTimedOut(GraphError):
    """-2 / 2534084: Instagram gives up searching; at Standard Access it always will. Not hammered."""


class TooMuchData(GraphError):
    """Meta asks to ask for less, or the reply was larger than we accept: fewer conversations a call."""


class Unavailable(GraphError):
    """1, 2, is_transient, 5xx, resets, timeouts, replies that are no JSON: passing trouble, retried with backoff.

    `tries` is how often it was tried in vain.
    """

    tries: int = 1


class Redirected(GraphError):
    """The address answers with a redirect, which is never followed: a token could travel to a stranger."""


class WireError(msgspec.Struct):
    """Meta's ``error`` object."""

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
    """The exception for an ``error`` object.

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
    if REDUCE in folded:
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


def stored(error: GraphError) -> str:
    """An error as the ledger keeps it; see :func:`revived`."""
    told = {"kind": type(error).__name__, "detail": error.detail, "code": error.code, "subcode": error.subcode,
            "retry_after": error.retry_after, "field": getattr(error, "field", None)}  # fmt: skip
    return msgspec.json.encode(told).decode()


def revived(text: str) -> GraphError:
    """The error behind what :func:`stored` gave; a kind that is no longer known becomes a plain GraphError."""
    told = msgspec.json.decode(text)
    kinds = {kind.__name__: kind for kind in all_kinds(GraphError)}
    kind = kinds.get(told["kind"], GraphError)
    numbers = {"code": told["code"], "subcode": told["subcode"], "retry_after": told["retry_after"]}
    if kind is FieldUnknown:
        return FieldUnknown(told["field"], **numbers)
    return kind(told["detail"], **numbers)


def all_kinds(kind: type[GraphError]) -> list[type[GraphError]]:
    """A kind of error and every kind of it."""
    return [kind, *(deeper for below in kind.__subclasses__() for deeper in all_kinds(below))]
