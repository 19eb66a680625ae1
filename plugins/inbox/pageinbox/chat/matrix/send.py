"""Announcements and answers on Matrix, through the Matrix backend's `send_event`: receipts, threads, edits, no doubts.

The backend (backends/matrix) derives an event's transaction id from the key it is given, so that the same message sent
twice is one event to the server (Client-Server API, "Transaction identifiers").
"""

from __future__ import annotations

import logging
import threading
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from cachetools import LRUCache
from errbot.backends.base import REACTION_REMOVED, Message, Room, RoomOccupant

from pageinbox.chat.files import Files
from pageinbox.chat.matrix import examining, files
from pageinbox.chat.matrix.buttons import Buttons
from pageinbox.chat.matrix.calls import Calls
from pageinbox.chat.matrix.content import EVERYBODY, Content, content, contents, edited, in_reply, in_thread
from pageinbox.chat.matrix.people import whom
from pageinbox.chat.matrix.refusal import Barred, Refused, refusal
from pageinbox.chat.reactions import Reacted, sign_of, signs
from pageinbox.model.act import Person
from pageinbox.model.backoff import Backoff
from pageinbox.model.chat import ChatDoubt, ChatError, Doubt, NotPinged, Uneditable
from pageinbox.model.finding import Finding
from pageinbox.model.logged import nobody_named
from pageinbox.model.post import Attachment, Foreign, Mention, Post
from pageinbox.model.watch import Ping

log = logging.getLogger(__name__)

Result = TypeVar("Result")

PATIENCE = 60.0
"""Seconds an answer waits in all for the pauses the server asks for, and for a server that is away."""

EDITS = 1000
"""Edits of which it is remembered what they edited."""

RETRY = Backoff(first=1.0, longest=PATIENCE)
"""How long an answer waits when the server names no time."""


class MatrixChat:
    """A `Chat` on Matrix through `bot`, Errbot with our Matrix backend. For several threads.

    `prefix` is what commands begin with in this bot; `sleep` waits for some seconds.
    """

    def __init__(self, bot: Any, prefix: str, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self._bot = bot
        self._prefix = prefix
        self._sleep = sleep
        self._calls = Calls(bot)
        self._buttons = Buttons(self._calls.react, sleep)
        self._files = Files()
        self._lock = threading.Lock()
        self._edits: LRUCache[str, str] = LRUCache(EDITS)
        """What our latest edits have edited. A bridge may answer or react to an edit instead."""

    def send(self, room: str, post: Post, key: str, under: str = "") -> str:
        """Say `post` in `room` as one event, and give its id. See `Chat`.

        Where it is refused in the thread `under`, whose first event may have been purged, it goes into the room itself.
        What it offers for all of it is put below as reactions, later, and so are its files.
        """
        said, receipt = content(post, self._prefix), ""
        if under:
            try:
                receipt = self._calls.say(room, in_thread(said, under), key)
            except Refused as error:
                log.info("A thread in %s can't be continued: %s", nobody_named(room), nobody_named(error))
        thread = under if receipt else ""
        receipt = receipt or self._calls.say(room, said, key)
        self._files.put_later(
            post.attachments,
            lambda file, data: self._share(room, thread, file, data),
            lambda failure: self._add(room, thread or receipt, failure),
        )
        self._buttons.put(room, receipt, signs(post.offers))
        return receipt

    def edit(self, room: str, post: Post, receipt: str) -> None:
        """Let the event `receipt` say `post`. See `Chat`."""
        if not receipt:
            return
        try:
            edit = self._calls.say(room, edited(content(post, self._prefix), receipt))
        except Refused as error:
            raise Uneditable(str(error)) from None
        with self._lock:
            self._edits[edit] = receipt
        if post.erases:
            self._take_back(room, receipt, edit, whole=post.erases == "all")

    def _take_back(self, room: str, receipt: str, edit: str, *, whole: bool) -> None:
        """Redact what an event has said before its latest edit: people can read all of it behind “edited”.

        Its first version is what holds the edits: where some of that is to stay, so does the rest. Raises ChatError.
        """
        failure = None
        try:
            place = self._calls.place(room)
            earlier = [each for each in self._bot.edits_of(place, receipt) if each != edit]
            for event in [*earlier, *([receipt] if whole else [])]:
                self._bot.redact(place, event)
        except Exception as error:
            failure = error if isinstance(error, ChatError) else refusal(error)
        if isinstance(failure, Refused):
            failure = Uneditable(str(failure))
        if failure is None and not whole:
            failure = Uneditable("its first version can be read behind “edited”; delete it by hand")
        if failure is not None:  # here, so that it does not hold the backend's own exception
            raise failure

    def settle(self, room: str, key: str, since: float, under: str = "") -> str | Doubt:
        """The id of the event sent under `key`; SAFE where there is none, since under `key` a second is the same."""
        failure = None
        try:
            found = self._bot.find_event(self._calls.place(room), key, since)
        except LookupError:
            return Doubt.OPEN
        except Exception as error:
            failure = error if isinstance(error, ChatError) else refusal(error)
            if isinstance(failure, ChatDoubt):
                failure = ChatError(f"I can't look up a message ({type(error).__name__})")
        if failure is not None:
            raise failure
        return str(found) if found else Doubt.SAFE

    def connected(self) -> None:
        """Nothing to do. See `Network`."""

    def hears(self) -> bool:
        """Yes: a homeserver that tells nothing takes nothing either. See `Network`."""
        return True

    def examine(self, rooms: Sequence[str]) -> list[Finding]:
        """The rooms. See `Network`."""
        return examining.rooms(self._bot, rooms)

    def whom(self, room: str, name: str) -> Ping:
        """A person in the room, or all of it where the bot may notify that. See `Network`."""
        place = self._calls.place(room)
        try:
            members, may_notify = self._bot.mentionable(place)
        except Exception as error:
            failure = refusal(error)
        else:
            return whom(name, members, may_notify=may_notify)
        raise failure

    def member(self, room: str, name: str) -> tuple[Person, Mention]:
        """A person in the room. See `Network`."""
        found = self.whom(room, name)
        if found.id == EVERYBODY:
            raise NotPinged("that is not one person")
        return Person(found.id, found.name), Mention(found.id, found.name)

    def finds_again(self, message: Any) -> bool:
        """Yes: names are ids. See `Network`."""
        return True

    def heard_before(self, message: Any) -> bool:
        """No: the backend hands over each event once. See `Network`."""
        return False

    def moved(self) -> dict[str, str]:
        """The rooms that were upgraded. See `Network`."""
        moved: dict[str, str] = self._bot.upgraded()
        return moved

    def called(self) -> tuple[str, ...]:
        """The name that clients show, as somebody types it; of mentions the backend knows by itself. See `Network`."""
        name = self._bot.bot_identifier.nick
        return (f"{name}:", f"{name},") if name else ()

    def typed(self, message: Any, text: str) -> str:
        """The text as it is. See `Network`."""
        return text

    def replied(self, message: Any) -> tuple[str, ...]:
        """The event it is a reply to, and the one that began its thread. See `Network`."""
        found = message.extras["matrix"]
        return tuple(self._edited(event) for event in (found.get("reply_to"), found.get("thread")) if event)

    def reacted(self, reaction: Any) -> Reacted | None:
        """What it asks for; the backend tells of each once, and of none of the bot's own. See `Network`."""
        sign = sign_of(reaction.reaction_name)
        if sign is None:
            return None
        reactor, event = reaction.reactor, self._edited(reaction.reacted_to["event_id"])
        room = reactor.room if isinstance(reactor, RoomOccupant) else self._bot.bot_identifier
        taken_back = reaction.action == REACTION_REMOVED
        message = Message(sign.command_for(taken_back), frm=reactor, to=room)
        message.extras["matrix"] = {
            "room_id": reaction.reacted_to["room_id"],
            "event_id": event,
            "thread": "",
            "reply_to": event,
            "sender": reactor.person,
        }
        return Reacted(sign, taken_back, event, message)

    def whisper(self, message: Any, post: Post) -> None:
        """Say it in the thread of what the person reacted to, or, where that is in one, as a reply; they are named.

        Raises ChatError.
        """
        place, person = message.extras["matrix"], message.frm
        if message.is_group:
            post = replace(post, headline=(Mention(person.person, person.nick), ": ", *post.headline))
        said, event = content(post, self._prefix), place["event_id"]
        try:
            self._patiently(place["room_id"], in_thread(said, event))
        except Refused:
            self._patiently(place["room_id"], in_reply(said, event))

    def answer(self, message: Any, post: Post, *, private: bool, threaded: bool) -> None:
        """Answer a command: where it was given, or to whom gave it alone, or in a thread, as Errbot is set.

        Takes as many events as the post needs. Raises ChatError.
        """
        reply = self._bot.build_reply(message, "", private=private, threaded=threaded)
        room, thread = message.extras["matrix"]["room_id"], reply.extras.get("matrix", {}).get("thread", "")
        if message.is_group and not isinstance(reply.to, Room):
            room, thread = reply.to.person, ""
        elif message.is_group and self._bot.bot_config.GROUPCHAT_NICK_PREFIXED:
            post = replace(post, headline=(Foreign(message.frm.nick), ": ", *post.headline))
        for said in contents(post, self._prefix):
            thread = self._answered(room, said, thread)
        self._files.put(
            post.attachments,
            lambda file, data: self._share(room, thread, file, data),
            lambda failure: self._add(room, thread, failure),
        )

    def _answered(self, room: str, said: Content, thread: str) -> str:
        """Say it in a thread, or, where the server allows none there, in the room; gives the thread it is in."""
        if thread:
            try:
                self._patiently(room, in_thread(said, thread))
                return thread
            except Refused as error:
                log.info("A thread in %s can't be begun: %s", nobody_named(room), nobody_named(error))
        self._patiently(room, said)
        return ""

    def _share(self, room: str, thread: str, file: Attachment, data: bytes) -> None:
        """Put a file into a room, or into a thread there. Raises ChatError."""
        if not hasattr(self._bot, "upload"):
            raise ChatError("my Matrix backend is too old for that; update it")
        where = self._in_time(lambda: self._calls.upload(room, file, data))
        said = files.content(file, data, where)
        self._patiently(room, in_thread(said, thread) if thread else said)

    def _add(self, room: str, thread: str, post: Post) -> None:
        """Say what nobody waits for."""
        said = content(post, self._prefix)
        self._patiently(room, in_thread(said, thread) if thread else said)

    def _edited(self, event: str) -> str:
        """The event that an edit of ours has edited; another event is itself."""
        with self._lock:
            return self._edits.get(event, event)

    def _patiently(self, room: str, said: Content) -> None:
        """Say what is not queued anywhere, under one key, so that it is there once. Raises ChatError."""
        key = uuid.uuid4().hex
        self._in_time(lambda: self._calls.say(room, said, key))

    def _in_time(self, work: Callable[[], Result]) -> Result:
        """What some work gives, which is tried again after pauses unless it is refused. Raises ChatError."""
        left, failures = PATIENCE, 0
        while True:
            try:
                return work()
            except (Refused, Barred):
                raise
            except ChatError as error:
                failures += 1
                wait = error.retry_after or RETRY.pause(failures)
                if wait > left:
                    raise
            self._sleep(wait)
            left -= wait
