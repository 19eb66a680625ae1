"""`make demo`'s own command, unattended: commands piped into a real process, and the transcript it leaves."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.processes

ROOT = Path(__file__).resolve().parent.parent
EXPECTED = Path(__file__).with_name("demo.txt")
COMMANDS = (
    "!inbox spam instagram",
    "!inbox more",
    "!inbox show 1",
    "!inbox spma instagram",
    "!inbox status",
    "!inbox watch messenger",
    "!inbox watches",
)
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
PROMPT = re.compile(r"\[\S+ ➡ \S+\] >>> ")
DATE = re.compile(r"\d+ (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)( \d{4})? \d\d:\d\d")
FRESH = re.compile(r"checked (just now|\d+ s ago)")


def steady(text: str) -> str:
    """What was said without what depends on when the demo is run: dates, and so the widths of columns."""
    told = FRESH.sub("checked (when)", DATE.sub("(date)", text))
    return "\n".join(re.sub(r"(?<=\S)  +", "  ", line).rstrip() for line in told.splitlines()).strip()


def test_piped_commands_get_their_answers() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "simulator.terminal"],
        input="".join(f"{command}\n" for command in COMMANDS),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    _, *answers = PROMPT.split(COLOUR.sub("", done.stdout))
    told = "\n\n".join(
        f"> {command}\n{steady(answer)}" for command, answer in zip(COMMANDS, answers[: len(COMMANDS)], strict=True)
    )
    assert told + "\n" == EXPECTED.read_text("utf-8")
