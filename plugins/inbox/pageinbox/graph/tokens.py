"""When a Page's token ends: what Meta says of it at `/debug_token`."""

from __future__ import annotations

from contextlib import suppress

import msgspec

from pageinbox.graph.calls import Calls
from pageinbox.graph.decoding import whole_characters
from pageinbox.graph.mending import mended
from pageinbox.graph.values import FieldError, seconds
from pageinbox.graph.wire import Flag, Time, is_set
from pageinbox.model.errors import RequestRefused, Unavailable
from pageinbox.model.secret import Secret
from pageinbox.model.token import UNKNOWN, TokenEnds

INVALID_PARAMETER = 100
"""What Meta answers where only the app itself, or its developers, may ask about the token."""


class WireToken(msgspec.Struct):
    is_valid: Flag = None
    expires_at: Time = None
    data_access_expires_at: Time = None


class WireDebugged(msgspec.Struct):
    data: WireToken | None = None


class WireApp(msgspec.Struct):
    id: str | int | None = None


def ends(calls: Calls) -> TokenEnds:
    """When the token of the Page whose calls these are ends.

    The token is asked about itself, and where Meta refuses that, the app is, if its secret is known. Nothing is known
    of a token that is no longer good: looks tell of it. Raises a `GraphError`.
    """
    about = {"input_token": calls.page.token.reveal()}
    try:
        return calls.aside("debug_token", about, decode_ends)
    except RequestRefused as refused:
        if calls.page.app_secret is None or refused.code != INVALID_PARAMETER:
            raise
    app = calls.aside("app", {"fields": "id"}, decode_app)
    as_app = Secret(f"{app}|{calls.page.app_secret.reveal()}")
    return calls.aside("debug_token", about, decode_ends, token=as_app)


def decode_ends(body: bytes) -> TokenEnds:
    """The body of `/debug_token`. Raises Unavailable if it is none."""
    reply = mended(whole_characters(body), WireDebugged)
    if reply is None or (told := reply.data) is None:
        raise Unavailable("the reply tells nothing of a token")
    if told.is_valid is not None and not is_set(told.is_valid):
        return UNKNOWN
    return TokenEnds(moment(told.expires_at), moment(told.data_access_expires_at))


def moment(value: Time) -> float | None:
    """A time as seconds since 1970; None for 0, which is never, and for what is no time."""
    with suppress(FieldError):
        return seconds(value, "")
    return None


def decode_app(body: bytes) -> str:
    """The id in the body of `/app`. Raises Unavailable if there is none."""
    app = mended(whole_characters(body), WireApp)
    id = str(app.id) if app is not None else ""
    if not (id.isascii() and id.isdecimal()):
        raise Unavailable("the reply is not the app it should be")
    return id
