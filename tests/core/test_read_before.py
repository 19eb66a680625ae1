"""What comes as it did before is not read again, unless something else tells now what it is."""

from __future__ import annotations

import json
from typing import Any

from pageinbox.graph.automatic import OFTEN, AutomaticReplies
from pageinbox.graph.before import Before
from pageinbox.graph.decoding import decode_list
from pageinbox.graph.reading import read_conversations
from pageinbox.graph.wire import WireConversation
from pageinbox.model.conversation import Conversation, Unreadable
from pageinbox.model.source import Platform
from tests.core.conftest import NOON
from tests.core.test_who_waits import ACME, ANN, THANKS, message, talk

SHOP, LEA = {"id": "17841", "username": "acme_shop"}, {"id": "1602", "username": "lea.example"}


class List:
    """One list of a Page."""

    def __init__(self, platform: Platform = Platform.MESSENGER) -> None:
        self._platform = platform
        self._automatic = AutomaticReplies(())
        self._before = Before()

    def read(self, *talks: dict[str, Any]) -> list[Conversation]:
        body = json.dumps({"data": talks}).encode()
        items = decode_list(body, WireConversation).items
        good, bad = read_conversations(items, self._platform, (ACME["id"],), self._automatic, self._before)
        assert not bad
        return good


def asked(number: int, *after: dict[str, Any]) -> dict[str, Any]:
    return talk(*after, message(60 + number, ANN, f"Question {number}"), name=f"t_{number}")


def thanked(number: int) -> dict[str, Any]:
    return asked(number, message(50 + number, ACME, THANKS))


def test_only_what_changed_is_read_again():
    one = List()
    first, second = one.read(asked(1), asked(2))
    new, again, once_more = one.read(asked(3), asked(1, message(5, ANN, "Anybody there?")), asked(2))
    assert (new.snippet, again.snippet) == ("Question 3", "Anybody there?")
    assert (again.updated, first.updated) == (NOON - 5, NOON - 61)
    assert once_more is second


def test_what_is_left_out_of_what_is_read_is_no_change():
    one, cursors = List(), [{"after": "abc"}, {"after": "xyz"}]
    first, second = (
        one.read({**asked(1), "messages": {**asked(1)["messages"], "paging": {"cursors": cursor}}, "new": cursor})
        for cursor in cursors
    )
    assert first[0] is second[0]


def test_what_came_before_is_no_answer_either_when_it_is_found_that_nobody_wrote_it():
    one, known = List(), [thanked(number) for number in range(1, OFTEN)]
    assert {found.waiting for found in one.read(*known)} == {False}
    assert {found.waiting for found in one.read(thanked(OFTEN), *known)} == {True}


def test_what_holds_no_prompt_answer_is_not_read_again_when_an_automatic_reply_is_found():
    one, other = List(), asked(OFTEN + 1, message(1, ACME, "We open at nine"))
    known = [thanked(number) for number in range(1, OFTEN)]
    silent, answered, *_ = one.read(asked(OFTEN + 2), other, *known)
    _, *again = one.read(thanked(OFTEN), asked(OFTEN + 2), other, *known)
    assert again[0] is silent and again[1] is answered
    assert {found.waiting for found in again[2:]} == {True}
    assert all(same is found for same, found in zip(again, one.read(asked(OFTEN + 2), other, *known), strict=True))


def test_what_another_conversation_tells_of_all_counts_for_what_came_before():
    one = List(Platform.INSTAGRAM)
    old = talk(message(60, LEA, "hi"), people=(LEA, SHOP), name="t_1")
    assert one.read(old)[0].unread is None
    assert [found.unread for found in one.read(talk(people=(LEA, SHOP), name="t_2", unread_count=2), old)] == [2, 0]


def test_what_can_not_be_read_is_named_each_time():
    before, body = Before(), json.dumps({"data": [{"id": "t_1", "updated_time": "noon"}]}).encode()
    for _ in range(2):
        items = decode_list(body, WireConversation).items
        good, bad = read_conversations(items, Platform.MESSENGER, (), AutomaticReplies(()), before)
        assert (good, bad) == ([], [Unreadable("t_1", "updated_time is not a time")])
