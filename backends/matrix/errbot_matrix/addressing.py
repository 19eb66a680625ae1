"""Whom and where: Errbot's names for people and rooms, and the rooms that they lead to."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any, TypeVar

from errbot.backends.base import Person, Room, RoomError
from errbot.core import ErrBot

from errbot_matrix.connection import Connection
from errbot_matrix.errors import NotThere
from errbot_matrix.homeserver import Homeserver
from errbot_matrix.identifiers import MatrixOccupant, MatrixPerson, MatrixRoom

T = TypeVar("T")


class Addressing(ErrBot):
    """An Errbot that knows whom and where its texts mean, through a connection that its heirs have opened.

    Methods that talk to the homeserver raise the exceptions of `errbot_matrix.errors.reach`.
    """

    _connection: Connection

    @property
    def homeserver(self) -> Homeserver:
        """What the account can do on its homeserver; to be called in `run`."""
        return self._connection.homeserver

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Have the event loop do some work, and wait for it. For any thread."""
        return self._connection.run(work)

    def build_identifier(self, text_representation: str) -> Any:
        """A person (`@name:server`), a room (`#alias`, `!id`) or a person in a room, from its text.

        A missing server is the bot's own. Raises ValueError for anything else, RoomDoesNotExistError for an alias that
        no room has.
        """
        text = str(text_representation).strip()
        room, slash, person = text.partition("/@")
        if text.startswith("@") and len(text) > 1:
            return self.person(self.homeserver.full(text))
        if text.startswith("!") and slash:
            return self.occupant(f"@{person}", room)
        if text.startswith(("!", "#")) and len(text) > 1:
            return MatrixRoom(self, self.run(self.homeserver.resolve(text)), text if text[0] == "#" else "")
        raise ValueError(f"{text!r} is neither a person (@name:server) nor a room (#alias:server, !id:server).")

    def query_room(self, room: str) -> MatrixRoom:
        """A room by its id or alias, even one that does not exist yet."""
        name = room if room.startswith(("!", "#")) else f"#{room}"
        try:
            return MatrixRoom(self, self.run(self.homeserver.resolve(name)), name if name[0] == "#" else "")
        except NotThere:
            return MatrixRoom(self, "", self.homeserver.full(name))

    def rooms(self) -> list[MatrixRoom]:
        """The rooms the bot is in."""
        return [MatrixRoom(self, room) for room in self.run(self.homeserver.rooms())]

    def room(self, room: str) -> MatrixRoom:
        """A room by id."""
        return MatrixRoom(self, room)

    def person(self, user_id: str) -> MatrixPerson:
        """A person by id."""

        def name() -> str:
            for room in list(self.homeserver.client.rooms.values()):
                if (member := room.users.get(user_id)) and member.display_name:
                    return str(member.display_name)
            try:
                return self.run(self.homeserver.display_name(user_id))
            except (RoomError, ConnectionError):
                return ""

        return MatrixPerson(user_id, name)

    def occupant(self, user_id: str, room: str) -> MatrixOccupant:
        """A person in a room, both by id."""

        def name() -> str:
            known = self.homeserver.client.rooms.get(room)
            member = known.users.get(user_id) if known else None
            return str(member.display_name or "") if member else ""

        return MatrixOccupant(user_id, MatrixRoom(self, room), name)

    def room_id(self, to: Any) -> str:
        """The id of the room that a message to a person or room goes into. Raises ValueError for anything else."""
        if isinstance(to, Room):
            return str(self.run(self.homeserver.resolve(str(to))))
        if isinstance(to, Person):
            return self.run(self._connection.directs.room(to.person))
        raise ValueError(f"{to!r} is neither a person nor a room on Matrix.")
