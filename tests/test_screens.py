"""What a person sees of every post, as a real browser shows it: the text that was meant, our own links, no more."""

import json
import re
from collections.abc import Iterator
from datetime import UTC
from typing import Any

import pytest

from docs.screens import matrix as element
from docs.screens import pictures, scenes
from docs.screens import slack as workspace
from docs.screens.chromium import Chromium, installed
from docs.screens.scenes import Turn
from pageinbox.chat.matrix import content as matrix
from pageinbox.chat.plain import plain
from pageinbox.chat.slack import content as slack
from pageinbox.model.post import (
    Command,
    Foreign,
    Line,
    Link,
    Mention,
    Moment,
    Name,
    Piece,
    Post,
    Reference,
    Room,
    Span,
    Time,
    Words,
    Zone,
)
from pageinbox.words.english import clock, coarse, moment, span
from tests.conftest import lacking
from tests.hostile.corpus import CORPUS

SCENES = (scenes.question, scenes.told, scenes.thread, scenes.hostile)
URL = "https://www.facebook.com/1/inbox/2/?section=messages&x=1"
LOOKALIKES = str.maketrans("․。．｡∶＠∕", "....:@/")
"""What stands for a character that would do something, and what it stands for."""
ELEMENTS = {
    "Slack": {"div", "b", "i", "code", "a", "ol", "ul", "li", "blockquote", "button"},
    "Element": {"div", "p", "blockquote", "strong", "br", "ol", "ul", "li", "a", "code"},
    "any Matrix client": {"p", "blockquote", "strong", "br", "ol", "ul", "li", "a", "code"},
    "Matrix without HTML": {"div", "a"},
}
ATTRIBUTES = {"a": {"href", "class"}, "ol": {"start"}, "div": {"class", "dir"}, "li": {"dir"}}
ATTRIBUTES |= {"blockquote": {"dir"}, "button": {"class"}}

LOOK = """(async () => {
  let ran = false;
  window.alert = () => { ran = true; };
  const rooms = %s.map((html) => {
    const room = document.createElement("div");
    room.innerHTML = html;
    document.body.append(room);
    return room;
  });
  const seen = rooms.map((room) => {
    const tags = [...room.querySelectorAll("*")].map((one) => [one.localName, one.getAttributeNames()]);
    const links = [...room.querySelectorAll("a")].map((one) => one.getAttribute("href"));
    const lines = [room, ...room.querySelectorAll(":not(blockquote)")];
    const turned = lines.some((one) => getComputedStyle(one).direction == "rtl");
    for (const link of room.querySelectorAll("a")) link.textContent = "↗";
    for (const list of room.querySelectorAll("ol"))
      [...list.children].forEach((row, place) => row.prepend(`${list.start + place} · `));
    return { tags, links, turned, text: room.innerText };
  });
  await new Promise((done) => setTimeout(done, 100));
  for (const room of rooms) room.remove();
  return { seen, ran, loaded: performance.getEntriesByType("resource").length };
})()"""
"""Shows texts of HTML and gives what is there: an address as an arrow, the rows of a list with their numbers."""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Chromium]:
    if not installed():
        lacking("Chromium")
    with Chromium(pictures.WIDTH) as browser:
        yield browser


def looked_at(chromium: Chromium, network: Any, shown: list[str]) -> dict[str, Any]:
    chromium.show(pictures.page(network, []))
    found: dict[str, Any] = chromium.found(LOOK % json.dumps(shown))
    return found


def said_in(turns: list[Turn]) -> Iterator[Post]:
    for turn in turns:
        if not isinstance(turn.said, str):
            yield turn.said
        yield from said_in(turn.thread)


def about(text: str) -> Post:
    """A post that has the text in every place there is."""
    name, words = Name(text), Words(text, quoted=True, most=120)
    at = Moment(scenes.BEGIN - 100, scenes.BEGIN)
    return Post(
        ("New in Acme: ", name, ", ", at, ": ", words, " · ", Reference("k7fq")),
        (("From ", name, ": ", words), (Link(URL),)),
        tuple(((str(number),), (Reference("k7fq"),), (name,), (at,), (words,), (), (Link(URL),)) for number in (3, 4)),
        (("2 of 3 · ", Command("inbox more"), " · by ", name),),
    )


@pytest.fixture(scope="module")
def posts() -> list[Post]:
    """Everything the bot says in the pictures, and posts about every text of the corpus."""
    return [post for scene in SCENES for post in said_in(scenes.played(scene))] + [*map(about, CORPUS.values())]


def looks(post: Post) -> dict[str, str]:
    """What a person gets to see of a post, as HTML, by where."""
    contents = matrix.contents(post)
    return {
        "Slack": "".join(map(workspace.blocks, slack.messages(post))),
        "Element": "".join(f'<div dir="auto">{element.body(content)}</div>' for content in contents),
        "any Matrix client": "".join(content["formatted_body"] for content in contents),
        "Matrix without HTML": "".join(
            f'<div class="block">{element.linkified(one["body"])}</div>' for one in contents
        ),
    }


def words(piece: Piece, dates: bool) -> str:
    """What a person reads of a piece; on a network with `dates` each exact time has its zone."""
    match piece:
        case Foreign():
            text = re.sub(r"(?<!\w)[·⋅∙‧]|[·⋅∙‧](?!\w)", "•", plain(piece.text, piece.most))
            return f"“{text}”" if piece.quoted else text
        case Mention():
            return f"@{piece.name}"
        case Moment():
            zone = " UTC" if (piece.zoned or dates) and coarse(piece.at, piece.now) else ""
            return moment(piece.at, piece.now, UTC) + zone
        case Time():
            return clock(piece.at, piece.now, UTC)
        case Span():
            return span(piece.begin, piece.end, piece.now, UTC)
        case Zone():
            return "" if dates else piece.text.format("UTC")
        case Command():
            return f"!{piece.text}"
        case Reference():
            return piece.text
        case Link():
            return "↗"
    return piece


def lines(post: Post, dates: bool) -> list[Line]:
    rows = [[("".join(words(piece, dates) for piece in cell),) for cell in row] for row in post.rows]
    return [post.headline, *post.lines, *((" · ".join(cell for (cell,) in row if cell),) for row in rows), *post.notes]


def meant(post: Post, dates: bool = False) -> list[str]:
    """The lines a person is to read."""
    return [*filter(None, (bare("".join(words(piece, dates) for piece in line)) for line in lines(post, dates)))]


def meant_apart(post: Post, dates: bool) -> list[str]:
    """The same where a name leads to the conversation, words are set apart, and on Matrix a ref stands at the end."""
    leads = sum(isinstance(piece, Link) for line in post.lines for piece in line) == 1 and not post.rows
    leads = leads and any(isinstance(piece, Name) and words(piece, dates) for piece in post.headline)
    found = (
        [bare("".join(words(piece, dates) for piece in post.headline))]
        if post.rows
        else set_apart(post.headline, leads, dates)
    )
    for line in post.lines:
        found += [] if leads and isinstance(line[0], Link) else set_apart(line, leads, dates)
    for row in post.rows:
        named = any(isinstance(piece, Name) and words(piece, dates) for cell in row for piece in cell)
        led = named and any(isinstance(piece, Link) for cell in row for piece in cell)
        cells = [cell for cell in row if not (led and cell and isinstance(cell[0], Link))]
        if not dates:  # Slack would turn rows around that begin with right-to-left letters
            cells.sort(key=lambda cell: bool(cell) and isinstance(cell[0], Reference))
        found.append(bare(" · ".join(filter(None, (in_html(cell, led, dates) for cell in cells)))))
    return [*filter(None, (*found, *(bare(in_html(line, False, dates)) for line in post.notes)))]


def set_apart(line: Line, leads: bool, dates: bool) -> list[str]:
    """A line outside of rows: who, the words, and when it was and how it stands, if somebody is quoted."""
    quoted = [place for place, piece in enumerate(line) if isinstance(piece, Words) and piece.quoted]
    if not quoted:
        return [bare(in_html(line, leads, dates))]
    place = quoted[0]
    names = [at + 1 for at, piece in enumerate(line[:place]) if isinstance(piece, Name)]
    when = [*names, *(at for at, piece in enumerate(line[:place]) if isinstance(piece, Moment)), place][0]
    who, said, *state = (
        in_html(part, leads, dates)
        for part in (line[:when], line[place : place + 1], line[when:place], line[place + 1 :])
    )
    below = " · ".join(filter(None, (part.strip(" ,:·") for part in state)))
    return [bare(who.rstrip(" ,:·")), bare(said[1:-1]), bare(below)]


def in_html(line: Line, leads: bool, dates: bool) -> str:
    return "".join(
        "↗" if leads and isinstance(piece, Name) and words(piece, dates) else words(piece, dates) for piece in line
    )


def controls(post: Post) -> list[str]:
    """What stands on the buttons and menus below a message in Slack, in a line."""
    whole = [offer for offer in post.offers if offer.row is None]
    labels = ["Choose a row"] if len(whole) < len(post.offers) else []
    labels += ["Snooze" if offer.command.startswith("inbox snooze") else offer.label for offer in whole]
    return [" ".join(labels)] if labels else []


def bare(text: str) -> str:
    """A text by its looks."""
    return " ".join(text.translate(LOOKALIKES).replace("local-host", "localhost").split())


def own(post: Post) -> list[str]:
    every = [*post.lines, *(cell for row in post.rows for cell in row), *post.notes]
    return [piece.url for line in (post.headline, *every) for piece in line if isinstance(piece, Link)]


@pytest.mark.parametrize("where", ELEMENTS)
def test_a_person_sees_what_was_meant_and_nothing_else(where: str, chromium: Chromium, posts: list[Post]) -> None:
    network = workspace if where in ("Slack", "Matrix without HTML") else element
    looked = looked_at(chromium, network, [looks(post)[where] for post in posts])
    assert not looked["ran"] and not looked["loaded"]
    for post, seen in zip(posts, looked["seen"], strict=True):
        on_slack = where == "Slack"
        expected = meant(post) if where == "Matrix without HTML" else meant_apart(post, dates=on_slack)
        expected += controls(post) if on_slack else []
        assert [*filter(None, map(bare, seen["text"].splitlines()))] == expected
        assert seen["links"] == own(post)
        for tag, attributes in seen["tags"]:
            assert tag in ELEMENTS[where] and set(attributes) <= ATTRIBUTES.get(tag, set())


@pytest.mark.parametrize("where", ["Slack", "Element"])
def test_no_name_turns_a_message_around(where: str, chromium: Chromium, posts: list[Post]) -> None:
    looked = looked_at(chromium, element, [looks(post)[where] for post in posts])
    assert [meant(post) for post, seen in zip(posts, looked["seen"], strict=True) if seen["turned"]] == []


def test_what_is_wrong_is_seen(chromium: Chromium) -> None:
    wrong = '<img src="x" onerror="alert(1)"> evil.example <a href="https://evil.example" onclick="x">x</a>'
    looked = looked_at(chromium, element, [wrong, element.sanitised(wrong)])
    assert looked["ran"]
    raw, left = looked["seen"]
    assert [tag for tag, _ in raw["tags"]] == ["img", "a"]
    assert left["links"] == ["https://evil.example"] and "alert" not in str(left)


@pytest.mark.parametrize(
    ("html", "left"),
    [
        ("<p>a <strong>b</strong><br>c</p>", "<p>a <strong>b</strong><br>c</p>"),
        ("<script>alert(1)</script>x<style>y</style>", "x"),
        ('<p onclick="x" style="color: red">a', "<p>a</p>"),
        ('<a href="javascript:alert(1)">a</a>', "<a>a</a>"),
        ('<a href="https://a.example/?b&amp;c">a</a>', '<a href="https://a.example/?b&amp;c">a</a>'),
        ('<img src="https://a.example/b.png" alt="c">', '<img alt="c">'),
        ("<blink>a &lt;b&gt;</blink></p>", "a &lt;b&gt;"),
        ("<b><i>a</b>c</i>", "<b><i>a</i></b>c"),
        (
            "<code>evil.com</code> www.evil.com",
            '<code>evil.com</code> <a class="found" href="www.evil.com">www.evil.com</a>',
        ),
        ("@ann:chat.example", '<a class="found" href="@ann:chat.example">@ann:chat.example</a>'),
    ],
)
def test_element_leaves_what_matrix_allows(html: str, left: str) -> None:
    assert element.sanitised(html) == left


@pytest.mark.parametrize(
    "piece",
    [
        {"type": "user", "user_id": "U1"},
        {"type": "text", "text": "a", "style": {"underline": True}},
        {"type": "text", "text": "a", "verbatim": True},
        {"type": "channel", "channel_id": "C999"},
    ],
)
def test_what_the_renderer_does_not_know_is_refused(piece: dict[str, Any]) -> None:
    section = {"type": "rich_text_section", "elements": [piece]}
    with pytest.raises(workspace.Unknown):
        workspace.blocks({"blocks": [{"type": "rich_text", "elements": [section]}]})
    with pytest.raises(workspace.Unknown):
        workspace.blocks({"blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "a"}}]})
    section["elements"] = []
    with pytest.raises(workspace.Unknown):
        part = {"type": "rich_text_list", "style": "checked", "elements": [section]}
        workspace.blocks({"blocks": [{"type": "rich_text", "elements": [part]}]})


def test_a_channel_is_shown_by_its_name_and_a_list_goes_on_counting() -> None:
    rows = tuple(((str(number),), (Room("<#C01>"),), ("1 notice",)) for number in (3, 4))
    assert workspace.blocks(slack.message(Post(("h",), (), rows))).endswith(
        '<ol start="3">'
        '<li dir="auto"><span class="channel">#support</span> · 1 notice</li>'
        '<li dir="auto"><span class="channel">#support</span> · 1 notice</li></ol></div>'
    )


@pytest.mark.processes
@pytest.mark.parametrize("name", pictures.PICTURES)
def test_the_pictures_show_what_the_bot_says_now(name: str) -> None:
    png = (pictures.FOLDER / f"{name}.png").read_bytes()
    assert pictures.made_of(png, pictures.page_of(name)), "make them anew: python -m docs.screens"
    assert len(png) < 150_000


def test_there_are_no_other_pictures() -> None:
    assert {file.name for file in pictures.FOLDER.iterdir()} == {f"{name}.png" for name in pictures.PICTURES}
