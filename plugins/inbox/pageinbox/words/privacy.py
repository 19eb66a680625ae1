"""What `!inbox privacy` says: what is kept, for how long, where, and who sees it."""

from __future__ import annotations

from collections.abc import Sequence

from pageinbox.model.post import Command, Foreign, Line, Post
from pageinbox.model.watch import Detail
from pageinbox.words.english import counted, spell
from pageinbox.words.many import is_many

EDITABLE = "three days"
"""`ledger.edits.EDITABLE`, as one says it."""

SHOWN = {
    Detail.COUNT: "how many conversations there are, and no names or words",
    Detail.INITIALS: "the initials of whoever wrote, and no names or words",
    Detail.NAME: "the names of whoever wrote, and none of their words",
    Detail.SNIPPET: "names, and what customers wrote",
}


def privacy(pages: Sequence[str], detail: Detail, *, days: int, cache: float, where: str) -> Post:
    """What is kept of the Pages of these titles, by the settings: what rooms like this see, and for how many `days`.

    `cache` are the seconds for which a list may be answered from memory; `where` is the ledger's place, "" where that
    is not known.
    """
    whose = counted(len(pages), "Page") if is_many(pages) else spell(pages)
    place: Line = (" (", Foreign(where, most=120), ")") if where else ()
    kept = counted(days, "day")
    lines: tuple[Line, ...] = (
        ("What may be shown here: ", SHOWN[detail], ". The settings decide that, and no command shows more."),
        (
            "Of each conversation I keep Meta's ID, its list, when I saw it and which rooms I told, until nothing has "
            f"happened in it for {kept}; in lists that nobody watches any more it stays. I keep names and words until "
            "I have told them, while somebody is waiting for an answer or has claimed or snoozed it, and for "
            f"{EDITABLE} in case an announcement has to be edited.",
        ),
        (f"I keep how long customers waited for {kept}, without names or words: statistics are made of that.",),
        (
            "Of the team I keep who claimed, finished, snoozed or noted what, for as long as the conversation. Notes "
            "stay as they were typed; Meta never hears of them.",
        ),
        (
            "In memory I hold each list as I last read it, until I restart; "
            f"for {counted(round(cache), 'second')} I answer from it without asking Meta.",
        ),
        ("All of that is in my ledger", *place, ", which whoever runs me can read. My log has no names and no words."),
        ("I only read: at Meta I write, mark and delete nothing.",),
    )
    how = "To have a customer erased, an admin of mine can type, in a direct chat with me: "
    erase: Line = (how, Command("inbox forget k7fq"))
    return Post((f"What I keep of {whose}",), lines, (), (erase,))
