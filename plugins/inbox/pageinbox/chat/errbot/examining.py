"""In what state Errbot itself is: its store, its web server, whom it takes for admins.

Facts about Errbot were seen in Errbot 6.2.1.
"""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import Any

from pageinbox.chat.errbot.incoming import identified, listed, people_in, told
from pageinbox.model.chat import ChatError
from pageinbox.model.checkup import Admins, DeadRules, InstallsDependencies, Storage, Web
from pageinbox.model.finding import Finding, State, good

RULES = ("allowusers", "denyusers", "allowrooms", "denyrooms")
"""The rules of ACCESS_CONTROLS that name people and rooms."""

CONFIGS = "configs"
"""Where Errbot keeps what `!plugin config` has set."""


def examine(bot: Any, *, needs_web: bool) -> list[Finding]:
    """What can be seen of Errbot; `needs_web` says that something here is told on its web server. May ask the chat."""
    installs = bool(bot.bot_config.AUTOINSTALL_DEPS)
    return [
        storage(bot.plugin_manager),
        good(InstallsDependencies(installs), unless=installs),
        admins(bot),
        *rules(bot),
        web(bot.plugin_manager, needed=needs_web),
    ]


def needs_web(bot: Any) -> bool:
    """Whether the bot hears of messages on Errbot's web server, as slackv3 does in Events mode."""
    return getattr(bot, "slack_events", None) is not None


def storage(core: Any) -> Finding:
    """Whether `core.db` can be read."""
    try:
        core[CONFIGS]
    except Exception as error:  # whatever dbm raises
        return Finding(State.ATTENTION, Storage(type(error).__name__))
    return good(Storage())


def admins(bot: Any) -> Finding:
    """Whether the chat knows those of BOT_ADMINS that can be told something, and Errbot them by what stands there."""
    named = people_in(listed(bot.bot_config.BOT_ADMINS))
    known = [(name, gone_by(bot, name)) for name in named]
    missing = tuple(name for name, own in known if own is None)
    powerless = tuple((name, own) for name, own in known if own and not fnmatchcase(own, name))
    return good(Admins(len(named), missing, powerless), unless=not named or bool(missing or powerless))


def rules(bot: Any) -> list[Finding]:
    """What ACCESS_CONTROLS calls by a name, where slackv3 has ids compared: who is denied something so isn't."""
    if bot.mode != "slackv3":
        return []
    config = bot.bot_config
    lists = [
        rule.get(kind) or ()
        for rule in (config.ACCESS_CONTROLS_DEFAULT, *config.ACCESS_CONTROLS.values())
        for kind in RULES
    ]
    names = dict.fromkeys(str(name) for names in lists for name in listed(names) if str(name)[:1] in ("#", "@"))
    return [Finding(State.ATTENTION, DeadRules(tuple(names)))] if names else []


def gone_by(bot: Any, name: str) -> str | None:
    """What Errbot's access rules know somebody by, empty where that can't be told; None where the chat knows nobody.

    On IRC it is told by who writes: their host belongs to it.
    """
    try:
        found = identified(bot, name)
    except ChatError:
        return None
    return "" if bot.mode == "irc" else told(found, "aclattr") or told(found, "person")


def web(plugins: Any, *, needed: bool) -> Finding:
    """Whether Errbot's web server runs, and where."""
    plugin = plugins.get_plugin_obj_by_name("Webserver")
    if plugin is None or not plugin.is_activated:
        return good(Web("", needed), unless=needed)
    if plugin.server_thread is not None and not plugin.server_thread.is_alive():
        # Where its port is taken, Flask says so on standard error alone, and Errbot notices nothing.
        own = plugin.config["SSL"]
        port = own["port"] if own["enabled"] else plugin.config["PORT"]
        return Finding(State.ATTENTION, Web("", needed, address((plugin.config["HOST"], port))))
    where = address(plugin.server.server_address) if plugin.server is not None else ""
    return good(Web(where, needed), unless=needed and not where)


def address(told: Sequence[Any]) -> str:
    """A server's address, as `127.0.0.1:3141`."""
    return f"{told[0]}:{told[1]}"
