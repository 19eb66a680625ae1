"""A list that held conversations and is empty all at once: Instagram's is trouble, anybody else's is an empty one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pageinbox.model.errors import ListEmptied
from tests.core.stage import INTERVAL, Stage, source

DAY = 86_400


@pytest.mark.servers
@pytest.mark.parametrize(
    ("platform", "folder", "held", "idle", "trouble"),
    [
        ("instagram", "inbox", 3, INTERVAL, ListEmptied),
        ("instagram", "inbox", 3, 24 * DAY, ListEmptied),
        ("instagram", "inbox", 3, 26 * DAY, type(None)),
        ("instagram", "inbox", 2, INTERVAL, type(None)),
        ("messenger", "inbox", 3, INTERVAL, type(None)),
        ("messenger", "spam", 3, INTERVAL, type(None)),
    ],
)
def test_an_emptied_list(
    ledger_folder: Path, platform: str, folder: str, held: int, idle: float, trouble: type[Any]
) -> None:
    stage = Stage(f"sqlite:///{ledger_folder}/ledger.sqlite", watches=[f"#room {folder} {platform}"])
    stage.arrive(held, platform=platform, folder=folder)
    life, there = stage.bot(), source(platform=platform, folder=folder)
    assert life.look_at(there).trouble is None
    stage.time.wait(idle)
    stage.simulator.rules.shown = 0
    assert type(life.look_at(there).trouble) is trouble
    stage.simulator.rules.shown = None
    stage.time.wait(INTERVAL)
    assert life.look_at(there).trouble is None
    new = stage.arrive(platform=platform, folder=folder)
    stage.time.wait(INTERVAL)
    life.look_at(there)
    life.tell()
    assert set(stage.rooms.told("#room")) == set(new)
    stage.close()
