"""`make demo`'s own command, unattended: commands piped into a real process, and the transcript it leaves."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from pageinbox.commands.table import COMMANDS as TABLE
from simulator.terminal import GREETING
from tests.errbot_process import ErrbotProcess, own_backend

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
    greeting, *answers = PROMPT.split(COLOUR.sub("", done.stdout))
    answers = answers[: len(COMMANDS)]
    told = "\n\n".join(f"> {command}\n{steady(answer)}" for command, answer in zip(COMMANDS, answers, strict=True))
    assert greeting.startswith(GREETING)
    if os.environ.get("UPDATE_TRANSCRIPTS"):
        EXPECTED.write_text(told + "\n", "utf-8")
    assert told + "\n" == EXPECTED.read_text("utf-8")
    assert all(len(line) <= 100 for line in told.splitlines() if re.match(r" +\d+  ", line))


def once_looked(bot: ErrbotProcess, command: str) -> str:
    """The answer to a command, once the watches that were made before it have looked, however long that takes."""
    while "I haven't checked that list since" in (answer := bot.say(command)):
        pass
    return answer


def test_what_the_greeting_and_the_help_suggest_works(tmp_path: Path) -> None:
    """In a bot with the demo's configuration, all but the backend: Errbot's pauses half a second after each line."""
    greeted = re.findall(r"^  (!inbox.*?)(?=  )", GREETING, re.MULTILINE)
    examples = [f"!{example}" for command in TABLE for example, _ in command.examples]
    examples.sort(key=lambda example: "unwatch" in example)  # when nothing needs that watch any more
    commands = list(greeted)
    for example in examples:
        commands += ["!inbox spam instagram", example] if re.search(r" (show|mute) \d", example) else [example]
    written = own_backend(tmp_path, "Typed")
    config = tmp_path / "config.py"
    config.write_text(
        "from config_template import *\n" + "".join(f"{name} = {value!r}\n" for name, value in written.items()), "utf-8"
    )
    with ErrbotProcess(config, tmp_path, {"PYTHONPATH": str(ROOT), "BOT_DATA_DIR": str(tmp_path / "data")}) as bot:
        answers = [bot.say(command) for command in commands]
    assert len(greeted) == 6 and len(answers) == len(commands)
    for command, answer in zip(commands, answers, strict=True):
        assert answer.strip() and "What I understand" not in answer, (command, answer)
        assert not re.search("^(I don't know|There is no|Which |No watch has seen|Something)", answer), (
            command,
            answer,
        )
        first, *_ = answer.splitlines()
        assert not first.endswith(": no conversations") or "monday" in command, (command, answer)
