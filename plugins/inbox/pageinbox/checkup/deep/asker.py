"""Asking Meta for the sake of how it answers, and not of what."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import msgspec

from pageinbox.graph.calls import Calls
from pageinbox.graph.classify import classify
from pageinbox.graph.decoding import error_of, whole_characters
from pageinbox.graph.mending import BROKEN, LOOSE, NULL
from pageinbox.graph.pages import Stopped
from pageinbox.graph.values import FieldError, seconds
from pageinbox.model.contact import Failure, Verdict
from pageinbox.model.source import Platform

ROWS = 25
"""Conversations of a list that are looked at; Meta's own limit where none is given."""

UNANSWERED = 3
"""Calls in a row without a reply, each of which may take half a minute, after which no more is asked."""

REFUSALS = ("request_refused", "field_unknown", "cursor_dead", "permission_missing", "conversation_unknown")
"""Kinds of errors by which Meta says that it does not take what was asked, and not that it can't answer now."""

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one call. `words` are Meta's on why it failed, `next` the address of the next page, with its token.

    Neither leaves this package.
    """

    rows: Sequence[Row] = ()
    next: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    failure: Failure | None = None
    words: str = ""

    @property
    def verdict(self) -> Verdict:
        """What a failure means for what was asked."""
        refused = self.failure is not None and self.failure.kind in REFUSALS
        return Verdict.REFUSED if refused else Verdict.FAILED

    @property
    def ids(self) -> set[str]:
        """The conversations that are in it."""
        return {str(row["id"]) for row in self.rows if isinstance(row.get("id"), str | int)}

    @property
    def times(self) -> list[float]:
        """When they changed last, in their order and in seconds since 1970."""
        found = []
        for row in self.rows:
            with suppress(FieldError):
                found.append(seconds(row.get("updated_time"), "updated_time"))
        return found


class Asker:
    """Asks with one Page's calls and counts them. `going` tells before each whether to go on; else Stopped is raised.

    Every method raises what ends all asking (`Calls.examine`), and the error where nothing is answered any more.
    """

    def __init__(self, calls: Calls, going: Callable[[], bool]) -> None:
        self.calls = calls
        self.asked = 0
        self._going = going
        self._unanswered = 0

    def count(self) -> None:
        """Count a call that is about to be made."""
        if not self._going():
            raise Stopped
        self.asked += 1

    def ask(self, path: str, params: Mapping[str, str], *, version: str = "") -> Answer:
        """What is answered to one call, whose body is a list or one node; `version` is another one than usual."""
        self.count()
        reply, error = self.calls.examine(path, dict(params), version=version)
        self._unanswered = self._unanswered + 1 if reply is None else 0
        if error is not None and self._unanswered == UNANSWERED:
            raise error
        headers: Mapping[str, str] = reply.headers if reply is not None else {}
        if error is not None:
            failure = Failure.of(error, reply.status if reply is not None else None)
            return Answer(headers=headers, failure=failure, words=error.words)
        return answer_in(reply.body if reply is not None else b"", headers)

    def list(self, platform: Platform, **params: str) -> Answer:
        """A Page's conversations, as far as one call gives them."""
        usual = {"platform": platform.value, "limit": str(ROWS)}
        return self.ask(f"{self.calls.page.id}/conversations", usual | params)


def answer_in(body: bytes, headers: Mapping[str, str]) -> Answer:
    """A good reply's body: the items of a list, or the one node that it is."""
    try:
        found = LOOSE.decode(whole_characters(body))
        if (wrong := error_of(found.get("error", NULL))) is not None:
            error = classify(wrong, 200)
            return Answer(headers=headers, failure=Failure.of(error, 200), words=error.words)
        if "data" not in found:
            return Answer([{name: msgspec.json.decode(value) for name, value in found.items()}], headers=headers)
        data = msgspec.json.decode(found["data"])
        paging = msgspec.json.decode(found["paging"]) if "paging" in found else None
    except BROKEN:
        return Answer(headers=headers, failure=Failure("unavailable"))
    following = paging.get("next") if isinstance(paging, dict) else None
    return Answer(things_in(data), following if isinstance(following, str) else "", headers)


def things_in(value: object) -> list[Row]:
    """The objects of a list, within its edge or bare."""
    within = value.get("data") if isinstance(value, dict) else value
    return [item for item in within if isinstance(item, dict)] if isinstance(within, list) else []
