"""What can be done about a conversation at a click, where the chat has something to click on.

Nothing here is only a button: each is a command that people can type. Where there is nothing to click, none is shown.
"""

from __future__ import annotations

from functools import lru_cache

from pageinbox.model.act import Marks
from pageinbox.model.post import Offer

MORE = Offer("More", "inbox more")


NOTHING_HELD = Marks()


def offers(ref: str, marks: Marks | None = None, row: int | None = None) -> tuple[Offer, ...]:
    """What can be done about the conversation with this ref: each mark, or what ends it where it holds already.

    `row` is the number of its row, counted from 0; None where the post is about nothing else.
    """
    held = marks or NOTHING_HELD
    return acts(ref, row, claimed=bool(held.claim), done=bool(held.done), snoozed=bool(held.snooze))


@lru_cache(20)  # a list that is asked for again mostly has the same conversations
def offers_of(refs: tuple[str, ...]) -> tuple[Offer, ...]:
    """What can be done about each row of a list in which no marks hold."""
    return tuple(offer for row, ref in enumerate(refs) for offer in offers(ref, row=row))


@lru_cache(1000)  # a list that is asked for again mostly has the same conversations
def acts(ref: str, row: int | None, *, claimed: bool, done: bool, snoozed: bool) -> tuple[Offer, ...]:
    """The same, by which marks hold."""
    found = (
        ("Release", "release {}") if claimed else ("I take it", "claim {}"),
        ("Reopen", "reopen {}") if done else ("Done", "done {}"),
        ("Wake", "unsnooze {}") if snoozed else ("Snooze 2 h", "snooze {} for 2h"),
        ("Show", "show {}"),
    )
    return tuple(Offer(label, f"inbox {command.format(ref)}", row) for label, command in found)
