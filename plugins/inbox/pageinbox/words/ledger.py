"""What is said of the ledger: why it can't be used, what that means and what to do."""

from __future__ import annotations

from pageinbox.model.post import Post

MENDED = "I announce nothing meanwhile; once that is mended, I tell what came in."

TROUBLES = {
    "full": f"can't be written: the disk is full or failing. {MENDED} Make room there, or check the disk.",
    "readonly": f"can't be written: I am not allowed to. {MENDED} Let the user I run as write there.",
    "locked": f"is locked by another program. {MENDED} If it stays so, find that program and end it.",
    "corrupt": (
        "is damaged, or no ledger at all. I announce nothing meanwhile. Move it away, put a backup in its place and "
        "restart me; without one I begin anew: watches have to be made again, and what is there by then stays quiet."
    ),
    "gone": (
        "was moved or deleted while I used it. I announce nothing meanwhile. Put it back, or restart me to begin anew: "
        "watches made in chat have to be made again then."
    ),
    "newer": (
        f"was written by a newer err-inbox than this one. {MENDED} Update err-inbox, or choose another ledger with "
        "DATABASE_URL."
    ),
    "unreachable": (
        f"can't be reached. {MENDED} Check that the database server runs, and the host and port in DATABASE_URL."
    ),
    "refused": f"does not let me in. {MENDED} Check the user, the password and the database in DATABASE_URL.",
    "driver": (
        f"is on PostgreSQL, and psycopg, which I need for that, is not installed. {MENDED} Install it with "
        'pip install "err-inbox[postgresql]" and restart me.'
    ),
    "broken": f"can't be used. {MENDED} The log says why; if it stays so, report that.",
}


def ledger_trouble(kind: str, where: str) -> str:
    """What is wrong with the ledger at `where` (a path or a host, no secrets), what that means and what to do.

    `kind` is that of a `LedgerError`; one that is not known counts as `broken`.
    """
    if kind == "opening":
        return "My ledger is still being opened. Ask again in a moment."
    if where == "DATABASE_URL":
        return (
            "DATABASE_URL can't be read as an address, so I announce nothing. In its password write @ as %40, / as %2F "
            "and ? as %3F."
        )
    return f"My ledger, {where}, {TROUBLES.get(kind, TROUBLES['broken'])}"


def without_ledger(kind: str, where: str) -> Post:
    """The answer to a command that needs the ledger, which can't be used; see `ledger_trouble`."""
    return Post((ledger_trouble(kind, where),))


def ledger_well(where: str) -> str:
    """The ledger at `where` can be used again, after its trouble was told."""
    return f"My ledger, {where}, works again. What came in meanwhile is told now."
