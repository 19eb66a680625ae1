"""What a reaction means, and work that is done in the order it came."""

from __future__ import annotations

import threading

import pytest

from pageinbox.chat.in_turn import InTurn
from pageinbox.chat.reactions import SIGNS, sign_of, signs
from pageinbox.model.act import ActKind
from pageinbox.words.offers import MORE, offers


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("👀", ActKind.CLAIM),
        ("eyes", ActKind.CLAIM),
        (":eyes:", ActKind.CLAIM),
        ("👀\ufe0f", ActKind.CLAIM),
        ("👀\U0001f3fd", ActKind.CLAIM),
        ("eyes::skin-tone-4", ActKind.CLAIM),
        ("✅", ActKind.DONE),
        ("✅\ufe0f", ActKind.DONE),
        ("white_check_mark", ActKind.DONE),
        ("💤", ActKind.SNOOZE),
        ("zzz", ActKind.SNOOZE),
    ],
)
def test_a_sign_is_known_by_its_emoji_and_its_name_however_it_looks(name: str, kind: ActKind) -> None:
    sign = sign_of(name)
    assert sign is not None and sign.kind is kind


@pytest.mark.parametrize("name", ["", ":", "👍", "+1", "👀👀", "eye", "eyes-custom", "claim", "\ufe0f", "👀" * 9000])
def test_all_else_means_nothing(name: str) -> None:
    assert sign_of(name) is None


def test_a_post_about_one_conversation_has_every_sign_and_one_about_several_has_none() -> None:
    assert signs(offers("k7fq")) == list(SIGNS)
    assert signs((*offers("k7fq", row=0), *offers("9x2d", row=1), MORE)) == []


def test_work_is_done_in_its_order_and_again_after_all_was_done() -> None:
    turns, done, idle = InTurn("test", 10), list[int](), threading.Event()
    for number in range(3):
        turns.do(lambda number=number: done.append(number))
    turns.do(idle.set)
    assert idle.wait(60) and done == [0, 1, 2]
    again = threading.Event()
    turns.do(again.set)
    assert again.wait(60)


def test_of_more_work_than_can_wait_the_oldest_is_dropped() -> None:
    turns, done, begun, go, idle = (
        InTurn("test", 3),
        list[int](),
        threading.Event(),
        threading.Event(),
        threading.Event(),
    )

    def hold() -> None:
        begun.set()
        go.wait(60)

    turns.do(hold)
    assert begun.wait(60)
    for number in range(5):
        turns.do(lambda number=number: done.append(number))
    turns.do(idle.set)
    go.set()
    assert idle.wait(60) and done == [3, 4]
