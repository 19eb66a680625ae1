"""A conversation's ref: how it is made from the id, and read when somebody typed it."""

from __future__ import annotations

import hashlib
from functools import lru_cache

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base32: no i, l, o or u, so that a ref survives being read aloud and typed again."""

SHORTEST = 4
MISREAD = str.maketrans("ilo", "110")


@lru_cache(1000)
def digits_of(conversation_id: str) -> str:
    """The 26 base32 digits a conversation's refs begin with: from a hash, so the same on every machine."""
    number = int.from_bytes(hashlib.sha256(conversation_id.encode()).digest()[:17]) >> 6
    return "".join(ALPHABET[number >> shift & 31] for shift in range(125, -1, -5))
