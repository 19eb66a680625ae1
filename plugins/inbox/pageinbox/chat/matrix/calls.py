"""What is asked of the Matrix backend, and as what it fails."""

from __future__ import annotations

from typing import Any

from pageinbox.chat.errbot.incoming import name_of
from pageinbox.chat.matrix.content import Content
from pageinbox.chat.matrix.refusal import not_uploaded, refusal
from pageinbox.model.chat import ChatDoubt, ChatError
from pageinbox.model.post import Attachment


class Calls:
    """Calls of a bot's backend. Each raises ChatError."""

    def __init__(self, bot: Any) -> None:
        self._bot = bot

    def react(self, room: str, receipt: str, emoji: str) -> None:
        """React to an event."""
        failure = None
        try:
            self._bot.react(self.place(room), receipt, emoji)
        except Exception as error:
            failure = error if isinstance(error, ChatError) else refusal(error)
        if failure is not None:  # here, so that it does not hold the backend's own exception
            raise failure

    def say(self, room: str, said: Content, key: str = "") -> str:
        """Send an event to a room, and give its id. With a `key` it is there once, however often it is sent."""
        failure = None
        try:
            return str(self._bot.send_event(self.place(room), said, key))
        except Exception as error:
            failure = error if isinstance(error, ChatError) else refusal(error)
        raise failure  # here, so that it does not hold the backend's own exception

    def place(self, room: str) -> str:
        """The room by its id, where the settings name it by an alias that could not be looked up before."""
        if not room.startswith("#"):
            return room
        try:
            return name_of(self._bot.build_identifier(room))
        except Exception as error:
            failure = refusal(error)
            if isinstance(failure, ChatDoubt):
                failure = ChatError(f"I can't look up {room} ({type(error).__name__})")
        raise failure

    def upload(self, room: str, file: Attachment, data: bytes) -> Content:
        """Bring a file to the homeserver, for a room; gives the part of an event that says where it is."""
        failure = None
        try:
            return dict(self._bot.upload(self.place(room), data, file.name, file.kind))
        except Exception as error:
            failure = error if isinstance(error, ChatError) else not_uploaded(error)
        raise failure  # here, so that it does not hold the backend's own exception
