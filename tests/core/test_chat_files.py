"""What a post has attached, handed to Errbot's backends that have a way for it, and what is said where none has."""

from __future__ import annotations

import threading
from typing import Any, BinaryIO

import pytest
from errbot.backends.base import Message

from pageinbox.chat.errbot import content as markdown
from pageinbox.chat.errbot.send import ErrbotChat
from pageinbox.chat.files import ANSWERS
from pageinbox.model.post import Attachment, Post
from pageinbox.words.charts import NotDrawn
from tests.core.test_chat import Backend

CSV = Attachment("stats.csv", "text/csv", b"day,new")
CHART = Attachment("stats.png", "image/png", lambda: b"\x89PNG", alt="4 new.")
FILED = Post(("Acme: 4 new",), attachments=(CHART, CSV))
UNTAKEN = "This network takes no files, so I can't give you stats.csv here."


class Courier(Backend):
    """A backend that takes files, or fails with `failing`."""

    failing: Exception | None = None

    def __init__(self) -> None:
        super().__init__()
        self.files: list[tuple[Any, ...]] = []
        self.arrived = threading.Event()

    def send_stream_request(self, user: Any, fsource: BinaryIO, name: str, size: int, stream_type: str) -> None:
        if self.failing is not None:
            raise self.failing
        assert fsource.name == name
        self.files.append((user, fsource.read(), name, size, stream_type))
        if name == CSV.name:
            self.arrived.set()

    def build_reply(self, message: Message, text: str, private: bool, threaded: bool) -> Message:
        return Message(text, to="@ann" if private else "#support")

    def send_simple_reply(self, message: Message, text: str, private: bool, threaded: bool) -> None:
        self.send_message(Message(text))


def told(backend: Backend) -> list[str]:
    return [message.body for message in backend.sent]


def test_files_go_through_a_backend_that_has_a_way_for_them() -> None:
    backend = Courier()
    ErrbotChat(backend, markdown.messages).answer(Message("!inbox stats"), FILED, private=True, threaded=False)
    assert told(backend) == ["**Acme: 4 new**"]
    assert backend.files == [
        ("@ann", b"\x89PNG", "stats.png", 4, "image/png"),
        ("@ann", b"day,new", "stats.csv", 7, "text/csv"),
    ]


def test_files_of_an_announcement_follow_it() -> None:
    backend = Courier()
    assert ErrbotChat(backend, markdown.messages).send("#support", FILED, "k1") == ""
    assert backend.arrived.wait(60)
    assert [(to, name) for to, _, name, _, _ in backend.files] == [("#support", "stats.png"), ("#support", "stats.csv")]


def test_telegram_has_words_of_its_own_for_kinds_of_files() -> None:
    backend = Courier()
    backend.mode = "telegram"
    ErrbotChat(backend, markdown.messages).answer(Message("!inbox stats"), FILED, private=True, threaded=False)
    assert [kind for *_, kind in backend.files] == ["photo", "document"]


@pytest.mark.parametrize(("mode", "alone"), [("irc", False), ("recording", True)])
def test_where_no_file_can_go_the_text_says_so_of_what_is_no_picture(mode: str, alone: bool) -> None:
    backend = Courier()
    backend.mode = mode
    chat = ErrbotChat(backend, markdown.messages, alone=alone)
    chat.answer(Message("!inbox stats"), FILED, private=False, threaded=False)
    chat.send("#support", FILED, "k1")
    chat.answer(Message("!inbox stats"), Post(("Acme: 4 new",), attachments=(CHART,)), private=False, threaded=False)
    assert [UNTAKEN in text.replace("\\", "") for text in told(backend)] == [True, True, False]
    assert not backend.files


def test_a_backend_without_a_way_for_files_is_such_a_network() -> None:
    backend = Backend()
    ErrbotChat(backend, markdown.messages).send("#support", FILED, "k1")
    assert UNTAKEN in told(backend)[0].replace("\\", "")


def test_a_file_that_fails_is_said_and_nothing_of_the_exception(caplog: pytest.LogCaptureFixture) -> None:
    backend = Courier()
    backend.failing = OSError("https://chat.example/?token=EAAsecret")
    ErrbotChat(backend, markdown.messages).answer(Message("!inbox stats"), FILED, private=False, threaded=False)
    assert [text.replace("\\", "") for text in told(backend)] == [
        "**Acme: 4 new**",
        "**I couldn't send the chart. Something went wrong (OSError).**",
        "**I couldn't send stats.csv. Something went wrong (OSError).**",
    ]
    assert "could not be sent" in caplog.text and "EAAsecret" not in caplog.text


def test_a_chart_that_this_machine_cannot_draw_is_said_so() -> None:
    def draw() -> bytes:
        raise NotDrawn("it could not be drawn; my log says why")

    chart = Attachment("stats.png", "image/png", draw, alt="4 new.")
    backend, post = Courier(), Post(("Acme: 4 new",), attachments=(chart, CSV))
    ErrbotChat(backend, markdown.messages).answer(Message("!inbox stats"), post, private=False, threaded=False)
    assert [text.replace("\\", "") for text in told(backend)] == [
        "**Acme: 4 new**",
        "**I couldn't send the chart. It could not be drawn; my log says why.**",
    ]
    assert [name for _, _, name, _, _ in backend.files] == ["stats.csv"]


def test_answers_that_wait_for_their_files_leave_threads_to_others() -> None:
    backend, begun, go = Courier(), threading.Semaphore(0), threading.Event()
    chat = ErrbotChat(backend, markdown.messages)

    def slow() -> bytes:
        begun.release()
        assert go.wait(60)
        return b"\x89PNG"

    def ask() -> None:
        post = Post(("Acme: 4 new",), attachments=(Attachment("stats.png", "image/png", slow),))
        chat.answer(Message("!inbox stats"), post, private=False, threaded=False)

    asking = [threading.Thread(target=ask) for _ in range(ANSWERS)]
    for thread in asking:
        thread.start()
    assert all([begun.acquire(timeout=60) for _ in asking])
    backend.sent.clear()
    chat.answer(Message("!inbox stats"), FILED, private=False, threaded=False)
    chat.answer(Message("!inbox"), Post(("Acme: 4 new",)), private=False, threaded=False)
    busy = "I'm busy with the files of other answers; ask again in a minute."
    go.set()
    assert [body.replace("\\", "") for body in told(backend)] == [
        "**Acme: 4 new**",
        f"**I couldn't send the chart. {busy}**",
        f"**I couldn't send stats.csv. {busy}**",
        "**Acme: 4 new**",
    ]
    for thread in asking:
        thread.join()
    assert [name for _, _, name, *_ in backend.files] == ["stats.png"] * ANSWERS
    chat.answer(Message("!inbox stats"), FILED, private=False, threaded=False)
    assert backend.files[-1][2] == "stats.csv"
