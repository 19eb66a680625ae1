"""One ledger, a simulated Graph, chats that lose, doubt or refuse, and bots that die wherever they are told to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from sqlalchemy import event

from pageinbox.ledger.edits import Edits
from pageinbox.ledger.outbox import Outbox
from pageinbox.ledger.sources import Sources
from pageinbox.model.announcement import Announcement
from pageinbox.model.chat import ChatDoubt, ChatError, Doubt
from pageinbox.model.post import Post
from pageinbox.model.source import Folder, Platform, Source
from pageinbox.settings.reading import read
from pageinbox.tell.delivery import Delivery
from pageinbox.tell.group import GATHERING, choose
from pageinbox.tell.schedule import Outcome
from pageinbox.words.announcement import announcement
from simulator.server import Simulator
from simulator.world import World
from tests.bot import Bot

NOON = 1_795_435_200.0  # 23 Nov 2026, 12:00 UTC
INTERVAL = 60.0

Settling = Literal["finds", "joins", "open"]
"""How a chat settles doubts: it finds a message by its key; it makes no second message of a key; not at all."""


class Killed(BaseException):
    """The process is gone: nothing in the core may catch this."""


class Time:
    """True time, and the bots' wall clock, which may be wrong by `skew`."""

    def __init__(self) -> None:
        self.true, self.skew, self.latest = NOON, 0.0, NOON

    def __call__(self) -> float:
        """What Meta's clock shows; it never goes back."""
        return self.true

    def wall(self) -> float:
        """What the bots' clock shows."""
        return self.true + self.skew

    def wait(self, seconds: float) -> None:
        self.true += seconds
        self.latest = max(self.latest, self.wall())


@dataclass
class Message:
    """What a room has received, in the chat's own order; `item` is what the sender meant to say by it."""

    room: str
    key: str
    receipt: str
    item: Announcement


@dataclass
class Rooms:
    """A chat. `down` refuses everything; `losing` takes a message without saying so, that many times.

    `before` and `after` are called when a message arrives, before and after it is there, `editing` when one is edited.
    """

    settling: Settling = "finds"
    down: bool = False
    losing: int = 0
    messages: list[Message] = field(default_factory=list)
    written: dict[str, Announcement] = field(default_factory=dict)
    edits: list[tuple[str, str, Announcement]] = field(default_factory=list)
    refusing_edits: ChatError | None = None
    editing: Callable[[], object] | None = None
    failing: set[str] = field(default_factory=set)
    before: Callable[[], object] = lambda: None
    after: Callable[[], object] = lambda: None

    def send(self, room: str, post: Post, key: str, under: str = "") -> str:
        item = self.written[key]
        self.before()
        if self.down or room in self.failing:
            raise ChatError("the chat can't be reached")
        known = next((one.receipt for one in self.messages if one.key == key), None)
        if known is not None and self.settling == "joins":
            return known
        receipt = f"receipt-{len(self.messages) + 1}"
        self.messages.append(Message(room, key, receipt, item))
        self.after()
        if self.losing:
            self.losing -= 1
            raise ChatDoubt("the connection broke")
        return receipt

    def edit(self, room: str, post: Post, receipt: str) -> None:
        if self.down or room in self.failing:
            raise ChatError("the chat can't be reached")
        if self.refusing_edits is not None:
            raise self.refusing_edits
        (key,) = (one.key for one in self.messages if one.receipt == receipt)
        self.edits.append((room, receipt, self.written[key]))
        editing, self.editing = self.editing, None
        if editing is not None:
            editing()

    def settle(self, room: str, key: str, since: float, under: str = "") -> str | Doubt:
        self.before()
        if self.down or room in self.failing:
            raise ChatError("the chat can't be reached")
        if self.settling == "open":
            return Doubt.OPEN
        found = [one.receipt for one in self.messages if one.key == key] if self.settling == "finds" else []
        return found[0] if found else Doubt.SAFE

    def of(self, room: str) -> list[Message]:
        return [one for one in self.messages if one.room == room]

    def told(self, room: str) -> list[str]:
        """The ids of the conversations that were named in a room, in order."""
        return [news.conversation.id for one in self.of(room) for news in one.item.news if news.conversation]

    def counted(self, room: str) -> int:
        """Of how many conversations a room was told."""
        return sum(len(one.item.news) for one in self.of(room))


class Life(Bot):
    """One life of a bot. `fuse` is how many more steps it makes before it is killed: statements, commits, calls.

    Its clock is `ahead` of the ledger's, which is the stage's.
    """

    def __init__(self, stage: Stage, *, ahead: float = 0.0, **more: Any) -> None:
        chosen = read(stage.settings(), environment={})
        wall = stage.time.wall
        super().__init__(
            chosen, stage.url, stage.rooms, lambda: wall() + ahead, stage.time.wait,
            timer=stage.time, ledger_clock=wall, **more,
        )  # fmt: skip
        self.stage = stage
        self._seen: int | None = None
        self._refresh = 0.0
        """What the ledger was when the latest look ended, which changes no watch, and when it is asked all the same."""
        self._fuse: int | None = None
        self._counting = False
        self.meanwhile: Callable[[int], object] = lambda call: None
        self.holding: Callable[[], object] = lambda: None
        pages = {name: page.id for name, page in chosen.pages.items()}

        def words(item: Announcement) -> Post:
            stage.rooms.written[item.key] = item
            if any(notice.digest for notice in item.notices):
                return self.service.digest_writer.told(item)
            where = {one.conversation.id: one.source for one in item.news if one.conversation}
            return announcement(
                item,
                chosen.pages,
                lambda one: self.answers.refs.give(where[one.id], one.id),
                chosen.detail,
                stage.time.wall(),
            )

        outbox = Outbox(self.ledger, Sources(self.ledger, pages), choose, ahead=GATHERING)
        edits = Edits(self.ledger, Sources(self.ledger, pages))
        self.service.delivery = Delivery(outbox, edits, stage.rooms, words=words, meters=self.meters, clock=wall)

    @property
    def fuse(self) -> int | None:
        return self._fuse

    @fuse.setter
    def fuse(self, steps: int | None) -> None:
        self._fuse = steps
        if not self._counting:  # most lives are not killed, and a listener makes each statement half as slow again
            self._counting = True
            event.listen(self.ledger.engine, "before_cursor_execute", self._statement)
            event.listen(self.ledger.engine, "commit", self._step)

    def _statement(self, *args: object) -> None:
        self._step()

    def _step(self, *args: object) -> None:
        if self._fuse is not None:
            self._fuse -= 1
            if self._fuse < 0:
                raise Killed

    def look_at(self, source: Source) -> Outcome:
        """One look, with whatever is to happen before each of its calls."""
        calls = 0

        def going() -> bool:
            nonlocal calls
            calls += 1
            self._step()
            self.meanwhile(calls)
            return True

        return self.service.poll.look(source, going)

    def look(self) -> bool:
        seen = self.changes()
        if seen is None or seen != self._seen or self.stage.time() >= self._refresh:
            self.schedule.want(self.service.poll.sources())
            self._refresh = self.stage.time() + INTERVAL
        looked = super().look()
        self._seen = self.changes()
        return looked

    def look_everywhere(self) -> list[Outcome]:
        """One look at every source that is watched, whether due or not."""
        return [self.look_at(source) for source in self.service.poll.sources()]

    def step(self) -> float | None:
        """Say at most one announcement; `holding` is done while the chat has it and has not answered."""
        rooms = self.stage.rooms
        hooks = rooms.before, rooms.after
        rooms.before, rooms.after = self._before_message, self._step
        try:
            return self.service.delivery.step()
        finally:
            rooms.before, rooms.after = hooks

    def _before_message(self) -> None:
        self._step()
        holding, self.holding = self.holding, lambda: None
        holding()

    def remind(self) -> float:
        """What has come due of reminders and digests is queued, and all that is queued is said."""
        self.service.reminders.remind()
        self.service.digest_writer.queue()
        return self.tell()

    def tell(self) -> float:
        for _ in range(1000):
            if pause := self.step():
                return pause
            if pause is None:
                return float("inf")
        raise AssertionError("telling goes round in a circle")


class Stage:
    """A world of Pages, one ledger, and as many lives of bots on it as are wanted."""

    def __init__(
        self,
        url: str,
        *,
        watches: Sequence[str] = ("#room inbox messenger",),
        pages: Sequence[str] = ("acme",),
        settling: Settling = "finds",
        **rules: Any,
    ) -> None:
        self.url, self.watches = url, list(watches)
        self.time = Time()
        self.world = World(self.time, pages)
        self.rooms = Rooms(settling)
        self.lives: list[Life] = []
        self.auto_replies: list[str] = []
        self.more: dict[str, object] = {"POLL_INTERVAL": INTERVAL}
        self.simulator = Simulator(self.world, rate_limit=False, **rules)
        self.simulator.start()

    def settings(self) -> dict[str, object]:
        # Without app secrets: Meta refuses their proofs from who has a wrong clock.
        pages = {
            page.name: {"ID": page.id, "TOKEN": page.token, "AUTO_REPLIES": self.auto_replies}
            for page in self.world.pages.values()
        }
        return {"PAGES": pages, "GRAPH_URL": self.simulator.url, "WATCHES": self.watches, **self.more}

    def bot(self, **more: Any) -> Life:
        """One more life."""
        life = Life(self, **more)
        self.lives.append(life)
        return life

    def stop(self, life: Life) -> None:
        self.lives.remove(life)
        life.stop()

    def kill(self, life: Life) -> None:
        self.lives.remove(life)
        life.die()

    def arrive(self, number: int = 1, *, page: str = "acme", ago: float = 0.0, **where: Any) -> list[str]:
        """New conversations, a second apart, the last of them `ago` seconds ago; their ids, oldest first."""
        self.time.wait(number)
        return [
            self.world.write(page, None, "hello", at=self.time() - ago - number + 1 + index, **where).id
            for index in range(number)
        ]

    def calls(self, edge: str = "conversations") -> int:
        """Requests for lists since the last `forget`."""
        return sum(one.path.endswith(edge) for one in self.simulator.requests)

    def close(self) -> None:
        for life in list(self.lives):
            self.kill(life)
        self.simulator.stop()


def source(page: str = "acme", platform: str = "messenger", folder: str = "inbox") -> Source:
    return Source(page, Platform(platform), Folder(folder))


def told_once(stage: Stage, room: str, ids: Iterable[str]) -> bool:
    """Whether a room was named just these conversations, each once."""
    return sorted(stage.rooms.told(room)) == sorted(ids)
