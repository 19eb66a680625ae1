"""From what people type behind a command about whole lists, such as `status`, to the lists that are meant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pageinbox.language.question import QuestionReading, default_folder, describe, parse
from pageinbox.language.reader import QueryError
from pageinbox.model.query import InboxQuery
from pageinbox.model.selection import Selection
from pageinbox.model.source import Folder


def parse_lists(text: str, pages: Sequence[str], *, lead: str, refusal: str, folders: bool = False) -> Selection:
    """Read a Page, a platform and, with `folders`, a folder; no folder is all of them.

    `pages` are the configured names, and `lead` is the command that stands before it. Raises `QueryError`, with
    `refusal` about what else was typed, which stands for `{}` in it.
    """
    reading = QuestionReading(text, pages)
    reading.lead = lead
    try:
        query = reading.query()
    except QueryError as error:
        likely = parse(error.example.removeprefix(lead), pages)
        if narrowed(likely, folders=folders or "folder" not in reading.found):
            raise QueryError(error.sentence) from None  # what was guessed is nothing to be offered
        raise
    named = None if reading.everywhere else reading.found.get("folder")
    lists = Selection(named if folders else None, query.platform, query.page)
    if said := narrowed(query, folders=folders or named is None):
        plain = InboxQuery(folder=lists.folder or Folder.INBOX, platform=lists.platform, page=lists.page)
        raise QueryError(refusal.format(said), f"{lead}{describe(plain)}".rstrip())
    return lists


def narrowed(query: InboxQuery, *, folders: bool) -> str:
    """What a question says besides its Page, its platform and, with `folders`, its folder, in canonical words."""
    default = default_folder(query.name, query.user_id, query.mark)
    return describe(replace(query, page=None, platform=None, folder=default if folders else query.folder))
