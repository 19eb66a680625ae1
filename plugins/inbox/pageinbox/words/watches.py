"""What making, listing, muting and ending watches says."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Literal

from pageinbox.language.ping import say_ping
from pageinbox.language.vocabulary import say
from pageinbox.language.watch import describe_watch
from pageinbox.model.announcement import Announcement, News, Occasion
from pageinbox.model.conversation import Conversation
from pageinbox.model.errors import NotAskedYet
from pageinbox.model.look import Look
from pageinbox.model.post import Command, Foreign, Line, Piece, Post, Time
from pageinbox.model.source import Page, Source
from pageinbox.model.watch import Detail, Every, Later, PausedWatch, Ping, Watch, WatchSpec
from pageinbox.words.announcement import announcement
from pageinbox.words.common import FOLDER_NAMES, PLATFORM_NAMES, page_of
from pageinbox.words.english import counted, spell
from pageinbox.words.notices import already_there
from pageinbox.words.trouble import explain_lasting

WATCHES = Command("inbox watches")
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
    detail: Detail,
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
    `detail` is the setting, `sample` a real conversation to show an announcement by, `now` in seconds since 1970.
    """
    hearer = "you" if direct else "this room"
    lines: list[Line] = [(there(watch.spec, known) + would_have_announced(watch.spec, last_day),)]
    if sample is not None:
        source, conversation = sample
        again = watch.spec.every is Every.MESSAGE
        news = News(watch.number, source, conversation, Occasion.ONGOING, watch.spec.detail, again, now, None)
        post = announcement(Announcement(0, "", watch.room, (news,)), pages, ref, detail, now)
        lines += [("An announcement looks like this:",), post.headline, *post.lines]
    return Post((f"Watch {watch.number}: I'll tell {hearer} about ", *described(watch.spec, pages), "."), tuple(lines))


def described(spec: WatchSpec, pages: Mapping[str, Page]) -> Line:
    """What a watch hears about, as part of a sentence."""
    states = [say(field, value) for field in ("unread", "waiting") if (value := getattr(spec, field)) is not None]
    what = " ".join([*states, "message" if spec.every is Every.MESSAGE else "conversation"])
    pieces: list[Piece] = [f"every new {what} in {watched_lists(spec, pages)}"]
    if spec.name is not None:
        pieces += [", from ", Foreign(f"@{spec.name}", most=40)]
    if spec.text is not None:
        pieces += [", with ", Foreign(spec.text, quoted=True, most=60), " in the latest message"]
    if spec.later is not Later.EDIT:
        pieces.append(LATER[spec.later])
    if spec.detail is not None:
        pieces.append(SHOWN_AS[spec.detail])
    if quiet := spec.quiet:
        pieces.append(f", but not between {quiet.begin:%H:%M} and {quiet.end:%H:%M} ({quiet.zone})")
    if spec.ping:
        pieces.append(", and ping ")
        for place, ping in enumerate(spec.ping):
            pieces += [*([" and " if place == len(spec.ping) - 1 else ", "] if place else []), name_of(ping)]
    return tuple(pieces)


def name_of(ping: Ping) -> Foreign:
    """A name as text, which pings nobody."""
    return Foreign(say_ping(ping.name), most=40)


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
    for look in looks:
        source = look.source
        page, folder = page_of(pages, source.page), FOLDER_NAMES[source.folder]
        where = f"{page.title} · {PLATFORM_NAMES[source.platform]}"
        if look.trouble is not None and not isinstance(look.trouble, NotAskedYet):
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
    return replace(post, lines=(*post.lines[:1], *warnings, *post.lines[1:]))


def already(watch: Watch) -> Post:
    """The same watch again."""
    return Post((f"Watch {watch.number} already does that. To see what is watched here: ", WATCHES))


def watches(
    own: Sequence[Watch],
    others: int,
    muted: Mapping[int, float],
    muted_refs: Mapping[str, float],
    now: float,
    paused: Sequence[PausedWatch] = (),
) -> Post:
    """The watches of a room, its mutes with their ends (seconds since 1970), how many `others` other rooms have.

    `paused` are watches of the room that hear about nothing for now.
    """
    lines: list[Line] = [
        (
            f"Watch {watch.number} is paused, because its Page or time zone is no longer known here: ",
            Foreign(watch.spec if isinstance(watch.spec, str) else describe_watch(watch.spec), most=300),
            ". To end it: ",
            Command(f"inbox unwatch {watch.number}"),
        )
        for watch in paused
    ]
    lines += [
        (f"{ref} is muted until ", Time(until, now), ". To unmute it: ", Command(f"inbox unmute {ref}"))
        for ref, until in muted_refs.items()
    ]
    notes: tuple[Line, ...] = ((f"Other rooms have {counted(others, 'watch', 'watches')}.",),) if others else ()
    if not own:
        begin: Line = (
            "Nothing is being watched here. To hear about new conversations: ",
            Command("inbox watch messenger"),
        )
        return Post(begin, tuple(lines), (), notes)
    rows = tuple(watch_cells(watch, muted.get(watch.number), now) for watch in own)
    return Post((f"{counted(len(own), 'watch', 'watches')} here",), tuple(lines), rows, notes)


def watch_cells(watch: Watch, until: float | None, now: float) -> tuple[Line, ...]:
    """One watch: its number, its words, and what is special about it."""
    marks: list[Line] = [("from the settings",)] if watch.ops else []
    marks += [("muted until ", Time(until, now))] if until else []
    marks += [(name_of(ping), " not found") for ping in watch.spec.ping if not ping.id]
    told = [piece for mark in marks for piece in (", ", *mark)]
    return (str(watch.number),), words(watch), tuple(told[1:])


def words(watch: Watch) -> Line:
    """What makes this watch, as it can be typed again."""
    return ("watch ", Foreign(describe_watch(watch.spec), most=300))


def unwatched(watch: Watch) -> Post:
    """A watch was ended."""
    return Post(
        (f"Watch {watch.number} has ended. To get it back: ", Command(f"inbox watch {describe_watch(watch.spec)}"))
    )


def one_at_a_time(name: str) -> Post:
    """More than one number after `unwatch`."""
    return Post(("One watch at a time, for example: ", Command(f"inbox unwatch {name}")))


def paused_ended(number: int) -> Post:
    """A paused watch was ended."""
    return Post((f"Watch {number} has ended. It was paused, so nothing changes here.",))


def cannot_unwatch(watch: Watch) -> Post:
    """A watch that ops made."""
    text = (
        f"Watch {watch.number} comes from the setting WATCHES and can only be removed there. To mute it for a while: "
    )
    return Post((text, Command(f"inbox mute watch {watch.number} for 2h")))


def no_such_watch(name: str, have: Sequence[int]) -> Post:
    """A number that no watch of this room has; `have` are those it has."""
    what: Line = ("There is no watch ", Foreign(name, quoted=True, most=20), " here")
    if not have:
        return Post((*what, ", and no other either. To make one: ", Command("inbox watch messenger")))
    return Post((*what, f", only {spell([str(number) for number in have])}. To see what they are: ", WATCHES))


def nothing_to_unwatch(have: Sequence[int]) -> Post:
    """`unwatch` without a number."""
    if not have:
        return Post(
            ("Nothing is being watched here. To hear about new conversations: ", Command("inbox watch messenger"))
        )
    return Post(("Which watch? Give its number, for example: ", Command(f"inbox unwatch {have[0]}")))


def not_met(ref: str) -> Post:
    """A conversation that a list has shown, but no watch has seen."""
    text = f"No watch has seen {ref}: it isn't in a watched list, or I haven't checked that list since. "
    return Post((f"{text}To see what is watched here: ", WATCHES))
