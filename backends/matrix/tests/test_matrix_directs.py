"""Which rooms are direct chats, whatever order a homeserver tells of that in: joins, lists of them, and answers."""

from __future__ import annotations

from typing import Any

import pytest

from backends.matrix.tests.account import ANN, ROOM, Account, Make, connected, invited, said
from backends.matrix.tests.scripted import BOT, Scripted, refusal, sync
from errbot_matrix.hearing import Heard

pytestmark = pytest.mark.servers

LIST = f"user/{BOT}/account_data/m.direct"
BO, ZOE, OTHER = "@bo:chat.example", "@zoe:chat.example", "!other:chat.example"


def comes_directly(account: Account, server: Scripted, token: str, **parts: Any) -> bool:
    """Whether a message that comes with the next sync, with these parts, is one of a direct chat."""
    server.answer("GET sync", sync(token, **said(f"with {token}", f"${token}"), **parts))
    news = account.next()
    while not isinstance(news, Heard):
        news = account.next()
    assert news.event.body == f"with {token}"
    return news.direct


def listed(content: dict[str, list[str]]) -> dict[str, Any]:
    """What a sync brings once the list of direct chats has changed."""
    return {"account_data": {"events": [{"type": "m.direct", "content": content}]}}


@pytest.fixture
def account(server: Scripted, make: Make) -> Account:
    """An account that is connected, whom ann may invite."""
    made = make(invites=[ANN])
    connected(server, made)
    server.always[f"POST join/{ROOM}"] = (200, {"room_id": ROOM})
    server.always[f"PUT {LIST}"] = (200, {})
    return made


def invite(server: Scripted, token: str, direct: bool = True) -> None:
    server.answer("GET sync", sync(token, **invited(ROOM, ANN, direct=direct)))


def test_it_is_one_before_the_server_has_answered_that_it_is_joined(server: Scripted, account: Account) -> None:
    late = [(504, "<html>")] * 3
    server.answer(f"POST join/{ROOM}", *late)
    invite(server, "s2")
    assert comes_directly(account, server, "s3")
    server.wait_for(f"POST join/{ROOM}", len(late) + 1)


def test_an_older_list_undoes_nothing_and_a_newer_one_what_it_says(server: Scripted, account: Account) -> None:
    invite(server, "s2")
    assert server.wait_for(f"PUT {LIST}") == [{ANN: [ROOM]}]
    assert comes_directly(account, server, "s3", **listed({BO: [OTHER]}))
    assert comes_directly(account, server, "s4", **listed({BO: [OTHER], ANN: [ROOM]}))
    assert not comes_directly(account, server, "s5", **listed({BO: [OTHER]}))


def test_what_another_client_takes_off_the_list_is_none_any_more(server: Scripted, account: Account) -> None:
    server.always[f"GET {LIST}"] = (200, {ANN: [OTHER], ZOE: [ROOM]})
    invite(server, "s2")
    (written,) = server.wait_for(f"PUT {LIST}")
    assert written == {ANN: [OTHER, ROOM], ZOE: [ROOM]}
    comes_directly(account, server, "s3")  # which may have been asked for before
    assert comes_directly(account, server, "s4", **listed(written))
    assert not comes_directly(account, server, "s5", **listed({ANN: [OTHER]}))


def test_it_is_one_though_the_answer_to_writing_it_down_was_lost(server: Scripted, account: Account) -> None:
    server.answer(f"GET {LIST}", refusal(404, "M_NOT_FOUND"))
    server.always[f"GET {LIST}"] = (200, {ANN: [ROOM]})
    server.answer(f"PUT {LIST}", (504, "<html>"))
    invite(server, "s2")
    server.wait_for(f"GET {LIST}", 3)  # the first at the login
    assert comes_directly(account, server, "s3", **listed({BO: [OTHER]}))


def test_an_invitation_that_was_withdrawn_leaves_nothing_behind(server: Scripted, account: Account) -> None:
    server.answer(f"POST join/{ROOM}", refusal(403, "M_FORBIDDEN"))
    invite(server, "s2")
    server.wait_for(f"POST join/{ROOM}")
    left = {"timeline": {"events": [], "limited": False, "prev_batch": "p"}, "state": {"events": []}}
    server.answer("GET sync", sync("s3", rooms={"leave": {ROOM: left}}))
    server.wait_for("GET sync", 4)
    invite(server, "s4", direct=False)
    server.wait_for(f"POST join/{ROOM}", 2)
    assert not comes_directly(account, server, "s5")


def test_a_chat_that_was_upgraded_is_none_whatever_an_older_list_says(server: Scripted, account: Account) -> None:
    directs = account.connection.directs
    account.connection.run(directs.keep(ROOM, ANN))
    server.always[f"GET {LIST}"] = (200, {ANN: [ROOM]})
    account.connection.run(directs.go_on(ROOM, OTHER))
    assert server.asked(f"PUT {LIST}") == [{ANN: [ROOM]}, {ANN: [OTHER]}]
    assert not comes_directly(account, server, "s2", **listed({ANN: [ROOM]}))
    assert comes_directly(account, server, "s3", **listed({ANN: [ROOM]})), "it was put back"
