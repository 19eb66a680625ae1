"""A forked program ends as one that was started by itself does."""

import subprocess
from pathlib import Path

import pytest

from tests.errbot_fork import Fork

PATIENCE = 60  # seconds until a process that does not end counts as hung

ENDING = """
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.pool import ThreadPool
from threading import Event

events, commands, begun = ThreadPoolExecutor(), ThreadPool(1), Event()

def command():
    begun.set()
    while True:
        try:
            events.submit(int)
        except RuntimeError:  # the program is ending
            return

def event():
    commands.apply_async(command).wait()
    print("answered", flush=True)

events.submit(event)
begun.wait()
"""
"""As Errbot on Slack's Socket Mode: a thread of one pool waits for an admin's command, which runs in another."""


@pytest.mark.processes
def test_it_waits_for_what_it_is_doing(tmp_path: Path) -> None:
    script = tmp_path / "ending.py"
    script.write_text(ENDING, encoding="utf-8")
    process = Fork([script], tmp_path, {}, subprocess.DEVNULL)
    assert process.stdout
    try:
        assert process.wait(PATIENCE) == 0
    finally:
        process.kill()
    with process.stdout as said:
        assert said.read() == b"answered\n"
