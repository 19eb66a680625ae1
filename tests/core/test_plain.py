"""Foreign text as one plain line, and without anything a client would make a link of."""

from __future__ import annotations

import re
import time
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import settings as runs
from hypothesis import strategies as st

from pageinbox.chat.plain import plain, unlinked

FAMILY, PIRATE, RAINBOW, HEART = "👨\u200d👩\u200d👧\u200d👦", "🏴\u200d☠\ufe0f", "🏳\ufe0f\u200d🌈", "❤\ufe0f\u200d🔥"
PERSIAN, SINHALA, BENGALI, KHMER = "می\u200cخواهم", "ශ්\u200dරී", "র\u200d্যাব", "ស៊\u200cែ"
NOTHING_SEEN = re.compile(
    "[\u115f\u1160\u3164\uffa0\u2800\ufffc\u034f\u17b4\u17b5\u180b-\u180f\ufe00-\ufe0e\U000e0100-\U000e01ef]"
)

KEPT = [
    ("hello", 60, "hello"),
    ("hello", 5, "hello"),
    ("hello", 4, "hel…"),
    ("  two \n lines\t ", 60, "two lines"),
    ("a" * 100, 60, "a" * 59 + "…"),
    ("word " * 20, 10, "word word…"),
    (" " * 90_000 + "x", 60, "x"),
    ("", 60, ""),
]

PILES = [
    ("e\u0301te\u0301", "été"),
    ("e" + "\u0301" * 9, "é\u0301\u0301\u0301"),
    ("e" + "\u0301\u034f" * 9, "é\u0301\u0301\u0301"),
    ("e" + "\u0301\ufe0f" * 9, "é\u0301\u0301\u0301"),
    ("e" + "\u0301\u200d" * 9, "é\u0301\u0301\u0301"),
    ("\u0301\u0327x", "x"),
    ("x \u0301\u0327y", "x y"),
    ("ตู้", "ตู้"),
    ("Tiếng Việt", "Tiếng Việt"),
    ("שָׁלוֹם", "\u2068שָׁלוֹם\u2069"),
]

UNSEEN = [
    ("\u202eab\u202c", "ab"),
    ("\u2066a\u2067b\u2068c\u2069\u200e\u200f\u061c", "abc"),
    ("a\x00b\x1b[1mc\x9b31m\x07\x7f", "ab[1mc31m"),
    ("\ud800x\udfff", "x"),
    ("\u200b\ufeff\u00ad\u2060a\u200bb", "ab"),
    ("\ufff9a\ufffab\ufffb", "ab"),
    ("ad\U000e0061\U000e0062min\U000e007f", "admin"),
    ("Bo\u3164\u2800\u115f\u1160\uffa0x", "Bo x"),
    ("\u3164", ""),
    ("a\u2028b\u2029c\x85d", "a b c d"),
    ("a\ufe0f\ufe0eb\U000e0100", "ab"),
    ("\ue000\uf8ff\U00100000x", "x"),
    ("Bo\x1b \x1b \x1b1 day ago", "Bo 1 day ago"),
    ("Bo \u200b 1 day ago", "Bo 1 day ago"),
    ("שלום", "\u2068שלום\u2069"),
    ("a \u0661", "\u2068a \u0661\u2069"),
]

JOINED = [
    (PERSIAN, f"\u2068{PERSIAN}\u2069"),
    (SINHALA, SINHALA),
    (BENGALI, BENGALI),
    (KHMER, KHMER),
    (FAMILY, FAMILY),
    (PIRATE, PIRATE),
    (RAINBOW, RAINBOW),
    (HEART, HEART),
    ("1\ufe0f\u20e3 ☺\ufe0f ‼\ufe0f", "1\ufe0f\u20e3 ☺\ufe0f ‼\ufe0f"),
    ("🫩", "🫩"),
    ("ad\u200dmin ad\u200cmin", "admin admin"),
    ("а\u200dд я\u200cя γ\u200dα 1\u200d2", "ад яя γα 12"),
    ("\u200dx\u200d \u200d\u200d", "x"),
    ("می\u200c\u200c\u200dخ", "\u2068می\u200dخ\u2069"),
    ("1\ufe0f2 a\ufe0f", "12 a"),
    ("👨\u200d👩 👨\u200dx x\u200d👩", "👨\u200d👩 👨x x👩"),
]


@pytest.mark.parametrize(("given_", "most", "shown"), KEPT, ids=range(len(KEPT)))
def test_a_text_is_one_line_and_no_longer_than_it_may_be(given_: str, most: int, shown: str) -> None:
    assert plain(given_, most) == shown


@pytest.mark.parametrize(("given_", "shown"), PILES, ids=range(len(PILES)))
def test_no_letter_carries_a_pile_of_marks_and_each_keeps_what_its_script_needs(given_: str, shown: str) -> None:
    assert plain(given_, 60) == unicodedata.normalize("NFC", shown)


@pytest.mark.parametrize(("given_", "shown"), UNSEEN, ids=range(len(UNSEEN)))
def test_what_shows_nothing_is_gone(given_: str, shown: str) -> None:
    assert plain(given_, 60) == shown


@pytest.mark.parametrize(("given_", "shown"), JOINED, ids=range(len(JOINED)))
def test_joiners_stay_where_they_matter_and_only_there(given_: str, shown: str) -> None:
    assert plain(given_, 60) == shown


HUGE = [
    "a",
    " ",
    "\u200b",
    "\u200d",
    "\u0301\u0327",
    "e\u0301",
    "\x00",
    "\ud800",
    "\u1100\u1161\u11a8",
    "אב",
    "😀\ufe0f",
]
LINKISH = [".", "@", ":", "/", "a:", "a.b", "1.", "@a", "#:", "a@", "://", "www.", "localhost"]


@pytest.mark.parametrize("piece", HUGE + LINKISH, ids=range(len(HUGE + LINKISH)))
def test_work_grows_no_faster_than_the_text(piece: str) -> None:
    """Eight times the text takes about eight times as long; sixty-four times as long would be its square."""

    def takes(times: int) -> float:
        text = piece * (times // len(piece))
        begin = time.process_time()
        plain(f"e{text}", 60)
        unlinked(text)
        return time.process_time() - begin

    # Where something else was in the way, it is measured once more.
    assert any(takes(160_000) < 30 * max(takes(20_000), 0.001) for _ in range(3))


chars = st.one_of(
    st.sampled_from(
        "\u202e\u2066\u2068\u2069\u200d\u200c\u200b\u0301\u0327\ufe0f\u2028\x1b\x00\x85 אمकि👩🏽🔥❤1#\u20e3"
    ),
    st.characters(),
    st.characters(categories=["Cs", "Cf", "Cc", "Mn", "Zs"]),
)


@runs(deadline=None, max_examples=300)
@given(st.text(chars, max_size=60), st.integers(1, 80))
@example("\u0301 \u0301", 5)
@example("क\u200d\u094d\u200d", 2)
def test_any_text_is_one_short_line_that_can_be_sent(given_: str, most: int) -> None:
    line = plain(given_, most)
    bare = line.removeprefix("\u2068").removesuffix("\u2069")
    assert len(bare) <= most
    assert bare == bare.strip() and "  " not in bare
    assert unicodedata.is_normalized("NFC", bare) or "…" in bare
    line.encode("utf-8")
    for char in bare:
        hidden = unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
        assert not hidden or char in "\u200c\u200d" or 0x1F000 <= ord(char) < 0x1FB00, hex(ord(char))
    assert not NOTHING_SEEN.search(bare)
    marks = "".join("m" if unicodedata.category(char) in ("Mn", "Me") else "-" for char in bare)
    assert "mmmmm" not in marks
    assert plain(line, most) == line


LINKS = [
    ("evil.com", "evil․com"),
    ("https://x.y/a?b=c", "https∶/∕x.y/a?b=c"),
    ("HTTP://EVIL.EXAMPLE/", "HTTP∶/∕EVIL․EXAMPLE/"),
    ("www.x", "www․x"),
    ("ann@evil.com", "ann＠evil․com"),
    ("mailto:ann@localhost", "mailto∶ann＠local-host"),
    ("@ann:server", "@ann∶server"),
    ("#room:server.org #1:2 !abc:x", "#room∶server․org #1∶2 !abc∶x"),
    ("javascript:alert(1)", "javascript∶alert(1)"),
    ("tel:+390612 magnet:?xt=urn:x", "tel∶+390612 magnet∶?xt=urn∶x"),
    ("192.168.0.1", "192․168․0․1"),
    ("उदाहरण.भारत пример.рф 例え.テスト", "उदाहरण․भारत пример․рф 例え․テスト"),
    ("xn--e1afmkfd.xn--p1ai", "xn--e1afmkfd․xn--p1ai"),
    ("evil。com foo．com", "evil․com foo․com"),
    ("//evil.com", "/∕evil․com"),
    ("@ann.example", "@ann․example"),
    ("Bo.Bo", "Bo․Bo"),
    ("[x](http://evil.com)", "[x](http∶/∕evil․com)"),
]

LEFT = [
    "3.50 and 1,000.25",
    "e.g. this, i.e. that, 5 p.m.",
    "14:02, 9:30-18:00, 16:9",
    "v1.2.3 of 12.11.2026",
    "Well... yes. No! (maybe)",
    "@ann and @here",
    "Re: hello; ok :) :smile:",
    "你好。我们 名前:太郎",
    "and/or 1/2 24/7",
    "!inbox unwatch 1",
    "#general #12",
    "",
]


@pytest.mark.parametrize(("given_", "shown"), LINKS, ids=range(len(LINKS)))
def test_what_a_client_would_link_is_broken_and_legible(given_: str, shown: str) -> None:
    assert unlinked(given_) == shown
    assert unlinked(shown) == shown


@pytest.mark.parametrize("given_", LEFT, ids=range(len(LEFT)))
def test_what_no_client_would_link_stays_as_it_is(given_: str) -> None:
    assert unlinked(given_) == given_


# What the clients' own rules have in common, said without looking at how `unlinked` goes about it.
LINKED = re.compile(
    r"[a-z][a-z0-9+.\-]*://|(?<![^\W_])//\w|\bwww\.\w|localhost"
    r"|[^\W_]\.[^\W\d_]{2}|[^\W_]@[^\W_]|[@#!]\w+:\w|\b(mailto|tel|sip|matrix|magnet|xmpp|sms|javascript|data):[\w+?]"
    r"|\b\d{1,3}(\.\d{1,3}){3}\b",
    re.IGNORECASE,
)
PARTS = [
    *("http", "https", "://", ":", "//", "/", "www", ".", "evil", "com", "co.uk", "1", "2", "127.0.0.1", "@", "#", "!"),
    *("ann", "localhost", "mailto", "tel", "matrix", "?", "=", "&", "-", "_", "(", ")", "“", "é", "例え", "भारत", "рф"),
    *("xn--p1ai", "😀", "…", "*", "`", "\\", "。", "．", "｡", "：", "10:30", "8080", " "),
]


@runs(deadline=None, max_examples=500)
@given(st.lists(st.sampled_from(PARTS), max_size=9).map("".join))
@example("com:://")
@example("www..例え")
@example("///x")
def test_nothing_that_looks_like_an_address_is_left(given_: str) -> None:
    shown = unlinked(plain(given_, 200))
    assert not LINKED.search(shown)
    assert unlinked(shown) == shown


@pytest.mark.parametrize("given_", [given_ for given_, _ in LINKS[:12]], ids=range(12))
def test_the_rule_finds_what_it_looks_for(given_: str) -> None:
    assert LINKED.search(given_)


@runs(deadline=None, max_examples=100)
@given(st.text(max_size=60))
def test_letters_and_digits_stay_in_order(given_: str) -> None:
    letters = [char for char in given_ if char.isalnum()]
    assert [char for char in unlinked(given_) if char.isalnum()] == letters
