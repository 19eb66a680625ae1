"""What the Graph tells of tokens: `/debug_token`, and the app that asks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from simulator import access
from simulator.errors import by_code, by_name
from simulator.nodes import Json
from simulator.page import APP_ID
from simulator.refused import Refused
from simulator.rules import Rules
from simulator.world import World

USER_ID: Final = "10200000000000001"
DAY: Final = 86_400


def debug_token(world: World, rules: Rules, text: str, query: Mapping[str, str], *, now: float) -> Json:
    """What is known about `input_token`, for who has the app's own token, or any valid one where the rules say so."""
    if not text:
        raise Refused(by_name("no_token"))
    app, _, secret = text.partition("|")
    if not (app == APP_ID and any(secret == page.app_secret for page in world.pages.values())):
        access.check_proof(access.valid_token(world.tokens, text, now), query, now)
        if rules.debug_token == "app":
            raise Refused(
                by_code(100).saying(
                    "(#100) You must provide an app access token, or a user access token that is an owner or developer "
                    "of the app"
                )
            )
    input_token = query.get("input_token", "")
    if not input_token:
        raise Refused(by_code(100).saying("(#100) The parameter input_token is required"))
    token = world.tokens.get(input_token)
    if token is None:
        wrong = {"code": 190, "message": "Invalid OAuth access token."}
        return {"data": {"error": wrong, "is_valid": False, "scopes": []}}
    data: dict[str, object] = {
        "app_id": APP_ID,
        "type": "PAGE" if token.page else "USER",
        "application": token.application,
        "data_access_expires_at": int(
            now + 90 * DAY if token.data_access_expires_at is None else token.data_access_expires_at
        ),
        "expires_at": int(token.expires_at),
        "is_valid": True,
        "scopes": sorted(token.scopes),
        "granular_scopes": [
            {"scope": name} | ({"target_ids": [token.page.id]} if token.page and name.startswith("pages_") else {})
            for name in sorted(token.scopes)
        ],
        "user_id": USER_ID,
    }
    if token.page:
        data["profile_id"] = token.page.id
    if token.issued_at:
        data["issued_at"] = int(token.issued_at)
    try:
        access.valid_token(world.tokens, input_token, now)
    except Refused as refused:
        error = refused.error
        data |= {
            "is_valid": False,
            "error": {"code": error.code, "subcode": error.subcode, "message": error.message},
        }
    return {"data": data}
