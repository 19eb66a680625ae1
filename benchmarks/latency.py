"""From a conversation's birth at Meta to its receipt at the chat: three processes, real threads, real pauses."""

from __future__ import annotations

import json
import random
import re
import sys
import threading
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.runs import PATIENCE, child, table
from simulator.folders import PLATFORMS
from simulator.server import Simulator
from simulator.thread import Person, person_id
from simulator.world import World
from tests.recording import Message, Recording

PAGES = ("acme", "bravo", "corner")
NAME = re.compile(r"guest\\?\.(\d{4})")
LEARNED = "no conversations"


def measure(births: int = 300, lasting: float = 90.0, interval: int = 2, pages: Sequence[str] = PAGES) -> str:
    """The figures as Markdown.

    `births` conversations, two at least, come at random moments of `lasting` seconds; `interval` are the seconds
    between two looks at each inbox of `pages`.
    """
    world = World(time.time, pages)
    with TemporaryDirectory() as folder, Simulator(world) as graph, Recording(Path(folder, "journal")) as chat:
        task = {
            "ledger": f"sqlite:///{folder}/ledger.sqlite",
            "chat": chat.url,
            "settings": {
                "PAGES": {page.name: {"ID": page.id, "TOKEN": page.token} for page in world.pages.values()},
                "GRAPH_URL": graph.url,
                "POLL_INTERVAL": interval,
                "WATCHES": [f"#{page} {platform} {page}" for page in world.pages for platform in PLATFORMS],
            },
        }
        heard: dict[int, float] = {}
        ear = threading.Thread(target=listen, args=(chat, heard, births), name="ear")
        with child("latency", task) as process:
            # The first looks are quiet, and each room is told so: from then on everything is news.
            sources = len(pages) * len(PLATFORMS)
            chat.wait_for(lambda there: sum(message.text.count(LEARNED) for message in there) == sources)
            ear.start()
            born = let_come(world, births, lasting)
            ear.join()
            told = json.loads(process.communicate("", PATIENCE)[0])
        calls = len(graph.requests)
    took = sorted(heard[number] - at for number, at in born.items())
    percent = quantiles(took, n=100, method="inclusive")
    rows = [("birth to receipt", *(f"{value:.2f} s" for value in (percent[49], percent[89], percent[98], took[-1])))]
    return (
        f"{table(('', 'p50', 'p90', 'p99', 'longest'), rows)}\n\n"
        f"{births} births within {lasting:.0f} s, POLL_INTERVAL {interval}. p99 is to be {interval + 1} s at most (the "
        f"interval and one second). All arrived, each once. The bot made {calls / told['wall']:.1f} calls a second "
        f"and used {told['cpu'] / told['wall']:.0%} of one core."
    )


def let_come(world: World, births: int, lasting: float) -> dict[int, float]:
    """Let people write who never did, in each inbox in turn; gives when each did."""
    draw = random.Random(1)
    places = [(page, platform) for page in world.pages for platform in PLATFORMS]
    began, born = time.time(), {}
    for number, moment in enumerate(sorted(draw.uniform(0, lasting) for _ in range(births))):
        time.sleep(max(0.0, began + moment - time.time()))
        page, platform = places[number % len(places)]
        label = {"name" if platform == "messenger" else "username": f"guest.{number:04}"}
        person = Person(person_id(platform, 9_000_000 + number), **label)
        born[number] = time.time()
        world.write(page, person, "hello, is this still available?", platform=platform)
    return born


def listen(chat: Recording, heard: dict[int, float], births: int) -> None:
    """Note when the message that names each of them was taken, until all were."""
    read: list[Message] = []
    while len(heard) < births:
        known = len(read)
        read = chat.wait_for(partial(longer, known))
        now = time.time()
        for message in read[known:]:
            for number in map(int, NAME.findall(message.text)):
                if number in heard:
                    raise AssertionError(f"guest {number} was announced twice")
                heard[number] = now


def longer(known: int, messages: list[Message]) -> bool:
    """Whether there is one that is not known."""
    return len(messages) > known


def main() -> None:
    """The bot: looks and tells with its own threads, paced as in production."""
    from pageinbox.app import Runtime, open_answers, open_service
    from pageinbox.settings.reading import read
    from pageinbox.tell.alarm import Alarm
    from tests.recording_chat import RecordingChat

    task: dict[str, Any] = json.loads(sys.stdin.readline())
    chosen, runtime, chat = read(task["settings"], environment={}), Runtime(), RecordingChat(task["chat"])
    answers = open_answers(chosen, runtime)
    alarm = Alarm(chat, (), runtime.clock)
    service = open_service(task["ledger"], answers, chosen, chat, alarm=alarm, runtime=runtime)
    assert service is not None
    cpu, wall = time.process_time(), time.perf_counter()
    service.start()
    sys.stdin.read()
    figures = {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}
    service.stop()
    json.dump(figures, sys.stdout)


if __name__ == "__main__":
    main()
