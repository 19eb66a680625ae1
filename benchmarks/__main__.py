"""`make bench`: measure, and write the figures into docs/benchmarks.md.

`python -m benchmarks chat activation` measures only those and leaves the other figures as they are.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Sequence

from benchmarks import (
    activation,
    chat,
    latency,
    ledger,
    listing,
    memory,
    pages,
    polling,
    push,
    statistics,
    waiting,
    walk,
)
from benchmarks.runs import ROOT, machine

REPORT = ROOT / "docs" / "benchmarks.md"
MEASURES: dict[str, Callable[[], str]] = {
    "listing": listing.measure,
    "quiet": polling.quiet,
    "burst": polling.burst,
    "latency": latency.measure,
    "push": push.measure,
    "ledger": ledger.measure,
    "pages": pages.measure,
    "memory": memory.measure,
    "waiting": waiting.measure,
    "statistics": statistics.measure,
    "chat": chat.measure,
    "activation": activation.measure,
    "walk": walk.measure,
}


def main(names: Sequence[str]) -> int:
    """Measure what is named, or else everything; returns the exit status."""
    if unknown := set(names) - MEASURES.keys():
        print(f"There is no benchmark {', '.join(sorted(unknown))}; there are {', '.join(MEASURES)}.", file=sys.stderr)
        return 2
    for name in names or MEASURES:
        print(f"Measuring {name}", file=sys.stderr, flush=True)
        figures = f"{MEASURES[name]()}\n\n{machine()} Command: `python -m benchmarks {name}`."
        print(f"\n{figures}\n", flush=True)
        REPORT.write_text(with_figures(REPORT.read_text(encoding="utf-8"), name, figures), encoding="utf-8")
    return 0


def with_figures(text: str, name: str, figures: str) -> str:
    """The report with new figures between the two comments that bear the name."""
    begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    place = re.compile(f"{re.escape(begin)}.*{re.escape(end)}", re.DOTALL)
    if len(place.findall(text)) != 1:
        raise ValueError(f"{REPORT.name} has no one place for {name}")
    return place.sub(lambda _: f"{begin}\n{figures}\n{end}", text)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
