"""What of the looks answers a question: a part of the answer for each list, and the rows of all."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence

from pageinbox.ask.marked import marked_group, with_marked
from pageinbox.ask.rows import Found, apart, matching, next_rows, older_than
from pageinbox.model.act import Held
from pageinbox.model.answer import Group, Row
from pageinbox.model.errors import NotAskedYet, StillAsking
from pageinbox.model.look import Look
from pageinbox.model.query import InboxQuery

AHEAD = 100
"""Rows that are kept to be shown next, twice as many as are shown at once. What lies behind is asked for again."""


def is_of_its_time(query: InboxQuery) -> bool:
    """Whether a question asks for more than lists tell: the time, or what the team has done."""
    return query.mark is not None or (query.since, query.over, query.closing) != (None, None, None)


def grouped(
    query: InboxQuery, looks: Sequence[Look], held: Mapping[str, Held], now: float, *, known: bool
) -> list[Group]:
    """The parts of an answer at `now`, of looks with which the ledger has all where it is `known`."""
    until = query.until(now)
    if known:
        return [known_group(query, look, held, until, now) for look in looks]
    if query.marked:
        return [marked_group(query, look, held, until, now) for look in with_marked(apart(looks), held)]
    groups = []
    for look, own in zip(looks, apart(looks) if query.folder is None else looks, strict=True):
        late = isinstance(look.trouble, NotAskedYet | StillAsking)
        complete = not late and (not look.more or older_than(look, until))
        found = matching(query, own.conversations, until, now)
        groups.append(Group(own, [item for item in found if item.id not in held] if held else found, complete))
    return groups


def known_group(query: InboxQuery, look: Look, held: Container[str], until: float | None, now: float) -> Group:
    """The part of an answer that the ledger knows whole, less what is `held`."""
    found = look.conversations if query.plainly_waiting else matching(query, look.conversations, until, now)
    return Group(look, [item for item in found if item.id not in held] if held else found, True, known=True)


def rest_of(query: InboxQuery, groups: Sequence[Group], before: Sequence[Row]) -> tuple[Sequence[Found], bool]:
    """The rows to show, with those to keep for the next time; and whether that is all there will be."""
    found = next_rows(query, groups, before, AHEAD)
    return found, all(group.complete for group in groups) and len(found) < query.limit + AHEAD
