"""What the Matrix backend's exceptions mean and what a person can do about them."""

from __future__ import annotations

import re

from errbot.backends.base import RoomDoesNotExistError, RoomError, RoomNotJoinedError

from pageinbox.chat.errbot.refusal import trouble
from pageinbox.model.chat import ChatError

CODE = re.compile("M_[A-Z_]{1,60}")


class Refused(ChatError):
    """The server, or the backend, refused for good."""


def refusal(error: Exception) -> ChatError:
    """What the backend's exception says about an event, in a sentence of ours, without a word of the exception's.

    What the server has refused for good is Refused; the backend's exception then has Matrix's error as `code`, such as
    M_FORBIDDEN.
    """
    failure = trouble(error)
    code = getattr(error, "code", None)
    if isinstance(error, RoomNotJoinedError) or code == "M_FORBIDDEN":
        return Refused("I'm no longer in that room, or not allowed to write there; invite me")
    if isinstance(error, RoomDoesNotExistError):
        return Refused("there is no such room, or I was never in it; invite me")
    if type(error).__name__ == "Encrypted":
        return Refused("that room is encrypted, and I can't write there without matrix-nio[e2e]")
    if isinstance(code, str) and isinstance(error, RoomError):
        return Refused(f"the homeserver refused it ({code})" if CODE.fullmatch(code) else str(failure))
    return failure
