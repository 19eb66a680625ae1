"""Which tokens end soon, or have lost their access to data, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable

from pageinbox.model.post import Line, Time
from pageinbox.model.source import Page
from pageinbox.model.token import End, TokenFacts
from pageinbox.words.english import DAY, ago, duration
from pageinbox.words.many import called


def tokens(known: Iterable[tuple[Page, TokenFacts]], now: float) -> list[Line]:
    """A line for each day (in UTC) on which tokens end, the first one first; `now` is in seconds since 1970."""
    together: dict[tuple[int, bool, bool], list[tuple[End, Page]]] = {}
    for page, token in known:
        if (end := token.near(now)) is not None:
            together.setdefault((int(end.at // DAY), end.at <= now, end.access), []).append((end, page))
    return [
        line(min(end for end, _ in alike), [page for _, page in alike], now) for _, alike in sorted(together.items())
    ]


def line(end: End, pages: list[Page], now: float) -> Line:
    """The end that tokens of these Pages have, and what to do."""
    several, over = len(pages) > 1, end.at <= now
    verb = "ended" if over else "ends" if end.access or not several else "end"
    what, whose = ("tokens", "tokens'") if several else ("token", "token's")
    does = f"{whose} access to data {verb}" if end.access else f"{what} {verb}"
    when = ago(end.at, now) if over else f"in {duration(end.at - now)}"
    remedy = (
        "Someone with the MESSAGING task on each Page has to issue new ones; put them where the TOKEN settings of the "
        "Pages point to and restart me."
        if several
        else "Someone with the MESSAGING task on the Page has to issue a new one; put it where the setting "
        f"PAGES.{pages[0].name}.TOKEN points to and restart me."
    )
    names = called([page.title for page in pages])
    return (f"{names}: the {does} at ", Time(end.at, now), f" ({when}). {remedy}")
