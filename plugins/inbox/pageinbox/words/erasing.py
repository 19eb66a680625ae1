"""What `!inbox forget` says: what would be erased, what was, and what could not be reached. Never whom it is about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from pageinbox.model.erasing import Erased, Stays, Traces
from pageinbox.model.look import Look
from pageinbox.model.post import Command, Line, Post, Reference, Room
from pageinbox.model.source import Page
from pageinbox.model.watch import Watch
from pageinbox.words.common import HANDFUL, label
from pageinbox.words.english import counted, spell
from pageinbox.words.many import ROWS, is_many
from pageinbox.words.trouble import explain

UNREACHED = (
    "Beyond my reach: answers and digests in chat (I keep no record of whom they show), what Meta has (lists show it "
    "until it is gone there), and backups of my data."
)
"""What is beyond erasing, whatever was asked for."""

STATUS = Command("inbox forget")


def asked(refs: Sequence[str], traces: Traces, command: str, *, named: bool, watches: Sequence[Watch] = ()) -> Post:
    """What would be erased of the conversations with these refs, and the command that does it.

    `named` names the rooms that were told: only whoever asked reads that. `watches` are about the person by name.
    """
    headline: Line = ("Erasing all I keep of ", *called(refs), " can't be undone. To do it: ", Command(command))
    rooms = Counter(each.room for each in traces.told)
    lines: list[Line] = [(kept(traces, len(refs)),)]
    if traces.told:
        lines.append(
            (f"{counted(len(traces.told), 'message')} in {counted(len(rooms), 'room')} told of it{edit(traces)}",)
        )
    rows = [((Room(room),), (counted(many, "message"),)) for room, many in rooms.most_common(ROWS)] if named else []
    return Post(headline, tuple(lines), tuple(rows), (*staying(watches), *others(command), (UNREACHED,)))


def done(refs: Sequence[str], erased: Erased, *, named: bool, watches: Sequence[Watch] = ()) -> Post:
    """What was erased, and what was not; see `asked`."""
    lasting = sum(bool(each.why) for each in erased.stays)
    pending, edited = len(erased.stays) - lasting, len(erased.traces.told) - len(erased.stays)
    lines: list[Line] = []
    if edited:
        say = "says" if edited == 1 else "say"
        lines.append((f"{counted(edited, 'message')} that told of it now {say} that it was erased.",))
    if lasting:
        show = "shows" if lasting == 1 else "show"
        lines.append((f"{counted(lasting, 'message')} still {show} it, and I can't change that.",))
    if pending:
        are = "is" if pending == 1 else "are"
        lines.append((f"{counted(pending, 'message')} {are} yet to be edited. To see what is left: ", STATUS))
    if erased.copies:
        copies = counted(erased.copies, "copy", "copies")
        lines.append((f"I also deleted {copies} of the ledger from before an update.",))
    if not erased.tidy:
        lines.append(("Its last traces leave the ledger's files within a few minutes. To see when: ", STATUS))
    are, them = ("is", "it") if len(refs) == 1 else ("are", "them")
    over = f" {are} erased. I'll take note of {them} again only if the customer writes."
    return Post(
        (*called(refs), over), tuple(lines), rows_of(erased.stays) if named else (), (*staying(watches), (UNREACHED,))
    )


def left(stays: Sequence[Stays], *, tidy: bool, named: bool) -> Post:
    """What has yet to be done of what was erased."""
    lines: list[Line] = []
    lasting = sum(bool(each.why) for each in stays)
    if pending := len(stays) - lasting:
        lines.append((f"{counted(pending, 'message')} still {'has' if pending == 1 else 'have'} to be edited.",))
    if lasting:
        show = "shows" if lasting == 1 else "show"
        those = f"{counted(lasting, 'message')} still {show} what was erased"
        lines.append((f"Unless deleted by hand, {those}; I can't change that.",))
    if not tidy:
        lines.append(("The ledger's files still have to be written anew.",))
    if not lines:
        return Post(("Nothing is left to be erased. To erase a conversation: ", Command("inbox forget 3")))
    return Post(lines[0], tuple(lines[1:]), rows_of(stays) if named else ())


def not_asked(pages: Mapping[str, Page], failed: Sequence[Look]) -> Post:
    """Some lists could not be asked for a person's conversations; each reason is given once."""
    reasons: dict[Line, list[str]] = {}
    for look in failed:
        if look.trouble is not None:
            page = pages[look.source.page]
            reasons.setdefault(explain(look.trouble, page, look.source.platform), []).append(label(page, look.source))
    lines = [(f"{called_lists(lists)}: ", *why) for why, lists in reasons.items()]
    more = (f"and {len(lines) - HANDFUL:,} more.",)
    what = (
        "I couldn't ask Meta for all conversations of that person, so I erased nothing. Try again, or give each ref: "
    )
    return Post((what, Command("inbox forget 3")), (*lines[:HANDFUL], *([more] if is_many(lines) else [])))


def called_lists(lists: Sequence[str]) -> str:
    """The first of some lists, and how many there are besides."""
    return spell([lists[0], counted(len(lists) - 1, "more list")]) if len(lists) > 1 else lists[0]


def nobody() -> Post:
    """Meta shows no conversation of a person."""
    what = "Meta shows me no conversation of a person with that ID, and I keep no such IDs. If you know a ref: "
    return Post((what, Command("inbox forget 3")))


def called(refs: Sequence[str]) -> Line:
    """The conversations by their refs."""
    if len(refs) == 1:
        return (Reference(refs[0]),)
    shown = spell([*refs[:ROWS], f"{len(refs) - ROWS:,} more"] if len(refs) > ROWS else list(refs))
    return (f"{counted(len(refs), 'conversation')} ({shown})",)


def kept(traces: Traces, asked_for: int) -> str:
    """What the ledger has of them."""
    if not traces.known:
        return "My ledger has nothing of it; no look will learn it until the customer writes again."
    parts = [
        counted(traces.waits, "wait") if traces.waits else "",
        counted(traces.acts, "mark or note", "marks and notes") if traces.acts else "",
        f"{counted(traces.queued, 'announcement')} still to be sent" if traces.queued else "",
    ]
    them = "it" if asked_for == 1 else "them"
    return f"My ledger has {spell([f'when and where I first saw {them}', *filter(None, parts)])}."


def edit(traces: Traces) -> str:
    """What can be done about the messages that were sent."""
    fixed = sum(not each.editable for each in traces.told)
    if not fixed:
        return "; I will edit them." if len(traces.told) > 1 else "; I will edit it."
    if fixed == len(traces.told):
        return (
            "; I have no receipts by which to edit them." if fixed > 1 else "; I have no receipt by which to edit it."
        )
    return f"; I will edit them, but for {counted(fixed, 'message')} that I have no receipt of."


def staying(watches: Sequence[Watch]) -> list[Line]:
    """What is said of watches that are about the person by name."""
    if not watches:
        return []
    if len(watches) == 1:
        (watch,) = watches
        what: Line = (
            f"Watch {watch.number} of ",
            Room(watch.room),
            " is about their name and stays. To end it, type there: ",
        )
        return [(*what, Command(f"inbox unwatch {watch.number}"))]
    numbers = spell([str(watch.number) for watch in watches])
    return [(f"Watches {numbers} are about their name and stay; end them in their rooms.",)]


def others(command: str) -> list[Line]:
    """What else the person may have, where one conversation was named."""
    if " user " in command:
        return []
    other = "I can't tell whether this person also wrote elsewhere, such as on the other platform. Give each ref, or: "
    return [(other, Command("inbox forget user ID"))]


def rows_of(stays: Sequence[Stays]) -> tuple[tuple[Line, ...], ...]:
    """The rooms with messages that stay, or are yet to be edited."""
    rooms = Counter((each.room, each.why) for each in stays)
    return tuple(
        ((Room(room),), (counted(many, "message"),), (why or "yet to be edited",))
        for (room, why), many in rooms.most_common(ROWS)
    )
