"""Nothing a stranger writes does anything in a room; Errbot's own converters are the judges."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from html.parser import HTMLParser

import pytest
from errbot.rendering import ansi, imtext, text, xhtml
from hypothesis import given
from hypothesis import settings as runs
from hypothesis import strategies as st

from pageinbox.chat.errbot import content as markdown
from pageinbox.chat.plain import plain
from pageinbox.model.conversation import safe_link
from pageinbox.model.post import Command, Foreign, Line, Link, Moment, Post

NOW = 1_795_435_200.0
HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
ALLOWED = {"\n", "\u2068", "\u2069", "\u200c", "\u200d"}
CONVERTERS = {"text": text, "ansi": ansi, "imtext": imtext, "xhtml": xhtml}

NASTY = [
    "<!channel> <!here> <@U012345> <#C01|general> <http://evil.example|click>",
    "@here @channel @room @everyone",
    "*bold* _italic_ ~strike~ `code` **strong** __strong__ ***both***",
    "[click](http://evil.example) ![img](http://evil.example/x.png) [ref][1] [1]: http://evil.example",
    "<b>Win</b> <script>alert(1)</script> <img src=x onerror=alert(1)> </code></pre><h1>x",
    "<http://evil.example> <me@evil.example> http://evil.example www.evil.example",
    "```\n<!channel>\n```",
    "``` ~~~ ```",
    "# heading",
    "## heading ##",
    "> quote",
    ">>> quote",
    "- item\n- item",
    "+ item",
    "* item",
    "1. item",
    "---",
    "***",
    "===",
    "a | b\n--- | ---\n1 | 2",
    "| a | b |",
    "*[HTML]: abbreviation HTML",
    "[^1] [^1]: footnote",
    "x {: .class #id onclick=alert(1) } {:color='red'}",
    "{: color=red bgcolor=blue}",
    "term\n: definition",
    "&lt;b&gt; &amp;amp; &#60; &#x3c; &copy; &NEXT_ROW; &quot;",
    "&lt;!channel&gt;",
    "\\*not\\* \\\\ \\`",
    "a\\",
    "line\r\nline\x0bline\x0cline\x85line\u2028line\u2029line",
    "\x1b[31mred\x1b[0m \x07\x08\x00 \x7f \x9b31m",
    "\x02wzxhzdk:0\x03 \x02klzzwxh:0001\x03 \x0242\x03",
    "\u202eevil\u202c \u2066x\u2069 \u2067y \u200f\u200e \u061c \u202a \u2068z",
    "שלום <b>עולם</b> مرحبا (http://evil.example)",
    "Z̴̡̢͉̗͔a̷̧̛l̸g̵o̶" + "e" + "\u0301" * 50,
    "\ud800 \udfff",
    "👨‍👩‍👧‍👦 ❤️ 🇳🇴 \u200d\u200d\u200d",
    "\u200b\ufeff\u00ad\u2060",
    "   leading and trailing   ",
    "\t\tindented",
    "    code",
    "x" * 5000,
    "<" * 500,
    "\u3164\u2800\u115f",
    "<!-- x",
    "<!-- x --> <![CDATA[x]]> <?php x ?> <!DOCTYPE x>",
    "<![CDATA[x",
    "<?php",
    "<a href='",
    "</",
    "<div> </div> <pre> <hr> a<br/>b <style>x <textarea> <plaintext>",
    "<div markdown=1>",
    "&#6 &#x3c &lt &amp &copy",
    "",
    " ",
]


class Tags(HTMLParser):
    """Every tag of a text with its attributes, in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, list[tuple[str, str | None]]]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, attrs))

    def handle_endtag(self, tag: str) -> None:
        self.found.append(("/" + tag, []))

    def handle_comment(self, data: str) -> None:
        self.found.append(("!", [("comment", None)]))

    def handle_decl(self, decl: str) -> None:
        self.found.append(("!", [("declaration", None)]))

    def handle_pi(self, data: str) -> None:
        self.found.append(("?", []))


def opened(html: str) -> list[str]:
    return [tag for tag, _ in Tags(html).found if not tag.startswith("/")]


def post_of(*given: str) -> Post:
    """A post like those of the words, with foreign text wherever they have any."""
    a, b, c, d = given

    def row(number: int, name: str, said: str) -> tuple[Line, ...]:
        link: Line = (Link("https://www.facebook.com/1/inbox/2/?section=messages"),)
        moment: Line = (Moment(NOW - 200_000, NOW),)
        return ((str(number),), ("k7fq",), (Foreign(name, most=24),), moment, (Foreign(said, quoted=True),), link)

    return Post(
        ("Acme · inbox · ", Foreign(a, most=24), ": 2 conversations"),
        (
            ("Acme: could not be read, first ", Foreign(b), " (id is missing)."),
            ("From ", Foreign(c, quoted=True)),
            (Foreign(c),),
        ),
        (row(9, a, b), row(10, c, d)),
        (("2 of 9 · ", Command("inbox more"), " · looked ", Moment(NOW, NOW)), ("Last: ", Foreign(d))),
    )


def harmless(given: str) -> str:
    return "x" if plain(given, 60) else ""


def dotted(said: str, most: int) -> str:
    """A text as one plain line, in which nothing looks like the end of a cell."""
    return re.sub(r"(?<!\w)[·⋅∙‧]|[·⋅∙‧](?!\w)", "•", plain(said, most))


def check(given: tuple[str, ...]) -> None:
    post, tame = markdown.messages(post_of(*given))[0], markdown.messages(post_of(*map(harmless, given)))[0]
    for name, converter in CONVERTERS.items():
        shown, expected = converter().convert(post), converter().convert(tame)
        if name == "xhtml":
            assert Tags(shown).found == Tags(expected).found
            assert not {"a", "img", "script"} & {tag for tag, _ in Tags(shown).found}
            continue
        # A preview may have a line of its own.
        assert 0 <= shown.count("\n") - expected.count("\n") <= 2
        escapes = "\x1b" if name == "ansi" else ""
        assert shown.count("\x1b") == expected.count("\x1b")
        for char in set(shown) - ALLOWED - set(escapes):
            assert unicodedata.category(char) not in HIDDEN or 0x1F000 <= ord(char) < 0x1FB00, hex(ord(char))
        assert shown.count("\u2068") == shown.count("\u2069")
    lines = text().convert(post).split("\n")
    a, b, c, d = given

    def seen(said: str) -> str:
        return re.sub("&(?=[#\\w])", "＆", re.sub("(?<=\\S)>", "›", re.sub("<(?=[A-Za-z/!?])", "‹", said)))

    for most, said, where in ((24, a, 0), (60, b, 1), (60, c, 2), (60, d, len(lines) - 1)):
        assert dotted(said, most) in lines[where]
    if dotted(c, 60):
        assert dotted(c, 60) in lines[3]
    for number, who, said in (("9", a, b), ("10", c, d)):
        at = next(at for at, line in enumerate(lines) if line.split()[:2] == [number, "k7fq"])
        row = "\n".join(lines[at : at + 2])
        assert seen(dotted(who, 24)) in row
        # As much of it as there is room for.
        assert any(seen(f"“{dotted(said, most)}”") in row for most in range(60, 0, -1)) or not dotted(said, 60)


@pytest.mark.parametrize("nasty", NASTY, ids=[f"{number}" for number in range(len(NASTY))])
def test_the_nasty_ones_in_every_place(nasty):
    check((nasty,) * 4)
    check((nasty, "x", "x", "x"))
    check(("x", nasty, nasty, "x"))


chars = st.one_of(
    st.sampled_from("\\`*_{}[]()#+-.!|<>&~^=:;\"'/@ \n\t\r"),
    st.sampled_from("\u202e\u2066\u2068\u2069\u200d\u200b\u0301\ufe0f\u2028\x1b\x02\x03\x00\x85אم"),
    st.characters(),
    st.characters(categories=["Cs", "Cf", "Cc", "Mn", "Zs"]),
)
foreign = st.one_of(
    st.text(chars, max_size=40),
    st.lists(st.one_of(st.sampled_from(NASTY), st.text(chars, max_size=4)), max_size=4).map("".join),
)


@runs(deadline=None, max_examples=60)
@given(st.tuples(foreign, foreign, foreign, foreign))
def test_any_text_in_every_place(given_):
    check(given_)


def test_columns_stand_below_each_other_for_wide_characters():
    rows = tuple(
        ((str(number),), (Foreign(name),), ("end",)) for number, name in ((9, "田中"), (10, "Bo"), (11, "שרה"))
    )
    lines = [line for line in markdown.messages(Post(("h",), (), rows))[0].split("\n") if line.endswith("end")]
    assert lines == ["  9  田中  end", " 10  Bo    end", " 11  \u2068שרה\u2069   end"]


LIVE = "<>*~`@"


def tame(post: Post) -> str:
    """The post as networks get it that Errbot's backends give no more than text: without escapes and fences."""
    return imtext().convert("\n\n".join(markdown.messages(post, tame=True)))


def survivors(given: tuple[str, ...]) -> None:
    """What of the live characters reaches a network beyond those of the same post with harmless text."""
    counts, allowed = Counter(tame(post_of(*given))), Counter(tame(post_of(*map(harmless, given))))
    assert {char: counts[char] for char in LIVE} == {char: allowed[char] for char in LIVE}


@pytest.mark.parametrize("nasty", NASTY, ids=[f"{number}" for number in range(len(NASTY))])
def test_a_network_gets_no_live_character_of_the_nasty_ones(nasty):
    survivors((nasty,) * 4)


@runs(deadline=None, max_examples=60)
@given(st.tuples(foreign, foreign, foreign, foreign))
def test_a_network_gets_no_live_character(given_):
    survivors(given_)


TAMED = [
    ("<!channel> *Kim* & @bo #one a_b `x`", "‹!channel› ∗Kim∗ & ＠bo ＃one a_b ‵x‵"),
    ("@everyone <@123> <#123> </cmd:1> <t:1> <:a:1>", "＠everyone ‹＠123› ‹＃123› ‹∕cmd∶1› ‹t∶1› ‹:a∶1›"),
    ("&lt;!channel&gt; &#60; a & b AT&T", "＆lt;!channel＆gt; ＆＃60; a & b AT＆T"),
    ("_a_ __b__ a_b_c ~~s~~ ||spoiler|| a | b", "＿a＿ ＿＿b＿＿ a_b_c ∼∼s∼∼ ∣∣spoiler∣∣ a | b"),
    ("[x](http://evil.example) [x][1] [1]: y", "[x］(http∶/∕evil․example) [x］[1] [1］: y"),
    ("# heading", "＃ heading"),
    ("> quote", "› quote"),
    ("/start and/or 1/2", "∕start and/or 1/2"),
    ("#12 costs 3.50 at 14:02", "＃12 costs 3.50 at 14:02"),
    ("ann@evil.example", "ann＠evil․example"),
]


@pytest.mark.parametrize(("given", "shown"), TAMED, ids=range(len(TAMED)))
def test_tame_text_looks_the_same(given, shown):
    assert tame(Post(("h",), ((Foreign(given),),))).split("\n")[1].strip() == shown
    assert f" {shown}" in tame(Post(("h",), (), (((Foreign(given),),),)))


def test_tame_posts_have_our_own_links_and_no_others():
    link = "https://www.facebook.com/1/inbox/2/?section=messages"
    shown = tame(Post(("See config.py",), ((Link(link),),), (((Command("inbox user @ann.example"),),),)))
    assert "config.py" in shown and link in shown and "!inbox user ＠ann․example" in shown


@pytest.mark.parametrize("prefix", ["/", "@bot ", "#", "~", "@**err-bot**"])
def test_what_commands_begin_with_can_be_copied_from_a_tame_post(prefix):
    post = Post(("h",), (), (((Command("inbox user @ann.example"),),),))
    assert f"{prefix}inbox user ＠ann․example" in "\n".join(markdown.messages(post, prefix, tame=True))


def test_a_terminal_gets_text_untamed():
    assert "@bo of evil.example" in text().convert(markdown.messages(Post((Foreign("@bo of evil.example"),)))[0])


def test_a_room_without_a_stranger_is_not_changed():
    assert markdown.messages(Post(("Acme: ", Moment(NOW, NOW))))[0] == "**Acme: just now**"
    assert "\\!inbox more" in markdown.messages(Post(("x",), ((Command("inbox more"),),)))[0]
    assert "/inbox more" in markdown.messages(Post(("x",), ((Command("inbox more"),),)), prefix="/")[0]


@pytest.mark.parametrize(
    "path", ["/_a_/b", "/*a*/*b*", "/x?a=1&section=messages", "/x?a=1&copy=2", "/x?a=1&lt;b", "/*a*b*"]
)
def test_a_link_arrives_as_it_is(path):
    link = safe_link(path)
    assert link is not None
    post = markdown.messages(Post(("h",), (("See ", Link(link)),)))[0]
    assert f"See {link}" in text().convert(post)
    assert opened(xhtml().convert(post)) == ["p", "strong", "p"]


@pytest.mark.parametrize("given", [": x", "~~~", ":   x"])
def test_a_line_that_begins_with_foreign_text_is_a_paragraph(given):
    post = Post(("h",), ((Foreign(given),), ("between",), (Foreign(given),)))
    assert opened(xhtml().convert(markdown.messages(post)[0])) == ["p", "strong", "p", "p", "p"]
    assert text().convert(markdown.messages(post)[0]).split("\n")[1:] == [
        f" {plain(given, 60)}",
        " between",
        f" {plain(given, 60)}",
    ]


@pytest.mark.parametrize("given", ["Bo\x1b \x1b \x1b1 day ago", "Bo \u200b 1 day ago"])
def test_plain_text_has_no_two_blanks_with_which_to_fake_a_column(given):
    assert plain(given, 60) == "Bo 1 day ago"


def test_a_network_gets_no_backquote_by_way_of_another_character():
    """U+1FEF is a backquote in NFC."""
    post = Post(("h",), ((Foreign("\u1fef"),),), (((Foreign("\u1fef" * 3 + " x"),),),))
    assert "`" not in tame(post)


HOSTILE_ROWS = tuple(
    ((str(number),), (Foreign("[Confirm](https://evil.example/x) ![i](x) <b>*now*</b> `x` <!channel>", True),))
    for number in range(80)
)


@pytest.mark.parametrize("most", [400, 510, 1024, 4096])
@pytest.mark.parametrize("tame", [False, True])
def test_every_part_of_a_long_answer_is_whole_and_inert(most, tame):
    note = (Foreign("_a note_ [x](https://evil.example) " * 20, most=700),)
    ampersands = (Foreign("& " * 300, most=600),)
    post = Post(("many ", Foreign("headline " * 20, most=350)), (note, ampersands), HOSTILE_ROWS, (("end",),))
    parts = markdown.messages(post, "!", most, tame)
    assert len(parts) > 1 and all(len(part) <= most for part in parts)
    for part in parts:
        assert set(opened(xhtml().convert(part))) <= {"p", "strong", "pre", "code"}
    shown = "".join(text().convert(part) for part in parts)
    assert [f" {number}  “" in shown for number in range(80)] == [True] * 80


@pytest.mark.parametrize("char", ["я", "漢", "😀", "&", "é "])
def test_no_line_is_longer_than_irc_takes(char):
    """IRC has 512 bytes for a line and all around it, and Errbot's backend raises where there are more (errbot#989)."""
    said = (Foreign(char * 300, most=300, quoted=True),)
    post = Post(
        ("New in ", Foreign(char * 60, most=60)), (said,), tuple(((str(n),), said) for n in range(1, 4)), (said,)
    )
    for part in markdown.messages(post, "!", 510 - 100, tame=True):
        for line in part.splitlines():
            assert len(line.encode()) <= 510 - 100
