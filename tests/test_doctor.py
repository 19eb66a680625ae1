"""What only a bot's chat and Errbot can tell a checkup, and how that is said; all else is in transcripts."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from errbot.rendering import text as errbot_text

from pageinbox.ask.listing import MANY
from pageinbox.chat.errbot.content import messages
from pageinbox.chat.errbot.examining import examine
from pageinbox.chat.errbot.send import ErrbotChat
from pageinbox.chat.slack.examining import MOST, NEEDED
from pageinbox.chat.slack.send import SlackChat
from pageinbox.checkup.bot import chat as chat_of
from pageinbox.checkup.bot import push
from pageinbox.checkup.in_time import in_time
from pageinbox.checkup.ledger import disk
from pageinbox.checkup.ledger import ledger as ledger_of
from pageinbox.checkup.settings import settings
from pageinbox.checkup.versions import versions
from pageinbox.ledger.database import open_ledger
from pageinbox.ledger.schema import VERSION
from pageinbox.model.checkup import Clicked, Kept, Reached, Unreached, Unseen, Versions
from pageinbox.model.errors import LedgerError
from pageinbox.model.finding import Finding, State, Subject, good
from pageinbox.model.history import Backlog
from pageinbox.model.history import State as How
from pageinbox.model.push import Brought, Came, PagePush
from pageinbox.model.secret import Secret
from pageinbox.model.source import Page
from pageinbox.settings.reading import read
from pageinbox.words.doctor import doctor
from pageinbox.words.push import pushes
from simulator.server import Simulator
from simulator.world import World
from tests.bot import Bot as Running
from tests.bot import Deaf
from tests.slack_web import CUT, Bot, Clock, Reply, Slack, refusal

NOW = 1_795_435_200.0


def said(found: Sequence[Finding]) -> str:
    """What is said of findings that are about no Page."""
    shown = errbot_text().convert(messages(doctor(found, {}, NOW, all_told=True))[0])
    return " ".join(shown.split())


@pytest.fixture
def slack() -> Iterator[Slack]:
    running = Slack()
    yield running
    running.close()


@pytest.fixture
def chat(slack: Slack) -> SlackChat:
    clock = Clock()
    return SlackChat(Bot(slack), "!", clock=clock, sleep=clock.sleep)


def scoped(*scopes: str) -> Reply:
    return Reply({"ok": True}, headers={"X-OAuth-Scopes": ",".join(scopes)})


@pytest.mark.servers
def test_slack_scopes_that_the_app_lacks_are_named(chat: SlackChat, slack: Slack) -> None:
    slack.answer("auth.test", scoped(*NEEDED), scoped(*NEEDED[2:]), scoped("chat:write"))
    assert "Chat all 15 scopes are there" in said(chat.examine([]))
    assert "lacks the scopes channels:history and channels:read. Add them and reinstall" in said(chat.examine([]))
    assert chat.examine([])[0].state is State.ATTENTION


@pytest.mark.servers
def test_scopes_that_slack_does_not_tell_are_not_guessed(chat: SlackChat, slack: Slack) -> None:
    slack.answer("auth.test", Reply({"ok": True}), refusal("invalid_auth"), CUT)
    told = [chat.examine([])[0] for _ in range(3)]
    assert [each.state for each in told] == [State.UNKNOWN, State.ATTENTION, State.UNKNOWN]
    assert "Slack doesn't say which scopes my app has" in said(told[:1])
    assert "no longer accepts my token" in said(told[1:2])
    assert "answer was lost" in said(told[2:])


def channel(**told: bool) -> Reply:
    return Reply({"ok": True, "channel": {"id": "C01", **told}})


@pytest.mark.parametrize(
    ("reply", "state", "words"),
    [
        (channel(is_member=True), State.GOOD, "I may write in"),
        (channel(is_im=True), State.GOOD, "I may write in"),
        (channel(is_member=False), State.ATTENTION, "I'm not in that channel"),
        (channel(is_member=True, is_archived=True), State.ATTENTION, "is archived"),
        (refusal("channel_not_found"), State.ATTENTION, "I can't see that channel"),
        (channel(), State.UNKNOWN, "I can't tell whether I may write in"),
        (refusal("ratelimited"), State.UNKNOWN, "asks me to slow down"),
        (CUT, State.UNKNOWN, "answer was lost"),
    ],
)
@pytest.mark.servers
def test_a_slack_channel_is_asked_about_and_not_written_in(
    chat: SlackChat, slack: Slack, reply: Reply, state: State, words: str
) -> None:
    slack.answer("conversations.info", reply)
    [found] = [each for each in chat.examine(["<#C01>"]) if isinstance(each.fact, Reached | Unreached | Unseen)]
    assert found.state is state and words in said([found])
    assert not slack.posted


@pytest.mark.servers
def test_people_on_slack_are_not_written_to_and_very_many_channels_left_alone(chat: SlackChat, slack: Slack) -> None:
    rooms = ["<@U0007>", *(f"<#C{number:04}>" for number in range(MOST + 1))]
    unseen = [
        each.fact.rooms for each in chat.examine(rooms) if isinstance(each.fact, Unseen) and len(each.fact.rooms) != 1
    ]
    assert unseen == [("<#C0019>", "<#C0020>")]
    assert slack.count("conversations.info") == MOST - 1 and slack.count("users.info") == 1
    assert not slack.count("conversations.open")


@pytest.mark.servers
def test_slack_that_does_not_answer_is_asked_once(chat: SlackChat, slack: Slack) -> None:
    slack.answer("conversations.info", CUT)
    found = chat.examine([f"<#C{number:04}>" for number in range(3)])
    [lost] = [each.fact.rooms for each in found if isinstance(each.fact, Unseen)]
    assert len(lost) == 3 and slack.count("conversations.info") == 1


@pytest.mark.servers
def test_whether_clicks_arrive_is_known_once_one_has(chat: SlackChat, slack: Slack) -> None:
    assert "nobody has used them since I started" in said([chat.examine([])[1]])
    assert "Clicks the last one came 4 min ago" in said([good(Clicked(NOW - 240, NOW))])


def test_where_errbot_cannot_tell_nothing_is_known_of_rooms() -> None:
    network = ErrbotChat(None, lambda post: [])
    assert network.examine([]) == []
    [found] = network.examine(["#room"])
    assert found.state is State.UNKNOWN and "this network's backend doesn't say" in said([found])


def waiting(room: str) -> Backlog:
    return Backlog(room, How.QUEUED, 1, 0, NOW, NOW, tries=3, error="The room is full", failing=NOW - 60)


def test_a_room_that_fails_is_known_to_even_where_the_chat_tells_nothing() -> None:
    network = ErrbotChat(None, lambda post: [])
    found = chat_of(network.examine, lambda: ["#a", "#b"], lambda: [waiting("#b")])
    assert [each.state for each in found] == [State.ATTENTION, State.UNKNOWN]
    assert "#b: The room is full." in said(found)
    assert chat_of(network.examine, lambda: ["#a", "#b"], lambda: [], lambda room: room == "#a") == network.examine(
        ["#a"]
    )


def gone() -> Any:
    raise LedgerError("gone", "/data/ledger")


def test_without_a_ledger_no_room_is_asked_about() -> None:
    asked: list[Sequence[str]] = []
    chat_of(lambda rooms: asked.append(rooms) or [], gone)  # type: ignore[func-returns-value]
    assert asked == [[]]


class Plugins(dict[str, Any]):
    """What Errbot keeps in core.db, and its web server."""

    def __init__(self, server: Any = None, error: Exception | None = None, **webserver: Any) -> None:
        super().__init__(configs={})
        self.server, self.error = server, error
        self.webserver = SimpleNamespace(is_activated=True, server=server, **{"server_thread": None, **webserver})

    def __getitem__(self, key: str) -> Any:
        if self.error is not None:
            raise self.error
        return super().__getitem__(key)

    def get_plugin_obj_by_name(self, name: str) -> Any:
        return self.webserver if self.server or self.webserver.server_thread else None


def errbot(plugins: Plugins, *, admins: Any = ("@ops",), installs: bool = False) -> Any:
    def identified(name: str) -> str:
        if name == "@gone":
            raise ValueError("secret words of a backend's")
        return name

    config = SimpleNamespace(BOT_ADMINS=admins, AUTOINSTALL_DEPS=installs)
    return SimpleNamespace(mode="irc", plugin_manager=plugins, bot_config=config, build_identifier=identified)


def test_errbots_own_state_when_all_is_well() -> None:
    served = Plugins(SimpleNamespace(server_address=("127.0.0.1", 3141)))
    told = said(examine(errbot(served), needs_web=True))
    assert "Nothing needs attention: 4 are good" in told
    for words in ("core.db can be read", "AUTOINSTALL_DEPS is off", "1 admin can be told", "listens on 127.0.0.1:3141"):
        assert words in told
    assert "off; nothing here needs it" in said(examine(errbot(Plugins()), needs_web=False))


@pytest.mark.parametrize(
    ("secure", "port"), [({"enabled": False}, 3141), ({"enabled": True, "host": "0.0.0.0", "port": 3142}, 3142)]
)
def test_a_web_server_that_was_to_listen_and_does_not(secure: Any, port: int) -> None:
    over = threading.Thread()  # as one whose port was taken
    told = said(
        examine(
            errbot(Plugins(server_thread=over, config={"HOST": "127.0.0.1", "PORT": 3141, "SSL": secure})),
            needs_web=False,
        )
    )
    assert f"Errbot's web server was to listen on 127.0.0.1:{port}, and doesn't." in told


def test_errbots_own_state_when_nothing_is() -> None:
    broken = Plugins(error=EOFError("a customer's words"))
    told = said(examine(errbot(broken, admins=("@ops", "@gone"), installs=True), needs_web=True))
    assert told.startswith("4 things need attention") and "words" not in told
    for words in ("core.db (EOFError)", "AUTOINSTALL_DEPS is on", "people I can't find: @gone.", "web server is off"):
        assert words in told
    ops = SimpleNamespace(aclattr="U7")
    by_name = errbot(Plugins(), admins=("@ops",))
    by_name.mode, by_name.build_identifier = "slackv3", lambda name: ops
    by_name.bot_config.ACCESS_CONTROLS_DEFAULT = {"allowusers": ("U7", "*")}
    by_name.bot_config.ACCESS_CONTROLS = {
        "inbox*": {"denyrooms": "#public"},
        "*": {"denyusers": ("@bo", "@bo"), "allowmuc": True},
    }
    told = said(examine(by_name, needs_web=False))
    assert "In BOT_ADMINS, write U7 instead of @ops: Errbot goes by IDs" in told
    assert "ACCESS_CONTROLS names #public and @bo, but Errbot goes by IDs there" in told
    assert "BOT_ADMINS names nobody" in said(examine(errbot(Plugins(), admins=("@*:example.org",)), needs_web=False))


def test_what_answers_too_late_is_not_known() -> None:
    answers = threading.Event()

    def late() -> list[Finding]:
        answers.wait()
        return []

    try:
        found = in_time({Subject.LEDGER: late}, patience=0.01)
    finally:
        answers.set()
    assert [each.state for each in found] == [State.UNKNOWN]
    assert "Ledger: No answer came in time" in said(found)


def test_what_fails_for_a_fault_of_ours_is_not_known_and_takes_nothing_along(caplog: pytest.LogCaptureFixture) -> None:
    def fail() -> list[Finding]:
        raise KeyError("a customer's words")

    found = in_time({Subject.CHAT: fail, Subject.SETTINGS: lambda: settings(["config.py"], "")})
    told = said(found)
    assert "Chat: I can't tell, because of an error of my own (KeyError)" in told and "read from config.py" in told
    assert "KeyError > in_time.py" in caplog.text and "words" not in caplog.text + told


def test_refused_settings_are_told_as_they_were_refused() -> None:
    told = said(settings(["config.py", "chat"], 'DETAIL is "all"; it must be "name".'))
    assert 'The newest were refused, so the earlier ones still apply. DETAIL is "all"' in told
    assert "Settings read from config.py and chat" in told


def test_a_disk_that_fills_up_needs_attention() -> None:
    [full] = [disk("/ledger.sqlite", 10**18)]
    assert full.state is State.ATTENTION and "Free some space" in said([full])
    assert "the database server's disk" in said([disk("", 1)])
    assert disk("/no/such/folder/ledger", 1).state is State.UNKNOWN


def test_a_ledger_that_failed_at_work_is_not_good_because_a_little_can_be_written(ledger_folder: Path) -> None:
    with closing(open_ledger(ledger_folder / "ledger.sqlite")) as ledger:
        first, _ = ledger_of(lambda: ledger, LedgerError("full", ledger.where))
    assert first.state is State.ATTENTION and "the disk is full" in said([first])


def test_whether_meta_pushes() -> None:
    def told(latest: float | None = None, polled: int = 0, **more: Any) -> str:
        each = PagePush("acme", Brought(0, polled), latest, **more)
        return said(push(lambda: [each], NOW, wanted=True))

    assert "Push off; I look by myself" in said(push(list, NOW, wanted=False))
    for came, words in (
        (Came.NOTHING, "I can't tell whether Meta's pushes reach me"),
        (Came.STRANGE, "I get pushes that aren't signed with PAGES.acme.APP_SECRET"),
        (Came.OTHER, "Meta's pushes reach me, but none was about this Page"),
    ):
        assert f"Acme · push: {words}" in told(came=came)
    assert "Acme · push the last one came 2 min ago" in told(NOW - 120, polled=3)
    assert "Acme · push the last one came 2 days ago" in told(NOW - 172_800)
    assert "Acme · push: Meta's last push came 2 days ago, and what has changed" in told(NOW - 172_800, polled=3)
    assert push(gone, NOW, wanted=True) == []
    unsigned = told(secret=False)
    assert unsigned.startswith("1 thing needs attention") and "PAGES.acme.APP_SECRET isn't" in unsigned


@pytest.mark.parametrize(("ago", "polled", "off"), [(172_800, 3, True), (172_800, 0, False), (3600, 3, False)])
def test_status_asks_whether_a_webhook_that_fell_silent_is_still_on(ago: int, polled: int, *, off: bool) -> None:
    acme = Page("acme", "1", Secret("t"), Secret("s"))
    ((*_, end),) = pushes([PagePush("acme", Brought(0, polled), NOW - ago)], {"acme": acme}, NOW)
    assert ("is the app still subscribed?" in str(end)) is off


def test_versions_of_what_runs_are_told() -> None:
    [found] = versions()
    assert isinstance(found.fact, Versions)
    told = dict(found.fact.versions)
    assert {"Python", "err-inbox", "errbot", "SQLAlchemy", "requests"} <= told.keys()
    assert all(told[name] for name in ("Python", "errbot", "SQLAlchemy"))


@pytest.mark.servers
def test_of_very_many_pages_what_the_poller_and_the_day_have_told_is_enough(ledger_folder: Path) -> None:
    clock = Clock()
    world = World(clock, [f"shop{number:02}" for number in range(MANY // 2 + 1)])
    with Simulator(world, rate_limit=False) as graph:
        pages = {page.name: {"ID": page.id, "TOKEN": page.token} for page in world.pages.values()}
        chosen = read({"PAGES": pages, "GRAPH_URL": graph.url, "WATCHES": ["#room inbox"]}, environment={})
        bot = Running(chosen, f"sqlite:///{ledger_folder}/ledger", Deaf(), clock, clock.sleep, rooms={"#room": "#room"})
        bot.run(clock() + 200)
        bot.service.tokens.ask()
        graph.forget()
        shown = " ".join(errbot_text().convert(messages(bot.say("#room", "doctor"))[0]).split())
        asked = [request.path for request in graph.requests]
        bot.stop()
    assert f"{len(pages)} Pages · token Meta accepts it" in shown and f"{len(pages)} Pages · token's end" in shown
    assert not [path for path in asked if "conversations" in path or "debug" in path]


def test_a_ledgers_condition_is_seen_without_changing_it(ledger_url: str) -> None:
    with closing(open_ledger(ledger_url)) as ledger:
        changed = ledger.changes()
        kept, room = ledger_of(lambda: ledger)
        assert ledger.changes() == changed
    database = "PostgreSQL" if "postgresql" in ledger_url else "SQLite"
    assert isinstance(kept.fact, Kept) and (kept.state, kept.fact.version) == (State.GOOD, VERSION)
    assert kept.fact.database.startswith(f"{database} ") and kept.fact.size > 0
    assert kept.fact.journal == ("wal" if database == "SQLite" else "")
    assert room.state is (State.GOOD if database == "SQLite" else State.UNKNOWN)
