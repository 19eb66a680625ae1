"""The numbers by which the tables keep what is known of conversations and announcements."""

from __future__ import annotations

from pageinbox.model.source import Folder
from pageinbox.model.watch import Later

FOLDER_BITS = {Folder.INBOX: 1, Folder.OTHER: 2, Folder.DONE: 4, Folder.SPAM: 8}
"""Where a conversation was met so far, as bits of one number."""

UNREADABLE = 16
"""The bit beside them of a conversation whose latest change Meta could tell nothing of yet."""

LATER_CODES = {Later.EDIT: 0, Later.THREAD: 1}
"""Numbers that SQLite keeps without a byte of their own."""

THERE, OLDER = 1, 2
"""Why a conversation was no news when it was first met, 0 where it was: it was there before anybody watched; it was
older than the look before."""
