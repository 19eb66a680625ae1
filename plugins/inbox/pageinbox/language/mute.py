"""From what people type after `!inbox mute` to what is muted, and for how long."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Set as AbstractSet

from pageinbox.language.lengths import say_length
from pageinbox.language.moments import POINTING, TOO_LONG, UNTIL, in_plain_words, moment
from pageinbox.language.period import ODD_DATE, days_of, odd_date
from pageinbox.language.reader import QueryError, Reading
from pageinbox.language.times import NUMBERS, length
from pageinbox.language.vocabulary import FILLERS, JOINERS
from pageinbox.model.calendar import Until
from pageinbox.model.query import Target
from pageinbox.model.ref import SHORTEST
from pageinbox.model.text import bare, cut

MUTE = 86_400  # seconds, where none are said
MAX_MUTE = 90 * 86_400
AT_MOST = "I mute for at most 90 days."

CALLED = re.compile(f"[0-9]+|[0-9a-z]{{{SHORTEST},26}}")
"""A number or a ref, also one that nobody has."""

ROW = {"chat", "conversation", "row", "thread"}
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
ROWS = {word: str(number) for number, word in enumerate(ORDINALS, 1)} | NUMBERS
"""Numbers in words, as somebody counts the rows of a list."""

TONIGHT = re.compile(r"(?<!until )(?<!till )(?<!til )(?<!for )\btonight\b", re.IGNORECASE)
"""Here it is for how long, not until when."""

NAMING = {"watch", "ref", "number", "nr", "num"}
"""Words before the name of what is meant."""


def parse_target(text: str) -> Target:
    """What a person names after `unmute` or `unwatch`: `watch 3`, `row 3`, `3`, `k7fq`; an empty word for nothing."""
    return take_target(Reading(text, ()).words)


def left_over(text: str) -> list[str]:
    """The words behind what `parse_target` takes, fillers aside."""
    words = Reading(text, ()).words
    take_target(words)
    return [cut(word) for word in words if bare(word) not in FILLERS | NAMING | {""}]


def parse_mute(text: str, zone: str = "UTC") -> tuple[Target, int | Until]:
    """What to mute, and for how many seconds or until when in `zone`: `k7fq for 2h`, `watch 1`, `3 until tomorrow`.

    A day where no time is said; 90 days at most. Raises `QueryError`.
    """
    reading = Reading(in_plain_words(TONIGHT.sub("for tonight", text)), (), zone=zone)
    words = reading.words
    target = take_target(words)
    alone = time_alone(text, NAMING | POINTING)
    if alone and not (length(target.word) and len(target.word) >= SHORTEST):  # what could be a ref is one
        good = 0 < Reading(alone, ()).span()[1] <= MAX_MUTE
        raise QueryError(f"Mute what for {cut(alone)}?", f"inbox mute 1 for {alone if good else '2h'}")
    joined = bool(words) and bare(words[0]) in JOINERS
    ahead = list(words)
    found = moment(reading)
    said = " ".join(bare(word) for word in ahead[: len(ahead) - len(words)] if bare(word) not in FILLERS | UNTIL)
    rest = [word for word in words if bare(word) not in FILLERS | UNTIL | {""}]
    wrong = ""
    if target.word in POINTING:
        target = Target("")
    if not target.word:
        wrong = "Mute what, and for how long?"
    elif not target.word.isdecimal() and length(target.word) and len(target.word) < SHORTEST:
        wrong = f"Mute what for {target}?"
    elif rest and (found is not None or joined):
        wrong = f"I don't know what to do with “{cut(rest[0])}”. Name one thing at a time, and for how long."
    elif rest:
        wrong = odd_time(rest)
    elif found == 0:
        wrong = f"“{cut(said)}” would mute nothing."
    elif isinstance(found, int) and found > MAX_MUTE:
        wrong = AT_MOST
    if wrong:
        days = days_of(bare(rest[0])) if rest else ()
        lasting = f"until {days[0]}" if days else "for 90d" if wrong == AT_MOST else "for 2h"
        if isinstance(found, int) and 0 < found <= MAX_MUTE:
            lasting = f"for {say_length(found)}"
        named = str(target) if CALLED.fullmatch(target.word) else "" if target.word else "1"
        raise QueryError(wrong, f"inbox mute {named} {lasting}" if named else "")
    return target, MUTE if found is None else found


def time_alone(text: str, nothing: AbstractSet[str] = POINTING) -> str | None:
    """The length of time in words that name nothing, `2h` in `it for 2h`; None in words that name something.

    The words in `nothing` name nothing, nor do fillers.
    """
    reading = Reading(text, ())
    words, nothing = reading.words, nothing | FILLERS | {""}
    while words and not reading.span()[0] and bare(words[0]) in nothing:
        words.popleft()
    count, _ = reading.span()
    said = " ".join(bare(words.popleft()) for _ in range(count))
    return None if reading.wrong or any(bare(word) not in nothing for word in words) else said


def odd_time(rest: list[str]) -> str:
    """What is wrong with words that should be a length of time."""
    if TOO_LONG & {*map(bare, rest)}:
        return AT_MOST
    if ODD_DATE.fullmatch(bare(rest[0])):
        return odd_date(bare(rest[0]))
    if re.fullmatch("[0-9]+", bare(rest[0])):
        return f"“{cut(rest[0])}” needs a unit: m, h, d or w."
    return f"I don't know the time “{cut(' '.join(rest))}”; I know 2h, 3d, tomorrow, monday, 14:00 and the like."


def take_target(words: deque[str]) -> Target:
    """Take what is named off the words."""
    kind = ""
    while words and (word := bare(words[0])) in FILLERS | NAMING | {"no", ""}:
        kind = "watch" if word == "watch" else "row" if word in ROW else kind
        words.popleft()
    return Target(cut(numbered(bare(words.popleft()).lstrip("#"))) if words else "", kind)


def numbered(typed: str) -> str:
    """The number of a row in digits, where that is what a word says: `2` for `second` and `2nd`."""
    word = bare(typed)
    return ROWS.get(word) or (word[0] if re.fullmatch("[1-9](st|nd|rd|th)", word) else typed)
