"""What each room may see at most: by the settings, by every name a room has, and closed while a name isn't found."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from contextlib import closing

from pageinbox.ledger.database import open_ledger
from pageinbox.ledger.rooms import known, move, named
from pageinbox.model.errors import LedgerError
from pageinbox.model.watch import Detail
from pageinbox.settings.reading import Settings, read
from pageinbox.tell.ceilings import AGAIN, Ceilings
from tests.core.stage import NOON

COUNT, INITIALS, NAME, SNIPPET = Detail


def chosen(detail: str = "snippet", **rooms: str) -> Settings:
    """Settings by which rooms, whose names lack their #, may see so much."""
    page = {"ID": 1, "TOKEN": "token"}
    levels = {name if name[0] in "@<!" else f"#{name}": {"DETAIL": level} for name, level in rooms.items()}
    return read({"PAGES": {"acme": page}, "DETAIL": detail, "ROOMS": levels}, environment={})


class Chat:
    """A chat that knows these rooms, and counts how often it is asked."""

    def __init__(self, **rooms: str) -> None:
        self.rooms = {f"#{name}": room for name, room in rooms.items()}
        self.moved: dict[str, str] = {}
        self.now, self.asked = 0.0, 0
        self.slow: Callable[[str], str] = lambda name: ""

    def find(self, name: str) -> str:
        self.asked += 1
        return self.slow(name) or self.rooms.get(name, "")

    def ceilings(self, settings: Settings) -> Ceilings:
        return Ceilings(settings, self.find, lambda: self.moved, lambda: self.now)


def test_a_room_sees_what_it_was_given_and_all_others_what_detail_says() -> None:
    of = Chat(public="<#C1>", board="<#C2>").ceilings(chosen("name", public="count", board="snippet")).of
    assert [of(room) for room in ("<#C1>", "<#C2>", "<#C3>", "<@U1>")] == [COUNT, SNIPPET, NAME, NAME]


def test_an_id_needs_not_be_found() -> None:
    of = Chat().ceilings(chosen(**{"<#C1>": "count", "@sam:chat.example": "initials"})).of
    assert (of("<#C1>"), of("@sam:chat.example")) == (COUNT, INITIALS)


def test_a_room_that_is_spelt_otherwise_sees_no_more() -> None:
    of = Ceilings(chosen("name", Public="count", BOARD="snippet", **{"@sam": "initials"})).of
    assert [of(room) for room in ("#public", "#PUBLIC", "#board", "#BOARD")] == [COUNT, COUNT, NAME, SNIPPET]
    assert [of(room) for room in ("@sam!~sam@host", "@Sam/phone", "@sammy", "#public2")] == [INITIALS] * 2 + [NAME] * 2


def test_while_a_room_is_not_found_any_other_may_be_it() -> None:
    chat = Chat(board="<#C2>")
    ceilings = chat.ceilings(chosen(public="initials", board="name"))
    assert ceilings.unfound() == ["#public"]
    assert [ceilings.of(room) for room in ("<#C1>", "<#C9>", "room@conference.example")] == [INITIALS] * 3
    assert ceilings.of("<#C2>") is NAME, "that one is known"
    assert ceilings.of("<@U1>") is SNIPPET, "no person has the name of a room"
    asked = chat.asked
    chat.rooms["#public"] = "<#C1>"
    assert ceilings.of("<#C9>") is INITIALS and chat.asked == asked, "it is not looked for at every message"
    chat.now += AGAIN
    assert [ceilings.of(room) for room in ("<#C1>", "<#C9>")] == [INITIALS, SNIPPET]
    chat.now += AGAIN
    asked = chat.asked
    assert ceilings.unfound() == [] and chat.asked == asked, "nor is anything that was found"


def test_nobody_waits_while_a_room_is_looked_for_again() -> None:
    chat, begun, go, waited = Chat(), threading.Event(), threading.Event(), list[bool]()
    ceilings = chat.ceilings(chosen(public="initials"))
    assert ceilings.unfound() == ["#public"]
    chat.now += AGAIN

    def slow(name: str) -> str:
        begun.set()
        waited.append(go.wait(20))
        return ""

    chat.slow = slow
    looking = threading.Thread(target=ceilings.unfound)
    looking.start()
    assert begun.wait(20)
    assert ceilings.of("<#C9>") is INITIALS
    go.set()
    looking.join()
    assert waited == [True]


def test_a_name_that_is_not_found_never_shows_more() -> None:
    ceilings = Chat().ceilings(chosen("initials", board="snippet"))
    assert ceilings.of("<#C1>") is INITIALS


def test_a_person_who_is_not_found_may_be_in_any_direct_chat() -> None:
    of = Chat().ceilings(chosen(**{"@sam": "count"})).of
    assert (of("<@U1>"), of("@ann:chat.example"), of("<#C1>"), of("!r:chat.example")) == (
        COUNT,
        COUNT,
        SNIPPET,
        SNIPPET,
    )


def test_a_room_keeps_it_when_it_is_renamed_or_goes_on_as_another() -> None:
    chat = Chat(public="!old:x")
    ceilings = chat.ceilings(chosen(public="count", **{"!id:x": "name"}))
    assert (ceilings.of("!old:x"), ceilings.of("!id:x"), ceilings.of("!new:x")) == (COUNT, NAME, NAME)
    chat.now += AGAIN
    chat.rooms |= {"!id:x": "!id:x"}
    chat.rooms = {"#open": "!old:x", "!id:x": "!id:x"}
    chat.moved = {"!old:x": "!new:x", "!id:x": "!id2:x"}
    assert (ceilings.of("!old:x"), ceilings.of("!new:x")) == (COUNT, COUNT)
    assert (ceilings.of("!id:x"), ceilings.of("!id2:x")) == (NAME, NAME)


def test_which_room_a_name_meant_first_is_remembered(ledger_url: str) -> None:
    settings = chosen("snippet", public="count", board="name")

    def started(chat: Chat) -> Ceilings:
        ceilings = chat.ceilings(settings)
        ceilings.unfound()
        ceilings.keep(lambda found: named(ledger, list(settings.rooms), found))
        return ceilings

    with closing(open_ledger(ledger_url)) as ledger:
        assert started(Chat(public="<#C1>", board="<#C2>")).of("<#C1>") is COUNT
        renamed = started(Chat(board="<#C2>"))
        assert renamed.unfound() == [] and renamed.of("<#C1>") is COUNT
        assert (renamed.of("<#C2>"), renamed.of("<#C3>")) == (NAME, SNIPPET)
        taken = started(Chat(public="<#C3>", board="<#C2>"))
        assert (taken.of("<#C1>"), taken.of("<#C3>")) == (COUNT, COUNT), "nor does another room of that name see more"
        assert known(ledger, ["<#C1>", "<#C9>"]) == {"<#C1>"}
        assert move(ledger, "<#C1>", "<#C4>", NOON) and started(Chat()).of("<#C4>") is COUNT
        settings = chosen("snippet", board="name")
        assert started(Chat(board="<#C2>")).of("<#C1>") is SNIPPET, "it is named no more"
        settings = chosen("snippet", public="count")
        assert started(Chat(public="<#C5>")).of("<#C4>") is SNIPPET, "and what it meant is forgotten"


def test_a_room_that_may_see_more_does_not_lend_its_name_to_another(ledger_url: str) -> None:
    settings = chosen("initials", board="snippet")
    with closing(open_ledger(ledger_url)) as ledger:
        for room in ("<#C1>", "<#C2>"):
            ceilings = Chat(board=room).ceilings(settings)
            ceilings.unfound()
            ceilings.keep(lambda found: named(ledger, list(settings.rooms), found))
            assert (ceilings.of("<#C1>"), ceilings.of("<#C2>")) == (SNIPPET, INITIALS)


def test_what_is_found_later_is_remembered_too_and_a_ledger_that_fails_harms_nothing() -> None:
    chat, asked = Chat(), list[dict[str, str]]()

    def failing(found: Mapping[str, str]) -> Mapping[str, str]:
        asked.append(dict(found))
        raise LedgerError("locked", "here")

    ceilings = chat.ceilings(chosen(public="count"))
    ceilings.keep(failing)
    chat.rooms["#public"] = "<#C1>"
    chat.now += AGAIN
    assert (ceilings.of("<#C1>"), ceilings.of("<#C2>")) == (COUNT, SNIPPET)
    assert asked == [{}, {"#public": "<#C1>"}]


def test_of_two_names_for_one_room_the_one_that_shows_less_counts() -> None:
    chat = Chat(public="!r:x")
    of = chat.ceilings(chosen(public="count", **{"!r:x": "snippet"})).of
    assert of("!r:x") is COUNT
