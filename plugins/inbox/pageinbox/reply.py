"""One HTTP exchange with the Graph, and the typed decoding of what came back."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar
from urllib.parse import urlsplit

import msgspec
import requests
import urllib3

from pageinbox.conversation import Unreadable, WireConversation, WireMessage
from pageinbox.errors import Redirected, RequestRefused, TooMuchData, Unavailable, WireError, classify

CONNECT_TIMEOUT = 5.0
READ_TIMEOUT = 20.0
TOTAL_TIMEOUT = 30.0
"""Seconds from the request to the last byte; Meta's own slow Instagram queries die at about 30."""

HOST = re.compile(r"[a-z0-9.-]{1,80}")
BODY_MAX = 16 * 1024 * 1024
CHUNK = 128 * 1024

T = TypeVar("T")
Sign = Callable[[requests.PreparedRequest], requests.PreparedRequest]


class Reply(msgspec.Struct, frozen=True):
    """A reply whose body was read whole: status, headers (case-insensitive) and bytes."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def raise_error(self, regain: float) -> None:
        """Raise what Meta says went wrong, if anything.

        The body decides at any status, and the status only where the body is silent. `regain` are the seconds until
        access returns by the usage headers.
        """
        if b'"error"' in self.body or self.status >= 400:
            try:
                error = ERROR.decode(self.body).error
            except msgspec.ValidationError:
                error = WireError()
            except (msgspec.DecodeError, UnicodeError, RecursionError):
                raise Unavailable(f"status {self.status} with a body that is no JSON") from None
            if error is not None:
                raise classify(error, self.status, regain)
        if self.status >= 500 or self.status in (408, 429):
            raise Unavailable(f"status {self.status}")
        if self.status >= 400:
            raise RequestRefused(f"status {self.status}")


def receive(
    session: requests.Session, url: str, params: Mapping[str, str], sign: Sign, clock: Callable[[], float]
) -> Reply:
    """GET `url`, read at most :data:`BODY_MAX` bytes of the (unpacked) body, and give the reply at any status.

    Raises Unavailable for everything the network can do, TooMuchData for a larger body, Redirected for a redirect.
    None of them carries requests' own words, which quote the URL.
    """
    began = clock()
    try:
        with session.get(
            url,
            params=params,
            auth=sign,
            timeout=(CONNECT_TIMEOUT, READ_TIMEOUT),
            allow_redirects=False,
            stream=True,
        ) as response:
            if 300 <= response.status_code < 400:
                host = urlsplit(response.headers.get("location", "")).hostname or ""
                raise Redirected(f"to {host}" if HOST.fullmatch(host) else "")
            chunks, size = [], 0
            while chunk := response.raw.read1(CHUNK, decode_content=True):
                chunks.append(chunk)
                size += len(chunk)
                if size > BODY_MAX:
                    raise TooMuchData(f"more than {BODY_MAX // 2**20} MiB in one reply")
                if clock() - began > TOTAL_TIMEOUT:
                    raise Unavailable(f"the reply was not complete after {TOTAL_TIMEOUT:.0f} s")
            return Reply(response.status_code, response.headers, b"".join(chunks))
    except (requests.Timeout, urllib3.exceptions.TimeoutError):
        raise Unavailable(f"no answer within {READ_TIMEOUT:.0f} s") from None
    except requests.exceptions.SSLError:
        raise Unavailable("the secure connection could not be made") from None
    except (requests.ConnectionError, urllib3.exceptions.HTTPError, OSError):
        raise Unavailable("the connection failed") from None
    except requests.RequestException as error:
        raise Unavailable(type(error).__name__) from None


class ErrorEnvelope(msgspec.Struct):
    error: WireError | None = None


ERROR = msgspec.json.Decoder(ErrorEnvelope)


class Cursors(msgspec.Struct):
    after: str | None = None


class Paging(msgspec.Struct):
    cursors: Cursors | None = None
    next: str | None = None


class Items(msgspec.Struct, Generic[T]):
    """The ``{data, paging}`` of a list."""

    data: list[T] | None = None
    paging: Paging | None = None


class Listed(msgspec.Struct, Generic[T], frozen=True):
    """A decoded list: the items that could be read, those that could not, and whether there is more.

    `next` holds a token, so it is only ever looked at to see that it is there.
    """

    items: list[T]
    unreadable: list[Unreadable]
    more: bool
    after: str | None


class WireAccount(msgspec.Struct):
    id: str | int | None = None
    username: str | None = None


class WireIdentity(msgspec.Struct):
    name: str | None = None
    instagram_business_account: WireAccount | None = None


class Identity(msgspec.Struct, frozen=True):
    """Who a Page is at Meta; the Instagram part is None when no account is linked."""

    name: str | None
    instagram_id: str | None
    instagram_username: str | None


LISTS: dict[type, msgspec.json.Decoder[Items[Any]]] = {
    kind: msgspec.json.Decoder(Items[kind])  # type: ignore[valid-type]
    for kind in (WireConversation, WireMessage)
}
ONE_BY_ONE = msgspec.json.Decoder(Items[msgspec.Raw])
HALF = re.compile(
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])"
    rb"|(?<!\\u[dD][89abAB][0-9a-fA-F]{2})\\u[dD][c-fC-F][0-9a-fA-F]{2}"
)
LOOSE = msgspec.json.Decoder(dict[str, msgspec.Raw])


def decode_list(body: bytes | msgspec.Raw, kind: type[T]) -> Listed[T]:
    """A ``{data, paging}`` body as typed items; an item that does not fit is left out and named, the others stay.

    Raises Unavailable when there is no list in it at all.
    """
    unreadable: list[Unreadable] = []
    try:
        found = LISTS[kind].decode(body)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        found = Items()
        try:
            raw = ONE_BY_ONE.decode(whole_characters(body))
        except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
            raise Unavailable(f"the reply is not the list it should be: {error}") from None
        decoder = msgspec.json.Decoder(kind)
        found.paging, found.data = raw.paging, []
        for place, item in enumerate(raw.data or [], 1):
            try:
                found.data.append(decoder.decode(item))
            except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
                unreadable.append(Unreadable(name_of(item) or f"number {place}", str(error)))
    if found.data is None:
        raise Unavailable("the reply holds no list")
    paging = found.paging or Paging()
    return Listed(found.data, unreadable, paging.next is not None, paging.cursors.after if paging.cursors else None)


def decode_thread(body: bytes) -> tuple[WireConversation, Listed[WireMessage]]:
    """The body of a thread's own node: the conversation and its messages. Raises Unavailable if it is neither."""
    try:
        fields = LOOSE.decode(whole_characters(body))
        raw = fields.pop("messages", msgspec.Raw(b"null"))
        messages = Listed[WireMessage]([], [], False, None)
        if bytes(raw) != b"null":
            messages = decode_list(raw, WireMessage)
        return msgspec.json.decode(msgspec.json.encode(fields), type=WireConversation), messages
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise Unavailable(f"the conversation could not be read: {error}") from None


def decode_identity(body: bytes) -> Identity:
    """The body of a Page's own node. Raises Unavailable if it is none."""
    try:
        wire = msgspec.json.decode(body, type=WireIdentity)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise Unavailable(f"the Page could not be read: {error}") from None
    account = wire.instagram_business_account
    return Identity(
        wire.name,
        str(account.id) if account and account.id is not None else None,
        account.username if account else None,
    )


def whole_characters(body: bytes | msgspec.Raw) -> bytes:
    """JSON with every half of a surrogate pair replaced: a text cut in the middle of an emoji is no reason to fail."""
    return HALF.sub(rb"\\ufffd", bytes(body))


def name_of(item: msgspec.Raw) -> str | None:
    """The id of an item of which only that is of use."""
    try:
        value = msgspec.json.decode(LOOSE.decode(item)["id"])
    except (msgspec.DecodeError, UnicodeError, KeyError):
        return None
    return value if isinstance(value, str) else None


def open_session(url: str, environment: Mapping[str, str]) -> requests.Session:
    """A session for one Page's calls to `url`: proxies and certificates from `environment`, and nothing else of it.

    requests would look them up anew for every call, and would let a netrc entry replace the token.
    """
    session = requests.Session()
    session.trust_env = False
    told = {name.lower(): value for name, value in environment.items() if value}
    if not requests.utils.should_bypass_proxies(url, told.get("no_proxy", "")):
        proxies = {scheme: told.get(f"{scheme}_proxy") for scheme in ("http", "https", "all")}
        session.proxies.update({scheme: proxy for scheme, proxy in proxies.items() if proxy})
    session.verify = told.get("requests_ca_bundle") or told.get("curl_ca_bundle") or True
    session.headers["User-Agent"] = "err-inbox"
    return session
