"""What is said of the digests that a room has: which, when they come, and that one has ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from pageinbox.language.digest import describe_digest, describe_lists
from pageinbox.model.calendar import WEEKDAYS
from pageinbox.model.digest import EVERY_DAY, NINE, Digest, DigestSpec, Rhythm
from pageinbox.model.post import Command, Line, Post, Time
from pageinbox.model.selection import Selection
from pageinbox.model.source import Folder, Page
from pageinbox.words.common import FOLDER_NAMES, PLATFORM_NAMES, page_of
from pageinbox.words.english import counted, spell

PAUSED = "its Page or time zone is no longer known here"


def when(rhythm: Rhythm) -> str:
    """When a digest comes: `every day at 09:00 (Europe/Rome)`, `from Monday to Friday at 09:00 (UTC)`."""
    days, names = rhythm.days, [day.title() for day in WEEKDAYS]
    if days == EVERY_DAY:
        which = "every day"
    elif len(days) > 2 and days == tuple(range(days[0], days[-1] + 1)):
        which = f"from {names[days[0]]} to {names[days[-1]]}"
    else:
        which = f"every {spell([names[day] for day in days])}"
    return f"{which} at {rhythm.at:%H:%M} ({rhythm.zone})"


def where(lists: Selection, pages: Mapping[str, Page]) -> str:
    """The lists that it is about: of all Pages where it names none, also of those to come."""
    names = list(pages) if lists.page is None else [lists.page]
    parts = [page_of(pages, names[0]).title if len(names) == 1 else "all Pages"]
    parts += [] if lists.platform is None else [PLATFORM_NAMES[lists.platform]]
    return " · ".join((*parts, FOLDER_NAMES[lists.folder or Folder.INBOX]))


def about(spec: DigestSpec, alone: bool) -> str:
    """What names a room's digest behind a command; nothing where it has just the one."""
    return "" if alone else f" {describe_lists(spec.lists) or spec.lists.folder}"


def kept(
    each: Digest,
    spec: DigestSpec,
    before: DigestSpec | None,
    pages: Mapping[str, Page],
    now: float,
    *,
    direct: bool,
    alone: bool,
    unwatched: bool,
) -> Post:
    """A digest was made, comes at another time than `before`, or is there already.

    `alone` says that the room has no other, `unwatched` that nobody looked at some of its lists so far.
    """
    room, what = "You" if direct else "This room", where(spec.lists, pages)
    next_one = coming("next", each, now)
    if before == spec:
        get = "already get" if direct else "already gets"
        line: Line = (f"{room} {get} a digest of {what} {when(spec.rhythm)}.", *next_one)
    elif before is not None:
        whose = "Your" if direct else "This room's"
        line = (f"{whose} digest of {what} now comes {when(spec.rhythm)} instead of {when(before.rhythm)}.", *next_one)
    else:
        get = "get" if direct else "gets"
        line = (f"{room} {get} a digest of {what} {when(spec.rhythm)}.", *coming("first", each, now))
    begins: tuple[Line, ...] = (("Nobody has watched all of that so far, so it counts what comes from now on.",),)
    named = about(spec, alone)
    see: Line = ("To see it now: ", Command(f"inbox digest{named}"))
    return Post(line, begins if unwatched else (), (), ((*see, " · to end it: ", Command(f"inbox digest off{named}")),))


def coming(which: str, each: Digest, now: float) -> Line:
    """When the first or the next one comes."""
    if each.due <= now:
        return (f" The {which} one is on its way.",)
    return (f" The {which} one: ", Time(each.due, now), ".")


def ended(specs: Sequence[DigestSpec | None], pages: Mapping[str, Page]) -> Post:
    """One or all of a room's digests have ended."""
    if len(specs) > 1:
        return Post((f"{counted(len(specs), 'digest')} have ended.",))
    if (spec := specs[0]) is None:
        return Post(("The digest has ended. It was paused, so nothing changes here.",))
    again = Command(f"inbox digest {describe_digest(spec)}")
    return Post((f"The digest of {where(spec.lists, pages)} has ended. To get it back: ", again))


def none_here(lists: Selection | None, others: Sequence[Digest], pages: Mapping[str, Page]) -> Post:
    """Nothing to end: there is no digest, or none of these lists."""
    of = "" if lists is None else f" of {where(lists, pages)}"
    line: Line = (f"There is no digest{of} here.",)
    if not others:
        return Post((*line, " To get one: ", example(lists or Selection())))
    return Post((*line, " To see what there is: ", Command("inbox watches")))


def which(own: Sequence[Digest], pages: Mapping[str, Page]) -> Post:
    """`off` where there are several, and none is named."""
    rows = tuple(
        ((where(each.spec.lists, pages),), (Command(f"inbox digest off{about(each.spec, False)}"),))
        for each in own
        if each.spec is not None
    )
    every: Line = ("To end all of them: ", Command("inbox digest off all"))
    return Post((f"There are {counted(len(own), 'digest')} here. Which one should end?",), (), rows, (every,))


def example(lists: Selection) -> Command:
    """How to get a digest of these lists every day."""
    return Command(f"inbox digest daily {NINE:%H:%M} {describe_lists(lists)}".strip())


def shown(post: Post, lists: Selection, mine: Digest | None, others: Sequence[Digest]) -> Post:
    """A digest that somebody asked for: how to get one like it every day, or to see the room's others."""
    notes: list[Line] = []
    if mine is None:
        notes.append(("To get this every day: ", example(lists)))
    for other in others:
        if other.spec is not None:
            notes.append(("Also here: ", Command(f"inbox digest{about(other.spec, False)}")))
    return replace(post, notes=(*post.notes, *notes))


def nobody_watches(lists: Selection, pages: Mapping[str, Page]) -> Post:
    """There are no figures of lists that nobody looks at."""
    what = f"Nobody watches {where(lists, pages)}, so I have nothing to tell of it. To have me look from now on: "
    return Post((what, example(lists)))


def listed(own: Sequence[Digest], pages: Mapping[str, Page], now: float) -> list[Line]:
    """A room's digests among its watches."""
    lines: list[Line] = []
    for each in own:
        off = f"inbox digest off{about(each.spec, len(own) == 1) if each.spec else ''}"
        if each.spec is None:
            lines.append((f"A digest is paused, because {PAUSED}. To end it: ", Command(off)))
            continue
        what = f"Digest of {where(each.spec.lists, pages)} {when(each.spec.rhythm)}."
        lines.append((what, *coming("next", each, now), " To end it: ", Command(off)))
    return lines
