"""What `!inbox mute` and `!inbox unmute` say: what was muted, until when, and how to undo it."""

from __future__ import annotations

from dataclasses import replace

from pageinbox.model.conversation import Conversation
from pageinbox.model.post import Command, Line, Post, Reference, Time
from pageinbox.model.watch import Detail
from pageinbox.words.common import NAMELESS, who
from pageinbox.words.watches import WATCHES


def called(ref: str, conversation: Conversation | None, detail: Detail) -> Line:
    """A conversation by its ref, and by the person's name where that is known and may be shown."""
    if conversation is None or detail is Detail.COUNT:
        return (Reference(ref),)
    person = who(conversation, detail)
    return (Reference(ref),) if person == NAMELESS else (Reference(ref), " (", person, ")")


def muted(name: Line, typed: str, until: float, now: float) -> Post:
    """Something is muted until then (seconds since 1970); `typed` is what undoes it, behind `unmute`."""
    text = ". What comes in meanwhile won't be announced later. To unmute it: "
    return Post(("Muted here until ", Time(until, now), ": ", *name, text, Command(f"inbox unmute {typed}")))


def rather(post: Post, name: Line, other: Line, command: str) -> Post:
    """The post, with what else the number could have meant; `command` is what would say that without doubt."""
    note: Line = ("I took the number to mean ", *name, ". If you meant ", *other, ": ", Command(command))
    return replace(post, notes=(*post.notes, note))


def unmuted(name: Line) -> Post:
    """A mute was ended."""
    text = ". What came in meanwhile won't be announced; to see it: "
    return Post(("No longer muted here: ", *name, text, Command("inbox")))


def nothing_muted(name: Line) -> Post:
    """`unmute` of what is not muted here."""
    return Post(("Not muted here: ", *name, ". To see what is: ", WATCHES))


def no_row_either(post: Post) -> Post:
    """The post on a number that no watch of the room has, where the last list has no such row."""
    return replace(post, notes=(*post.notes, ("The last list has no such row either.",)))
