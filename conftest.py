"""Tells the tests that are long, or start a process or a server, apart from those that `make check` runs."""

import gc
import signal
import sys
from collections.abc import Generator, Sequence
from operator import itemgetter

import pytest

# What these give is a process, or made by one.
FIXTURES = {"chromium", "clone", "emulator", "postgres", "synapse", "wheel"}
# What these give answers HTTP or is asked by it, in threads of the tests.
SERVERS = {"bot", "canned", "shell", "sim", "simulator", "stage", "team"}
# What takes long to start or to make, and is had once: all tests that want it run in one worker.
ONCE = {"chromium", "clone", "emulator", "synapse"}
STARTS = {"os.posix_spawn", "os.system", "subprocess.Popen", "tests.fork"}
# What a thread of the tests holds just then, nobody lets go of in the child, which then waits for ever.
FORKS = {"os.fork", "os.forkpty"}

SERVES = {"socket.bind"}

# The marker that the running test lacks, by what it must not do without; empty between two tests.
unmarked: dict[str, str] = {}


def evenly(*kinds: Sequence[pytest.Item]) -> list[pytest.Item]:
    """The tests of each kind in their order, spread so that all kinds end at the same time."""
    placed = [(index / len(kind), item) for kind in kinds for index, item in enumerate(kind)]
    return [item for _, item in sorted(placed, key=itemgetter(0))]


def pytest_configure() -> None:
    """A shell has what it starts in the background ignore Ctrl-C, and so would each bot that is to end by it."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What is imported and collected lives as long as the tests: it is not searched for garbage, now or later.

    What the tests make is searched less often than usual: little of it is garbage, and the search slows all else down.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.set_threshold(10_000, 50, 100)
        gc.enable()


def pytest_itemcollected(item: pytest.Item) -> None:
    """What a test asks for says how it is run."""
    wants = set(getattr(item, "fixturenames", ()))
    if FIXTURES & wants:
        item.add_marker("processes")
    if SERVERS & wants:
        item.add_marker("servers")
    if shared := sorted(ONCE & wants):
        item.add_marker(pytest.mark.xdist_group(shared[0]))
    if getattr(getattr(item, "obj", None), "is_hypothesis_test", False):
        item.add_marker("long")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """First the longest, and those that share a server, which run in a row; the other long ones before the short ones.

    Those that mostly wait come evenly among the others: while many of them run at once, nobody uses the processors.
    """

    def lasts(item: pytest.Item) -> list[bool]:
        long, shares = item.get_closest_marker("long"), item.get_closest_marker("xdist_group")
        return [long is None or "longest" not in long.args, shares is None, long is None]

    items.sort(key=lasts)
    first = sum(1 for item in items if not all(lasts(item)[:2]))
    waiting = [item for item in items[first:] if item.get_closest_marker("processes")]
    working = [item for item in items[first:] if not item.get_closest_marker("processes")]
    items[first:] = evenly(waiting, working)


def pytest_collection_finish(session: pytest.Session) -> None:
    """A version of pytest that keeps its ids from pytest-xdist would have each worker start each server."""
    if getattr(session.config.option, "loadgroup", False):
        alone = [item for item in session.items if item.get_closest_marker("xdist_group") and "@" not in item.nodeid]
        if alone:
            raise pytest.UsageError(f"pytest-xdist does not keep together what shares a server: {alone[0].nodeid}")


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
    if event in FORKS:
        raise RuntimeError("The tests have threads, so nothing is forked from them: see tests/apart.py.")


sys.addaudithook(_watch)
