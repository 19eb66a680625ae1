"""How the team shares the work."""

from __future__ import annotations

from pageinbox.commands import triage
from pageinbox.commands.command import Command

SHARING = (
    Command(
        word="claim",
        handler=triage.claim,
        help="take a conversation, so that everybody sees that you have it",
        example="claim jxx3",
        takes="a ref or a row's number, @somebody to give it to, and “over” to take it from whoever has it",
        more=(
            ("claim 3 @ann", "give row 3 of the last list to somebody"),
            ("claim jxx3 over", "take it from whoever has it"),
        ),
        needs_ledger=True,
        changes=True,
        about_one=triage.takes_rest,
    ),
    Command(
        word="release",
        handler=triage.release,
        help="give back a conversation that you have claimed",
        example="release jxx3",
        takes="a ref or a row's number, and “over” where somebody else has it",
        more=(("release jxx3 over", "the same where somebody else has it"),),
        needs_ledger=True,
        changes=True,
        about_one=triage.takes_rest,
    ),
    Command(
        word="done",
        handler=triage.done,
        help="mark a conversation as done, for the team, until the customer writes again",
        example="done jxx3",
        takes="a ref or a row's number; without one, it is a question about Meta's folder done",
        more=(("done", "what is in Meta's own folder done"),),
        changes=True,
        about_one=triage.takes_rest,
    ),
    Command(
        word="reopen",
        handler=triage.reopen,
        help="take back that a conversation is done",
        example="reopen jxx3",
        takes="a ref or a row's number",
        needs_ledger=True,
        changes=True,
        about_one=triage.takes_rest,
    ),
    Command(
        word="snooze",
        handler=triage.snooze,
        help="put a conversation off, for two hours unless you say how long",
        example="snooze jxx3 for 2h",
        takes="a ref or a row's number, and until when",
        more=(("snooze jxx3 until tomorrow 9:00", "until a day or a time of day in the team's time zone"),),
        needs_ledger=True,
        changes=True,
        about_one=triage.takes_time,
    ),
    Command(
        word="unsnooze",
        handler=triage.unsnooze,
        help="wake a conversation that is snoozed",
        example="unsnooze jxx3",
        takes="a ref or a row's number",
        needs_ledger=True,
        changes=True,
        about_one=triage.takes_rest,
    ),
    Command(
        word="note",
        handler=triage.note,
        help="keep a few words on a conversation, for the team alone",
        example="note jxx3 refund sent",
        takes="a ref or a row's number, and up to 500 characters",
        needs_ledger=True,
        changes=True,
        about_one=triage.takes_words,
    ),
)
