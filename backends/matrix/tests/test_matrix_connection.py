"""The connection on its own: what a failing request raises, and that nobody waits forever."""

import asyncio
import queue
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from nio import AsyncClient, AsyncClientConfig, RoomMessage

from backends.matrix.tests.conftest import numbers
from errbot_matrix.connection import Connection
from errbot_matrix.errors import Doubtful, LoggedOut, NotThere, RateLimited, Refused, Unreached, reach
from errbot_matrix.hearing import Connected, Failed, News
from errbot_matrix.identity import identity
from errbot_matrix.store import Store
from tests.matrix.gateway import Gateway
from tests.matrix_human import Human
from tests.synapse import PASSWORD, Synapse, free_port

PATIENCE = 120
NOTICE = {"msgtype": "m.notice", "body": "hello", "m.mentions": {}}


class Account:
    """A bot's account, connected."""

    def __init__(self, server: Synapse, user_id: str, folder: Path, url: str = "") -> None:
        who = {"homeserver": url or server.url, "username": user_id, "password": PASSWORD, "invites": [server.name]}
        self.store = Store(folder / "store.sqlite")
        self.news: queue.SimpleQueue[News] = queue.SimpleQueue()
        self.connection = Connection(identity(who, []), self.store, folder, self.news.put, time.time)
        self.connection.start()
        assert self.news.get(timeout=PATIENCE) == Connected()

    def send(self, room: str, key: str = "") -> str:
        return str(self.connection.run(self.connection.timeline.send(room, "m.room.message", NOTICE, key)))

    def close(self) -> None:
        self.connection.stop()
        self.store.close()


@pytest.fixture(scope="module")
def account(synapse: Synapse, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    """The account of the tests that leave it connected."""
    made = Account(synapse, synapse.register(f"account-{next(numbers)}"), tmp_path_factory.mktemp("account"))
    yield made
    made.close()


@pytest.fixture
def other(synapse: Synapse, tmp_path: Path) -> Iterator[Account]:
    """An account of the test's own, which it may end."""
    made = Account(synapse, synapse.register(f"other-{next(numbers)}"), tmp_path)
    yield made
    made.close()


@pytest.fixture
def limited(synapse: Synapse, tmp_path: Path) -> Iterator[Account]:
    """An account that may send only a few messages at once."""
    made = Account(synapse, synapse.register(f"limited-{next(numbers)}", limited=True), tmp_path)
    yield made
    made.close()


def room_of(account: Account, ann: Human) -> str:
    """A new room with ann and the account."""
    user_id = account.connection.client.user_id
    made = ann.create_room(user_id)
    ann.wait_for_member(made, user_id)
    return made


@pytest.fixture
def room(account: Account, ann: Human) -> str:
    return room_of(account, ann)


def root(error: BaseException) -> BaseException:
    while inner := error.__cause__ or error.__context__:
        error = inner
    return error


def test_an_event_is_there_once_under_its_key(account: Account, ann: Human, room: str) -> None:
    assert account.send(room, "key") == account.send(room, "key") != account.send(room, "other")
    assert len(ann.messages(room)) == 2


def test_a_server_that_wants_a_pause(limited: Account, ann: Human) -> None:
    room = room_of(limited, ann)
    with pytest.raises(RateLimited) as refused:
        for _ in range(4):
            limited.send(room)
    assert 1 < refused.value.retry_after <= 100


def test_a_server_that_is_away(synapse: Synapse, ann: Human, tmp_path: Path) -> None:
    port = free_port()
    with Gateway(synapse.url, port) as way:
        away = Account(synapse, synapse.register(f"away-{next(numbers)}"), tmp_path, way.url)
        room = room_of(away, ann)
    try:
        with pytest.raises(Unreached) as unreached:
            away.send(room, "key")
        assert isinstance(root(unreached.value), ConnectionRefusedError)
        with Gateway(synapse.url, port):
            assert away.send(room, "key") == ann.messages(room)[0]["event_id"]
    finally:
        away.close()


def test_what_the_server_refuses(account: Account, ann: Human, room: str) -> None:
    with pytest.raises(Refused, match="M_FORBIDDEN"):
        account.connection.run(account.connection.homeserver.set_state(room, "m.room.name", {"name": "mine"}))
    with pytest.raises(NotThere):
        account.connection.run(account.connection.homeserver.resolve("#nobody"))
    big = {**NOTICE, "body": "x" * 70_000}
    with pytest.raises(Refused, match="M_TOO_LARGE"):
        account.connection.run(account.connection.timeline.send(room, "m.room.message", big))


def test_the_event_loop_does_not_wait_for_itself(account: Account) -> None:
    async def work() -> None:
        account.connection.run(asyncio.sleep(0))

    with pytest.raises(RuntimeError, match="wait for itself"):
        account.connection.run(work())


def test_who_waits_when_it_ends_is_told(other: Account) -> None:
    begun = threading.Event()
    failures: list[Exception] = []

    async def work() -> None:
        begun.set()
        await asyncio.Event().wait()

    def wait() -> None:
        try:
            other.connection.run(work())
        except Exception as error:
            failures.append(error)

    waiting = threading.Thread(target=wait)
    waiting.start()
    assert begun.wait(PATIENCE)
    other.connection.stop()
    waiting.join(PATIENCE)
    assert [type(error) for error in failures] == [Doubtful]
    with pytest.raises(Unreached):
        other.connection.run(asyncio.sleep(0))


def test_it_ends_though_its_sync_swallows_cancellations(other: Account, ann: Human) -> None:
    begun = threading.Event()

    async def deaf(*_: object) -> None:
        begun.set()
        for _ in range(2):
            with suppress(asyncio.CancelledError):
                await asyncio.Event().wait()

    async def listen() -> threading.Thread:
        other.connection.client.add_event_callback(deaf, RoomMessage)  # called in the middle of a sync
        return threading.current_thread()

    loop = other.connection.run(listen())
    ann.say(room_of(other, ann), "hm")
    assert begun.wait(PATIENCE)
    stopping = threading.Thread(target=other.connection.stop, daemon=True)
    stopping.start()
    stopping.join(PATIENCE)
    assert not stopping.is_alive()
    loop.join(PATIENCE)
    assert not loop.is_alive()


def test_a_connection_that_was_never_there_can_be_stopped(tmp_path: Path) -> None:
    who = {"homeserver": "http://127.0.0.1:9", "username": "@bot:x", "password": PASSWORD}
    store = Store(tmp_path / "store.sqlite")
    connection = Connection(identity(who, []), store, tmp_path, lambda news: None, time.time)
    connection.start()
    connection.stop()
    store.close()


def test_a_wrong_password_is_told(synapse: Synapse, person: Callable[[str], Human], tmp_path: Path) -> None:
    who = {"homeserver": synapse.url, "username": person("who").user_id, "password": "not this one"}
    news: queue.SimpleQueue[News] = queue.SimpleQueue()
    store = Store(tmp_path / "store.sqlite")
    connection = Connection(identity(who, []), store, tmp_path, news.put, time.time)
    connection.start()
    failed = news.get(timeout=PATIENCE)
    assert isinstance(failed, Failed)
    assert "not this one" not in failed.sentence
    connection.stop()
    store.close()


HEAD = b"HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n%sConnection: close\r\n\r\n%s"


def answered(status: bytes, body: bytes, header: bytes = b"") -> bytes:
    return HEAD % (status, len(body), header, body)


@pytest.mark.parametrize(
    ("answer", "failure", "attributes"),
    [
        (b"", Doubtful, {}),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", Doubtful, {}),
        (answered(b"502 Bad Gateway", b"<html>"), Doubtful, {}),
        (answered(b"404 Not Found", b"<html>"), Doubtful, {}),
        (answered(b"200 OK", b"<html>"), Doubtful, {}),
        (answered(b"500 Oh", b'{"errcode": "M_UNKNOWN", "error": "x"}'), Doubtful, {}),
        (answered(b"403 No", b'{"errcode": "M_FORBIDDEN", "error": "x"}'), Refused, {"code": "M_FORBIDDEN"}),
        (answered(b"404 No", b'{"errcode": "M_UNKNOWN", "error": "x"}'), Refused, {"missing": True, "status": 404}),
        (answered(b"404 No", b'{"errcode": "M_UNRECOGNIZED", "error": "x"}'), Refused, {"missing": False}),
        (
            answered(b"403 No", b'{"errcode": "ORG.MATRIX.MSC3866_USER_AWAITING_APPROVAL", "error": "x"}'),
            Refused,
            {"code": "ORG.MATRIX.MSC3866_USER_AWAITING_APPROVAL"},
        ),
        (answered(b"403 No", b'{"errcode": "forbidden", "error": "x"}'), Doubtful, {}),
        (answered(b"401 No", b'{"errcode": "M_USER_LOCKED", "error": "x"}'), Refused, {"code": "M_USER_LOCKED"}),
        (answered(b"401 No", b'{"errcode": "M_UNKNOWN_TOKEN", "error": "x"}'), LoggedOut, {}),
        (
            answered(b"429 Slow", b'{"errcode": "M_LIMIT_EXCEEDED", "error": "x", "retry_after_ms": 2500}'),
            RateLimited,
            {"retry_after": 2.5},
        ),
        (
            answered(b"429 Slow", b'{"errcode": "M_LIMIT_EXCEEDED", "error": "x"}', b"Retry-After: 7\r\n"),
            RateLimited,
            {"retry_after": 7.0},
        ),
        (
            answered(b"429 Slow", b"<html>", b"Retry-After: Wed, 21 Oct 2026 07:28:00 GMT\r\n"),
            RateLimited,
            {"retry_after": 5.0},
        ),
    ],
)
@pytest.mark.servers
def test_what_an_answer_means(answer: bytes, failure: type[Exception], attributes: dict[str, Any]) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        await writer.drain()
        writer.close()

    async def ask() -> None:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        client = AsyncClient(
            f"http://127.0.0.1:{port}", "@bot:x", config=AsyncClientConfig(max_limit_exceeded=0, max_timeouts=0)
        )
        client.access_token = "token"
        try:
            await reach(client.whoami())
        finally:
            await client.close()
            server.close()

    with pytest.raises(failure) as failed:
        asyncio.run(ask())
    assert type(failed.value) is failure
    assert {name: getattr(failed.value, name) for name in attributes} == attributes
    assert root(failed.value) is failed.value
