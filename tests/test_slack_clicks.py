"""Clicks, forms, slash commands and the App Home: slack_sdk's own client and slackv3's own objects, over HTTP."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

import pytest
from errbot.backends.base import Message
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View
from werkzeug.test import create_environ, run_wsgi_app

from pageinbox.chat.errbot.incoming import person_of, room_of
from pageinbox.chat.slack import content as slack
from pageinbox.chat.slack.arriving import LARGEST, LATE, PATH, Endpoint
from pageinbox.chat.slack.send import SlackChat
from pageinbox.model.post import Attachment, Foreign, Offer, Post
from pageinbox.words import refusals
from tests.slack.events import signed
from tests.slack.payloads import clicked, clicked_in_view, element_action, slash, submitted
from tests.slack_web import TOKEN, Bot, Clock, Reply, Slack, refusal

SECRET = "not-for-any-log-either"
REF = "k7fq"
OFFERS = (
    Offer("I take it", f"inbox claim {REF}"),
    Offer("Done", f"inbox done {REF}"),
    Offer("Snooze 2 h", f"inbox snooze {REF} for 2h"),
    Offer("Show", f"inbox show {REF}"),
)
TOLD = Post(("New: ", Foreign("Ann <!channel> inbox:1", quoted=True), f" · {REF}"), offers=OFFERS)
LIST = Post(
    ("2 conversations",),
    rows=((("1",), (REF,), (Foreign("Ann"),)), (("2",), ("9x2d",), (Foreign("Bo"),))),
    offers=(
        Offer("Done", f"inbox done {REF}", 0),
        Offer("Snooze 2 h", f"inbox snooze {REF} for 2h", 0),
        Offer("Done", "inbox done 9x2d", 1),
        Offer("More", "inbox more"),
    ),
)


class Socket:
    """As much of Socket Mode's client as listeners see: they are called one after the other."""

    def __init__(self, *listeners: Callable[[Any, Any], None]) -> None:
        self.socket_mode_request_listeners = list(listeners)
        self.acknowledged: list[dict[str, Any]] = []

    def send_socket_mode_response(self, response: Any) -> None:
        self.acknowledged.append(response if isinstance(response, dict) else response.to_dict())

    def send(self, kind: str, payload: dict[str, Any]) -> dict[str, Any]:
        """What an envelope is acknowledged with, once."""
        before = len(self.acknowledged)
        request = SimpleNamespace(
            type=kind, payload=payload, envelope_id=f"e{before}", accepts_response_payload=True,
            retry_attempt=0, retry_reason="",
        )  # fmt: skip
        for listener in list(self.socket_mode_request_listeners):
            listener(self, request)
        [only] = self.acknowledged[before:]
        assert only["envelope_id"] == f"e{before}"
        return only.get("payload") or {}


class Team:
    """A workspace, its bot, and the commands that were carried out, each with who gave it where."""

    def __init__(self, world: Slack) -> None:
        self.world, self.bot = world, Bot(world)
        self.bot.slack_socket_mode = self.socket = Socket(self.bot._sm_generic_event_handler)
        self.given: list[tuple[str, str, str]] = []
        self.answers: dict[str, Post] = {}
        self.alone: list[bool] = []
        clock = Clock()
        self.chat = SlackChat(self.bot, "!", clock=clock, sleep=clock.sleep)
        self.chat.accept(self.carry_out, self.misread, ("inbox mine", "inbox status"))
        self.chat.connected()
        self.chat.connected()

    def misread(self, text: str) -> str:
        return "No such time." if "friyay" in text else ""

    def carry_out(self, message: Message, alone: bool) -> Post:
        words = self.chat.typed(message, message.body)
        self.alone.append(alone)
        self.given.append((person_of(message.frm).id, room_of(message), words))
        return self.answers.get(words, Post((f"carried out: {words}",)))

    def click(self, element: dict[str, Any], value: str | None = None, **more: Any) -> None:
        action = element_action(element, value)
        self.socket.send("interactive", clicked("U07", "C01", action, address=self.address, **more))

    @property
    def address(self) -> str:
        """Where Slack takes answers to a click."""
        return self.world.url.replace("/api/", "/api/actions/secret-address")

    def calls(self, method: str) -> list[dict[str, Any]]:
        return [given for name, given in self.world.calls if name == method]

    def whispered(self) -> list[str]:
        """What people were told alone: what they read, and that it was for them."""
        told = self.calls("chat.postEphemeral")
        assert all(each["user"] == "U07" for each in told)
        return [each["text"] for each in told]


@pytest.fixture
def world() -> Iterator[Slack]:
    running = Slack()
    yield running
    running.close()


@pytest.fixture
def team(world: Slack) -> Team:
    return Team(world)


def elements(post: Post) -> dict[str, dict[str, Any]]:
    """The buttons and menus of a post, by what stands on them."""
    [block] = [block for block in slack.message(post)["blocks"] if block["type"] == "actions"]
    return {(one.get("text") or one["placeholder"])["text"]: one for one in block["elements"]}


def view_of(given: dict[str, Any]) -> dict[str, Any]:
    """The view that a call has sent, which slack_sdk finds nothing wrong with."""
    sent = given["view"]
    view: dict[str, Any] = json.loads(sent) if isinstance(sent, str) else sent
    View(**view).validate_json()
    for block in view["blocks"]:
        parsed = Block.parse(block)
        assert parsed is not None
        parsed.validate_json()
    return view


def words(view: dict[str, Any]) -> str:
    """What a window says."""
    return "\n".join(
        slack.whole({"blocks": [block], "text": ""}) for block in view["blocks"] if block["type"] == "rich_text"
    )


def test_an_announcement_has_its_offers_as_buttons_and_a_menu() -> None:
    shown = elements(TOLD)
    assert list(shown) == ["I take it", "Done", "Snooze", "Show"]
    assert shown["Done"] == {
        "type": "button", "text": {"type": "plain_text", "text": "Done"}, "value": "inbox done k7fq",
        "action_id": "inbox:1",
    }  # fmt: skip
    assert [one["value"] for one in shown["Snooze"]["options"]] == [
        "inbox snooze k7fq for 2h", "inbox snooze k7fq until tomorrow 9:00", "inbox snooze k7fq for 7d",
        "inbox snooze k7fq",
    ]  # fmt: skip


def test_rows_have_their_offers_in_one_menu_that_names_them() -> None:
    shown = elements(LIST)
    assert list(shown) == ["Choose a row", "More"]
    groups = shown["Choose a row"]["option_groups"]
    assert [group["label"]["text"] for group in groups] == ["1 · k7fq", "2 · 9x2d"]
    assert [one["value"] for one in groups[1]["options"]] == ["inbox done 9x2d"]


@pytest.mark.parametrize("post", [TOLD, LIST], ids=["announcement", "list"])
def test_slack_sdk_finds_nothing_wrong_with_them(post: Post) -> None:
    for block in slack.message(post)["blocks"]:
        parsed = Block.parse(block)
        assert parsed is not None and parsed.to_dict()["type"] == block["type"]
        parsed.validate_json()


def test_a_long_list_has_a_menu_within_slacks_limits() -> None:
    rows = tuple(((str(number),), (f"r{number:03}",)) for number in range(1, 51))
    offers = tuple(
        Offer(word, f"inbox {word} r{row:03}", row) for row in range(50) for word in ("claim", "done", "show")
    )
    [menu] = elements(Post(("Many",), rows=rows, offers=offers)).values()
    sizes = [len(group["options"]) for group in menu["option_groups"]]
    assert set(sizes) == {3} and sum(sizes) == 99


def test_nothing_a_customer_wrote_is_in_a_button() -> None:
    for post in (TOLD, LIST):
        controls = json.dumps([block for block in slack.message(post)["blocks"] if block["type"] == "actions"])
        assert "Ann" not in controls and "Bo" not in controls and "channel" not in controls


def test_a_click_is_the_command_of_whoever_clicks_and_answered_to_them_alone(team: Team) -> None:
    team.click(elements(TOLD)["Done"])
    assert team.given == [("<@U07>", "<#C01>", "inbox done k7fq")]
    [told] = team.calls("chat.postEphemeral")
    assert (told["channel"], told["user"], told["text"]) == ("C01", "U07", "carried out: inbox done k7fq")
    assert not team.calls("chat.postMessage") and not team.calls("actions/secret-address")


def test_a_click_in_a_thread_is_answered_there(team: Team) -> None:
    team.click(elements(TOLD)["Done"], message={"ts": "2.2", "thread_ts": "1.1"})
    assert team.calls("chat.postEphemeral")[0]["thread_ts"] == "1.1"


def test_a_choice_of_a_menu_is_its_command(team: Team) -> None:
    team.click(elements(TOLD)["Snooze"], "inbox snooze k7fq until tomorrow 9:00")
    team.click(elements(LIST)["Choose a row"], "inbox done 9x2d")
    assert [command for *_, command in team.given] == ["inbox snooze k7fq until tomorrow 9:00", "inbox done 9x2d"]


def test_more_is_for_everybody_who_sees_the_list(team: Team) -> None:
    team.click(elements(LIST)["More"])
    [said] = team.calls("chat.postMessage")
    assert said["channel"] == "C01" and not team.calls("chat.postEphemeral")


def test_to_show_opens_a_window_at_once_and_fills_it(team: Team, world: Slack) -> None:
    team.answers["inbox show k7fq"] = Post(("Ann: hello",), offers=OFFERS[:3])
    team.click(elements(TOLD)["Show"])
    assert [name for name, _ in world.calls if name.startswith(("views", "chat"))] == ["views.open", "views.update"]
    [opened], [filled] = team.calls("views.open"), team.calls("views.update")
    assert opened["trigger_id"] and words(view_of(opened)) == "One moment …"
    assert filled["view_id"] == "V01"
    view = view_of(filled)
    assert view["title"]["text"] == "Show k7fq" and words(view).startswith("Ann")
    assert [one.get("value") for one in view["blocks"][-1]["elements"]][-1] == "inbox note k7fq"


def test_a_note_is_written_in_a_form(team: Team) -> None:
    view = {"id": "V77", "type": "modal"}
    note = {
        "type": "button",
        "action_id": "inbox:3",
        "text": {"type": "plain_text", "text": "x"},
        "value": "inbox note k7fq",
    }
    team.socket.send("interactive", clicked_in_view("U07", view, element_action(note)))
    [asked] = team.calls("views.update")
    form = view_of(asked)
    assert asked["view_id"] == "V77" and not team.given
    answer = team.socket.send("interactive", submitted("U07", form | {"id": "V77"}, " calls  back\n<b> & co &amp; "))
    assert answer["response_action"] == "update" and answer["view"]["type"] == "modal"
    assert team.given == [("<@U07>", "<@U07>", "inbox note k7fq calls back <b> & co &amp;")]
    assert words(view_of(team.calls("views.update")[-1])).startswith("carried out")


def test_a_time_of_ones_own_is_asked_for(team: Team) -> None:
    team.click(elements(TOLD)["Snooze"], "inbox snooze k7fq")
    form = view_of(team.calls("views.open")[0])
    assert not team.given and form["submit"]["text"] == "Snooze"
    team.socket.send("interactive", submitted("U07", form | {"id": "V01"}, "until friday"))
    assert team.given == [("<@U07>", "<#C01>", "inbox snooze k7fq until friday")]


def test_a_form_with_words_that_make_no_sense_says_so_and_stays(team: Team) -> None:
    team.click(elements(TOLD)["Snooze"], "inbox snooze k7fq")
    form = view_of(team.calls("views.open")[0])
    answer = team.socket.send("interactive", submitted("U07", form | {"id": "V01"}, "until friyay"))
    assert answer == {"response_action": "errors", "errors": {form["blocks"][-1]["block_id"]: "No such time."}}
    assert not team.given


def test_what_is_shown_to_one_person_is_no_list_of_the_rooms(team: Team) -> None:
    team.socket.send("slash_commands", slash("U07", "C01", "spam"))
    team.socket.send("slash_commands", slash("U07", "C01", "spam in channel"))
    team.click(elements(LIST)["More"])
    ephemeral = clicked("U07", "C01", element_action(elements(LIST)["More"]))
    ephemeral["container"]["is_ephemeral"] = True
    team.socket.send("interactive", ephemeral)
    assert team.alone == [True, False, False, True]
    assert len(team.calls("chat.postMessage")) == len(team.calls("chat.postEphemeral")) == 2


def test_an_unknown_button_in_a_window_says_so_there(team: Team) -> None:
    odd = {"type": "button", "action_id": "inbox:9", "block_id": "b", "value": "?", "action_ts": "1.1"}
    team.socket.send("interactive", clicked_in_view("U07", {"id": "V5", "type": "modal"}, odd))
    assert "I don't know that button" in words(view_of(team.calls("views.update")[0]))


def test_what_slack_does_not_show_in_a_window_is_to_be_typed(team: Team, world: Slack) -> None:
    world.answer("views.update", refusal("invalid_arguments"))
    team.click(elements(TOLD)["Show"])
    assert "!inbox show k7fq" in words(view_of(team.calls("views.update")[-1]))


def test_a_form_that_was_closed_before_its_answer_is_answered_in_the_channel(team: Team, world: Slack) -> None:
    team.click(elements(TOLD)["Snooze"], "inbox snooze k7fq")
    form = view_of(team.calls("views.open")[0])
    world.answer("views.update", *[refusal("not_found")] * 2)
    team.socket.send("interactive", submitted("U07", form | {"id": "V01"}, "for 3h"))
    assert len(team.whispered()) == 1


def test_a_window_that_slack_does_not_know_at_once_is_filled(team: Team, world: Slack) -> None:
    world.answer("views.update", refusal("not_found"))
    team.click(elements(TOLD)["Show"])
    _, filled = team.calls("views.update")
    assert "carried out" in words(view_of(filled))


def test_a_window_that_was_closed_meanwhile_is_left_alone(team: Team, world: Slack, caplog: Any) -> None:
    world.answer("views.update", *[refusal("not_found")] * 2)
    team.click(elements(TOLD)["Show"])
    assert not team.whispered() and not [one for one in caplog.records if one.levelno >= logging.ERROR]


INVALID = refusal(
    "invalid_arguments", response_metadata={"messages": ["[ERROR] `trigger_id` expired [json-pointer:/trigger_id]"]}
)


@pytest.mark.parametrize(
    "reply", [refusal("expired_trigger_id"), refusal("exchanged_trigger_id"), INVALID], ids=["expired", "used", "told"]
)
def test_a_click_that_came_too_late_for_a_window_says_so(team: Team, world: Slack, reply: Reply) -> None:
    world.answer("views.open", reply)
    team.click(elements(TOLD)["Show"])
    [told] = team.whispered()
    assert "took me too long" in told and "!inbox show k7fq" in told and not team.given


def test_a_window_that_slack_refuses_for_another_reason(team: Team, world: Slack) -> None:
    world.answer("views.open", refusal("account_inactive"))
    team.click(elements(TOLD)["Show"])
    assert "no longer accepts my token" in team.whispered()[0]


def test_a_slash_command_is_answered_to_the_asker_alone(team: Team) -> None:
    assert team.socket.send("slash_commands", slash("U07", "C01", "spam instagram")) == {}
    assert team.given == [("<@U07>", "<#C01>", "inbox spam instagram")] and len(team.whispered()) == 1


@pytest.mark.parametrize("end", ["in channel", "In Channel", "in-channel"])
def test_a_slash_command_may_be_answered_to_all(team: Team, end: str) -> None:
    team.socket.send("slash_commands", slash("U07", "C01", f"spam instagram {end}"))
    assert team.given[0][2] == "inbox spam instagram"
    assert len(team.calls("chat.postMessage")) == 1 and not team.calls("chat.postEphemeral")


def test_who_may_not_is_told_so_alone_even_where_all_were_to_see_the_answer(team: Team) -> None:
    team.answers["inbox pages"] = refusals.not_allowed("pages")
    team.answers["inbox spam"] = refusals.not_allowed("")
    team.answers["inbox forget 3"] = refusals.not_allowed("forget", admins_alone=True)
    for text in ("pages in channel", "spam in channel", "forget 3 in channel"):
        team.socket.send("slash_commands", slash("U07", "C01", text))
    assert len(team.whispered()) == 3 and not team.calls("chat.postMessage")


def test_in_a_direct_chat_of_two_people_the_other_reads_nothing(team: Team, world: Slack) -> None:
    world.answer("chat.postEphemeral", refusal("channel_not_found"))
    team.socket.send("slash_commands", slash("U07", "D99", "outbox in channel", address=team.address))
    assert team.given == [("<@U07>", "<@U07>", "inbox outbox")]
    assert not team.calls("chat.postMessage")
    assert [given["response_type"] for name, given in world.calls if "response_type" in given] == ["ephemeral"]


def test_the_files_of_what_one_person_is_shown_are_in_their_direct_chat(team: Team, world: Slack) -> None:
    rows = Post(("Acme: 4 new",), attachments=(Attachment("stats.csv", "text/csv", b"day,new"),))
    team.answers["inbox stats csv"] = rows
    team.socket.send("slash_commands", slash("U07", "C01", "stats csv"))
    [said] = team.whispered()
    assert said.splitlines() == ["Acme: 4 new", "You'll find stats․csv in our direct messages."]
    assert [given["channel_id"] for given in team.calls("files.completeUploadExternal")] == ["D07"]
    assert [content for content, _ in world.uploads.values()] == [b"day,new"]
    world.answer("files.getUploadURLExternal", refusal("missing_scope", needed="files:write"))
    team.socket.send("slash_commands", slash("U07", "C01", "stats csv"))
    assert team.whispered()[2].startswith("I couldn't send stats․csv. My Slack app lacks the scope files∶write;")
    team.socket.send("slash_commands", slash("U07", "C01", "stats csv in channel"))
    assert team.calls("files.completeUploadExternal")[-1]["channel_id"] == "C01"
    assert len(team.whispered()) == 3 and [one["text"] for one in world.posted] == ["Acme: 4 new"]


def test_a_slash_command_without_words_is_a_question(team: Team) -> None:
    team.socket.send("slash_commands", slash("U07", "D01", "", command="/inbox-acme"))
    assert team.given == [("<@U07>", "<@U07>", "inbox")]


def test_whom_a_slash_command_mentions_is_known_by_id(team: Team) -> None:
    team.socket.send("slash_commands", slash("U07", "C01", "claim k7fq <@U08|bo> &amp; co"))
    assert team.given[0][2] == "inbox claim k7fq @U08 & co"


def test_an_address_in_a_slash_command_is_what_was_typed(team: Team) -> None:
    """Slack sends it as a link, as it does in messages (scrapinghub/slackbot#86)."""
    text = "note k7fq see <http://acme.example|acme.example> or <mailto:ann@acme.example|ann@acme.example>"
    team.socket.send("slash_commands", slash("U07", "C01", text))
    assert team.given[0][2] == "inbox note k7fq see acme.example or ann@acme.example"


@pytest.mark.parametrize("public", [False, True])
def test_where_the_bot_is_no_member_the_answer_goes_to_the_address_that_came_with_it(
    team: Team, world: Slack, public: bool, caplog: Any
) -> None:
    caplog.set_level(logging.DEBUG, "pageinbox")
    world.answer("chat.postMessage" if public else "chat.postEphemeral", refusal("not_in_channel"))
    text = "pages in channel" if public else "pages"
    team.socket.send("slash_commands", slash("U07", "C01", text, address=team.address))
    [answer] = team.calls("actions/secret-address")
    assert answer["response_type"] == ("in_channel" if public else "ephemeral")
    assert answer["replace_original"] is False and answer["blocks"]
    assert "secret-address" not in caplog.text


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/actions",
        "http://127.0.0.1.evil.example/",
        "http://files.127.0.0.1/",
        "http://127.0.0.1@evil.example/",
        "file:///etc/x",
        "http://[evil",
    ],
)
def test_nothing_is_sent_to_an_address_that_is_not_slacks(team: Team, world: Slack, address: str, caplog: Any) -> None:
    world.answer("chat.postEphemeral", refusal("not_in_channel"))
    team.socket.send("slash_commands", slash("U07", "C01", "pages", address=address))
    assert "That address isn't Slack's" in caplog.text and address not in caplog.text


def test_an_address_that_takes_no_answer_any_more_is_told_to_the_log_without_itself(
    team: Team, world: Slack, caplog: Any
) -> None:
    caplog.set_level(logging.DEBUG)
    world.answer("chat.postEphemeral", refusal("channel_not_found"))
    world.answer("actions/secret-address", Reply("used_url", 404))
    team.socket.send("slash_commands", slash("U07", "C01", "pages", address=team.address))
    assert "HTTP 404" in caplog.text and "secret-address" not in caplog.text and TOKEN not in caplog.text


def test_twice_the_same_click_is_one(team: Team) -> None:
    payload = clicked("U07", "C01", element_action(elements(TOLD)["Done"]))
    team.socket.send("interactive", payload)
    team.socket.send("interactive", payload)
    assert len(team.given) == len(team.whispered()) == 1


def test_a_click_of_another_workspace_changes_nothing(team: Team) -> None:
    team.socket.send("interactive", clicked("U07", "C01", element_action(elements(TOLD)["Done"]), team="T9"))
    assert not team.given and team.whispered() == ["I only work in my own workspace."]


ORGANIZATION = {"enterprise": {"id": "E1", "name": "Acme"}}


def in_organization(kind: str, **more: Any) -> tuple[str, dict[str, Any]]:
    """What comes from another workspace of an organization, by how it is told of."""
    if kind == "slash":
        return "slash_commands", slash("W07", "C01", "pages", team="T9") | {"enterprise_id": "E1"} | more
    view = {"id": "V5", "type": "modal", "callback_id": "inbox:form", "blocks": FORM_BLOCKS}
    view |= {"private_metadata": json.dumps({"command": "inbox note k7fq"})}
    told = {
        "button": clicked("W07", "C01", element_action(elements(TOLD)["Done"]), team="T9"),
        "form": submitted("W07", view, "for later", team="T9"),
    }[kind]
    return "interactive", told | ORGANIZATION | more


FORM_BLOCKS = [{"type": "input", "block_id": "inbox:form", "element": {"action_id": "inbox:form"}}]


@pytest.mark.parametrize("kind", ["button", "form", "slash"])
def test_all_workspaces_of_the_bots_organization_are_its_own(team: Team, kind: str) -> None:
    team.bot.auth |= {"enterprise_id": "E1"}
    team.socket.send(*in_organization(kind))
    assert len(team.given) == 1


@pytest.mark.parametrize("kind", ["button", "form"])
def test_an_app_that_an_organization_has_installed_is_told_of_no_workspace(team: Team, kind: str) -> None:
    team.bot.auth |= {"team_id": "E1", "enterprise_id": "E1"}
    team.socket.send(*in_organization(kind, team=None, is_enterprise_install=True))
    assert len(team.given) == 1


@pytest.mark.parametrize("kind", ["button", "form", "slash"])
def test_another_organization_changes_nothing(team: Team, kind: str) -> None:
    team.bot.auth |= {"enterprise_id": "E2"}
    team.socket.send(*in_organization(kind))
    assert not team.given


def test_somebody_of_another_company_sends_off_a_form_of_ours(team: Team) -> None:
    team.click(elements(TOLD)["Snooze"], "inbox snooze k7fq")
    form = view_of(team.calls("views.open")[0]) | {"id": "V01", "app_installed_team_id": "T1"}
    team.socket.send("interactive", submitted("U77", form, "until friday", team="T9"))
    assert team.given == [("<@U77>", "<#C01>", "inbox snooze k7fq until friday")]


def test_nobody_else_sees_that_a_click_came_from_another_workspace(team: Team) -> None:
    team.socket.send("interactive", clicked("U07", "C01", element_action(elements(LIST)["More"]), team="T9"))
    team.socket.send("slash_commands", slash("U07", "C01", "pages in channel", team="T9"))
    assert not team.given and not team.calls("chat.postMessage") and len(team.whispered()) == 2


def test_what_opens_a_window_is_in_no_log(team: Team, caplog: Any) -> None:
    caplog.set_level(logging.DEBUG)
    team.click(elements(TOLD)["Show"])
    assert team.calls("views.open")[0]["trigger_id"] not in caplog.text


@pytest.mark.parametrize(
    ("id", "value"),
    [
        ("inbox:9", "rm -rf"),
        ("inbox:9", "inbox claim k7fq\nunwatch 1"),
        ("inbox:9", "inbox"),
        ("inbox:x", "inbox claim k7fq"),
        ("approve", "inbox claim k7fq"),
        ("inbox:9", ""),
    ],
)
def test_an_unknown_button_changes_nothing(team: Team, id: str, value: str) -> None:
    action = {"type": "button", "action_id": id, "block_id": "b", "value": value, "action_ts": "1.1"}
    team.socket.send("interactive", clicked("U07", "C01", action))
    assert not team.given and "I don't know that button" in team.whispered()[0]


@pytest.mark.parametrize(
    "payload",
    [
        {"type": "block_actions"},
        {"type": "block_actions", "actions": [None]},
        {"type": "view_submission", "view": {"callback_id": "inbox:form", "private_metadata": "{"}},
        {"type": "view_closed", "view": {}},
        {"type": "message_action"},
        {},
    ],
)
def test_what_is_no_click_is_passed_by(team: Team, payload: dict[str, Any]) -> None:
    team.socket.send("interactive", payload)
    assert not team.given


def test_what_is_another_plugins_is_left_to_it(team: Team) -> None:
    heard: list[Any] = []
    team.bot.slack_socket_mode = socket = Socket(
        team.bot._sm_generic_event_handler, lambda _, request: heard.append(request)
    )
    team.chat.connected()
    theirs = {"type": "button", "action_id": "deploy", "block_id": "b", "value": "now", "action_ts": "1.1"}
    assert socket.send("interactive", clicked("U07", "C01", theirs)) == {}
    assert len(heard) == 1 and not team.whispered()


def test_each_connection_is_listened_to_once(team: Team) -> None:
    assert len(team.socket.socket_mode_request_listeners) == 1
    team.bot.slack_socket_mode = socket = Socket(team.bot._sm_generic_event_handler)
    team.chat.connected()
    socket.send("slash_commands", slash("U07", "C01", "pages"))
    assert len(team.given) == 1


def test_what_slack_does_not_tell_of_who_clicked_is_no_matter(team: Team, world: Slack) -> None:
    for method in ("users.info", "conversations.info", "team.info"):
        world.answer(method, *[refusal("missing_scope")] * 9)
    team.click(elements(TOLD)["Done"])
    assert team.given == [("<@U07>", "<#C01>", "inbox done k7fq")]


def test_a_fault_of_ours_is_told_to_the_log_without_its_words(team: Team, caplog: Any) -> None:
    class Odd(dict[str, Post]):
        def get(self, *_: Any) -> Any:
            raise RuntimeError("a customer's words")

    team.answers = Odd()
    team.click(elements(TOLD)["Done"])
    assert "A click failed: RuntimeError" in caplog.text and "customer" not in caplog.text


def test_blocks_that_slack_refuses_are_said_as_text(team: Team, world: Slack) -> None:
    world.answer("chat.postEphemeral", refusal("invalid_blocks"))
    team.click(elements(TOLD)["Done"])
    assert "blocks" not in team.calls("chat.postEphemeral")[1]


@pytest.mark.parametrize(
    "reply",
    [
        Reply("invalid_blocks", 400),
        Reply({"ok": False, "error": "invalid_blocks"}),
        Reply(
            {
                "ok": False,
                "error": "invalid_arguments",
                "response_metadata": {"messages": ["[ERROR] too long [json-pointer:/blocks/0]"]},
            }
        ),
    ],
    ids=["a word", "JSON", "an argument"],
)
def test_blocks_that_slack_refuses_at_an_address_are_said_as_text(team: Team, world: Slack, reply: Reply) -> None:
    world.answer("chat.postEphemeral", refusal("not_in_channel"))
    world.answer("actions/secret-address", reply, Reply("ok"))
    team.socket.send("slash_commands", slash("U07", "C01", "pages", address=team.address))
    assert ["blocks" in answer for answer in team.calls("actions/secret-address")] == [True, False]


def test_an_answer_that_slack_takes_nowhere_else_goes_to_the_person(team: Team, world: Slack) -> None:
    team.click(elements(TOLD)["Snooze"], "inbox snooze k7fq")
    form = view_of(team.calls("views.open")[0])
    world.answer("views.update", *[refusal("not_found")] * 2)
    world.answer("chat.postEphemeral", refusal("user_not_in_channel"))
    team.socket.send("interactive", submitted("U07", form | {"id": "V01"}, "for 3h"))
    [told] = team.calls("chat.postMessage")
    assert (told["channel"], told["text"]) == ("D07", "carried out: inbox snooze k7fq for 3h")


def test_an_app_home_that_slack_does_not_show_says_what_to_type(team: Team, world: Slack) -> None:
    world.answer("views.publish", refusal("view_too_large"))
    team.bot._generic_wrapper({"event": {"type": "app_home_opened", "user": "U07", "tab": "home"}})
    assert "!inbox mine" in words(view_of(team.calls("views.publish")[-1]))


def test_the_app_home_is_made_when_it_is_opened_and_by_its_button(team: Team) -> None:
    team.answers["inbox mine"] = Post(("Yours",), rows=LIST.rows, offers=LIST.offers)
    team.bot._generic_wrapper({"event": {"type": "app_home_opened", "user": "U07", "tab": "messages"}})
    assert not team.given
    team.bot._generic_wrapper({"event": {"type": "app_home_opened", "user": "U07", "tab": "home"}})
    assert team.given == [("<@U07>", "<@U07>", "inbox mine"), ("<@U07>", "<@U07>", "inbox status")]
    assert team.alone == [True, True], "what was asked in the direct chat goes on there"
    [published] = team.calls("views.publish")
    view = view_of(published)
    assert "More" not in json.dumps(view)
    assert published["user_id"] == "U07" and "Yours" in words(view)
    refresh = view["blocks"][0]["elements"][0]
    team.socket.send("interactive", clicked_in_view("U07", view | {"id": "V5"}, element_action(refresh)))
    assert len(team.calls("views.publish")) == 2


def test_an_act_in_the_app_home_is_answered_in_a_window_and_seen_in_the_home(team: Team) -> None:
    team.answers["inbox mine"] = Post(("Yours",), rows=LIST.rows, offers=LIST.offers[:3])
    team.bot._generic_wrapper({"event": {"type": "app_home_opened", "user": "U07", "tab": "home"}})
    view = view_of(team.calls("views.publish")[0])
    [menu] = [
        one
        for block in view["blocks"]
        if block["type"] == "actions"
        for one in block["elements"]
        if "option_groups" in one
    ]
    action = element_action(menu, "inbox done 9x2d")
    team.socket.send("interactive", clicked_in_view("U07", view | {"id": "V5"}, action))
    assert ("<@U07>", "<@U07>", "inbox done 9x2d") in team.given
    assert words(view_of(team.calls("views.update")[0])).startswith("carried out")
    assert len(team.calls("views.publish")) == 2


class Requests:
    """Slack's requests to an `Endpoint`, at a time of our own."""

    def __init__(self) -> None:
        self.heard: list[Any] = []
        self.now = 1_795_435_200.0
        self.endpoint = Endpoint(SECRET, self.hear, lambda: self.now)

    def hear(self, payload: Any) -> dict[str, Any] | None:
        self.heard.append(payload)
        return {"response_action": "clear"} if payload.get("type") == "view_submission" else {}

    def send(self, body: bytes, **how: Any) -> tuple[str, int, dict[str, str]]:
        headers = signed(body, 0, secret=how.pop("secret", SECRET), at=how.pop("at", self.now))
        return self.endpoint.answer(headers | how, body)


def form(payload: dict[str, Any]) -> bytes:
    return urlencode({"payload": json.dumps(payload)}).encode()


def test_a_look_at_the_certificate_is_answered_and_heard_by_nobody() -> None:
    requests = Requests()
    smuggled = urlencode({"ssl_check": "1", **slash("U07", "C01", "pages")}).encode()
    for body in (b"ssl_check=1&token=x", smuggled):
        assert requests.endpoint.answer({}, body) == ("", 200, {})
    assert requests.endpoint.answer({}, b"ssl_check=true&token=x")[1] == 403
    assert not requests.heard


def test_a_signed_request_is_heard() -> None:
    slack = Requests()
    assert slack.send(form({"type": "block_actions"})) == ("", 200, {})
    body, status, headers = slack.send(form({"type": "view_submission"}))
    assert (json.loads(body), status) == ({"response_action": "clear"}, 200) and "json" in headers["Content-Type"]
    slack.send(urlencode(slash("U07", "C01", "spam & co", address="https://hooks.slack.com/x")).encode())
    assert slack.heard[-1]["text"] == "spam & co"


def test_a_request_that_is_not_slacks_or_comes_again_is_not_heard(caplog: Any) -> None:
    slack = Requests()
    body = form({"type": "block_actions"})
    for how in (
        {"secret": "guessed"},
        {"at": slack.now - LATE - 1},
        {"at": slack.now + LATE + 1},
        {"X-Slack-Signature": ""},
        {"X-Slack-Signature": "v0=ü"},
        {"X-Slack-Request-Timestamp": "now"},
        {"X-Slack-Request-Timestamp": "١٧٩٥٤٣٥٢٠٠"},
    ):
        assert slack.send(body, **how)[1] == 403
    assert not slack.heard
    assert slack.send(body)[1] == 200
    assert slack.send(body)[1] == 403, "the same request once more"
    assert slack.endpoint.answer(signed(body, 0, secret=SECRET, at=slack.now), body + b"&x=1")[1] == 403
    assert len(slack.heard) == 1 and SECRET not in caplog.text


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"payload=%7B", b"payload=[]", b"{}"])
def test_a_signed_request_that_makes_no_sense(body: bytes) -> None:
    slack = Requests()
    assert slack.send(body)[1] == 400 and not slack.heard


def test_flask_serves_the_address_although_it_has_served_before(team: Team) -> None:
    from errbot.core_plugins import flask_app

    web = flask_app.test_client()
    assert web.get("/").status_code == 404
    team.bot.slack_socket_mode, team.bot.slack_events = None, SimpleNamespace(listeners=lambda _: [1])
    team.bot.signing_secret = SECRET
    for _ in range(2):
        team.chat.connected()
        body = urlencode(slash("U07", "C01", "pages")).encode()
        assert web.post(PATH, data=body, headers=signed(body, 0, secret=SECRET)).status_code == 200
    assert web.post(PATH, data=b"x", headers=signed(b"", 0, secret=SECRET)).status_code == 403
    assert web.get(PATH).status_code == 405
    large = web.post(PATH, data=b"x" * (LARGEST + 1))
    assert large.status_code == 413
    chunks = io.BytesIO(b"x" * (2 * LARGEST))
    environ = create_environ(PATH, method="POST") | {"wsgi.input": chunks, "wsgi.input_terminated": True}
    _, status, _ = run_wsgi_app(flask_app, environ)
    assert status.startswith("4") and 0 < chunks.tell() <= LARGEST, "in chunks, nobody tells the length before"
    assert [command for *_, command in team.given] == ["inbox pages"] * 2
