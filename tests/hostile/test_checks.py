"""The checkers refuse what they must: each is given something harmless, and the same with one thing wrong."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest

from pageinbox.model.post import Command, Foreign, Link, Mention, Offer, Post, Room
from tests.hostile.check_errbot import CONVERTERS, check_converters, check_network, check_terminal
from tests.hostile.check_matrix import check_matrix
from tests.hostile.check_slack import check_controls, check_slack
from tests.hostile.checks import check_characters, check_legible, check_unlinked

URL = "https://www.facebook.com/1/inbox/2"
POST = Post(("New: ", Foreign("Ann")), ((Foreign("hi", quoted=True), Command("inbox")),), ((("1",), (Link(URL),)),))

CHANNELS = replace(POST, notes=((Room("<#C01>"),),))
HOSTS = replace(POST, notes=(("see localhost, or PAGES.acme.ID",),))


PINGING = replace(POST, headline=(Mention("here", "here"), Mention("S1", "team"), " ", *POST.headline))
CALLING = replace(POST, headline=(Mention("room", "room"), Mention("@ann:x", "ann"), " ", *POST.headline))


def slack(*elements: dict[str, Any], text: str = "New: Ann “hi”!inbox") -> list[dict[str, Any]]:
    said = [{"type": "text", "text": "New: Ann\n“hi”!inbox"}]
    row = {"type": "rich_text_section", "elements": [{"type": "link", "url": URL, "text": "open"}]}
    section = {"type": "rich_text_section", "elements": [*said, *elements]}
    parts = [section, {"type": "rich_text_list", "style": "ordered", "elements": [row], "offset": 0}]
    return [{"blocks": [{"type": "rich_text", "elements": [part]} for part in parts], "text": text}]


def listed(**fields: Any) -> list[dict[str, Any]]:
    """The same with another list."""
    said = slack()
    said[0]["blocks"][1]["elements"][0] |= fields
    return said


def without_ann() -> list[dict[str, Any]]:
    said = deepcopy(slack())
    said[0]["blocks"][0]["elements"][0]["elements"][0]["text"] = "New: A\n“hi”!inbox"
    return said


def matrix(**fields: Any) -> list[dict[str, Any]]:
    said = {
        "msgtype": "m.notice",
        "body": f"New: Ann\n“hi”!inbox\n1 · {URL}",
        "format": "org.matrix.custom.html",
        "formatted_body": "<p><strong>New: Ann</strong></p><p>“hi”<code>!inbox</code></p>"
        f'<ol start="1"><li><a href="{URL}">open</a></li></ol>',
        "m.mentions": {},
    }
    return [said | fields]


def calling(**fields: Any) -> list[dict[str, Any]]:
    """The same for whom a watch pings."""
    said = html("New", '@room<a href="https://matrix.to/#/%40ann%3Ax">@ann</a> New')
    body = f"@room@ann New: Ann\n“hi”!inbox\n1 · {URL}"
    return [said[0] | {"body": body, "m.mentions": {"user_ids": ["@ann:x"], "room": True}} | fields]


def html(old: str, new: str) -> list[dict[str, Any]]:
    """The formatted body with something replaced."""
    before: str = matrix()[0]["formatted_body"]
    assert old in before
    return matrix(formatted_body=before.replace(old, new))


DATE = {"type": "date", "timestamp": 1795442520, "format": "{date_short} {time}", "fallback": "23 Nov 14:02 UTC"}


def test_what_is_harmless_is_not_refused() -> None:
    check_slack(POST, slack(), [f"New: Ann “hi”!inbox 1 · {URL}"])
    check_slack(CHANNELS, slack({"type": "channel", "channel_id": "C01"}))
    check_slack(POST, slack(DATE))
    check_slack(HOSTS, slack({"type": "text", "text": "see localhost, or PAGES.acme.ID"}))
    pings = {"type": "broadcast", "range": "here"}, {"type": "usergroup", "usergroup_id": "S1"}
    check_slack(PINGING, slack(*pings, text="<!here> <!subteam^S1> New: Ann “hi”!inbox"))
    check_matrix(POST, matrix())
    check_matrix(CALLING, calling())
    check_matrix(replace(POST, alert=True), matrix(msgtype="m.text"))
    check_terminal(POST, ["**New: Ann**\n\n“hi”\\!inbox\n\n```\n\n 1  https://x\n```"])
    check_network(POST, [f"**New: Ann**\n\n“hi”\\!inbox\n\n```\n\n 1  {URL}\n```"])


SLACK = {
    "foreign time": slack(DATE | {"fallback": "<!here>"}),
    "linked time": slack(DATE | {"url": URL}),
    "foreign format": slack(DATE | {"format": "{ago} Ann"}),
    "mention": slack({"type": "user", "user_id": "U1", "text": "x"}),
    "broadcast": slack({"type": "broadcast", "range": "here", "text": "x"}),
    "emoji": slack({"type": "emoji", "name": "tada", "text": "x"}),
    "other link": slack({"type": "link", "url": "https://evil.example", "text": "open"}),
    "foreign label": slack({"type": "link", "url": URL, "text": "Ann"}),
    "unknown style": slack({"type": "text", "text": "x", "style": {"strike": True}}),
    "empty text": slack({"type": "text", "text": ""}),
    "control": slack({"type": "text", "text": "\x1b[31m"}),
    "override": slack({"type": "text", "text": "\u202ex"}),
    "channel": slack({"type": "channel", "channel_id": "C01"}),
    "link that Slack makes": slack({"type": "text", "text": "https://evil.example"}),
    "list of another style": listed(style="checked"),
    "empty list": listed(elements=[]),
    "list with a border": listed(border=1),
    "list from nowhere": listed(offset="3"),
    "no Ann": without_ann(),
    "too many blocks": [slack()[0] | {"blocks": slack()[0]["blocks"] * 51}],
    "mrkdwn block": [{"blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "x"}}], "text": "x"}],
    "another argument": [slack()[0] | {"attachments": []}],
    "call in the text": slack(text="<!channel>"),
    "escape in the text": slack(text="a & b"),
    "bold in the text": slack(text="*x*"),
    "name in the text": slack(text="@here"),
    "link in the text": slack(text="evil.example"),
    "emoji in the text": slack(text=":tada:"),
}

MATRIX = {
    "mention": matrix(**{"m.mentions": {"room": True}}),
    "text": matrix(msgtype="m.text"),
    "field": matrix(extra=1),
    "relation": matrix(**{"m.relates_to": {}}),
    "link in the body": matrix(body=f"New: Ann https://evil.example\n“hi”!inbox\n1 · {URL}"),
    "name in the body": matrix(body=f"New: Ann @bo:x\n“hi”!inbox\n1 · {URL}"),
    "call in the body": matrix(body=f"New: Ann @room\n“hi”!inbox\n1 · {URL}"),
    "line in the body": matrix(body=f"New: Ann\n“hi”!inbox\nx\n1 · {URL}"),
    "no Ann": matrix(body=f"New: A\n“hi”!inbox\n1 · {URL}"),
    "control": matrix(body=f"New: Ann\x00\n“hi”!inbox\n1 · {URL}"),
    "image": html("Ann", "Ann<img src=x>"),
    "unescaped": html("Ann", "Ann & Bo"),
    "entity": html("Ann", "Ann &copy;"),
    "bold": html("“hi”", "<strong>“hi”</strong><strong>x</strong>"),
    "address as a label": html(">open<", f">{URL}<"),
    "heading": html("“hi”", "<h1>“hi”</h1>"),
    "attribute": html("<p>“hi”", "<p class=x>“hi”"),
    "link": html(URL, "https://evil.example"),
    "script": html(URL, "javascript:alert(1)"),
    "label": html("open", "Ann"),
    "pill": html("“hi”", '“hi”<a href="https://matrix.to/#/@ann:x">x</a>'),
    "comment": html("“hi”", "“hi”<!-- x -->"),
    "no end": html("</ol>", ""),
    "another end": html("</ol>", "</ol></p>"),
    "self-closing": html("“hi”", "“hi”<br/>"),
    "text outside": html("</ol>", "</ol>x"),
    "address": html("“hi”", "“hi” evil.example"),
    "item": html("</ol>", "<li>x</li></ol>"),
    "colour": html("“hi”", '<span data-mx-color="red">“hi”</span>'),
    "too much": matrix(body="x" * 50_000),
}

PLAIN = "**New: Ann**\n\n“hi”\\!inbox"
TERMINAL = {
    "link": f"{PLAIN} [x](https://evil.example)",
    "image": f"{PLAIN} ![x](https://evil.example)",
    "bold": f"{PLAIN} **x**",
    "heading": f"# x\n\n{PLAIN}",
    "list": f"{PLAIN}\n\n- x",
    "html": f"{PLAIN} <b>x</b>",
    "footnote": f"{PLAIN} [^1]\n\n[^1]: x",
    "abbreviation": f"{PLAIN}\n\n*[HTML]: x",
    "reference": f"{PLAIN}\n\n[x]: https://evil.example",
    "colour": f"{PLAIN} `x`{{: color='red'}}",
    "escape": f"{PLAIN} \x1b[31mx",
    "no Ann": "**New: A**\n\n“hi”\\!inbox",
}

NETWORK = {
    "name": f"{PLAIN} @here",
    "link": f"{PLAIN} https://evil.example",
    "address": f"{PLAIN} evil.example",
    "call": f"{PLAIN} &lt;!channel&gt;",
    "entity": f"{PLAIN} &amp;lt;",
    "bold": f"{PLAIN} \\*x\\*",
    "bold line": f"{PLAIN}\n\n\\*x\\*",
    "spoiler": f"{PLAIN} ||x||",
    "tag": f"{PLAIN} \\#x",
    "code": f"{PLAIN} \\`x\\`",
    "labelled link": f"{PLAIN} \\[x\\]\\(y\\)",
    "bell": f"{PLAIN} \x07",
    "no Ann": "**New: A**\n\n“hi”\\!inbox",
}


@pytest.mark.parametrize("wrong", SLACK)
def test_slack(wrong: str) -> None:
    with pytest.raises(AssertionError):
        check_slack(POST, SLACK[wrong])


@pytest.mark.parametrize(
    "wrong",
    [
        slack(text="<!here> <!subteam^S1> New: Ann “hi”!inbox"),
        slack({"type": "broadcast", "range": "here"}, text="<!here> New: Ann “hi”!inbox"),
        slack({"type": "broadcast", "range": "channel"}, text="<!channel> New: Ann “hi”!inbox"),
        slack(
            {"type": "broadcast", "range": "here"},
            {"type": "usergroup", "usergroup_id": "S1"},
            {"type": "user", "user_id": "U1"},
            text="<!here> <!subteam^S1> <@U1> New: Ann “hi”!inbox",
        ),
        slack(
            {"type": "broadcast", "range": "here"},
            {"type": "usergroup", "usergroup_id": "S1"},
            text="<!here> <!subteam^S1> New: <!channel> Ann “hi”!inbox",
        ),
    ],
    ids=["text alone", "one too few", "channel", "one too many", "text has more"],
)
def test_slack_pings(wrong: list[dict[str, Any]]) -> None:
    with pytest.raises(AssertionError):
        check_slack(PINGING, wrong)


@pytest.mark.parametrize(
    "wrong",
    [
        matrix(),
        calling(**{"m.mentions": {"room": True}}),
        calling(**{"m.mentions": {"user_ids": ["@ann:x", "@bo:x"], "room": True}}),
        calling(body=f"@room@ann New: Ann @room\n“hi”!inbox\n1 · {URL}"),
    ],
    ids=["nobody", "one too few", "one too many", "the room twice"],
)
def test_matrix_pings(wrong: list[dict[str, Any]]) -> None:
    with pytest.raises(AssertionError):
        check_matrix(CALLING, wrong)


@pytest.mark.parametrize("whole", ["Ann hi <!here>", "Ann hi @here", "Ann hi evil.example", "hi *Ann*", "Bo hi"])
def test_slack_without_blocks(whole: str) -> None:
    with pytest.raises(AssertionError):
        check_slack(POST, slack(), [whole])


@pytest.mark.parametrize("wrong", MATRIX)
def test_matrix(wrong: str) -> None:
    with pytest.raises(AssertionError):
        check_matrix(POST, MATRIX[wrong])


@pytest.mark.parametrize("wrong", TERMINAL)
def test_terminal(wrong: str) -> None:
    with pytest.raises(AssertionError):
        check_terminal(POST, [TERMINAL[wrong]])
        check_converters()


@pytest.mark.parametrize("wrong", ["footnote", "abbreviation"])
def test_what_stays_in_a_converter(wrong: str) -> None:
    for converter in CONVERTERS.values():
        converter.convert(TERMINAL[wrong])
    with pytest.raises(AssertionError, match="stays"):
        check_converters()
    check_converters()


@pytest.mark.parametrize("wrong", NETWORK)
def test_network(wrong: str) -> None:
    with pytest.raises(AssertionError):
        check_network(POST, [NETWORK[wrong]])


@pytest.mark.parametrize(
    "shown",
    [
        "a\u202eb",
        "\u2068a",
        "a\u2069",
        "\u2068\u2068a\u2069\u2069",
        "a\u200db",
        "e" + "\u0301" * 5,
        "a\u3164",
        "\ud800",
        "\x9b",
    ],
)
def test_characters(shown: str) -> None:
    with pytest.raises(AssertionError):
        check_characters(shown)


OFFERING = replace(POST, headline=("New: ", Foreign("Anna", quoted=True)), offers=(Offer("Done", "inbox done k7fq"),))
BUTTON = {
    "type": "button",
    "text": {"type": "plain_text", "text": "Done"},
    "value": "inbox done k7fq",
    "action_id": "inbox:0",
}


def test_what_was_offered_may_be_clicked_on() -> None:
    check_controls(OFFERING, {"type": "actions", "elements": [BUTTON]})


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": {"type": "plain_text", "text": "Done, Anna"}},
        {"text": {"type": "mrkdwn", "text": "Done"}},
        {"text": {"type": "plain_text", "text": "x" * 76}},
        {"value": "inbox unwatch 1"},
        {"action_id": "Anna"},
        {"type": "workflow_button"},
    ],
)
def test_a_button_that_was_not_offered(wrong: dict[str, Any]) -> None:
    with pytest.raises(AssertionError):
        check_controls(OFFERING, {"type": "actions", "elements": [BUTTON | wrong]})
    with pytest.raises(AssertionError):
        check_controls(OFFERING, {"type": "actions", "elements": [BUTTON, BUTTON]})


@pytest.mark.parametrize(
    "shown",
    [
        "evil.com",
        "x://y",
        "www.x",
        "a@b",
        "@a:b",
        "#a:b",
        "tel:1",
        "1.2.3.4",
        "//x",
        "localhost",
        "пример.рф",
        "x evil。com",
    ],
)
def test_links(shown: str) -> None:
    with pytest.raises(AssertionError):
        check_unlinked(shown, [])
    with pytest.raises(AssertionError):
        check_unlinked(f"{URL}{shown}", [URL])


@pytest.mark.parametrize("shown", ["", "nnA", "An", "A nm", "hello wrld, Ann"])
def test_legibility(shown: str) -> None:
    with pytest.raises(AssertionError):
        check_legible(Post((Foreign("Ann"), Foreign("hello"))), shown)
    check_legible(Post((Foreign("Ann"), Foreign("hello"))), "A‸n·n said “h-e-l-l-o”")
