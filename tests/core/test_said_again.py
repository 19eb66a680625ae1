"""A room that asks again is told what a room is told that asks for the first time, however it was made."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import pytest

from pageinbox.app import Runtime, open_listing
from pageinbox.chat.errbot.content import messages
from pageinbox.commands.dispatch import Commands
from pageinbox.model.act import Person
from pageinbox.model.post import Post
from pageinbox.model.watch import Detail
from pageinbox.settings.reading import Settings, read
from simulator.server import Simulator
from simulator.world import World
from tests.bot import SAM, Bot, Deaf, whom

BEGIN = 1_795_442_520.0  # 23 Nov 2026, 14:02 UTC
NEWEST = 120.0
"""Seconds since somebody wrote the newest message of the world, who waits."""

DAY, WEEK = 86_400.0, 604_800.0


@dataclass
class Clock:
    """Time that passes only when somebody waits."""

    now: float = BEGIN

    def __call__(self) -> float:
        return self.now

    def wait(self, seconds: float) -> None:
        self.now += seconds


@dataclass
class Place:
    """Bots on one ledger, in front of one simulated Page."""

    chosen: Settings
    url: str
    clock: Clock
    world: World
    asked: int = 0

    def bot(self) -> Bot:
        return Bot(self.chosen, self.url, Deaf(), self.clock, self.clock.wait)

    def anew(self, bot: Bot, text: str = "") -> Post:
        """What a room is told that has never asked."""
        self.asked += 1
        return bot.say(f"#new-{self.asked}", text)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    clock = Clock()
    with Simulator(World.demo(clock), instagram_fields="present", rate_limit=False) as graph:
        page = graph.world.page("acme")
        pages = {"acme": {"ID": page.id, "TOKEN": page.token}}
        chosen = read({"PAGES": pages, "GRAPH_URL": graph.url, "CACHE_TTL": 3600}, environment={})
        yield Place(chosen, f"sqlite:///{tmp_path / 'ledger'}", clock, graph.world)


@pytest.fixture
def bot(place: Place) -> Iterator[Bot]:
    running = place.bot()
    yield running
    running.stop()


def test_what_reads_the_same_is_made_once(place: Place, bot: Bot) -> None:
    place.clock.wait(0.5)
    first, again = bot.say("#room", ""), bot.say("#room", "")
    assert again == first and again.rows is first.rows
    assert place.anew(bot) == first


@pytest.mark.parametrize("text", ["", "unread limit 3", "waiting", "all"])
def test_however_time_passes(place: Place, bot: Bot, text: str) -> None:
    """By seconds at first, and around the end of Meta's windows for whoever wrote last; then by odd steps."""
    steps = [1.0] * 70 + [0.4] * 20 + [59.9, 60.0, 60.1, 299.0, 3601.0] + [977.0] * 8
    for end in (DAY, WEEK):
        steps += [BEGIN - NEWEST + end - 65.0] + [1.0] * 70
    for step in steps:
        moment = step if step < BEGIN / 2 else step - place.clock.now
        place.clock.wait(moment)
        assert bot.say("#room", text) == place.anew(bot, text), place.clock.now - BEGIN


def test_also_where_the_clock_goes_back(place: Place, bot: Bot) -> None:
    for step in (0.0, 45.0, -40.0, 20.0, -300.0, 7200.0):
        place.clock.wait(step)
        assert bot.say("#room", "") == place.anew(bot)


def test_a_mark_that_another_bot_sets_or_ends_is_told_at_once(place: Place, bot: Bot) -> None:
    other = place.bot()
    other.say("#other", "")
    before = bot.say("#room", "")
    ref = refs(bot, "#room")[2]
    for command, told in (("claim", "Sam has had it"), ("release", ""), ("done", "done by Sam"), ("reopen", "")):
        other.say("#other", f"{command} {ref}")
        post = bot.say("#room", "")
        assert post == place.anew(bot)
        assert told in text_of(post) and (told or post == before)
    other.stop()


def test_more_and_numbers_go_on_from_what_was_said_again(place: Place, bot: Bot) -> None:
    for _ in range(2):
        bot.say("#room", "limit 4")
    assert text_of(bot.say("#room", "more 4")) == text_of(after_one(place, bot))
    assert refs(bot, "#room") == [row.ref for row in bot.answers.rows(f"#new-{place.asked}")]
    assert bot.say("#room", "limit 4") == place.anew(bot, "limit 4")


def after_one(place: Place, bot: Bot) -> Post:
    place.anew(bot, "limit 4")
    return bot.say(f"#new-{place.asked}", "more 4")


def test_a_ceiling_that_is_lowered_holds_at_once(place: Place, bot: Bot) -> None:
    levels = {"#room": Detail.SNIPPET}
    commands = Commands(
        bot.answers,
        place.chosen,
        lambda: bot.service,
        clock=place.clock,
        whom=whom,
        ceiling=lambda room: levels.get(room, levels["#room"]),
    )
    for place.asked, level in enumerate((Detail.SNIPPET, Detail.INITIALS, Detail.COUNT, Detail.NAME)):
        levels["#room"] = level
        post = commands.answer("#room", "", person=SAM)
        assert post == commands.answer(f"#new-{place.asked}", "", person=SAM)
        assert ("Bo Lindqvist" in text_of(post)) is level.names and ("Any news?" in text_of(post)) is (
            level is Detail.SNIPPET
        )


def test_a_time_zone_that_is_changed_holds_at_once(place: Place, bot: Bot) -> None:
    shown = text_of(bot.say("#room", ""))
    zone = read({"PAGES": {"acme": {"ID": "1", "TOKEN": "t"}}, "TIMEZONE": "Asia/Tokyo"}, environment={}).timezone
    chosen = replace(place.chosen, timezone=zone)
    commands = Commands(bot.answers, chosen, lambda: bot.service, clock=place.clock, whom=whom)
    again = text_of(commands.answer("#room", "", person=SAM))
    assert "times are UTC" in shown and "times are in Asia/Tokyo" in again


def text_of(post: Post) -> str:
    return "\n".join(messages(post)).replace("\\", "")


def refs(bot: Bot, room: str) -> list[str]:
    return [row.ref for row in bot.answers.rows(room)]


ASKED = ("", "all", "waiting", "unread limit 3", "since 3h", "unclaimed", "mine", '@"Bo Lindqvist"')
ZONES = ("UTC", "Asia/Tokyo", "America/St_Johns")


@dataclass
class Story:
    """A bot that people ask while time goes by, customers write, the team acts, and what they may see changes."""

    place: Place
    bot: Bot
    other: Bot
    random: Random
    commands: Commands
    levels: dict[str, Detail]

    def happen(self) -> str:
        """One thing that may change what an answer says, by its name."""
        what: Callable[[], object] = self.random.choice(
            (self.wait, self.wait, self.wait, self.write, self.act, self.level, self.settings, self.erase, self.nothing)
        )
        what()
        return what.__name__

    def nothing(self) -> None:
        """It is asked once more at once."""

    def wait(self) -> None:
        self.place.clock.wait(self.random.choice((0.3, 1.0, 7.0, 59.9, 61.0, 3_599.0, DAY - 30.0, -45.0)))

    def write(self) -> None:
        known = self.random.choice((None, *(row.conversation.id for row in self.bot.answers.rows("#room")[:3])))
        self.place.world.write("acme", known, f"About order {self.random.randrange(5)}")

    def act(self) -> None:
        if rows := self.bot.answers.rows("#room"):
            command = self.random.choice(("claim", "release", "done", "reopen", "snooze", "unsnooze"))
            asked = self.random.choice((self.bot, self.other))
            asked.say("#acts", f"{command} {self.random.choice(rows).ref}")

    def level(self) -> None:
        self.levels[self.random.choice(("#", "@"))] = self.random.choice([*Detail])

    def settings(self) -> None:
        page = {"ID": "1", "TOKEN": "t", "OPEN": self.random.choice(("mon-fri 9:00-17:00", "mon-sun 10:00-11:00"))}
        given = {"PAGES": {"acme": page}, "TIMEZONE": self.random.choice(ZONES)}
        read_anew = read(given, environment={})
        acme = replace(self.place.chosen.pages["acme"], open=read_anew.pages["acme"].open)
        chosen = replace(
            self.place.chosen,
            pages={"acme": acme},
            timezone=read_anew.timezone,
            cache_ttl=self.random.choice((60, 3600)),
        )
        clock = self.place.clock
        self.bot.answers.use(open_listing(chosen, Runtime(clock, clock, clock.wait, lambda: 0.5, {}, paced=False)))
        self.commands = self.made(chosen)

    def erase(self) -> None:
        if rows := self.bot.answers.rows("#room"):
            row = self.random.choice(rows)
            self.bot.service.erasing.erase([(row.source, row.conversation)])

    def made(self, chosen: Settings) -> Commands:
        bot, clock = self.bot, self.place.clock
        return Commands(
            bot.answers, chosen, lambda: bot.service, clock=clock, whom=whom, ceiling=lambda name: self.levels[name[0]]
        )

    def say(self, room: str, text: str, **way: Any) -> Post:
        return self.commands.answer(room, text, **{"person": SAM} | way)

    def fresh(self, *texts: str, **way: Any) -> Post:
        """What is told last to somebody who asks all of it for the first time, of a bot that remembers no wording."""
        forget_wordings()
        self.place.asked += 1
        who = Person(f"@{self.place.asked}", "Sam") if way["alone"] else SAM
        return [self.say(f"#new-{self.place.asked}", text, **way, person=who) for text in texts][-1]


def forget_wordings() -> None:
    """Empty whatever keeps how something was worded, laid out or understood."""
    for remembering in wordings():
        remembering.cache_clear()


@cache
def wordings() -> list[Any]:
    parts = tuple(f"pageinbox.{name}" for name in ("ask", "chat", "commands", "language", "model", "words"))
    modules = [module for name, module in sys.modules.items() if name.startswith(parts)]
    return [each for module in modules for each in vars(module).values() if hasattr(each, "cache_clear")]


def test_whatever_happens_between_two_questions(place: Place, bot: Bot) -> None:
    other = place.bot()
    story = Story(place, bot, other, Random(11), bot.commands, {"#": Detail.SNIPPET, "@": Detail.NAME})
    story.commands = story.made(place.chosen)
    happened, text, way = list[str](), "", dict.fromkeys(("direct", "alone", "private"), False)
    for _ in range(90):
        happened.append(story.happen())
        if story.random.random() < 0.3:  # else what was asked before is asked again
            text = story.random.choice(ASKED)
            way = {name: story.random.random() < 0.2 for name in way}
            way["alone"] = way["alone"] and text not in ("mine", "unclaimed")
        again = story.say("#room", text, **way)
        laid_out = messages(again)
        first = story.fresh(text, **way)
        assert again == first and laid_out == messages(first), (happened, text, way)
        if story.random.random() < 0.2 and text != "mine":  # which leaves the last list where it holds nothing
            more, first = story.say("#room", "more 3", **way), story.fresh(text, "more 3", **way)
            assert more == first, (happened, text, way)
    other.stop()
