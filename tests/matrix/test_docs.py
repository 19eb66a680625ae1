"""docs/matrix.md, followed to the letter: its variables, config_template.py, and a room that watches from there."""

import re

import requests

from tests.errbot_process import ChattingErrbot
from tests.matrix.team import PATIENCE, ROOT, Team
from tests.matrix.test_refusals import in_outbox
from tests.synapse import PASSWORD

EXPORTED = re.compile(r"^export (\w+)=", re.MULTILINE)


def test_the_variables_of_the_docs_make_a_bot_that_watches(alone: Team) -> None:
    told = (ROOT / "docs" / "matrix.md").read_text("utf-8")
    login = {
        "type": "m.login.password",
        "identifier": {"type": "m.id.user", "user": alone.user_id},
        "password": PASSWORD,
        "initial_device_display_name": "errbot",
    }
    token = requests.post(f"{alone.server.url}/_matrix/client/v3/login", json=login, timeout=60).json()["access_token"]
    values = {
        "BOT_BACKEND": "Matrix",
        "MATRIX_HOMESERVER": alone.gateway.url,
        "MATRIX_USERNAME": alone.user_id,
        "MATRIX_INVITES": alone.server.name,
        "BOT_ADMINS": alone.admin.user_id,
        "INBOX_PAGE_ID": "200300400",
        "INBOX_PAGE_NAME": "acme",
        "INBOX_PAGE_TOKEN": alone.token,
    }
    assert set(EXPORTED.findall(told)) == values.keys() | {"MATRIX_PASSWORD"}
    more = {
        "MATRIX_ACCESS_TOKEN": token,
        "INBOX_GRAPH_URL": alone.graph.url,
        "INBOX_POLL_INTERVAL": "1",
        "INBOX_WATCHES": "#docs:chat.localhost inbox messenger, #nowhere:chat.localhost inbox messenger",
        "BOT_DATA_DIR": str(alone.folder / "data"),
    }
    support = alone.admin.create_room(alone.user_id, alias="docs")
    with ChattingErrbot(ROOT / "config_template.py", alone.folder, values | more, wait=False) as bot:
        alone.bot = bot
        alone.admin.wait_for_member(support, alone.user_id, say=alone.log)
        alone.hear(support, "From now on I'll announce new ones here")
        alone.writes("Zoe Zander", "do you ship to Malta?")
        alone.hear(support, "Zoe Zander")
        direct = alone.direct(alone.admin)
        name = alone.user_id[1:].partition(":")[0]
        listed = alone.ask(alone.admin, f"{name.title()}: inbox watches", support)
        assert alone.ask(alone.admin, f"@{name} inbox watches", support) == listed
        assert "watch inbox messenger · from the settings" in listed
        assert "Plugin Inbox reloaded" in alone.ask(alone.admin, "!plugin reload Inbox", direct)
        sentence = "there is no such room, or I was never in it; invite me"
        in_outbox(alone, {"#nowhere": sentence})
        assert sentence in told
        requests.post(
            f"{alone.server.url}/_matrix/client/v3/logout",
            headers={"Authorization": f"Bearer {token}"},
            json={},
            timeout=60,
        )
        assert bot.process.wait(PATIENCE) != 0
        sentence = "The homeserver no longer accepts my login"
        assert sentence in bot.log and sentence in told
