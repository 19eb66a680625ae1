"""One finding of a checkup: a fact, which may be why nothing was found out, and whether it is as it should be."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import msgspec

from pageinbox.model.errors import GraphError
from pageinbox.model.source import Source


class State(StrEnum):
    """Whether something is as it should be."""

    GOOD = "good"
    ATTENTION = "attention"
    """Somebody has to do something."""
    UNKNOWN = "unknown"
    """Nobody can say, and why not is said."""


class Subject(StrEnum):
    """What is examined, where the fact alone doesn't tell: of what failed, or did not answer in time."""

    TOKEN = "token"
    ENDS = "ends"
    PERMISSIONS = "permissions"
    ACCOUNT = "account"
    LIST = "list"
    SETTINGS = "settings"
    LEDGER = "ledger"
    CHAT = "chat"
    PUSH = "push"
    BOT = "bot"
    VERSIONS = "versions"


class Fact(msgspec.Struct, frozen=True):
    """What was found: codes and figures, and never a sentence of ours but those of other modules."""


class Late(Fact, frozen=True):
    """Something did not answer in time; `source` is the list that was asked for, if it was one."""

    subject: Subject
    source: Source | None = None


class Broken(Fact, frozen=True):
    """Examining something failed for a fault of ours, an exception of this `kind`."""

    subject: Subject
    kind: str


class Failed(Fact, frozen=True):
    """A call to Meta failed that was to tell of something; `source` is the list it was for, if any."""

    subject: Subject
    error: GraphError
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was examined; `page` is the Page it is about, empty where it is about none."""

    state: State
    fact: Fact
    page: str = ""


def good(fact: Fact, page: str = "", *, unless: bool = False) -> Finding:
    """What is as it should be, `unless` somebody has to do something about it."""
    return Finding(State.ATTENTION if unless else State.GOOD, fact, page)


def unknown(fact: Fact, page: str = "") -> Finding:
    """What nobody can say."""
    return Finding(State.UNKNOWN, fact, page)
