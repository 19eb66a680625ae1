"""How the simulator decides where nobody knows what the Graph does, or where a test wants the worst."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

InstagramFolder = Literal["honour", "ignore", "empty", "error"]
InstagramFields = Literal["absent", "present", "error"]


@dataclass(slots=True)
class Rules:
    """Every choice, open to change while the simulator runs.

    ``instagram_folder``: what ``folder`` does on Instagram, whatever its value; ``ignore`` answers the inbox.
    ``instagram_fields``: what Instagram does with the fields known from Messenger only, such as ``snippet``.
    ``rate_limit``: whether more than two calls a second per Page and Instagram account are refused.
    ``page_size_max`` and ``messages_max``: where ``limit`` is clamped, silently.
    ``short_pages``: every listing's pages are in turn half full, empty and full.
    ``reduce_above``: a greater ``limit`` is answered with "reduce the amount of data".
    ``cursor_depth``: a cursor behind more rows than that exceeds the max limit.
    ``sticky_cursors``: a cursor follows its conversation when that moves to the front, so that pages repeat.
    ``updated_ms``: whether ``updated_after_ms`` and ``updated_before_ms`` do anything.
    """

    instagram_folder: InstagramFolder = "honour"
    instagram_fields: InstagramFields = "absent"
    rate_limit: bool = True
    page_size_max: int = 200
    messages_max: int = 100
    short_pages: bool = False
    reduce_above: int | None = None
    cursor_depth: int | None = None
    sticky_cursors: bool = False
    updated_ms: bool = False
