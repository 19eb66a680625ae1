"""First contact: how Meta may be asked about a token. See `graph.tokens`, which asks so once a day."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from pageinbox.checkup.deep.asker import REFUSALS, Asker
from pageinbox.graph.tokens import decode_app, decode_facts
from pageinbox.model.contact import Failure, Finding, Question, Verdict
from pageinbox.model.errors import GraphError
from pageinbox.model.secret import Secret

MOST = 3
"""Calls at most."""


def tokens(asker: Asker) -> Iterator[Finding]:
    """Whether calls may be put into a batch, and whether the token may be asked about itself, or as the app."""
    calls, app = asker.calls, ""

    def ask_app() -> None:
        nonlocal app
        app = calls.aside("app", {"fields": "id"}, decode_app)

    yield tried(asker, Question.BATCH, ask_app)
    about = {"input_token": calls.page.token.reveal()}
    yield tried(asker, Question.TOKEN, lambda: calls.aside("debug_token", about, decode_facts))
    if app and calls.page.app_secret is not None:
        as_app = Secret(f"{app}|{calls.page.app_secret.reveal()}")
        yield tried(asker, Question.TOKEN_AS_APP, lambda: calls.aside("debug_token", about, decode_facts, token=as_app))


def tried(asker: Asker, question: Question, ask: Callable[[], object]) -> Finding:
    """What comes of a call whose failing ends nothing."""
    asker.count()
    try:
        ask()
    except GraphError as error:
        failure = Failure.of(error)
        verdict = Verdict.REFUSED if failure.kind in REFUSALS else Verdict.FAILED
        return Finding(question=question, verdict=verdict, failure=failure)
    return Finding(question=question, verdict=Verdict.YES)
