"""What Errbot knows about an incoming message: which room or person it came from, and what they may do.

Facts about Errbot were seen in Errbot 6.2.1.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import Any

from errbot.backends.base import Room

from pageinbox.chat.errbot.refusal import trouble
from pageinbox.model.act import Person
from pageinbox.model.chat import ChatDoubt, ChatError
from pageinbox.model.text import seen

SLACK_ROOM_NAME = re.compile(r"^(<#\w+)\|.*>$", re.DOTALL)

SLACK_ID = re.compile(r"[@#]?(([CDGUW])[A-Z0-9]+)")
"""A channel's or a person's id, which no name looks like: those are in lower case."""

DISCORD_NAME = re.compile(r"[^@<#][^#]*#\d+")
"""A person's name and number, as `ann#0`."""


class Unlogged(str):
    """The words of a command, which Errbot writes into its log at INFO: what formats them gets a `…` instead."""

    __slots__ = ()

    def __format__(self, spec: str) -> str:
        return format("…", spec)


def room_of(message: Any) -> str:
    """How to name the room an incoming message was written in, or the person who wrote it to the bot alone.

    The name means the same after a restart, to `ErrbotChat` and to the bot's own `build_identifier`.
    """
    return name_of(message.to if message.is_group else message.frm)


def person_of(identifier: Any) -> Person:
    """Somebody of Errbot's as the team's marks keep them: by the name that `name_of` gives where they write to the bot.

    It is the same in every room, and a message can be sent to it. What is shown is what the chat shows: on Slack the
    display name or the full one, elsewhere the nick.
    """
    # Somebody in a room is another identifier, but for `person`: on Slack the mere id, and on the text backend what it
    # was made with, a name without its @ or somebody outside of rooms.
    own = on_discord(identifier) or told(identifier, "person") or str(identifier)
    if own == told(identifier, "userid"):  # Mattermost has one as well, and no use for it as a name
        own = f"<@{own}>"
    elif str(identifier) == f"@{own}":
        own = str(identifier)
    shown = told(identifier, "nick") or told(identifier, "fullname") or own
    return Person(own, shown.removeprefix("@"))


def name_of(identifier: Any) -> str:
    """The name of a room or person of Errbot's: its text, on Slack without what changes when a room is renamed.

    That is `#room` and `@person` on the text backend, `<#C…>` and `<@U…>` on Slack and Discord, `!id:server` and
    `@person:server` on Matrix, and on IRC the nick without the host, which is another one after each connection.
    """
    name, nick = str(identifier), told(identifier, "person")
    if name.startswith("<#"):
        return SLACK_ROOM_NAME.sub(r"\1>", name)
    if nick and (name.startswith(f"{nick}!") or name == object.__repr__(identifier)):
        return nick
    return on_discord(identifier) or name


def on_discord(identifier: Any) -> str:
    """What Discord's backend finds a person by, which it does not by their text; empty for rooms and elsewhere."""
    return f"<@{identifier.id}>" if hasattr(identifier, "discord_user") else ""


def goes_by(identifier: Any, name: str) -> bool:
    """Whether somebody, such as the bot itself, is called so, with or without an @, in any case."""
    names = (told(identifier, "nick"), told(identifier, "person"))
    return name.casefold() in [each.removeprefix("@").casefold() for each in names]


def told(identifier: Any, name: str) -> str:
    """What a backend says of somebody; empty for nothing, and where it fails, since some have to ask the network."""
    try:
        return str(getattr(identifier, name, None) or "")
    except Exception:
        return ""


def identified(bot: Any, room: str) -> Any:
    """The room or person that a name means in this bot's chat. May ask the network. ChatError if there is none."""
    failure = None
    try:
        if bot.mode == "text" and room.startswith("#"):
            # build_identifier would take whoever types at the terminal along into that room.
            from errbot.backends.text import TextRoom

            return TextRoom(room[1:], bot)
        if bot.mode == "slackv3" and (bare := SLACK_ID.fullmatch(room)):
            room = f"<{'@' if bare[2] in 'UW' else '#'}{bare[1]}>"  # as people copy them, and BOT_ADMINS have people
        if bot.mode == "discord" and DISCORD_NAME.fullmatch(room):
            room = f"@{room}"  # as its BOT_ADMINS have people, whom its backend finds only so
        return bot.build_identifier(room)
    except Exception as error:
        failure = trouble(error)
        if isinstance(failure, ChatDoubt):
            failure = ChatError(f"I can't find {room} ({type(error).__name__})")
    raise failure


def is_found_again(bot: Any, message: Any) -> bool:
    """Whether the name of the room or person that `room_of` gives means the same to this bot's backend. May ask it.

    Some know no names but people's, so that what is sent to a room by its name goes to nobody, and without a word.
    """
    name = room_of(message)
    try:
        found = identified(bot, name)
    except ChatError:
        return False
    return name_of(found) == name and isinstance(found, Room) == message.is_group


def hear_names(bot: Any, names: Iterable[str]) -> None:
    """Let a command begin with one of these names, too, besides the alternate prefixes that the bot has."""
    anyhow = bot.bot_config.BOT_ALT_PREFIX_CASEINSENSITIVE  # then Errbot looks for them in lower case
    known = listed(bot.bot_alt_prefixes)
    bot.bot_alt_prefixes = tuple(dict.fromkeys([*known, *(name.lower() if anyhow else name for name in names)]))


MARKED = re.compile(r"(`{1,3}|\*{1,2}|_{1,2}|~{1,2})(.*)\1", re.DOTALL)
"""A whole message that is set as code, or made bold."""


def overlooked(bot: Any, message: Any, word: str) -> str:
    """A command `word` as it was meant, where Errbot sees none in a message; empty for anything else.

    Errbot wants the prefix to be the first character. Whoever copies a command from a chat may paste blanks and what
    shows nothing before it, or marks for code around it; keyboards have a wide `！`, and phones begin with a capital.
    """
    config, text = bot.bot_config, message.body
    if word not in text.lower():
        return ""
    names = tuple(listed(bot.bot_alt_prefixes)) if config.BOT_ALT_PREFIXES else ()
    known = text.lower() if config.BOT_ALT_PREFIX_CASEINSENSITIVE else text
    if text.startswith(config.BOT_PREFIX) or known.startswith(names):
        return ""
    if message.is_direct and config.BOT_PREFIX_OPTIONAL_ON_CHAT:
        return ""
    meant = seen(text)
    if (marked := MARKED.fullmatch(meant)) and marked[1] not in marked[2]:
        meant = seen(marked[2])
    for prefix in (config.BOT_PREFIX, *names):
        begun, rest = unicodedata.normalize("NFKC", meant[: len(prefix)]), meant[len(prefix) :]
        if begun.casefold() == prefix.casefold() and re.match(rf"\W*{word}\b", rest, re.IGNORECASE):
            return f"{prefix}{rest}"
    return ""


def is_admin(bot: Any, message: Any) -> bool:
    """Whether whoever wrote `message` is one of BOT_ADMINS, as Errbot's own admin commands see it: unless in doubt, no.

    Errbot compares what the backend gives for that, as on Slack a person's id, with patterns.
    """
    try:
        known = message.frm.aclattr if hasattr(message.frm, "aclattr") else message.frm.person
        patterns = listed(bot.bot_config.BOT_ADMINS)
        return any(fnmatchcase(str(known), str(pattern)) for pattern in patterns)
    except Exception:
        return False


def people_in(admins: Iterable[object]) -> tuple[str, ...]:
    """Those of BOT_ADMINS that can be told something: a pattern, such as `@*:example.org`, is nobody.

    On IRC a person's name is what stands before the `!`.
    """
    names = map(str, admins)
    return tuple(name for name in names if not re.search(r"[*?[]", name.partition("!")[0]))


def may(bot: Any, message: Any, command: str, args: str = "") -> bool:
    """Whether the bot's access controls let the one who wrote `message` give `command` (`inbox_watch`) where it came.

    Errbot asks them only about the command it has found itself, so whoever carries out another one, as for
    `!inbox Watch`, which to Errbot is `inbox`, has to ask. This is how its own help asks: nothing is said or done.
    """
    try:
        for allows in bot.command_filters:
            message, command, args = allows(message, command, args, True)
            if message is None:
                return False
    except Exception:
        return False  # as Errbot does, "blocking the command in doubt"
    return True


def diverted(config: Any, command: str) -> tuple[bool, bool]:
    """Whether Errbot's settings want a command answered in private, and whether in a thread."""
    private, threaded = map(listed, (config.DIVERT_TO_PRIVATE, config.DIVERT_TO_THREAD))
    return bool({"ALL_COMMANDS", command} & {*private}), bool({"ALL_COMMANDS", command} & {*threaded})


def listed(names: Iterable[str]) -> Iterable[str]:
    """Names of a setting of Errbot's: `("inbox")` is no tuple, and as good as one to Errbot."""
    return (names,) if isinstance(names, str) else names
