"""Whom Errbot talks to: people, people in rooms, rooms.

As text, a person is `@name:server`, a room `!id:server` (or `!id`), and a person in a room both, with a slash between
them. They mean the same after a restart. Display names are for people to choose, so they are only shown; access
controls go by ids.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, Protocol, TypeVar

from errbot.backends.base import Person, Room, RoomDoesNotExistError, RoomError, RoomOccupant

from errbot_matrix.homeserver import Homeserver

T = TypeVar("T")


class House(Protocol):
    """How a room reaches the homeserver."""

    @property
    def homeserver(self) -> Homeserver:
        """What the account can do on its homeserver."""

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Have the event loop do some work, and wait for it."""


class MatrixPerson(Person):
    """A person; `named` gives their display name, empty if they have none."""

    def __init__(self, user_id: str, named: Callable[[], str]) -> None:
        self.user_id = user_id
        self._named = named

    @property
    def person(self) -> str:
        return self.user_id

    @property
    def nick(self) -> str:
        return self._named() or self.user_id[1:].partition(":")[0]

    @property
    def fullname(self) -> str:
        return self.nick

    @property
    def client(self) -> str:
        return ""

    @property
    def aclattr(self) -> str:
        return self.user_id

    def __str__(self) -> str:
        return self.user_id

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self)!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, MatrixPerson) and other.user_id == self.user_id

    def __hash__(self) -> int:
        return hash(self.user_id)


class MatrixOccupant(MatrixPerson, RoomOccupant):
    """A person in a room; to Errbot, the same person as elsewhere."""

    def __init__(self, user_id: str, room: MatrixRoom, named: Callable[[], str]) -> None:
        super().__init__(user_id, named)
        self._room = room

    @property
    def room(self) -> MatrixRoom:
        return self._room

    def __str__(self) -> str:
        return f"{self._room}/{self.user_id}"


class MatrixRoom(Room):
    """A room, by its id, or by an alias that no room has yet.

    Every method may raise the exceptions of `errbot_matrix.errors.reach`.
    """

    def __init__(self, house: House, room_id: str, alias: str = "") -> None:
        self._house = house
        self.room_id = room_id
        self.alias = alias

    @property
    def aclattr(self) -> str:
        return self.room_id or self.alias

    @property
    def name(self) -> str:
        """What people call it: its name, else its alias, else its id."""
        known = self._house.homeserver.client.rooms.get(self.room_id)
        return str((known and (known.name or known.canonical_alias)) or self.alias or self.room_id)

    def join(self, username: str | None = None, password: str | None = None) -> None:
        """Join it; does nothing if the bot is there. Raises RoomDoesNotExistError.

        A room that does not exist is not created: a typo in CHATROOM_PRESENCE would create one with nobody in it.
        """
        self.room_id = self._house.run(self._house.homeserver.join(self.room_id or self.alias))

    def leave(self, reason: str | None = None) -> None:
        self._house.run(self._house.homeserver.leave(self._id(), reason or ""))

    def create(self) -> None:
        """Create a private room with the alias; does nothing if there is one."""
        if not self.room_id:
            self.room_id = self._house.run(self._house.homeserver.create(self.alias))

    def destroy(self) -> None:
        """Raises RoomError: Matrix has no such thing."""
        raise RoomError("A room on Matrix can't be destroyed. I can only leave it.")

    @property
    def exists(self) -> bool:
        return bool(self.room_id)

    @property
    def joined(self) -> bool:
        return bool(self.room_id) and self.room_id in self._house.run(self._house.homeserver.rooms())

    @property
    def topic(self) -> str | None:
        """The topic; None if there is none. Raises RoomNotJoinedError."""
        return self._house.run(self._house.homeserver.state(self._id(), "m.room.topic")).get("topic") or None

    @topic.setter
    def topic(self, topic: str) -> None:
        self._house.run(self._house.homeserver.set_state(self._id(), "m.room.topic", {"topic": topic}))

    @property
    def occupants(self) -> list[MatrixOccupant]:
        """Everybody in the room. Raises RoomNotJoinedError."""
        members = self._house.run(self._house.homeserver.members(self._id()))
        return [MatrixOccupant(person, self, partial(str, name)) for person, name in members.items()]

    def invite(self, *args: Any) -> None:
        """Invite people, by their ids or as Errbot's identifiers."""
        for person in args:
            user_id = person.person if isinstance(person, Person) else str(person)
            homeserver = self._house.homeserver
            self._house.run(homeserver.invite(self._id(), homeserver.full(user_id)))

    def _id(self) -> str:
        if not self.room_id:
            raise RoomDoesNotExistError(f"There is no room {self.alias}.")
        return self.room_id

    def __str__(self) -> str:
        return self.room_id or self.alias

    def __repr__(self) -> str:
        return f"MatrixRoom({str(self)!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, MatrixRoom) and str(other) == str(self)

    def __hash__(self) -> int:
        return hash(str(self))
