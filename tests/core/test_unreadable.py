"""Conversations that Meta can't give, as the poller meets them: learned, told once, and told with their words later."""

from __future__ import annotations

from typing import Any

from pageinbox.model.announcement import NoticeKind
from pageinbox.model.errors import ListBlocked
from tests.core.looked import Set, begun, looked
from tests.core.stage import INTERVAL, Stage, source


def spoil(one: Stage, *ids: str, **how: Any) -> None:
    for graph_id in ids:
        one.simulator.fail("", None, holding=graph_id, **({"code": 1, "status": 400} | how))


def told(one: Stage, room: str = "#room") -> list[tuple[str, bool]]:
    """The conversations that were named in a room, and whether as one that can't be read."""
    news = [each for message in one.rooms.of(room) for each in message.item.news if each.conversation]
    return [(each.conversation.id, each.conversation.unreadable) for each in news if each.conversation]


def test_one_that_is_new_is_told_once_and_what_lies_behind_it_too(stage: Set) -> None:
    one = stage()
    life, _ = begun(one, 60)
    first, bad, last = one.arrive(3)
    spoil(one, bad)
    for _ in range(3):
        looked(one, life)
    assert told(one) == [(first, False), (bad, True), (last, False)]
    history = life.service.histories.history(bad)
    assert history is not None and history.updated == one.world.thread(bad).updated


def test_old_ones_are_learned_quietly_also_when_they_heal(stage: Set) -> None:
    one = stage()
    there = one.arrive(60)
    spoil(one, there[3], there[58])
    life = one.bot()
    looked(one, life)
    assert [notice.kind for message in one.rooms.messages for notice in message.item.notices] == [NoticeKind.LEARNED]
    one.simulator.clear()
    looked(one, life, 3600)
    looked(one, life)
    assert told(one) == [] and one.rooms.edits == []
    history = life.service.histories.history(there[3])
    assert history is not None and history.quiet


def test_one_that_was_known_before_is_no_news(stage: Set) -> None:
    one = stage()
    life, there = begun(one)
    new = one.arrive(1)
    looked(one, life)
    spoil(one, *there, *new)
    looked(one, life)
    one.simulator.clear()
    looked(one, life)
    assert told(one) == [(new[0], False)] and one.rooms.edits == []


def test_one_that_heals_is_edited_to_its_words_also_by_another_bot(stage: Set, ledger_url: str) -> None:
    one = stage(url=ledger_url)
    life, _ = begun(one)
    (bad,) = one.arrive(1)
    spoil(one, bad)
    looked(one, life)
    one.kill(life)
    one.simulator.clear()
    life = one.bot()
    looked(one, life)
    looked(one, life)
    ((_, _, edited),) = one.rooms.edits
    (news,) = edited.news
    assert news.conversation is not None and news.latest is None
    assert (news.conversation.id, news.conversation.unreadable, news.conversation.snippet) == (bad, False, "hello")


def test_one_that_heals_before_it_is_told_is_told_with_its_words(stage: Set) -> None:
    one = stage()
    life, _ = begun(one)
    (bad,) = one.arrive(1)
    spoil(one, bad)
    one.rooms.down = True
    looked(one, life)
    one.simulator.clear()
    looked(one, life)
    one.rooms.down = False
    looked(one, life, 600)
    assert told(one) == [(bad, False)]


def test_a_room_that_wants_only_some_hears_of_one_that_may_be_among_them(stage: Set) -> None:
    one = stage(watches=["#refunds inbox messenger text “refund”", "#unread inbox messenger unread"])
    life, _ = begun(one)
    (bad,) = one.arrive(1)
    spoil(one, bad)
    looked(one, life)
    assert told(one, "#refunds") == told(one, "#unread") == [(bad, True)]


def test_a_new_message_that_cannot_be_read_is_told_and_later_shown(stage: Set) -> None:
    one = stage(watches=["#room inbox messenger", "#all inbox messenger every message"])
    life, _ = begun(one)
    (known,) = one.arrive(1)
    looked(one, life)
    one.time.wait(5)
    one.world.write("acme", one.world.thread(known), "me again")
    spoil(one, known)
    looked(one, life)
    one.simulator.clear()
    looked(one, life)
    assert told(one, "#all") == [(known, False), (known, True)]
    latest = [edited.news[0].latest for _, _, edited in one.rooms.edits]
    assert [each and (each.unreadable, each.snippet) for each in latest] == [(True, None), (False, "me again")]


def test_a_search_that_takes_long_keeps_its_right_to_the_source(stage: Set) -> None:
    one = stage()
    one.more["POLL_INTERVAL"] = 5
    life, _ = begun(one, 60)
    bad = one.arrive(3)
    spoil(one, *bad[:2])

    def slow(call: int) -> None:
        one.time.wait(3)

    life.meanwhile = slow
    (outcome,) = life.look_everywhere()
    assert outcome.trouble is None
    one.time.wait(10)
    life.tell()
    assert [graph_id for graph_id, _ in told(one)] == bad


def test_an_outage_is_no_conversation_that_cannot_be_read(stage: Set) -> None:
    one = stage()
    life, _ = begun(one)
    new = one.arrive(1)
    one.simulator.fail("conversations", None, code=2)
    for _ in range(3):
        one.simulator.forget()
        looked(one, life, 120)
        assert one.calls() == 4
    one.simulator.clear()
    looked(one, life)
    assert told(one) == [(new[0], False)]


def test_behind_one_of_which_nothing_is_given_nothing_is_lost(stage: Set) -> None:
    one = stage()
    life, _ = begun(one)
    older, bad, newer = one.arrive(3)
    spoil(one, bad, fields=[])
    one.time.wait(INTERVAL)
    (outcome,) = life.look_everywhere()
    assert isinstance(outcome.trouble, ListBlocked)
    looked(one, life)
    assert told(one) == [(newer, False)], "what lies before it is told"
    one.simulator.clear()
    looked(one, life)
    assert sorted(told(one)) == sorted([(newer, False), (older, False), (bad, False)])


def test_one_that_cannot_be_read_moves_to_a_folder(stage: Set) -> None:
    one = stage(watches=["#room inbox messenger", "#spam spam messenger"])
    life, _ = begun(one)
    (bad,) = one.arrive(1)
    spoil(one, bad)
    looked(one, life)
    one.world.move(bad, "spam")
    looked(one, life, 3600)
    one.simulator.clear()
    looked(one, life)
    assert (told(one), told(one, "#spam")) == ([(bad, True)], [(bad, True)])
    assert {room for room, _, _ in one.rooms.edits} == {"#room", "#spam"}
    assert life.service.poll.wanted() == [source(), source(folder="spam")]


def test_a_list_of_which_nothing_can_be_read_is_in_trouble(inbox: Any) -> None:
    inbox.has({"id": "t_1", "updated_time": None}, {"id": "t_2", "updated_time": "soon"})
    assert "nothing in the list can be read: updated_time is missing" in inbox.say("messenger")
    assert "There are no conversations there yet" not in inbox.say("watch")
    (told,) = inbox.run(900)
    assert "I haven't been able to read Acme · Messenger" in told
    inbox.has({"id": "t_1"}, {"id": "t_2"})
    assert "can be read again" in "".join(inbox.run(900))


def test_the_status_counts_what_a_look_could_not_read(inbox: Any) -> None:
    inbox.has({"id": "t_1"}, {"id": "t_2", "updated_time": "soon"})
    inbox.say("watch")
    inbox.run(130)
    assert "1 conversation could not be read when I last looked." in inbox.say("status")


def test_a_name_that_stands_for_a_deleted_account_is_no_username(inbox: Any) -> None:
    inbox.open(platform="instagram")
    people = [{"id": "17840", "username": "acme"}, {"id": "555001", "name": "Instagram User"}]
    inbox.has(
        {"id": "x1", "participants": {"data": people}}, instagram_business_account={"id": "17840", "username": "acme"}
    )
    assert " Instagram User " in inbox.say("instagram")
