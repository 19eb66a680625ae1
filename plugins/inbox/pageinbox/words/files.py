"""What is said about the files that go with a post, where they could not."""

from __future__ import annotations

from collections.abc import Sequence

from pageinbox.model.post import Attachment, Line, Post
from pageinbox.words.english import spell


def unsent(file: Attachment, why: str) -> Post:
    """A file that could not be sent; `why` is a sentence of ours without its full stop."""
    return Post((f"I couldn't send {called(file)}. {why[:1].upper()}{why[1:]}.",))


def no_files(files: Sequence[Attachment]) -> Line:
    """Files on a network that takes none."""
    return (f"This network takes no files, so I can't give you {spell([file.name for file in files])} here.",)


def aside(files: Sequence[Attachment]) -> Line:
    """Files that went to whoever asked, as there is no room for them where the answer is shown."""
    return (f"You'll find {spell([called(file) for file in files])} in our direct messages.",)


def called(file: Attachment) -> str:
    """What people call a file: a picture is what it shows."""
    return "the chart" if file.is_picture else file.name
