"""What the real core says where everybody is hostile: every command and every kind of announcement, as posts.

A bot without threads (`bot`) on a simulated Graph, whose people have the texts of the corpus for names, and
say them; its chat keeps the posts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from pageinbox.commands.table import COMMANDS
from pageinbox.model.act import Person as Teammate
from pageinbox.model.chat import ChatError, Doubt
from pageinbox.model.post import Foreign, Post
from pageinbox.settings.reading import read
from simulator.page import Instagram
from simulator.server import Simulator
from simulator.thread import Person
from simulator.world import World
from tests.bot import Bot

BEGIN = 1_795_442_520.0  # 23 Nov 2026, 14:02 UTC
OPS = Teammate("@ops", "Ops")
PACE = 2.5
"""Seconds between two commands: a room may give 30 a minute."""


class Said(NamedTuple):
    """One post, and what it is: the command it answers (its first word), `announcement`, `thread` or `edit`."""

    occasion: str
    post: Post


class Clock:
    """Time that passes only when somebody waits."""

    def __init__(self) -> None:
        self.now = BEGIN

    def __call__(self) -> float:
        return self.now

    def wait(self, seconds: float) -> None:
        self.now += seconds


class Ear:
    """A chat that keeps what it is given; rooms beside the known ones it refuses."""

    def __init__(self) -> None:
        self.said: list[Said] = []
        self.rooms = {"#room", "#threads", "#every"}
        self._receipts = 0

    def send(self, room: str, post: Post, key: str, under: str = "") -> str:
        if room not in self.rooms:
            raise ChatError("no")
        self.said.append(Said("thread" if under else "announcement", post))
        self._receipts += 1
        return f"receipt-{self._receipts}"

    def edit(self, room: str, post: Post, receipt: str) -> None:
        self.said.append(Said("edit", post))

    def settle(self, room: str, key: str, since: float, under: str = "") -> Doubt:
        return Doubt.OPEN


class Play:
    """A bot among the people of a corpus. `said` is all that it has said so far."""

    def __init__(self, corpus: Mapping[str, str], ledger: Path, simulator: Simulator, clock: Clock) -> None:
        self.corpus, self.clock, self.world, self.simulator = corpus, clock, simulator.world, simulator
        page = self.world.page("acme")
        settings = {"ID": page.id, "TOKEN": page.token, "APP_SECRET": page.app_secret}
        chosen = read({"PAGES": {"acme": settings}, "GRAPH_URL": simulator.url}, environment={})
        self.ear = Ear()
        self.bot = Bot(chosen, f"sqlite:///{ledger}", self.ear, clock, clock.wait, admins=["@ops"])

    @property
    def said(self) -> list[Said]:
        return self.ear.said

    def say(self, command: str, room: str = "#room") -> Post:
        """Give a command; the answer is kept, too."""
        self.clock.wait(PACE)
        post = self.bot.say(room, command, direct=room.startswith("@"))
        self.ear.said.append(Said(command.split(" ")[0], post))
        return post

    def wait(self, seconds: float = 61.0) -> None:
        self.bot.run(self.clock() + seconds)

    def write(self, platform: str, number: int, name: str, words: str) -> None:
        person = f"99{platform == 'instagram':d}{number:07}"
        who = Person(person, username=username_of(name)) if platform == "instagram" else Person(person, name=name)
        self.world.write("acme", self.world.of_person("acme", platform, person) or who, words, platform=platform)
        self.clock.wait(0.001)

    def act(self) -> None:
        """Everything, in an order in which each has something to say."""
        self.say("watch messenger every new ping @here @support @room @anna")
        self.say("watch messenger later thread", "#threads")
        self.say("watch instagram every message", "#every")
        self.wait()
        self.announced()
        self.listed()
        self.commanded()
        self.troubled()
        self.refused()

    def announced(self) -> None:
        """One by one on Messenger and in bursts on Instagram; then they write again, and are answered."""
        texts = list(self.corpus.values())
        for number, words in enumerate(texts):
            self.write("messenger", number, words, words)
            if number % 8 in (2, 7):  # five at most are told one by one
                self.wait()
        self.wait()
        for number, words in enumerate(texts):
            self.write("messenger", number, words, words)
            self.write("instagram", number, words, words)
            if number % 4 == 3:
                self.wait()
        self.wait(600)
        for number in range(0, len(texts), 3):
            thread = self.world.of_person("acme", "messenger", f"990{number:07}")
            assert thread
            self.world.answer(thread, texts[number])
        self.wait(600)

    def listed(self) -> None:
        """All of them in lists, and each by itself, named by its number."""
        for question in ("instagram limit 50", "limit 50", "messenger limit 50"):
            for page in range(4):
                self.say("more" if page else question)
        for number in range(1, len(self.corpus) + 1):
            self.say(f"show {number}")
        for number in range(1, 8):
            self.say(f"why {number}")
            self.say(f"mute {number} for 2h")
            self.say(f"unmute {number}")
        for command in ("watches", "unmute 1", "unmute 1", "outbox", "status", "pages", "help", "help watch"):
            self.say(command)

    def commanded(self) -> None:
        """What somebody may type after each command, and instead of one: each text after every sixth of them."""
        for number, text in enumerate(self.corpus.values()):
            words = text[:TYPED_MOST]
            typed = [f"{command} {words}".strip() for command in (*(command.word for command in COMMANDS), *QUESTIONS)]
            quoted = [f'watch text "{words}"', f"watch from @{words}", f"unwatch 1{words} 2{words}"]
            for command in (*typed[number % 6 :: 6], quoted[number % 3]):
                self.say(command, "#typed")
        self.say("watches", "#typed")
        for number in range(1, 12):
            self.say(f"unwatch {number}", "#typed")

    def refused(self) -> None:
        """Rooms with names of the corpus, into which nothing can be said."""
        names = [words[:200] for words in self.corpus.values() if words.isprintable()]
        for number, words in enumerate(names[::12]):
            self.say("watch messenger", words)
            self.write("messenger", 900_000 + number, words, words)
            self.wait()
        for command in ("outbox", "status", "why 1"):
            self.say(command)

    def troubled(self) -> None:
        """Errors of Meta's, in words that are shown where nothing else is known, and in those that nobody sees."""
        for words in list(self.corpus.values())[::3]:
            self.simulator.fail("conversations", None, code=100, message=words)
            self.wait(60)  # longer than a list that can't be read is kept
            self.say("messenger limit 1")
            self.simulator.clear()
        self.wait(600)
        for code, subcode in ((100, None), (190, 463), (4, None)):
            self.simulator.fail("conversations", None, code=code, subcode=subcode, message=self.corpus[LOUDEST])
            self.wait(600)
            for command in ("messenger", "status", "doctor"):
                self.say(command)
            self.simulator.clear()
            self.wait(600)

    def other_pages(self, ledger: Path) -> None:
        """Pages that are called at Meta like the corpus, read by another bot."""
        settings = {}
        for number, words in enumerate(self.corpus.values()):
            page = self.world.add_page(f"page{number}", words)
            page.instagram = Instagram(f"178414{number:04}", username_of(words))
            self.world.tokens[page.token].application = words
            settings[page.name] = {"ID": page.id, "TOKEN": page.token, "APP_SECRET": page.app_secret}
        chosen = read({"PAGES": settings, "GRAPH_URL": self.simulator.url}, environment={})
        bot = Bot(chosen, f"sqlite:///{ledger}", self.ear, self.clock, self.clock.wait, admins=["@ops"])
        try:
            for name in settings:
                self.clock.wait(PACE)
                self.ear.said.append(Said("pages", bot.say("#room", f"pages {name}")))
            for name in ("", *list(settings)[::5]):
                self.clock.wait(PACE)
                self.ear.said.append(Said("doctor", bot.say("@ops", f"doctor {name}", person=OPS, direct=True)))
        finally:
            bot.stop()


LOUDEST = "mentions.slack-channel"
QUESTIONS = ("spam", "user", "limit", "messenger unread", "watch from", "watch text")
TYPED_MOST = 4_000
"""Characters somebody types at once."""


@contextmanager
def playing(corpus: Mapping[str, str], folder: Path) -> Iterator[Play]:
    """A bot that has gone through all of it."""
    clock = Clock()
    with Simulator(World(clock, ["acme"]), instagram_fields="present", rate_limit=False) as simulator:
        play = Play(corpus, folder / "ledger.sqlite", simulator, clock)
        try:
            play.act()
            play.other_pages(folder / "others.sqlite")
            yield play
        finally:
            play.bot.stop()


def username_of(words: str) -> str:
    """The words as a username, in which there is no space: what has one is shown as a name."""
    return words.replace(" ", "_")


def strangers(post: Post) -> set[str]:
    """What of a post is foreign."""
    lines = [post.headline, *post.lines, *(cell for row in post.rows for cell in row), *post.notes]
    return {piece.text for line in lines for piece in line if isinstance(piece, Foreign)}
