"""Who may ask for what: tokens, proofs of the app secret, and versions."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

from simulator.errors import by_code, by_name
from simulator.page import Page, Token
from simulator.refused import GraphError, Refused

PROOF_LIFETIME: Final = 300  # seconds for which an appsecret_proof made with a time is accepted

# Version → the UTC day on which it is shut down, None while Meta has not said.
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
    "v27.0": None,
}
_VERSION = re.compile(r"v\d+\.\d+")
_PACIFIC = timezone(timedelta(hours=-8), "PST")


def split_version(path: str, now: float, *, old: bool = True) -> tuple[str, list[str]]:
    """The version that answers a path, and the rest of its parts.

    As in the Graph, a version that has been shut down or never existed that far back silently becomes the oldest one
    in service, and a path without a version gets the newest. Raises `Refused` for a version that does not exist yet,
    and without `old` for one that does not any more.
    """
    in_service = [name for name, end in VERSIONS.items() if end is None or now < _timestamp(end)]
    parts = [part for part in path.split("/") if part]
    if not parts or not _VERSION.fullmatch(parts[0]):
        return in_service[-1], parts
    asked, rest = parts[0], parts[1:]
    if asked in in_service:
        return asked, rest
    if float(asked[1:]) > float(in_service[-1][1:]) or not old:
        raise Refused(by_code(2500).saying(f"Unknown path components: /{'/'.join(parts)}"))
    return in_service[0], rest


def _timestamp(day: str) -> float:
    return datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp()


def token_text(query: Mapping[str, str], authorization: str) -> str:
    """A request's token, from its header or else from its query; empty if there is none."""
    kind, _, text = authorization.partition(" ")
    if kind.lower() in ("bearer", "oauth") and text.strip():
        return text.strip()
    return query.get("access_token", "")


def valid_token(tokens: Mapping[str, Token], text: str, now: float) -> Token:
    """The token with this text, if it is valid; otherwise raises `Refused` with 190 and the reason."""
    token = tokens.get(text)
    if token is None:
        raise Refused(by_code(190))
    if token.dead is not None:
        raise Refused(by_code(190, token.dead))
    if token.expires_at and now >= token.expires_at:
        expired, current = (_pacific(at) for at in (token.expires_at, now))
        message = f"Error validating access token: Session has expired on {expired}. The current time is {current}."
        raise Refused(by_code(190, 463).saying(message))
    return token


def _pacific(at: float) -> str:
    return datetime.fromtimestamp(at, _PACIFIC).strftime("%A, %d-%b-%y %H:%M:%S %Z")


def check_proof(token: Token, query: Mapping[str, str], now: float) -> None:
    """Check `appsecret_proof`: the HMAC of the token, or of `token|time` if there is an `appsecret_time`.

    Raises `Refused` if it is wrong, too old, or missing where the Page requires one.
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
    expected = hmac.new(page.app_secret.encode(), message.encode(), hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected.encode(), proof.lower().encode()):
        raise Refused(by_code(104) if at else by_name("proof"))


def check_messaging(token: Token, page: Page, platform: str) -> None:
    """Raise `Refused` unless the token is the Page's own and has the permission to read its conversations."""
    if token.page is None:
        raise Refused(by_code(210))
    if token.page is not page:
        raise Refused(by_name("another_pages_token"))
    needed = "pages_messaging" if platform == "messenger" else "instagram_manage_messages"
    if needed not in token.scopes:
        raise Refused(by_code(10).saying(f"(#10) To use this API the app needs the permission {needed}"))


def unknown_object(id: str) -> Refused:
    """The refusal of an object that does not exist, or that the token may not see."""
    error: GraphError = by_code(100, 33)
    return Refused(error.saying(error.message.replace("'x'", f"'{id}'")))
