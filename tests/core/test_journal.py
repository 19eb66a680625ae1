"""What the log says: when lists fail and when they can be read again, each once, and what a bot began with."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from pageinbox.model.errors import TokenDead
from pageinbox.model.source import Folder, Platform, Source
from tests.core.stage import INTERVAL, Stage

pytestmark = pytest.mark.servers

INBOX, SPAM = (Source("acme", Platform.MESSENGER, folder) for folder in (Folder.INBOX, Folder.SPAM))


@pytest.fixture(autouse=True)
def info(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "pageinbox")


def logged(caplog: pytest.LogCaptureFixture) -> list[tuple[str, str]]:
    """Level and text of what was logged since the last time."""
    found = [(record.levelname, record.getMessage()) for record in caplog.records]
    caplog.clear()
    return found


def test_a_failure_and_a_recovery_are_logged_once_each(rig, sim, clock, caplog):
    listing = rig.listing(ttl=0)
    listing.look(INBOX)
    assert logged(caplog) == []
    sim.fail("conversations", None, code=190, subcode=463)
    for _ in range(3):
        clock.now += 60
        assert isinstance(listing.look(INBOX).trouble, TokenDead)
    listing.look(SPAM)
    assert logged(caplog) == [
        ("WARNING", "Acme · Messenger · inbox can't be read: TokenDead 190/463"),
        ("WARNING", "Acme · Messenger · spam can't be read: TokenDead 190/463"),
    ]
    sim.clear()
    clock.now += 38 * 60
    for _ in range(2):
        listing.look(INBOX)
    assert logged(caplog) == [("INFO", "Acme · Messenger · inbox can be read again after 40 min")]


def test_errors_that_take_turns_are_logged_once_each(rig, sim, caplog):
    listing = rig.listing(ttl=0)
    for code in (100, 10, 100, 10):
        sim.clear()
        sim.fail("conversations", None, code=code, message="(#100) Ann Example, EAABsecret")
        listing.look(INBOX)
    assert [text.partition(": ")[2] for _, text in logged(caplog)] == ["RequestRefused 100", "PermissionMissing 10"]


def test_what_was_failing_is_known_after_a_change_of_settings(rig, sim, caplog):
    before, after = rig.listing(ttl=0), rig.listing(ttl=0)
    sim.fail("conversations", None, code=10)
    before.look(INBOX)
    after.inherit(before)
    after.look(INBOX)
    sim.clear()
    after.look(INBOX)
    assert [level for level, _ in logged(caplog)] == ["WARNING", "INFO"]


def test_a_bot_says_what_it_begins_with_and_how_its_looks_go(ledger_folder: Path, caplog: pytest.LogCaptureFixture):
    stage = Stage(f"sqlite:///{ledger_folder}/ledger.sqlite", watches=["#room inbox messenger", "#room spam messenger"])
    try:
        life = stage.bot()
        ((level, begin),) = logged(caplog)
        assert level == "INFO" and begin == (
            f"I read acme at {stage.simulator.url}; my ledger is {ledger_folder}/ledger.sqlite; 2 watches"
        )
        life.run(stage.time() + 3 * INTERVAL)
        assert logged(caplog) == []
        stage.simulator.fail("conversations", None, code=190, subcode=463)
        life.run(stage.time() + 3600)
        stage.simulator.clear()
        life.run(stage.time() + life.schedule.wait() + 2 * INTERVAL)
        assert sorted(level for level, _ in logged(caplog)) == ["INFO", "INFO", "WARNING", "WARNING"]
    finally:
        stage.close()
