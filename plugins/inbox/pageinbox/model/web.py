"""What comes to an address of ours on the bot's web server, and what is answered there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class WebRequest:
    """A request as it came: its `headers` by lower-case name, the last of each name in its `query`, its raw `body`."""

    method: str
    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class WebResponse:
    """What is answered: a status of HTTP, and a `body` of the media type `kind`."""

    status: int = 200
    body: bytes = b""
    kind: str = "text/plain; charset=utf-8"


Answering = Callable[[WebRequest], WebResponse]
"""What answers the requests to one address. Called by several threads at once; raises nothing."""
