"""Errbots that are forked from a process that has imported what each of them does: most of a start is imports.

Plugins and backends are not among it: a bot finds those by itself. That it also finds what they are made of is tested
where an Errbot is not forked: in tests/install, and in tests/test_demo.py.
"""

from __future__ import annotations

import faulthandler
import io
import os
import runpy
import subprocess
import sys
import sysconfig
import threading
from collections.abc import Mapping, Sequence
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import IO

ERRBOT = Path(sys.executable).with_name("errbot")

SERVER = get_context("forkserver")
PRELOADED = [
    "errbot.cli",
    "errbot.bootstrap",
    "errbot.core_plugins.wsview",
    "errbot.rendering.ansiext",
    "errbot.storage.shelf",
    "pygments.lexers.html",
    "cachetools",
    "msgspec",
    "psycopg",
    "requests",
    "slack_sdk.web",
    "sqlalchemy.dialects.sqlite",
    "sqlalchemy.dialects.postgresql",
    "wcwidth",
    "pageinbox.app",
    "pageinbox.chat.errbot.examining",
    "pageinbox.chat.network",
    "pageinbox.commands.reacted",
    "pageinbox.commands.table",
    "pageinbox.tell.service",
]


def preload(*modules: str) -> None:
    """Import more beforehand, for bots that need it; once one was forked, it is too late, and changes nothing."""
    SERVER.set_forkserver_preload([*PRELOADED, *modules])


preload()


class Fork:
    """A Python script with its arguments, as far as tests need what `subprocess.Popen` gives of a process.

    It is in a session of its own. `environment` is all that it has; folders of PYTHONPATH are looked into as by any
    Python. `stdin` is one of subprocess's PIPE and DEVNULL; its errors go to `folder/stderr.txt`.
    """

    def __init__(self, command: Sequence[str | Path], folder: Path, environment: Mapping[str, str], stdin: int) -> None:
        sys.audit("tests.fork")
        heard, typing = SERVER.Pipe(duplex=False)
        screen, said = SERVER.Pipe(duplex=False)
        self._process = SERVER.Process(target=live, args=([*map(str, command)], folder, dict(environment), heard, said))
        self._process.start()
        assert self._process.pid
        self.pid: int = self._process.pid
        self.stdin: IO[bytes] | None = _file(typing, "wb") if stdin == subprocess.PIPE else None
        self.stdout: IO[bytes] | None = _file(screen, "rb")
        for end in (heard, typing, screen, said):
            end.close()

    @property
    def returncode(self) -> int | None:
        """How it ended, as `subprocess` tells it; None while it runs."""
        return self._process.exitcode

    def poll(self) -> int | None:
        """The same."""
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end; raises TimeoutExpired."""
        self._process.join(timeout)
        if (status := self._process.exitcode) is None:
            raise subprocess.TimeoutExpired(self._process.name, timeout or 0)
        return status

    def terminate(self) -> None:
        """SIGTERM to it alone."""
        self._process.terminate()

    def kill(self) -> None:
        """SIGKILL to it alone."""
        self._process.kill()


def _file(end: Connection, mode: str) -> IO[bytes]:
    return os.fdopen(os.dup(end.fileno()), mode, buffering=0)


def live(argv: list[str], folder: Path, environment: dict[str, str], heard: Connection, said: Connection) -> None:
    """Become that script, as if it had just been started."""
    os.setsid()
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    with heard, said, (folder / "stderr.txt").open("wb") as errors:
        for number, stream in enumerate([heard.fileno(), said.fileno(), errors.fileno()]):
            os.dup2(stream, number)
    faulthandler.enable(2)
    sys.stdin = os.fdopen(0, encoding="utf-8", closefd=False)
    sys.stdout, sys.stderr = (
        io.TextIOWrapper(os.fdopen(number, "wb", 0, closefd=False), "utf-8", write_through=True) for number in (1, 2)
    )
    installed = [sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib")]
    theirs = [path for path in sys.path if any(Path(path).is_relative_to(one) for one in installed)]
    more = environment.get("PYTHONPATH", "").split(os.pathsep)
    sys.path[:] = [str(Path(argv[0]).parent), *filter(None, more), *theirs]
    sys.argv[:] = argv
    try:
        runpy.run_path(argv[0], run_name="__main__")
    finally:
        # As a program ends: it waits for its threads while its thread pools are there. A forked process ends its pools
        # first, and a thread that waits for what one of them was doing, as slackv3's does for an admin's command, waits
        # for ever.
        threading._shutdown()  # type: ignore[attr-defined]
