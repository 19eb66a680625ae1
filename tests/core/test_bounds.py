"""No words, however chosen, take long to read: work is counted in calls of functions, never in seconds."""

from __future__ import annotations

import cProfile
from collections.abc import Callable
from contextlib import suppress
from difflib import get_close_matches  # noqa: TID251

import pytest
from hypothesis import example, given
from hypothesis import settings as runs
from hypothesis import strategies as st

from pageinbox.language.entry import parse_entry
from pageinbox.language.mute import parse_mute, parse_target, time_alone
from pageinbox.language.nearest import COMPARED, nearest
from pageinbox.language.question import parse
from pageinbox.language.reader import Nearby, QueryError
from pageinbox.language.statistics import parse_statistics
from pageinbox.language.vocabulary import FILLERS, GRAMMAR, MAX_TEXT, NEEDS, NOT, SYNONYMS, WATCH_WORDS, WRITING
from pageinbox.language.zones import zones
from pageinbox.model.source import Folder

PAGES = [f"{first} {second}" for first in ("acme", "zoo", "north", "south") for second in map(str, range(75))]
NEARBY = Nearby(("watch", "show", "help"), {f"Ann Example {number}": Folder.INBOX for number in range(50)})
READERS: dict[str, Callable[[str], object]] = {
    "question": lambda text: parse(text, PAGES, NEARBY),
    "entry": lambda text: parse_entry(f"#room {text}", PAGES),  # a watch, behind its room
    "statistics": lambda text: parse_statistics(text, PAGES, now=1_795_442_520.0),
    "mute": parse_mute,
    "target": parse_target,
    "time": time_alone,
}
ALLOWED = 400_000
"""Calls that reading the longest line may take: far below a second. A few hundred for each word are usual."""

WORDS = sorted({*GRAMMAR, *WATCH_WORDS, *FILLERS, *NEEDS, *NOT, *SYNONYMS, *WRITING})
ODD = (
    "Europe/Rmoe",
    "america/nwe_yrok",
    "zone",
    "@ann",
    '"',
    "'",
    "@'",
    "text",
    "page nroth",
    "3",
    "2h",
    "1h1h1h",
    "a/b/c/d",
)
PIECES = st.one_of(st.sampled_from([*WORDS, *ODD]), st.text(max_size=40))


def calls(job: Callable[[], object]) -> int:
    """How many functions are called, Python's own included."""
    profile = cProfile.Profile()
    with suppress(QueryError):
        profile.runcall(job)
    return sum(entry.callcount for entry in profile.getstats())


@pytest.mark.parametrize("reader", ("question", "entry", "statistics"))
@runs(max_examples=10, deadline=None)
@given(pieces=st.lists(PIECES, min_size=1, max_size=6), joint=st.sampled_from([" ", "", ",", "/", "'", '"']))
@example(pieces=["Europe/Rmoe"], joint=" ")
@example(pieces=["quiet 22-8 Europa/Rmo"], joint=" ")
@example(pieces=["page nroth"], joint=" ")
@example(pieces=["later wat as snipet"], joint=" ")
@example(pieces=["since 3 dya"], joint=" ")
@example(pieces=["from 1st of novembr to"], joint=" ")
@example(pieces=["x "], joint=",")
def test_a_line_of_any_words_takes_no_more_than_so_many_calls(reader, pieces, joint):
    unit = joint.join(pieces) + joint or " "
    line = (unit * MAX_TEXT)[:MAX_TEXT]
    zones()  # made once
    assert calls(lambda: READERS[reader](line)) <= ALLOWED


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("unit", ["a ", "a", "@", '"', "x'", "1", "(", "ﷺ", "later "])
def test_a_line_that_is_too_long_takes_no_more_the_longer_it_is(reader, unit):
    once, ten = (
        calls(lambda length=length: READERS[reader](unit * length)) for length in (2 * MAX_TEXT, 20 * MAX_TEXT)
    )
    assert ten <= once + 20


def test_however_many_words_are_known_few_are_compared():
    many = [f"{name}{number}" for name in zones() for number in range(5)]
    profile = cProfile.Profile()
    profile.runcall(nearest, "america_nwe_yrok", many)
    ratios = [entry for entry in profile.getstats() if getattr(entry.code, "co_name", "") == "ratio"]
    assert len(many) > 2000 and 1 <= sum(entry.callcount for entry in ratios) <= COMPARED


@runs(max_examples=200, deadline=None)
@given(
    word=st.text("abcde_", max_size=12),
    known=st.lists(st.text("abcde_", min_size=1, max_size=12), max_size=COMPARED, unique=True),
    alike=st.sampled_from([0.6, 0.7, 0.75]),
)
def test_the_nearest_is_what_difflib_finds(word, known, alike):
    right = get_close_matches(word, known, 1, alike) if word else []
    assert nearest(word, known, alike) == (right[0] if right else "")


def test_what_is_too_long_is_no_slip_of_a_word():
    assert nearest("x" * 100, ["x" * 100]) == "x" * 100
    assert nearest("x" * 101, ["x" * 101]) == ""


@pytest.mark.parametrize(
    "command", ["", "spam", "more", "show", "watch", "mute", "why", "help", "status", "pages", "watches"]
)
def test_a_command_that_is_too_long_gets_a_sentence(inbox, command):
    said = inbox.say(f"{command} {'x' * MAX_TEXT} {'y' * MAX_TEXT}")
    assert said.startswith("That is too long for me: I read up to 1,000 characters.") and "xxx" not in said
