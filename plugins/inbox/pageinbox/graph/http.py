"""One HTTP exchange with the Graph: what is sent, how long and how much is read, and whether the reply is an error."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Callable, Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime
from functools import lru_cache
from http.cookiejar import DefaultCookiePolicy
from urllib.parse import urlencode, urlsplit

import msgspec
import requests
import urllib3

from pageinbox.graph.classify import TOO_MANY, classify
from pageinbox.graph.deadline import Adapter, before_each_read
from pageinbox.graph.decoding import decode_error
from pageinbox.graph.unreachable import (
    CONNECT_TIMEOUT,
    NO_PROXY_ADDRESS,
    NO_SOCKS,
    WRONG_PASSWORD,
    why_unreachable,
)
from pageinbox.model.errors import Redirected, RequestRefused, Throttled, TooMuchData, Unavailable, Unreachable

READ_TIMEOUT = 20.0
"""Seconds of silence once the connection stands; a person is waiting."""

TOTAL_TIMEOUT = 30.0
"""Seconds from the request to the last byte; Meta's own slow Instagram queries die at about 30."""

BODY_MAX = 16 * 1024 * 1024
"""Bytes of a body, unpacked: 200 conversations whose last messages are 2,000 escaped characters make about 3 MiB."""

SMALL, VALUES_MAX = 2**20, 500_000
"""Bytes up to which the values in a body are not counted, and how many a larger one may have: 20 times what 200 full
conversations have. They take some hundred bytes each once they are decoded, however short they are.
"""

CHUNK = 64 * 1024
"""Bytes read between two looks at the size: a body is never further beyond its limit than this."""

FRONT = re.compile(rb"(?:\xef\xbb\xbf|for ?\(;;\);|\s)+")
"""What may stand before the JSON of a body: a mark of its encoding, or what keeps scripts from reading it."""

SECONDS, LONGEST_PAUSE = re.compile(r"[0-9]{1,6}"), 86_400.0
"""How long is to be waited, as a header says it, and what is more than any window of Meta's."""

LONGEST_REST = 3600.0
"""Seconds for which a gateway that is out of order is left alone at most, whatever it says."""

PROXY_REFUSES, NOT_MODIFIED = 407, 304
"""Statuses of those between us and Meta: a proxy without a tunnel, and a cache, which was not asked for this."""

LIST = b'{"data":'
"""How a list begins. Whether it holds an error too is seen when it is decoded; to search all of it takes longer."""

HOST = re.compile(r"[a-z0-9.-]{1,80}")
"""A host that can be named in a chat: nothing in it is markup, and it does not fill the screen."""

HERE = ("127.0.0.1", "localhost", "::1")
"""Hosts that are this machine, the same as GRAPH_URL may name without TLS."""

ADDRESSES = 100
"""Addresses of a Page that are kept as they are asked: its own two, and those of conversations that people look at."""


def only_the_host(record: logging.LogRecord) -> bool:
    """A filter for urllib3's log, which shows the address and the text of a reply whose headers it can't read.

    Ids of people are in the one, and customers' words may be in the other.
    """
    if str(record.msg).startswith("Failed to parse headers") and isinstance(record.args, tuple):
        record.args = tuple(urlsplit(str(part)).hostname or type(part).__name__ for part in record.args)
        record.exc_info = None
    return True


logging.getLogger("urllib3.connection").addFilter(only_the_host)

Sign = Callable[[requests.PreparedRequest], requests.PreparedRequest]


class Reply(msgspec.Struct, frozen=True):
    """A reply whose body was read whole: status, headers (case-insensitive) and bytes."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def date(self) -> float | None:
        """When it was sent by the server's own clock, in seconds since 1970; None where it does not say."""
        return moment(self.headers.get("date", ""))

    @property
    def retry_after(self) -> float:
        """Seconds after which the server wants to be asked again, a day at most; 0 where it does not say."""
        told = self.headers.get("retry-after", "").strip()
        if SECONDS.fullmatch(told):
            return min(float(told), LONGEST_PAUSE)
        until, now = moment(told), self.date
        return 0.0 if until is None or now is None else min(max(until - now, 0.0), LONGEST_PAUSE)

    def raise_error(self, regain: float) -> None:
        """Raise what Meta says went wrong, if anything.

        The body decides at any status, and the status only where the body is silent. `regain` are the seconds until
        access returns by the usage headers.
        """
        regain = max(regain, self.retry_after)
        if self.status < 400 and self.body.startswith(LIST):
            return
        if b'"error' in self.body or self.status >= 400:
            try:
                error = decode_error(self.body)
            except Unavailable as no_json:
                if self.status == TOO_MANY:
                    raise Throttled(code=TOO_MANY, retry_after=regain) from None
                raise self._unavailable(f"status {self.status} with {no_json.detail}") from None
            if error is not None:
                raise classify(error, self.status, regain)
        if self.status == TOO_MANY:
            raise Throttled(code=TOO_MANY, retry_after=regain)
        if self.status >= 500 or self.status == 408:
            raise self._unavailable(f"status {self.status}")
        if self.status >= 400:
            raise RequestRefused(f"status {self.status}")

    def _unavailable(self, detail: str) -> Unavailable:
        """What a gateway says that is itself overloaded or being mended, which also tells for how long."""
        return Unavailable(detail, retry_after=min(self.retry_after, LONGEST_REST) if self.status >= 500 else 0.0)


def moment(header: str) -> float | None:
    """A date of a header's as seconds since 1970; None where it is none."""
    try:
        told = parsedate_to_datetime(header)
        return (told if told.tzinfo else told.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError, OSError):
        return None


def receive(
    session: Session,
    url: str,
    params: Mapping[str, str],
    *,
    sign: Sign,
    timer: Callable[[], float],
    posted: bool = False,
) -> Reply:
    """GET `url`, read at most `BODY_MAX` bytes of the (unpacked) body, and give the reply at any status.

    `sign` puts the token in, `timer` gives seconds that never go back. What is `posted` has its parameters in a body.
    Raises Unreachable where nothing answers, Unavailable for everything else that the network can do, TooMuchData for a
    larger body, Redirected for a redirect. None of them carries requests' own words, which quote the URL.
    """
    began = timer()

    def in_time() -> None:
        if timer() - began > TOTAL_TIMEOUT:
            raise Unavailable(f"the reply was not complete after {TOTAL_TIMEOUT:.0f} s")

    try:
        with (
            before_each_read(in_time),
            session.ask(url, params, sign, posted=posted) as response,
        ):
            if response.status_code == PROXY_REFUSES:
                raise Unreachable(WRONG_PASSWORD)
            if 300 <= response.status_code < 400 and response.status_code != NOT_MODIFIED:
                raise Redirected(redirect_to(response.headers.get("location", "")))
            chunks, size = [], 0
            while chunk := response.raw.read1(CHUNK, decode_content=True):
                chunks.append(chunk)
                size += len(chunk)
                if size > BODY_MAX:
                    raise TooMuchData(f"more than {BODY_MAX // 2**20} MiB in one reply")
            body = b"".join(chunks)
            if size > SMALL and sum(map(body.count, (b",", b"[", b"{"))) > VALUES_MAX:
                raise TooMuchData(f"more than {VALUES_MAX:,} values in one reply")
            front = FRONT.match(body)
            return Reply(response.status_code, response.headers, body[front.end() :] if front else body)
    except (requests.ConnectTimeout, requests.exceptions.SSLError, requests.exceptions.ProxyError) as error:
        raise Unreachable(why_unreachable(error)) from None
    except (requests.Timeout, urllib3.exceptions.TimeoutError):
        raise Unavailable(f"no answer within {READ_TIMEOUT:.0f} s") from None
    except requests.ConnectionError as error:
        raise (Unreachable(why) if (why := why_unreachable(error)) else Unavailable("the connection failed")) from None
    except (requests.exceptions.InvalidURL, urllib3.exceptions.LocationValueError, UnicodeError):
        raise Unreachable(NO_PROXY_ADDRESS if session.proxies else "it is not a usable address") from None
    except requests.exceptions.InvalidSchema:
        raise Unreachable(NO_SOCKS) from None
    except (urllib3.exceptions.HTTPError, OSError):  # every other exception of requests is an OSError
        if isinstance(session.verify, str) and not os.path.exists(session.verify):
            raise Unreachable("there is no file that REQUESTS_CA_BUNDLE or CURL_CA_BUNDLE names") from None
        raise Unavailable("the connection failed") from None


def redirect_to(location: str) -> str:
    """Where a redirect leads, as `to HOST`; nothing where that cannot be said."""
    try:
        host = urlsplit(location).hostname or ""
    except ValueError:
        host = ""
    return f"to {host}" if HOST.fullmatch(host) else ""


class Session(requests.Session):
    """One Page's connections. Keeps no cookies: the Graph's API has none."""

    def __init__(self) -> None:
        super().__init__()
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))
        self._usable = lru_cache(ADDRESSES)(usable)

    def ask(self, url: str, params: Mapping[str, str], sign: Sign, *, posted: bool = False) -> requests.Response:
        """GET `url`, whose body is to be read and closed, or POST to it. Raises what requests raises.

        requests' own `get` would take as long to make its request as all of the rest: the addresses are few.
        """
        request = requests.PreparedRequest()
        request.prepare_method("POST" if posted else "GET")
        request.url = f"{self._usable(url)}?{urlencode(params)}" if params and not posted else self._usable(url)
        request.prepare_headers(self.headers)
        request.prepare_hooks(self.hooks)
        if posted:
            request.prepare_body(dict(params), None)
        return self.send(
            sign(request),
            timeout=(CONNECT_TIMEOUT, READ_TIMEOUT),
            allow_redirects=False,
            stream=True,
            proxies=self.proxies,
        )

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Never look where a redirect leads: requests would read its whole body to find out."""
        return None


def usable(url: str) -> str:
    """The address as requests would ask it: its host in ASCII, and without anything that no address may hold."""
    return str(requests.Request("GET", url).prepare().url)


def open_session(url: str, environment: Mapping[str, str]) -> Session:
    """A session for one Page's calls to `url`: proxies and certificates from `environment`, and nothing else of it.

    requests would look them up anew for every call, and would let a netrc entry replace the token.
    """
    session = Session()
    for scheme in ("http://", "https://"):
        session.mount(scheme, Adapter())
    session.trust_env = False
    trimmed = {name.lower(): value.strip().strip("\"'") for name, value in environment.items()}
    told = {name: value for name, value in trimmed.items() if value}
    # no proxy reaches what is on this machine, such as the demo's simulator
    if urlsplit(url).hostname not in HERE and not requests.utils.should_bypass_proxies(url, told.get("no_proxy", "")):
        proxies = {scheme: told.get(f"{scheme}_proxy") for scheme in ("http", "https", "all")}
        session.proxies.update({scheme: proxy for scheme, proxy in proxies.items() if proxy})
    session.verify = told.get("requests_ca_bundle") or told.get("curl_ca_bundle") or True
    session.headers["User-Agent"] = "err-inbox"
    return session
