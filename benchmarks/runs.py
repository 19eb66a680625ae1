"""Measuring: fresh processes that take turns, and their medians."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PLUGIN = ROOT / "plugins" / "inbox"

Figures = dict[str, float]


def fresh(module: str, *arguments: str, given: object = None) -> Any:
    """What ``python -m benchmarks.MODULE`` prints as JSON, run in a process of its own.

    `given` is handed to it as JSON on its standard input. Raises RuntimeError with what it wrote when it fails.
    """
    with TemporaryDirectory() as folder:  # Errbot's test backend leaves one behind, so it is given one that goes
        done = subprocess.run(
            [sys.executable, "-m", f"benchmarks.{module}", *arguments],
            input=json.dumps(given),
            capture_output=True,
            text=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{PLUGIN}", "PYTHONHASHSEED": "0", "TMPDIR": folder},
        )
    if done.returncode:
        raise RuntimeError(f"{module} {' '.join(arguments)} failed:\n{done.stderr}")
    return json.loads(done.stdout)


def in_turn(names: Sequence[str], rounds: int, run: Callable[[str], Figures]) -> dict[str, Figures]:
    """The median of each figure of each name, measured in turn (A B C A B C), so that a slow spell hits all alike."""
    taken: dict[str, list[Figures]] = {name: [] for name in names}
    for _ in range(rounds):
        for name in names:
            taken[name].append(run(name))
    return {name: {key: median(one[key] for one in figures) for key in figures[0]} for name, figures in taken.items()}


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
    """The memory this process holds, in MiB, and from here on the least that :func:`peak_memory` tells.

    Writing 5 to proc(5)'s clear_refs makes VmHWM forget what was held before.
    """
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    return peak_memory()


def _lines(path: str) -> list[str]:
    return Path(path).read_text(encoding="utf-8").splitlines()
