"""A batch with one GET in it: it asks with no parameter in the address (Meta, "Batch Requests")."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

import msgspec

from pageinbox.graph.http import Reply
from pageinbox.graph.mending import mended
from pageinbox.model.errors import Unavailable
from pageinbox.model.secret import Secret


class WireReply(msgspec.Struct):
    """What a batch holds for each request that stood in it."""

    code: int | None = None
    body: str | None = None


def batch_of(path: str, params: Mapping[str, str], token: Secret) -> dict[str, str]:
    """What to post for one GET; Meta asks for the Page's token here, whatever the header has."""
    item = {"method": "GET", "relative_url": f"{path}?{urlencode(params)}"}
    batch = msgspec.json.encode([item]).decode()
    return {"batch": batch, "include_headers": "false", "access_token": token.reveal()}


def only_reply(body: bytes) -> bytes:
    """The body of the one reply in a batch. Raises what it says went wrong, and Unavailable where there is none."""
    (found,) = (mended(body, list[WireReply | None]) or [None])[:1]
    if found is None or found.body is None:
        raise Unavailable("the batch has no reply in it")
    reply = Reply(found.code or 200, {}, found.body.encode(errors="replace"))
    reply.raise_error(0.0)
    return reply.body
