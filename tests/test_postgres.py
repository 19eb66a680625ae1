"""The databases that tests get: empty, each its own, and gone when their owner is, however that ended."""

import os
import pwd
import re
import select
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import URL, create_engine, inspect, make_url, text
from sqlalchemy.pool import NullPool

from tests.postgres import Postgres, Unavailable, programs

ROOT = Path(__file__).resolve().parents[1]
OWNER = """
import sys
from tests.postgres import Postgres
server = Postgres()
print(server.folder, server.pid, flush=True)
sys.stdin.read()
"""
LACKS = """
import pytest
from tests.conftest import lacking

@pytest.mark.parametrize("ci", ["", "true"])
def test_rides_a_unicorn(ci, monkeypatch):
    monkeypatch.setenv("CI", ci)
    lacking("a unicorn")
"""


def driven(url: str) -> URL:
    """The URL with the driver that is installed, which SQLAlchemy 2.0 would not choose by itself."""
    parsed = make_url(url)
    return parsed.set(drivername="postgresql+psycopg") if parsed.drivername == "postgresql" else parsed


@pytest.mark.parametrize("time", ["once", "again"])
def test_a_database_is_new_and_keeps_what_it_is_told(database_url: str, time: str) -> None:
    engine = create_engine(driven(database_url), poolclass=NullPool)
    assert inspect(engine).get_table_names() == []
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE remembered (word TEXT)"))
        connection.execute(text("INSERT INTO remembered VALUES (:word)"), {"word": f"Zoë {time}"})
    with engine.begin() as connection:
        assert connection.execute(text("SELECT word FROM remembered")).scalars().all() == [f"Zoë {time}"]


def test_a_database_is_dropped_though_somebody_still_holds_on_to_it(postgres: Postgres) -> None:
    with postgres.database() as url:
        held = psycopg.connect(url)
    with pytest.raises(psycopg.OperationalError):
        held.execute("SELECT 1")
    held.close()
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(url)


def test_two_servers_do_not_meet(postgres: Postgres) -> None:
    with Postgres() as other, postgres.database() as url, other.database() as others_url:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("CREATE TABLE remembered (word TEXT)")
        with psycopg.connect(others_url) as connection, pytest.raises(psycopg.errors.UndefinedTable):
            connection.execute("SELECT word FROM remembered")
    assert not other.folder.exists()


def test_nobody_else_may_enter(postgres: Postgres) -> None:
    status = postgres.folder.stat()
    assert status.st_mode & 0o077 == 0
    assert status.st_uid == os.geteuid() or pwd.getpwuid(status.st_uid).pw_name in ("postgres", "nobody")


@pytest.mark.usefixtures("postgres")
@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGKILL])
def test_nothing_is_left_of_a_server_whose_owner_dies(end: signal.Signals) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", OWNER],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as owner:
        assert owner.stdout
        folder, pid = owner.stdout.readline().split()
        holder = os.pidfd_open(int(pid))
        server = os.pidfd_open(int(Path(folder, "data/postmaster.pid").read_text("utf-8").splitlines()[0]))
        owner.send_signal(end)
    try:
        for process in (holder, server):
            assert select.select([process], [], [], 120)[0], "a process outlives its owner"
    finally:
        os.close(holder)
        os.close(server)
    assert not Path(folder).exists()


def test_programs_that_are_nowhere_are_named_with_a_way_to_get_them(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="apt-get install postgresql"):
        programs(str(tmp_path), tmp_path)


def test_the_newest_of_debians_is_taken_unless_the_path_has_one(tmp_path: Path) -> None:
    for version in ("9.6", "13", "15"):
        program = tmp_path / version / "bin/pg_ctl"
        program.parent.mkdir(parents=True)
        program.touch(mode=0o755)
    assert programs(str(tmp_path), tmp_path) == tmp_path / "15/bin"
    assert programs(str(tmp_path / "13/bin"), tmp_path) == tmp_path / "13/bin"


@pytest.mark.processes
def test_what_is_lacking_is_said_by_name_and_in_ci_it_is_a_failure(tmp_path: Path) -> None:
    (tmp_path / "test_unicorn.py").write_text(LACKS, "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-c", "pyproject.toml", tmp_path],
        cwd=ROOT,
        env=os.environ | {"COLUMNS": "200"},
        stdout=subprocess.PIPE,
        text=True,
    )
    told = re.findall(
        r"^(SKIPPED|FAILED) \S*test_unicorn.py::test_rides_a_unicorn\[(.*)\] - .*a unicorn$", done.stdout, re.M
    )
    assert sorted(told) == [("FAILED", "true"), ("SKIPPED", "")]
    assert done.returncode == 1
