"""What `!inbox status` says of Meta's pushes: what they brought early, what they missed, and when the last one came."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pageinbox.model.post import Line, Moment
from pageinbox.model.push import Brought, Came, PagePush
from pageinbox.model.source import Page
from pageinbox.words.english import duration
from pageinbox.words.many import called, is_many

UNSUBSCRIBED = " Is the app subscribed to the Page's messages?"

INSTEAD = {
    Came.NOTHING: (". No push has come since I started.", UNSUBSCRIBED),
    Came.OTHER: (". Pushes have come since I started, but none was about {them}.", UNSUBSCRIBED),
    Came.STRANGE: (
        ". Pushes have come since I started, but none was signed with an APP_SECRET that I have.",
        " Do the webhook and the APP_SECRET belong to the same app?",
    ),
}
"""What is said where none came about a Page, and what is asked where that is missed."""


def pushes(found: Sequence[PagePush], pages: Mapping[str, Page], now: float) -> list[Line]:
    """A line for each Page; of many one for all, and one for those of which Meta pushes nothing."""
    unsigned = [pages[each.page].title for each in found if not each.secret]
    found = [each for each in found if each.secret]
    lines: list[Line] = []
    if not is_many(found):
        lines += [line(pages[each.page].title, each, now) for each in found]
    else:
        deaf = [pages[each.page].title for each in found if each.brought.polled and not each.brought.pushed]
        sums = sum((each.brought for each in found), Brought())
        latest = max((each.latest for each in found if each.latest is not None), default=None)
        came = max((each.came for each in found), key=list(Came).index)
        lines.append(line(f"{len(found):,} Pages", PagePush("", sums, latest, came=came), now))
        if deaf and sums.pushed:
            lines.append((f"{called(deaf)}: Meta pushed nothing in the last day, so all came by polling alone.",))
    if unsigned:
        whose = "its" if len(unsigned) == 1 else "their"
        lines.append((f"{called(unsigned)}: I can't take what Meta pushes until I have {whose} APP_SECRET.",))
    return lines


def line(title: str, push: PagePush, now: float) -> Line:
    """What the pushes for one Page, or for several in sum, did in the last day."""
    brought = push.brought
    deaf = bool(brought.polled and not brought.pushed)
    said = f"{title}: {in_words(brought)}"
    if push.latest is None:
        instead, missed = INSTEAD.get(push.came, INSTEAD[Came.NOTHING])
        return (said + instead.format(them="it" if push.page else "them") + missed * deaf,)
    off = " Meta switches off a webhook that fails for long: is the app still subscribed?" * push.is_silent(now)
    return (f"{said}. The last push came ", Moment(push.latest, now), f".{off}")


def in_words(brought: Brought) -> str:
    """How many changes were pushed, and how many not."""
    total = brought.pushed + brought.polled
    if not total:
        return "no changes in the last day that Meta could have pushed"
    number = "the one change" if total == 1 else f"all {total:,} changes"
    if not brought.pushed:
        return f"{number} of the last day came by polling alone"
    average = "" if brought.pushed == 1 else "on average "
    sooner = f"{average}{duration(brought.gained / brought.pushed)} before a look was due"
    if not brought.polled:
        return f"{number} of the last day {'was' if total == 1 else 'were'} pushed, {sooner}"
    others = "the other was" if brought.pushed == 1 else "the others were"
    alone = f"{brought.polled:,} of {total:,} changes in the last day came by polling alone"
    return f"{alone}; {others} pushed, {sooner}"
