"""A command that names no conversation, in reply to an announcement or in its thread: it means that conversation."""

from __future__ import annotations

from dataclasses import replace

from pageinbox.commands.request import Request
from pageinbox.language.mute import time_alone
from pageinbox.model.answer import Named
from pageinbox.model.post import Post
from pageinbox.words import refusals
from pageinbox.words.mutes import called


def completed(request: Request, command: str) -> Request | Post:
    """The request with the ref of what it means in front, or which of several `command` may mean.

    Unchanged where it names something, or replies to nothing that told of conversations. Raises LedgerError.
    """
    time = time_alone(request.words)
    if time is None or not (found := announced(request)):
        return request
    lasting = f" for {time}" if time else ""
    if len(found) == 1:
        return replace(request, words=found[0].ref + lasting)
    detail = request.settings.detail
    return refusals.which(
        command, [(called(one.ref, request.answers.seen(one), detail), one.ref + lasting) for one in found]
    )


def announced(request: Request) -> list[Named]:
    """What was told by the nearest of the messages that the request replies to, in the order it was told."""
    for receipt in request.replied:
        told = request.service().histories.told(request.room, receipt)
        known = [each for each in told if each[0].page in request.answers.listing.clients]
        if known:
            return [Named(request.answers.refs.give(source, each), source, each) for source, each in known]
    return []
