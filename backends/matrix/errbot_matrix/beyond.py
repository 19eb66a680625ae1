"""What the backend offers to plugins that know it, beyond what Errbot asks of a backend."""

from __future__ import annotations

from typing import Any

from errbot_matrix.addressing import Addressing
from errbot_matrix.timeline import KEY


class Beyond(Addressing):
    """Events with keys and receipts, edits, files and reactions, in rooms that are named by their text.

    Every method raises the exceptions of `errbot_matrix.errors.reach`.
    """

    def upgraded(self) -> dict[str, str]:
        """The ids of rooms that were upgraded, each with that of the room it goes on in."""
        return self._connection.upgrades.latest()

    def send_event(self, room: str, content: dict[str, Any], key: str = "") -> str:
        """Send an m.room.message with this content to a room or a person, once, and return its id.

        `room` is `!id:server`, or `@name:server` for the direct chat with a person, made if there is none. With the
        same `key` an event appears only once, however often it is sent, and `find_event` finds it.
        """
        if key:
            content = {**content, KEY: key}
        return self.run(self._connection.threads.send(self.room_id(self.build_identifier(room)), content, key))

    def upload(self, room: str, data: bytes, name: str, kind: str) -> dict[str, Any]:
        """Upload a file for a room or a person, as `send_event` names them, and return what says where it is.

        That is a `url`, or in an encrypted room a `file`, and belongs in the content of an m.room.message. `kind` is
        the media type.
        """
        return self.run(self._connection.timeline.upload(data, name, kind, self.room_id(self.build_identifier(room))))

    def edits_of(self, room: str, event: str) -> list[str]:
        """The ids of the edits of an event of ours, in a room or to a person, as `send_event` names them."""
        return self.run(self._connection.timeline.edits_of(self.room_id(self.build_identifier(room)), event))

    def redact(self, room: str, event: str) -> None:
        """Take an event of ours back, so that the server no longer has what it said."""
        self.run(self._connection.timeline.redact(self.room_id(self.build_identifier(room)), event))

    def find_event(self, room: str, key: str, since: float) -> str | None:
        """The id of the event we sent with `key` to a room or a person; None if there is none.

        Searches back to `since`, in seconds since 1970. Raises LookupError when that can't be known.
        """
        return self.run(self._connection.timeline.find(self.room_id(self.build_identifier(room)), key, since))

    def may_write(self, room: str) -> bool:
        """Whether the bot may write in a room. Raises NotJoined, and Encrypted where it could only write plainly."""
        return self.run(self.homeserver.may_write(self.room_id(self.build_identifier(room))))

    def mentionable(self, room: str) -> tuple[dict[str, str], bool]:
        """Whom a message in a room, or to a person, can notify: the other members' ids with their display names.

        And whether it may notify all of them at once, as `@room`, for which a room asks for a power level.
        """
        there = self.room_id(self.build_identifier(room))
        members = self.run(self.homeserver.members(there))
        members.pop(self.homeserver.client.user_id, None)
        return members, self.run(self.homeserver.may_notify(there))

    def react(self, room: str, event: str, reaction: str) -> None:
        """React to an event with an emoji, once, in a room or in the direct chat with a person, as `send_event` does.

        Does nothing if we already have.
        """
        self.run(self._connection.timeline.react(self.room_id(self.build_identifier(room)), event, reaction))
