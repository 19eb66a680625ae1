"""The HTTP server: werkzeug's, but it keeps connections open and can break them in every way."""

from __future__ import annotations

import itertools
import os
import socket
import struct
import sys
from collections.abc import Callable, Iterable
from selectors import EVENT_READ, DefaultSelector
from threading import Event, Lock
from typing import Any

from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

WIRE_FAULT = "simulator.wire_fault"
"""The key in the environ under which the application asks for a fault: ("hang", 0.0), ("drip", seconds), and so on."""


class Server(ThreadedWSGIServer):
    """A WSGI server on 127.0.0.1; port 0 picks a free one."""

    timeout = 0  # a connection that is gone before it is accepted is not waited for

    def __init__(self, port: int, app: Callable[..., Iterable[bytes]]) -> None:
        super().__init__("127.0.0.1", port, app, _Handler)
        self.stopping = Event()
        self._woken, self._waker = socket.socketpair()
        self._open: set[socket.socket] = set()
        self._lock = Lock()

    def serve(self) -> None:
        """Serve until `stop` is called from another thread, then end every connection, including those that hang."""
        with self._woken, DefaultSelector() as selector:
            selector.register(self, EVENT_READ)
            selector.register(self._woken, EVENT_READ)
            while not self.stopping.is_set():
                selector.select()
                if not self.stopping.is_set():
                    self.handle_request()
            self.server_close()
        with self._lock:
            still_open = list(self._open)
        for connection in still_open:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # it ended by itself meanwhile

    def stop(self) -> None:
        """Make `serve` return; call this once."""
        self.stopping.set()
        self._waker.close()  # which the other end can read; to send would race with its end

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        # A client that went away, as a killed bot does, is not an error of ours.
        if not self.stopping.is_set() and not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"
    # Head and body leave in one packet; as two, the second would wait for the first to be acknowledged.
    wbufsize = -1
    disable_nagle_algorithm = True

    server: Server

    def finish(self) -> None:
        """End a connection, also one whose client left in the middle of a reply, which is then still to be written."""
        try:
            super().finish()
        finally:
            self.rfile.close()

    def run_wsgi(self) -> None:
        """Answer one request and keep the connection open; werkzeug's own version always closes it."""
        self.environ = environ = self.make_environ()
        head: list[Any] = []

        def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[..., object]:
            head[:] = [status, headers]
            return self.wfile.write

        reply = self.server.app(environ, start_response)
        body = b"".join(reply)
        if hasattr(reply, "close"):
            reply.close()
        kind, pause = environ.get(WIRE_FAULT, ("", 0.0))
        if kind == "hang":
            self.server.stopping.wait()
        if kind in ("hang", "reset"):
            self._reset()
            return
        if kind == "continue":
            self._drip(itertools.repeat(b"HTTP/1.1 100 Continue\r\n\r\n"), pause)
            return
        status, headers = head
        self.send_response_only(int(status.split(" ", 1)[0]))  # the date is the world's, not this machine's
        for name, value in headers:
            self.send_header(name, value)
        if self.command != "GET" or kind == "truncated":
            self.send_header("Connection", "close")
        if kind == "slow_head":
            body = b"".join(self._headers_buffer) + b"\r\n" + body
            self._headers_buffer.clear()
        else:
            self.end_headers()
        if kind in ("drip", "slow_head"):
            self._drip((bytes((byte,)) for byte in body), pause)
        else:
            self.wfile.write(body[: len(body) // 2] if kind == "truncated" else body)
        self.wfile.flush()

    def _drip(self, pieces: Iterable[bytes], pause: float) -> None:
        for piece in pieces:
            self.wfile.write(piece)
            self.wfile.flush()
            if self.server.stopping.wait(pause):
                self.close_connection = True
                return

    def _reset(self) -> None:
        """End the connection with an RST, as a firewall or a crashed front end would."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        os.close(self.connection.detach())

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Log nothing, since addresses hold tokens."""
