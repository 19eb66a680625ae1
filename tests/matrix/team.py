"""A team in Matrix: people, rooms, and our backend in a real Errbot that reads a simulated Graph."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Any

from simulator.server import Simulator
from simulator.thread import Person
from tests.attached import GIVING_FILES
from tests.errbot_process import ERRBOT, ChattingErrbot, write_config
from tests.matrix.gateway import Gateway
from tests.matrix_human import Event, Human
from tests.synapse import PASSWORD, Synapse

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 120  # seconds until what does not come counts as not coming

PROBE = """
from errbot import BotPlugin, botcmd

class Probe(BotPlugin):
    def callback_connect(self):
        print("connected", flush=True)

    @botcmd
    def long(self, msg, args):
        return "\\n".join(f"line {number} of a long answer" for number in range(int(args)))
"""
PROBE += GIVING_FILES

WITHOUT_KEYS = """
import sys

sys.modules["vodozemac"] = None
"""
"""What makes an installation with matrix-nio[e2e] one without, at the end of its config.py."""

names = count(1)


@dataclass(frozen=True)
class Said:
    """One message of the bot, as it stands now; `thread` is the event that begins the thread it is in, or empty."""

    room: str
    event_id: str
    thread: str
    content: dict[str, Any]
    times: int = 0
    """How often it was edited."""

    @property
    def body(self) -> str:
        """What a client without HTML shows."""
        return str(self.content["body"])


def said(room: str, events: Sequence[Event], sender: str, thread: str | None = None) -> list[Said]:
    """What `sender` has said by these events of a room: in a thread, outside of one (empty) or both."""
    there: dict[str, Said] = {}
    for event in events:
        if (event["type"], event["sender"]) != ("m.room.message", sender) or not event["content"]:
            continue
        content, relation = event["content"], event["content"].get("m.relates_to", {})
        about = relation.get("event_id", "")
        if relation.get("rel_type") != "m.replace":
            below = about if relation.get("rel_type") == "m.thread" else ""
            there[event["event_id"]] = Said(room, event["event_id"], below, content)
        elif about in there:
            old = there[about]
            there[about] = replace(old, content=content["m.new_content"], times=old.times + 1)
    return [one for one in there.values() if thread is None or one.thread == thread]


class Team:
    """All of it. `people` have accounts on the homeserver; the first is the bot's admin and hears every room."""

    def __init__(
        self, server: Synapse, gateway: Gateway, graph: Simulator, folder: Path, people: Sequence[str]
    ) -> None:
        self.server, self.gateway, self.graph, self.folder = server, gateway, graph, folder
        accounts = {name: server.register(f"{name}{next(names)}") for name in people}
        self.people = {name: Human.login(server.url, account) for name, account in accounts.items()}
        self.admin = self.people[people[0]]
        self.user_id = server.register(f"errbot{next(names)}")
        self.token = graph.world.pages["acme"].token
        self.bot: ChattingErrbot | None = None
        self._watches: list[tuple[str, str]] = []
        self._directs: dict[str, str] = {}
        plugin = folder / "probe"
        plugin.mkdir(exist_ok=True)
        (plugin / "probe.py").write_text(PROBE, encoding="utf-8")
        (plugin / "probe.plug").write_text("[Core]\nName = Probe\nModule = probe\n", encoding="utf-8")

    def start(self, inbox: dict[str, Any] | None = None, encryption: bool = True, **more: Any) -> ChattingErrbot:
        """A bot that looks every second, with these settings over the usual ones, once it is connected.

        `encryption` lets it use matrix-nio[e2e] where that is installed.
        """
        page = {"ID": self.graph.world.pages["acme"].id, "TOKEN": "env:PAGE_TOKEN"}
        settings = {"PAGES": {"acme": page}, "GRAPH_URL": self.graph.url, "POLL_INTERVAL": 1} | (inbox or {})
        identity = {"homeserver": self.gateway.url, "username": self.user_id, "password": PASSWORD}
        config = write_config(
            self.folder,
            {
                "BACKEND": "Matrix",
                "BOT_EXTRA_BACKEND_DIR": str(ROOT / "backends" / "matrix" / ".errbot"),
                "BOT_IDENTITY": identity | {"device_id": "ERRBOT", "invites": [self.server.name]},
                "BOT_ADMINS": (self.admin.user_id,),
                "BOT_ADMINS_NOTIFICATIONS": (),
                "BOT_EXTRA_PLUGIN_DIR": [str(ROOT / "plugins"), str(self.folder / "probe")],
                "BOT_PLUGIN_INDEXES": (),
                "AUTOINSTALL_DEPS": False,
                "INBOX": settings,
            }
            | more,
        )
        if not encryption:
            with config.open("a", encoding="utf-8") as file:
                file.write(WITHOUT_KEYS)
        # Forked, it would have the keys from the start.
        command: Path | list[str | Path] = config if encryption else [ERRBOT, "-c", config]
        self.bot = ChattingErrbot(command, self.folder, {"PAGE_TOKEN": self.token})
        return self.bot

    @contextmanager
    def running(self, inbox: dict[str, Any] | None = None, **more: Any) -> Iterator[ChattingErrbot]:
        """A bot for one block, terminated at its end, or killed when it fails."""
        with self.start(inbox, **more) as bot:
            yield bot

    def writes(self, name: str, text: str = "hello") -> None:
        """Somebody new writes to the Page."""
        self.graph.world.write("acme", Person(f"88800{next(names)}", name=name), text)

    def room(self, *people: Human, **how: Any) -> str:
        """A new room, made by the admin, once the bot is in it; these people are as well."""
        made = self.admin.create_room(self.user_id, *(person.user_id for person in people), **how)
        for person in people:
            person.join(made)
        self.admin.wait_for_member(made, self.user_id, say=self.log)
        return made

    def direct(self, person: Human) -> str:
        """The direct chat of somebody with the bot, made the first time."""
        if person.user_id not in self._directs:
            made = person.create_room(self.user_id, direct=True)
            person.wait_for_member(made, self.user_id, say=self.log)
            self._directs[person.user_id] = made
        return self._directs[person.user_id]

    def wait_for_direct(self, person: Human) -> str:
        """The direct chat that the bot makes with somebody, once they have joined it."""
        self._directs[person.user_id] = room = person.join(person.wait_for_invitation(self.user_id))
        return room

    def settled(self) -> None:
        """Wait until the bot knows what is there in a list that it watches: a first look is quiet."""
        room = self.room()
        give_up = time.monotonic() + PATIENCE
        while " known" not in (told := self.ask(self.admin, "!inbox status", room)):
            assert time.monotonic() < give_up, f"{told}\nThe bot logged:\n{self.log()[-6000:]}"

    def idle(self) -> None:
        """Wait until every command given so far is carried out: Errbot begins one for admins alone only then."""
        direct = self.direct(self.admin)
        before = len(self.said(direct))
        self.admin.say(direct, "!plugin info Probe")
        # What else the admin has asked may be answered before.
        self.until(lambda: [one for one in self.said(direct)[before:] if "name: Probe" in one.body], "Probe's info")

    def watch(self, wish: str = "messenger") -> str:
        """A new room that watches."""
        room = self.room()
        answer = self.ask(self.admin, f"!inbox watch {wish}", room)
        made = re.match(r"Watch (\d+): I'll tell this room about every new conversation", answer)
        assert made, answer
        self._watches.append((room, made[1]))
        return room

    def unwatch(self) -> None:
        """End every watch made so, without waiting for what the bot says to that."""
        for room, number in self._watches:
            self.admin.say(room, f"!inbox unwatch {number}")
        self._watches.clear()

    def ask(self, person: Human, text: str, room: str, thread: str = "") -> str:
        """The body of what the bot answers, in the room or in the thread."""
        return self.answer(person, text, room, thread).body

    def answer(self, person: Human, text: str, room: str, thread: str = "") -> Said:
        """The first message of what the bot answers, in the room or in the thread."""
        before = len(self.said(room, thread, person))
        person.say(room, text, thread=thread)
        return self.until(lambda: self.said(room, thread, person)[before:], text, person)[0]

    def said(self, room: str, thread: str | None = None, person: Human | None = None) -> list[Said]:
        """What the bot has said in a room so far, as somebody there has heard it, the admin if not named."""
        return said(room, (person or self.admin).heard(room), self.user_id, thread)

    def until(self, there: Callable[[], list[Said]], what: str = "", person: Human | None = None) -> list[Said]:
        """What `there` gives, as soon as it is not empty. Raises AssertionError when it stays so."""
        give_up = time.monotonic() + PATIENCE
        while not (found := there()):
            assert time.monotonic() < give_up, f"{what}: waited in vain; the bot logged:\n{self.log()[-6000:]}"
            (person or self.admin).listen()
        return found

    def hear(self, room: str, *parts: str, thread: str | None = None, person: Human | None = None) -> list[Said]:
        """All that was said in a room, once each of the parts was, in whatever message."""

        def complete() -> list[Said]:
            there = self.said(room, thread, person)
            return there if all(any(part in one.body for one in there) for part in parts) else []

        return self.until(complete, f"to hear {parts}", person)

    def stands(self, room: str, *parts: str) -> list[int]:
        """In how many messages of the bot each of the parts stands, by what the homeserver has now."""
        self.idle()
        there = said(room, self.admin.history(room), self.user_id)
        return [sum(part in one.body for one in there) for part in parts]

    def log(self) -> str:
        """All that the bot has logged."""
        return self.bot.log if self.bot else ""


@contextmanager
def opened(server: Synapse, graph: Simulator, folder: Path, people: Sequence[str]) -> Iterator[Team]:
    """A team for one block, without a bot as yet; whatever bot is left at the end is killed."""
    with Gateway(server.url) as gateway:
        made = Team(server, gateway, graph, folder, people)
        try:
            yield made
        finally:
            if made.bot:
                made.bot.kill()
            for person in made.people.values():
                person.close()
