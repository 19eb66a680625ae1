"""Whom a watch pings, as people type them: names behind an @, or one without it, found among the words ahead."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pageinbox.language.vocabulary import JOINERS, MAX_NAME
from pageinbox.model.text import bare, clean
from pageinbox.model.watch import Ping

MOST_PINGS = 5
"""Names that one watch can mention; for more people there are groups."""

EXAMPLE = Ping("here")
AROUND = JOINERS | {"", "our", "the", "to"}


@dataclass(frozen=True, slots=True)
class Pings:
    """Those whom the first `count` words name. `wrong` says what can't be right; then they are only a stand-in."""

    count: int
    pings: tuple[Ping, ...] = (EXAMPLE,)
    wrong: str = ""


def say_pings(pings: Sequence[Ping]) -> str:
    """Several names as they can be typed again: `@here @"Ann Example"`."""
    return " ".join(say_ping(ping.name) for ping in pings)


def say_ping(name: str) -> str:
    """One of them."""
    return f"@{name}" if re.fullmatch(r"[\w.-]*\w", name) else f'@"{name}"'


def pings_ahead(ahead: Sequence[str], known: Callable[[str], bool]) -> Pings:
    """Read whom the words ahead name; those behind an @ begin with one, and `known` tells what begins something else.

    Without an @, as when a client has put a person's name for a mention, all up to the next known word is one name.
    """
    names: list[str] = []
    count = taken = 0
    for count, word in enumerate(ahead, 1):
        if word.startswith("@"):
            names.append(clean(word[1:]).replace('"', ""))
            taken = count
        elif bare(word) not in AROUND:
            break
    if not names:
        taken = next((place for place, word in enumerate(ahead) if bare(word) not in AROUND), len(ahead))
        begun = taken
        while taken < len(ahead) and not known(ahead[taken]):
            taken += 1
        names = [name] if (name := clean(" ".join(ahead[begun:taken])).strip(",;")) else []
    pings = tuple(dict.fromkeys(Ping(name) for name in names))
    if not all(names) or not names:
        return Pings(taken, wrong="“ping” needs somebody to mention.")
    if any(len(name) > MAX_NAME for name in names):
        return Pings(taken, wrong="That name is too long.")
    return Pings(taken, pings)
