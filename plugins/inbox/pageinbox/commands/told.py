"""The commands about what became of announcements: outbox, why."""

from __future__ import annotations

from pageinbox.commands.request import Request
from pageinbox.commands.watches import OF_ROOMS
from pageinbox.language.mute import left_over, parse_target
from pageinbox.language.nearest import nearest
from pageinbox.language.reader import QueryError
from pageinbox.language.vocabulary import FILLERS, GRAMMAR, NOT
from pageinbox.model.post import Post
from pageinbox.model.query import Target
from pageinbox.model.text import bare, cut, fold
from pageinbox.words import outbox, refusals
from pageinbox.words import watches as watches_posts
from pageinbox.words import why as why_post

MOST_LOOKED_UP = 12
"""Words behind `outbox` that may name a room."""


def waiting(request: Request) -> Post:
    """What is not said yet, in every room, or in one that is named. Raises QueryError and LedgerError."""
    every = request.service().histories.waiting()
    backlogs = [backlog for backlog in every if request.sees(backlog.room)]
    others = len({backlog.room for backlog in every} - {backlog.room for backlog in backlogs})
    rooms = {fold(backlog.room): backlog.room for backlog in backlogs} | {"here": request.room}
    rooms |= {name.lstrip("#@"): room for name, room in rooms.items() if name.lstrip("#@") not in rooms}
    for typed in request.words.split()[:MOST_LOOKED_UP]:
        word = fold(typed)
        if word in rooms:
            own = [backlog for backlog in backlogs if backlog.room == rooms[word]]
            return outbox.outbox(own, request.clock()) if own else outbox.nothing_for(rooms[word])
        if OF_ROOMS & {*word}:
            near = nearest(word, rooms)
            return outbox.nothing_for(word, rooms.get(near, "")) if near or request.sees(typed) else outbox.not_here()
        if bare(word) not in FILLERS | {""} and not bare(word).isdecimal():
            if bare(word) in GRAMMAR:
                wrong = f"The outbox can't be narrowed down by “{cut(typed)}”, only by room."
                raise QueryError(wrong, "inbox outbox here")
            near = "here" if nearest(bare(word), ("here",), 0.7) else ""
            raise QueryError(f"I don't know “{cut(typed)}”.", f"inbox outbox {near}" if near else "", near)
    place = next((int(word) for word in request.words.split() if word.isdecimal() and len(word) < 10), 1)
    return outbox.outbox(backlogs, request.clock(), max(1, min(place, len(backlogs))), others)


def why(request: Request) -> Post:
    """What became of one conversation, room by room. Raises UnknownRef and LedgerError."""
    asked = " ".join(word for word in request.words.split() if bare(word) not in NOT)
    target = parse_target(asked)
    if not target.word or target.kind == "watch":
        return refusals.nothing_named("why")
    others = [word for word in left_over(asked) if request.is_conversation(word)]
    if others and not request.is_conversation(target.word):
        target = Target(others.pop(0))  # "why was nobody told of 3"
    named = request.answers.find(request.reader, target.word)
    if others:
        return refusals.one_at_a_time("why", named.ref)
    history = request.service().histories.history(named.conversation_id)
    if history is None:
        return watches_posts.not_met(named.ref)
    acts = request.service().marked.acts(named.conversation_id)
    pages, now, room = request.settings.pages, request.clock(), request.room
    return why_post.why(named.ref, history, pages, now, room, acts, detail=request.ceiling, sees=request.sees)
