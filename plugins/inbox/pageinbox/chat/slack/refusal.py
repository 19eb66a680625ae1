"""What Slack's refusals mean and what a person can do about them, and how else a request to Slack can fail.

The codes are those of https://docs.slack.dev/reference/methods.
"""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Mapping
from typing import Any
from urllib.error import URLError

from pageinbox.model.chat import ChatError

CODE, SCOPES = re.compile(r"[a-z0-9_]{1,60}"), re.compile(r"[a-z0-9:._, ]{1,90}")
UNREACHED = (ConnectionRefusedError, socket.gaierror, ssl.SSLCertVerificationError)
"""How a connection fails before anything was sent over it."""

UNCERTAIN = {"fatal_error", "internal_error", "service_unavailable"}
"""Of these Slack says that part of it may have been done."""

PAUSED = {"ratelimited", "rate_limited", "message_limit_exceeded"}
FAULTY = {"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "msg_too_long"}
"""Why a message is tried once more as plain text."""

THREADLESS = {"thread_not_found", "message_not_found", "invalid_thread_ts", "cannot_reply_to_message"} | {
    "restricted_action_non_threadable_channel",
    "restricted_action_thread_locked",
    "thread_locked",
}
"""Why a message is tried once more outside its thread."""

LASTING = FAULTY | {"message_not_found", "cant_update_message", "edit_window_closed"}
LASTING |= {"channel_not_found", "not_in_channel", "is_archived", "channel_is_archived", "is_inactive"}
"""Why a message stays as it is for good, instead of being edited."""

RESTRICTED = "restricted_action"
"""What all codes begin with that say what a workspace's settings forbid, who may be pinged among it."""

CLOSED = {"access_denied", "accesslimited", "ekm_access_denied", "no_permission", "team_access_not_granted"}
CLOSED |= {"org_login_required", "enterprise_is_restricted", "not_allowed_token_type"}
SHUT = {"file_uploads_disabled", "file_uploads_except_images_disabled", "file_type_not_allowed"}
SHUT |= {"file_upload_size_restricted"}
"""Why a workspace takes no file, or not this one."""

UNREADABLE = CLOSED | {"missing_scope", "not_in_channel", "channel_not_found"}
"""Why a channel can't be looked through."""

POINTED_AT: Mapping[str, str] = {"trigger_id": "invalid_trigger_id", "blocks": "invalid_blocks"}
"""What `invalid_arguments` means as well, by the argument that Slack points at in what it says of it."""

POINTER = re.compile(r"\[json-pointer:/([a-z_]+)")
UNREAD = "I can't read Slack's answer"
PAUSE = "Slack asks me to slow down"
FORBIDDEN = "The workspace's settings don't allow it; ask a workspace owner"
MEANINGS = dict.fromkeys(CLOSED | SHUT, FORBIDDEN) | {
    code: sentence
    for codes, sentence in {
        "not_in_channel": "I'm not in that channel; invite me with /invite",
        "channel_not_found": "I can't see that channel; if it is private, invite me with /invite",
        "is_archived channel_is_archived is_inactive": "That channel is archived; unarchive it or end the watch",
        "invalid_auth not_authed token_revoked token_expired account_inactive": (
            "Slack no longer accepts my token; get a new one and restart me with it"
        ),
        "user_not_found users_not_found user_not_visible": "Slack no longer shows me that person",
        "user_disabled": "That person's Slack account is deactivated",
        "messages_tab_disabled": "Turn on the Messages Tab of my Slack app in App Home; it lets me write to people",
        "cannot_dm_bot": "Slack doesn't let me write to bots",
        "not_allowed_token_type": "Slack wants my bot token (xoxb-…) and was given another; restart me with it",
        "no_permission posting_to_channel_denied": "Slack doesn't let me write in that channel; invite me with /invite",
        "restricted_action_read_only_channel": "Not everyone may post in that channel; allow my app in its permissions",
        "restricted_action_thread_only_channel": "That channel only takes replies in threads; watch in another",
        "method_not_supported_for_channel_type channel_type_not_supported": (
            "Slack doesn't let apps write there; watch in a channel"
        ),
        "ekm_access_denied": "An admin of the workspace has suspended messages; ask them",
        "accesslimited": "The workspace doesn't allow my network's addresses; ask an owner to add them",
        "team_access_not_granted enterprise_is_restricted": (
            "My Slack app isn't installed in that workspace of the org; ask an org admin"
        ),
        "team_added_to_org org_login_required external_channel_migrating": (
            "Slack is moving the workspace or the channel; that passes by itself"
        ),
        "msg_too_long": "The message is too long for Slack, even as plain text",
    }.items()
    for code in codes.split()
}


class Refused(ChatError):
    """Slack did not do it, and `code` is its word for why."""

    def __init__(self, code: str, detail: str, retry_after: float = 0.0) -> None:
        super().__init__(detail, retry_after)
        self.code = code


def failed(error: Exception, uncertain: type[ChatError]) -> ChatError:
    """What an exception of slack_sdk's means, in a sentence that holds none of its words.

    `uncertain` is the kind for what may have been done all the same.
    """
    if (response := getattr(error, "response", None)) is None:
        reason = error.reason if isinstance(error, URLError) else error
        if isinstance(reason, UNREACHED):
            return ChatError(f"Slack can't be reached ({type(reason).__name__})")
        return uncertain(f"Slack's answer was lost ({type(reason).__name__})")
    data = response.data if isinstance(response.data, dict) else {}
    code, status = code_of(data), int(response.status_code)
    if status == 429 or code in PAUSED:
        return Refused("ratelimited", PAUSE, pause(response.headers))
    if status >= 500 or code in UNCERTAIN:
        return uncertain(f"Slack is failing ({code if code in UNCERTAIN else f'HTTP {status}'})")
    if not CODE.fullmatch(code) or "error" not in data:
        if status == 200:
            return uncertain(UNREAD)
        return ChatError(f"Something between me and Slack blocks it (HTTP {status})")
    return Refused(code, meaning(code, str(data.get("needed"))))


def code_of(data: Mapping[str, Any]) -> str:
    """Slack's word for why, or a more exact one where it only says that an argument is invalid, and which one."""
    code, more = str(data.get("error")), data.get("response_metadata")
    if code == "invalid_arguments" and isinstance(more, dict) and (found := POINTER.search(str(more.get("messages")))):
        return POINTED_AT.get(found[1], code)
    return code


def meaning(code: str, needed: str) -> str:
    """What a code of Slack's means, and what to do about it; `needed` are the scopes Slack names."""
    if code == "missing_scope":
        scope = f"the scope {needed}" if SCOPES.fullmatch(needed) else "a scope"
        return f"My Slack app lacks {scope}; add it and reinstall the app"
    if (known := MEANINGS.get(code)) is None and code.startswith(RESTRICTED):
        return FORBIDDEN
    return known or f"Slack refused it ({code})"


def pause(headers: Mapping[str, str]) -> float:
    """The seconds Slack wants to be left alone, by its `Retry-After`; five where it names none."""
    named = {name.lower(): value for name, value in headers.items()}.get("retry-after", "5")
    return max(1.0, float(named)) if re.fullmatch(r"\d{1,6}", named) else 5.0
