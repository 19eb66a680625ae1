"""What a post has attached, on Matrix, over a stand-in for the backend that keeps what it is given."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from pageinbox.chat.matrix.send import MatrixChat
from pageinbox.model.post import Attachment, Post
from tests.test_matrix_events import ROOM, SECRET, Backend, Encrypted, RateLimited, Refused, chat_over, command

CSV = Attachment("stats.csv", "text/csv", b"day,new")
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x02\xee\0\0\x05\x28" + bytes(20)
CHART = Attachment("stats.png", "image/png", lambda: PNG, alt="New conversations by day.")
FILED = Post(("Acme: 4 new",), attachments=(CHART, CSV))


class Repository(Backend):
    """The backend with a media repository, which says where a file is."""

    uploads: tuple[tuple[str, bytes, str, str], ...] = ()
    refusing: Exception | None = None

    def upload(self, room: str, data: bytes, name: str, kind: str) -> dict[str, Any]:
        if self.refusing is not None:
            raise self.refusing
        self.uploads = (*self.uploads, (room, data, name, kind))
        return {"url": f"mxc://chat.example/{len(self.uploads)}"}


def test_files_on_the_wire_field_by_field() -> None:
    backend = Repository()
    chat_over(backend).answer(command(), FILED, private=False, threaded=False)
    assert backend.uploads == ((ROOM, PNG, "stats.png", "image/png"), (ROOM, b"day,new", "stats.csv", "text/csv"))
    (_, text), picture, rows = backend.events
    assert text["body"] == "Acme: 4 new", "first the text"
    assert picture == (
        ROOM,
        {
            "msgtype": "m.image",
            "body": "New conversations by day.",
            "filename": "stats.png",
            "info": {"mimetype": "image/png", "size": len(PNG), "w": 750, "h": 1320},
            "m.mentions": {},
            "url": "mxc://chat.example/1",
        },
    )
    assert rows == (
        ROOM,
        {
            "msgtype": "m.file",
            "body": "stats.csv",
            "filename": "stats.csv",
            "info": {"mimetype": "text/csv", "size": 7},
            "m.mentions": {},
            "url": "mxc://chat.example/2",
        },
    )


def test_files_go_into_the_thread_of_the_answer() -> None:
    backend = Repository()
    chat_over(backend).answer(command(thread="$root"), FILED, private=False, threaded=False)
    assert [said["m.relates_to"]["event_id"] for _, said in backend.events] == ["$root"] * 3


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (Refused("M_TOO_LARGE"), "The homeserver, or what stands before it, takes no file that large."),
        (Refused("M_FORBIDDEN"), "The homeserver doesn't let me upload files."),
        (Refused("M_USER_LIMIT_EXCEEDED"), "The homeserver lets me upload no more for now."),
        (Refused("M_UNRECOGNIZED"), "The homeserver refused it (M_UNRECOGNIZED)."),
        (RateLimited(), "The chat asks me to slow down (RateLimited)."),
        (TimeoutError(SECRET), "The upload broke off (TimeoutError)."),
        (Encrypted(""), "That room is encrypted, and I can't write there without matrix-nio[e2e]."),
    ],
)
def test_the_text_arrives_and_why_the_file_could_not(error: Exception, why: str, caplog: Any) -> None:
    backend = Repository()
    backend.refusing = error
    chat = MatrixChat(backend, "!", sleep=lambda seconds: None)
    chat.answer(command(thread="$root"), FILED, private=False, threaded=False)
    assert [said["body"] for _, said in backend.events] == [
        "Acme: 4 new",
        f"I couldn't send the chart. {why}",
        f"I couldn't send stats.csv. {why}".replace("stats.csv", "stats․csv"),
    ]
    assert all(said["msgtype"] == "m.notice" for _, said in backend.events[1:])
    assert SECRET not in caplog.text and "could not be sent" in caplog.text


@pytest.mark.parametrize("error", [RateLimited(), TimeoutError()])
def test_an_upload_that_breaks_off_is_made_anew(error: Exception) -> None:
    backend = Repository()
    backend.refusing = error

    def sleep(seconds: float) -> None:
        backend.refusing = None

    MatrixChat(backend, "!", sleep=sleep).answer(command(), FILED, private=False, threaded=False)
    assert [said["body"] for _, said in backend.events] == ["Acme: 4 new", "New conversations by day.", "stats.csv"]


def test_files_of_an_announcement_follow_it_once_its_receipt_is_known() -> None:
    sent, uploaded = threading.Event(), threading.Event()

    class Slow(Repository):
        def upload(self, room: str, data: bytes, name: str, kind: str) -> dict[str, Any]:
            assert sent.wait(60)
            return super().upload(room, data, name, kind)

        def send_event(self, room: str, content: dict[str, Any], key: str = "") -> str:
            receipt = super().send_event(room, content, key)
            if content["msgtype"] == "m.file":
                uploaded.set()
            return receipt

    backend = Slow()
    assert chat_over(backend).send(ROOM, FILED, "k1", "$first") == "$event1" and len(backend.events) == 1
    sent.set()
    assert uploaded.wait(60)
    assert [said["m.relates_to"]["event_id"] for _, said in backend.events] == ["$first"] * 3


def test_a_backend_of_an_older_version_takes_none() -> None:
    backend = Backend()
    chat_over(backend).answer(command(), FILED, private=False, threaded=False)
    assert backend.events[1][1]["body"].endswith(" My Matrix backend is too old for that; update it.")
