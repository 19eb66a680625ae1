"""A question about the inbox."""

from __future__ import annotations

from dataclasses import dataclass

from pageinbox.model.source import Folder, Platform


@dataclass(frozen=True, slots=True)
class InboxQuery:
    """One question about the inbox, as `parse` gives it; `None` is no restriction.

    `page` is spelled as configured. `user_id` is a PSID or IGSID, digits only. `name` is a user name or
    a name without the @, already through `fold`. `since` is in seconds back from now. `limit` is
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


@dataclass(frozen=True, slots=True)
class Target:
    """What somebody named: a ref or a number as `word`, folded; `kind` is `watch` or `row` where they said which."""

    word: str
    kind: str = ""

    def __str__(self) -> str:
        return f"{self.kind} {self.word}".lstrip()
