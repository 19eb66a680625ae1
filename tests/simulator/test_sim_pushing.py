"""What the simulator pushes is as what others have recorded, but for the values."""

from __future__ import annotations

import hashlib
import hmac
import json
from pathlib import Path
from typing import Any

import pytest

from simulator.pushing import FAULTS, Pushing, numbered, packed, pushed
from simulator.thread import Person, Thread
from simulator.world import World

BODIES = json.loads(Path(__file__).parent.parent.joinpath("core/bodies/pushes.json").read_text("utf-8"))
NOON = 1_795_435_200.0


@pytest.fixture
def world() -> World:
    return World(lambda: NOON)


def written(world: World, platform: str = "messenger") -> Thread:
    return world.write("acme", Person("555001", name="Ann"), "hello / ö", platform=platform)


def shape(body: Any) -> Any:
    """Names and types alone, of what tells somebody that something happened."""
    if isinstance(body, dict):
        return {name: shape(value) for name, value in body.items() if name not in ("nlp", "seq", "app_id", "metadata")}
    return [shape(item) for item in body] if isinstance(body, list) else type(body).__name__


@pytest.mark.parametrize(
    ("platform", "how", "recorded"),
    [
        ("messenger", "messaging", "a message"),
        ("messenger", "standby", "standby"),
        ("messenger", "conversations", "a conversation, 2017"),
        ("instagram", "messaging", "Instagram"),
    ],
)
def test_a_message(world: World, platform: str, how: str, recorded: str) -> None:
    thread = written(world, platform)
    assert shape(pushed(thread, thread.messages[-1], how)) == shape(BODIES[recorded])


def test_a_message_of_instagram_login(world: World) -> None:
    thread = written(world, "instagram")
    (change,) = pushed(thread, thread.messages[-1], "changes")["entry"][0]["changes"]
    (recorded,) = BODIES["Instagram Login"]["entry"][0]["changes"]
    assert change.keys() == recorded.keys() and change["value"].keys() == recorded["value"].keys()


@pytest.mark.parametrize(("platform", "recorded"), [("messenger", "an answer"), ("instagram", "Instagram, an answer")])
def test_an_answer(world: World, platform: str, recorded: str) -> None:
    thread = written(world, platform)
    world.answer(thread, "hi")
    body = pushed(thread, thread.messages[-1])
    assert shape(body if platform == "instagram" else numbered(body)) == shape(BODIES[recorded])


def test_numbers_for_ids(world: World) -> None:
    thread = written(world)
    assert shape(numbered(pushed(thread, thread.messages[-1]))) == shape(BODIES["a message, 2016"])


def test_it_is_signed_over_its_bytes_which_hold_escapes(world: World) -> None:
    thread = written(world)
    content, headers = packed(thread.page, pushed(thread, thread.messages[-1]))
    digest = hmac.new(thread.page.app_secret.encode(), content, hashlib.sha256).hexdigest()
    assert headers["X-Hub-Signature-256"] == f"sha256={digest}"
    assert b"hello \\/ \\u00f6" in content and json.loads(content) == pushed(thread, thread.messages[-1])


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_is_another_one(world: World, fault: str) -> None:
    posts: list[tuple[bytes, dict[str, str]]] = []
    pushing = Pushing(world, lambda body, headers: posts.append((body, dict(headers))), fault=fault)
    thread = written(world)
    good = packed(thread.page, pushed(thread, thread.messages[-1]))
    if fault == "late":
        assert posts == []
        pushing.release()
    expected = {"": [good], "twice": [good, good], "late": [good], "lost": []}
    if fault in expected:
        assert posts == expected[fault]
    else:
        assert len(posts) == 1 and posts[0] != good
    if fault == "crowded":
        assert len(json.loads(posts[0][0])["entry"]) == 1000


def test_what_was_late_comes_in_disorder(world: World) -> None:
    posts: list[bytes] = []
    pushing = Pushing(world, lambda body, headers: posts.append(body), fault="late")
    thread = written(world)
    world.write("acme", thread, "hello?")
    pushing.release()
    assert [b"hello?" in body for body in posts] == [True, False]
