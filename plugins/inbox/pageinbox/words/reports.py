"""How a source stands, by all that is known of it: what `!inbox status` says is said of these."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pageinbox.model.answer import SourceStatus
from pageinbox.model.errors import Blocked, GraphError, Throttled
from pageinbox.model.history import SourceRecord
from pageinbox.model.source import PageStatus, Source
from pageinbox.words.english import counted


@dataclass(frozen=True, slots=True)
class SourceReport:
    """What is known of a source from what people asked of it and, where it is watched, from the ledger's record.

    It is `faulty` where looks at it hang, or fail for an error of our own.
    """

    asked: SourceStatus
    record: SourceRecord | None
    faulty: bool = False

    @property
    def source(self) -> Source:
        return self.asked.source

    @property
    def at(self) -> float | None:
        """The last good look, whoever wanted it."""
        looks = [self.asked.look.at if self.asked.look else None, self.record.looked if self.record else None]
        return max((at for at in looks if at is not None), default=None)

    @property
    def trouble(self) -> GraphError | None:
        """Why the latest look for a question failed, unless a watch's was good since; or why a watch's has failed."""
        look, error = self.asked.look, self.asked.last_error
        if look is None or look.trouble is None:
            return None if self.record is None else self.record.trouble
        record = self.record
        if record is not None and record.trouble is not None and error is not None and error.at < (record.failing or 0):
            return record.trouble
        mended = self.record is not None and self.record.failing is None and self.record.looked is not None
        return None if mended and error is not None and error.at <= (self.at or 0.0) else look.trouble

    @property
    def failing(self) -> float | None:
        """Since when watches can't read it."""
        return None if self.record is None else self.record.failing

    @property
    def blind(self) -> bool:
        """Whether it can't be read, by whoever tried last."""
        return self.trouble is not None or self.failing is not None or self.faulty


def still(trouble: GraphError, page: PageStatus) -> GraphError:
    """The trouble as it is now, with the time left until the Page may be asked again."""
    if isinstance(trouble, Throttled | Blocked):
        left = max(page.closed_for, page.paused_for)
        return trouble.but(retry_after=left)
    return trouble


def headline(reports: Sequence[SourceReport], but: str = "") -> str:
    """All in one sentence: is anything wrong with the lists, and `but` what else is."""
    bad = sum(report.blind for report in reports)
    seen = sum(report.asked.look is not None or report.at is not None for report in reports)
    if bad:
        return f"{bad} of {counted(len(reports), 'list')} can't be read{but.replace(', but', ', and', 1)}"
    return f"{counted(seen, 'list')} checked{but or ', no problems'}" if seen else f"No list has been checked yet{but}"
