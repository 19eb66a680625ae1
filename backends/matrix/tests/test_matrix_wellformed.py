"""What a homeserver sends that makes no sense costs itself alone."""

from __future__ import annotations

from typing import Any

import pytest

from backends.matrix.tests.account import ROOM, Make, connected, said
from backends.matrix.tests.scripted import Scripted, sync
from errbot_matrix.hearing import Done, Heard

pytestmark = pytest.mark.servers

NOTHING: dict[str, dict[str, Any]] = {
    "a room's state": {"state": None},
    "no events in a room's state": {"state": {"events": None}},
    "a timeline's limit": {"timeline": {"limited": None, "prev_batch": None}},
    "what passes by in a room": {"ephemeral": None, "account_data": {"events": None}},
    "whom a room is named after": {"summary": {"m.heroes": None, "m.joined_member_count": None}},
    "somebody whom a room is named after": {"summary": {"m.heroes": [None], "m.joined_member_count": "2"}},
    "who is typing": {"ephemeral": {"events": [None, {"type": "m.typing", "content": {"user_ids": None}}]}},
    "what nobody has read": {"unread_notifications": None},
}


@pytest.mark.parametrize("room", NOTHING.values(), ids=NOTHING)
def test_null_for_what_has_nothing_in_it_costs_no_message(server: Scripted, make: Make, room: dict[str, Any]) -> None:
    """So Dendrite wrote (matrix-org/dendrite#1709), and matrix-nio could read none of the sync."""
    account = make()
    connected(server, account)
    brought = said("!inbox")
    there = brought["rooms"]["join"][ROOM]
    brought["rooms"]["join"][ROOM] = room | {"timeline": there["timeline"] | room.get("timeline", {})}
    brought["rooms"]["join"]["!quiet:chat.example"] = {"timeline": {"events": None}}
    brought["rooms"] |= {"invite": None, "leave": None}
    server.answer("GET sync", sync("s2", **brought, to_device=None, account_data=None, device_lists=None))
    heard = account.next()
    assert isinstance(heard, Heard) and heard.event.body == "!inbox"
    assert account.next() == Done("s2")


def test_a_page_of_history_that_is_null_ends_it(server: Scripted, make: Make) -> None:
    """An empty page came as `null` (matrix-org/dendrite#1708); the sync that led to it came again for ever."""
    account = make()
    connected(server, account)
    brought = said("!inbox")
    brought["rooms"]["join"][ROOM]["timeline"]["limited"] = True
    server.answer(f"GET rooms/{ROOM}/messages", (200, {"start": "p", "end": None, "chunk": None}))
    server.answer("GET sync", sync("s2", **brought))
    heard = account.next()
    assert isinstance(heard, Heard) and heard.event.body == "!inbox"
    assert account.next() == Done("s2")


@pytest.mark.parametrize("where", ["to_device", "presence", "account_data"])
def test_what_is_no_event_anywhere_in_a_sync_costs_no_message(server: Scripted, make: Make, where: str) -> None:
    account = make()
    connected(server, account)
    server.answer("GET sync", sync("s2", **said("!inbox"), **{where: {"events": [None, {"type": 1}, {"content": {}}]}}))
    heard = account.next()
    assert isinstance(heard, Heard) and heard.event.body == "!inbox"


def test_what_is_no_event_costs_itself_alone(server: Scripted, make: Make) -> None:
    """Clients have been brought down for good by such events, as matrix-org/synapse#5404 and others tell."""
    account = make()
    connected(server, account)
    told = said("!inbox")
    events = told["rooms"]["join"][ROOM]["timeline"]["events"]
    whole = {**events[0], "event_id": "$other"}
    odd: list[Any] = [None, "hello", {}]
    odd += [{name: value for name, value in whole.items() if name != lacking} for lacking in whole]
    odd += [whole | {name: strange} for name in [*whole, "unsigned"] for strange in (None, [], [7])]
    relations: list[Any] = [None, [], {"m.in_reply_to": None}, {"rel_type": "m.thread", "event_id": 5}]
    odd += [whole | {"type": kind, "state_key": "", "content": {}} for kind in ("m.room.member", "m.room.tombstone")]
    odd += [whole | {"content": {"msgtype": "m.text", "body": "x", "m.relates_to": one}} for one in relations]
    events[:0] = odd
    told["rooms"]["invite"] = {"!other:chat.example": {"invite_state": {"events": [None, {"type": 5}]}}}
    server.answer("GET sync", sync("s2", **told))
    heard = [account.next()]
    while heard[-1] != Done("s2"):
        heard.append(account.next())
    assert "!inbox" in [getattr(each.event, "body", "") for each in heard if isinstance(each, Heard)]


@pytest.mark.parametrize("strange", [10**400, -(10**400), float("inf"), float("nan")], ids=range(4))
def test_a_time_that_is_none_costs_its_event_alone(server: Scripted, make: Make, strange: float) -> None:
    """How old events are counts after an outage; rooms of old versions let through any number."""
    account = make()
    connected(server, account)
    told = said("!inbox")
    events = told["rooms"]["join"][ROOM]["timeline"]["events"]
    whole = {**events[0], "event_id": "$other"}
    events[:0] = [whole | {"origin_server_ts": strange}, whole | {"unsigned": {"age": strange}}]
    server.answer("GET sync", (502, "<html>"), sync("s2", **told))
    heard = account.next()
    assert isinstance(heard, Heard) and heard.event.event_id == "$1" and account.next() == Done("s2")
