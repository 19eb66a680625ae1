"""What making, listing, muting and ending watches says."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Literal

from pageinbox.language.watch import describe_watch
from pageinbox.model.announcement import Announcement, News, Occasion
from pageinbox.model.conversation import Conversation
from pageinbox.model.look import Look
from pageinbox.model.post import Command, Foreign, Line, Piece, Post
from pageinbox.model.source import Page, Source
from pageinbox.model.watch import Detail, Every, Later, PausedWatch, Watch, WatchSpec
from pageinbox.words.announcement import already_there, announcement, blindness
from pageinbox.words.common import FOLDER_NAMES, PLATFORM_NAMES, page_of
from pageinbox.words.english import clock, counted, spell

WATCHES = Command("inbox watches")
INSTAGRAM_WATCH = Command("inbox watch instagram")

Bound = Literal["exactly", "at most", "at least", "about"]

LATER = {
    Later.THREAD: ", with what is written later in its thread",
    Later.NOTHING: ", and nothing of what is written later",
}

SHOWN_AS = {
    Detail.COUNT: ", only as a number",
    Detail.INITIALS: ", with no more than initials",
    Detail.NAME: ", with names but not what they say",
    Detail.SNIPPET: ", with names and what they say",
}


def made(
    watch: Watch,
    pages: Mapping[str, Page],
    ref: Callable[[Conversation], str],
    detail: Detail,
    now: float,
    *,
    direct: bool = False,
    known: int | None = None,
    last_day: tuple[int, Bound] | None = None,
    sample: tuple[Source, Conversation] | None = None,
) -> Post:
    """A watch was made: what it will tell, what it would have told, and how that looks.

    `direct` is for a person rather than a room. `known` is how many conversations are there already, `last_day` of how
    many it would have told in the last day, and how sure that is; None where that is not known.
    `detail` is the setting, `sample` a real conversation to show an announcement by, `now` in seconds since 1970.
    """
    hearer = "you" if direct else "this room"
    lines: list[Line] = [(there(watch.wish, known) + would_have_told(watch.wish, last_day),)]
    if sample is not None:
        source, conversation = sample
        again = watch.wish.every is Every.MESSAGE
        news = News(watch.number, source, conversation, Occasion.ONGOING, watch.wish.detail, again, now, None)
        post = announcement(Announcement(0, "", watch.room, (news,)), pages, ref, detail, now)
        lines += [("An announcement looks like this:",), post.headline, *post.lines]
    return Post((f"Watch {watch.number}: {hearer} will hear of ", *wished(watch.wish, pages), "."), tuple(lines))


def wished(wish: WatchSpec, pages: Mapping[str, Page]) -> Line:
    """A wish as part of a sentence."""
    what = f"{'unread ' if wish.unread else ''}{'message' if wish.every is Every.MESSAGE else 'conversation'}"
    pieces: list[Piece] = [f"every new {what} in {wished_place(wish, pages)}"]
    if wish.name is not None:
        pieces += [", from ", Foreign(f"@{wish.name}", most=40)]
    if wish.text is not None:
        pieces += [", with ", Foreign(wish.text, quoted=True, most=60), " in its latest words"]
    if wish.later is not Later.EDIT:
        pieces.append(LATER[wish.later])
    if wish.detail is not None:
        pieces.append(SHOWN_AS[wish.detail])
    if quiet := wish.quiet:
        pieces.append(f", not between {quiet.begin:%H:%M} and {quiet.end:%H:%M} ({quiet.zone})")
    return tuple(pieces)


def wished_place(wish: WatchSpec, pages: Mapping[str, Page]) -> str:
    """Where a wish looks: the Page (or all, also those to come), the platform if it names one, and the folder."""
    parts = ["all Pages"] if wish.page is None else [page_of(pages, wish.page).title]
    if wish.page is None and len(pages) == 1:
        parts = [page.title for page in pages.values()]
    if wish.platform is not None:
        parts.append(PLATFORM_NAMES[wish.platform])
    return " · ".join((*parts, FOLDER_NAMES[wish.folder]))


def there(wish: WatchSpec, known: int | None) -> str:
    """What is said of the conversations that a new watch finds."""
    if known is None:
        return "I look now what is there already; that stays quiet."
    if not known:
        return "Nothing is there yet."
    if wish.every is Every.MESSAGE:
        return (
            f"{known:,} {'is' if known == 1 else 'are'} there already; I tell of one when somebody writes in it again."
        )
    return f"{known:,} {already_there(known)}."


def would_have_told(wish: WatchSpec, last_day: tuple[int, Bound] | None) -> str:
    """Of how much a watch would have told in the last day."""
    if last_day is None:
        return ""
    number, sure = last_day
    if not number:
        return " In the last day it would have told of nothing."
    what = counted(number, "message" if wish.every is Every.MESSAGE else "conversation")
    return f" In the last day it would have told of {'' if sure == 'exactly' else f'{sure} '}{what}."


def with_warnings(post: Post, looks: Sequence[Look], pages: Mapping[str, Page]) -> Post:
    """The post on a new watch with what keeps it from hearing of something, behind what is known of it."""
    warnings: list[Line] = []
    for look in looks:
        source = look.source
        page, folder = page_of(pages, source.page), FOLDER_NAMES[source.folder]
        where = f"{page.title} · {PLATFORM_NAMES[source.platform]}"
        if look.trouble is not None:
            warnings.append((f"I can't read {where} now: {blindness(look.trouble, page, source.platform)}",))
        elif look.folder == "ignored":
            text = f"{where} answers with its inbox when asked for {folder}, so nothing will be heard of there"
            warnings.append((f"{text}: Instagram keeps no folders for apps. To hear of its inbox: ", INSTAGRAM_WATCH))
        elif look.folder == "unsure":
            unsure = (
                f"{where}: I can't tell whether Instagram keeps {folder} apart; what I tell of may be in the inbox."
            )
            warnings.append((unsure,))
    return replace(post, lines=(*post.lines[:1], *warnings, *post.lines[1:]))


def already(watch: Watch) -> Post:
    """The same wish again."""
    return Post((f"That exists already as watch {watch.number}. What is watched here: ", WATCHES))


def watches(
    own: Sequence[Watch],
    others: int,
    muted: Mapping[int, float],
    muted_refs: Mapping[str, float],
    now: float,
    paused: Sequence[PausedWatch] = (),
) -> Post:
    """The watches of a room, its mutes with their ends (seconds since 1970), how many `others` other rooms have.

    `paused` are watches of the room that hear of nothing for now.
    """
    lines: list[Line] = [
        (
            f"Watch {one.number} sleeps, since its Page or its time zone is no longer known here: ",
            Foreign(one.words, most=300),
            ". To end it: ",
            Command(f"inbox unwatch {one.number}"),
        )
        for one in paused
    ]
    lines += [
        (f"{ref} is muted until {clock(until, now)}. To hear of it again: ", Command(f"inbox unmute {ref}"))
        for ref, until in muted_refs.items()
    ]
    notes: tuple[Line, ...] = ((f"Other rooms have {counted(others, 'watch', 'watches')}.",),) if others else ()
    if not own:
        begin: Line = ("Nothing is watched here. To hear of new conversations: ", Command("inbox watch messenger"))
        return Post(begin, tuple(lines), (), notes)
    rows = tuple(watch_cells(watch, muted.get(watch.number), now) for watch in own)
    return Post((f"{counted(len(own), 'watch', 'watches')} here",), tuple(lines), rows, notes)


def watch_cells(watch: Watch, until: float | None, now: float) -> tuple[Line, ...]:
    """One watch: its number, its words, and what is special about it."""
    marks = (["from the settings"] if watch.ops else []) + ([f"muted until {clock(until, now)}"] if until else [])
    return (str(watch.number),), words(watch), (", ".join(marks),)


def words(watch: Watch) -> Line:
    """What makes this watch, as it can be typed again."""
    return ("watch ", Foreign(describe_watch(watch.wish), most=300))


def unwatched(watch: Watch) -> Post:
    """A watch was ended."""
    return Post(
        (f"Watch {watch.number} is gone. To have it back: ", Command(f"inbox watch {describe_watch(watch.wish)}"))
    )


def one_at_a_time(name: str) -> Post:
    """More than one number after `unwatch`."""
    return Post(("One watch at a time, for example: ", Command(f"inbox unwatch {name}")))


def paused_ended(number: int) -> Post:
    """A watch that slept is taken away."""
    return Post((f"Watch {number} is gone. It had slept, so nothing changes here.",))


def cannot_unwatch(watch: Watch) -> Post:
    """A watch that ops made."""
    text = (
        f"Watch {watch.number} comes from the setting WATCHES; only there can it be taken out. "
        "To keep it still for a while: "
    )
    return Post((text, Command(f"inbox mute watch {watch.number} for 2h")))


def no_such_watch(name: str, have: Sequence[int]) -> Post:
    """A number that no watch of this room has; `have` are those it has."""
    what: Line = ("There is no watch ", Foreign(name, quoted=True, most=20), " here")
    if not have:
        return Post((*what, ", nor any other. To make one: ", Command("inbox watch messenger")))
    return Post((*what, f", only {spell([str(number) for number in have])}. To see what they are: ", WATCHES))


def nothing_to_unwatch(have: Sequence[int]) -> Post:
    """`unwatch` without a number."""
    return Post(("Which watch? Give its number, for example: ", Command(f"inbox unwatch {have[0] if have else 1}")))


def not_met(ref: str) -> Post:
    """A conversation that a list has shown, but that no watch has met."""
    text = f"No watch has met {ref}: it is in no list that is watched, or I have not looked there since. Watched here: "
    return Post((text, WATCHES))
