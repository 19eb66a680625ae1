"""Announcing and answering on Matrix, over a stand-in for the backend that keeps what it is given."""

from __future__ import annotations

import socket
import threading
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any

import pytest
from errbot.backends.base import (
    REACTION_ADDED,
    REACTION_REMOVED,
    Message,
    Person,
    Reaction,
    Room,
    RoomDoesNotExistError,
    RoomError,
    RoomNotJoinedError,
    RoomOccupant,
)

from pageinbox.chat.errbot.incoming import person_of, room_of
from pageinbox.chat.matrix.content import content, contents
from pageinbox.chat.matrix.examining import MOST
from pageinbox.chat.matrix.refusal import BARRED
from pageinbox.chat.matrix.send import MatrixChat
from pageinbox.model.act import ActKind
from pageinbox.model.chat import ChatDoubt, ChatError, Doubt, NotPinged, Uneditable
from pageinbox.model.checkup import Unseen
from pageinbox.model.finding import State
from pageinbox.model.post import Foreign, Mention, Post
from pageinbox.words.offers import offers

ROOM, ANN = "!id:chat.example", "@ann:chat.example"
SECRET = "https://chat.example/?access_token=syt_secret"
POST = Post(("New in Acme: ", Foreign("Ann")))
LONG = Post(("many",), (), tuple(((str(number),), (Foreign("😀" * 60),)) for number in range(1, 100)))


class Refused(RoomError):  # type: ignore[misc]
    """As the backend says that the server refused for good."""

    def __init__(self, code: str) -> None:
        super().__init__(SECRET)
        self.code = code


class Encrypted(Refused):
    pass


class RateLimited(RoomError):  # type: ignore[misc]
    retry_after = 3.5


class LoggedOut(RoomError):  # type: ignore[misc]
    pass


class Ann(Person):  # type: ignore[misc]
    """Somebody in a room, or alone with the bot."""

    person = aclattr = fullname = ANN
    nick = "Ann <b>"
    client = email = ""


class Occupant(Ann, RoomOccupant):  # type: ignore[misc]
    """The same in the room."""

    @property
    def room(self) -> Room:
        return Lobby()


class Lobby(Room):  # type: ignore[misc]
    """The room."""

    def __str__(self) -> str:
        return ROOM


@dataclass
class Backend:
    """What MatrixChat uses of the backend: a server that takes a transaction once, and says so by the event's id."""

    failing: Exception | None = None
    taken: bool = False
    """Whether what fails was taken all the same."""
    events: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    ids: dict[tuple[str, str], str] = field(default_factory=dict)
    looked: list[tuple[str, str, float]] = field(default_factory=list)
    members: dict[str, str] = field(default_factory=lambda: {ANN: "Ann", "@bo:chat.example": "Bo Lind"})
    may_notify: bool = False
    may_write_there: bool = True
    bot_config: Any = field(default_factory=lambda: SimpleNamespace(GROUPCHAT_NICK_PREFIXED=False))
    mode: str = "matrix"
    bot_identifier: Any = field(default_factory=lambda: Ann())
    reactions: list[tuple[str, str, str]] = field(default_factory=list)
    limited: list[Exception] = field(default_factory=list)
    """How the next reactions fail."""
    reacted: threading.Condition = field(default_factory=threading.Condition)
    redacted: list[str] = field(default_factory=list)

    def edits_of(self, room: str, event: str) -> list[str]:
        if self.failing is not None:
            raise self.failing
        edits = [(number, said.get("m.relates_to", {})) for number, (_, said) in enumerate(self.events, 1)]
        found = [f"$event{number}" for number, relation in edits if relation.get("rel_type") == "m.replace"]
        return [each for each in found if each not in self.redacted]

    def redact(self, room: str, event: str) -> None:
        self.redacted.append(event)

    def react(self, room: str, event: str, reaction: str) -> None:
        with self.reacted:
            if self.limited:
                raise self.limited.pop(0)
            self.reactions.append((room, event, reaction))
            self.reacted.notify_all()

    def send_event(self, room: str, content: dict[str, Any], key: str = "") -> str:
        if self.failing is None or self.taken:
            transaction = (room, key or f"random {len(self.events)}")
            if transaction not in self.ids:
                self.events.append((room, content))
                self.ids[transaction] = f"$event{len(self.events)}"
        if self.failing is not None:
            raise self.failing
        return self.ids[transaction]

    def may_write(self, room: str) -> bool:
        if self.failing is not None:
            raise self.failing
        return self.may_write_there

    def mentionable(self, room: str) -> tuple[dict[str, str], bool]:
        if self.failing is not None:
            raise self.failing
        return self.members, self.may_notify

    def find_event(self, room: str, key: str, since: float) -> str | None:
        self.looked.append((room, key, since))
        if self.failing is not None:
            raise self.failing
        return self.ids.get((room, key))

    def build_identifier(self, text: str) -> Room:
        if text == "#lobby:chat.example":
            return Lobby()
        raise RoomDoesNotExistError(SECRET)

    def build_reply(self, message: Message, text: str, private: bool, threaded: bool) -> Message:
        came = message.extras["matrix"]
        thread = came["thread"] or (came["event_id"] if threaded else "")
        reply = Message(text, extras={"matrix": {"thread": thread}})
        reply.to = message.frm if private or message.is_direct else message.to
        return reply


def command(group: bool = True, thread: str = "") -> Message:
    extras = {"room_id": ROOM, "event_id": "$command", "thread": thread, "sender": ANN}
    return Message("!inbox", frm=Ann(), to=Lobby() if group else Ann(), extras={"matrix": extras})


def chat_over(backend: Backend) -> MatrixChat:
    return MatrixChat(backend, "!")


def test_an_announcement_is_one_event_and_its_receipt_the_events_id() -> None:
    backend = Backend()
    assert chat_over(backend).send(ROOM, POST, "k1") == "$event1"
    assert backend.events == [(ROOM, content(POST))]


def test_a_long_announcement_is_one_event_too() -> None:
    backend = Backend()
    chat_over(backend).send(ANN, LONG, "k1")
    [(room, said)] = backend.events
    assert room == ANN and said["body"].endswith("\n…")


def test_a_later_message_goes_into_the_thread_of_the_first() -> None:
    backend = Backend()
    chat_over(backend).send(ROOM, POST, "k2", "$first")
    [(_, said)] = backend.events
    assert said["m.relates_to"]["rel_type"] == "m.thread" and said["m.relates_to"]["event_id"] == "$first"


def test_a_room_is_found_by_its_alias_or_said_not_to_be() -> None:
    backend = Backend()
    chat_over(backend).send("#lobby:chat.example", POST, "k1")
    assert backend.events[0][0] == ROOM
    with pytest.raises(ChatError, match="no such room"):
        chat_over(backend).send("#nowhere:chat.example", POST, "k1")


def test_an_edit_replaces_the_event() -> None:
    backend = Backend()
    chat = chat_over(backend)
    chat.edit(ROOM, POST, chat.send(ROOM, POST, "k1"))
    chat.edit(ROOM, POST, "$event1")
    assert [said["m.relates_to"]["event_id"] for _, said in backend.events[1:]] == ["$event1", "$event1"]
    assert backend.events[1][1]["m.new_content"] == content(POST)


def test_what_is_erased_is_taken_back_with_all_that_it_ever_said() -> None:
    backend = Backend()
    chat = chat_over(backend)
    receipt = chat.send(ROOM, POST, "k1")
    chat.edit(ROOM, POST, receipt)
    chat.edit(ROOM, Post(("erased",), erases="all"), receipt)
    assert backend.redacted == ["$event2", receipt]
    assert backend.events[-1][1]["m.new_content"]["body"] == "erased", "for clients that don't know redactions"


def test_where_others_stay_the_first_version_does_too_and_that_is_said() -> None:
    backend = Backend()
    chat = chat_over(backend)
    receipt = chat.send(ROOM, POST, "k1")
    chat.edit(ROOM, POST, receipt)
    with pytest.raises(Uneditable) as told:
        chat.edit(ROOM, Post(("erased",), erases="some"), receipt)
    assert backend.redacted == ["$event2"] and "first version" in str(told.value)


def test_without_a_receipt_nothing_is_edited() -> None:
    backend = Backend()
    chat_over(backend).edit(ROOM, POST, "")
    assert not backend.events


def test_an_event_that_can_not_be_edited_is_left_for_good() -> None:
    with pytest.raises(Uneditable) as told:
        chat_over(Backend(Refused("M_FORBIDDEN"))).edit(ROOM, POST, "$gone")
    assert "not allowed to write there" in str(told.value) and SECRET not in str(told.value)


@pytest.mark.parametrize("code", sorted(BARRED))
def test_what_is_wrong_with_the_account_leaves_no_event_as_it_is_for_good(code: str) -> None:
    """An admin suspends or locks an account (Synapse's admin API, MSC3823 and MSC3939), and may take that back."""
    chat = chat_over(Backend(Refused(code)))
    for say in (lambda: chat.edit(ROOM, POST, "$event1"), lambda: chat.send(ROOM, POST, "k1", under="$root")):
        with pytest.raises(ChatError, match="homeserver") as told:
            say()
        assert not isinstance(told.value, ChatDoubt | Uneditable) and SECRET not in str(told.value)


def test_who_asks_an_account_that_is_suspended_keeps_no_thread_waiting() -> None:
    waited: list[float] = []
    with pytest.raises(ChatError, match="suspended"):
        chat = MatrixChat(Backend(Refused("M_USER_SUSPENDED")), "!", sleep=waited.append)
        chat.answer(command(), POST, private=False, threaded=False)
    assert not waited


def test_a_thread_that_is_gone_loses_no_message() -> None:
    class Purged(Backend):
        def send_event(self, room: str, content: dict[str, Any], key: str = "") -> str:
            if "m.relates_to" in content:
                raise Refused("M_UNKNOWN")
            return super().send_event(room, content, key)

    backend = Purged()
    assert chat_over(backend).send(ROOM, POST, "k1", under="$purged") == "$event1"
    [(_, said)] = backend.events
    assert "m.relates_to" not in said
    chat_over(backend).answer(command(), LONG, private=False, threaded=True)  # under what relates to something itself
    assert len(backend.events) == 1 + len(contents(LONG)) and backend.events[1][0] == ROOM


def test_an_edit_that_failed_for_now_is_told() -> None:
    with pytest.raises(ChatError) as told:
        chat_over(Backend(RateLimited())).edit(ROOM, POST, "$event1")
    assert told.value.retry_after == 3.5
    with pytest.raises(ChatError):
        chat_over(Backend(LoggedOut())).edit(ROOM, POST, "$event1")
    with pytest.raises(ChatDoubt):
        chat_over(Backend(TimeoutError())).edit(ROOM, POST, "$event1")


NOT_TAKEN = [
    (RoomNotJoinedError(SECRET), "invite me"),
    (Refused("M_FORBIDDEN"), "invite me"),
    (RoomDoesNotExistError(SECRET), "no such room"),
    (Encrypted(""), "encrypted"),
    (Refused("M_TOO_LARGE"), r"refused it \(M_TOO_LARGE\)"),
    (Refused("M_INVITE_BLOCKED"), "takes no invitations"),
    (Refused("ORG.MATRIX.MSC3848.INSUFFICIENT_POWER"), r"refused it \(ORG.MATRIX.MSC3848.INSUFFICIENT_POWER\)"),
    (Refused(SECRET), "did not accept it"),
    (RateLimited(SECRET), "slow down"),
    (LoggedOut(SECRET), "ended my session"),
    (ConnectionRefusedError(SECRET), "can't be reached"),
    (socket.gaierror(SECRET), "can't be reached"),
]
UNKNOWN = [TimeoutError(SECRET), ConnectionResetError(SECRET), ValueError(SECRET)]


@pytest.mark.parametrize(("error", "sentence"), NOT_TAKEN, ids=range(len(NOT_TAKEN)))
def test_what_was_not_taken_is_said_in_a_sentence_without_a_word_of_the_servers(
    error: Exception, sentence: str
) -> None:
    with pytest.raises(ChatError, match=sentence) as told:
        chat_over(Backend(error)).send(ROOM, POST, "k1")
    assert not isinstance(told.value, ChatDoubt)
    assert SECRET not in str(told.value) and told.value.__context__ is None


@pytest.mark.parametrize("error", UNKNOWN, ids=[type(error).__name__ for error in UNKNOWN])
def test_what_may_have_been_taken_is_a_doubt(error: Exception) -> None:
    with pytest.raises(ChatDoubt) as told:
        chat_over(Backend(error)).send(ROOM, POST, "k1")
    assert SECRET not in str(told.value) and told.value.__context__ is None


@pytest.mark.parametrize("taken", [True, False])
def test_a_doubt_is_settled_with_one_event(taken: bool) -> None:
    backend = Backend(TimeoutError(), taken)
    chat = chat_over(backend)
    with pytest.raises(ChatDoubt):
        chat.send(ROOM, POST, "k1")
    backend.failing = None
    assert chat.settle(ROOM, "k1", 100.0) == ("$event1" if taken else Doubt.SAFE)
    assert backend.looked == [(ROOM, "k1", 100.0)]
    assert chat.send(ROOM, POST, "k1") == "$event1"
    assert len(backend.events) == 1


@pytest.mark.parametrize("error", [*(error for error, _ in NOT_TAKEN), *UNKNOWN])
def test_a_doubt_that_can_not_be_settled_now_is_no_new_one(error: Exception) -> None:
    with pytest.raises(ChatError) as told:
        chat_over(Backend(error)).settle(ROOM, "k1", 100.0)
    assert not isinstance(told.value, ChatDoubt)
    assert SECRET not in str(told.value) and told.value.__context__ is None


def test_an_answer_goes_where_the_command_came_from() -> None:
    backend = Backend()
    chat_over(backend).answer(command(), POST, private=False, threaded=False)
    chat_over(backend).answer(command(group=False), POST, private=False, threaded=False)
    chat_over(backend).answer(command(group=False), POST, private=True, threaded=False)
    assert backend.events == [(ROOM, content(POST))] * 3


def test_an_answer_diverted_to_private_goes_to_the_person_and_into_no_thread() -> None:
    backend = Backend()
    chat_over(backend).answer(command(thread="$root"), POST, private=True, threaded=True)
    assert backend.events == [(ANN, content(POST))]


@pytest.mark.parametrize(("thread", "threaded", "root"), [("", True, "$command"), ("$root", False, "$root")])
def test_an_answer_in_a_thread(thread: str, threaded: bool, root: str) -> None:
    backend = Backend()
    chat_over(backend).answer(command(thread=thread), LONG, private=False, threaded=threaded)
    assert len(backend.events) == len(contents(LONG)) > 1
    assert {said["m.relates_to"]["event_id"] for _, said in backend.events} == {root}


def test_an_answer_names_who_asked_where_errbot_is_set_to() -> None:
    backend = Backend()
    backend.bot_config.GROUPCHAT_NICK_PREFIXED = True
    chat_over(backend).answer(command(), POST, private=False, threaded=False)
    chat_over(backend).answer(command(), POST, private=True, threaded=False)
    chat_over(backend).answer(command(group=False), POST, private=False, threaded=False)
    assert [said["body"] for _, said in backend.events] == [
        "Ann <b>: New in Acme: Ann",
        "New in Acme: Ann",
        "New in Acme: Ann",
    ]
    assert "Ann &lt;b&gt;: " in backend.events[0][1]["formatted_body"]


def test_an_answer_waits_for_a_pause_to_end() -> None:
    backend, waits = Backend(RateLimited()), []

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        backend.failing = None

    MatrixChat(backend, "!", sleep=sleep).answer(command(), POST, private=False, threaded=False)
    assert waits == [3.5] and len(backend.events) == 1


@pytest.mark.parametrize("taken", [False, True])
def test_an_answer_waits_a_minute_at_most_and_is_there_once_at_most(taken: bool) -> None:
    backend, waits = Backend(ConnectionResetError(), taken=taken), list[float]()
    with pytest.raises(ChatError):
        MatrixChat(backend, "!", sleep=waits.append).answer(command(), POST, private=False, threaded=False)
    assert waits == [1, 2, 4, 8, 16] and len(backend.events) == taken


def test_an_answer_that_fails_is_told() -> None:
    with pytest.raises(ChatError, match="invite me"):
        chat_over(Backend(Refused("M_FORBIDDEN"))).answer(command(), POST, private=False, threaded=False)


@pytest.mark.parametrize(
    ("typed", "name", "id"),
    [
        ("ann", "ann", ANN),
        ("@Ann:chat.example", "ann", ANN),
        ("Bo Lind", "bo", "@bo:chat.example"),
        ("room", "room", "room"),
        ("here", "room", "room"),
    ],
)
def test_whom_a_name_means_in_a_room(typed: str, name: str, id: str) -> None:
    found = chat_over(Backend(may_notify=True)).whom(ROOM, typed)
    assert (found.name, found.id) == (name, id)


def test_people_of_one_name_on_two_servers_are_named_with_their_server() -> None:
    backend = Backend(members={ANN: "Ann", "@ann:other.example": "Ann O"})
    found = chat_over(backend).whom(ROOM, "ann:other.example")
    assert (found.name, found.id) == ("ann:other.example", "@ann:other.example")
    with pytest.raises(NotPinged, match="several"):
        chat_over(backend).whom(ROOM, "ann")


def test_whom_the_bot_can_not_notify_is_refused() -> None:
    with pytest.raises(NotPinged, match="power level is too low"):
        chat_over(Backend()).whom(ROOM, "room")
    with pytest.raises(NotPinged) as refused:
        chat_over(Backend()).whom(ROOM, "an")
    assert refused.value.nearest == "ann"
    with pytest.raises(ChatError, match="invite me"):
        chat_over(Backend(failing=RoomNotJoinedError(SECRET))).whom(ROOM, "ann")


def test_whom_a_watch_pings_is_notified_and_nobody_else() -> None:
    backend = Backend()
    pinging = Post((Mention(ANN, "ann"), " ", Mention("room", "room"), " New: ", Foreign("@bo:chat.example @room")))
    chat_over(backend).send(ROOM, pinging, "k1")
    [(_, said)] = backend.events
    assert said["m.mentions"] == {"user_ids": [ANN], "room": True}
    assert said["body"] == "@ann @room New: @bo∶chat․example ＠room"
    assert '<a href="https://matrix.to/#/%40ann%3Achat.example">@ann</a> @room New' in said["formatted_body"]


def reaction(reactor: Any, name: str = "👀", action: str = REACTION_ADDED, event: str = "$event1") -> Reaction:
    """As the backend tells of one, to what the bot has said."""
    return Reaction(
        reactor=reactor,
        action=action,
        timestamp="1795435200000",
        reaction_name=name,
        reacted_to={"room_id": ROOM, "event_id": event},
    )


def test_a_reaction_is_a_message_below_what_it_is_about() -> None:
    chat = chat_over(Backend())
    found = chat.reacted(reaction(Occupant(), "✅", REACTION_REMOVED))
    assert found and (found.sign.kind, found.taken_back, found.receipt) == (ActKind.DONE, True, "$event1")
    assert (room_of(found.message), chat.replied(found.message)) == (ROOM, ("$event1",))
    alone = chat.reacted(reaction(Ann()))
    assert alone and alone.message.is_direct and person_of(alone.message.frm).id == ANN
    assert chat.reacted(reaction(Ann(), "👍")) is None


def test_what_is_about_an_edit_is_about_what_was_edited() -> None:
    # Clients name the event that began it, but bridges may name the latest edit.
    chat = chat_over(Backend())
    receipt = chat.send(ROOM, POST, "k1")
    chat.edit(ROOM, ONE, receipt)
    found = chat.reacted(reaction(Occupant(), event="$event2"))
    assert found and found.receipt == receipt and chat.replied(found.message) == (receipt,)
    answer = SimpleNamespace(extras={"matrix": {"reply_to": "$event2", "thread": None}})
    assert chat.replied(answer) == (receipt,)
    other = chat.reacted(reaction(Occupant(), event="$event3"))
    assert other and other.receipt == "$event3"


def test_what_went_wrong_is_said_in_the_thread_to_who_reacted() -> None:
    backend = Backend()
    found = chat_over(backend).reacted(reaction(Occupant()))
    assert found
    chat_over(backend).whisper(found.message, POST)
    [(room, said)] = backend.events
    assert (room, said["msgtype"], said["m.mentions"]) == (ROOM, "m.notice", {"user_ids": [ANN]})
    assert said["body"] == "@Ann <b>: New in Acme: Ann"
    assert said["m.relates_to"]["rel_type"] == "m.thread" and said["m.relates_to"]["event_id"] == "$event1"


def test_where_a_thread_can_not_begin_it_is_a_reply() -> None:
    class Threaded(Backend):
        def send_event(self, room: str, content: dict[str, Any], key: str = "") -> str:
            if "rel_type" in content["m.relates_to"]:
                raise Refused("M_UNKNOWN")
            return super().send_event(room, content, key)

    backend = Threaded()
    found = chat_over(backend).reacted(reaction(Ann()))
    assert found
    chat_over(backend).whisper(found.message, POST)
    [(_, said)] = backend.events
    assert said["m.relates_to"] == {"m.in_reply_to": {"event_id": "$event1"}} and said["body"] == "New in Acme: Ann"


ONE = Post(("New in Acme: ", Foreign("Ann")), offers=offers("k7fq"))
THREE = [(ROOM, "$event1", emoji) for emoji in "👀✅💤"]


def waited(backend: Backend, many: int) -> list[tuple[str, str, str]]:
    """The reactions, as soon as there are so many."""
    with backend.reacted:
        assert backend.reacted.wait_for(lambda: len(backend.reactions) >= many, 60)
        return list(backend.reactions)


def test_below_an_announcement_of_one_conversation_are_reactions_to_click_on() -> None:
    backend = Backend()
    chat = chat_over(backend)
    chat.send(ROOM, ONE, "k1")
    chat.send(ROOM, replace(ONE, offers=offers("k7fq", row=0)), "k2")
    chat.send(ROOM, POST, "k3")
    chat.answer(command(), ONE, private=False, threaded=False)
    chat.edit(ROOM, ONE, "$event1")
    chat.send(ROOM, ONE, "k4")
    assert waited(backend, 6) == [*THREE, *((ROOM, "$event6", emoji) for emoji in "👀✅💤")]


def test_reactions_wait_as_long_as_the_homeserver_likes_and_once_more() -> None:
    backend, naps = Backend(limited=[RateLimited(), RateLimited()]), list[float]()
    MatrixChat(backend, "!", sleep=naps.append).send(ROOM, ONE, "k1")
    assert waited(backend, 3) == THREE and naps == [7.0, 7.0]


@pytest.mark.parametrize("error", [*(error for error, _ in NOT_TAKEN if type(error) is not RateLimited), *UNKNOWN])
def test_an_announcement_is_there_whatever_becomes_of_its_reactions(error: Exception) -> None:
    backend = Backend(limited=[error])
    chat = chat_over(backend)
    assert chat.send(ROOM, ONE, "k1") == "$event1"
    assert chat.send(ROOM, ONE, "k2") == "$event2"
    assert waited(backend, 3) == [(ROOM, "$event2", emoji) for emoji in "👀✅💤"]
    assert len(backend.events) == 2


@pytest.mark.parametrize(
    ("backend", "state", "why"),
    [
        (Backend(), State.GOOD, ""),
        (Backend(may_write_there=False), State.ATTENTION, "my power level is too low"),
        (Backend(failing=RoomNotJoinedError(SECRET)), State.ATTENTION, "I'm no longer in that room"),
        (Backend(failing=Encrypted("")), State.ATTENTION, "without matrix-nio[e2e]"),
        (Backend(failing=RateLimited(SECRET)), State.UNKNOWN, "doesn't answer that now"),
        (Backend(failing=ValueError(SECRET)), State.UNKNOWN, "doesn't answer that now"),
    ],
)
def test_a_room_is_asked_about_and_not_written_in(backend: Backend, state: State, why: str) -> None:
    [found] = chat_over(backend).examine([ROOM])
    assert found.state is state and not backend.events
    assert why in str(found.fact) and "syt_secret" not in str(found)


def test_people_and_backends_that_are_too_old_are_not_asked() -> None:
    found = chat_over(Backend()).examine([ANN, *(f"!{number}:chat.example" for number in range(MOST + 1))])
    assert [each.fact.rooms for each in found if isinstance(each.fact, Unseen)] == [(ANN,), (f"!{MOST}:chat.example",)]
    assert MatrixChat(SimpleNamespace(), "!").examine([]) == []
    [old] = MatrixChat(SimpleNamespace(), "!").examine([ROOM])
    assert old.state is State.UNKNOWN and "too old" in str(old.fact)
