"""The command that tells what is kept of customers and of the team."""

from __future__ import annotations

from pageinbox.commands.request import Request
from pageinbox.language.reader import QueryError, spellings
from pageinbox.language.vocabulary import FILLERS
from pageinbox.model.errors import LedgerError
from pageinbox.model.post import Post
from pageinbox.model.text import bare, cut
from pageinbox.words import privacy as words

LEAD = "inbox privacy"


def privacy(request: Request) -> Post:
    """What is kept, for how long, where and who sees it. The ledger need not answer for that. Raises QueryError."""
    known = {*FILLERS, *spellings(tuple(request.answers.pages)), "", "customers", "policy", "notice"}
    if odd := next((word for word in request.words.split() if bare(word) not in known), ""):
        raise QueryError(f"What I keep is the same for every customer and list, so I can't go by “{cut(odd)}”.", LEAD)
    where = ""
    if request.sees_all:
        try:
            where = request.service().ledger.where
        except LedgerError as error:
            where = error.where
    pages = [page.title for page in request.settings.pages.values()]
    days, detail = request.settings.retention_days, request.ceiling
    return words.privacy(pages, detail, days=days, cache=request.settings.cache_ttl, where=where)
