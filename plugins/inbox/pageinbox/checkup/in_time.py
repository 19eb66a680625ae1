"""Examining several things at once, for no longer than somebody waits."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from functools import partial

from pageinbox.ask.pool import Pool
from pageinbox.model.finding import Broken, Finding, Late, Subject, unknown
from pageinbox.tell.whereabouts import whereabouts

log = logging.getLogger(__name__)

POOL = Pool(4)
"""Threads for what is not at Meta, however many ask: a chat or a disk that hangs takes no more."""

PATIENCE = 5.0
"""Seconds that are waited for it."""

Part = Callable[[], list[Finding]]


def in_time(parts: Mapping[Subject, Part], patience: float = PATIENCE) -> list[Finding]:
    """What the parts find, in their order; of one that fails, or takes longer than `patience` seconds, that it does."""
    found: dict[Subject, list[Finding]] = {}

    def examine(subject: Subject, part: Part) -> None:
        try:
            found[subject] = part()
        except Exception as error:
            log.error("A checkup failed at its part %s: %s", subject.value, whereabouts(error))
            found[subject] = [unknown(Broken(subject, type(error).__name__))]

    POOL.do([[partial(examine, subject, part)] for subject, part in parts.items()], patience)
    return [finding for subject in parts for finding in found.get(subject, [unknown(Late(subject))])]
