"""Several bots at once: scenarios of the soak in short, those that take no minutes and leave others the processors."""

from __future__ import annotations

import math
import os
from pathlib import Path
from random import SystemRandom

import pytest

from tests.conftest import lacking
from tests.crash.campaign import Nursery
from tests.crash.fleet import run
from tests.postgres import Unavailable

pytestmark = [pytest.mark.processes, pytest.mark.long]

BIRTHS = 16
SHORT = {"ten-minutes": math.inf, "one-file": math.inf, "database-dies": 3.0, "disk-full": 3.0}
"""With the seconds after which something goes wrong: what a killed bot was sending is waited for for a minute."""


@pytest.mark.parametrize(("name", "often"), SHORT.items())
def test_each_thread_is_heard_of_once_by_whichever_bot(
    name: str, often: float, nursery: Nursery, tmp_path: Path
) -> None:
    seed = int(os.environ.get("CRASH_SEED") or SystemRandom().randrange(2**32))
    try:
        print(run(nursery, name, BIRTHS, seed, tmp_path, often=often))
    except Unavailable as reason:
        lacking(str(reason))
