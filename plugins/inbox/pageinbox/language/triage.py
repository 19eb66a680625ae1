"""From what people type after `!inbox claim`, `done`, `snooze` and the like to what is meant."""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass
from itertools import pairwise

from pageinbox.language.moments import POINTING, TOO_LONG, UNTIL, in_plain_words, moment
from pageinbox.language.mute import numbered, take_target
from pageinbox.language.period import ODD_DATE, days_of, odd_date
from pageinbox.language.reader import MARKED, QueryError, Reading
from pageinbox.language.times import length
from pageinbox.language.vocabulary import FILLERS
from pageinbox.model.calendar import Until
from pageinbox.model.query import Target
from pageinbox.model.text import bare, clean, cut

SNOOZE = 2 * 3600
"""Seconds, where none are said."""

MAX_SNOOZE = 90 * 86_400
AT_MOST = "I snooze for at most 90 days."
MAX_NOTE = 500
"""Characters of a note."""

LED = re.compile(r"^\s*((on|to|for|the|row|ref|number|no\.?)\s+)+(?=\S+\s+\S)", re.IGNORECASE)
"""What may stand before the name of the conversation that a note is about."""


@dataclass(frozen=True, slots=True)
class Marking:
    """Which conversation is meant, for whom (a name without the @), and whether what somebody else did is to go."""

    target: Target
    who: str = ""
    over: bool = False


def parse_marking(text: str, *, to_somebody: bool = False) -> Marking:
    """What stands behind `claim`, `release`, `done`, `reopen` and `unsnooze`: `k7fq`, `k7fq @ann`, `3 over`.

    The target has no word where none is named. `to_somebody` says that a person may be named. Raises `QueryError`.
    """
    reading = Reading(text, ())
    reading.settle("")
    names = [word.removeprefix("@") for word in reading.words if word.startswith("@")]
    rest = deque(word for word in reading.words if not word.startswith("@") and bare(word) != "over")
    target = named(rest)
    left = [word for word in rest if bare(word) not in FILLERS | POINTING | {""}]
    if to_somebody and any(length(f"{before}{word}") for before, word in pairwise(["", *map(bare, left)])):
        raise QueryError("The setting CLAIM_HOURS says how long a claim holds.", f"inbox claim {cut(target.word) or 1}")
    if left:
        people = [word for word in (target.word, *left) if not any(map(str.isdecimal, word))]
        odd = people[-1] if to_somebody and people else left[0]
        wrong = f"I don't know what to do with “{cut(odd)}”."
        if to_somebody and people:
            raise QueryError(wrong, guess=f"@{cut(odd)}")  # people are named behind an @
        raise QueryError(f"{wrong} Name one conversation at a time.")
    if len(set(names)) > 1:
        raise QueryError("Only one person can have a conversation.")
    return Marking(target, "".join(names[:1]), any(bare(word) == "over" for word in reading.words))


def parse_snooze(text: str, zone: str) -> tuple[Target, int | Until]:
    """What to snooze, and for how many seconds or until when in `zone`: `k7fq for 2h`, `3 until tomorrow 9:00`.

    The target has no word where none is named. Raises `QueryError`.
    """
    text = in_plain_words(text)
    reading = Reading(text, (), zone=zone)
    reading.settle("")
    words, target, head = reading.words, Target(""), deque[str]()
    if (found := moment(reading)) is None or words:
        reading.words = words = Reading(text, ()).words
        while words and bare(words[0]) not in UNTIL:
            head.append(words.popleft())
        target = named(head)
        words.extendleft(reversed(head))
        found = moment(reading)
    left = [word for word in words if bare(word) not in FILLERS | POINTING | UNTIL | {""}]
    if len(left) == 1 and found is not None and not target.word:
        target, left = take_target(deque(left)), []  # "for 2h k7fq"
    example = f"inbox snooze {target.word or '1'} until tomorrow 9:00"
    if left and ODD_DATE.fullmatch(left[0]):
        days = days_of(bare(left[0]))
        raise QueryError(
            odd_date(bare(left[0])), f"inbox snooze {target.word or '1'} until {days[0]}" if days else example
        )
    if left and left[0].isdecimal() and len(head) == 1:  # "1 2 until tomorrow"
        raise QueryError(f"I don't know what to do with “{cut(left[0])}”. Name one conversation at a time.", example)
    if TOO_LONG & {*map(bare, left)}:
        raise QueryError(AT_MOST, example)
    if left:
        raise QueryError(f"I don't know the time “{cut(' '.join(left))}”.", example)
    if isinstance(found, int) and not found:
        raise QueryError("That would snooze nothing.", example)
    if isinstance(found, int) and found > MAX_SNOOZE:
        raise QueryError(AT_MOST, example)
    return target, SNOOZE if found is None else found


def parse_note(text: str) -> tuple[str, str]:
    """The conversation's name and the words of the note: `k7fq asked the warehouse`, `on 3: he called`.

    Raises `QueryError`.
    """
    word, _, words = LED.sub("", text).strip().partition(" ")
    words = re.sub(r"^[-–—:]\s+", "", clean(words))
    if len(words) > MAX_NOTE:
        raise QueryError(f"A note has {MAX_NOTE} characters at most.")
    return numbered(word), words


def named(words: deque[str]) -> Target:
    """Take what is named off the words; an empty word for nothing, or for `it`."""
    while words and bare(words[0]) in POINTING:
        words.popleft()
    if words and words[0].startswith(MARKED):
        return Target("")
    return take_target(words)
