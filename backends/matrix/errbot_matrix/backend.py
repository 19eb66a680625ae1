"""The backend: Errbot's side of the connection."""

from __future__ import annotations

import logging
import queue
import re
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

from errbot.backends.base import Identifier, Message, Person, Room, RoomError

from errbot_matrix.access import by_id
from errbot_matrix.connection import Connection
from errbot_matrix.errors import NotThere
from errbot_matrix.events import Events
from errbot_matrix.hearing import Connected, Done, Failed, Heard, News
from errbot_matrix.homeserver import Homeserver
from errbot_matrix.identifiers import MatrixOccupant, MatrixPerson, MatrixRoom
from errbot_matrix.identity import identity
from errbot_matrix.markup import escaped
from errbot_matrix.messages import place
from errbot_matrix.sending import Sending
from errbot_matrix.store import Store

log = logging.getLogger(__name__)

T = TypeVar("T")


class MatrixBackend(Sending):
    """Errbot on Matrix. What is said of a method's failures is what :func:`errbot_matrix.errors.reach` raises."""

    def __init__(self, config: Any) -> None:
        super().__init__(config)
        admins = config.BOT_ADMINS if isinstance(config.BOT_ADMINS, (list, tuple, set)) else (config.BOT_ADMINS,)
        try:
            who = identity(config.BOT_IDENTITY, admins)
        except ValueError as error:
            raise SystemExit(str(error)) from None
        folder = Path(config.BOT_DATA_DIR)
        name = re.sub(r"[^\w.-]+", "_", who.username).strip("_")
        keys = folder / "matrix-keys"
        keys.mkdir(mode=0o700, exist_ok=True)
        self.bot_identifier: MatrixPerson | None = None
        self._memory = Store(folder / f"matrix-{name}.sqlite")
        self._news: queue.SimpleQueue[News] = queue.SimpleQueue()
        self._connection = Connection(who, self._memory, keys, self._news.put, time.time)
        self._events = Events(self)

    @property
    def mode(self) -> str:
        return "matrix"

    @property
    def homeserver(self) -> Homeserver:
        """The account's side of the homeserver, for use in :meth:`run`."""
        return self._connection.homeserver

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Let the event loop do some work, and wait for it. From any thread."""
        return self._connection.run(work)

    # --- Life -------------------------------------------------------------------------------------

    def serve_forever(self) -> None:
        """Connect, and hand what is heard to Errbot, one after the other, until Ctrl-C.

        Whatever a plugin does here, the connection goes on in its own thread.
        """
        self._connection.start()
        try:
            while True:
                self._take(self._news.get())
        except KeyboardInterrupt:
            log.info("Interrupt received, shutting down.")
        finally:
            self.stopping.set()
            self.disconnect_callback()
            self._connection.stop()
            self.shutdown()
            self._memory.close()

    def _take(self, news: News) -> None:
        match news:
            case Failed(sentence):
                log.error(sentence)
                raise SystemExit(sentence)
            case Done(token):
                self._memory.handled_until(token)
            case Connected():
                self.bot_identifier = self.person(self.homeserver.client.user_id)
                self._guarded(self._know_rooms)
                self._guarded(self.connect_callback)
            case Heard(_, event, _) if self._memory.claim(event.event_id):
                self._guarded(lambda: self._events.tell(news))

    def _know_rooms(self) -> None:
        """Let access controls find the rooms they name by alias."""

        def resolve(alias: str) -> str:
            return self.run(self.homeserver.resolve(alias))

        config = self.bot_config
        config.ACCESS_CONTROLS = {name: by_id(rules, resolve) for name, rules in config.ACCESS_CONTROLS.items()}
        config.ACCESS_CONTROLS_DEFAULT = by_id(config.ACCESS_CONTROLS_DEFAULT, resolve)

    def _guarded(self, work: Callable[[], None]) -> None:
        try:
            work()
        except Exception:
            log.exception("Something went wrong in Errbot or a plugin.")

    def warn_admins(self, warning: str) -> None:
        """Tell the admins, as far as that is possible: one who can't be told must not keep the bot from starting."""
        for admin in self._admins_to_notify():
            try:
                self.send(self.build_identifier(admin), warning)
            except Exception as error:
                log.warning("I can't tell %s: %s", admin, error)
        log.warning(warning)

    # --- Whom and where ---------------------------------------------------------------------------

    def build_identifier(self, text_representation: str) -> Any:
        """A person (``@name:server``), a room (``#alias``, ``!id``) or a person in a room, as their texts have them.

        Without a server it is the bot's own. Raises ValueError for anything else, RoomDoesNotExistError for an alias
        that nobody has.
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
        """A room by its id or alias, also one that does not exist yet."""
        name = room if room.startswith(("!", "#")) else f"#{room}"
        try:
            return MatrixRoom(self, self.run(self.homeserver.resolve(name)), name if name[0] == "#" else "")
        except NotThere:
            return MatrixRoom(self, "", self.homeserver.full(name))

    def rooms(self) -> list[MatrixRoom]:
        """The rooms the bot is in."""
        return [MatrixRoom(self, room) for room in self.run(self.homeserver.rooms())]

    def room(self, room: str) -> MatrixRoom:
        """A room by its id."""
        return MatrixRoom(self, room)

    def person(self, user_id: str) -> MatrixPerson:
        """A person by their id."""

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
        """A person in a room by their ids."""

        def name() -> str:
            known = self.homeserver.client.rooms.get(room)
            member = known.users.get(user_id) if known else None
            return str(member.display_name or "") if member else ""

        return MatrixOccupant(user_id, MatrixRoom(self, room), name)

    def is_from_self(self, msg: Message) -> bool:
        return isinstance(msg.frm, MatrixPerson) and msg.frm == self.bot_identifier

    def build_reply(
        self, msg: Message, text: str | None = None, private: bool = False, threaded: bool = False
    ) -> Message:
        """A reply to where the message came from, or to its writer alone.

        One to a message in a thread goes into that thread; a `threaded` one begins a thread if there is none yet.
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
            reply.extras["matrix"]["room_id"] = asked["room_id"]  # of several direct chats with one person, the same
        return reply

    def prefix_groupchat_reply(self, message: Message, identifier: Identifier) -> None:
        """Begin a message with a person's name, and mention them."""
        super().prefix_groupchat_reply(message, identifier)
        if isinstance(identifier, MatrixPerson):
            message.body = f"{escaped(identifier.nick)}: {message.body}"
            message.extras["matrix"] = {**place(message), "mentions": [identifier.user_id]}

    def room_id(self, to: Any) -> str:
        if isinstance(to, Room):
            return str(self.run(self.homeserver.resolve(str(to))))
        if isinstance(to, Person):
            return self.run(self._connection.directs.room(to.person))
        raise ValueError(f"{to!r} is neither a person nor a room of Matrix.")
