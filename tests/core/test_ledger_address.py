"""What DATABASE_URL may say beyond the place, and what a role has to be allowed there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from pageinbox.ledger.address import address_of, connecting
from pageinbox.ledger.database import open_ledger
from pageinbox.ledger.faults import kind_of
from pageinbox.ledger.schema import tables
from pageinbox.model.errors import LedgerError
from pageinbox.words.ledger import ledger_trouble
from tests.core.stage import INTERVAL, Stage
from tests.core.test_ledger_versions import load
from tests.core.test_silent_database import BlackHole
from tests.postgres import Postgres

DATABASE = "postgresql://bot@db.example/inbox"


@pytest.fixture
def database(postgres: Postgres) -> Iterator[str]:
    with postgres.database() as url:
        yield url


@pytest.fixture
def role(database: str) -> Iterator[str]:
    """The address of the same database for a role that may do nothing there yet."""
    with psycopg.connect(database, autocommit=True) as owner:
        owner.execute("CREATE ROLE clerk LOGIN")
        owner.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
        yield database.replace("postgres@", "clerk@")
        owner.execute("DROP OWNED BY clerk CASCADE")
        owner.execute("DROP ROLE clerk")


def refused(url: str) -> LedgerError:
    with pytest.raises(LedgerError) as caught:
        open_ledger(url)
    return caught.value


@pytest.mark.parametrize(
    ("url", "option"),
    [
        (f"{DATABASE}?sslmod=require", "sslmod"),
        (f"{DATABASE}?sslmode=require&schema=inbox", "schema"),
        (f"{DATABASE}?prepare_threshold=0", "prepare_threshold"),
        (f"{DATABASE}?options=-csearch_path%3Da&options=-csearch_path%3Db", "options"),
        ("sqlite:///ledger.sqlite?mode=ro", "mode"),
    ],
)
def test_what_the_database_does_not_know_is_refused_by_name(url: str, option: str) -> None:
    error = refused(url)
    assert (error.kind, error.where) == ("option", option)
    assert f"DATABASE_URL has the option {option}, which" in ledger_trouble(error.kind, error.where)


@pytest.mark.parametrize(
    "option",
    ["sslmode=foo", "sslmode=verify-full", "connect_timeout=abc", "keepalives=x", "service=foo", "port=abc",
     "options=-cfoo%3D1", "channel_binding=require", "sslmode=verify-full&sslrootcert=system"],
)  # fmt: skip
def test_an_option_that_does_not_fit_is_not_called_a_server_that_is_down(postgres: Postgres, option: str) -> None:
    with BlackHole(f"{postgres.folder}/.s.PGSQL.5432") as way:
        error = refused(f"postgresql://postgres:hunted@127.0.0.1:{way.port}/postgres?{option}")
    assert (error.kind, error.where) == ("unfit", "127.0.0.1")
    assert "Check what follows the ? there" in ledger_trouble(error.kind, error.where)


def test_a_database_that_knows_no_encoding_keeps_every_letter(postgres: Postgres) -> None:
    """It was made with the locale C and nothing else; psycopg would give bytes for its texts."""
    with postgres.database(encoding="SQL_ASCII") as url:
        one = Stage(url)
        life = one.bot()
        life.look_everywhere()
        one.time.wait(INTERVAL)
        new = one.world.write("acme", None, "Grüße, 你好 🎁", at=one.time()).id
        one.time.wait(INTERVAL)
        life.look_everywhere()
        one.time.wait(10)
        life.tell()
        assert one.rooms.told("#room") == [new]
        (said,) = one.rooms.of("#room")[-1].item.news
        one.close()
    assert said.conversation is not None and said.conversation.snippet == "Grüße, 你好 🎁"


@pytest.mark.parametrize("more", ["", "&client_encoding=latin1"])
def test_a_database_that_lacks_letters_is_refused(postgres: Postgres, more: str) -> None:
    with postgres.database(encoding="LATIN1") as url:
        error = refused(url + more)
    assert error.kind == "narrow"
    assert "ENCODING 'UTF8'" in ledger_trouble(error.kind, error.where)


@pytest.mark.parametrize("url", [f"{DATABASE}?password=s&cret=x", f"{DATABASE}?not-a-name=1"])
def test_what_may_be_part_of_a_password_is_not_named(url: str) -> None:
    error = refused(url)
    assert (error.kind, error.where) == ("option", "")
    assert "DATABASE_URL has an option, which" in ledger_trouble(error.kind, error.where)


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///", "sqlite:///:memory:"])
def test_a_ledger_that_would_be_gone_with_the_bot_is_refused(url: str) -> None:
    assert (refused(url).kind, refused(url).where) == ("refused", "DATABASE_URL")


@pytest.mark.parametrize("scheme", ["postgres", "postgres+psycopg2", "postgresql", "postgresql+asyncpg"])
def test_postgresql_goes_by_many_names(scheme: str) -> None:
    assert address_of(f"{scheme}://bot@db.example/inbox").drivername == "postgresql+psycopg"


@pytest.mark.parametrize("said", ["fe_sendauth: no password supplied", "local user with ID 10001 does not exist"])
def test_who_is_not_named_is_not_told_that_the_server_is_down(said: str) -> None:
    error = psycopg.OperationalError(
        f'connection failed: connection to server at "db.example", port 5432 failed: {said}'
    )
    assert kind_of(OperationalError("", {}, error)) == "refused"


def test_what_the_address_says_itself_goes_before_our_patience() -> None:
    told = connecting(address_of(f"{DATABASE}?connect_timeout=60&sslmode=verify-full&options=-cwork_mem%3D8MB"))
    assert (told["connect_timeout"], told["keepalives_idle"]) == ("60", 5)
    assert told["options"].endswith(" -cwork_mem=8MB") and told["options"].startswith("-c lock_timeout=")


@pytest.mark.parametrize("from_environment", [False, True])
def test_a_search_path_is_kept_beside_our_own_options(
    database: str, monkeypatch: pytest.MonkeyPatch, from_environment: bool
) -> None:
    with psycopg.connect(database) as owner:
        owner.execute("CREATE SCHEMA team")
    if from_environment:
        monkeypatch.setenv("PGOPTIONS", "-csearch_path=team")
    else:
        database += "&options=-csearch_path%3Dteam"
    with closing(open_ledger(database)) as ledger, ledger.reading() as connection:
        found = connection.execute(text("SELECT schemaname FROM pg_tables WHERE tablename = 'inbox_meta'"))
        assert found.scalars().all() == ["team"]
        assert connection.execute(text("SHOW lock_timeout")).scalar_one() == "5s"


def test_a_role_that_may_only_read_and_write_is_enough_but_for_the_first_start(database: str, role: str) -> None:
    error = refused(role)  # as it is in the schema public since PostgreSQL 15
    assert error.kind == "forbidden" and "CREATE on the schema" in ledger_trouble(error.kind, error.where)
    open_ledger(database).close()
    with psycopg.connect(database) as owner:
        owner.execute("GRANT USAGE ON SCHEMA public TO clerk")
        owner.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO clerk")
        owner.execute("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO clerk")
    one = Stage(role)
    life = one.bot()
    one.arrive(2)
    life.look_everywhere()
    one.time.wait(INTERVAL)
    new = one.arrive(2)
    one.time.wait(INTERVAL)
    life.look_everywhere()
    one.time.wait(10)
    life.tell()
    assert one.rooms.told("#room") == new
    one.close()


def test_a_schema_that_is_not_there_is_named_as_that(database: str) -> None:
    error = refused(f"{database}&options=-csearch_path%3Dnowhere")
    assert error.kind == "forbidden" and "Create the schema" in ledger_trouble(error.kind, error.where)


def test_tables_that_were_dropped_are_missed(database: str) -> None:
    with closing(open_ledger(database)) as ledger, psycopg.connect(database, autocommit=True) as owner:
        owner.execute(f"DROP TABLE {', '.join(tables.tables)}")
        with pytest.raises(LedgerError) as missed, ledger.reading() as connection:
            connection.execute(tables.tables["inbox_meta"].select())
        assert missed.value.kind == "gone"


def test_an_update_needs_no_more_than_the_schema_that_the_tables_are_in(database: str, role: str) -> None:
    with psycopg.connect(database) as owner:
        owner.execute("CREATE SCHEMA AUTHORIZATION clerk")  # of its own name, which search_path has first
    load(role, 3)
    open_ledger(role).close()
    with psycopg.connect(role) as clerk:
        found = "SELECT count(*) FROM err_inbox_version_3_inbox_announcement"
        assert clerk.execute(found).fetchone() == (7,)
        clerk.execute(f"DROP TABLE {', '.join(tables.tables)}")
    load(role, 3)  # put back
    open_ledger(role).close()
