"""The lists that are typed behind a command about whole lists; nothing that is typed is passed over in silence."""

import pytest

from pageinbox.language.lists import parse_lists
from pageinbox.language.reader import QueryError
from pageinbox.model.selection import Selection
from pageinbox.model.source import Folder, Platform

PAGES = ("acme", "Spam")


def lists(text: str, *, folders: bool = True) -> Selection:
    return parse_lists(text, PAGES, lead="inbox status ", refusal="Not by “{}”.", folders=folders)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", Selection(None)),
        ("please show me all", Selection(None)),
        ("every folder", Selection(None)),
        ("spam", Selection(Folder.SPAM)),
        ("the inbox on ig", Selection(Folder.INBOX, Platform.INSTAGRAM)),
        ("junk of Acme", Selection(Folder.SPAM, page="acme")),
        ("page spam", Selection(None, page="Spam")),
        ("fb and ig", Selection(None)),
    ],
)
def test_a_page_a_platform_and_a_folder(text: str, found: Selection) -> None:
    assert lists(text) == found


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("unread", "Not by “unread”. For example: inbox status"),
        ("unseen spam acme", "Not by “unread”. For example: inbox status spam acme"),
        ("@ann", "Not by “@ann”. For example: inbox status"),
        ("over 2h", "Not by “waiting over 2h”. For example: inbox status"),
        ("since monday ig", "Not by “since monday”. For example: inbox status instagram"),
        ("mine limit 5", "Not by “mine limit 5”. For example: inbox status"),
        ("user 5 spam", "Not by “user 5”. For example: inbox status spam"),
        ("spma", "I don't know “spma”. Did you mean spam? For example: inbox status spam"),
        ("unraed", "I don't know “unraed”."),
        ("spam inbox", "spam or inbox? Only one at a time. For example: inbox status spam"),
    ],
)
def test_what_else_is_typed_is_named(text: str, why: str) -> None:
    with pytest.raises(QueryError) as error:
        lists(text)
    assert str(error.value) == why


def test_where_folders_mean_nothing_they_are_named_too() -> None:
    assert lists("all ig", folders=False) == Selection(None, Platform.INSTAGRAM)
    with pytest.raises(QueryError) as error:
        lists("spam ig", folders=False)
    assert str(error.value) == "Not by “spam”. For example: inbox status instagram"
