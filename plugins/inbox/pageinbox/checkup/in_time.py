"""Examining several things at once, for no longer than somebody waits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from pageinbox.ask.pool import Pool
from pageinbox.model.checkup import Finding, Late, Subject, unknown

POOL = Pool(4)
"""Threads for what is not at Meta, however many ask: a chat or a disk that hangs takes no more."""

PATIENCE = 5.0
"""Seconds that are waited for it."""

Part = Callable[[], list[Finding]]


def in_time(parts: Mapping[Subject, Part], patience: float = PATIENCE) -> list[Finding]:
    """What the parts find, in their order; of one that takes longer than `patience` seconds, that it does.

    Raises what a part raises.
    """
    found: dict[Subject, list[Finding]] = {}

    def examine(subject: Subject, part: Part) -> None:
        found[subject] = part()

    POOL.do([[partial(examine, subject, part)] for subject, part in parts.items()], patience)
    return [finding for subject in parts for finding in found.get(subject, [unknown(Late(subject))])]
