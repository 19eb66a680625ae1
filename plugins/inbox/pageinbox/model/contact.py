"""First contact: what Meta's live API turned out to do where nobody has recorded it. Codes and counts, and no data."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from pageinbox.model.errors import GraphError
from pageinbox.model.source import Platform


class Question(StrEnum):
    """What is asked."""

    LIST = "list"
    """Whether the platform's list can be read at all."""
    ORDER = "order"
    DEFAULTS = "defaults"
    """Which fields come where none is asked for."""
    THREAD_FIELD = "thread field"
    MESSAGE_FIELD = "message field"
    ATTACHMENT_FIELD = "attachment field"
    SHARE_FIELD = "share field"
    TAG = "tag"
    """Whether automatic replies have the tag that Facebook's own chat gives them."""
    FOLDER = "folder"
    NO_FOLDER = "no folder"
    """What a folder does that there is none of."""
    LIMIT = "limit"
    BOUND = "bound"
    """Whether `updated_after_ms` and `updated_before_ms` leave anything out."""
    PERSON = "person"
    """Whom `user_id` finds without a folder."""
    USAGE = "usage"
    """Which pools of calls the usage header names."""
    NEXT = "next"
    """Whether `next` holds the token where that came in a header."""
    MISTAKE = "mistake"
    """What is answered to a harmless mistake."""
    VERSION = "version"
    OLD_VERSION = "old version"
    BATCH = "batch"
    TOKEN = "token"
    """Whether the token may be asked about itself."""
    TOKEN_AS_APP = "token as app"
    STATUS = "status"
    """With which HTTP status an error came that the bot has met since it started."""


class Verdict(StrEnum):
    """What was found."""

    YES = "yes"
    NO = "no"
    REFUSED = "refused"
    """Meta does not take it, and says so."""
    FAILED = "failed"
    """The call failed for another reason, which tells nothing."""
    UNTOLD = "untold"
    """There are too few conversations, or none of the kind, to tell by."""
    ALWAYS, SOMETIMES, NEVER = "always", "sometimes", "never"
    """How many of those that were given have the field."""
    OWN = "own"
    """The folder is a list of its own."""
    SAME = "same"
    """The folder's list is the one that comes without a folder."""
    EMPTY = "empty"
    IGNORED = "ignored"
    MISSED = "missed"
    """The person is not found."""


@dataclass(frozen=True, slots=True)
class Failure:
    """How a call failed: the kind of its `GraphError`, Meta's code as people quote it, and the HTTP status, if any."""

    kind: str
    number: str = ""
    status: int | None = None

    @classmethod
    def of(cls, error: GraphError, status: int | None = None) -> Failure:
        """What may be told of an error: nothing that Meta wrote."""
        return cls(error.kind, error.number, status)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """An answer to one question. `what` and `names` are names of the API's, each from a list of ours.

    `platform` is None for what is about both. `number` is a count that the API has chosen.
    """

    question: Question
    verdict: Verdict
    platform: Platform | None = None
    what: str = ""
    names: tuple[str, ...] = ()
    number: int | None = None
    failure: Failure | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """What one Page's calls have shown. `asked` counts them; `stopped` is why not all of them were made.

    `version` is the Graph's that was asked for, `ours` this plugin's, empty where it runs from a clone.
    """

    version: str
    ours: str
    findings: tuple[Finding, ...]
    asked: int
    stopped: Failure | None = None
