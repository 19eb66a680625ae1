"""Forgetting keeps no look waiting, and what went wrong with it is not put off for a day."""

from __future__ import annotations

import threading
from types import SimpleNamespace
from typing import Any

import pytest

from pageinbox.model.errors import LedgerError
from pageinbox.tell.forgetting import Forgetting
from tests.core.conftest import Clock
from tests.core.stage import source

INBOX, SPAM = source(), source(folder="spam")


class Ledger:
    """Of each source it has one conversation, which is idle. Finding that waits for its gate; `refuses` some drops."""

    def __init__(self) -> None:
        self.gate, self.began = threading.Event(), threading.Event()
        self.gate.set()
        self.dropped: list[int] = []
        self.refuses = 0

    def row(self, its_source: object) -> Any:
        return SimpleNamespace(id=1 if its_source == INBOX else 2, reached=1000)

    def find(self, retention: int, latest: int) -> dict[int, list[int]]:
        self.began.set()
        self.gate.wait()
        return {1: [10], 2: [20]}

    def thin(self, retention: int, latest: int) -> None:
        """Has nothing to count."""

    def drop(self, row: Any, ids: list[int], before: int) -> None:
        if self.refuses:
            self.refuses -= 1
            raise LedgerError("locked", "/data/ledger")
        self.dropped += ids


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


@pytest.fixture
def forgetting(ledger: Any, clock: Clock) -> Forgetting:
    return Forgetting(ledger, ledger, retention=100, latest=lambda: 5000, timer=clock)


def test_no_look_waits_for_another_one_that_finds_what_is_idle(ledger: Ledger, forgetting: Forgetting) -> None:
    ledger.gate.clear()
    finding = threading.Thread(target=forgetting.looked, args=(INBOX,), daemon=True)
    finding.start()
    ledger.began.wait()
    other = threading.Thread(target=forgetting.looked, args=(SPAM,), daemon=True)
    other.start()
    other.join(5)
    waits = other.is_alive()
    ledger.gate.set()
    finding.join()
    assert not waits and ledger.dropped == [10]
    forgetting.looked(SPAM)
    forgetting.looked(INBOX)
    assert ledger.dropped == [10, 20]


def test_what_could_not_be_forgotten_is_at_the_next_look(ledger: Ledger, forgetting: Forgetting) -> None:
    ledger.refuses = 1
    with pytest.raises(LedgerError):
        forgetting.looked(INBOX)
    assert ledger.dropped == []
    forgetting.looked(INBOX)
    assert ledger.dropped == [10]
