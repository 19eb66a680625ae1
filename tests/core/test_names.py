"""Whether a conversation is from somebody who is asked for by name: few people type accents."""

import pytest

from pageinbox.model.conversation import Conversation
from pageinbox.model.selection import Selection
from pageinbox.model.source import Platform
from pageinbox.model.text import fold, named


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("jose", "José Muñoz"),
        ("munoz", "José Muñoz"),
        ("josé", "Jose Munoz"),
        ("JOSÉ m", "José Muñoz"),
        ("zoe", "Zoë 🌷 Smith"),
        ("алексеи", "Алексей"),
        ("o'neil", "Bob “Bobby” O’Neil"),
        ("か", "かな"),
    ],
)
def test_a_name_is_found_with_and_without_its_accents(typed: str, name: str) -> None:
    assert named(fold(typed), name)
    conversation = Conversation("t_1", 0.0, Platform.MESSENGER, name, f"I am {name}")
    assert Selection(name=fold(typed)).leaves_out(conversation) == ""
    assert Selection(text=fold(typed)).leaves_out(conversation) == ""
    assert Selection(name=fold(typed)).names(name)


@pytest.mark.parametrize(("typed", "name"), [("か", "がき"), ("ana", "Anna"), ("ose", "José"), ("oneil", "O'Neil")])
def test_another_letter_is_another_name(typed: str, name: str) -> None:
    assert not named(fold(typed), name)
