"""Our addresses on Errbot's web server: what is too large for them, and what is logged of requests.

That is nothing, since a query of Meta's holds the Verify token.
"""

from __future__ import annotations

import io
import logging

import pytest
from errbot.core_plugins import flask_app

from pageinbox.chat.errbot.web import LARGEST, Addresses, of_others
from pageinbox.model.web import WebResponse

QUERY = "?hub.mode=subscribe&hub.verify_token=open-sesame&hub.challenge=1158201444"


def line(target: str) -> logging.LogRecord:
    """As Werkzeug writes it."""
    args = ("127.0.0.1", "23/Nov/2026 12:00:00", f'"GET {target} HTTP/1.1" 200 -')
    return logging.LogRecord("werkzeug", logging.INFO, "", 0, "%s - - [%s] %s", args, None)


@pytest.mark.parametrize(
    "target",
    [
        "/inbox/health",
        "/inbox/meta" + QUERY,
        "//inbox/meta" + QUERY,
        "https://bot.example.com/inbox/meta" + QUERY,
        "/inbox%2Fmeta" + QUERY,
        "/%69nbox/meta" + QUERY,
        "/meta" + QUERY,
        "/?hub%2Everify%5Ftoken=open-sesame",
    ],
)
def test_a_request_to_us_is_not_logged(target: str) -> None:
    assert not of_others(line(target))


@pytest.mark.parametrize("target", ["/slack/events", "/inbox", "/echo/?text=inbox"])
def test_a_request_to_others_is(target: str) -> None:
    assert of_others(line(target))


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_is_taken_whole_or_refused(chunked: bool) -> None:
    (addresses := Addresses()).serve({"/inbox/size": lambda request: WebResponse(body=str(len(request.body)).encode())})
    client = flask_app.test_client()

    def post(size: int) -> tuple[int, bytes]:
        more = {"wsgi.input_terminated": True} if chunked else {"CONTENT_LENGTH": str(size)}
        answer = client.post("/inbox/size", input_stream=io.BytesIO(bytes(size)), environ_overrides=more)
        return answer.status_code, answer.data

    assert post(LARGEST) == (200, str(LARGEST).encode())
    assert {post(size) for size in (LARGEST + 1, LARGEST + 2, 2 * LARGEST)} == {(413, b"")}
    addresses.serve({})
    assert post(1)[0] == 404
