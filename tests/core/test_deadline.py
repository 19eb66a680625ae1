"""Nothing that answers too slowly, or without end, holds a Page for ever."""

from __future__ import annotations

import itertools
import socket
import threading
import tracemalloc
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest

from pageinbox.graph.deadline import HEAD_MAX, Adapter
from pageinbox.graph.http import TOTAL_TIMEOUT, open_session, receive
from pageinbox.model.errors import GraphError, TooMuchData, Unavailable
from pageinbox.model.source import Platform

pytestmark = pytest.mark.servers


class Endless:
    """A server that sends what it is given, piece by piece, to everybody who connects, until they leave.

    It begins once something was asked. `sent` are the bytes it could send.
    """

    def __init__(self, pieces: Callable[[], Iterable[bytes]]) -> None:
        self.sent = 0
        self._pieces = pieces
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._socket.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection:
                try:
                    connection.recv(65536)
                    for piece in self._pieces():
                        connection.sendall(piece)
                        self.sent += len(piece)
                    connection.recv(65536)
                except OSError:
                    continue

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join()


@pytest.fixture
def endless() -> Iterator[Callable[[Callable[[], Iterable[bytes]]], Endless]]:
    made: list[Endless] = []

    def make(pieces: Callable[[], Iterable[bytes]]) -> Endless:
        made.append(Endless(pieces))
        return made[-1]

    yield make
    for server in made:
        server.close()


def get(url: str, environment: dict[str, str], timer: Callable[[], float]) -> object:
    with open_session(url, environment) as session:
        return receive(session, url, {}, sign=lambda request: request, timer=timer)


def late() -> Callable[[], float]:
    """A clock by which time is up when something is read for the second time: it is looked at before each read."""
    return itertools.chain((0.0, 1.0), itertools.repeat(TOTAL_TIMEOUT + 1)).__next__


BEGINNINGS = {
    "a status line": b"H",
    "a header": b"HTTP/1.1 200 OK\r\nContent-Type: appl",
    "an interim response": b"HTTP/1.1 100 Continue\r\n\r\n",
    "a body": b"HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n",
}


@pytest.mark.parametrize("beginning", BEGINNINGS.values(), ids=BEGINNINGS)
def test_whatever_comes_after_the_deadline_is_not_waited_for(endless, beginning):
    server = endless(lambda: [beginning])
    with pytest.raises(Unavailable, match="not complete after 30 s"):
        get(f"http://{server.address}/", {}, late())


def test_a_proxy_that_goes_on_about_its_consent_is_left(endless):
    server = endless(lambda: [b"HTTP/1.1 200 Connection established\r\nX-Wait: 1\r\n"])
    with pytest.raises(Unavailable, match="not complete after 30 s"):
        get("https://graph.example/", {"HTTPS_PROXY": f"http://{server.address}"}, late())


WITHOUT_END = {
    "interim responses": (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "a status line": (b"HTTP/1.1 200 ", b"O" * 100),
    "a header": (b"HTTP/1.1 200 OK\r\nX-Long: ", b"x" * 100),
    "headers": (b"HTTP/1.1 200 OK\r\n", b"X-Long: " + b"x" * 65000 + b"\r\n"),
}


@pytest.mark.parametrize(("first", "again"), WITHOUT_END.values(), ids=WITHOUT_END)
def test_headers_without_end_are_not_read_to_it(endless, first, again):
    read: list[int] = []
    server = endless(lambda: itertools.chain([first], itertools.repeat(again)))
    with pytest.raises(Unavailable):
        get(f"http://{server.address}/", {}, lambda: float(read.append(1) or 0))
    assert len(read) < HEAD_MAX / 10


class Hasty(Adapter):
    """Gives all silence, and a handshake, a moment only."""

    def send(self, request: Any, **how: Any) -> Any:
        return super().send(request, **{**how, "timeout": 0.05})


def test_a_handshake_that_never_ends_is_left(endless):
    # The head of a record that would be 16 KiB long, and then a byte of it now and then.
    left = threading.Event()

    def pieces() -> Iterator[bytes]:
        yield b"\x16\x03\x03\x40\x00\x02"
        while not left.wait(0.001):
            yield b"\0"

    server = endless(pieces)
    url = f"https://{server.address}/"
    with open_session(url, {}) as session, pytest.raises(Unavailable):
        session.mount("https://", Hasty())
        receive(session, url, {}, sign=lambda request: request, timer=lambda: 0.0)
    assert server.sent < 0x4000, "it was not waited for"
    left.set()


# The same through the whole client


@pytest.mark.parametrize("kind", ["slow_head", "continue"])
def test_a_page_whose_replies_never_begin_is_given_up_and_asked_again(rig, sim, clock, kind):
    def ticking() -> float:
        clock.now += 1
        return clock.now

    client = rig.client(timer=ticking)
    sim.fail("conversations", 1, kind=kind, pause=0.02)  # a head takes a minute so, too long to come at once
    with pytest.raises(Unavailable, match="not complete after 30 s"):
        client.conversations(Platform.MESSENGER, limit=50)
    clock.now += 60
    assert len(client.conversations(Platform.MESSENGER, limit=50).conversations) == 50


@pytest.mark.parametrize("kind", ["zeros", "deep"])
def test_a_body_of_nothing_but_values_is_given_up_early(rig, sim, kind):
    sim.fail("conversations", None, kind=kind)
    client = rig.client()
    tracemalloc.start()
    try:
        with pytest.raises(GraphError) as failed:
            client.conversations(Platform.MESSENGER)
        assert tracemalloc.get_traced_memory()[1] < 100 * 2**20
    finally:
        tracemalloc.stop()
    assert isinstance(failed.value, TooMuchData if kind == "zeros" else Unavailable)


def test_a_conversation_with_a_crowd_in_it_costs_no_other(rig, sim):
    sim.fail("conversations", 1, kind="crowded")
    part = rig.client().conversations(Platform.MESSENGER, limit=20)
    assert len(part.conversations) == 20


def test_a_list_of_more_than_was_asked_for_is_not_read(rig, canned):
    canned.body = b'{"data":[%b]}' % b",".join([b'{"id":"t_1","updated_time":1790000000}'] * 2001)
    with pytest.raises(TooMuchData, match="2,000 items"):
        rig.client(url=canned.url).conversations(Platform.MESSENGER)


def test_what_is_long_is_read_in_part(rig, canned):
    long = "x" * 2**20
    text = f'{{"data":[{{"id":"1","name":"{long}"}},{{"id":"200300400","name":"Acme"}}]}}'
    said = f'{{"data":[{{"message":"{long}","from":{{"id":"1"}}}}]}}'
    item = f'{{"id":"t_1","updated_time":1790000000,"link":"/{long}","participants":{text},"messages":{said}}}'
    canned.body = f'{{"data":[{item},{{"id":"{long}","updated_time":1790000000}}]}}'.encode()
    part = rig.client(url=canned.url).conversations(Platform.MESSENGER)
    (found,), (unreadable,) = part.conversations, part.unreadable
    assert (len(found.name), len(found.snippet), found.link) == (200, 20_000, None)
    assert (len(unreadable.id), unreadable.fault) == (500, "id is too long")


def test_an_error_that_is_long_is_read_in_part(rig, canned):
    canned.status = 400
    canned.body = f'{{"error":{{"code":190,"message":"{"expired " * 2**20}"}}}}'.encode()
    with pytest.raises(GraphError) as failed:
        rig.client(url=canned.url).conversations(Platform.MESSENGER)
    assert (failed.value.code, len(failed.value.words)) == (190, 300)


def test_a_cursor_that_would_fit_no_address_leads_nowhere(rig, canned):
    paging = f'{{"cursors":{{"after":"{"A" * 5000}"}},"next":"https://graph.example/"}}'
    canned.body = f'{{"data":[{{"id":"t_1","updated_time":1790000000}}],"paging":{paging}}}'.encode()
    part = rig.client(url=canned.url).conversations(Platform.MESSENGER)
    assert (part.more, part.after) == (True, None)


def test_a_version_is_one(rig, canned):
    canned.headers = {"facebook-api-version": "v26.0 " + "x" * 60_000}
    client = rig.client(url=canned.url)
    client.conversations(Platform.MESSENGER)
    assert client.status().version_answered is None
