"""Which disk a ledger's file is on: what two machines write to on one that they share, they damage."""

from __future__ import annotations

import fcntl
import logging
import re
from pathlib import Path
from typing import IO

from pageinbox.model.errors import LedgerError

log = logging.getLogger(__name__)

MOUNTS = Path("/proc/self/mounts")
"""What Linux says of the disks there are: of each its device, its place and its kind."""

OF_THE_NETWORK = re.compile(r"nfs4?|cifs|smb3|ceph|lustre|gpfs|afs|fuse\.(ceph|glusterfs|juicefs|rclone|s3fs|sshfs)")

OF_THE_HOST = re.compile(r"virtiofs|9p|fakeowner|vboxsf|prl_fs|drvfs|osxfs|grpcfuse|fuse\.(grpcfuse|osxfs|vmhgfs-fuse)")
"""Folders of its host's that a virtual machine has, such as Docker Desktop's, whose containers run in one.

What is written through them, SQLite's WAL in memory above all, isn't always what is read: others had files damaged
there within minutes (openclaw/openclaw#120694).
"""

ESCAPED = re.compile(r"\\([0-7]{3})")


def refuse_shared(path: Path, lock: IO[bytes], mounts: Path = MOUNTS) -> None:
    """Raises LedgerError where somebody else holds the lock beside a file on a disk that machines share.

    That may be another machine: SQLite's WAL is in the memory of each, and none knows what the others have written.
    """
    kind = kind_of(path, mounts)
    if (OF_THE_NETWORK.fullmatch(kind) or OF_THE_HOST.fullmatch(kind)) and is_held(lock):
        raise LedgerError("shared", str(path))


def tell_of_lent(path: Path, mounts: Path = MOUNTS) -> None:
    """Log where a ledger is on a disk that has damaged others'."""
    if kind := lent(path, mounts):
        log.warning("%s is in a folder of this machine's host (%s), where SQLite's files have been damaged", path, kind)


def lent(path: Path, mounts: Path = MOUNTS) -> str:
    """What kind of disk a file is on, if it is a folder of a virtual machine's host; empty for any other."""
    return kind if OF_THE_HOST.fullmatch(kind := kind_of(path, mounts)) else ""


def kind_of(path: Path, mounts: Path) -> str:
    """What kind of disk a file is on, as Linux calls it; empty where that can't be known."""
    try:
        told = [line.split() for line in mounts.read_text(errors="replace").splitlines()]
        place = path.resolve()
    except (OSError, RuntimeError):  # the latter of a link that leads to itself
        return ""
    kinds = {
        point: kind
        for _, at, kind, *_ in told
        if place.is_relative_to(point := Path(ESCAPED.sub(lambda code: chr(int(code[1], 8)), at)))
    }
    nearest = max(kinds, key=lambda point: len(point.parts), default=None)
    return "" if nearest is None else kinds[nearest]


def is_held(lock: IO[bytes]) -> bool:
    """Whether somebody else has the lock, rather than that the disk keeps none. It is shared afterwards, if at all."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        fcntl.flock(lock, fcntl.LOCK_SH)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False
