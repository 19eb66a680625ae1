"""What `!inbox show` says: one conversation and its latest messages."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from pageinbox.model.act import Marks
from pageinbox.model.answer import Named
from pageinbox.model.conversation import MESSAGES_KEPT, Conversation, Message, Thread
from pageinbox.model.post import Line, Link, Moment, Name, Piece, Post, Reference, Time, Zone
from pageinbox.model.source import Page
from pageinbox.model.watch import Detail
from pageinbox.words.ceiling import limit
from pageinbox.words.common import NAMELESS, ONLY_AUTOMATIC, label, snippet_of, who
from pageinbox.words.english import counted
from pageinbox.words.marks import notes as notes_of
from pageinbox.words.marks import sentences
from pageinbox.words.offers import offers
from pageinbox.words.waits import whole_wait

SHOWN = 10
LONGEST = 300


def thread(named: Named, found: Thread, page: Page, now: float, detail: Detail, marks: Marks | None = None) -> Post:
    """A conversation: who, where, how many messages, what the team did, then the latest `SHOWN`, newest first."""
    messages = found.messages[:SHOWN]
    person = who(found.conversation, detail)
    headline: list[Piece] = [Reference(named.ref), " · ", person, f" · {label(page, named.source)} · "]
    headline.append(how_many(found))
    if messages:
        created = messages[0].created
        headline += [", the last ", Moment(found.conversation.updated if created is None else created, now)]
        side = messages[0].from_page
        headline.append("" if side is None else " from us" if side else " from them")
        headline.append(f", {ONLY_AUTOMATIC}" if found.conversation.automatic else "")
    told = whole_wait(found.conversation, page, now)
    rows = tuple(message_cells(message, found.conversation, page, now, detail) for message in messages)
    lines: list[Line] = [(told,)] if told else []
    lines += [*sentences(marks, now), *notes_of(marks, now, detail)]
    more = tuple(notes(found, page, detail))
    return Post(tuple(headline), tuple(lines), rows, more, offers=offers(named.ref, marks)[:-1])


def how_many(found: Thread) -> str:
    """The number of messages, by Meta's own count or by what it gave."""
    known = found.conversation.message_count
    if known is None and found.withheld:
        return "messages unknown"
    if known is None:
        return counted(len(found.messages), "message", more=found.more)
    return counted(known, "message")


def message_cells(
    message: Message, conversation: Conversation, page: Page, now: float, detail: Detail
) -> tuple[Line, ...]:
    """One message: when, who and what. The text only where `detail` lets snippets be seen."""
    when: Line = () if message.created is None else (Time(message.created, now, dated=True),)
    author: Piece = NAMELESS
    if message.from_page:
        author = f"{page.title} (automatic)" if message.automatic else page.title
    elif message.from_page is False:
        # Several people may write in one conversation.
        name = message.name or conversation.name
        author = who(msgspec.structs.replace(conversation, name=name), detail)
    elif message.name and detail.names:
        author = Name(message.name, most=24)
    return (when, (author,), snippet_of(message.text, LONGEST) if detail is Detail.SNIPPET else ())


def notes(found: Thread, page: Page, detail: Detail) -> Sequence[Line]:
    """What was left out, and where the whole conversation is."""
    lines: list[Line] = []
    shown = min(len(found.messages), SHOWN)
    total = found.conversation.message_count or len(found.messages)
    parts: list[Piece] = [Zone("Times are {}.")]
    if found.more or total > shown:
        last = counted(shown, "message") if shown != 1 else "message"
        parts.insert(0, f"The latest {last}; Meta gives the text of only the latest {MESSAGES_KEPT}.")
    if found.withheld:
        what = "gives only its time" if found.conversation.unreadable else "won't give its messages"
        parts = [f"Meta {what} for now; open it in Business Suite, or ask again later."]
    if detail is not Detail.SNIPPET:
        parts.append(f"The text is left out: {limit(detail)}")
    lines.append(tuple(piece for part in parts for piece in (" ", part)))
    if link := found.conversation.link or (page.inbox_link if found.withheld else None):
        lines.append((Link(link),))
    return lines
