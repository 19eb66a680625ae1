"""Errors in words that people recorded: what is said of each, and what is to be done about it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pageinbox.model.errors import GraphError
from pageinbox.model.post import Foreign
from pageinbox.model.source import Platform
from pageinbox.words.trouble import explain

SAID: list[tuple[dict[str, object], str]] = [
    # A token without a subcode: the words alone tell why it is refused.
    (
        {
            "code": 190,
            "message": "Error validating access token: Session has expired on Thursday, 08-Oct-26 10:00:00 PDT. "
            "The current time is Friday, 09-Oct-26 02:11:00 PDT.",
        },
        "no longer accepts the Page token: it has expired (190).",
    ),
    (
        {
            "code": 190,
            "message": "Error validating access token: The session has been invalidated because the user changed "
            "their password or Facebook has changed the session for security reasons.",
        },
        "no longer accepts the Page token: its owner's password was changed (190).",
    ),
    (
        {
            "code": 190,
            "message": "Error validating access token: Session does not match current stored session. This may be "
            "because the user changed the password since the time the session was created.",
        },
        "no longer accepts the Page token: its owner's password was changed (190).",
    ),
    (
        {
            "code": 190,
            "message": "Error validating access token: The user has not authorized application 900800700.",
        },
        "no longer accepts the Page token: the app was removed (190).",
    ),
    (
        {
            "code": 190,
            "message": "Error validating access token: The session is invalid because the user logged out.",
        },
        "no longer accepts the Page token: it was revoked (190).",
    ),
    (
        {
            "code": 190,
            "message": "Error validating access token: Sessions for the user are not allowed because the user is not "
            "a confirmed user.",
        },
        "no longer accepts the Page token: its owner's account is not confirmed (190).",
    ),
    (
        {
            "code": 190,
            "message": "The 'manage_pages' permission must be granted before impersonating a user's page.",
        },
        "the app was not granted pages_messaging, pages_manage_metadata and pages_read_engagement for the Page (190).",
    ),
    (
        {
            "code": 190,
            "message": "Error validating access token: This may be because the user logged out or may be due to a "
            "system error.",
        },
        "no longer accepts the Page token (190).",
    ),
    # Somebody else's Page, or one that the token is not for.
    (
        {
            "code": 10,
            "message": "(#10) To use 'Page Public Content Access', your use of this endpoint must be reviewed and "
            "approved by Facebook.",
        },
        "The token is not this Page's (10), but another Page's, a person's or a system user's. Check PAGES.acme.ID",
    ),
    (
        {
            "code": 100,
            "message": "(#100) Page Public Metadata Access requires either app secret proof or an app token",
        },
        "The token is not this Page's (100), but another Page's, a person's or a system user's. Check PAGES.acme.ID",
    ),
    # What is not there, as it was said before it had a subcode, and as other edges say it.
    (
        {
            "code": 100,
            "type": "GraphMethodException",
            "message": "Unsupported get request. Object with ID '200300400' does not exist, cannot be loaded due to "
            "missing permissions, or does not support this operation.",
        },
        "Meta finds no such Page or conversation, or hides it from the token (100). Check PAGES.acme.ID.",
    ),
    (
        {"code": 33, "message": "(#33) This object does not exist or does not support this action"},
        "Meta finds no such Page or conversation, or hides it from the token (33). Check PAGES.acme.ID.",
    ),
    (
        {"code": 24, "error_subcode": 2207006, "message": "The requested resource does not exist"},
        "Meta finds no such Page or conversation, or hides it from the token (24/2207006). Check PAGES.acme.ID.",
    ),
    # What somebody has to settle in the app's dashboard.
    (
        {
            "code": 200,
            "message": "API access disrupted. Go to the App Dashboard and complete Data Use Checkup.",
        },
        "Meta has deactivated the app (200); the token is not to blame.",
    ),
]


@pytest.mark.parametrize(("error", "told"), SAID, ids=[str(error["message"])[:60] for error, _ in SAID])
def test_what_is_told(rig: Any, canned: Any, error: dict[str, object], told: str) -> None:
    canned.status, canned.body = 400, json.dumps({"error": {"type": "OAuthException"} | error}).encode()
    client = rig.client(url=canned.url)
    with pytest.raises(GraphError) as failed:
        client.conversations(Platform.MESSENGER)
    line = explain(failed.value, client.page, Platform.MESSENGER)
    assert told in "".join(piece.text if isinstance(piece, Foreign) else str(piece) for piece in line)
