"""A Graph that answers with what it is given, over HTTP."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Canned:
    """A server that answers everything with one reply, and keeps what it was asked.

    `bodies` are those of the paths that hold a text, the first that fits; anything else gets `body`.
    `gate`, while it is closed, keeps every reply back, and `rest` every body, after its headers.
    """

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b'{"data":[]}'
    bodies: dict[str, bytes] = field(default_factory=dict)
    paths: list[str] = field(default_factory=list)
    posted: list[bytes] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)
    gate: threading.Event = field(default_factory=threading.Event)
    rest: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        canned = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = -1
            disable_nagle_algorithm = True  # headers and body are two writes, and the second would wait for 40 ms

            def do_GET(self) -> None:
                canned.paths.append(self.path)
                canned.steps.append("in")
                canned.gate.wait()
                body = next((body for part, body in canned.bodies.items() if part in self.path), canned.body)
                canned.steps.append("out")
                self.send_response(canned.status)
                for name, value in canned.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.flush()
                canned.rest.wait()
                self.wfile.write(body)

            def do_POST(self) -> None:
                canned.posted.append(self.rfile.read(int(self.headers["Content-Length"])))
                self.do_GET()

            def log_message(self, *args: object) -> None:
                """Nothing."""

        self.gate.set()
        self.rest.set()

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request: object, client_address: object) -> None:
                """Nothing: a client may leave before it has read everything."""

        self._server = Server(("127.0.0.1", 0), Handler)
        self._worker = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._worker.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        self.gate.set()
        self.rest.set()
        self._server.shutdown()
        self._worker.join()
        self._server.server_close()
