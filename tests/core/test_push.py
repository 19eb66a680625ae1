"""Meta pushes, and lists are looked at for it: at once, as seldom as can be, and never instead of polling."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as runs
from hypothesis import strategies as st
from sqlalchemy import event, select

from pageinbox.ledger import schema
from pageinbox.model.announcement import NoticeKind
from pageinbox.model.push import Became, Brought
from pageinbox.model.web import WebRequest
from pageinbox.tell.pace import TOLD_OF, TRUSTED
from pageinbox.tell.push import APART
from simulator.pushing import FAULTS, SHAPES, Pushing
from tests.core.stage import INTERVAL, Life, Stage, source

pytestmark = pytest.mark.servers

PUSHED = 300.0
ALL = ["#room inbox", "#room spam messenger", "#room done messenger"]


class Scene(Stage):
    """A stage on which Meta pushes to the first bot; the Pages have their app's secret."""

    def __init__(self, url: str, **more: Any) -> None:
        super().__init__(url, **more)
        self.more |= {"PUSH_TOKEN": "open-sesame", "POLL_INTERVAL_PUSHED": PUSHED}
        self.pushing = Pushing(self.world, self.deliver)
        self.statuses: list[int] = []
        self.to = 0
        """Which bot is pushed to."""

    def settings(self) -> dict[str, object]:
        given = super().settings()
        pages = given["PAGES"]
        assert isinstance(pages, dict)
        for name, page in self.world.pages.items():
            pages[name]["APP_SECRET"] = page.app_secret
        return given

    def deliver(self, body: bytes, headers: Mapping[str, str]) -> None:
        if self.to >= len(self.lives):
            return
        lower = {name.lower(): value for name, value in headers.items()}
        answer = self.lives[self.to].webhook.answer(WebRequest("POST", lower, body=body))
        self.statuses.append(answer.status)


def passes(life: Life, seconds: float) -> int:
    """How many lists are asked for in so much time."""
    before = life.stage.calls()
    life.run(life.clock() + seconds)
    return life.stage.calls() - before


def begun(scene: Scene, **more: Any) -> Life:
    """A bot that has looked at everything."""
    scene.arrive(3)
    scene.arrive(2, platform="instagram")
    life = scene.bot(**more)
    passes(life, 10)
    scene.rooms.messages.clear()
    return life


def counted(life: Life) -> dict[Became, int]:
    return {Became(became): many for (became,), many in life.meters.pushes.counted().items()}


def brought(life: Life) -> Brought:
    return life.service.standings.pushed()[0].brought


@pytest.fixture
def stage(ledger_folder: Path) -> Iterator[Callable[..., Scene]]:
    made: list[Scene] = []

    def make(**more: Any) -> Scene:
        made.append(Scene(f"sqlite:///{ledger_folder}/ledger.sqlite", **more))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def stage_anywhere(ledger_url: str) -> Iterator[Scene]:
    """A stage on each kind of database."""
    one = Scene(ledger_url)
    yield one
    one.close()


Set = Callable[..., Scene]


@pytest.mark.parametrize("platform", ["messenger", "instagram"])
@pytest.mark.parametrize(
    ("shape", "fault"),
    [*((shape, "") for shape in SHAPES), *(("messaging", one) for one in ("twice", "numbers", "crowded"))],
)
def test_a_push_is_announced_within_two_seconds(stage: Set, platform: str, shape: str, fault: str) -> None:
    scene = stage(watches=["#room inbox"], instagram_fields="present")
    life = begun(scene)
    scene.pushing.shape, scene.pushing.fault = shape, fault
    passes(life, 7)
    (new,) = scene.arrive(platform=platform)
    calls = passes(life, 2)
    told = scene.rooms.told("#room")
    if (shape, platform) == ("conversations", "instagram"):
        assert told == []  # a field of Pages, which nobody knows to tell of Instagram
    else:
        assert (told, calls) == ([new], 1)
        assert brought(life).pushed == 1 and 40 < brought(life).gained < INTERVAL


@pytest.mark.parametrize("folder", ["other", "spam", "page_done"])
def test_a_message_in_any_folder_that_is_watched(stage: Set, folder: str) -> None:
    scene = stage(watches=["#room inbox messenger", f"#room {folder.removeprefix('page_')} messenger"])
    life = begun(scene)
    passes(life, 7)
    (new,) = scene.arrive(folder=folder)
    assert passes(life, 2) == 2  # the inbox first
    assert scene.rooms.told("#room") == [new]


def test_what_was_written_on_in_is_told_too(stage: Set) -> None:
    scene = stage(watches=["#room inbox messenger every message"])
    life = begun(scene)
    passes(life, 7)
    (new,) = scene.arrive()
    passes(life, 5)
    scene.world.write("acme", new, "and one more thing")
    passes(life, 2)
    assert scene.rooms.told("#room") == [new, new]
    assert brought(life).pushed == 2


@pytest.mark.parametrize("shape", ["messaging", "conversations"])
def test_who_writes_again_at_once_is_told_of_at_once(stage: Set, shape: str) -> None:
    scene = stage(watches=["#room inbox messenger every message"])
    life = begun(scene)
    passes(life, 7)
    scene.pushing.shape = shape
    (new,) = scene.arrive()
    for part in range(1, 4):
        passes(life, 1.5)
        scene.world.write("acme", new, f"Part {part}.")
    passes(life, 2.5)
    assert scene.rooms.told("#room")[-1] == new and scene.rooms.written
    last = [news.conversation.snippet for one in scene.rooms.messages for news in one.item.news if news.conversation][
        -1
    ]
    assert last == "Part 3."
    assert brought(life).polled == 0


STEPS = st.lists(
    st.tuples(
        st.sampled_from(SHAPES),
        st.sampled_from(FAULTS),
        st.sampled_from(["inbox", "spam", "other"]),
        st.sampled_from([0.0, 0.4, 1.0, 3.0, 70.0]),
    ),
    max_size=6,
)


@given(STEPS)
@runs(max_examples=10)
def test_however_it_is_pushed_all_is_told_once(tmp_path_factory: pytest.TempPathFactory, steps: Any) -> None:
    watches = [f"#room {folder} messenger" for folder in ("inbox", "spam", "other")]
    scene = Scene(f"sqlite:///{tmp_path_factory.mktemp('ledger')}/ledger.sqlite", watches=watches)
    scene.more["POLL_INTERVAL_PUSHED"] = 2 * INTERVAL
    try:
        life = begun(scene)
        new: list[str] = []
        for shape, fault, folder, pause in steps:
            scene.pushing.shape, scene.pushing.fault = shape, fault
            new += scene.arrive(folder=folder)
            passes(life, pause)
        scene.pushing.release()
        passes(life, 2 * INTERVAL)
        assert scene.rooms.counted("#room") == len(new)
        assert brought(life).pushed + brought(life).polled == len(new)
    finally:
        scene.close()


NOTHING = {
    "wrong signature": ([403], {Became.REFUSED: 1}),
    "old signature": ([403], {Became.REFUSED: 1}),
    "no signature": ([403], {Became.REFUSED: 1}),
    "empty": ([200], {Became.UNREADABLE: 1}),
    "no json": ([200], {Became.UNREADABLE: 1}),
    "deep": ([200], {Became.UNREADABLE: 1}),
    "foreign": ([200], {Became.FOREIGN: 1}),
    "lost": ([], {}),
}


@pytest.mark.parametrize("fault", NOTHING)
def test_what_is_wrong_changes_nothing_but_a_count(stage: Set, fault: str) -> None:
    scene = stage()
    life = begun(scene)
    scene.pushing.fault = fault
    (new,) = scene.arrive()
    assert passes(life, 2) == 0
    assert (scene.statuses, counted(life)) == NOTHING[fault]
    passes(life, INTERVAL)
    assert scene.rooms.told("#room") == [new]
    assert brought(life) == Brought(polled=1)
    assert life.service.pushes.latest == {}


def test_a_page_of_another_app_is_none_of_this_one_s(stage: Set) -> None:
    scene = stage(watches=["#room inbox messenger"], pages=("acme", "zoo"))
    life = begun(scene)
    acme, zoo = scene.world.pages["acme"], scene.world.pages["zoo"]
    body = {"object": "page", "entry": [{"id": acme.id, "messaging": [
        {"sender": {"id": "5"}, "recipient": {"id": acme.id}, "message": {"mid": "m_1"}}]}]}  # fmt: skip
    scene.pushing.send(zoo, body)
    assert (scene.statuses, counted(life), passes(life, 2)) == ([200], {Became.FOREIGN: 1}, 0)


def test_what_was_told_before_or_is_known_makes_no_look(stage: Set) -> None:
    scene = stage()
    life = begun(scene)
    passes(life, 7)
    scene.pushing.fault = "late"
    scene.arrive()
    scene.pushing.fault = ""
    passes(life, INTERVAL)
    assert brought(life) == Brought(polled=1)
    scene.pushing.release()
    assert (passes(life, 5), counted(life)) == (0, {Became.LATE: 1})
    scene.pushing.fault = "twice"
    scene.arrive()
    assert (passes(life, 2), counted(life)[Became.REPEATED]) == (1, 1)


def test_what_comes_36_hours_late_makes_no_look_also_after_a_restart(stage: Set) -> None:
    scene = stage()
    life = begun(scene)
    scene.pushing.fault = "late"
    scene.arrive(3)
    passes(life, INTERVAL)
    scene.stop(life)
    scene.time.wait(36 * 3600)
    life = scene.bot()
    passes(life, 5)
    scene.pushing.release()
    assert (passes(life, 5), counted(life)) == (0, {Became.LATE: 3})


def test_disorder_loses_nothing(stage: Set) -> None:
    scene = stage(watches=["#room inbox messenger every message"])
    life = begun(scene)
    passes(life, 7)
    scene.pushing.fault = "late"
    (one,) = scene.arrive()
    (other,) = scene.arrive()
    scene.world.write("acme", one, "hello?")
    scene.pushing.release()
    passes(life, 2)
    assert sorted(scene.rooms.told("#room")) == sorted([one, other])
    assert brought(life).pushed == 2


def test_what_meta_shows_late_is_looked_for_again(stage: Set) -> None:
    """A push may be faster than the list."""
    scene = stage()
    life = begun(scene)
    passes(life, 7)
    (new,) = scene.arrive()
    scene.world.hide(new)
    passes(life, 3)
    scene.world.reveal(new)
    passes(life, 4)
    assert scene.rooms.told("#room") == [new]
    assert brought(life).pushed == 1


def lie(scene: Scene, person: str) -> None:
    """Somebody who has the secret pushes what has not happened."""
    page, at = scene.world.pages["acme"], round(scene.time() * 1000)
    side = {"sender": {"id": person}, "recipient": {"id": page.id}, "timestamp": at, "message": {"mid": person}}
    scene.pushing.send(page, {"object": "page", "entry": [{"id": page.id, "time": at, "messaging": [side]}]})


def test_a_lie_makes_a_few_looks(stage: Set) -> None:
    scene = stage()
    life = begun(scene)
    passes(life, 7)
    lie(scene, "5")
    assert passes(life, 40) == 4  # at 0, 4, 12 and 22 seconds
    assert passes(life, 3 * INTERVAL) == 3
    assert brought(life) == Brought()


def test_a_flood_of_lies_makes_few_looks_and_delays_nothing_for_long(stage: Set) -> None:
    scene = stage(watches=ALL)
    life = begun(scene)
    calls = 0
    for number in range(120):
        lie(scene, str(number))
        calls += passes(life, 1)
    lists = 4
    assert calls <= lists * 120 / APART.longest + 4 * lists
    (new,) = scene.arrive()
    passes(life, APART.longest)
    assert scene.rooms.told("#room") == [new]


def test_what_is_pushed_of_lists_that_nobody_watches_delays_nothing(stage: Set) -> None:
    scene = stage()
    life = begun(scene)
    for _ in range(3):
        scene.arrive(folder="spam")
        passes(life, 30)
    passes(life, 7)
    (new,) = scene.arrive()
    passes(life, 2)
    assert scene.rooms.told("#room") == [new]


def test_an_answer_of_the_page_s_is_seen_soon_and_counts_for_nothing(stage: Set) -> None:
    scene = stage(watches=["#room inbox messenger"])
    life = begun(scene)
    passes(life, 7)
    (new,) = scene.arrive()
    passes(life, 12)
    for number in range(5):
        scene.world.answer(new, f"Part {number}.")
    assert passes(life, 2) == 1
    assert len(scene.rooms.edits) == 1
    for number in range(5):
        scene.world.answer(new, f"Part {number}.")
        assert passes(life, 1) == 0
    assert passes(life, 5) == 1
    assert brought(life) == Brought(1, 0, brought(life).gained)


def test_a_flood_of_messages_makes_a_look_every_two_seconds(stage: Set) -> None:
    scene = stage()
    life = begun(scene)
    calls = 0
    for _ in range(100):
        scene.world.write("acme", None, "hello")
        calls += passes(life, 0.2)
    assert calls <= 20 / 2 + 1
    passes(life, INTERVAL)
    assert scene.rooms.counted("#room") == 100
    assert brought(life).polled == 0


def stretched(scene: Scene, life: Life, **where: Any) -> None:
    """Meta tells of so many changes that looks become rarer."""
    for _ in range(TOLD_OF):
        passes(life, 7)
        scene.arrive(**where)
        passes(life, 3)


def test_where_meta_tells_of_changes_looks_become_rarer(stage: Set) -> None:
    scene = stage(watches=["#room inbox", "#room spam messenger"], instagram_fields="present")
    life = begun(scene)
    stretched(scene, life)
    pace = life.service.pushes.pace
    assert pace.stretched(source()) == PUSHED
    assert pace.stretched(source(folder="spam")) == pace.stretched(source(platform="instagram")) == 0
    assert passes(life, 2 * PUSHED) == 2 + 2 * 2 * PUSHED / INTERVAL
    assert life.service.standings.records()[source()].failures == 0


def test_a_miss_makes_all_lists_of_the_network_be_looked_at_as_usual(stage: Set) -> None:
    scene = stage(watches=["#room inbox", "#room spam messenger"], instagram_fields="present")
    life = begun(scene)
    for where in ({}, {"folder": "spam"}, {"platform": "instagram"}):
        stretched(scene, life, **where)
    pace, spam, instagram = life.service.pushes.pace, source(folder="spam"), source(platform="instagram")
    assert [pace.stretched(one) for one in (source(), spam, instagram)] == [PUSHED] * 3
    scene.pushing.fault = "lost"
    scene.arrive()
    passes(life, PUSHED)
    assert [pace.stretched(one) for one in (source(), spam, instagram)] == [0, 0, PUSHED]
    passes(life, PUSHED)
    assert passes(life, 10 * INTERVAL) == 2 * 10 + 2


def test_what_is_moved_is_missed_by_its_list_alone(stage: Set) -> None:
    scene = stage(watches=["#room inbox messenger", "#room spam messenger"])
    life = begun(scene)
    for where in ({}, {"folder": "spam"}):
        stretched(scene, life, **where)
    scene.world.move(scene.world.conversations("acme", "messenger", "inbox")[0], "spam")
    passes(life, PUSHED)
    pace = life.service.pushes.pace
    assert (pace.stretched(source()), pace.stretched(source(folder="spam"))) == (PUSHED, 0)
    assert brought(life) == Brought(2 * TOLD_OF, 0, brought(life).gained)


def test_a_push_that_has_told_of_nothing_for_a_day_is_not_counted_on(stage: Set) -> None:
    scene = stage()
    life = begun(scene)
    stretched(scene, life)
    scene.time.wait(TRUSTED)
    passes(life, 1)
    assert life.service.pushes.pace.stretched(source()) == 0


def test_a_restart_begins_with_the_usual_interval(stage: Set) -> None:
    scene = stage()
    life = begun(scene)
    stretched(scene, life)
    scene.stop(life)
    life = scene.bot()
    passes(life, 1)
    assert passes(life, 5 * INTERVAL) == 5


def test_an_interval_is_never_shorter_for_a_push(stage: Set) -> None:
    scene = stage()
    scene.more |= {"POLL_INTERVAL": 600, "POLL_INTERVAL_PUSHED": 300}
    life = begun(scene)
    stretched(scene, life)
    assert passes(life, 1200) == 2


def test_nobody_was_away_while_looks_were_rare(stage: Set) -> None:
    """Neither the bot itself, nor one that is started when the next look was nearly due."""
    scene = stage()
    scene.more["POLL_INTERVAL_PUSHED"] = 1800.0
    life = begun(scene)
    stretched(scene, life)
    scene.pushing.fault = "lost"
    passes(life, 1000)
    scene.arrive()
    passes(life, 800)
    assert life.service.pushes.pace.stretched(source()) == 0
    scene.pushing.fault = ""
    stretched(scene, life)
    passes(life, 1700)
    scene.stop(life)
    scene.pushing.fault = "lost"
    scene.arrive()
    life = scene.bot()
    passes(life, 10)
    kinds = [notice.kind for message in scene.rooms.messages for notice in message.item.notices]
    away = [news for message in scene.rooms.messages for news in message.item.news if news.occasion.value == "away"]
    assert (len(scene.rooms.told("#room")), kinds, away) == (2 * TOLD_OF + 2, [], [])
    with life.ledger.reading() as connection:
        assert [row.begun for row in connection.execute(select(schema.gap))] == [0]


def test_a_quiet_look_makes_no_statement_more(stage: Set) -> None:
    def statements(scene: Scene) -> list[int]:
        life = begun(scene)
        passes(life, 5 * INTERVAL)
        found: list[int] = []

        def executing(*args: object) -> None:
            found[-1] += 1

        event.listen(life.ledger.engine, "before_cursor_execute", executing)
        for _ in range(3):
            scene.time.wait(INTERVAL)
            found.append(0)
            life.look_at(source())
        scene.stop(life)
        return found

    pushed = stage()
    with_pushes = statements(pushed)
    pushed.more.pop("PUSH_TOKEN")
    assert with_pushes == statements(pushed)


def test_what_is_used_of_the_budget_holds_for_pushes_too(stage: Set) -> None:
    scene = stage()
    life = begun(scene)
    passes(life, 7)
    scene.simulator.usage("business", call_count=95)
    scene.arrive()
    assert passes(life, 2) == 1  # which tells of the usage
    scene.arrive()
    assert passes(life, 240) == 0
    scene.simulator.usage("business", call_count=10)
    passes(life, 300)
    assert len(scene.rooms.told("#room")) == 2
    assert life.service.standings.records()[source()].failures == 0


def test_trouble_is_not_tried_more_often(stage: Set) -> None:
    scene = stage()
    life = begun(scene)
    passes(life, 7)
    scene.simulator.fail("conversations", times=None, code=2)
    passes(life, INTERVAL)
    before = life.service.standings.records()[source()].failures
    for number in range(20):
        lie(scene, str(number))
        passes(life, 1)
    assert life.service.standings.records()[source()].failures <= before + 1


def test_the_bot_that_is_pushed_to_looks_whoever_has_the_list(stage: Set) -> None:
    scene = stage()
    first = begun(scene)
    second = scene.bot()
    passes(second, 1)
    scene.to = 1
    (new,) = scene.arrive()
    passes(second, 2)
    assert scene.rooms.told("#room") == [new]
    assert (brought(second).pushed, brought(second).polled) == (1, 0)
    passes(first, INTERVAL)
    assert scene.rooms.told("#room") == [new]


def test_bots_that_are_pushed_to_in_turn_tell_each_once(stage: Set) -> None:
    scene = stage()
    bots = [begun(scene), scene.bot()]
    passes(bots[1], 1)
    new: list[str] = []
    for number in range(6):
        scene.to = number % 2
        new += scene.arrive()
        passes(bots[scene.to], 2)
        assert scene.rooms.told("#room") == new
    assert brought(bots[0]) == Brought(6, 0, brought(bots[1]).gained)


def test_a_change_of_ten_thousand_people_takes_bounded_memory(stage: Set) -> None:
    scene = stage()
    life = begun(scene)
    page, at = scene.world.pages["acme"], round(scene.time() * 1000)
    events = [
        {"sender": {"id": str(each)}, "recipient": {"id": page.id}, "timestamp": at, "message": {"mid": str(each)}}
        for each in range(10_000)
    ]
    scene.pushing.send(page, {"object": "page", "entry": [{"id": page.id, "time": at, "messaging": events}]})
    scene.pushing.send(page, {"object": "page", "entry": [{"id": page.id, "time": at, "messaging": events}]})
    assert counted(life) == {Became.HEARD: 20_000}  # the first of them were forgotten by then
    assert passes(life, 20) <= 4


def test_a_list_that_is_looked_at_seldom_stays_with_its_bot(stage: Set) -> None:
    scene = stage()
    first = begun(scene)
    stretched(scene, first)
    second = scene.bot()
    assert passes(second, 200) == 0


def test_counts_are_summed_up_for_a_day_and_kept_for_a_week(stage_anywhere: Scene) -> None:
    scene = stage_anywhere
    life = begun(scene)
    for hour in range(3):
        passes(life, 7)
        scene.arrive(hour + 1)
        passes(life, 3600 - 7 - hour)
        assert brought(life).pushed == sum(range(hour + 2))
    scene.pushing.fault = "lost"
    scene.arrive(2)
    passes(life, PUSHED)
    assert (brought(life).pushed, brought(life).polled) == (6, 2)
    scene.time.wait(25 * 3600)
    passes(life, 1)
    assert brought(life) == Brought()
    with life.ledger.reading() as connection:
        assert len(connection.execute(select(schema.push)).all()) == 4
    scene.time.wait(8 * 86400)
    passes(life, 1)
    with life.ledger.reading() as connection:
        assert connection.execute(select(schema.push)).all() == []


def test_a_reminder_comes_as_early_as_if_looks_were_not_rare(stage: Set) -> None:
    scene = stage(watches=["#room inbox messenger waiting 10m"])
    scene.more["POLL_INTERVAL_PUSHED"] = 3600.0
    life = begun(scene)
    stretched(scene, life)
    scene.rooms.messages.clear()
    assert passes(life, 610) == 0
    life.remind()
    assert passes(life, 1) == 1
    life.remind()
    passes(life, INTERVAL)
    life.remind()
    (one,) = scene.rooms.messages
    assert len(one.item.news) == 3 + TOLD_OF and all(news.reminder for news in one.item.news)


def test_a_digest_comes_as_early_as_if_looks_were_not_rare(stage: Set) -> None:
    scene = stage()
    scene.more["POLL_INTERVAL_PUSHED"] = 3600.0
    life = begun(scene)
    stretched(scene, life)
    life.say("#room", " digest daily 12:20 inbox messenger")
    scene.rooms.messages.clear()
    assert passes(life, 20 * 60) == 0
    life.remind()
    assert passes(life, 1) == 1
    life.remind()
    assert [notice.kind for one in scene.rooms.messages for notice in one.item.notices] == [NoticeKind.DIGEST]
