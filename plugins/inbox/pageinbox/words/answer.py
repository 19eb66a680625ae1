"""What an answer to a question says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from pageinbox.model.answer import Answer, Group
from pageinbox.model.conversation import Conversation
from pageinbox.model.errors import GraphError, NotAskedYet, RequestRefused
from pageinbox.model.look import Look
from pageinbox.model.post import Command, Foreign, Line, Link, Moment, Piece, Post, Time, Zone
from pageinbox.model.source import Folder, Identity, Page, Platform, Source
from pageinbox.model.watch import Detail
from pageinbox.words.asked import asked_facts, filters, heading, without_folderless
from pageinbox.words.common import FOLDER_NAMES, ONLY_AUTOMATIC, PLATFORM_NAMES, latest_of, who
from pageinbox.words.english import DAY, ago, coarse, counted, duration, spell
from pageinbox.words.trouble import explain

INSTAGRAM_INBOX = Command("inbox instagram")


def listing(
    answer: Answer, pages: Mapping[str, Page], identities: Mapping[str, Identity | None], detail: Detail
) -> Post:
    """The answer to a question: what there is, what went wrong, the rows, and how to go on.

    `identities` are the Pages as Meta knows them, where it was asked. `detail` says how much of a person is shown.
    """
    lines: list[Line] = []
    answer, folderless = without_folderless(answer)
    if len(answer.numbered) == len(answer.rows):
        headline, groups = summary(answer, pages), answer.groups
        told = [group for group in groups if answer.query.folder or group.matching]
        lines += [group_line(group, pages, answer) for group in told] if len(told) > 1 else []
        lines += [
            (f"{pages[name].title} · Instagram: only its inbox, since Instagram offers apps no folders.",)
            for name in folderless
        ]
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
    read = sum(group.read for group in answer.groups)
    found = (f"No more among the {read:,} conversations read in ", *name)
    return (*found, "; to look further back: ", Command("inbox more")) if can_go_on(answer) else found


def can_go_on(answer: Answer) -> bool:
    """Whether asking on may find more: some source that can be read was not read whole."""
    return any(not group.complete and group.look.trouble is None for group in answer.groups)


def total(answer: Answer) -> str:
    """How many conversations match, as far as that is known: `14`, `50+`."""
    return f"{answer.matching:,}{'' if answer.complete else '+'}"


def summary(answer: Answer, pages: Mapping[str, Page]) -> Line:
    """The first line: what was asked for and the figures of all that could be read."""
    read = [group for group in answer.groups if group.look.at is not None]
    name = heading(answer, pages)
    if not read:
        return (*name, " can't be read" if any(map(is_failing, answer.groups)) else " hasn't been asked yet")
    if len(answer.groups) == 1 and read[0].look.trouble is not None:
        name = (*name, f", as I last saw it {ago(read[0].look.at or 0.0, answer.at)}")
    missing = [group for group in answer.groups if group.look.at is None]
    failing = sum(map(is_failing, missing))
    counts = [(failing, "I can't read"), (len(missing) - failing, "I haven't asked yet")]
    rest = spell([f"{counted(number, 'list')} {why}" for number, why in counts if number])
    return (*name, f": {figures(read, answer)}{f' · not counting {rest}' if rest else ''}")


def is_failing(group: Group) -> bool:
    """Whether a list could not be read, rather than not be asked."""
    return group.look.trouble is not None and not isinstance(group.look.trouble, NotAskedYet)


def figures(groups: Sequence[Group], answer: Answer) -> str:
    """How many, how many unread, how many wait and the longest wait; of what was read, and saying so.

    What Meta did not tell for all of these sources is left out: where it is silent, no number would be true.
    """
    if all(group.look.folder == "ignored" for group in groups):
        return "no such folder"
    query = answer.query
    for fact in asked_facts(query):
        groups = [group for group in groups if is_known(group.look, fact)]
        if not groups:
            return f"{fact} unknown"
    items = [item for group in groups for item in group.matching]
    complete = all(group.complete for group in groups)
    looked = sum(len(group.look.conversations) for group in groups)
    filtered = bool(filters(query)) or query.filters
    if not items and not complete and not filtered:
        return "no conversations so far, but there are more"
    if complete or not filtered:
        text = counted(len(items), "conversation", more=not complete)
    else:
        text = f"{counted(len(items), 'conversation')} among the {looked:,} read"
    facts = []
    if query.unread is None and all(is_known(group.look, "unread") for group in groups):
        unread = sum(bool(item.unread) for item in items)
        facts.append(f"{unread:,} unread" if unread else "none unread")
    if query.waiting:
        longest = duration(answer.at - min((item.said_at for item in items), default=answer.at))
        facts.append(f"{'the longest ' if len(items) > 1 else ''}waiting for {longest}")
    elif query.waiting is None and all(is_known(group.look, "waiting") for group in groups):
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
    if answer.query.folder is None:
        name += f" · {FOLDER_NAMES[look.source.folder]}"
    if look.at is None:
        return (name + (": can't be read" if is_failing(group) else ": not asked yet"),)
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
        last: Line = ("since ", Time(max(seen), now), ".") if seen else ("yet.",)
        lines.append((f"{page.title}{which}: ", *text, " Nothing has been read ", *last))
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
    elif source.platform is Platform.INSTAGRAM and not answer.query.user_id and answer.query.folder is not None:
        if look.at is not None and not look.trouble and not look.conversations and not look.unreadable:
            lines.append((f"Meta says {where} · {folder} is empty. {empty_instagram(source, answer, identities)}",))
        elif isinstance(look.trouble, RequestRefused) and source.folder is not Folder.INBOX:
            lines.append(
                (
                    f"{where}: the folder may be the cause, since Instagram offers apps none; to see the inbox: ",
                    INSTAGRAM_INBOX,
                )
            )
    if unknown := [fact for fact in asked_facts(answer.query) if not is_known(look, fact)]:
        what = "what is unread" if unknown[0] == "unread" else "who wrote last"
        lines.append((f"Meta doesn't say {what} in {where}, so I list none of its conversations.",))
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

    When is said as coarsely as it is shown: rows that read as they did are then equal, and laid out only once.
    """
    sources = [group.look.source for group in answer.groups]
    several_pages = len({source.page for source in sources}) > 1
    several_platforms = len({source.platform for source in sources}) > 1
    several_folders = len({source.folder for source in sources}) > 1
    for row in answer.rows:
        item, page = row.conversation, pages[row.source.page]
        where: list[Line] = [(page.title,)] if several_pages else []
        if several_platforms:
            where.append((PLATFORM_NAMES[row.source.platform],))
        if several_folders:
            where.append((FOLDER_NAMES[row.source.folder],))
        days = (answer.at - item.said_at) // DAY
        when = Moment(item.said_at, item.said_at + days * DAY + 1) if days > 0 else ago(item.said_at, answer.at)
        person, *state = person_and_state(item, page.title, detail, not answer.query.waiting)
        yield ((str(row.number),), (row.ref,), *where, person, (when,), *state)


@lru_cache(1000)  # a list that is asked for again mostly has the same conversations
def person_and_state(item: Conversation, title: str, detail: Detail, waits: bool) -> Sequence[Line]:
    """Who, what, unread or waiting, and a link; `title` is the Page's, `waits` says whether to say who waits."""
    marks = [f"{item.unread} unread"] if item.unread else []
    marks += ["waiting"] if item.waiting and waits else []
    marks += [ONLY_AUTOMATIC] if item.waiting and item.automatic else []
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
    if answer.query.waiting and len(answer.rows) > 1:
        pieces.append("longest wait first · ")
    exact = detail is not Detail.COUNT and any(coarse(row.conversation.said_at, answer.at) for row in answer.rows)
    return [(*pieces, "checked ", Moment(min(looks), answer.at), Zone(" · times are {}") if exact else "")]
