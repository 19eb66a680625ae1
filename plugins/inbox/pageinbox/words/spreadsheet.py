"""What `!inbox stats csv` gives: a file with a row for each answer, and for new conversations by the quarter."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime, tzinfo
from functools import partial

from pageinbox.language.statistics import StatisticsAsked
from pageinbox.model.post import Attachment, Post
from pageinbox.model.statistics import QUARTER, Answered, Arrived
from pageinbox.words.common import FOLDER_NAMES
from pageinbox.words.english import counted

MOST_ROWS = 100_000

COLUMNS = (
    *("kind", "page", "platform", "folder", "begin", "end"),
    *("conversations", "seconds", "open_seconds", "at_least", "zone"),
)
ACTIVE = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
"""What makes a spreadsheet take the text behind it for a formula."""


def spreadsheet(rows: Sequence[Answered | Arrived], asked: StatisticsAsked, label: str, *, zone: tzinfo) -> Post:
    """The rows as a file, and what is in it. `label` is what the lists are called, times are those of `zone`."""
    called = f"{label} · {asked.period.called}"
    if not rows:
        return Post((f"{called}: I have no rows for that time, so there is no file.",))
    if len(rows) > MOST_ROWS:
        return Post((f"{called}: more than {MOST_ROWS:,} rows, too many for a file. Choose a shorter period.",))
    period = asked.period.period
    days = dict.fromkeys(f"{datetime.fromtimestamp(at, zone):%Y-%m-%d}" for at in (period.begin, period.end - 1))
    file = Attachment(f"inbox_{'_'.join(days)}.csv", "text/csv", partial(content, rows, zone))
    what = (
        "Each row is an answer, with how long the customer had waited, or a quarter of an hour with how many new "
        "conversations began in it. There are no names and no words."
    )
    return Post((f"{called}: {counted(len(rows), 'row')} in {file.name}",), ((what,),), attachments=(file,))


def content(rows: Iterable[Answered | Arrived], zone: tzinfo) -> bytes:
    """The rows as CSV in UTF-8, below the names of the columns. A row's `zone` is that of its end."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for row in rows:
        source = row.source
        where = inert(source.page), source.platform.value, FOLDER_NAMES[source.folder]
        match row:
            case Answered():
                kind, begin, end = "answered", row.since, row.answered
                facts: Sequence[object] = 1, round(end - begin), row.opened, "yes" if row.at_least else ""
            case Arrived():
                kind, begin, end = "new", row.begin, row.begin + QUARTER
                facts = row.many, "", "", ""
        (first, _), (last, ahead) = said(begin, zone), said(end, zone)
        writer.writerow((kind, *where, first, last, *facts, ahead))
    # What begins without that mark, Excel reads in the encoding of its country.
    return text.getvalue().encode("utf-8-sig")


def said(at: float, zone: tzinfo) -> tuple[str, str]:
    """A time to the second, and how far its clocks are from UTC: `2026-11-24 09:00:00`, `UTC+01:00`.

    Together, a spreadsheet would take them for a text.
    """
    whole = datetime.fromtimestamp(round(at), zone).isoformat(" ")
    return whole[:19], f"UTC{whole[19:]}"


def inert(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.lstrip().startswith(ACTIVE) else text
