"""What the crash tests share: the process that their bots are forked from."""

from collections.abc import Iterator

import pytest

from tests.crash.campaign import Nursery


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    with Nursery() as running:
        yield running
