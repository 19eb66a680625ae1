"""What goes wrong on a real socket."""

from __future__ import annotations

import gc
import gzip
import json
import select
import socket
import struct
import threading

import pytest
import requests

from simulator.server import Simulator
from simulator.world import World
from tests.simulator.conftest import NOON

pytestmark = pytest.mark.servers

PATH = "200300400/conversations"


def opened(simulator, path, *headers):
    """A bare connection on which a request has been sent."""
    host, port = simulator.url.removeprefix("http://").split(":")
    connection = socket.create_connection((host, int(port)))
    token = simulator.world.pages["acme"].token
    lines = [f"GET {path} HTTP/1.1", f"Host: {host}:{port}", f"Authorization: Bearer {token}", *headers, "", ""]
    connection.sendall("\r\n".join(lines).encode())
    return connection


def test_connections_are_kept(simulator, client):
    connections = set()
    for path in ("me", PATH, "nonsense", PATH):
        with client.session.get(f"{simulator.url}/v26.0/{path}", stream=True) as reply:
            connections.add(reply.raw.connection.sock.getsockname())
            assert reply.content
    assert len(connections) == 1


def test_two_requests_on_one_bare_connection(simulator):
    connection = opened(simulator, "/v26.0/me")
    with connection, connection.makefile("rb") as reader:
        for _ in range(2):
            assert reader.readline().startswith(b"HTTP/1.1 200")
            size = 0
            while (line := reader.readline()) != b"\r\n":
                name, _, value = line.decode().partition(":")
                if name == "Content-Length":
                    size = int(value)
            assert json.loads(reader.read(size))["id"] == "200300400"
            connection.sendall(b"GET /v26.0/me HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
                               + simulator.world.pages["acme"].token.encode() + b"\r\n\r\n")  # fmt: skip


def test_packed_if_the_client_can_unpack(simulator, client):
    url, token = f"{simulator.url}/v26.0/{PATH}", simulator.world.pages["acme"].token
    headers = {"Authorization": f"Bearer {token}"}
    plain = client.session.get(url, headers=headers | {"Accept-Encoding": "identity"}, stream=True).raw
    packed = client.session.get(url, headers=headers | {"Accept-Encoding": "gzip, br"}, stream=True).raw
    assert "Content-Encoding" not in plain.headers and packed.headers["Content-Encoding"] == "gzip"
    body, small = plain.read(decode_content=False), packed.read(decode_content=False)
    assert gzip.decompress(small) == body and len(small) < len(body)


@pytest.mark.parametrize("status", [502, 503, 500, 200])
def test_html(simulator, client, status):
    simulator.fail("conversations", kind="html", status=status)
    reply = client.get(PATH)
    assert (reply.status_code, reply.headers["Content-Type"]) == (status, "text/html; charset=utf-8")
    assert reply.text.startswith("<!DOCTYPE html>")
    simulator.fail("conversations", kind="html")
    assert client.get(PATH).status_code == 502


def test_no_body(simulator, client):
    simulator.fail("conversations", kind="empty")
    reply = client.get(PATH)
    assert (reply.status_code, reply.content) == (200, b"")


def test_a_redirect_to_another_host(simulator, client):
    simulator.fail("conversations", kind="redirect", location="http://127.0.0.1:9/stolen")
    reply = client.get(PATH)
    assert (reply.status_code, reply.headers["Location"]) == (302, "http://127.0.0.1:9/stolen")
    assert client.get(PATH).status_code == 200


def test_a_body_cut_in_the_middle(simulator, client):
    simulator.fail("conversations", kind="truncated")
    with pytest.raises(requests.exceptions.RequestException):
        client.get(PATH)
    simulator.fail("conversations", kind="truncated")
    with opened(simulator, f"/v26.0/{PATH}") as connection, connection.makefile("rb") as reader:
        whole = reader.read()
    head, _, body = whole.partition(b"\r\n\r\n")
    promised = int(head.split(b"Content-Length: ")[1].split(b"\r\n")[0])
    assert len(body) == promised // 2
    with pytest.raises(json.JSONDecodeError):
        json.loads(body)
    assert client.get(PATH).status_code == 200


def test_wrong_types(simulator, client):
    right = client.conversations(fields="updated_time,participants,snippet,unread_count", limit=6)["data"]
    simulator.fail("conversations", kind="wrong_types")
    wrong = client.conversations(fields="updated_time,participants,snippet,unread_count", limit=6)["data"]
    assert isinstance(wrong[0]["updated_time"], int) and wrong[0]["id"] == right[0]["id"]
    assert wrong[1]["unread_count"] == str(right[1]["unread_count"]) and wrong[1]["snippet"] == 42
    assert wrong[2]["participants"] is None and wrong[2]["id"] == right[2]["id"]
    assert wrong[3]["participants"]["data"][0] is None and "from_the_future" in wrong[3]
    assert isinstance(wrong[4]["id"], int) and "id" not in wrong[5]
    simulator.fail("me", kind="wrong_types")
    assert client.body("me")["data"] == "rows"


def test_a_reset(simulator):
    simulator.fail("conversations", kind="reset")
    with opened(simulator, f"/v26.0/{PATH}") as connection, pytest.raises(ConnectionResetError):
        connection.recv(1)


def test_a_reset_reaches_requests_as_a_connection_error(simulator, client):
    simulator.fail("conversations", kind="reset")
    with pytest.raises(requests.exceptions.ConnectionError):
        client.get(PATH)
    assert client.get(PATH).status_code == 200


def test_a_drip(simulator):
    simulator.fail("conversations", kind="drip", pause=0.0001)
    pieces = []
    with opened(simulator, f"/v26.0/{PATH}?limit=1", "Connection: close") as connection:
        while piece := connection.recv(65536):
            pieces.append(piece)
    head, _, body = b"".join(pieces).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200") and len(json.loads(body)["data"]) == 1


def test_a_drip_gives_one_byte_and_then_waits(simulator):
    simulator.fail("conversations", kind="drip", pause=3600)
    with opened(simulator, f"/v26.0/{PATH}?limit=1", "Connection: close") as connection:
        said = b""
        while not said.partition(b"\r\n\r\n")[2]:
            said += connection.recv(65536)
    assert said.partition(b"\r\n\r\n")[2] == b"{"


def test_a_client_that_has_gone_before_its_reply_leaves_nothing_open(world):
    asked, gone = threading.Event(), threading.Event()

    def clock():
        asked.set()
        gone.wait()
        return NOON

    world.clock = clock
    others = {*threading.enumerate()}  # an earlier test's may still be ending
    with Simulator(world, rate_limit=False) as simulator:
        connection = opened(simulator, f"/v26.0/{PATH}")
        asked.wait()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()
        begun = {*threading.enumerate()} - others
        (serving,) = (one for one in begun if "process_request_thread" in one.name)
        gone.set()
        serving.join()
    gc.collect()  # what is still open would be told of here, and fail the test


@pytest.mark.parametrize("how", [{"kind": "hang"}, {"kind": "drip", "pause": 3600}], ids=lambda how: how["kind"])
def test_stopping_ends_what_hangs(world, connect, how):
    with Simulator(world, rate_limit=False) as simulator:
        client = connect(simulator)
        simulator.fail("conversations", **how)
        connection = opened(simulator, f"/v26.0/{PATH}")
        # Others are served meanwhile; once the request is on the list it has been taken up.
        while not any("conversations" in received.path for received in simulator.requests):
            assert client.get("me").status_code == 200
        if how["kind"] == "hang":
            assert select.select([connection], [], [], 0)[0] == []
    with connection:
        try:
            rest = b"".join(iter(lambda: connection.recv(65536), b""))
        except ConnectionResetError:
            rest = b""
        assert b'"paging"' not in rest


def test_stopping_frees_the_port_and_ends_kept_connections(world, connect):
    with Simulator(world) as simulator:
        client = connect(simulator)
        assert client.get("me").status_code == 200
        port = int(simulator.url.rsplit(":", 1)[1])
    with pytest.raises(requests.exceptions.ConnectionError):
        client.get("me")
    with Simulator(world, port=port) as again:
        assert again.url.endswith(f":{port}")
        assert connect(again).get("me").status_code == 200


def test_many_at_once_see_one_truth(clock, connect):
    world = World.seeded(2, clock, conversations=600)
    truth = [[t.id for t in world.conversations("acme", "messenger", "inbox")]] * 8
    seen = []
    with Simulator(world, rate_limit=False) as simulator:

        def walk():
            seen.append([id for page in connect(simulator).walk(limit=50) for id in page])

        workers = [threading.Thread(target=walk) for _ in truth]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    assert seen == truth


def test_only_this_machine_is_served(simulator):
    assert simulator.url.startswith("http://127.0.0.1:")
