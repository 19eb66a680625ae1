"""Which rooms are taken for upgraded, and what the admins are told, with a stand-in for the homeserver."""

import asyncio
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from errbot_matrix.directs import Directs
from errbot_matrix.errors import Refused
from errbot_matrix.store import Store
from errbot_matrix.upgrades import Upgrades

ANN = "@ann:x.org"


def tombstone(new: object, **more: str) -> SimpleNamespace:
    content = {"body": "This room has been replaced", "replacement_room": new}
    return SimpleNamespace(source={"type": "m.room.tombstone", "sender": ANN, "content": content, **more})


class Server:
    """A homeserver that lets the bot join the rooms in `open`, and keeps what it was asked to do.

    Those say that they replace the room `replaced`.
    """

    def __init__(self, *rooms: str, replaced: str = "!old") -> None:
        self.open = set(rooms)
        self.created = {"predecessor": {"room_id": replaced}} if replaced else {}
        self.client = SimpleNamespace(rooms={"!old": None})
        self.asked: list[str] = []

    async def call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        if method == "GET":
            return self.created
        self.asked.append(f"{method} {path}")
        room = path.removeprefix("/v3/join/%21").partition("?")[0]
        if f"!{room}" not in self.open:
            raise Refused("You are not invited.", "M_FORBIDDEN")
        self.client.rooms[f"!{room}"] = None
        return {"room_id": f"!{room}"}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(tmp_path / "matrix.sqlite")
    yield opened
    opened.close()


def learned(server: Server, store: Store, *events: Any, old: bool = False) -> tuple[dict[str, str], list[str]]:
    """The rooms that go on as others after these events of `!old`, and what the admins were told."""
    told: list[str] = []

    async def learn() -> dict[str, str]:
        upgrades = Upgrades(server, Directs(server), store, told.append)  # type: ignore[arg-type]
        for event in events:
            upgrades.learn("!old", [event], old)
        while len(asyncio.all_tasks()) > 1 and not told:
            await asyncio.sleep(0)
        return upgrades.latest()

    return asyncio.run(learn()), told


def test_what_replaces_a_room_is_joined_by_the_server_of_who_says_so(store: Store) -> None:
    server = Server("!new")
    assert learned(server, store, tombstone("!new", state_key="")) == ({"!old": "!new"}, [])
    assert server.asked == ["POST /v3/join/%21new?server_name=x.org&via=x.org"]
    assert learned(server, store) == ({"!old": "!new"}, []), "after a restart, too"
    assert learned(server, store, tombstone("!new", state_key=""), old=True) == ({"!old": "!new"}, [])
    assert len(server.asked) == 1


@pytest.mark.parametrize("replaced", ["", "!another"])
@pytest.mark.parametrize("inside", [True, False])
def test_a_room_that_does_not_say_what_it_replaces_is_told_to_the_admins(
    store: Store, replaced: str, inside: bool
) -> None:
    server = Server("!new", replaced=replaced)
    if inside:
        server.client.rooms["!new"] = None
    moved, told = learned(server, store, tombstone("!new", state_key=""))
    assert moved == {"!old": "!new"} and len(server.asked) == (not inside)
    assert told == [
        "!old named !new as what replaces it. That room doesn't say so itself; I go on there, so see who is in it."
    ]
    assert learned(server, store, tombstone("!new", state_key=""), old=True) == ({"!old": "!new"}, [])


def test_a_room_that_was_left_is_not_joined_again_at_the_next_start(store: Store) -> None:
    upgrade = tombstone("!new", state_key="")
    learned(Server("!new"), store, upgrade)
    left = Server("!new", "!newer")
    assert learned(left, store, upgrade, old=True) == ({"!old": "!new"}, [])
    assert left.asked == []
    assert learned(left, store, tombstone("!newer", state_key=""))[0] == {"!old": "!newer", "!new": "!newer"}
    assert len(left.asked) == 1


def test_a_message_that_looks_like_an_upgrade_is_none(store: Store) -> None:
    server = Server("!new")
    moved, told = learned(server, store, tombstone("!new"), tombstone("!new"))
    assert (moved, server.asked) == ({}, [])
    assert told == [
        "@ann:x.org says in !old that another room replaces it. "
        "That was a message, which anybody can send, and no upgrade of the room; I stay there."
    ]
    assert learned(server, store, tombstone("!new"), old=True) == ({}, [])
    assert learned(server, store, tombstone("!new", state_key="x")) == ({}, [])


@pytest.mark.parametrize("new", [None, "", 7, "#new:x.org", "!old"])
def test_a_room_that_names_no_other_is_not_left(store: Store, new: object) -> None:
    server = Server()
    told = ["@ann:x.org has closed !old without saying which room replaces it. I stay there."]
    assert learned(server, store, tombstone(new, state_key="")) == ({}, told)
    assert server.asked == []


def test_rooms_are_followed_to_the_last(store: Store) -> None:
    store.replace("!older", "!old")
    assert learned(Server("!new"), store, tombstone("!new", state_key=""))[0] == {"!older": "!new", "!old": "!new"}


def test_what_went_to_a_wrong_room_goes_on_to_the_right_one(store: Store) -> None:
    events = tombstone("!wrong", state_key=""), tombstone("!new", state_key="")
    assert learned(Server("!new"), store, *events)[0] == {"!old": "!new", "!wrong": "!new"}


def test_rooms_that_replace_each_other_stay(store: Store) -> None:
    store.replace("!old", "!new")
    store.replace("!new", "!old")
    assert learned(Server(), store) == ({}, [])
