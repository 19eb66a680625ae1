"""What the commands say by which the team marks conversations, for itself alone."""

from __future__ import annotations

from dataclasses import replace

from pageinbox.model.act import Act, Person
from pageinbox.model.post import Command, Foreign, Line, Mention, Piece, Post, Time
from pageinbox.words.english import lasting
from pageinbox.words.marks import teammate

HOUR = 3600


def claimed(name: Line, person: Person, until: float, now: float, hours: int) -> Post:
    """Somebody has claimed a conversation, which is recalled then (seconds since 1970)."""
    who = (teammate(person), " has ", *name, " now. Unless somebody answers, the claim ends in ")
    return Post((*who, lasting(hours * HOUR), ", at ", Time(until, now), "."))


def given(name: Line, person: Person, mention: Mention | None, until: float, now: float) -> Post:
    """Somebody was given a conversation by somebody else, and is to notice."""
    who: Piece = teammate(person) if mention is None else mention
    return Post((who, " has ", *name, " now. Unless somebody answers, the claim ends at ", Time(until, now), "."))


def held(name: Line, act: Act, now: float, command: str) -> Post:
    """Somebody else has it; `command` takes it from them all the same."""
    since = (" has had ", *name, " since ", Time(act.at, now), ". To take it over: ")
    return Post((teammate(act.by), *since, Command(command)))


def held_already(name: Line, act: Act, now: float, *, theirs: bool) -> Post:
    """Whoever claims it has it, or whom it was to be given to: then it is `theirs`."""
    who: Line = (teammate(act.by), " has had ") if theirs else ("You have had ",)
    return Post((*who, *name, " since ", Time(act.at, now), "."))


def not_theirs(name: Line, act: Act, now: float, command: str) -> Post:
    """Somebody else has what is to be released."""
    since = (" has had ", *name, " since ", Time(act.at, now), ". To release it all the same: ")
    return Post((teammate(act.by), *since, Command(command)))


def released(name: Line) -> Post:
    return Post(("Nobody has ", *name, " any more."))


def nobody_has(name: Line, command: str) -> Post:
    return Post(("Nobody has ", *name, ". To take it: ", Command(command)))


def done(name: Line, person: Person, command: str) -> Post:
    """Somebody has marked a conversation as done."""
    text = ". It is open again when the customer writes; to reopen it: "
    return Post((*name, " is done, by ", teammate(person), text, Command(command)))


def done_already(name: Line, act: Act, now: float) -> Post:
    return Post((*name, " was marked as done by ", teammate(act.by), " at ", Time(act.at, now), "."))


def reopened(name: Line) -> Post:
    return Post((*name, " is open again."))


def not_done(name: Line) -> Post:
    return Post((*name, " isn't marked as done."))


def snoozed(name: Line, until: float, now: float, command: str) -> Post:
    """A conversation is snoozed until then (seconds since 1970)."""
    text = ", or until the customer writes; then I'll say so here. To wake it: "
    return Post((*name, " is snoozed until ", Time(until, now), text, Command(command)))


def woken(name: Line) -> Post:
    return Post((*name, " is no longer snoozed."))


def not_snoozed(name: Line) -> Post:
    return Post((*name, " isn't snoozed."))


def noted(name: Line, command: str, *, shown: bool) -> Post:
    """A note was kept, and may be `shown` here."""
    if not shown:
        return Post(("Noted on ", *name, "; only the team sees it, and not here, since it may name the customer."))
    return Post(("Noted on ", *name, "; only the team sees it. To read it: ", Command(command)))


def nothing_noted(ref: str) -> Post:
    """`note` without words."""
    return Post(("What is the note? For example: ", Command(f"inbox note {ref} refund sent")))


def earlier_today(ref: str) -> Post:
    """A snooze until a time that has passed."""
    return Post(("That time has passed. For example: ", Command(f"inbox snooze {ref} until tomorrow 9:00")))


def unwatched(post: Post, where: str, watch: str) -> Post:
    """The post on a mark in a list that nobody watches; `watch` is what would, behind `watch`."""
    blind = f"Nobody watches {where}, so I don't see when somebody writes there. To have me look: "
    return replace(post, notes=(*post.notes, (blind, Command(f"inbox watch {watch}".strip()))))


def not_found(name: str, why: str, example: str = "") -> Post:
    """Somebody who can't be given a conversation; `why` is the chat module's own sentence."""
    line: Line = ("I can't give it to ", Foreign(name, most=40), f": {why}.")
    return Post((*line, " Did you mean ", Command(example), "?") if example else line)
