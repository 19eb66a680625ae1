"""A command that names no conversation, in reply to an announcement or in its thread: it means that conversation."""

from __future__ import annotations

import re
from collections.abc import Callable

from msgspec import structs

from pageinbox.commands.request import Request
from pageinbox.language.mute import time_alone
from pageinbox.model.answer import Named
from pageinbox.model.post import Post
from pageinbox.words import refusals
from pageinbox.words.mutes import called

PLAIN = re.compile(r"[\w :.]*", re.ASCII)
"""Words that are shown again as part of a command."""


def completed(request: Request, command: str, behind: Callable[[Request], str | None]) -> Request | Post:
    """The request with the ref of what it means in front, or which of several `command` may mean.

    `behind` gives the words that stand behind the ref, None where they name something: then the request is unchanged,
    as where it replies to nothing that told of conversations. Raises QueryError and LedgerError.
    """
    words = behind(request)
    if words is None or not (found := announced(request)):
        return request
    if len(found) == 1:
        return structs.replace(request, words=f"{found[0].ref} {words}".strip())
    detail = request.ceiling
    # What a command shows is no foreign text, so nothing of anybody's own may stand in it.
    shown = words if PLAIN.fullmatch(words) else "…"
    those = [(called(each.ref, request.answers.seen(each), detail), f"{each.ref} {shown}".strip()) for each in found]
    return refusals.which(command, those)


def lasting(request: Request) -> str | None:
    """The length of time that is all the words of a request, as `for 2h`; None where they name something."""
    time = time_alone(request.words)
    return f"for {time}" if time else time


def announced(request: Request) -> list[Named]:
    """What was told by the nearest of the messages that the request replies to, in the order it was told."""
    told = request.service().told(request.room, *request.replied) if request.replied else []
    clients, refs = request.answers.listing.clients, request.answers.refs
    return [Named(refs.give(source, each), source, each) for source, each in told if source.page in clients]
