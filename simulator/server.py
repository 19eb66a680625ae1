"""The simulator: a world, served over HTTP as the Graph serves it."""

from __future__ import annotations

import gzip
import json
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from threading import Thread
from typing import TYPE_CHECKING, Any, Final

from flask import Flask
from werkzeug.http import http_date

from simulator.control_routes import control_routes
from simulator.faults import Fault, Faults, crowded, mistyped, timeless
from simulator.fields import names
from simulator.graph import Graph, Reply, Request
from simulator.limits import UsageHeaders
from simulator.listing import PAGE_FAULTS
from simulator.received import Received, received
from simulator.rules import Rules
from simulator.shown import compact
from simulator.wire import WIRE_FAULT, Server
from simulator.world import World

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_REMEMBERED: Final = 100_000
_HTML: Final = b"<!DOCTYPE html><html><head><title>Error</title></head><body>Sorry, something went wrong.</body></html>"

_SPOILT: Final = {"wrong_types": mistyped, "timeless": timeless, "crowded": crowded}
_HUGE: Final = {"zeros": b'{"data":[' + b"0," * 7_000_000 + b"0]}", "deep": b'{"data":' + b"[" * 1_000_000}


class Simulator:
    """A Graph API on `http://127.0.0.1:PORT`; a context manager that serves from entry to exit.

    Port 0 picks a free one. `rules` are fields of `simulator.rules.Rules`, such as `rate_limit=False` or
    `instagram_folder="ignore"`; they can be changed later in the attribute of that name.
    """

    def __init__(self, world: World, *, port: int = 0, **rules: Any) -> None:
        self.world = world
        self.rules = Rules(**rules)
        self._usage = UsageHeaders()
        self._graph = Graph(world, self.rules, self._usage)
        self._faults = Faults()
        self._received: deque[Received] = deque(maxlen=_REMEMBERED)
        self._port = port
        self._server: Server | None = None
        self._thread: Thread | None = None

    def __enter__(self) -> Simulator:
        self.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start serving; returns at once."""
        self._server = Server(self._port, self._serve)
        self._port = self._server.port
        self._thread = Thread(target=self._server.serve, name="simulator", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop serving, end every connection and free the port."""
        if self._server is not None and self._thread is not None:
            self._server.stop()
            self._thread.join()
            self._server = self._thread = None

    @property
    def url(self) -> str:
        """`http://127.0.0.1:PORT`, without a slash at the end."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def requests(self) -> list[Received]:
        """The requests received so far, oldest first, without those to the control side."""
        return list(self._received)

    def forget(self) -> None:
        """Empty the list of requests."""
        self._received.clear()

    def fail(self, match: str, times: int | None = 1, kind: str = "error", **how: Any) -> None:
        """Add a fault; the arguments are those of `simulator.faults.Fault`, which says what they mean and raise.

        For example: `fail("conversations", 2, code=190, subcode=463)`, `fail("folder=spam", kind="hang")`.
        """
        self._faults.add(Fault(match, times, kind, **how))

    def clear(self) -> None:
        """Drop all faults."""
        self._faults.clear()

    def usage(self, header: str, **figures: Any) -> None:
        """Set a usage header; see `simulator.limits.UsageHeaders.set`."""
        self._usage.set(header, **figures)

    def _serve(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"].startswith("/_control/"):
            return self._control(environ, start_response)
        answer = self._respond(environ)
        if self.rules.date:  # as every reply of the Graph has it
            answer.headers.setdefault("Date", http_date(self.world.clock() + self.rules.ahead))
        start_response(f"{answer.status} ", [*answer.headers.items()])
        return [b"" if environ["REQUEST_METHOD"] == "HEAD" else answer.body]

    @cached_property
    def _control(self) -> Flask:
        app = Flask("simulator", static_folder=None)
        app.register_blueprint(
            control_routes(
                self.world, rules=self.rules, faults=self._faults, usage=self._usage, received=self._received
            )
        )
        return app

    def _respond(self, environ: WSGIEnvironment) -> _Answer:
        came = received(environ, self.world.clock())
        self._received.append(came)
        asked = Request(
            method=came.method,
            path=came.path.removeprefix("/"),
            query=came.query,
            authorization=came.headers.get("Authorization", ""),
            url=f"http://{came.headers['Host']}" if "Host" in came.headers else self.url,
            form=came.form,
        )
        batch = asked.batch
        target = f"{came.path}?{environ['QUERY_STRING']}"
        # So that faults can be about what stands in a batch.
        target = "&".join((target, *(f"/{one.path}" for one in batch)))
        fault = self._faults.take(target)
        page_fault = next((one for one in PAGE_FAULTS if fault is not None and one == fault.kind), None)
        asked = replace(asked, fault=page_fault)
        if fault is None or page_fault:
            reply = self._graph.reply(asked)
            fault = None if batch else self._faults.take(target, reply.body, names(came.query.get("fields", "")))
            if fault is None:
                return _written(came, reply)
        return self._faulty(came, fault, asked, environ)

    def _faulty(self, came: Received, fault: Fault, asked: Request, environ: WSGIEnvironment) -> _Answer:
        if fault.kind == "html":
            return _Answer.of(fault, _HTML, status=502, kind="text/html; charset=utf-8")
        if fault.kind == "empty":
            return _Answer.of(fault, b"")
        if fault.kind in _HUGE:
            return _Answer.of(fault, _HUGE[fault.kind])
        if fault.kind == "redirect":
            redirect = _Answer.of(fault, b"", status=302, kind="text/plain; charset=utf-8")
            redirect.headers["Location"] = fault.location
            return redirect
        if fault.kind in ("error", "error_in_200"):
            reply = self._graph.refusal(asked, fault.error)
            status = fault.status or (200 if fault.kind == "error_in_200" else reply.status)
            return _written(came, Reply(status, reply.body, {**reply.headers, **fault.headers}))
        if fault.kind == "bare_error":
            error = fault.error
            bare = {"error_code": error.code, "error_msg": error.message}
            return _written(came, Reply(fault.status or error.status, bare, dict(fault.headers)))
        reply = self._graph.reply(asked)
        if spoil := _SPOILT.get(fault.kind):
            return _written(came, Reply(reply.status, spoil(reply.body), {**reply.headers, **fault.headers}))
        environ[WIRE_FAULT] = (fault.kind, fault.pause)
        return _written(came, reply)


@dataclass(frozen=True, slots=True)
class _Answer:
    """What leaves the server."""

    status: int
    headers: dict[str, str]
    body: bytes

    @classmethod
    def of(cls, fault: Fault, body: bytes, *, status: int = 200, kind: str = "application/json") -> _Answer:
        """Nothing of the Graph's."""
        length = {"Content-Type": kind, "Content-Length": str(len(body))}
        return cls(fault.status or status, {**fault.headers, **length}, body)


def _written(came: Received, reply: Reply) -> _Answer:
    """A reply as the Graph sends it: ASCII JSON, compressed for clients that accept that."""
    pretty = came.query.get("pretty", "0") in ("1", "true")
    body = (json.dumps(reply.body, indent=2) if pretty else compact(reply.body)).encode()
    headers = {
        **reply.headers,
        "Content-Type": "application/json; charset=UTF-8",
        "Cache-Control": "private, no-cache, no-store, must-revalidate",
        "Vary": "Accept-Encoding",
    }
    if "gzip" in came.headers.get("Accept-Encoding", ""):
        body = gzip.compress(body, compresslevel=1)
        headers["Content-Encoding"] = "gzip"
    headers["Content-Length"] = str(len(body))
    return _Answer(reply.status, headers, body)
