"""A person is erased by a real Errbot: no file of its data folder has their name, id or words afterwards."""

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from simulator.server import Simulator
from simulator.thread import Person
from simulator.world import World
from tests.core.test_erasing import in_files
from tests.errbot_process import ErrbotProcess
from tests.test_plugin import settings, token

pytestmark = pytest.mark.processes

NAME, SAID, NOTE, ID = "Zerlina Quandtünlü", "my xylophone «broke»", "lives at 12 Elm Street", "9177700001234567"


@pytest.fixture
def graph() -> Iterator[Simulator]:
    world = World.demo(time.time)
    world.write("acme", Person(ID, name=NAME), SAID, platform="messenger")
    with Simulator(world, instagram_fields="present") as running:
        yield running


def test_no_file_of_a_bot_has_whom_its_admin_has_erased(graph: Simulator, tmp_path: Path) -> None:
    thread = graph.world.of_person("acme", "messenger", ID)
    assert thread
    needles = NAME, SAID, NOTE, ID, thread.id
    with ErrbotProcess.start(settings(graph, CORE_PLUGINS=None), tmp_path, token(graph)) as bot:
        bot.say("!inbox watch messenger")
        listed = bot.say("!inbox messenger")
        found = re.search(rf"^ +(\d+) +(\w{{4}}) +{NAME}", listed, re.MULTILINE)
        assert found
        row, ref = found.groups()
        assert NAME in bot.say(f'!inbox @"{NAME}"') and NAME in bot.say(f"!INBOX user {ID}")
        assert "has" in bot.say(f"!inbox claim {ref}")
        bot.say(f"!inbox note {ref} {NOTE}")
        bot.say(f"!inbox show {ref}")
        assert in_files(tmp_path, (NAME,)) and in_files(tmp_path, (NOTE,)) and in_files(tmp_path, (thread.id,))
        assert bot.say(f"!inbox why {ref}").startswith(f"{ref} · ") and bot.say("!!").startswith(f"{ref} · ")
        bot.say("!asuser")
        assert "requires bot-admin privileges" in bot.say(f"!inbox forget {ref} yes")
        for other in (f"!Inbox Forget {ref} yes", f"!inbox Forget user {ID} yes"):
            assert bot.say(other) == "!inbox forget is only for my admins (BOT_ADMINS), in a direct chat with me."
        bot.say("!asadmin")
        assert "yes" in bot.say(f"!inbox forget {row}") and in_files(tmp_path, (NOTE,)), "nothing was erased yet"
        assert f"{ref} is erased" in bot.say(f"!inbox forget user {ID} yes")
        assert not in_files(tmp_path, needles)
        assert 'Processing command "inbox_forget" with parameters "…"' in bot.log
    assert not in_files(tmp_path, needles)
