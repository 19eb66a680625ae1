"""Ids go into the ledger and come out the same, however they are kept."""

from __future__ import annotations

from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects.sqlite import dialect

from pageinbox.ledger.graph_id import THREAD, GraphId

GRAPH_ID, SQLITE = GraphId(), dialect()


def through(graph_id: str) -> tuple[str, str]:
    """The id as it is written, and as it comes back."""
    written = GRAPH_ID.process_bind_param(graph_id, SQLITE)
    return written, GRAPH_ID.process_result_value(written, SQLITE)


def disguised(text: bytes) -> str:
    """A text as Instagram makes an id of it."""
    return b64encode(text).decode().replace("Z", "ZA").replace("=", "ZD")


def test_of_an_instagram_id_the_varying_end_alone_is_kept():
    end = "17841400000000001:340282366841710301244259"
    graph_id = disguised(f"{THREAD}{end}".encode())
    assert through(graph_id) == (f"~{end}", graph_id)


@pytest.mark.parametrize(
    "odd", ["t_110022003300", "", "~", "~~", "~x", "aWdfZAG06", "ZA", "ZD", "====", "über", disguised(b"~x")]
)
def test_odd_ids_come_back_as_they_were(odd):
    assert through(odd)[1] == odd


@given(
    st.one_of(
        st.text(),
        st.text("~ZAD=abc"),
        st.binary().map(disguised),
        st.text("0123456789:").map(lambda end: disguised(f"{THREAD}{end}".encode())),
    )
)
def test_any_id_comes_back_as_it_was(graph_id):
    assert through(graph_id)[1] == graph_id
