"""Where the parts of a post go in Slack: names bold and linked, a customer's words apart, refs as code."""

from __future__ import annotations

from typing import Any

from pageinbox.chat.slack import content as slack
from pageinbox.model.post import Foreign, Link, Moment, Name, Post, Reference, Words

URL = "https://www.facebook.com/1/inbox/2"
ANN = Name("Ann *B* www.evil.example", most=24)
ANNOUNCED = ("New in Acme: ", ANN, ", ", Moment(100.0, 160.0), ": ", Words("hi <!here>", quoted=True), " · ")


def parts(post: Post) -> list[dict[str, Any]]:
    return [part for block in slack.message(post)["blocks"] for part in block["elements"]]


def plain(text: str, **style: bool) -> dict[str, Any]:
    return {"type": "text", "text": text} | ({"style": style} if style else {})


def test_an_announcement_is_who_then_their_words_then_when_and_its_ref() -> None:
    who, quote, rest = parts(Post((*ANNOUNCED, Reference("k7fq")), ((Link(URL),),)))
    name = {"type": "link", "url": URL, "text": "Ann *B* www․evil․example", "style": {"bold": True}}
    assert who == {"type": "rich_text_section", "elements": [plain("New in Acme: "), name]}
    assert quote == {"type": "rich_text_quote", "elements": [plain("hi <!here>")]}
    assert rest["elements"] == [plain("1 min ago · ", italic=True), plain("k7fq", code=True)]


def test_as_text_it_has_quotation_marks_and_the_address() -> None:
    message = slack.message(Post((*ANNOUNCED, Reference("k7fq")), ((Link(URL),),)))
    assert message["text"].splitlines()[1:] == ["“hi &lt;!here&gt;”", "1 min ago · k7fq"]
    assert slack.whole(message).splitlines()[0] == f"New in Acme: Ann ∗B∗ www․evil․example {URL} "


def test_words_that_somebody_types_in_a_command_stay_in_the_sentence() -> None:
    [only] = parts(Post(("I don't know “", Foreign("x", quoted=True), "”.")))
    assert only["type"] == "rich_text_section"


def test_words_without_quotation_marks_are_ours_and_stay() -> None:
    [only] = parts(Post(("New: ", ANN, ": ", Words("[photo]"))))
    assert only["elements"][-1] == plain(": [photo]")


def test_a_name_in_a_row_leads_where_the_row_does() -> None:
    rows = (
        (("1",), (Reference("k7fq"),), (ANN,), (Words("hi", quoted=True),), (Link(URL),)),
        (("2",), (Reference("9x2d"),), ("(name not shared)",), (), (Link("https://www.facebook.com/2"),)),
    )
    _, listed = parts(Post(("2 conversations",), rows=rows))
    first, second = (row["elements"] for row in listed["elements"])
    assert listed["type"] == "rich_text_list"
    assert first[0] == plain("k7fq", code=True) and first[2]["url"] == URL and first[3] == plain(" · “hi”")
    assert [one["text"] for one in second] == ["9x2d", " · (name not shared) · ", "open"]


def test_an_address_that_is_too_long_for_slack_is_left_out() -> None:
    far = Link("https://www.facebook.com/" + "a" * 3000)
    assert parts(Post(("New: ", Name("Ann")), ((far,),)))[0]["elements"] == [plain("New: "), plain("Ann", bold=True)]


def test_a_name_that_shows_nothing_leaves_the_link_its_own_label() -> None:
    [line] = parts(Post(("New: ", Name("\u200b")), ((Link(URL),),)))
    assert line["elements"][-1] == {"type": "link", "url": URL, "text": "open in Facebook"}
