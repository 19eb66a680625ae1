"""How pauses grow, and where they stop."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pageinbox.model.backoff import Backoff

seconds = st.floats(0.001, 1e6)
share = st.floats(0, 1)
backoffs = st.builds(Backoff, seconds, seconds, share)


def test_a_pause_doubles_up_to_the_longest() -> None:
    assert [Backoff(2, 30).pause(failures) for failures in range(1, 7)] == [2, 4, 8, 16, 30, 30]


def test_chance_shortens_a_pause_by_the_jitter_at_most() -> None:
    backoff = Backoff(first=8, longest=100, jitter=0.25)
    assert [backoff.pause(1, chance) for chance in (0.0, 0.5, 1.0)] == [8, 7, 6]


def test_a_first_pause_beyond_the_longest_is_the_longest() -> None:
    assert Backoff(first=60, longest=20).pause(1) == 20


@given(backoffs, st.integers(1, 10**9), share)
def test_a_pause_is_within_its_bounds_however_often_it_failed(backoff: Backoff, failures: int, chance: float) -> None:
    shortest = min(backoff.first, backoff.longest) * (1 - backoff.jitter)
    assert shortest <= backoff.pause(failures, chance) <= backoff.longest


@given(backoffs, st.integers(1, 200), share)
def test_a_pause_never_shrinks_from_one_failure_to_the_next(backoff: Backoff, failures: int, chance: float) -> None:
    assert backoff.pause(failures, chance) <= backoff.pause(failures + 1, chance)


@given(backoffs, st.integers(1, 200))
def test_without_chance_a_pause_is_the_doubled_one_before_or_the_longest(backoff: Backoff, failures: int) -> None:
    doubled = min(2 * backoff.pause(failures), backoff.longest)
    assert backoff.pause(failures + 1) == pytest.approx(doubled)
