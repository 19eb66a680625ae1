"""A request as it came in, which the simulator also records for tests to look at."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from werkzeug.wsgi import get_input_stream

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One request as it came in, secrets included; `time` is by the world's clock, in UNIX seconds."""

    time: float
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    form: dict[str, str] = field(default_factory=dict)


def received(environ: WSGIEnvironment, time: float) -> Received:
    """The request that a server tells of.

    Its body is read, also where nobody needs it: closing a connection with an unread one would reset it before the
    reply is read. werkzeug's `Request` took as long as all else of a small reply.
    """
    body: bytes = get_input_stream(environ).read()
    headers = {
        name.removeprefix("HTTP_").replace("_", "-").title(): value
        for name, value in environ.items()
        if name.startswith("HTTP_") or (name in ("CONTENT_TYPE", "CONTENT_LENGTH") and value)
    }
    kind = headers.get("Content-Type", "").partition(";")[0].strip().lower()
    return Received(
        time=time,
        method=environ["REQUEST_METHOD"],
        path=environ["PATH_INFO"].encode("latin-1").decode(errors="replace"),
        query=_pairs(environ["QUERY_STRING"]),
        headers=headers,
        form=_pairs(body.decode(errors="replace")) if kind == _FORM else {},
    )


def _pairs(text: str) -> dict[str, str]:
    """The parameters in a query or a form; of several that are called the same, the first."""
    found: dict[str, str] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        found.setdefault(name, value)
    return found
