"""From the queue to the receipt: claims, refusals, doubts, and what is given up; on both databases."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from pageinbox.ledger.claims import CLAIM
from pageinbox.ledger.failing import RETRY
from pageinbox.ledger.outbox import DOUBTS, GIVE_UP, Outbox
from pageinbox.ledger.sources import Sources
from pageinbox.model.announcement import UNREACHED, Announcement, NoticeKind
from pageinbox.model.history import RoomHistory, State
from pageinbox.tell.group import GATHERING, choose
from tests.core.learned import learned
from tests.core.stage import INTERVAL, Killed, Life, Settling, Stage, source

pytestmark = pytest.mark.servers

DAY = 86400.0


@pytest.fixture
def stage(ledger_url: str) -> Iterator[Stage]:
    one = Stage(ledger_url)
    yield one
    one.close()


@pytest.fixture
def two_pages(ledger_url: str) -> Iterator[Stage]:
    one = Stage(ledger_url, pages=("acme", "beta"))
    yield one
    one.close()


@pytest.fixture
def on_sqlite(ledger_folder: Path) -> Iterator[Stage]:
    one = Stage(f"sqlite:///{ledger_folder}/ledger.sqlite", settling="open")
    yield one
    one.close()


def outbox(life: Life) -> Outbox:
    pages = {page.name: page.id for page in life.stage.world.pages.values()}
    return Outbox(life.ledger, Sources(life.ledger, pages), choose, ahead=GATHERING)


def queued(one: Stage, number: int = 1, page: str = "acme") -> tuple[Life, list[str]]:
    """A bot that has found so many new conversations, and told nobody yet."""
    life = learned(one)
    return life, found(one, life, number, page)


def found(one: Stage, life: Life, number: int = 1, page: str = "acme") -> list[str]:
    """So many new conversations, which a bot has found."""
    new = one.arrive(number, page=page)
    one.time.wait(INTERVAL)
    life.look_everywhere()
    return new


def knowing(stage: Stage, page: str) -> Life:
    """A bot whose settings have just one of the Pages."""
    every: Any = stage.settings()["PAGES"]
    stage.more["PAGES"] = {page: every[page]}
    life = stage.bot()
    del stage.more["PAGES"]
    return life


def telling(life: Life, conversation: str, room: str = "#room") -> RoomHistory:
    history = life.service.histories.history(conversation)
    assert history is not None
    return next(one for one in history.rooms if one.room == room)


def test_it_goes_from_queued_over_sending_to_sent_with_its_receipt(stage: Stage) -> None:
    life, (new,) = queued(stage)
    assert telling(life, new).state is None
    (waiting,) = life.service.histories.waiting()
    assert (waiting.state, waiting.conversations) == (State.QUEUED, 1)

    def during() -> None:
        assert telling(life, new).state is State.SENDING

    life.holding = during
    assert life.step() == 0
    told = telling(life, new)
    assert (told.state, told.receipt, told.sent) == (State.SENT, "receipt-1", stage.time.wall())
    assert life.service.histories.waiting() == []
    assert life.step() is None


def test_who_replies_before_the_chat_has_answered_is_understood(stage: Stage) -> None:
    life, (new,) = queued(stage)
    about: list[list[str]] = []

    def replies() -> None:
        about.append([one for _, one in life.service.told("#room", "an older one", "receipt-1")])

    reader = threading.Thread(target=replies)
    life.holding = reader.start
    assert life.step() == 0
    reader.join()
    assert about == [[new]]


def test_a_reply_to_what_told_of_nothing_waits_for_nothing(stage: Stage) -> None:
    life, _ = queued(stage)
    about: list[list[str]] = []

    def elsewhere() -> None:
        for replied in (("#other", "receipt-1"), ("#room",)):
            about.append([one for _, one in life.service.told(*replied, patience=threading.TIMEOUT_MAX)])

    life.holding = elsewhere
    assert life.step() == 0
    assert about == [[], []]
    assert life.service.told("#room", "receipt-2") == life.service.told("#other", "receipt-1") == []


def test_only_one_is_under_way_in_a_room_and_the_others_go_on(stage: Stage) -> None:
    stage.watches = ["#room inbox messenger", "#other inbox messenger"]
    life, new = queued(stage, 2)
    box = outbox(life)
    claims = [box.claim(), box.claim()]
    assert {claim[0].room for claim in claims if claim} == {"#room", "#other"}
    assert box.claim() is None
    for claim in claims:
        assert claim and [one.conversation.id for one in claim[0].news if one.conversation] == new[:1]
        box.sent(claim[0], "receipt")
    assert box.claim() is not None


def test_two_claimers_never_get_the_same(stage: Stage) -> None:
    rooms = [f"#room{number}" for number in range(6)]
    stage.watches = [f"{room} inbox messenger" for room in rooms]
    life, new = queued(stage, 3)
    boxes = [outbox(life), outbox(stage.bot())]

    def work(box: Outbox) -> list[Announcement]:
        mine = []
        while (claim := box.claim()) is not None:
            assert not claim[1]
            mine.append(claim[0])
            box.sent(claim[0], "receipt")
        return mine

    with ThreadPoolExecutor(2) as pool:
        both = [item for items in pool.map(work, boxes) for item in items]
    assert len({item.number for item in both}) == len(both) == 18
    told = sorted((item.room, one.conversation.id) for item in both for one in item.news if one.conversation)
    assert told == sorted((room, name) for room in rooms for name in new)
    assert life.service.histories.waiting() == []


def test_a_room_that_refuses_is_tried_later_and_later_and_the_others_are_not_kept_waiting(stage: Stage) -> None:
    stage.watches = ["#room inbox messenger", "#other inbox messenger"]
    life, (new,) = queued(stage)
    stage.rooms.failing.add("#room")
    pauses = []
    for _ in range(12):
        pauses.append(life.tell())
        stage.time.wait(pauses[-1])
    doubling = [RETRY.first * 2**times for times in range(8)]
    # One try comes sooner: after it the admins are told.
    expected = [*doubling, UNREACHED - sum(doubling), *[RETRY.longest] * 3]
    assert pauses == pytest.approx(expected, abs=0.01)
    assert stage.rooms.told("#other") == [new]
    (waiting,) = life.service.histories.waiting()
    assert (waiting.room, waiting.tries, waiting.error) == ("#room", 12, "the chat can't be reached")
    later = stage.arrive(7)
    life.look_everywhere()
    stage.rooms.failing.clear()
    stage.time.wait(RETRY.longest)
    life.tell()
    assert stage.rooms.told("#room") == [new, *later]
    assert len(stage.rooms.of("#room")) == 2  # the one of before, and the others as what came meanwhile


@pytest.mark.parametrize("settling", ["finds", "joins", "open"])
def test_a_bot_killed_while_it_tells_loses_nothing_and_repeats_only_what_it_says_it_does(
    stage: Stage, settling: Settling
) -> None:
    """At every statement, commit and call of it, each on what the ones before have left behind."""
    stage.rooms.settling = settling
    life, _ = queued(stage, 0)
    for fuse in range(1, 18):
        new = found(stage, life, 2)
        life.fuse = fuse
        with pytest.raises(Killed):
            life.tell()
        stage.kill(life)
        stage.time.wait(CLAIM + 1)
        life = stage.bot()
        life.tell()
        assert [one for one in dict.fromkeys(stage.rooms.told("#room"))] == new
        unmarked = [one for one in stage.rooms.of("#room") if not one.item.repeat]
        assert len({one.key for one in unmarked}) == len(unmarked)
        if settling != "open":
            assert stage.rooms.told("#room") == new and len(unmarked) == 2
        assert [telling(life, one).state for one in new] == [State.SENT] * 2
        assert {telling(life, one).receipt for one in new} <= {one.receipt for one in stage.rooms.messages}
        stage.rooms.messages.clear()


def test_a_doubt_comes_before_anything_else_in_its_room(stage: Stage) -> None:
    life, new = queued(stage)
    stage.rooms.settling, stage.rooms.losing = "open", 1
    life.step()
    assert telling(life, new[0]).state is State.DOUBT
    new += stage.arrive()
    life.look_everywhere()
    assert life.step() != 0  # the room is left alone for a while
    stage.time.wait(RETRY.first)
    life.tell()
    assert stage.rooms.told("#room") == [new[0], new[0], new[1]]
    assert [one.item.repeat for one in stage.rooms.messages] == [False, True, False]
    assert len({one.key for one in stage.rooms.messages}) == 2
    assert telling(life, new[0]).repeated and not telling(life, new[1]).repeated


def test_a_claim_that_could_not_be_written_down_silences_no_room(stage: Stage) -> None:
    life, new = queued(stage)
    stage.rooms.losing = 1
    life.step()
    stage.time.wait(RETRY.first)
    failing = [True]

    def fail(connection: object) -> None:
        if failing:
            failing.pop()
            raise RuntimeError("the disk is full")

    event.listen(life.ledger.engine, "commit", fail)
    with pytest.raises(RuntimeError):
        life.step()
    life.tell()
    assert stage.rooms.told("#room") == new
    assert telling(life, new[0]).state is State.SENT


def test_a_refusal_of_what_is_in_doubt_does_not_end_the_doubt(stage: Stage) -> None:
    life, (new,) = queued(stage)
    stage.rooms.settling, stage.rooms.losing = "finds", 1
    life.step()
    stage.rooms.down = True
    for _ in range(3):
        stage.time.wait(RETRY.longest)
        life.tell()
        assert telling(life, new).state is State.DOUBT
    stage.rooms.down = False
    stage.time.wait(RETRY.longest)
    life.tell()
    assert telling(life, new).state is State.SENT
    assert stage.rooms.told("#room") == [new]


def test_another_bot_takes_over_what_its_sender_is_silent_about(stage: Stage) -> None:
    life, (new,) = queued(stage)
    other = stage.bot()
    assert outbox(life).claim() is not None
    stage.time.wait(CLAIM - 1)
    assert other.step() != 0
    stage.time.wait(1)
    other.tell()
    assert stage.rooms.told("#room") == [new]


def test_what_a_bot_is_still_sending_is_neither_taken_over_by_itself_nor_waited_for_in_a_circle(stage: Stage) -> None:
    life, (new,) = queued(stage)
    pauses = []

    def long() -> None:
        stage.time.wait(2 * CLAIM)
        pauses.append(life.service.delivery.step())

    life.holding = long
    life.tell()
    assert pauses == [None]
    assert stage.rooms.told("#room") == [new]


def test_who_opens_a_ledger_that_somebody_uses_does_not_take_over_what_is_being_sent(stage: Stage) -> None:
    first, life = learned(stage), stage.bot()
    (new,) = found(stage, life)

    def change() -> None:
        stage.kill(first)
        stage.bot().tell()

    life.holding = change
    life.tell()
    assert stage.rooms.told("#room") == [new]


@pytest.mark.parametrize("end", ["refused", "doubted", "sent"])
def test_who_was_taken_for_dead_does_not_disturb_who_took_over(stage: Stage, end: str) -> None:
    stage.rooms.settling = "joins"
    life, (new,) = queued(stage)
    other = stage.bot()
    slow, fast = outbox(life), outbox(other)
    first = slow.claim()
    stage.time.wait(CLAIM)
    second = fast.claim()
    assert first and second and (first[0].key, first[1], second[1]) == (second[0].key, False, True)
    if end == "refused":
        slow.refused(first[0], "no", retry_after=0, in_doubt=False)
    elif end == "doubted":
        slow.doubted(first[0], "who knows")
    else:
        slow.sent(first[0], "early")
    stage.rooms.written[second[0].key] = second[0]
    fast.sent(second[0], "late")
    stage.time.wait(DAY)
    for life_ in (life, other):
        life_.tell()
    assert stage.rooms.messages == []
    assert telling(other, new).state is State.SENT


def test_what_a_room_could_not_be_told_for_days_is_given_up(stage: Stage) -> None:
    life, (new,) = queued(stage)
    stage.rooms.failing.add("#room")
    while stage.time() < stage.time() + 1:
        stage.time.wait(12 * 3600)
        life.tell()
        if telling(life, new).state is State.GIVEN_UP:
            break
        assert stage.time.wall() - telling(life, new).found < GIVE_UP + 2 * DAY
    (waiting,) = life.service.histories.waiting()
    assert (waiting.state, waiting.room, waiting.conversations) == (State.GIVEN_UP, "#room", 1)
    assert telling(life, new).error == "the chat can't be reached"
    stage.rooms.failing.clear()
    stage.time.wait(DAY)
    later = stage.arrive()
    life.look_everywhere()
    stage.time.wait(10)
    life.tell()
    assert stage.rooms.told("#room") == later


def test_a_clock_that_was_wrong_does_not_put_off_anything_for_long(stage: Stage) -> None:
    life, _ = queued(stage, 0)
    stage.time.skew = 30 * DAY
    stage.rooms.down = True
    new = stage.arrive(2)
    life.look_everywhere()
    life.tell()
    stage.time.skew = 0
    stage.rooms.down = False
    stage.time.wait(RETRY.longest)
    life.tell()
    assert stage.rooms.told("#room") == new


def test_a_chat_that_takes_everything_and_never_says_so_is_not_told_the_same_for_ever(stage: Stage) -> None:
    stage.rooms.settling, stage.rooms.losing = "open", 100
    life, (new,) = queued(stage)
    stage.rooms.losing = 100
    for _ in range(3 * DOUBTS):
        life.tell()
        stage.time.wait(RETRY.longest)
    assert stage.rooms.told("#room") == [new] * DOUBTS
    told = telling(life, new)
    assert (told.state, told.error) == (State.GIVEN_UP, "the connection broke")


def test_a_doubt_that_lasts_for_days_ends(stage: Stage) -> None:
    life, (new,) = queued(stage)
    stage.rooms.settling, stage.rooms.losing = "open", 100
    life.tell()
    stage.time.wait(GIVE_UP + DAY)
    life.tell()
    assert stage.rooms.told("#room") == [new] * 2
    assert telling(life, new).state is State.GIVEN_UP


def test_crashes_do_not_use_up_what_a_doubt_may_be_tried(stage: Stage) -> None:
    life, (new,) = queued(stage)
    for _ in range(2 * DOUBTS):

        def crash() -> None:
            raise Killed

        life.holding = crash
        with pytest.raises(Killed):
            life.step()
        stage.kill(life)
        life = stage.bot()
        stage.time.wait(CLAIM)
    life.tell()
    assert stage.rooms.told("#room") == [new]
    assert telling(life, new).state is State.SENT


def test_rooms_that_hang_come_last(stage: Stage) -> None:
    names = ["#1", "#2", "#3", "#4"]
    stage.watches = [f"{name} inbox messenger" for name in names]
    life, _ = queued(stage)
    box = outbox(life)
    claims = {claim[0].room: claim[0] for _ in names[:3] if (claim := box.claim()) is not None}
    box.refused(claims["#1"], "no", retry_after=0, in_doubt=False)
    box.doubted(claims["#2"], "who knows")
    for item in claims.values():
        box.done(item)  # of #3 nothing was recorded, as in a crash
    stage.time.wait(RETRY.longest)
    order = [(claim[0].room, claim[1]) for _ in names if (claim := box.claim()) is not None]
    assert order == [("#3", True), ("#4", False), ("#2", True), ("#1", False)]


def test_news_of_a_page_that_this_bot_does_not_know_wait_for_who_knows_it(two_pages: Stage) -> None:
    life, (hidden,) = queued(two_pages, page="beta")
    (new,) = found(two_pages, life)
    other = knowing(two_pages, "acme")
    other.tell()
    assert two_pages.rooms.told("#room") == [new]
    assert other.step() is None
    assert telling(life, hidden).state is None
    life.tell()
    assert two_pages.rooms.told("#room") == [new, hidden]
    assert telling(life, hidden).receipt == "receipt-2"


def test_a_doubt_about_a_page_that_this_bot_does_not_know_is_left_to_who_knows_it(two_pages: Stage) -> None:
    life, (hidden,) = queued(two_pages, page="beta")
    (new,) = found(two_pages, life)
    assert outbox(life).claim() is not None
    two_pages.kill(life)
    two_pages.time.wait(CLAIM)
    other = knowing(two_pages, "acme")
    assert other.step() is None
    assert two_pages.rooms.messages == []
    life = two_pages.bot()
    life.tell()
    assert two_pages.rooms.told("#room") == [hidden, new]
    assert telling(life, hidden).state is State.SENT


def test_a_doubt_about_a_page_that_nobody_knows_any_more_does_not_silence_the_room_for_ever(two_pages: Stage) -> None:
    life, _ = queued(two_pages, page="beta")
    assert outbox(life).claim() is not None
    two_pages.kill(life)
    two_pages.time.wait(CLAIM)
    other = knowing(two_pages, "acme")
    (new,) = found(two_pages, other)
    two_pages.time.wait(GIVE_UP - DAY)
    other.tell()
    assert two_pages.rooms.messages == []
    two_pages.time.wait(DAY)
    other.tell()
    assert two_pages.rooms.told("#room") == [new]
    (waiting,) = other.service.histories.waiting()
    assert (waiting.state, waiting.error) == (State.GIVEN_UP, None)


def test_the_database_never_reads_what_was_said_to_find_what_is_to_be_said(on_sqlite: Stage) -> None:
    life, _ = queued(on_sqlite)
    run: list[tuple[str, Any]] = []

    def keep(connection: object, cursor: object, statement: str, values: Any, *args: object) -> None:
        if "inbox_announcement" in statement and not statement.startswith("INSERT"):
            run.append((statement, values))

    event.listen(life.ledger.engine, "before_cursor_execute", keep)
    box = outbox(life)
    first = box.claim()
    assert first is not None
    box.doubted(first[0], "who knows")
    box.done(first[0])
    box.wait()
    on_sqlite.time.wait(DAY)
    second = box.claim()
    assert second is not None and second[1]
    box.doubt_all()
    event.remove(life.ledger.engine, "before_cursor_execute", keep)
    assert len(run) > 10
    with life.ledger.reading() as connection:
        for statement, values in run:
            for step in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values):
                whole = step.detail.startswith("SCAN inbox_announcement")
                assert not whole or "inbox_announcement_active" in step.detail, (step.detail, statement)


def test_a_notice_that_is_taken_back_is_not_told(stage: Stage) -> None:
    stage.arrive(3)
    life = stage.bot()
    life.look_everywhere()
    taken = outbox(life).take_back("#room", NoticeKind.LEARNED, [source()])
    assert taken is not None and [notice.count for notice in taken] == [3]
    assert outbox(life).take_back("#room", NoticeKind.LEARNED, [source()]) == []
    stage.time.wait(10)
    life.tell()
    assert stage.rooms.messages == [] and life.service.histories.waiting() == []


def test_nothing_else_is_taken_back(stage: Stage) -> None:
    stage.arrive(3)
    life = stage.bot()
    life.look_everywhere()
    others = (("#other", NoticeKind.LEARNED, source()), ("#room", NoticeKind.TROUBLE, source()),
              ("#room", NoticeKind.LEARNED, source(folder="spam")))  # fmt: skip
    for room, kind, listed in others:
        assert outbox(life).take_back(room, kind, [listed]) == []
    stage.time.wait(10)
    life.tell()
    assert len(stage.rooms.messages) == 1


def test_nothing_is_taken_back_while_something_is_being_told(stage: Stage) -> None:
    stage.arrive(3)
    life = stage.bot()
    life.look_everywhere()
    stage.time.wait(10)
    life.holding = lambda: taken.append(outbox(life).take_back("#room", NoticeKind.LEARNED, [source()]))
    taken: list[Any] = []
    life.tell()
    assert taken == [None] and len(stage.rooms.messages) == 1
