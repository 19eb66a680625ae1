"""The commands that keep a watch or a conversation still in a room for a while: mute, unmute."""

from __future__ import annotations

from dataclasses import dataclass

from pageinbox.ask.answers import UnknownRef
from pageinbox.commands.request import Request
from pageinbox.commands.triage import by_name
from pageinbox.commands.watches import watches, watches_in
from pageinbox.language.mute import AT_MOST, MAX_MUTE, left_over, parse_mute, parse_target
from pageinbox.language.reader import QueryError
from pageinbox.language.watch import describe_watch
from pageinbox.model.calendar import Until
from pageinbox.model.post import Foreign, Line, Post
from pageinbox.model.query import Target
from pageinbox.model.ref import SHORTEST
from pageinbox.model.watch import Muted
from pageinbox.words import mutes as words
from pageinbox.words import refusals
from pageinbox.words import watches as watches_posts


@dataclass(frozen=True, slots=True)
class Mutable:
    """Something that can be muted in a room, as it is called in a sentence and as it is typed without doubt."""

    muted: Muted
    called: Line
    typed: str
    """What stands behind `mute` and `unmute`: `watch 1`, `k7fq`."""


def mutables(request: Request, target: Target) -> list[Mutable]:
    """What a target may mean, the likeliest first: where rows were shown last, a number is a row before a watch.

    Raises UnknownRef and LedgerError.
    """
    here = watches_in(request.service(), request.room)
    word, found = target.word, list[Mutable]()
    number = int(word) if word.isdecimal() else None
    is_number = number is not None and (number in here or len(word) < SHORTEST or target.kind != "")
    if number in here and target.kind != "row":
        watch = here[number]
        called: Line = (f"watch {number} (", Foreign(describe_watch(watch.spec), most=60), ")")
        found.append(Mutable(Muted(request.room, watch=number), called, f"watch {number}"))
    if target.kind != "watch":
        try:
            named = request.answers.find(request.reader, word)
            conversation = Muted(request.room, conversation=named.conversation_id)
            seen = request.answers.seen(named)
            found.append(Mutable(conversation, words.called(named.ref, seen, request.ceiling), named.ref))
        except UnknownRef:
            if not is_number:
                raise
    return found if request.answers.means_watches(request.reader) else found[::-1]


def nothing_called(request: Request, target: Target) -> Post:
    """A number that neither a watch nor a row has. Raises UnknownRef where it was to be a row."""
    if target.kind == "row":
        raise UnknownRef(target.word)
    post = watches_posts.no_such_watch(target.word, sorted(watches_in(request.service(), request.room)))
    return words.no_row_either(post) if request.answers.rows(request.reader) and not target.kind else post


def mute(request: Request) -> Post:
    """Keep a watch or a conversation still in this room for a while. Raises QueryError, UnknownRef and LedgerError."""
    try:
        target, moment = parse_mute(request.words, request.zone)
    except QueryError:
        by_name(request)
        raise
    found = mutables(request, target)
    if not found:
        return nothing_called(request, target)
    (meant, *others), now = found, request.clock()
    until = moment.after(now) if isinstance(moment, Until) else now + moment
    if until is None:
        raise QueryError("That time has passed.", f"inbox mute {meant.typed} until tomorrow 9:00")
    if until - now > MAX_MUTE:
        raise QueryError(AT_MOST, f"inbox mute {meant.typed} for 90d")
    if request.service().watches.mute(meant.muted, until):
        post = words.muted(meant.called, meant.typed, until, now)
    else:
        post = watches_posts.not_met(meant.typed)
    return words.rather(post, meant.called, others[0].called, f"inbox mute {others[0].typed}") if others else post


def unmute(request: Request) -> Post:
    """Speak of it again. Raises QueryError, UnknownRef and LedgerError."""
    target = parse_target(request.words)
    if not target.word:
        return watches(request) if request.allowed("inbox_watches", "") else refusals.not_allowed("watches")
    found = mutables(request, target)
    if not found:
        return nothing_called(request, target)
    if left := left_over(request.words):
        raise QueryError(f"I don't know what to do with “{left[0]}”.", f"inbox unmute {found[0].typed}")
    for meant in found:
        if request.service().watches.unmute(meant.muted):
            return words.unmuted(meant.called)
    return words.nothing_muted(found[0].called)
