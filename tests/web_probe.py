"""Where the web server of a test's Errbot listens: it is given port 0, so that nobody else can have taken it."""

from __future__ import annotations

from pathlib import Path

from tests.errbot_process import ErrbotProcess

WEBSERVER = '{"HOST": "127.0.0.1", "PORT": 0, "SSL": None}'
PROBE = """
from errbot import BotPlugin, botcmd

class Probe(BotPlugin):
    @botcmd
    def port(self, msg, args):
        server = self._bot.plugin_manager.get_plugin_obj_by_name("Webserver").server
        # After a reload it is the closed one for a moment.
        return str(server.server_port if server and server.fileno() >= 0 else 0)
"""


def add_probe(folder: Path) -> Path:
    """A plugin that tells it."""
    (plugin := folder / "probe").mkdir()
    (plugin / "probe.py").write_text(PROBE, encoding="utf-8")
    (plugin / "probe.plug").write_text("[Core]\nName = Probe\nModule = probe\n", encoding="utf-8")
    return plugin


def listening(bot: ErrbotProcess) -> str:
    """The address, once it listens."""
    while (port := bot.say("!port")) == "0":
        pass
    return f"http://127.0.0.1:{port}"
