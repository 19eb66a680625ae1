"""Every benchmark at a tiny size: what is measured once in a while must not break unseen."""

import re
from typing import Any

import pytest

from benchmarks import ledger
from benchmarks.__main__ import MEASURES, REPORT, main, with_figures
from pageinbox.model.source import Folder
from tests.postgres import Postgres

pytestmark = pytest.mark.processes

TINY: dict[str, dict[str, Any]] = {
    "listing": {"count": 400, "rounds": 1, "platforms": ["messenger"]},
    "quiet": {"sizes": [60], "looks": 1, "naive_looks": 1},
    "burst": {"new": 60, "behind": 200, "rounds": 1},
    "latency": {"births": 4, "lasting": 0.5, "interval": 1, "pages": ["acme"]},
    "push": {"rate": 40, "lasting": 1.0, "births": 4, "interval": 30},
    "ledger": {"count": 100, "platforms": ["messenger"], "postgresql": False},
    "pages": {
        "pages": 2,
        "depth": 40,
        "interval": 1.0,
        "alone": 0.0,
        "rounds": 1,
        "reading": 0.0,
        "folders": [Folder.SPAM],
        "postgresql": False,
    },
    "memory": {"looks": 40, "commands": 20, "pages": 2, "depth": 5, "every": 2},
    "waiting": {"known": 400, "waiting": 20, "rounds": 2},
    "statistics": {"known": 600, "answers": 240, "rounds": 2, "postgresql": False},
    "chat": {"rounds": 2},
    "activation": {"rounds": 1},
    "walk": {},
}
PROMISED: dict[str, set[str]] = {
    "listing": {"err-inbox", "bare requests", "facebook-business", "python-facebook-api"},
    "quiet": {"err-inbox", "facebook-business"},
    "burst": {"err-inbox", "requests and json.loads", "facebook-business"},
    "latency": {"birth to receipt"},
    "push": {
        "a command without pushes",
        "a command while pushes come",
        "a push, from its first byte to the answer",
        "birth to receipt",
    },
    "ledger": {
        "Messenger, known, never announced",
        "Messenger, each announced by itself",
        "Messenger, half each",
        "Messenger, each announced, while it can be edited",
    },
    "pages": {
        "lists looked at within 1 s",
        "longest time between two looks at a list",
        "looks a second",
        "CPU, of one core",
        "CPU of a look",
        "peak memory of the bot",
        "activation",
        "until it knows its watches",
        "`!inbox spam`, median and longest",
        "`!inbox status`, median and longest",
        "`!inbox pages`, median and longest",
    },
    "memory": {"4 looks, 2 commands", "20 looks, 10 commands", "40 looks, 20 commands"},
    "waiting": {
        "a plain `!inbox`, from the cache",
        "`!inbox waiting`",
        "`!inbox waiting`, the first after a look",
    },
    "statistics": {"SQLite"},
    "chat": {
        "`!inbox`, 10 rows of two lists, from the cache",
        "– of it from the message to the finished Markdown, ours",
        "`!same`, one line that returns that Markdown",
        "– of it from Markdown to text, Errbot's",
        "`!ping`, one line that returns a word",
    },
    "activation": {"Inbox", "Ping"},
    "walk": {"a cold `!inbox spam instagram`", "an announcement"},
}
NUMBER = re.compile(r"[\d,]+(\.\d+)?")
MAY_BE_NOTHING = {"memory of the look", "memory more", "lists looked at within 1 s"}
"""What is less than one unit at the smallest size, or out of reach there."""


def figures(report: str) -> dict[str, dict[str, float]]:
    """The numbers of a report's tables, by the names of their rows and columns; cells without one are left out."""
    found: dict[str, dict[str, float]] = {}
    for block in report.split("\n\n"):
        if not block.startswith("|"):
            continue
        head, _, *rows = ([cell.strip() for cell in line[1:-1].split("|")] for line in block.splitlines())
        for name, *cells in rows:
            numbers = ((column, NUMBER.match(cell)) for column, cell in zip(head[1:], cells, strict=True))
            found[name] = {column: float(number[0].replace(",", "")) for column, number in numbers if number}
    return found


@pytest.mark.parametrize("name", MEASURES)
def test_it_gives_the_figures_it_promises(name: str) -> None:
    found = figures(MEASURES[name](**TINY[name]))
    assert found.keys() == PROMISED[name]
    for title, row in found.items():
        assert row and all(number > 0 or {title, column} & MAY_BE_NOTHING for column, number in row.items()), found


def test_the_ledger_is_measured_on_postgresql_too(postgres: Postgres) -> None:
    found = figures(ledger.sizes(postgres, 40, ["messenger"]))
    beside = {name: row["PostgreSQL"] for name, row in found.items() if "PostgreSQL" in row}
    assert beside.keys() == PROMISED["ledger"] - {"Messenger, half each"}
    assert beside["Messenger, each announced, while it can be edited"] > 0


@pytest.mark.parametrize("name", MEASURES)
def test_the_page_has_a_place_for_it(name: str) -> None:
    page = with_figures(REPORT.read_text(encoding="utf-8"), name, "| new |")
    assert f"<!-- {name} -->\n| new |\n<!-- end of {name} -->" in page


def test_an_unknown_benchmark_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["listing", "speed"]) == 2
    assert "no benchmark speed" in capsys.readouterr().err
