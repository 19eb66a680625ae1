"""Base64 as Meta writes it in ids and cursors."""

from __future__ import annotations

from base64 import b64decode, b64encode
from functools import lru_cache


@lru_cache(50_000)  # a list that is read again shows the same ids
def escaped(text: str) -> str:
    """`text` in base64, with `Z` written as `ZA` and `=` as `ZD`."""
    return b64encode(text.encode()).decode().replace("Z", "ZA").replace("=", "ZD")


def unescaped(text: str) -> str:
    """The inverse of `escaped`; raises `ValueError` for anything else."""
    plain = text.replace("ZD", "=").replace("ZA", "Z")
    return b64decode(plain, validate=True).decode()
