"""First contact by command: begun at once, and its report said later."""

from __future__ import annotations

from dataclasses import replace

from pageinbox.checkup.deep.whole import deep as examine
from pageinbox.checkup.deep.whole import most
from pageinbox.commands.request import Going, Request
from pageinbox.language.question import parse
from pageinbox.language.reader import QueryError
from pageinbox.language.vocabulary import say
from pageinbox.model.post import Post
from pageinbox.model.query import InboxQuery
from pageinbox.words import deep as words
from pageinbox.words import refusals

DEEP = "deep"


def deep(request: Request, typed: str) -> Post:
    """Find out how Meta's API behaves for one Page, which `typed` names where there are several. Raises QueryError."""
    if not request.admin:
        return refusals.not_allowed(f"doctor {DEEP}", admins_alone=True)
    clients = request.answers.listing.clients
    query = parse(typed, request.answers.pages, lead=f"inbox doctor {DEEP} ")
    name = query.page or (next(iter(clients)) if len(clients) == 1 else None)
    if name is None or replace(query, page=None) != InboxQuery():
        example = say("page", name or next(iter(clients)))
        raise QueryError("I can find that out for one whole Page at a time.", f"inbox doctor {DEEP} {example}")
    client = clients[name]
    if client.page.missing:
        return refusals.refused(client.page.missing)

    def made(going: Going) -> Post:
        return words.report(examine(client, going=going), request.clock())

    if not request.later(made):
        return words.busy()
    return words.begun(client.page, most(client.page), alone=request.alone and not request.direct)
