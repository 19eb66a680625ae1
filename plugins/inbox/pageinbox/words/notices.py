"""What is said about sources: what a first look found, that they can't be read, and that they can be read again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from pageinbox.language.question import describe
from pageinbox.model.announcement import Notice
from pageinbox.model.errors import GraphError
from pageinbox.model.post import Command, Line, Room, Time
from pageinbox.model.query import InboxQuery
from pageinbox.model.source import Page, Source
from pageinbox.words.common import label_of_all, page_of
from pageinbox.words.english import MINUTE, counted, spell, stretch
from pageinbox.words.trouble import explain_lasting

OUTBOX = Command("inbox outbox")
WHY_MOST = 200
"""Characters shown of what a chat module says about a failure, in our own words."""


def recovered(notices: Sequence[Notice], pages: Mapping[str, Page]) -> str:
    """Which sources can be read again, and after how long; times that are nearly alike are said as one."""
    lengths = [notice.at - notice.since for notice in notices if notice.since is not None]
    longest = max(lengths, default=0.0)
    alike: dict[str, list[Source]] = {}
    for notice in notices:
        length = None if notice.since is None else notice.at - notice.since
        if length is not None and longest - length < 5 * MINUTE:
            length = longest
        alike.setdefault("" if length is None else f" after {stretch(length)}", []).extend(notice.sources)
    (first, longest_out), *rest = alike.items()
    parts = [f"{label_of_all(sources, pages)}{after}" for after, sources in rest]
    return f"{spell([f'{label_of_all(longest_out, pages)} can be read again{first}', *parts])}."


def troubles(notices: Sequence[Notice], pages: Mapping[str, Page], now: float) -> list[Line]:
    """Which sources can't be read, since when, why, and what to do about it."""
    lines: list[Line] = []
    for notice in notices:
        first = notice.sources[0]
        why = explain_lasting(notice.trouble or GraphError(), page_of(pages, first.page), first.platform)
        where = label_of_all(notice.sources, pages)
        if notice.since is None:
            lines.append((f"I can't read {where}. ", *why))
        else:
            since = Time(notice.since, now)
            lines.append((f"I haven't been able to read {where} since ", since, ". ", *why))
    return lines


def visible(notices: Sequence[Notice], pages: Mapping[str, Page]) -> list[Line]:
    """What lists show now that is no news: how many conversations, and how to see them, a line for each list."""
    counts: Counter[Source] = Counter()
    for notice in notices:
        counts.update(dict.fromkeys(notice.sources, notice.count))
    lines: list[Line] = []
    for source, count in counts.items():
        have = "has" if count == 1 else "have"
        where = label_of_all([source], pages)
        lines.append(
            (
                f"{counted(count, 'older conversation')} {have} become visible in {where} · ",
                Command(f"inbox {describe(list_of(source, pages))}"),
            )
        )
    return lines


def list_of(source: Source, pages: Mapping[str, Page]) -> InboxQuery:
    """The question that shows a list."""
    return InboxQuery(folder=source.folder, platform=source.platform, page=source.page if len(pages) > 1 else None)


def unreached(room: str, since: float | None, why: str, now: float) -> Line:
    """A room or person that can't be told anything: since when, and why by the chat's own sentence."""
    began: Line = () if since is None else (" since ", Time(since, now))
    sentence = why[:WHY_MOST].rstrip(".")
    return (
        *("I haven't been able to write to ", Room(room), *began),
        *(f": {sentence}. To see what is waiting: ", OUTBOX),
    )


def reached(notice: Notice) -> Line:
    """A room or person that was told something again."""
    after = "" if notice.since is None else f", after {stretch(notice.at - notice.since)}"
    return ("I can write to ", Room(notice.room), f" again{after}. What waited there is on its way.")


def learning(notice: Notice, pages: Mapping[str, Page]) -> str:
    """What a first look found, which is not announced."""
    where = label_of_all(notice.sources, pages, inbox=True)
    if not notice.count:
        return f"{where}: no conversations yet. From now on I'll announce new ones here."
    there = f"{counted(notice.count, 'conversation')} {already_there(notice.count)}"
    return f"{where}: {there}. From now on I'll announce new ones here."


def already_there(number: int) -> str:
    """What is said about conversations that are not news."""
    return "is already there; I won't announce it" if number == 1 else "are already there; I won't announce them"
