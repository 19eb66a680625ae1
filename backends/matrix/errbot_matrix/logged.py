"""What the log may say: of people no more than their server, and of an exception no text, which may be anybody's."""

from __future__ import annotations

import logging
import re
import traceback
from pathlib import Path

PERSON = re.compile(r"@[^\s:]*:(?=\S)")


def nobody_named(text: object) -> str:
    """A text with `@…:chat.example` for `@sam:chat.example`."""
    return PERSON.sub("@…:", str(text))


def names_nobody(record: logging.LogRecord) -> bool:
    """A filter for a library's logger: lets every record through, without the people in it."""
    record.msg, record.args = nobody_named(record.getMessage()), ()
    return True


def whereabouts(error: BaseException) -> str:
    """An exception's type, and the files and lines it came through, innermost last."""
    frames = traceback.extract_tb(error.__traceback__)
    return " > ".join([type(error).__name__, *(f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames)])
