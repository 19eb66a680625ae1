"""The short way through a conversation leads where the long one does, whatever Meta sends."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import event, given
from hypothesis import settings as runs
from hypothesis import strategies as st

from pageinbox.graph.common import common_to
from pageinbox.graph.decoding import decode_list
from pageinbox.graph.talk import Talk, careful, talk_of, usual
from pageinbox.graph.wire import WireConversation
from pageinbox.model.errors import GraphError
from pageinbox.model.source import Platform
from tests.core.test_decoding import LIST, places, put, values
from tests.core.test_who_waits import ACME, ANN, LEA, SAM, SHOP, message, talk

OWN = {
    Platform.MESSENGER: frozenset({ACME["id"]}),
    Platform.INSTAGRAM: frozenset({ACME["id"], SHOP["id"], "@acme_shop"}),
}


def both_ways(body: bytes, platform: Platform) -> list[tuple[Talk | None, Talk]]:
    """Each conversation of a list as it is read the short way, and the long one."""
    items = decode_list(body, WireConversation).items
    common = common_to(items, platform, OWN[platform])
    return [(usual(item, common), careful(item, common)) for item in items]


USERNAME: dict[str, Any] = {"id": "9", "username": "acme_shop"}
LONG: dict[str, Any] = {"id": "5" * 501, "name": "Ann"}
PEOPLE: list[dict[str, Any] | None] = [
    ANN, ACME, LEA, SHOP, SAM, USERNAME, LONG, None, {}, {"id": 555001, "name": "Ann Example"}, {"id": ANN["id"]},
    {"id": LEA["id"]}, {"id": "", "name": "Ann"}, {"username": "acme_shop"}, {"id": ANN["id"], "name": ""},
    {"id": LEA["id"], "username": "lea." * 60},
]  # fmt: skip
people = st.sampled_from(PEOPLE)
pairs = st.sampled_from([[ANN, ACME], [ACME, ANN], [SHOP, LEA], [LEA, SHOP]])
groups = st.sampled_from(
    [[ANN, ACME, SAM], [SHOP, ACME], [SHOP, USERNAME], [LONG, ACME], [SHOP, LONG], [ACME, USERNAME]]
)
ages = st.sampled_from([0, 10, 59, 60, 61, 3600, 90_000])
odd = st.fixed_dictionaries(
    {},
    optional={
        "created_time": st.sampled_from(
            [None, "soon", "2026-11-23T12:00:00", "20261123", 1_790_000_000, 1_790_000_000_000]
        ),
        "to": st.sampled_from([None, {"data": [ACME]}, {"data": [ANN]}, [SHOP], "x"]),
        "is_deleted": st.sampled_from([True, False, "true", "false", None]),
        "tags": st.sampled_from([None, {"data": [{"name": "sent"}]}, []]),
    },
)


@st.composite
def messages(draw: st.DrawFn, senders: st.SearchStrategy[Any]) -> dict[str, Any]:
    return message(draw(ages), draw(senders), "hello", **(draw(odd) if draw(st.integers(0, 7)) == 0 else {}))


@st.composite
def talks(draw: st.DrawFn) -> dict[str, Any]:
    """A conversation, mostly in order, mostly of two who write."""
    two = draw(st.one_of(pairs, pairs, groups, st.lists(people, max_size=3)))
    senders = st.sampled_from(two) if two and draw(st.integers(0, 3)) else people
    said = draw(st.lists(messages(senders), max_size=6))
    if draw(st.integers(0, 3)):
        said.sort(key=lambda each: str(each["created_time"]), reverse=True)
    return talk(*said, people=draw(st.sampled_from([tuple(two), two, None])))


@runs(deadline=None, max_examples=400)
@given(st.lists(talks(), min_size=1, max_size=3), st.sampled_from(Platform))
def test_the_short_way_tells_what_the_long_one_does(given, platform):
    for short, long in both_ways(json.dumps({"data": given}).encode(), platform):
        event("short" if short else "long")
        assert short is None or short == long


@runs(deadline=None, max_examples=200)
@given(st.sampled_from(places(LIST)), values, st.sampled_from(Platform))
def test_any_value_in_any_place_leads_there_both_ways(path, value, platform):
    try:
        told = both_ways(json.dumps(put(LIST, path, value)).encode(), platform)
    except GraphError:
        return
    assert all(short is None or short == long for short, long in told)


@pytest.mark.parametrize(("platform", "two"), [(Platform.MESSENGER, (ANN, ACME)), (Platform.INSTAGRAM, (SHOP, LEA))])
def test_what_nearly_all_are_like_goes_the_short_way(platform, two):
    told = talk(message(0, two[0], "yes"), message(30, two[1], "hi"), message(90, two[0], "hello"), people=two)
    ((short, long),) = both_ways(json.dumps({"data": [told]}).encode(), platform)
    assert short == long
    assert short is not None and talk_of(short.item, common_to([short.item], platform, OWN[platform])) == short


@pytest.mark.parametrize(
    "told",
    [
        talk(message(0, ANN, "hi"), people=(ANN, ACME, SAM)),
        talk(message(0, ANN, "hi"), people=({"id": ANN["id"]}, ACME)),
        talk(message(0, SAM, "hi")),
        talk(message(0, None, "hi")),
        talk(message(60, ANN, "hi"), message(0, ACME, "yes")),
    ],
    ids=["three take part", "no name", "somebody else wrote", "nobody wrote", "oldest first"],
)
def test_what_is_unlike_that_goes_the_long_way(told):
    ((short, long),) = both_ways(json.dumps({"data": [told]}).encode(), Platform.MESSENGER)
    assert (
        short is None
        and talk_of(long.item, common_to([long.item], Platform.MESSENGER, OWN[Platform.MESSENGER])) == long
    )
