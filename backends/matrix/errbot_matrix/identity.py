"""Who the bot is and how it logs in: BOT_IDENTITY of Errbot's config.py."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import urlsplit

KEYS = frozenset({"homeserver", "username", "password", "access_token", "device_id", "ssl", "invites"})


LOOPBACK = re.compile(r"(.+\.)?localhost|127(\.\d{1,3}){3}|::1")


@dataclass(frozen=True, slots=True)
class Identity:
    """One account on one homeserver. Exactly one of `password` and `access_token` is not empty."""

    homeserver: str
    username: str
    password: str = field(repr=False)
    access_token: str = field(repr=False)
    device_id: str
    verify: bool
    """Whether the certificate of an https homeserver must be valid."""
    invites: tuple[str, ...]
    """Who may invite the bot into a room: globs for people (`@ann:example.org`) and servers (`example.org`)."""

    def welcomes(self, user_id: str) -> bool:
        """Whether to accept an invitation from this person."""
        server = user_id.partition(":")[2]
        return any(fnmatchcase(user_id if glob.startswith("@") else server, glob) for glob in self.invites)


def identity(values: Mapping[str, Any], admins: Iterable[str]) -> Identity:
    """Read BOT_IDENTITY. Without `invites`, the people in BOT_ADMINS may invite.

    Raises ValueError, with a sentence that names the key and contains no secret.
    """
    if unknown := sorted(set(values) - KEYS):
        raise ValueError(f"BOT_IDENTITY: unknown key {', '.join(unknown)}. The keys are {', '.join(sorted(KEYS))}.")
    for key in KEYS - {"ssl", "invites"}:
        if not isinstance(values.get(key) or "", str):
            raise ValueError(f"BOT_IDENTITY: {key} must be a string.")
    if not isinstance(verify := values.get("ssl", True), bool):
        raise ValueError("BOT_IDENTITY: ssl must be True or False.")
    if isinstance(invites := values.get("invites"), str):
        invites = (invites,)
    invites = tuple(invites if invites is not None else admins)
    if not all(isinstance(glob, str) for glob in invites):
        raise ValueError("BOT_IDENTITY: invites must be a list of people (@ann:example.org) and servers (example.org).")
    homeserver = values.get("homeserver") or ""
    if not safe(homeserver):
        raise ValueError("BOT_IDENTITY: homeserver must be an https:// address, such as https://matrix.example.org.")
    if not values.get("username"):
        raise ValueError("BOT_IDENTITY: username must be the bot's id, such as @errbot:example.org.")
    if bool(values.get("password")) == bool(values.get("access_token")):
        raise ValueError("BOT_IDENTITY must have either password or access_token.")
    return Identity(
        homeserver=homeserver.rstrip("/"),
        username=values["username"],
        password=values.get("password") or "",
        access_token=values.get("access_token") or "",
        device_id=values.get("device_id") or "",
        verify=verify,
        invites=invites,
    )


def safe(address: str) -> bool:
    """Whether nobody on the way can read what is sent there: https, or http on this machine; without a login in it."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    if not parts.hostname or parts.username is not None:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and LOOPBACK.fullmatch(parts.hostname) is not None)
