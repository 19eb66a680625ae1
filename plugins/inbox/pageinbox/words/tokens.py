"""What is said of tokens: which end soon, have lost their access to data or are dead, and which are in order again."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence

from pageinbox.model.announcement import Notice, NoticeKind
from pageinbox.model.errors import GraphError, TokenDead
from pageinbox.model.post import Line, Time
from pageinbox.model.source import Page, Platform
from pageinbox.model.token import End, TokenFacts
from pageinbox.words.access import put
from pageinbox.words.common import HANDFUL
from pageinbox.words.english import DAY, ago, duration
from pageinbox.words.many import called
from pageinbox.words.trouble import ANY, each_of, remedy

WHOSE = {False: "token's", True: "tokens'"}


def tokens(known: Iterable[tuple[Page, TokenFacts]], now: float, but: Collection[str] = ()) -> list[Line]:
    """A line for each reason why tokens are dead, but for those of the Pages named in `but`, which is said already; and
    one for each day on which others end. `now` is in seconds since 1970.
    """
    known = list(known)
    refused = [(page, token.refusal or TokenDead()) for page, token in known if token.valid is False]
    ends = [(page, end) for page, token in known if (end := token.near(now)) is not None]
    return dead([(page, why) for page, why in refused if page.name not in but]) + ending(ends, now)


def told(notices: Sequence[Notice], page_of: Callable[[str], Page], now: float) -> list[Line]:
    """What the admins are told: tokens that are dead, that end, and those that are in order again."""
    by = {kind: [each for each in notices if each.kind is kind] for kind in NoticeKind}
    ends = [
        (page_of(each.page), End(each.until, each.access))
        for each in by[NoticeKind.TOKEN_ENDS]
        if each.until is not None
    ]
    return [
        *dead([(page_of(each.page), each.trouble or TokenDead()) for each in by[NoticeKind.TOKEN_DEAD]]),
        *ending(ends, now),
        *in_order(by[NoticeKind.TOKEN_NEW], page_of, now),
        *in_order(by[NoticeKind.ACCESS_RENEWED], page_of, now),
        *in_order(by[NoticeKind.TOKEN_WORKS], page_of, now),
    ]


def dead(refused: Iterable[tuple[Page, GraphError]]) -> list[Line]:
    """A line for each reason why tokens are dead, that of most Pages first."""
    alike: dict[str, list[tuple[Page, GraphError]]] = {}
    for page, why in refused:
        alike.setdefault(remedy(why, ANY, Platform.MESSENGER), []).append((page, why))
    groups = sorted(alike.values(), key=len, reverse=True)
    lines: list[Line] = []
    for group in groups[:HANDFUL]:
        named = [page for page, _ in group]
        told = remedy(group[0][1], each_of(named), Platform.MESSENGER)
        lines.append((f"{called([page.title for page in named])}: ", told))
    if rest := [page.title for group in groups[HANDFUL:] for page, _ in group]:
        what = "tokens either, for other reasons" if len(rest) > 1 else "token either, for another reason"
        lines.append((f"{called(rest)}: Meta no longer accepts the Page {what}.",))
    return lines


def ending(ends: Iterable[tuple[Page, End]], now: float) -> list[Line]:
    """A line for each day (in UTC) on which tokens end, the first one first."""
    together: dict[tuple[int, bool, bool], list[tuple[End, Page]]] = {}
    for page, end in ends:
        together.setdefault((int(end.at // DAY), end.at <= now, end.access), []).append((end, page))
    days = [alike for _, alike in sorted(together.items(), key=lambda pair: pair[0])]
    lines = [line(min(end for end, _ in alike), [page for _, page in alike], now) for alike in days[:HANDFUL]]
    if later := [page.title for alike in days[HANDFUL:] for _, page in alike]:
        lines.append((f"{called(later)}: the {'token ends' if len(later) == 1 else 'tokens end'} later.",))
    return lines


def in_order(notices: Iterable[Notice], page_of: Callable[[str], Page], now: float) -> list[Line]:
    """A line for each day until which tokens hold that are new, or accepted again."""
    together: dict[tuple[float, bool], list[Notice]] = {}
    for each in notices:
        day = float("inf") if each.until is None else each.until // DAY
        together.setdefault((day, each.access), []).append(each)
    lines: list[Line] = []
    days = [alike for _, alike in sorted(together.items(), key=lambda pair: pair[0])]
    for alike in days[:HANDFUL]:
        first, several = min(alike, key=lambda each: each.until or 0.0), len(alike) > 1
        holds = () if first.until is None else (" until ", Time(first.until, now))
        names = called([page_of(each.page).title for each in alike])
        lines.append((f"{names}: {good(first, several)}", *holds, "."))
    if rest := [page_of(each.page).title for alike in days[HANDFUL:] for each in alike]:
        what = "tokens are" if len(rest) > 1 else "token is"
        lines.append((f"{called(rest)}: the {what} in order again too, and for longer.",))
    return lines


def good(notice: Notice, several: bool) -> str:
    """That a token is in order again, to be followed by until when."""
    known, what = notice.until is not None, "tokens" if several else "token"
    access = f"; {'their' if several else 'its'} access to data lasts"
    match notice.kind:
        case NoticeKind.ACCESS_RENEWED:
            return f"the {WHOSE[several]} access to data was renewed and lasts"
        case NoticeKind.TOKEN_WORKS:
            holds = access if notice.access else "; they are valid" if several else "; it is valid"
            return f"Meta accepts the {what} again{holds if known else ''}"
        case _ if notice.access:
            return f"the {what} {'are' if several else 'is'} new{access}"
        case _ if known:
            return f"the {what} {'are' if several else 'is'} new and valid"
        case _:
            return f"the {what} {'are new and don' if several else 'is new and doesn'}'t expire"


def line(end: End, pages: list[Page], now: float) -> Line:
    """The end that tokens of these Pages have, and what to do."""
    several, over = len(pages) > 1, end.at <= now
    verb = "ended" if over else "ends" if end.access or not several else "end"
    what = "tokens" if several else "token"
    does = f"{WHOSE[several]} access to data {verb}" if end.access else f"{what} {verb}"
    when = ago(end.at, now) if over else f"in {duration(end.at - now)}"
    names = called([page.title for page in pages])
    return (f"{names}: the {does} {when} (", Time(end.at, now), f"). {issue(pages)}.")


def issue(pages: Sequence[Page]) -> str:
    """Who has to issue a token for these Pages, and what to do with it."""
    who = "Someone with the MESSAGING task on"
    if len(pages) == 1:
        return f"{who} the Page has to issue a new one; {put(pages[0])}"
    where = "where the TOKEN settings of the Pages point to and restart me"
    if all(page.in_file for page in pages):
        where = "into the files that the TOKEN settings of the Pages name, and I'll pick them up"
    return f"{who} each Page has to issue new ones; put them {where}"
