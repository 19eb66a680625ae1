"""What `!inbox status` says of many Pages: those in trouble first and by name, the others in sum."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pageinbox.language.vocabulary import say
from pageinbox.model.post import Command, Line, Moment, Piece, Time
from pageinbox.model.source import PageStatus
from pageinbox.words.common import HANDFUL
from pageinbox.words.english import counted, duration
from pageinbox.words.many import FAILING, Failing, called, named_lists, reasons, reasons_by_name, some
from pageinbox.words.reports import SourceReport, still

Pages = Mapping[str, PageStatus]

MUCH = 75
"""Per cent of what Meta allows, from which looks become rarer: such Pages are named."""


def troubles(reports: Sequence[SourceReport], pages: Pages, *, by_name: bool) -> list[Line]:
    """Why lists can't be read: each reason once, with a few of its Pages, or `by_name` with all of them."""
    failing = [
        Failing(source, still(trouble, pages[source.page]), watched=report.failing is not None)
        for report in reports
        if (trouble := report.trouble) is not None and (source := report.source)
    ]
    told = {name: page.page for name, page in pages.items()}
    return reasons_by_name(failing, told) if by_name else reasons(failing, told)


def remarks(reports: Sequence[SourceReport], pages: Pages, now: float) -> list[Line]:
    """What else has to be said about lists, each remark once."""
    fine = [report for report in reports if not report.blind and report.asked.last_error is not None]
    lines: list[Line] = []
    if fine:
        latest = max(report.asked.last_error.at for report in fine if report.asked.last_error is not None)
        verb = "is" if len(fine) == 1 else "are"
        lines.append((f"{lists(fine, pages)} {verb} fine again; the last error was ", Moment(latest, now)))
    looks = [(report, report.asked.look) for report in reports]
    poor = [(report, look.poor) for report, look in looks if look is not None and look.poor]
    if poor:
        missing = counted(sum(many for _, many in poor), "conversation")
        lines.append(
            (f"{lists([report for report, _ in poor], pages)}: {missing} could not be read when I last looked.",)
        )
    if disordered := [report for report in reports if report.record is not None and report.record.disordered]:
        which = lists(disordered, pages)
        lines.append((f"I read all of {which} every time, because Meta doesn't return them newest first.",))
    return lines


def lists(reports: Sequence[SourceReport], pages: Pages) -> str:
    """How many lists of which Pages: `12 lists of Acme, Beta and Core`."""
    told = {name: page.page for name, page in pages.items()}
    return f"{counted(len(reports), 'list')} of {named_lists([report.source for report in reports], told)}"


def of_pages(reports: Sequence[SourceReport], pages: Pages) -> dict[str, list[SourceReport]]:
    """The lists of each Page, in configured order."""
    found: dict[str, list[SourceReport]] = {name: [] for name in pages}
    for report in reports:
        found[report.source.page].append(report)
    return found


def failing_cells(reports: Sequence[SourceReport], pages: Pages, now: float) -> list[tuple[Line, ...]]:
    """A row for each of the first Pages in trouble: how many of its lists, since when, and the last good look."""
    rows: list[tuple[Line, ...]] = []
    for name, own in of_pages(reports, pages).items():
        if len(rows) == HANDFUL:
            break
        if not (bad := [report for report in own if report.blind]):
            continue
        since = min((report.failing for report in bad if report.failing is not None), default=None)
        read = max((report.at for report in bad if report.at is not None), default=None)
        rows.append(
            (
                (pages[name].page.title,),
                (f"{len(bad)} of {counted(len(own), 'list')} can't be read",),
                ("never read",) if read is None else ("last read ", Moment(read, now)),
                ("failing",) if since is None else ("failing since ", Time(since, now)),
            )
        )
    return rows


def others(reports: Sequence[SourceReport], pages: Pages, now: float) -> list[Line]:
    """The Pages that have no row, in sum, and how to see one, or all that are in trouble."""
    of_page = of_pages(reports, pages)
    bad = [name for name, own in of_page.items() if any(report.blind for report in own)]
    well = [name for name, own in of_page.items() if not any(report.blind for report in own)]
    lines: list[Line] = []
    if len(bad) > HANDFUL:
        lines.append((f"{counted(len(bad) - HANDFUL, 'more Page')} in trouble. To see all {len(bad)}: ", FAILING))
    if well:
        own = [report for name in well for report in of_page[name]]
        checked = [report.at for report in own if report.at is not None]
        pieces: list[Piece] = [f"{'The other ' if bad else ''}{counted(len(well), 'Page')}: "]
        pieces += [f"{counted(len(checked), 'list')} checked"]
        pieces += [", the oldest look ", Moment(min(checked), now)] if checked else []
        pieces += [f", {counted(len(own) - len(checked), 'list')} not checked yet"] if len(own) > len(checked) else []
        known = sum(report.record.known for report in own if report.record is not None)
        pieces += [f", {counted(known, 'conversation')} known"] if known else []
        lines.append(tuple(pieces))
    lines.append(("To see one Page: ", Command(f"inbox status {say('page', (bad or well)[0])}")))
    return lines


def allowed(pages: Sequence[PageStatus]) -> list[Line]:
    """What Meta still allows, whether it serves the version that was asked for, and what it seems to say by itself."""
    used = sorted(((page.usage, page.page.title) for page in pages if page.usage is not None), reverse=True)
    much = [f"{title} {usage}%" for usage, title in used if usage >= MUCH]
    lines: list[Line] = []
    if not used:
        lines.append(("Meta hasn't said yet how much it allows.",))
    elif much:
        lines.append((f"Closest to what Meta allows: {some(much)}; all others are below {MUCH}%.",))
    else:
        lines.append((f"At most {used[0][0]}% of what Meta allows is used ({used[0][1]}).",))
    if closed := [page for page in pages if page.closed_for]:
        longest = duration(max(page.closed_for for page in closed))
        lines.append((f"{called([page.page.title for page in closed])}: no calls for up to {longest}.",))
    versions: dict[tuple[str, str], list[str]] = {}
    for page in pages:
        if page.version_answered and page.version_answered != page.version_asked:
            versions.setdefault((page.version_answered, page.version_asked), []).append(page.page.title)
    for (answered, asked), names in versions.items():
        what = f"Meta answers with {answered} instead of {asked}"
        lines.append((f"{called(names)}: {what}: set GRAPH_VERSION to a current one.",))
    if texts := sum(len(page.automatic) for page in pages):
        having = [page.page for page in pages if page.automatic]
        what = f"{counted(texts, 'text')} of {called([page.title for page in having])}"
        see = Command(f"inbox status {say('page', having[0].name)}")
        lines.append((f"I take {what} for automatic replies. To see what to add to AUTO_REPLIES: ", see))
    return lines
