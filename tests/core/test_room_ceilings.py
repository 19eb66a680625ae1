"""What a room may not see is in nothing that is said there: whatever is asked, watched, clicked, told or edited."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from pageinbox.chat.errbot import content as errbot
from pageinbox.chat.matrix import content as matrix
from pageinbox.chat.slack import content as slack
from pageinbox.chat.slack import views
from pageinbox.commands.table import HOME, WORDS
from pageinbox.model.chat import Doubt
from pageinbox.model.post import Post
from pageinbox.model.watch import Detail
from pageinbox.settings.reading import read
from simulator.server import Simulator
from simulator.thread import Person, Thread
from simulator.world import World
from tests.bot import SAM, Bot
from tests.core.stage import source

HOUR, INTERVAL = 3600.0, 3600.0
NAMES = ("Quill", "xanthe", "Ostrander")
"""Parts of customers' names that nobody in the team types."""
INITIALS = ("Z.Q.", "I.O.")
WORDS_OF_CUSTOMERS = ("vermilion", "chartreuse", "cerulean")
NOTED = "Quill called"

HIDDEN = {
    Detail.COUNT: (*NAMES, *WORDS_OF_CUSTOMERS, *INITIALS),
    Detail.INITIALS: (*NAMES, *WORDS_OF_CUSTOMERS),
    Detail.NAME: WORDS_OF_CUSTOMERS,
    Detail.SNIPPET: (),
}
SEEN = {
    Detail.INITIALS: ("Z.Q.",),
    Detail.NAME: ("Zenobia Quill", "xanthe", NOTED),
    Detail.SNIPPET: ("Zenobia Quill", "vermilion", "chartreuse", "cerulean", NOTED),
}
ROOMS = {f"#{level}": level for level in Detail}

FIRST = (
    "watch messenger as snippet waiting 1h closing 23h ping @ann",
    "watch instagram as snippet every message",
    "watch spam as name later thread",
    "watch other as snippet batch 1h",
    "watch from @zenobbia",
)
"""What each room is told to watch, at the beginning."""

COMMANDS = {
    "": ("", "all", "unread", "waiting", "waiting over 1s", "@zenobia", "@zenobbia", "zenobbia", 'text "vermil"',
         "mine", "claimed", "snoozed", "unclaimed", "done by team", "user 4711", "since 2h limit 1"),
    "more": ("more", "more 20"),
    "show": ("show 1", "show {ref}", "show @zenobbia", "show zenobia", "show {ref}x", "show"),
    "pages": ("pages",),
    "status": ("status", "status failing"),
    "help": ("help", "help show"),
    "watch": ("watch as snippet", "watch done as name only reminders waiting 2h", "watch from @zenobbia",
              "watch zenobbia"),
    "watches": ("watches", "watches muted", "watches 1"),
    "unwatch": ("unwatch 1", "unwatch"),
    "mute": ("mute {ref} for 1m", "mute 1 for 1m", "mute @zenobbia"),
    "unmute": ("unmute {ref}", "unmute 1", "unmute"),
    "outbox": ("outbox", "outbox here"),
    "claim": ("claim {ref}", "claim {ref}", "claim {ref} @ann over", "claim @zenobia", "claim 1"),
    "release": ("release {ref}", "release {ref} over", "release 1"),
    "done": ("done {ref}", "done {ref}", "done", "done zenobbia"),
    "reopen": ("reopen {ref}", "reopen {ref}"),
    "snooze": ("snooze {ref} for 1h", "snooze 1", "snooze zenobbia"),
    "unsnooze": ("unsnooze {ref}", "unsnooze {ref}"),
    "note": ("note {ref} " + NOTED, "note {ref}"),
    "why": ("why {ref}", "why 1", "why"),
    "privacy": ("privacy",),
    "forget": ("forget {ref}", "forget 1", "forget"),
    "stats": ("stats", "stats today @zenobbia", "stats csv"),
    "digest": ("digest", "digest daily 09:00", "digest off"),
    "doctor": ("doctor", "doctor acme", "doctor @zenobbia", "doctor deep"),
}  # fmt: skip
"""Each command of the table, in all ways in which it speaks of somebody."""

KINDS = ("waiting for ", "free again", "snooze over", "wrote again", "new in acme", "which one", "more than an hour")
"""What messages of each kind have in them."""

REPLIED = ("show", "claim", "release", "done", "reopen", "snooze", "unsnooze", "mute", "unmute", "why")
"""What can be typed in reply to an announcement."""

UNKNOWN = ("reply {ref} thanks", "delete 1", "block @zenobbia", "spma zenobbia")


@dataclass
class Rooms:
    """A chat that keeps what is said in each room, also in edits and threads, with the receipts of the messages."""

    posts: dict[str, list[Post]] = field(default_factory=lambda: {room: [] for room in ROOMS})
    receipts: dict[str, list[str]] = field(default_factory=lambda: {room: [] for room in ROOMS})
    edited: int = 0
    threads: int = 0

    def send(self, room: str, post: Post, key: str, under: str = "") -> str:
        self.posts.setdefault(room, []).append(post)
        self.receipts.setdefault(room, []).append(key)
        self.threads += bool(under)
        return key

    def edit(self, room: str, post: Post, receipt: str) -> None:
        self.posts[room].append(post)
        self.edited += 1

    def settle(self, room: str, key: str, since: float, under: str = "") -> Doubt:
        return Doubt.OPEN


class Time:
    now = 1_795_435_200.0  # 23 Nov 2026, 12:00 UTC

    def __call__(self) -> float:
        return self.now

    def wait(self, seconds: float) -> None:
        self.now += seconds


class Team:
    """A bot with a room of each level, in which all is typed that can be, while customers write."""

    def __init__(self, folder: Path) -> None:
        self.time, self.rooms = Time(), Rooms()
        self.world = World(self.time)
        self.simulator = Simulator(
            self.world, rate_limit=False, instagram_fields="present", instagram_folder="honoured"
        )
        self.simulator.start()
        (page,) = self.world.pages.values()
        settings = {
            "PAGES": {"acme": {"ID": page.id, "TOKEN": page.token}},
            "GRAPH_URL": self.simulator.url,
            "WATCHES": [f"{room} messenger spam as snippet every message" for room in ROOMS],
            "DETAIL": "initials",
            "ROOMS": {room: {"DETAIL": level} for room, level in ROOMS.items()},
            "CLAIM_HOURS": 1,
            "POLL_INTERVAL": INTERVAL,
        }
        chosen = read(settings, environment={})
        self.bot = Bot(chosen, f"sqlite:///{folder}/ledger.sqlite", self.rooms, self.time, self.time.wait)

    def customers(self, *words: str, folder: str = "inbox", again: int = 0) -> None:
        """Let each of three people write, on both platforms, and all that comes of it be told."""
        for number, text in enumerate(words, again):
            self.world.write("acme", Person(f"1{number}", name="Zenobia Quill"), text, folder=folder)
            self.world.write("acme", Person(f"2{number}", username="xanthe"), text, platform="instagram", folder=folder)
            self.world.write("acme", Person(f"3{number}", name="Ira Ostrander"), text, folder=folder)
        self.pass_by(1.2 * INTERVAL)

    def pass_by(self, seconds: float) -> None:
        self.bot.run(self.time() + seconds)

    def say(self, command: str, *, replied: bool = False, alone: bool = False) -> None:
        """Type it in every room, in reply to what was told there last where that is wanted."""
        for number, room in enumerate(ROOMS):
            people = {"{ref}": "10", "{own}": f"12{number}", "{other}": f"32{number}"}
            words = command
            for name, person in people.items():
                words = words.replace(name, self.ref(person)) if name in words else words
            receipts = self.rooms.receipts[room][-3:][::-1] if replied else ()
            if alone:
                post = self.bot.commands.answer(room, words, person=SAM, alone=True)
            else:
                post = self.bot.say(room, words, replied=receipts)
            self.rooms.posts[room].append(post)

    def ref(self, person: str) -> str:
        """The ref of somebody's conversation."""
        return self.bot.answers.refs.give(source(), self.conversation(person).id)

    def conversation(self, person: str) -> Thread:
        """The conversation with somebody."""
        thread = self.world.of_person("acme", "messenger", person)
        assert thread is not None
        return thread

    def close(self) -> None:
        self.bot.stop()
        self.simulator.stop()


def played(team: Team) -> None:
    """A day in which all is done that shows a conversation."""
    team.customers("the vermilion one?", "in chartreuse")
    for command in FIRST:
        team.say(command)
    team.customers("vermilion please", again=10)  # one by one
    team.customers(*["chartreuse and vermilion"] * 4, again=20)  # as a card
    for folder in ("spam", "other"):
        team.customers("vermilion for free", folder=folder, again=40)
    team.customers("still vermilion?", again=10)  # edits, threads, and new messages
    for command in [line for lines in COMMANDS.values() for line in lines] + list(UNKNOWN):
        team.say(command)
    for word in REPLIED:
        team.say(word, replied=True)
    for command in (*(home.removeprefix("inbox ") for home in HOME), "", "show {ref}", "show 1", "claim {ref} over"):
        team.say(command, alone=True)
    for command in ("claim {own}", "snooze {other} for 1h", "done 5"):
        team.say(command)
    for person in ("11", "31"):
        team.world.answer(team.conversation(person), "we have cerulean")
    team.customers("vermilion at last", again=10)  # who was done wrote again
    team.say("answered")
    team.pass_by(2 * HOUR)  # reminders, claims that run out, snoozes that are over


def rendered(post: Post) -> str:
    """All that any network is given to show a post, its fallbacks included."""
    shown = [slack.messages(post), slack.message(post), matrix.contents(post), matrix.content(post)]
    shown += [views.shown("inbox show 1", post, "!"), views.home([post], "!")]
    return json.dumps([shown, errbot.messages(post), repr(post)], ensure_ascii=False)


def test_every_command_is_tried() -> None:
    assert set(COMMANDS) == {"", *WORDS}


@pytest.mark.long
def test_a_room_is_shown_no_more_than_it_may_see(ledger_folder: Path) -> None:
    with closing(Team(ledger_folder)) as team:
        played(team)
    levels = {**ROOMS, SAM.id: Detail.INITIALS}  # who has claimed something is told alone what comes of it
    posts = {room: [rendered(post) for post in team.rooms.posts[room]] for room in levels}
    for room, level in levels.items():
        shown = [(word, post) for post in posts[room] for word in HIDDEN[level] if word.casefold() in post.casefold()]
        assert not shown, room
        missing = [word for word in SEEN.get(level, ()) if not any(word in post for post in posts[room])]
        assert not missing, "what may be seen is seen, or nothing was tried"
    assert team.rooms.edited and team.rooms.threads
    said = "\n".join(posts["#snippet"]).casefold()
    for part in KINDS:
        assert part in said
