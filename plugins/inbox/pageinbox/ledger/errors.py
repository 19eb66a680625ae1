"""The one exception of the ledger, which can be named without opening one."""

from __future__ import annotations


class LedgerError(Exception):
    """The ledger cannot be used.

    `kind` is full, readonly, locked, corrupt, gone, newer, unreachable, refused, driver or broken, `where` the file, or
    the server without user and password.
    """

    def __init__(self, kind: str, where: str) -> None:
        super().__init__(kind, where)
        self.kind, self.where = kind, where
