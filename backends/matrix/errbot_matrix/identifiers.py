"""Whom and where Errbot talks to: people, people in rooms, rooms.

A person's name in a text is ``@name:server``, a room's ``!id:server`` (or ``!id``), and that of a person in a room
both, with a slash between. They mean the same after a restart. The names people show are theirs to choose, and so are
for show alone; access controls go by ids.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, Protocol, TypeVar

from errbot.backends.base import Person, Room, RoomDoesNotExistError, RoomError, RoomOccupant

from errbot_matrix.homeserver import Homeserver

T = TypeVar("T")


class House(Protocol):
    """The rooms' way to the homeserver. `run` waits for work of the event loop; its exceptions are those of `reach`."""

    @property
    def homeserver(self) -> Homeserver:
        """The account's side of the homeserver."""

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Do some work in the event loop."""


class MatrixPerson(Person):
    """A person; `named` gives the name they show, empty for none."""

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
    """A person in a room, to Errbot the same person as outside it."""

    def __init__(self, user_id: str, room: MatrixRoom, named: Callable[[], str]) -> None:
        super().__init__(user_id, named)
        self._room = room

    @property
    def room(self) -> MatrixRoom:
        return self._room

    def __str__(self) -> str:
        return f"{self._room}/{self.user_id}"


class MatrixRoom(Room):
    """A room, by its id, or by an alias nobody has yet.

    Every method may raise the exceptions of :func:`errbot_matrix.errors.reach`.
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
        """What people call it: its name, or its alias, or its id."""
        known = self._house.homeserver.client.rooms.get(self.room_id)
        return str((known and (known.name or known.canonical_alias)) or self.alias or self.room_id)

    def join(self, username: str | None = None, password: str | None = None) -> None:
        """Join it; nothing if the bot is there. Raises RoomDoesNotExistError.

        One that does not exist is not made: a slip in CHATROOM_PRESENCE would make a room where nobody is.
        """
        self.room_id = self._house.run(self._house.homeserver.join(self.room_id or self.alias))

    def leave(self, reason: str | None = None) -> None:
        self._house.run(self._house.homeserver.leave(self._id(), reason or ""))

    def create(self) -> None:
        """Make a private room with the alias; nothing if there is one."""
        if not self.room_id:
            self.room_id = self._house.run(self._house.homeserver.create(self.alias))

    def destroy(self) -> None:
        """Raises RoomError: there is no such thing on Matrix."""
        raise RoomError("A Matrix room can't be destroyed; I can leave it.")

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
        """Who is there. Raises RoomNotJoinedError."""
        members = self._house.run(self._house.homeserver.members(self._id()))
        return [MatrixOccupant(person, self, partial(str, name)) for person, name in members.items()]

    def invite(self, *args: Any) -> None:
        """Invite people, by their ids or as Errbot has them."""
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
