"""What listing and ending watches says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pageinbox.language.ping import say_ping
from pageinbox.language.vocabulary import say
from pageinbox.language.watch import describe_watch
from pageinbox.model.post import Command, Foreign, Line, Piece, Post, Room, Time
from pageinbox.model.text import cut
from pageinbox.model.watch import Detail, PausedWatch, Ping, Watch
from pageinbox.words.ceiling import exceeds, limit
from pageinbox.words.elsewhere import ADMINS
from pageinbox.words.english import counted, ranges
from pageinbox.words.many import ROWS, is_many

WATCHES = Command("inbox watches")

IN_ROOMS = 100
"""Watches of other rooms that are told one by one."""

MUTES = 200
"""Mutes that are told one by one, which takes a message or two."""


def watches(
    own: Sequence[Watch],
    ceiling: Detail,
    others: int,
    muted: Mapping[int, float],
    muted_refs: Mapping[str, float],
    now: float,
    paused: Sequence[PausedWatch] = (),
    *,
    all_rooms: bool = False,
) -> Post:
    """The watches of a room, its mutes with their ends (seconds since 1970), how many `others` other rooms have.

    `ceiling` is what the room may see at most, `paused` are watches of it that hear about nothing for now.
    `all_rooms` says that whoever asks may see those of other rooms, too.
    """
    lines = [*paused_lines(paused), *muted_lines(muted_refs, now)]
    how: Line = (": ", Command("inbox watches all")) if all_rooms else (".",)
    notes: list[Line] = [(f"Other rooms have {counted(others, 'watch', 'watches')}", *how)] if others else []
    if not own:
        begin: Line = (
            "Nothing is being watched here. To hear about new conversations: ",
            Command("inbox watch messenger"),
        )
        return Post(begin, tuple(lines), (), tuple(notes))
    # Those come first of which something is to be said.
    special = [watch for watch in own if watch.number in muted or not_found(watch)] if len(own) > ROWS else []
    notes += lowered(own, ceiling)
    shown = {watch.number: watch for watch in (*special, *own)}
    rows = tuple(watch_cells(watch, ceiling, muted.get(watch.number), now) for watch in [*shown.values()][:ROWS])
    if left := sorted([*shown][ROWS:]):
        rest = f"{counted(len(left), 'more watch', 'more watches')}: {ranges(left)}. To see one of them, or a Page's: "
        notes.insert(0, (rest, Command(f"inbox watches {left[0]}"), *by_page(own)))
    return Post((f"{counted(len(own), 'watch', 'watches')} here",), tuple(lines), rows, tuple(notes))


def in_rooms(those: Sequence[Watch]) -> Post:
    """The watches of several rooms, for those who run the bot."""
    ordered = sorted(those, key=lambda watch: (watch.room, watch.number))
    rows = tuple(
        ((Room(watch.room),), (str(watch.number),), words(watch), ("from the settings",) if watch.ops else ())
        for watch in ordered[:IN_ROOMS]
    )
    rooms = counted(len({watch.room for watch in those}), "room")
    more = len(ordered) - len(rows)
    notes: tuple[Line, ...] = ((f"and {more:,} more; name a room to see its own.",),) if more else ()
    return Post((f"{counted(len(those), 'watch', 'watches')} in {rooms}",), (), rows, notes)


def by_page(own: Sequence[Watch]) -> Line:
    """How to see the watches of one Page."""
    page = next((watch.spec.page for watch in own if watch.spec.page is not None), None)
    return () if page is None else (" or ", Command(f"inbox watches {say('page', page)}"))


def paused_lines(paused: Sequence[PausedWatch]) -> list[Line]:
    """The watches that are paused, and how to end them; many of them by their numbers."""
    why = "because its Page or time zone is no longer known here"
    if is_many(paused):
        numbers = [watch.number for watch in paused]
        text = f"Watches {ranges(sorted(numbers))} are paused, each {why}. To see one, or to end it: "
        see, end = Command(f"inbox watches {numbers[0]}"), Command(f"inbox unwatch {numbers[0]}")
        return [(text, see, " or ", end)]
    return [
        (
            f"Watch {watch.number} is paused, {why}: ",
            Foreign(watch.spec if isinstance(watch.spec, str) else describe_watch(watch.spec), most=300),
            ". To end it: ",
            Command(f"inbox unwatch {watch.number}"),
        )
        for watch in paused
    ]


def muted_lines(muted_refs: Mapping[str, float], now: float) -> list[Line]:
    """The conversations that are muted, each with the end of that; many of them in sum."""
    if is_many(muted_refs):
        first = min(muted_refs.values())
        text = f"{len(muted_refs):,} conversations are muted, the first of them until "
        return [(text, Time(first, now), ". To see which: ", Command("inbox watches muted"))]
    return [
        (f"{ref} is muted until ", Time(until, now), ". To unmute it: ", Command(f"inbox unmute {ref}"))
        for ref, until in muted_refs.items()
    ]


def mutes(muted: Mapping[int, float], muted_refs: Mapping[str, float], now: float) -> Post:
    """All that is muted in a room, with the end of each mute, the soonest first; both in seconds since 1970."""
    ends = {**{f"watch {number}": until for number, until in muted.items()}, **muted_refs}
    if not ends:
        return Post(("Nothing is muted here.",))
    soonest = sorted(ends.items(), key=lambda end: end[1])
    lines: list[Line] = []
    for start in range(0, min(len(soonest), MUTES), ROWS):
        pieces: list[Piece] = []
        for name, until in soonest[start : start + ROWS]:
            pieces += [f"{', ' if pieces else ''}{name} until ", Time(until, now)]
        lines.append(tuple(pieces))
    if len(soonest) > MUTES:
        lines.append((f"and {len(soonest) - MUTES:,} more that last longer",))
    note: Line = ("To unmute one: ", Command(f"inbox unmute {soonest[0][0]}"))
    return Post((f"{len(ends):,} muted here",), tuple(lines), (), (note,))


def not_here() -> Post:
    """The watches of another room were asked for where they are not to be known."""
    return Post((f"That is another room. {ADMINS}: ", Command("inbox watches all")))


def none_there(room: str) -> Post:
    """The watches of a room were asked for that has none."""
    what: Line = ("No room called ", Foreign(cut(room), quoted=True, most=40), " has a watch. To see those that do: ")
    return Post((*what, Command("inbox watches all")))


def those(
    chosen: Sequence[Watch], ceiling: Detail, paused: Sequence[PausedWatch], muted: Mapping[int, float], now: float
) -> Post:
    """Some of a room's watches, which were asked for by number or by Page."""
    if not chosen and not paused:
        return Post(("No watch here is about that. To see what is watched here: ", WATCHES))
    rows = tuple(watch_cells(watch, ceiling, muted.get(watch.number), now) for watch in chosen[:ROWS])
    left = ranges([watch.number for watch in chosen[ROWS:]])
    notes = (*([(f"Besides: {left}.",)] if left else []), *lowered(chosen, ceiling))
    return Post((counted(len(chosen) + len(paused), "watch", "watches"),), tuple(paused_lines(paused)), rows, notes)


def not_found(watch: Watch) -> list[Ping]:
    """Whom a watch is to ping and can't."""
    return [ping for ping in watch.spec.ping if not ping.id]


def lowered(watches: Sequence[Watch], ceiling: Detail) -> list[Line]:
    """How much may be shown in the room of these watches, where one asks for more."""
    said = limit(ceiling)
    return [(f"{said[0].upper()}{said[1:]}",)] if any(exceeds(watch.spec, ceiling) for watch in watches) else []


def watch_cells(watch: Watch, ceiling: Detail, until: float | None, now: float) -> tuple[Line, ...]:
    """One watch: its number, its words, and what is special about it."""
    marks: list[Line] = [("from the settings",)] if watch.ops else []
    marks += [(f"shown as {ceiling}",)] if exceeds(watch.spec, ceiling) else []
    marks += [("muted until ", Time(until, now))] if until else []
    marks += [(name_of(ping), " not found") for ping in not_found(watch)]
    told = [piece for mark in marks for piece in (", ", *mark)]
    return (str(watch.number),), words(watch), tuple(told[1:])


def name_of(ping: Ping) -> Foreign:
    """A name as text, which pings nobody."""
    return Foreign(say_ping(ping.name), most=40)


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
    return Post((*what, f", only {ranges(have)}. To see what they are: ", WATCHES))


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
