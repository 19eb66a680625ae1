"""The command by which an admin has a person erased."""

from __future__ import annotations

from dataclasses import replace

from pageinbox.ask.rows import Found
from pageinbox.commands.questions import understood
from pageinbox.commands.request import Request
from pageinbox.commands.triage import last_seen
from pageinbox.language.mute import take_target
from pageinbox.language.question import describe, parse
from pageinbox.language.reader import MARKED, QueryError, Reading
from pageinbox.language.vocabulary import FILLERS, say
from pageinbox.model.conversation import Conversation
from pageinbox.model.post import Post
from pageinbox.model.query import InboxQuery
from pageinbox.model.text import UNSAFE, bare
from pageinbox.words import erasing as words

YES, USER = "yes", "user"

EXAMPLE = "inbox forget user 1602000000000001"

WANT = 200
"""Conversations of one person that are looked for in each list."""


def forget(request: Request) -> Post:
    """Say what would be erased, or erase it. Raises QueryError, UnknownRef, AskedTooOften and LedgerError."""
    typed = request.words.split()
    while typed and bare(typed[-1]) in FILLERS:
        typed.pop()  # "yes please"
    sure = len(typed) > 1 and bare(typed[-1]) == YES
    if sure:
        typed.pop()
    if not typed:
        stays, tidy = request.service().erasing.left()
        return words.left(stays, tidy=tidy, named=request.sees_all)
    if USER in map(bare, Reading(" ".join(typed), ()).words):
        return of_person(request, " ".join(typed), sure=sure)
    named = request.answers.find(request.reader, one_named(" ".join(typed)))
    seen = last_seen(request, named) or Conversation(named.conversation_id, 0.0, named.source.platform)
    return carried_out(request, [(named.source, seen)], named.ref, sure=sure)


def one_named(typed: str) -> str:
    """The ref or the number of a row that is named, and nothing else with it. Raises QueryError."""
    words = Reading(typed, ()).words
    by_name = next((word[1:] for word in words if word.startswith(MARKED)), "")
    target = take_target(words).word
    others = [word for word in words if bare(word) not in FILLERS | {""}]
    if by_name:
        example = "" if UNSAFE.search(by_name) else f"inbox {say('name', by_name)}"
        raise QueryError("People can share a name, so I need a ref; a list shows it.", example)
    if not target or target == YES:
        raise QueryError("I need a ref, the number of a row or a user ID.", "inbox forget 3")
    if others:
        raise QueryError("One conversation at a time, by its ref, its row or a user ID.", "inbox forget 3")
    return target


def of_person(request: Request, typed: str, *, sure: bool) -> Post:
    """The same for the conversations that Meta shows of a person, whom the ledger does not know by id."""
    if not any(map(str.isdecimal, typed)):
        raise QueryError("A user ID has digits only. A list shows the ref of somebody whose name you know.", EXAMPLE)
    query = parse(typed, request.answers.pages, lead="inbox forget ")
    if replace(query, page=None, platform=None) != InboxQuery(folder=None, user_id=query.user_id):
        raise QueryError("Give the ID, and at most a platform or a Page.", EXAMPLE)
    looks = request.answers.listing.looks(
        request.answers.sources(query), room=request.reader, user_id=query.user_id, want=WANT
    )
    failed = [look for look in looks if look.trouble is not None]
    found = {item.id: (look.source, item) for look in looks for item in look.conversations}
    if failed:
        return words.not_asked(request.settings.pages, failed)
    if not found:
        return words.nobody()
    return carried_out(request, list(found.values()), describe(query), sure=sure)


def carried_out(request: Request, found: list[Found], typed: str, *, sure: bool) -> Post:
    """What would be erased, or what was; `typed` is how it was named."""
    give, service = request.answers.refs.give, request.service()
    refs = [give(source, item.id) for source, item in found]
    names = [item.name for _, item in found if item.name]
    watches = [watch for watch in service.watches.watches() if any(map(watch.spec.names, names))]
    if not sure:
        traces = service.erasing.traces([item.id for _, item in found])
        return words.asked(refs, traces, f"inbox forget {typed} {YES}", named=request.sees_all, watches=watches)
    erased = service.erasing.erase(found)
    understood.cache_clear()
    service.wake()
    return words.done(refs, erased, named=request.sees_all, watches=watches)
