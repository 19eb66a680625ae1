"""Every transcript under tests/transcripts, replayed: the core on a simulator, through Errbot's own text converter."""

import logging
import os
import re
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest
from sqlalchemy import Engine, event

from pageinbox.chat.errbot.content import messages
from pageinbox.checkup.bot import Around
from pageinbox.ledger.backups import back_up
from pageinbox.ledger.restoring import restore
from pageinbox.model.act import Person as Teammate
from pageinbox.model.chat import ChatDoubt, ChatError, Doubt
from pageinbox.model.checkup import Reached, Unreached, Versions
from pageinbox.model.finding import Finding, State, good
from pageinbox.model.post import Post
from pageinbox.model.web import WebRequest
from pageinbox.settings.reading import read
from simulator.errors import TABLE
from simulator.pushing import FAULTS, SHAPES, Pushing
from simulator.server import Simulator
from simulator.thread import Person
from simulator.world import World
from tests.attached import plain, with_files
from tests.bot import Bot
from tests.logged import customers, told_of

FOLDER = Path(__file__).with_name("transcripts")
FILES = sorted(FOLDER.rglob("*.txt"))
BEGIN = 1_795_442_520.0  # 23 Nov 2026, 14:02 UTC
HAPPENING = re.compile(
    r"(?P<who>.+?) (?P<does>writes|write|sends|unsends on|is moved on|is deleted on|is hidden on|reappears on"
    r"|(is|are) answered (by (?P<staff>[\w ]+) )?on|is noted on)"
    r" ((?P<page>\w+) )?(?P<platform>messenger|instagram)"
    r"( to)?( (?P<folder>inbox|spam|other|page_done))?(: (?P<text>.*))?"
)
TYPED = re.compile(
    r"(?P<who>[a-z]+)?(?:(?: in )?(?P<room>[#@]\w+))?(?: ?in reply to (?P<receipt>receipt-\d+))?> (?P<text>.*)"
)
NAMES = ("Ada", "Ben", "Cleo", "Dan", "Ella", "Finn", "Gus", "Hana", "Ira", "Jo")
UNITS = {"s": 1, "min": 60, "h": 3600, "day": 86400, "days": 86400}


class Clock:
    """Time that passes only when somebody waits."""

    def __init__(self) -> None:
        self.now = BEGIN

    def __call__(self) -> float:
        return self.now

    def wait(self, seconds: float) -> None:
        self.now += seconds


class Rooms:
    """A chat that keeps what was said when in which room until it is asked.

    `down` are the rooms that can't be reached now, "chat" for all of them; `cut` is how many messages are still to
    arrive without a receipt.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self.told: list[tuple[float, str, Post]] = []
        self.down: set[str] = set()
        self.cut = 0
        self._clock = clock
        self._sent = 0

    def send(self, room: str, post: Post, key: str, under: str = "") -> str:
        if self.down & {"chat", room}:
            raise ChatError("the chat can't be reached")
        self.told.append((self._clock(), f"{room} (in the thread of {under})" if under else room, post))
        if self.cut:
            self.cut -= 1
            raise ChatDoubt("the connection broke before the receipt came")
        self._sent += 1
        return f"receipt-{self._sent}"

    def edit(self, room: str, post: Post, receipt: str) -> None:
        if self.down & {"chat", room}:
            raise ChatError("the chat can't be reached")
        self.told.append((self._clock(), f"{room} ({receipt} is edited)", post))

    def settle(self, room: str, key: str, since: float, under: str = "") -> Doubt:
        return Doubt.OPEN

    def examine(self, rooms: Sequence[str]) -> list[Finding]:
        """What a checkup hears of the chat: what was put in for it, and which of the rooms are down."""
        down = {room for room in rooms if self.down & {"chat", room}}
        shut = [Finding(State.ATTENTION, Unreached(room, "the chat can't be reached")) for room in sorted(down)]
        return [*shut, *(good(Reached(room)) for room in rooms if room not in down)]


class Stage:
    """A simulated Page, the core in front of it, and a room to talk in."""

    def __init__(self, folder: Path) -> None:
        self.clock = Clock()
        self.settings: dict[str, Any] = {}
        self.platforms = ["messenger", "instagram"]
        self.secrets = True
        self.auto_replies: list[str] = []
        self.simulator: Simulator | None = None
        self._bot: Bot | None = None
        self.stopped = False
        self.rooms = Rooms(self.clock)
        self.only: list[str] | None = None
        self.moved: dict[str, str] = {}
        self.lost: set[str] = set()
        self.in_files = False
        self.lent: dict[str, str] = {}
        self.folder = folder
        self.ledger = f"sqlite:///{folder}/ledger.sqlite"
        self.spoilt = ExitStack()
        self.pushing: Pushing | None = None
        self.customers: set[str] = set()
        self.open(World.demo(self.clock))

    def open(self, world: World) -> None:
        self.close()
        self.pushing = None
        self.simulator = Simulator(world, instagram_fields="present", rate_limit=False)
        self.simulator.start()
        self.anew()

    @property
    def bot(self) -> Bot | None:
        """None while it is stopped. It starts when it is first wanted: several settings in a row make one bot."""
        if self._bot is None and not self.stopped:
            self._bot = self._started()
        return self._bot

    def anew(self) -> None:
        self.end()
        self.stopped = False

    def _started(self) -> Bot:
        assert self.simulator
        pages = {
            page.name: {
                "ID": page.id,
                "TOKEN": "env:NOWHERE" if page.name in self.lost else self._token_at(page.name),
                "APP_SECRET": page.app_secret if self.secrets else "",
                "PLATFORMS": self.platforms,
                "AUTO_REPLIES": self.auto_replies,
            }
            for page in self.simulator.world.pages.values()
            if self.only is None or page.name in self.only
        }
        chosen = read({"PAGES": pages, "GRAPH_URL": self.simulator.url} | self.settings, environment={})
        return Bot(
            chosen,
            self.ledger,
            self.rooms,
            self.clock,
            self.clock.wait,
            admins=["@ops"],
            moved=lambda: self.moved,
            around=Around(
                origins=["config.py", "chat"] if self.settings else ["config.py"],
                chat=self.rooms.examine,
                versions=lambda: [good(Versions((("Python", "3.11.0"), ("err-inbox", ""), ("errbot", "6.2.1"))))],
            ),
        )

    def _token_at(self, name: str) -> str:
        """The setting TOKEN of a Page."""
        assert self.simulator
        token = self.simulator.world.page(self.lent.get(name, name)).token
        if not self.in_files:
            return token
        file = self.folder / f"{name}.token"
        if not file.exists():
            file.write_text(token, "utf-8")
        return f"file:{file}"

    def end(self) -> None:
        self.stopped = True
        if self._bot:
            self._bot.stop()
            self._bot = None

    def close(self) -> None:
        self.end()
        self.spoilt.close()
        if self.simulator:
            self.simulator.stop()
            self.customers |= customers(self.simulator.world)

    def say(self, room: str, command: str, *replied: str, who: str = "sam") -> str:
        assert command.startswith("!inbox"), command
        assert self.bot
        person = Teammate(f"@{who}", who.title())
        words, direct = command.removeprefix("!inbox"), room.startswith("@")
        return self.shown(self.bot.say(room, words, person=person, direct=direct, replied=replied))

    def shown(self, post: Post) -> str:
        said = plain(messages(with_files(post))[0]).replace(str(self.folder), "/data")
        said = re.sub(r"SQLite [\d.]+(.*) \d+ KB|[\d.,]+ [MG]B free", self._machines_own, said)
        return "\n".join(line.rstrip() for line in said.splitlines())

    def _machines_own(self, found: re.Match[str]) -> str:
        """What a checkup shows that another machine would show otherwise, without its numbers."""
        return f"SQLite x.y{found[1]} … KB" if found[1] else "… GB free"

    def heard(self) -> list[str]:
        """What rooms were told since the last time."""
        told, self.rooms.told = self.rooms.told, []
        return [
            f"{datetime.fromtimestamp(round(at), UTC):%H:%M} {room} hears:\n{self.shown(post)}"
            for at, room, post in told
        ]

    def wait(self, seconds: float) -> None:
        if self.bot:
            self.bot.run(self.clock() + seconds)
        else:
            self.clock.wait(seconds)

    def happen(self, what: str) -> None:
        assert self.simulator
        rules = self.simulator.rules
        match what.split():
            case ["wait", "until", time]:
                hour, minute = map(int, time.split(":"))
                today = datetime.fromtimestamp(self.clock(), UTC)
                then = today.replace(hour=hour, minute=minute, second=0, microsecond=0)
                self.wait((then - today).total_seconds() % UNITS["day"])
            case ["wait", number, unit]:
                self.wait(float(number) * UNITS[unit])
            case [old, "goes", "on", "as", new]:
                self.moved[old] = new
            case ["stop"]:
                self.end()
            case ["instant", "reply", *text]:
                self.simulator.world.instant_reply("acme", " ".join(text))
            case ["instant", "replies", "are", "tagged"]:
                rules.instant_reply_tag = True
            case ["deleted", "people", "stay", "in", value]:
                rules.deleted_people = value  # type: ignore[assignment]
            case ["auto", "replies", *_]:
                self.auto_replies = [text.strip() for text in what.removeprefix("auto replies").split(";")]
                self.anew()
            case ["chat", "breaks", "off"]:
                self.rooms.cut = 1
            case [room, "down"]:
                self.rooms.down.add(room)
            case [room, "up"]:
                self.rooms.down.discard(room)
            case ["kill", "token", *of]:
                self.simulator.world.kill_token(of[1] if of else "acme")
            case ["new", "token"]:
                self.simulator.world.issue_token("acme")
                self.anew()
            case ["tokens", "are", "in", "files"]:
                self.in_files = True
                self.anew()
            case ["new", "token", "in", "the", "file", "of", name, "ends", "in", number, unit]:
                ends = self.clock() + float(number) * UNITS[unit]
                token = self.simulator.world.issue_token(name, expires_at=ends)
                (self.folder / f"{name}.token").write_text(f"{token}\n", "utf-8")
            case ["token" | "access" as what_ends, "of", name, "ends" | "ended" as ends, *when]:
                in_time = -1 if ends == "ended" else 1
                number, unit = when[:2] if ends == "ended" else when[1:]
                at = self.clock() + in_time * float(number) * UNITS[unit]
                which = {"token": "expires_at", "access": "data_access_expires_at"}[what_ends]
                self.simulator.world.date_token(name, **{which: at})
            case ["token", "of", name, "lacks", *scopes]:
                world = self.simulator.world
                world.tokens[world.page(name).token].scopes -= frozenset(scopes)
            case ["token", "of", name, "is", "of", other]:
                self.lent[name] = other
                self.anew()
            case ["no", "Instagram", "account"]:
                next(iter(self.simulator.world.pages.values())).instagram = None
            case ["Meta's", "clock", "is", number, unit, "ahead" | "behind" as side]:
                rules.ahead = float(number) * UNITS[unit] * (1 if side == "ahead" else -1)
            case ["Meta", "tells", "no", "time"]:
                rules.date = False
            case ["Meta", "tells", "no", "usage"]:
                self.simulator.usage("app", absent=True)
                self.simulator.usage("business", absent=True)
            case ["usage", percent]:
                self.simulator.usage("app", call_count=int(percent))
            case ["tokens", "are", "asked", "about"]:
                assert self.bot
                self.bot.ask_tokens()
            case ["secret", "of", name, "gone"]:
                self.lost.add(name)
                self.anew()
            case ["secret", "of", name, "back"]:
                self.lost.discard(name)
                self.anew()
            case ["only", *names]:
                self.only = names
                self.anew()
            case ["ops", "watch", *_]:
                self.settings["WATCHES"] = [text.strip() for text in what.removeprefix("ops watch").split(";") if text]
                self.anew()
            case ["rooms", *levels]:
                self.settings["ROOMS"] = {room: {"DETAIL": level} for room, level in pairs(levels)}
                self.anew()
            case ["fail", match, *how]:
                fault = {key: int(value) if key != "kind" and key != "name" else value for key, value in pairs(how)}
                self.simulator.fail(re.escape(match), **{"times": None, **fault})  # type: ignore[arg-type]
            case ["spoil", platform, *words]:
                name = " ".join(word for word in words if "=" not in word)
                thread = self.simulator.world.of_person(next(iter(self.simulator.world.pages)), platform, name)
                assert thread, f"nobody is called {name}"
                spoilt = dict(pairs([word for word in words if "=" in word]))
                fields = (
                    {"fields": [name for name in spoilt.pop("fields").split(",") if name]} if "fields" in spoilt else {}
                )
                numbers = {key: int(value) for key, value in spoilt.items() if value.lstrip("-").isdecimal()}
                self.simulator.fail("", None, holding=thread.id, **{**spoilt, **numbers, **fields})  # type: ignore[arg-type]
            case ["ledger", "backed", "up"]:
                back_up(self.ledger, self.folder / "backup.sqlite")
            case ["ledger", "put", "back"]:
                self.end()
                restore(self.folder / "backup.sqlite", self.ledger, replace=True, clock=self.clock)
                self.anew()
            case ["ledger", "mended"]:
                self.spoilt.close()
            case ["ledger", how]:
                assert self.bot
                self.spoilt.enter_context(spoilt_ledger(self.bot.ledger.engine, self.folder / "ledger.sqlite", how))
            case ["mend"]:
                self.simulator.clear()
            case ["instagram", "folder", value]:
                rules.instagram_folder = value  # type: ignore[assignment]
            case ["instagram", "fields", value]:
                rules.instagram_fields = value  # type: ignore[assignment]
            case ["lists", "show", number]:
                rules.shown = None if number == "all" else int(number)
            case ["ids", "change"]:
                self.simulator.world.change_ids("acme")
            case ["pages", *names]:
                self.open(World.seeded(7, self.clock, conversations=24 * len(names), pages=names))
            case [number, "conversations"]:
                world = World(self.clock, ["acme"])
                for age in range(int(number)):
                    world.write("acme", None, "hello", at=self.clock() - 60 * (age + 1))
                self.open(world)
            case [number, "pages"]:
                world = World(self.clock, [f"shop{place:02}" for place in range(1, int(number) + 1)])
                for place, page in enumerate(world.pages):
                    world.write(page, None, "is this open on Sunday?", at=self.clock() - 60 * (place + 1))
                self.open(world)
            case ["empty", "pages", *names]:
                self.open(World(self.clock, names))
            case ["setting", key, *words]:
                value = " ".join(words)
                self.settings[key] = int(value) if value.isdecimal() else value
                self.anew()
            case ["no", "app", "secret"]:
                self.secrets = False
                self.anew()
            case ["proof", "required"]:
                self.simulator.world.pages["acme"].proof_required = True
            case ["platforms", *platforms]:
                self.platforms = platforms
                self.anew()
            case ["meta", "pushes", *fault]:
                self.push(" ".join(fault))
            case ["anew"]:
                self.anew()
            case _:
                self.write(what)

    def push(self, fault: str) -> None:
        """Meta pushes what happens from now on, with this fault, or in this shape."""
        assert self.simulator
        if self.pushing is None:
            self.pushing = Pushing(self.simulator.world, self.pushed)
        if fault == "what was late":
            self.pushing.release()
        elif fault in SHAPES:
            self.pushing.shape = fault
        else:
            assert fault in FAULTS, f"Meta can't push {fault}"
            self.pushing.fault = fault

    def pushed(self, body: bytes, headers: Mapping[str, str]) -> None:
        if self.bot:
            lower = {name.lower(): value for name, value in headers.items()}
            self.bot.webhook.answer(WebRequest("POST", lower, body=body))

    def write(self, what: str) -> None:
        found = HAPPENING.fullmatch(what)
        assert found and self.simulator, f"nothing known happens as: {what}"
        world = self.simulator.world
        page = found["page"] or next(iter(world.pages))
        platform, folder = found["platform"], found["folder"] or "inbox"
        count = re.fullmatch(r"(\d+) people", found["who"])
        who = [f"{NAMES[n % 10]} {chr(65 + n // 10)}" for n in range(int(count[1]))] if count else [found["who"]]
        for name in who:
            if platform == "instagram":
                name = name.removeprefix("@").replace(" ", ".").lower()
            number = f"99{crc32(name.encode()):010}"
            person = Person(number, name=name) if platform == "messenger" else Person(number, username=name)
            thread = world.of_person(page, platform, person.id) or world.of_person(page, platform, name)
            match found["does"]:
                case "writes" | "write":
                    world.write(page, thread or person, found["text"], platform=platform, folder=folder)
                case "sends":
                    world.write(page, thread or person, platform=platform, folder=folder, kind=found["text"])
                case "is deleted on":
                    assert thread
                    world.delete_person(thread)
                case "unsends on":
                    assert thread
                    world.unsend(thread)
                case "is noted on":
                    assert thread
                    world.note(thread, found["text"])
                case "is moved on":
                    assert thread
                    world.move(thread, folder)
                case "is hidden on":
                    assert thread
                    world.hide(thread)
                case "reappears on":
                    assert thread
                    world.reveal(thread)
                case _:
                    assert thread
                    world.answer(thread, found["text"], staff=found["staff"] or "")
            self.clock.wait(0.001)


@contextmanager
def spoilt_ledger(engine: Engine, path: Path, how: str) -> Iterator[None]:
    """Within this block the file at `path`, which is open, is readonly, locked, gone or replaced."""
    pragmas = {"readonly": "query_only=ON", "locked": "busy_timeout=1"}

    def tell(connection: Any, *_: object) -> None:
        connection.execute(f"PRAGMA {pragmas[how]}")

    with ExitStack() as mending:
        if how in pragmas:
            event.listen(engine, "checkout", tell)
            mending.callback(engine.dispose)  # connections made anew are as usual
            mending.callback(event.remove, engine, "checkout", tell)
        if how == "locked":
            other = mending.enter_context(closing(sqlite3.connect(path, isolation_level=None)))
            other.execute("BEGIN IMMEDIATE")
        if how in ("gone", "replaced"):
            aside = path.rename(path.with_suffix(".aside"))
            mending.callback(aside.rename, path)
        if how == "replaced":
            path.touch()
        yield


def pairs(words: list[str]) -> Iterator[tuple[str, str]]:
    for word in words:
        key, _, value = word.partition("=")
        yield key, value


def replayed(text: str, stage: Stage) -> str:
    """The transcript as it really goes."""
    told: list[str] = []
    try:
        for line in text.splitlines():
            if line.startswith("= "):
                stage.happen(line[2:])
                told += [line] if told and told[-1].startswith("= ") else ["", line]
                told += stage.heard()
            elif typed := TYPED.fullmatch(line):
                told += [line] if told and told[-1].startswith("= ") else ["", line]
                replied = filter(None, [typed["receipt"]])
                room = typed["room"] or "#room"
                who = typed["who"] or (room.removeprefix("@") if room.startswith("@") else "sam")
                told += [stage.say(room, typed["text"], *replied, who=who)]
            elif not any(earlier.startswith("= ") or TYPED.fullmatch(earlier) for earlier in told):
                told.append(line)
    finally:
        stage.close()
    return re.sub(r"\n{3,}", "\n\n", "\n".join(told)).strip() + "\n"


@pytest.mark.parametrize("file", FILES, ids=[str(file.relative_to(FOLDER)) for file in FILES])
@pytest.mark.servers
def test_transcript(file: Path, ledger_folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Nothing of a customer's is in the log, either."""
    caplog.set_level(logging.INFO)
    text, stage = file.read_text("utf-8"), Stage(ledger_folder)
    actual = replayed(text, stage)
    if os.environ.get("UPDATE_TRANSCRIPTS"):
        file.write_text(actual, "utf-8")
    assert actual == text
    assert not told_of(stage.customers, caplog.records)


def test_every_error_of_meta_has_a_transcript() -> None:
    told = "\n".join(file.read_text("utf-8") for file in FILES)
    shown = set(re.findall(r"^= fail .*?\b(code=\d+(?: subcode=\d+)?|code=-\d+(?: subcode=\d+)?|name=\w+)", told, re.M))
    wanted = {
        f"name={error.name}"
        if error.name
        else f"code={error.code}{f' subcode={error.subcode}' if error.subcode else ''}"
        for error in TABLE
        if error.name or not 201 <= error.code <= 299 or error.code in (210, 230)
    }
    assert shown >= wanted, f"no transcript shows {', '.join(sorted(wanted - shown))}"
