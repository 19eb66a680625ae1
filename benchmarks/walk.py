"""The walk of a command and of an announcement: how much of the plugin somebody passes who follows one through it.

A file or a function counts once, however often it is passed. Lambdas count too, and so do comprehensions, which are
functions to Python 3.11 (3.12 knows fewer of them). What lies outside the plugin does not count, nor does what
`dataclass` writes.
"""

from __future__ import annotations

import inspect
import json
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from types import CodeType, FrameType
from typing import Any

from benchmarks.runs import PATIENCE, PLUGIN, Figures, errbot, fresh, said, table
from simulator.server import Simulator
from simulator.thread import Person, person_id
from simulator.world import World

WORDS, ROOM, NEWCOMER = "spam instagram", "#team", "Nina New"
LATER = 100.0
"""Seconds after which what waits to be told together is told, and what comes has not been missed."""


def measure() -> str:
    """The figures as Markdown."""
    passed: dict[str, Figures] = fresh("walk")
    rows = [(name, f"{one['files']}", f"{one['functions']}") for name, one in passed.items()]
    return (
        f"{table(('', 'files', 'functions'), rows)}\n\n"
        "The command from the plugin's method until Errbot has the answer; the announcement from the look that finds a "
        "new conversation until the ledger has the receipt. Lambdas and comprehensions are counted as functions."
    )


@contextmanager
def followed() -> Iterator[set[CodeType]]:
    """The plugin's functions that are passed within the block, by this thread and by those that it starts."""
    passed: set[CodeType] = set()
    home = f"{PLUGIN}/"

    def meet(frame: FrameType, event: str, _: object) -> None:
        code = frame.f_code
        # What is not optimized is the body of a module or of a class.
        if event == "call" and code.co_filename.startswith(home) and code.co_flags & inspect.CO_OPTIMIZED:
            passed.add(code)

    threading.setprofile(meet)
    sys.setprofile(meet)
    try:
        yield passed
    finally:
        sys.setprofile(None)
        threading.setprofile(None)


def main() -> None:
    """The bot's process: prints how many files and functions each walk passes."""
    world = World.demo(time.time)
    page = world.page("acme")
    with Simulator(world, rate_limit=False, instagram_fields="present") as graph:
        inbox = {"PAGES": {page.name: {"ID": page.id, "TOKEN": page.token}}, "GRAPH_URL": graph.url}
        with errbot([str(PLUGIN)], inbox) as bot:
            walks = {
                f"a cold `!inbox {WORDS}`": command(bot),
                "an announcement": announcement(bot, world, inbox),
            }
    counted = {
        name: {"files": len({code.co_filename for code in passed}), "functions": len(passed)}
        for name, passed in walks.items()
    }
    json.dump(counted, sys.stdout)


def command(bot: Any) -> set[CodeType]:
    """What a question passes that takes calls to be answered; the ledger is open."""
    said(bot, "!inbox watches")  # waits until it is
    message = bot.build_message(f"!inbox {WORDS}")
    message.frm = message.to = bot.build_identifier("gbin@localhost")
    with followed() as passed:
        bot.plugin_manager.plugins["Inbox"].inbox(message, WORDS)
    if "14 conversations" not in (answer := bot.pop_message(PATIENCE)):
        raise AssertionError(f"the bot says {answer!r}")
    return passed


def announcement(bot: Any, world: World, inbox: dict[str, Any]) -> set[CodeType]:
    """What a new conversation passes between the look that finds it and its receipt."""
    from pageinbox.app import Runtime, open_answers, open_service
    from pageinbox.chat.network import open_chat
    from pageinbox.settings.reading import read
    from pageinbox.tell.alarm import Alarm

    ahead = [0.0]
    runtime = Runtime(clock=lambda: time.time() + ahead[0], paced=False)
    chosen = read(inbox | {"WATCHES": [f"{ROOM} inbox messenger"]}, environment={})
    chat, answers = open_chat(bot, bot.bot_config), open_answers(chosen, runtime)
    with TemporaryDirectory() as folder:
        service = open_service(
            Path(folder, "ledger.sqlite"), answers, chosen, chat, alarm=Alarm(chat, (), runtime.clock), runtime=runtime
        )
        assert service is not None
        try:
            (source,) = service.poll.sources()
            service.poll.look(source)  # the first, which is quiet but for a word that all is known now
            ahead[0] = LATER
            while service.delivery.step() == 0:
                bot.pop_message(PATIENCE)
            world.write("acme", Person(person_id("messenger", 9_000_000), name=NEWCOMER), "hello", platform="messenger")
            with followed() as passed:
                service.poll.look(source)
                service.delivery.step()
            if NEWCOMER not in (told := bot.pop_message(PATIENCE)):
                raise AssertionError(f"the room hears {told!r}")
        finally:
            service.stop()
    return passed


if __name__ == "__main__":
    main()
