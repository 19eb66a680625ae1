"""The lengths of time behind `waiting`, `closing` and `batch` in a watch, and back."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

from pageinbox.language.reader import MARKED
from pageinbox.language.times import ALONE, NUMBERS, length
from pageinbox.language.vocabulary import JOINERS
from pageinbox.model.text import bare, cut

AROUND = {
    *(
        "",
        "about",
        "after",
        "at",
        "before",
        "by",
        "every",
        "each",
        "for",
        "from",
        "in",
        "least",
        "longer",
        "me",
        "more",
    ),
    *("of", "over", "per", "since", "than", "us", "within"),
}
APART = ","
SIZES = (("d", 86400), ("h", 3600), ("m", 60), ("s", 1))


@dataclass(frozen=True, slots=True)
class Lengths:
    """Lengths of time that the first `count` words name, in seconds and in the order they were typed.

    `wrong` says what can't be right; then they are only a stand-in.
    """

    count: int
    seconds: tuple[int, ...]
    wrong: str = ""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a keyword takes: from `least` to `most` seconds, `many` lengths at most, and why no less and no more."""

    least: int
    most: int
    many: int
    too_short: str
    too_long: str
    too_many: str


def lengths_ahead(words: Sequence[str]) -> Lengths | None:
    """The lengths of time that begin these words, prepositions and joiners aside; None where there is none."""
    pieces = [
        (APART if piece in ",;+&/" else bare(piece), place)
        for place, word in enumerate(takewhile(lambda word: not word.startswith(MARKED), words), 1)
        for piece in re.findall("[,;+&/]|[^,;+&/]+", word)
    ]
    found: list[int] = []
    at = count = 0
    while at < len(pieces):
        taken, seconds = one_length([piece for piece, _ in pieces[at : at + 4]])
        if taken:
            found.append(seconds)
            at += taken
            count = pieces[at - 1][1]
            continue
        piece = pieces[at][0]
        if not found and re.match("[0-9]", piece) and len(piece) < 12:
            return Lengths(pieces[at][1], (3600,), odd(piece))
        if piece not in (AROUND if not found else JOINERS | {APART, "then", ""}):
            break
        at += 1
    return Lengths(count, tuple(found)) if found else None


def one_length(pieces: Sequence[str]) -> tuple[int, int]:
    """How many of these pieces are one length of time, and its seconds; 0, 0 if none are. `1h 4h` are two."""
    if APART in pieces:
        pieces = pieces[: pieces.index(APART)]
    for taken in range(len(pieces), 0, -1):
        first, *rest = pieces[:taken]
        text = "".join([NUMBERS.get(first, first) if rest and rest[0].isalpha() else first, *rest])
        if re.search("[0-9] [0-9]", " ".join(pieces[:taken])):
            continue
        text = re.sub("^half(an?)?", "0.5", text)
        seconds = length(f"1{text}" if text in ALONE else text)
        if seconds is not None:
            return taken, seconds
    return 0, 0


def odd(piece: str) -> str:
    """Why that is no length of time."""
    if piece.isdigit():
        return f"“{cut(piece)}” needs a unit: m, h or d."
    return f"I don't know the time “{cut(piece)}”. I count in m, h or d."


def fitting(found: Lengths, keyword: str, bounds: Bounds) -> Lengths:
    """The same lengths, shortest first and each once; the nearest good ones, saying why, where some can't be used."""
    steps = sorted(set(found.seconds))
    good = tuple(sorted({min(max(step, bounds.least), bounds.most) for step in steps})[: bounds.many])
    if found.wrong or good == (*steps,):
        return Lengths(found.count, good, found.wrong)
    if steps[0] < bounds.least:
        wrong = f"“{keyword} {say_length(steps[0])}” {bounds.too_short}"
    elif steps[-1] > bounds.most:
        wrong = f"“{keyword} {say_length(steps[-1])}” {bounds.too_long}"
    else:
        wrong = bounds.too_many
    return Lengths(found.count, good, wrong)


def say_length(seconds: int) -> str:
    """A length of time as it is typed: `90m`, `4h`, `2d`."""
    return next((f"{seconds // size}{unit}" for unit, size in SIZES if seconds and seconds % size == 0), "0m")
