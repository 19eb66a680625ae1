"""Trouble with a source that lasts: which rooms are told of it, and how often."""

from __future__ import annotations

from itertools import pairwise

import pytest

from pageinbox.model.announcement import NoticeKind
from tests.core.looked import Set, looked, notices
from tests.core.stage import INTERVAL, source

ROOMS = ("#mess", "#insta", "@ops")


def test_a_refused_token_is_probed_after_1_2_4_minutes_and_its_healing_is_told(stage: Set) -> None:
    one = stage(watches=["#mess inbox messenger", "#mess spam messenger", "#insta inbox instagram"])
    one.arrive(1)
    life = one.bot()
    life.run(one.time() + 3 * INTERVAL)
    one.rooms.messages.clear()
    one.simulator.forget()
    one.simulator.fail("conversations", None, code=190, subcode=463)
    life.run(one.time() + 4 * 3600)
    times = [request.time for request in one.simulator.requests]
    assert [round((later - before) / 60) for before, later in pairwise(times)] == [1, 2, 4, 8, 16, 32, 60, 60]
    new = one.arrive(1)
    one.simulator.clear()
    life.run(one.time() + life.schedule.wait() + 2 * INTERVAL)
    assert notices(one, "#mess") == [NoticeKind.TROUBLE, NoticeKind.RECOVERED, NoticeKind.RECOVERED]
    assert notices(one, "#insta") == [NoticeKind.TROUBLE, NoticeKind.RECOVERED]
    assert one.rooms.told("#mess") == new


def test_the_next_look_is_when_the_token_is_probed(stage: Set) -> None:
    one = stage()
    life = one.bot()
    life.run(one.time() + INTERVAL)
    one.simulator.fail("conversations", None, code=190)
    life.run(one.time() + 5 * INTERVAL)
    one.simulator.forget()
    due = one.time() + (life.schedule.next_look(source()) or 0.0)
    life.run(due - 1)
    assert one.calls() == 0
    life.run(due + 1)
    assert one.calls() == 1


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
