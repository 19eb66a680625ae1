"""The short answers: what could not be understood, found or done, and what to do instead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pageinbox.model.errors import GraphError
from pageinbox.model.post import Command, Foreign, Line, Link, Piece, Post
from pageinbox.model.query import InboxQuery
from pageinbox.model.source import Page, Source
from pageinbox.model.text import cut, fold
from pageinbox.model.watch import WatchSpec
from pageinbox.words.common import HANDFUL, PLATFORM_NAMES, label
from pageinbox.words.english import counted, lasting, often
from pageinbox.words.many import is_many
from pageinbox.words.trouble import explain

REFUSED_MOST = 400
"""Characters shown of what is wrong with the settings, which an admin has to be able to copy."""


LISTED = 10
"""Conversations that are named to choose from."""


def refused(why: str) -> Post:
    """Wrong settings; `why` is the sentence that names the key."""
    return Post((why[:REFUSED_MOST],))


def cannot_start(why: str) -> Post:
    """Sent to the admins when there are no settings to start with."""
    first = "I can't read any Page or announce anything until the settings are corrected: "
    return Post((first, why[:REFUSED_MOST]), alert=True)


def cannot_read(missing: Sequence[str]) -> Post:
    """Sent to the admins when the settings leave some Pages unread; `missing` are the sentences on their secrets."""
    what = "this Page until its secret is" if len(missing) == 1 else "these Pages until their secrets are"
    those = few([(why[:REFUSED_MOST],) for why in missing])
    return Post((f"I can't read {what} there; I read the others.",), those, alert=True)


def cannot_use(why: str) -> Post:
    """Sent to the admins when what chat has set can't be used any more; `why` is the sentence that names the key."""
    instead = "I go by config.py, and by DETAIL and ROOMS as they were set in chat unless those are what is wrong."
    drop: Line = ("Set it anew, or drop all of it: ", Command("plugin config Inbox {}"))
    return Post(("I can't use what was set in chat: ", why[:REFUSED_MOST]), ((instead,), drop), alert=True)


def cannot_ping(missing: Sequence[str]) -> Post:
    """Sent to the admins when WATCHES name somebody to ping who is not found; `missing` are the sentences on them."""
    those = few([(Foreign(why, most=REFUSED_MOST),) for why in missing])
    what = "I can't find everybody whom WATCHES pings, so announcements don't ping them. Fix that, then restart me."
    return Post((what,), those, alert=True)


def cannot_find(names: Sequence[str]) -> Post:
    """Sent to the admins when ROOMS has names that no room or person is found by."""
    what = "I can't find everything that the setting ROOMS names. Any room may be what is meant, so until I do, what "
    more = "ROOMS doesn't name sees no more than these may. Correct the names, or invite me there:"
    return Post((what + more,), few([(Foreign(name, most=REFUSED_MOST),) for name in names]), alert=True)


def few(lines: Sequence[Line]) -> tuple[Line, ...]:
    """The lines, or the first few of many; the log has all of them."""
    if not is_many(lines):
        return tuple(lines)
    return (*lines[:HANDFUL], (f"and {len(lines) - HANDFUL:,} more, which are in the log.",))


def misunderstood(why: str, guess: str = "", example: str = "") -> Post:
    """Words that could not be read. `why` quotes the person's own; see `QueryError` for the others."""
    line: list[Piece] = [Foreign(why, most=400)]
    if guess and fold(example).endswith(f"inbox {fold(guess)}"):
        line += [" Did you mean ", Command(example), "?"]
    else:
        line += [" Did you mean ", Foreign(guess), "?"] if guess else []
        line += [" For example: ", Command(example)] if example else []
    return Post(tuple(line))


def with_help(post: Post, command: str) -> Post:
    """The post with `command`, which shows what can be typed instead, unless it says so itself."""
    if Command(command) in post.headline:
        return post
    return replace(post, notes=(*post.notes, ("What I understand: ", Command(command))))


LONGEST_NUMBER = 5
"""Digits of what may be the number of a row."""

AtMeta = tuple[Line, str]
"""What is called so at Meta, and its address there."""


def reads_only(verb: str, links: Sequence[AtMeta], instead: str = "") -> Post:
    """Somebody asked me to write or change something; `links` are where that can be done.

    `instead` is the command that keeps the like of it for the team alone, empty where there is none.
    """
    lines = tuple((*name, " at Meta: ", Link(address)) for name, address in links[:HANDFUL])
    left = len(links) - len(lines)
    notes: tuple[Line, ...] = ((f"{counted(left, 'more Page')}; name one to get its link.",),) if left else ()
    if instead:
        what: Line = ("For the team alone: ", Command(instead))
        return Post((*what, f". At Meta I only read, so “{verb}” has to be done there."), lines, (), notes)
    return Post((f"I only read, so “{verb}” has to be done at Meta.",), lines, (), notes)


def rather_looked_for(post: Post, text: str, name: str) -> Post:
    """The refusal of unknown words, with the commands that look for them in messages and among people."""
    how: Line = ("To look for it in messages: ", Command(text), " · for a person: ", Command(name))
    return replace(post, notes=(*post.notes, how))


def rather_person(post: Post, name: str) -> Post:
    """The refusal of a conversation that nobody knows, with the command that looks for somebody of that name."""
    return replace(post, notes=(*post.notes, ("To look for a person: ", Command(name))))


def rather_forgotten(post: Post, ref: str) -> Post:
    """The refusal to delete a conversation at Meta, with the command that erases what is kept of it here."""
    how = "To erase what I keep of it, an admin of mine can type, in a direct chat with me: "
    return replace(post, notes=(*post.notes, (how, Command(f"inbox forget {ref}"))))


def nothing_asked() -> Post:
    """`more` where nothing was asked before."""
    return Post(
        ("There is no earlier question here to go on with. Ask one first, for example: ", Command("inbox spam"))
    )


def nothing_named(command: str) -> Post:
    """`show` or `why` without a word."""
    example = Command(f"inbox {command} 1")
    return Post(("Which conversation? Give its ref or its number in the last list, for example: ", example))


def which(command: str, those: Sequence[tuple[Line, str]]) -> Post:
    """`command` in reply to an announcement of several: each as it is called, and as it is typed."""
    rows = tuple((name, (Command(f"inbox {command} {typed}"),)) for name, typed in those[:LISTED])
    more = len(those) - len(rows)
    notes: tuple[Line, ...] = ((f"{more} more are not listed here.",),) if more else ()
    return Post((f"That message was about {len(those)} conversations. Which one?",), (), rows, notes)


def one_at_a_time(command: str, name: str) -> Post:
    """`command` with more than one conversation's name."""
    return Post(("One conversation at a time, for example: ", Command(f"inbox {command} {name}")))


def muted_by_watch(command: str) -> Post:
    """A list behind `mute` or `unmute`."""
    return Post(
        (
            f"To {command} a list, {command} the watch on it, by its number. To see what is watched here: ",
            Command("inbox watches"),
        )
    )


def several_people(name: str, example: str) -> Post:
    """A name that several people in the last list have, where one conversation was to be named."""
    what: Line = ("The last list has several people called ", Foreign(cut(name), quoted=True, most=30))
    return Post((*what, ". Give a ref or a row's number; to see them: ", Command(example)))


def unknown_ref(name: str, nearest: str = "", who: Line = ()) -> Post:
    """A word that is neither a ref nor a number in this room's last list.

    `nearest` is the command with the conversation that was likely meant, `who` is how that is called.
    """
    if nearest:
        wrong: Line = ("I don't know any conversation ", Foreign(cut(name), quoted=True, most=30))
        return Post((*wrong, ". The nearest is ", *who, ": ", Command(nearest)))
    if name.isdecimal() and LONGEST_NUMBER < len(name) < 30:
        return Post(("No list has a row of that number. If it is a user ID: ", Command(f"inbox user {name}")))
    what: Line = ("I don't know any conversation ", Foreign(cut(name), quoted=True, most=30), ". ")
    if "://" in name:
        what = ("I don't know the conversation behind that link. ",)
    if name.isdecimal():
        what = (f"The last list here has no number {name[:9]}. ",)
    return Post((*what, "Each row has its number and its ref; to get a list: ", Command("inbox")))


def not_read(query: InboxQuery) -> Post:
    """A platform that the settings leave out."""
    page = f"PAGES.{query.page}.PLATFORMS" if query.page else "PLATFORMS of every Page"
    name = PLATFORM_NAMES[query.platform] if query.platform else "anything"
    why = f"I don't read {name}: the setting {page} leaves it out. To see what I read: "
    return Post((why, Command("inbox pages")))


def not_watched(spec: WatchSpec) -> Post:
    """A watch for a platform that the settings leave out."""
    return not_read(InboxQuery(platform=spec.platform, page=spec.page))


def not_pinged(name: str, why: str, example: str = "") -> Post:
    """Somebody whom a watch can't ping; `why` is the chat module's own sentence, `example` names the nearest."""
    line: Line = ("I can't ping ", Foreign(cut(name), most=40), f": {why}.")
    return Post((*line, " Did you mean ", Command(example), "?") if example else line)


def may_not_arrive(post: Post, *, direct: bool) -> Post:
    """The post about what was to be announced here, with a warning below its first line: the name leads nowhere."""
    whom, where = ("you", "reach you") if direct else ("this room", "arrive here")
    warning: Line = (
        f"The chat backend I run on doesn't find {whom} by name, so what I announce by myself may never {where}.",
    )
    return replace(post, lines=(warning, *post.lines))


def failed(error: GraphError, page: Page, source: Source) -> Post:
    """A conversation that could not be read."""
    return Post((f"{label(page, source)}: ", *explain(error, page, source.platform)))


def broken(kind: str) -> Post:
    """A fault of ours; `kind` is the exception's name."""
    what = f"Something went wrong on my side ({kind})."
    return Post((f"{what} Try again; if it keeps happening, report what the log says about it.",))


def asked_too_often(asked: int, retry_after: float, *, direct: bool) -> Post:
    """A room, or a person by themselves, has used up its questions for now; see `AskedTooOften`."""
    who = "You have" if direct else "This room has"
    return Post((f"{who} asked {often(asked)} in the last minute; try again in {lasting(retry_after)}.",))


def not_allowed(command: str, *, admins_alone: bool = False) -> Post:
    """A command that the bot's access controls do not let this person give here, or that is for `admins_alone`."""
    if admins_alone:
        return Post((Command(f"inbox {command}"), " is only for my admins (BOT_ADMINS), in a direct chat with me."))
    why = " is not allowed here by the bot's ACCESS_CONTROLS; whoever runs me can change that."
    return Post((Command(f"inbox {command}".strip()), why))
