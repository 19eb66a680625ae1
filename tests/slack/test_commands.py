"""Every command in the real slackv3 backend: in a channel, in a thread and in a direct channel."""

from tests.slack.emulator import BOT_USER
from tests.slack.gateway import refusal
from tests.slack.workspace import Workspace

COMMANDS = {
    "!inbox spam instagram": "14 conversations",
    "!inbox help": "!inbox spam instagram",
    "!inbox more": "!inbox",
    "!inbox show 9zzz": "9zzz",
    "!inbox pages": "Acme",
    "!inbox status": "Acme",
    "!inbox doctor": "Ledger",  # four wait for Meta at once, and here many ask
    "!inbox watch messenger": "atch",
    "!inbox watches": "atch",
    "!inbox unwatch 77": "77",
    "!inbox mute 77": "77",
    "!inbox unmute 77": "77",
    "!inbox outbox": "",
    "!inbox why 9zzz": "9zzz",
    "!inbox spma": "Did you mean",
}


def test_every_command_answers_where_it_was_given(team: Workspace) -> None:
    people = [person for name, person in team.people.items() if name.startswith("colleague")]
    asked = []
    for (command, expected), person in zip(COMMANDS.items(), people, strict=False):
        channel = team.channel(person)
        direct = person.direct()
        root = person.say(channel, "a question, in a thread")["ts"]
        for where, thread in ((channel, ""), (channel, root), (direct, "")):
            person.say(where, command, thread)
            asked.append((where, thread, command, expected))
    for where, thread, command, expected in asked:
        heard = team.hear(where, "", thread=thread)
        assert expected in heard[0].words, command


def test_a_command_may_begin_with_the_bots_name(team: Workspace) -> None:
    person = team.people["colleague1"]
    name = person.api("users.info", user=BOT_USER)["user"]["name"]
    mention = f"<@{BOT_USER}>"
    named = (f"{mention} inbox", f"{mention}: inbox", f"{name.upper()}: inbox", f"{name}, inbox")
    as_pasted = f"{mention}\xa0inbox"
    labelled = f"<@{BOT_USER}|{name}> inbox"
    prefixed = (f"{mention} !inbox", f"{mention}: !inbox", f"{mention} : Inbox", f"{name}: !inbox")
    for called in (*named, as_pasted, labelled, *prefixed):
        channel = team.channel(person)
        person.say(channel, f"{called} pages", wire=f"{called} pages")
        assert "Acme" in team.hear(channel, "")[0].words, called


def test_a_checkup_asks_slack_what_the_bot_may_do_and_where(team: Workspace) -> None:
    watching, direct = team.watch(), team.admin.direct()
    team.admin.say(direct, "!inbox doctor")
    told = " ".join(said.words for said in team.hear(direct, "Versions"))
    for words in ("1 admin can be told of trouble", "all 15 scopes are there", "I may write in", "core.db can be read"):
        assert words in told
    assert not [said for said in team.said(watching) if "doctor" in said.words]
    team.gateway.fail(refusal("channel_not_found"), "conversations.info", watching)
    team.admin.say(direct, "!inbox doctor")
    assert team.hear(direct, "I can't see that channel")
