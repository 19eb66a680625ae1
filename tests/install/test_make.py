"""`make demo` as a stranger runs it first: in a fresh clone, with nothing installed."""

import subprocess
import sys
from pathlib import Path

from tests.install.conftest import run


def test_the_demo_answers_in_a_fresh_clone_from_what_a_bot_runs_on(demo: Path) -> None:
    make = ("make", "--silent", f"PYTHON={sys.executable}", "demo")
    done = subprocess.run(make, cwd=demo, input="!inbox spam instagram\n", capture_output=True, text=True)
    assert not done.returncode, done.stderr
    assert "@ann.example" in done.stdout
    assert not (demo / ".venv").exists()
    run("make", "--silent", "clean", cwd=demo)
    assert run("git", "status", "--porcelain", "--ignored", cwd=demo) == ""
