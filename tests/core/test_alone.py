"""Answers that only one person in a room is shown, and what is wrong with words that are still being written."""

from __future__ import annotations

import pytest

from pageinbox.commands.triage import misread
from pageinbox.model.act import Person
from pageinbox.settings.reading import read

NOW = 1_795_435_200.0  # 23 Nov 2026, 12:00 UTC
ANN = Person("<@U1>", "Ann")


def test_what_one_person_is_shown_is_no_list_of_the_rooms(inbox) -> None:
    inbox.has(*({"id": f"t_{count}"} for count in range(4)))
    commands = inbox.bot.commands
    commands.answer("#room", "limit 3", person=ANN)
    commands.answer("#room", "limit 1", person=ANN, alone=True)
    assert len(inbox.bot.answers.rows("#room")) == 3 and not inbox.bot.answers.rows(ANN.id)
    assert "number 2 of 4" in commands.answer("#room", "more", person=ANN, alone=True).headline[-1]
    assert "number 4 of 4" in commands.answer("#room", "more", person=ANN).headline[-1]


@pytest.mark.parametrize(
    ("words", "wrong"),
    [
        ("snooze k7fq for 3h", ""),
        ("snooze k7fq until tomorrow 9:00", ""),
        ("snooze k7fq friyay", "friyay"),
        ("snooze k7fq for 400 days", "90 days"),
        ("note k7fq asked the warehouse", ""),
        ("note k7fq " + "x" * 600, "500 characters"),
        ("claim k7fq", ""),
        ("", ""),
    ],
)
def test_what_is_wrong_with_words_is_a_sentence(words: str, wrong: str) -> None:
    chosen = read({"PAGES": {"acme": {"ID": "1", "TOKEN": "env:T"}}}, environment={"T": "token"})
    said = misread(words, chosen, NOW)
    assert wrong in said and bool(said) == bool(wrong)
