"""The live mode, driven by hand."""

from __future__ import annotations

import threading
from collections import Counter

from simulator.folders import FOLDERS, PLATFORMS
from simulator.live import Live
from simulator.world import World


def counts(world):
    return {(p, f): len(world.conversations("acme", p, f)) for p in PLATFORMS for f in FOLDERS}


def test_nothing_happens_while_the_clock_stands_still(world):
    live = Live(world)
    before = counts(world)
    assert live.step() == [] and counts(world) == before


def test_things_happen_at_the_rate_that_was_asked_for(world, clock):
    live = Live(world, per_minute=30)
    told = []
    for _ in range(60):
        clock.now += 60
        told += live.step()
    assert 1500 < len(told) < 2100
    assert live.step() == []


def test_everything_that_can_happen_does_and_changes_the_world(world, clock):
    live = Live(world, per_minute=60)
    before = counts(world)
    clock.now += 3600
    told = live.step()
    what = Counter(line.rsplit(" ", 1)[1] for line in told)
    assert set(what) == {"writes", "returns", "answered", "read", "done", "spam"}
    after = counts(world)
    assert sum(after.values()) == sum(before.values()) + what["writes"]
    assert after["messenger", "page_done"] > before["messenger", "page_done"]
    assert after["instagram", "spam"] > before["instagram", "spam"]
    for platform in PLATFORMS:
        newest = world.conversations("acme", platform, "inbox")[0]
        assert clock() - 600 < newest.updated <= clock()


def test_the_same_seed_makes_the_same_things_happen(clock):
    def told(seed):
        clock.now = 1_795_435_200.0
        world = World.seeded(1, clock, conversations=50)
        live = Live(world, seed=seed)
        clock.now += 900
        return live.step()

    assert told(1) == told(1) != told(2)


def test_an_empty_world_comes_to_life(clock):
    world = World(clock)
    live = Live(world, per_minute=60)
    clock.now += 120
    assert live.step() and world.conversations("acme", "messenger", "inbox")


def test_it_stops_when_told(world):
    stop = threading.Event()
    worker = threading.Thread(target=Live(world).run, args=(stop,))
    worker.start()
    stop.set()
    worker.join()
    assert not worker.is_alive()
