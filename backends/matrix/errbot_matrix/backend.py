"""The backend: Errbot's side of the connection."""

from __future__ import annotations

import logging
import mimetypes
import queue
import re
import threading
import time
import uuid
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, BinaryIO

from errbot.backends.base import AWAY, DND, OFFLINE, ONLINE, Card, Identifier, Message, Person, Stream

from errbot_matrix.access import know_rooms
from errbot_matrix.beyond import Beyond
from errbot_matrix.connection import Connection
from errbot_matrix.events import Events
from errbot_matrix.hearing import Concern, Connected, Done, Failed, Heard, News
from errbot_matrix.homeserver import RETRIED
from errbot_matrix.identifiers import MatrixPerson
from errbot_matrix.identity import identity
from errbot_matrix.logged import nobody_named, whereabouts
from errbot_matrix.markup import contents, escaped, pieces
from errbot_matrix.messages import card_text, in_thread, place, thread_for
from errbot_matrix.pauses import Pauses
from errbot_matrix.store import Store

log = logging.getLogger(__name__)

SIZE = 15_000
"""Characters of Markdown in one event. Servers allow only a few messages at once, so long answers go in large parts."""

PATIENCE = 90.0
"""Seconds for which sending a message is tried while the server is away or asks for a pause."""

LISTENING = 1.0
"""Seconds after which the main thread looks up while nothing is heard: a signal that comes right before it begins to
wait would not end that wait."""

PRESENCE = {ONLINE: "online", AWAY: "unavailable", DND: "unavailable", OFFLINE: "offline"}
MEDIA = {"image": "m.image", "video": "m.video", "audio": "m.audio"}


class MatrixBackend(Beyond):
    """Errbot on Matrix. Methods that talk to the homeserver raise the exceptions of `errbot_matrix.errors.reach`."""

    def __init__(self, config: Any) -> None:
        super().__init__(config)
        admins = config.BOT_ADMINS if isinstance(config.BOT_ADMINS, (list, tuple, set)) else (config.BOT_ADMINS,)
        try:
            who = identity(config.BOT_IDENTITY, admins)
        except ValueError as error:
            raise SystemExit(str(error)) from None
        self._admins = tuple(map(str, admins))
        folder = Path(config.BOT_DATA_DIR)
        name = re.sub(r"[^\w.-]+", "_", who.username).strip("_")
        keys = folder / "matrix-keys"
        keys.mkdir(mode=0o700, exist_ok=True)
        self.bot_identifier: MatrixPerson | None = None
        self._stopping = threading.Event()
        self._memory = Store(folder / f"matrix-{name}.sqlite")
        self._news: queue.SimpleQueue[News] = queue.SimpleQueue()
        self._connection = Connection(who, self._memory, keys, self._news.put, time.time)
        self._events = Events(self, self._memory)

    @property
    def mode(self) -> str:
        return "matrix"

    # --- Life -------------------------------------------------------------------------------------

    def serve_forever(self) -> None:
        """Connect, and pass what is heard to Errbot, one event at a time, until Ctrl-C.

        Whatever a plugin does here, the connection goes on in its own thread.
        """
        self._connection.start()
        try:
            while True:
                if (news := self._next()) is not None:
                    self._take(news)
        except KeyboardInterrupt:
            log.info("Interrupt received, shutting down.")
        finally:
            self._stopping.set()
            self.disconnect_callback()
            self._connection.stop()
            self.shutdown()
            self._memory.close()

    def _next(self) -> News | None:
        try:
            return self._news.get(timeout=LISTENING)
        except queue.Empty:
            return None

    def _take(self, news: News) -> None:
        match news:
            case Failed(sentence):
                log.error(sentence)
                raise SystemExit(sentence)
            case Concern(sentence):
                log.warning(nobody_named(sentence))
                alert = {"msgtype": "m.text", "body": sentence, "m.mentions": {}}
                self._tell(self._admins, lambda admin: self._patiently(self.room_id(admin), alert))
            case Done(token):
                self._memory.handled_until(token)
            case Connected():
                self.bot_identifier = self.person(self.homeserver.client.user_id)
                self._guarded(lambda: know_rooms(self.bot_config, lambda name: self.run(self.homeserver.resolve(name))))
                self._guarded(self.connect_callback)
            case Heard(_, event, _) if self._memory.claim(event.event_id):
                self._guarded(lambda: self._events.tell(news))

    def _guarded(self, work: Callable[[], None]) -> None:
        try:
            work()
        except Exception as error:
            log.error("Errbot or a plugin failed: %s", whereabouts(error))

    def warn_admins(self, warning: str) -> None:
        """Tell the admins, where possible: one who can't be reached must not keep the bot from starting."""
        self._tell(self._admins_to_notify(), lambda admin: self.send(admin, warning))
        log.warning(nobody_named(warning))

    def _tell(self, people: Iterable[Any], say: Callable[[Any], object]) -> None:
        for person in people:
            try:
                say(self.build_identifier(person))
            except Exception as error:
                log.warning("I can't tell %s: %s", nobody_named(person), nobody_named(error))

    # --- Answering -----------------------------------------------------------------------------

    def is_from_self(self, msg: Message) -> bool:
        return isinstance(msg.frm, MatrixPerson) and msg.frm == self.bot_identifier

    def build_reply(
        self, msg: Message, text: str | None = None, private: bool = False, threaded: bool = False
    ) -> Message:
        """A reply to where the message came from, or to its writer alone.

        A reply to a message in a thread goes into that thread; a `threaded` one starts a thread if there is none yet.
        """
        reply = self.build_message(text)
        reply.frm = self.bot_identifier
        reply.to = msg.frm if private or not msg.is_group else msg.to
        asked = place(msg)
        thread = asked.get("thread", "")
        if threaded:
            reply.parent = msg
            thread = thread or asked.get("event_id", "")
        elsewhere = private and msg.is_group
        reply.extras["matrix"] = {"thread": "" if elsewhere else thread}
        if not msg.is_group and asked:
            reply.extras["matrix"]["room_id"] = asked["room_id"]  # there may be several with one person
        return reply

    def prefix_groupchat_reply(self, message: Message, identifier: Identifier) -> None:
        """Start a message with a person's name, and mention them."""
        super().prefix_groupchat_reply(message, identifier)
        if isinstance(identifier, MatrixPerson):
            message.body = f"{escaped(identifier.nick)}: {message.body}"
            message.extras["matrix"] = {**place(message), "mentions": [identifier.user_id]}

    # --- Sending ----------------------------------------------------------------------------------

    def set_message_size_limit(self, limit: int = SIZE, hard_limit: int = SIZE) -> None:
        """The same as Errbot's, with a limit of our own; MESSAGE_SIZE_LIMIT may be smaller."""
        super().set_message_size_limit(limit, hard_limit)

    def send_message(self, msg: Message) -> None:
        """Send a message, in as many events as it takes. While the server is away, try for PATIENCE, then raise.

        Puts `room_id`, `event_id` and `event_ids`, the ids of all its events, into the message's `extras["matrix"]`.
        """
        super().send_message(msg)
        sent = place(msg)
        # a reply to a direct message goes where the message came from, even if there are several such rooms
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
        """Send, and send again while nobody can say what became of it, with one key, so that it appears only once."""
        key = uuid.uuid4().hex
        give_up = time.monotonic() + PATIENCE
        pauses = Pauses(10.0, first=0.5)
        while True:
            try:
                return self.run(self._connection.threads.send(room, content, key))
            except RETRIED as error:
                wait = pauses.after(error)
                if time.monotonic() + wait > give_up or self._stopping.wait(wait):
                    raise

    def split_and_send_message(self, msg: Message) -> None:
        """Send a message, a long one in parts cut between lines. Only the first part mentions anybody."""
        for number, piece in enumerate(pieces(msg.body, self.message_size_limit)):
            where = {name: value for name, value in place(msg).items() if name != "mentions" or not number}
            extras = {**msg.extras, "matrix": where}
            self.send_message(Message(piece, msg.frm, msg.to, msg.parent, partial=True, extras=extras))

    def send_card(self, card: Card) -> None:
        """Send a card as text. Its body, summary and fields are Markdown, as everywhere in Errbot."""
        self.send(card.to, card_text(card), in_reply_to=card.parent)

    def send_stream_request(
        self,
        user: Identifier,
        fsource: BinaryIO,
        name: str | None = None,
        size: int | None = None,
        stream_type: str | None = None,
    ) -> Stream:
        """Send a file to a person or room, and return once it is there. Raises ValueError when it is too large."""
        name = name or "file"
        kind = stream_type or mimetypes.guess_type(name)[0] or "application/octet-stream"
        stream = Stream(user, fsource, name, size, kind)
        stream.accept()
        try:
            limit = self.run(self.homeserver.upload_limit())
            data = fsource.read() if limit is None else fsource.read(limit + 1)
            if limit is not None and len(data) > limit:
                raise ValueError(f"The homeserver accepts files of up to {limit} bytes; {name} is larger.")
            room = self.room_id(user)
            where = self.run(self._connection.timeline.upload(data, name, kind, room))
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
        """React to a message with an emoji; does nothing if we already have."""
        self.run(self._connection.timeline.react(place(msg)["room_id"], place(msg)["event_id"], reaction))

    def remove_reaction(self, msg: Message, reaction: str) -> None:
        """Remove our reaction; does nothing if there is none."""
        room = place(msg)["room_id"]
        if event := self.run(self._connection.timeline.own_reaction(room, place(msg)["event_id"], reaction)):
            self.run(self._connection.timeline.redact(room, event))

    def update_message(self, msg: Message) -> Message:
        """Edit a message sent earlier, which its `extras["matrix"]` name, to its present body."""
        for new in contents(msg.body)[:1]:
            shown = {**new, "body": f"* {new['body']}", "m.new_content": new}
            shown["m.relates_to"] = {"rel_type": "m.replace", "event_id": place(msg)["event_id"]}
            self._patiently(place(msg)["room_id"], shown)
        return msg

    def change_presence(self, status: str = ONLINE, message: str = "") -> None:
        """Show a presence: `online`, `away`, `dnd` or `offline`."""
        self.run(self.homeserver.set_presence(PRESENCE.get(status, "online"), message))
