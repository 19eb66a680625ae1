"""What an answer counts: how many conversations, how many of them unread or waiting, of what could be read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from operator import attrgetter, itemgetter

from pageinbox.model.answer import Answer, ListFigures
from pageinbox.model.errors import NotAskedYet, StillAsking
from pageinbox.model.look import Look
from pageinbox.model.query import InboxQuery
from pageinbox.words.asked import asked_facts
from pageinbox.words.english import at_least, counted, duration, spell

CANT, LATE, NOT_YET = "can't be read", "still being read", "not asked yet"


def missing(look: Look) -> str:
    """Why nothing is known of a list that was never read, in a few words."""
    match look.trouble:
        case NotAskedYet():
            return NOT_YET
        case StillAsking():
            return LATE
    return CANT


def of_what_was_read(groups: Sequence[ListFigures], answer: Answer) -> str:
    """The figures of those lists that were read, and how many were not."""
    read = [group for group in groups if group.look.at is not None]
    if len(read) == len(groups):
        return figures(read, answer)
    counts = Counter(missing(group.look) for group in groups if group.look.at is None)
    rest = [f"{counted(counts[why], 'list')} {said}"
            for why, said in ((CANT, "I can't read"), (LATE, LATE), (NOT_YET, NOT_YET)) if counts[why]]  # fmt: skip
    return figures(read, answer) + (f" · not counting {spell(rest)}" if rest else "")


def total(answer: Answer) -> str:
    """How many conversations match, as far as that is known: `14`, `50+`."""
    return f"{answer.matching:,}{'' if answer.complete else '+'}"


def figures(groups: Sequence[ListFigures], answer: Answer) -> str:
    """How many, how many unread, how many wait and the longest wait; of what was read, and saying so.

    What Meta did not tell for all of these sources is left out: where it is silent, no number would be true.
    """
    return told(tuple(groups), answer.query, longest(groups, answer.at))


@lru_cache(20)  # a list that is asked for again mostly has the same figures
def told(groups: Sequence[ListFigures], query: InboxQuery, longest: str) -> str:
    """The same, when who has waited longest has waited for so long."""
    if all(group.look.folder == "ignored" for group in groups):
        return "no such folder"
    for fact in asked_facts(query):
        groups = [group for group in groups if fact in group.tells]
        if not groups:
            return f"{fact} unknown"
    found = sum(group.found for group in groups)
    complete = all(group.complete for group in groups)
    filtered = query.filters or query.since is not None or query.user_id is not None
    if not found and not complete and not filtered:
        return "no conversations so far, but there are more"
    if complete or not filtered:
        text = counted(found, "conversation", more=not complete)
    else:
        text = f"{counted(found, 'conversation')} among the {sum(group.read for group in groups):,} read"
    facts = []
    known = all(group.known for group in groups)
    if query.unread is None and not known and all("unread" in group.tells for group in groups):
        unread = sum(group.unread for group in groups)
        facts.append(f"{unread:,} unread" if unread else "none unread")
    if query.waiting:
        facts.append(f"{'the longest ' if found > 1 else ''}waiting for {longest}")
    elif query.waiting is None and all("waiting" in group.tells for group in groups):
        facts.append(waiting(sum(group.waiting for group in groups), longest))
    if not found or not facts:
        return text
    of_these = ", " if complete or filtered else f"; of the {found:,} read: "
    return text + of_these + ", ".join(facts)


def waiting(many: int, longest: str) -> str:
    """How many wait for an answer, and how long the longest has waited."""
    if not many:
        return "none waiting for an answer"
    return f"{many:,} waiting for an answer, {'the longest ' if many > 1 else ''}for {longest}"


def longest(groups: Sequence[ListFigures], now: float) -> str:
    """How long the one who has waited longest has, at least."""
    waits = [group.longest for group in groups if group.longest is not None]
    if not waits:
        return duration(0)
    since, uncertain = min(waits, key=itemgetter(0))
    return at_least(now - since, uncertain)


def pressing(groups: Sequence[ListFigures]) -> tuple[int, float, int, int]:
    """By what of several Pages one comes first: how many wait, how long, how many are unread, and all in all."""
    waits = [group.longest[0] for group in groups if group.longest is not None]
    waiting, unread, found = (sum(map(attrgetter(what), groups)) for what in ("waiting", "unread", "found"))
    return waiting, -min(waits, default=0.0), unread, found
