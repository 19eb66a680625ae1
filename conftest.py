"""Tells the tests that are long or start a process apart from those that `make check` runs."""

import gc
import signal
import sys
from collections.abc import Generator

import pytest

# What these give is a process, or made by one.
FIXTURES = {"chromium", "clone", "emulator", "postgres", "synapse", "wheel"}
# What takes long to start or to make, and is had once: all tests that want it run in one worker.
ONCE = {"chromium", "clone", "emulator", "synapse"}
STARTS = {"os.fork", "os.forkpty", "os.posix_spawn", "os.system", "subprocess.Popen", "tests.fork"}

# Whether a test runs that is not marked as one that starts a process.
unmarked = False


def turn(item: pytest.Item) -> list[bool]:
    """When a test is begun: what sorts first goes first."""
    long, waits = item.get_closest_marker("long"), item.get_closest_marker("processes")
    return [long is None or "longest" not in long.args, long is None, waits is None]


def pytest_configure() -> None:
    """A shell has what it starts in the background ignore Ctrl-C, and so would each bot that is to end by it."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What is imported and collected lives as long as the tests: it is not searched for garbage, now or later."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_itemcollected(item: pytest.Item) -> None:
    """What a test asks for says how it is run."""
    wants = set(getattr(item, "fixturenames", ()))
    if FIXTURES & wants:
        item.add_marker("processes")
    if shared := sorted(ONCE & wants):
        item.add_marker(pytest.mark.xdist_group(shared[0]))
    if getattr(getattr(item, "obj", None), "is_hypothesis_test", False):
        item.add_marker("long")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long ones are begun first, then those that mostly wait: what is left for the end is short."""
    items.sort(key=turn)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    global unmarked
    unmarked = item.get_closest_marker("processes") is None


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_teardown() -> None:
    """A fixture that another test started may end here, with a process if that is how it ends."""
    global unmarked
    unmarked = False


def _watch(event: str, _: object) -> None:
    if unmarked and event in STARTS:
        raise RuntimeError(
            "A test that starts a process is marked with @pytest.mark.processes; make check leaves it out."
        )


sys.addaudithook(_watch)
