"""Work in a process of its own, to be killed in the middle of it.

It is forked from a process without threads (`tests.errbot_fork.SERVER`). Those of the tests themselves have many, and
what one of them holds at the moment of a fork, such as a lock of SQLite's, nobody ever lets go of in the child, which
then waits for ever.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path

from sqlalchemy import Engine, event

from pageinbox.ledger.moving import move
from pageinbox.ledger.restoring import restore
from tests.errbot_fork import SERVER

PATIENCE = 120  # seconds until work that does not end counts as hung


def apart(work: Callable[..., int], *given: object) -> int:
    """What `work` gives, or the signal that killed it, as a number below 0.

    Raises AssertionError where it fails, and TimeoutError where it hangs.
    """
    sys.audit("tests.fork")
    told, telling = SERVER.Pipe(duplex=False)
    process = SERVER.Process(target=tell, args=(telling, work, *given))
    process.start()
    telling.close()
    with told:
        try:
            if not told.poll(PATIENCE):
                raise TimeoutError(f"{work.__name__} has not ended in {PATIENCE} s")
            return int(told.recv())
        except EOFError:
            process.join(PATIENCE)
            status = process.exitcode or 0
            assert status < 0, f"{work.__name__} has failed"
            return status
        finally:
            process.kill()
            process.join()


def tell(telling: Connection, work: Callable[..., int], *given: object) -> None:
    """Do the work, and send on what it gives."""
    telling.send(work(*given))


def moving(old: str, new: str, fuse: int | None) -> int:
    """Move a ledger; gives how many steps that takes. It is killed before the step of number `fuse`."""
    taken = 0

    def step(*_: object) -> None:
        nonlocal taken
        if taken == fuse:
            os.kill(os.getpid(), signal.SIGKILL)
        taken += 1

    event.listen(Engine, "before_cursor_execute", step)
    event.listen(Engine, "commit", step)
    move(old, new)
    return taken


def restoring(copy: Path, path: Path, fuse: int) -> int:
    """Put a backup back; gives 0. It is killed before the step of number `fuse` at the files."""
    left = fuse

    def step(event: str, args: object) -> None:
        nonlocal left
        if event in ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "sqlite3.connect"):
            left -= 1
            if left < 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(step)
    restore(copy, path, replace=True)
    return 0
