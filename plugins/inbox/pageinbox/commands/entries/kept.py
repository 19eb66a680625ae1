"""What is kept of a conversation, and how it is erased."""

from __future__ import annotations

from pageinbox.commands import forget, privacy, told
from pageinbox.commands.command import Command
from pageinbox.commands.replied import lasting

KEPT = (
    Command(
        word="why",
        handler=told.why,
        help="show which rooms were told about a conversation, or why not, and who did what",
        example="why jxx3",
        takes="a ref, or a row's number in this room's last list",
        needs_ledger=True,
        about_one=lasting,
    ),
    Command(
        word="forget",
        handler=forget.forget,
        help="erase for good all I keep of a conversation; for my admins, in a direct chat",
        example="forget jxx3",
        takes=(
            "a ref or a row's number, or “user” and a person's ID at Meta, with a platform or a Page to look only "
            "there, and “yes” to have it done"
        ),
        more=(
            ("forget jxx3 yes", "do it: what is kept of it is erased, and messages that told of it are edited"),
            ("forget user 1602000000000001", "the same for all conversations of that person that Meta shows"),
            ("forget", "show what has yet to be done of it"),
        ),
        needs_ledger=True,
        changes=True,
        admins_alone=True,
    ),
    Command(
        word="privacy",
        handler=privacy.privacy,
        help="show what I keep of customers and of the team, for how long, and who sees it",
        example="privacy",
    ),
)
