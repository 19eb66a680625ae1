"""Where a secret is, instead of the secret itself: `env:NAME` or `file:PATH`."""

from __future__ import annotations

import codecs
import os
import re
import select
from collections.abc import Mapping

from pageinbox.settings.values import Wrong

SECRET_SIZE = 64 * 1024  # bytes; more than any token
PATIENCE = 2.0  # seconds for whoever writes into a pipe


MARK = "\ufeff"
"""What stands before a text in which some programs note its encoding."""


class Unfound(Wrong):
    """A secret is not where the value says."""


def is_reference(value: str) -> bool:
    """Whether this says where a secret is, instead of being one."""
    return value.lstrip().startswith(("env:", "file:"))


def is_mistaken_reference(value: str) -> bool:
    """Whether this says where a secret is in the way of other programs; no secret looks like that."""
    text = value.strip()
    return bool(
        re.match(r"(env|environ|environment|file|path|secret|var|vault)\s*[:=]|(env|file)\s", text, re.IGNORECASE)
        or re.match(r"[$%{<]|os\.(environ|getenv)|(~|\.{1,2})?/", text)
        or re.fullmatch(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)+", text)
    )


def referred(reference: str, environment: Mapping[str, str]) -> str:
    """The text that `env:NAME` or `file:PATH` names, without blanks and line breaks around it. Raises `Unfound`."""
    scheme, name = _parts(reference)
    found = _file_text(name) if scheme == "file" else _variable(name, environment)
    if is_reference(found) or is_mistaken_reference(found):
        raise Unfound(f"is {shown_reference(reference)}, which holds another reference", "put the secret itself there")
    return found


def path_of(reference: str) -> str | None:
    """The path of the file that a reference names; None where it names none."""
    scheme, name = _parts(reference)
    return located(name) if scheme == "file" else None


def located(path: str) -> str:
    """A path as it is opened: systemd's `$CREDENTIALS_DIRECTORY` may be in it, as other variables may."""
    return os.path.expanduser(os.path.expandvars(path))


def shown_reference(reference: str) -> str:
    """A reference as it may be shown: without its name where that may be a token, written there by mistake."""
    scheme, name = _parts(reference)
    if scheme == "file":  # what looks like a path and like nothing else
        harmless = bool(re.fullmatch("[^@:=]*[/.][^@:=]*", name)) and name.isprintable()
    else:  # a token has the form of a name too, but not in capitals
        harmless = bool(re.fullmatch("[A-Z][A-Z0-9_]{0,63}", name))
    return f"{scheme}:{name if harmless else '…'}"


def _parts(reference: str) -> tuple[str, str]:
    scheme, _, name = reference.strip().partition(":")
    return scheme, name.strip()


def unquoted(secret: str) -> str:
    """A secret, or a reference to one, without blanks, the quotes that Docker's --env-file and templates leave around
    it, and the mark that Windows puts before a text; none has any itself."""
    bare = secret.strip().lstrip(MARK).strip()
    quoted = re.fullmatch(r"""(["'])(.*)\1""", bare, re.DOTALL)
    return (quoted[2] if quoted else bare).strip()


def text_of(content: bytes) -> str:
    """The text of a file in UTF-8, or in the UTF-16 that Windows PowerShell writes."""
    wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return content.decode("utf-16" if wide else "utf-8", errors="replace")


def _variable(name: str, environment: Mapping[str, str]) -> str:
    shown, written = shown_reference(f"env:{name}"), environment.get(name) if name.isascii() else None
    if not (found := unquoted(written or "")):
        state = "not set" if written is None else "empty"
        raise Unfound(f"is {shown}, but that environment variable is {state}", "set it where Errbot is started")
    return found


def _file_text(path: str) -> str:
    shown = shown_reference(f"file:{path}")
    try:
        with open(located(path), "rb", opener=at_once) as file:
            ready = select.poll()
            ready.register(file)
            ready.poll(PATIENCE * 1000)
            written = file.read(SECRET_SIZE + 1) or b""  # None of a pipe in which nothing is yet
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not a path"
        raise Unfound(f"is {shown}, which can't be read ({why})", "put the secret in that file") from None
    if len(written) > SECRET_SIZE:
        raise Unfound(f"is {shown}, which is longer than any secret", "put the secret alone in that file")
    found = unquoted(text_of(written))
    if not found:
        raise Unfound(f"is {shown}, which is empty", "put the secret in that file")
    return found


def at_once(path: str, flags: int) -> int:
    """Open a file without waiting: into a pipe, nobody may ever write."""
    return os.open(path, flags | os.O_NONBLOCK)
