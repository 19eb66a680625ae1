"""Hundreds of pushes a second: whether any is lost, how long commands take meanwhile, and how soon news are told."""

from __future__ import annotations

import http.client
import json
import random
import re
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.latency import LEARNED, NAME, longer
from benchmarks.runs import PATIENCE, child, table
from simulator.page import Page
from simulator.pushing import packed, pushed, somebody
from simulator.server import Simulator
from simulator.thread import Message as Written
from simulator.thread import Person, Thread, person_id
from simulator.world import World
from tests.recording import Recording

PUSHERS = 4
"""Threads that push: each waits for its answer, as Meta does."""

CARD = re.compile(r"(\d+) new in ")
"""What a card of several says."""

ASKED = ("", "spam", "status", "waiting")
"""Commands that are given in turn, behind `!inbox`."""


def measure(rate: int = 500, lasting: float = 60.0, births: int = 60, interval: int = 30) -> str:
    """The figures as Markdown.

    `rate` pushes a second come for `lasting` seconds, after as many without any. Of them `births` tell of new
    conversations, once more each than Meta has to; the others of what was read, of what is not there, and of the same
    once more. `interval` are the seconds between two looks.
    """
    world = World(time.time, ("acme",))
    page = world.pages["acme"]
    for _ in range(20):
        world.write("acme", None, "is this still available?", at=time.time() - 3600)
    with TemporaryDirectory() as folder, Simulator(world) as graph, Recording(Path(folder, "journal")) as chat:
        task = {
            "ledger": f"sqlite:///{folder}/ledger.sqlite",
            "chat": chat.url,
            "settings": {
                "PAGES": {"acme": {"ID": page.id, "TOKEN": page.token, "APP_SECRET": page.app_secret}},
                "GRAPH_URL": graph.url,
                "POLL_INTERVAL": interval,
                "PUSH_TOKEN": "open-sesame",
                "WATCHES": ["#acme inbox messenger"],
            },
        }
        heard: dict[int, float] = {}
        with child("push", task) as process:
            assert process.stdin and process.stdout
            port = int(process.stdout.readline())
            chat.wait_for(lambda there: any(LEARNED in one.text or "already" in one.text for one in there))
            time.sleep(lasting)
            phase(process.stdin, "pushed")
            ear = threading.Thread(target=listen, args=(chat, heard, births), name="ear")
            ear.start()
            pushing = Pushing(world, page, port, rate=rate, lasting=lasting, births=births)
            pushing.run()
            ear.join()
            told = json.loads(process.communicate("", PATIENCE)[0])
    took = sorted(heard[number] - at for number, at in pushing.born.items() if number in heard)
    percent = quantiles(took, n=100, method="inclusive")
    rows = [
        ("a command without pushes", f"{median(told['quiet']):.1f} ms", f"{high(told['quiet']):.1f} ms"),
        ("a command while pushes come", f"{median(told['pushed']):.1f} ms", f"{high(told['pushed']):.1f} ms"),
        ("a push, from its first byte to the answer", *(f"{1000 * one:.1f} ms" for one in pushing.waited())),
        ("birth to receipt", f"{percent[49]:.2f} s", f"{percent[94]:.2f} s"),
    ]
    return (
        f"{table(('', 'p50', 'p95'), rows)}\n\n"
        f"{len(pushing.took):,} pushes within {pushing.lasted:.0f} s ({len(pushing.took) / pushing.lasted:.0f} a "
        f"second); {pushing.statuses.count(200):,} were answered with 200, {told['counted']:,} taken account of; "
        f"{births} births, each announced once; POLL_INTERVAL {interval}. A command is to take no more than twice as "
        f"long while pushes come. The bot used {told['cpu'] / told['wall']:.0%} of one core in all."
    )


def listen(chat: Recording, heard: dict[int, float], births: int) -> None:
    """Note when each of them is named, until all are told: of a burst, a card names the first and counts the rest."""
    told = read = 0
    while told < births:
        messages = chat.wait_for(partial(longer, read))
        now = time.time()
        for message in messages[read:]:
            named = [int(number) for number in NAME.findall(message.text)]
            if again := [number for number in named if number in heard]:
                raise AssertionError(f"guests {again} were announced twice")
            heard |= dict.fromkeys(named, now)
            told += int(card[1]) if (card := CARD.search(message.text)) else len(named)
        read = len(messages)


def high(lengths: list[float]) -> float:
    """What 95% are no longer than."""
    return quantiles(lengths, n=20, method="inclusive")[-1]


def phase(stream: Any, name: str) -> None:
    """Tell the bot what its commands are measured in from now on."""
    stream.write(f"{name}\n")
    stream.flush()


class Pushing:
    """Pushes at an even rate, whatever it tells of."""

    def __init__(self, world: World, page: Page, port: int, *, rate: int, lasting: float, births: int) -> None:
        self.world, self.page, self.port = world, page, port
        self.count = round(rate * lasting)
        self.rate, self.births = rate, births
        self.born: dict[int, float] = {}
        self.statuses: list[int] = []
        self.took: list[float] = []
        self.lasted = 0.0
        self._next = iter(range(self.count))
        self._lock = threading.Lock()
        self._latest: dict[str, Any] = somebody_of(page, 0)

    def run(self) -> None:
        """Push everything."""
        self._began = time.perf_counter()
        threads = [threading.Thread(target=self._push, name=f"pusher-{number}") for number in range(PUSHERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.lasted = time.perf_counter() - self._began

    def waited(self) -> tuple[float, float]:
        """Half of the pushes, and 95% of them, were answered within so many seconds."""
        return median(self.took), high(self.took)

    def _push(self) -> None:
        while True:
            with self._lock:
                if (number := next(self._next, None)) is None:
                    return
                body = self._body(number)
            time.sleep(max(0.0, self._began + number / self.rate - time.perf_counter()))
            content, headers = packed(self.page, body)
            began = time.perf_counter()
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
            connection.request("POST", "/inbox/meta", content, headers)
            answer = connection.getresponse()
            answer.read()
            connection.close()
            with self._lock:
                self.took.append(time.perf_counter() - began)
                self.statuses.append(answer.status)

    def _body(self, number: int) -> dict[str, Any]:
        """What the push of this number tells of."""
        every = self.count // self.births
        if number % every == 0 and len(self.born) < self.births:
            guest = len(self.born)
            person = Person(person_id("messenger", 9_000_000 + guest), name=f"guest.{guest:04}")
            self.born[guest] = time.time()
            thread = self.world.write(self.page, person, "hello, is this still available?")
            self._latest = pushed(thread, thread.messages[-1])
            return self._latest
        match number % 3:
            case 0:
                return self._latest  # once more
            case 1:
                return somebody_of(self.page, number)
            case _:
                return self._lie(number)

    def _lie(self, number: int) -> dict[str, Any]:
        """A message that no list has."""
        person = Person(person_id("messenger", 8_000_000 + number))
        message = Written(1, time.time(), from_page=False, text="hello")
        return pushed(Thread(1, self.page, "messenger", folder="inbox", person=person, updated=message.at), message)


def somebody_of(page: Page, number: int) -> dict[str, Any]:
    """That somebody has read something."""
    return {"object": "page", "entry": [somebody(page, number)]}


def main() -> None:
    """The bot with its threads, paced as in production, on Errbot's web server; a thread asks it all the time."""
    from errbot.core_plugins import flask_app
    from werkzeug.serving import ThreadedWSGIServer

    from pageinbox.app import Runtime, open_answers, open_service
    from pageinbox.chat.errbot.web import Addresses
    from pageinbox.commands.dispatch import Commands
    from pageinbox.model.act import Person as Teammate
    from pageinbox.settings.reading import read
    from pageinbox.tell.alarm import Alarm
    from pageinbox.web.meta import PATH, Webhook
    from tests.bot import member, whom
    from tests.recording_chat import RecordingChat

    task: dict[str, Any] = json.loads(sys.stdin.readline())
    chosen, runtime, chat = read(task["settings"], environment={}), Runtime(), RecordingChat(task["chat"])
    answers = open_answers(chosen, runtime)
    service = open_service(task["ledger"], answers, chosen, chat, alarm=Alarm(chat, (), runtime.clock), runtime=runtime)
    assert service is not None and chosen.push_token is not None
    commands = Commands(answers, chosen, lambda: service, clock=runtime.clock, whom=whom, member=member)
    addresses = Addresses()
    webhook = Webhook(chosen.push_token, chosen.pages.values, service.pushes.hear, runtime.meters.pushes)
    addresses.serve({PATH: webhook.answer})
    server = ThreadedWSGIServer("127.0.0.1", 0, flask_app)
    threading.Thread(target=server.serve_forever, name="web", daemon=True).start()
    cpu, wall = time.process_time(), time.perf_counter()
    service.start()
    took: dict[str, list[float]] = {"quiet": [], "pushed": []}
    going, now = threading.Event(), "quiet"

    def ask(say: Callable[[str], object]) -> None:
        draw = random.Random(1)
        for number in range(10**9):
            began = time.perf_counter()
            say(ASKED[number % len(ASKED)])
            took[now].append(1000 * (time.perf_counter() - began))
            if going.wait(draw.uniform(0.02, 0.08)):
                return

    sam = Teammate("@sam", "Sam")
    asking = threading.Thread(target=ask, args=(lambda words: commands.answer("#team", f" {words}", person=sam),))
    print(server.server_port, flush=True)
    asking.start()
    for line in sys.stdin:
        now = line.strip()
    going.set()
    asking.join()
    counted = sum(runtime.meters.pushes.counted().values())
    figures = {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall, "counted": counted, **took}
    service.stop()
    server.shutdown()
    json.dump(figures, sys.stdout)


if __name__ == "__main__":
    main()
