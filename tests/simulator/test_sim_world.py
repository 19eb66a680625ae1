"""The world by itself: what it holds, and what its operations do."""

from __future__ import annotations

import pytest

from simulator.folders import FOLDERS, PLATFORMS
from simulator.thread import Attachment, Person
from simulator.world import World


def everything(world: World) -> list[tuple[object, ...]]:
    return [
        (t.id, t.page.name, t.platform, t.folder, t.person, t.updated, t.unread, t.messages)
        for page in world.pages
        for platform in PLATFORMS
        for folder in FOLDERS
        for t in world.conversations(page, platform, folder)
    ]


def test_the_same_seed_makes_the_same_world(clock):
    one, two = (World.seeded(3, clock, conversations=200, pages=("acme", "zeta")) for _ in range(2))
    assert everything(one) == everything(two)
    assert everything(one) != everything(World.seeded(4, clock, conversations=200, pages=("acme", "zeta")))


def test_a_seeded_world_has_the_size_it_was_asked_for_and_holds_every_kind(clock):
    world = World.seeded(1, clock, conversations=3000, pages=("acme", "zeta"))
    threads = [
        t
        for page in world.pages
        for platform in PLATFORMS
        for folder in FOLDERS
        for t in world.conversations(page, platform, folder)
    ]
    assert len(threads) == 3000
    assert all(world.conversations(page, p, f) for page in world.pages for p in PLATFORMS for f in FOLDERS)
    labels = {t.person.name or t.person.username for t in threads}
    assert None in labels
    assert {"محمد علي", "🌸 Sakura 🌸", "<!channel> Bargains"} <= labels
    messages = [m for t in threads for m in t.messages]
    assert any(m.sticker for m in messages) and any(m.attachments for m in messages)
    assert any(len(t.messages) > 20 for t in threads)
    assert any(t.waiting for t in threads) and not all(t.waiting for t in threads)


def test_every_thread_is_consistent(world, clock):
    for id, _, platform, _, _, updated, unread, messages in everything(world):
        thread = world.thread(str(id))
        assert thread.platform == platform
        assert [m.number for m in messages] == list(range(1, len(messages) + 1))
        assert [m.at for m in messages] == sorted(m.at for m in messages)
        assert messages[-1].at == updated <= clock()
        assert not messages[0].from_page
        assert not any(m.from_page for m in messages[len(messages) - unread :])


def test_conversations_are_the_newest_first(world):
    times = [t.updated for t in world.conversations("acme", "messenger", "inbox")]
    assert times == sorted(times, reverse=True) and len(times) > 50


def test_writing_moves_to_the_front_and_makes_unread(world, clock):
    last = world.conversations("acme", "instagram", "inbox")[-1]
    world.read(last)
    clock.now += 60
    assert world.write("acme", last, "hello?") is last
    assert world.conversations("acme", "instagram", "inbox")[0] is last
    assert (last.unread, last.waiting, last.updated) == (1, True, clock.now)
    world.answer(last, "hi!")
    assert (last.unread, last.waiting, last.messages[-1].text) == (0, False, "hi!")
    world.write("acme", last.id, "thanks")
    world.answer(last, "We are away.", automatic=True)
    assert (last.unread, last.waiting) == (1, False)


def test_a_stranger_gets_a_conversation_and_keeps_it(world):
    ann = world.write("acme", "@ann.new", "hi", platform="instagram", folder="spam")
    assert ann.person.username == "ann.new" and ann.person.name is None
    assert world.write("acme", "ann.new", "still there?", platform="instagram") is ann
    assert ann.folder == "spam" and len(ann.messages) == 2
    bo = world.write("acme", "Bo New", "hi", attachments=[Attachment("a.jpg")])
    assert bo.person.name == "Bo New" and bo is not ann
    assert world.write("acme", bo.person.id, "again") is bo
    nameless = world.write("acme", None, "psst")
    assert nameless.person.name is None and nameless is not world.write("acme", None, "psst")
    carla = Person("999", name="Carla")
    assert world.write("acme", carla, "1") is world.write("acme", carla, "2")


def test_moving_does_not_touch_the_time(world):
    thread = world.conversations("acme", "messenger", "inbox")[3]
    before = thread.updated
    world.move(thread, "spam")
    assert thread.updated == before
    assert thread in world.conversations("acme", "messenger", "spam")
    assert thread not in world.conversations("acme", "messenger", "inbox")
    with pytest.raises(KeyError):
        world.move(thread, "attic")
    assert thread in world.conversations("acme", "messenger", "spam")


def test_a_refused_write_leaves_no_trace(world):
    before = everything(world)
    for where in ({"platform": "telegraph"}, {"folder": "attic"}):
        with pytest.raises(KeyError):
            world.write("acme", "Dora New", "hi", **where)
    assert everything(world) == before
    assert world.of_person("acme", "messenger", "Dora New") is None
    assert world.write("acme", "Dora New", "hi").messages[-1].text == "hi"


def test_what_is_deleted_is_gone(world):
    thread = world.conversations("acme", "messenger", "inbox")[0]
    world.delete(thread)
    with pytest.raises(KeyError):
        world.thread(thread.id)
    assert world.of_person("acme", "messenger", thread.person.id) is None
    assert thread not in world.conversations("acme", "messenger", "inbox")


def test_ids_lead_back_to_what_they_name(world):
    for platform in PLATFORMS:
        thread = world.conversations("acme", platform, "inbox")[0]
        assert world.thread(thread.id) is thread
    for wrong in ("", "t_", "t_1", "t_x", "aWdfZAG06", thread.id + "ZD", "200300400"):
        with pytest.raises(KeyError):
            world.thread(wrong)


def test_the_demo_tells_the_readme_s_story(clock):
    world = World.demo(clock)
    acme = world.pages["acme"]
    assert (acme.id, acme.token, acme.instagram.username) == ("200300400", "demo-page-token", "acme_shop")
    spam = world.conversations("acme", "instagram", "spam")
    assert len(spam) == 14
    assert sum(t.unread > 0 for t in spam) == 5
    waits = [clock() - t.updated for t in spam if t.waiting]
    assert len(waits) == 3 and 2 * 86_400 < max(waits) < 3 * 86_400
    assert all(world.conversations("acme", "messenger", folder) for folder in FOLDERS)
    assert world.conversations("acme", "instagram", "inbox")
    everyone = [t for p in PLATFORMS for f in FOLDERS for t in world.conversations("acme", p, f)]
    assert all(t.messages and t.updated == t.messages[-1].at for t in everyone)
    # "4 min ago" must stay true for a while: every age lies well inside what it is rounded to.
    for age in (clock() - t.updated for t in everyone):
        unit = 60 if age < 3600 else 3600 if age < 86_400 else 86_400
        assert unit / 4 <= age % unit <= unit * 3 / 4, age


def test_a_hidden_conversation_is_in_no_list_until_it_is_revealed_or_written_in(clock):
    world = World(clock)
    first, second = (world.write("acme", None, "hello", at=clock() - ago) for ago in (60, 30))
    before = everything(world)
    world.hide(first)
    assert world.conversations("acme", "messenger", "inbox") == [second]
    assert world.thread(first.id) is first
    world.reveal(first)
    world.reveal(second)
    assert everything(world) == before
    world.hide(second)
    world.hide(second)
    world.write("acme", second, "hello?")
    assert world.conversations("acme", "messenger", "inbox") == [second, first]
    world.hide(first)
    world.move(first, "spam")
    assert world.conversations("acme", "messenger", "spam") == [first]
    world.hide(second)
    world.delete(second)
    assert world.conversations("acme", "messenger", "inbox") == []


def test_changed_ids_change_nothing_else(clock):
    world = World.seeded(1, clock, conversations=60, pages=("acme", "zeta"))
    before, old = everything(world), [thread.id for thread in world.conversations("acme", "messenger", "inbox")]
    world.change_ids("acme")
    after = everything(world)
    assert [row[1:7] for row in after] == [row[1:7] for row in before]
    changed = {row[0] for row in before} - {row[0] for row in after}
    assert changed == {row[0] for row in before if row[1] == "acme"}
    with pytest.raises(KeyError):
        world.thread(old[0])
    assert all(world.thread(row[0]).id == row[0] for row in after)
