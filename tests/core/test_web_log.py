"""What Errbot's web server logs of requests to us: nothing, since a query of Meta's holds the Verify token."""

from __future__ import annotations

import logging

import pytest

from pageinbox.chat.errbot.web import of_others

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
