"""The command that tells what is kept of customers and of the team."""

from __future__ import annotations

from pageinbox.commands.request import Request
from pageinbox.model.errors import LedgerError
from pageinbox.model.post import Post
from pageinbox.words import privacy as words


def privacy(request: Request) -> Post:
    """What is kept, for how long, where and who sees it. The ledger need not answer for that."""
    where = ""
    if request.sees_all:
        try:
            where = request.service().ledger.where
        except LedgerError as error:
            where = error.where
    pages = [page.title for page in request.settings.pages.values()]
    days, detail = request.settings.retention_days, request.ceiling
    return words.privacy(pages, detail, days=days, cache=request.settings.cache_ttl, where=where)
