"""The whole bot, on a Graph that answers with what it is given."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pageinbox.chat.errbot.content import messages
from pageinbox.model.chat import Doubt
from pageinbox.model.post import Post
from pageinbox.settings.reading import read
from tests.attached import plain, with_files
from tests.bot import Bot
from tests.core.canned import Canned
from tests.core.stage import NOON


class Inbox:
    """The whole bot in front of a Graph that answers with what it is given; `now` moves only when told to."""

    PAGE = "200300400"

    def __init__(self, canned: Canned, folder: Path) -> None:
        self.canned, self.now = canned, NOON
        self.heard: list[str] = []
        self._ledger = f"sqlite:///{folder}/ledger.sqlite"
        self._sent = 0
        self._bot: Bot | None = None

    @property
    def bot(self) -> Bot:
        """The bot, which is started where it was not yet."""
        if self._bot is None:
            self.open()
        assert self._bot
        return self._bot

    def open(self, *, platform: str = "messenger", **page: object) -> None:
        """Start, or start anew, with these settings of the Page."""
        self.close()
        mine = {"ID": self.PAGE, "TOKEN": "token", "PLATFORMS": [platform], **page}
        chosen = read({"PAGES": {"acme": mine}, "GRAPH_URL": self.canned.url, "CACHE_TTL": 0}, environment={})
        self._bot = Bot(chosen, self._ledger, self, lambda: self.now, self.wait)

    def close(self) -> None:
        if self._bot is not None:
            self._bot.stop()

    def has(self, *conversations: Mapping[str, Any], **identity: object) -> None:
        """What the Graph answers from now on: a list of conversations, each of them alone, and who the Page is."""
        people = {"data": [{"id": "555001", "name": "Ann Example"}, {"id": self.PAGE, "name": "Acme"}]}
        usual = {"updated_time": "2026-11-23T11:59:00+0000", "participants": people}
        items = [usual | item for item in conversations]
        self.canned.bodies = {
            "/conversations?": json.dumps({"data": items}).encode(),
            f"/{self.PAGE}?": json.dumps({"id": self.PAGE, "name": "Acme", **identity}).encode(),
            **{f"/{item['id']}?": json.dumps(item).encode() for item in items},
        }

    def say(self, command: str) -> str:
        """What the bot answers in a room."""
        return self.shown(self.bot.say("#room", f" {command}"))

    def shown(self, post: Post) -> str:
        return "\n".join(line.rstrip() for line in plain(messages(with_files(post))[0]).splitlines())

    def wait(self, seconds: float) -> None:
        self.now += seconds

    def run(self, seconds: float) -> list[str]:
        """What the room hears meanwhile, edits included."""
        self.bot.run(self.now + seconds)
        heard, self.heard = self.heard, []
        return heard

    def send(self, room: str, post: Post, key: str, under: str = "") -> str:
        self.heard.append(self.shown(post))
        self._sent += 1
        return f"receipt-{self._sent}"

    def edit(self, room: str, post: Post, receipt: str) -> None:
        self.heard.append(f"{receipt} is now: {self.shown(post)}")

    def settle(self, room: str, key: str, since: float, under: str = "") -> Doubt:
        return Doubt.OPEN
