"""What the ledger knows of sources and conversations: retention, refs, watches; on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from pageinbox.language.watch import parse_watch
from pageinbox.ledger.database import open_ledger
from pageinbox.ledger.history import Histories
from pageinbox.ledger.sources import Sources, key_of
from pageinbox.ledger.wanted import want
from pageinbox.ledger.watches import Watches
from pageinbox.model.announcement import Verdict
from pageinbox.model.conversation import Conversation
from pageinbox.model.history import History
from pageinbox.model.ref import ALPHABET, SHORTEST, digits_of
from pageinbox.model.source import Platform
from pageinbox.model.watch import Detail, Muted
from tests.core.stage import INTERVAL, NOON, Killed, Life, Stage, source, told_once

DAY = 86400.0
PAGES = {"acme": "200300400"}
INBOX = source()


@pytest.fixture
def stage(ledger_url: str) -> Iterator[Stage]:
    one = Stage(ledger_url)
    yield one
    one.close()


def looked(one: Stage, *lives: Life, seconds: float = INTERVAL) -> None:
    one.time.wait(seconds)
    for life in lives:
        life.look_everywhere()
    one.time.wait(10)
    for life in lives:
        life.tell()


def begun(one: Stage, number: int = 2, **where: Any) -> tuple[Life, list[str]]:
    there = one.arrive(number, **where)
    life = one.bot()
    looked(one, life)
    one.rooms.messages.clear()
    return life, there


def history(life: Life, conversation: str) -> History:
    found = life.service.histories.history(conversation)
    assert found is not None
    return found


def item(name: str, updated: float = NOON) -> Conversation:
    return Conversation(name, updated, Platform.MESSENGER)


# Conversations


def test_what_was_idle_for_long_leaves_and_is_no_news_when_it_comes_back_as_it_was(stage: Stage) -> None:
    life, there = begun(stage, 3)
    told = stage.arrive()[0]
    looked(stage, life)
    assert stage.rooms.told("#room") == [told]
    for thread in (there[0], told):
        stage.world.move(thread, "page_done")
    stage.time.wait(100 * DAY)
    stage.world.write("acme", there[2], "I am still here")
    looked(stage, life, seconds=DAY)
    looked(stage, life, seconds=DAY)
    records = life.service.histories
    assert [records.history(one) is None for one in (*there, told)] == [True, True, False, True]
    (known,) = (record.known for record in life.service.standings.records().values())
    assert known == 1
    stage.rooms.messages.clear()
    for thread in (there[0], told):
        stage.world.move(thread, "inbox")
    looked(stage, life, seconds=2 * 3600)
    assert stage.rooms.told("#room") == []
    stage.time.wait(1)
    stage.world.write("acme", there[0], "hello again")
    looked(stage, life)
    assert stage.rooms.told("#room") == [there[0]]


def test_a_first_look_does_not_go_on_behind_the_retention(stage: Stage) -> None:
    stage.simulator.rules.page_size_max = 5
    old = stage.arrive(40, ago=100 * DAY)
    new = stage.arrive(3)
    life = stage.bot()
    looked(stage, life)
    assert stage.calls() < 5
    looked(stage, life, seconds=3600)
    looked(stage, life, seconds=DAY)
    assert stage.rooms.told("#room") == []
    assert all(history(life, one).quiet for one in new)
    stage.world.write("acme", old[3], "hello again")
    looked(stage, life)
    assert stage.rooms.told("#room") == [old[3]]


def test_what_is_still_to_be_said_is_not_forgotten(stage: Stage) -> None:
    life, _ = begun(stage)
    stage.rooms.down = True
    new = stage.arrive()
    looked(stage, life)
    stage.time.wait(100 * DAY)
    stage.arrive()
    looked(stage, life)
    assert history(life, new[0])


def colliding(length: int) -> tuple[str, str]:
    """Two ids whose refs begin with the same `length` characters."""
    met: dict[str, str] = {}
    for number in range(1_000_000):
        name = f"t_{number}"
        if (other := met.setdefault(digits_of(name)[:length], name)) != name:
            return other, name
    raise AssertionError


def test_refs_keep_their_meaning_over_restarts_and_collisions(ledger_url: str) -> None:
    older, newer = colliding(5)
    for _ in range(2):
        ledger = open_ledger(ledger_url)
        seen = Sources(ledger, PAGES)
        want(ledger, seen, [INBOX])
        records = Histories(ledger, seen)
        with ledger.writing() as connection:
            seen.learn(connection, seen.row(INBOX), [item(older)], now=NOON)
        with ledger.writing() as connection:
            seen.learn(connection, seen.row(INBOX), [item(newer)], now=NOON)
        assert records.length(older) == SHORTEST
        assert records.length(newer) == 6
        assert records.length("t_unknown") is None
        assert records.find(digits_of(older)[:SHORTEST]) == (INBOX, older)
        assert records.find(digits_of(newer)[:5]) == (INBOX, older)
        assert records.find(digits_of(newer)[:6]) == (INBOX, newer)
        assert records.find(digits_of(newer)[:12]) == (INBOX, newer)
        for wrong in ("", "abc", "ilou", "0" * 13, "é" * 4):
            assert records.find(wrong) is None
        ledger.close()


@pytest.mark.parametrize("many", [0, 1, 5, 6, 50, 199, 501, 1300])
def test_of_however_many_conversations_those_are_found_that_are_known(ledger_url: str, many: int) -> None:
    asked = [f"t_{number}" for number in range(many)]
    with closing(open_ledger(ledger_url)) as ledger:
        seen = Sources(ledger, PAGES)
        want(ledger, seen, [INBOX])
        with ledger.writing() as connection:
            learned = seen.learn(connection, seen.row(INBOX), [item(name) for name in asked[::2]], now=NOON)
        assert {name: known.id for name, known in seen.known(asked).items()} == learned
        assert seen.erased(asked) == {}


def test_a_key_begins_as_the_ref_does() -> None:
    digits, key = digits_of("t_1"), key_of("t_1")
    assert [ALPHABET[key >> shift & 31] for shift in range(58, -1, -5)] == list(digits[:12])


# Watches


def test_a_page_that_loses_its_punctuation_keeps_its_watches(ledger_url: str) -> None:
    spec = parse_watch("inbox messenger yahoo", ["Yahoo!"])
    with closing(open_ledger(ledger_url)) as ledger:
        Watches(ledger, {"Yahoo!": "1"}).add("#room", spec, NOON)
        (watch,) = Watches(ledger, {"Yahoo": "1"}).watches()
        assert watch.spec.page == "Yahoo"
        assert Watches(ledger, {"Yahoo!": "1", "Yahoo?": "2"}).watches()[0].spec.page == "Yahoo!"
        assert Watches(ledger, {"Yahoo.": "1", "Yahoo?": "2"}).watches() == [], "it could be either"


def test_the_same_wish_of_a_room_is_one_watch(stage: Stage) -> None:
    stage.watches = []
    watches = stage.bot().service.watches
    wish = parse_watch("inbox messenger", ["acme"])
    first, new = watches.add("#room", wish, NOON)
    assert new and watches.add("#room", wish, NOON) == (first, False)
    other, new = watches.add("#other", wish, NOON)
    assert new and other.number != first.number
    watches.end(first.number, NOON)
    third, new = watches.add("#room", wish, NOON)
    assert new and third.number not in (first.number, other.number)
    assert watches.watches() == [other, third]


def test_watches_of_the_settings_follow_them_and_keep_their_numbers(stage: Stage) -> None:
    stage.watches = ["#room inbox", "#room spam", "#other inbox"]
    life = stage.bot()
    before = {(one.room, one.spec.folder): one for one in life.service.watches.watches()}
    own, _ = life.service.watches.add("#room", parse_watch("done", ["acme"]), NOON)
    stage.stop(life)
    stage.watches = ["#room inbox", "#other spam"]
    after = stage.bot().service.watches.watches()
    assert [one.ops for one in after] == [one != own for one in after]
    assert own in after and before["#room", INBOX.folder] in after
    assert {(one.room, one.spec.folder.value) for one in after} == {
        ("#room", "inbox"),
        ("#room", "page_done"),
        ("#other", "spam"),
    }


def test_what_a_watch_has_queued_goes_with_it(stage: Stage) -> None:
    stage.watches = ["#room inbox messenger", "#other inbox messenger"]
    life, _ = begun(stage)
    stage.rooms.down = True
    new = stage.arrive(2)
    looked(stage, life)
    number = next(one.number for one in life.service.watches.watches() if one.room == "#room")
    life.service.watches.end(number, stage.time.wall())
    stage.rooms.down = False
    looked(stage, life, seconds=600)
    assert stage.rooms.told("#room") == []
    assert stage.rooms.told("#other") == new
    assert life.service.histories.waiting() == []


def test_a_mute_holds_for_its_time(stage: Stage) -> None:
    stage.watches = ["#room inbox messenger every message", "#other inbox messenger every message"]
    life, there = begun(stage)
    watches, target = life.service.watches, Muted("#room", conversation=there[0])
    assert watches.mute(target, stage.time.wall() + 3600)
    assert not watches.mute(Muted("#room", conversation="t_unknown"), stage.time.wall() + 3600)
    assert watches.mutes(stage.time.wall()) == {target: pytest.approx(stage.time.wall() + 3600)}
    stage.time.wait(1)
    stage.world.write("acme", there[0], "hello?")
    looked(stage, life)
    assert (stage.rooms.told("#room"), stage.rooms.told("#other")) == ([], [there[0]])
    verdicts = {one.room: one.verdict for one in history(life, there[0]).rooms}
    assert verdicts == {"#room": Verdict.MUTED, "#other": Verdict.ANNOUNCED}
    stage.time.wait(3600)
    assert watches.mutes(stage.time.wall()) == {}
    stage.world.write("acme", there[0], "hello??")
    looked(stage, life)
    assert stage.rooms.told("#room") == [there[0]]
    assert watches.mute(target, stage.time.wall() + 3600)
    assert watches.unmute(target) and not watches.unmute(target)


def test_to_unmute_what_no_look_has_met_leaves_the_mutes_of_watches(stage: Stage) -> None:
    life, _ = begun(stage)
    watches, muted = life.service.watches, Muted("#room", watch=1)
    assert watches.mute(muted, stage.time.wall() + DAY)
    assert not watches.unmute(Muted("#room", conversation="t_unmet"))
    assert [*watches.mutes(stage.time.wall())] == [muted]


def test_what_is_muted_is_not_said_later_from_the_queue(stage: Stage) -> None:
    life, _ = begun(stage)
    muted, other = stage.arrive(2)
    life.look_everywhere()
    assert life.service.watches.mute(Muted("#room", conversation=muted), stage.time.wall() + DAY)
    life.tell()
    assert stage.rooms.told("#room") == [other]


@pytest.mark.parametrize("ends", [True, False], ids=["ended", "muted"])
def test_what_a_watch_says_no_more_another_of_the_room_says(stage: Stage, ends: bool) -> None:
    """But not one that is muted, leaves it out, or is for what is new alone."""
    wishes = {
        "#both": ("batch 1h", "as name batch 2h"),
        "#muted": ("batch 1h", "batch 2h"),
        "#refunds": ("batch 1h", 'text "refund"'),
        "#every": ("every message batch 1h", "every message batch 2h"),
        "#new": ("every message batch 1h", ""),
    }
    stage.watches = [f"{room} inbox messenger {wish}" for room, two in wishes.items() for wish in two]
    life, there = begun(stage)
    watches = life.service.watches
    numbers = {(each.room, each.spec.batch): each.number for each in watches.watches()}
    new = stage.arrive(2)
    stage.world.write("acme", there[0], "hello?")
    life.look_everywhere()
    now = stage.time.wall()
    assert watches.mute(Muted("#muted", watch=numbers["#muted", 7200]), now + DAY)
    for room in wishes:
        if ends:
            watches.end(numbers[room, 3600], now)
        else:
            assert watches.mute(Muted(room, watch=numbers[room, 3600]), now + DAY)
    stage.time.wait(7200)
    life.tell()
    told = {room: sorted(stage.rooms.told(room)) for room in wishes}
    assert {news.detail for one in stage.rooms.of("#both") for news in one.item.news} == {Detail.NAME}
    every = sorted([*new, there[0]])
    assert told == {"#both": sorted(new), "#muted": [], "#refunds": [], "#every": every, "#new": sorted(new)}


def test_a_bot_with_fewer_platforms_takes_nothing_from_the_other(stage: Stage) -> None:
    stage.watches = ["#room inbox"]
    life, _ = begun(stage, platform="instagram")
    page = stage.world.pages["acme"]
    stage.more["PAGES"] = {"acme": {"ID": page.id, "TOKEN": page.token, "PLATFORMS": ["messenger"]}}
    other = stage.bot()
    looked(stage, other)
    ids = stage.arrive(3, platform="instagram")
    looked(stage, other)
    looked(stage, life)
    assert told_once(stage, "#room", ids)


def test_a_source_that_is_wanted_again_begins_anew(stage: Stage) -> None:
    life, _ = begun(stage)
    stage.stop(life)
    stage.watches = []
    stage.bot().service.poll.sources()
    stage.stop(stage.lives[0])
    stage.arrive(3)
    stage.watches = ["#room inbox messenger"]
    life = stage.bot()
    looked(stage, life)
    assert stage.rooms.told("#room") == []
    new = stage.arrive()
    looked(stage, life)
    assert stage.rooms.told("#room") == new


def test_a_source_is_watched_since_its_first_look(stage: Stage) -> None:
    life, _ = begun(stage, 0)
    first = stage.time()
    stage.time.wait(DAY)
    assert life.service.histories.watched_since([INBOX], first)
    assert not life.service.histories.watched_since([INBOX], first - INTERVAL)
    assert not life.service.histories.watched_since([INBOX, source(folder="spam")], stage.time())
    stage.stop(life)
    stage.watches = []
    stage.bot().service.poll.sources()
    stage.stop(stage.lives[0])
    stage.watches = ["#room inbox messenger"]
    life = stage.bot()
    assert not life.service.histories.watched_since([INBOX], stage.time())
    looked(stage, life)
    assert life.service.histories.watched_since([INBOX], stage.time())
    assert not life.service.histories.watched_since([INBOX], first)


@pytest.mark.parametrize("fuse", range(0, 40, 3))
def test_a_look_that_dies_is_wholly_there_or_not_at_all(stage: Stage, fuse: int) -> None:
    life, _ = begun(stage)
    new = stage.arrive(3)
    stage.time.wait(INTERVAL)
    life.fuse = fuse
    try:
        life.look_everywhere()
    except Killed:
        stage.kill(life)
        life = stage.bot()
    life.fuse = None
    known = [life.service.histories.history(one) for one in new]
    assert [one is None for one in known] in ([True] * 3, [False] * 3)
    assert all(len(one.rooms) == 1 for one in known if one)
    looked(stage, life, seconds=2 * INTERVAL)  # on PostgreSQL nobody can tell at once that the other one is dead
    assert stage.rooms.told("#room") == new


def test_a_file_tells_who_has_it_open_of_every_change_whoever_makes_it(ledger_folder: Path) -> None:
    path = ledger_folder / "ledger.sqlite"
    with closing(open_ledger(path)) as one, closing(open_ledger(path)) as other:
        seen = [one.changes()]
        assert None not in seen and one.changes() == seen[0]
        for writer, number in ((other, 1), (one, 2)):
            Watches(writer, PAGES).mute(Muted("#room", watch=number), NOON)
            seen.append(one.changes())
        Watches(other, PAGES).watches()
        assert len(set(seen)) == 3 and one.changes() == seen[-1]
        with one.writing():
            assert one.changes() is None
