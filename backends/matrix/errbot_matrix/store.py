"""What outlives the process: the device, how far it has listened, what it has handled, reactions, upgraded rooms."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path
from typing import NamedTuple

KEPT = 10_000
"""How many handled events are remembered. Only those since the token matter, and a sync brings far fewer.

Of reactions as many: who takes one back names that one alone, and a server no longer has what it was.
"""


class Reacted(NamedTuple):
    """A reaction of somebody's to an event in a room; `at` is when, as Errbot has it."""

    room: str
    event: str
    sender: str
    key: str
    at: str


class Store:
    """One account's memory, in one SQLite file. Safe for several threads; what it has stored survives a power cut."""

    def __init__(self, path: Path, kept: int = KEPT) -> None:
        """Open the file, or create it, for nobody else to read.

        Remembers the latest `kept` handled events, and as many reactions.
        """
        self._kept = kept
        path.touch(mode=0o600)
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._connection.executescript(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
            "CREATE TABLE IF NOT EXISTS fact (name TEXT PRIMARY KEY, value TEXT NOT NULL);"
            "CREATE TABLE IF NOT EXISTS handled (number INTEGER PRIMARY KEY, event TEXT NOT NULL UNIQUE);"
            "CREATE TABLE IF NOT EXISTS replaced (room TEXT PRIMARY KEY, new TEXT NOT NULL, joined INTEGER);"
            "CREATE TABLE IF NOT EXISTS reaction (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, "
            "room TEXT NOT NULL, event TEXT NOT NULL, sender TEXT NOT NULL, key TEXT NOT NULL, at TEXT NOT NULL);"
        )

    @property
    def device(self) -> str:
        """The device of the last login; empty before the first."""
        return self._fact("device")

    def keep_device(self, device: str) -> None:
        """Remember the device."""
        self._keep("device", device)

    @property
    def token(self) -> str:
        """The point up to which everything is handled, as /sync calls it; empty before the first time."""
        return self._fact("token")

    def handled_until(self, token: str) -> None:
        """Remember that everything before `token` is handled."""
        with self._lock:
            self._connection.execute(
                "DELETE FROM handled WHERE number <= (SELECT max(number) FROM handled) - ?", [self._kept]
            )
        self._keep("token", token)

    def claim(self, event: str) -> bool:
        """Claim an event: True the first time, False from then on."""
        with self._lock:
            new = self._connection.execute("INSERT OR IGNORE INTO handled (event) VALUES (?)", [event])
            return new.rowcount == 1

    def keep_reaction(self, event: str, reaction: Reacted) -> None:
        """Remember what the reaction with this event id is."""
        with self._lock:
            kept = "INSERT OR IGNORE INTO reaction (id, room, event, sender, key, at) VALUES (?, ?, ?, ?, ?, ?)"
            number = self._connection.execute(kept, [event, *reaction]).lastrowid
            self._connection.execute("DELETE FROM reaction WHERE number <= ?", [(number or 0) - self._kept])

    def take_reaction(self, event: str) -> Reacted | None:
        """Forget a reaction, and give what it was; None where that is not known."""
        known = "SELECT room, event, sender, key, at FROM reaction WHERE id = ?"
        with self._lock:
            row = self._connection.execute(known, [event]).fetchone()
            self._connection.execute("DELETE FROM reaction WHERE id = ?", [event])
        return None if row is None else Reacted(*row)

    def replacements(self) -> dict[str, str]:
        """The rooms that others have replaced, with those."""
        with self._lock:
            return dict(self._connection.execute("SELECT room, new FROM replaced"))

    def replace(self, room: str, new: str) -> None:
        """Remember that `new` has replaced a room."""
        with self._lock:
            self._connection.execute("INSERT OR REPLACE INTO replaced (room, new) VALUES (?, ?)", [room, new])

    def joined(self) -> set[str]:
        """The rooms that have replaced others and that the bot has joined once."""
        with self._lock:
            return {room for (room,) in self._connection.execute("SELECT new FROM replaced WHERE joined")}

    def join(self, new: str) -> None:
        """Remember that the bot has joined a room that has replaced others."""
        with self._lock:
            self._connection.execute("UPDATE replaced SET joined = 1 WHERE new = ?", [new])

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    def _fact(self, name: str) -> str:
        with self._lock:
            row = self._connection.execute("SELECT value FROM fact WHERE name = ?", [name]).fetchone()
        return str(row[0]) if row else ""

    def _keep(self, name: str, value: str) -> None:
        with self._lock:
            self._connection.execute("INSERT OR REPLACE INTO fact VALUES (?, ?)", [name, value])
