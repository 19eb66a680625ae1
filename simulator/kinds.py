"""Every kind of message that people send, as the Graph shows it on each platform.

The shapes are those of recorded replies; a kind that is known from one platform only has the same shape on both.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

Fields = Mapping[str, object]

_CDN: Final = "https://scontent.example"
_IMAGE: Final = {"width": 800, "height": 600, "max_width": 800, "max_height": 600, "url": f"{_CDN}/i.jpg",
                 "preview_url": f"{_CDN}/p.jpg", "image_type": 1, "render_as_sticker": False}  # fmt: skip
_CLIP: Final = "audioclip-1700000000000-4000.mp4"


def _files(*files: Fields) -> Fields:
    return {"attachments": {"data": [{"id": str(number), **file} for number, file in enumerate(files, 1)]}}


def _share(**share: object) -> Fields:
    return {"shares": {"data": [{"id": "1", "name": "", "description": None, **share}]}}


_BOTH: Final[Mapping[str, Fields]] = {
    "sticker as a file": _files(
        {"mime_type": "image/png", "name": "sticker.png", "image_data": {**_IMAGE, "render_as_sticker": True}}
    ),
    "template": _files({"generic_template": {"title": "Summer sale", "subtitle": "Only this week"}}),
    "product": _share(
        template={"payload": {"product": {"elements": {"data": [{"retailer_id": "L1", "title": "Blue lamp"}]}}}}
    ),
    "shared post": _share(link=f"{_CDN}/post/1", type="ig_post"),
    "shared reel": _share(link=f"{_CDN}/r/1", type="ig_reel"),
    "location": _share(link="https://maps.example/?q=54.35,18.65", name="Pinned location"),
    "story mention": {"story": {"mention": {"link": f"{_CDN}/story", "id": "18"}}},
    "story reply": {"story": {"reply_to": {"link": f"{_CDN}/story", "id": "18"}}},
    "reaction": {"reactions": {"data": [{"reaction": "love", "users": [{"id": "5550010"}]}]}},
    "unsent": {"is_deleted": True},
    "unsupported": {"is_unsupported": "true"},
    "nothing": {},
    "media kept from Europe": _files({"name": "Media not available due to new privacy rules in Europe. See the docs."}),
}

_MESSENGER: Final[Mapping[str, Fields]] = {
    "photo": _files({"mime_type": "image/jpeg", "name": "image-1", "size": 48_213, "image_data": _IMAGE}),
    "photos": _files(*[{"mime_type": "image/jpeg", "name": "image-1", "image_data": _IMAGE}] * 2),
    "GIF": _files(
        {"mime_type": "image/gif", "name": "1.gif", "image_data": {**_IMAGE, "animated_gif_url": f"{_CDN}/1.gif"}}
    ),
    "video": _files({"mime_type": "video/mp4", "name": "video-1.mp4", "video_data": {"length": 4}}),
    "voice message": _files({"mime_type": "audio/mpeg", "name": _CLIP, "file_url": f"{_CDN}/1"}),
    "voice message as a video": _files({"mime_type": "video/mp4", "name": _CLIP, "video_data": {"length": 4}}),
    "file": _files({"mime_type": "application/pdf", "name": "menu.pdf", "file_url": f"{_CDN}/menu.pdf"}),
    "sticker": {
        "sticker": f"{_CDN}/369239263222822.png",
        **_files({"mime_type": "image/png", "name": "image-4", "image_data": {**_IMAGE, "render_as_sticker": True}}),
    },
}

_INSTAGRAM: Final[Mapping[str, Fields]] = {
    "photo": _files({"image_data": _IMAGE}),
    "photos": _files(*[{"image_data": _IMAGE}] * 2),
    "GIF": _files({"image_data": {**_IMAGE, "animated_gif_url": f"{_CDN}/1.gif"}}),
    "video": _files({"video_data": {"width": 720, "height": 1280, "url": f"{_CDN}/1"}}),
    "voice message": _files({"file_url": f"{_CDN}/v/{_CLIP}?oh=1"}),
    "voice message as a video": _files({"name": _CLIP, "video_data": {"length": 4}}),
    "file": _files({"name": "menu.pdf", "file_url": f"{_CDN}/menu.pdf"}),
    "sticker": {"sticker": f"{_CDN}/369239263222822.png"},
}

KINDS: Final = (*_MESSENGER, *_BOTH)


def fields_of(kind: str, platform: str) -> Fields:
    """The fields of a message of this kind; raises `KeyError` for one that is not among `KINDS`."""
    known = {**(_MESSENGER if platform == "messenger" else _INSTAGRAM), **_BOTH}
    if kind not in known:
        raise KeyError(f"no kind of message is called {kind!r}; there are {', '.join(KINDS)}")
    return known[kind]
