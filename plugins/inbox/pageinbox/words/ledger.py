"""What is said about the ledger: why it can't be used, what that means and what to do."""

from __future__ import annotations

from pageinbox.model.post import Post

FIXED = "I can't announce anything until that is fixed; then I announce what came in meanwhile."

TROUBLES = {
    "full": f"can't be written: the disk is full or failing. {FIXED} Free some space, or check the disk.",
    "readonly": f"can't be written: I don't have permission. {FIXED} Give the user I run as permission to write there.",
    "forbidden": (
        f"can't be used: its role may not do that there, or there is no such schema. {FIXED} Create the schema, and "
        "give the role the rights that docs/settings.md lists: for the first start, CREATE on the schema."
    ),
    "nofolder": (
        f"can't be opened: its folder doesn't exist, or it is a folder itself. {FIXED} Create the folder, or correct "
        "DATABASE_URL or BOT_DATA_DIR."
    ),
    "standby": (
        f"can't be written: its server accepts no changes, as a standby doesn't. {FIXED} Check that DATABASE_URL names "
        "the primary server."
    ),
    "locked": f"is locked by another program. {FIXED} If it stays locked, find that program and stop it.",
    "unlockable": (
        f"is on a disk that keeps no locks, as many network disks don't. {FIXED} Put it on a disk of this machine with "
        "DATABASE_URL or BOT_DATA_DIR, or use PostgreSQL."
    ),
    "shared": (
        f"is in use by another bot, and on a disk that machines share, where two would damage it. {FIXED} Let one "
        "bot have it, or let all use PostgreSQL."
    ),
    "exposed": (
        f"can be read by other users of this machine, and I can't change that. {FIXED} Let only the user I run as read "
        "it (chmod 600), on a disk that keeps such permissions."
    ),
    "corrupt": (
        "is damaged, or is not a ledger at all, so I can't announce anything. Stop me, move it away, put a backup in "
        "its place with err-inbox restore, and start me again. Without a backup I start over: watches have to be made "
        "again, and I won't announce what is already there by then."
    ),
    "gone": (
        "was moved, deleted or replaced while I was using it, so I can't announce anything. Put it back, or restart me "
        "to use what is there now; where nothing is, I start over, and watches made in chat have to be made again."
    ),
    "newer": (
        f"was written by a newer version of err-inbox. {FIXED} Update err-inbox, or choose another ledger with "
        "DATABASE_URL."
    ),
    "copy": (
        "is a backup, so I can't announce anything: what I have said since it was made isn't in it. Stop me, put it "
        "back with err-inbox restore, and start me again."
    ),
    "unreachable": (
        f"can't be reached. {FIXED} Check that the database server runs, and the host and port in DATABASE_URL."
    ),
    "narrow": (
        f"is in a database that can't hold every letter, as its encoding is not UTF8. {FIXED} Create one with "
        "ENCODING 'UTF8' and TEMPLATE template0, and name it in DATABASE_URL."
    ),
    "unfit": (
        f"can't be used with the options in DATABASE_URL. {FIXED} Check what follows the ? there, such as sslmode and "
        "sslrootcert, and the server's certificate."
    ),
    "silent": (
        f"doesn't answer. {FIXED} Check the database server and the network; if it is a file, check the disk it is on."
    ),
    "crowded": (
        f"has no connection left for me. {FIXED} Raise max_connections of the database server, or close what else is "
        "connected to it."
    ),
    "starved": f"can't keep up with me. {FIXED} If it stays so, check how busy this machine and the disk are.",
    "options": (
        f"is behind a connection pooler that doesn't take the options in DATABASE_URL or PGOPTIONS. {FIXED} Set them "
        "for the role instead (ALTER ROLE … SET …), or give the server's own address."
    ),
    "refused": f"rejects my login. {FIXED} Check the user, password and database in DATABASE_URL.",
    "driver": (
        f"is on PostgreSQL, for which I need psycopg, and that is not installed. {FIXED} Install it with "
        'pip install "psycopg[binary]" and restart me.'
    ),
    "broken": f"can't be used. {FIXED} The log says why; if it keeps happening, report that.",
}


def ledger_trouble(kind: str, where: str) -> str:
    """What is wrong with the ledger at `where` (a path or a host, no secrets), what that means and what to do.

    `kind` is that of a `LedgerError`; one that is not known counts as `broken`.
    """
    if kind == "opening":
        return "I am still opening my ledger. Ask again in a moment."
    if kind == "option":
        return (
            f"DATABASE_URL has {f'the option {where}' if where else 'an option'}, which its database doesn't know, so "
            "I can't announce anything. Correct it, or take it out."
        )
    if kind == "moved":
        return (
            f"My ledger was moved to {where}, so I can't announce anything from here. Set DATABASE_URL to that, and "
            "restart me."
        )
    if where == "DATABASE_URL":
        return (
            "DATABASE_URL is not a valid address, so I can't announce anything. In its password, write @ as %40, / as "
            "%2F and ? as %3F."
        )
    return f"{called(where)} {TROUBLES.get(kind, TROUBLES['broken'])}"


def called(where: str) -> str:
    """The ledger as the beginning of a sentence; `where` is empty while it is not known yet."""
    return f"My ledger, {where}," if where else "My ledger"


def without_ledger(kind: str, where: str, *, again: bool = False) -> Post:
    """The answer to a command that needs the ledger, which can't be used; see `ledger_trouble`.

    `again` says that it would have changed something, so that it has to be given again.
    """
    lines = (
        (("I couldn't carry out your command; give it again once this is fixed.",),)
        if again and kind != "opening"
        else ()
    )
    return Post((ledger_trouble(kind, where),), lines)


def ledger_well(where: str) -> str:
    """The ledger at `where` can be used again, after its trouble was told."""
    return f"{called(where)} works again. I now announce what came in meanwhile."
