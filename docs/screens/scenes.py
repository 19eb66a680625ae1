"""What is to be seen: the real core on a simulated Graph, with a clock that stands still while nobody waits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from pageinbox.model.chat import Doubt
from pageinbox.model.post import Post
from pageinbox.settings.reading import read
from simulator.server import Simulator
from simulator.world import World
from tests.bot import Bot

BEGIN = 1_795_442_520.0  # 23 Nov 2026, 14:02 UTC
ROOM = "#support"

BURST = {
    "mira.k": "hi! do you open on Sunday?",
    "theo_laurent": "is the brass lamp back in stock?",
    "noor.and.co": "we'd like ten of these for our café ☕",
    "paul.gardner": "where is my parcel? order 20944",
    "sofia.reyes": "¿hacen envíos a Canarias?",
    "jonas.b": "can I pick it up today?",
    "aiko.m": "love it! 😍",
    "lars_p": "do you repair old ones, too?",
    "wanda.v": "what does shipping to Poland cost?",
    "omar.h": "is it suitable for the bathroom?",
    "clara.design": "do you give a trade discount?",
    "ed.n": "same question as last week…",
}
"""Who writes at once, and what."""

STRANGERS = {
    "<!channel> Deals": "<!here> @channel <@U012345> *80 % off* _today_ ~not~ `code` :tada:",
    "<b>Kim</b> Lee": "<script>alert(1)</script><img src=x onerror=alert(1)> &lt;b&gt;",
    "[Meta Support](https://evil.example)": "www.evil.example evil.com/x pay@evil.example javascript:alert(1)",
    "@room #ops:chat.example": "@ann:chat.example https://evil.example/a?b=c#d",
    "\u202eeciffO xaT\u202c": "\u2066turned\u2069 around, Z̴̡̢͉̗͔a̷̧̛̞l̸g̵o̶, ad\u200bm\u200di\u200cn",
    "x” · k7fq": "y”\n 2 · 9x2d · Bo · just now · “z",
    "דנה לוי": "שלום (https://evil.example) evil.example",
}
"""Names and messages of people who try things."""


@dataclass
class Turn:
    """One message in a room: what a person typed there, or what the bot says, and when (seconds since 1970).

    `told` says that the bot was not asked: an announcement. `thread` are the messages in its thread.
    """

    at: float
    said: str | Post
    told: bool = False
    edited: bool = False
    thread: list[Turn] = field(default_factory=list)


class Rooms:
    """A `Chat` that only keeps what is to be seen in it; receipts are numbers."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.seen: list[Turn] = []
        self._sent: list[Turn] = []
        self._clock = clock

    def send(self, room: str, post: Post, key: str, under: str = "") -> str:
        turn = Turn(self._clock(), post, told=True)
        (self._sent[int(under)].thread if under else self.seen).append(turn)
        self._sent.append(turn)
        return str(len(self._sent) - 1)

    def edit(self, room: str, post: Post, receipt: str) -> None:
        turn = self._sent[int(receipt)]
        turn.said, turn.edited = post, True

    def settle(self, room: str, key: str, since: float, under: str = "") -> Doubt:
        return Doubt.OPEN


class Stage:
    """A simulated Page, the bot in front of it, which looks once an `interval` of seconds, and one room."""

    def __init__(self, clock: Clock, simulator: Simulator, ledger: Path, interval: int) -> None:
        self._clock, self._world = clock, simulator.world
        page = self._world.page("acme")
        about = {"ID": page.id, "TOKEN": page.token, "APP_SECRET": page.app_secret}
        settings = {"PAGES": {"acme": about}, "GRAPH_URL": simulator.url, "POLL_INTERVAL": interval}
        chosen = read(settings, environment={})
        self._rooms = Rooms(clock)
        self.bot = Bot(chosen, f"sqlite:///{ledger}", self._rooms, clock, clock.wait)

    @property
    def seen(self) -> list[Turn]:
        """What stands in the room."""
        return self._rooms.seen

    def ask(self, words: str) -> None:
        """Somebody types a command, and is answered."""
        self.seen.append(Turn(self._clock(), words))
        self.seen.append(Turn(self._clock(), self.bot.say(ROOM, words.removeprefix("!inbox"))))

    def watch(self, words: str) -> None:
        """The room watches, and has done so for a while: how that began is not to be seen any more."""
        self.bot.say(ROOM, f"watch {words}")
        self.wait(120)
        self.seen.clear()

    def write(self, who: str, text: str, platform: str = "messenger") -> None:
        """A person writes to the Page, which takes a moment."""
        self._world.write("acme", who, text, platform=platform)
        self._clock.wait(2)

    def answer(self, who: str, text: str) -> None:
        thread = self._world.of_person("acme", "messenger", who)
        assert thread, f"{who} wrote nothing"
        self._world.answer(thread, text)

    def wait(self, seconds: float) -> None:
        self.bot.run(self._clock() + seconds)

    def wait_until(self, at: float) -> None:
        """Wait until so many seconds after the beginning, unless they have passed."""
        self.bot.run(max(self._clock(), BEGIN + at))


class Clock:
    """Time that passes only when somebody waits."""

    def __init__(self) -> None:
        self._now = BEGIN

    def __call__(self) -> float:
        return self._now

    def wait(self, seconds: float) -> None:
        self._now += seconds


def question(stage: Stage) -> None:
    stage.ask("!inbox spam instagram")


def told(stage: Stage) -> None:
    """One announcement that was edited since, a card for a burst, and one more."""
    stage.watch("later edit")
    stage.write("Zoe Zander", "hello, do you ship to Malta?")
    stage.wait(120)
    stage.answer("Zoe Zander", "Yes, within three days.")
    stage.wait(120)
    for who, text in BURST.items():
        stage.write(who, text, "instagram")
    stage.wait(120)
    stage.write("Yan Yates", "is the blue one back?")
    stage.wait(120)


def thread(stage: Stage) -> None:
    """What is written later, in the thread of the announcement."""
    stage.watch("messenger later thread")
    stage.write("Zoe Zander", "hello, do you ship to Malta?")
    stage.wait(120)
    stage.write("Zoe Zander", "and to Gozo?")
    stage.wait(120)
    stage.answer("Zoe Zander", "Yes, to both, within three days.")
    stage.wait(120)
    stage.write("Zoe Zander", "great, thank you! 🙂")
    stage.wait(120)


def hostile(stage: Stage) -> None:
    """People who try things: in an announcement with a thread, and in a list."""
    *others, last = STRANGERS
    for who in others:
        stage.write(who, STRANGERS[who])
    stage.watch("messenger later thread")
    stage.write(last, STRANGERS[last])
    stage.wait(120)
    for who in others[:2]:
        stage.write(last, STRANGERS[who])
        stage.wait(120)
    stage.ask("!inbox messenger limit 7")


def week(stage: Stage) -> None:
    """How a week went in which most who wrote were answered."""
    stage.watch("messenger")
    happening: list[tuple[int, str, str]] = []
    for number in range(7 * len(HOURS)):
        day, place = divmod(number, len(HOURS))
        if day in (5, 6) and place % 4:  # a weekend
            continue
        at = 86_400 * day + 3600 * HOURS[place] + 173 * number % 3600
        happening.append((at, "writes", f"Guest {number}"))
        if number % 13:
            happening.append((at + 60 * TOOK[number % len(TOOK)], "is answered", f"Guest {number}"))
    for at, what, who in sorted(happening):
        if at < 7 * 86_400:
            stage.wait_until(at)
            if what == "writes":
                stage.write(who, "hello, is this the right place to ask?")
            else:
                stage.answer(who, "It is!")
    stage.wait_until(7 * 86_400)
    stage.seen.clear()
    stage.ask("!inbox stats 7d")


HOURS = (0, 1, 1, 2, 3, 4, 6, 17, 19, 19, 20, 20, 21, 21, 22, 23)
"""In which hours after 14:00 somebody writes, each day."""

TOOK = (3, 40, 8, 75, 20, 12, 210, 4, 55, 500, 14, 150, 33, 26, 1000, 95, 7)
"""Minutes until an answer."""

INTERVALS: Mapping[Callable[[Stage], None], int] = {week: 3600}
"""How often the bot looks, where once a minute would take long."""


@cache
def played(scene: Callable[[Stage], None]) -> list[Turn]:
    """What stands in the room after a scene."""
    clock = Clock()
    with (
        TemporaryDirectory() as folder,
        Simulator(World.demo(clock), instagram_fields="present", rate_limit=False) as simulator,
    ):
        stage = Stage(clock, simulator, Path(folder) / "ledger.sqlite", INTERVALS.get(scene, 60))
        try:
            scene(stage)
        finally:
            stage.bot.stop()
        return stage.seen
