"""What stands behind the commands by which the team marks conversations."""

from __future__ import annotations

from datetime import UTC, datetime, time

import pytest

from pageinbox.language.reader import QueryError
from pageinbox.language.triage import MAX_NOTE, SNOOZE, Marking, parse_marking, parse_note, parse_snooze
from pageinbox.model.calendar import Until
from pageinbox.model.query import Target

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC).timestamp()  # a Monday
HOUR = 3600.0

MARKINGS = {
    "k7fq": Marking(Target("k7fq")),
    "K7FQ please": Marking(Target("k7fq")),
    "#3": Marking(Target("3")),
    "row 3": Marking(Target("3", "row")),
    "k7fq @ann": Marking(Target("k7fq"), "ann"),
    "k7fq for @ann": Marking(Target("k7fq"), "ann"),
    '@"Ann Lee" k7fq over': Marking(Target("k7fq"), "Ann Lee", over=True),
    "k7fq over": Marking(Target("k7fq"), over=True),
    "@ann:chat.example k7fq": Marking(Target("k7fq"), "ann:chat.example"),
    "": Marking(Target("")),
    "it": Marking(Target("")),
    "over": Marking(Target(""), over=True),
    "@ann": Marking(Target(""), "ann"),
}


@pytest.mark.parametrize("text", MARKINGS)
def test_what_is_marked(text: str) -> None:
    assert parse_marking(text) == MARKINGS[text]


@pytest.mark.parametrize("text", ["k7fq 9x2d", "k7fq tomorrow", "k7fq @ann @bo", 'k7fq @"ann'])
def test_what_can_not_be_marked(text: str) -> None:
    with pytest.raises(QueryError):
        parse_marking(text)


SNOOZES: dict[str, tuple[Target, int | Until]] = {
    "k7fq": (Target("k7fq"), SNOOZE),
    "k7fq for 2h": (Target("k7fq"), 7200),
    "k7fq 90min": (Target("k7fq"), 5400),
    "3 for a day": (Target("3"), 86400),
    "row 3 2 h": (Target("3", "row"), 7200),
    "for 2h": (Target(""), 7200),
    "it 2h": (Target(""), 7200),
    "": (Target(""), SNOOZE),
    "k7fq until tomorrow 9:00": (Target("k7fq"), Until("tomorrow", time(9), "UTC")),
    "k7fq until tomorrow at 14:30": (Target("k7fq"), Until("tomorrow", time(14, 30), "UTC")),
    "k7fq tomorrow": (Target("k7fq"), Until("tomorrow", time(9), "UTC")),
    "k7fq till next monday": (Target("k7fq"), Until("monday", time(9), "UTC", later=True)),
    "k7fq until next week": (Target("k7fq"), Until("monday", time(9), "UTC", later=True)),
    "k7fq until tomorrow at 9": (Target("k7fq"), Until("tomorrow", time(9), "UTC")),
    "k7fq until tomorrow morning": (Target("k7fq"), Until("tomorrow", time(9), "UTC")),
    "k7fq monday in the afternoon": (Target("k7fq"), Until("monday", time(14), "UTC")),
    "until the morning": (Target(""), Until("", time(9), "UTC")),
    "k7fq until this evening": (Target("k7fq"), Until("", time(18), "UTC")),
    "k7fq until tonight": (Target("k7fq"), Until("today", time(20), "UTC")),
    "k7fq in 2 hours": (Target("k7fq"), 7200),
    "k7fq until fri 5pm": (Target("k7fq"), Until("friday", time(17), "UTC")),
    "k7fq until 16:00": (Target("k7fq"), Until("", time(16), "UTC")),
    "until noon": (Target(""), Until("", time(12), "UTC")),
    "me tomorrow": (Target(""), Until("tomorrow", time(9), "UTC")),
    "me of k7fq in 2h": (Target("k7fq"), 7200),
    "k7fq friday evening": (Target("k7fq"), Until("friday", time(18), "UTC")),
    "k7fq until 9": (Target("k7fq"), Until("", time(9), "UTC")),
    "k7fq until tomorrow 10": (Target("k7fq"), Until("tomorrow", time(10), "UTC")),
    "k7fq until half past nine": (Target("k7fq"), Until("", time(9, 30), "UTC")),
    "k7fq until 5 dec": (Target("k7fq"), Until("5 dec", time(9), "UTC")),
    "k7fq until the 5th at 14:00": (Target("k7fq"), Until("5th", time(14), "UTC")),
    "k7fq until 2026-12-05": (Target("k7fq"), Until("2026-12-05", time(9), "UTC")),
    "k7fq for the weekend": (Target("k7fq"), Until("monday", time(9), "UTC")),
    "k7fq overnight": (Target("k7fq"), Until("tomorrow", time(9), "UTC")),
    "k7fq for an hour and a half": (Target("k7fq"), 5400),
    "k7fq until the end of the day": (Target("k7fq"), Until("today", time(18), "UTC")),
    "the second for a month": (Target("2"), 30 * 86400),
}


@pytest.mark.parametrize("text", SNOOZES)
def test_until_when_something_is_snoozed(text: str) -> None:
    assert parse_snooze(text, "UTC") == SNOOZES[text]


@pytest.mark.parametrize("text", ["k7fq until", "k7fq for"])
def test_a_time_that_is_left_out_is_the_usual_one(text: str) -> None:
    assert parse_snooze(text, "UTC") == (Target("k7fq"), SNOOZE)


@pytest.mark.parametrize(
    "text", ["k7fq until yesterday", "k7fq for 0h", "k7fq for 91d", "k7fq until spring", "k7fq 9x2d"]
)
def test_until_when_nothing_is_snoozed(text: str) -> None:
    with pytest.raises(QueryError):
        parse_snooze(text, "UTC")


def test_a_note_is_one_line_of_bounded_length() -> None:
    assert parse_note(" k7fq  asked\n the\u202e warehouse ") == ("k7fq", "asked the warehouse")
    assert parse_note("on 3: he called at 5") == ("3:", "he called at 5")
    assert parse_note("row 3 - he called") == ("3", "he called")
    assert parse_note("for 3") == ("for", "3")
    assert parse_note("k7fq " + "x" * MAX_NOTE)[1] == "x" * MAX_NOTE
    with pytest.raises(QueryError):
        parse_note("k7fq " + "x" * (MAX_NOTE + 1))


@pytest.mark.parametrize(
    ("until", "hours"),
    [
        (Until("", time(16), "UTC"), 4),
        (Until("", time(9), "UTC"), 21),
        (Until("", time(12), "UTC"), 24),
        (Until("today", time(13), "UTC"), 1),
        (Until("today", time(11), "UTC"), None),
        (Until("tomorrow", time(9), "UTC"), 21),
        (Until("tuesday", time(9), "UTC"), 21),
        (Until("monday", time(9), "UTC"), 7 * 24 - 3),
        (Until("monday", time(13), "UTC"), 1),
        (Until("monday", time(13), "UTC", later=True), 7 * 24 + 1),
        (Until("tuesday", time(9), "UTC", later=True), 21),
        (Until("tomorrow", time(9), "Europe/Rome"), 20),
        (Until("24 nov", time(9), "UTC"), 21),
        (Until("24th", time(9), "UTC"), 21),
        (Until("2026-11-24", time(9), "UTC"), 21),
        (Until("2026-11-23", time(9), "UTC"), None),
        (Until("22 nov", time(12), "UTC"), 364 * 24),
    ],
)
def test_when_a_point_to_come_is(until: Until, hours: float | None) -> None:
    assert until.after(NOON) == (None if hours is None else NOON + hours * HOUR)


def test_a_time_that_a_change_of_clocks_leaves_out_comes_with_the_change() -> None:
    night = datetime(2027, 3, 27, 12, tzinfo=UTC).timestamp()
    assert (
        Until("tomorrow", time(2, 30), "Europe/Rome").after(night) == datetime(2027, 3, 28, 1, tzinfo=UTC).timestamp()
    )
