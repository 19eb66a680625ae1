"""Where an exception came from, for the log, without its text, which may come from outside."""

from __future__ import annotations

import traceback
from pathlib import Path


def whereabouts(error: BaseException) -> str:
    """An exception's type and where it was raised, innermost last, without its text."""
    frames = traceback.extract_tb(error.__traceback__)[-4:]
    return " > ".join([type(error).__name__, *(f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames)])
