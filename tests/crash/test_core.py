"""The core, killed at random moments in a storm, on each database and with each kind of chat."""

from __future__ import annotations

import os
from pathlib import Path
from random import SystemRandom

import pytest

from tests.crash.campaign import SENDING, Nursery, Settles, campaign

pytestmark = [pytest.mark.processes, pytest.mark.long]

KILLS = 24


@pytest.fixture
def ready(nursery: Nursery, database_url: str, tmp_path: Path, request: pytest.FixtureRequest) -> Nursery:
    """Where lives spend their time on what they can be killed at, not on compiling statements."""
    nursery.warm(tmp_path, None if database_url.startswith("sqlite") else request.getfixturevalue("postgres"))
    return nursery


@pytest.mark.parametrize("settles", ["key", "history", None])
def test_each_thread_is_heard_of_once_however_often_the_bot_dies(
    settles: Settles, database_url: str, ready: Nursery, tmp_path: Path
) -> None:
    seed = int(os.environ.get("CRASH_SEED") or SystemRandom().randrange(2**32))
    phases = campaign(ready, tmp_path, database_url, settles, KILLS, seed)
    print(f"seed {seed}: {dict(phases)}")
    assert phases["sending, arrived"] + phases["sending, not arrived"] >= len(SENDING)
