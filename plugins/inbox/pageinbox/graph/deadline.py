"""A deadline for all that comes over a connection: a proxy's consent, status line, headers and body.

The timeouts of requests and urllib3 are for silence alone: to a byte a second, or to `100 Continue` without end, they
would listen for ever. A TLS handshake needs none: Python's own timeout is for the whole of it.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from http.client import HTTPResponse
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, PoolManager, ProxyManager

from pageinbox.model.errors import Unavailable

HEAD_MAX = 256 * 1024
"""Bytes of all that comes before a body; Meta's headers are about two thousand."""

Check = Callable[[], object]

UNDER_WAY: ContextVar[Check] = ContextVar("UNDER_WAY", default=lambda: None)
"""What is done before each read of this thread's exchange; it raises once that has taken too long."""


@contextmanager
def before_each_read(check: Check) -> Iterator[None]:
    """Do `check` before each read of the exchange in this block; what it raises ends the exchange."""
    token = UNDER_WAY.set(check)
    try:
        yield
    finally:
        UNDER_WAY.reset(token)


class Incoming(io.RawIOBase):
    """What comes over a connection. `left` are the bytes that may still come; None for as many as there are."""

    def __init__(self, source: io.RawIOBase) -> None:
        self.left: int | None = HEAD_MAX
        self._source = source

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        UNDER_WAY.get()()
        size = self._source.readinto(buffer)
        if self.left is not None and size:
            self.left -= size
            if self.left < 0:
                raise Unavailable(f"more than {HEAD_MAX // 1024} KiB of headers")
        return size

    def close(self) -> None:
        self._source.close()
        super().close()


class Response(HTTPResponse):
    """A response, or a proxy's, that is read through `Incoming`."""

    def __init__(self, *args: Any, **how: Any) -> None:
        super().__init__(*args, **how)
        self._incoming = Incoming(self.fp.detach())
        self.fp = io.BufferedReader(self._incoming)

    def begin(self) -> None:
        """Read up to the body, whose size `receive` sees to."""
        super().begin()
        self._incoming.left = None


class Adapter(HTTPAdapter):
    """requests' own adapter, with connections whose responses are such."""

    def init_poolmanager(self, *args: Any, **how: Any) -> None:
        super().init_poolmanager(*args, **how)
        make_timely(self.poolmanager)

    def proxy_manager_for(self, proxy: str, **how: Any) -> ProxyManager:
        met = proxy in self.proxy_manager
        manager: ProxyManager = super().proxy_manager_for(proxy, **how)
        if not met:
            make_timely(manager)
        return manager


def make_timely(manager: PoolManager) -> None:
    """Have all connections that a manager will open held to the deadline."""
    pools: Mapping[str, Any] = manager.pool_classes_by_scheme
    manager.pool_classes_by_scheme = {scheme: timely(pool) for scheme, pool in pools.items()}


@cache
def timely(pool: type[Any]) -> type[HTTPConnectionPool]:
    """The same kind of pool (there are those for SOCKS, too), but for its responses."""
    connection = type("Connection", (pool.ConnectionCls,), {"response_class": Response})
    return type("Pool", (pool,), {"ConnectionCls": connection})
