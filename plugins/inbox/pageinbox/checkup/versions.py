"""The versions of all that runs here."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version

from pageinbox.model.checkup import Versions
from pageinbox.model.finding import Finding, good

OURS = "err-inbox"
PARTS = (
    "errbot",
    "errbot-backend-slackv3",
    "slack_sdk",
    "errbot-matrix-backend",
    "matrix-nio",
    "SQLAlchemy",
    "psycopg",
    "requests",
    "msgspec",
)
"""Distributions by the names that pip knows them by; those that aren't installed are left out."""


def versions() -> list[Finding]:
    """Of Python, of what is ours, and of what that uses."""
    return [good(Versions((("Python", platform.python_version()), *installed())))]


def installed() -> Iterator[tuple[str, str]]:
    """Each distribution with its version; what is ours may run from a clone, which has none."""
    for name in (OURS, *PARTS):
        try:
            yield name, version(name)
        except PackageNotFoundError:
            if name == OURS:
                yield name, ""
