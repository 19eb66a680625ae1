"""A chat server that keeps all it was sent, and misbehaves when told to.

It runs in this process, or in one of its own: `python -m tests.recording PORTFILE JOURNALFILE [plain|keyed]`. A
message is in the journal before anybody hears that it was taken, and a server that opens the journal again goes on
with it. So whatever is killed, what was received is known.

    POST /send      {room, text, key}          the message's {receipt}
    GET  /find?room=&key=                      {receipt} of the latest message with this key there, or null
    GET  /messages                             all messages, oldest first
    GET  /wait?count=N                         the same, as soon as there are N of them
    POST /misbehave {room, how, times, status, retry_after}
    POST /release                              lets hanging requests go on
    POST /say       {person, text, room}       a person writes, in a room or (room null) to the bot alone
    POST /hello                                {after}: where a bot begins to listen
    GET  /inbox?after=N                        what persons wrote after that, as soon as there is something
"""

from __future__ import annotations

import json
import os
import socket
import sys
import threading
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import asdict, dataclass
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Literal, Self
from urllib.parse import parse_qsl, urlsplit

PATIENCE = 300  # seconds until what is waited for counts as never to come
ANYWHERE = ""

Mode = Literal["plain", "keyed"]
"""Whether every request is a message, or a repeated key in a room is the same message, as on Matrix."""


@dataclass(frozen=True)
class Message:
    """One message that was taken; `key` is empty where the sender names none."""

    receipt: str
    room: str
    text: str
    key: str


class How(StrEnum):
    """How a request to send can go wrong."""

    REFUSE = "refuse"
    """Answered with an error status; not taken."""
    LOSE = "lose"
    """The connection breaks, and the message was not taken."""
    BREAK = "break"
    """The message is taken, and the connection breaks before the answer."""
    HANG = "hang"
    """The message is taken, and the answer waits until `release`."""
    STALL = "stall"
    """Nothing happens until `release`; then the connection breaks, and the message was not taken."""


@dataclass(frozen=True)
class Fault:
    """What happens to one request. `status` and `retry_after` (seconds) are of a refusal."""

    how: How
    status: int = 500
    retry_after: float = 0.0


class Recording:
    """One chat server, listening on 127.0.0.1 from its making until `close`."""

    def __init__(self, journal: Path, mode: Mode = "plain", port: int = 0, *, latency: float = 0.0) -> None:
        """Begin with what `journal` holds, if it exists. A `port` of 0 is any free one.

        `latency` are the seconds until a message is there, and again until its sender hears that it is.
        """
        self.mode = mode
        self._latency = latency
        self._ended = threading.Event()
        self.messages: list[Message] = []
        self.edits: list[Message] = []
        """What messages, named by their receipts, were changed to; not kept in the journal."""
        self.requests = 0
        """How often a message was sent, whatever became of it."""
        self.doubts = 0
        """How many of them were not answered, so that the sender can't know what became of it."""
        self._changed = threading.Condition()
        self._faults: defaultdict[str, deque[Fault]] = defaultdict(deque)
        self._said: list[dict[str, str | None]] = []
        self._hanging = 0
        self._released = 0
        self._closed = False
        if journal.exists():
            for record in map(json.loads, journal.read_text(encoding="utf-8").splitlines()):
                if "receipt" in record:
                    self.messages.append(Message(**record))
                else:
                    self._said.append(record)
        self._journal = journal.open("a", encoding="utf-8")
        self._server = Server(("127.0.0.1", port), self)
        self.port: int = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="recording")
        self._thread.start()

    def close(self) -> None:
        """Stop listening and let everybody go who waits; a chat that is down refuses connections."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self._ended.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self._journal.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def misbehave(
        self, room: str, how: How, times: int = 1, status: int = Fault.status, retry_after: float = Fault.retry_after
    ) -> None:
        """Let the next `times` requests to send to `room` (ANYWHERE: to any) go wrong, after those told before."""
        with self._changed:
            self._faults[room].extend([Fault(How(how), status, retry_after)] * times)

    def behave(self) -> None:
        """Let nothing go wrong any more, but leave what hangs."""
        with self._changed:
            self._faults.clear()

    def requested(self, count: int, patience: float = PATIENCE) -> bool:
        """Wait until `count` requests to send have come; False when `patience`, in seconds, ends before."""
        with self._changed:
            return self._changed.wait_for(lambda: self._closed or self.requests >= count, patience)

    def release(self) -> None:
        """Let the requests that hang now be answered."""
        with self._changed:
            self._released = self._hanging
            self._changed.notify_all()

    def say(self, person: str, text: str, room: str | None = None) -> None:
        """`person` writes `text` in `room`, or to the bot alone; all of them are names without a sign before them."""
        with self._changed:
            self._said.append({"person": person, "text": text, "room": room})
            self._keep(self._said[-1])
            self._changed.notify_all()

    def wait_for(self, predicate: Callable[[list[Message]], bool]) -> list[Message]:
        """All messages, as soon as `predicate` holds for them. Raises AssertionError when it never does."""
        with self._changed:
            met = self._changed.wait_for(lambda: self._closed or predicate(self.messages), PATIENCE)
            assert met and not self._closed, f"waited in vain; there are only {self.messages}"
            return list(self.messages)

    def answer(self, person: str, text: str, room: str | None = None) -> str:
        """Say it, and give the next message that arrives where it was said."""
        where = f"#{room}" if room else f"@{person}"
        before = sum(message.room == where for message in self.messages)
        self.say(person, text, room)
        there = self.wait_for(lambda messages: sum(message.room == where for message in messages) > before)
        return [message.text for message in there if message.room == where][before]

    def take(self, room: str, text: str, key: str) -> tuple[Fault | None, str | None]:
        """What goes wrong, if anything does, and the receipt, if the message was taken or is the same as one before."""
        with self._changed:
            self.requests += 1
            waiting = self._faults[room] or self._faults[ANYWHERE]
            fault = waiting.popleft() if waiting else None
            self.doubts += fault is not None and fault.how is not How.REFUSE
            self._changed.notify_all()
            if fault and fault.how is How.STALL:
                self._hang()
            if fault and fault.how in (How.REFUSE, How.LOSE, How.STALL):
                return fault, None
            receipt = self.find(room, key) if self.mode == "keyed" and key else None
            if receipt is None:
                receipt = f"r{len(self.messages) + 1}"
                message = Message(receipt, room, text, key)
                self._keep(asdict(message))
                self.messages.append(message)
            if fault and fault.how is How.HANG:
                self._hang()
            return fault, receipt

    def linger(self) -> None:
        """Wait as long as a message is on its way, or the answer to it."""
        if self._latency:
            self._ended.wait(self._latency)

    def _hang(self) -> None:
        self._hanging += 1
        mine = self._hanging
        self._changed.wait_for(lambda: self._closed or self._released >= mine)

    def edit(self, room: str, text: str, receipt: str) -> bool:
        """Keep what a message is to say now; False where there is no such message."""
        with self._changed:
            if not any((one.room, one.receipt) == (room, receipt) for one in self.messages):
                return False
            self.edits.append(Message(receipt, room, text, ""))
            self._changed.notify_all()
            return True

    def _keep(self, record: object) -> None:
        self._journal.write(json.dumps(record) + "\n")
        self._journal.flush()

    def find(self, room: str, key: str) -> str | None:
        """The receipt of the latest message with this key in this room."""
        with self._changed:
            found = (
                message.receipt for message in reversed(self.messages) if (message.room, message.key) == (room, key)
            )
            return next(found, None)

    def heard(self, after: int | None) -> tuple[int, list[dict[str, str | None]]]:
        """How much persons have said, and what came `after` so much, as soon as there is any; None is not to wait."""
        with self._changed:
            if after is None:
                return len(self._said), []
            self._changed.wait_for(lambda: self._closed or len(self._said) > after)
            return len(self._said), self._said[after:]


class Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True

    def __init__(self, address: tuple[str, int], recording: Recording) -> None:
        self.recording = recording
        super().__init__(address, Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Nothing for a client that has gone, which killed bots do all the time."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        recording, address = self.server.recording, urlsplit(self.path)
        asked = dict(parse_qsl(address.query, keep_blank_values=True))
        match address.path:
            case "/messages":
                self._reply([asdict(message) for message in recording.messages])
            case "/wait":
                try:
                    there = recording.wait_for(lambda messages: len(messages) >= int(asked["count"]))
                except AssertionError:
                    self._reply([], 503)
                else:
                    self._reply([asdict(message) for message in there])
            case "/find":
                self._reply({"receipt": recording.find(asked["room"], asked["key"])})
            case "/inbox":
                after, said = recording.heard(int(asked["after"]))
                self._reply({"after": after, "said": said})
            case _:
                self._reply({}, 404)

    def do_POST(self) -> None:
        recording = self.server.recording
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        if len(body) < length:
            return  # who sent it was killed in the middle of it
        given = json.loads(body or b"{}")
        match self.path:
            case "/send":
                recording.linger()
                fault, receipt = recording.take(given["room"], given["text"], given.get("key", ""))
                recording.linger()
                if fault and fault.how in (How.LOSE, How.BREAK, How.STALL):
                    self.connection.shutdown(socket.SHUT_RDWR)
                elif fault and fault.how is How.REFUSE:
                    self._reply({"retry_after": fault.retry_after}, fault.status)
                else:
                    self._reply({"receipt": receipt})
            case "/edit":
                self._reply({}, 200 if recording.edit(**given) else 404)
            case "/misbehave":
                recording.misbehave(**given)
                self._reply({})
            case "/release":
                recording.release()
                self._reply({})
            case "/say":
                recording.say(**given)
                self._reply({})
            case "/hello":
                after, _ = recording.heard(None)
                self._reply({"after": after})
            case _:
                self._reply({}, 404)

    def _reply(self, answer: object, status: int = 200) -> None:
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


def main(port_file: Path, journal: Path, mode: Mode = "plain") -> None:
    """Run until killed, or until the standard input ends. Once it listens, the port stands in `port_file`, and a line
    on the standard output says so."""
    with Recording(journal, mode) as recording:
        beside = port_file.with_suffix(".new")
        beside.write_text(str(recording.port), encoding="ascii")
        os.replace(beside, port_file)
        print("listening", flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), "keyed" if sys.argv[3:] == ["keyed"] else "plain")
