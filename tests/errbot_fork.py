"""Errbots that are forked from a process that has imported what each of them does: most of a start is imports.

What is ours is not among it, nor is a chat network's library: a bot finds plugins and backends by itself.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
import sysconfig
from collections.abc import Mapping, Sequence
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import IO

ERRBOT = Path(sys.executable).with_name("errbot")

SERVER = get_context("forkserver")
SERVER.set_forkserver_preload(
    [
        "errbot.cli",
        "errbot.bootstrap",
        "errbot.core_plugins.wsview",
        "errbot.rendering.ansiext",
        "errbot.rendering.text",
        "errbot.storage.shelf",
        "pygments.lexers.html",
        "cachetools",
        "msgspec",
        "requests",
        "sqlalchemy.dialects.sqlite",
        "sqlalchemy.dialects.postgresql",
    ]
)


class Fork:
    """An Errbot started with these arguments, as far as tests need what `subprocess.Popen` gives of a process.

    It is in a session of its own. `environment` is all that it has; folders of PYTHONPATH are looked into as by any
    Python. `stdin` is one of subprocess's PIPE and DEVNULL; its errors go to `folder/stderr.txt`.
    """

    def __init__(
        self, arguments: Sequence[str | Path], folder: Path, environment: Mapping[str, str], stdin: int
    ) -> None:
        sys.audit("tests.fork")
        heard, typing = SERVER.Pipe(duplex=False)
        screen, said = SERVER.Pipe(duplex=False)
        argv = [str(ERRBOT), *map(str, arguments)]
        self._process = SERVER.Process(target=live, args=(argv, folder, dict(environment), heard, said))
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
            raise subprocess.TimeoutExpired(str(ERRBOT), timeout or 0)
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
    """Become that Errbot, as if it had just been started."""
    os.setsid()
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    with heard, said, (folder / "stderr.txt").open("wb") as errors:
        for number, stream in enumerate([heard.fileno(), said.fileno(), errors.fileno()]):
            os.dup2(stream, number)
    sys.stdin = os.fdopen(0, encoding="utf-8", closefd=False)
    sys.stdout, sys.stderr = (
        io.TextIOWrapper(os.fdopen(number, "wb", 0, closefd=False), "utf-8", write_through=True) for number in (1, 2)
    )
    installed = [sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib")]
    theirs = [path for path in sys.path if any(Path(path).is_relative_to(one) for one in installed)]
    more = environment.get("PYTHONPATH", "").split(os.pathsep)
    sys.path[:] = [str(ERRBOT.parent), *filter(None, more), *theirs]
    sys.argv[:] = argv

    from errbot.cli import main

    main()
