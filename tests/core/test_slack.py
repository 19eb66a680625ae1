"""How a post looks in Slack: within Slack's limits, and foreign text as nothing but text."""

from __future__ import annotations

import html
import re
import unicodedata
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import settings as runs
from hypothesis import strategies as st
from slack_sdk.models.blocks import Block, RichTextBlock

from pageinbox.chat.plain import plain, unlinked
from pageinbox.chat.slack import content as slack
from pageinbox.model.conversation import Conversation
from pageinbox.model.post import Command, Foreign, Link, Mention, Moment, Piece, Post, Room, Span, Time, Zone
from pageinbox.model.source import Platform
from pageinbox.model.watch import Detail
from pageinbox.words.common import who
from pageinbox.words.english import coarse, moment

NOW = 1_795_435_200.0
HOSTILE = [
    "<!channel> <!here> <@U012345> <#C01|general> <http://evil.example|click> <!subteam^S1> <!date^1^x^http://evil|y>",
    "@here @channel @everyone #general",
    "*bold* _italic_ ~strike~ `code` ```block``` > quote",
    ":smile: :+1::skin-tone-2: :a:b: 14:30 :) a:b",
    "&lt;!channel&gt; &amp;lt; & &amp",
    "http://evil.example www.evil.example evil.example/x me@evil.example javascript:alert(1) mailto:a@b.example",
    "[click](http://evil.example) <b>x</b>",
    "line\nline\r\n\u2028x",
    "\u202eevil\u202c \x1b[31mred\x1b[0m \x00 \ud800 \u200b",
    "שלום مرحبا",
    "👨‍👩‍👧‍👦 ❤️ 🇳🇴",
    "e" + "\u0301" * 50,
    "<" * 3000,
    "🎉" * 1500,
    "! inbox more",
    "",
]
SPLIT = str.maketrans("._", "  ")
ALIKE = {"∗": "*", "∼": "~", "ˋ": "`", "＿": "_", "＠": "@", "＃": "#", "∶": ":", "․": ".。．｡", "∕": "/"}
"""What may stand for what in a text that is not to do anything."""

foreign_text = st.one_of(
    st.text(st.one_of(st.sampled_from("<>&@#*_~`:|/.!^ \n\t"), st.characters()), max_size=40),
    st.lists(st.sampled_from(HOSTILE), min_size=1, max_size=3).map("".join),
)
own = st.one_of(st.text("abc ÄÖ·:,.(“”)", max_size=20), st.sampled_from(["", " ", "word " * 700]))
urls = st.one_of(
    st.just("https://www.facebook.com/1/inbox/2/?section=messages&x=1"),
    st.text("abc/?=&_*", max_size=60).map(lambda path: f"https://www.facebook.com/{path}"),
    st.just("https://www.facebook.com/" + "a" * 5000),
)
piece = st.one_of(
    own,
    st.builds(Foreign, foreign_text, st.booleans(), st.one_of(st.integers(1, 80), st.just(2000))),
    st.builds(Moment, st.floats(0, NOW), st.just(NOW)),
    st.builds(Command, st.sampled_from(["inbox", "inbox spam instagram since 2h"])),
    st.builds(Link, urls),
)
line = st.lists(piece, max_size=3).map(tuple)
posts = st.builds(
    Post,
    line,
    st.lists(line, max_size=2).map(tuple),
    st.lists(st.lists(line, max_size=3).map(tuple), max_size=6).map(tuple),
    st.lists(line, max_size=2).map(tuple),
)


def pieces(post: Post) -> list[Piece]:
    """All of a post, in order."""
    lines = [post.headline, *post.lines, *(cell for row in post.rows for cell in row), *post.notes]
    return [one for each in lines for one in each]


def seen(one: Foreign) -> str:
    return re.sub(r"(?<!\w)[·⋅∙‧]|[·⋅∙‧](?!\w)", "•", plain(one.text, one.most))


def words(one: Piece) -> str:
    match one:
        case Foreign():
            return unlinked(f"“{seen(one)}”" if one.quoted else seen(one))
        case Moment():
            return moment(one.at, one.now, UTC) + (" UTC" if coarse(one.at, one.now) else "")
        case Command():
            return f"!{one.text}"
        case Link():
            return ""
        case str():
            return one
    raise AssertionError(f"no post here has {one}")


def sections(message: slack.Message) -> list[list[dict[str, Any]]]:
    """The elements of each section, those in lists with the number that Slack gives them."""
    found = []
    for block in message["blocks"]:
        [part] = block["elements"]
        if part["type"] == "rich_text_list":
            for number, item in enumerate(part["elements"], part.get("offset", 0) + 1):
                lead = [{"type": "text", "text": f"{number} · "}] if part["style"] == "ordered" else []
                found.append(lead + item["elements"])
        else:
            found.append(part["elements"])
    return found


def elements(message: slack.Message) -> list[dict[str, Any]]:
    return [element for section in sections(message) for element in section]


def shown(messages: list[slack.Message]) -> str:
    """The text of all text elements and times, without what stands between lines."""
    every = [one for message in messages for one in elements(message)]
    found = "".join(one.get("fallback", one.get("text", "")) for one in every if one["type"] in ("text", "date"))
    return found.replace("\n", "")


def units(text: str) -> int:
    """The length by which JavaScript goes."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def check_fallback(text: str) -> None:
    """No escape is missing, and nothing is left that Slack may act on in the text of a message."""
    assert not re.search("[<>]", text) and not re.search("&(?!(amp|lt|gt);)", text)
    said = html.unescape(text)
    assert not re.search(r"[*~`]|\b_|_\b|[@#]\w|:[\w+'-]+:", said)
    assert unlinked(said) == said
    hidden = {char for char in said if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")}
    assert hidden <= set("\n\u2068\u2069\u200c\u200d")


def check(message: slack.Message, links: set[str]) -> None:
    blocks = message["blocks"]
    assert 1 <= len(blocks) <= 50
    total = 0
    for block in blocks:
        assert block.keys() == {"type", "elements"} and block["type"] == "rich_text"
        [part] = block["elements"]
        found = [part]
        if part["type"] == "rich_text_list":
            assert part.keys() - {"offset"} == {"type", "style", "elements"}
            assert part["style"] in ("ordered", "bullet") and part.get("offset", 0) >= 0 and part["elements"]
            found = part["elements"]
        size = 0
        for section in found:
            assert section.keys() == {"type", "elements"} and section["type"] == "rich_text_section"
            assert section["elements"]
            for element in section["elements"]:
                shown = element["fallback"] if element["type"] == "date" else element["text"]
                size += units(shown) + units(element.get("url", ""))
                assert shown
                assert set(element.get("style", {})) <= {"bold", "italic", "code"}
                if element["type"] == "link":
                    assert element["url"] in links and element["text"] in ("open", "open in Facebook")
                    assert element.keys() <= {"type", "url", "text", "style"}
                elif element["type"] == "date":
                    assert element.keys() - {"style"} == {"type", "timestamp", "format", "fallback"}
                    assert type(element["timestamp"]) is int and "{time}" in element["format"]
                else:
                    assert element["type"] == "text" and element.keys() <= {"type", "text", "style"}
        assert size < 3000
        total += size
    assert total <= 8100
    assert 0 < len(message["text"]) <= 1000
    check_fallback(message["text"])


@runs(deadline=None, max_examples=200)
@given(posts)
def test_any_post_is_within_limits_and_foreign_text_is_only_text(post):
    links = {one.url for one in pieces(post) if isinstance(one, Link)}
    sent = slack.messages(post)
    for message in sent:
        check(message, links)
    said, place = shown(sent), 0
    visible = [words(one) for one in pieces(post)]
    for each in visible:
        if not each.strip():
            continue  # a line of blanks is none
        place = said.find(each.replace("\n", ""), place)
        assert place >= 0, each
        place += len(each.replace("\n", ""))
    opened = [one["url"] for message in sent for one in elements(message) if one["type"] == "link"]
    assert opened == [one.url for one in pieces(post) if isinstance(one, Link) and len(one.url) <= 2000]


@runs(deadline=None, max_examples=100)
@given(posts)
def test_an_announcement_is_one_message_and_tells_when_it_is_cut(post):
    one, sent = slack.message(post), slack.messages(post)
    check(one, {each.url for each in pieces(post) if isinstance(each, Link)})
    if len(sent) == 1:
        assert one == sent[0]
    else:
        assert shown([one]) == shown(sent[:1]) + "…"
        assert sections(one)[-1] == [{"type": "text", "text": "…"}]


@runs(deadline=None, max_examples=100)
@given(posts)
def test_as_plain_text_nothing_is_lost_and_nothing_is_live(post):
    post = Post(*(strip_links(part) for part in (post.headline, post.lines, post.rows, post.notes)))
    for message in slack.messages(post):
        whole = slack.whole(message)
        check_fallback(whole)
        said = html.unescape(whole).replace("\n", "")
        for sent, meant in zip(said, shown([message]), strict=True):
            assert sent == meant or meant in ALIKE.get(sent, ""), (sent, meant)


def strip_links(part: Any) -> Any:
    return tuple(strip_links(each) if isinstance(each, tuple) else each for each in part if not isinstance(each, Link))


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_stands_as_it_is_in_every_place(text):
    name = Foreign(text, most=200)
    post = Post(("h ", name), ((name,),), (((name,), ("x",), (name,)),), ((name,),))
    sent = slack.messages(post)
    for message in sent:
        check(message, set())
    said = unlinked(plain(text, 200))
    row = f"{said} · x · {said}" if said else "x"
    assert shown(sent) == f"h {said}{said}{row}{said}"


LISTING = Post(
    ("Acme · Instagram: ", "2 conversations"),
    (("Read ", Moment(NOW - 200_000, NOW, zoned=True)), ("",)),
    (
        (
            ("1",),
            ("k7fq",),
            (Foreign("@ann"),),
            (),
            (Foreign("hi", quoted=True),),
            (Link("https://www.facebook.com/1"),),
        ),
        (("2",), ("9x2d",), (Foreign("Bo"),), (), (), ()),
    ),
    (("2 of 9 · ", Command("inbox more")), ()),
)


PINGING = Post(
    (Mention("here", "here"), " ", Mention("S1", "team"), " ", Mention("U1", "ann"), " New: ", Foreign("@bo"))
)


def test_whom_a_watch_pings_is_notified_by_the_blocks_and_by_the_text():
    message = slack.message(PINGING)
    [block] = message["blocks"]
    assert [element for element in block["elements"][0]["elements"] if element["type"] != "text"] == [
        {"type": "broadcast", "range": "here"},
        {"type": "usergroup", "usergroup_id": "S1"},
        {"type": "user", "user_id": "U1"},
    ]
    assert RichTextBlock.parse(block).to_dict() == block
    assert message["text"] == "<!here> <!subteam^S1> <@U1> New: ＠bo"
    assert slack.whole(message) == message["text"]


@pytest.mark.parametrize("id", ["", "channel", "everyone", "C01", "U1> <!channel", "here\n", "@ann:server"])
def test_what_is_no_id_of_slacks_notifies_nobody(id):
    message = slack.message(Post((Mention(id, "<!here>"), " hello")))
    assert [one["type"] for one in elements(message)] == ["text"] and not re.search("[<>]", message["text"])


def test_a_long_message_that_pings_stays_within_its_limits():
    message = slack.message(Post((*PINGING.headline, Foreign("x " * 2000, most=2000))))
    assert len(message["text"]) <= 1000 and message["text"].startswith("<!here> <!subteam^S1> <@U1> New: ")


def test_to_the_letter():
    [message] = slack.messages(LISTING, prefix="/")
    head, rows, notes = (block["elements"][0] for block in message["blocks"])
    assert head["elements"] == [
        {"type": "text", "text": "Acme · Instagram: 2 conversations", "style": {"bold": True}},
        {"type": "text", "text": "\nRead 2 days ago, "},
        {"type": "date", "timestamp": 1795235200, "format": "{date_short} {time}", "fallback": "21 Nov 04:26 UTC"},
    ]
    first = [
        {"type": "text", "text": "k7fq · @ann · “hi” · "},
        {"type": "link", "url": "https://www.facebook.com/1", "text": "open"},
    ]
    assert rows == {
        "type": "rich_text_list",
        "style": "ordered",
        "offset": 0,
        "elements": [
            {"type": "rich_text_section", "elements": first},
            {"type": "rich_text_section", "elements": [{"type": "text", "text": "9x2d · Bo"}]},
        ],
    }
    assert notes["elements"] == [
        {"type": "text", "text": "2 of 9 · ", "style": {"italic": True}},
        {"type": "text", "text": "/inbox more", "style": {"code": True}},
    ]
    assert message["text"].split("\n") == [
        "Acme · Instagram: 2 conversations",
        "Read 2 days ago, 21 Nov 04:26 UTC",
        "1 · k7fq · ＠ann · “hi” · open",
        "2 · 9x2d · Bo",
        "2 of 9 · /inbox more",
    ]
    assert "\n1 · k7fq · ＠ann · “hi” · https://www.facebook.com/1\n2 · 9x2d" in slack.whole(message)


def styles(post: Post) -> list[dict[str, Any]]:
    return [part for message in slack.messages(post) for block in message["blocks"] for part in block["elements"]]


def test_each_reader_sees_times_in_a_zone_of_their_own():
    rome = ZoneInfo("Europe/Rome")
    then = datetime(2026, 10, 24, 22, 30, tzinfo=UTC).timestamp()  # 00:30 on the 25th in Rome
    post = Post(
        (
            "Since ",
            Time(then, then + 60),
            ", ",
            Time(then - 3600, then),
            ", ",
            Span(then, then + 10_800, then + 11_000),
        ),
        ((Time(then, then, dated=True),), (Zone("Times are {}."),)),
        zone=rome,
    )
    [part] = styles(post)
    dates = [element for element in part["elements"] if element["type"] == "date"]
    assert [(date["timestamp"] - int(then), date["format"], date["fallback"]) for date in dates] == [
        (0, "{time}", "00:30 CEST"),
        (-3600, "{date_short} {time}", "24 Oct 23:30 CEST"),
        (0, "{time}", "00:30 CEST"),
        (10800, "{time}", "02:30 CET"),
        (0, "{date_short} {time}", "25 Oct 00:30 CEST"),
    ]
    assert "Rome" not in str(part)
    assert slack.message(post)["text"].startswith("Since 00:30 CEST, 24 Oct 23:30 CEST, 00:30 CEST – 02:30 CET")


def test_what_stands_alone_is_not_bold():
    post = Post(("New in Acme: ", Foreign("hi", quoted=True)), (("Answered.",), (Link("https://www.facebook.com/1"),)))
    [part] = styles(post)
    assert part["elements"] == [
        {"type": "text", "text": "New in Acme: “hi”\nAnswered.\n"},
        {"type": "link", "url": "https://www.facebook.com/1", "text": "open in Facebook"},
    ]


def test_a_list_goes_on_counting_in_the_next_block_and_message():
    rows = tuple(((str(number),), (Foreign("x" * 90, most=90),)) for number in range(11, 111))
    sent = slack.messages(Post(("h",), (), rows))
    parts = [block["elements"][0] for message in sent for block in message["blocks"]][1:]
    assert len(sent) > 1 and len(parts) > len(sent)
    begun = 10
    for part in parts:
        assert (part["type"], part["style"], part["offset"]) == ("rich_text_list", "ordered", begun)
        begun += len(part["elements"])
    assert begun == 110
    said = "\n".join(slack.whole(message) for message in sent).split("\n")
    assert [line.split(" · ")[0] for line in said] == ["h", *map(str, range(11, 111))]


@pytest.mark.parametrize(
    "numbers", [["2", "1"], ["1", "1"], ["1", "3"], ["0", "1"], ["01", "02"], ["a", "b"], ["1", ""]]
)
def test_rows_that_do_not_count_up_keep_what_they_begin_with(numbers: list[str]):
    _, part = styles(Post(("h",), (), tuple(((number,), ("watch",)) for number in numbers)))
    assert part["style"] == "bullet" and "offset" not in part
    expected = [" · ".join(filter(None, (number, "watch"))) for number in numbers]
    assert [item["elements"][0]["text"] for item in part["elements"]] == expected


def test_rows_of_numbers_alone_are_not_left_empty():
    _, part = styles(Post(("h",), (), ((("1",),), (("2",), ()))))
    assert [item["elements"] for item in part["elements"]] == [[{"type": "text", "text": one}] for one in "12"]


def test_rows_that_no_block_can_hold_are_lines():
    _, *parts = styles(Post(("h",), (), ((("1",), ("x" * 3000,)), (("2",), ("y",)))))
    assert {part["type"] for part in parts} == {"rich_text_section"}
    assert parts[0]["elements"][0]["text"].startswith("1 · xxx")
    assert parts[-1]["elements"][-1]["text"].endswith("\n2 · y")


def test_rooms_and_people_are_named_and_nobody_is_called():
    rows = tuple(((Room(name),), ("1 notice",)) for name in ("<#C01>", "<@U07>", "#support", "<!here>", "<#C01|x>"))
    [message] = slack.messages(Post(("h",), (), rows))
    [_, part] = [block["elements"][0] for block in message["blocks"]]
    assert [item["elements"] for item in part["elements"]] == [
        [{"type": "channel", "channel_id": "C01"}, {"type": "text", "text": " · 1 notice"}],
        *(
            [{"type": "text", "text": f"{name} · 1 notice"}]
            for name in ("a person (U07)", "#support", "<!here>", "<#C01|x>")
        ),
    ]
    assert message["text"].split("\n")[1:3] == ["＃C01 · 1 notice", "a person (U07) · 1 notice"]
    assert RichTextBlock(**message["blocks"][1]).to_dict() == message["blocks"][1]


def test_nobody_is_called_what_looks_like_cells():
    post = Post((Foreign("x” · k7fq"), " · ", Foreign("Gal·la ⋅", quoted=True)))
    assert shown(slack.messages(post)) == "x” • k7fq · “Gal·la •”"


def test_our_own_words_can_be_copied_and_foreign_ones_are_no_links():
    post = Post(("My ledger, localhost, see PAGES.acme.TOKEN: ", Foreign("localhost evil.example")))
    assert shown(slack.messages(post)) == "My ledger, localhost, see PAGES.acme.TOKEN: local-host evil․example"


@pytest.mark.parametrize("detail", [Detail.NAME, Detail.INITIALS])
@runs(max_examples=200)
@given(
    st.text(
        st.one_of(st.sampled_from("\u3164\u2800\u115f\u200d\ufe0f\u0301\xa0\ufffc.a🎉"), st.characters()), max_size=6
    )
)
def test_a_name_that_shows_nothing_is_not_shared(detail: Detail, name: str):
    conversation = Conversation("t_1", NOW, Platform.MESSENGER, name=name)
    said = who(conversation, detail)
    if said == "(name not shared)":
        assert not plain(name.translate(SPLIT if detail is Detail.INITIALS else {}), 24)
    else:
        assert shown(slack.messages(Post((said,)))).strip()


def test_slack_sdk_knows_the_blocks_for_its_own():
    for message in slack.messages(LISTING):
        for block in message["blocks"]:
            parsed = Block.parse(block)
            assert isinstance(parsed, RichTextBlock)
            parsed.validate_json()
            assert parsed.to_dict() == block


def test_a_fallback_can_still_be_read():
    post = Post(("From ", Foreign("<!channel> *Kim* & @bo #1 a_b `x` :smile: 14:30 evil.example")))
    [message] = slack.messages(post)
    assert "From &lt;!channel&gt; ∗Kim∗ &amp; ＠bo ＃1 a_b ˋxˋ ∶smile: 14:30 evil․example" in message["text"]


def test_an_empty_post_still_says_something():
    for post in (Post(()), Post(("",), ((" ",),), (((),),), ((),))):
        [message] = slack.messages(post)
        check(message, set())
        assert message == slack.message(post) and shown([message]) == "…"


def test_fifty_rows_are_few_messages():
    row = (("10",), ("k7fq",), (Foreign("Ann " * 6),), (Moment(NOW - 90, NOW),), (Foreign("hello " * 8, True, 44),))
    sent = slack.messages(Post(("h",), (), tuple((*row, (Link(f"https://www.facebook.com/{n}"),)) for n in range(50))))
    assert len(sent) <= 2


def test_a_text_that_is_cut_ends_in_nothing_that_slack_acts_on() -> None:
    for before in range(len("pages_messaging ")):
        rows = ((("permissions",), ("pages_messaging " * 10,)),) * 10
        cut = slack.message(Post(("x" * (before + 1),), (), rows))["text"]
        assert cut.endswith("…")
        check_fallback(cut)
