"""What an answer to a question says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from pageinbox.language.vocabulary import say
from pageinbox.model.answer import Answer, Group
from pageinbox.model.conversation import Conversation
from pageinbox.model.errors import GraphError, RequestRefused
from pageinbox.model.look import Look
from pageinbox.model.post import Command, Foreign, Line, Link, Moment, Piece, Post
from pageinbox.model.query import InboxQuery
from pageinbox.model.source import Folder, Identity, Page, Platform, Source
from pageinbox.model.watch import Detail
from pageinbox.words.common import FOLDER_NAMES, ONLY_AUTOMATIC, PLATFORM_NAMES, latest_of, who
from pageinbox.words.english import ago, coarse, counted, duration, exact, moment, spell
from pageinbox.words.trouble import explain

INSTAGRAM_INBOX = Command("inbox instagram")


def listing(
    answer: Answer, pages: Mapping[str, Page], identities: Mapping[str, Identity | None], detail: Detail
) -> Post:
    """The answer to a question: what there is, what went wrong, the rows, and how to go on.

    `identities` are the Pages as Meta knows them, where it was asked. `detail` says how much of a person is shown.
    """
    lines: list[Line] = []
    if len(answer.numbered) == len(answer.rows):
        headline, groups = summary(answer, pages), answer.groups
        lines += [group_line(group, pages, answer) for group in groups] if len(groups) > 1 else []
        lines += troubles(groups, pages, answer.at)
        for group in groups:
            lines += remarks(group, answer, pages, identities)
    else:
        headline = continued(answer, pages)
        lines += troubles(answer.groups, pages, answer.at)
    rows = () if detail is Detail.COUNT else tuple(rows_of(answer, pages, detail))
    return Post(headline, tuple(lines), rows, tuple(notes(answer, detail)))


def continued(answer: Answer, pages: Mapping[str, Page]) -> Line:
    """The first line of what comes after `more`: which rows these are, or that there are none."""
    name = heading(answer, pages)
    if answer.rows:
        first, last = answer.rows[0].number, answer.rows[-1].number
        which = f"number {first}" if first == last else f"{first} to {last}"
        return (*name, f", {which} of {total(answer)}")
    if answer.complete:
        return ("That was all of ", *name, f": {counted(len(answer.numbered), 'conversation')}")
    read = sum(len(group.look.conversations) for group in answer.groups)
    found = (f"No more among the {read:,} conversations read in ", *name)
    return (*found, "; to look further back: ", Command("inbox more")) if can_go_on(answer) else found


def heading(answer: Answer, pages: Mapping[str, Page]) -> Line:
    """What was asked for, in the words of the answer: Page, platform, folder and filters."""
    query, sources = answer.query, [group.look.source for group in answer.groups]
    names, platforms = {source.page for source in sources}, {source.platform for source in sources}
    parts = [pages[names.pop()].title if len(names) == 1 else f"{len(names)} Pages"]
    if len(platforms) == 1:
        parts.append(PLATFORM_NAMES[platforms.pop()])
    parts += [FOLDER_NAMES[query.folder], *filters(query)]
    text = " · ".join(parts)
    return (f"{text} · ", Foreign(f"@{query.name}", most=24)) if query.name else (text,)


def can_go_on(answer: Answer) -> bool:
    """Whether asking on may find more: some source that can be read was not read whole."""
    return any(not group.complete and group.look.trouble is None for group in answer.groups)


def total(answer: Answer) -> str:
    """How many conversations match, as far as that is known: `14`, `50+`."""
    return f"{answer.matching:,}{'' if answer.complete else '+'}"


def filters(query: InboxQuery) -> list[str]:
    """The filters of a question, but for the name."""
    return [
        *(["unread"] if query.unread else []),
        *([say("since", query.since)] if query.since is not None else []),
        *([f"user {query.user_id}"] if query.user_id else []),
    ]


def summary(answer: Answer, pages: Mapping[str, Page]) -> Line:
    """The first line: what was asked for and the figures of all that could be read."""
    read = [group for group in answer.groups if group.look.at is not None]
    name = heading(answer, pages)
    if not read:
        return (*name, " can't be read")
    if len(answer.groups) == 1 and read[0].look.trouble is not None:
        name = (*name, f", as I last saw it {ago(read[0].look.at or 0.0, answer.at)}")
    missing = len(answer.groups) - len(read)
    rest = f" · not counting {counted(missing, 'list')} I can't read" if missing else ""
    return (*name, f": {figures(read, answer)}{rest}")


def figures(groups: Sequence[Group], answer: Answer) -> str:
    """How many, how many unread, how many wait and the longest wait; of what was read, and saying so.

    What Meta did not tell for all of these sources is left out: where it is silent, no number would be true.
    """
    if all(group.look.folder == "ignored" for group in groups):
        return "no such folder"
    if answer.query.unread:
        groups = [group for group in groups if is_known(group.look, "unread")]
        if not groups:
            return "unread unknown"
    items = [item for group in groups for item in group.matching]
    complete = all(group.complete for group in groups)
    looked = sum(len(group.look.conversations) for group in groups)
    filtered = bool(filters(answer.query) or answer.query.name)
    if not items and not complete and not filtered:
        return "no conversations so far, but there are more"
    if complete or not filtered:
        text = counted(len(items), "conversation", more=not complete)
    else:
        text = f"{counted(len(items), 'conversation')} among the {looked:,} read"
    facts = []
    if not answer.query.unread and all(is_known(group.look, "unread") for group in groups):
        unread = sum(bool(item.unread) for item in items)
        facts.append(f"{unread:,} unread" if unread else "none unread")
    if all(is_known(group.look, "waiting") for group in groups):
        facts.append(waiting(items, answer.at))
    if not items or not facts:
        return text
    of_these = ", " if complete or filtered else f"; of the {len(items):,} read: "
    return text + of_these + ", ".join(facts)


def is_known(look: Look, fact: str) -> bool:
    """Whether Meta gave `fact` for some conversation of a look; of an empty list everything is known."""
    return not look.conversations or any(getattr(item, fact) is not None for item in look.conversations)


def waiting(items: Sequence[Conversation], now: float) -> str:
    """How many wait for an answer, and how long the longest has waited."""
    times = [item.said_at for item in items if item.waiting]
    if not times:
        return "none waiting for an answer"
    longest = duration(now - min(times))
    return f"{len(times):,} waiting for an answer, {'the longest ' if len(times) > 1 else ''}for {longest}"


def group_line(group: Group, pages: Mapping[str, Page], answer: Answer) -> Line:
    """One source's line below the first, when there are several."""
    look = group.look
    name = PLATFORM_NAMES[look.source.platform]
    if len({other.look.source.page for other in answer.groups}) > 1:
        name = f"{pages[look.source.page].title} · {name}"
    if look.at is None:
        return (f"{name}: can't be read",)
    if look.trouble is not None:
        name += f", as I last saw it {ago(look.at, answer.at)}"
    return (f"{name}: {figures([group], answer)}",)


def troubles(groups: Sequence[Group], pages: Mapping[str, Page], now: float) -> list[Line]:
    """What went wrong and what to do, once for each Page and kind of trouble."""
    alike: dict[tuple[str, type[GraphError], str], list[Group]] = {}
    for group in groups:
        if (error := group.look.trouble) is not None:
            alike.setdefault((group.look.source.page, type(error), error.number), []).append(group)
    lines: list[Line] = []
    for (name, _, _), failing in alike.items():
        page, first = pages[name], failing[0].look
        text = explain(first.trouble or GraphError(), page, first.source.platform)
        all_of_page = len(failing) == sum(group.look.source.page == name for group in groups)
        which = "" if all_of_page and len(failing) > 1 else f" · {PLATFORM_NAMES[first.source.platform]}"
        seen = [group.look.at for group in failing if group.look.at is not None]
        since = f"Nothing has been read since {exact(max(seen), now)} UTC." if seen else "Nothing has been read yet."
        lines.append((f"{page.title}{which}: ", *text, f" {since}"))
    return lines


def remarks(
    group: Group, answer: Answer, pages: Mapping[str, Page], identities: Mapping[str, Identity | None]
) -> list[Line]:
    """What else has to be said about one source, so that its answer is not misread."""
    look, source = group.look, group.look.source
    folder = FOLDER_NAMES[source.folder]
    where = f"{pages[source.page].title} · {PLATFORM_NAMES[source.platform]}"
    lines: list[Line] = []
    if look.folder == "unsure":
        why = f"{where}: I can't tell whether Instagram keeps {folder} separate; these may be inbox conversations."
        lines.append((why,))
    if look.folder == "ignored":
        lines.append(
            (
                f"{where} returns its inbox when asked for {folder}: Instagram offers apps no folders. "
                f"I don't pass the inbox off as {folder}; to see it: ",
                INSTAGRAM_INBOX,
            )
        )
    elif source.platform is Platform.INSTAGRAM and not answer.query.user_id:
        if look.at is not None and not look.trouble and not look.conversations and not look.unreadable:
            lines.append((f"Meta says {where} · {folder} is empty. {empty_instagram(source, answer, identities)}",))
        elif isinstance(look.trouble, RequestRefused) and source.folder is not Folder.INBOX:
            lines.append(
                (
                    f"{where}: the folder may be the cause, since Instagram offers apps none; to see the inbox: ",
                    INSTAGRAM_INBOX,
                )
            )
    if answer.query.unread and not is_known(look, "unread"):
        lines.append((f"Meta doesn't say what is unread in {where}, so I list none of its conversations.",))
    if poor := sum(conversation.unreadable for conversation in look.conversations):
        its, it = ("its time", "it") if poor == 1 else ("their times", "them")
        only = f"Meta gives me only {its}; open {it} in Business Suite: "
        link = Link(pages[source.page].inbox_link)
        lines.append((f"{where}: {counted(poor, 'conversation')} could not be read. {only}", link))
    if look.unreadable:
        first = look.unreadable[0]
        many = counted(len(look.unreadable), "conversation")
        lines.append((f"{where}: {many} could not be read, the first being ", Foreign(first.id), f" ({first.fault})."))
    return lines


def empty_instagram(source: Source, answer: Answer, identities: Mapping[str, Identity | None]) -> str:
    """Why an Instagram list may be empty without being so (the Graph gives no error in any of these cases)."""
    if (known := identities.get(source.page)) is not None and known.instagram_id is None:
        return "No Instagram account is linked to this Page; link one in the Page's settings."
    reasons = [
        "the app has only Standard Access",
        "the account doesn't let connected tools read its messages",
        "the conversations are requests older than 30 days",
    ]
    if source.folder is not Folder.INBOX:
        reasons.insert(0, "Instagram offers apps no folders")
    messenger = any(
        group.look.source.page == source.page
        and group.look.source.platform is Platform.MESSENGER
        and group.look.trouble is None
        for group in answer.groups
    )
    fine = " I can read the same Page's Messenger, so its token is good." if messenger else ""
    return f"If that is wrong, it may be because {spell(reasons, 'or')}.{fine}"


def rows_of(answer: Answer, pages: Mapping[str, Page], detail: Detail) -> Iterator[tuple[Line, ...]]:
    """The conversations: number, ref, where (if that differs), who, when, what, unread or waiting, and a link.

    When is put into words here, not by the chat: rows that read as they did are then equal, and laid out only once.
    """
    sources = [group.look.source for group in answer.groups]
    several_pages = len({source.page for source in sources}) > 1
    several_platforms = len({source.platform for source in sources}) > 1
    for row in answer.rows:
        item, page = row.conversation, pages[row.source.page]
        where: list[Line] = [(page.title,)] if several_pages else []
        if several_platforms:
            where.append((PLATFORM_NAMES[row.source.platform],))
        person, *state = person_and_state(item, page.title, detail)
        yield ((str(row.number),), (row.ref,), *where, person, (moment(item.said_at, answer.at),), *state)


@lru_cache(1000)  # a list that is asked for again mostly has the same conversations
def person_and_state(item: Conversation, title: str, detail: Detail) -> Sequence[Line]:
    """Who, what, unread or waiting, and a link; `title` is the Page's."""
    marks = [f"{item.unread} unread"] if item.unread else []
    marks += ["waiting", *([ONLY_AUTOMATIC] if item.automatic else [])] if item.waiting else []
    what = [latest_of(item, title)] if detail is Detail.SNIPPET else []
    link = item.link
    return ((who(item, detail),), *what, (", ".join(marks),), (Link(link),) if link else ())


def notes(answer: Answer, detail: Detail) -> list[Line]:
    """The last line: what was shown of what there is, how to see more, and how fresh it is."""
    looks = [group.look.at for group in answer.groups if group.look.at is not None]
    if not looks:
        return []
    pieces: list[Piece] = []
    shown = len(answer.numbered)
    if detail is not Detail.COUNT and answer.rows and (shown < answer.matching or can_go_on(answer)):
        pieces += [f"{shown:,} of {total(answer)} · ", Command("inbox more"), " · "]
    elif not answer.numbered and can_go_on(answer):
        pieces += [Command("inbox more"), " looks further back · "]
    utc = detail is not Detail.COUNT and any(coarse(row.conversation.said_at, answer.at) for row in answer.rows)
    return [(*pieces, "checked ", Moment(min(looks), answer.at), " · times are UTC" if utc else "")]
