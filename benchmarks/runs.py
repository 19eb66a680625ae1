"""Measuring: fresh processes that take turns, and their medians."""

from __future__ import annotations

import json
import logging
import os
import platform
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PLUGIN = ROOT / "plugins" / "inbox"

ENVIRONMENT = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{PLUGIN}"}
NO_OTHERS: Mapping[str, str] = {}
ALLOCATOR = {"MALLOC_ARENA_MAX": "2"}
"""As the README advises: otherwise glibc keeps free memory for the threads that ask, in up to eight places a core."""
PATIENCE = 300
"""Seconds until a process, or a bot that was asked something, counts as hung."""

Figures = dict[str, float]


def fresh(
    module: str,
    *arguments: str,
    given: object = None,
    patience: float = PATIENCE,
    environment: Mapping[str, str] = NO_OTHERS,
) -> Any:
    """What `python -m benchmarks.MODULE` prints as JSON, run in a process of its own.

    `given` is handed to it as JSON on its standard input; `environment` has variables besides the usual ones. Raises
    RuntimeError with what it wrote when it fails, and TimeoutExpired when it hangs, which it does after `patience`
    seconds.
    """
    with TemporaryDirectory() as folder:  # Errbot's test backend leaves one behind, so it is given one that goes
        done = subprocess.run(
            [sys.executable, "-m", f"benchmarks.{module}", *arguments],
            input=json.dumps(given),
            capture_output=True,
            text=True,
            timeout=patience,
            cwd=ROOT,
            env={**ENVIRONMENT, "PYTHONHASHSEED": "0", "TMPDIR": folder, **environment},
        )
    if done.returncode:
        raise RuntimeError(f"{module} {' '.join(arguments)} failed:\n{done.stderr}")
    return json.loads(done.stdout)


@contextmanager
def child(module: str, given: object) -> Iterator[subprocess.Popen[str]]:
    """`python -m benchmarks.MODULE` in a process of its own, given a line of JSON; whoever uses it lets it end.

    It is killed where the block fails.
    """
    process = subprocess.Popen(
        [sys.executable, "-m", f"benchmarks.{module}"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=ENVIRONMENT,
    )
    with process:
        try:
            assert process.stdin
            process.stdin.write(json.dumps(given) + "\n")
            process.stdin.flush()
            yield process
        except BaseException:
            process.kill()
            raise


class Connection:
    """Opens the one session of an err-inbox with one Page, and keeps it in `session`, so that its replies are seen."""

    session: Any

    def open(self, url: str, environment: Mapping[str, str]) -> Any:
        """The session, as `Runtime` asks for it."""
        from pageinbox.graph.http import open_session  # not imported for those that err-inbox is measured beside

        self.session = open_session(url, environment)
        return self.session


def in_turn(names: Sequence[str], rounds: int, run: Callable[[str], Figures]) -> dict[str, Figures]:
    """The median of each figure of each name, measured in turn (A B C A B C), so that a slow spell hits all alike."""
    taken: dict[str, list[Figures]] = {name: [] for name in names}
    for _ in range(rounds):
        for name in names:
            taken[name].append(run(name))
    return {name: {key: median(one[key] for one in figures) for key in figures[0]} for name, figures in taken.items()}


@contextmanager
def errbot(places: list[str], inbox: Mapping[str, object]) -> Iterator[Any]:
    """A running Errbot with its own test backend and the plugins in the folders `places`, quiet in the log.

    `inbox` are the plugin's settings. One at a time in a process, and best in one of `fresh`.
    """
    from errbot.backends.test import TestBot

    logging.disable(logging.WARNING)
    running = TestBot(places, logging.ERROR, {"INBOX": inbox, "AUTOINSTALL_DEPS": False})
    running.start(PATIENCE)
    try:
        yield running.bot
    finally:
        running.stop()


def said(bot: Any, line: str) -> str:
    """What a bot of `errbot` answers to a line."""
    bot.push_message(line)
    return str(bot.pop_message(PATIENCE))


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table, its first column to the left and the others to the right."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def machine() -> str:
    """One sentence that names this machine and the day."""
    names = [line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")]
    return (
        f"Measured on {datetime.now(UTC):%Y-%m-%d}: {names[0] if names else platform.machine()}, "
        f"{len(os.sched_getaffinity(0))} cores, {platform.system()} {platform.release()}, "
        f"{platform.python_implementation()} {platform.python_version()}."
    )


def peak_memory() -> float:
    """The most memory this process has held, in MiB, as Linux's proc(5) has it in VmHWM.

    Not getrusage's ru_maxrss: that begins with what the parent held.
    """
    for line in _lines("/proc/self/status"):
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise OSError("this kernel tells no VmHWM")


def memory_now() -> float:
    """The memory this process holds, in MiB, and from here on the least that `peak_memory` tells.

    Writing 5 to proc(5)'s clear_refs makes VmHWM forget what was held before.
    """
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    return peak_memory()


def _lines(path: str) -> list[str]:
    return Path(path).read_text(encoding="utf-8").splitlines()
