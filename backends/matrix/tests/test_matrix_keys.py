"""The keys of an account: lost, used up or refused ones, and messages that can't be opened."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import pytest
from nio.crypto.sessions import InboundGroupSession, OutboundGroupSession

from backends.matrix.tests.account import ROOM, Make, connected, said
from backends.matrix.tests.scripted import BOT, DEVICE, Scripted, refusal, sync
from errbot_matrix.hearing import Concern, Connected, Done, Heard

pytestmark = pytest.mark.servers


def mine(server: Scripted) -> dict[str, Any]:
    """What the server knows of the session, once it has its keys."""
    [first, *_] = server.wait_for("POST keys/upload")
    return {"device_keys": {BOT: {DEVICE: first["device_keys"]}}}


def test_a_session_that_somebody_ended_brings_its_keys_again(server: Scripted, make: Make) -> None:
    """Else nobody could write to it in encrypted rooms, and it would hear nothing there (matrix-js-sdk#2173)."""
    account = make()
    connected(server, account)
    keys = mine(server)["device_keys"][BOT][DEVICE]["keys"]
    server.answer("GET sync", refusal(401, "M_UNKNOWN_TOKEN"), sync("s2"))
    assert server.wait_for("POST keys/upload", 2)[-1]["device_keys"]["keys"] == keys


def test_keys_that_the_server_has_are_not_brought_again(server: Scripted, make: Make) -> None:
    account = make()
    connected(server, account)
    server.always["POST keys/query"] = (200, mine(server))
    server.answer("GET sync", refusal(401, "M_UNKNOWN_TOKEN"), sync("s2"))
    assert account.next() == Done("s2")
    assert len(server.asked("POST keys/upload")) == 1


def test_the_admins_are_told_of_keys_that_are_lost(server: Scripted, make: Make, tmp_path: Path) -> None:
    first = make()
    connected(server, first)
    server.always["POST keys/query"] = (200, mine(server))
    first.close()
    (tmp_path / "other").mkdir()
    second = make(tmp_path / "other")
    server.answer("GET sync", sync("s1"))
    second.start()
    assert second.next() == Connected()
    told = second.next()
    assert isinstance(told, Concern) and DEVICE in told.sentence and "MATRIX_DEVICE_ID" in told.sentence


def test_where_no_device_is_named_one_whose_keys_are_lost_is_given_up(
    server: Scripted, make: Make, tmp_path: Path
) -> None:
    first = make(device_id="")
    connected(server, first)
    device = first.store.device
    first.close()
    (tmp_path / f"{BOT}_{device}.db").unlink()
    assert make(device_id="").store.device not in ("", device)


def test_keys_that_the_server_refuses_are_not_brought_for_ever(
    server: Scripted, make: Make, caplog: pytest.LogCaptureFixture
) -> None:
    """Its answer to earlier ones was lost: "One time key … already exists" (element-ios#3721, matrix-js-sdk#4213)."""
    caplog.set_level(logging.ERROR, "errbot_matrix")
    server.answer("POST keys/upload", *[refusal(400, "M_UNKNOWN")] * 2)
    account = make()
    connected(server, account)
    counts = {"device_one_time_keys_count": {"signed_curve25519": 0}}
    server.answer("GET sync", sync("s2", **counts), sync("s3", **counts))
    first, second, third = (set(body["one_time_keys"]) for body in server.wait_for("POST keys/upload", 3)[:3])
    assert not first & second and not second & third
    assert caplog.text.count("can't exchange the keys") == 1


@pytest.mark.parametrize("left", [{"signed_curve25519": 0}, {}])
def test_keys_that_are_used_up_are_replaced(server: Scripted, make: Make, left: dict[str, int]) -> None:
    """matrix-nio does not see that there are none, and then nobody can begin to write to the account."""
    account = make()
    connected(server, account)
    server.answer("GET sync", sync("s2", device_one_time_keys_count=left))
    assert account.next() == Done("s2")
    first, second = (set(body["one_time_keys"]) for body in server.asked("POST keys/upload"))
    assert len(first) == len(second) > 0 and not first & second


@pytest.mark.parametrize("body", ["AAAA", "no base64", "", "A" * 1000])
@pytest.mark.parametrize("kind", [0, 1, 7])
def test_a_broken_message_to_the_device_costs_itself_alone(server: Scripted, make: Make, body: str, kind: int) -> None:
    account = make()
    connected(server, account)
    key = mine(server)["device_keys"][BOT][DEVICE]["keys"][f"curve25519:{DEVICE}"]
    content = {
        "algorithm": "m.olm.v1.curve25519-aes-sha2",
        "sender_key": key,
        "ciphertext": {key: {"type": kind, "body": body}},
    }
    event = {"type": "m.room.encrypted", "sender": "@eve:chat.example", "content": content}
    server.answer("GET sync", sync("s2", to_device={"events": [event]}, **said("!inbox")))
    heard = account.next()
    assert isinstance(heard, Heard) and heard.event.body == "!inbox"
    assert len(server.asked("GET sync")) <= 3


def sealed(event_id: str, session_id: str = "nobody's", ciphertext: str = "AwgA") -> dict[str, Any]:
    """What a sync brings of a message whose key the account doesn't have."""
    brought = said("", event_id)
    [event] = brought["rooms"]["join"][ROOM]["timeline"]["events"]
    of = {"session_id": session_id, "sender_key": "unknown", "device_id": "PHONE", "ciphertext": ciphertext}
    event |= {"type": "m.room.encrypted", "content": {"algorithm": "m.megolm.v1.aes-sha2", **of}}
    return brought


def test_the_admins_are_told_once_where_nobody_gives_the_account_a_key(server: Scripted, make: Make) -> None:
    """Element gives none to sessions that their owner has not verified, and matrix-nio can't have its own verified."""
    account = make()
    connected(server, account)
    server.answer("GET sync", sync("s2", **sealed("$1")))
    assert account.next() == Done("s2")
    account.later = 61.0
    server.answer("GET sync", sync("s3", **sealed("$2")), sync("s4"))
    told = account.next()
    assert isinstance(told, Concern) and ROOM in told.sentence and "@ann:chat.example" in told.sentence
    assert [account.next(), account.next()] == [Done("s3"), Done("s4")]


def test_what_was_opened_is_heard_though_the_server_takes_no_keys_just_then(server: Scripted, make: Make) -> None:
    """The sync is asked for again then, but it brings nothing of what came before the key."""
    account = make()
    connected(server, account)
    session, client = OutboundGroupSession(), account.connection.client
    key = InboundGroupSession(session.session_key, "unsigned", "unknown", ROOM)
    session.mark_as_shared()
    words = {"type": "m.room.message", "room_id": ROOM, "content": {"msgtype": "m.text", "body": "!inbox"}}
    server.answer("GET sync", sync("s2", **sealed("$1", session.id, session.encrypt(json.dumps(words)))))
    assert account.next() == Done("s2")

    async def give() -> None:
        client.olm.inbound_group_store.add(key)

    account.connection.run(give())
    server.answer("POST keys/upload", (502, {}))
    few = {"device_one_time_keys_count": {"signed_curve25519": 1}}
    server.answer("GET sync", sync("s3", **few), sync("s3", **few))
    heard = account.next()
    assert isinstance(heard, Heard) and heard.event.body == "!inbox"
    assert account.next() == Done("s3")
