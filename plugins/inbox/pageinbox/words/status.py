"""What `!inbox status` says: how fresh each list is, what is wrong, and what Meta still allows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from pageinbox.language.question import describe
from pageinbox.model.answer import SourceStatus
from pageinbox.model.errors import Blocked, Throttled, TokenDead
from pageinbox.model.fault import Fault, Work
from pageinbox.model.history import Backlog, Standing
from pageinbox.model.post import Command, Foreign, Line, Moment, Post, Room, Time
from pageinbox.model.query import InboxQuery
from pageinbox.model.source import Folder, Page, PageStatus, Platform
from pageinbox.model.wait import LITTLE
from pageinbox.model.watch import PausedWatch
from pageinbox.words import overview
from pageinbox.words.common import label
from pageinbox.words.elsewhere import elsewhere
from pageinbox.words.english import counted, duration, spell
from pageinbox.words.faults import fault_lines
from pageinbox.words.many import is_many
from pageinbox.words.notices import OUTBOX, unreached_rooms
from pageinbox.words.outbox import in_sum
from pageinbox.words.push import pushes
from pageinbox.words.reports import SourceReport, headline, still
from pageinbox.words.tokens import tokens
from pageinbox.words.trouble import explain, explain_lasting

UNREACHED = ("can't be reached", "can't be reached")

SOON = 60.0
"""Seconds of failing after which a room is said to be out of reach; the admins are told later."""

CLOSING = Command(f"inbox {describe(InboxQuery(waiting=True, closing=round(LITTLE)))}")
NOTHING, WATCHES = Standing(), Command("inbox watches")


def status(
    pages: Mapping[str, PageStatus],
    sources: Sequence[SourceStatus],
    now: float,
    refusal: str,
    standing: Standing = NOTHING,
    faults: Sequence[Fault] = (),
    *,
    failing: bool = False,
    sees: Callable[[str], bool] = lambda room: True,
) -> Post:
    """Each source: when it was last checked and what is wrong with it; then what Meta still allows each Page.

    Of many Pages it sums up, unless only the `failing` lists are wanted: then it names all of these.
    `refusal` is what is wrong with settings that were refused, so that older ones are in force. `standing` is
    what the ledger tells, `faults` what can't be got done. `sees` tells of which rooms it may be
    said what is wrong there.
    """
    records, waiting = standing.records, standing.waiting
    asked = {state.source for state in sources}
    watched = [SourceStatus(source, None, None) for source in records if source.page in pages and source not in asked]
    faulty = {fault.doing for fault in faults if fault.ledger is None}
    reports = [SourceReport(state, records.get(state.source), state.source in faulty) for state in (*sources, *watched)]
    silent = unreachable(waiting, now)
    unheard = {backlog.room for backlog in silent} | {room for room in faulty if isinstance(room, str)}
    but = f", but {counted(len(unheard), 'room')} can't be reached" if unheard else ""
    but = but or (", but nothing can be edited" if Work.EDITING in faulty else "")
    but = but or (", but nobody is reminded of anything" if Work.REMINDING in faulty else "")
    but = ", but nothing can be announced" if any(fault.stops_all for fault in faults) else but
    many, first = is_many(pages), headline(reports, but)
    titles = {name: page.page for name, page in pages.items()}
    if failing:
        reports = [report for report in reports if report.blind]
        blind = {report.source.page for report in reports}
        pages = {name: page for name, page in pages.items() if name in blind}
    lines: list[Line] = []
    if refusal:
        lines.append(
            ("The newest settings were refused, so the earlier ones still apply: ", Foreign(refusal, most=400))
        )
    lines += fault_lines(faults, titles)
    lines += overview.troubles(reports, pages, by_name=failing) if many else troubles(reports, pages)
    if not failing:
        dead = {report.source.page for report in reports if isinstance(report.trouble, TokenDead)}
        lines += tokens([(page.page, page.token) for page in pages.values()], now, dead)
    lines += closing(reports)
    rows: list[tuple[Line, ...]] = []
    notes: list[Line] = []
    if many and not failing:
        lines += overview.remarks(reports, pages, now)
        rows += overview.failing_cells(reports, pages, now)
        notes += overview.others(reports, pages, now)
        notes += overview.allowed(list(pages.values()))
    elif not many:
        lines += emptiness([report for report in reports if is_empty_instagram(report)], pages)
        for report in reports:
            lines += remarks(report, pages[report.source.page], now)
            rows.append(source_cells(report, pages[report.source.page].page, now))
        notes += [(budget(page),) for page in pages.values()]
        notes += [automatic(page.page, text) for page in pages.values() for text in page.automatic]
    if not failing:
        notes += pushes([push for push in standing.pushes if push.page in pages], titles, now)
    seen = [(backlog.room, backlog.failing, backlog.error or "") for backlog in silent if sees(backlog.room)]
    lines += unreached_rooms(seen, now)
    if hidden := len(silent) - len(seen):
        notes.append(elsewhere(hidden, "inbox status", UNREACHED))
    if standing.paused:
        notes.append(paused(standing.paused, sees))
    if waiting:
        notes.append((f"{in_sum(waiting)}: ", OUTBOX))
    return Post((first,), tuple(lines), tuple(rows), tuple(notes))


def closing(reports: Sequence[SourceReport]) -> list[Line]:
    """How many wait in watched inboxes who can be answered only for a little longer, and how to see them."""
    inboxes = [each.record for each in reports if each.record is not None and each.source.folder is Folder.INBOX]
    number = sum(record.closing for record in inboxes)
    text = (
        f"{counted(number, 'conversation')} must be answered within {duration(LITTLE)}, or Meta's reply window closes: "
    )
    return [(text, CLOSING)] if number else []


def paused(watches: Sequence[PausedWatch], sees: Callable[[str], bool]) -> Line:
    """How many watches hear of nothing for now, and where to see why; the rooms by name where they may be named."""
    rooms = list(dict.fromkeys(watch.room for watch in watches))
    number = f"{counted(len(watches), 'watch', 'watches')} {'is' if len(watches) == 1 else 'are'} paused"
    if is_many(rooms) or not all(map(sees, rooms)):
        return (f"{number}, in {counted(len(rooms), 'room')}. To see why, there: ", WATCHES)
    places = [piece for room in rooms for piece in (Room(room), " and ")][:-1]
    return (f"{number}, in ", *places, ". To see why, there: ", WATCHES)


def unreachable(waiting: Sequence[Backlog], now: float) -> list[Backlog]:
    """What waits for rooms that have failed for a while, one for each room."""
    lasting = [each for each in waiting if each.failing is not None and now - each.failing >= SOON]
    return list({backlog.room: backlog for backlog in lasting}.values())


def troubles(reports: Sequence[SourceReport], pages: Mapping[str, PageStatus]) -> list[Line]:
    """Why sources can't be read, each reason once for a Page."""
    alike: dict[tuple[str, Line], list[str]] = {}
    for report in sorted(reports, key=lambda each: each.failing is None):
        if report.trouble is None:
            continue
        page = pages[report.source.page]
        title, trouble = page.page.title, still(report.trouble, page)
        text = explain_lasting(trouble, page.page, report.source.platform)
        # Nobody has to ask again for what is read anyway; but only `explain` knows how long a pause still is.
        if isinstance(trouble, Throttled | Blocked) or (report.failing is None and (title, text) not in alike):
            text = explain(trouble, page.page, report.source.platform)
        alike.setdefault((title, text), []).append(label(page.page, report.source))
    return [(f"{names[0] if len(names) == 1 else title}: ", *text) for (title, text), names in alike.items()]


def remarks(report: SourceReport, page: PageStatus, now: float) -> list[Line]:
    """What else has to be said about one source, besides its row."""
    name, error = label(page.page, report.source), report.asked.last_error
    lines: list[Line] = []
    if report.trouble is None and report.failing is None and error is not None:
        what = error.trouble.number or error.trouble.detail
        lines.append((f"{name}: fine again; the last error ({what}) was ", Moment(error.at, now)))
    look = report.asked.look
    if look is not None and (poor := look.poor):
        lines.append((f"{name}: {counted(poor, 'conversation')} could not be read when I last looked.",))
    if report.record is not None and report.record.disordered:
        lines.append((f"I read all of {name} every time, because Meta doesn't return it newest first.",))
    return lines


def emptiness(reports: Sequence[SourceReport], pages: Mapping[str, PageStatus]) -> list[Line]:
    """That lists are empty which may not be, and what says why."""
    if not reports:
        return []
    names = spell([label(pages[report.source.page].page, report.source) for report in reports])
    what = f"Meta says {names} {'are' if reports[1:] else 'is'} empty. If that is wrong, to find the cause: "
    return [(what, Command("inbox doctor" if reports[1:] else f"inbox doctor {reports[0].source.page}"))]


def is_empty_instagram(report: SourceReport) -> bool:
    """Whether Instagram's inbox was read whole and held nothing, which Meta also says where nobody may read it."""
    record, look = report.record, report.asked.look
    if report.source.platform is not Platform.INSTAGRAM or report.source.folder is not Folder.INBOX or report.blind:
        return False
    if record is not None:
        return record.complete and not record.known
    return look is not None and not (look.conversations or look.unreadable or look.more)


def source_cells(report: SourceReport, page: Page, now: float) -> tuple[Line, ...]:
    """One source: its name, its last good look and its next, and what it holds or that it is in trouble."""
    look, record, at, name = report.asked.look, report.record, report.at, (label(page, report.source),)
    soon = ""
    if record is not None and record.next_look is not None:
        verb = "next try" if report.blind else "next"
        soon = f", {verb} in {duration(record.next_look - now)}" if record.next_look >= now + 1 else f", {verb} now"
    if look is None and record is None:
        return (name, ("not checked yet",), ())
    if look is not None and look.folder == "ignored":
        return (name, ("checked ", Moment(at or now, now), soon), ("no such folder",))
    state: Line
    if report.failing is not None:
        state = ("failing since ", Time(report.failing, now))
    elif report.blind:
        state = ("failing",)
    elif record is not None and record.complete:
        state = (f"{counted(record.known, 'conversation')} known",)
    elif record is not None:
        state = (f"first read under way, {record.known:,} so far" if record.known else "first read under way",)
    else:
        state = (counted(len(look.conversations), "conversation", more=look.more) if look else "",)
    if at is None:
        return (name, (f"{'never read' if report.blind else 'not checked yet'}{soon}",), state)
    return (name, ("last read " if report.blind else "checked ", Moment(at, now), soon), state)


def budget(page: PageStatus) -> str:
    """What Meta still allows a Page, and whether it serves the version that was asked for."""
    usage = page.usage
    text = f"{page.page.title}: "
    text += "Meta hasn't said yet how much it allows" if usage is None else f"{usage}% of what Meta allows is used"
    if closed := page.closed_for:
        text += f" · no calls for {duration(closed)}"
    answered = page.version_answered
    if answered and answered != page.version_asked:
        text += f" · Meta answers with {answered} instead of {page.version_asked}: set GRAPH_VERSION to a current one"
    return text


def automatic(page: Page, text: str) -> Line:
    """A text that is taken for an automatic reply, and where to write it so that this is certain."""
    words = Foreign(text, quoted=True, most=2 * len(text))
    why = "it has come within a minute in five conversations or more"
    return (f"{page.title}: I take ", words, f" for an automatic reply, since {why}. If that is right, add it to "
            f"AUTO_REPLIES of {page.name}, so that I still know after a restart.")  # fmt: skip
