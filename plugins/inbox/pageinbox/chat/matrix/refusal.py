"""What the Matrix backend's exceptions mean and what a person can do about them."""

from __future__ import annotations

import re

from errbot.backends.base import RoomDoesNotExistError, RoomError, RoomNotJoinedError

from pageinbox.chat.errbot.refusal import trouble
from pageinbox.model.chat import ChatDoubt, ChatError

CODE = re.compile("[A-Z][A-Z0-9_.]{1,60}")
NO_UPLOAD = {
    "M_TOO_LARGE": "the homeserver, or what stands before it, takes no file that large",
    "M_FORBIDDEN": "the homeserver doesn't let me upload files",
    "M_RESOURCE_LIMIT_EXCEEDED": "the homeserver lets me upload no more for now",
    "M_USER_LIMIT_EXCEEDED": "the homeserver lets me upload no more for now",
}
"""What these mean where a file was to be uploaded, which is before it goes into any room."""


BARRED = {
    "M_USER_SUSPENDED": "the homeserver has suspended my account; ask its admins",
    "M_USER_LOCKED": "the homeserver has locked my account; ask its admins",
    "M_USER_DEACTIVATED": "my account on the homeserver is deactivated; ask its admins",
    "ORG_MATRIX_EXPIRED_ACCOUNT": "my account on the homeserver has expired; ask its admins",
    "M_CONSENT_NOT_GIVEN": "the homeserver wants my account to agree to its terms first; log in as me and do so",
    "M_RESOURCE_LIMIT_EXCEEDED": "the homeserver has reached a limit of its own; ask its admins",
}
"""What is wrong with the account or the server, and not with what was to be said."""


class Refused(ChatError):
    """The server, or the backend, refused for good."""


class Barred(ChatError):
    """The server takes nothing from the bot until somebody has seen to it."""


def refusal(error: Exception) -> ChatError:
    """What the backend's exception says about an event, in a sentence of ours, without a word of the exception's.

    What the server has refused for good is Refused, and Barred what it takes from nobody, or not from the bot's
    account; the backend's exception then has Matrix's error as `code`, such as M_FORBIDDEN.
    """
    failure = trouble(error)
    code = getattr(error, "code", None)
    if isinstance(error, RoomNotJoinedError) or code == "M_FORBIDDEN":
        return Refused("I'm no longer in that room, or not allowed to write there; invite me")
    if code in BARRED and isinstance(error, RoomError):
        return Barred(BARRED[code])
    if code == "M_INVITE_BLOCKED":
        return Refused("that person takes no invitations; they have to write to me first")
    if type(error).__name__ == "LoggedOut":
        return ChatError("the homeserver has ended my session; I'm logging in again")
    if isinstance(error, RoomDoesNotExistError):
        return Refused("there is no such room, or I was never in it; invite me")
    if type(error).__name__ == "Encrypted":
        return Refused("that room is encrypted, and I can't write there without matrix-nio[e2e]")
    if isinstance(code, str) and isinstance(error, RoomError):
        return Refused(f"the homeserver refused it ({code})" if CODE.fullmatch(code) else str(failure))
    return failure


def not_uploaded(error: Exception) -> ChatError:
    """What the backend's exception says about an upload, which can simply be made again."""
    code = getattr(error, "code", None)
    if isinstance(error, RoomError) and not isinstance(error, RoomNotJoinedError) and code in NO_UPLOAD:
        return Refused(NO_UPLOAD[code])
    failure = refusal(error)
    return ChatError(f"the upload broke off ({type(error).__name__})") if isinstance(failure, ChatDoubt) else failure
