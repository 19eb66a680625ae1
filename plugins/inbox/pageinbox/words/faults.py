"""What is said about work that fails or hangs: what it is, what that means and what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pageinbox.model.fault import Fault, Work
from pageinbox.model.post import Line, Room
from pageinbox.model.source import Page, Source
from pageinbox.words.common import MOST_NAMED, label_of_all
from pageinbox.words.english import stretch
from pageinbox.words.ledger import ledger_trouble, ledger_well

WORK = {
    Work.OPENING: "open my ledger",
    Work.SOURCES: "find out what to read",
    Work.TELLING: "find out what to announce",
    Work.REMINDING: "find out whom to remind this team of",
    Work.EDITING: "find out what I announced and have to edit",
    Work.HEARING: "hear what people write",
}
NOTHING = "I can't announce anything until that is over."
DEAF = (
    "I can't hear what people write: the chat takes no connection of mine. Announcements go on, but commands, clicks "
    "and reactions reach nobody. On Slack, check that Socket Mode is on and SLACK_APP_TOKEN is right. "
)
RESTART = "If it goes on, restart me."
REPORT = "The log says where; please report that."


def fault_lines(faults: Sequence[Fault], pages: Mapping[str, Page]) -> list[Line]:
    """All that fails or hangs, a line for each kind."""
    kinds: dict[tuple[object, ...], list[Fault]] = {}
    for one in faults:
        kinds.setdefault(one.kind, []).append(one)
    return [fault(alike, pages) for alike in kinds.values()]


def fault(alike: Sequence[Fault], pages: Mapping[str, Page]) -> Line:
    """Faults of one `kind`, what they mean and what to do; how long the longest has lasted where they hang."""
    first = max(alike, key=lambda each: each.lasting)
    if first.ledger is not None:
        return (ledger_trouble(first.ledger.kind, first.ledger.where),)
    if first.doing is Work.HEARING:
        return (DEAF + RESTART,)
    if first.error:
        means = f" {NOTHING}" if first.stops_all else ""
        return ("I can't ", *work(alike, pages), f", because of an error of my own ({first.error}).{means} {REPORT}")
    for_long = stretch(first.lasting)
    match first.doing:
        case Source():
            check = (
                f"I announce nothing from there until I get an answer. Check the network between Meta and me. {RESTART}"
            )
        case Work():
            check = f"{NOTHING} {RESTART}" if first.stops_all else RESTART
        case _:
            check = f"The chat doesn't answer. {RESTART}"
    return (f"For {for_long} I have been trying to ", *work(alike, pages), f". {check}")


def mended(alike: Sequence[Fault], pages: Mapping[str, Page]) -> Line:
    """These faults are over, after they were told."""
    if (ledger := alike[0].ledger) is not None:
        return (ledger_well(ledger.where),)
    return ("I can ", *work(alike, pages), " again.")


def work(alike: Sequence[Fault], pages: Mapping[str, Page]) -> Line:
    """What is meant to be done: `read Acme · Instagram · spam`."""
    first = alike[0].doing
    if isinstance(first, Source):
        return ("read ", label_of_all([one.doing for one in alike if isinstance(one.doing, Source)], pages, inbox=True))
    if isinstance(first, Work):
        return (WORK[first],)
    rooms = list(dict.fromkeys(one.doing for one in alike if isinstance(one.doing, str)))
    if len(rooms) > MOST_NAMED:
        return (f"write to {len(rooms)} rooms",)
    named = [piece for room in rooms for piece in (Room(room), " and ")]
    return ("write to ", *named[:-1])
