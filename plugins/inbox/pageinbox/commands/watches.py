"""The commands about what is announced: watch, watches, unwatch, outbox, why."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from pageinbox.commands.preview import last_day, seen, there
from pageinbox.commands.request import Request
from pageinbox.language.lists import parse_lists
from pageinbox.language.misplaced import HERE
from pageinbox.language.mute import left_over, parse_target
from pageinbox.language.nearest import nearest
from pageinbox.language.ping import say_ping
from pageinbox.language.reader import Nearby, QueryError, spellings
from pageinbox.language.vocabulary import FILLERS, OFF
from pageinbox.language.watch import describe_watch, parse_watch
from pageinbox.model.chat import ChatError, NotPinged
from pageinbox.model.conversation import Conversation
from pageinbox.model.errors import MetaSlow
from pageinbox.model.post import Post
from pageinbox.model.selection import Selection
from pageinbox.model.source import Source
from pageinbox.model.text import bare, cut, fold
from pageinbox.model.watch import Every, PausedWatch, Ping, Watch, WatchSpec
from pageinbox.words import new_watch, refusals
from pageinbox.words import watches as watches_posts
from pageinbox.words.digests import listed

if TYPE_CHECKING:
    from pageinbox.tell.service import WatchService


OF_ROOMS = {"#", "@", "!", "<"}
"""Signs that are in the names of rooms and people, on one network or another."""

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
    place = next((typed for typed in request.words.split() if OF_ROOMS & {typed[0]} and fold(typed) != fold(room)), "")
    if place and not re.fullmatch("#[0-9]+", place):
        return watches_posts.none_there(place) if request.sees_all else watches_posts.not_here()
    lists = lists_named(request, [word for word in words if not (word.isdecimal() or word == bare(room))])
    if not named and lists is None:
        others = len(every) - len(here)
        all_rooms = request.sees_all
        post = watches_posts.watches(here, request.ceiling, others, numbers, refs, now, paused, all_rooms=all_rooms)
        digests = listed(service.digests.standing(room), request.settings.pages, now)
        return replace(post, lines=(*post.lines, *digests))
    about = [watch for watch in here if watch.number in named or (lists and overlap(lists, watch.spec))]
    if named and lists is None and not about and not {*named} & {each.number for each in paused}:
        return watches_posts.no_such_watch(str(min(named)), sorted(watch.number for watch in here))
    return watches_posts.those(about, request.ceiling, [each for each in paused if each.number in named], numbers, now)


def lists_named(request: Request, words: Sequence[str]) -> Selection | None:
    """The lists that the words behind `watches` name; None where they name none. Raises QueryError for other words."""
    odd = next((word for word in words if nearest(word, ("muted",), 0.7)), "")
    if odd and odd not in spellings(tuple(request.answers.pages)):
        raise QueryError(f"I don't know “{cut(odd)}”.", "inbox watches muted", "muted")
    refusal = "The watches can't be narrowed down by “{}”, only by number, Page, platform and folder."
    lists = parse_lists(" ".join(words), request.answers.pages, lead="inbox watches ", refusal=refusal, folders=True)
    return None if lists == Selection(None) else lists


def about_lists(request: Request, here: Mapping[int, Watch]) -> int | None:
    """The first of these watches that is about the lists that were named; None where none is."""
    try:
        lists = lists_named(request, [word for word in map(bare, request.words.split()) if word not in FILLERS])
    except QueryError:
        return None
    return min((number for number, each in here.items() if lists and overlap(lists, each.spec)), default=None)


def overlap(lists: Selection, spec: WatchSpec) -> bool:
    """Whether a watch is about some of these lists."""
    pairs = ((lists.page, spec.page), (lists.platform, spec.platform), (lists.folder, spec.folder))
    return all(one is None or other is None or one == other for one, other in pairs)


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
    if not target or target in HERE:
        return watches_posts.nothing_to_unwatch(sorted(here))
    if target in ("digest", "digests"):
        raise QueryError("A digest isn't a watch; it ends by a command of its own.", "inbox digest off")
    if len([word for word in request.words.split() if any(map(str.isdecimal, word))]) > 1:
        return watches_posts.one_at_a_time(target)
    if target in [str(paused.number) for paused in paused_in(service, request.room)]:
        service.watches.end(int(target), request.clock())
        return watches_posts.paused_ended(int(target))
    if not target.isdecimal() and (about := about_lists(request, here)):
        raise QueryError("To end a watch, give its number.", f"inbox unwatch {about}")
    ended = here.get(int(target)) if target.isdecimal() else None
    if ended is None:
        return watches_posts.no_such_watch(target, sorted(here))
    if ended.ops:
        return watches_posts.cannot_unwatch(ended)
    if left := left_over(request.words):
        raise QueryError(f"I don't know what to do with “{left[0]}”.", f"inbox unwatch {ended.number}")
    service.watches.end(ended.number, request.clock())
    service.wake()
    return watches_posts.unwatched(ended)
