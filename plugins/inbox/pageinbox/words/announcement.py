"""What an announcement says: of new conversations, and of how their sources fare."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from pageinbox.language.question import describe
from pageinbox.language.vocabulary import MAX_SINCE
from pageinbox.model.announcement import NAMED, Announcement, News, Notice, NoticeKind, Occasion
from pageinbox.model.conversation import Conversation
from pageinbox.model.errors import Blocked, CursorDead, GraphError, Throttled, TokenDead, TooMuchData, Unavailable
from pageinbox.model.post import Command, Line, Link, Moment, Piece, Post
from pageinbox.model.query import InboxQuery
from pageinbox.model.source import Folder, Page, Platform, Source
from pageinbox.model.watch import Detail
from pageinbox.words.common import FOLDER_NAMES, PLATFORM_NAMES, latest_of, page_of, place, snippet_of, who
from pageinbox.words.english import DAY, HOUR, MINUTE, clock, coarse, counted, duration, span, spell, stretch
from pageinbox.words.trouble import LIMITS, explain
from pageinbox.words.trouble import detail as seen

LONGEST = 120
"""Characters of a message that stands alone."""

READ_LATER = 10 * MINUTE
"""How much later the command that shows all may be typed and still show all."""

Ref = Callable[[Conversation], str]


def announcement(item: Announcement, pages: Mapping[str, Page], ref: Ref, detail: Detail, now: float) -> Post:
    """One announcement as a post.

    `pages` are the Pages by name, `ref` gives a conversation's ref, `detail` is the setting for what has none of its
    own, `now` is in seconds since 1970.
    """
    if item.under:
        return in_thread(item.news, pages, detail, now)
    # What is edited stands beside the time when it was said.
    now = now if item.said is None else item.said
    post = of_notices(item, pages, ref, detail, now) if item.notices else of_news(item.news, pages, ref, detail, now)
    if not item.repeat:
        return post
    repeat: Line = ("This may be a repeat: I could not tell whether it arrived before.",)
    return replace(post, notes=(*post.notes, repeat))


def of_news(news: Sequence[News], pages: Mapping[str, Page], ref: Ref, detail: Detail, now: float) -> Post:
    """News without notices: one in a sentence, several as a card."""
    lead = occasion(news, now)
    if len(news) == 1 and (conversation := shown(news[0], detail)) is not None:
        return of_one(news[0], conversation, lead, pages, ref, detail, now)
    late = overdue(news, now) if lead else ""
    rows, notes = card(news, pages, ref, detail, now)
    return Post((f"{lead}{how_many(news)} in {place([one.source for one in news], pages)}{late}",), (), rows, notes)


def of_one(
    one: News, conversation: Conversation, lead: str, pages: Mapping[str, Page], ref: Ref, detail: Detail, now: float
) -> Post:
    """One conversation: who, where, how long ago, what and its ref in one line, the link below."""
    level = one.detail or detail
    what = "New message" if one.again else "New"
    at = conversation.updated
    headline: list[Piece] = [f"{lead}{what.lower() if lead else what} in {place([one.source], pages)}: "]
    headline += [who(conversation, level), ", ", Moment(at, now), " UTC" if coarse(at, now) else ""]
    if level is Detail.SNIPPET and (words := snippet_of(conversation.snippet, LONGEST)):
        answered = f", answered by {page_of(pages, one.source.page).title}: "
        headline += [answered if conversation.waiting is False else ": ", *words]
    headline.append(f" · {ref(conversation)}")
    lines: list[Line] = [since_then(conversation, one.latest, level)] if one.latest is not None else []
    if link := conversation.link:
        lines.append((Link(link),))
    return Post(tuple(headline), tuple(lines))


def since_then(told: Conversation, latest: Conversation, level: Detail) -> Line:
    """How a conversation went on after it was told, as a line of its own; that line stays true for good."""
    when = later(told, latest)
    if latest.waiting is False:
        return (f"Answered {when}.",)
    words = snippet_of(latest.snippet, LONGEST) if level is Detail.SNIPPET else ()
    what = "Wrote again" if latest.waiting else "Went on"
    return (f"{what} {when}: ", *words) if words else (f"{what} {when}.",)


def later(told: Conversation, latest: Conversation) -> str:
    """How long after what was told, as `3 min later`."""
    return f"{duration(max(latest.updated - told.updated, 0))} later"


def in_thread(news: Sequence[News], pages: Mapping[str, Page], detail: Detail, now: float) -> Post:
    """What came later in a conversation, in the thread of its announcement: who wrote last, when, and what.

    Of what gathered over quiet hours or a downtime only the number is told besides.
    """
    one = max(news, key=lambda each: each.conversation.updated if each.conversation else 0.0)
    level, conversation = one.detail or detail, one.conversation
    assert conversation is not None, "what is told in a thread is told by itself"
    at = conversation.updated
    words = snippet_of(conversation.snippet, LONGEST) if level is Detail.SNIPPET else ()
    answered = conversation.waiting is False
    writer: Piece = page_of(pages, one.source.page).title if answered else who(conversation, level)
    # A word of ours comes first: chats turn a whole line around that begins with right-to-left letters.
    begin = "Answered by " if answered else "From "
    when: Line = (", ", Moment(at, now), " UTC" if coarse(at, now) else "")
    more = f" ({counted(len(news) - 1, 'more change')} before)" if len(news) > 1 else ""
    return Post((begin, writer, *when, *((": ", *words, more) if words else (f"{more}.",))))


def shown(one: News, detail: Detail) -> Conversation | None:
    """The conversation, where it may be told of and not only be counted."""
    return None if (one.detail or detail) is Detail.COUNT else one.conversation


def occasion(news: Sequence[News], now: float) -> str:
    """What a post begins with that comes later than usual."""
    since = min((one.since for one in news if one.since is not None), default=None)
    kinds = {one.occasion for one in news}
    if since is None or len(kinds) > 1 or Occasion.ONGOING in kinds:
        return ""
    if Occasion.QUIET in kinds:
        return f"In the quiet hours, since {clock(since, now)}: "
    return f"While I was away, {span(since, max(one.found for one in news), now)}: "


def how_many(news: Sequence[News]) -> str:
    """`12 new`, `5 new and 1 with a new message`."""
    again = sum(one.again for one in news)
    parts = [f"{len(news) - again:,} new"] if again < len(news) else []
    if again:
        parts.append(f"{again:,} with {'a new message' if again == 1 else 'new messages'}")
    return spell(parts)


def overdue(news: Sequence[News], now: float) -> str:
    """How many of them wait for an answer, as far as Meta told, and whether for long."""
    ages = [
        now - one.conversation.updated
        for one in news
        if one.conversation and one.conversation.waiting and (one.latest is None or one.latest.waiting is not False)
    ]
    if not ages:
        return ""
    late = sum(age > HOUR for age in ages)
    number, how = (late, "for more than an hour") if late else (len(ages), "for an answer")
    if number == len(news):
        return f", {'all of them ' if number > 1 else ''}waiting {how}"
    least = "at least " if any(one.conversation is None for one in news) else ""
    return f", {least}{number:,} of them waiting {how}"


def card(
    news: Sequence[News], pages: Mapping[str, Page], ref: Ref, detail: Detail, now: float
) -> tuple[tuple[tuple[Line, ...], ...], tuple[Line, ...]]:
    """The first of the news as rows, and how to see the rest; nothing where they may only be counted."""
    named = [(one, item) for one in news if (item := shown(one, detail)) is not None][:NAMED]
    if not named:
        return (), ()
    rows = tuple(row_cells(one, item, news, pages, ref, detail, now) for one, item in named)
    pieces: list[Piece] = []
    if len(news) > len(named):
        pieces.append(f"and {len(news) - len(named):,} more")
        for question in questions(news, pages, now):
            pieces += [" · ", question]
    if any(coarse(item.updated, now) for _, item in named):
        pieces.append(" · times are UTC" if pieces else "Times are UTC.")
    return rows, (tuple(pieces),) if pieces else ()


def row_cells(
    one: News,
    conversation: Conversation,
    news: Sequence[News],
    pages: Mapping[str, Page],
    ref: Ref,
    detail: Detail,
    now: float,
) -> tuple[Line, ...]:
    """One conversation among several: ref, where (if that differs), who, when, what, how it went on, and a link."""
    level, source = one.detail or detail, one.source
    where = []
    if len({other.source.page for other in news}) > 1:
        where.append(page_of(pages, source.page).title)
    if len({other.source.platform for other in news}) > 1:
        where.append(PLATFORM_NAMES[source.platform])
    if len({other.source.folder for other in news}) > 1:
        where.append(FOLDER_NAMES[source.folder])
    return (
        (ref(conversation),),
        (" · ".join(where),),
        (who(conversation, level),),
        (Moment(conversation.updated, now),),
        latest_of(conversation, page_of(pages, one.source.page)) if level is Detail.SNIPPET else (),
        since_cell(conversation, one.latest),
        (Link(conversation.link),) if conversation.link else (),
    )


def since_cell(told: Conversation, latest: Conversation | None) -> Line:
    """How a conversation of a card went on, in a few words."""
    if latest is None:
        return ()
    return (f"{'answered' if latest.waiting is False else 'wrote again'} {later(told, latest)}",)


def questions(news: Sequence[News], pages: Mapping[str, Page], now: float) -> list[Command]:
    """The commands that show all of the news, one for each folder, also when typed a little later."""
    found = []
    for folder in Folder:
        those = [one for one in news if one.source.folder is folder]
        if not those:
            continue
        names, platforms = {one.source.page for one in those}, {one.source.platform for one in those}
        query = InboxQuery(
            folder=folder,
            platform=platforms.pop() if len(platforms) == 1 else None,
            page=names.pop() if len(names) == 1 and len(pages) > 1 else None,
            since=far_enough(now - min(one.conversation.updated if one.conversation else one.found for one in those)),
        )
        found.append(Command(f"inbox {describe(query)}"))
    return found


def far_enough(seconds: float) -> int:
    """A time that is easily said and reaches back `seconds`, even when it is asked for a little later."""
    wanted = max(seconds, 0) + READ_LATER
    unit = 15 * MINUTE if wanted <= HOUR else HOUR if wanted <= DAY else DAY
    return min(math.ceil(wanted / unit) * unit, MAX_SINCE)


def of_notices(item: Announcement, pages: Mapping[str, Page], ref: Ref, detail: Detail, now: float) -> Post:
    """How sources fare, and what was found after a recovery."""
    by = {kind: [notice for notice in item.notices if notice.kind is kind] for kind in NoticeKind}
    rows, notes = card(item.news, pages, ref, detail, now)
    lines: list[Line] = []
    if back := by[NoticeKind.RECOVERED]:
        lines.append((recovered(back, pages) + meanwhile(item.news, back, pages, bool(rows)),))
    lines += troubles(by[NoticeKind.TROUBLE], pages, now)
    if learned := by[NoticeKind.LEARNED]:
        if len(learned) == 1 or rows:
            lines += [(learning(notice, pages),) for notice in learned]
        else:
            lines.append(("From now on I tell here of new conversations. What is there already stays quiet:",))
            rows = tuple(
                ((place(one.sources, pages, inbox=True),), (counted(one.count, "conversation"),)) for one in learned
            )
    return Post(lines[0], tuple(lines[1:]), rows, notes)


def recovered(notices: Sequence[Notice], pages: Mapping[str, Page]) -> str:
    """Which sources can be read again, and how long they could not; nearly alike is said as one."""
    lengths = [notice.at - notice.since for notice in notices if notice.since is not None]
    longest = max(lengths, default=0.0)
    alike: dict[str, list[Source]] = {}
    for notice in notices:
        length = None if notice.since is None else notice.at - notice.since
        if length is not None and longest - length < 5 * MINUTE:
            length = longest
        alike.setdefault("" if length is None else f" after {stretch(length)}", []).extend(notice.sources)
    (first, those), *rest = alike.items()
    parts = [f"{place(sources, pages)}{after}" for after, sources in rest]
    return f"{spell([f'{place(those, pages)} can be read again{first}', *parts])}."


def meanwhile(news: Sequence[News], back: Sequence[Notice], pages: Mapping[str, Page], listed: bool) -> str:
    """How many came while a source could not be read, and where if it was not only there.

    Without news it says nothing: there may be some that this room does not wish to hear of.
    """
    if not news:
        return ""
    sources = {one.source for one in news}
    elsewhere = not sources <= {source for notice in back for source in notice.sources}
    where = f" in {place([one.source for one in news], pages)}" if elsewhere else ""
    return f" {how_many(news)} meanwhile{where}{':' if listed else '.'}"


def troubles(notices: Sequence[Notice], pages: Mapping[str, Page], now: float) -> list[Line]:
    """Which sources can't be read, since when, why, and what is done about it."""
    lines: list[Line] = []
    for notice in notices:
        first = notice.sources[0]
        why = blindness(notice.trouble or GraphError(), page_of(pages, first.page), first.platform)
        since = "" if notice.since is None else f" since {clock(notice.since, now)}"
        lines.append((f"I can't read {place(notice.sources, pages)}{since}: {why}",))
    return lines


def blindness(error: GraphError, page: Page, platform: Platform) -> str:
    """Why sources of `page` can't be read for some time now, what a person can do, and what I do meanwhile."""
    number = f" ({error.number})" if error.number else ""
    match error:
        case TokenDead():
            return f"{explain(error, page, platform)} Until then I make no call for this Page."
        case Blocked():
            return (
                f"Meta has blocked the app's calls for breaking its rules{number}. "
                "Look at the app's dashboard at Meta; I make no call for this Page until the block may be over."
            )
        case Throttled():
            what = LIMITS.get(error.code or 0, "a limit")
            return f"Meta says {what} is used up{number}. I try again when that may be over; sooner would not help."
        case Unavailable() if number:
            return f"Meta answers “temporarily unavailable”{number}. I keep trying; it is Meta's to mend."
        case Unavailable():
            return (
                f"No usable answer comes from Meta{seen(error)}. I keep trying; if it lasts, look at Meta's own status "
                "and at this machine's way to it."
            )
        case CursorDead():
            return f"The list keeps changing while I read it{number}. I keep trying."
        case TooMuchData():
            return f"Meta cannot give even one conversation at a time{number}. I keep trying."
    if type(error) is GraphError:
        report = "; report it with that number" if number else ""
        return f"Meta's answer is one I don't know{number}{report}. I keep trying."
    return f"{explain(error, page, platform)} I keep trying."


def learning(notice: Notice, pages: Mapping[str, Page]) -> str:
    """What a first look found, which nobody is told of."""
    where = place(notice.sources, pages, inbox=True)
    if not notice.count:
        return f"{where}: nothing is there yet. From now on I tell here of new conversations."
    there = f"{counted(notice.count, 'conversation')} {already_there(notice.count)}"
    return f"{where}: {there}. From now on I tell here of new ones."


def already_there(number: int) -> str:
    """What is said of conversations that are not news."""
    return "is there already and stays quiet" if number == 1 else "are there already and stay quiet"
