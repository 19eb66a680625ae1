"""What a new watch finds: how much is there, and how much it would have told."""

from __future__ import annotations

from collections.abc import Collection, Container, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from pageinbox.ask.rows import SEARCHED, older_than
from pageinbox.commands.request import Request
from pageinbox.model.conversation import Conversation
from pageinbox.model.errors import NotAskedYet, StillAsking
from pageinbox.model.look import Look
from pageinbox.model.source import Source
from pageinbox.model.watch import Every, WatchSpec
from pageinbox.words.new_watch import Bound

if TYPE_CHECKING:
    from pageinbox.tell.service import WatchService


DAY = 86400.0

PATIENCE = 6.0
"""Seconds that lists are waited for, only to show what a watch will be like."""


def seen(request: Request, sources: Sequence[Source], learned: Collection[Source]) -> list[Look]:
    """What each list holds: those that were `learned` are asked for it, of the others it is what is known already.

    Nor does anybody wait for a list that takes long.
    """
    listing, since = request.answers.listing, request.clock() - DAY
    records = request.service().standings.records()
    asked = [source for source in sources if source in learned]
    read = listing.looks(asked, want=SEARCHED, until=since, patience=PATIENCE)
    looks = {look.source: look for look in read if not isinstance(look.trouble, NotAskedYet | StillAsking)}
    for source in sources:
        if source not in looks:
            look, record = listing.memory.last(source) or Look(source), records.get(source)
            if record is not None and look.folder == "sure":
                look = replace(look, trouble=record.trouble)
            looks[source] = look
    return [looks[source] for source in sources]


def there(
    service: WatchService, looks: Sequence[Look], learned: Mapping[Source, int | None], met: Container[str]
) -> int | None:
    """How many conversations the lists held when they were last looked at for watches; None where one is not known."""
    records, total = service.standings.records(), 0
    for look in looks:
        if look.folder == "ignored":
            continue
        if look.source not in learned or look.source not in records:
            return None
        number = learned[look.source]
        if number is None:
            shown = sum(item.id in met for item in look.conversations)
            whole = look.at is not None and not look.more and look.trouble is None
            number = shown if whole else records[look.source].known
        total += number
    return total


def last_day(
    service: WatchService, spec: WatchSpec, looks: Sequence[Look], likely: Sequence[Conversation], *, now: float
) -> tuple[int, Bound] | None:
    """Of how much a watch would have told in the last day, and how sure that is; None where nobody can say.

    Of what the ledger has not watched for a day nobody knows whether it is new or only active again, nor of what
    fits by now whether it did then.
    """
    active = [item for item in likely if item.updated >= now - DAY]
    whole = all(
        look.at is not None and look.trouble is None and (not look.more or older_than(look, now - DAY))
        for look in looks
    )
    if spec.every is Every.MESSAGE:
        return (len(active), "at least") if active else None
    watched = service.histories.watched_since({look.source for look in looks}, now - DAY)
    new = service.histories.new_since([item.id for item in active], now - DAY) if watched else active
    if not whole and not watched:
        return None
    sure: Bound = "at most" if not watched else "exactly" if whole else "at least"
    if any(wish is not None for wish in (spec.unread, spec.waiting, spec.text)):
        sure = "about"
    return (len(new), sure) if new or sure in ("exactly", "at most") else None
