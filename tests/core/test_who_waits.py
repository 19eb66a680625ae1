"""Who waits for an answer: people who are gone do, who got an automatic reply does, and the Page itself never."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from pageinbox.graph.automatic import LEARNED, OFTEN, SHOWN, AutomaticReplies
from pageinbox.graph.wire import WireMessage
from pageinbox.model.conversation import Conversation
from pageinbox.model.source import Folder, Platform, Source
from tests.core.conftest import NOON

ANN, ACME = {"id": "555001", "name": "Ann Example"}, {"id": "200300400", "name": "Acme"}
SAM, BO = {"id": "777001", "name": "Sam Staff"}, {"id": "555002", "name": "Bo Example"}
SHOP, LEA = {"id": "17841", "username": "acme_shop"}, {"id": "1602", "username": "lea.example"}
THANKS = "Thanks for your message! We usually answer within a day."


def iso(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")


def message(ago: float, sender: object, text: str, **more: object) -> dict[str, Any]:
    return {"created_time": iso(NOON - ago), "from": sender, "message": text, **more}


def talk(*messages: dict[str, Any], people: object = (ANN, ACME), name: str = "t_1", **more: object) -> dict[str, Any]:
    """A conversation with these messages, newest first."""
    participants = {"data": list(people)} if isinstance(people, tuple) else people
    updated = messages[0]["created_time"] if messages else iso(NOON - 60)
    return {"id": name, "updated_time": updated, "participants": participants, "messages": {"data": messages}, **more}


def rows(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line[:3].strip().isdecimal()]


def row(inbox: Any, *talks: dict[str, Any], command: str = "messenger", **identity: object) -> str:
    inbox.has(*talks, **identity)
    return " ".join(rows(inbox.say(command))[0].split()[2:])


# Since when


@pytest.fixture
def first(inbox: Any) -> Callable[..., Conversation]:
    """The one conversation of a list, which has these messages."""

    def look(*messages: dict[str, Any], **more: object) -> Conversation:
        inbox.now += 1
        inbox.has(talk(*messages, **more))
        (only,) = inbox.bot.answers.listing.look(Source("acme", Platform.MESSENGER, Folder.INBOX)).conversations
        return only

    return look


def test_a_wait_counts_from_the_first_message_that_nobody_answered(first):
    asked = [message(60, ANN, "hello?"), message(3600, ANN, "hi")]
    found = first(*asked)
    assert (found.waits, found.wrote, found.at_least, found.answered) == (NOON - 3600, NOON - 60, False, None)
    found = first(*asked, message(7200, SAM, "bye"), message(7300, SAM, "thanks"), message(7400, ANN, "ok"))
    assert (found.waits, found.at_least, found.answered) == (NOON - 3600, False, NOON - 7300)
    found = first(*asked, message(3700, ANN, "ah"), message(3800, ANN, "oh"))
    assert (found.waits, found.at_least) == (NOON - 3800, True)
    assert first(*asked, message_count=2).at_least is False
    assert first(*asked, message_count=3).at_least is True
    found = first(message(60, SAM, "yes"), message(90, ANN, "hi"))
    assert (found.waits, found.at_least, found.answered) == (None, False, NOON - 60)
    assert first(message_count=3).at_least is False  # nothing was read


def test_what_was_answered_is_known_where_it_is_certain_which_message_was_the_first(first):
    answer, asked = message(60, SAM, "yes"), (message(80, ANN, "hello?"), message(90, ANN, "hi"))
    assert first(answer, *asked).asked == NOON - 90
    assert first(message(50, SAM, "of course"), answer, *asked, message_count=4).asked == NOON - 90
    assert first(answer, *asked, message(100, SAM, "bye")).asked == NOON - 90
    assert first(message(50, ANN, "thanks"), answer, *asked).asked is None  # there may be more
    assert first(answer, *asked, message_count=3).asked == NOON - 90
    assert first(answer, *asked, message_count=4).asked is None
    assert first(answer, *asked, message(100, None, "?")).asked is None  # nobody knows whose that was
    assert first(answer).asked is None and first(*asked).asked is None


UNSENT: dict[str, Any] = {"is_deleted": True}


@pytest.mark.parametrize(
    ("messages", "shown"),
    [
        ([message(60, ANN, "", **UNSENT), message(150, ANN, "hi")], "Ann Example 2 min ago “hi” waiting"),
        ([message(60, ACME, "", **UNSENT), message(150, ANN, "hi")], "Ann Example 2 min ago “hi” waiting"),
        ([message(60, ANN, "", **UNSENT), message(150, ACME, "yes")], "Ann Example 2 min ago Acme: “yes”"),
        ([message(60, ANN, "", **UNSENT)], "Ann Example 1 min ago [unsent]"),
    ],
    ids=["and more", "an answer", "answered before", "nothing else"],
)
def test_what_was_taken_back_neither_asks_nor_answers(inbox, messages, shown):
    assert row(inbox, talk(*messages)) == shown


def test_messages_that_come_in_another_order_are_put_in_theirs(inbox):
    asked, answered = message(300, ANN, "hi"), message(60, ACME, "yes")
    assert row(inbox, talk(asked, answered, updated_time=iso(NOON - 60))) == "Ann Example 1 min ago Acme: “yes”"
    at_once = [message(60, ACME, "Thanks!"), message(60, ANN, "hi")]  # in one second
    assert row(inbox, talk(*at_once, name="t_2")) == "Ann Example 1 min ago Acme: “Thanks!”"
    numbers = [{**one, "created_time": int(NOON) - ago} for one, ago in ((asked, 300), (answered, 60))]
    assert row(inbox, talk(*numbers, name="t_3", updated_time=iso(NOON - 60))).endswith("Acme: “yes”")


def test_who_took_everything_back_is_not_said_to_be_answered(inbox):
    inbox.has(talk(message(60, ANN, "", **UNSENT)))
    (only,) = inbox.bot.answers.listing.look(Source("acme", Platform.MESSENGER, Folder.INBOX)).conversations
    assert only.waiting is None
    assert rows(inbox.say("messenger answered")) == rows(inbox.say("messenger waiting")) == []


# Who is gone


GONE = [
    # named by their message, by those who wrote, by whom the Page wrote to, or by nobody
    (talk(message(60, ANN, "hi"), people=(ACME,)), "Ann Example 1 min ago “hi” waiting"),
    (talk(message(60, {"id": "5", "name": "Facebook User"}, "hi"), people=(ACME,)),
     "Facebook User 1 min ago “hi” waiting"),
    (talk(message(60, {"id": "5"}, "hi"), people=(ACME,)), "(deleted account) 1 min ago “hi” waiting"),
    (talk(message(60, {"id": "5"}, "hi"), people=(), senders={"data": [ACME, ANN]}),
     "Ann Example 1 min ago “hi” waiting"),
    (talk(message(60, {"id": "5"}, "hi"), people=(), senders=[ANN]), "Ann Example 1 min ago “hi” waiting"),
    (talk(message(60, ACME, "yes", to={"data": [ANN]}), people=(ACME,)), "Ann Example 1 min ago Acme: “yes”"),
    (talk(message(60, ACME, "yes"), people=(ACME,)), "(deleted account) 1 min ago Acme: “yes”"),
    # in every form of nobody
    (talk(message(60, ANN, "hi"), people=None), "Ann Example 1 min ago “hi” waiting"),
    (talk(message(60, ANN, "hi"), people={}), "Ann Example 1 min ago “hi” waiting"),
    (talk(message(60, ANN, "hi"), people=[]), "Ann Example 1 min ago “hi” waiting"),
    (talk(message(60, ANN, "hi"), people=[ACME, ANN]), "Ann Example 1 min ago “hi” waiting"),
    (talk(message(60, ANN, "hi"), people={"data": None}), "Ann Example 1 min ago “hi” waiting"),
    (talk(people=None), "(name not shared) 1 min ago"),
    (talk(people={}), "(deleted account) 1 min ago"),
    (talk(people=({"id": "555001"}, ACME)), "(name not shared) 1 min ago"),
    (talk(message(60, {"id": "555001"}, "hi"), people=({"id": "555001"}, ACME)),
     "(name not shared) 1 min ago “hi” waiting"),
    # without a sender: whose message it is tells `to`
    (talk(message(60, None, "hi", to={"data": [ACME]})), "Ann Example 1 min ago “hi” waiting"),
    (talk(message(60, None, "hi", to=[ANN])), "Ann Example 1 min ago Acme: “hi”"),
    (talk(message(60, None, "hi")), "Ann Example 1 min ago “hi”"),
    (talk(message(60, None, "hi"), message(90, ACME, "yes?"), people=({"id": "555001", "name": ""}, ACME)),
     "(deleted account) 1 min ago “hi” waiting"),
    # several people: the one who wrote last
    (talk(message(60, {"id": "6", "name": "Dan"}, "hi"), people=(ACME, ANN, {"id": "6", "name": "Dan"})),
     "Dan 1 min ago “hi” waiting"),
]  # fmt: skip


def test_a_person_who_is_gone_waits_all_the_same(inbox):
    for conversation, shown in GONE:
        assert row(inbox, conversation) == shown


@pytest.mark.parametrize("name", ["(deleted account)", "(name not shared)", "（can't be read）"])
def test_a_name_that_reads_like_our_own_words_is_quoted(inbox, name):
    who = {"id": "5", "name": name}
    shown = row(inbox, talk(message(60, who, "hi"), people=(who, ACME)))
    assert shown == f"“{name}” 1 min ago “hi” waiting"


def test_everybody_who_wrote_is_named_when_it_is_shown(inbox):
    dan = {"id": "6", "name": "Dan"}
    row(inbox, talk(message(60, dan, "hi"), message(90, ANN, "hello"), message(95, SAM, "hm"), people=(dan, ANN, ACME)))
    names = [line.split("  ")[1:] for line in inbox.say("show 1").splitlines() if line.startswith(" 23 Nov")]
    assert [line[0] for line in names] == ["Dan", "Ann Example", "Acme"]


# Who is the Page


STAFF = [
    (talk(message(60, SAM, "yes"), message(90, ANN, "hi")), "Ann Example 1 min ago Acme: “yes”"),
    (talk(message(60, SAM, "yes", to={"data": [ANN]}), people=(ACME,)), "Ann Example 1 min ago Acme: “yes”"),
    (talk(message(60, SAM, "yes", tags={"data": [{"name": "inbox"}, {"name": "sent"}]}), people=(ACME,)),
     "(deleted account) 1 min ago Acme: “yes”"),
    # who takes part by name, too
    (talk(message(60, SAM, "yes", to={"data": [ANN]}), people=(SAM, ANN, ACME)), "Ann Example 1 min ago Acme: “yes”"),
    (talk(message(60, {"id": 200300400}, "yes")), "Ann Example 1 min ago Acme: “yes”"),
    # a customer whose id differs from one place to the other has the same name
    (talk(message(60, {"id": "9", "name": "Ann Example"}, "hi")), "Ann Example 1 min ago “hi” waiting"),
]  # fmt: skip


def test_whose_name_is_not_known_is_a_customer(inbox):
    kept_back = [
        {"id": "555001", "name": name} for name in ("Facebook User", "Usuario de Instagram", "Facebook-Nutzer")
    ]
    nameless = [({"id": "9"}, ANN), (SAM, {"id": "555001"}), ({"id": "9"}, {"id": "555001"})]
    for sender, person in [*nameless, *((SAM, person) for person in kept_back)]:
        assert row(inbox, talk(message(60, sender, "hi"), people=(person, ACME))).endswith("“hi” waiting")


def test_who_answers_for_the_page_is_no_customer(inbox):
    for conversation, shown in STAFF:
        assert row(inbox, conversation) == shown


LINKED = {"instagram_business_account": {"id": "17841", "username": "acme_shop"}}


ACCOUNT = [
    ((SHOP, LEA), LEA, "@lea.example 1 min ago “hi” waiting"),
    ((SHOP, LEA), SHOP, "@lea.example 1 min ago Acme: “hi”"),
    # gone, and only the Page's own account is left
    ((SHOP,), LEA, "@lea.example 1 min ago “hi” waiting"),
    ((SHOP,), SHOP, "(deleted account) 1 min ago Acme: “hi”"),
    ((), SHOP, "(deleted account) 1 min ago Acme: “hi”"),
    # the account under another of its ids, or the Page's
    (({"id": "6", "username": "acme_shop"}, LEA), {"id": "6"}, "@lea.example 1 min ago Acme: “hi”"),
    (({"id": "6", "username": "acme_shop"}, LEA), LEA, "@lea.example 1 min ago “hi” waiting"),
    ((SHOP, LEA), ACME, "@lea.example 1 min ago Acme: “hi”"),
]


def test_the_pages_own_instagram_account_is_no_customer(inbox):
    inbox.open(platform="instagram")
    for people, sender, shown in ACCOUNT:
        assert row(inbox, talk(message(60, sender, "hi"), people=people), command="instagram", **LINKED) == shown


def test_who_cannot_be_told_from_the_account_is_not_said_to_wait(inbox):
    """Nothing tells which account is linked."""
    inbox.open(platform="instagram")
    for people, sender in [((SHOP,), LEA), ((SHOP, LEA), LEA), ((SHOP, LEA), SHOP), ((), LEA), ((), SHOP)]:
        shown = row(inbox, talk(message(60, sender, "hi"), people=people), command="instagram")
        assert shown == "(name not shared) 1 min ago “hi”"


# Automatic replies


def replied(number: int, text: str = THANKS, *, after: float = 3, ago: float = 60, **more: object) -> dict[str, Any]:
    """A conversation with one of several people that the Page has just written to."""
    person = {"id": f"9{number}", "name": f"Person{chr(65 + number)} Example"}
    answer = message(ago - after, ACME, text.replace("NAME", str(person["name"]).split()[0]), **more)
    return talk(answer, message(ago, person, f"question {number}"), people=(person, ACME), name=f"t_{number}")


def test_an_automatic_reply_of_the_settings_is_no_answer(inbox):
    inbox.open(AUTO_REPLIES=["thanks for your  MESSAGE!*"])
    shown = row(inbox, replied(0, ago=7200, after=4000))
    assert shown == "PersonA Example 2 h ago “question 0” waiting, only an automatic reply"
    assert "1 waiting for an answer, for 2 h" in inbox.say("messenger")


@pytest.mark.parametrize(
    ("chosen", "text", "is_one"),
    [
        ("Thanks!", "Thanks!", True),
        ("Thanks!", "Thanks! We will call.", False),
        ("Thanks*", "Thanks! We will call.", True),
        ("Thanks *", "Thanks", True),
        ("Thanks*", "No thanks", False),
        ("Don’t wait up", "don't  wait\nup", True),
        ("Hi *, thanks*", "Hi NAME, thanks! We will call.", True),
        ("Hi *, thanks*", "Hi there, thanks! We will call.", False),
        ("Hi there", "Hi NAME", False),
    ],
)
def test_what_a_text_of_the_settings_means(inbox, chosen, text, is_one):
    inbox.open(AUTO_REPLIES=[chosen])
    assert ("only an automatic reply" in row(inbox, replied(0, text))) is is_one


def test_metas_tag_tells_an_automatic_reply(inbox):
    names = ["inbox", "pages_comm_instant_reply"]
    for tags in ({"data": [{"name": name} for name in names]}, [{"name": name} for name in names], names):
        assert row(inbox, replied(0, tags=tags)).endswith("“question 0” waiting, only an automatic reply")
    for tags in ({"data": [None, {"name": 5}, "inbox"]}, {"data": "pages_comm_instant_reply"}, 5, {}):
        assert (
            row(inbox, replied(0, tags=tags))
            == "PersonA Example 57 s ago Acme: “Thanks for your message! We usually answer…”"
        )


@pytest.mark.parametrize("text", [THANKS, "Hi NAME! We are away.", "Merci NAME Example, à demain", "To NAME E."])
def test_the_same_words_in_five_conversations_within_a_minute_are_automatic(inbox, text):
    inbox.has(*(replied(number, text) for number in range(4)))
    assert "none waiting" in inbox.say("messenger") and "automatic" not in inbox.say("status")
    inbox.has(*(replied(number, text) for number in range(5)))
    shown = inbox.say("messenger")
    assert "5 waiting for an answer" in shown
    assert [line.endswith("waiting, only an automatic reply") for line in rows(shown)] == [True] * 5
    inbox.has(replied(6, text))
    assert rows(inbox.say("messenger"))[0].endswith("“question 6”  waiting, only an automatic reply")


@pytest.mark.parametrize(
    "conversations",
    [
        [replied(number, after=61, ago=90) for number in range(6)],
        [replied(number, text) for number, text in enumerate(["yes", "no", "maybe", "perhaps", "surely", "never"])],
        [{**replied(number), "id": "t_1"} for number in range(6)],
        [replied(number, "", attachments={"data": [{"mime_type": "image/png"}]}) for number in range(6)],
        [talk(message(60, ACME, "Our sale begins"), name=f"t_{number}") for number in range(6)],
    ],
    ids=["late", "other words", "one conversation", "pictures", "unasked"],
)
def test_other_words_are_somebodys(inbox, conversations):
    inbox.has(*conversations)
    shown = inbox.say("messenger")
    assert "none waiting" in shown and "automatic" not in shown


def test_the_same_words_later_are_an_answer_unless_the_settings_have_them(inbox):
    inbox.has(*(replied(number) for number in range(5)), replied(7, ago=9000, after=4000))
    assert "5 waiting for an answer" in inbox.say("messenger")
    inbox.open(AUTO_REPLIES=[THANKS])
    assert "6 waiting for an answer" in inbox.say("messenger")


def test_status_offers_what_it_found_for_the_setting(inbox):
    inbox.has(*(replied(number, "Hi NAME! " + THANKS) for number in range(5)))
    inbox.say("messenger")
    shown = inbox.say("status")
    assert "“Hi *! Thanks for your message! We usually answer within a*”" in shown
    inbox.open(AUTO_REPLIES=["Hi *! Thanks for your message! We usually answer within a*"])
    assert "5 waiting for an answer" in inbox.say("messenger") and "AUTO_REPLIES" not in inbox.say("status")


def test_answers_that_are_only_words_of_a_name_are_not_taken_for_one(inbox):
    person = {"id": "5", "name": "Yes No Tomorrow Maybe Never"}
    answers = ["Yes.", "No!", "Maybe tomorrow", "Never", "Tomorrow"]
    talks = [
        talk(message(30, ACME, answer), message(60, person, "hi"), people=(person, ACME), name=f"t_{answer}")
        for answer in answers
    ]
    inbox.has(*talks)
    assert "none waiting" in inbox.say("messenger") and "AUTO_REPLIES" not in inbox.say("status")


def test_what_status_offers_can_be_copied_from_a_chat(inbox):
    inbox.has(*(replied(number, "See https://acme.example/faq and mail us at a@acme.example.") for number in range(5)))
    inbox.say("messenger")
    assert "“See*”" in inbox.say("status")


def test_several_automatic_replies_are_none_either(inbox):
    inbox.open(AUTO_REPLIES=["Thanks*", "[template Menu]"])
    menu = {"attachments": {"data": [{"generic_template": {"title": "Menu"}}]}}
    parts = [message(51, ACME, "", **menu), message(55, ACME, "Thanks! Soon."), message(57, ACME, "Thanks.")]
    assert row(inbox, talk(*parts, message(60, ANN, "hi"))).endswith("“hi” waiting, only an automatic reply")
    answered = talk(message(50, ACME, "It is."), *parts, message(60, ANN, "is it?"))
    assert row(inbox, answered) == "Ann Example 50 s ago Acme: “It is.”"


def test_a_page_that_only_speaks_by_itself_keeps_nobody_waiting(inbox):
    inbox.open(AUTO_REPLIES=["Thanks*"])
    assert row(inbox, talk(message(50, ACME, "Thanks for following!"))) == (
        "Ann Example 50 s ago Acme: “Thanks for following!”"
    )


def test_show_tells_which_messages_are_automatic(inbox):
    inbox.open(AUTO_REPLIES=[THANKS])
    row(inbox, replied(0))
    shown = inbox.say("show 1")
    assert "the last 57 s ago from us, only an automatic reply" in shown
    assert "Acme (automatic)  “Thanks" in shown


def test_the_list_is_asked_for_enough_messages(inbox):
    row(inbox, replied(0))
    asked = [path for path in inbox.canned.paths if "/conversations?" in path]
    assert all("messages.limit%284%29" in path for path in asked)


# Notes of Meta's


POST = "https://www.facebook.com/story.php?story_fbid=pfbid0abc&id=1000&comment_id=16"

NOTES = [
    "Ann Example replied to an ad.",
    f"Ann Example replied to a post. See post({POST})",
    "Ann Example replied to your automated welcome message. To change this greeting, visit Messaging settings.",
    f"Facebook created this chat because Ann Example commented on your post. See comment({POST})",
    f"You are responding to a user comment to a post on your Page. View comment. ({POST})",
    f"Bạn đang phản hồi bình luận của người dùng về bài viết trên Trang của mình. Xem bình luận.({POST})",
    f"คุณกำลังตอบกลับความคิดเห็นของผู้ใช้ต่อโพสต์บนเพจของคุณ ดูความคิดเห็น({POST})",
    "This chat was assigned to Sam Staff through an automation.",
    "Auto-label added: Lead stage set to intake.",
    "Lead stage set to Qualified",
    "Your AI agent will respond.",
    "Your AI agent transferred this chat to you because your customer is ready to buy.",
    "You took over this chat from your AI agent.",
    "This message was automatically moved to spam.",
    "Messenger automatically created a transfer request. Learn more",
    "The calling window has been reset to 7 days from the end of the previous call.",
    "You requested ฿400.00. Ann Example can review and confirm this order.",
]
"""As people recorded them, each sent in the Page's name; those with the way to a post in other languages too."""


@pytest.mark.parametrize("text", NOTES)
def test_a_note_of_metas_is_no_answer(inbox, text):
    assert row(inbox, talk(message(50, ACME, text), message(60, ANN, "hi"))) == "Ann Example 1 min ago “hi” waiting"
    # nor does it take one back
    answered = talk(message(40, ACME, text), message(50, ACME, "yes?"), message(60, ANN, "hi"))
    assert row(inbox, answered) == "Ann Example 50 s ago Acme: “yes?”"


@pytest.mark.parametrize(
    "text",
    [
        "You replied to an ad. How can I help?",
        "Bo replied to an ad.",
        "Look, the lead stage set to zero",
        f"See our post: {POST}",
        f"See our post\nhere({POST})",
        "See our post(https://facebook.com.example/1)",
    ],
)
def test_what_only_sounds_like_a_note_is_an_answer(inbox, text):
    assert "waiting" not in row(inbox, talk(message(50, ACME, text), message(60, ANN, "hi")))


def test_a_note_is_nothing_that_the_customer_said(inbox):
    told = talk(message(60, ANN, "Ann Example replied to an ad."))
    assert row(inbox, told) == "Ann Example 1 min ago “Ann Example replied to an ad.” waiting"


def test_where_there_is_only_a_note_nobody_waits_and_nobody_answered(inbox):
    noted = talk(message(60, ACME, "Ann Example replied to an ad."))
    assert row(inbox, noted) == "Ann Example 1 min ago “Ann Example replied to an ad.”"
    inbox.has(noted, talk(message(50, ACME, "hello"), people=(BO, ACME), name="t_2"))
    assert "none waiting" in inbox.say("messenger")
    assert [line.split()[2] for line in rows(inbox.say("messenger answered"))] == ["Bo"]


def test_a_note_and_an_automatic_reply_are_no_answer_together(inbox):
    inbox.open(AUTO_REPLIES=[THANKS])
    noted, replied = message(50, ACME, "Your AI agent will respond."), message(55, ACME, THANKS)
    shown = "Ann Example 1 min ago “hi” waiting, only an automatic reply"
    assert row(inbox, talk(noted, replied, message(60, ANN, "hi"))) == shown
    assert "from us, only an automatic reply" in inbox.say("show 1")


def test_a_note_is_not_offered_for_the_setting(inbox):
    inbox.has(*(replied(number, "Your AI agent will respond.") for number in range(5)))
    assert "5 waiting for an answer" in inbox.say("messenger")
    assert "AUTO_REPLIES" not in inbox.say("status")


def test_show_tells_which_messages_are_notes(inbox):
    row(inbox, talk(message(50, ACME, NOTES[0]), message(60, ANN, "hi")))
    shown = inbox.say("show 1")
    assert "from us" in shown and "only an automatic reply" not in shown
    assert "Acme (automatic)  “Ann Example replied to an ad.”" in shown


# Announcements


def heard(inbox: Any, *talks: dict[str, Any]) -> Sequence[str]:
    inbox.has(*talks)
    return inbox.run(70)


def at(inbox: Any, *messages: tuple[float, dict[str, Any], str], **more: object) -> dict[str, Any]:
    """A conversation whose messages, newest first, are so many seconds old by the inbox's clock."""
    return talk(*(message(NOON - inbox.now + ago, sender, text) for ago, sender, text in messages), **more)


@pytest.fixture
def watching(inbox: Any) -> Any:
    inbox.open(AUTO_REPLIES=[THANKS])
    inbox.has()
    inbox.say("watch messenger")
    inbox.run(70)
    return inbox


def test_an_announcement_shows_the_customers_words(watching):
    (told,) = heard(watching, at(watching, (2, ACME, THANKS), (5, ANN, "hello?")))
    assert "Ann Example, " in told and "“hello?” (only an automatic reply so far)" in told


def test_an_automatic_reply_does_not_call_it_answered(watching):
    asked = (5.0, ANN, "hello?")
    (told,) = heard(watching, at(watching, asked))
    assert "“hello?”" in told and "automatic" not in told
    later = [(70 + 5.0, ANN, "hello?")]
    assert heard(watching, at(watching, (70.0, ACME, THANKS), *later)) == []
    later = [(140.0, ACME, THANKS), (145.0, ANN, "hello?")]
    (edit,) = heard(watching, at(watching, (2.0, ACME, THANKS), (4.0, ANN, "anyone?"), *later))
    assert "Wrote again 2 min later: “anyone?”" in edit
    later = [(72.0, ACME, THANKS), (74.0, ANN, "anyone?")]
    (edit,) = heard(watching, at(watching, (3.0, ACME, "Yes, me."), *later))
    assert "Answered 3 min later." in edit


def test_an_answer_is_seen_behind_an_automatic_reply(watching):
    assert len(heard(watching, at(watching, (5, ANN, "hello?")))) == 1
    (edit,) = heard(watching, at(watching, (2, ACME, THANKS), (30, ACME, "Here we are."), (75, ANN, "hello?")))
    assert "Answered " in edit


def test_an_automatic_reply_is_no_news_to_who_hears_every_message(inbox):
    inbox.open(AUTO_REPLIES=[THANKS])
    inbox.has()
    inbox.say("watch messenger every message")
    inbox.run(70)
    assert len(heard(inbox, at(inbox, (5, ANN, "hello?")))) == 1
    assert heard(inbox, at(inbox, (70, ACME, THANKS), (75, ANN, "hello?"))) == []
    (told,) = heard(inbox, at(inbox, (2, ACME, THANKS), (4, ANN, "anyone?"), (140, ACME, THANKS), (145, ANN, "hello?")))
    assert "New message in" in told and "“anyone?” (only an automatic reply so far)" in told


def test_an_automatic_reply_says_nothing_in_the_thread(inbox):
    inbox.open(AUTO_REPLIES=[THANKS])
    inbox.has()
    inbox.say("watch messenger later thread")
    inbox.run(70)
    assert len(heard(inbox, at(inbox, (5, ANN, "hello?")))) == 1
    assert heard(inbox, at(inbox, (70, ACME, THANKS), (75, ANN, "hello?"))) == []


def test_a_watch_for_words_looks_for_the_customers(inbox):
    inbox.open(AUTO_REPLIES=[THANKS])
    inbox.has()
    inbox.say('watch messenger text "refund"')
    inbox.run(70)
    assert len(heard(inbox, at(inbox, (2, ACME, THANKS), (5, ANN, "a refund, please")))) == 1


def test_a_note_says_nothing_to_any_room(inbox):
    inbox.has()
    inbox.say("watch messenger every message")
    inbox.run(70)
    (told,) = heard(inbox, at(inbox, (2, ACME, "Ann Example replied to an ad."), (5, ANN, "how much?")))
    assert told.startswith("New in") and "“how much?” ·" in told
    label = (70, ACME, "Auto-label added: Lead stage set to intake.")
    assert heard(inbox, at(inbox, label, (72, ACME, "Ann Example replied to an ad."), (75, ANN, "how much?"))) == []


def test_a_note_behind_the_answer_does_not_make_it_later(watching):
    asked = (5.0, ANN, "hello?")
    assert len(heard(watching, at(watching, asked))) == 1
    (edit,) = heard(
        watching, at(watching, (2, ACME, "Lead stage set to intake."), (60, ACME, "Yes."), (75, ANN, "hello?"))
    )
    assert "Answered 15 s later." in edit
    spam = (2, ACME, "This message was automatically moved to spam.")
    later = at(watching, spam, (72, ACME, "Lead stage set to intake."), (130, ACME, "Yes."), (145, ANN, "hello?"))
    assert heard(watching, later) == []


def test_what_is_learned_of_automatic_replies_is_bounded():
    replies = AutomaticReplies(())
    for text in range(LEARNED + 10):
        for conversation in range(OFTEN):
            replies.meet(str(conversation), WireMessage(message=f"{text}{'x' * 500}"), None)
    assert len(replies.learned()) == LEARNED
    assert max(map(len, replies.learned())) <= SHOWN + 1
