"""What commands do to watches, and to what their rooms were still to hear."""

from __future__ import annotations

from typing import Any

import pytest

from pageinbox.chat.errbot.content import messages
from pageinbox.model.announcement import NoticeKind
from simulator.thread import Person
from tests.bot import SAM
from tests.core.looked import Set, begun, looked
from tests.core.stage import Killed, Life, Stage, told_once


def said(life: Life, room: str, text: str) -> str:
    return messages(life.say(room, text))[0].replace("\\", "")


def test_what_a_watch_has_queued_is_told_by_another_of_its_room_when_it_ends(stage: Set) -> None:
    one = stage(watches=["#room inbox messenger as name"])
    life, _ = begun(one)
    said(life, "#room", "watch")
    one.rooms.down = True
    ids = one.arrive(2)
    life.look_everywhere()
    one.stop(life)
    one.watches = ["#room inbox messenger as initials"]
    life = one.bot()
    one.rooms.down = False
    looked(one, life, 600)
    assert told_once(one, "#room", ids)


def test_what_a_watch_has_queued_is_dropped_when_no_other_is_for_it(stage: Set) -> None:
    one = stage(watches=["#room inbox instagram"])
    life, _ = begun(one)
    said(life, "#room", "watch messenger")
    looked(one, life)
    one.arrive(1)
    life.look_everywhere()
    assert "has ended" in said(life, "#room", "unwatch 2")
    looked(one, life)
    assert one.rooms.told("#room") == []


def test_a_page_that_was_away_from_the_settings_is_made_up_for(stage: Set) -> None:
    one = stage(pages=["acme", "globex"], watches=[])
    one.arrive(2)
    life = one.bot()
    said(life, "#room", "watch messenger acme")
    looked(one, life)
    one.stop(life)
    acme = one.world.pages.pop("acme")
    life = one.bot()
    assert "Watch 1 is paused" in said(life, "#room", "watches")
    looked(one, life)
    one.stop(life)
    one.world.pages["acme"] = acme
    ids = one.arrive(2)
    one.rooms.messages.clear()
    looked(one, one.bot())
    assert told_once(one, "#room", ids)


def notices(one: Stage, room: str) -> list[tuple[NoticeKind, int]]:
    told = [notice for message in one.rooms.of(room) for notice in message.item.notices]
    return [(notice.kind, notice.count) for notice in told]


def test_a_watch_answers_with_the_number_it_has_learned_and_no_other_follows(stage: Set) -> None:
    one = stage(watches=[], page_size_max=50)
    one.arrive(260)
    life = one.bot()
    assert "260 conversations are already there" in said(life, "#room", "watch messenger")
    new = one.world.write("acme", None, "hello", at=one.time()).id  # in the very second of the newest that was there
    looked(one, life)
    looked(one, life)
    assert told_once(one, "#room", [new]) and notices(one, "#room") == []


def test_who_wrote_since_the_last_look_is_not_counted_as_there_but_announced(stage: Set) -> None:
    one = stage(watches=["#first inbox messenger"])
    life, _ = begun(one, 4)
    new = one.world.write("acme", Person("1", name="Zoe Zander"), "hello").id
    answer = said(life, "#room", "watch messenger")
    assert "4 conversations are already there" in answer and "Zoe" not in answer
    looked(one, life)
    assert told_once(one, "#room", [new]) and told_once(one, "#first", [new])
    assert notices(one, "#room") == []


def test_a_list_that_is_watched_anew_is_counted_anew(stage: Set) -> None:
    one = stage(watches=[])
    old = one.arrive(6)
    life = one.bot()
    assert "6 conversations are already there" in said(life, "#room", "watch messenger")
    said(life, "#room", "unwatch 1")
    looked(one, life)
    for item in old[:4]:
        one.world.delete(item)
    assert "2 conversations are already there" in said(life, "#room", "watch messenger")
    one.world.change_ids("acme")
    looked(one, life)
    assert "2 conversations are already there" in said(life, "#other", "watch messenger")


def test_of_two_lists_one_that_cannot_be_read_leaves_the_number_to_later(stage: Set) -> None:
    one = stage(watches=[], instagram_fields="present")
    one.arrive(6)
    one.arrive(2, platform="instagram")
    one.simulator.fail("platform=instagram", 1, code=10)
    life = one.bot()
    assert "already there; I won't announce that" in said(life, "#room", "watch")
    looked(one, life)
    assert sorted(notices(one, "#room")) == [(NoticeKind.LEARNED, 2), (NoticeKind.LEARNED, 6)]


def test_two_rooms_and_the_settings_are_each_told_once_what_is_there(stage: Set) -> None:
    one = stage(watches=["#ops inbox messenger"])
    one.arrive(4)
    life = one.bot()
    for room in ("#room", "#other"):
        assert "4 conversations are already there" in said(life, room, "watch messenger")
    looked(one, life)
    assert [notices(one, room) for room in ("#ops", "#room", "#other")] == [[(NoticeKind.LEARNED, 4)], [], []]


def test_a_number_that_waits_for_the_end_of_quiet_hours_is_not_told_after_another(stage: Set) -> None:
    one = stage(watches=["#room inbox messenger quiet 11:00-13:00 UTC"])
    life, _ = begun(one, 4)
    one.arrive(2)
    looked(one, life)
    assert "6 conversations are already there" in said(life, "#room", "watch messenger as name")
    looked(one, life, 3600)
    assert notices(one, "#room") == []


def test_a_list_that_another_bot_is_reading_is_told_when_it_is_known(stage: Set) -> None:
    one = stage(watches=["#ops inbox messenger"], page_size_max=3)
    one.arrive(8)
    life, other = one.bot(), one.bot()
    answers = []

    def meanwhile(call: int) -> None:
        if call == 2:
            answers.append(said(life, "#room", "watch messenger"))

    other.meanwhile = meanwhile
    other.look_everywhere()
    assert "I'm reading what is already there; I won't announce that." in answers[0]
    assert "would have announced" not in answers[0]
    looked(one, life)
    assert notices(one, "#room") == [(NoticeKind.LEARNED, 8)]


def test_a_list_that_cannot_be_read_is_named_at_once_and_told_when_it_is_known(stage: Set) -> None:
    one = stage(watches=[])
    one.arrive(4)
    one.simulator.fail("conversations", 1, code=10)
    life = one.bot()
    answer = said(life, "#room", "watch messenger")
    assert "I can't read Acme · Messenger right now." in answer
    assert one.calls() == 1, "it is not asked for once more, to show the same"
    looked(one, life)
    assert notices(one, "#room") == [(NoticeKind.LEARNED, 4)]


@pytest.mark.parametrize("fuse", range(3, 40, 6))
def test_a_bot_that_dies_before_it_answers_tells_the_number_later(stage: Set, fuse: int) -> None:
    one = stage(watches=[])
    one.arrive(4)
    life = one.bot()
    life.fuse = fuse
    try:
        answered = "4 conversations" in said(life, "#room", "watch messenger")
    except Killed:
        answered = False
    life.fuse = None
    made = bool(life.service.watches.watches())
    one.kill(life)
    new = one.arrive()
    life = one.bot()
    looked(one, life, 120)
    looked(one, life)
    # A bot that dies once it has the number and before it has answered says nothing, as with every command.
    assert notices(one, "#room") in ([], [(NoticeKind.LEARNED, 4)], [(NoticeKind.LEARNED, 5)])
    assert not (answered and notices(one, "#room"))
    assert one.rooms.told("#room") in ([], new) and (made or not notices(one, "#room"))


ODD = ["unwatch 1 2", f"unwatch {'9' * 5000}", f"mute {'9' * 5000}", "unwatch all", "why", "stop"]


@pytest.mark.parametrize("text", ODD, ids=range(len(ODD)))
def test_odd_words_get_a_sentence(stage: Set, text: str) -> None:
    one = stage()
    life, _ = begun(one)
    answer = said(life, "#room", text)
    assert answer
    assert "went wrong on my side" not in answer
    assert [watch.number for watch in life.service.watches.watches()] == [1]


@pytest.mark.parametrize(
    ("direct", "warned"),
    [
        (False, "doesn't find this room by name, so what I announce by myself may never arrive here."),
        (True, "doesn't find you by name, so what I announce by myself may never reach you."),
    ],
)
@pytest.mark.parametrize("command", ["watch spam", "digest daily 09:00"])
def test_who_may_never_hear_of_it_is_told_so_at_once(stage: Set, command: str, direct: bool, warned: str) -> None:
    life, _ = begun(stage())

    def answered(**more: Any) -> str:
        return "".join(messages(life.commands.answer("#new", command, person=SAM, direct=direct, **more)))

    assert warned in answered(finds_again=lambda: False).replace("\\", "")
    assert "by name" not in answered()
