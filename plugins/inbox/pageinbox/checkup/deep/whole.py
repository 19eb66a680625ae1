"""First contact: what Meta's API does where nobody has recorded it, found out with one Page's calls.

Each module of questions says how many calls it makes at most. Mistakes are harmless ones: a field, a cursor, an id and
a folder that there are none of. A wrong token or too many calls would tell more, but may cost the Page its access, so
of those it is told how Meta has answered since the bot started.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from pageinbox.checkup.deep.asker import Asker
from pageinbox.checkup.deep.fields import MOST as FIELDS_MOST
from pageinbox.checkup.deep.fields import fields
from pageinbox.checkup.deep.lists import MOST as LISTS_MOST
from pageinbox.checkup.deep.lists import Unlisted, lists
from pageinbox.checkup.deep.tokens import MOST as TOKENS_MOST
from pageinbox.checkup.deep.tokens import tokens
from pageinbox.checkup.versions import OURS, installed
from pageinbox.graph.calls import VERSION, Calls
from pageinbox.graph.client import GraphClient
from pageinbox.model.contact import Contact, Failure, Finding, Question, Verdict
from pageinbox.model.errors import GraphError
from pageinbox.model.source import Page

DEAD_VERSION = "v19.0"
"""One that Meta shut down in May 2026."""

NOBODY = "t_1"
"""What reads as the id of a conversation, and is none."""


def most(page: Page) -> int:
    """Calls made at most for a Page."""
    return 2 + TOKENS_MOST + len(page.platforms) * (LISTS_MOST + FIELDS_MOST)


def deep(client: GraphClient, *, going: Callable[[], bool] = lambda: True) -> Contact:
    """Ask all that is not known, in the background and at the Page's pace; it takes a second for each call.

    `going` tells before each call whether to go on; where not, Stopped is raised, and nothing else.
    """
    asker, findings, stopped = Asker(client.calls, going), list[Finding](), None
    try:
        for finding in all_of(asker, client.page):
            findings.append(finding)
    except GraphError as error:
        stopped = Failure.of(error, client.calls.statuses.get(error.number))
    findings += met(client.calls)
    return Contact(
        version=client.calls.version,
        ours=dict(installed())[OURS],
        findings=tuple(findings),
        asked=asker.asked,
        stopped=stopped,
    )


def all_of(asker: Asker, page: Page) -> Iterator[Finding]:
    """Every finding, as soon as it is made."""
    for platform in page.platforms:
        try:
            yield from lists(asker, platform)
            yield from fields(asker, platform)
        except Unlisted:
            continue
    yield from nodes(asker, page)
    yield from tokens(asker)


def nodes(asker: Asker, page: Page) -> Iterator[Finding]:
    """What is answered to an id that there is none of, and by which version to one that is dead."""
    answer = asker.ask(NOBODY, {"fields": "id"})
    verdict = Verdict.IGNORED if answer.failure is None else answer.verdict
    yield Finding(question=Question.MISTAKE, verdict=verdict, what="id", failure=answer.failure)
    answer = asker.ask(page.id, {"fields": "id"}, version=DEAD_VERSION)
    answered = answer.headers.get("facebook-api-version", "")
    names = (answered,) if VERSION.fullmatch(answered) else ()
    verdict = answer.verdict if answer.failure is not None else Verdict.YES if names else Verdict.UNTOLD
    yield Finding(
        question=Question.OLD_VERSION, verdict=verdict, what=DEAD_VERSION, names=names, failure=answer.failure
    )
    if (usual := asker.calls.version_answered) is not None:
        verdict = Verdict.YES if usual == asker.calls.version else Verdict.NO
        yield Finding(question=Question.VERSION, verdict=verdict, what=asker.calls.version, names=(usual,))


def met(calls: Calls) -> list[Finding]:
    """The HTTP statuses of Meta's errors so far."""
    return [
        Finding(question=Question.STATUS, verdict=Verdict.YES, failure=Failure("", number, status))
        for number, status in sorted(calls.statuses.items())
    ]
