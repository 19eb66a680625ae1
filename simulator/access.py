"""Who may ask what: tokens, proofs of the app secret, and versions."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

from simulator.errors import GraphError, Refused, by_code, by_name
from simulator.page import Page, Token
from simulator.world import World

PROOF_LIFETIME: Final = 300  # seconds an appsecret_proof made with a time is good

# Version → the UTC day on which it stops, None while Meta has not said.
# developers.facebook.com/docs/graph-api/changelog/versions/
VERSIONS: Final[dict[str, str | None]] = {
    "v19.0": "2026-05-21",
    "v20.0": "2026-09-24",
    "v21.0": "2027-01-21",
    "v22.0": "2027-05-20",
    "v23.0": "2027-10-08",
    "v24.0": "2028-02-18",
    "v25.0": "2028-07-29",
    "v26.0": None,
}
_VERSION = re.compile(r"v\d+\.\d+")
_PACIFIC = timezone(timedelta(hours=-8), "PST")


def split_version(path: str, now: float) -> tuple[str, list[str]]:
    """The version that answers a path, and the path's other parts.

    A version that has stopped, or that is older than all, is answered by the oldest one alive, without a word;
    a path without a version by the newest. Raises :class:`Refused` for a version that doesn't exist.
    """
    alive = [name for name, stops in VERSIONS.items() if stops is None or now < _day(stops)]
    parts = [part for part in path.split("/") if part]
    if not parts or not _VERSION.fullmatch(parts[0]):
        return alive[-1], parts
    asked, rest = parts[0], parts[1:]
    if asked in alive:
        return asked, rest
    if float(asked[1:]) > float(alive[-1][1:]):
        raise Refused(by_code(2500).saying(f"Unknown path components: /{'/'.join(parts)}"))
    return alive[0], rest


def _day(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def token_text(query: Mapping[str, str], authorization: str) -> str:
    """The token of a request, from its header or else from its query; empty when there is none."""
    kind, _, text = authorization.partition(" ")
    if kind.lower() in ("bearer", "oauth") and text.strip():
        return text.strip()
    return query.get("access_token", "")


def opened(world: World, text: str, now: float) -> Token:
    """The good token with this text; raises :class:`Refused` with 190 and why it is not."""
    token = world.tokens.get(text)
    if token is None:
        raise Refused(by_code(190))
    if token.dead is not None:
        raise Refused(by_code(190, token.dead))
    if token.expires_at and now >= token.expires_at:
        ended, asked = (_pacific(at) for at in (token.expires_at, now))
        text = f"Error validating access token: Session has expired on {ended}. The current time is {asked}."
        raise Refused(by_code(190, 463).saying(text))
    return token


def _pacific(at: float) -> str:
    return datetime.fromtimestamp(at, _PACIFIC).strftime("%A, %d-%b-%y %H:%M:%S %Z")


def check_proof(token: Token, query: Mapping[str, str], now: float) -> None:
    """Check ``appsecret_proof``: the HMAC of the token, or of ``token|time`` when there is an ``appsecret_time``.

    Raises :class:`Refused` when it is wrong or too old, and when there is none though the Page requires it.
    """
    page = token.page
    if page is None:
        return
    proof = query.get("appsecret_proof", "")
    if not proof:
        if page.proof_required:
            raise Refused(by_name("proof_missing"))
        return
    at = query.get("appsecret_time", "")
    if at and not (at.isdecimal() and abs(now - int(at)) <= PROOF_LIFETIME):
        raise Refused(by_code(104))
    message = f"{token.text}|{at}" if at else token.text
    right = hmac.new(page.app_secret.encode(), message.encode(), hashlib.sha256).hexdigest()
    if not hmac.compare_digest(right.encode(), proof.lower().encode()):
        raise Refused(by_code(104) if at else by_name("proof"))


def check_messaging(token: Token, page: Page, platform: str) -> None:
    """Refuse to show a Page's conversations to a token that isn't its own or lacks the permission."""
    if token.page is not page:
        raise Refused(by_code(200).saying("(#200) The token is not of this Page and its owner has no role on it"))
    needed = "pages_messaging" if platform == "messenger" else "instagram_manage_messages"
    if needed not in token.scopes:
        raise Refused(by_code(10).saying(f"(#10) To use this API the app needs the permission {needed}"))


def missing(id: str) -> Refused:
    """The refusal of an object that isn't there, or that the token may not see."""
    error: GraphError = by_code(100, 33)
    return Refused(error.saying(error.message.replace("'x'", f"'{id}'")))
