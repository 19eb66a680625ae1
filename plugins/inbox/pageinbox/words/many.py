"""What is said of more Pages than can be told one by one: each reason once, a few by name, the others as a number."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from pageinbox.model.errors import Blocked, GraphError, NotAPage, NotAskedYet, PageMoved, StillAsking, Throttled
from pageinbox.model.post import Command, Line
from pageinbox.model.source import Folder, Page, Source
from pageinbox.model.text import fold
from pageinbox.words.common import FOLDER_NAMES, HANDFUL, MOST_NAMED, PLATFORM_NAMES, page_of
from pageinbox.words.english import counted, spell
from pageinbox.words.trouble import ANY, each_of, explain, explain_lasting, remedy

ROWS = 20
"""Rows at most where nobody said how many; what is left out is counted, and can be asked for."""

INDEXED = 1_000
"""Characters of a line of names, which is shorter than any chat breaks or cuts."""

FAILING = Command("inbox status failing")


def is_many(things: Collection[object]) -> bool:
    """Whether there are too many to be told one by one."""
    return len(things) > HANDFUL


def some(names: Sequence[str]) -> str:
    """The names, or a few of them and how many there are besides: `Acme, Beta, Core and 209 more`."""
    return spell([*names[:MOST_NAMED], f"{len(names) - MOST_NAMED:,} more"] if is_many(names) else names)


def called(names: Sequence[str], noun: str = "Pages") -> str:
    """The same as what a sentence is about: `Acme and Beta`, `212 Pages (Acme, Beta, Core and 209 more)`."""
    return f"{len(names):,} {noun} ({some(names)})" if is_many(names) else spell(names)


def index(names: Iterable[str]) -> list[Line]:
    """All names in the order of the alphabet, in lines of bearable length."""
    lines: list[list[str]] = [[]]
    for name in sorted(names, key=fold):
        if lines[-1] and sum(len(other) + 2 for other in lines[-1]) + len(name) > INDEXED:
            lines.append([])
        lines[-1].append(name)
    return [(", ".join(line),) for line in lines if line]


@dataclass(frozen=True, slots=True)
class Failing:
    """One list that can't be read: why, since when (None for always), and whether a watch keeps trying."""

    source: Source
    trouble: GraphError
    since: float | None = None
    watched: bool = False


def by_reason(failing: Iterable[Failing]) -> list[list[Failing]]:
    """Those that fail for the same reason together, whatever ids and times are their own.

    What most Pages have comes first, and what is merely late comes last.
    """
    alike: dict[str, list[Failing]] = {}
    for each in failing:
        trouble = each.trouble.but(retry_after=0.0, tries=1)
        if isinstance(trouble, NotAPage | PageMoved):
            trouble = trouble.but(detail="")
        alike.setdefault(remedy(trouble, ANY, each.source.platform), []).append(each)
    ordered = sorted(alike.items(), key=lambda pair: (is_late(pair[1][0].trouble), -len(pages_of(pair[1])), pair[0]))
    return [group for _, group in ordered]


def is_late(trouble: GraphError) -> bool:
    """Whether nothing is wrong but that an answer was due."""
    return isinstance(trouble, NotAskedYet | StillAsking)


def pages_of(failing: Iterable[Failing]) -> list[str]:
    """The names of the Pages, each once."""
    return list(dict.fromkeys(each.source.page for each in failing))


def named_lists(sources: Collection[Source], pages: Mapping[str, Page]) -> str:
    """Lists by a few of their Pages, and by the platform and the folder that all of them share."""
    names = {source.page for source in sources}
    platforms, folders = {source.platform for source in sources}, {source.folder for source in sources}
    configured = [name for name in pages if name in names]
    parts = [called([page_of(pages, name).title for name in (*configured, *sorted(names - {*configured}))])]
    parts += [PLATFORM_NAMES[platform] for platform in platforms if len(platforms) == 1]
    parts += [FOLDER_NAMES[folder] for folder in folders if len(folders) == 1 and folder is not Folder.INBOX]
    return " · ".join(parts)


def in_common(failing: Sequence[Failing]) -> GraphError:
    """What those that fail for the same reason have in common, with the longest time to wait."""
    troubles = [each.trouble for each in failing]
    first = troubles[0]
    return first.but(
        retry_after=max(trouble.retry_after for trouble in troubles),
        detail=first.detail if all(trouble.detail == first.detail for trouble in troubles) else "",
        words=first.words if all(trouble.words == first.words for trouble in troubles) else "",
    )


def reason(failing: Sequence[Failing], pages: Mapping[str, Page]) -> Line:
    """Why those can't be read that fail for the same reason, and what somebody can do about it."""
    trouble, names = in_common(failing), pages_of(failing)
    # Nobody has to ask again for what is read anyway; but only `explain` knows how long a pause still is.
    lasts = all(each.watched for each in failing) and not isinstance(trouble, Throttled | Blocked)
    page = each_of([page_of(pages, name) for name in names])
    return (explain_lasting if lasts else explain)(trouble, page, failing[0].source.platform)


def reasons(
    failing: Iterable[Failing], pages: Mapping[str, Page], then: Callable[[Sequence[Failing]], Line] = lambda group: ()
) -> list[Line]:
    """Why lists can't be read: each reason once, with a few of its Pages by name, and how to see what is not told.

    `then` says what else there is to say of those that fail for one reason.
    """
    groups, lines = by_reason(failing), list[Line]()
    for group in groups[:HANDFUL]:
        lines.append((f"{named_lists([each.source for each in group], pages)}: ", *reason(group, pages), *then(group)))
    if rest := [each.source for group in groups[HANDFUL:] for each in group]:
        lines.append((f"{named_lists(rest, pages)}: other trouble. To see what: ", FAILING))
    return lines


def reasons_by_name(failing: Iterable[Failing], pages: Mapping[str, Page]) -> list[Line]:
    """Why Pages can't be read: each reason with all of its Pages, as they are typed."""
    groups, lines = by_reason(failing), list[Line]()
    for group in groups[:HANDFUL]:
        names = pages_of(group)
        lines.append((f"{page_of(pages, names[0]).title if len(names) == 1 else counted(len(names), 'Page')}: ",
                      *reason(group, pages)))  # fmt: skip
        lines += index(names) if len(names) > 1 else []
    rest = {each.source.page: each.trouble for group in groups[HANDFUL:] for each in group}
    if rest:
        lines.append((f"{counted(len(rest), 'Page')}: other trouble, each with Meta's code where there is one.",))
        lines += index(f"{name} {trouble.number}".strip() for name, trouble in rest.items())
    return lines
