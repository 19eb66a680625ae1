"""What one look found, and what of it is new."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from pageinbox.ledger.codes import FOLDER_BITS, UNREADABLE
from pageinbox.ledger.schema import ms
from pageinbox.ledger.sources import Known, SourceRow
from pageinbox.model.conversation import Conversation
from pageinbox.model.errors import GraphError
from pageinbox.model.selection import Folded, folded
from pageinbox.model.source import Folder
from pageinbox.model.watch import Watch
from pageinbox.tell.trail import Trail

DAY = 86400.0

RECENT = 3600.0
"""Seconds before the latest whole look in which what was not known then is new all the same: Meta may show it late."""


@dataclass(slots=True)
class Found:
    """What one look found: conversations new to the source, those known with a newer message, and how it went.

    `older` are no news: in a first look what was there before it began, later what was not known and is older than the
    latest whole look. `moved_from` tells by id in which folder some of the new were known, `moved` are those of them
    that went on since; `healed` could not be read before. In the `replied` ones nothing but what nobody wrote came
    since, which is learned and no news. In the `written` ones the customer wrote since they were known. `there` counts
    those that are kept and were there before, in a first look. The look `began` at this time, in milliseconds, and was
    `kept` at that one by the ledger's time. A change later than `latest` has a wrong time, which must not make others
    old nor hide what comes later (`in_time`); `newest` is the newest of the rest. `trouble` is why it ended.

    Where it went on behind what is known, `waiting` are the ids in which somebody waited before it, and `unchanged`, by
    their rows, what is known as it is and in which somebody waits or did. It read `back_to` that change, in seconds
    since 1970 (0: to the end), and is `whole` where it read all that is kept. `told` says whether Meta tells who waits;
    None where the list is empty.
    """

    trail: Trail = field(default_factory=Trail)
    new: list[Conversation] = field(default_factory=list)
    older: list[Conversation] = field(default_factory=list)
    again: list[Conversation] = field(default_factory=list)
    moved: list[Conversation] = field(default_factory=list)
    replied: list[Conversation] = field(default_factory=list)
    healed: list[Conversation] = field(default_factory=list)
    written: list[Conversation] = field(default_factory=list)
    waiting: Collection[str] | None = None
    unchanged: dict[int, Conversation] = field(default_factory=dict)
    back_to: float | None = None
    whole: bool = False
    told: bool | None = None
    moved_from: dict[str, Folder] = field(default_factory=dict)
    there: int = 0
    newest: int = 0
    began: int = 0
    kept: int = 0
    latest: int = sys.maxsize
    trouble: GraphError | None = None

    @property
    def quiet_until(self) -> int:
        """What is not newer than this and not known yet will be no news, once this look has come to its end."""
        return self.began - ms(RECENT)

    def texts(self, watches: Iterable[Watch]) -> dict[str, Folded]:
        """What watches compare of what they may tell, by id. Texts are the customers', and as long as they like."""
        if not any(watch.spec.name or watch.spec.text for watch in watches):
            return {}
        return {item.id: folded(item) for item in (*self.new, *self.again, *self.older)}

    def reached(self, before: int, latest: int) -> int:
        """The newest change that whole looks met, `before` this one included; one that is yet to come is none."""
        return max(before if before <= self.latest else 0, min(self.newest, latest))

    @property
    def quiet(self) -> bool:
        """Whether nothing of what was read is to be learned."""
        return not (self.new or self.older or self.again or self.moved or self.replied or self.healed)

    def meet(self, fresh: Sequence[Conversation]) -> None:
        """Note of what was read what it tells of the list: the newest change, and whether Meta tells who waits."""
        if fresh and not self.told:
            self.told = any(item.waiting is not None for item in fresh)
        in_time = (at for item in fresh if (at := ms(item.updated)) <= self.latest)
        self.newest = max(self.newest, max(in_time, default=0))

    def sort(self, fresh: Sequence[Conversation], known: Mapping[str, Known], place: SourceRow) -> None:
        """Put what was read where it belongs. `known` are those of it that the ledger has, `place` is the source."""
        bit = FOLDER_BITS[place.source.folder]
        for item in fresh:
            before, wrong = known.get(item.id), ms(item.updated) > self.latest
            beyond = ms(item.updated) > self.latest + ms(DAY)
            if beyond:
                item = in_time(item, self.latest)
            updated = ms(item.updated)
            if before is None and place.forgotten is not None and updated <= place.forgotten:
                continue  # it was forgotten, or never learned, for having been idle for so long
            quiet = updated <= (place.quiet_until or 0) or (wrong and not place.complete)
            self.there += quiet
            here = before is not None and before.folders & bit
            telling = not beyond or item.wrote is not None
            newer = before is None or (telling and updated > before.updated)
            wrote = item.wrote is not None and (before is None or ms(item.wrote) > before.updated)
            if before is not None and here and not newer:
                if before.folders & UNREADABLE and not item.unreadable:
                    self.healed.append(item)
                elif self.waiting is not None and (item.waiting or item.id in self.waiting):
                    self.unchanged[before.id] = item
            elif quiet and (before is None or not place.complete):
                self.older.append(item)
            elif before is None:
                self.new.append(item)
            elif here:
                (self.replied if only_replied(item, before) else self.again).append(item)
            else:
                self.new.append(item)
                self.moved_from[item.id] = Folder(before.folder)
                if newer and not only_replied(item, before):
                    self.moved.append(item)
            if wrote and place.complete and not (quiet and before is None):
                self.written.append(item)


def in_time(item: Conversation, latest: int) -> Conversation:
    """A conversation whose time lies far ahead with that of what the customer wrote; without that, with `latest`.

    The former tells at later looks whether it went on, the latter can't. A time that comes within a day is kept, or it
    would be news once more when it has come.
    """
    wrote, waits = (at if at is not None and ms(at) <= latest else None for at in (item.wrote, item.waits))
    updated = latest / 1000 if wrote is None else wrote
    return msgspec.structs.replace(item, updated=updated, wrote=wrote, waits=waits, said=None)


def only_replied(item: Conversation, before: Known) -> bool:
    """Whether nothing but automatic replies and Meta's notes came since a conversation was met."""
    # What could not be read before has words of the person's that nobody was told.
    readable = not before.folders & UNREADABLE
    return readable and item.said is not None and ms(item.said) <= before.updated
