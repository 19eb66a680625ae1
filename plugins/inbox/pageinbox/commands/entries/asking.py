"""What is asked of Meta, and how that goes."""

from __future__ import annotations

from pageinbox.commands import questions
from pageinbox.commands.command import Command
from pageinbox.commands.doctor import doctor
from pageinbox.commands.replied import lasting

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
            "only with these words in the latest message; also since 14:00, this morning, last week or 12 nov",
        ),
        ("@ann.example", "one person's conversations in every folder; add spam, other, done or inbox for only one"),
        ('@"Bo Lindqvist"', "the same for a name with a space"),
        ("user 1602000000000001", "the same for the ID that Meta gives a person"),
    ),
)
ASKING = (
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
        takes="a Page or a platform, or nothing for all of them",
    ),
    Command(
        word="status",
        handler=questions.status,
        help="show how fresh each list is, what is wrong, and how much Meta still allows",
        example="status",
        takes="a Page, a platform, a folder or “failing”, or nothing for everything",
        more=(("status failing", "only the lists that can't be read, and why"),),
    ),
    Command(
        word="doctor",
        handler=doctor,
        help="examine everything that I need, and say what to do",
        example="doctor",
        takes="a Page or a platform, or nothing for everything; “deep” with a Page, or with the only one",
        more=(
            ("doctor messenger", "only what concerns Messenger; or one Page, by its name"),
            ("doctor deep", "find out what Meta's API really does, for a report that can be published; for my admins"),
        ),
    ),
)
