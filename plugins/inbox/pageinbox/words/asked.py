"""What was asked, as an answer says it again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from pageinbox.language.vocabulary import say
from pageinbox.model.answer import FACTS, Answer, ListFigures
from pageinbox.model.errors import RequestRefused
from pageinbox.model.post import Foreign, Line
from pageinbox.model.query import InboxQuery
from pageinbox.model.source import Folder, Page, Platform
from pageinbox.words.common import FOLDER_NAMES, PLATFORM_NAMES


def heading(answer: Answer, pages: Mapping[str, Page]) -> Line:
    """What was asked for, in the words of the answer: Page, platform, folder and filters."""
    query, sources = answer.query, [group.look.source for group in answer.groups]
    names, platforms = {source.page for source in sources}, {source.platform for source in sources}
    parts = [pages[names.pop()].title if len(names) == 1 else f"{len(names)} Pages"]
    if len(platforms) == 1:
        parts.append(PLATFORM_NAMES[platforms.pop()])
    parts += [FOLDER_NAMES[query.folder] if query.folder else "all folders", *filters(query)]
    name: Line = (" · ", Foreign(f"@{query.name}", most=24)) if query.name else ()
    text: Line = (" · text ", Foreign(query.text, quoted=True, most=40)) if query.text else ()
    return (" · ".join(parts), *name, *text)


def filters(query: InboxQuery) -> list[str]:
    """The filters of a question, but for the name and the text."""
    fields = ("mark", "unread", "waiting", "over", "closing", "since", "user_id")
    said = {field: getattr(query, field) for field in fields}
    return [say(field, value) for field, value in said.items() if value is not None]


def asked_facts(query: InboxQuery) -> list[str]:
    """What a question asks for that Meta may not tell."""
    return [fact for fact in FACTS if getattr(query, fact) is not None]


def without_folderless(answer: Answer) -> tuple[Answer, list[str]]:
    """An answer about all folders, without those of Instagram that are none, and the Pages that this is true of."""
    if answer.query.folder is not None:
        return answer, []
    rest, none = list[ListFigures](), list[str]()
    for group in answer.groups:
        look = group.look
        folder = look.source.platform is Platform.INSTAGRAM and look.source.folder is not Folder.INBOX
        if folder and (look.folder == "ignored" or isinstance(look.trouble, RequestRefused)):
            none.append(look.source.page)
        else:
            rest.append(group)
    return replace(answer, groups=rest), list(dict.fromkeys(none))
