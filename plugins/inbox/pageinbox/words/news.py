"""What is said about new conversations: one in a sentence, several as a card, what came later in a thread."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

from pageinbox.language.question import describe
from pageinbox.language.vocabulary import MAX_SINCE
from pageinbox.model.announcement import NAMED, News, Occasion
from pageinbox.model.conversation import Conversation
from pageinbox.model.post import Command, Line, Link, Moment, Offer, Piece, Post, Reference, Span, Time, Zone
from pageinbox.model.query import InboxQuery
from pageinbox.model.source import Folder, Page
from pageinbox.model.watch import Detail
from pageinbox.words.common import (
    FOLDER_NAMES,
    ONLY_AUTOMATIC,
    apart,
    label_of_all,
    latest_of,
    page_of,
    snippet_of,
    who,
)
from pageinbox.words.english import DAY, HOUR, MINUTE, coarse, counted, duration, spell
from pageinbox.words.marks import joined, sentences, state
from pageinbox.words.offers import offers
from pageinbox.words.waits import hurry

LONGEST = 120
"""Characters of a message that stands alone."""

READ_LATER = 10 * MINUTE
"""How much later the command that shows all may be typed and still show all."""

Ref = Callable[[Conversation], str]


def of_news(news: Sequence[News], pages: Mapping[str, Page], ref: Ref, detail: Detail, now: float) -> Post:
    """News without notices: one in a sentence, several as a card."""
    lead = occasion(news, now)
    if len(news) == 1 and (conversation := shown(news[0], detail)) is not None:
        return of_one(news[0], conversation, lead, pages, ref, detail, now)
    late = overdue(news, now) if lead and follows(news, detail) else ""
    rows, notes = card(news, pages, ref, detail, now)
    sources = [item.source for item in news]
    headline = (*lead, f"{how_many(news)} in {label_of_all(sources, pages)}{late}")
    return Post(headline, (), rows, notes, offers=card_offers(news, ref, detail))


def follows(news: Sequence[News], detail: Detail) -> bool:
    """Whether it is known by now who was answered since; in a batch that is not followed they are as they came."""
    apart = any(item.again or (item.detail or detail) is Detail.COUNT for item in news)
    return not (apart and any(item.occasion is Occasion.BATCH for item in news))


def of_one(
    item: News, conversation: Conversation, lead: Line, pages: Mapping[str, Page], ref: Ref, detail: Detail, now: float
) -> Post:
    """One conversation: who, where, how long ago, what and its ref in one line, the link below."""
    level = item.detail or detail
    where = label_of_all([item.source], pages)
    if item.moved_from is not None:
        what = f"Moved from {FOLDER_NAMES[item.moved_from]} to {where}: "
    else:
        what = f"{'New message' if item.again else 'New'} in {where}: "
    at = conversation.said_at
    headline: list[Piece] = [*lead, f"{what[0].lower()}{what[1:]}"] if lead else [what]
    person = "a conversation that can't be read" if conversation.unreadable else who(conversation, level)
    headline += [person, ", ", Moment(at, now, zoned=True)]
    if level is Detail.SNIPPET and (words := snippet_of(conversation.snippet, LONGEST)):
        answered = f", answered by {page_of(pages, item.source.page).title}: "
        headline += [answered if conversation.waiting is False else ": ", *words]
    if item.latest is None:
        headline.append(so_far(conversation))
        headline.append(f" · {left}" if (left := hurry(conversation, now)) else "")
    headline += [" · ", Reference(ref(conversation))]
    lines: list[Line] = [since_then(conversation, item.latest, level)] if item.latest is not None else []
    lines += sentences(item.marks, now)
    if link := conversation.link:
        lines.append((Link(link),))
    elif conversation.unreadable:
        lines.append(("Meta gives me only its time; open it in Business Suite.",))
        lines.append((Link(page_of(pages, item.source.page).inbox_link),))
    return Post(tuple(headline), tuple(lines), offers=offers(ref(conversation), item.marks))


def since_then(announced: Conversation, latest: Conversation, level: Detail) -> Line:
    """How a conversation went on after it was announced, as a line of its own, which stays true for good."""
    when = later(announced, latest)
    if latest.waiting is False:
        return (f"Answered {when}.",)
    words = snippet_of(latest.snippet, LONGEST) if level is Detail.SNIPPET else ()
    what = "Wrote again" if latest.waiting else "New message"
    return (f"{what} {when}: ", *words, so_far(latest)) if words else (f"{what} {when}.",)


def so_far(conversation: Conversation) -> str:
    """What is said behind the words of somebody whom only a machine has answered."""
    return f" ({ONLY_AUTOMATIC} so far)" if conversation.waiting and conversation.automatic else ""


def later(announced: Conversation, latest: Conversation) -> str:
    """How long after what was announced, as `3 min later`."""
    return f"{duration(max(latest.said_at - announced.said_at, 0))} later"


def in_thread(news: Sequence[News], pages: Mapping[str, Page], detail: Detail, now: float) -> Post:
    """What came later in a conversation, in the thread of its announcement: who wrote last, when, and what.

    Of what gathered over quiet hours or a downtime, only the number is given besides.
    """
    item = max(news, key=lambda each: each.conversation.updated if each.conversation else 0.0)
    level, conversation = item.detail or detail, item.conversation
    assert conversation is not None, "what goes into a thread is one conversation"
    at = conversation.said_at
    words = snippet_of(conversation.snippet, LONGEST) if level is Detail.SNIPPET else ()
    answered = conversation.waiting is False
    writer: Piece = page_of(pages, item.source.page).title if answered else who(conversation, level)
    # A word of ours comes first: chats turn a whole line around that begins with right-to-left letters.
    begin = "Answered by " if answered else "From "
    when: Line = (", ", Moment(at, now, zoned=True))
    more = f" (and {counted(len(news) - 1, 'earlier change')})" if len(news) > 1 else ""
    return Post((begin, writer, *when, *((": ", *words, more) if words else (f"{more}.",))))


def shown(item: News, detail: Detail) -> Conversation | None:
    """The conversation, where more of it than its number may be shown."""
    return None if (item.detail or detail) is Detail.COUNT else item.conversation


def occasion(news: Sequence[News], now: float) -> Line:
    """What a post begins with that comes later than usual."""
    since = min((item.since for item in news if item.since is not None), default=None)
    kinds = {item.occasion for item in news}
    if since is None or len(kinds) > 1 or Occasion.ONGOING in kinds:
        return ()
    if Occasion.QUIET in kinds:
        return ("During quiet hours, since ", Time(since, now), ": ")
    if Occasion.BATCH in kinds:
        return ("Since ", Time(since, now), ": ")
    return ("While I was away, ", Span(since, max(item.found for item in news), now), ": ")


def how_many(news: Sequence[News]) -> str:
    """`12 new`, `5 new and 1 with a new message`, `3 new and 2 from other folders`.

    Of those behind the first few nobody knows any more whether they were moved.
    """
    again, moved = sum(item.again for item in news), sum(item.moved_from is not None for item in news)
    first = len(news) - again
    if moved and any(item.conversation is None for item in news):
        parts = [f"{first:,} new or from other folders"]
    else:
        parts = [f"{first - moved:,} new"] if first > moved else []
        parts += [f"{moved:,} from {'another folder' if moved == 1 else 'other folders'}"] if moved else []
    if again:
        parts.append(f"{again:,} with {'a new message' if again == 1 else 'new messages'}")
    return spell(parts)


def overdue(news: Sequence[News], now: float) -> str:
    """How many of them wait for an answer, as far as Meta says, and whether for long."""
    ages = [
        now - item.conversation.said_at
        for item in news
        if item.conversation and item.conversation.waiting and (item.latest is None or item.latest.waiting is not False)
    ]
    if not ages:
        return ""
    late = sum(age > HOUR for age in ages)
    number, how = (late, "for more than an hour") if late else (len(ages), "for an answer")
    if number == len(news):
        return f", {'all of them ' if number > 1 else ''}waiting {how}"
    least = "at least " if any(item.conversation is None for item in news) else ""
    return f", {least}{number:,} of them waiting {how}"


def card(
    news: Sequence[News], pages: Mapping[str, Page], ref: Ref, detail: Detail, now: float
) -> tuple[tuple[tuple[Line, ...], ...], tuple[Line, ...]]:
    """The first `NAMED` of the news as rows, and how to see the rest; nothing where they may only be counted."""
    named = named_in(news, detail)
    if not named:
        return (), ()
    rows = tuple(row_cells(item, conversation, news, pages, ref, detail, now) for item, conversation in named)
    pieces: list[Piece] = []
    if len(news) > len(named):
        pieces.append(f"and {len(news) - len(named):,} more")
        for question in questions(news, pages, now):
            pieces += [" · ", question]
    if any(coarse(conversation.said_at, now) for _, conversation in named):
        pieces.append(Zone(" · times are {}" if pieces else "Times are {}."))
    return rows, (tuple(pieces),) if pieces else ()


def named_in(news: Sequence[News], detail: Detail) -> list[tuple[News, Conversation]]:
    """The first `NAMED` of the news, less what may only be counted."""
    return [(item, conversation) for item in news if (conversation := shown(item, detail)) is not None][:NAMED]


def card_offers(news: Sequence[News], ref: Ref, detail: Detail) -> tuple[Offer, ...]:
    """What can be done about each of the rows of a card."""
    named = enumerate(named_in(news, detail))
    return tuple(offer for row, (item, found) in named for offer in offers(ref(found), item.marks, row=row))


def row_cells(
    item: News,
    conversation: Conversation,
    news: Sequence[News],
    pages: Mapping[str, Page],
    ref: Ref,
    detail: Detail,
    now: float,
) -> tuple[Line, ...]:
    """One conversation among several: ref, where (if that differs), who, when, what, how it went on, and a link."""
    level, source = item.detail or detail, item.source
    where = apart(source, [other.source for other in news], pages)
    if item.moved_from is not None:
        where.append(f"from {FOLDER_NAMES[item.moved_from]}")
    return (
        (Reference(ref(conversation)),),
        (" · ".join(where),),
        (who(conversation, level),),
        (Moment(conversation.said_at, now),),
        latest_of(conversation, page_of(pages, source.page).title) if level is Detail.SNIPPET else (),
        joined([part for part in (since_cell(conversation, item.latest, now), team_cell(item, now)) if part]),
        (Link(conversation.link),) if conversation.link else (),
    )


def since_cell(announced: Conversation, latest: Conversation | None, now: float) -> Line:
    """How a conversation of a card went on, in a few words; or how little time is left to answer."""
    if latest is None:
        return (left,) if (left := hurry(announced, now)) else ()
    return (f"{'answered' if latest.waiting is False else 'wrote again'} {later(announced, latest)}",)


def team_cell(item: News, now: float) -> Line:
    """What the team did with a conversation of a card, in a few words."""
    return () if item.marks is None else state(item.marks, now)


def questions(news: Sequence[News], pages: Mapping[str, Page], now: float) -> list[Command]:
    """The commands that show all of the news, one for each folder, also when typed a little later."""
    found = []
    for folder in Folder:
        inside = [item for item in news if item.source.folder is folder]
        if not inside:
            continue
        names, platforms = {item.source.page for item in inside}, {item.source.platform for item in inside}
        oldest = min(item.conversation.updated if item.conversation else item.found for item in inside)
        query = InboxQuery(
            folder=folder,
            platform=platforms.pop() if len(platforms) == 1 else None,
            page=names.pop() if len(names) == 1 and len(pages) > 1 else None,
            since=far_enough(now - oldest),
        )
        found.append(Command(f"inbox {describe(query)}"))
    return found


def far_enough(seconds: float) -> int:
    """A time that is easily said and reaches back `seconds`, even when it is asked for a little later."""
    wanted = max(seconds, 0) + READ_LATER
    unit = 15 * MINUTE if wanted <= HOUR else HOUR if wanted <= DAY else DAY
    return min(math.ceil(wanted / unit) * unit, MAX_SINCE)
