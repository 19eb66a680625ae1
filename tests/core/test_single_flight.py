"""One answer for all who ask at once: who waits, who makes another, and how long an answer is kept."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from pageinbox.ask.single_flight import SingleFlight


class Maker:
    """Makes answers one larger than the one kept, or as large as it is told to; its gate holds it back."""

    def __init__(self) -> None:
        self.given: list[int | None] = []
        self.gate = threading.Event()
        self.failure: Exception | None = None

    def make(self, kept: int | None, size: int) -> int:
        self.given.append(kept)
        self.gate.wait()
        if self.failure is not None:
            raise self.failure
        return size


@pytest.fixture
def maker() -> Maker:
    return Maker()


def asking(
    flights: SingleFlight[str, int], maker: Maker, sizes: list[int], parked: Callable[..., None]
) -> list[object]:
    """What those get who ask at once for at least so much each; the first of them flies."""
    got: list[object] = [None] * len(sizes)

    def ask(number: int, size: int) -> None:
        try:
            got[number] = flights.get("x", lambda kept: maker.make(kept, size), lambda answer: answer >= size)
        except ValueError as error:
            got[number] = error

    threads = [threading.Thread(target=ask, args=pair) for pair in enumerate(sizes)]
    for thread in threads:
        thread.start()
        parked(thread)
    maker.gate.set()
    for thread in threads:
        thread.join()
    return got


def test_those_whom_the_answer_suffices_share_it(clock, maker, parked):
    flights: SingleFlight[str, int] = SingleFlight(lambda answer, now: now, clock)
    assert asking(flights, maker, [50, 50, 20, 10], parked) == [50] * 4
    assert maker.given == [None]
    assert flights.kept("x") is None


def test_whom_it_does_not_suffice_makes_another_from_what_is_kept(clock, maker, parked):
    flights: SingleFlight[str, int] = SingleFlight(lambda answer, now: now + 30, clock)
    assert asking(flights, maker, [50, 200, 20], parked) == [50, 200, 50]
    assert maker.given == [None, 50]
    assert flights.kept("x") == 200


def test_who_made_an_answer_has_it_though_it_is_less_than_was_wanted(clock):
    flights: SingleFlight[str, int] = SingleFlight(lambda answer, now: now + 30, clock)
    assert flights.get("x", lambda kept: 5, lambda answer: answer >= 10) == 5


def test_an_exception_is_shared_and_not_kept(clock, maker, parked):
    flights: SingleFlight[str, int] = SingleFlight(lambda answer, now: now + 30, clock)
    maker.failure = ValueError("no")
    assert asking(flights, maker, [5, 5, 5], parked) == [maker.failure] * 3
    assert flights.get("x", lambda kept: 7) == 7


def test_an_answer_is_kept_as_long_as_it_says(clock):
    flights: SingleFlight[str, int] = SingleFlight(lambda answer, now: now + answer, clock)
    flights.keep("x", 30)
    clock.now += 29
    assert flights.get("x", lambda kept: 1) == 30
    clock.now += 2
    assert flights.kept("x") is None
    assert flights.get("x", lambda kept: 1) == 1
