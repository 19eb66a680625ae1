"""A file, shared in a channel: it is announced, brought to the address that Slack names, and then shared.

See https://docs.slack.dev/messaging/working-with-files. Both methods want the scope `files:write`, and `channel_id` is
never that of a person, as others have recorded: it has to match `^[CGDZ][A-Z0-9]{8,}$`.
"""

from __future__ import annotations

from typing import Any

from pageinbox.chat.slack.calls import Calls
from pageinbox.chat.slack.refusal import THREADLESS, UNREAD, Refused
from pageinbox.model.chat import ChatError
from pageinbox.model.post import Attachment

ALT_MOST = 1000
"""Characters of what a picture shows: `alt_txt_too_large`."""


def share(calls: Calls, file: Attachment, content: bytes, *, channel: str, thread: str = "") -> None:
    """Share a file in a channel or, unless it is gone, in a thread there. Raises Refused and ChatError."""
    alt = {"alt_txt": file.alt[:ALT_MOST]} if file.alt else {}
    told = calls.patiently("files_getUploadURLExternal", filename=file.name, length=len(content), **alt)
    address, number = told.get("upload_url"), told.get("file_id")
    if not isinstance(address, str) or not isinstance(number, str):
        raise ChatError(UNREAD)
    calls.upload(address, content)
    place: dict[str, Any] = {"files": [{"id": number, "title": file.name}], "channel_id": channel}
    try:
        calls.patiently("files_completeUploadExternal", **place, **({"thread_ts": thread} if thread else {}))
    except Refused as refusal:
        if not thread or refusal.code not in THREADLESS:
            raise
        calls.patiently("files_completeUploadExternal", **place)
