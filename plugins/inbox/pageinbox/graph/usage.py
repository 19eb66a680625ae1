"""What the usage headers of a reply tell: how much of Meta's allowances is gone, and for how long access is away.

They are optional, of three shapes, and may be no JSON at all; what can't be read is passed over.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

import msgspec

USAGE_HEADERS = ("x-app-usage", "x-page-usage", "x-business-use-case-usage")
INSTAGRAM = "instagram"
OUR_TYPES = ("messenger", "pages", INSTAGRAM)
"""The pools of calls a Page's conversations are counted in; the header names up to 32 others' as well."""

MOST_PERCENT, LONGEST_MINUTES = 1000, 24 * 60
"""Figures beyond these are taken for a mistake; Meta's windows are 24 hours at most."""

FIGURE = re.compile(r"\d{1,9}(?:\.\d{1,9})?%?")
PERCENTAGES = ("call_count", "total_time", "total_cputime", "call_volume", "cpu_time")


class Usage(NamedTuple):
    """The highest percentage of any allowance, and the seconds until access returns; None where nothing is said."""

    percent: int | None
    regain: float | None


def usage_in(headers: Mapping[str, str], own: str, others: Collection[str]) -> Usage:
    """What headers (case-insensitive) tell of the Page whose id is `own`.

    What is said of other pools than a Page's is passed over, and so is what is said of other Pages: those whose ids are
    `others`, and where the Page itself is named all but it. Instagram's are under the ids of its account and business.
    """
    percent, regain = None, None
    for name in USAGE_HEADERS:
        said = list(figures_of(headers.get(name)))
        named = own != "" and any(about == own for about, _ in said)
        for about, figures in said:
            kind = str(figures.get("type") or OUR_TYPES[0]).lower()
            elsewhere = named and about not in ("", own) and kind != INSTAGRAM
            if kind not in OUR_TYPES or about in others or elsewhere:
                continue
            for key in PERCENTAGES:
                if (value := number_of(figures.get(key))) is not None:
                    percent = max(percent or 0, round(min(value, MOST_PERCENT)))
            minutes = number_of(figures.get("estimated_time_to_regain_access"))
            if minutes is not None:
                regain = max(regain or 0.0, min(minutes, LONGEST_MINUTES) * 60.0)
    return Usage(percent, regain)


def number_of(value: object) -> int | float | None:
    """A figure of a usage header, also where it is written as a text, with or without its sign."""
    if isinstance(value, str) and FIGURE.fullmatch(value):
        return float(value.removesuffix("%"))
    return value if isinstance(value, int | float) else None


def figures_of(header: str | None) -> Iterator[tuple[str, dict[str, object]]]:
    """Each flat object of a usage header, however deep, and the id it stands under; an empty one where it is bare.

    A percentage alone, as headers once had it, is one of calls.
    """
    try:
        todo: list[tuple[str, object]] = [("", msgspec.json.decode(header))] if header else []
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return
    if (percent := number_of(todo[0][1] if todo else None)) is not None:
        yield "", {"call_count": percent}
    while todo:
        about, part = todo.pop()
        if isinstance(part, list):
            todo.extend((about, each) for each in part)
        elif isinstance(part, dict):
            yield about, part
            todo.extend((about or name, value) for name, value in part.items() if isinstance(value, list | dict))
