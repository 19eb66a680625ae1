"""Addresses of ours on Errbot's web server, which its core plugin Webserver starts where it is configured."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from pageinbox.model.web import Answering, WebRequest, WebResponse

METHODS = frozenset({"GET", "HEAD", "POST"})

LARGEST = 4 * 1024 * 1024
"""Bytes of a body: the 1,000 changes that Meta sends at once at most are far less."""

log = logging.getLogger(__name__)


def of_others(record: logging.LogRecord) -> bool:
    """Whether what Errbot's web server logs is about none of our requests, however their address is written.

    Probes and scrapes come every few seconds, and a query may hold a secret, as that of Meta's challenge does, also
    where a proxy passes it on to an address that there is none of.
    """
    told = unquote(record.getMessage())
    return "/inbox/" not in told and "verify_token" not in told


class Addresses:
    """The addresses of one plugin on the web server, by path. Each is answered for as long as it is served."""

    def __init__(self) -> None:
        self._served: Mapping[str, Answering] = {}

    def serve(self, answering: Mapping[str, Answering]) -> None:
        """Answer at these paths, with or without a slash behind them, and from now on at no other.

        Flask takes no new address after its first request (errbot#1720), so they are put into its map by hand; one that
        is no longer served stays there, and is not found.
        """
        from errbot.core_plugins import flask_app

        logging.getLogger("werkzeug").addFilter(of_others)
        self._served = answering
        for path in answering:
            if path not in flask_app.view_functions:
                rule = flask_app.url_rule_class(path, endpoint=path, methods=METHODS, strict_slashes=False)
                flask_app.url_map.add(rule)
            flask_app.view_functions[path] = self._view(path)

    def _view(self, path: str) -> Any:
        def view() -> tuple[bytes, int, dict[str, str]]:
            answer = self._answer(path)
            return answer.body, answer.status, {"Content-Type": answer.kind, "X-Content-Type-Options": "nosniff"}

        return view

    def _answer(self, path: str) -> WebResponse:
        from flask import request
        from werkzeug.exceptions import RequestEntityTooLarge

        if (answering := self._served.get(path)) is None:
            return WebResponse(404)
        request.max_content_length = LARGEST + 1  # a body in chunks, whose length nobody tells before, is cut there
        try:
            body = request.get_data()
        except RequestEntityTooLarge:
            return WebResponse(413)
        if len(body) > LARGEST:
            return WebResponse(413)
        headers = {name.lower(): value for name, value in request.headers.items()}
        query = {name: values[-1] for name, values in request.args.lists()}
        try:
            return answering(WebRequest(request.method, headers, query, body))
        except Exception as error:
            log.error("A request to %s could not be answered: %s", path, type(error).__name__)
            return WebResponse(500)
