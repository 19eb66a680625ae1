"""What goes into one message: a few one by one, many together, and what was missed with the recovery."""

from __future__ import annotations

from typing import Any

import pytest

from pageinbox.model.announcement import NAMED, NoticeKind, Occasion, QueuedNews, QueuedNotice
from pageinbox.model.watch import Detail
from pageinbox.tell.group import choose


def news(number: int, found: float = 0.0, **more: Any) -> QueuedNews:
    facts: dict[str, Any] = {"due": True, "occasion": Occasion.ONGOING, "detail": None, "thread": None, **more}
    return QueuedNews(number=number, found=found, **facts)


def notice(number: int, kind: NoticeKind, found: float = 0.0, *, due: bool = True) -> QueuedNotice:
    return QueuedNotice(number=number, found=found, due=due, kind=kind)


def chosen(some: list[QueuedNews], notices: tuple[QueuedNotice, ...] = ()) -> tuple[list[int], list[int]]:
    first, second = choose(some, notices)
    return [each.number for each in first], [each.number for each in second]


@pytest.mark.parametrize(("many", "told"), [(1, 1), (NAMED, 1), (NAMED + 1, NAMED + 1), (12, 12)])
def test_a_few_go_one_by_one_and_more_together(many: int, told: int) -> None:
    assert chosen([news(number) for number in range(many)]) == (list(range(told)), [])


def test_nothing_is_told_before_something_is_due() -> None:
    waiting = [news(0, due=False, occasion=Occasion.AWAY), news(1, due=False)]
    assert chosen(waiting, (notice(0, NoticeKind.RECOVERED, due=False),)) == ([], [])


def test_what_a_number_says_is_told_in_one() -> None:
    assert chosen([news(0, detail=Detail.COUNT), news(1), news(2, detail=Detail.COUNT)]) == ([0, 2], [])


def test_what_quiet_hours_held_is_told_in_one_and_apart_from_what_is_new() -> None:
    held = [news(0, occasion=Occasion.QUIET), news(1), news(2, occasion=Occasion.QUIET)]
    assert chosen(held) == ([0, 2], [])
    assert chosen(held[1:2]) == ([1], [])


def test_what_was_missed_takes_along_what_is_due_in_a_moment_and_the_recovery() -> None:
    missed = [news(0, occasion=Occasion.AWAY), news(1, 1.0), news(2, 2.0, occasion=Occasion.AWAY, due=False)]
    back = (notice(0, NoticeKind.RECOVERED, 3.0, due=False), notice(1, NoticeKind.LEARNED, 4.0))
    assert chosen(missed, back) == ([0, 2], [0])


def test_a_recovery_takes_along_what_was_missed() -> None:
    assert chosen([news(0, 1.0, occasion=Occasion.AWAY), news(1, 2.0)], (notice(0, NoticeKind.RECOVERED),)) == (
        [0],
        [0],
    )


def test_notices_of_one_kind_go_together_in_their_turn() -> None:
    notices = (
        notice(0, NoticeKind.TROUBLE, 1.0),
        notice(1, NoticeKind.LEARNED, 2.0),
        notice(2, NoticeKind.TROUBLE, 3.0),
    )
    assert chosen([], notices) == ([], [0, 2])
    assert chosen([news(0, 0.5)], notices) == ([0], [])
    assert chosen([news(0, 1.5)], notices) == ([], [0, 2])


def test_a_thread_is_told_by_itself() -> None:
    later = [news(0, thread=7), news(1), news(2, thread=8), news(3, thread=7), news(4, thread=7, due=False)]
    assert chosen(later) == ([0, 3], [])
    assert chosen(later[1:]) == ([1], [])


def test_what_was_missed_does_not_draw_a_thread_into_the_room() -> None:
    missed = [news(0, occasion=Occasion.AWAY), news(1, occasion=Occasion.AWAY, thread=7)]
    assert chosen(missed) == ([0], [])


def test_what_became_visible_goes_with_a_recovery_and_without_news() -> None:
    notices = (notice(0, NoticeKind.VISIBLE, 1.0), notice(1, NoticeKind.RECOVERED, 2.0, due=False),
               notice(2, NoticeKind.LEARNED, 3.0))  # fmt: skip
    missed = [news(0, 4.0, occasion=Occasion.AWAY)]
    assert chosen(missed, notices) == ([0], [0, 1])
    assert chosen(missed, notices[:1]) == ([], [0])
    assert chosen([news(0, 0.5)], notices) == ([0], [])
