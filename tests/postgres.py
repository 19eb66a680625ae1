"""A throw-away PostgreSQL server for tests: nobody else's data, no port, nothing left behind.

It lives in a new folder in memory where there is room for it, else under /tmp: there the path of its socket is short
enough for every system, and it speaks through that socket alone. Only root and the user it runs as may enter the
folder. A shell holds the server and waits for the end of its own input, which comes however the process at the other
side dies; then it stops the server and clears away.
"""

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import psycopg

# What would survive a power cut does not matter here, so no write waits for the disk.
HOLDER = """
trap '' PIPE
folder=$(mktemp -d "$1/err-inbox-postgres-XXXXXX") || exit
trap '"$0/pg_ctl" stop --pgdata="$folder/data" --mode=immediate --silent; rm -rf "$folder"' EXIT
set -e
"$0/initdb" --pgdata="$folder/data" --username=postgres --auth=trust --encoding=UTF8 --locale=C --no-sync
"$0/pg_ctl" start --pgdata="$folder/data" --log="$folder/log" --silent --options="-F -h '' -k $folder" ||
    { cat "$folder/log"; exit 1; }
echo "ready $folder"
read -r end
"""


ROOM = 4 * 2**30
"""Bytes that are free where servers are kept in memory; each takes up to half a gigabyte."""


class Unavailable(Exception):
    """No PostgreSQL server can be run here; the text says what it takes."""


class Postgres:
    """A running server of its own. As a context manager it ends with the block, also when the block fails.

    `folder` holds all of it; `pid` is the process that holds it and is the last to end.
    """

    def __init__(self) -> None:
        """Make a new server and wait until it accepts connections, which takes about a second.

        Raises Unavailable when this machine lacks what it takes, and AssertionError, with all that was said, when the
        server does not start.
        """
        folder = programs(os.environ.get("PATH", os.defpath))
        account = _account()
        self._holder = subprocess.Popen(
            ["/bin/sh", "-c", HOLDER, folder, place()],
            cwd="/",
            env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"},
            user=account and account.pw_uid,
            group=account and account.pw_gid,
            extra_groups=[] if account else None,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,  # Ctrl-C in the terminal is for the tests alone, which then end the server
        )
        self._made = 0
        try:
            self.folder = self._until_ready()
            self._connection = psycopg.connect(self._url("postgres"), autocommit=True)
        except BaseException:
            self._release()
            raise

    @property
    def pid(self) -> int:
        """The process that holds the server."""
        return self._holder.pid

    @contextmanager
    def database(self, like: str = "", *, encoding: str = "UTF8") -> Iterator[str]:
        """A new database for one block: its `postgresql://` URL. It is empty, or as the one at the URL `like` is.

        To that one nobody may connect any more. At the end the new one is dropped, and connections that are still open
        to it are cut.
        """
        self._made += 1
        name, template = f"test_{self._made}", self._alone(like) if like else "template0"
        # Else PostgreSQL 15 and newer write each page of it to their log as well.
        how = "STRATEGY FILE_COPY" if self._connection.info.server_version >= 150_000 else ""
        self._connection.execute(f"CREATE DATABASE {name} TEMPLATE {template} ENCODING '{encoding}' {how}")
        try:
            yield self._url(name)
        finally:
            self._connection.execute(f"DROP DATABASE {name} WITH (FORCE)")

    @property
    def url(self) -> str:
        """The URL of the one database that outlives the server's death."""
        return self._url("postgres")

    def die(self) -> None:
        """Cut all connections at once and be gone, as in a crash; no block of `database` may be open."""
        self._pg_ctl("stop", "--mode=immediate")

    def start(self) -> None:
        """Be there again."""
        self._pg_ctl("start", f"--options=-F -h '' -k {self.folder}", f"--log={self.folder}/log")

    def _pg_ctl(self, *command: str) -> None:
        """Run as the user whose the server is."""
        data, owner = self.folder / "data", _account()
        subprocess.run(
            [str(programs(os.environ.get("PATH", os.defpath)) / "pg_ctl"), f"--pgdata={data}", "--silent", *command],
            cwd="/",
            user=owner and owner.pw_uid,
            check=True,
            stdout=subprocess.DEVNULL,
        )

    def stop(self) -> None:
        """End the server and remove all that it had, and return when that is done."""
        self._connection.close()
        self._release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def _url(self, database: str) -> str:
        return f"postgresql://postgres@/{database}?host={self.folder}"

    def _alone(self, url: str) -> str:
        """The name of a database, once those who were connected to it are gone: it can't be copied before."""
        name = urlsplit(url).path.removeprefix("/")
        there = "SELECT FROM pg_stat_activity WHERE datname = %s"
        while self._connection.execute(there, [name]).fetchone() is not None:
            pass
        return name

    def _until_ready(self) -> Path:
        assert self._holder.stdout
        heard = []
        for line in self._holder.stdout:
            if line.startswith("ready "):
                return Path(line.removeprefix("ready ").rstrip("\n"))
            heard.append(line)
        raise AssertionError(f"PostgreSQL does not start:\n{''.join(heard)}")

    def _release(self) -> None:
        self._holder.communicate()


def place() -> str:
    """The folder that the servers of all the processes of a test run fit into: in memory, no disk is waited for."""
    memory = Path("/dev/shm")
    return str(memory) if memory.is_dir() and shutil.disk_usage(memory).free >= ROOM else "/tmp"


def programs(path: str, debian: Path = Path("/usr/lib/postgresql")) -> Path:
    """The folder of `initdb` and `pg_ctl`: those on `path`, or the newest where Debian has them.

    Raises Unavailable when there are none.
    """
    newest = sorted(debian.glob("*/bin"), key=lambda folder: float(folder.parent.name), reverse=True)
    found = shutil.which("pg_ctl", path=os.pathsep.join([path, *map(str, newest)]))
    if not found:
        raise Unavailable("a PostgreSQL server (on Debian: apt-get install postgresql)")
    return Path(found).resolve().parent


def _account() -> pwd.struct_passwd | None:
    """Whom to run it as; None for whoever we are, unless that is root, as whom PostgreSQL refuses to run."""
    if os.geteuid():
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise Unavailable("a user postgres or nobody, for PostgreSQL does not run as root")
