"""Which disk a ledger's file is on: what two machines write to on one of the network, they damage."""

from __future__ import annotations

import fcntl
import re
from pathlib import Path
from typing import IO

from pageinbox.model.errors import LedgerError

MOUNTS = Path("/proc/self/mounts")
"""What Linux says of the disks there are: of each its device, its place and its kind."""

OF_THE_NETWORK = re.compile(r"nfs4?|cifs|smb3|ceph|lustre|gpfs|afs|fuse\.(ceph|glusterfs|juicefs|rclone|s3fs|sshfs)")

ESCAPED = re.compile(r"\\([0-7]{3})")


def refuse_shared(path: Path, lock: IO[bytes], mounts: Path = MOUNTS) -> None:
    """Raises LedgerError where somebody else holds the lock beside a file on a disk of the network.

    That may be another machine: SQLite's WAL is in the memory of each, and none knows what the others have written.
    """
    if is_of_the_network(path, mounts) and is_held(lock):
        raise LedgerError("shared", str(path))


def is_of_the_network(path: Path, mounts: Path) -> bool:
    """Whether a file is on a disk that other machines may have as well; no where that can't be known."""
    try:
        told = [line.split() for line in mounts.read_text(errors="replace").splitlines()]
    except OSError:
        return False
    place = path.resolve()
    kinds = {
        point: kind
        for _, at, kind, *_ in told
        if place.is_relative_to(point := Path(ESCAPED.sub(lambda code: chr(int(code[1], 8)), at)))
    }
    nearest = max(kinds, key=lambda point: len(point.parts), default=None)
    return nearest is not None and OF_THE_NETWORK.fullmatch(kinds[nearest]) is not None


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
