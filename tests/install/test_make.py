"""`make demo` as a stranger runs it first: in a fresh clone, with nothing installed."""

import shutil
import subprocess
import sys
from pathlib import Path

from tests.conftest import lacking
from tests.install.conftest import run


def test_the_demo_answers_in_a_fresh_clone_from_what_a_bot_runs_on(clone: Path, tmp_path: Path) -> None:
    if not shutil.which("make"):
        lacking("make")
    checkout = tmp_path / "err-inbox"
    run("git", "clone", "--quiet", clone, checkout)
    demo = ("make", "--silent", f"PYTHON={sys.executable}", "demo")
    try:
        run(*demo[:-1], ".demo/ready", cwd=checkout)
    except AssertionError as failure:
        lacking(f"a package index ({failure})")
    done = subprocess.run(demo, cwd=checkout, input="!inbox spam instagram\n", capture_output=True, text=True)
    assert not done.returncode, done.stderr
    assert "@ann.example" in done.stdout
    assert not (checkout / ".venv").exists()
    run("make", "--silent", "clean", cwd=checkout)
    assert run("git", "status", "--porcelain", "--ignored", cwd=checkout) == ""
