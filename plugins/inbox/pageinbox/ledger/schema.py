"""The ledger's tables. Times are whole milliseconds since 1970, which take six bytes instead of a float's eight.

What is compared or understood is kept as a code. Only `error` holds sentences, on what went wrong in the chat: they are
shown, and nothing depends on what they say.

Conversations, news and announcements grow with the ledger. What is asked of them again and again is answered by a key
or by an index of the few it concerns, which costs those that were said long ago no room.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, MetaData, SmallInteger, Table, Text, cast, text

from pageinbox.ledger.graph_id import GraphId

VERSION = 7

tables = MetaData()

meta = Table(
    "inbox_meta",
    tables,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)
"""`version` of the tables, and `name`, the ledger's own, which no other ledger has; for the others see `erasing` and
`restored`."""

source = Table(
    "inbox_source",
    tables,
    Column("id", Integer, primary_key=True),
    Column("page", Text, nullable=False),  # Meta's id: the name people type may change
    Column("platform", Text, nullable=False),
    Column("folder", Text, nullable=False),
    Column("wanted", Boolean, nullable=False, default=False),
    Column("complete", Boolean, nullable=False, default=False),  # whether its first look is finished
    Column("begun", BigInteger),  # when its first look was finished; all that came since is known
    Column("waits", BigInteger),  # when all of it was first read for who waits; who does since then is known
    Column("quiet_until", BigInteger),  # what is unknown and not newer is no news: see `tell.reading`
    Column("reached", BigInteger),  # the newest change met by the latest whole look
    Column("forgotten", BigInteger),  # nothing that changed until then is kept
    Column("known", Integer, nullable=False, default=0),
    Column("looked", BigInteger),
    Column("disordered", Boolean, nullable=False, default=False),
    Column("failing", BigInteger),
    Column("failures", Integer, nullable=False, default=0),
    Column("trouble", Text),  # JSON
    Column("told", Boolean, nullable=False, default=False),
    Column("kinds", Text),  # of trouble that rooms were told of since it fails
    Column("lease", Text),  # the session that has it
    Column("lease_until", BigInteger),
    Index("inbox_source_list", "page", "platform", "folder", unique=True),
)

conversation = Table(
    "inbox_conversation",
    tables,
    Column("id", Integer, primary_key=True),
    Column("key", BigInteger, nullable=False),  # the first 63 bits that its ref begins with too
    Column("graph_id", GraphId, nullable=False),
    Column("source", SmallInteger, nullable=False),  # where it was met last
    Column("folders", SmallInteger, nullable=False),  # codes.FOLDER_BITS and codes.UNREADABLE
    Column("quiet", SmallInteger, nullable=False),  # why it was no news: 0, codes.THERE or codes.OLDER
    Column("seen", BigInteger, nullable=False),
    Column("updated", BigInteger, nullable=False),
    Index("inbox_conversation_key", "key", unique=True),
)

room = Table(
    "inbox_room",
    tables,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("failing", BigInteger),
    Column("failures", Integer, nullable=False, default=0),
    Column("retry", BigInteger),
    Column("error", Text),
)

news = Table(
    "inbox_news",
    tables,
    Column("conversation", Integer, primary_key=True, autoincrement=False),
    Column("room", Integer, primary_key=True, autoincrement=False),
    # 0: it is new; the time of a new message; negative: the number of a reminder
    Column("version", BigInteger, primary_key=True, autoincrement=False),
    Column("watch", Integer, nullable=False),
    Column("source", SmallInteger, nullable=False),
    Column("verdict", SmallInteger, nullable=False),  # model.announcement.Verdict
    Column("occasion", SmallInteger, nullable=False),  # model.announcement.Occasion
    Column("found", BigInteger, nullable=False),
    Column("due", BigInteger),  # None once it is said, or never to be
    Column("since", BigInteger),
    Column("detail", Text),
    Column("body", Text),  # what is to be shown, as JSON; erased once it is said
    Column("announcement", Integer),
    Column("later", SmallInteger),  # what its announcement does when it goes on: codes.LATER_CODES, None for nothing
    Column("latest", Text),  # how it went on, as it is to be shown in the edited announcement
    Column("kept", SmallInteger),  # 1 once it is said, as long as its announcement may be edited
    Index("inbox_news_queue", "announcement", "room", "found", sqlite_where=text("due IS NOT NULL"),
          postgresql_where=text("due IS NOT NULL")),
    Index("inbox_news_kept", "announcement", sqlite_where=text("kept IS NOT NULL"),
          postgresql_where=text("kept IS NOT NULL")),
    sqlite_with_rowid=False,
)  # fmt: skip

notice = Table(
    "inbox_notice",
    tables,
    Column("id", Integer, primary_key=True),
    Column("room", Integer, nullable=False),
    Column("found", BigInteger, nullable=False),
    Column("due", BigInteger),
    Column("body", Text, nullable=False),  # JSON
    Column("announcement", Integer),
)

announcement = Table(
    "inbox_announcement",
    tables,
    Column("id", Integer, primary_key=True),
    Column("room", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("at", BigInteger, nullable=False),  # of the latest change of its state
    Column("items", Integer, nullable=False),  # how many news it tells, less those that were forgotten
    Column("tries", Integer, nullable=False, default=0),  # that the chat left in doubt; if given up, all
    Column("repeat", SmallInteger, nullable=False, default=0),
    Column("session", Text),  # that sends or edits it
    Column("until", BigInteger),
    Column("receipt", Text),
    Column("error", Text),  # None where it was given up since its Page is no longer in the settings
    Column("edit", BigInteger),  # when it is to be edited
    Column("erased", Integer),  # how many of those it told of were erased since, which are no items any more
    Index("inbox_announcement_edit", "edit", sqlite_where=text("edit IS NOT NULL"),
          postgresql_where=text("edit IS NOT NULL")),
    Index("inbox_announcement_active", "room", unique=True, sqlite_where=text("state IN ('sending', 'doubt')"),
          postgresql_where=text("state IN ('sending', 'doubt')")),
    Index("inbox_announcement_unsent", "id", sqlite_where=text("state <> 'sent'"),
          postgresql_where=text("state <> 'sent'")),
    Index("inbox_announcement_empty", "at", sqlite_where=text("items = 0"), postgresql_where=text("items = 0")),
    sqlite_autoincrement=True,
)  # fmt: skip

watch = Table(
    "inbox_watch",
    tables,
    Column("id", Integer, primary_key=True),
    Column("room", Text, nullable=False),
    Column("spec", Text, nullable=False),  # JSON; or words of an older version that can't be read
    Column("ops", Boolean, nullable=False),
    Column("made", BigInteger),  # None where that is not known: long ago
    Column("ended", BigInteger),
    sqlite_autoincrement=True,
)

mute = Table(
    "inbox_mute",
    tables,
    Column("id", Integer, primary_key=True),
    Column("room", Text, nullable=False),
    Column("watch", Integer),
    Column("conversation", Integer),
    Column("until", BigInteger, nullable=False),
)

wait = Table(
    "inbox_wait",
    tables,
    Column("conversation", Integer, primary_key=True, autoincrement=False),
    Column("since", BigInteger, primary_key=True, autoincrement=False),
    Column("source", SmallInteger, nullable=False),
    Column("wrote", BigInteger, nullable=False),  # the customer's latest message
    Column("at_least", SmallInteger),  # 1 where there may be earlier messages that nobody answered
    Column("gone", BigInteger),  # when a look found that it had left the list, so that nobody waits there
    Column("body", Text),  # the conversation as it is to be shown, as JSON; erased once nobody waits
    Index("inbox_wait_open", "source", "since", sqlite_where=text("gone IS NULL"),
          postgresql_where=text("gone IS NULL")),
    sqlite_with_rowid=False,
)  # fmt: skip
"""Who waits for an answer, and who did where nobody was seen to answer."""

answer = Table(
    "inbox_answer",
    tables,
    Column("conversation", Integer, primary_key=True, autoincrement=False),
    Column("since", BigInteger, primary_key=True, autoincrement=False),
    Column("source", SmallInteger, nullable=False),
    Column("took", Integer, nullable=False),
    Column("opened", Integer),  # how much of that the Page was open; None where it had no opening hours
    Column("wrote", Integer, nullable=False),  # from `since` to the customer's latest message before the answer
    Column("at_least", SmallInteger),
    sqlite_with_rowid=False,
)
"""Each time that a customer waited and was answered. Lengths are whole seconds, as Meta's times are."""

ANSWERED_AT = answer.c.since + 1000 * cast(answer.c.took, BigInteger)
"""When it was answered; of what is as long as a month there are too many milliseconds for PostgreSQL's integers."""

arrival = Table(
    "inbox_arrival",
    tables,
    Column("source", SmallInteger, primary_key=True, autoincrement=False),
    Column("quarter", Integer, primary_key=True, autoincrement=False),
    Column("many", Integer, nullable=False),
    sqlite_with_rowid=False,
)
"""How many new conversations began in each quarter of an hour, counted from 1970: zones differ by quarters."""

gap = Table(
    "inbox_gap",
    tables,
    Column("source", SmallInteger, primary_key=True, autoincrement=False),
    Column("begun", BigInteger, primary_key=True, autoincrement=False),
    Column("ended", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
"""When a source was not looked at for longer than usual. What begins at 0 is the time before it was ever watched; the
latest one of a source whose first look is not finished lasts still."""

digest = Table(
    "inbox_digest",
    tables,
    Column("id", Integer, primary_key=True),
    Column("room", Text, nullable=False),
    Column("spec", Text, nullable=False),  # JSON
    Column("made", BigInteger, nullable=False),
    Column("due", BigInteger, nullable=False),
    Column("told", BigInteger),  # until when the latest one told
    Column("ended", BigInteger),
    sqlite_autoincrement=True,
)
"""What rooms are told of how all went, day by day or week by week."""

forgotten = Table(
    "inbox_forgotten",
    tables,
    Column("key", BigInteger, primary_key=True, autoincrement=False),  # of a conversation, as it has there
    Column("at", BigInteger, nullable=False),  # of its latest change then, by Meta's time
    sqlite_with_rowid=False,
)
"""Conversations of which somebody had all erased: no look learns them anew until the customer writes after that."""

token = Table(
    "inbox_token",
    tables,
    Column("page", Text, primary_key=True),  # the Page's id
    Column("access", SmallInteger, primary_key=True, autoincrement=False),  # 1: only its access to people's data
    Column("ends", BigInteger),  # None where it was refused, and nobody knows since when
    Column("told", SmallInteger, nullable=False),  # the days before that the admins were told last; 0: that it ended
)
"""What the admins were told of each Page's token."""

push = Table(
    "inbox_push",
    tables,
    Column("source", SmallInteger, primary_key=True, autoincrement=False),
    Column("hour", Integer, primary_key=True, autoincrement=False),  # counted from 1970
    Column("pushed", Integer, nullable=False),
    Column("polled", Integer, nullable=False),
    Column("gained", BigInteger, nullable=False),  # milliseconds
    sqlite_with_rowid=False,
)
"""How many changes of a source a push had told of before a look found them, and how many came by polling alone; and how
much sooner than at the next look those that were pushed were found, in all."""

act = Table(
    "inbox_act",
    tables,
    Column("id", Integer, primary_key=True),
    Column("conversation", Integer, nullable=False),
    Column("kind", SmallInteger, nullable=False),  # model.act.ActKind
    Column("who", Text, nullable=False),  # the chat's id of the person
    Column("name", Text, nullable=False),
    Column("room", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("until", BigInteger),
    Column("giver", Text),  # the name of who put it on somebody else
    Column("words", Text),
    Column("body", Text),  # the conversation as it is to be shown, as JSON; erased once the act has ended
    Column("ended", BigInteger),
    Column("ending", SmallInteger),  # model.act.Ending
    Column("ender", Text),  # the name of who ended it
    Index("inbox_act_conversation", "conversation"),
    # One claim, one end and one snooze at a time: who comes second finds it taken.
    Index("inbox_act_mark", "kind", "conversation", unique=True, sqlite_where=text("ended IS NULL AND kind < 3"),
          postgresql_where=text("ended IS NULL AND kind < 3")),
    sqlite_autoincrement=True,
)  # fmt: skip
"""What the team did with conversations; what has not ended holds."""


def ms(moment: float) -> int:
    """Seconds since 1970 as the ledger keeps them."""
    return round(moment * 1000)


def seconds(moment: int | None) -> float | None:
    """What the ledger keeps, as seconds since 1970."""
    return None if moment is None else moment / 1000
