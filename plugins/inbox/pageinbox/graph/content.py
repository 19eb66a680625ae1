"""What a message says: its words, and the names of what else it is or carries."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain
from typing import Any
from urllib.parse import unquote, urlsplit

from pageinbox.graph.wire import WireAttachment, WireMessage, WireShare, is_set, items_of, said_in
from pageinbox.model.carried import (
    APPOINTMENT,
    FILE,
    GIF,
    HIDDEN,
    LOCATION,
    MENTION,
    NOT_IN_EUROPE,
    PHOTO,
    POST,
    PRODUCT,
    REACTION,
    REEL,
    STICKER,
    STORY,
    STORY_REPLY,
    TAKEN_BACK,
    TEMPLATE,
    VIDEO,
    VOICE,
    in_brackets,
    typed,
)
from pageinbox.model.text import shows

Carried = tuple[str, str]
"""A word of `model.carried`, and a title or nothing."""

VOICE_CLIP = "audioclip-"
"""How the names of voice messages begin, whatever type they are said to have: some come as videos."""

WITHHELD = "media not available"
"""How the name of an attachment begins that is all Meta gives of it in Europe."""

BY_TYPE = {
    "image": PHOTO,
    "animated_image": GIF,
    "video": VIDEO,
    "audio": VOICE,
    "sticker": STICKER,
    "location": LOCATION,
    "appointment_booking": APPOINTMENT,
    "story_mention": MENTION,
    "ig_story": STORY,
    "share": POST,
    "fallback": POST,
    "post": POST,
    "ig_post": POST,
    "reel": REEL,
    "ig_reel": REEL,
    "ephemeral": HIDDEN,
    "unsupported_type": HIDDEN,
}
"""Meta's words for what is attached or shared."""

BY_ENDING = {
    **dict.fromkeys(("jpg", "jpeg", "png", "webp", "heic"), PHOTO),
    "gif": GIF,
    **dict.fromkeys(("mp4", "mov", "webm"), VIDEO),
    **dict.fromkeys(("aac", "m4a", "mp3", "oga", "ogg", "opus", "wav"), VOICE),
}

MAP = re.compile(r"https?://([^\s/]+/)?[^\s/]*\bmaps\b\S*", re.IGNORECASE)
"""The address of a place: Meta gives a location as a link to a map."""

DEEPEST = 8
"""Levels down to which a title is looked for in a template."""


def text_of(message: WireMessage) -> str:
    """A message's words and what it carries, or what it is where it has neither; nothing where Meta gives no hint."""
    if message.is_deleted and is_unsent(message):
        return TAKEN_BACK
    words = said_in(message).strip()
    # Some messages hold nothing but characters that show nothing, as people send to look mysterious.
    words = (typed(words) if words[:1] == "[" else words) if shows(words) else ""
    carried: list[Carried] = []
    if (
        message.attachments
        or message.shares
        or message.sticker
        or message.story
        or message.generic_template is not None
    ):
        carried = [*files_of(message), *templates_of(message), *shares_of(message, words), *story_of(message)]
    if carried == [(FILE, "")] and is_set(message.is_unsupported):
        carried = [(HIDDEN, "")]
    if words[:4].lower() == "http" and MAP.fullmatch(words):
        words = f"{in_brackets([(LOCATION, '')])} {words}"
    if words and not carried:
        return words
    if words or carried:
        return " ".join(filter(None, (words, in_brackets(carried))))
    if is_reacted_to(message):
        return in_brackets([(REACTION, "")])
    return in_brackets([(HIDDEN, "")]) if is_set(message.is_unsupported) else ""


def is_unsent(message: WireMessage) -> bool:
    """Whether who sent a message has taken it back."""
    return bool(message.is_deleted) and is_set(message.is_deleted)


def files_of(message: WireMessage) -> list[Carried]:
    """What is attached. A sticker comes as a field of its own, as an attachment, or as both."""
    if message.sticker:
        return [(STICKER, "")]
    return [file_of(item) for item in items_of(message.attachments) if template_in(item) is None]


def file_of(item: WireAttachment) -> Carried:
    """What an attachment is, with its name where that is all there is to tell."""
    name, mime = item.name or "", (item.mime_type or "").lower()
    file = urlsplit_path(item.file_url).rpartition("/")[2]
    image, word = item.image_data, BY_TYPE.get((item.type or "").lower(), "")
    if name.startswith(VOICE_CLIP) or file.startswith(VOICE_CLIP):
        word = VOICE
    elif word == STICKER or is_sticker(item.payload) or (image is not None and is_set(image.render_as_sticker)):
        word = STICKER
    elif mime == "image/gif" or (image is not None and image.animated_gif_url):
        word = GIF
    elif image is not None or mime.startswith("image/"):
        word = PHOTO
    elif mime.startswith("audio/"):
        word = VOICE
    elif item.video_data or mime.startswith("video/"):
        word = VIDEO
    elif not word and name.lower().startswith(WITHHELD):
        word = NOT_IN_EUROPE
    elif not word and not mime:
        word = next((BY_ENDING[end] for end in map(ending, (name, file)) if end in BY_ENDING), "")
    return (word, "") if word else (FILE, name or file)


def is_sticker(payload: Any) -> bool:
    return isinstance(payload, dict) and bool(payload.get("sticker_id"))


def urlsplit_path(address: str | None) -> str:
    try:
        return urlsplit(address or "").path
    except ValueError:
        return ""


def ending(name: str) -> str:
    return name.lower().rpartition(".")[2]


def templates_of(message: WireMessage) -> list[Carried]:
    """The templates of a message, which are given within its attachments or beside them."""
    given = [template_in(item) for item in items_of(message.attachments)]
    return [titled(value) for value in (message.generic_template, *given) if value is not None]


def template_in(item: WireAttachment) -> Any:
    """The template that an attachment is; None where it is another thing."""
    if item.generic_template is not None:
        return item.generic_template
    return (item.payload or {}) if (item.type or "").lower() in ("template", "product") else None


def titled(template: object) -> Carried:
    """A template, or the product it shows, and its title."""
    found = list(texts_in(template))
    title = next((text for key, text in found if key == "title" and text), "")
    return (PRODUCT if any(key in ("product", "retailer_id") for key, _ in found) else TEMPLATE), title


def texts_in(value: object, depth: int = 0) -> Iterator[Carried]:
    """Every key of a value of JSON down to `DEEPEST`, with its text or nothing, what is nearer first."""
    if depth < DEEPEST and isinstance(value, dict):
        yield from ((str(key), inner if isinstance(inner, str) else "") for key, inner in value.items())
        yield from chain.from_iterable(texts_in(inner, depth + 1) for inner in value.values())
    elif depth < DEEPEST and isinstance(value, list):
        yield from chain.from_iterable(texts_in(inner, depth + 1) for inner in value)


def shares_of(message: WireMessage, words: str) -> list[Carried]:
    """What is passed on; not the preview of a link that stands in the message's own words."""
    shares = items_of(message.shares)
    return [share_of(share) for share in shares if not (words and (not share.link or share.link in words))]


def share_of(share: WireShare) -> Carried:
    if share.template:
        return titled(share.template)
    link, word = share.link or "", BY_TYPE.get((share.type or "").lower(), "")
    if word == REEL or "/reel/" in link or "/reels/" in link:
        return REEL, ""
    if word == STORY:
        return STORY, ""
    return (LOCATION if word == LOCATION or MAP.search(unquote(link)) else POST), ""


def story_of(message: WireMessage) -> list[Carried]:
    """How a message is about a story."""
    story = message.story if isinstance(message.story, dict) else {}
    told = [(word, "") for key, word in (("mention", MENTION), ("reply_to", STORY_REPLY)) if key in story]
    return told or ([(STORY_REPLY, "")] if message.story else [])


def is_reacted_to(message: WireMessage) -> bool:
    reactions = message.reactions
    return bool(reactions.get("data", True) if isinstance(reactions, dict) else reactions)
