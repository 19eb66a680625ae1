"""The table of commands. All else that knows commands reads it here.

A command is one entry of `COMMANDS`. What Errbot offers as methods with their access rules, what is carried out,
`!inbox help`, `!help`, "did you mean", the README's tables and the tests' lists follow from it. A new command takes

1. its entry here, with examples that work in the demo,
2. its handler, in `questions`, `watches`, `statistics`, `digests` or `triage`: from a `Request` to a `Post`,
3. its sentences, in `pageinbox.words`,
4. a transcript, in `tests/transcripts`, and the tables of the README, which a test writes.
"""

from __future__ import annotations

from pageinbox.commands import digests, forget, leads, privacy, questions, statistics, triage, watches
from pageinbox.commands.command import Command
from pageinbox.commands.replied import lasting
from pageinbox.commands.request import Request
from pageinbox.model.post import Post
from pageinbox.model.text import EDGES
from pageinbox.words.help import command_help, usage


def show_help(request: Request) -> Post:
    """Every command, or one that is named. Raises QueryError."""
    word = leads.command_asked(request, request.words)
    if word is None:
        first = [command.examples[0] for command in COMMANDS if command.word]
        return usage([*QUESTION.examples, *first])
    command = BY_WORD.get(word, QUESTION)
    return command_help(f"inbox {command.word}".strip(), command.takes, command.examples)


QUESTION = Command(
    word="",
    handler=questions.ask,
    help="show every Page's inbox, on both platforms",
    example="",
    takes=(
        "[folder|all] [platform] [page] [user ID|@name] [unread|read] [waiting|answered] [over 1h] "
        '[closing 2h] [mine|claimed|unclaimed|snoozed|done by team] [text "…"] '
        "[since 2h|monday|14:00] [limit N], in any order"
    ),
    more=(
        ("spam instagram", "one folder of one platform: inbox, other, done, spam; messenger, instagram"),
        ("junk on ig please", "the same in everyday words"),
        ("unread since 2h limit 20", "filters, in any order"),
        ("waiting", "who is waiting for an answer, the longest first; answered is the opposite"),
        ("waiting over 1h", "only who has waited longer; closing 2h is who must be answered by then"),
        ("mine", "what you have claimed; also claimed, unclaimed, snoozed, and done by team"),
        ("all unread", "every folder: inbox, other, done and spam"),
        (
            'text "news" since monday',
            "only with these words in the latest message; also since yesterday, today or 14:00",
        ),
        ("@ann.example", "one person's conversations in every folder; add spam, other, done or inbox for only one"),
        ('@"Bo Lindqvist"', "the same for a name with a space"),
        ("user 1602000000000001", "the same for the ID that Meta gives a person"),
    ),
)
COMMANDS = (
    QUESTION,
    Command(
        word="more",
        handler=questions.more,
        help="show the next rows of this room's last answer",
        example="more",
        takes="the number of rows to show",
        more=(("more 20", "the next 20"),),
    ),
    Command(
        word="show",
        handler=questions.show,
        help="show the latest messages of one conversation",
        example="show jxx3",
        takes="a ref, or a row's number in this room's last list",
        more=(("show 3", "the same for row 3 of the last list"),),
        about_one=lasting,
    ),
    Command(
        word="pages",
        handler=questions.pages,
        help="show the Pages I read, and who they are at Meta",
        example="pages",
        takes="a Page, or nothing for all of them",
    ),
    Command(
        word="status",
        handler=questions.status,
        help="show how fresh each list is, what is wrong, and how much Meta still allows",
        example="status",
        takes="a Page, a platform or “failing”, or nothing for everything",
        more=(("status failing", "only the lists that can't be read, and why"),),
    ),
    Command(
        word="help",
        handler=show_help,
        help="show what you can ask",
        example="help",
        takes="a command, or nothing for all of them",
        more=(("help watch", "all that a watch understands"),),
    ),
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
            "a number, a Page or “muted”, or nothing for everything; in a direct chat, admins see other rooms' with "
            "“all” or a room's name"
        ),
        more=(("watches muted", "only what is muted here, and until when"),),
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
        handler=watches.mute,
        help="stop announcing one conversation here, for a day unless you say how long",
        example="mute jxx3 for 2h",
        takes="a ref, a row's number or a watch, and a length of time",
        more=(
            ("mute 3 for 2h", "the same for row 3 of the list you were just shown"),
            ("mute watch 1 for 2h", "stop announcing what watch 1 finds"),
        ),
        needs_ledger=True,
        changes=True,
        about_one=lasting,
    ),
    Command(
        word="unmute",
        handler=watches.unmute,
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
        handler=watches.waiting,
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
    Command(
        word="why",
        handler=watches.why,
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
HOME = ("inbox mine", "inbox waiting limit 5", "inbox status")
"""What a page of each person's own shows, where a chat has one."""

WORDS = tuple(command.word for command in COMMANDS if command.word)
BY_WORD = {command.word: command for command in COMMANDS if command.word}


def command_of(text: str) -> tuple[Command, str]:
    """The command that the words after `!inbox` begin with, or `!inbox` itself; and the words behind it."""
    word, *rest = text.split(maxsplit=1) or [""]
    command = BY_WORD.get(word.casefold().rstrip(EDGES))
    return (command, "".join(rest).strip()) if command else (QUESTION, text.strip())
