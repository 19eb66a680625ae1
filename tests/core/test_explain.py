"""The sentence for each way to fail."""

from __future__ import annotations

import re
from itertools import product

import pytest

from pageinbox.graph.classify import WireError, classify
from pageinbox.model.errors import (
    Blocked,
    ConversationUnknown,
    CursorDead,
    FieldUnknown,
    GraphError,
    ListBlocked,
    ListEmptied,
    MetaSlow,
    NotAskedYet,
    OwnerUnable,
    PermissionMissing,
    PersonUnreadable,
    ProofWrong,
    QueryTimedOut,
    Redirected,
    RequestRefused,
    SecretMissing,
    StillAsking,
    Throttled,
    TokenDead,
    TooMuchData,
    Unavailable,
    Unreachable,
)
from pageinbox.model.post import Foreign
from pageinbox.model.secret import Secret
from pageinbox.model.source import Page, Platform
from pageinbox.words.trouble import explain
from simulator.errors import TABLE

PAGE = Page("acme", "200300400", Secret("token"))
HOSTILE = "<!channel> @here <b>x</b> https://evil.example"
# What somebody can do, in the words of the sentences.
DOINGS = re.compile(
    r"Check|check |[Pp]ut |Ask again|ask again|ask Meta|issue a new|needs|has to|Open |Update|Try again|sooner|set |"
    r"Link a|missing in the settings"
)


def every_kind(kind: type[GraphError] = GraphError) -> set[type[GraphError]]:
    return {kind}.union(*(every_kind(below) for below in kind.__subclasses__()))


ERRORS: list[GraphError] = [
    *(
        classify(WireError(one.message, one.code, one.subcode, one.user_msg, one.is_transient), one.status)
        for one in TABLE
    ),
    Unavailable("no answer within 20 s"),
    Unreachable("the connection was refused"),
    PersonUnreadable(code=230),
    ConversationUnknown(code=100, subcode=33),
    SecretMissing(),
    PermissionMissing("pages_messaging", code=230),
    Unavailable("status 502 with a body that isn't JSON"),
    Unavailable(code=2),
    Throttled(code=80006, retry_after=300),
    Throttled(code=80999, retry_after=60),
    Blocked(code=368, retry_after=6 * 3600),
    Redirected("to login.example"),
    RequestRefused("status 404"),
    RequestRefused(),
    TooMuchData("more than 16 MiB in one reply"),
    FieldUnknown("participants", code=100),
    ListBlocked(code=1),
    ListEmptied(),
    NotAskedYet(),
    MetaSlow(),
    MetaSlow(retry_after=20),
    StillAsking(),
    GraphError(code=4711),
    GraphError(),
]


def said(error: GraphError, page: Page = PAGE, platform: Platform = Platform.MESSENGER) -> str:
    """The whole sentence, Meta's words in it."""
    line = explain(error, page, platform)
    return "".join(f"“{piece.text}”" if isinstance(piece, Foreign) else str(piece) for piece in line)


def test_every_kind_is_here():
    assert {type(error) for error in ERRORS} == every_kind()


def test_every_error_is_a_sentence():
    for error, platform in product(ERRORS, Platform):
        text = said(error, platform=platform)
        assert re.match(r"[A-Z]", text) and text.endswith(".")
        assert text.isprintable() and "  " not in text and ".." not in text and "None" not in text and "()" not in text
        if error.code is not None:
            assert f"({error.number})" in text


def test_every_sentence_names_what_to_do():
    for error in ERRORS:
        assert DOINGS.search(said(error)), said(error)


def test_no_sentence_holds_what_meta_wrote():
    for one in TABLE:
        wire = WireError(f"{HOSTILE} {one.message} {HOSTILE}", one.code, one.subcode, HOSTILE, one.is_transient)
        line = explain(classify(wire, one.status), PAGE, Platform.MESSENGER)
        text = "".join(piece for piece in line if isinstance(piece, str))
        assert not re.search(r"channel|here|<|evil|https?:", text.replace("there", "").replace("where", ""))


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (
            TokenDead(code=190, subcode=463),
            "Meta no longer accepts the Page token: it has expired (190/463). Someone with the MESSAGING task on the "
            "Page has to issue a new one; put it where the setting PAGES.acme.TOKEN points to and restart me.",
        ),
        (
            PermissionMissing(code=10),
            "The token lacks a permission (10). It needs pages_messaging, pages_manage_metadata and "
            "pages_read_engagement, granted by someone with the MESSAGING task on the Page.",
        ),
        (
            OwnerUnable("another", code=10),
            "The token is not this Page's (10), but another Page's, a person's or a system user's. Check "
            "PAGES.acme.ID, or have someone with the MESSAGING task on the Page issue a token for it; put it where the "
            "setting PAGES.acme.TOKEN points to and restart me.",
        ),
        (
            PermissionMissing("pages_read_engagement", code=100),
            "Meta finds no such Page, or the token lacks the permission pages_read_engagement (100). Check "
            "PAGES.acme.ID. Someone with the MESSAGING task on the Page has to grant it to the app and issue a new "
            "token for PAGES.acme.TOKEN.",
        ),
        (
            Throttled(code=80006, retry_after=300),
            "Meta says the Page's Messenger limit has been reached (80006). I make no calls for this Page for 5 min; "
            "asking sooner would only prolong it.",
        ),
        (CursorDead(code=100), "The list keeps changing while I read it (100). Ask again."),
        (
            PersonUnreadable(code=230),
            "Meta doesn't let the Page read this person's conversation (230). Open it in Business Suite.",
        ),
    ],
)
def test_some_to_the_letter(error, text):
    assert said(error) == text


def test_terms_that_are_not_accepted_are_no_permission_that_is_missing():
    text = said(classify(WireError(code=2, error_subcode=2018344), 400))
    assert "privacy terms" in text and "has to accept" in text and "pages_messaging" not in text


def test_the_permissions_are_the_platforms_own():
    texts = {platform: said(PermissionMissing(code=10), platform=platform) for platform in Platform}
    assert "instagram_manage_messages" in texts[Platform.INSTAGRAM]
    assert "instagram" not in texts[Platform.MESSENGER]


@pytest.mark.parametrize(("tries", "text"), [(1, "once"), (2, "twice"), (3, "3 times")])
def test_how_often_it_was_tried(tries, text):
    error = Unavailable("no answer within 20 s")
    error.tries = tries
    assert f"I tried {text};" in said(error)


def test_a_proof_and_a_timeout_say_where_to_look():
    assert "APP_SECRET" in said(ProofWrong(code=104))
    assert "Advanced Access" in said(QueryTimedOut(code=-2))


def test_a_sentence_does_not_name_the_host_a_redirect_leads_to(rig, sim):
    sim.fail("conversations", kind="redirect", location="http://<!channel>.evil.example/x")
    with pytest.raises(GraphError) as failed:
        rig.client().conversations(Platform.MESSENGER)
    assert "channel" not in said(failed.value)


def test_a_field_of_any_length_makes_a_short_sentence():
    error = classify(
        WireError(f"(#100) Tried accessing nonexisting field ({'channel_' * 500}x) on node type (X)", 100), 400
    )
    assert isinstance(error, FieldUnknown)
    assert len(said(error)) < 300
