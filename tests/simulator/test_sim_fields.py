"""The language of `fields`."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulator.fields import Field, parse, to_text
from simulator.refused import Refused

calmly = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
names = st.text("abcxyz_", min_size=1, max_size=8)
arguments = st.text("abcdefghij0123456789_-=", max_size=6)
trees = st.recursive(
    st.builds(Field, names, st.lists(st.tuples(names, arguments), max_size=2).map(tuple)),
    lambda inner: st.builds(
        Field,
        names,
        st.lists(st.tuples(names, arguments), max_size=2).map(tuple),
        st.lists(inner, min_size=1, max_size=3).map(tuple),
    ),
    max_leaves=8,
)


@calmly
@given(st.lists(trees, min_size=1, max_size=5).map(tuple))
def test_what_is_written_is_read_back(fields):
    assert parse(to_text(fields)) == fields


@calmly
@given(st.lists(trees, min_size=1, max_size=3).map(tuple), st.sampled_from([" ", "\n", "  "]))
def test_space_between_the_parts_changes_nothing(fields, space):
    text = to_text(fields).replace(",", f"{space},{space}").replace("{", "{" + space).replace("}", space + "}")
    assert parse(text) == fields


@calmly
@given(st.text("ab,.(){} 1_é%", max_size=30))
def test_any_text_is_read_or_refused_as_the_graph_does(text):
    try:
        fields = parse(text)
    except Refused as refused:
        assert refused.error.code == 2500
        assert "at character" in refused.error.message
    else:
        assert parse(to_text(fields)) == fields


def test_the_example_of_the_reference():
    assert parse("participants,messages.limit(1){created_time,from}") == (
        Field("participants"),
        Field("messages", (("limit", "1"),), (Field("created_time"), Field("from"))),
    )
    assert parse("") == parse("  ") == ()
    aliased = parse("conversations.platform(instagram).as(ig){id}")[0]
    assert (aliased.key, aliased.modifier("platform"), aliased.modifier("folder")) == ("ig", "instagram", None)


@pytest.mark.parametrize(
    "text",
    ["a,", ",a", "a{b", "a{}", "a}", "a.limit", "a.limit(1", "a.(1)", "a b", "a{b}}", "a{b}c", "1a", "a" + "{a" * 50],
)
def test_what_is_malformed_is_refused_with_the_place(text):
    with pytest.raises(Refused, match=r"Syntax error .* at character"):
        parse(text)


def test_a_syntax_error_reaches_the_client(client):
    error = client.error("200300400/conversations", fields="id,messages{")
    assert error["code"] == 2500 and "at character 12" in error["message"]
