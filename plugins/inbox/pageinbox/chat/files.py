"""What a post has attached: handed to the network after the post itself, which never waits for it nor fails with it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace

from pageinbox.chat.in_turn import InTurn
from pageinbox.model.chat import ChatError
from pageinbox.model.logged import nobody_named
from pageinbox.model.post import Attachment, Post
from pageinbox.words import files as words
from pageinbox.words.charts import NotDrawn

log = logging.getLogger(__name__)

MOST = 20
"""Announcements that wait for their files; older ones go without."""

ANSWERS = 3
"""Answers that wait for their files at once: a chart takes two seconds, and Errbot's ten threads have more to do."""

BUSY = "I'm busy with the files of other answers; ask again in a minute"

Put = Callable[[Attachment, bytes], object]
"""Puts one file, with its bytes, where its post is. Raises ChatError, or whatever a backend raises."""

Say = Callable[[Post], object]
"""Says what became of a file, near its post. Raises what saying raises."""


class Files:
    """Puts files where their posts are."""

    def __init__(self) -> None:
        self._turns = InTurn("inbox-files", MOST)
        self._answers = threading.BoundedSemaphore(ANSWERS)

    def put(self, files: Sequence[Attachment], put: Put, say: Say) -> None:
        """Put the files of an answer that has been said, one after the other. Raises nothing.

        What fails is logged, and said in a sentence; so is where `ANSWERS` wait for theirs already.
        """
        if not files:
            return
        if not self._answers.acquire(blocking=False):
            for file in files:
                not_sent(file, BUSY, say)
            return
        try:
            put_all(files, put, say)
        finally:
            self._answers.release()

    def put_later(self, files: Sequence[Attachment], put: Put, say: Say) -> None:
        """The same in the background: whoever has sent the post must not wait for its files."""
        if not files:
            return
        try:
            self._turns.do(lambda: put_all(files, put, say))
        except RuntimeError:  # the post has been said all the same
            log.warning("An announcement goes without its files: this machine gives no thread")


def put_all(files: Sequence[Attachment], put: Put, say: Say) -> None:
    """Make files and put them, one after the other. Raises nothing."""
    for file in files:
        try:
            put(file, file.content if isinstance(file.content, bytes) else file.content())
        except Exception as error:  # the text of another one's may hold an address with a token
            ours = isinstance(error, ChatError | NotDrawn)
            not_sent(file, str(error) if ours else f"something went wrong ({type(error).__name__})", say)


def not_sent(file: Attachment, why: str, say: Say) -> None:
    """Log and say that a file can't be sent. Raises nothing."""
    log.warning("The file %s could not be sent: %s", file.name, nobody_named(why))
    try:
        say(words.unsent(file, why))
    except Exception as failure:
        log.warning("And that could not be said: %s", type(failure).__name__)


def without_files(post: Post) -> Post:
    """The post as a network shows it that takes no files: it says so of what is no mere picture."""
    missed = [file for file in post.attachments if not file.is_picture]
    return replace(post, notes=(*post.notes, words.no_files(missed)), attachments=()) if missed else post
