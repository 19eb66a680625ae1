"""Where an exception came from, or where a thread is, for the log; without texts, which may come from outside."""

from __future__ import annotations

import traceback
from pathlib import Path
from types import FrameType


def whereabouts(error: BaseException) -> str:
    """An exception's type and where it was raised, innermost last, without its text."""
    return " > ".join([type(error).__name__, *places(traceback.extract_tb(error.__traceback__))])


def place_of(frame: FrameType) -> str:
    """Where a thread is, innermost last."""
    return " > ".join(places(traceback.extract_stack(frame)))


def places(stack: traceback.StackSummary) -> list[str]:
    """The innermost four, each as file and line."""
    return [f"{Path(frame.filename).name}:{frame.lineno}" for frame in stack[-4:]]
