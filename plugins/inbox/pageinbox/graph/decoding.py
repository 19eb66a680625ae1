"""The typed decoding of what the Graph answers: Meta's types are expected, and not taken for granted."""

from __future__ import annotations

import re
from collections.abc import Sized
from contextlib import suppress
from typing import Any, Generic, TypeVar
from urllib.parse import parse_qsl, urlsplit

import msgspec

from pageinbox.graph.classify import WireError, classify
from pageinbox.graph.mending import BROKEN, LOOSE, NULL, mended
from pageinbox.graph.wire import LONGEST_ID, LONGEST_NAME, WireAccount, WireConversation, WireIdentity, WireMessage
from pageinbox.model.conversation import Unreadable
from pageinbox.model.errors import TooMuchData, Unavailable
from pageinbox.model.source import Identity

T = TypeVar("T")

ITEMS_MAX = 2000
"""Items beyond which a list is taken for a mistake: we ask for 200 at most, and Meta is reported to give no more."""

CURSOR_MAX = 4096
"""Characters of a cursor, which has to go into an address: Meta's have some hundred."""

NO_ERROR = (b"null", b"false", b"0", b'""')
"""What stands for `error` where all went well."""

HALF = re.compile(
    rb"\\u[dD](?:[89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])"
    rb"|(?<!\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD])[c-fC-F][0-9a-fA-F]{2})"
)
"""Begins with what both halves begin with, by which a body is searched ten times as fast."""


class Items(msgspec.Struct, Generic[T]):
    """The `{data, paging}` of a list, or its error; its paging is decoded apart, so that it cannot cost the data."""

    data: list[T] | None = None
    paging: msgspec.Raw = NULL
    error: msgspec.Raw = NULL


class Cursors(msgspec.Struct):
    after: str | None = None


class Paging(msgspec.Struct):
    cursors: Cursors | None = None
    next: str | None = None


class Listed(msgspec.Struct, Generic[T], frozen=True):
    """A decoded list: the items that could be read, those that could not, and whether there is more.

    `next` holds a token, so it is only ever looked at to see that it is there.
    """

    items: list[T]
    unreadable: list[Unreadable]
    more: bool
    after: str | None


class ErrorEnvelope(msgspec.Struct):
    """How a body carries an error: as an object, or bare, as Meta's older side and its login write it."""

    error: msgspec.Raw = NULL
    error_code: int | str | None = None
    error_msg: str | None = None
    type: str | None = None
    code: int | str | None = None
    message: str | None = None


LISTS: dict[type, msgspec.json.Decoder[Items[Any]]] = {
    kind: msgspec.json.Decoder(Items[kind])  # type: ignore[valid-type]
    for kind in (WireConversation, WireMessage)
}
ONE_BY_ONE = msgspec.json.Decoder(Items[msgspec.Raw])


def decode_list(body: bytes | msgspec.Raw, kind: type[T]) -> Listed[T]:
    """A `{data, paging}` body as typed items; of an item that does not fit, what fits; what is none is named.

    Raises Unavailable when there is no list in it at all, TooMuchData for one beyond `ITEMS_MAX`, and what an `error`
    beside it stands for.
    """
    unreadable: list[Unreadable] = []
    try:
        found = LISTS[kind].decode(body)
        items, paging, error = found.data, found.paging, found.error
    except BROKEN:
        try:
            raw = ONE_BY_ONE.decode(whole_characters(body))
        except BROKEN as why:
            raise Unavailable(f"the reply is not the list it should be: {why}") from None
        expect_no_more(raw.data)
        decoder = msgspec.json.Decoder(kind)
        tried = None if raw.data is None else [mended(item, kind, decoder) for item in raw.data]
        items, paging, error = tried and [item for item in tried if item is not None], raw.paging, raw.error
        for number, item in enumerate(tried or (), 1):
            if item is None:
                unreadable.append(Unreadable(f"number {number}", "it is not an object"))
    wrong = error_of(error)
    if wrong is None and not items:
        wrong = decode_error(bytes(body))  # which may stand bare beside an empty list
    if wrong is not None:
        raise classify(wrong, 200)
    if items is None:
        raise Unavailable("the reply contains no list")
    expect_no_more(items)
    turn = mended(whole_characters(paging), Paging) or Paging()
    after = (turn.cursors and turn.cursors.after) or after_in(turn.next)
    return Listed(items, unreadable, more=bool(turn.next), after=after if len(after or "") <= CURSOR_MAX else None)


def after_in(address: str | None) -> str | None:
    """The cursor in the address of a next page, for a paging that has none beside it; nothing else of it is used."""
    with suppress(ValueError):
        return dict(parse_qsl(urlsplit(address or "").query)).get("after")
    return None


def expect_no_more(items: Sized | None) -> None:
    """Raises TooMuchData for a list that is longer than any that we asked for."""
    if items is not None and len(items) > ITEMS_MAX:
        raise TooMuchData(f"more than {ITEMS_MAX:,} items in one list")


def decode_thread(body: bytes) -> tuple[WireConversation, Listed[WireMessage]]:
    """The body of a thread's own node: the conversation and its messages. Raises Unavailable if it is neither."""
    try:
        fields = LOOSE.decode(whole_characters(body))
    except BROKEN as error:
        raise Unavailable(f"the conversation could not be read: {error}") from None
    inner = fields.pop("messages", NULL)
    messages = Listed[WireMessage]([], [], more=False, after=None)
    if bytes(inner) not in (b"null", b"[]", b"{}"):
        bare = bytes(inner).startswith(b"[")
        messages = decode_list(b'{"data":%b}' % bytes(inner) if bare else inner, WireMessage)
    return mended(msgspec.json.encode(fields), WireConversation), messages


def decode_identity(body: bytes) -> Identity:
    """The body of a Page's own node. Raises Unavailable if it is none."""
    wire = mended(whole_characters(body), WireIdentity)
    if wire is None:
        raise Unavailable("the reply is not the Page it should be")
    account = wire.instagram_business_account or WireAccount()
    account_id = None if account.id is None else str(account.id)[:LONGEST_ID]
    name, username = (text and text[:LONGEST_NAME] for text in (wire.name, account.username))
    return Identity(name, account_id, username)


def decode_error(body: bytes) -> WireError | None:
    """The `error` of a body, or None where it has none. Raises Unavailable if the body is no JSON."""
    text = whole_characters(body)
    try:
        msgspec.json.decode(text, type=msgspec.Raw)
    except BROKEN:
        raise Unavailable("a body that isn't JSON") from None
    with suppress(*BROKEN):
        text = next(iter(msgspec.json.decode(text, type=list[msgspec.Raw])), text)
    envelope: ErrorEnvelope = mended(text, ErrorEnvelope) or ErrorEnvelope()
    if envelope.error_code is not None:
        return WireError(envelope.error_msg, envelope.error_code)
    if (envelope.type or "").endswith("Exception"):
        return WireError(envelope.message, envelope.code)
    return error_of(envelope.error)


def error_of(raw: msgspec.Raw) -> WireError | None:
    """The value of `error` as far as it can be read, also where it is only a text; None for null, false and 0."""
    return None if bytes(raw) in NO_ERROR else mended(raw, WireError) or WireError(mended(raw, str))


def whole_characters(body: bytes | msgspec.Raw) -> bytes:
    """JSON with every half of a surrogate pair replaced: a text cut in the middle of an emoji is no reason to fail."""
    text = bytes(body)
    return HALF.sub(rb"\\ufffd", text) if b"\\u" in text else text
