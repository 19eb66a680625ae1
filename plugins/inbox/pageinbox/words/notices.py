"""What is said about sources: what a first look found, that they can't be read, and that they can be read again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from pageinbox.language.question import describe
from pageinbox.model.announcement import Notice
from pageinbox.model.errors import GraphError
from pageinbox.model.post import Command, Line, Piece, Room, Time
from pageinbox.model.query import InboxQuery
from pageinbox.model.source import Page, Source
from pageinbox.words.common import HANDFUL, MOST_NAMED, label_of_all, page_of
from pageinbox.words.english import MINUTE, counted, spell, stretch
from pageinbox.words.many import FAILING, Failing, by_reason, in_common, is_many, named_lists, pages_of
from pageinbox.words.trouble import each_of, explain_lasting

OUTBOX = Command("inbox outbox")
WHY_MOST = 200
"""Characters shown of what a chat module says about a failure, in our own words."""


def sources_told(notices: Sequence[Notice]) -> list[Source]:
    """The sources that notices are about, each once."""
    return list(dict.fromkeys(source for notice in notices for source in notice.sources))


def pages_told(notices: Sequence[Notice]) -> list[str]:
    """The names of their Pages, each once."""
    return list(dict.fromkeys(source.page for source in sources_told(notices)))


def recovered(notices: Sequence[Notice], pages: Mapping[str, Page]) -> str:
    """Which sources can be read again, and after how long; times that are nearly alike are said as one."""
    lengths = [notice.at - notice.since for notice in notices if notice.since is not None]
    longest = max(lengths, default=0.0)
    if is_many(pages_told(notices)):
        upto = "up to " if longest - min(lengths, default=0.0) >= 5 * MINUTE else ""
        after = f" after {upto}{stretch(longest)}" if lengths else ""
        return f"{named_lists(sources_told(notices), pages)} can be read again{after}."
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
    if is_many(pages_told(notices)):
        return troubles_of_many(notices, pages, now)
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


def troubles_of_many(notices: Sequence[Notice], pages: Mapping[str, Page], now: float) -> list[Line]:
    """The same for many Pages: each reason once, with a few of its Pages by name, and how to see what is not told."""
    failing = [
        Failing(source, notice.trouble or GraphError(), notice.since, watched=True)
        for notice in notices
        for source in notice.sources
    ]
    groups, lines = by_reason(failing), list[Line]()
    for group in groups[:HANDFUL]:
        names, first = pages_of(group), group[0].source
        page = each_of([page_of(pages, name) for name in names])
        why = explain_lasting(in_common(group), page, first.platform)
        lines.append((*unread(group, pages, now), *why))
    if rest := [each for group in groups[HANDFUL:] for each in group]:
        lines.append((*unread(rest, pages, now), "The reasons differ."))
    return [*lines, ("To see all of these Pages: ", FAILING)]


def unread(failing: Sequence[Failing], pages: Mapping[str, Page], now: float) -> Line:
    """Which lists can't be read, and since when."""
    which = named_lists([each.source for each in failing], pages)
    times = [each.since for each in failing if each.since is not None]
    if not times:
        return (f"I can't read {which}. ",)
    since = " since " if max(times) - min(times) < MINUTE else ", the first of them since "
    return (f"I haven't been able to read {which}{since}", Time(min(times), now), ". ")


def visible(notices: Sequence[Notice], pages: Mapping[str, Page]) -> list[Line]:
    """What lists show now that is no news: how many conversations, and how to see them, a line for each list."""
    counts: Counter[Source] = Counter()
    for notice in notices:
        counts.update(dict.fromkeys(notice.sources, notice.count))
    if is_many(names := pages_told(notices)):
        have = (
            f"{counted(counts.total(), 'older conversation')} have become visible in {named_lists(list(counts), pages)}"
        )
        return [(f"{have}. To see one Page: ", Command(f"inbox {describe(InboxQuery(folder=None, page=names[0]))}"))]
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


def unreached_rooms(rooms: Sequence[tuple[str, float | None, str]], now: float) -> list[Line]:
    """Rooms that can't be told anything, each with since when and why; many of them in sum."""
    if not is_many(rooms):
        return [unreached(*each, now) for each in rooms]
    times = [since for _, since, _ in rooms if since is not None]
    reasons = Counter(why[:WHY_MOST].rstrip(".") for _, _, why in rooms)
    pieces: list[Piece] = [f"I haven't been able to write to {len(rooms):,} rooms (", *some_rooms(rooms), ")"]
    pieces += [", the first of them since ", Time(min(times), now)] if times else []
    pieces.append(f": {'; '.join(why for why, _ in reasons.most_common(MOST_NAMED))}. To see what is waiting: ")
    return [(*pieces, OUTBOX)]


def some_rooms(rooms: Sequence[tuple[str, float | None, str]]) -> Line:
    """The first few rooms by name, and how many there are besides."""
    pieces: list[Piece] = []
    for name, _, _ in rooms[:MOST_NAMED]:
        pieces += [Room(name), ", "]
    return (*pieces[:-1], f" and {len(rooms) - MOST_NAMED:,} more")


def reached_rooms(notices: Sequence[Notice]) -> list[Line]:
    """Rooms that were told something again; many of them in sum."""
    if not is_many(notices):
        return [reached(notice) for notice in notices]
    rooms = [(notice.room, notice.since, "") for notice in notices]
    what = " again. What waited there is on its way."
    return [(f"I can write to {len(rooms):,} rooms (", *some_rooms(rooms), ")", what)]


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


def learning_many(notices: Sequence[Notice], pages: Mapping[str, Page]) -> Line:
    """The same for many Pages, in sum."""
    count = sum(notice.count for notice in notices)
    found = f"{counted(count, 'conversation')} {already_there(count)}" if count else "no conversations yet"
    return (f"{named_lists(sources_told(notices), pages)}: {found}. From now on I'll announce new ones here.",)


def already_there(number: int) -> str:
    """What is said about conversations that are not news."""
    return "is already there; I won't announce it" if number == 1 else "are already there; I won't announce them"
