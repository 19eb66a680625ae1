"""Sending: Errbot's messages, files, reactions, and events that a plugin writes itself. From any thread."""

from __future__ import annotations

import mimetypes
import threading
import time
import uuid
from abc import abstractmethod
from collections.abc import Coroutine
from typing import Any, BinaryIO, TypeVar

from errbot.backends.base import AWAY, DND, OFFLINE, ONLINE, Card, Identifier, Message, Person, Stream
from errbot.core import ErrBot

from errbot_matrix.errors import Refused
from errbot_matrix.homeserver import KEY, RETRIED, Homeserver
from errbot_matrix.markup import contents, pieces
from errbot_matrix.messages import card_text, in_thread, place, thread_for

T = TypeVar("T")

SIZE = 15_000
"""Characters of Markdown in one event. Servers allow few messages at once, so long answers go in large parts."""

PATIENCE = 90.0
"""Seconds for which a message of Errbot's is tried to be sent, while the server is away or wants a pause."""

PRESENCE = {ONLINE: "online", AWAY: "unavailable", DND: "unavailable", OFFLINE: "offline"}
MEDIA = {"image": "m.image", "video": "m.video", "audio": "m.audio"}


class Sending(ErrBot):
    """The half of the backend that speaks. A method that fails raises as :func:`errbot_matrix.errors.reach`."""

    def __init__(self, config: Any) -> None:
        super().__init__(config)
        self.stopping = threading.Event()

    def set_message_size_limit(self, limit: int = SIZE, hard_limit: int = SIZE) -> None:
        """As Errbot's; MESSAGE_SIZE_LIMIT may be smaller."""
        super().set_message_size_limit(limit, hard_limit)

    @property
    @abstractmethod
    def homeserver(self) -> Homeserver:
        """The account's side of the homeserver, for use in :meth:`run`."""

    @abstractmethod
    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Let the event loop do some work, and wait for it."""

    @abstractmethod
    def room_id(self, to: Any) -> str:
        """The id of the room that a message to a person or room goes into. Raises ValueError for neither."""

    def send_message(self, msg: Message) -> None:
        """Send a message, as many events as it takes. While the server is away it waits, at most PATIENCE; then raises.

        Its ``extras["matrix"]`` gets ``room_id``, ``event_id`` and ``event_ids``, those of all its events.
        """
        super().send_message(msg)
        sent = place(msg)
        # a reply to a direct message goes where that came from, also when there are several such rooms
        room = (isinstance(msg.to, Person) and sent.get("room_id")) or self.room_id(msg.to)
        thread = thread_for(msg, room)
        events: list[str] = []
        for content in contents(msg.body):
            if mentions := sent.get("mentions"):
                content["m.mentions"] = {"user_ids": mentions} if not events else {}
            if thread:
                content["m.relates_to"] = in_thread(thread)
            events.append(self._patiently(room, content))
        msg.extras["matrix"] = {**sent, "room_id": room, "event_ids": events, "event_id": events[0] if events else ""}

    def _patiently(self, room: str, content: dict[str, Any]) -> str:
        """Send until it is clear what became of it; under one key, so that it is there once."""
        key = uuid.uuid4().hex
        give_up = time.monotonic() + PATIENCE
        pause = 0.5
        while True:
            try:
                return self.run(self.homeserver.send(room, "m.room.message", content, key))
            except RETRIED as error:
                wait = getattr(error, "retry_after", pause)
                if time.monotonic() + wait > give_up or self.stopping.wait(wait):
                    raise
                pause = min(2 * pause, 10.0)

    def split_and_send_message(self, msg: Message) -> None:
        """Send a message, a long one in parts that are cut between lines. Only the first mentions anybody."""
        for number, piece in enumerate(pieces(msg.body, self.message_size_limit)):
            where = {name: value for name, value in place(msg).items() if name != "mentions" or not number}
            extras = {**msg.extras, "matrix": where}
            self.send_message(Message(piece, msg.frm, msg.to, msg.parent, partial=True, extras=extras))

    def send_card(self, card: Card) -> None:
        """Send a card as text. Its body, summary and fields are Markdown, as everywhere in Errbot."""
        self.send(card.to, card_text(card), in_reply_to=card.parent)

    def send_event(self, room: str, content: dict[str, Any], key: str = "") -> str:
        """Send an m.room.message with this content into a room, or to a person, and give its id. Tries once.

        `room` is ``!id:server``, or ``@name:server``, whose direct chat is found or made. Under one `key` an event is
        there once, however often it is sent, and :meth:`find_event` finds it.
        """
        if key:
            content = {**content, KEY: key}
        return self.run(self.homeserver.send(self.room_id(self.build_identifier(room)), "m.room.message", content, key))

    def find_event(self, room: str, key: str, since: float) -> str | None:
        """The id of our event that was sent under `key` into a room or to a person; None if there is none.

        It was not sent before `since`, in seconds since 1970. Raises LookupError where nobody can tell.
        """
        return self.run(self.homeserver.find(self.room_id(self.build_identifier(room)), key, since))

    def send_stream_request(
        self,
        user: Identifier,
        fsource: BinaryIO,
        name: str | None = None,
        size: int | None = None,
        stream_type: str | None = None,
    ) -> Stream:
        """Send a file to a person or room, and return when it is there. Raises ValueError when it is too large."""
        name = name or "file"
        kind = stream_type or mimetypes.guess_type(name)[0] or "application/octet-stream"
        stream = Stream(user, fsource, name, size, kind)
        stream.accept()
        try:
            limit = self.run(self.homeserver.upload_limit())
            data = fsource.read() if limit is None else fsource.read(limit + 1)
            if limit is not None and len(data) > limit:
                raise ValueError(f"The homeserver takes files of up to {limit} bytes; {name} is larger.")
            room = self.room_id(user)
            where = self.run(self.homeserver.upload(data, name, kind, room))
            content = {
                "msgtype": MEDIA.get(kind.partition("/")[0], "m.file"),
                "body": name,
                "filename": name,
                "info": {"mimetype": kind, "size": len(data)},
                "m.mentions": {},
                **where,
            }
            self._patiently(room, content)
        except Exception as error:
            stream.error(str(error))
            raise
        stream.ack_data(len(data))
        stream.success()
        return stream

    def add_reaction(self, msg: Message, reaction: str) -> None:
        """React to a message with an emoji; nothing if that is there already."""
        relation = {"rel_type": "m.annotation", "event_id": place(msg)["event_id"], "key": reaction}
        try:
            self.run(self.homeserver.send(place(msg)["room_id"], "m.reaction", {"m.relates_to": relation}))
        except Refused as error:
            if error.code != "M_DUPLICATE_ANNOTATION":
                raise

    def remove_reaction(self, msg: Message, reaction: str) -> None:
        """Take a reaction back; nothing if it is not there."""
        room = place(msg)["room_id"]
        if event := self.run(self.homeserver.own_reaction(room, place(msg)["event_id"], reaction)):
            self.run(self.homeserver.redact(room, event))

    def update_message(self, msg: Message) -> Message:
        """Let a message that was sent before, as its ``extras["matrix"]`` tell, say its body of now."""
        for new in contents(msg.body)[:1]:
            shown = {**new, "body": f"* {new['body']}", "m.new_content": new}
            shown["m.relates_to"] = {"rel_type": "m.replace", "event_id": place(msg)["event_id"]}
            self._patiently(place(msg)["room_id"], shown)
        return msg

    def change_presence(self, status: str = ONLINE, message: str = "") -> None:
        """Show a presence, ``online``, ``away``, ``dnd`` or ``offline``, until changed."""
        self.run(self.homeserver.set_presence(PRESENCE.get(status, "online"), message))
