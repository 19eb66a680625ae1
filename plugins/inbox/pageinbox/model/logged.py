"""What a line of the log is about, as fields beside its words, and what its words may not say.

A text log shows the words alone; one of JSON has the fields too (config_template.py).
"""

from __future__ import annotations

import re

from pageinbox.model.errors import GraphError, LedgerError
from pageinbox.model.ref import SHORTEST, digits_of
from pageinbox.model.source import Source

PERSON = re.compile(r"<@\w+(\|[^>]*)?>|@(?!…)[^\s,;”\"']+")
"""A person as chats name them: `<@U1>` on Slack, `@sam:chat.example` on Matrix, `@sam` elsewhere."""


def about(
    source: Source | None = None, *, page: str = "", conversation: str = "", error: BaseException | None = None
) -> dict[str, str]:
    """What to give a logger as `extra`: `page`, `platform`, `folder`, `ref`, `error` and `code`, where they are known.

    `conversation` is an id, of which only the ref is logged. `error` is told by its kind, and by Meta's code.
    """
    fields = {"page": page}
    if source is not None:
        fields = {"page": source.page, "platform": source.platform.value, "folder": source.folder.value}
    if conversation:
        fields["ref"] = digits_of(conversation)[:SHORTEST]
    if error is not None:
        fields["error"] = error.kind if isinstance(error, GraphError | LedgerError) else type(error).__name__
        fields["code"] = error.number if isinstance(error, GraphError) else ""
    return {name: value for name, value in fields.items() if value}


def nobody_named(text: object) -> str:
    """A room, or why it can't be written to, as the log may say it: a direct chat is named like a person."""
    return PERSON.sub("@…", str(text))
