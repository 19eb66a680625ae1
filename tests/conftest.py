"""What all tests share: the databases that a ledger can be kept in, and the end of a test that lacks something."""

import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NoReturn

import pytest
from hypothesis import settings
from hypothesis import strategies as st

import tests.compiled  # noqa: F401
from pageinbox.ledger.database import open_ledger
from tests.bot import new_ledger
from tests.postgres import Postgres, Unavailable

# How long an example takes says more about the machine than about the code.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


def pytest_collection_finish() -> None:
    """What characters there are takes Hypothesis seconds to find out; it keeps that, so not each worker has to."""
    st.text().validate()


def lacking(what: str) -> NoReturn:
    """This machine has no `what`: a reason to skip for a user, a failure in CI."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"CI must have {what}")
    pytest.skip(f"needs {what}")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL server, started for the first test that asks for it and ended with the last one."""
    try:
        server = Postgres()
    except Unavailable as reason:
        lacking(str(reason))
    with server:
        yield server


@pytest.fixture(scope="session")
def memory() -> Iterator[Path]:
    """A folder for small files, in memory where the machine has some for that: no disk is waited for."""
    with TemporaryDirectory(dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None) as folder:
        yield Path(folder)


@pytest.fixture
def ledger_folder(memory: Path) -> Iterator[Path]:
    """A new folder for a ledger, which is written to hundreds of times a test."""
    with TemporaryDirectory(dir=memory) as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def postgres_ledger(postgres: Postgres) -> Iterator[str]:
    """The URL of a ledger in PostgreSQL that is there to be copied: to make its tables takes longer."""
    with postgres.database() as url:
        open_ledger(url).close()
        yield url


DATABASES = ["sqlite", pytest.param("postgresql", marks=pytest.mark.processes)]


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest, ledger_folder: Path) -> Iterator[str]:
    """The URL of a new, empty database; the test runs once on each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{ledger_folder}/ledger.sqlite"
    else:
        server: Postgres = request.getfixturevalue("postgres")
        with server.database() as url:
            yield url


@pytest.fixture(params=DATABASES)
def ledger_url(request: pytest.FixtureRequest, ledger_folder: Path) -> Iterator[str]:
    """The URL of a new ledger; the test runs once on each kind of database."""
    if request.param == "sqlite":
        file = ledger_folder / "ledger.sqlite"
        file.touch(0o600)
        file.write_bytes(new_ledger())
        yield f"sqlite:///{file}"
    else:
        server: Postgres = request.getfixturevalue("postgres")
        with server.database(like=request.getfixturevalue("postgres_ledger")) as url:
            yield url
