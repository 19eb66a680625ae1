"""What a digest tells."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from pageinbox.language.question import describe
from pageinbox.model.announcement import Notice, NoticeKind
from pageinbox.model.digest import Findings, Waiting
from pageinbox.model.errors import GraphError, TokenDead
from pageinbox.model.post import Command, Foreign, Line, Link, Piece, Post, Reference, Span, Time
from pageinbox.model.query import InboxQuery, Mark
from pageinbox.model.selection import Selection
from pageinbox.model.source import Page
from pageinbox.model.statistics import Lengths
from pageinbox.model.watch import Detail
from pageinbox.words.common import HANDFUL, apart, label_of_all, page_of, who
from pageinbox.words.english import HOUR, at_least, counted, duration
from pageinbox.words.many import named_lists
from pageinbox.words.marks import state
from pageinbox.words.notices import troubles
from pageinbox.words.offers import offers
from pageinbox.words.tokens import tokens
from pageinbox.words.waits import left_cell, needs_tag, waited

SEEN, LITTLE = 0.995, 0.005
"""The shares of a period from which on it was looked at all the time, and at all."""


class Late(StrEnum):
    """Why a digest comes later than it should have."""

    AWAY = "I was away"
    UNREACHED = "I couldn't write here until now"


def digest(
    found: Findings, pages: Mapping[str, Page], detail: Detail, now: float, *, late: Late | None = None, many: int = 1
) -> Post:
    """One digest; `now` is in seconds since 1970. One that is `late` may stand for as `many`."""
    lines = [*belated(found, late, many, now), *remarks(found, pages, now)]
    named = () if detail is Detail.COUNT else tuple(found.longest)
    if named:
        lines.append(("Waiting the longest:" if len(named) > 1 else "Waiting:",))
    return Post(
        summary(found, pages, now, late=late),
        tuple(lines),
        tuple(cells(each, found, pages, detail, now) for each in named),
        () if detail is Detail.COUNT else tuple(notes(found, named, now)),
        alert=bool(found.waiting or found.failing),
        offers=tuple(offer for row, each in enumerate(named) for offer in offers(each.ref, each.marks, row=row)),
    )


def summary(found: Findings, pages: Mapping[str, Page], now: float, *, late: Late | None) -> Line:
    """The lists, the period and the figures: all there is to say where there is nothing."""
    figures, period = found.statistics.all.now, found.statistics.period
    when: Line = (" since ", Time(period.begin, now)) if late is None else (", ", Span(period.begin, period.end, now))
    where = (label_of_all(found.lists, pages, inbox=True), *when)
    known = "" if not (found.failing or found.unread or found.unwatched) else ", as far as I know"
    parts = [f"{figures.new:,} new" if figures.new else "nothing new"]
    parts += [f"{figures.answered:,} answered"] if figures.new or figures.answered else []
    if found.waiting:
        return (*where, f"{known}: {', '.join(parts)}, {found.waiting:,} waiting now{longest(found, now)}")
    return (*where, f"{known}: {', '.join(parts)}, and nobody is waiting")


def longest(found: Findings, now: float) -> str:
    """How long whoever waits longest has."""
    if not found.longest:
        return ""
    item = found.longest[0].conversation
    return f",{' the longest' if found.waiting > 1 else ''} for {at_least(now - item.waiting_since, item.at_least)}"


def belated(found: Findings, late: Late | None, many: int, now: float) -> list[Line]:
    """For when one was that is late, how many it stands for, and why."""
    if late is None:
        return []
    what = f"This makes up for {many:,} digests, the last of them" if many > 1 else "This was"
    return [(f"{what} due at ", Time(found.statistics.period.end, now), f"; {late}.")]


def remarks(found: Findings, pages: Mapping[str, Page], now: float) -> list[Line]:
    """What else there is to say, a line each."""
    took = answers(found.statistics.all.now.took)
    lines: list[Line] = [(took,)] if took else []
    dead = {record.source.page for record in found.failing if isinstance(record.trouble, TokenDead)}
    return [
        *lines,
        *unseen(found, pages, now),
        *closing(found, now),
        *claims(found),
        *failing(found, pages, now),
        *tokens([(page_of(pages, name), token) for name, token in found.tokens.items()], now, dead),
    ]


def answers(took: Lengths) -> str:
    """How long the first answers took."""
    if took.median is None or took.ninetieth is None:
        return ""
    half, most = duration(took.median), duration(took.ninetieth)
    if took.count == 1:
        return f"The answer took {half}."
    if half == most:
        return f"Most answers took {half}."
    return f"Half of the answers came within {half}, nine in ten within {most}."


def unseen(found: Findings, pages: Mapping[str, Page], now: float) -> list[Line]:
    """What of the lists and of the period is not known, so that no number pretends."""
    if found.unwatched:
        return [(f"Nobody watches {named_lists(found.unwatched, pages)}, so that isn't counted.",)]
    if found.unread:
        return [
            (f"I'm still reading {named_lists(found.unread, pages)} for the first time, so that isn't counted yet.",)
        ]
    share, since = found.statistics.looked, found.statistics.since
    if since is not None and since > found.statistics.period.begin:
        return [("I have been watching only since ", Time(since, now), ", so there may have been more.")]
    looked = f"I looked {share:.0%}" if share >= LITTLE else "I could look for almost none"
    return [] if share >= SEEN else [(f"{looked} of that time, so there may have been more.",)]


def closing(found: Findings, now: float) -> list[Line]:
    """How many have to be answered today, and how to see them."""
    if not found.closing:
        return []
    must = f"{counted(found.closing, 'conversation')} must be answered today, or Meta's reply window closes: "
    hours = max(1, math.ceil((found.midnight - now) / HOUR))
    return [(must, question(found.asked, waiting=True, closing=hours * HOUR))]


def claims(found: Findings) -> list[Line]:
    """How many conversations the team has claimed, and who has them."""
    number = sum(found.claims.values())
    if not number:
        return []
    see = question(found.asked, mark=Mark.CLAIMED)
    if len(found.claims) == 1:
        return [(f"{number:,} claimed by ", Foreign(next(iter(found.claims)), most=24), " · ", see)]
    pieces: list[Piece] = []
    people = sorted(found.claims.items(), key=lambda pair: (-pair[1], pair[0]))
    for name, many in people[:HANDFUL]:
        pieces += [", ", Foreign(name, most=24), f" {many:,}"]
    if more := len(people[HANDFUL:]):
        pieces.append(f" and {counted(more, 'more person', 'more people')}")
    return [(f"{number:,} claimed: ", *pieces[1:], " · ", see)]


def failing(found: Findings, pages: Mapping[str, Page], now: float) -> list[Line]:
    """What can't be read, since when and why: each trouble of a Page once."""
    alike: dict[tuple[str, str], list[Notice]] = {}
    for record in found.failing:
        trouble = record.trouble or GraphError()
        notice = Notice(NoticeKind.TROUBLE, (record.source,), at=now, since=record.failing, trouble=trouble)
        alike.setdefault((record.source.page, trouble.kind), []).append(notice)
    told = [
        Notice(
            NoticeKind.TROUBLE,
            tuple(source for each in same for source in each.sources),
            at=now,
            since=min(each.since or now for each in same),
            trouble=same[0].trouble,
        )
        for same in alike.values()
    ]
    return troubles(told, pages, now) if told else []


def cells(each: Waiting, found: Findings, pages: Mapping[str, Page], detail: Detail, now: float) -> tuple[Line, ...]:
    """Somebody who waits: ref, where (if that differs), who, for how long, what is left, what the team did, a link."""
    item, source = each.conversation, each.source
    return (
        (Reference(each.ref),),
        (" · ".join(apart(source, found.lists, pages)),),
        (who(item, detail),),
        (f"for {waited(item, page_of(pages, source.page), now)}",),
        (left_cell(item, now),),
        state(each.marks, now) if each.marks else (),
        (Link(item.link),) if item.link else (),
    )


def notes(found: Findings, named: Sequence[Waiting], now: float) -> list[Line]:
    """How to see who else waits, and what a mark in a row means."""
    lines: list[Line] = []
    if more := found.waiting - len(named):
        lines.append((f"and {more:,} more · " if named else "To see who: ", question(found.asked, waiting=True)))
    if any(needs_tag(each.conversation, now) for each in named):
        lines.append(("(tag): only with Meta's human-agent tag",))
    return lines


def question(lists: Selection, **asked: Any) -> Command:
    """The command that shows more of these lists."""
    query = InboxQuery(folder=lists.folder, platform=lists.platform, page=lists.page, **asked)
    return Command(f"inbox {describe(query)}")


def unknown() -> Post:
    """A digest whose lists the settings leave out by now."""
    here = Command("inbox watches")
    return Post(
        ("A digest was due here, but its lists are no longer in my settings. To see what this room has: ", here)
    )
