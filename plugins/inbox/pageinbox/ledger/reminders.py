"""What reminders need of the ledger: who waits now, what a room knows of that, and which reminders are over."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, select, update

from pageinbox.ledger.marks import marks_of
from pageinbox.ledger.ours import OURS
from pageinbox.ledger.packing import unpack_news
from pageinbox.ledger.schema import ANSWERED_AT, announcement, answer, conversation, ms, news, room, source, wait
from pageinbox.ledger.sources import BATCH
from pageinbox.model.act import Marks
from pageinbox.model.announcement import Verdict
from pageinbox.model.reminder import Reminder, ReminderKind
from pageinbox.model.wait import HUMAN_AGENT, STANDARD

OPEN = select(wait, source.c.page, source.c.platform, source.c.folder, source.c.looked, source.c.failing).join(
    source, source.c.id == wait.c.source
)
OPEN = OPEN.where(wait.c.gone.is_(None), wait.c.source.in_(OURS)).order_by(wait.c.since)
THESE = OPEN.where(wait.c.body.is_not(None), wait.c.conversation.in_(bindparam("conversations", expanding=True)))
WAITING = select(wait.c.conversation, wait.c.source, wait.c.since, wait.c.wrote).where(
    wait.c.gone.is_(None), wait.c.body.is_not(None), wait.c.source.in_(OURS)
)
IS_KEPT = select(conversation.c.id).where(conversation.c.id == bindparam("its_conversation")).with_for_update(read=True)
TOLD = (
    select(news.c.version, news.c.verdict, news.c.due, announcement.c.at)
    .join(room, room.c.id == news.c.room)
    .outerjoin(announcement, announcement.c.id == news.c.announcement)
    .where(news.c.conversation == bindparam("its_conversation"), room.c.name == bindparam("its_room"))
)
WAITS = select(wait.c.conversation, wait.c.since, wait.c.wrote).where(
    wait.c.conversation.in_(bindparam("conversations", expanding=True)), wait.c.gone.is_(None)
)
ANSWERED = (
    select(answer.c.conversation, func.max(ANSWERED_AT))
    .where(answer.c.conversation.in_(bindparam("conversations", expanding=True)))
    .group_by(answer.c.conversation)
)
SETTLED = (
    update(news)
    .where(
        news.c.conversation == bindparam("its_conversation"),
        news.c.room == bindparam("its_room"),
        news.c.version == bindparam("its_version"),
    )
    .values(verdict=Verdict.SETTLED.value, due=None, body=None, latest=None)
)
"""Made once: making a statement takes as long as running it."""

Wait = tuple[int, int, int, int]
"""The rows of its conversation and of its source, when it began, and when the customer wrote last."""

ENDED = (ReminderKind.AWAKE, ReminderKind.RECALLED, ReminderKind.AGAIN)
"""Reminders that a mark has ended, which say how long the customer has waited by then."""


def open_waits(connection: Connection, ours: Mapping[str, object]) -> Sequence[Row[Any]]:
    """The waits for an answer that are open in the known sources, the longest first, each with its source's columns.

    `ours` is what `OURS` is run with.
    """
    return connection.execute(OPEN, ours).all()


def waits_now(connection: Connection, ours: Mapping[str, object]) -> list[Wait]:
    """What tells the open waits of the known sources from one another, in no order: far less to read than their rows.

    `ours` is what `OURS` is run with.
    """
    return [
        (one, its_source, since, wrote) for one, its_source, since, wrote in connection.execute(WAITING, ours).all()
    ]


def rows_of(connection: Connection, waits: Collection[Wait], ours: Mapping[str, object]) -> list[Row[Any]]:
    """The rows of these waits as `open_waits` gives them, but for those that have ended or gone on since."""
    these, rows = set(waits), list[Row[Any]]()
    ids = [one for one, *_ in sorted(waits, key=lambda begun: begun[2])]
    for start in range(0, len(ids), BATCH):
        found = connection.execute(THESE, {**ours, "conversations": ids[start : start + BATCH]})
        rows += [row for row in found if wait_of(row) in these]
    return rows


def wait_of(row: Any) -> Wait:
    """Which wait a row is."""
    return row.conversation, row.source, row.since, row.wrote


def is_kept(connection: Connection, conversation_row: int) -> bool:
    """Whether the ledger still has a conversation, which nobody erases from now on until this transaction ends."""
    return connection.execute(IS_KEPT, {"its_conversation": conversation_row}).first() is not None


def knows(connection: Connection, conversation_row: int, room_name: str, reminder: Reminder, since: float) -> bool:
    """Whether a room needs no reminder of a wait at a step that came at `since`, in seconds since 1970.

    It had that one, maybe before it was known how early the wait began; or it is told of the conversation as new, or of
    a mark that ended, only after that step, and so how long the wait is already.
    """
    for row in connection.execute(TOLD, {"its_conversation": conversation_row, "its_room": room_name}):
        if row.version < 0:
            before = Reminder.of(row.version)
            same = (before.kind, before.step) == (reminder.kind, reminder.step)
            if reminder.kind is not ReminderKind.WAITING:
                continue
            ended = before.kind in ENDED and row.at is not None and row.at > ms(since)
            if (
                (same and before.since >= int(reminder.since))
                or ended
                or (before.kind in ENDED and row.due is not None)
            ):
                return True
        elif row.version == 0 and row.verdict <= Verdict.HELD.value and reminder.kind is ReminderKind.WAITING:
            tells = row.due is not None or (row.at is not None and row.at > ms(since))
            if tells:
                return True
    return False


def settle(connection: Connection, rows: Sequence[Row[Any]]) -> Sequence[Row[Any]]:
    """Of rows of one room's news those that are still to be said; reminders of what is over are dropped for good.

    Decided when they are taken to be sent: nobody is reminded of who was answered, or taken care of, meanwhile. Of
    several steps of one wait only the last is said.
    """
    reminders = [
        (row, reminder)
        for row in rows
        if row.version < 0 and row.body is not None and (reminder := unpack_news(row.body)[2]) is not None
    ]
    if not reminders:
        return rows
    conversations = {row.conversation for row, _ in reminders}
    waits: dict[int, list[Any]] = {}
    for begun in connection.execute(WAITS, {"conversations": [*conversations]}):
        waits.setdefault(begun.conversation, []).append(begun)
    answered = {one: at for one, at in connection.execute(ANSWERED, {"conversations": [*conversations]})}
    marks = marks_of(connection, conversations)
    last: dict[tuple[int, ReminderKind], int] = {}
    for row, reminder in reminders:
        key = row.conversation, reminder.kind
        last[key] = min(last.get(key, 0), row.version)
    over = {
        (row.conversation, row.version)
        for row, reminder in reminders
        if row.version != last[row.conversation, reminder.kind]
        or is_over(
            reminder,
            waits.get(row.conversation, ()),
            marks.get(row.conversation, Marks()),
            answered.get(row.conversation, 0),
        )
    }
    if over:
        its_room = reminders[0][0].room
        keys = [{"its_conversation": one, "its_room": its_room, "its_version": version} for one, version in over]
        connection.execute(SETTLED, keys)
    return [row for row in rows if (row.conversation, row.version) not in over]


def is_over(reminder: Reminder, waiting: Collection[Any], marks: Marks, answered: int) -> bool:
    """Whether nothing is to be done about it any more, by the marks on its conversation and who is waiting there.

    `answered` is when somebody was answered there last, in the ledger's milliseconds; 0 where nobody was.
    Who took it may forget that the window closes, and so may who put it off; but what is done is done.
    """
    if marks.done is not None:
        return True
    match reminder.kind:
        case ReminderKind.WAITING:
            held = marks.claim is not None or marks.snooze is not None
            return held or not any(each.since <= ms(reminder.since) for each in waiting)
        case ReminderKind.CLOSING:
            ends = {each.wrote + ms(lasts) for each in waiting for lasts in (STANDARD, HUMAN_AGENT)}
            return ms(reminder.since) not in ends
        case ReminderKind.RECALLED | ReminderKind.AGAIN if marks.claim is not None:
            return True
    return answered >= ms(reminder.since)
