"""Which of the things a room is to be told go into one message."""

from __future__ import annotations

import math
from collections.abc import Sequence

from pageinbox.model.announcement import NAMED, OF_TOKENS, NoticeKind, Occasion, QueuedNews, QueuedNotice
from pageinbox.model.watch import Detail
from pageinbox.words.common import HANDFUL

TOGETHER = ((NoticeKind.RECOVERED, NoticeKind.VISIBLE), OF_TOKENS)
"""Kinds of notices that go into one message: a list that can be read again may show more than before."""

GATHERING = 5.0
"""Seconds that what is found after a time without looks waits for the other sources, to be told together.

Just as far ahead `choose` wants to know the queue.
"""

MINUTE = 60


def told_together(found: float, pages: int, soonest: float = GATHERING) -> float:
    """When something found is told, with what is found of other sources until then; both in seconds since 1970.

    So many `pages` are read. Of more than a handful not all are looked at within moments: what is found of them in one
    minute is told at its end.
    """
    due = found + soonest
    return due if pages <= HANDFUL else math.ceil(due / MINUTE) * MINUTE


def choose(
    news: Sequence[QueuedNews], notices: Sequence[QueuedNotice]
) -> tuple[Sequence[QueuedNews], Sequence[QueuedNotice]]:
    """The news and the notices of one room that are told first, each in order; none where nothing is due yet.

    Both are oldest first. A few new conversations go one by one; more than `NAMED` together, and so do reminders of one
    kind. What was held over quiet hours goes together, and so does what was found after a time without looks, with the
    recovery: there what is gathered takes along what would be due a moment later. A digest stands alone.
    """
    due_news, due_notices = [each for each in news if each.due], [each for each in notices if each.due]
    if not due_news and not due_notices:
        return [], []
    missed = [each for each in news if each.occasion is Occasion.AWAY and each.thread is None]
    if due_notices and (not due_news or due_notices[0].found <= due_news[0].found):
        kind = due_notices[0].kind
        if kind is NoticeKind.DIGEST:
            return [], due_notices[:1]
        told = [
            each
            for each in notices
            if each.kind is kind or any({kind, each.kind} <= {*together} for together in TOGETHER)
        ]
        return (missed if any(each.kind is NoticeKind.RECOVERED for each in told) else []), told
    first = due_news[0]
    if first.thread is not None:
        return [each for each in due_news if each.thread == first.thread], []
    if first.occasion is Occasion.AWAY:
        return missed, [each for each in notices if each.kind is NoticeKind.RECOVERED]
    alike = [
        each
        for each in due_news
        if (each.occasion, each.reminder) == (first.occasion, first.reminder) and each.thread is None
    ]
    if first.occasion is Occasion.ONGOING and first.detail is Detail.COUNT:
        return [each for each in alike if each.detail is Detail.COUNT], []  # one number says as much as several
    one_by_one = first.occasion is Occasion.ONGOING and len(alike) <= NAMED
    return (alike[:1] if one_by_one else alike), []
