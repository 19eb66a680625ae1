"""What posts offer at a click: each is a command that can be typed as well, and none holds a customer's words."""

from __future__ import annotations

import pytest

from pageinbox.chat.errbot.content import messages
from pageinbox.model.announcement import Announcement, News, Occasion
from pageinbox.model.conversation import Conversation
from pageinbox.model.post import Offer
from pageinbox.model.secret import Secret
from pageinbox.model.source import Folder, Page, Platform, Source
from pageinbox.model.watch import Detail
from pageinbox.words.announcement import announcement

PAGES = {"acme": Page("acme", "1", Secret("token"))}
INBOX = Source("acme", Platform.MESSENGER, Folder.INBOX)
HOSTILE = "inbox claim zzzz"


def told(number: int, detail: Detail = Detail.SNIPPET) -> tuple[Offer, ...]:
    """The offers of an announcement of so many conversations."""
    news = tuple(
        News(1, INBOX, Conversation(f"t_{count}", 100.0, Platform.MESSENGER, HOSTILE, HOSTILE), Occasion.ONGOING, None,
             False, 100.0, None)
        for count in range(number)
    )  # fmt: skip
    return announcement(Announcement(1, "key", "#room", news), PAGES, lambda item: item.id, detail, 200.0).offers


def test_an_announcement_of_one_offers_what_can_be_done_about_it() -> None:
    assert told(1) == (
        Offer("I take it", "inbox claim t_0"),
        Offer("Done", "inbox done t_0"),
        Offer("Snooze 2 h", "inbox snooze t_0 for 2h"),
        Offer("Show", "inbox show t_0"),
    )


def test_a_card_offers_it_for_each_of_its_rows() -> None:
    offers = told(7)
    assert [offer.row for offer in offers if offer.label == "Done"] == [0, 1, 2, 3, 4]
    assert {offer.command for offer in offers if offer.row == 4} == {
        "inbox claim t_4", "inbox done t_4", "inbox snooze t_4 for 2h", "inbox show t_4"
    }  # fmt: skip


def test_what_is_only_counted_offers_nothing() -> None:
    assert told(1, Detail.COUNT) == told(7, Detail.COUNT) == ()


def test_a_list_offers_it_for_its_rows_and_more_of_them(inbox) -> None:
    inbox.has(*({"id": f"t_{count}"} for count in range(3)))
    post = inbox.bot.say("#room", "limit 2")
    refs = [row.ref for row in inbox.bot.answers.rows("#room")]
    assert [offer.command for offer in post.offers if offer.label == "Show"] == [f"inbox show {ref}" for ref in refs]
    assert [offer.row for offer in post.offers if offer.label == "Show"] == [0, 1]
    assert post.offers[-1] == Offer("More", "inbox more")
    rest = inbox.bot.say("#room", "more")
    assert [offer.row for offer in rest.offers] == [0] * 4


def test_what_is_shown_offers_all_but_to_be_shown(inbox) -> None:
    inbox.has({"id": "t_1", "messages": {"data": []}})
    inbox.bot.say("#room", "")
    labels = [offer.label for offer in inbox.bot.say("#room", "show 1").offers]
    assert labels == ["I take it", "Done", "Snooze 2 h"]


@pytest.mark.parametrize("words", ["", "show 1"])
def test_words_alone_show_no_offer(inbox, words: str) -> None:
    inbox.has({"id": "t_1", "messages": {"data": []}})
    inbox.bot.say("#room", "")
    post = inbox.bot.say("#room", words)
    assert post.offers
    assert not any(offer.label in text for offer in post.offers for text in messages(post))
