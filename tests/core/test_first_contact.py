"""First contact: each thing that nobody knows of Meta's API is told right, whichever way it is, and nothing else is."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from pageinbox.chat.errbot.content import messages
from pageinbox.checkup.deep.fields import ATTACHMENTS, MESSAGES, SHARES, THREADS
from pageinbox.checkup.deep.lists import FOLDERS
from pageinbox.checkup.deep.whole import deep, most
from pageinbox.graph.client import GraphClient
from pageinbox.graph.pages import Stopped
from pageinbox.model.contact import Contact, Failure, Finding, Question, Verdict
from pageinbox.model.errors import Throttled
from pageinbox.model.source import Platform
from pageinbox.words.deep import report
from simulator.kinds import KINDS
from simulator.rules import Rules
from simulator.server import Simulator
from simulator.world import World
from tests.core.canned import Canned
from tests.core.conftest import NOON, Clock, Rig

Check = Callable[[Contact], bool]
MESSENGER, INSTAGRAM = Platform.MESSENGER, Platform.INSTAGRAM
BAD = Failure("field_unknown", "100", 400)


@pytest.fixture
def world(clock: Clock) -> World:
    """Enough conversations in each list to tell its order, one of each kind of message, and some that are pending."""
    world = World.seeded(7, clock, conversations=400)
    for kind in KINDS:
        for platform in ("messenger", "instagram"):
            world.write("acme", None, platform=platform, kind=kind)
    for _ in range(5):
        for platform in ("messenger", "instagram"):
            world.write("acme", None, "is anybody there?", platform=platform, folder="pending", at=clock())
            clock.now += 60
    world.instant_reply("acme", "Thanks!")
    world.write("acme", None, "hello")
    return world


def verdicts(contact: Contact, question: Question, platform: Platform | None, *what: str) -> list[Verdict]:
    """What was found of one question, for one of the names that it is asked of, if it is."""
    return [
        finding.verdict
        for finding in contact.findings
        if (finding.question, finding.platform) == (question, platform) and (not what or finding.what in what)
    ]


def only(contact: Contact, question: Question, platform: Platform | None = None, *what: str) -> Finding:
    (finding,) = (
        finding
        for finding in contact.findings
        if (finding.question, finding.platform) == (question, platform) and (not what or finding.what in what)
    )
    return finding


def gone(status: int) -> Failure:
    return Failure("request_refused", "100/33", status)


def others(verdict: Verdict) -> Check:
    """Whether Instagram's folders are all found to be so."""

    def holds(contact: Contact) -> bool:
        return verdicts(contact, Question.FOLDER, INSTAGRAM, "other", "page_done", "spam") == [verdict] * 3

    return holds


def refused(question: Question, platform: Platform, name: str) -> Check:
    return lambda contact: only(contact, question, platform, name).failure == BAD


def names(question: Question, platform: Platform | None, *given: str) -> Check:
    return lambda contact: only(contact, question, platform).names == given


def is_(question: Question, platform: Platform | None, verdict: Verdict, *what: str) -> Check:
    return lambda contact: verdicts(contact, question, platform, *what) == [verdict]


GRAPHS: dict[str, tuple[dict[str, Any], list[Check]]] = {
    "as it is taken to be": (
        {},
        [
            is_(Question.LIST, MESSENGER, Verdict.YES),
            others(Verdict.OWN),
            is_(Question.FOLDER, MESSENGER, Verdict.SAME, "inbox"),
            is_(Question.FOLDER, MESSENGER, Verdict.OWN, "spam"),
            is_(Question.FOLDER, MESSENGER, Verdict.EMPTY, "pending"),
            is_(Question.NO_FOLDER, MESSENGER, Verdict.EMPTY),
            names(Question.DEFAULTS, MESSENGER, "id", "updated_time", "link"),
            names(Question.DEFAULTS, INSTAGRAM, "id", "updated_time"),
            lambda contact: set(verdicts(contact, Question.THREAD_FIELD, INSTAGRAM)) == {Verdict.NEVER},
            is_(Question.THREAD_FIELD, MESSENGER, Verdict.ALWAYS, "link"),
            is_(Question.THREAD_FIELD, MESSENGER, Verdict.NEVER, "is_owner"),
            is_(Question.MESSAGE_FIELD, MESSENGER, Verdict.SOMETIMES, "reactions"),
            is_(Question.SHARE_FIELD, INSTAGRAM, Verdict.NEVER, "description"),
            is_(Question.TAG, MESSENGER, Verdict.NO),
            is_(Question.LIMIT, MESSENGER, Verdict.UNTOLD),
            is_(Question.BOUND, MESSENGER, Verdict.IGNORED, "updated_after_ms"),
            is_(Question.BOUND, INSTAGRAM, Verdict.IGNORED, "updated_before_ms"),
            names(Question.ORDER, MESSENGER, "inbox", "other", "page_done", "spam"),
            is_(Question.ORDER, INSTAGRAM, Verdict.YES),
            names(Question.USAGE, INSTAGRAM, "messenger"),
            lambda contact: only(contact, Question.MISTAKE, MESSENGER, "field").failure == BAD,
            is_(Question.MISTAKE, INSTAGRAM, Verdict.REFUSED, "cursor"),
            is_(Question.NEXT, MESSENGER, Verdict.YES),
            names(Question.VERSION, None, "v26.0"),
            names(Question.OLD_VERSION, None, "v21.0"),
            is_(Question.BATCH, None, Verdict.YES),
            is_(Question.TOKEN, None, Verdict.YES),
            is_(Question.TOKEN_AS_APP, None, Verdict.YES),
            is_(Question.PERSON, MESSENGER, Verdict.YES),
        ],
    ),
    "otherwise in all": (
        {
            "instagram_folder": "ignore",
            "unknown_folder": "inbox",
            "pending_folder": True,
            "default_fields": "id",
            "instagram_fields": "error",
            "routing": True,
            "instant_reply_tag": True,
            "page_size_max": 60,
            "updated_ms": True,
            "newest_first": False,
            "instagram_pool": "instagram",
            "error_status": 403,
            "cursors_checked": False,
            "token_in_next": False,
            "old_versions": False,
            "batches": False,
            "user_id_in_folders": False,
        },
        [
            others(Verdict.SAME),
            is_(Question.FOLDER, MESSENGER, Verdict.OWN, "pending"),
            is_(Question.NO_FOLDER, MESSENGER, Verdict.SAME),
            names(Question.DEFAULTS, MESSENGER, "id"),
            is_(Question.THREAD_FIELD, INSTAGRAM, Verdict.REFUSED, "snippet"),
            is_(Question.THREAD_FIELD, MESSENGER, Verdict.ALWAYS, "is_owner"),
            is_(Question.TAG, MESSENGER, Verdict.YES),
            lambda contact: only(contact, Question.LIMIT, MESSENGER).number == 60,
            is_(Question.BOUND, MESSENGER, Verdict.YES, "updated_after_ms"),
            is_(Question.BOUND, INSTAGRAM, Verdict.YES, "updated_before_ms"),
            is_(Question.ORDER, MESSENGER, Verdict.NO),
            names(Question.USAGE, INSTAGRAM, "instagram"),
            lambda contact: only(contact, Question.MISTAKE, None, "id").failure == gone(403),
            is_(Question.MISTAKE, MESSENGER, Verdict.IGNORED, "cursor"),
            is_(Question.NEXT, INSTAGRAM, Verdict.NO),
            is_(Question.OLD_VERSION, None, Verdict.REFUSED),
            is_(Question.BATCH, None, Verdict.REFUSED),
            is_(Question.PERSON, MESSENGER, Verdict.MISSED),
        ],
    ),
    "with folders that are refused": (
        {"instagram_folder": "error", "unknown_folder": "error", "debug_token": "app", "user_id_ignored": True},
        [
            others(Verdict.REFUSED),
            is_(Question.FOLDER, MESSENGER, Verdict.REFUSED, "pending"),
            is_(Question.NO_FOLDER, MESSENGER, Verdict.REFUSED),
            is_(Question.TOKEN, None, Verdict.REFUSED),
            is_(Question.TOKEN_AS_APP, None, Verdict.YES),
            is_(Question.PERSON, MESSENGER, Verdict.IGNORED),
        ],
    ),
    "with Instagram's folders empty, and its fields there": (
        {
            "instagram_folder": "empty",
            "instagram_fields": "present",
            "refused_fields": ("folder", "is_deleted", "file_url", "template"),
            "reduce_above": 100,
            "debug_in_batch": False,
            "instagram_pool": "of tomorrow",
        },
        [
            others(Verdict.EMPTY),
            is_(Question.THREAD_FIELD, INSTAGRAM, Verdict.ALWAYS, "unread_count"),
            is_(Question.THREAD_FIELD, INSTAGRAM, Verdict.NEVER, "link"),
            *(
                refused(question, platform, name)
                for platform in Platform
                for question, name in (
                    (Question.THREAD_FIELD, "folder"),
                    (Question.MESSAGE_FIELD, "is_deleted"),
                    (Question.ATTACHMENT_FIELD, "file_url"),
                    (Question.SHARE_FIELD, "template"),
                )
            ),
            lambda contact: only(contact, Question.LIMIT, MESSENGER).number == 100,
            lambda contact: only(contact, Question.LIMIT, MESSENGER).failure == Failure("too_much_data", "1", 500),
            is_(Question.TOKEN_AS_APP, None, Verdict.REFUSED),
            names(Question.USAGE, INSTAGRAM, "others"),
        ],
    ),
    "with nobody in it": (
        {"shown": 0, "error_status": 200},
        [
            is_(Question.LIST, MESSENGER, Verdict.EMPTY),
            is_(Question.ORDER, MESSENGER, Verdict.UNTOLD),
            is_(Question.PERSON, INSTAGRAM, Verdict.UNTOLD),
            is_(Question.MISTAKE, MESSENGER, Verdict.REFUSED, "field"),
        ],
    ),
}


def client_of(rig: Rig) -> GraphClient:
    return rig.client(secret=rig.world.pages["acme"].app_secret)


def said(contact: Contact) -> str:
    """The report, without the escapes of Markdown."""
    return "\n".join(messages(report(contact, NOON))).replace("\\", "")


@pytest.mark.parametrize("graph", GRAPHS)
def test_what_is_found_is_what_the_graph_does(rig: Rig, sim: Simulator, graph: str) -> None:
    rules, checks = GRAPHS[graph]
    for name, value in rules.items():
        setattr(sim.rules, name, value)
    client = client_of(rig)
    contact = deep(client)
    assert contact.stopped is None
    for number, holds in enumerate(checks):
        assert holds(contact), f"check {number} fails:\n{said(contact)}"
    assert contact.asked == len(sim.requests) <= most(client.page)


def test_both_settings_of_each_switch_are_tried() -> None:
    tried = [{"instagram_folder": "honour", **rules} for rules, _ in GRAPHS.values()]
    for name in {name for rules in tried for name in rules}:
        usual = getattr(Rules(), name)
        assert any(rules.get(name, usual) == usual for rules in tried)
        assert any(rules.get(name, usual) != usual for rules in tried), name


def test_nobody_is_in_the_report(rig: Rig, sim: Simulator) -> None:
    """Whoever wrote, whatever they wrote, and whoever the Page is."""
    page = rig.world.pages["acme"]
    told = said(deep(client_of(rig)))
    secrets = [page.token, page.app_secret, page.id, page.title, page.name, page.username]
    assert page.instagram
    secrets += [page.instagram.id, page.instagram.username]
    for platform, folder in ((p, f) for p in ("messenger", "instagram") for f in FOLDERS):
        for thread in rig.world.conversations(page, platform, folder):
            secrets += [thread.id, thread.person.id, thread.person.name or "", thread.person.username or ""]
            secrets += [message.text for message in thread.messages]
    assert len(secrets) > 1000
    assert not [secret for secret in secrets if len(secret) > 3 and secret.casefold() in told.casefold()]


def test_no_token_stands_in_an_address(rig: Rig, sim: Simulator) -> None:
    page = rig.world.pages["acme"]
    deep(client_of(rig))
    for request in sim.requests:
        assert page.token not in json.dumps([request.path, request.query])
        assert page.app_secret not in json.dumps([request.path, request.query])


HOSTILE = "Ann Example <@everyone> EAAB-token"


@pytest.mark.parametrize(
    "body",
    [
        {
            "data": [{HOSTILE: 1, "id": HOSTILE, "participants": {"data": [{"id": HOSTILE}]}}],
            "paging": {"next": HOSTILE},
        },
        {"data": [{"id": HOSTILE, "messages": {"data": [{HOSTILE: 1, "tags": {"data": [{"name": HOSTILE}]}}]}}] * 3},
        {"error": {"message": f"(#100) nonexisting field (link) {HOSTILE}", "type": HOSTILE, "code": 100}},
        {"error": {"message": HOSTILE, "code": 12_345, "error_subcode": 678, "fbtrace_id": HOSTILE}},
        {"error": HOSTILE},
        {"data": [], "error": {"message": HOSTILE, "code": 2}},
        {"data": HOSTILE, "paging": [HOSTILE]},
        {"data": [HOSTILE, None, [HOSTILE]], "paging": {"next": [HOSTILE]}},
        {"data": [{"id": [HOSTILE], "updated_time": {}, "participants": [None, {"id": {}}], "messages": HOSTILE}] * 9},
        [HOSTILE],
        HOSTILE,
        None,
    ],
)
@pytest.mark.parametrize("status", [200, 500])
def test_whatever_meta_answers_nothing_of_it_is_told(rig: Rig, canned: Canned, body: object, status: int) -> None:
    canned.status, canned.body = status, json.dumps(body).encode()
    usage = {HOSTILE: [{"type": HOSTILE, "call_count": 1}]}
    canned.headers = {"facebook-api-version": "v<b>26", "X-Business-Use-Case-Usage": json.dumps(usage)}
    told = said(deep(rig.client(url=canned.url, secret="secret")))
    assert not [word for word in (*HOSTILE.split(), "<b>", "everyone", "EAAB") if word in told]


@pytest.mark.parametrize("body", [b"", b"<html>", b"[" * 100_000, b'{"data":' + b"[" * 100_000, b"\xff\xfe", b"0"])
def test_what_is_no_json_is_a_failure_that_tells_nothing(rig: Rig, canned: Canned, body: bytes) -> None:
    canned.body = body
    contact = deep(rig.client(url=canned.url))
    assert contact.stopped is None
    assert {finding.verdict for finding in contact.findings} <= {Verdict.FAILED}


def test_fields_that_are_refused_in_other_words_are_tried_one_by_one(rig: Rig, sim: Simulator) -> None:
    sim.fail(r"fields=id(%2C|,)[^&]*snippet", None, code=100, message="(#100) Das geht nicht")
    contact = deep(client_of(rig))
    assert only(contact, Question.THREAD_FIELD, MESSENGER, "snippet").verdict is Verdict.REFUSED
    for name in set(THREADS) - {"snippet", "name", "is_owner"}:
        assert only(contact, Question.THREAD_FIELD, MESSENGER, name).verdict is Verdict.ALWAYS


def test_the_most_calls_are_no_more_than_was_said(rig: Rig, sim: Simulator) -> None:
    """Every field is refused in words that don't name it, and so is every limit."""
    sim.fail("fields=id(%2C|,)", None, code=100, message="(#100) Das geht nicht")
    sim.rules.reduce_above = 99
    client = client_of(rig)
    contact = deep(client)
    for platform in Platform:
        tried = verdicts(contact, Question.LIST, platform)
        assert tried == [Verdict.REFUSED]
    sim.clear()
    sim.fail("limit=10(&|$)", None, code=100, message="(#100) Das geht nicht")
    sim.forget()
    contact = deep(client)
    assert contact.asked == len(sim.requests) == most(client.page)
    fields = len(THREADS) + len(MESSAGES) + len(ATTACHMENTS) + len(SHARES)
    assert len([finding for finding in contact.findings if finding.verdict is Verdict.REFUSED]) > 2 * fields


@pytest.mark.parametrize(
    ("code", "kind"), [(190, "token_dead"), (80006, "throttled"), (368, "blocked"), (104, "proof_wrong")]
)
def test_it_ends_where_going_on_would_do_harm(rig: Rig, sim: Simulator, code: int, kind: str) -> None:
    sim.fail("folder=spam", code=code, status=418)
    contact = deep(client_of(rig))
    assert contact.stopped == Failure(kind, str(code), 418)
    assert contact.asked == len(sim.requests)
    assert is_(Question.FOLDER, MESSENGER, Verdict.OWN, "other")(contact)
    assert only(contact, Question.STATUS).failure == Failure("", str(code), 418)
    assert f"I could ask no more ({code}, HTTP 418)" in said(contact)


def test_it_ends_where_nothing_is_answered_any_more(rig: Rig, sim: Simulator) -> None:
    sim.fail("limit=1(&|$)", 1, kind="reset")
    sim.fail("folder=other|folder=spam|folder=pending", None, kind="reset")
    assert deep(client_of(rig)).stopped is None, "what is answered between tells that it goes on"
    sim.clear()
    sim.fail("limit=10(&|$)", None, kind="reset")
    sim.forget()
    contact = deep(client_of(rig))
    assert contact.stopped == Failure("unavailable")
    assert [request.query["limit"] for request in sim.requests[-3:]] == ["10"] * 3
    assert "I could ask no more (unavailable)" in said(contact)


def test_an_inbox_that_is_not_the_list_without_a_folder_is_said_to_be_none(rig: Rig, sim: Simulator) -> None:
    sim.rules.instagram_folder = "empty"
    told = said(deep(client_of(rig)))
    assert "inbox: not the list that comes without a folder, which I take for the inbox" in " ".join(told.split())


def test_what_a_look_has_met_is_told_with_its_status(rig: Rig, sim: Simulator) -> None:
    client = client_of(rig)
    sim.fail("conversations", code=613)
    with pytest.raises(Throttled):
        client.conversations(MESSENGER)
    rig.clock.now += 3600
    contact = deep(client)
    statuses = {finding.failure.number: finding.failure.status for finding in contact.findings if finding.failure}
    assert statuses["613"] == 400


def test_a_platform_that_cannot_be_read_is_asked_nothing_more(rig: Rig, sim: Simulator) -> None:
    rig.world.tokens[rig.world.pages["acme"].token].scopes = frozenset({"pages_messaging"})
    contact = deep(client_of(rig))
    assert only(contact, Question.LIST, INSTAGRAM).failure == Failure("permission_missing", "10", 403)
    assert not verdicts(contact, Question.FOLDER, INSTAGRAM)
    assert verdicts(contact, Question.FOLDER, MESSENGER) and verdicts(contact, Question.BATCH, None)


@pytest.mark.servers
def test_it_keeps_the_pace_of_background_work(world: World, clock: Clock, wire: Callable[[Simulator], Rig]) -> None:
    with Simulator(world) as sim:
        began = clock.now
        contact = deep(wire(sim).client(paced=True))
        assert contact.stopped is None, "Meta's two calls a second were kept to"
        assert contact.asked - 1 <= clock.now - began <= contact.asked + 1


def test_nothing_is_asked_once_it_is_not_to_go_on(rig: Rig, sim: Simulator) -> None:
    left = iter([True] * 5)
    with pytest.raises(Stopped):
        deep(client_of(rig), going=lambda: next(left, False))
    assert len(sim.requests) == 5


def test_another_version_than_usual_leaves_no_trace(rig: Rig, sim: Simulator) -> None:
    client = client_of(rig)
    deep(client)
    assert client.status().version_answered == "v26.0"
