"""Which pictures there are, as the HTML they are made of; and what a picture was made of."""

from __future__ import annotations

import struct
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from types import ModuleType
from zlib import crc32

from docs.screens import matrix, scenes, slack
from docs.screens.scenes import Stage, Turn

HERE = Path(__file__).parent
FOLDER = HERE.parent / "images"
WIDTH = 720

PICTURES: dict[str, tuple[ModuleType, Callable[[Stage], None]]] = {
    "slack-question": (slack, scenes.question),
    "slack-announcements": (slack, scenes.told),
    "slack-hostile": (slack, scenes.hostile),
    "slack-statistics": (slack, scenes.week),
    "matrix-question": (matrix, scenes.question),
    "matrix-thread": (matrix, scenes.thread),
    "matrix-hostile": (matrix, scenes.hostile),
}
"""Each picture's network and scene by its name."""


def page_of(name: str) -> str:
    """A picture's HTML. The same each time, unless what the bot says or how it looks has changed."""
    network, scene = PICTURES[name]
    turns = scenes.played(scene)
    return page(network, turns, matrix.panel(turns[0]) if name == "matrix-thread" else "")


def page(network: ModuleType, turns: list[Turn], beside: str = "") -> str:
    """A room as one of the networks shows it, with what stands beside its timeline."""
    name = network.__name__.rpartition(".")[2]
    style = "".join(HERE.joinpath(file).read_text("utf-8") for file in ("both.css", f"{name}.css"))
    return (
        f'<!DOCTYPE html><html lang="en"><meta charset="utf-8"><style>{style}</style>'
        f"<body><h1>{network.ROOM}</h1><main>{network.timeline(turns)}{beside}</main></body></html>"
    )


def digest(page: str) -> bytes:
    return sha256(page.encode()).hexdigest().encode()


def marked(png: bytes, page: str) -> bytes:
    """The picture, with a note in it of the page it was made of."""
    text = b"tEXtSource\0" + digest(page)
    end = len(png) - 12  # the last chunk, IEND
    return png[:end] + struct.pack(">I", len(text) - 4) + text + struct.pack(">I", crc32(text)) + png[end:]


def made_of(png: bytes, page: str) -> bool:
    """Whether a picture was made of this very page."""
    return b"tEXtSource\0" + digest(page) in png
