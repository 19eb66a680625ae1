"""What making a watch says: what it will announce, what it would have announced, and what it won't hear."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Literal

from pageinbox.language.vocabulary import say
from pageinbox.model.announcement import Announcement, News, Occasion
from pageinbox.model.conversation import Conversation
from pageinbox.model.look import Look
from pageinbox.model.post import Command, Foreign, Line, Piece, Post
from pageinbox.model.source import Folder, Page, Platform, Source
from pageinbox.model.watch import Detail, Every, Later, Watch, WatchSpec
from pageinbox.words.announcement import announcement
from pageinbox.words.ceiling import MOST, exceeds, limit
from pageinbox.words.common import FOLDER_NAMES, PLATFORM_NAMES, page_of
from pageinbox.words.english import counted, exactly, spell
from pageinbox.words.many import Failing, is_late, is_many, named_lists, reasons
from pageinbox.words.notices import already_there
from pageinbox.words.remarks import perhaps_not_empty
from pageinbox.words.trouble import explain_lasting
from pageinbox.words.watches import WATCHES, name_of

INSTAGRAM_WATCH = Command("inbox watch instagram")

Bound = Literal["exactly", "at most", "at least", "about"]

LATER = {
    Later.THREAD: ", with later messages in its thread",
    Later.NOTHING: ", without later updates",
}

SHOWN_AS = {
    Detail.COUNT: ", as a number only",
    Detail.INITIALS: ", with initials only",
    Detail.NAME: ", with names but no text",
    Detail.SNIPPET: ", with names and text",
}


def made(
    watch: Watch,
    pages: Mapping[str, Page],
    ref: Callable[[Conversation], str],
    ceiling: Detail,
    now: float,
    *,
    direct: bool = False,
    known: int | None = None,
    last_day: tuple[int, Bound] | None = None,
    sample: tuple[Source, Conversation] | None = None,
) -> Post:
    """A watch was made: what it will announce, what it would have announced, and how that looks.

    `direct` is for a person rather than a room. `known` is how many conversations are there already, `last_day` of how
    many it would have announced in the last day, and how sure that is; None where that is not known.
    `ceiling` is what the room may see at most, `sample` a real conversation to show an announcement by, `now` in
    seconds since 1970.
    """
    hearer = "you" if direct else "this room"
    begin, spec = f"Watch {watch.number}: I'll ", watch.spec
    lines: list[Line] = []
    if exceeds(spec, ceiling):
        lines.append((f"It asks for {MOST[spec.detail or ceiling]}, but {limit(ceiling)}",))
        spec = replace(spec, detail=ceiling)
    if spec.every is Every.NOTHING:
        told = f"Watch {watch.number}: reminders only, of ", *described(spec, pages), "."
        return Post(told, (*lines, reminders(spec, hearer)))
    lines.append((there(spec, known) + would_have_announced(spec, last_day),))
    if spec.reminds:
        lines.append(reminders(spec, hearer))
    if sample is not None:
        source, conversation = sample
        again = spec.every is Every.MESSAGE
        news = News(watch.number, source, conversation, Occasion.ONGOING, spec.detail, again, now, None)
        post = announcement(Announcement(0, "", watch.room, (news,)), pages, ref, ceiling, now)
        lines += [("An announcement looks like this:",), post.headline, *post.lines]
    return Post((begin + f"tell {hearer} about ", *described(spec, pages), "."), tuple(lines))


def described(spec: WatchSpec, pages: Mapping[str, Page]) -> Line:
    """What a watch hears about, as part of a sentence."""
    states = [say(field, value) for field in ("unread", "waiting") if (value := getattr(spec, field)) is not None]
    what = " ".join([*states, "message" if spec.every is Every.MESSAGE else "conversation"])
    new = "" if spec.every is Every.NOTHING else "new "
    pieces: list[Piece] = [f"every {new}{what} in {watched_lists(spec, pages)}"]
    if spec.name is not None:
        pieces += [", from ", Foreign(f"@{spec.name}", most=40)]
    if spec.text is not None:
        pieces += [", with ", Foreign(spec.text, quoted=True, most=60), " in the latest message"]
    if spec.later is not Later.EDIT:
        pieces.append(LATER[spec.later])
    if spec.detail is not None:
        pieces.append(SHOWN_AS[spec.detail])
    if spec.batch is not None:
        each = {3600: "hour"}.get(spec.batch, exactly(spec.batch))
        pieces.append(f", in one message every {each}")
    if not spec.buttons:
        pieces.append(", without buttons")
    if quiet := spec.quiet:
        pieces.append(f", but not between {quiet.begin:%H:%M} and {quiet.end:%H:%M} ({quiet.zone})")
    if spec.ping:
        pieces.append(", and ping ")
        for place, ping in enumerate(spec.ping):
            pieces += [*([" and " if place == len(spec.ping) - 1 else ", "] if place else []), name_of(ping)]
    return tuple(pieces)


def reminders(spec: WatchSpec, hearer: str) -> Line:
    """When a watch reminds of who waits."""
    times = []
    if spec.waits:
        times.append(f"when somebody has waited {spell([exactly(step) for step in spec.waits], 'or')} for an answer")
    if spec.closes is not None:
        quiet = ", even in quiet hours" if spec.quiet is not None else ""
        times.append(f"{exactly(spec.closes)} before Meta's reply window closes{quiet}")
    return (f"I'll remind {hearer} {spell(times)}. Whoever is past that already is left out.",)


def watched_lists(spec: WatchSpec, pages: Mapping[str, Page]) -> str:
    """Where a watch looks: the Page (or all, also those to come), the platform if it names one, and the folder."""
    parts = ["all Pages"] if spec.page is None else [page_of(pages, spec.page).title]
    if spec.page is None and len(pages) == 1:
        parts = [page.title for page in pages.values()]
    if spec.platform is not None:
        parts.append(PLATFORM_NAMES[spec.platform])
    return " · ".join((*parts, FOLDER_NAMES[spec.folder]))


def there(spec: WatchSpec, known: int | None) -> str:
    """What is said about the conversations that a new watch finds."""
    if known is None:
        return "I'm reading what is already there; I won't announce that."
    if not known:
        return "There are no conversations there yet."
    found = counted(known, "conversation")
    if spec.every is Every.MESSAGE:
        each = "is already there; I'll announce it" if known == 1 else "are already there; I'll announce one"
        return f"{found} {each} when somebody writes in it again."
    return f"{found} {already_there(known)}."


def would_have_announced(spec: WatchSpec, last_day: tuple[int, Bound] | None) -> str:
    """How much a watch would have announced in the last day."""
    if last_day is None:
        return ""
    number, sure = last_day
    if not number:
        return " In the last 24 hours it would have announced nothing."
    what = counted(number, "message" if spec.every is Every.MESSAGE else "conversation")
    return f" In the last 24 hours it would have announced {'' if sure == 'exactly' else f'{sure} '}{what}."


def with_warnings(post: Post, looks: Sequence[Look], pages: Mapping[str, Page]) -> Post:
    """The post about a new watch, with warnings about what it will not hear, below its first line."""
    warnings: list[Line] = []
    if is_many({look.source.page for look in looks}):
        warnings, looks = warnings_of_many(looks, pages), ()
    for look in looks:
        source = look.source
        page, folder = page_of(pages, source.page), FOLDER_NAMES[source.folder]
        where = f"{page.title} · {PLATFORM_NAMES[source.platform]}"
        if look.trouble is not None and not is_late(look.trouble):
            warnings.append(
                (f"I can't read {where} right now. ", *explain_lasting(look.trouble, page, source.platform))
            )
        elif look.folder == "ignored":
            text = f"{where} returns its inbox when asked for {folder}, so I can't announce anything there"
            warnings.append((f"{text}: Instagram offers apps no folders. To watch its inbox: ", INSTAGRAM_WATCH))
        elif look.folder == "unsure":
            unsure = (
                f"{where}: I can't tell whether Instagram keeps {folder} separate; what I announce may be in the inbox."
            )
            warnings.append((unsure,))
    warnings += of_empty(looks, pages)
    return replace(post, lines=(*post.lines[:1], *warnings, *post.lines[1:]))


def of_empty(looks: Sequence[Look], pages: Mapping[str, Page]) -> list[Line]:
    """That lists of Instagram's were read and held nothing, which Meta also says of those that nobody may read."""
    read = [look for look in looks if look.at is not None and look.trouble is None and look.folder != "ignored"]
    empty = [look.source for look in read if not (look.conversations or look.unreadable or look.more)]
    empty = [source for source in empty if source.platform is Platform.INSTAGRAM]
    if not empty:
        return []
    folder = empty[0].folder
    what = "the inbox" if folder is Folder.INBOX else FOLDER_NAMES[folder]
    why = "If that is wrong, ask for one Page, and I'll say what the cause may be."
    why = why if empty[1:] else perhaps_not_empty(folder)
    return [(f"{named_lists(empty, pages)}: Meta says {what} is empty. {why}",)]


def already(watch: Watch) -> Post:
    """The same watch again."""
    return Post((f"Watch {watch.number} already does that. To see what is watched here: ", WATCHES))


def warnings_of_many(looks: Sequence[Look], pages: Mapping[str, Page]) -> list[Line]:
    """The same warnings for many Pages: each once for all that it is true of."""
    failing = [
        Failing(look.source, look.trouble, watched=True)
        for look in looks
        if look.trouble is not None and not is_late(look.trouble)
    ]
    lines = reasons(failing, pages)
    if ignored := [look.source for look in looks if look.folder == "ignored" and look.trouble is None]:
        where, folder = named_lists(ignored, pages), FOLDER_NAMES[ignored[0].folder]
        text = f"{where}: asked for {folder}, Instagram returns the inbox, so I can't announce anything there. "
        lines.append((f"{text}To watch the inbox: ", INSTAGRAM_WATCH))
    if unsure := [look.source for look in looks if look.folder == "unsure" and look.trouble is None]:
        where, folder = named_lists(unsure, pages), FOLDER_NAMES[unsure[0].folder]
        text = f"{where}: I can't tell whether Instagram keeps {folder} separate; what I announce may be in the inbox."
        lines.append((text,))
    return [*lines, *of_empty(looks, pages)]
