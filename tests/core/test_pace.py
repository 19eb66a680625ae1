"""How often a list is looked at, by what looks and pushes found; no clock that runs and no call in any of it."""

from __future__ import annotations

import pytest

from pageinbox.tell.pace import MOST, TOLD_OF, TRUSTED, Pace
from tests.core.conftest import Clock
from tests.core.stage import source

USUAL, LONGEST = 60.0, 300.0
INBOX, SPAM = source(), source(folder="spam")


@pytest.fixture
def pace(clock: Clock) -> Pace:
    return Pace(USUAL, LONGEST, clock)


def look(pace: Pace, *, pushed: int = 0, untold: int = 0, looked: int = 1) -> float:
    """What the next look is to follow within, after one that found this in the inbox."""
    trust = pace.judge(INBOX, pushed=pushed, untold=untold)
    pace.keep(INBOX, trust, looked)
    return pace.interval(trust)


def test_a_list_earns_its_trust(pace: Pace) -> None:
    assert [look(pace, pushed=1) for _ in range(TOLD_OF)] == [USUAL] * (TOLD_OF - 1) + [LONGEST]
    assert [look(pace), look(pace, pushed=5), pace.stretched(INBOX), pace.stretched(SPAM)] == [LONGEST] * 3 + [0]
    assert (look(pace, pushed=5, untold=1), pace.stretched(INBOX)) == (USUAL, 0)


def test_several_at_once_count_as_several(pace: Pace) -> None:
    assert look(pace, pushed=TOLD_OF) == LONGEST


def test_trust_that_was_not_earned_yet_is_begun_anew(pace: Pace) -> None:
    looks = [look(pace, pushed=TOLD_OF - 1), look(pace, untold=1), look(pace, pushed=TOLD_OF - 1)]
    assert (looks, look(pace, pushed=1)) == ([USUAL] * 3, LONGEST)


def test_each_mistake_doubles_what_is_needed(pace: Pace) -> None:
    """People have recorded that nothing is ever pushed of some customers, and all of others."""
    needed = []
    for _ in range(6):
        told = 1
        while look(pace, pushed=1) == USUAL:
            told += 1
        needed.append(told)
        look(pace, untold=1)
    assert needed == [TOLD_OF, 2 * TOLD_OF, 4 * TOLD_OF, 8 * TOLD_OF, MOST, MOST]


def test_trust_ends_with_a_day_in_which_nothing_was_told(pace: Pace, clock: Clock) -> None:
    look(pace, pushed=TOLD_OF)
    clock.now += TRUSTED - 1
    assert look(pace) == LONGEST
    clock.now += 1
    assert look(pace) == USUAL
    assert look(pace, pushed=1) == LONGEST  # it was no mistake


def test_another_list_s_miss_ends_trust(pace: Pace) -> None:
    assert not pace.distrust(INBOX)
    look(pace, pushed=TOLD_OF)
    assert pace.distrust(INBOX)
    assert look(pace) == USUAL
    assert not pace.distrust(INBOX)


def test_how_long_a_look_was_to_last_is_known_of_one_s_own(pace: Pace) -> None:
    assert pace.lasting(INBOX) == pace.lasting(INBOX, 5) == LONGEST
    look(pace, looked=5)
    assert (pace.lasting(INBOX), pace.lasting(INBOX, 5)) == (USUAL, USUAL)
    assert pace.lasting(INBOX, 6) == LONGEST  # another bot's


def test_without_pushes_all_is_as_usual(clock: Clock) -> None:
    pace = Pace(USUAL, USUAL, clock)
    assert look(pace, pushed=100) == pace.lasting(SPAM) == USUAL
    assert pace.stretched(INBOX) == 0
