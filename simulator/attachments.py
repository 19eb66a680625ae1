"""What a message carries, as the Graph shows it."""

from __future__ import annotations

from typing import Any, Final

from simulator.errors import unknown_field
from simulator.fields import Field
from simulator.thread import Attachment

_PARTS: Final = {
    "attachments": ("MessageAttachment", frozenset({"id", "mime_type", "name", "size", "image_data", "video_data",
                                                    "file_url", "generic_template"})),
    "shares": ("MessageShare", frozenset({"id", "link", "name", "description", "template", "type"})),
}  # fmt: skip


def row(file: Attachment, id: str) -> dict[str, object]:
    """A file by its type."""
    url = f"https://scontent.example/{id}/{file.name}"
    shown: dict[str, object] = {"id": id, "mime_type": file.mime_type, "name": file.name, "size": file.size}
    if file.mime_type.startswith("image/"):
        image = {"width": 1080, "height": 810, "max_width": 1080, "max_height": 810, "url": url, "preview_url": url,
                 "image_type": 1, "render_as_sticker": False}  # fmt: skip
        return shown | {"image_data": image}
    if file.mime_type.startswith("video/"):
        return shown | {"video_data": {"width": 1080, "height": 1920, "length": 12, "url": url, "preview_url": url}}
    return shown | {"file_url": url}


def parts(edge: Any, field: Field) -> object:
    """A list that is given whole, with only the fields of its items that are asked for in braces, and their ids.

    Raises `Refused` for one that does not exist.
    """
    node_type, known = _PARTS[field.name]
    asked = [wanted.name for wanted in field.fields]
    for name in asked:
        if name not in known:
            raise unknown_field(name, node_type)
    if not asked:
        return edge
    return edge | {"data": [{key: item[key] for key in ("id", *asked) if key in item} for item in edge["data"]]}
