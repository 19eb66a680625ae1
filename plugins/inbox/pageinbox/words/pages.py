"""What `!inbox pages` says: which Pages are read, and who they are at Meta."""

from __future__ import annotations

from collections.abc import Mapping

from pageinbox.language.vocabulary import say
from pageinbox.model.errors import GraphError
from pageinbox.model.post import Command, Foreign, Line, Post
from pageinbox.model.source import Folder, Identity, Page, Source
from pageinbox.words.common import PLATFORM_NAMES
from pageinbox.words.english import counted, spell
from pageinbox.words.many import Failing, index, is_many, pages_of, reasons_by_name
from pageinbox.words.trouble import explain


def pages(chosen: Mapping[str, Page], found: Mapping[str, Identity | GraphError]) -> Post:
    """The Pages as configured, with what Meta says about them or why it says nothing."""
    if is_many(chosen):
        return many_pages(chosen, found)
    rows: list[tuple[Line, ...]] = []
    lines: list[Line] = []
    for name, page in chosen.items():
        answer = found[name]
        platforms = spell([PLATFORM_NAMES[platform] for platform in page.platforms])
        if isinstance(answer, GraphError):
            lines.append((f"{page.title}: ", *explain(answer, page, page.platforms[0])))
            rows.append(((page.name,), (f"ID {page.id}",), (platforms,), ("can't be read",), ()))
            continue
        account: Line = ("no Instagram account linked",)
        if answer.instagram_username:
            account = (Foreign(f"@{answer.instagram_username}", most=24), " on Instagram")
        elif answer.instagram_id:
            account = (f"Instagram account {answer.instagram_id}",)
        title: Line = (Foreign(answer.name, most=40),) if answer.name else ()
        rows.append(((page.name,), (f"ID {page.id}",), (platforms,), title, account))
    return Post((counted(len(rows), "Page"),), tuple(lines), tuple(rows))


def many_pages(chosen: Mapping[str, Page], found: Mapping[str, Identity | GraphError]) -> Post:
    """The same for many Pages: every name, first those about which Meta says nothing, and how to see one."""
    failing = [
        Failing(Source(name, page.platforms[0], Folder.INBOX), trouble)
        for name, page in chosen.items()
        if isinstance(trouble := found[name], GraphError)
    ]
    lines = reasons_by_name(failing, chosen)
    without = {*pages_of(failing)}
    others = [name for name in chosen if name not in without]
    if failing and others:
        lines.append((f"The other {counted(len(others), 'Page')}:" if len(others) > 1 else "The other Page:",))
    one = next(iter(others or chosen))
    note: Line = ("To see one with its ID and its accounts: ", Command(f"inbox pages {say('page', one)}"))
    return Post((counted(len(chosen), "Page"),), (*lines, *index(others)), (), (note,))
