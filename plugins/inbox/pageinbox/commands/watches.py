"""The commands about what is announced: watch, watches, unwatch, outbox, why."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from pageinbox.commands.preview import last_day, seen, there
from pageinbox.commands.request import Request
from pageinbox.language.mute import parse_target
from pageinbox.language.nearest import nearest
from pageinbox.language.ping import say_ping
from pageinbox.language.reader import Nearby, QueryError, spellings
from pageinbox.language.vocabulary import FILLERS, OFF, say
from pageinbox.language.watch import describe_watch, parse_watch
from pageinbox.model.chat import ChatError, NotPinged
from pageinbox.model.conversation import Conversation
from pageinbox.model.errors import MetaSlow
from pageinbox.model.post import Post
from pageinbox.model.source import Source
from pageinbox.model.text import bare, cut, fold
from pageinbox.model.watch import Every, PausedWatch, Ping, Watch, WatchSpec
from pageinbox.words import new_watch, outbox, refusals
from pageinbox.words import watches as watches_posts
from pageinbox.words import why as why_post
from pageinbox.words.digests import listed

if TYPE_CHECKING:
    from pageinbox.tell.service import WatchService


ENDS = OFF | {"cancel", "end", "stop"}
SHOWN = {"list", "ls", "show"}


def another_command(word: str) -> None:
    """Raise QueryError where the one word behind `watch` asks for another command; some would watch every inbox."""
    if word in ENDS:
        raise QueryError("To end a watch, give its number.", "inbox unwatch 1")
    if word in SHOWN or re.fullmatch("[1-9][0-9]{0,4}", word):
        meant = f"watches {word}" if word.isdecimal() else "watches"
        raise QueryError(f"I don't know “{word}”.", f"inbox {meant}", meant)


def watch(request: Request) -> Post:
    """Make the room watch, and show what that will be like. Raises QueryError and LedgerError."""
    answers, pages = request.answers, request.settings.pages
    if bare(request.words) not in spellings(tuple(answers.pages)):
        another_command(bare(request.words))
    spec = parse_watch(request.words, answers.pages, Nearby(people=request.people()), zone=request.zone)
    sources = spec.sources(pages.values())
    if not sources:
        return refusals.not_watched(spec)
    spec, unknown = looked_up(request, spec)
    if unknown is not None:
        return unknown
    service, now = request.service(), request.clock()
    made, new = service.watches.add(request.room, spec, now)
    answers.watches_shown(request.reader)
    if not new:
        return new_watch.already(made)
    service.wake()
    learned: dict[Source, int | None] = {}
    with suppress(MetaSlow), answers.listing.seats.taken():
        learned = service.first_looks.learn(request.room, sources)
    looks = seen(request, sources, learned)
    found = [(look.source, item) for look in looks for item in look.conversations]
    met = service.met(item.id for source, item in found if source in learned)
    likely = [
        (source, item)
        for source, item in found
        # Who wrote since then will be announced, so nobody is to see it as an example.
        if (source not in learned or item.id in met)
        and not spec.leaves_out(item)
        and (spec.every is Every.NEW or item.waiting is not False)
    ]
    likely.sort(key=lambda pair: pair[1].updated, reverse=True)
    post = new_watch.made(
        made,
        pages,
        ref_in(request, dict((item.id, source) for source, item in likely)),
        request.ceiling,
        now,
        direct=request.direct,
        known=there(service, looks, learned, met),
        last_day=last_day(service, spec, looks, [item for _, item in likely], now=now),
        sample=next((each for each in likely if not each[1].unreadable), None),
    )
    post = new_watch.with_warnings(post, looks, pages)
    return post if request.finds_again() else refusals.may_not_arrive(post, direct=request.direct)


def looked_up(request: Request, spec: WatchSpec) -> tuple[WatchSpec, Post | None]:
    """The spec with everybody looked up whom it pings; or why one of them can't be pinged."""
    found: list[Ping] = []
    for ping in spec.ping:
        try:
            found.append(request.whom(ping.name))
        except ChatError as error:
            nearest = error.nearest if isinstance(error, NotPinged) else ""
            meant = replace(spec, ping=tuple(Ping(nearest) if each is ping else each for each in spec.ping))
            example = f"inbox watch {describe_watch(meant)}" if nearest else ""
            return spec, refusals.not_pinged(say_ping(ping.name), str(error), example)
    return replace(spec, ping=tuple(dict.fromkeys(found))), None


def ref_in(request: Request, sources: dict[str, Source]) -> Callable[[Conversation], str]:
    """What gives the ref of a conversation, of which `sources` has the source by its id."""
    return lambda item: request.answers.refs.give(sources[item.id], item.id)


def watches(request: Request) -> Post:
    """The room's watches by number, and what is muted there; or only those that are named by number or Page.

    Admins also see those of a room that they name, or of all. Raises QueryError and LedgerError.
    """
    service, now, room = request.service(), request.clock(), request.room
    every = service.watches.watches()
    asked = {fold(word) for word in request.words.split()}
    elsewhere = [watch for watch in every if "all" in asked or fold(watch.room) in asked]
    if request.sees_all and elsewhere:
        return watches_posts.in_rooms(elsewhere)
    ends = {muted: until for muted, until in service.watches.mutes(now).items() if muted.room == room}
    numbers = {muted.watch: until for muted, until in ends.items() if muted.watch is not None}
    refs = {
        ref: until
        for muted, until in ends.items()
        if muted.conversation is not None and (ref := known_ref(request, service, muted.conversation)) is not None
    }
    here, paused = [watch for watch in every if watch.room == room], paused_in(service, room)
    request.answers.watches_shown(room)
    words = [word for word in map(bare, request.words.split()) if word not in FILLERS]
    if {*words} & {"muted", "mutes"}:
        return watches_posts.mutes(numbers, refs, now)
    named = {int(word) for word in words if word.isdecimal() and len(word) < 10}
    page = page_named(words, request.answers.pages)
    if not named and page is None:
        others = len(every) - len(here)
        all_rooms = request.sees_all
        post = watches_posts.watches(here, request.ceiling, others, numbers, refs, now, paused, all_rooms=all_rooms)
        digests = listed(service.digests.standing(room), request.settings.pages, now)
        return replace(post, lines=(*post.lines, *digests))
    about = [watch for watch in here if watch.number in named or (page and watch.spec.page in (None, page))]
    return watches_posts.those(about, request.ceiling, [each for each in paused if each.number in named], numbers, now)


MOST_LOOKED_UP = 12
"""Words behind `watches` that may name a Page."""


def page_named(words: Sequence[str], pages: Sequence[str]) -> str | None:
    """The Page that one of the words names; others are passed over. Raises QueryError for what comes near one."""
    names = spellings(tuple(pages))
    known = {**names, "muted": "muted"}
    for word in words[:MOST_LOOKED_UP]:
        if word in names:
            return names[word]
        if near := nearest(word, known, 0.7):
            name = known[near]
            raise QueryError(f"I don't know “{cut(word)}”.", f"inbox watches {say('page', name)}", name)
    return None


def paused_in(service: WatchService, room: str) -> list[PausedWatch]:
    """The room's watches that hear of nothing for now."""
    return [paused for paused in service.watches.paused() if paused.room == room]


def watches_in(service: WatchService, room: str) -> dict[int, Watch]:
    """The room's watches by number."""
    return {watch.number: watch for watch in service.watches.watches() if watch.room == room}


def known_ref(request: Request, service: WatchService, conversation_id: str) -> str | None:
    """A conversation's ref; None where its Page is gone from the settings."""
    history = service.histories.history(conversation_id)
    return None if history is None else request.answers.refs.give(history.source, conversation_id)


def unwatch(request: Request) -> Post:
    """End one of the room's own watches. Raises QueryError and LedgerError."""
    service = request.service()
    here = watches_in(service, request.room)
    target = parse_target(request.words).word
    if not target:
        return watches_posts.nothing_to_unwatch(sorted(here))
    if target in ("digest", "digests"):
        raise QueryError("A digest is no watch, and ends by its own command.", "inbox digest off")
    if len([word for word in request.words.split() if any(map(str.isdecimal, word))]) > 1:
        return watches_posts.one_at_a_time(target)
    if target in [str(paused.number) for paused in paused_in(service, request.room)]:
        service.watches.end(int(target), request.clock())
        return watches_posts.paused_ended(int(target))
    ended = here.get(int(target)) if target.isdecimal() else None
    if ended is None:
        return watches_posts.no_such_watch(target, sorted(here))
    if ended.ops:
        return watches_posts.cannot_unwatch(ended)
    service.watches.end(ended.number, request.clock())
    service.wake()
    return watches_posts.unwatched(ended)


OF_ROOMS = {"#", "@", "!", "<"}
"""Signs that are in the names of rooms and people, on one network or another."""


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
            near = "here" if nearest(bare(word), ("here",), 0.7) else ""
            raise QueryError(f"I don't know “{cut(typed)}”.", f"inbox outbox {near}" if near else "", near)
    place = next((int(word) for word in request.words.split() if word.isdecimal() and len(word) < 10), 1)
    return outbox.outbox(backlogs, request.clock(), max(1, min(place, len(backlogs))), others)


def why(request: Request) -> Post:
    """What became of one conversation, room by room. Raises UnknownRef and LedgerError."""
    target = parse_target(request.words)
    if not target.word or target.kind == "watch":
        return refusals.nothing_named("why")
    named = request.answers.find(request.reader, target.word)
    history = request.service().histories.history(named.conversation_id)
    if history is None:
        return watches_posts.not_met(named.ref)
    acts = request.service().marked.acts(named.conversation_id)
    pages, now, room = request.settings.pages, request.clock(), request.room
    return why_post.why(named.ref, history, pages, now, room, acts, detail=request.ceiling, sees=request.sees)
