"""Who somebody is to the team's marks: the same in a room and alone, by a name that a message can be sent to."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from errbot.backends.base import Room
from errbot.backends.text import TextOccupant, TextPerson, TextRoom

from pageinbox.chat.errbot.incoming import diverted, identified, is_admin, name_of, people_in, person_of
from pageinbox.chat.errbot.send import ErrbotChat
from pageinbox.model.act import Person
from pageinbox.model.chat import ChatError


class Terminal:
    """What the text backend's identifiers need of their bot."""

    mode = "text"
    bot_config = SimpleNamespace(BOT_ADMINS=("@sam",), BOT_IDENTITY={"username": "@errbot"})

    def build_identifier(self, name: str) -> Any:
        if not name.startswith("@"):
            raise ValueError("An identifier for the Text backend needs to start with # for a room or @ for a person.")
        return TextPerson(name[1:])


class Nick:
    """Somebody on IRC: another identifier alone than in a room, but for the nick."""

    person = nick = "ann"
    fullname = None

    def __init__(self, text: str) -> None:
        self._text = text

    def __str__(self) -> str:
        return self._text


def test_somebody_at_the_terminal_is_the_same_in_a_room() -> None:
    alone = TextPerson("sam")
    in_room = TextOccupant(alone, TextRoom("room", Terminal()))
    assert person_of(alone) == person_of(in_room) == Person("@sam", "sam")
    assert person_of(alone).id == name_of(alone)


def test_somebody_on_irc_is_the_same_in_a_room() -> None:
    assert person_of(Nick("ann!ann@host.example")) == person_of(Nick("#room/ann")) == Person("ann", "ann")


def test_a_direct_chat_on_irc_is_the_same_from_another_host() -> None:
    assert name_of(Nick("ann!ann@host.example")) == name_of(Nick("ann!~ann@cloak/ann")) == "ann"
    assert name_of("#room") == "#room"


class Discords:
    """Somebody on Discord, whose text neither tells them apart from room to room nor is understood by its backend."""

    discord_user = object()
    id = 200000000000000001
    nick = "ann"
    fullname = "ann#0"

    def __init__(self, text: str) -> None:
        self.person = text

    def __str__(self) -> str:
        return self.person


def test_somebody_on_discord_is_named_so_that_its_backend_finds_them() -> None:
    alone, in_room = Discords("ann#0"), Discords("ann#0@general")
    assert name_of(alone) == "<@200000000000000001>"
    assert person_of(alone) == person_of(in_room) == Person("<@200000000000000001>", "ann")


def test_an_admin_on_discord_is_found_by_name_and_number() -> None:
    bot = SimpleNamespace(mode="discord", build_identifier=lambda name: name)
    found = {name: identified(bot, name) for name in ("ann#0", "@ann#0", "<@1>", "<#1>", "#general@1", "ann")}
    assert found.pop("ann#0") == "@ann#0" and all(name == text for name, text in found.items())
    assert identified(SimpleNamespace(mode="irc", build_identifier=lambda name: name), "ann#0") == "ann#0"


@pytest.mark.parametrize(
    ("private", "wanted"), [("inbox", True), (("inbox",), True), ((), False), ("inbox_why", False)]
)
def test_one_command_to_be_answered_in_private_needs_no_comma(private: Any, wanted: bool) -> None:
    config = SimpleNamespace(DIVERT_TO_PRIVATE=private, DIVERT_TO_THREAD=())
    assert diverted(config, "inbox") == (wanted, False)


def test_somebody_on_mattermost_is_named_as_in_the_direct_chat() -> None:
    in_room = SimpleNamespace(person="@ann", userid="xk37oq13n7b8dgh8", nick="ann", fullname="Ann E.")
    assert person_of(in_room) == Person("@ann", "ann")


class Silent:
    """Somebody of whom the backend has to ask its network, which does not answer."""

    person = "U1"

    @property
    def nick(self) -> str:
        raise KeyError("username")

    @property
    def fullname(self) -> str:
        raise TypeError("unsupported operand type(s) for +=: 'NoneType' and 'str'")


def test_who_has_no_names_just_now_has_an_id() -> None:
    assert person_of(Silent()) == Person("U1", "U1")


def test_whom_a_name_means_is_whom_the_backend_finds() -> None:
    chat = ErrbotChat(Terminal(), lambda post: [], alone=True)
    person, mention = chat.member("#room", "sam")
    assert (person, mention.name) == (Person("@sam", "sam"), "sam")


def test_whom_the_backend_does_not_find_is_refused() -> None:
    class Nobody(Terminal):
        mode = "irc"

        def build_identifier(self, name: str) -> Any:
            raise ValueError(name)

    with pytest.raises(ChatError):
        ErrbotChat(Nobody(), lambda post: []).member("#room", "sam")


def test_a_pattern_of_admins_lets_people_in_and_is_nobody_to_be_told() -> None:
    """As Errbot's own config-template has it: `*@localhost`."""
    admins = ("*", "@*:example.org", "U?", "[ab]", "ann", "@sam:example.org", "ann!ann@*", "<@U1>")
    assert people_in(admins) == ("ann", "@sam:example.org", "ann!ann@*", "<@U1>")
    bot = SimpleNamespace(bot_config=SimpleNamespace(BOT_ADMINS="@*:example.org"))
    for person, admin in (("@sam:example.org", True), ("@sam:other.org", False), ("@SAM:EXAMPLE.ORG", False)):
        assert is_admin(bot, SimpleNamespace(frm=SimpleNamespace(person=person))) is admin


class Space(Room):  # type: ignore[misc]
    """A room by its title."""

    def __str__(self) -> str:
        return "support"


class Somebody(SimpleNamespace):
    def __str__(self) -> str:
        return str(self.person)


class PeopleOnly:
    """A backend that takes each name for a person's, as Zulip's does."""

    mode = "zulip"
    build_identifier = staticmethod(lambda name: Somebody(person=name))


class Forgetful(PeopleOnly):
    build_identifier = staticmethod(lambda name: {}[name])


ANN = Somebody(person="ann")
IN_ROOM, ALONE = SimpleNamespace(is_group=True, to=Space()), SimpleNamespace(is_group=False, frm=ANN)


@pytest.mark.parametrize(
    ("bot", "message", "found"),
    [(PeopleOnly(), IN_ROOM, False), (PeopleOnly(), ALONE, True), (Forgetful(), ALONE, False)],
)
def test_a_name_that_means_somebody_else_to_the_backend_is_noticed(bot: Any, message: Any, found: bool) -> None:
    assert ErrbotChat(bot, lambda post: []).finds_again(message) is found
    assert ErrbotChat(bot, lambda post: [], alone=True).finds_again(message)


def test_who_has_no_text_is_named_by_what_tells_people_apart() -> None:
    class Nameless:
        person = "users/1"

    assert name_of(Nameless()) == "users/1"
