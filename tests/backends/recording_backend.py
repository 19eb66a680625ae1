"""An Errbot backend that talks to a recording chat (tests/recording.py), whose address is BOT_IDENTITY["url"].

Rooms are `#name`, persons `@name`. Like real backends it serves in the main thread, keeps its plugins active while
the chat is away, and raises when a message can't be sent. The `.plug` file is written by the tests.
"""

from __future__ import annotations

import logging
import threading
from typing import Any, BinaryIO

import requests
from errbot.backends import text as text_backend
from errbot.backends.base import Message, RoomDoesNotExistError, Stream
from errbot.backends.text import TextOccupant, TextRoom
from errbot.core import ErrBot

log = logging.getLogger(__name__)

PAUSE = 0.2  # seconds between two tries to reach a chat that is away


class RateLimited(Exception):
    """The chat wants to be left alone for `retry_after` seconds."""

    def __init__(self, retry_after: float) -> None:
        super().__init__("rate limited")
        self.retry_after = retry_after


class Occupant(TextOccupant):  # type: ignore[misc]
    """A person in a room, for access controls the same as outside it."""

    @property
    def aclattr(self) -> str:
        return str(self.person)


class RecordingBackend(text_backend.TextBackend):  # type: ignore[misc]
    def __init__(self, config: Any) -> None:
        super().__init__(config)
        self._url = config.BOT_IDENTITY["url"]
        self._local = threading.local()

    @property
    def mode(self) -> str:
        return "recording"

    def serve_forever(self) -> None:
        ErrBot.serve_forever(self)

    def serve_once(self) -> bool:
        after = self._until_answered("POST", "/hello")["after"]
        self.connect_callback()
        print("connected", flush=True)
        try:
            while True:
                answer = self._until_answered("GET", f"/inbox?after={after}")
                after = answer["after"]
                for line in answer["said"]:
                    self.callback_message(self._heard(**line))
        except KeyboardInterrupt:
            return True
        finally:
            self.disconnect_callback()

    def send_message(self, msg: Message) -> None:
        ErrBot.send_message(self, msg)
        answer = self._session().post(self._url + "/send", json={"room": str(msg.to), "text": msg.body})
        if answer.status_code == 429:
            raise RateLimited(answer.json()["retry_after"])
        if answer.status_code == 404:
            raise RoomDoesNotExistError(f"There is no {msg.to} at {self._url}")
        answer.raise_for_status()

    def send_stream_request(
        self, user: Any, fsource: BinaryIO, name: str = "", size: int = 0, stream_type: str = ""
    ) -> Stream:
        """A file is a message that tells what it is."""
        data = fsource.read()
        self.send_message(Message(f"[file {name}, {stream_type}, {len(data)} bytes]", to=user))
        return Stream(user, fsource, name, size, stream_type)

    def build_identifier(self, text_representation: str) -> Any:
        if text_representation.startswith("#") and "/" not in text_representation:
            return self.query_room(text_representation)
        return super().build_identifier(text_representation)

    def query_room(self, room: str) -> Any:
        """A room without the list that the text backend keeps, which is not safe for several threads."""
        return TextRoom(room.removeprefix("#"), self)

    def _heard(self, person: str, text: str, room: str | None) -> Message:
        message = Message(text)
        speaker = self.build_identifier(f"@{person}")
        message.to = self.query_room(f"#{room}") if room else self.bot_identifier
        message.frm = Occupant(speaker, message.to) if room else speaker
        return message

    def _until_answered(self, method: str, path: str) -> Any:
        while True:
            try:
                return self._session().request(method, self._url + path).json()
            except requests.RequestException as error:
                log.warning("The chat is away: %s", type(error).__name__)
                threading.Event().wait(PAUSE)

    def _session(self) -> requests.Session:
        """One for each thread, since a session is not safe for several."""
        if not hasattr(self._local, "session"):
            self._local.session = requests.Session()
            self._local.session.trust_env = False
        session: requests.Session = self._local.session
        return session
