"""What the commands of the shell say: what was copied, put back or moved, or why not."""

from __future__ import annotations

from pageinbox.model.post import Line, Post, Time
from pageinbox.words.english import counted
from pageinbox.words.findings import bytes_of
from pageinbox.words.ledger import FIXED, TROUBLES, ledger_trouble

RUNNING: Line = (
    "Only a running bot can tell about its rooms, its admins and what it may do in the chat. To ask one, type "
    "!inbox doctor in a direct chat with it.",
)

REFUSALS = {
    "used": "The ledger at {where} is in use. Stop every bot that uses it, and try again.",
    "itself": "{where} belongs to the ledger itself. Choose another file.",
    "making": "Another backup is being made in {where} right now.",
    "none": "There is no ledger at {where}.",
    "older": (
        "The ledger at {where} was written by an older version of err-inbox, which has to make this backup. Or start "
        "this version once, which brings the ledger up to date."
    ),
    "newer": "{where} was written by a newer version of err-inbox. Update err-inbox.",
    "copy": "{where} is a backup that was never put back. Put it back with err-inbox restore first.",
    "moved": "The ledger was moved to {where}. Set DATABASE_URL to that, or name it with --ledger.",
    "corrupt": "{where} is damaged, or is not a ledger at all.",
}

KILLED = " A bot that was killed counts as running for a little longer than its POLL_INTERVAL."
"""What is to be known besides of a ledger in use, where it is on PostgreSQL."""

NO_FOLDER = (
    "{where} can't be opened: its folder doesn't exist, or it is a folder itself. Create the folder, or choose another "
    "place."
)

TAKEN = {
    "backup": "{where} exists already. Choose another file, or give --replace.",
    "restore": "There is a ledger at {where} already. To lose what it has that the backup doesn't, give --replace.",
    "move": "There is something at {where} already. Move the ledger into an empty database.",
}


def refusal(command: str, kind: str, where: str) -> Post:
    """Why a command has changed nothing; `kind` and `where` are those of the `LedgerError`."""
    if kind == "taken":
        return Post((TAKEN[command].format(where=where),))
    if kind == "nofolder":  # which a setting or an argument may have named
        return Post((NO_FOLDER.format(where=where),))
    if kind in REFUSALS:
        killed = KILLED if kind == "used" and "/" not in where else ""
        return Post((REFUSALS[kind].format(where=where) + killed,))
    if kind in TROUBLES and where != "DATABASE_URL":
        return Post((f"{where} {TROUBLES[kind].replace(f' {FIXED}', '')}",))
    return Post((ledger_trouble(kind, where).replace(", so I can't announce anything", ""),))


def unstored(trouble: str) -> str:
    """Why it isn't known where the ledger is."""
    return (
        f"What was set from chat can't be read from Errbot's own store, core.db ({trouble}), and DATABASE_URL may be "
        "among it. Say with --ledger where the ledger is."
    )


def backed_up(where: str, file: str, size: int, version: int) -> Post:
    """A backup was made of the ledger at `where`."""
    first = f"The ledger at {where} is backed up in {file}: {bytes_of(size)}, version {version}, checked."
    note = "Customers' words are in it: keep it as safe as the ledger, and no longer than you may keep them."
    return Post((first,), ((note,),))


def put_back(where: str, made: float | None, now: float) -> Post:
    """A backup is the ledger at `where` from now on; `made` is when it was made, None where that isn't known."""
    first: Line = (
        (f"The ledger at {where} is now the backup of ", Time(made, now, dated=True), ".")
        if made
        else (f"The ledger at {where} is now a backup that was put back.",)
    )
    return Post(
        first,
        (
            (
                "What the bot announces now but may have announced since the backup was made is marked as a possible "
                "repeat.",
            ),
            ("Watches, mutes, digests, marks and notes made since then are gone; those that were ended are back.",),
            ("Whoever was erased since then is in it again: erase them again with !inbox forget.",),
        ),
    )


def moved(old: str, new: str, rows: int) -> Post:
    """The ledger at one place was moved to another; of no rows where it had been before."""
    if not rows:
        return Post((f"The ledger at {old} has been moved to {new} already.",), (NEXT,))
    left = (
        f"What is left at {old} is no longer used, and bots refuse it. It still holds customers' words, also of "
        "those whom you erase from now on: delete it once you have seen that all is well."
    )
    return Post((f"The ledger at {old} was moved to {new}: {counted(rows, 'row')}.",), (NEXT, (left,)))


NEXT: Line = ("Set DATABASE_URL to its new address, then start the bot.",)
