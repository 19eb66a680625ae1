"""What first contact has found, as a table that can be pasted into a public issue: names, ids and texts have no way in.

It is made of codes alone (`model.contact`); what a finding means for this plugin stands behind it where it matters.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import groupby
from typing import TypeVar

from pageinbox.model.contact import Contact, Failure, Finding, Question, Verdict
from pageinbox.model.post import Line, Post
from pageinbox.model.source import Page, Platform
from pageinbox.words.common import PLATFORM_NAMES
from pageinbox.words.english import counted, lasting, spell

T = TypeVar("T")

PUBLIC = "The report has no names, IDs or texts in it, so it can go into a public issue."

ASKED = {
    Question.LIST: "the list",
    Question.DEFAULTS: "fields by default",
    Question.THREAD_FIELD: "conversation fields",
    Question.MESSAGE_FIELD: "message fields",
    Question.ATTACHMENT_FIELD: "attachment fields",
    Question.SHARE_FIELD: "share fields",
    Question.TAG: "tags",
    Question.ORDER: "order",
    Question.LIMIT: "limit",
    Question.PERSON: "user_id",
    Question.USAGE: "usage header",
    Question.NEXT: "token in next",
    Question.VERSION: "version",
    Question.BATCH: "batch",
    Question.TOKEN: "debug_token",
    Question.TOKEN_AS_APP: "debug_token as app",
}
"""What was asked, where the finding itself does not name it."""

MISTAKES = {
    "field": "a field that doesn't exist",
    "cursor": "a cursor that doesn't exist",
    "id": "an ID that doesn't exist",
}
FIELDS = (Question.THREAD_FIELD, Question.MESSAGE_FIELD, Question.ATTACHMENT_FIELD, Question.SHARE_FIELD)
HAVING = {
    Verdict.ALWAYS: "always there",
    Verdict.SOMETIMES: "sometimes there",
    Verdict.NEVER: "never there",
    Verdict.UNTOLD: "taken, but nothing here could have them",
}
FOUND = {
    (Question.LIST, Verdict.YES): "can be read",
    (Question.LIST, Verdict.EMPTY): "can be read and is empty, so most of the rest can't be told",
    (Question.TAG, Verdict.YES): "pages_comm_instant_reply is there, so I know automatic replies by it",
    (Question.TAG, Verdict.NO): "pages_comm_instant_reply was not among those seen",
    (Question.NO_FOLDER, Verdict.OWN): "another list than without a folder, which nobody expected",
    (Question.NO_FOLDER, Verdict.SAME): "ignored: the list is the one without a folder",
    (Question.NO_FOLDER, Verdict.EMPTY): "empty, so an empty folder may not exist",
    (Question.BOUND, Verdict.YES): "works; I don't rely on it",
    (Question.BOUND, Verdict.IGNORED): "ignored; I don't rely on it",
    (Question.BOUND, Verdict.EMPTY): "leaves out everything, which nobody expected",
    (Question.PERSON, Verdict.YES): "finds people in every folder without naming one, as I take it",
    (Question.PERSON, Verdict.MISSED): "doesn't find people in other folders without naming one, so I miss them there",
    (Question.PERSON, Verdict.IGNORED): "leaves out nobody, so I pick out the person myself, as now",
    (Question.NEXT, Verdict.YES): "yes; I never follow, show or log it",
    (Question.NEXT, Verdict.NO): "no",
    (Question.MISTAKE, Verdict.IGNORED): "ignored",
    (Question.BATCH, Verdict.YES): "works",
    (Question.TOKEN, Verdict.YES): "a token may be asked about itself",
    (Question.TOKEN_AS_APP, Verdict.YES): "the app may ask about the token",
}  # fmt: skip


def begun(page: Page, most: int, *, alone: bool) -> Post:
    """What is said before the calls are made: how many there are at most, a second each.

    `alone` says that the report comes to the direct chat of whoever asked.
    """
    where = "comes in our direct messages" if alone else "comes here"
    calls = f"This makes up to {counted(most, 'call')} to Meta, about one a second, in the background"
    when: Line = (f"{calls}; the report {where} in up to {lasting(most)}.",)
    return Post((f"I'm finding out how Meta's API behaves for {page.title}",), (when, (PUBLIC,)))


def busy() -> Post:
    """Another one is under way."""
    return Post(("I'm already finding out how Meta's API behaves; ask again once that report has come.",))


def report(contact: Contact, now: float) -> Post:
    """What was found; `now` is in seconds since 1970."""
    when = datetime.fromtimestamp(now, UTC)
    ours = f"err-inbox {contact.ours or 'from a clone'}"
    made = counted(contact.asked, "call")
    headline = f"First contact with Meta's API: {when:%Y-%m-%d}, {ours}, Graph {contact.version}, {made}"
    lines: tuple[Line, ...] = ()
    if contact.stopped is not None:
        lines = ((f"I could ask no more{because(contact.stopped)}, so the report is not complete.",),)
    rows = tuple(((where,), (asked,), (found,)) for where, asked, found in table(contact.findings))
    return Post((headline,), lines, rows, ((PUBLIC,),))


def table(findings: Sequence[Finding]) -> Iterator[tuple[str, str, str]]:
    """The rows: the platform, what was asked, and what was found; what could not be told comes last of each."""
    for platform, those in groupby(findings, lambda finding: finding.platform):
        where, untold = PLATFORM_NAMES[platform] if platform is not None else "both", list[str]()
        for question, alike in groupby(those, lambda finding: finding.question):
            for what, found in rows_of(question, list(alike)):
                if found:
                    yield where, what, found
                else:
                    untold.append(what)
        if untold:
            yield where, "not told", f"there is not enough here to tell by: {', '.join(untold)}"


def rows_of(question: Question, findings: Sequence[Finding]) -> Iterator[tuple[str, str]]:
    """What was asked and what was found, which is empty where that can't be told."""
    if question in FIELDS:
        yield ASKED[question], "; ".join(of_fields(findings))
    elif question is Question.FOLDER:
        for found, those in alike(findings, found_of):
            yield "folder", f"{', '.join(finding.what for finding in those)}: {found}" if found else ""
    elif question is Question.STATUS:
        met = [finding.failure for finding in findings if finding.failure is not None]
        yield "errors so far", ", ".join(f"{failure.number} with HTTP {failure.status}" for failure in met)
    else:
        for finding in findings:
            yield asked(finding), found_of(finding)


def alike(findings: Sequence[Finding], key: Callable[[Finding], T]) -> Iterator[tuple[T, list[Finding]]]:
    """Those with the same key together, in the order of the first ones."""
    keys = dict.fromkeys(map(key, findings))
    return ((each, [finding for finding in findings if key(finding) == each]) for each in keys)


def asked(finding: Finding) -> str:
    """What was asked, as engineers name it."""
    match finding.question:
        case Question.NO_FOLDER:
            return f"folder={finding.what}"
        case Question.BOUND:
            return finding.what
        case Question.MISTAKE:
            return MISTAKES[finding.what]
        case Question.OLD_VERSION:
            return f"version {finding.what}"
    return ASKED[finding.question]


def found_of(finding: Finding) -> str:
    """What was found, and what it means; nothing where it can't be told."""
    question, verdict, names = finding.question, finding.verdict, spell(finding.names)
    if (known := FOUND.get((question, verdict))) is not None:
        return known
    match question, verdict:
        case _, Verdict.REFUSED | Verdict.FAILED:
            return failed(finding)
        case Question.FOLDER, _:
            return folder(finding)
        case Question.DEFAULTS, Verdict.YES:
            return names
        case Question.ORDER, Verdict.YES:
            return f"newest first in {names}"
        case Question.ORDER, Verdict.NO:
            return f"not newest first in {names}, so I read all of it every time"
        case Question.USAGE, _:
            return names + ("" if "others" not in finding.names else "; I don't count by others")
        case Question.LIMIT, Verdict.YES:
            return f"{finding.number} in one call, or more" + note(finding)
        case Question.LIMIT, Verdict.UNTOLD if finding.failure is not None:
            return "there are fewer here than I asked for next" + note(finding)
        case Question.LIMIT, Verdict.NO:
            return f"{finding.number} in one call, though I asked for more" + note(finding)
        case Question.VERSION, Verdict.YES:
            return f"{names} answers, as asked"
        case Question.VERSION, _:
            return f"{names} answers instead of {finding.what}: set GRAPH_VERSION to a current one"
        case Question.OLD_VERSION, Verdict.YES:
            return f"{names} answers"
    return ""


def folder(finding: Finding) -> str:
    """What a folder is; the inbox is taken to be the list without one."""
    inbox, verdict = finding.what == "inbox", finding.verdict
    if verdict is Verdict.UNTOLD:
        return ""
    if verdict is Verdict.SAME and inbox:
        return "the list that comes without a folder, as I take it"
    if inbox:
        return "not the list that comes without a folder, which I take for the inbox"
    if verdict is Verdict.SAME and finding.platform is Platform.INSTAGRAM:
        return "ignored, so Instagram's folders are left out, as now"
    return {Verdict.OWN: "a list of its own", Verdict.EMPTY: "empty"}.get(
        verdict, "ignored, which nobody expected on Messenger"
    )


def of_fields(findings: Sequence[Finding]) -> Iterator[str]:
    """The fields of one kind: those with the same verdict together, and each refusal with its code."""
    for verdict, called in HAVING.items():
        if names := [finding.what for finding in findings if finding.verdict is verdict]:
            yield f"{called}: {', '.join(names)}"
    failed = [finding for finding in findings if finding.failure is not None]
    for (verdict, failure), those in alike(failed, lambda finding: (finding.verdict, finding.failure)):
        done = "refused" if verdict is Verdict.REFUSED else "failed"
        yield f"{done}{because(failure)}: {', '.join(finding.what for finding in those)}"


def failed(finding: Finding) -> str:
    """What Meta did not take, or could not answer."""
    why = because(finding.failure)
    if finding.verdict is Verdict.FAILED:
        return f"failed{why}, which tells nothing; try again later"
    match finding.question:
        case Question.LIST:
            return f"refused{why}, so nothing more was asked of it"
        case Question.FOLDER:
            return f"refused{why}, so this folder can't be read here"
        case Question.TOKEN | Question.TOKEN_AS_APP:
            return f"refused{why}, so I can't tell that way when a token ends"
    return f"refused{why}"


def note(finding: Finding) -> str:
    """What else failed on the way to a finding."""
    return f"; 500 were refused{because(finding.failure)}" if finding.failure else ""


def because(failure: Failure | None) -> str:
    """Why a call failed, by codes alone: ` (100, HTTP 400)`."""
    if failure is None:
        return ""
    what = failure.number or failure.kind.replace("_", " ")
    return f" ({what}, HTTP {failure.status})" if failure.status else f" ({what})"
