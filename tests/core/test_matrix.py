"""How a post looks on Matrix: by itself as text, and as the few tags that are ours."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest

from pageinbox.chat.matrix.content import EDITABLE, MOST, content, contents, edited, in_thread
from pageinbox.model.post import Command, Foreign, Line, Link, Moment, Name, Piece, Post, Reference, Room, Words

NOW = 1_795_435_200.0
URL = "https://www.facebook.com/1/inbox/2/?section=messages&x=1"
EVENT_MOST = 65_536


def row(number: int, name: str = "Ann Example", said: str = "is this still available?") -> tuple[Line, ...]:
    return (
        (str(number),),
        (Reference("k7fq"),),
        (),
        (Name(name, most=24),),
        (Moment(NOW - 240, NOW),),
        (Words(said, quoted=True, most=300),),
        (Link(URL),),
    )


LISTING = Post(
    ("Acme · ", Foreign("<b>&"), ": 2 conversations"),
    (("Messenger: 1",), ("Instagram: 1",)),
    (row(9), row(10, "@bo.example", "<i>https://evil.example</i>")),
    (("2 of 14 · ", Command("inbox more"), " · checked ", Moment(NOW, NOW)),),
)


def test_the_body_reads_well_alone() -> None:
    assert content(LISTING, "/")["body"].split("\n") == [
        "Acme · <b>&: 2 conversations",
        "Messenger: 1",
        "Instagram: 1",
        f"9 · k7fq · Ann Example · 4 min ago · “is this still available?” · {URL}",
        f"10 · k7fq · @bo․example · 4 min ago · “<i>https∶/∕evil․example</i>” · {URL}",
        "2 of 14 · /inbox more · checked just now",
    ]


def test_the_formatted_body_has_our_tags_and_all_else_escaped() -> None:
    url = URL.replace("&", "&amp;")
    assert content(LISTING)["formatted_body"] == (
        "<p><strong>Acme · &lt;b&gt;&amp;: 2 conversations</strong><br>Messenger: 1<br>Instagram: 1</p>"
        '<ol start="9">'
        f'<li><strong><a href="{url}">Ann Example</a></strong> · 4 min ago · “is this still available?” · '
        "<code>k7fq</code></li>"
        f'<li><strong><a href="{url}">@bo․example</a></strong> · 4 min ago · '
        "“&lt;i&gt;https∶/∕evil․example&lt;/i&gt;” · <code>k7fq</code></li></ol>"
        "<p>2 of 14 · <code>!inbox more</code> · checked just now</p>"
    )


def test_it_is_a_notice_that_mentions_nobody() -> None:
    said = content(LISTING)
    assert (said["msgtype"], said["format"], said["m.mentions"]) == ("m.notice", "org.matrix.custom.html", {})
    assert set(said) == {"msgtype", "body", "format", "formatted_body", "m.mentions"}


def test_an_alert_is_a_text_and_its_edit_a_notice_that_leaves_it_one() -> None:
    said = content(replace(LISTING, alert=True))
    edit = edited(said, "$first")
    assert (said["msgtype"], edit["msgtype"], edit["m.new_content"]["msgtype"]) == ("m.text", "m.notice", "m.text")


@pytest.mark.parametrize("numbers", [[2, 1], [1, 1], [1, 3]])
def test_numbers_that_do_not_count_up_stand_before_their_rows(numbers: list[int]) -> None:
    shown = content(Post(("h",), (), tuple(((str(number),), ("watch inbox",)) for number in numbers)))
    items = "".join(f"<li>{number} · watch inbox</li>" for number in numbers)
    assert shown["formatted_body"] == f"<p><strong>h</strong></p><ul>{items}</ul>"


def test_rows_without_numbers_and_empty_cells() -> None:
    shown = content(Post(("h",), (), ((("a",), (), ("b",)), (("",), ("c",)), ((), ()))))
    assert shown["formatted_body"] == "<p><strong>h</strong></p><ul><li>a · b</li><li>c</li></ul>"
    assert shown["body"] == "h\na · b\nc"


ANNOUNCED = Post(
    (
        *("New in Acme · Messenger: ", Name("Ann <b>"), ", ", Moment(NOW - 240, NOW), ": "),
        *(Words("hello & <i>", quoted=True), " (only an automatic reply so far) · ", Reference("k7fq")),
    ),
    (("Wrote again 3 min later: ", Words("hello?", quoted=True)), ("2 h left to answer",), (Link(URL),)),
)


def test_an_announcement_is_who_what_they_wrote_and_when_and_how_it_stands() -> None:
    said, link = content(ANNOUNCED), URL.replace("&", "&amp;")
    assert said["formatted_body"] == (
        f'<p>New in Acme · Messenger: <strong><a href="{link}">Ann &lt;b&gt;</a></strong></p>'
        "<blockquote>hello &amp; &lt;i&gt;</blockquote>"
        "<p>4 min ago (only an automatic reply so far) · <code>k7fq</code></p>"
        "<p>Wrote again 3 min later</p><blockquote>hello?</blockquote><p>2 h left to answer</p>"
    )
    assert said["body"].split("\n") == [
        "New in Acme · Messenger: Ann <b>, 4 min ago: “hello & <i>” (only an automatic reply so far) · k7fq",
        "Wrote again 3 min later: “hello?”",
        "2 h left to answer",
        URL,
    ]


def test_a_reminder_has_below_the_words_how_long_somebody_waits_and_what_is_left() -> None:
    waits = (", waiting for 22 h: ", Words("hello?", quoted=True), ", 2 h left to answer · ", Reference("k7fq"))
    shown = content(Post(("Closing soon in Acme: ", Name("Ann"), *waits)))["formatted_body"]
    assert shown == (
        "<p>Closing soon in Acme: <strong>Ann</strong></p><blockquote>hello?</blockquote>"
        "<p>waiting for 22 h, 2 h left to answer · <code>k7fq</code></p>"
    )


@pytest.mark.parametrize("name", ["(name not shared)", Name("\u3164\u200b")])
def test_where_no_name_can_lead_to_the_conversation_there_is_a_link(name: Piece) -> None:
    post = Post(("New: ", name, ": ", Words("[photo]"), " · ", Reference("k7fq")), ((Link(URL),),))
    link = f'<a href="{URL.replace("&", "&amp;")}">open in Facebook</a>'
    assert content(post)["formatted_body"].endswith(f": [photo] · <code>k7fq</code><br>{link}")
    assert ">open</a> · <code>k7fq</code></li>" in content(Post(("h",), (), (row(1, ""),)))["formatted_body"]


def test_an_announcement_is_one_paragraph_and_not_bold() -> None:
    said = content(Post(("New: ", Foreign("hi", quoted=True)), (("Answered.",), (Link(URL),))))
    link = f'<a href="{URL.replace("&", "&amp;")}">open in Facebook</a>'
    assert said["formatted_body"] == f"New: “hi”<br>Answered.<br>{link}"
    assert said["body"] == f"New: “hi”\nAnswered.\n{URL}"


def test_nobody_is_called_what_looks_like_cells() -> None:
    said = content(Post((Foreign("x” · k7fq"), " · ", Foreign("Gal·la ⋅", quoted=True))))
    assert said["body"] == "x” • k7fq · “Gal·la •”"


def test_a_room_has_its_own_name() -> None:
    post = Post(("h",), (), (((Room("#support"),),), ((Room("!abc:chat.example"),),), ((Room("<#C01>"),),)))
    assert content(post)["body"] == "h\n#support\n!abc∶chat․example\n<#C01>"


def test_nobody_is_called_by_clients_that_do_not_know_mentions() -> None:
    said = content(Post(("h",), ((Foreign("@room @ROOM @roomé @ann"),),)))
    assert "＠room ＠ROOM ＠roomé @ann" in said["body"] and "＠room" in said["formatted_body"]


def test_our_own_words_become_no_links_and_commands_can_be_copied() -> None:
    said = content(Post(("See config.py",), ((Command("inbox user @ann.example"),),)))
    assert said["body"] == "See config․py\n!inbox user @ann․example"
    assert said["formatted_body"] == "See <code>config.py</code><br><code>!inbox user @ann.example</code>"


def test_paths_and_settings_can_be_copied() -> None:
    said = content(Post(("My ledger, /data/inbox-ledger.sqlite, is full: see “a.py” & PAGES.acme.TOKEN.",)))
    assert said["formatted_body"] == (
        "My ledger, <code>/data/inbox-ledger.sqlite</code>, is full: see “<code>a.py</code>” &amp; "
        "<code>PAGES.acme.TOKEN</code>."
    )


def test_a_command_with_what_somebody_typed_stays_one_line() -> None:
    assert content(Post((Command("inbox unwatch a\n\u202eb</code>"),)))["formatted_body"] == (
        "<code>!inbox unwatch a b&lt;/code&gt;</code>"
    )


def test_a_thread_is_one_also_for_clients_without_threads() -> None:
    assert in_thread(content(LISTING), "$root")["m.relates_to"] == {
        "rel_type": "m.thread",
        "event_id": "$root",
        "is_falling_back": True,
        "m.in_reply_to": {"event_id": "$root"},
    }


def test_an_edit_holds_the_new_content_and_says_so_to_clients_without_edits() -> None:
    new = content(LISTING)
    said = edited(new, "$first")
    assert said["m.new_content"] == new
    assert said["m.relates_to"] == {"rel_type": "m.replace", "event_id": "$first"}
    assert said["body"] == f"* {new['body']}" and said["formatted_body"] == f"* {new['formatted_body']}"
    assert said["m.mentions"] == {} and said["msgtype"] == "m.notice"


FILLINGS = ["word " * 60, "😀" * 300, "&" * 300, '"' * 300, "\u0416" * 300]


@pytest.mark.parametrize("filling", FILLINGS, ids=range(len(FILLINGS)))
def test_a_long_answer_is_as_many_events_as_it_takes(filling: str) -> None:
    rows = tuple(row(number, said=f"{number}: {filling}") for number in range(1, 300))
    said = contents(Post(("many",), (), rows, (("end",),)))
    assert len(said) > 1
    assert all(len(json.dumps(in_thread(one, "$" + "r" * 250))) <= MOST for one in said)
    body = "\n".join(one["body"] for one in said).split("\n")
    assert [line.split(" · ")[0] for line in body] == ["many", *map(str, range(1, 300)), "end"]
    counted = 0
    for one in said:
        begins = re.fullmatch(
            '(?:<p>.*?</p>)?(?:<ol start="([0-9]+)">(.*)</ol>)?(?:<p>end</p>|end)?', one["formatted_body"]
        )
        assert begins
        assert begins[1] is None or int(begins[1]) == counted + 1
        counted += one["formatted_body"].count("<li>")
    assert counted == 299


@pytest.mark.parametrize("filling", FILLINGS, ids=range(len(FILLINGS)))
def test_an_announcement_is_one_event_that_can_be_edited(filling: str) -> None:
    said = content(Post(("many",), (), tuple(row(number, said=filling) for number in range(1, 300)), (("end",),)))
    assert len(json.dumps(said)) <= EDITABLE
    assert len(json.dumps(edited(in_thread(said, "$" + "r" * 250), "$" + "r" * 250))) * 4 / 3 < EVENT_MOST
    assert said["body"].endswith("\n…") and said["formatted_body"].endswith("</ol><p>…</p>")
    assert said["body"].split("\n")[1].startswith("1 · k7fq · Ann Example")


def test_what_fits_is_not_cut() -> None:
    assert "…" not in content(LISTING)["body"] and len(contents(LISTING)) == 1
    assert contents(LISTING) == [content(LISTING)]


def test_a_line_that_is_too_long_is_cut_and_stays_escaped() -> None:
    said = content(Post(("<&" * 5_000,), ((Foreign("<b>" * 5_000, most=20_000),),)))
    assert len(json.dumps(said)) <= EDITABLE
    assert said["body"].count("…") == 2 and "<&" not in said["formatted_body"] and "<b>" not in said["formatted_body"]
