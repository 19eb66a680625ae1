"""What shows Meta who calls: the Page's token, and the proof that whoever has it knows the app's secret too."""

from __future__ import annotations

import hashlib
import hmac

import requests

from pageinbox.graph.http import Sign
from pageinbox.model.secret import Secret


def bearing(token: Secret) -> Sign:
    """What puts a token into a request.

    It does so last of all: the token is in no dict of headers that is kept or passed on, and could be logged.
    """

    def sign(request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {token.reveal()}"
        return request

    return sign


def proof(token: Secret, app_secret: Secret | None, now: float) -> dict[str, str]:
    """The five-minute form of appsecret_proof: HMAC-SHA256 over `token|time` (Meta, "Securing Graph API calls").

    It is the only credential that must stand in a URL, so the one that expires is used; `now` is in seconds since 1970.
    Nothing where no app secret is known.
    """
    if app_secret is None:
        return {}
    at = str(int(now))
    digest = hmac.new(app_secret.reveal().encode(), f"{token.reveal()}|{at}".encode(), hashlib.sha256).hexdigest()
    return {"appsecret_proof": digest, "appsecret_time": at}
