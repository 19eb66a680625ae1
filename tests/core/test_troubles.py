"""Trouble with a source that lasts: which rooms are told of it, and how often."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pageinbox.model.announcement import NoticeKind
from tests.core.stage import INTERVAL, Life, Stage

Set = Callable[..., Stage]
ROOMS = ("#mess", "#insta", "@ops")


@pytest.fixture
def stage(ledger_folder: Path) -> Iterator[Set]:
    made: list[Stage] = []

    def make(**more: Any) -> Stage:
        made.append(Stage(f"sqlite:///{ledger_folder}/ledger.sqlite", **more))
        return made[-1]

    yield make
    for one in made:
        one.close()


def looked(one: Stage, life: Life, seconds: float = INTERVAL) -> None:
    one.time.wait(seconds)
    life.look_everywhere()
    one.time.wait(10)
    life.tell()


def notices(one: Stage, room: str) -> list[NoticeKind]:
    return [notice.kind for message in one.rooms.of(room) for notice in message.item.notices]


@pytest.mark.long
def test_errors_that_take_turns_are_told_once_each(stage: Set) -> None:
    one = stage()
    life = one.bot()
    looked(one, life)
    one.rooms.messages.clear()
    for turn in range(40):
        one.simulator.clear()
        one.simulator.fail("conversations", None, code=200 if turn % 2 else 100)
        for _ in range(4):
            looked(one, life, 120)
    assert notices(one, "#room") == [NoticeKind.TROUBLE] * 2
    one.simulator.clear()
    looked(one, life)
    assert notices(one, "#room") == [NoticeKind.TROUBLE] * 2 + [NoticeKind.RECOVERED]


def test_a_room_hears_of_the_trouble_of_what_it_watches_alone(stage: Set) -> None:
    one = stage(watches=["#mess inbox messenger", "#insta inbox instagram"])
    one.arrive(1)
    life = one.bot(admins=["@ops"])
    looked(one, life)
    one.rooms.messages.clear()
    one.simulator.fail("conversations", None, code=2)
    for _ in range(6):
        looked(one, life, 120)
    notices_of = {room: [n for one_ in one.rooms.of(room) for n in one_.item.notices] for room in ROOMS}
    heard = {room: {where.platform.value for n in told for where in n.sources} for room, told in notices_of.items()}
    assert heard == {"#mess": {"messenger"}, "#insta": {"instagram"}, "@ops": {"messenger", "instagram"}}
