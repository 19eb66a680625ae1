"""A connection to a homeserver that is not as it should be: accounts that are locked, syncs that lead nowhere."""

from __future__ import annotations

from typing import Any

import pytest
from errbot.backends.base import UserDoesNotExistError

from backends.matrix.tests.account import ANN, ROOM, Make, connected, invited, said
from backends.matrix.tests.scripted import BOT, Scripted, refusal, sync
from errbot_matrix.errors import Doubtful, LoggedOut, Refused
from errbot_matrix.hearing import Concern, Done, Failed, Heard
from errbot_matrix.timeline import transaction

pytestmark = pytest.mark.servers


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
