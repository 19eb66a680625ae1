"""Every kind of message has its words, in rows, in announcements and in `show`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from pageinbox.model.carried import ONLY_CARRIED, in_brackets

HIDDEN = "[something Meta does not show to apps]"
EUROPE = "Media not available due to new privacy rules in Europe. See the documentation for more"


def attached(*files: object) -> dict[str, Any]:
    return {"message": "", "attachments": {"data": list(files)}}


def shared(**share: object) -> dict[str, Any]:
    return {"message": "", "shares": {"data": [share]}}


PRODUCT = {"payload": {"product": {"elements": {"data": [{"id": "7", "retailer_id": "L1", "title": "Blue lamp"}]}}}}

QUOTES = str.maketrans("", "", "“”")

KINDS: list[tuple[dict[str, Any], str]] = [
    # Messenger's attachments, as recorded
    (attached({"mime_type": "image/jpeg", "name": "image-1", "image_data": {"url": "https://x"}}), "[photo]"),
    (attached({"mime_type": "image/gif", "image_data": {"animated_gif_url": "https://cdn.example/1"}}), "[GIF]"),
    (attached({"mime_type": "video/mp4", "name": "video-1.mp4", "video_data": {"length": 4}}), "[video]"),
    (attached({"mime_type": "audio/mpeg", "name": "audioclip-17-40.mp4"}), "[voice message]"),
    (attached({"mime_type": "video/mp4", "name": "audioclip-17-40.mp4", "video_data": {}}), "[voice message]"),
    (attached({"mime_type": "application/pdf", "name": "menu.pdf", "size": 3}), "[file menu.pdf]"),
    (attached({"mime_type": "application/pdf", "name": "a].pdf[x"}), "[file a.pdfx]"),
    (attached({"id": "7", "name": EUROPE}), "[media not available in Europe]"),
    (attached({"id": "7", "name": "menu.pdf"}), "[file menu.pdf]"),
    (attached({"id": "7", "name": "lamp.HEIC"}), "[photo]"),
    (attached({"id": "7"}), "[file]"),
    # Instagram's have no type
    (attached({"image_data": {"url": "https://cdn.example/1"}}), "[photo]"),
    (attached({"image_data": {"url": "https://cdn.example/1", "animated_gif_url": "https://cdn.example/2"}}), "[GIF]"),
    (attached({"video_data": {"url": "https://cdn.example/1"}}), "[video]"),
    (attached({"file_url": "https://cdn.example/v/audioclip-17-40.mp4?x=1"}), "[voice message]"),
    (attached({"file_url": "https://cdn.example/v/menu.pdf?x=1"}), "[file menu.pdf]"),
    (attached({"file_url": "http://[not-an-address/x"}), "[file]"),
    # Several of a kind, and of several kinds
    (attached(*[{"mime_type": "image/jpeg"}] * 2), "[2 photos]"),
    (attached({"mime_type": "image/jpeg"}, {"video_data": {"length": 4}}, {"image_data": {}}), "[2 photos] [video]"),
    (attached({"name": "a.pdf"}, {"name": "b.pdf"}), "[file a.pdf] [file b.pdf]"),
    ({"attachments": [{"mime_type": "image/jpeg"}]}, "[photo]"),
    ({"message": "look", "attachments": {"data": [{"mime_type": "image/jpeg"}, None]}}, "look [photo]"),
    # What webhooks say of attachments
    (attached({"type": "audio", "payload": {"url": "https://cdn.example/1"}}), "[voice message]"),
    (attached({"type": "location", "payload": {"coordinates": {"lat": 1, "long": 2}}}), "[location]"),
    (attached({"type": "story_mention"}), "[story mention]"),
    (attached({"type": "appointment_booking", "payload": {"title": "Fitting"}}), "[appointment]"),
    (attached({"type": "ig_reel"}), "[shared reel]"),
    (attached({"type": "ig_story", "payload": {"url": "https://cdn.example/1"}}), "[shared story]"),
    (attached({"type": "fallback", "title": "A page", "url": "https://x.example", "payload": None}), "[shared post]"),
    (attached({"type": "image", "payload": {"url": "https://x.example", "sticker_id": 369239263222822}}), "[sticker]"),
    (attached({"type": "ephemeral"}), HIDDEN),
    (attached({"type": "unsupported_type", "payload": {"url": ""}}), HIDDEN),
    ({**attached({"id": "7"}), "is_unsupported": True}, HIDDEN),
    *(({"message": text}, HIDDEN) for text in ("\u200b \u2060", "\u3164", "\u2800\u2800", "\ufe0f", "\u115f\u1160")),
    *(({"message": text}, text) for text in ("\U0001fa77", "\U0001fae9")),  # emoji that a Python may not know yet
    (attached({"type": "template", "payload": {"elements": [{"title": "Menu"}]}}), "[template Menu]"),
    # Stickers: a field, an attachment, or both
    ({"message": "", "sticker": "https://cdn.example/1.png"}, "[sticker]"),
    (attached({"mime_type": "image/png", "image_data": {"render_as_sticker": True}}), "[sticker]"),
    (attached({"image_data": {"render_as_sticker": "true"}}), "[sticker]"),
    ({"sticker": "https://x", **attached({"image_data": {"render_as_sticker": True}})}, "[sticker]"),
    # Templates and products
    (attached({"generic_template": {"title": "Summer sale", "subtitle": "Only today"}}), "[template Summer sale]"),
    (attached({"generic_template": {}}), "[template]"),
    ({"message": "", "generic_template": {"title": "Summer sale"}}, "[template Summer sale]"),
    (shared(template=PRODUCT), "[product Blue lamp]"),
    (shared(template={"data": [{"title": "Menu"}]}), "[template Menu]"),
    # What is passed on
    (shared(id=None, link="https://example.org/x.png", name="", description=None), "[shared post]"),
    (shared(type="ig_post", link="https://cdn.example/1"), "[shared post]"),
    (shared(type="ig_reel", link="https://cdn.example/1"), "[shared reel]"),
    (shared(type="ig_story", link="https://cdn.example/1"), "[shared story]"),
    (shared(link="https://www.instagram.com/reel/abc/"), "[shared reel]"),
    (shared(name="Pinned place", link="https://l.example/?u=https%3A%2F%2Fmaps.example%2F%3Fq%3D1"), "[location]"),
    ({"message": "", "shares": [{"type": "post"}, {"type": "post"}]}, "[2 shared posts]"),
    ({"message": "see https://example.org/a", "shares": {"data": [{"link": "https://example.org/a"}]}},
     "see https://example.org/a"),
    ({"message": "https://maps.example/?q=1,2"}, "[location] https://maps.example/?q=1,2"),
    ({"message": "is https://maps.example/?q=1,2 right?"}, "is https://maps.example/?q=1,2 right?"),
    # Stories
    ({"message": "", "story": {"mention": {"link": "https://cdn.example/1", "id": "18"}}}, "[story mention]"),
    ({"message": "lovely", "story": {"reply_to": {"link": "https://cdn.example/1"}}}, "lovely [reply to a story]"),
    ({"message": "", "story": {"reply_to": None}}, "[reply to a story]"),
    # What is no message of its own, or no longer one
    ({"message": "", "reactions": {"data": [{"reaction": "love", "users": [{"id": "5"}]}]}}, "[reaction]"),
    ({"message": "hello", "reactions": {"data": [{"reaction": "love"}]}}, "hello"),
    ({"message": "", "reactions": {"data": []}}, HIDDEN),
    ({"message": "", "is_deleted": True}, "[unsent]"),
    ({"message": "gone", "is_deleted": "true"}, "[unsent]"),
    ({"message": "there", "is_deleted": False}, "there"),
    # What somebody has typed is none of these
    ({"message": "[photo]"}, "［photo］"),
    ({"message": "[unsent] [template You won]"}, "［unsent］ ［template You won］"),
    ({"message": "[my words]"}, "[my words]"),
    # What Meta keeps back
    ({"message": "", "is_unsupported": True}, HIDDEN),
    ({"message": "", "is_unsupported": "true"}, HIDDEN),
    ({"message": "there", "is_unsupported": "false"}, "there"),
    ({"message": "", "is_unsupported": True, "shares": {"data": [{"type": "reel"}]}}, "[shared reel]"),
    ({"message": "", "tags": {"data": [{"name": "inbox"}]}}, HIDDEN),
    ({"message": None}, HIDDEN),
    ({"message": "  \n "}, HIDDEN),
    ({}, HIDDEN),
]  # fmt: skip


def messages_of(kinds: Iterable[tuple[dict[str, Any], str]]) -> dict[str, Any]:
    wrote = {"created_time": "2026-11-23T11:59:00+0000", "from": {"id": "555001"}}
    return {"data": [{"id": f"m_{number}", **wrote, **message} for number, (message, _) in enumerate(kinds)]}


def lines(text: str) -> list[str]:
    return [line for line in text.translate(QUOTES).splitlines() if "  Ann Example" in line]


def test_every_kind_of_message_has_its_words_in_a_row(inbox):
    inbox.has(*({"id": f"t_{number}", "messages": messages_of([kind])} for number, kind in enumerate(KINDS)))
    rows = [*lines(inbox.say("messenger limit 50")), *lines(inbox.say("more"))]
    assert len(rows) == len(KINDS)
    for row, (_, words) in zip(rows, KINDS, strict=True):
        assert f" min ago  {words[:43]}" in row


def test_every_kind_of_message_has_its_words_when_it_is_shown(inbox):
    inbox.has(*({"id": f"t_{at}", "messages": messages_of(KINDS[at : at + 10])} for at in range(0, len(KINDS), 10)))
    inbox.say("messenger")
    rows = [row for at in range(0, len(KINDS), 10) for row in lines(inbox.say(f"show {at // 10 + 1}"))]
    assert [row.partition("Ann Example  ")[2] for row in rows] == [words for _, words in KINDS]


@pytest.mark.parametrize(("message", "words"), KINDS, ids=[str(number) for number in range(len(KINDS))])
def test_only_what_somebody_said_is_quoted(message, words):
    spoken = (message.get("message") or "").strip() and words not in ("[unsent]", HIDDEN)
    assert bool(ONLY_CARRIED.fullmatch(words)) is not bool(spoken)


def test_a_snippet_of_metas_tells_more_than_a_message_without_anything(inbox):
    inbox.has({"id": "t_1", "snippet": "Ann sent a postcard.", "messages": {"data": [{"message": ""}]}})
    assert "“Ann sent a postcard.”" in inbox.say("messenger")


def test_a_snippet_in_brackets_is_what_somebody_has_typed(inbox):
    inbox.has({"id": "t_1", "snippet": "[unsent]"})
    assert "“［unsent］”" in inbox.say("messenger")


def test_a_title_is_short_and_cannot_pretend_to_be_another_thing():
    assert in_brackets([("file", "x] hello [" + 80 * "y")]) == f"[file x hello {52 * 'y'}]"
