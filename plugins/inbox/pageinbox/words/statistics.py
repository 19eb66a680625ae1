"""What `!inbox stats` says: how many came and were answered, how fast and when; and how far that can be trusted."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta, tzinfo
from operator import attrgetter

from pageinbox.language.statistics import StatisticsAsked
from pageinbox.model.calendar import WEEKDAYS
from pageinbox.model.post import Attachment, Command, Line, Name, Piece, Post, Span, Time
from pageinbox.model.source import Folder, Page, Platform, Source
from pageinbox.model.statistics import DAY, Compared, Figures, Lengths, Part, Period, Statistics
from pageinbox.words.common import FOLDER_NAMES, HANDFUL, PLATFORM_NAMES, label_of_all, page_of
from pageinbox.words.english import HOUR, counted, dated, rounded_up, spell, stretch
from pageinbox.words.many import called, is_many
from pageinbox.words.sparklines import Row, by_time

ENOUGH = 0.95
"""The share of a time in which lists have to have been looked at for its figures to stand without a warning."""

FOR_NINETIETH = 2 * HANDFUL
"""Answers from which a 90th percentile is more than the longest of them; a median takes a `HANDFUL`."""

MOST_PARTS = 10
"""Pages, or people, that have a row."""

NO_CHART = "For a chart as well, whoever runs me can install what draws it: pip install matplotlib"


def statistics(
    found: Statistics,
    asked: StatisticsAsked,
    label: str,
    *,
    pages: Mapping[str, Page],
    zone: tzinfo,
    now: float,
    retention: float,
) -> Post:
    """How the lists that are called `label` fared, by the clocks of `zone`.

    What happened longer ago than `retention`, in seconds, is kept no more.
    """
    title = f"{label} · {asked.period.called}"
    if found.since is None or found.since >= found.period.end:
        return no_figures(found, title, now)
    figures, against = found.all.now, asked.period.against
    why_not = not_compared(found, against, now, retention)
    compared = not why_not
    numbers = ((figures.new, "new"), (figures.answered, "answered"), (found.waiting, "waiting now"))
    headline = ", ".join(f"{number:,} {what}" if number else f"none {what}" for number, what in numbers)
    arrows = f"; ↑ and ↓ compare with {against}" if compared else ""
    when: Line = (*said(found.period, now, zone), f"; looked {percent(found.looked)} of the time{arrows}.")
    rows = overall(found, found.all.before if compared else None) + by_time(found, zone)
    rows += told_apart(found, pages, compared=compared)
    claimed = any(each.now.answered for each in found.parts.get(Part.PERSON, {}).values())
    notes: list[Line] = [
        ("A person's figures are the answers to what they had claimed; Meta doesn't say who answered.",)
    ] * claimed
    file: Line = ("The rows as a file: ", Command(f"inbox stats {replace(asked, csv=True)}"))
    notes += [(f"Days and hours are in {zone}.",), file]
    shown = [figures, found.all.before] if compared else [figures]
    anything = any(each.new or each.answered for each in shown)
    return Post(
        (f"{title}: {headline}",),
        (when, *warnings(found, now, retention), *why_not),
        tuple(rows) if anything else (),
        tuple(notes) if anything else (),
    )


def with_chart(post: Post, chart: Attachment | None) -> Post:
    """The same with the chart of it, where there are figures; or with how to get one, where nothing can draw it."""
    if not post.rows:
        return post
    if chart is None:
        return replace(post, notes=(*post.notes, (NO_CHART,)))
    return replace(post, attachments=(chart,))


def no_figures(found: Statistics, title: str, now: float) -> Post:
    """Of a time in which nobody watched the lists that are called `title`."""
    waiting = f", {found.waiting:,} waiting now" if found.waiting else ", none waiting now"
    why: Line = ("None of this has been read yet. To see why: ", Command("inbox status"))
    if found.since is not None:
        why = ("I have been watching only since ", Time(found.since, now), ".")
    elif not found.waiting:
        waiting = ""  # that nobody waits is not known, either
    return Post((f"{title}: no figures{waiting}",), (why,))


def nothing_watched(label: str, watch: str) -> Post:
    """Lists that no room watches; `watch` is the command that changes that."""
    what = f"No room watches {label}, so I have no figures. To have some from now on: "
    return Post((what, Command(watch)))


def with_unwatched(post: Post, label: str, watch: str) -> Post:
    """The same where some of the lists are watched by no room."""
    line: Line = (f"Not counted, as no room watches it: {label}. To have figures from now on: ", Command(watch))
    return replace(post, lines=(*post.lines, line))


def with_later(post: Post, label: str, since: float, now: float) -> Post:
    """The same where some of the lists are known for a shorter time than the others."""
    line: Line = ("Left out, as watched only since ", Time(since, now), f": {label}.")
    return replace(post, lines=(*post.lines, line))


def lists(sources: Sequence[Source], pages: Mapping[str, Page]) -> str:
    """What lists are called, those of different Pages apart unless they are the same ones."""
    of_page: dict[str, list[Source]] = {}
    for source in sources:
        of_page.setdefault(source.page, []).append(source)
    if len({tuple((each.platform, each.folder) for each in own) for own in of_page.values()}) == 1:
        return label_of_all(sources, pages, inbox=True)
    if is_many(of_page):
        return f"{counted(len(sources), 'list')} of {called(list(of_page))}"
    return spell([label_of_all(own, pages, inbox=True) for own in of_page.values()])


def said(period: Period, now: float, zone: tzinfo) -> Line:
    """From when to when: dates where it begins and ends at midnight."""
    begin, end, today = (datetime.fromtimestamp(at, zone) for at in (period.begin, period.end, now))
    if begin.date() == end.date():
        return (Span(period.begin, period.end, now),)
    if any((at.hour, at.minute) != (0, 0) for at in (begin, end)):
        return Time(period.begin, now, dated=True), " to ", Time(period.end, now, dated=True)
    first, last = begin.date(), end.date() - timedelta(1)
    if first == last:
        return (f"{WEEKDAYS[first.weekday()].title()}, {dated(first, today)}",)
    return (f"{dated(first, today)} to {dated(last, today)}",)


def warnings(found: Statistics, now: float, retention: float) -> list[Line]:
    """Why figures may be too low, if they may."""
    period, lines = found.period, list[Line]()
    since = max(period.begin, found.since or 0.0)
    if since > period.begin:
        lines.append(("I have been watching since ", Time(since, now), "; what happened before that is missing."))
    looked = min(1.0, found.looked * period.seconds / (period.end - since))
    if looked < ENOUGH:
        what = "who wrote and was answered while nobody looked may be missing."
        lines.append((f"Since then I looked {percent(looked)} of the time: {what}" if lines else what.capitalize(),))
    if period.begin < now - retention:
        kept = f"I keep figures for {counted(round(retention / DAY), 'day')} (RETENTION_DAYS)"
        lines.append((f"{kept}; what happened before ", Time(now - retention, now), " may be missing."))
    return lines


def not_compared(found: Statistics, against: str, now: float, retention: float) -> list[Line]:
    """Why the period before is not known well enough to be compared with; nothing where it is."""
    what = f"Not compared with {against.partition(',')[0]}: "
    if found.before.begin < now - retention:
        return [(f"{what}I no longer keep all of its figures.",)]
    if found.looked_before >= ENOUGH:
        return []
    if found.since is None or found.since >= found.before.end:
        return [(f"{what}I wasn't watching then.",)]
    if found.since > found.before.begin:
        return [(f"{what}I have been watching only since ", Time(found.since, now), ".")]
    return [(f"{what}I looked only {percent(found.looked_before)} of that time.",)]


def overall(found: Statistics, before: Figures | None) -> list[Row]:
    """How many came and were answered, and how fast; against what was `before` where that is known."""
    now = found.all.now
    rows: list[Row] = [
        (("new",), (f"{now.new:,}",), number(now.new, before.new if before else None)),
        (("answered",), (f"{now.answered:,}",), number(now.answered, before.answered if before else None)),
    ]
    if now.answered:
        rows.append((("first answer",), (took(now.took),), faster(now.took, before.took if before else None)))
        if now.opened is not None:
            opened = before.opened if before else None
            rows.append((("in opening hours",), (took(now.opened),), faster(now.opened, opened)))
        for label, shares in SHARES.items():
            rows.append(((label,), (share(now, shares),), more_often(now, before, shares)))
    return rows


SHARES: Mapping[str, Callable[[Figures], int]] = {
    "answered within 1 h": attrgetter("within_hour"),
    "answered within 24 h": attrgetter("within_day"),
    "in Meta's reply window": attrgetter("in_window"),
}
"""How soon an answer can come, and how many did."""


def number(now: int, before: int | None) -> Line:
    """How a number has changed."""
    return () if before is None else (arrow(now, before, "{:,}".format),)


def arrow(now: float, before: float, say: Callable[[float], str]) -> str:
    """How something has changed, as far as that shows in what is said of it."""
    return "as before" if say(now) == say(before) else f"{'↑' if now > before else '↓'} from {say(before)}"


def took(lengths: Lengths) -> str:
    """How long answers took, as far as there were enough of them to tell."""
    if lengths.median is None or lengths.count < HANDFUL:
        return f"{counted(lengths.count, 'answer')}, too few for a median"
    text = f"median {lasted(lengths.median)}"
    if lengths.ninetieth is None or lengths.count < FOR_NINETIETH:
        return text
    return f"{text}, 90% within {lasted(lengths.ninetieth)}"


def lasted(seconds: float) -> str:
    """A length of time, rounded up, or it would not be true that so many took no longer: `1 h 30 min`, `2 days 3 h`."""
    if seconds <= DAY:
        return stretch(rounded_up(seconds))
    days, hours = divmod(math.ceil(seconds / HOUR), 24)
    return f"{counted(days, 'day')} {hours} h" if hours else counted(days, "day")


def faster(now: Lengths, before: Lengths | None) -> Line:
    """How the lengths of answers have changed."""
    changes = []
    if before is not None:
        for least, rank in ((HANDFUL, attrgetter("median")), (FOR_NINETIETH, attrgetter("ninetieth"))):
            if min(now.count, before.count) >= least:
                changes.append(arrow(rank(now), rank(before), lasted))
    return (", ".join(changes),) if changes else ()


def share(figures: Figures, part: Callable[[Figures], int]) -> str:
    """How many of the answers are meant: of a few a number, else per cent."""
    if figures.answered < HANDFUL:
        return f"{part(figures)} of {figures.answered}"
    return percent(part(figures) / figures.answered)


def more_often(now: Figures, before: Figures | None, part: Callable[[Figures], int]) -> Line:
    """How a share of the answers has changed."""
    if before is None or min(now.answered, before.answered) < HANDFUL:
        return ()
    return (arrow(part(now) / now.answered, part(before) / before.answered, percent),)


def percent(part: float) -> str:
    """A share, 0 to 1, as per cent; neither nothing nor all where it is not quite that."""
    whole = round(100 * part)
    if part in (0, 1) or 0 < whole < 100:
        return f"{whole}%"
    return "more than 99%" if whole else "less than 1%"


def told_apart(found: Statistics, pages: Mapping[str, Page], *, compared: bool) -> list[Row]:
    """Platforms, Pages and folders, where there are several, and people."""
    names: Mapping[Part, Callable[[str], Piece]] = {
        Part.PLATFORM: lambda name: PLATFORM_NAMES[Platform(name)],
        Part.PAGE: lambda name: Name(page_of(pages, name).title, most=20),
        Part.FOLDER: lambda name: FOLDER_NAMES[Folder(name)],
    }
    rows: list[Row] = []
    for part, name_of in names.items():
        parts = found.parts.get(part, {})
        if len(parts) > 1:
            most = sorted(parts, key=lambda name: -parts[name].now.new)[:MOST_PARTS]
            rows += [row((name_of(name),), parts[name], compared=compared) for name in parts if name in most]
            if len(parts) > MOST_PARTS:
                rows.append(((f"{len(parts) - MOST_PARTS:,} more",), ("name one to see it",), ()))
    people = [(name, each) for name, each in found.parts.get(Part.PERSON, {}).items() if each.now.answered]
    for name, each in people[:MOST_PARTS]:
        rows.append(row(("by ", Name(name, most=20)), each, compared=compared, person=True))
    return rows


def row(label: Line, part: Compared, *, compared: bool, person: bool = False) -> Row:
    """The figures of a part of the lists, or of a person, by whom nobody is new."""
    now, before = part.now, part.before
    pairs = [(now.answered, before.answered)] if person else [(now.new, before.new), (now.answered, before.answered)]
    facts = [f"{now.answered:,} answered"] if person else [f"{now.new:,} new", f"{now.answered:,} answered"]
    if now.took.count >= HANDFUL and now.took.median is not None:
        facts.append(f"median {lasted(now.took.median)}")
    changes = ", ".join(arrow(*pair, "{:,}".format) for pair in pairs)
    return label, (", ".join(facts),), (changes,) if compared else ()
