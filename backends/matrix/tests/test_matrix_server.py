"""A connection to a homeserver that is not as it should be: accounts that are locked, lost keys, broken messages."""

from __future__ import annotations

import json
import logging
import queue
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from errbot.backends.base import UserDoesNotExistError
from nio.crypto.sessions import InboundGroupSession, OutboundGroupSession

from backends.matrix.tests.scripted import BOT, DEVICE, Scripted, refusal, sync
from errbot_matrix.connection import Connection
from errbot_matrix.errors import Doubtful, LoggedOut, Refused
from errbot_matrix.hearing import Concern, Connected, Done, Failed, Heard, News
from errbot_matrix.identity import identity
from errbot_matrix.store import Store
from errbot_matrix.timeline import transaction

pytestmark = pytest.mark.servers

ROOM, ANN = "!room:chat.example", "@ann:far.example"
PATIENCE = 120


@pytest.fixture
def server() -> Iterator[Scripted]:
    running = Scripted()
    yield running
    running.close()


class Account:
    """A bot's account on the scripted homeserver, whose memory is in `folder`."""

    def __init__(self, server: Scripted, folder: Path, **more: Any) -> None:
        who = {"homeserver": server.url, "username": BOT, "password": "hush", "device_id": DEVICE, **more}
        self.store = Store(folder / "store.sqlite")
        self.store.handled_until("s0")
        self.news: queue.SimpleQueue[News] = queue.SimpleQueue()
        self.later = 0.0
        """Seconds by which its clock is ahead."""
        self.waited: list[float] = []
        """The pauses it has made, in seconds; none of them takes any time."""
        self.connection = Connection(identity(who, []), self.store, folder, self.news.put, self.clock, self.wait)

    def clock(self) -> float:
        return time.time() + self.later

    async def wait(self, seconds: float) -> None:
        self.waited.append(seconds)

    def start(self) -> None:
        self.connection.start()

    def next(self) -> News:
        return self.news.get(timeout=PATIENCE)

    def close(self) -> None:
        self.connection.stop()
        self.store.close()


Make = Callable[..., Account]


@pytest.fixture
def make(server: Scripted, tmp_path: Path) -> Iterator[Make]:
    made: list[Account] = []

    def account(folder: Path = tmp_path, **more: Any) -> Account:
        made.append(Account(server, folder, **more))
        return made[-1]

    yield account
    for each in made:
        each.close()


def said(text: str, event_id: str = "$1") -> dict[str, Any]:
    """What a sync brings when somebody says something in the room."""
    event = {
        "type": "m.room.message",
        "event_id": event_id,
        "sender": "@ann:chat.example",
        "origin_server_ts": int(time.time() * 1000),
        "content": {"msgtype": "m.text", "body": text},
    }
    return {"rooms": {"join": {ROOM: {"timeline": {"events": [event], "limited": False, "prev_batch": "p"}}}}}


def connected(server: Scripted, account: Account) -> None:
    """Begin a session that has listened before."""
    server.answer("GET sync", sync("s1"))
    account.start()
    assert account.next() == Connected() and account.next() == Done("s1")


def test_what_is_said_while_an_account_is_locked_is_heard_once_it_is_not(server: Scripted, make: Make) -> None:
    account = make()
    connected(server, account)
    server.answer("GET sync", refusal(401, "M_USER_LOCKED"), sync("s2", **said("!inbox")))
    heard = account.next()
    assert isinstance(heard, Heard) and heard.event.body == "!inbox"
    assert [asked.get("since") for asked in server.asked("GET sync")][:3] == ["s0", "s1", "s1"]


@pytest.mark.parametrize("code", ["M_UNKNOWN_TOKEN", "M_USER_LOCKED"])
def test_a_session_that_ends_softly_while_something_is_sent(server: Scripted, make: Make, code: str) -> None:
    """matrix-nio drops the token then, and makes no request any more (Synapse's `session_lifetime`, MSC3939)."""
    account = make()
    connected(server, account)
    homeserver = account.connection.homeserver
    server.answer("GET joined_rooms", refusal(401, code))
    with pytest.raises(LoggedOut if code == "M_UNKNOWN_TOKEN" else Refused):
        account.connection.run(homeserver.rooms())
    assert account.connection.run(homeserver.rooms()) == []
    server.answer("GET sync", refusal(401, code), sync("s2", **said("!inbox")))
    heard = account.next()
    assert isinstance(heard, Heard) and heard.event.body == "!inbox"
    assert len(server.asked("POST login")) == (2 if code == "M_UNKNOWN_TOKEN" else 1)


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


def test_a_token_that_the_server_no_longer_knows_is_dropped(server: Scripted, make: Make) -> None:
    account = make()
    connected(server, account)
    server.answer("GET sync", refusal(400, "M_UNKNOWN"), sync("s9"))
    assert account.next() == Done("s9")
    assert [asked.get("since") for asked in server.asked("GET sync")][:3] == ["s0", "s1", None]


def test_a_server_that_does_not_hold_syncs_back_is_asked_slowly(server: Scripted, make: Make) -> None:
    """A sync that never brings news and comes at once was asked for 489 times a second, as others recorded."""
    account = make()
    connected(server, account)
    server.answer("GET sync", sync("s1"), sync("s1"), sync("s2"))
    assert account.next() == Done("s2")
    assert account.waited == [1, 1]


def test_a_server_that_does_not_know_the_request_does_not_make_a_room_unencrypted(server: Scripted, make: Make) -> None:
    account = make()
    connected(server, account)
    server.always[f"GET rooms/{ROOM}/state/m.room.encryption/"] = refusal(404, "M_UNRECOGNIZED")
    with pytest.raises(Refused, match="M_UNRECOGNIZED"):
        account.connection.run(account.connection.timeline.send(ROOM, "m.room.message", {"body": "hello"}))
    assert not [path for path, _ in server.calls if "/send/" in path]


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


@pytest.mark.parametrize(
    ("asked", "waited"), [(7000, 7), (10**12, 3600), (10**400, 3600), (-5, 0.1), (0, 5), (None, 5)], ids=range(6)
)
def test_no_server_silences_the_bot_for_longer_than_an_hour(
    server: Scripted, make: Make, asked: int | None, waited: float
) -> None:
    account = make()
    connected(server, account)
    status, said = refusal(429, "M_LIMIT_EXCEEDED")
    server.answer("GET sync", (status, said | {"retry_after_ms": asked}), sync("s2"))
    assert account.next() == Done("s2") and account.waited[-1] == waited


def test_a_point_that_no_sync_leads_on_from_is_left(server: Scripted, make: Make) -> None:
    """As element-hq/synapse#20080 tells of matrix.org: the bot looked alive, and heard nothing for hours."""
    account = make()
    connected(server, account)
    server.answer("GET sync", sync("s2", **said("!inbox")))
    assert isinstance(account.next(), Heard) and account.next() == Done("s2")
    server.always[f"PUT rooms/{ROOM}/send/m.room.message/{transaction('k1')}"] = (200, {"event_id": "$mine"})
    account.connection.run(account.connection.timeline.send(ROOM, "m.room.message", {"body": "hello"}, "k1"))
    server.wait_for("GET sync", 3)
    server.answer("GET sync", sync("s2"))
    server.wait_for("GET sync", 4)
    account.later = 601.0
    server.answer("GET sync", sync("s2"), sync("s9"))
    told = account.next()
    assert isinstance(told, Concern) and "not even what I wrote myself" in told.sentence
    assert account.next() == Done("s9")
    assert None in [each.get("since") for each in server.asked("GET sync")]


def test_an_event_that_was_shown_and_is_sent_once_more_is_not_missed(server: Scripted, make: Make) -> None:
    """Its answer was lost, and the repeat brings nothing new: a quiet evening is none on which nothing is heard."""
    account = make()
    connected(server, account)
    server.answer("GET sync", sync("s2", **said("!inbox")))
    assert isinstance(account.next(), Heard) and account.next() == Done("s2")
    sending = f"PUT rooms/{ROOM}/send/m.room.message/{transaction('k1')}"
    server.answer(sending, (504, "<html>"), (200, {"event_id": "$mine"}))
    with pytest.raises(Doubtful):
        account.connection.run(account.connection.timeline.send(ROOM, "m.room.message", {"body": "hello"}, "k1"))
    mine = said("hello", "$mine")
    mine["rooms"]["join"][ROOM]["timeline"]["events"][0]["sender"] = BOT
    server.answer("GET sync", sync("s3", **mine))
    assert account.next() == Done("s3")
    account.connection.run(account.connection.timeline.send(ROOM, "m.room.message", {"body": "hello"}, "k1"))
    server.wait_for("GET sync", 4)
    server.answer("GET sync", sync("s3"))
    server.wait_for("GET sync", 5)
    account.later = 601.0
    server.answer("GET sync", sync("s3"), sync("s4"))
    assert account.next() == Done("s4")


def test_a_server_whose_syncs_lead_nowhere_is_told_of_once(server: Scripted, make: Make) -> None:
    account = make()
    connected(server, account)
    server.answer("GET sync", sync("s2", **said("!inbox")))
    assert isinstance(account.next(), Heard) and account.next() == Done("s2")
    for number in (1, 2, 3):
        key = f"k{number}"
        server.always[f"PUT rooms/{ROOM}/send/m.room.message/{transaction(key)}"] = (200, {"event_id": f"${key}"})
        account.connection.run(account.connection.timeline.send(ROOM, "m.room.message", {"body": "hello"}, key))
        server.wait_for("GET sync", 3 * number)
        server.answer("GET sync", sync("s2"))
        server.wait_for("GET sync", 3 * number + 1)
        account.later += 601.0
        server.answer("GET sync", sync("s2"), sync("s2"))
    server.answer("GET sync", sync("s3", **said("!inbox", "$2")))
    heard = [account.next()]
    while heard[-1] != Done("s3"):
        heard.append(account.next())
    assert [type(each) for each in heard].count(Concern) == 1


def test_ids_with_slashes_are_one_part_of_a_path(server: Scripted, make: Make) -> None:
    """Events of rooms of version 3 have them, and people may: Matrix, "Event IDs" and "User identifiers"."""
    account = make()
    connected(server, account)
    edit = {"type": "m.room.message", "event_id": "$edit", "sender": BOT, "origin_server_ts": 1, "content": {}}
    server.always[f"GET rooms/{ROOM}/relations/$a%2Fb+c/m.replace"] = 200, {"chunk": [edit]}
    server.always["GET profile/@ann%2Fwork:chat.example/displayname"] = (200, {"displayname": "Ann"})
    homeserver = account.connection.homeserver
    assert account.connection.run(account.connection.timeline.edits_of(ROOM, "$a/b+c")) == ["$edit"]
    assert account.connection.run(homeserver.display_name("@ann/work:chat.example")) == "Ann"


def invited(room: str, person: str) -> dict[str, Any]:
    state = {"type": "m.room.member", "sender": person, "state_key": BOT, "content": {"membership": "invite"}}
    return {"rooms": {"invite": {room: {"invite_state": {"events": [state]}}}}}


def test_an_invitation_that_can_not_be_accepted_yet_is_tried_on_and_the_admins_are_told(
    server: Scripted, make: Make
) -> None:
    """Servers say so of rooms that they don't know yet: matrix-org/synapse#2807."""
    account = make(invites=[ANN])
    connected(server, account)
    unknown = refusal(404, "M_UNKNOWN")
    server.answer(f"POST join/{ROOM}", unknown, unknown, unknown, (200, {"room_id": ROOM}))
    server.answer("GET sync", sync("s1", **invited(ROOM, ANN)))
    told = account.next()
    while not isinstance(told, Concern):
        told = account.next()
    assert told.sentence.startswith(
        f"{ANN} has invited me to {ROOM}, which I can't join. My homeserver finds no server"
    )
    server.wait_for(f"POST join/{ROOM}", 4)


@pytest.mark.parametrize(("way", "told"), [("m.login.sso", True), ("m.login.password", False)])
def test_who_takes_no_passwords_is_told_with_what_else_to_log_in(
    server: Scripted, make: Make, way: str, told: bool
) -> None:
    account = make()
    server.always["POST login"] = refusal(403, "M_UNKNOWN")
    server.always["GET login"] = 200, {"flows": [{"type": way}]}
    account.connection.start()
    failed = account.next()
    assert isinstance(failed, Failed) and ("put an access_token into BOT_IDENTITY" in failed.sentence) is told


@pytest.mark.parametrize(("token", "told"), [("mat_a1b2", True), ("mct_a1b2", False), ("syt_a1b2", False)])
def test_a_token_that_an_app_has_to_renew_is_told_apart(server: Scripted, make: Make, token: str, told: bool) -> None:
    """People copy it out of Element, and within four hours it is dead (NousResearch/hermes-agent#93929)."""
    account = make(password="", access_token=token)
    server.always["GET account/whoami"] = refusal(401, "M_UNKNOWN_TOKEN")
    account.connection.start()
    failed = account.next()
    assert isinstance(failed, Failed) and ("make one that stays" in failed.sentence) is told


DIRECT = "!direct:chat.example"


def member(person: str, membership: str) -> dict[str, Any]:
    content = {"membership": membership, "is_direct": True}
    about = {"sender": BOT, "origin_server_ts": 1, "event_id": f"${person}", "state_key": person}
    return {"type": "m.room.member", "content": content, **about}


def test_a_direct_chat_that_was_made_though_the_answer_was_lost_is_used(server: Scripted, make: Make) -> None:
    """A proxy that waits no longer than the server takes to make a room would else mean a room for each try."""
    account = make()
    connected(server, account)
    server.always["GET profile/@ann:chat.example"] = (200, {})
    server.answer("POST createRoom", (504, "<html>"))
    directs = account.connection.directs
    with pytest.raises(Doubtful):
        account.connection.run(directs.room("@ann:chat.example"))
    state = [member(BOT, "join"), member("@ann:chat.example", "invite")]
    events = {"events": state, "limited": False, "prev_batch": "p"}
    server.always[f"PUT user/{BOT}/account_data/m.direct"] = (200, {})
    server.answer("GET sync", sync("s2", rooms={"join": {DIRECT: {"timeline": events}}}))
    assert account.connection.run(directs.room("@ann:chat.example")) == DIRECT
    assert len(server.asked("POST createRoom")) == 1
    assert server.asked(f"PUT user/{BOT}/account_data/m.direct") == [{"@ann:chat.example": [DIRECT]}]


def test_whoever_shows_no_profile_can_be_written_to(server: Scripted, make: Make) -> None:
    """On Synapse by `limit_profile_requests_to_users_who_share_rooms`."""
    account = make()
    connected(server, account)
    server.always["GET profile/@ann:chat.example"] = refusal(403, "M_FORBIDDEN")
    server.always["POST createRoom"] = (200, {"room_id": DIRECT})
    server.always[f"PUT user/{BOT}/account_data/m.direct"] = (200, {})
    assert account.connection.run(account.connection.directs.room("@ann:chat.example")) == DIRECT
    server.always["GET profile/@bo:chat.example"] = refusal(404, "M_NOT_FOUND")
    with pytest.raises(UserDoesNotExistError):
        account.connection.run(account.connection.directs.room("@bo:chat.example"))


# --- Encrypted rooms ------------------------------------------------------------------------------


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
