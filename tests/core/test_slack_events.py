"""A message of Slack's is acted on once, and read as it was typed."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from pageinbox.chat.slack.hearing import Hearing
from pageinbox.chat.slack.incoming import REMEMBERED, Heard, typed, whole


def event(ts: str = "1.1", channel: str = "C1", **more: Any) -> dict[str, Any]:
    return {"channel": channel, "ts": ts, **more}


def test_a_message_is_met_once() -> None:
    heard = Heard()
    assert not heard.before(event())
    assert heard.before(event())
    assert not heard.before(event(ts="1.2"))
    assert not heard.before(event(channel="C2"))


def test_one_delivery_of_a_message_may_be_told_of_twice() -> None:
    heard, first, again = Heard(), whole(event()), whole(event())
    assert not heard.before(first) and not heard.before(first)
    assert heard.before(again) and heard.before(event())


def test_a_repeat_is_passed_by_while_the_first_is_being_handled() -> None:
    """Whatever command it gives: those of other plugins ask nobody whether they were met."""
    handled: list[str] = []

    def handle(client: Any, told: dict[str, Any]) -> None:
        handled.append(told["ts"])
        if len(handled) == 1:
            hearing(None, event())
            hearing(None, event(ts="1.2"))

    hearing = Hearing(SimpleNamespace(), handle, pytest.fail)
    hearing(None, event())
    assert handled == ["1.1", "1.2"]
    hearing(None, event())
    assert handled == ["1.1", "1.2", "1.1"]


def test_an_edit_is_no_message() -> None:
    heard = Heard()
    assert heard.before(event(ts="1.3", subtype="message_changed", message={"ts": "1.1"}))
    assert not heard.before(event(ts="1.1"))


def test_only_so_many_are_remembered() -> None:
    heard = Heard()
    for number in range(REMEMBERED + 1):
        assert not heard.before(event(ts=f"{number}.0"))
    assert heard.before(event(ts=f"{REMEMBERED}.0")) and heard.before(event(ts="1.0"))
    assert not heard.before(event(ts="0.0"))


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        ("a &amp; b", "a & b"),
        ("&lt;b&gt;", "<b>"),
        ("&amp;lt;", "&lt;"),
        ("plain", "plain"),
        ("&quot;", "&quot;"),
        ("ping <@U0123>", "ping @U0123"),
        ("ping <@U0123|ann>", "ping @U0123"),
        ("ping <!here>", "ping @here"),
        ("ping <!subteam^S0123|@team> <!subteam^S9>", "ping @S0123 @S9"),
        ("ping <!channel|@channel>", "ping @channel"),
        ("<#C01|general> &lt;@U0123&gt;", "<#C01|general> <@U0123>"),
        (
            "ask <http://acme.example|acme.example> and <https://acme.example/?a=1&amp;b>",
            "ask acme.example and https://acme.example/?a=1&b",
        ),
        ("<mailto:ann@acme.example|ann@acme.example> <mailto:bo@acme.example>", "ann@acme.example bo@acme.example"),
        ("&lt;http://acme.example|acme&gt;", "<http://acme.example|acme>"),
    ],
)
def test_what_was_typed(sent: str, meant: str) -> None:
    assert typed(sent) == meant
