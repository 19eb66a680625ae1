"""Why no connection could be made, in our words: those of requests quote the address, and with it people's ids."""

from __future__ import annotations

import errno
import re
import socket

import requests
import urllib3

CONNECT_TIMEOUT = 5.0
"""Seconds until the connection stands; a person is waiting."""

NO_PROXY_ADDRESS = "the proxy's address is not a usable one"
NO_SOCKS = "a SOCKS proxy needs the package PySocks"
WRONG_PASSWORD = "the proxy wants a valid user name and password (status 407)"

REFUSED_BY_PROXY = re.compile(r"Tunnel connection failed: (\d{3})")

CERTIFICATE = {
    "certificate has expired": "its certificate has expired, or this machine's clock is wrong",
    "certificate is not yet valid": "its certificate isn't valid yet, or this machine's clock is wrong",
    "mismatch": "its certificate is for another address",
    "": "its certificate isn't trusted here; if your network has its own CA, name its file in REQUESTS_CA_BUNDLE",
}
"""What OpenSSL says of a certificate, and what that is; the last for all else."""


def why_unreachable(error: requests.RequestException) -> str:
    """Why no connection could be made; empty where one was made and broke."""
    if isinstance(error, requests.ConnectTimeout):
        return f"no connection within {CONNECT_TIMEOUT:.0f} s"
    if isinstance(error, requests.exceptions.ProxyError):
        return of_proxy(str(error))
    if isinstance(error, requests.exceptions.SSLError):
        return of_tls(str(error))
    reason = getattr(error.args[0] if error.args else None, "reason", None)
    if not isinstance(reason, urllib3.exceptions.NewConnectionError):
        return ""
    cause = reason.__cause__ or reason.__context__
    if isinstance(reason, urllib3.exceptions.NameResolutionError):
        passing = isinstance(cause, socket.gaierror) and cause.errno == socket.EAI_AGAIN
        return "this machine can't look up names just now" if passing else "no server has that name"
    if isinstance(cause, ConnectionRefusedError):
        return "the connection was refused"
    lost = isinstance(cause, OSError) and cause.errno in (errno.ENETUNREACH, errno.EHOSTUNREACH)
    return "there is no route to it" if lost else "no connection"


def of_proxy(said: str) -> str:
    """The same of a proxy, by what requests says."""
    if refused := REFUSED_BY_PROXY.search(said):
        return WRONG_PASSWORD if refused[1] == "407" else f"the proxy answers with status {refused[1]}"
    if "to only use HTTP and not HTTPS" in said:
        return "the proxy speaks plain HTTP, so its address has to begin with http://"
    return "the proxy gives no connection"


def of_tls(said: str) -> str:
    """The same of a secure connection, by what requests says."""
    if "CERTIFICATE_VERIFY_FAILED" in said:
        return next(what for sign, what in CERTIFICATE.items() if sign in said)
    if "[X509" in said or f"[Errno {errno.EACCES}]" in said:
        return "the file that REQUESTS_CA_BUNDLE or CURL_CA_BUNDLE names has no certificates that I can read"
    return "it answers without TLS" if "WRONG_VERSION_NUMBER" in said else "no secure connection"
