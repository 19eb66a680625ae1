"""Tells the tests that are long, or start a process or a server, apart from those that `make check` runs."""

import gc
import signal
import sys
from collections.abc import Generator
from itertools import accumulate
from operator import itemgetter

import pytest

# What these give is a process, or made by one.
FIXTURES = {"chromium", "clone", "emulator", "postgres", "synapse", "wheel"}
# What these give answers HTTP or is asked by it, in threads of the tests.
SERVERS = {"bot", "canned", "shell", "sim", "simulator", "stage", "team"}
# What takes long to start or to make, and is had once: all tests that want it run in one worker.
ONCE = {"chromium", "clone", "emulator", "synapse"}
# Of these there is one for each folder of tests, since together they would be what all others end before.
APART = {"synapse"}
STARTS = {"os.fork", "os.forkpty", "os.posix_spawn", "os.system", "subprocess.Popen", "tests.fork"}

SERVES = {"socket.bind"}

LONG = 100
"""Short tests that take as long as a long one, about."""

# The marker that the running test lacks, by what it must not do without; empty between two tests.
unmarked: dict[str, str] = {}


def evenly(items: list[pytest.Item]) -> list[tuple[float, pytest.Item]]:
    """Each with how much of the time that all of them take has passed before, as a part of one."""
    weights = [LONG if item.get_closest_marker("long") else 1 for item in items]
    before = accumulate(weights, initial=0)
    return [(so_far / sum(weights), item) for so_far, item in zip(before, items, strict=False)]


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
    if SERVERS & wants:
        item.add_marker("servers")
    if shared := sorted(ONCE & wants):
        folder = f" of {item.path.parent}" if shared[0] in APART else ""
        item.add_marker(pytest.mark.xdist_group(f"{shared[0]}{folder}"))
    if getattr(getattr(item, "obj", None), "is_hypothesis_test", False):
        item.add_marker("long")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest are begun first, and the long before the short. Those that mostly wait come evenly among the others:
    nobody would use the processors while many of them run at once."""

    def lasts(item: pytest.Item) -> list[bool]:
        long = item.get_closest_marker("long")
        shared = item.get_closest_marker("xdist_group")
        return [long is None or "longest" not in long.args, long is None, shared is None]

    items.sort(key=lasts)
    longest = [item for item in items if not lasts(item)[0]]
    rest = items[len(longest) :]
    waiting = [item for item in rest if item.get_closest_marker("processes")]
    working = [item for item in rest if not item.get_closest_marker("processes")]
    mixed = sorted([*evenly(waiting), *evenly(working)], key=itemgetter(0))
    items[:] = [*longest, *(item for _, item in mixed)]


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("processes") is None:
        unmarked.update(dict.fromkeys(STARTS, "processes"))
        if item.get_closest_marker("servers") is None and item.get_closest_marker("long") is None:
            unmarked.update(dict.fromkeys(SERVES, "servers"))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_teardown() -> None:
    """A fixture that another test started may end here, with a process if that is how it ends."""
    unmarked.clear()


def _watch(event: str, _: object) -> None:
    if event in unmarked:
        lacks = unmarked[event]
        raise RuntimeError(f"A test that does this is marked with @pytest.mark.{lacks}; make check leaves it out.")


sys.addaudithook(_watch)
