"""An address where nothing answers, and what stands between: names, proxies and certificates."""

from __future__ import annotations

import errno
from socket import EAI_AGAIN, gaierror
from typing import Any

import pytest
import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool
from urllib3.connection import HTTPConnection
from urllib3.exceptions import MaxRetryError, NameResolutionError, NewConnectionError

from pageinbox.graph.http import open_session, receive
from pageinbox.model.errors import Unavailable, Unreachable
from pageinbox.model.source import Platform

MESSENGER = Platform.MESSENGER


class Cut(HTTPAdapter):
    """Fails every call in one way."""

    def __init__(self, why: requests.RequestException) -> None:
        super().__init__()
        self.why = why

    def send(self, request: Any, **how: Any) -> Any:
        raise self.why


def nothing_behind(reason: Exception) -> requests.ConnectionError:
    """What requests makes of a connection that could not be made."""
    return requests.ConnectionError(MaxRetryError(HTTPConnectionPool("h"), "/secret", reason))


CONNECTION = HTTPConnection("h")


def caused(reason: Exception, cause: OSError) -> requests.ConnectionError:
    reason.__cause__ = cause
    return nothing_behind(reason)


WRONG_PASSWORD = "the proxy wants a valid user name and password (status 407)"
NO_NAME = NameResolutionError("h", CONNECTION, gaierror())
NOT_TRUSTED = "its certificate isn't trusted here; if your network has its own CA, name its file in REQUESTS_CA_BUNDLE"
NO_CERTIFICATES = "the file that REQUESTS_CA_BUNDLE or CURL_CA_BUNDLE names has no certificates that I can read"
UNREACHABLE = [
    (nothing_behind(NO_NAME), "no server has that name"),
    (
        caused(NameResolutionError("h", CONNECTION, gaierror()), gaierror(EAI_AGAIN, "Temporary failure")),
        "this machine can't look up names just now",
    ),
    (nothing_behind(NewConnectionError(CONNECTION, "no route")), "no connection"),
    (caused(NewConnectionError(CONNECTION, "x"), OSError(errno.ENETUNREACH, "x")), "there is no route to it"),
    (requests.ConnectTimeout("secret"), "no connection within 5 s"),
    (requests.exceptions.ProxyError("secret"), "the proxy gives no connection"),
    (requests.exceptions.ProxyError("Tunnel connection failed: 407 Proxy"), WRONG_PASSWORD),
    (requests.exceptions.ProxyError("Tunnel connection failed: 403 Forbidden"), "the proxy answers with status 403"),
    (
        requests.exceptions.ProxyError("Your proxy appears to only use HTTP and not HTTPS"),
        "the proxy speaks plain HTTP, so its address has to begin with http://",
    ),
    (requests.exceptions.SSLError("CERTIFICATE_VERIFY_FAILED secret"), NOT_TRUSTED),
    (
        requests.exceptions.SSLError("CERTIFICATE_VERIFY_FAILED: certificate has expired"),
        "its certificate has expired, or this machine's clock is wrong",
    ),
    (
        requests.exceptions.SSLError("CERTIFICATE_VERIFY_FAILED: certificate is not yet valid"),
        "its certificate isn't valid yet, or this machine's clock is wrong",
    ),
    (
        requests.exceptions.SSLError("CERTIFICATE_VERIFY_FAILED: Hostname mismatch"),
        "its certificate is for another address",
    ),
    (requests.exceptions.SSLError("[X509: NO_CERTIFICATE_OR_CRL_FOUND] no certificate"), NO_CERTIFICATES),
    (requests.exceptions.SSLError("[Errno 13] Permission denied"), NO_CERTIFICATES),
    (requests.exceptions.SSLError("TLSV1_ALERT_INTERNAL_ERROR"), "no secure connection"),
    (requests.exceptions.InvalidURL("secret"), "it is not a usable address"),
]


@pytest.mark.parametrize(("why", "detail"), UNREACHABLE, ids=[detail for _, detail in UNREACHABLE])
def test_an_address_where_nothing_answers_is_told_as_such(rig, why, detail):
    with pytest.raises(Unreachable) as failed:
        rig.client(adapter=Cut(why)).conversations(MESSENGER)
    assert failed.value.detail == detail


def test_https_where_there_is_none_is_told_as_such(rig, canned):
    with pytest.raises(Unreachable, match="it answers without TLS"):
        rig.client(url=canned.url.replace("http:", "https:")).conversations(MESSENGER)


def test_certificates_that_are_nowhere_are_told_as_such(rig, canned):
    session = open_session(canned.url, {"REQUESTS_CA_BUNDLE": "/nowhere/ca.pem"})
    with pytest.raises(Unreachable, match="no file that REQUESTS_CA_BUNDLE"):
        receive(session, canned.url.replace("http:", "https:"), {}, sign=lambda request: request, timer=rig.clock)
    session.close()


@pytest.mark.parametrize(
    ("proxy", "detail"),
    [
        ("htp://127.0.0.1:1", "the proxy's address is not a usable one"),
        ("http://127.0.0.1:port", "the proxy's address is not a usable one"),
        ("http://", "the proxy's address is not a usable one"),
        (' "http://127.0.0.1:1"\n', "the proxy gives no connection"),
        ("127.0.0.1:1", "the proxy gives no connection"),
    ],
)
def test_what_is_wrong_with_a_proxy_is_told(rig, proxy, detail):
    with open_session("https://graph.example", {"HTTPS_PROXY": proxy}) as session, pytest.raises(Unreachable) as failed:
        receive(session, "https://graph.example/v27.0/1", {}, sign=lambda request: request, timer=rig.clock)
    assert failed.value.detail == detail


def test_a_proxy_without_a_tunnel_wants_a_password_as_well(rig, canned):
    canned.status = 407
    with (
        open_session("http://graph.example", {"ALL_PROXY": canned.url}) as session,
        pytest.raises(Unreachable) as failed,
    ):
        receive(session, "http://graph.example/1", {}, sign=lambda request: request, timer=rig.clock)
    assert failed.value.detail == WRONG_PASSWORD


def test_what_a_cache_says_of_itself_is_no_redirect(rig, canned):
    canned.status, canned.body = 304, b""
    with pytest.raises(Unavailable):
        rig.client(url=canned.url).conversations(MESSENGER)
