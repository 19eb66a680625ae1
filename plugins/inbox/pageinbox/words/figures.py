"""What an answer counts: how many conversations, how many of them unread or waiting, of what could be read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from operator import attrgetter

from pageinbox.model.answer import Answer, Group
from pageinbox.model.conversation import Conversation
from pageinbox.model.errors import NotAskedYet, StillAsking
from pageinbox.model.look import Look
from pageinbox.words.asked import asked_facts
from pageinbox.words.english import at_least, counted, duration, spell

WAITING_SINCE = attrgetter("waiting_since")
CANT, LATE, NOT_YET = "can't be read", "still being read", "not asked yet"


def missing(look: Look) -> str:
    """Why nothing is known of a list that was never read, in a few words."""
    match look.trouble:
        case NotAskedYet():
            return NOT_YET
        case StillAsking():
            return LATE
    return CANT


def of_what_was_read(groups: Sequence[Group], answer: Answer) -> str:
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


def figures(groups: Sequence[Group], answer: Answer) -> str:
    """How many, how many unread, how many wait and the longest wait; of what was read, and saying so.

    What Meta did not tell for all of these sources is left out: where it is silent, no number would be true.
    """
    if all(group.look.folder == "ignored" for group in groups):
        return "no such folder"
    query = answer.query
    for fact in asked_facts(query):
        groups = [group for group in groups if is_known(group.look, fact)]
        if not groups:
            return f"{fact} unknown"
    items = [item for group in groups for item in group.matching]
    complete = all(group.complete for group in groups)
    looked = sum(len(group.look.conversations) for group in groups)
    filtered = query.filters or query.since is not None or query.user_id is not None
    if not items and not complete and not filtered:
        return "no conversations so far, but there are more"
    if complete or not filtered:
        text = counted(len(items), "conversation", more=not complete)
    else:
        text = f"{counted(len(items), 'conversation')} among the {looked:,} read"
    facts = []
    known = all(group.known for group in groups)
    if query.unread is None and not known and all(is_known(group.look, "unread") for group in groups):
        unread = len([item for item in items if item.unread])
        facts.append(f"{unread:,} unread" if unread else "none unread")
    if query.waiting:
        facts.append(f"{'the longest ' if len(items) > 1 else ''}waiting for {longest(items, answer.at)}")
    elif query.waiting is None and all(is_known(group.look, "waiting") for group in groups):
        facts.append(waiting(items, answer.at))
    if not items or not facts:
        return text
    of_these = ", " if complete or filtered else f"; of the {len(items):,} read: "
    return text + of_these + ", ".join(facts)


def is_known(look: Look, fact: str) -> bool:
    """Whether Meta gave `fact` for some conversation of a look; of an empty list everything is known."""
    return not look.conversations or any(getattr(item, fact) is not None for item in look.conversations)


def waiting(items: Sequence[Conversation], now: float) -> str:
    """How many wait for an answer, and how long the longest has waited."""
    those = [item for item in items if item.waiting]
    if not those:
        return "none waiting for an answer"
    return f"{len(those):,} waiting for an answer, {'the longest ' if len(those) > 1 else ''}for {longest(those, now)}"


def longest(items: Sequence[Conversation], now: float) -> str:
    """How long the one who has waited longest has, at least."""
    if not items:
        return duration(0)
    first = min(items, key=WAITING_SINCE)
    return at_least(now - first.waiting_since, first.at_least)


def pressing(groups: Sequence[Group]) -> tuple[int, float, int, int]:
    """By what of several Pages one comes first: how many wait, how long, how many are unread, and all in all."""
    items = [item for group in groups for item in group.matching]
    waiting = [item.waiting_since for item in items if item.waiting]
    return len(waiting), -min(waiting, default=0.0), sum(bool(item.unread) for item in items), len(items)
