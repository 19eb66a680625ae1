"""What rooms are told as it comes, and how all went."""

from __future__ import annotations

from pageinbox.commands import digests, mutes, statistics, told, watches
from pageinbox.commands.command import Command
from pageinbox.commands.replied import lasting

TELLING = (
    Command(
        word="watch",
        handler=watches.watch,
        help="announce every new conversation in this room; in a direct chat, to you alone",
        example="watch spam instagram",
        takes=(
            '[folder] [platform] [page] [unread|read] [waiting|answered] [from @…] [text "…"] [every new|message] '
            "[waiting 1h,4h] [closing 2h] [only reminders] [batch 1h] [later edit|thread|nothing] "
            "[quiet 22:00-08:00 Europe/Rome] [as count|initials|name|snippet] [ping @…] [buttons off], in any order"
        ),
        more=(
            ("watch", "every new conversation in any inbox"),
            ("watch unread", "only what nobody has read yet"),
            ("watch waiting", "only what nobody has answered yet"),
            ("watch from @ann.example", "only from one person"),
            ('watch text "refund"', "only with these words"),
            ("watch every message", "also when somebody writes again in a known conversation"),
            (
                "watch waiting 1h,4h,1d",
                "new conversations, and a reminder of whoever has waited that long for an answer",
            ),
            ("watch closing 2h", "new conversations, and a reminder before Meta's reply window closes"),
            ("watch only reminders waiting 4h", "the reminders alone"),
            ("watch batch 1h", "what is new within the hour in one message"),
            ("watch later thread", "put later messages into the thread of the announcement"),
            ("watch later edit", "edit the announcement when the conversation goes on; this is the default"),
            ("watch later nothing", "leave the announcement as it is"),
            (
                "watch quiet 22:00-08:00 Europe/Rome",
                "announce what comes in during these hours when they end, in one message",
            ),
            ("watch as count", "how much this room sees of whoever wrote: count, initials, name or snippet"),
            ("watch ping @here", "notify people with each announcement: everybody here, a group or a person"),
            ("watch buttons off", "nothing to click on below announcements: no buttons, and none of my reactions"),
        ),
        needs_ledger=True,
        changes=True,
    ),
    Command(
        word="watches",
        handler=watches.watches,
        help="show this room's watches by number, and what is muted here",
        example="watches",
        takes=(
            "a number, a Page, a platform, a folder or “muted”, or nothing for everything; in a direct chat, admins "
            "see other rooms' with “all” or a room's name"
        ),
        more=(
            ("watches muted", "only what is muted here, and until when"),
            ("watches all", "every room's watches; for my admins, in a direct chat"),
        ),
        needs_ledger=True,
    ),
    Command(
        word="unwatch",
        handler=watches.unwatch,
        help="end one of this room's watches",
        example="unwatch 1",
        takes="a watch's number",
        needs_ledger=True,
        changes=True,
    ),
    Command(
        word="digest",
        handler=digests.digest,
        help="show how things went since this room's last digest; it can come by itself, too",
        example="digest",
        takes=(
            "[daily|weekly|mon-fri|monday] [09:00|9am] [time zone] [folder] [platform] [page] to have one, "
            "off to end one, or nothing to see it now"
        ),
        more=(
            ("digest daily 09:00 mon-fri", "have it come here from Monday to Friday at nine"),
            ("digest weekly monday 09:00", "once a week"),
            ("digest 9am messenger", "every day, of Messenger alone"),
            ("digest off messenger", "end that one; off is enough where there is just one"),
        ),
        needs_ledger=True,
        changes=True,
    ),
    Command(
        word="mute",
        handler=mutes.mute,
        help="stop announcing one conversation here, for a day unless you say how long",
        example="mute jxx3 for 2h",
        takes="a ref, a row's number or a watch, and a length of time or until when",
        more=(
            ("mute 3 for 2h", "the same for row 3 of the list you were just shown"),
            ("mute jxx3 until monday 9:00", "until a day or a time of day in the team's time zone"),
            ("mute watch 1 for 2h", "stop announcing what watch 1 finds"),
        ),
        needs_ledger=True,
        changes=True,
        about_one=lasting,
    ),
    Command(
        word="unmute",
        handler=mutes.unmute,
        help="announce a muted conversation here again",
        example="unmute jxx3",
        takes="a ref, a row's number or a watch",
        more=(("unmute watch 1", "the same for watch 1"),),
        needs_ledger=True,
        changes=True,
        about_one=lasting,
    ),
    Command(
        word="outbox",
        handler=told.waiting,
        help="show which announcements haven't been delivered yet, and why",
        example="outbox",
        takes="“here” or nothing; in a direct chat, admins see every room's, or that of a room they name",
        more=(("outbox here", "only this room's"),),
        needs_ledger=True,
    ),
    Command(
        word="stats",
        handler=statistics.stats,
        help="show how many wrote and were answered, how fast and when",
        example="stats",
        takes=(
            "[7d|24h|today|yesterday|this week|last month|q3|november|12 nov to 15 nov|since monday] [folder] "
            "[platform] [page] [csv], in any order; without a period, the last 7 days"
        ),
        more=(
            ("stats today", "since midnight, compared with yesterday up to the same time"),
            (
                "stats last week",
                "from Monday to Sunday, compared with the week before; also last month, q3, 2 weeks ago",
            ),
            ("stats 30d instagram", "only some lists: a folder, a platform or a Page"),
            ("stats csv last month", "the same as rows in a file, for a spreadsheet"),
        ),
        needs_ledger=True,
    ),
)
