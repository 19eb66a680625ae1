"""Secrets in files are read again when these change, as when a token is renewed: no restart is needed for that."""

from __future__ import annotations

import logging
import os
import stat
from collections.abc import Callable
from dataclasses import dataclass, replace

from pageinbox.model.logged import about
from pageinbox.model.secret import Secret
from pageinbox.model.source import Page
from pageinbox.settings import values
from pageinbox.settings.references import path_of, referred
from pageinbox.settings.values import Wrong

LASTING = 300.0
"""Seconds for which a file may hold no secret before that is in the log: it may just be being written."""

Signature = tuple[int, ...]

log = logging.getLogger(__name__)


@dataclass(slots=True)
class SecretFile:
    """One secret of a Page, by the name of its setting, and the file where it is.

    `taken` is what tells the file apart as it was when its secret was read last, `met` as it was met last; None for
    what is no file. `spoilt` is since when it holds none, `told` whether that is in the log.
    """

    setting: str
    reference: str
    path: str
    taken: Signature | None = None
    met: Signature | None = None
    spoilt: float | None = None
    told: bool = False


class SecretFiles:
    """The secrets of a Page that are in files. `timer` gives seconds that never go back.

    Not for several threads at once.
    """

    def __init__(self, page: Page, timer: Callable[[], float]) -> None:
        at = {"TOKEN": page.token_at, "APP_SECRET": page.app_secret_at}
        paths = {setting: path_of(reference) for setting, reference in at.items()}
        self._files = [SecretFile(setting, at[setting], path) for setting, path in paths.items() if path is not None]
        self._timer = timer

    def renewed(self, page: Page, refused: bool) -> Page:
        """The Page with the secrets that are in its files now.

        A file that is not as it was is read once it was so twice in a row: whoever writes it may not be done. Where
        what is in force was `refused` it is read at once. What is no secret changes nothing.
        """
        found = {file.setting.lower(): secret for file in self._files if (secret := self._read(file, page, refused))}
        if not found:
            return page
        other = replace(page, **found)  # type: ignore[arg-type]
        there = Secret("") not in (other.token, other.app_secret)
        return replace(other, missing="") if there else other

    def _read(self, file: SecretFile, page: Page, refused: bool) -> Secret | None:
        """The secret in a file that is to be read; None where there is nothing new to read, or no secret."""
        before, file.met = file.met, signature(file.path)
        if file.met is not None and file.met == file.taken:
            file.spoilt, file.told = None, False
            return None
        if file.met is None and os.path.exists(file.path):
            return None  # a pipe, say, which was read at the start: nobody may write to it again
        if file.met is not None and before != file.met and not refused:
            return None
        try:
            secret = values.token(referred(file.reference, {}))
        except Wrong as wrong:
            self._note(file, page, wrong)
            return None
        file.taken, file.spoilt, file.told = file.met, None, False
        return secret

    def _note(self, file: SecretFile, page: Page, wrong: Wrong) -> None:
        """A file holds no secret: that is in the log once it has lasted, if another secret is in force."""
        now = self._timer()
        file.spoilt = now if file.spoilt is None else file.spoilt
        if now - file.spoilt >= LASTING and not (file.told or page.missing):
            file.told = True
            log.warning(
                "PAGES.%s.%s %s; what was there before stays in force",
                page.name, file.setting, wrong.wrong, extra=about(page=page.name),
            )  # fmt: skip


def signature(path: str) -> Signature | None:
    """What tells a file from what was or will be there under its name, also behind a link; None where it is no file."""
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return None
    if not stat.S_ISREG(found.st_mode):
        return None
    # What is unpacked or copied may be given an old time; that of its change can't be.
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns
