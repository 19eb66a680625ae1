"""First contact: what a platform's lists are like, and what changes them: folders, limits, times and people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from urllib.parse import unquote

from pageinbox.checkup.deep.asker import Answer, Asker, Row, things_in
from pageinbox.checkup.deep.fields import THREADS
from pageinbox.graph.usage import USAGE_HEADERS, figures_of
from pageinbox.model.contact import Finding, Question, Verdict
from pageinbox.model.source import Platform

READ = "id,updated_time,participants"
FOLDERS = ("inbox", "other", "page_done", "spam", "pending")
NO_FOLDER = "no_such_folder"
LIMITS = (500, 200, 100)
"""Conversations that are asked for at once; the next ones only where these are refused."""

BOUNDS = ("updated_after_ms", "updated_before_ms")
MISTAKES: Mapping[str, Mapping[str, str]] = {
    "field": {"fields": "id,no_such_field"},
    "cursor": {"fields": "id", "after": "no-such-cursor"},
}
POOLS = ("messenger", "pages", "instagram", "ads_insights", "ads_management", "custom_audience", "leadgen")
"""The types that Meta's page on rate limits names."""

KNOWN = ("id", "updated_time", "participants", "messages", "wallpaper", "linked_group", "subject", *THREADS)
OTHERS = "others"
"""Stands for names that nobody has recorded, which are not told: whatever Meta sends is not ours to publish."""

MOST = 2 + len(FOLDERS) + 1 + len(LIMITS) + len(BOUNDS) + 1 + len(MISTAKES)
"""Calls at most for one platform."""


class Unlisted(Exception):
    """The platform can't be read at all, so nothing more is to be asked of it."""


def lists(asker: Asker, platform: Platform) -> Iterator[Finding]:
    """What is found of the lists. Raises Unlisted, once that was said, and what `Asker` raises."""
    plain = asker.list(platform, limit="1")
    front = asker.list(platform, fields=READ)
    if front.failure is not None:
        yield Finding(question=Question.LIST, verdict=front.verdict, platform=platform, failure=front.failure)
        raise Unlisted
    yield Finding(question=Question.LIST, verdict=Verdict.YES if front.rows else Verdict.EMPTY, platform=platform)
    yield defaults(plain, platform)
    yield pools(front, platform)
    yield following(plain, platform, asker.calls.page.token.reveal())
    apart: dict[str, Answer] = {}
    for name in (*FOLDERS, NO_FOLDER):
        listed = asker.list(platform, folder=name, fields=READ)
        finding = folder(listed, front, platform, name)
        yield finding
        if finding.verdict is Verdict.OWN and name in FOLDERS:
            apart[name] = listed
    yield from orders({"inbox": front, **apart}, platform)
    yield limit(asker, platform)
    for name in BOUNDS:
        yield bound(asker, front, platform, name)
    yield person(asker, front, apart, platform)
    for name, given in MISTAKES.items():
        answer = asker.list(platform, **given)
        verdict = Verdict.IGNORED if answer.failure is None else answer.verdict
        yield Finding(question=Question.MISTAKE, verdict=verdict, platform=platform, what=name, failure=answer.failure)


def defaults(plain: Answer, platform: Platform) -> Finding:
    """Which fields come by themselves."""
    if plain.failure is not None or not plain.rows:
        verdict = Verdict.UNTOLD if plain.failure is None else plain.verdict
        return Finding(question=Question.DEFAULTS, verdict=verdict, platform=platform, failure=plain.failure)
    given = {name for row in plain.rows for name in row}
    names = [name for name in KNOWN if name in given] + [OTHERS] * bool(given.difference(KNOWN))
    return Finding(question=Question.DEFAULTS, verdict=Verdict.YES, platform=platform, names=tuple(names))


def pools(front: Answer, platform: Platform) -> Finding:
    """Which pools of calls the list is counted in."""
    given = {
        str(figures["type"]).lower()
        for name in USAGE_HEADERS
        for _, figures in figures_of(front.headers.get(name))
        if figures.get("type")
    }
    names = [name for name in POOLS if name in given] + [OTHERS] * bool(given.difference(POOLS))
    verdict = Verdict.YES if names else Verdict.UNTOLD
    return Finding(question=Question.USAGE, verdict=verdict, platform=platform, names=tuple(names))


def following(plain: Answer, platform: Platform, token: str) -> Finding:
    """Whether the address of the next page holds the token."""
    verdict = Verdict.YES if token in unquote(plain.next) else Verdict.NO if plain.next else Verdict.UNTOLD
    return Finding(question=Question.NEXT, verdict=verdict, platform=platform)


def orders(lists: Mapping[str, Answer], platform: Platform) -> Iterator[Finding]:
    """Which lists come newest first, and which do not, as far as that can be told."""
    told = {name: in_order(listed.times) for name, listed in lists.items() if len(set(listed.times)) > 2}
    for verdict in dict.fromkeys(told.values()) or [Verdict.UNTOLD]:
        names = tuple(name for name, found in told.items() if found is verdict)
        yield Finding(question=Question.ORDER, verdict=verdict, platform=platform, names=names)


def in_order(times: Sequence[float]) -> Verdict:
    return Verdict.YES if all(earlier >= later for earlier, later in pairwise(times)) else Verdict.NO


def folder(listed: Answer, front: Answer, platform: Platform, name: str) -> Finding:
    """Whether a folder is a list of its own: a conversation is in one folder only, so those mostly the same are one."""
    both, most = len(listed.ids & front.ids), max(len(listed.ids), len(front.ids))
    if listed.failure is not None:
        verdict = listed.verdict
    elif not most:
        verdict = Verdict.UNTOLD
    elif not listed.ids:
        verdict = Verdict.EMPTY
    else:
        verdict = Verdict.SAME if 2 * both > most else Verdict.OWN
    question = Question.NO_FOLDER if name == NO_FOLDER else Question.FOLDER
    return Finding(question=question, verdict=verdict, platform=platform, what=name, failure=listed.failure)


def limit(asker: Asker, platform: Platform) -> Finding:
    """How many conversations one call gives at most; what a refusal was stays with it."""
    failure = None
    for number in LIMITS:
        answer = asker.list(platform, fields="id", limit=str(number))
        given = len(answer.rows)
        if answer.failure is None and not answer.next and given < number:
            return Finding(question=Question.LIMIT, verdict=Verdict.UNTOLD, platform=platform, failure=failure)
        if answer.failure is None:
            verdict = Verdict.YES if given >= number else Verdict.NO
            return Finding(question=Question.LIMIT, verdict=verdict, platform=platform, number=given, failure=failure)
        failure = failure or answer.failure
    return Finding(question=Question.LIMIT, verdict=answer.verdict, platform=platform, failure=failure)


def bound(asker: Asker, front: Answer, platform: Platform, name: str) -> Finding:
    """Whether a bound in time leaves out what it should, and nothing else. It lies amid what is known to be there."""
    times = front.times
    if len(set(times)) < 2:
        return Finding(question=Question.BOUND, verdict=Verdict.UNTOLD, platform=platform, what=name)
    middle = (min(times) + max(times)) / 2
    answer = asker.list(platform, fields="id,updated_time", **{name: str(round(middle * 1000))})
    given = answer.times
    if answer.failure is not None:
        verdict = answer.verdict
    elif not given:
        verdict = Verdict.EMPTY
    else:
        kept = min(given) >= middle if name == BOUNDS[0] else max(given) <= middle
        verdict = Verdict.YES if kept else Verdict.IGNORED
    return Finding(question=Question.BOUND, verdict=verdict, platform=platform, what=name, failure=answer.failure)


def person(asker: Asker, front: Answer, apart: Mapping[str, Answer], platform: Platform) -> Finding:
    """Whether somebody whose conversation is in a folder is found without it. `apart` are lists of their own."""
    rows = [(name, row) for name, listed in apart.items() if name != "inbox" for row in listed.rows]
    everything = [row for listed in (front, *apart.values()) for row in listed.rows]
    known = customers(everything)
    for name, row in [*rows, *(("", row) for row in front.rows)]:
        if (whom := next((one for one in people_in(row) if one in known), None)) is None:
            continue
        answer = asker.list(platform, user_id=whom, fields="id")
        if answer.failure is not None:
            verdict = answer.verdict
        elif len(answer.ids) > 1:
            verdict = Verdict.IGNORED
        elif str(row.get("id")) in answer.ids:
            verdict = Verdict.YES if name else Verdict.UNTOLD
        else:
            verdict = Verdict.MISSED
        return Finding(question=Question.PERSON, verdict=verdict, platform=platform, what=name, failure=answer.failure)
    return Finding(question=Question.PERSON, verdict=Verdict.UNTOLD, platform=platform)


def people_in(row: Row) -> list[str]:
    """The ids of those who take part in a conversation."""
    ids = [one.get("id") for one in things_in(row.get("participants"))]
    return [str(id) for id in ids if isinstance(id, str | int)]


def customers(rows: Sequence[Row]) -> set[str]:
    """Who takes part in one conversation alone, where there are several: the Page takes part in all."""
    met = {str(row.get("id")): people_in(row) for row in rows}
    seen = Counter(one for people in met.values() for one in set(people))
    return {one for one, number in seen.items() if number == 1} if len(met) > 1 else set()
