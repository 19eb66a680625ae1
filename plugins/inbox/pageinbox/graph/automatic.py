"""Which of a Page's messages nobody wrote: Instant Replies and the like, which are no answers."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Sequence

from cachetools import LRUCache

from pageinbox.graph.content import templates_of
from pageinbox.graph.notes import is_note
from pageinbox.graph.wire import WireMessage, said_in, tags_of
from pageinbox.model.carried import in_brackets
from pageinbox.model.text import EDGES, fold, unnamed

INSTANT_REPLY = "pages_comm_instant_reply"
"""The tag that Facebook's own chat gives such a message."""

TAGGED = INSTANT_REPLY.encode()

PROMPT = 60.0
"""Seconds after the customer's message within which an automatic reply comes."""

OFTEN = 5
"""Conversations in which the same words came so promptly, after which they are taken for automatic."""

REMEMBERED, LEARNED = 300, 50
"""Texts of a Page that are counted, and those that were found to be automatic."""

SHOWN = 60
"""Characters of a text that are offered for the setting; a `*` stands for the rest."""

ADDRESS = re.compile(r"(?<!\S)\S*(://|@)\S*")


class AutomaticReplies:
    """Tells one Page's automatic replies by the settings, by Meta's tag, and by what keeps coming at once.

    `chosen` are the texts of the setting AUTO_REPLIES. For several threads.
    """

    def __init__(self, chosen: Iterable[str]) -> None:
        folded = [fold(text) for text in chosen]
        self._whole = frozenset(text for text in folded if not text.endswith("*"))
        self._beginnings = tuple(text[:-1].rstrip() for text in folded if text.endswith("*"))
        self._chooses = bool(folded)
        self._naming = any("*" in text for text in (*self._whole, *self._beginnings))
        self._lock = threading.Lock()
        self._met: LRUCache[int, set[int]] = LRUCache(REMEMBERED)
        """The conversations in which a text came promptly, no more than `OFTEN`; both as hashes, which are short."""
        self._learned: LRUCache[int, str] = LRUCache(LEARNED)
        self.words: frozenset[int] = frozenset()
        """What was found to be automatic, as hashes."""

    def meet(self, conversation_id: str, message: WireMessage, name: str | None) -> int | None:
        """Take note of what the Page said promptly in a conversation with somebody of that name.

        Gives what would be in `words` if it were found to be automatic; None for what never is.
        """
        text = words_of(message)
        words = common(text, name)
        # A name of many words can be all there is in five different answers.
        if not words.strip(EDGES + " ") or self._is_chosen(text, name) or is_note(message, name):
            return None
        met = hash(words)
        with self._lock:
            conversations = self._met.setdefault(met, set())
            if len(conversations) < OFTEN:
                conversations.add(hash(conversation_id))
                if len(conversations) == OFTEN:
                    self._learned[met] = offered(text, name)
                    self.words = frozenset(self._learned)
        return met

    def includes(self, message: WireMessage, name: str | None, met: int | None) -> bool:
        """Whether a message of the Page to somebody of that name is automatic.

        `met` is what `meet` gave for one that came at once. The same words that come later may be somebody's answer,
        unless the settings have them.
        """
        tags = bytes(message.tags)
        if b"_" in tags and TAGGED in tags and INSTANT_REPLY in tags_of(message):  # few others have a `_`
            return True
        if met in self.words:
            return True
        return self._chooses and self._is_chosen(words_of(message), name)

    def learned(self) -> Sequence[str]:
        """What was found out, as it can be written into the setting."""
        with self._lock:
            return tuple(self._learned.values())

    def _is_chosen(self, text: str, name: str | None) -> bool:
        if not text or not self._chooses:
            return False
        said = {fold(text), common(text, name) if self._naming else ""}
        return any(words in self._whole or words.startswith(self._beginnings) for words in said)


def words_of(message: WireMessage) -> str:
    """What a message says that can be told from another one; nothing for mere files."""
    return said_in(message) or in_brackets(template for template in templates_of(message) if template[1])


def common(text: str, name: str | None) -> str:
    """What a text has in common with the same one to somebody else."""
    return fold(unnamed(text, name))


def offered(text: str, name: str | None) -> str:
    """A text as it can be written into the setting: its end is left open where it is long.

    An address is left to the end, too: in a chat it is not shown as it is, and could not be copied.
    """
    words = unnamed(text, name)
    address = ADDRESS.search(words)
    most = min(SHOWN, address.start() if address else SHOWN) or SHOWN
    if len(words) <= most:
        return words
    return f"{(words[:most].rpartition(' ')[0] or words[:most]).rstrip('*')}*"
