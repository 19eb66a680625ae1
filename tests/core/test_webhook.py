"""What Meta pushes: who may, and what is made of it.

The bodies are as others have recorded or documented them, with invented values.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as runs
from hypothesis import strategies as st

from pageinbox.graph.webhook import MOST, Unreadable, changes_in, signed_with
from pageinbox.model.meters import Count
from pageinbox.model.push import Became, Change, Event
from pageinbox.model.secret import Secret
from pageinbox.model.source import Page, Platform
from pageinbox.model.web import WebRequest
from pageinbox.web.meta import Webhook

PAGE, ACCOUNT, ANN = "200300400", "17841400000000001", "1602000000000001"
BODIES: dict[str, Any] = json.loads(Path(__file__).with_name("bodies").joinpath("pushes.json").read_text("utf-8"))
AT, ENTRY = 1_795_435_200.627, 1_795_435_201.246
WROTE, ANSWERED, CHANGED, NOTHING = Event.WROTE, Event.ANSWERED, Event.CHANGED, Event.NOTHING
MEANT: dict[str, tuple[Event, tuple[str, ...], float]] = {
    "a message, 2016": (WROTE, ("555001",), AT),
    "a message": (WROTE, ("555001",), AT),
    "an answer": (ANSWERED, ("555001",), AT),
    "an answer without a flag": (ANSWERED, ("555001",), AT),
    "a button": (WROTE, ("555001",), AT),
    "a button of a guest": (WROTE, (), AT),
    "standby": (WROTE, ("555001",), AT),
    "a conversation, 2015": (CHANGED, ("t_id.171899099639713",), 1_795_435_201),
    "a conversation, 2017": (
        CHANGED,
        ("t_mid.$cAAXU8ftoSZBiW9yWQlcKpdEFE6rQ", "t_100001042311435"),
        1_795_435_201,
    ),
    "read": (NOTHING, ("555001",), AT),
    "delivered": (NOTHING, ("555001",), ENTRY),
    "a reaction": (NOTHING, ("555001",), AT),
    "taken back": (NOTHING, ("555001",), AT),
    "edited": (NOTHING, ("555001",), AT),
    "a comment on a post": (NOTHING, (), 1_795_435_201),
    "Instagram": (WROTE, (ANN,), AT),
    "Instagram, times as texts": (WROTE, (ANN,), 1_795_435_200),
    "Instagram Login": (WROTE, (ANN,), 1_795_435_200),
    "Instagram, an answer": (ANSWERED, (ANN,), AT),
    "Instagram, seen": (NOTHING, (ANN,), AT),
    "Instagram, not edited": (WROTE, (ANN,), AT),
    "Instagram, not edited, of nobody": (WROTE, (), AT),
    "Instagram, edited": (NOTHING, (ANN,), AT),
    "the dashboard's test": (WROTE, ("12334",), 1_527_459_824),
    "the dashboard's test, as a change": (WROTE, ("12334",), 1_527_459_824),
    "the dashboard's test of a reaction": (NOTHING, ("12334",), ENTRY),
}
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def packed(body: object) -> bytes:
    return json.dumps(body).encode()


@pytest.mark.parametrize("name", BODIES)
def test_a_push_as_it_was_recorded(name: str) -> None:
    (change,) = changes_in(packed(BODIES[name]))
    event, ids, at = MEANT[name]
    account = "0" if "dashboard" in name else ACCOUNT if "Instagram" in name else PAGE
    platform = Platform.INSTAGRAM if BODIES[name]["object"] == "instagram" else Platform.MESSENGER
    assert change == Change(account, platform, event, ids, pytest.approx(at))


def test_a_list_of_pushes() -> None:
    assert changes_in(packed([BODIES["a message"], BODIES["Instagram"], None])) == [
        *changes_in(packed(BODIES["a message"])),
        *changes_in(packed(BODIES["Instagram"])),
    ]


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'"page"', b"null", b"{", b"[" * 100_000, b'{"a":' * 100_000])
def test_what_is_no_push(body: bytes) -> None:
    with pytest.raises(Unreadable):
        changes_in(body)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"object": "user", "entry": [{"id": PAGE}]},
        {"object": ["page"], "entry": [{"id": PAGE, "messaging": [{}]}]},
        {"object": "page"},
        {"object": "page", "entry": None},
        {"object": "page", "entry": [None, 3, "x", []]},
        {"object": "page", "entry": [{"id": PAGE, "messaging": "x", "standby": 7, "changes": [None, {"field": "x"}]}]},
    ],
)
def test_a_push_of_nothing(body: object) -> None:
    assert changes_in(packed(body)) == []


def test_more_than_meta_ever_sends_at_once_is_not_read() -> None:
    event = BODIES["a message"]["entry"][0]["messaging"][0]
    body = {"object": "page", "entry": [{"id": PAGE, "messaging": [event] * (MOST + 1)}]}
    assert len(changes_in(packed(body))) == MOST


@given(st.sampled_from(sorted(BODIES)), st.data())
@runs(max_examples=300)
def test_whatever_stands_anywhere_in_a_push_is_read_or_passed_over(name: str, data: st.DataObject) -> None:
    body = json.loads(packed(BODIES[name]))
    place: Any = body
    while True:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        key = data.draw(st.sampled_from(keys))
        if not isinstance(place[key], dict | list) or not place[key] or data.draw(st.booleans()):
            place[key] = data.draw(ANYTHING)
            break
        place = place[key]
    for change in changes_in(packed(body).replace(b"NaN", b"0").replace(b"Infinity", b"1")):
        assert all(isinstance(each, str) and each for each in change.ids)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    with suppress(Unreadable):
        assert changes_in(body) == []


def sign(body: bytes, secret: str) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


BODY = packed(BODIES["a message"])
ONE, OTHER = Secret("one-secret"), Secret("other-secret")


@pytest.mark.parametrize(
    ("signature", "fitting"),
    [
        (sign(BODY, "one-secret"), {ONE}),
        (sign(BODY, "one-secret").upper().replace("SHA", "sha"), {ONE}),
        (f" {sign(BODY, 'other-secret')} ", {OTHER}),
        (sign(BODY, "third-secret"), set()),
        (sign(BODY + b" ", "one-secret"), set()),
        (sign(BODY, "one-secret").removeprefix("sha256="), set()),
        (sign(BODY, "one-secret").replace("sha256", "sha1"), set()),
        ("sha1=" + hmac.new(b"one-secret", BODY, hashlib.sha1).hexdigest(), set()),
        (sign(BODY, "one-secret")[:-1], set()),
        (sign(BODY, "one-secret") + "," + sign(BODY, "one-secret"), set()),
        ("", set()),
        ("sha256=", set()),
        ("sha256=" + "0" * 64, set()),
        ("sha256=" + "٠" * 64, set()),
    ],
)
def test_who_has_signed(signature: str, fitting: set[Secret]) -> None:
    assert signed_with(signature, BODY, [ONE, OTHER]) == fitting


@given(st.text(max_size=80) | st.from_regex(r"sha256=[0-9a-fA-F]{64}", fullmatch=True))
def test_any_header_is_refused(signature: str) -> None:
    assert signed_with(signature, BODY, [ONE, OTHER]) == set()


@pytest.mark.parametrize("text", ["äöå", "😀", "Grüße, 你好 🎁!", "\u2028"])
def test_what_was_unescaped_on_the_way_is_known_by_what_meta_has_signed(text: str) -> None:
    """Meta signs the escaped form with digits in lower case, says its documentation, and so did people find."""
    sent = json.dumps({"text": text}).encode()
    arrived = json.dumps({"text": text}, ensure_ascii=False).encode()
    assert sent != arrived
    assert signed_with(sign(sent, "one-secret"), arrived, [ONE, OTHER]) == {ONE}
    assert signed_with(sign(arrived, "one-secret"), arrived, [ONE, OTHER]) == {ONE}
    assert signed_with(sign(sent, "one-secret"), arrived + b" ", [ONE, OTHER]) == set()


def test_bytes_that_are_no_text_are_signed_by_nobody() -> None:
    assert signed_with(sign(b"{}", "one-secret"), b"\xff\xfe\xed\xa0\x80", [ONE]) == set()


def test_an_empty_secret_signs_nothing() -> None:
    assert signed_with(sign(BODY, ""), BODY, [Secret("")]) == set()


class Heard:
    """A webhook for two Pages of one app and one of another, and what it passed on."""

    def __init__(self) -> None:
        self.changes: list[tuple[list[str], list[Change]]] = []
        self.counts = Count("outcome")
        token_ = Secret("page-token")
        self.pages = [
            Page("acme", PAGE, token_, ONE),
            Page("bob", "2", token_, ONE),
            Page("zoo", "3", token_, OTHER),
            Page("bar", "4", token_),
        ]
        self.webhook = Webhook(
            Secret("open-sesame"),
            lambda: self.pages,
            lambda names, changes: self.changes.append((sorted(names), list(changes))),
            self.counts,
        )

    def push(self, body: bytes, signature: str) -> int:
        answer = self.webhook.answer(WebRequest("POST", {"x-hub-signature-256": signature}, body=body))
        assert answer.body == b""
        return answer.status

    def counted(self) -> dict[Became, int]:
        return {Became(became): many for (became,), many in self.counts.counted().items()}


def test_what_is_signed_is_passed_on_for_the_pages_of_the_app() -> None:
    heard = Heard()
    assert heard.push(BODY, sign(BODY, "one-secret")) == 200
    assert heard.push(BODY, sign(BODY, "other-secret")) == 200
    assert [names for names, _ in heard.changes] == [["acme", "bob"], ["zoo"]]
    assert all(changes == changes_in(BODY) for _, changes in heard.changes)
    assert heard.counted() == {}


def test_a_secret_that_was_replaced_signs_nothing_more() -> None:
    heard = Heard()
    assert heard.push(BODY, sign(BODY, "one-secret")) == 200
    heard.pages = [replace(page, app_secret=Secret("new-secret")) for page in heard.pages]
    assert [heard.push(BODY, sign(BODY, secret)) for secret in ("one-secret", "new-secret")] == [403, 200]
    assert [names for names, _ in heard.changes] == [["acme", "bob"], [], ["acme", "bar", "bob", "zoo"]]


def test_a_secret_that_was_renewed_is_known() -> None:
    heard = Heard()
    assert heard.push(BODY, sign(BODY, "one-secret")) == 200
    heard.pages[0] = replace(heard.pages[0], app_secret=Secret("new-secret"))
    assert heard.push(BODY, sign(BODY, "new-secret")) == 200
    assert [names for names, _ in heard.changes] == [["acme", "bob"], ["acme"]]
    assert heard.push(BODY, sign(BODY, "newer-secret")) == 403


def test_what_is_not_signed_is_refused_and_counted() -> None:
    heard = Heard()
    assert [heard.push(BODY, signature) for signature in ("", "sha1=1", sign(BODY, "x"), sign(BODY, ""))] == [403] * 4
    assert heard.changes == [([], [])] * 3, (
        "that somebody signs what we can't believe is told; what is not signed isn't"
    )
    assert heard.counted() == {Became.REFUSED: 4}


def test_what_is_signed_and_unreadable_is_taken_and_counted() -> None:
    """Meta would send it again for 36 hours."""
    heard = Heard()
    assert [heard.push(body, sign(body, "one-secret")) for body in (b"", b"[" * 100_000)] == [200, 200]
    assert heard.changes == [(["acme", "bob"], [])] * 2
    assert heard.counted() == {Became.UNREADABLE: 2}


def ask(heard: Heard, **query: str) -> tuple[int, bytes, str]:
    given = {f"hub.{name}": value for name, value in query.items()}
    answer = heard.webhook.answer(WebRequest("GET", query=given))
    return answer.status, answer.body, answer.kind


GOOD = {"mode": "subscribe", "verify_token": "open-sesame", "challenge": "1158201444"}


def test_the_challenge_is_given_back() -> None:
    assert ask(Heard(), **GOOD) == (200, b"1158201444", "text/plain; charset=utf-8")


@pytest.mark.parametrize(
    "wrong",
    [
        {"verify_token": "open-sesam"},
        {"verify_token": ""},
        {"verify_token": "öpen\ud800"},
        {"mode": "unsubscribe"},
        {"mode": ""},
        {"challenge": ""},
        {"challenge": "<script>alert(1)</script>"},
        {"challenge": "1\r\nSet-Cookie: x"},
        {"challenge": "1158201444\n"},
        {"challenge": "１２３"},
        {"challenge": "1" * 257},
    ],
)
def test_nothing_else_is_given_back(wrong: dict[str, str]) -> None:
    assert ask(Heard(), **GOOD | wrong) == (403, b"", "text/plain; charset=utf-8")
