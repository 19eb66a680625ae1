"""What is said of conversations that a room knows: who waits for long, whose window closes, what ended by itself."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from pageinbox.language.question import describe
from pageinbox.model.announcement import NAMED, News
from pageinbox.model.conversation import Conversation
from pageinbox.model.post import Command, Foreign, Line, Link, Offer, Piece, Post, Reference
from pageinbox.model.query import InboxQuery
from pageinbox.model.reminder import Reminder, ReminderKind
from pageinbox.model.source import Page
from pageinbox.model.wait import HUMAN_AGENT, STANDARD
from pageinbox.model.watch import Detail
from pageinbox.words.common import apart, label_of_all, page_of, snippet_of, who
from pageinbox.words.english import DAY, HOUR, MINUTE, exactly, lasting, stretch
from pageinbox.words.marks import joined, state
from pageinbox.words.news import LONGEST, Ref, later, shown
from pageinbox.words.offers import offers
from pageinbox.words.waits import left_cell, left_to, needs_tag, waited

SHORT = 6 * HOUR
"""Up to here a time to answer in is told to the minute."""


def of_reminders(news: Sequence[News], pages: Mapping[str, Page], ref: Ref, detail: Detail, now: float) -> Post:
    """Reminders of one kind: one in a sentence, several as a card, who waits longest first."""
    ordered = sorted(news, key=urgency)
    if len(news) == 1 and (conversation := shown(news[0], detail)) is not None:
        return of_one(news[0], conversation, pages, ref, detail, now)
    named = [(item, conversation) for item in ordered if (conversation := shown(item, detail)) is not None][:NAMED]
    rows = tuple(cells(item, conversation, news, pages, ref, detail, now) for item, conversation in named)
    colon = ":" if rows else "."
    headline = (*lead(news), *how_many(ordered, pages, now), colon)
    more: list[Line] = []
    if rows and len(news) > len(rows):
        more.append((f"and {len(news) - len(rows):,} more · ", question(ordered, pages)))
    if any(needs_tag(conversation, now) and conversation.waiting for _, conversation in named):
        more.append(("(tag): only with Meta's human-agent tag",))
    acts: list[Offer] = []
    for row, (item, conversation) in enumerate(named):
        acts += offers(ref(conversation), item.marks, row)
    return Post(headline, (), rows, tuple(more), offers=tuple(acts))


def about(item: News) -> Reminder:
    """What it reminds of."""
    assert item.reminder is not None, "only reminders are told here"
    return item.reminder


def urgency(item: News) -> float:
    """Who has waited longest comes first, or whose window closes first."""
    if about(item).kind is ReminderKind.CLOSING or item.conversation is None:
        return about(item).since
    return waits_since(item, item.conversation)


def waits_since(item: News, conversation: Conversation) -> float:
    """Since when the customer waits."""
    reminder = about(item)
    return reminder.since if reminder.kind is ReminderKind.WAITING else conversation.waiting_since


def lead(news: Sequence[News]) -> Line:
    """What comes although a room's hours are quiet says so."""
    return ("Despite quiet hours: ",) if any(item.since is not None for item in news) else ()


def how_many(news: Sequence[News], pages: Mapping[str, Page], now: float) -> Line:
    """What a card begins with: `5 have been waiting for more than an hour in Acme, 2 of them for more than 4 h`."""
    where, number = label_of_all([item.source for item in news], pages), len(news)
    first = about(news[0])
    match first.kind:
        case ReminderKind.WAITING:
            steps = sorted({about(item).step for item in news})
            open_ = " of opening hours" if any(page_of(pages, item.source.page).open for item in news) else ""
            many = f"{number:,} {'has' if number == 1 else 'have'} been waiting"
            text = f"{many} for more than {long(steps[0])}{open_} in {where}"
            if len(steps) > 1:
                longest = sum(about(item).step == steps[-1] for item in news)
                text += f", {longest:,} of them for more than {long(steps[-1])}"
            return (text,)
        case ReminderKind.CLOSING:
            closed = sum(about(item).since <= now for item in news)
            if closed == number:
                return (f"Meta's reply window has closed for {number:,} in {where}",)
            text = f"Meta's reply window closes within {within(news, now)} for {number - closed:,} in {where}"
            return (text + (f", and has closed for {closed:,} more" if closed else ""),)
        case ReminderKind.AWAKE:
            return (f"{number:,} {'snooze is' if number == 1 else 'snoozes are'} over in {where}",)
        case ReminderKind.RECALLED:
            return (f"{number:,} {'is' if number == 1 else 'are'} free again in {where}, since nobody has answered",)
    return (f"{number:,} wrote again in {where} after being done",)


def long(step: int) -> str:
    """A step as one says it."""
    return {HOUR: "an hour", DAY: "a day"}.get(step, exactly(step))


def within(news: Sequence[News], now: float) -> str:
    """How much is left until the last of some windows closes."""
    return remaining(max(about(item).since - now for item in news))


def remaining(seconds: float) -> str:
    """A time to answer in, to the minute where it is short."""
    return lasting(seconds) if seconds > SHORT else stretch(math.ceil(seconds / MINUTE) * MINUTE)


def of_one(
    item: News, conversation: Conversation, pages: Mapping[str, Page], ref: Ref, detail: Detail, now: float
) -> Post:
    """One conversation: what it is about, where, who, since when, the words, what is left to answer, and its ref."""
    level = item.detail or detail
    headline: list[Piece] = [*lead([item]), *what(item, conversation, pages, now), ": ", who(conversation, level)]
    if about(item).kind is not ReminderKind.WAITING and conversation.waiting:
        headline.append(f", waiting for {waited(conversation, page_of(pages, item.source.page), now)}")
    if level is Detail.SNIPPET and (words := snippet_of(conversation.snippet, LONGEST)):
        headline += [": " if about(item).kind is not ReminderKind.WAITING else ", ", *words]
    over = about(item).since <= now and needs_tag(conversation, now)
    if conversation.waiting and (over or about(item).kind is not ReminderKind.CLOSING):
        headline.append(f", {left_to(conversation, now)}")
    headline += [" · ", Reference(ref(conversation))]
    lines: list[Line] = []
    if then := by_now(item, conversation, now):
        lines.append((*sentence(then), "."))
    if conversation.link:
        lines.append((Link(conversation.link),))
    return Post(tuple(headline), tuple(lines), offers=offers(ref(conversation), item.marks))


def what(item: News, conversation: Conversation, pages: Mapping[str, Page], now: float) -> Line:
    """What one reminder begins with."""
    reminder, where = about(item), label_of_all([item.source], pages)
    by = Foreign(reminder.by, most=24)
    match reminder.kind:
        case ReminderKind.WAITING:
            return (f"Waiting for {waited(conversation, page_of(pages, item.source.page), now)} in {where}",)
        case ReminderKind.CLOSING:
            return (f"{closing(reminder.since, conversation, now)} in {where}",)
        case ReminderKind.AWAKE:
            return ("Snooze over, put off by ", by, f", in {where}") if reminder.by else (f"Snooze over in {where}",)
        case ReminderKind.RECALLED:
            ago = stretch(round((now - reminder.since) / MINUTE) * MINUTE)
            return ("Free again, since ", by, f" took it {ago} ago and hasn't answered, in {where}")
    return (f"Wrote again in {where}, was done by ", by)


def closing(end: float, conversation: Conversation, now: float) -> str:
    """What is left of one of Meta's windows, or that it is over."""
    last = end - conversation.said_at > (STANDARD + HUMAN_AGENT) / 2
    if now >= end:
        return f"Meta's {'7 days' if last else '24 hours'} are over"
    return f"{remaining(end - now)} left to answer{', with the human-agent tag,' if last else ''}"


def cells(
    item: News,
    conversation: Conversation,
    news: Sequence[News],
    pages: Mapping[str, Page],
    ref: Ref,
    detail: Detail,
    now: float,
) -> tuple[Line, ...]:
    """One of several: ref, where (if that differs), who, for how long, the words, what is left, what became of it."""
    level, source = item.detail or detail, item.source
    where = apart(source, [other.source for other in news], pages)
    waiting = f"for {waited(conversation, page_of(pages, item.source.page), now)}" if conversation.waiting else ""
    by = about(item).by
    return (
        (Reference(ref(conversation)),),
        (" · ".join(where),),
        (who(conversation, level),),
        (waiting,),
        snippet_of(conversation.snippet) if level is Detail.SNIPPET else (),
        (left_cell(conversation, now),) if conversation.waiting else (),
        by_now(item, conversation, now) or (("by ", Foreign(by, most=24)) if by else ()),
        (Link(conversation.link),) if conversation.link else (),
    )


def by_now(item: News, conversation: Conversation, now: float) -> Line:
    """What became of it since: answered, done, taken, put off, or written in again."""
    latest = item.latest
    if latest is not None and latest.waiting is False:
        at = latest.said_at if latest.answered is None else latest.answered
        return (f"answered after {stretch(max(at - waits_since(item, conversation), 0))}",)
    parts = [held] if item.marks is not None and (held := state(item.marks, now)) else []
    if latest is not None and latest.waiting and latest.updated > conversation.updated:
        parts.append((f"wrote again {later(conversation, latest)}",))
    return joined(parts)


def sentence(words: Line) -> Line:
    """The same words as a sentence begins with them."""
    first = words[0]
    return (first[:1].upper() + first[1:] if isinstance(first, str) else first, *words[1:])


def question(news: Sequence[News], pages: Mapping[str, Page]) -> Command:
    """The command that shows who waits where these do."""
    names, platforms = {item.source.page for item in news}, {item.source.platform for item in news}
    folders = {item.source.folder for item in news}
    query = InboxQuery(
        folder=folders.pop() if len(folders) == 1 else None,
        platform=platforms.pop() if len(platforms) == 1 else None,
        page=names.pop() if len(names) == 1 and len(pages) > 1 else None,
        waiting=True,
    )
    return Command(f"inbox {describe(query)}")
