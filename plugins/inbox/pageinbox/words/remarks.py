"""What has to be said beside an answer's figures: which lists can't be read and why, and what may be misread."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from pageinbox.model.answer import Answer, ListFigures
from pageinbox.model.errors import GraphError, RequestRefused
from pageinbox.model.post import Command, Foreign, Line, Link, Piece, Time
from pageinbox.model.source import Folder, Identity, Page, Platform, Source
from pageinbox.words.asked import asked_facts
from pageinbox.words.common import FOLDER_NAMES, PLATFORM_NAMES
from pageinbox.words.english import counted
from pageinbox.words.many import Failing, named_lists, reasons
from pageinbox.words.trouble import explain

INSTAGRAM_INBOX = Command("inbox instagram")


def troubles(groups: Sequence[ListFigures], pages: Mapping[str, Page], now: float) -> list[Line]:
    """What went wrong and what to do, once for each Page and kind of trouble."""
    alike: dict[tuple[str, type[GraphError], str], list[ListFigures]] = {}
    for group in groups:
        if (error := group.look.trouble) is not None:
            alike.setdefault((group.look.source.page, type(error), error.number), []).append(group)
    if not alike:
        return []
    lists_of = Counter(group.look.source.page for group in groups)
    lines: list[Line] = []
    for (name, _, _), failing in alike.items():
        page, first = pages[name], failing[0].look
        text = explain(first.trouble or GraphError(), page, first.source.platform)
        all_of_page = len(failing) == lists_of[name]
        which = "" if all_of_page and len(failing) > 1 else f" · {PLATFORM_NAMES[first.source.platform]}"
        seen = [group.look.at for group in failing if group.look.at is not None]
        last: Line = ("since ", Time(max(seen), now), ".") if seen else ("yet.",)
        lines.append((f"{page.title}{which}: ", *text, " Nothing has been read ", *last))
    return lines


def troubles_of_many(groups: Sequence[ListFigures], pages: Mapping[str, Page], now: float) -> list[Line]:
    """The same where there are many Pages: each reason once for all that it is true of."""

    def last_read(failing: Sequence[Failing]) -> Line:
        seen = [each.since for each in failing if each.since is not None]
        since: Line = ("since ", Time(max(seen), now), ".") if seen else ("yet.",)
        return (" Nothing has been read ", *since)

    failing = [
        Failing(group.look.source, group.look.trouble, group.look.at)
        for group in groups
        if group.look.trouble is not None
    ]
    return reasons(failing, pages, last_read)


def remarks(
    group: ListFigures, answer: Answer, pages: Mapping[str, Page], identities: Mapping[str, Identity | None]
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
    elif is_questionable(group, answer):
        if is_empty(group):
            lines.append((f"Meta says {where} · {folder} is empty. {empty_instagram(source, answer, identities)}",))
        elif is_folders_fault(group):
            lines.append(
                (
                    f"{where}: the folder may be the cause, since Instagram offers apps none; to see the inbox: ",
                    INSTAGRAM_INBOX,
                )
            )
    if unknown := [fact for fact in asked_facts(answer.query) if fact not in group.tells]:
        what = "what is unread" if unknown[0] == "unread" else "who wrote last"
        lines.append((f"Meta doesn't say {what} in {where}, so I list none of its conversations.",))
    if poor := group.poor:
        its, it = ("its time", "it") if poor == 1 else ("their times", "them")
        only = f"Meta gives me only {its}; open {it} in Business Suite: "
        link = Link(pages[source.page].inbox_link)
        lines.append((f"{where}: {counted(poor, 'conversation')} could not be read. {only}", link))
    if (first := group.first) is not None:
        many = counted(group.unreadable, "conversation")
        lines.append((f"{where}: {many} could not be read, the first being ", Foreign(first.id), f" ({first.fault})."))
    return lines


def is_questionable(group: ListFigures, answer: Answer) -> bool:
    """Whether a list is one of Instagram's, of which an answer may say something else than it seems to."""
    query = answer.query
    return group.look.source.platform is Platform.INSTAGRAM and not query.user_id and query.folder is not None


def is_empty(group: ListFigures) -> bool:
    """Whether a list was read and held nothing; of what the ledger knows, that can't be told."""
    look = group.look
    return not group.known and look.at is not None and not look.trouble and not group.read and not group.unreadable


def is_folders_fault(group: ListFigures) -> bool:
    """Whether Meta may have rejected the question for its folder."""
    return isinstance(group.look.trouble, RequestRefused) and group.look.source.folder is not Folder.INBOX


def remarks_on_many(groups: Sequence[ListFigures], answer: Answer, pages: Mapping[str, Page]) -> list[Line]:
    """The same where there are many Pages: each remark once for all that it is true of."""
    lines: list[Line] = []

    def say(those: Sequence[ListFigures], *text: Piece) -> None:
        if those:
            lines.append((f"{named_lists([group.look.source for group in those], pages)}: ", *text))

    folder = FOLDER_NAMES[answer.query.folder] if answer.query.folder else "each folder"
    ignored = [group for group in groups if group.look.folder == "ignored"]
    questionable = [group for group in groups if group.look.folder != "ignored" and is_questionable(group, answer)]
    say(
        [group for group in groups if group.look.folder == "unsure"],
        f"I can't tell whether Instagram keeps {folder} separate; these may be inbox conversations.",
    )
    say(
        ignored,
        f"asked for {folder}, Instagram returns the inbox, since it offers apps no folders. I don't pass that off as "
        f"{folder}; to see it: ",
        INSTAGRAM_INBOX,
    )
    empty = [group for group in questionable if is_empty(group)]
    what = "the inbox" if answer.query.folder is Folder.INBOX else folder
    say(empty, f"Meta says {what} is empty. If that is wrong, ask for one Page, and I'll say what the cause may be.")
    say(
        [group for group in questionable if is_folders_fault(group)],
        "the folder may be the cause, since Instagram offers apps none; to see the inbox: ",
        INSTAGRAM_INBOX,
    )
    for fact, what in (("unread", "what is unread"), ("waiting", "who wrote last")):
        unknown = [group for group in groups if fact in asked_facts(answer.query) and fact not in group.tells]
        say(unknown, f"Meta doesn't say {what} there, so I list none of their conversations.")
    poor = [(group, missing) for group in groups if (missing := group.unreadable + group.poor)]
    many = counted(sum(missing for _, missing in poor), "conversation")
    say([group for group, _ in poor], f"{many} could not be read. Ask for one Page to see more.")
    return lines


def empty_instagram(source: Source, answer: Answer, identities: Mapping[str, Identity | None]) -> str:
    """Why an Instagram list may be empty without being so, as far as the answer and the Page tell."""
    if (known := identities.get(source.page)) is not None and known.instagram_id is None:
        return "No Instagram account is linked to this Page; link one in the Page's settings."
    messenger = any(
        group.look.source.page == source.page
        and group.look.source.platform is Platform.MESSENGER
        and group.look.trouble is None
        for group in answer.groups
    )
    fine = " I can read the same Page's Messenger, so its token is good." if messenger else ""
    return f"{perhaps_not_empty(source.folder)}{fine}"


def perhaps_not_empty(folder: Folder) -> str:
    """Why a list of Instagram's may be empty without being so; the Graph gives no error in any of these cases."""
    none = "" if folder is Folder.INBOX else "Instagram may offer apps no folders, "
    return (
        f"If that is wrong, {none}the app may have only Standard Access, the account may not let connected tools read "
        "its messages, or the conversations may be requests older than 30 days."
    )
