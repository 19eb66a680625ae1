"""A question about the inbox, and how to say it in canonical words."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from typing import Any

from pageinbox.grammar import (
    FILLERS,
    GRAMMAR,
    clean,
    fold,
)
from pageinbox.source import Folder, Platform


@dataclass(frozen=True, slots=True)
class InboxQuery:
    """One question about the inbox, as :func:`parse` gives it; ``None`` is no restriction.

    ``page`` is spelled as configured. ``user_id`` is a PSID or IGSID, digits only. ``name`` is a user name or
    a name without the @, already through :func:`fold`. ``since`` is in seconds back from now. ``limit`` is
    how many rows to show, 1 to 50.
    """

    folder: Folder = Folder.INBOX
    platform: Platform | None = None
    page: str | None = None
    user_id: str | None = None
    name: str | None = None
    unread: bool = False
    since: int | None = None
    limit: int = 10


class QueryError(ValueError):
    """The question was not understood; ``str()`` is the one line a person reads.

    It can repeat what was typed, cut short, without control characters: show it as plain text, not markup.
    """


def describe(query: InboxQuery) -> str:
    """The question in canonical words, less what is the default: ``parse(describe(q), pages) == q``."""
    plain = InboxQuery()
    said = ((field.name, getattr(query, field.name)) for field in fields(query))
    return " ".join(say(field, value) for field, value in said if value != getattr(plain, field))


def say(field: str, value: Any) -> str:
    """One field of a question in canonical words."""
    match field:
        case "folder":
            return "done" if value is Folder.DONE else str(value)
        case "page":
            name = clean(value).replace('"', "")
            if not re.fullmatch(r"[^\W\d_]([\w.-]*[^\W_])?", name):
                return f'page "{name}"'
            return f"page {name}" if fold(name) in GRAMMAR | FILLERS else name
        case "user_id":
            return f"user {value}"
        case "name":
            return f"@{value}" if re.fullmatch(r"[\w.]*\w", value) else f'@"{value}"'
        case "unread":
            return "unread"
        case "since":
            # 24h rather than 1d, as people say it; days from two on
            sizes = [("d", 86400)] * (value > 86400) + [("h", 3600), ("m", 60), ("s", 1)]
            return next(f"since {value // size}{unit}" for unit, size in sizes if value % size == 0)
        case "limit":
            return f"limit {value}"
    return str(value)
