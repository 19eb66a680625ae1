"""Tells Errbot what is heard: messages, mentions, reactions and changes to rooms. Runs in Errbot's own thread."""

from __future__ import annotations

from typing import Any, Protocol

from errbot.backends.base import REACTION_ADDED, REACTION_REMOVED, Message, Reaction
from nio import ReactionEvent, RedactionEvent, RoomMemberEvent, RoomMessage, RoomTopicEvent

from errbot_matrix.hearing import Heard
from errbot_matrix.identifiers import MatrixOccupant, MatrixPerson, MatrixRoom
from errbot_matrix.messages import addressed, mentioned, reply_to, said, thread_of
from errbot_matrix.store import Reacted, Store


class Bot(Protocol):
    """What is used of the backend here: Errbot's callbacks, and the making of identifiers."""

    bot_identifier: MatrixPerson | None
    bot_config: Any

    def person(self, user_id: str) -> MatrixPerson: ...

    def occupant(self, user_id: str, room: str) -> MatrixOccupant: ...

    def room(self, room: str) -> MatrixRoom: ...

    def build_message(self, text: str) -> Any: ...

    def callback_message(self, msg: Any) -> None: ...

    def callback_mention(self, msg: Any, people: list[Any]) -> None: ...

    def callback_reaction(self, reaction: Any) -> None: ...

    def callback_room_joined(self, room: Any, identifier: Any, invited_by: Any) -> None: ...

    def callback_room_left(self, room: Any, identifier: Any, kicked_by: Any) -> None: ...

    def callback_room_topic(self, room: Any) -> None: ...


class Events:
    """Tells `bot` about events, one at a time; `memory` keeps reactions, to recognise one that is removed."""

    def __init__(self, bot: Bot, memory: Store) -> None:
        self._bot = bot
        self._memory = memory

    def tell(self, heard: Heard) -> None:
        """Tell about one event."""
        event = heard.event
        match event:
            case RoomMessage():
                self._message(heard)
            case ReactionEvent():
                self._reaction(heard)
            case RedactionEvent():
                self._redaction(heard)
            case RoomTopicEvent():
                self._bot.callback_room_topic(self._bot.room(heard.room))
            case RoomMemberEvent() if event.membership != event.prev_membership:
                self._member(heard)

    def _message(self, heard: Heard) -> None:
        event = heard.event
        content = event.source.get("content", {})
        text = said(content)
        if text is None:
            return
        if own := self._bot.bot_identifier:
            told = addressed(content, text, own.user_id, self._bot.occupant(own.user_id, heard.room).nick)
            text = f"{self._bot.bot_config.BOT_PREFIX}{told}" if told else text
        message: Message = self._bot.build_message(text)
        if heard.direct:
            message.frm, message.to = self._bot.person(event.sender), self._bot.bot_identifier
        else:
            message.frm, message.to = self._bot.occupant(event.sender, heard.room), self._bot.room(heard.room)
        message.extras["matrix"] = {
            "room_id": heard.room,
            "event_id": event.event_id,
            "thread": thread_of(content),
            "reply_to": reply_to(content),
            "sender": event.sender,
        }
        self._bot.callback_message(message)
        if people := mentioned(content):
            self._bot.callback_mention(message, [self._bot.occupant(person, heard.room) for person in people])

    def _reaction(self, heard: Heard) -> None:
        event = heard.event
        reaction = Reacted(heard.room, event.reacts_to, event.sender, event.key, str(event.server_timestamp))
        self._memory.keep_reaction(event.event_id, reaction)
        self._bot.callback_reaction(self._reacted(reaction, heard, REACTION_ADDED))

    def _redaction(self, heard: Heard) -> None:
        # Who redacts what somebody else has sent, moderates, and takes nothing back in their name.
        reaction = self._memory.take_reaction(str(heard.event.redacts))
        if reaction is not None and (reaction.room, reaction.sender) == (heard.room, heard.event.sender):
            self._bot.callback_reaction(self._reacted(reaction, heard, REACTION_REMOVED))

    def _reacted(self, reaction: Reacted, heard: Heard, action: str) -> Reaction:
        person, occupant = self._bot.person, self._bot.occupant
        return Reaction(
            reactor=person(reaction.sender) if heard.direct else occupant(reaction.sender, reaction.room),
            action=action,
            timestamp=reaction.at,
            reaction_name=reaction.key,
            reacted_to={"room_id": reaction.room, "event_id": reaction.event},
        )

    def _member(self, heard: Heard) -> None:
        event = heard.event
        room, person = self._bot.room(heard.room), self._bot.occupant(event.state_key, heard.room)
        by = self._bot.occupant(event.sender, heard.room) if event.sender != event.state_key else None
        if event.membership == "join":
            self._bot.callback_room_joined(room, person, None)
        elif event.membership in ("leave", "ban") and event.prev_membership == "join":
            self._bot.callback_room_left(room, person, by)
