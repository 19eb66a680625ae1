"""What is said later than a command's answer: one such thing at a time."""

from __future__ import annotations

import threading

from pageinbox.chat.later import Later


def test_one_thing_at_a_time_is_done_and_then_another() -> None:
    later, done = Later(), list[str]()
    gate, over = threading.Event(), threading.Event()

    def slow() -> None:
        gate.wait()
        done.append("slow")
        over.set()

    assert later.do(slow)
    assert not later.do(lambda: done.append("meanwhile"))
    gate.set()
    over.wait()
    again = threading.Event()
    while not later.do(again.set):  # the thread is about to end
        pass
    again.wait()
    assert done == ["slow"]


def test_a_machine_without_threads_does_nothing(threadless: None) -> None:
    later = Later()
    assert not later.do(lambda: None)
    assert not later.do(lambda: None)
