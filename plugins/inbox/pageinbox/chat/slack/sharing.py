"""A file, shared in a channel: it is announced, brought to the address that Slack names, and then shared.

See https://docs.slack.dev/messaging/working-with-files. Both methods want the scope `files:write`, and `channel_id` is
never that of a person, as others have recorded: it has to match `^[CGDZ][A-Z0-9]{8,}$`.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from pageinbox.chat.slack.calls import Calls
from pageinbox.chat.slack.refusal import THREADLESS, UNREAD, Refused
from pageinbox.model.chat import ChatDoubt, ChatError
from pageinbox.model.post import Attachment

ALT_MOST = 1000
"""Characters of what a picture shows: `alt_txt_too_large`."""

LOOKS = (0.0, 1.0, 2.0, 4.0, 8.0, 15.0)
"""Seconds that a file has to come up before each look: Slack examines it first."""

TRIES, AGAIN = 3, 2.0
"""How often a file is brought when that breaks off, and after how many seconds."""

LATEST = 100
"""Messages of a channel or thread among which it is looked for."""


def share(
    calls: Calls,
    file: Attachment,
    content: bytes,
    *,
    channel: str,
    thread: str = "",
    sleep: Callable[[float], object],
) -> None:
    """Share a file in a channel or, unless it is gone, in a thread there. Raises Refused and ChatError.

    Others have recorded that Slack says it has done so and shows nothing, also for good where there is an `alt_txt`. So
    it is shared once more, and then without.
    """
    for alt in (file.alt, ""):
        number = bring(calls, file, content, alt, sleep)
        put(calls, file, number, channel=channel, thread=thread)
        for pause in LOOKS:
            sleep(pause)
            if is_shown(calls, number, channel=channel, thread=thread):
                return
        with suppress(ChatError):
            calls.patiently("files_delete", file=number)  # else it might come up beside the next one
    raise ChatError("Slack has taken the file, but doesn't show it")


def bring(
    calls: Calls, file: Attachment, content: bytes, shown: str, sleep: Callable[[float], object], tries: int = TRIES
) -> str:
    """Bring a file to Slack, where nobody sees it yet, and give its id. `shown` is what it shows, if it is a picture.

    An upload that breaks off is made anew, that many times in all. Raises Refused and ChatError.
    """
    alt = {"alt_txt": shown[:ALT_MOST]} if shown else {}
    told = calls.patiently("files_getUploadURLExternal", filename=file.name, length=len(content), **alt)
    address, number = told.get("upload_url"), told.get("file_id")
    if not isinstance(address, str) or not isinstance(number, str):
        raise ChatError(UNREAD)
    try:
        calls.upload(address, content)
    except ChatDoubt:
        if tries == 1:
            raise
    else:
        return number
    sleep(AGAIN)
    return bring(calls, file, content, shown, sleep, tries - 1)


def put(calls: Calls, file: Attachment, number: str, *, channel: str, thread: str) -> None:
    """Let Slack share the file of this id. Raises Refused and ChatError."""
    place: dict[str, Any] = {"files": [{"id": number, "title": file.name}], "channel_id": channel}
    try:
        calls.patiently("files_completeUploadExternal", **place, **({"thread_ts": thread} if thread else {}))
    except Refused as refusal:
        if not thread or refusal.code not in THREADLESS:
            raise
        calls.patiently("files_completeUploadExternal", **place)


def is_shown(calls: Calls, number: str, *, channel: str, thread: str) -> bool:
    """Whether the file is in one of the latest messages there; True as well where that can't be told."""
    where: dict[str, Any] = {"channel": channel, "limit": LATEST}
    try:
        told = [calls.once("conversations_history", **where)]
        if thread:
            told.append(calls.once("conversations_replies", **where, ts=thread))
    except ChatError:
        return True
    for answer in told:
        messages = answer.get("messages")
        if not isinstance(messages, list) or any(holds(message, number) for message in messages):
            return True
    return bool(thread and told[-1].get("has_more"))  # in a thread, the latest come last


def holds(message: Any, number: str) -> bool:
    """Whether a message is one with this file."""
    files = message.get("files") if isinstance(message, dict) else None
    return isinstance(files, list) and any(isinstance(file, dict) and file.get("id") == number for file in files)
