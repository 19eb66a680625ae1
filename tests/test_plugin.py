"""The plugin in a real Errbot: settings from chat, rooms, prefixes, access, reload."""

import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pageinbox.commands.table import COMMANDS
from simulator.server import Simulator
from simulator.thread import Person
from simulator.world import World
from tests.errbot_process import ErrbotProcess

pytestmark = pytest.mark.processes

PLUGINS = Path(__file__).resolve().parent.parent / "plugins"
AGE = re.compile(r"checked .*|\d+ (s|min) ago")
SPAM = "Acme · Instagram · spam: 14 conversations"


@pytest.fixture
def graph() -> Iterator[Simulator]:
    with Simulator(World.demo(time.time), instagram_fields="present") as running:
        yield running


def settings(graph: Simulator, **more: Any) -> dict[str, Any]:
    page = {"ID": graph.world.pages["acme"].id, "TOKEN": "env:PAGE_TOKEN"}
    inbox = {"PAGES": {"acme": page}, "GRAPH_URL": graph.url}
    return {"BOT_EXTRA_PLUGIN_DIR": str(PLUGINS), "INBOX": inbox} | more


def token(graph: Simulator) -> dict[str, str]:
    return {"PAGE_TOKEN": graph.world.pages["acme"].token}


def test_a_token_in_a_file_is_replaced_without_a_restart(graph: Simulator, tmp_path: Path) -> None:
    file, old = tmp_path / "token", graph.world.pages["acme"].token
    file.write_text(old)
    inbox: dict[str, Any] = settings(graph)["INBOX"] | {"CACHE_TTL": 0}
    inbox["PAGES"]["acme"]["TOKEN"] = f"file:{file}"
    with ErrbotProcess.start(settings(graph, INBOX=inbox), tmp_path) as bot:
        assert bot.say("!inbox spam instagram limit 1").startswith(SPAM)
        graph.world.kill_token("acme")
        refused = " ".join(bot.say("!inbox spam instagram limit 1").split())
        assert "put it into the file that the setting PAGES.acme.TOKEN names, and I'll pick it up." in refused
        new = graph.world.issue_token("acme")
        (tmp_path / "new").write_text(f"{new}\n")
        (tmp_path / "new").rename(file)
        answer = bot.say("!inbox spam instagram limit 1")
        assert answer.startswith(SPAM) and "no longer accepts" not in answer
        assert "Acme: I have read the token again" in bot.log
        assert old not in bot.log and new not in bot.log


def test_a_refused_setting_leaves_the_last_good_ones_in_force(graph: Simulator, tmp_path: Path) -> None:
    with ErrbotProcess.start(settings(graph), tmp_path, token(graph)) as bot:
        assert "“hello, is this" in bot.say("!inbox spam instagram limit 1")
        assert re.search("Settings +read from config.py\n", examined := bot.say("!inbox doctor"))
        assert "core.db can be read" in examined and re.search("Web server +off; nothing here needs it", examined)
        assert bot.say("!plugin config Inbox `{“DETAIL”:\u00a0“name”}`") == "Plugin configuration done."
        assert re.search("Settings +read from config.py and chat", bot.say("!inbox doctor"))
        assert "“hello, is this" not in bot.say("!inbox spam instagram limit 1")
        refused = bot.say('!plugin config Inbox {"DETAIL": "everything"}')
        assert (
            refused
            == 'DETAIL is "everything", which I don\'t know; it must be "count", "initials", "name" or "snippet".'
        )
        answer = bot.say("!inbox spam instagram limit 1")
        assert answer.startswith(SPAM) and "“hello, is this" not in answer
        assert bot.say("!plugin config Inbox {nonsense") == (
            'That is not a dict of settings. For example: !plugin config Inbox {"CACHE_TTL": 60}'
        )
        secret = '{"PAGES": {"acme": {"TOKEN": "EAApasted"}}}'
        for name in ("inbox", "Inbox\u200b ", "`Inbox` ", "\ufeff“inbox”, "):
            pasted = bot.say(f"!plugin config {name}{secret}")
            assert pasted.startswith("PAGES.acme.TOKEN is a secret and was written in chat; renew it")
        assert "Unknown plugin" in bot.say(f"!plugin config Inbx {secret}")
        bot.say(f"!echo !plugin config Inbox {secret}")
        bot.say(f"!echo !plugin_config Inbox {secret}")
        shown = bot.say("!plugin config Inbox")
        assert re.search(r'DETAIL +"name" +chat', shown) and "EAApasted" not in shown
        assert re.search(r"PAGES.acme.TOKEN +env:PAGE_TOKEN +config.py", shown)
        assert "EAApasted" not in bot.say("!history") + bot.log
    with ErrbotProcess.start(settings(graph), tmp_path, token(graph)) as bot:
        assert "“hello, is this" not in bot.say("!inbox spam instagram limit 1"), "the good override is kept"
        assert bot.say("!plugin config INBOX None") == "Plugin configuration done."
        assert "“hello, is this" in bot.say("!inbox spam instagram limit 1"), "nothing is set from chat any more"


def test_what_a_room_may_see_changes_at_once(graph: Simulator, tmp_path: Path) -> None:
    known = settings(graph, CORE_PLUGINS=None, DIVERT_TO_PRIVATE=("inbox_more",))
    known["INBOX"] |= {"ROOMS": {"@ops": {"DETAIL": "initials"}}}
    with ErrbotProcess.start(known, tmp_path, token(graph)) as bot:
        assert "A.E." in bot.say("!inbox spam instagram limit 1")
        assert "no more than initials may be shown here" in bot.say("!inbox watch spam as name")
        assert "refused" not in bot.say('!plugin config Inbox {"ROOMS": {"@ops": {"DETAIL": "count"}}}')
        shown = bot.say("!inbox spam instagram limit 1")
        assert shown.startswith(SPAM) and "A.E." not in shown and "jxx3" not in shown
        assert re.search(r'ROOMS.@ops.DETAIL +"count" +chat', bot.say("!plugin config Inbox"))
        bot.say("!inroom")
        assert "“hello, is this" in bot.say("!inbox spam instagram limit 1")
        diverted = bot.say("!inbox more 5")
        assert "of 14" in diverted and "“" not in diverted and "unread" not in diverted, "it goes to the direct chat"


def test_what_a_room_was_shown_survives_a_change_of_settings(graph: Simulator, tmp_path: Path) -> None:
    with ErrbotProcess.start(settings(graph), tmp_path, token(graph)) as bot:
        bot.say("!inbox spam instagram")
        bot.say('!plugin config Inbox {"CACHE_TTL": 60}')
        assert bot.say("!inbox more").startswith("Acme · Instagram · spam, 11 to 14 of 14")
        assert bot.say("!inbox show 1").startswith("jxx3 · @ann.example")


def test_a_page_without_its_secret_is_told_to_the_admins_and_leaves_the_others(
    graph: Simulator, tmp_path: Path
) -> None:
    lost = {"zoo": {"ID": "200300401", "TOKEN": "env:ZOO_TOKEN"}}
    known = settings(graph)
    known["INBOX"]["PAGES"] |= lost
    why = "PAGES.zoo.TOKEN is env:ZOO_TOKEN, but that environment variable is not set; set it where Errbot is started."
    with ErrbotProcess.start(known, tmp_path, token(graph)) as bot:
        assert "I can't read this Page until its secret is there; I read the others." in bot.greeting
        assert why in bot.greeting
        assert bot.say("!inbox spam instagram acme").startswith(SPAM)
        assert why in bot.say("!inbox zoo")
        refused = bot.say('!plugin config Inbox {"PAGES": {"acme": {"TOKEN": "env:GONE"}}}')
        assert refused.startswith("PAGES.acme.TOKEN is env:GONE, but that environment variable is not set")
        assert bot.say('!plugin config Inbox {"DETAIL": "name"}') == "Plugin configuration done."


def test_an_override_that_turned_bad_gives_way_to_config_py(graph: Simulator, tmp_path: Path) -> None:
    override = '!plugin config Inbox {"PAGES": {"acme": {"TOKEN": "env:OTHER_TOKEN"}}}'
    with ErrbotProcess.start(settings(graph), tmp_path, token(graph) | {"OTHER_TOKEN": "x"}) as bot:
        assert bot.say(override) == "Plugin configuration done."
        assert "no longer accepts the Page token" in bot.say("!inbox messenger")
    with ErrbotProcess.start(settings(graph), tmp_path, token(graph)) as bot:
        assert bot.say("!inbox spam instagram").startswith(SPAM)
        status = bot.say("!inbox status")
        assert "PAGES.acme.TOKEN is env:OTHER_TOKEN, but that environment variable is not set" in status
        assert "Settings refused" in bot.log


def test_without_good_settings_every_command_says_which_is_bad(graph: Simulator, tmp_path: Path) -> None:
    with ErrbotProcess.start(settings(graph), tmp_path) as bot:
        for command in ("!inbox", "!inbox show 1", "!inbox status"):
            assert bot.say(command).startswith(
                "PAGES.acme.TOKEN is env:PAGE_TOKEN, but that environment variable is not"
            )
        assert "Inbox" in bot.say("!status plugins")


def test_each_room_goes_on_with_its_own_question(graph: Simulator, tmp_path: Path) -> None:
    with ErrbotProcess.start(settings(graph, CORE_PLUGINS=None), tmp_path, token(graph)) as bot:
        bot.say("!inbox spam instagram")
        bot.say("!inroom")
        assert "There is no earlier question here" in bot.say("!inbox more")
        assert "14 conversations" in bot.say("!inbox spam instagram limit 3")
        assert "4 to 6 of 14" in bot.say("!inbox more")
        bot.say("!inperson")
        assert "11 to 14 of 14" in bot.say("!inbox more")


def test_commands_are_named_with_the_prefix_of_the_bot(graph: Simulator, tmp_path: Path) -> None:
    with ErrbotProcess.start(settings(graph, BOT_PREFIX="?"), tmp_path, token(graph)) as bot:
        assert "?inbox more" in bot.say("?inbox spam instagram")
        assert "Did you mean ?inbox spam?" in bot.say("?inbox spma")


def test_the_command_may_be_written_as_phones_write_it(graph: Simulator, tmp_path: Path) -> None:
    closed = {"Inbox:inbox_show": {"denyusers": ("*",)}, "*": {}}
    with ErrbotProcess.start(settings(graph, ACCESS_CONTROLS=closed), tmp_path, token(graph)) as bot:
        lower = bot.say("!inbox spam instagram limit 1")
        assert lower.startswith(SPAM)
        for spelling in (
            "!INBOX spam instagram limit 1",
            "!Inbox Spam Instagram Limit 1",
            "!iNbOx  spam\tinstagram limit 1",
            "!inbox@errbot spam instagram limit 1",
            "!inbox, spam instagram limit 1",
            "!inbox\u200b : spam instagram limit 1",
            "\u00a0!inbox spam instagram limit 1",
            "`!inbox spam instagram limit 1`",
        ):
            assert AGE.sub("", bot.say(spelling)) == AGE.sub("", lower), "once, and without “not found”"
        assert "2 of 14" in bot.say("!Inbox More")
        assert bot.say("!INBOX").startswith("Acme · inbox: ")
        for spelling in ("!Inbox Show 1", "!inbox SHOW 1", "!inbox `show` 1", "!inbox show\u200b 1"):
            assert bot.say(spelling).startswith("!inbox show is not allowed here by the bot's ACCESS_CONTROLS")
        assert bot.say("!Inboxes").startswith('Command "Inboxes" not found.')
        helped = bot.say("!help")
        assert all(f"!{command.name.replace('_', ' ')} - " in helped for command in COMMANDS)
        assert "?P<" not in helped, "no pattern is shown"
        assert "I'll tell you about every new conversation in Acme · spam" in bot.say("!Inbox Watch spam")
        assert "Traceback" not in bot.log


def test_whom_inbox_is_denied_in_one_spelling_is_denied_it_in_all(graph: Simulator, tmp_path: Path) -> None:
    closed = {"Inbox:inbox": {"denyusers": ("*",)}, "*": {}}
    with ErrbotProcess.start(settings(graph, ACCESS_CONTROLS=closed), tmp_path, token(graph)) as bot:
        for spelling in ("!inbox", "!INBOX", "!Inbox spam"):
            assert bot.say(spelling) == "You're not allowed to access this command from this user"
    closed = {"Inbox:inbox": {"denyargs": ("spam*",)}, "*": {}}
    with ErrbotProcess.start(settings(graph, ACCESS_CONTROLS=closed), tmp_path, token(graph)) as bot:
        assert bot.say("!inbox spam") == "You're not allowed to access this command using the provided arguments"
        assert bot.say("!INBOX spam").startswith("!inbox is not allowed here by the bot's ACCESS_CONTROLS")
        assert bot.say("!INBOX messenger").startswith("Acme · Messenger · inbox: ")
        assert bot.say("!inbox more spam please").startswith("!inbox is not allowed here by the bot's ACCESS_CONTROLS")
    closed = {"Inbox:inbox": {"denyusers": ("*",)}, "Inbox:inbox_watches": {"denyusers": ("*",)}, "*": {}}
    with ErrbotProcess.start(settings(graph, ACCESS_CONTROLS=closed), tmp_path, token(graph)) as bot:
        for other in ("!inbox more unread limit 2", "!inbox show me the unread"):
            assert bot.say(other).startswith("!inbox is not allowed here by the bot's ACCESS_CONTROLS")
        assert bot.say("!inbox unmute").startswith("!inbox watches is not allowed here by the bot's ACCESS_CONTROLS")


def test_who_may_not_is_told_nothing_where_errbot_is_to_tell_nothing(graph: Simulator, tmp_path: Path) -> None:
    closed = {"Inbox:inbox": {"denyargs": ("spam*",)}, "Inbox:inbox_show": {"denyusers": ("*",)}, "*": {}}
    silent = settings(graph, ACCESS_CONTROLS=closed, HIDE_RESTRICTED_ACCESS=True)
    with ErrbotProcess.start(silent, tmp_path, token(graph)) as bot:
        for spelling in ("!inbox spam", "!INBOX spam", "!inbox Show 1", "\u200b!inbox spam"):
            assert bot.say(spelling) == ""
        assert bot.say("!INBOX messenger").startswith("Acme · Messenger · inbox: ")


def test_errbots_own_help_shows_each_commands_whatever_the_prefix(graph: Simulator, tmp_path: Path) -> None:
    with ErrbotProcess.start(settings(graph, BOT_PREFIX="?"), tmp_path, token(graph)) as bot:
        for command in COMMANDS[1:]:
            helped = bot.say(f"?help inbox {command.word}")
            assert f"?inbox {command.word} - {command.help[:1].upper()}{command.help[1:]}" in helped
            assert f"For example: {command.examples[0][0]}" in helped
            assert "\x01" not in helped


def test_access_controls_are_obeyed_and_settings_are_the_admins(graph: Simulator, tmp_path: Path) -> None:
    closed = {"Inbox:inbox_show": {"denyusers": ("*",)}, "*": {}}
    with ErrbotProcess.start(settings(graph, CORE_PLUGINS=None, ACCESS_CONTROLS=closed), tmp_path, token(graph)) as bot:
        assert bot.say("!inbox spam instagram").startswith(SPAM)
        assert "not allowed" in bot.say("!inbox show 1")
        bot.say("!asuser")
        assert "requires bot-admin privileges" in bot.say('!plugin config Inbox {"CACHE_TTL": -1}')
        bot.say("!asadmin")
        bot.say("!plugin reload ACLs")  # which are asked after Inbox from then on
        bot.say("!asuser")
        assert "requires bot-admin privileges" in bot.say('!plugin config Inbox {"CACHE_TTL": -1}')


def test_reload_leaves_a_bot_that_answers(graph: Simulator, tmp_path: Path) -> None:
    with ErrbotProcess.start(settings(graph), tmp_path, token(graph)) as bot:
        bot.say("!inbox spam instagram")
        assert "Inbox" in bot.say("!plugin reload Inbox")
        assert bot.say("!inbox spam instagram").startswith(SPAM)
        assert "Traceback" not in bot.log


def test_what_meta_has_forbidden_stays_forbidden_after_a_change_of_settings(graph: Simulator, tmp_path: Path) -> None:
    with ErrbotProcess.start(settings(graph), tmp_path, token(graph)) as bot:
        graph.fail("conversations", code=368)
        assert "Meta has blocked the app's calls" in bot.say("!inbox messenger")
        assert bot.say('!plugin config Inbox {"CACHE_TTL": 31}') == "Plugin configuration done."
        graph.forget()
        assert "Meta has blocked the app's calls" in bot.say("!inbox messenger")
        assert graph.requests == []


def test_a_long_answer_comes_in_messages_that_are_whole(graph: Simulator, tmp_path: Path) -> None:
    for number in range(60):
        person = Person(f"5550000{number:02}", name=f"[Link {number}](https://evil.example)")
        graph.world.write("acme", person, "[Confirm](https://evil.example/x) **now**", platform="messenger")
    with ErrbotProcess.start(settings(graph, MESSAGE_SIZE_LIMIT=1500), tmp_path, token(graph)) as bot:
        answer = bot.say("!inbox messenger limit 50")
    assert answer.count("…\n") > 3
    shown = [int(row[1]) for row in re.finditer(r"^ +(\d+)  \w{4}  ", answer, re.MULTILINE)]
    assert shown == list(range(1, 51))
    assert "“[Confirm](https://evil.example/" in answer


def test_watches_belong_to_their_room_and_outlive_all_but_their_end(graph: Simulator, tmp_path: Path) -> None:
    with ErrbotProcess.start(settings(graph, CORE_PLUGINS=None, BOT_PREFIX="?"), tmp_path, token(graph)) as bot:
        assert "I'll tell you about every new conversation" in bot.say("?inbox watch spam instagram")
        bot.say("?inroom")
        assert "I'll tell this room about every new conversation" in bot.say("?inbox watch messenger as name")
        bot.say("?plugin reload Inbox")
        bot.say('?plugin config Inbox {"POLL_INTERVAL": 30}')
        assert "watch inbox messenger as name" in (here := bot.say("?inbox watches")) and "spam" not in here
        assert "There is no watch “1” here" in bot.say("?inbox unwatch 1")
        bot.say("?inperson")
        assert "watch spam instagram" in bot.say("?inbox watches")
        assert "For example: ?inbox watch spam" in bot.say("?inbox watch spma")
    with ErrbotProcess.start(settings(graph, BOT_PREFIX="?"), tmp_path, token(graph)) as bot:
        assert "watch spam instagram" in bot.say("?inbox watches")
        assert "Watch 1 has ended" in bot.say("?inbox unwatch 1")
        assert "Nothing is being watched here" in bot.say("?inbox watches")


def test_a_ledger_that_cannot_be_opened_leaves_a_bot_that_answers(graph: Simulator, tmp_path: Path) -> None:
    ledger = tmp_path / "ledger"
    ledger.write_bytes(b"this is no database at all" * 100)
    chosen = settings(graph)
    chosen["INBOX"]["DATABASE_URL"] = f"sqlite:///{ledger}"
    with ErrbotProcess.start(chosen, tmp_path, token(graph)) as bot:
        for command in ["inbox status", *(command.examples[0][0] for command in COMMANDS if command.needs_ledger)]:
            assert f"My ledger, {ledger}, " in (answer := bot.say(f"!{command}")), command
            assert "is damaged" in answer
        assert bot.say("!inbox spam instagram").startswith(SPAM)
        assert "“hello, is this" in bot.say("!inbox show 1")
        assert "Traceback" not in bot.log
