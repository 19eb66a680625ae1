"""A file for Matrix: the content of an m.image or m.file, beside what says where the file is.

Client-Server API v1.11, "m.room.message msgtypes": where there is a `filename`, `body` is a caption. Clients give it to
who can't see a picture, and most show it below.
"""

from __future__ import annotations

import struct

from pageinbox.chat.matrix.content import Content
from pageinbox.model.post import Attachment

PNG = b"\x89PNG\r\n\x1a\n"


def content(file: Attachment, data: bytes, where: Content) -> Content:
    """The event's content, which mentions nobody; `where` is what the upload has given."""
    return {
        "msgtype": "m.image" if file.is_picture else "m.file",
        "body": file.alt or file.name,
        "filename": file.name,
        "info": {"mimetype": file.kind, "size": len(data), **size_of(data)},
        "m.mentions": {},
        **where,
    }


def size_of(data: bytes) -> dict[str, int]:
    """The width and height of a PNG in pixels; nothing for anything else."""
    if not data.startswith(PNG) or len(data) < 24:
        return {}
    width, height = struct.unpack(">II", data[16:24])
    return {"w": width, "h": height}
