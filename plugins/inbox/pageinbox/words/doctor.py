"""What `!inbox doctor` says: what needs attention and what to do, what is good, and what nobody can know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pageinbox.language.vocabulary import say as name_of
from pageinbox.model.checkup import Empty, Ends, Faulty, Reached
from pageinbox.model.finding import Finding, State
from pageinbox.model.post import Command, Line, Post
from pageinbox.model.source import Page
from pageinbox.model.token import TokenFacts
from pageinbox.words.advice import sentence
from pageinbox.words.common import HANDFUL, MOST_NAMED, page_of
from pageinbox.words.english import counted, spell
from pageinbox.words.faults import fault_lines
from pageinbox.words.findings import in_sum, named
from pageinbox.words.many import called, is_many
from pageinbox.words.tokens import tokens
from pageinbox.words.trouble import each_of

LINES = 12
"""Lines at most of what needs attention, and of what isn't known; where there are so many, one reason has many."""

REST: Line = ("My admins can see the rest in a direct chat with me: ", Command("inbox doctor"))


def doctor(found: Sequence[Finding], pages: Mapping[str, Page], now: float, *, all_told: bool) -> Post:
    """All findings; those of many Pages in sum. `all_told` says that none was left out for who reads it."""
    wrong, fine, unsure = ([each for each in found if each.state is state] for state in
                           (State.ATTENTION, State.GOOD, State.UNKNOWN))  # fmt: skip
    ending = [
        (page_of(pages, each.page), TokenFacts(ends=each.fact.ends)) for each in wrong if isinstance(each.fact, Ends)
    ]
    faults = [each.fact.fault for each in wrong if isinstance(each.fact, Faulty)]
    others = [each for each in wrong if not isinstance(each.fact, Ends | Faulty)]
    lines = [*fault_lines(faults, pages), *told(others, pages), *tokens(ending, now)]
    good, untold = rows(fine, pages), told(unsure, pages)
    return Post(
        (summary(len(lines), len(good), len(untold)),),
        tuple(few(lines, pages)),
        tuple(good),
        (*few(untold, pages), *(() if all_told else (REST,))),
    )


def summary(wrong: int, fine: int, unsure: int) -> str:
    """How much there is of each: `2 things need attention, 14 are good and 1 is not known`."""
    first = f"{counted(wrong, 'thing')} {'needs' if wrong == 1 else 'need'} attention" if wrong else ""
    rest = [f"{number:,} {'is' if number == 1 else 'are'} {what}" for number, what in
            ((fine, "good"), (unsure, "not known")) if number]  # fmt: skip
    return spell([first, *rest]) if first else f"Nothing needs attention: {spell(rest)}"


def told(found: Sequence[Finding], pages: Mapping[str, Page]) -> list[Line]:
    """Each sentence once, with all that it is about: what is the same for several things of a Page is the Page's."""
    names = {each.page for each in found if each.page}
    any_of_them = each_of([page_of(pages, name) for name in names]) if is_many(names) else None
    alike: dict[Line, list[Finding]] = {}
    for each in found:
        page = any_of_them if any_of_them is not None and each.page else page_of(pages, each.page)
        alike.setdefault(sentence(each, page), []).append(each)
    return [(f"{title}: ", *line) if (title := about(group, pages)) else line for line, group in alike.items()]


def about(group: Sequence[Finding], pages: Mapping[str, Page], *, by_name: bool = True) -> str:
    """What something is said about: the Pages, many of them only `by_name`, and what of them where that is the same.

    A few empty lists are named each.
    """
    titles = list(dict.fromkeys(page_of(pages, each.page).title for each in group if each.page))
    names = list(dict.fromkeys(named(each.fact) for each in group))
    lists = len(names) <= HANDFUL and all(isinstance(each.fact, Empty) for each in group)
    name = spell(names) if len(names) == 1 or lists else ""
    which = called(titles) if by_name or len(titles) <= MOST_NAMED else f"{len(titles):,} Pages"
    return " · ".join(filter(None, [which, name])) if titles else f"{name[:1].upper()}{name[1:]}"


def rows(found: Sequence[Finding], pages: Mapping[str, Page]) -> list[tuple[Line, ...]]:
    """What is good, in a row each; what there is of many Pages or rooms in one."""
    several = is_many({each.page for each in found if each.page})
    reached = is_many([each for each in found if isinstance(each.fact, Reached)])
    alike: dict[object, list[Finding]] = {}
    for number, each in enumerate(found):
        summed = several if each.page else reached and isinstance(each.fact, Reached)
        alike.setdefault(named(each.fact) if summed else number, []).append(each)
    return [((about(group, pages, by_name=False),), in_sum([each.fact for each in group])) for group in alike.values()]


def few(lines: Sequence[Line], pages: Mapping[str, Page]) -> list[Line]:
    """The lines, or the first of many and how to see the others."""
    if len(lines) <= LINES:
        return list(lines)
    more = f"and {len(lines) - LINES} more"
    example = Command(f"inbox doctor {name_of('page', next(iter(pages)))}")
    return [*lines[:LINES], (f"{more}. To see all of one Page: ", example)]
