"""Whatever strangers write: what arrives mentions nobody, links nowhere, has no markup but ours, and can be read."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import settings as runs
from hypothesis import strategies as st

from pageinbox.chat.errbot import content as markdown
from pageinbox.chat.matrix import content as matrix
from pageinbox.chat.slack import content as slack
from pageinbox.graph.wire import LONGEST, LONGEST_NAME
from pageinbox.model.post import Command, Foreign, Line, Link, Mention, Moment, Post
from tests.hostile.check_errbot import check_converters, check_network, check_terminal
from tests.hostile.check_matrix import check_matrix
from tests.hostile.check_slack import check_slack
from tests.hostile.checks import pieces
from tests.hostile.corpus import CORPUS, hostile
from tests.hostile.play import playing, strangers, username_of

NOW = 1_795_435_200.0
URL = "https://www.facebook.com/1/inbox/2/?section=messages"


def on_slack(post: Post, at_once: bool) -> None:
    messages = slack.messages(post)
    check_slack(post, messages, [slack.whole(one) for one in messages])
    if at_once:
        assert slack.message(post) == messages[0] or len(messages) > 1, "at once it says something else"


def on_matrix(post: Post, at_once: bool) -> None:
    contents = matrix.contents(post)
    check_matrix(post, contents)
    if at_once:
        assert matrix.content(post)["m.mentions"] == contents[0]["m.mentions"], "at once it mentions others"


def in_a_terminal(post: Post, at_once: bool) -> None:
    check_terminal(post, markdown.messages(post))


def elsewhere(post: Post, at_once: bool) -> None:
    check_network(post, markdown.messages(post, tame=True))


NETWORKS: list[Callable[[Post, bool], None]] = [on_slack, on_matrix, in_a_terminal, elsewhere]
"""`at_once` is what goes into one message, however long it is: announcements, what is below them, and their edits."""

PLACES: dict[tuple[str, ...], tuple[str, ...]] = {
    ("announcement",): ("{}", "@{}"),
    ("thread",): ("{}",),
    ("edit",): ("{}",),
    ("messenger", "instagram", "limit", "more"): ("{}", "@{}"),
    ("show",): ("{}",),
    ("pages",): ("{}", "@{}"),
}
"""What shows all of the corpus, as what people say and are called; usernames begin with a sign."""


@pytest.mark.long
def test_all_that_the_bot_says_of_the_corpus_arrives_harmless_everywhere(ledger_folder: Path) -> None:
    with playing(CORPUS, ledger_folder) as play:
        said = play.said
    wrong: dict[str, list[str]] = {}
    for one in {repr(one.post): one for one in said}.values():
        at_once = one.occasion in ("announcement", "thread", "edit")
        for network in NETWORKS:
            try:
                network(one.post, at_once)
            except AssertionError as error:
                wrong.setdefault(f"{network.__name__}, {one.occasion}", []).append(str(error))
    check_converters()
    pinging = [one for one in said if any(isinstance(piece, Mention) for piece in pieces(one.post))]
    assert {one.occasion for one in pinging} == {"announcement"}, "answers, edits and threads ping nobody"
    assert {mentioned(one.post) for one in pinging} == {PINGED}, "only whom the watch was made for"
    assert not wrong, "\n".join(f"{len(texts)} times {where}: {texts[0]}" for where, texts in wrong.items())
    for occasions, forms in PLACES.items():
        told = set[str]().union(*(strangers(one.post) for one in said if one.occasion in occasions))
        for form in forms:
            texts = {name: username_of(text) if form[0] == "@" else text for name, text in CORPUS.items()}
            missing = [name for name, text in texts.items() if told.isdisjoint(map(form.format, read_of(text)))]
            assert not missing, f"{occasions} show nothing of {missing} as {form}"


def read_of(text: str) -> set[str]:
    """What is read of a text, as what somebody says and as what somebody is called."""
    text = HALF.sub("\ufffd", text)
    return {text, text[:LONGEST].strip(), text[:LONGEST_NAME]}


PINGED = ("here", "S1", "room", "@ann:chat.example")
"""Whom one of the watches pings; each network knows two of them."""


def mentioned(post: Post) -> tuple[str, ...]:
    """The ids of all whom a post mentions."""
    return tuple(piece.id for piece in pieces(post) if isinstance(piece, Mention))


HALF = re.compile("[\ud800-\udfff]")
"""What Meta's JSON may hold of a character that was cut, and what the core takes for an unknown one."""


def post_of(a: str, b: str, c: str, d: str) -> Post:
    """A post with foreign text wherever the words of the core have any."""

    def row(number: int, name: str, said: str) -> tuple[Line, ...]:
        when: Line = (Moment(NOW - 200_000, NOW),)
        return ((str(number),), ("k7fq",), (Foreign(name, most=24),), when, (Foreign(said, quoted=True),), (Link(URL),))

    pings: Line = tuple(piece for id in PINGED for piece in (Mention(id, "team"), " "))
    return Post(
        (*pings, "Acme · inbox · ", Foreign(a, most=24), ": 2 conversations"),
        (("Acme: first ", Foreign(b), " (id is missing)."), ("From ", Foreign(c, quoted=True)), (Foreign(c),)),
        (row(9, a, b), row(10, c, d)),
        (("2 of 9 · ", Command("inbox more"), " · looked ", Moment(NOW, NOW)), ("Last: ", Foreign(d))),
    )


@runs(deadline=None, max_examples=200)
@given(st.tuples(hostile, hostile, hostile, hostile))
@example(("", "", "", "https://#ops:chat.example !abc:chat.example #1:2"))
@example(("a_#tag", "_#tag", "x _/start", "_#tag"))
def test_any_text_arrives_harmless_everywhere(texts: tuple[str, str, str, str]) -> None:
    post = post_of(*texts)
    for network in NETWORKS:
        network(post, True)
    check_converters()
