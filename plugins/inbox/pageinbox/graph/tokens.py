"""What Meta says of a Page's token at `/debug_token`."""

from __future__ import annotations

import re
from contextlib import suppress

import msgspec

from pageinbox.graph.calls import Calls
from pageinbox.graph.classify import WireError, classify
from pageinbox.graph.decoding import whole_characters
from pageinbox.graph.mending import mended
from pageinbox.graph.values import FieldError, seconds
from pageinbox.graph.wire import LONGEST_NAME, Flag, Time, is_set
from pageinbox.model.errors import RequestRefused, TokenDead, Unavailable
from pageinbox.model.secret import Secret
from pageinbox.model.token import TokenEnds, TokenFacts

INVALID_PARAMETER = 100
"""What Meta answers where only the app itself, or its developers, may ask about the token."""

NAME, KIND, ID = re.compile(r"[a-z][a-z_0-9]{0,79}"), re.compile(r"[A-Z_]{1,30}"), re.compile(r"[0-9]{1,30}")
"""What a permission, Meta's word for whose token it is, and an id look like."""


class WireGrant(msgspec.Struct):
    """A permission, and for which objects it holds; for all where there are none."""

    scope: str | None = None
    target_ids: list[str | int | None] | None = None


class WireWhy(msgspec.Struct):
    """Why a token is not good, within what is said of it: an `error` object of another shape than all others."""

    code: int | str | float | None = None
    subcode: int | str | float | None = None
    message: str | None = None


class WireToken(msgspec.Struct):
    is_valid: Flag = None
    error: WireWhy | None = None
    expires_at: Time = None
    data_access_expires_at: Time = None
    type: str | None = None
    profile_id: str | int | None = None
    app_id: str | int | None = None
    application: str | None = None
    scopes: list[str | None] | None = None
    granular_scopes: list[WireGrant | None] | None = None


class WireDebugged(msgspec.Struct):
    data: WireToken | None = None


class WireApp(msgspec.Struct):
    id: str | int | None = None


def facts(calls: Calls) -> TokenFacts:
    """What Meta says now of the token of the Page whose calls these are; of one that it refuses, why.

    The token is asked about itself, and where Meta refuses that, the app is, if its secret is known. Raises a
    `GraphError` where nothing is to be known of it.
    """
    about = {"input_token": calls.page.token.reveal()}
    try:
        return calls.aside("debug_token", about, decode_facts)
    except TokenDead as refused:
        return TokenFacts(valid=False, refusal=refused)
    except RequestRefused as refused:
        if calls.page.app_secret is None or refused.code != INVALID_PARAMETER:
            raise
    app = calls.aside("app", {"fields": "id"}, decode_app)
    as_app = Secret(f"{app}|{calls.page.app_secret.reveal()}")
    try:
        return calls.aside("debug_token", about, decode_facts, token=as_app)
    except TokenDead as refused:  # of the app's, not of the Page's
        raise RequestRefused(refused.detail, code=refused.code, subcode=refused.subcode) from None


def decode_facts(body: bytes) -> TokenFacts:
    """The body of `/debug_token`. Raises Unavailable if it is none."""
    reply = mended(whole_characters(body), WireDebugged)
    if reply is None or (told := reply.data) is None:
        raise Unavailable("the reply tells nothing of a token")
    valid = None if told.is_valid is None else is_set(told.is_valid)
    grants = {grant.scope: grant.target_ids for grant in told.granular_scopes or () if grant and grant.scope}
    return TokenFacts(
        valid,
        refusal_of(told.error) if valid is False else None,
        TokenEnds(moment(told.expires_at), moment(told.data_access_expires_at)),
        kind=matching(KIND, told.type),
        profile=matching(ID, told.profile_id),
        app=matching(ID, told.app_id),
        application=(told.application or "")[:LONGEST_NAME],
        scopes=frozenset(filter(None, (matching(NAME, scope) for scope in told.scopes or ()))),
        granted={
            scope: tuple(filter(None, (matching(ID, target) for target in targets)))
            for scope, targets in grants.items()
            if targets and NAME.fullmatch(scope)
        },
        endless=told.expires_at in (0, "0"),
    )


def refusal_of(why: WireWhy | None) -> TokenDead:
    """Why a token is not good, where that is told."""
    if why is not None:
        error = classify(WireError(why.message, why.code, why.subcode), 400)
        if isinstance(error, TokenDead):
            return error
    return TokenDead()


def matching(pattern: re.Pattern[str], value: object) -> str:
    """A text or a number as it is written; empty where it does not look as it should."""
    text = "" if value is None else str(value)
    return text if pattern.fullmatch(text) else ""


def moment(value: Time) -> float | None:
    """A time as seconds since 1970; None for 0, which is never, and for what is no time."""
    with suppress(FieldError):
        return seconds(value, "")
    return None


def decode_app(body: bytes) -> str:
    """The id in the body of `/app`. Raises Unavailable if there is none."""
    app = mended(whole_characters(body), WireApp)
    if not (id := matching(ID, app and app.id)):
        raise Unavailable("the reply is not the app it should be")
    return id
