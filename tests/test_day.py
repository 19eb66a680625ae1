"""A day in a minute: 24 simulated hours of a bot on three Pages, with all that can go wrong in a day.

What the rooms hear is a golden file, day.txt, to be read as a person in them would; UPDATE_TRANSCRIPTS=1 writes it.
"""

from __future__ import annotations

import math
import os
import re
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from heapq import heappop, heappush
from itertools import groupby, pairwise
from pathlib import Path
from random import Random

import pytest
from errbot.rendering import text as errbot_text

from pageinbox.chat.errbot.content import messages
from pageinbox.model.history import State
from pageinbox.model.source import Folder, Platform, Source
from pageinbox.model.statistics import Lengths, Part, Period
from pageinbox.settings.reading import read
from pageinbox.words.english import counted, spell
from simulator.server import Received, Simulator
from simulator.thread import Person, Thread
from simulator.world import World
from tests.bot import Bot
from tests.crash.census import count
from tests.crash.verdict import announced
from tests.test_transcripts import Rooms

pytestmark = pytest.mark.long("longest")

DAY = 86400.0
BEGIN = datetime(2026, 11, 24, 7, 30, tzinfo=UTC).timestamp()
INTERVAL = 300

NEW = {"acme messenger": 380, "acme instagram": 170, "globex instagram": 4200, "initech messenger": 250}
"""The conversations of the day by source: 5,000."""

THERE = 60
"""Conversations of each source before the first look."""

CURVE = (2, 1, 1, 1, 1, 3, 8, 16, 30, 45, 60, 64, 58, 50, 52, 56, 58, 55, 62, 75, 78, 60, 32, 10)
"""How the hours of a day compare."""

WATCHES = (
    "#support inbox acme messenger",
    "#support inbox acme instagram as name",
    '#support inbox globex text "refund"',
    "#night inbox initech messenger quiet 22:00-08:00 Europe/Rome",
    "#numbers inbox globex as count batch 1h",
    "#leads inbox only reminders waiting 4h closing 2h as name",
    '@ann inbox acme text "refund" as initials',
)
STEP = 4 * 3600.0
"""How long somebody has waited of whom #leads is reminded."""

UNANSWERED = 0.04
"""The share of those who write that nobody answers."""

FIRST_NAMES = ("Ada", "Ben", "Cleo", "Dan", "Ella", "Finn", "Gus", "Hana", "Ira", "Jo", "Kim", "Lea", "Max", "Noa")
LAST_NAMES = ("Adler", "Brandt", "Costa", "Duarte", "Eriksen", "Fontana", "Greco", "Hansen", "Ivanov", "Jansen")
WORDS = (
    "hello, is this still available?",
    "Do you ship to Norway?",
    "I would like a refund for order 20931",
    "Buongiorno, quanto costa la spedizione?",
    "Habt ihr das auch in Größe 44?",
    "What are your opening hours on Sunday?",
    "The parcel says delivered, but there is nothing here",
    "こんにちは、在庫はありますか?",
    "thanks!",
    "Can I change the address of my order?",
)


@dataclass(frozen=True)
class Birth:
    """Somebody writes to a Page for the first time."""

    at: float
    source: str
    person: Person
    text: str


class Sky:
    """Time that passes only when somebody waits, and brings who writes meanwhile, and who is answered by the team."""

    def __init__(self, now: float) -> None:
        self.now = now
        self.world: World | None = None
        self.coming: list[Birth] = []
        self.born: list[tuple[Birth, Thread]] = []
        self.answers: list[tuple[float, int, Birth, Thread]] = []
        self.answered: dict[str, float] = {}
        """When the team answered, by the ids of threads."""
        self.chance = Random(20261125)

    def __call__(self) -> float:
        return self.now

    def wait(self, seconds: float) -> None:
        self.now += seconds
        while self.coming and self.coming[-1].at <= self.now:
            birth = self.coming.pop()
            assert self.world
            page, platform = birth.source.split()
            thread = self.world.write(page, birth.person, birth.text, platform=platform, at=birth.at)
            self.born.append((birth, thread))
            if self.chance.random() >= UNANSWERED:
                delay = 120 + self.chance.expovariate(1 / 1500)
                heappush(self.answers, (birth.at + delay, len(self.born), birth, thread))
        while self.answers and self.answers[0][0] <= self.now:
            at, number, birth, thread = heappop(self.answers)
            assert self.world
            # With the words it is about, since a filter looks for them in the latest message.
            self.world.answer(thread, f"Case {number}: {birth.text}", at=at)
            self.answered[thread.id] = at


def births() -> list[Birth]:
    """A day's births, latest first: by the hours' curve, and a third of globex's in bursts."""
    random = Random(20261124)
    found = []
    for source, many in NEW.items():
        times = [moment(random) for _ in range(many)]
        if source.startswith("globex"):
            times[: many // 3] = bursts(random, many // 3)
        if source == "acme messenger":
            times[:40] = [random.uniform(*at) for at in ((3.2, 3.22), (8.5, 8.51)) for _ in range(20)]
        for time in times:
            number = len(found) + 1
            name = f"{random.choice(FIRST_NAMES)} {random.choice(LAST_NAMES)}"
            username = f"{name.split()[0].lower()}.{number}"
            person = (
                Person(f"77{number:08}", name) if "messenger" in source else Person(f"88{number:08}", None, username)
            )
            found.append(Birth(BEGIN + 3600 * time, source, person, random.choice(WORDS)))
    return sorted(found, key=lambda birth: -birth.at)


def moment(random: Random) -> float:
    """A time in hours since BEGIN, as often as the curve says; the first minutes are left to the first look."""
    while True:
        at = random.uniform(0.1, 23.9)
        if random.uniform(0, max(CURVE)) < CURVE[int(at + 7.5) % 24]:
            return at


def bursts(random: Random, many: int) -> list[float]:
    """So many times in a few bursts of two minutes."""
    begins = [moment(random) for _ in range(12)]
    return [random.choice(begins) + random.uniform(0, 1 / 30) for _ in range(many)]


class Office:
    """The Pages, the chat and the ledger, and the bot that is restarted now and then."""

    def __init__(self, folder: Path) -> None:
        self.sky = Sky(BEGIN)
        self.world = self.sky.world = World(self.sky, ["acme", "globex", "initech"])
        self.rooms = Rooms(self.sky)
        self.ledger = f"sqlite:///{folder}/ledger.sqlite"
        self.there = list(self.before())
        self.sky.coming = births()
        self.simulator = Simulator(self.world, instagram_fields="present", rate_limit=False)
        self.simulator.start()
        self.bot: Bot | None = None

    def before(self) -> Iterator[Thread]:
        """What is there before the bot is."""
        for place, source in enumerate(NEW):
            page, platform = source.split()
            for number in range(THERE):
                person = Person(f"66{place}{number:06}", f"Old {number}", f"old.{place}.{number}")
                yield self.world.write(page, person, "long ago", platform=platform, at=BEGIN - 3000 * (number + 1))

    def begin(self) -> None:
        """Start the bot, or start it anew with the settings of now."""
        self.end()
        platforms = defaultdict(list)
        for source in NEW:
            page, platform = source.split()
            platforms[page].append(platform)
        pages = {
            page.name: {"ID": page.id, "TOKEN": page.token, "APP_SECRET": page.app_secret, "PLATFORMS": platforms[name]}
            for name, page in self.world.pages.items()
        }
        given = {"PAGES": pages, "GRAPH_URL": self.simulator.url, "POLL_INTERVAL": INTERVAL, "WATCHES": list(WATCHES)}
        chosen = read(given, environment={})
        self.bot = Bot(chosen, self.ledger, self.rooms, self.sky, self.sky.wait, admins=["@ops"])

    def end(self) -> None:
        if self.bot:
            self.bot.stop()
            self.bot = None

    def until(self, clock: str) -> None:
        """Let the bot work, or time pass without one, until the clock shows this the next time."""
        hour, minute = map(int, clock.split(":"))
        today = datetime.fromtimestamp(self.sky.now, UTC)
        then = today.replace(hour=hour, minute=minute, second=0, microsecond=0).timestamp()
        then += DAY if then <= self.sky.now else 0.0
        if self.bot:
            self.bot.run(then)
        else:
            self.sky.wait(then - self.sky.now)

    def say(self, words: str, expected: str, *, room: str = "#leads") -> None:
        """Let Sam give a command in a room, and see that it is carried out."""
        assert self.bot
        answer = self.bot.say(room, words)
        assert expected in str(answer), answer

    def close(self) -> None:
        self.end()
        self.simulator.stop()


def lived(office: Office) -> None:
    """The day's events."""
    office.begin()
    office.say("digest daily 18:00", "every day at 18:00", room=BOARD)
    office.until("09:40")
    office.say("waiting over 1h", "waiting")
    for row in (1, 2, 3):
        office.say(f"claim {row}", "Unless somebody answers")
    office.say("done 2", "is done, by")
    office.until("10:00")
    office.rooms.down.add("#support")
    office.until("10:30")
    office.rooms.down.clear()
    office.until("12:00")
    office.end()
    office.until("12:40")
    office.begin()
    office.until("14:00")
    office.simulator.fail(f"/{office.world.page('acme').id}/conversations", times=None, code=2)
    office.until("17:00")
    office.simulator.clear()
    office.until("20:00")
    office.world.kill_token("globex", 460)
    office.until("21:30")
    office.world.issue_token("globex")
    office.begin()
    office.until("08:02")  # when the last batch has been told


def hears(room: str, birth: Birth) -> bool:
    """Whether a room is to be told of a birth, by WATCHES."""
    page = birth.source.split()[0]
    refund = "refund" in birth.text
    match room:
        case "#support":
            return page == "acme" or (page == "globex" and refund)
        case "#night":
            return page == "initech"
        case "#numbers":
            return page == "globex"
    return page == "acme" and refund


BOARD = "#board"
"""A room that watches nothing, and has a digest."""

ROOMS = ("#support", "#night", "#numbers", "@ann")


def test_a_day(ledger_folder: Path) -> None:
    """One test, since the day takes as long as a hundred others and workers share out tests one by one."""
    office = Office(ledger_folder)
    try:
        lived(office)
        convert = errbot_text().convert
        said = [
            (at, room, "\n".join(line.rstrip() for line in convert(messages(post)[0]).splitlines()))
            for at, room, post in office.rooms.told
        ]
        reads_well(said)
        every_thread_was_told_once_in_each_room_that_watches(office)
        the_rooms_heard_of_as_many_as_there_were(office, said)
        whoever_waited_was_reminded_of(office)
        what_was_there_was_not_told(office, said)
        a_quiet_look_was_one_call(office)
        the_statistics_are_those_of_the_day(office)
        the_digests_counted_everybody_once(office, said)
    finally:
        office.close()


EDITED = " is edited)"


def written(said: list[tuple[float, str, str]]) -> str:
    """The day as its rooms heard it. Of messages that were edited, as somebody was answered, each hour is one line."""
    lines = [(__doc__ or "").splitlines()[0], *(f"  {watch}" for watch in WATCHES), ""]
    for hour, those in groupby(said, key=lambda one: int(one[0] // 3600)):
        edits: Counter[str] = Counter()
        for at, room, text in those:
            if room.endswith(EDITED):
                edits[room.partition(" ")[0]] += 1
                continue
            lines += [
                f"{datetime.fromtimestamp(round(at), UTC):%H:%M} {room}  {text.replace(chr(10), chr(10) + '      ')}"
            ]
        if edits:
            until = datetime.fromtimestamp((hour + 1) * 3600, UTC)
            rooms = spell([f"{counted(number, 'edit')} in {room}" for room, number in edits.items()])
            lines.append(f"({until:%H:%M} within the hour {rooms})")
    return "\n".join(line.rstrip() for line in "\n".join(lines).splitlines()) + "\n"


def reads_well(said: list[tuple[float, str, str]]) -> None:
    file = Path(__file__).with_name("day.txt")
    if os.environ.get("UPDATE_TRANSCRIPTS"):
        file.write_text(written(said), "utf-8")
    assert written(said) == file.read_text("utf-8")


def every_thread_was_told_once_in_each_room_that_watches(office: Office) -> None:
    """By all that the ledger has, and by what `!inbox why` says of every twentieth."""
    assert len(office.sky.born) == sum(NEW.values()) == 5000
    ledger = count(office.ledger)
    assert all(told.state is State.SENT for told in ledger.announcements if told.threads)
    expected = {(thread.id, room) for birth, thread in office.sky.born for room in ROOMS if hears(room, birth)}
    assert Counter({key: many for key, many in announced(ledger).items() if key[1] in ROOMS}) == Counter(expected)
    assert office.bot
    for birth, thread in office.sky.born[::20]:
        history = office.bot.service.histories.history(thread.id)
        assert history is not None and not history.quiet
        sent = Counter(one.room for one in history.rooms if one.state is State.SENT and one.reminder is None)
        assert sent == {room: 1 for room in ROOMS if hears(room, birth)}, birth
        assert not any(one.repeated or one.again for one in history.rooms)


def the_rooms_heard_of_as_many_as_there_were(office: Office, said: list[tuple[float, str, str]]) -> None:
    heard: Counter[str] = Counter()
    for _, room, text in said:
        if room.endswith(EDITED):
            continue
        first = text.partition("\n")[0]
        if "can be read again" in text:
            first = text
        if several := re.search(r"\b([\d,]+) new (in|meanwhile)", first):
            heard[room] += int(several[1].replace(",", ""))
        elif re.search(r"\b[Nn]ew in ", first):
            heard[room] += 1
    assert heard == {room: sum(hears(room, birth) for birth, _ in office.sky.born) for room in ROOMS}


def whoever_waited_was_reminded_of(office: Office) -> None:
    """Of a step once, and of nobody who was answered before it came."""
    end, reminded = office.sky.now, announced(count(office.ledger))
    assert all(many <= 2 for (_, room), many in reminded.items() if room == "#leads")
    for birth, thread in office.sky.born:
        answered, told = office.sky.answered.get(thread.id), reminded[thread.id, "#leads"]
        if answered is None and birth.at < end - STEP - 1200:
            assert told, birth
        if answered is not None and answered < birth.at + STEP:
            assert not told, birth


def what_was_there_was_not_told(office: Office, said: list[tuple[float, str, str]]) -> None:
    assert office.bot and len(office.there) == THERE * len(NEW)
    for thread in office.there:
        history = office.bot.service.histories.history(thread.id)
        assert history is not None and history.quiet and all(one.reminder for one in history.rooms)
    told = [text for _, room, text in said if room.partition(" ")[0] in ROOMS]  # not #leads, nor Sam, who claimed some
    assert told and not any("long ago" in text or "old." in text for text in told)


def the_digests_counted_everybody_once(office: Office, said: list[tuple[float, str, str]]) -> None:
    """The one at six, and all that came since then: by when people wrote, and however the lists could be read."""
    (digest,) = (text for _, room, text in said if room == BOARD)
    evening = datetime.fromtimestamp(BEGIN, UTC).replace(hour=18, minute=0).timestamp()
    by_then = sum(birth.at < evening for birth, _ in office.sky.born)
    assert f": {by_then:,} new, " in digest
    office.say("digest", f": {len(office.sky.born) - by_then:,} new, ", room=BOARD)


def a_quiet_look_was_one_call(office: Office) -> None:
    births = sorted(birth.at for birth, _ in office.sky.born)
    looks: defaultdict[str, list[list[Received]]] = defaultdict(list)
    for call in office.simulator.requests:
        if call.path.endswith("/conversations"):
            mine = looks[f"{call.path} {call.query.get('platform')}"]
            if not mine or mine[-1][0].time != call.time:
                mine.append([])
            mine[-1].append(call)
    assert len(looks) == len(NEW)
    for source, those in looks.items():
        quiet: list[list[Received]] = []
        for before, look in pairwise(those):
            nothing_new = bisect_right(births, before[0].time) == bisect_right(births, look[0].time)
            if nothing_new and look[0].time > BEGIN + DAY * 3 / 4:
                quiet.append(look)
                assert INTERVAL * 0.9 <= look[0].time - before[0].time <= INTERVAL + 0.1
        hours = round((quiet[-1][0].time - quiet[0][0].time) / 3600)
        deep = sum(len(look) > 1 for look in quiet)
        assert len(quiet) * INTERVAL > 3 * 3600, source
        assert deep <= hours + 1, source  # once an hour a look goes deeper than what is new


def the_statistics_are_those_of_the_day(office: Office) -> None:
    """Also of what came and was answered while nobody could look, as each person wrote once."""
    assert office.bot
    end = (office.sky.now - 3 * INTERVAL) // 900 * 900  # until when the last looks have met it
    sources = {name: Source(name.split()[0], Platform(name.split()[1]), Folder.INBOX) for name in NEW}
    found = office.bot.service.statistics.compared(sources.values(), Period(BEGIN, end), Period(2 * BEGIN - end, BEGIN))
    for page in ("", "acme", "globex", "initech"):
        mine = [(birth, thread.id) for birth, thread in office.sky.born if birth.source.startswith(page)]
        answers = [(birth, at) for birth, id in mine if (at := office.sky.answered.get(id, end)) < end]
        took = sorted(int(at) - int(birth.at) for birth, at in answers)
        ranks = (took[math.ceil(len(took) * part / 10) - 1] for part in (5, 9))
        now = found.parts[Part.PAGE][page].now if page else found.all.now
        assert (now.new, now.answered) == (sum(birth.at < end for birth, _ in mine), len(answers)), page
        assert now.took == Lengths(len(took), *ranks) and now.opened is None
        assert (now.within_hour, now.within_day) == (sum(length <= 3600 for length in took), len(took))
        assert now.in_window == len(took)
    hours = Counter(datetime.fromtimestamp(birth.at, UTC) for birth, _ in office.sky.born if birth.at < end)
    assert Counter(found.hours) == Counter((at.weekday(), at.hour) for at in hours.elements())
    assert [(day.begin, day.new) for day in found.days] == [
        (midnight, sum(midnight <= birth.at < min(end, midnight + DAY) for birth, _ in office.sky.born))
        for midnight in (BEGIN // DAY * DAY, BEGIN // DAY * DAY + DAY)
    ]
    met = sum(at < end for at in office.sky.answered.values())
    settled = len(office.there) + len(office.sky.born) - found.waiting
    assert met <= settled <= len(office.sky.answered)
    # It was off at noon, acme failed for three hours, and globex's token was dead for one and a half.
    blind = (40 + 180 + 90) * 60
    assert BEGIN <= (found.since or 0) < BEGIN + INTERVAL and found.looked_before == 0
    assert (end - BEGIN) * (1 - found.looked) == pytest.approx(blind, abs=3 * INTERVAL)
    initech = office.bot.service.statistics.compared([sources["initech messenger"]], Period(BEGIN, end), found.before)
    assert (end - BEGIN) * (1 - initech.looked) == pytest.approx(40 * 60, abs=INTERVAL)
