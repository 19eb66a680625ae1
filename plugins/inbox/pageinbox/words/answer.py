"""What an answer to a question says."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import chain
from types import MappingProxyType

from pageinbox.language.question import describe
from pageinbox.model.act import Marks
from pageinbox.model.answer import Answer, ListFigures, Row
from pageinbox.model.conversation import Conversation
from pageinbox.model.post import Command, Line, Link, Moment, Offer, Piece, Post, Reference, Zone
from pageinbox.model.source import Identity, Page
from pageinbox.model.watch import Detail
from pageinbox.words.asked import heading, without_folderless
from pageinbox.words.common import FOLDER_NAMES, HANDFUL, ONLY_AUTOMATIC, PLATFORM_NAMES, latest_of, who
from pageinbox.words.english import DAY, ago, coarse, counted
from pageinbox.words.figures import CANT, LATE, NOT_YET, figures, missing, of_what_was_read, pressing, total
from pageinbox.words.many import called, is_many
from pageinbox.words.marks import joined
from pageinbox.words.marks import state as state_of
from pageinbox.words.offers import MORE, offers, offers_of
from pageinbox.words.remarks import remarks, remarks_on_many, troubles, troubles_of_many
from pageinbox.words.waits import hurry, left_cell, needs_tag, next_minute, waited

NO_MARKS: Mapping[str, Marks] = MappingProxyType({})


def listing(
    answer: Answer,
    pages: Mapping[str, Page],
    identities: Mapping[str, Identity | None],
    detail: Detail,
    marks: Mapping[str, Marks] = NO_MARKS,
) -> Post:
    """The answer to a question: what there is, what went wrong, the rows, and how to go on.

    `identities` are the Pages as Meta knows them, where it was asked. `detail` says how much of a person is shown,
    `marks` are what the team did with the conversations, by id.
    """
    answer, folderless = without_folderless(answer)
    of_page = by_page(answer.groups)
    begins = len(answer.numbered) == len(answer.rows)
    headline = summary(answer, pages) if begins else continued(answer, pages)
    if not begins:
        lines = (troubles_of_many if is_many(of_page) else troubles)(answer.groups, pages, answer.at)
    elif is_many(of_page):
        lines = [
            *troubles_of_many(answer.groups, pages, answer.at),
            *page_lines(of_page, answer, pages),
            *without_folders([pages[name].title for name in folderless]),
            *remarks_on_many(answer.groups, answer, pages),
        ]
    else:
        lines = [
            *group_lines(of_page, answer, pages),
            *without_folders([pages[name].title for name in folderless]),
            *troubles(answer.groups, pages, answer.at),
            *(line for group in answer.groups for line in remarks(group, answer, pages, identities)),
        ]
    rows = () if detail is Detail.COUNT else rows_of(answer, pages, detail, marks)
    return Post(headline, tuple(lines), rows, tuple(notes(answer, detail)), offers=to_click(answer, detail, marks))


def still(post: Post, now: float) -> Post:
    """A post of `listing` that reads the same at `now`, but for how fresh it is."""
    last = [
        tuple([Moment(piece.at, now) if isinstance(piece, Moment) else piece for piece in line]) for line in post.notes
    ]
    return Post(post.headline, post.lines, post.rows, tuple(last), zone=post.zone, offers=post.offers)


def same_until(answer: Answer, marks: Mapping[str, Marks]) -> float:
    """Until when an answer reads the same, in seconds since 1970, but for how fresh it is.

    Its own time where that isn't known.

    Ages and what is left of Meta's windows are told in minutes at the finest, and in seconds only where either is less
    than a minute. Of troubles and marks the date may be told, and of waits how long somebody could have answered them.
    """
    if marks or answer.query.waiting or any(group.look.trouble is not None for group in answer.groups):
        return answer.at
    items = [row.conversation for row in answer.rows]
    times = {item.said_at for item in items} | {item.waiting_since for item in items} | {item.wrote for item in items}
    times |= {group.longest[0] for group in answer.groups if group.longest is not None}
    return min((next_minute(at, answer.at) for at in times if at is not None), default=math.inf)


def continued(answer: Answer, pages: Mapping[str, Page]) -> Line:
    """The first line of what comes after `more`: which rows these are, or that there are none."""
    name = heading(answer, pages)
    if answer.rows:
        first, last = answer.rows[0].number, answer.rows[-1].number
        which = f"number {first}" if first == last else f"{first} to {last}"
        return (*name, f", {which} of {total(answer)}")
    if answer.complete:
        return ("That was all of ", *name, f": {counted(len(answer.numbered), 'conversation')}")
    read = sum(group.read for group in answer.groups)
    found = (f"No more among the {read:,} conversations read in ", *name)
    return (*found, "; to look further back: ", Command("inbox more")) if can_go_on(answer) else found


def can_go_on(answer: Answer) -> bool:
    """Whether asking on may find more: some source that can be read was not read whole."""
    return any(not group.complete and group.look.trouble is None for group in answer.groups)


def summary(answer: Answer, pages: Mapping[str, Page]) -> Line:
    """The first line: what was asked for and the figures of all that could be read."""
    read = [group for group in answer.groups if group.look.at is not None]
    name = heading(answer, pages)
    if not read:
        why = {missing(group.look) for group in answer.groups}
        return (*name, f" {CANT}" if CANT in why else f" is {LATE}" if LATE in why else f": {NOT_YET}")
    if len(answer.groups) == 1 and read[0].look.trouble is not None:
        name = (*name, f", as I last saw it {ago(read[0].look.at or 0.0, answer.at)}")
    return (*name, f": {of_what_was_read(answer.groups, answer)}")


def by_page(groups: Sequence[ListFigures]) -> Mapping[str, Sequence[ListFigures]]:
    """The groups of each Page."""
    found: dict[str, list[ListFigures]] = {}
    for group in groups:
        found.setdefault(group.look.source.page, []).append(group)
    return found


def group_lines(of_page: Mapping[str, Sequence[ListFigures]], answer: Answer, pages: Mapping[str, Page]) -> list[Line]:
    """A line for each source below the first, when there are several; of all folders only for those with matches."""
    told = [group for group in answer.groups if answer.query.folder or group.found]
    return [group_line(group, pages, answer, len(of_page) > 1) for group in told] if len(told) > 1 else []


def group_line(group: ListFigures, pages: Mapping[str, Page], answer: Answer, several_pages: bool) -> Line:
    """One source's line."""
    look = group.look
    name = PLATFORM_NAMES[look.source.platform]
    if several_pages:
        name = f"{pages[look.source.page].title} · {name}"
    if answer.query.folder is None:
        name += f" · {FOLDER_NAMES[look.source.folder]}"
    if look.at is None:
        return (f"{name}: {missing(look)}",)
    if look.trouble is not None:
        name += f", as I last saw it {ago(look.at, answer.at)}"
    return (f"{name}: {figures([group], answer)}",)


def page_lines(of_page: Mapping[str, Sequence[ListFigures]], answer: Answer, pages: Mapping[str, Page]) -> list[Line]:
    """Many Pages below the first line: those where most wait by name, the others in sum, and how to see one."""
    ranked = sorted(of_page, key=lambda name: pressing(of_page[name]), reverse=True)
    told = [name for name in ranked[:HANDFUL] if any(group.found for group in of_page[name])]
    lines: list[Line] = [(f"{pages[name].title}: {of_what_was_read(of_page[name], answer)}",) for name in told]
    others = [group for name in ranked[len(told) :] for group in of_page[name]]
    if told and any(group.look.at is not None for group in others):
        lines.append((f"{len(of_page) - len(told)} other Pages: {of_what_was_read(others, answer)}",))
    one = replace(answer.query, page=ranked[len(told)])
    return [*lines, ("To see one Page: ", Command(f"inbox {describe(one)}"))]


def without_folders(titles: Sequence[str]) -> list[Line]:
    """Pages of which only Instagram's inbox is shown where all folders were asked for."""
    where = [called(titles)] if is_many(titles) else titles
    return [(f"{name} · Instagram: only its inbox, since Instagram offers apps no folders.",) for name in where]


def rows_of(
    answer: Answer, pages: Mapping[str, Page], detail: Detail, marks: Mapping[str, Marks]
) -> tuple[tuple[Line, ...], ...]:
    """The conversations: number, ref, where (if that differs), who, when, what, unread or waiting, marks, and a link.

    When is said as coarsely as it is shown: rows that read as they did are then equal, and laid out only once.
    """
    now, rows, asked = answer.at, answer.rows, bool(answer.query.waiting)
    sources = [group.look.source for group in answer.groups]
    times = [waits_of(row, pages, now) if asked else (age_of(row.conversation, now),) for row in rows]
    lefts = [None if asked else hurry(row.conversation, now) for row in rows]
    held = [marks.get(row.conversation.id) for row in rows] if marks else [None] * len(rows)
    return cells(
        tuple(rows),
        tuple({source.page: pages[source.page].title for source in sources}.items()),
        len({source.platform for source in sources}) > 1,
        len({source.folder for source in sources}) > 1,
        detail,
        times=tuple(times),
        lefts=tuple(lefts),
        teams=tuple([state_of(each, now) if each else () for each in held]),
    )


def age_of(item: Conversation, now: float) -> Line:
    """How long ago something was said, to be given exactly where that is coarse."""
    at = item.said_at
    days = (now - at) // DAY
    return (Moment(at, at + days * DAY + 1) if days > 0 else ago(at, now),)


def waits_of(row: Row, pages: Mapping[str, Page], now: float) -> tuple[Line, ...]:
    """How long somebody has waited, and how long they can still be answered."""
    item = row.conversation
    return (f"for {waited(item, pages[row.source.page], now)}",), (left_cell(item, now),)


@lru_cache(20)  # a list that is asked for again mostly has the same conversations
def cells(
    rows: Sequence[Row],
    titles: Sequence[tuple[str, str]],
    several_platforms: bool,
    several_folders: bool,
    detail: Detail,
    *,
    times: Sequence[tuple[Line, ...]],
    lefts: Sequence[str | None],
    teams: Sequence[Line],
) -> tuple[tuple[Line, ...], ...]:
    """The cells of rows, of Pages with these `titles`.

    `times` say when, or how long somebody waits, `lefts` how little time is left to answer (None leaves out who waits),
    and `teams` what the team did.
    """
    title_of, found = dict(titles), list[tuple[Line, ...]]()
    for row, when, left, team in zip(rows, times, lefts, teams, strict=True):
        title = title_of[row.source.page]
        where: list[Line] = [(title,)] if len(titles) > 1 else []
        if several_platforms:
            where.append((PLATFORM_NAMES[row.source.platform],))
        if several_folders:
            where.append((FOLDER_NAMES[row.source.folder],))
        person, *state = person_and_state(row.conversation, title, detail, left, team=team)
        found.append(((str(row.number),), (Reference(row.ref),), *where, person, *when, *state))
    return tuple(found)


def person_and_state(item: Conversation, title: str, detail: Detail, left: str | None, team: Line) -> Sequence[Line]:
    """Who, what, unread or waiting, and a link; `title` is the Page's.

    `left` says how little time is left to answer; None leaves out who waits. `team` is what the team did with it.
    """
    marks = [f"{item.unread} unread"] if item.unread else []
    marks += ["waiting"] if item.waiting and left is not None else []
    marks += [left] if left else []
    marks += [ONLY_AUTOMATIC] if item.waiting and item.automatic else []
    what = [latest_of(item, title)] if detail is Detail.SNIPPET else []
    link = item.link
    state = joined([(mark,) for mark in marks] + [team] * bool(team))
    return ((who(item, detail),), *what, state or ("",), (Link(link),) if link else ())


def to_click(answer: Answer, detail: Detail, marks: Mapping[str, Marks]) -> tuple[Offer, ...]:
    """What can be done about each row, and more of them where there are any."""
    if detail is Detail.COUNT:
        return ()
    if marks:
        of_rows = [offers(row.ref, marks.get(row.conversation.id), row=at) for at, row in enumerate(answer.rows)]
        found = tuple(chain.from_iterable(of_rows))
    else:
        found = offers_of(tuple([row.ref for row in answer.rows]))
    return (*found, MORE) if goes_on(answer) else found


def goes_on(answer: Answer) -> bool:
    """Whether there are rows that were not shown yet, or may be."""
    return bool(answer.rows) and (len(answer.numbered) < answer.matching or can_go_on(answer))


def notes(answer: Answer, detail: Detail) -> list[Line]:
    """The last line: what was shown of what there is, how to see more, and how fresh it is."""
    looks = [group.look.at for group in answer.groups if group.look.at is not None]
    if not looks:
        return []
    pieces: list[Piece] = []
    shown = len(answer.numbered)
    if detail is not Detail.COUNT and goes_on(answer):
        pieces += [f"{shown:,} of {total(answer)} · ", Command("inbox more"), " · "]
    elif not answer.numbered and can_go_on(answer):
        pieces += [Command("inbox more"), " looks further back · "]
    if answer.query.waiting and len(answer.rows) > 1:
        pieces.append("longest wait first · ")
    if answer.query.waiting and any(needs_tag(row.conversation, answer.at) for row in answer.rows):
        pieces.append("(tag): only with Meta's human-agent tag · ")
    timed = detail is not Detail.COUNT and not answer.query.waiting
    exact = timed and any(coarse(row.conversation.said_at, answer.at) for row in answer.rows)
    return [(*pieces, "checked ", Moment(min(looks), answer.at), Zone(" · times are {}") if exact else "")]
