"""A complete Errbot configuration: errbot -c config_template.py

With nothing set it is the demo: a bot in this terminal that reads the Page acme from a simulator that comes with it.
It runs nowhere else, so that no room is told of people who don't exist.
Set INBOX_PAGE_ID, INBOX_PAGE_NAME and INBOX_PAGE_TOKEN, and it reads your own Page from Meta.
docs/settings.md lists every variable. A copy of this file works under any name.
"""

import codecs
import errno
import json
import logging
import os
import re
import shelve
import sys
import time
import tomllib
from ast import literal_eval
from contextlib import suppress
from datetime import UTC, datetime
from difflib import get_close_matches  # noqa: TID251
from logging.handlers import WatchedFileHandler
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent


# Where quotes around a value may be meant: about a room's name, say. Elsewhere Docker's --env-file left them there.
MEANT = ("INBOX_AUTO_REPLIES", "INBOX_ROOMS", "INBOX_WATCHES", "MATRIX_PASSWORD")


def unquoted(name: str, value: str) -> str:
    quoted = None if name in MEANT else re.fullmatch(r"""(["'])(.*)\1""", value.strip())
    return (quoted[2] if quoted else value).strip()


def env(name: str, default: str = "") -> str:
    # an empty variable counts as not set, since compose files and unit files tend to leave those behind
    return unquoted(name, os.environ.get(name, "")) or default


def listed(name: str, between: str = r"[,;\s]+") -> list[str]:
    """The entries of a list that a variable holds: with something `between` them, or as JSON or Python writes it."""
    if env(name).startswith(("[", "(")):  # a room in quotes and a comma would be Python, too
        with suppress(ValueError, SyntaxError):
            found = literal_eval(env(name))
            return [str(entry).strip() for entry in (found if isinstance(found, (list, tuple)) else [found])]
    return [entry.strip() for entry in re.split(between, env(name)) if entry.strip()]


def place(name: str, path: str) -> Path:
    """A path that stands in a variable, with what a shell would put for $NAME and ~ in it."""
    found = os.path.expanduser(os.path.expandvars(path.strip()))
    if found.startswith("~"):  # as in a container whose user is nobody that it knows
        raise SystemExit(f"{name}: {found} can't be found, since there is no such home; write the whole path.")
    return Path(found)


def secret(name: str) -> str:
    """What a variable holds, or the file that it names as file:PATH."""
    if not (value := env(name)).startswith("file:"):
        return value
    path = place(name, value.removeprefix("file:"))
    try:
        content = path.read_bytes()
        # the UTF-16 is what `>` of Windows PowerShell writes
        held = content.decode("utf-16" if content[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) else "utf-8-sig")
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "it is no text"
        raise SystemExit(f"{name}: {path} can't be read ({why}).") from None
    if not (found := unquoted(name, held)):
        raise SystemExit(f"{name}: {path} is empty; put the secret in that file.")
    return found


def reference(name: str) -> str:
    """Where INBOX finds the secret of a variable: there, or in the file that it names as file:PATH."""
    return env(name) if env(name).startswith("file:") else f"env:{name}"


def need(names: tuple[str, ...], purpose: str) -> None:
    """End with a sentence if any of these variables is missing."""
    missing = [name for name in names if not env(name)]
    if missing:
        *others, last = missing
        listed = f"{', '.join(others)} and {last} are" if others else f"{last} is"
        raise SystemExit(f"{purpose}: {listed} not set.")


BACKEND = env("BOT_BACKEND", "Text")
if BACKEND not in ("Text", "SlackV3", "Matrix"):
    raise SystemExit("BOT_BACKEND must be Text, SlackV3 or Matrix.")

# --- The inbox ------------------------------------------------------------------------------------

ONE_PAGE = ("INBOX_PAGE_ID", "INBOX_PAGE_NAME", "INBOX_PAGE_TOKEN")
TEXTS = ("INBOX_GRAPH_URL", "INBOX_GRAPH_VERSION", "INBOX_DETAIL", "INBOX_TIMEZONE", "INBOX_OPEN")
NUMBERS = (
    "INBOX_POLL_INTERVAL",
    "INBOX_POLL_INTERVAL_PUSHED",
    "INBOX_CACHE_TTL",
    "INBOX_RETENTION_DAYS",
    "INBOX_CLAIM_HOURS",
)
LISTS = ("INBOX_PLATFORMS", "INBOX_AUTO_REPLIES", "INBOX_ROOMS", "INBOX_WATCHES")
SECRETS = ("INBOX_PUSH_TOKEN", "INBOX_DATABASE_URL")
OTHERS = ("INBOX_APP_SECRET", "INBOX_PAGES_FILE")

# What Kubernetes sets in every container beside a service whose name begins with inbox.
KUBERNETES = re.compile(r"INBOX_(\w+_)?(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT(_\d+_(TCP|UDP|SCTP)(_\w+)?)?)")


def refuse_unknown(pages: dict[str, Any]) -> None:
    """End with a sentence if a variable looks like one of these and is none: a slip must not go by unseen.

    Those are left alone in which the Pages' secrets are.
    """
    known = (*ONE_PAGE, *TEXTS, *NUMBERS, *LISTS, *SECRETS, *OTHERS)
    secrets = {str(value).partition(":")[2].strip() for page in pages.values() for value in page.values()}
    for name in sorted(os.environ):
        if name in (*known, *secrets) or KUBERNETES.fullmatch(name):
            continue
        if name.startswith("INBOX_") and env(name):
            near = get_close_matches(name, known, 1, 0)
            raise SystemExit(f"There is no variable {name}; the nearest is {near[0]}.")


def pages_of(path: Path) -> dict[str, Any]:
    """The Pages of a TOML file, with the paths in it made absolute."""
    try:
        pages = tomllib.loads(path.read_text("utf-8-sig"))
    except OSError as error:
        raise SystemExit(f"INBOX_PAGES_FILE: {path} can't be read ({error.strerror}).") from None
    except ValueError as error:  # TOML's and UTF-8's own; neither is shown, since a token may be in the line
        where = re.search(r"line \d+", str(error))
        raise SystemExit(f"INBOX_PAGES_FILE: {path} is not valid TOML{f' ({where[0]})' if where else ''}.") from None
    if not pages:
        raise SystemExit(f"INBOX_PAGES_FILE: {path} names no Page; each is a table such as [acme].")
    for name, page in pages.items():
        if not isinstance(page, dict):
            raise SystemExit(f"INBOX_PAGES_FILE: in {path}, every Page must be a table such as [acme].")
        for key in ("TOKEN", "APP_SECRET"):
            kind, _, rest = str(page.get(key, "env:")).partition(":")
            if kind == "file":
                page[key] = f"file:{path.parent / os.path.expanduser(rest.strip())}"
            elif kind != "env":
                # so that INBOX can be printed without harm
                raise SystemExit(f"INBOX_PAGES_FILE: {key} of {name} must be env:NAME or file:PATH.")
    return pages


def demo_graph() -> str:
    """The address of a Graph API of our own, served by this process for as long as it runs."""
    sys.path.insert(0, str(HERE))
    try:
        from simulator.terminal import serve
    except ImportError:
        names = ", ".join(ONE_PAGE)
        raise SystemExit(
            f"The demo needs the folder simulator of a checkout; to read your own Page, set {names}."
        ) from None
    return serve()


def pages() -> dict[str, Any]:
    """The Pages that the environment names; none is the demo."""
    found: dict[str, Any] = {}
    if env("INBOX_PAGES_FILE"):
        if any(map(env, ONE_PAGE)):
            raise SystemExit(f"INBOX_PAGES_FILE names every Page, so {', '.join(ONE_PAGE)} must not be set.")
        found = pages_of(place("INBOX_PAGES_FILE", env("INBOX_PAGES_FILE").removeprefix("file:")).absolute())
    refuse_unknown(found)
    if not found and any(map(env, (*ONE_PAGE, "INBOX_APP_SECRET"))):
        # a half-set Page must never end up as a demo that looks alive
        need(ONE_PAGE, "To read your own Page, I need all of " + ", ".join(ONE_PAGE))
        found = {env("INBOX_PAGE_NAME"): {"ID": env("INBOX_PAGE_ID"), "TOKEN": reference("INBOX_PAGE_TOKEN")}}
    return found


# A room that has a blank in its name is in quotes: two rooms without a comma would be one that nobody has.
ROOM = re.compile(r"""(?:(["'])(?P<quoted>.+?)\1|(?P<plain>[^\s"'{}]+?))\s*[\s:=]\s*(?P<level>\w+)""")


def rooms(text: str) -> dict[str, Any]:
    """Rooms, each with how much it may see behind it: `#public count, "Board room" initials`."""
    found: dict[str, Any] = {}
    for entry in filter(None, map(str.strip, re.split(r"[,\n]", text))):
        room = ROOM.fullmatch(entry)
        if not room:
            raise SystemExit(
                f"INBOX_ROOMS has {entry}, which is no room with its level, such as #public count or "
                '"Board room" name, with a comma between rooms.'
            )
        name = room["quoted"] or room["plain"]
        if name in found:
            raise SystemExit(f'INBOX_ROOMS names "{name}" twice; write each room once, such as #public count.')
        found[name] = {"DETAIL": room["level"]}
    return found


def inbox() -> dict[str, Any]:
    """INBOX, as the environment has it; secrets stay there, and only their names are in the dict."""
    settings: dict[str, Any] = {"PAGES": pages()}
    if not settings["PAGES"]:
        if BACKEND != "Text":
            need(ONE_PAGE, f"BOT_BACKEND {BACKEND} needs a Page, since the demo runs only in the terminal")
        settings["PAGES"] = {"acme": {"ID": "200300400", "TOKEN": "demo-page-token"}}
        settings["POLL_INTERVAL"] = 10  # so that whoever tries a watch soon sees what it does
        settings["GRAPH_URL"] = env("INBOX_GRAPH_URL") or demo_graph()
    for page in settings["PAGES"].values():
        if env("INBOX_APP_SECRET"):
            page.setdefault("APP_SECRET", reference("INBOX_APP_SECRET"))
        if env("INBOX_PLATFORMS"):
            page.setdefault("PLATFORMS", listed("INBOX_PLATFORMS"))
        if env("INBOX_AUTO_REPLIES"):  # which may have commas in them
            page.setdefault("AUTO_REPLIES", listed("INBOX_AUTO_REPLIES", r"\n"))
    settings |= {name.removeprefix("INBOX_"): env(name) for name in TEXTS if env(name)}
    for name in filter(env, NUMBERS):
        try:
            settings[name.removeprefix("INBOX_")] = int(env(name)) if env(name).isdecimal() else float(env(name))
        except ValueError:
            raise SystemExit(f"{name} must be a number, such as 60.") from None
    if env("INBOX_ROOMS"):
        settings["ROOMS"] = rooms(env("INBOX_ROOMS"))
    if env("INBOX_WATCHES"):
        settings["WATCHES"] = listed("INBOX_WATCHES", r"[,\n]")
    settings |= {name.removeprefix("INBOX_"): reference(name) for name in SECRETS if env(name)}
    return settings


INBOX = inbox()

# --- Where things are -----------------------------------------------------------------------------

_data = place("BOT_DATA_DIR", env("BOT_DATA_DIR", str(HERE / "data"))).absolute()
try:
    # closed to others: what customers wrote is kept there
    _data.mkdir(mode=0o700, parents=True, exist_ok=True)
except OSError as error:
    raise SystemExit(f"BOT_DATA_DIR: {_data} can't be created ({error.strerror}).") from None
try:
    (_data / "errbot.log").touch()
except OSError as error:  # a volume of another user, or one that is mounted read-only
    raise SystemExit(f"BOT_DATA_DIR: {_data} can't be written to ({error.strerror}).") from None
BOT_DATA_DIR = str(_data)

# In a checkout the plugin is beside this file; a wheel installed with pip is found without.
BOT_EXTRA_PLUGIN_DIR = str(HERE / "plugins") if (HERE / "plugins").is_dir() else None

BOT_LOG_FILE: str | None = str(_data / "errbot.log")
BOT_LOG_LEVEL = logging.getLevelNamesMapping().get(env("BOT_LOG_LEVEL", "INFO").upper(), 0)
if not BOT_LOG_LEVEL:
    raise SystemExit("BOT_LOG_LEVEL must be DEBUG, INFO, WARNING or ERROR.")


def message_of(record: logging.LogRecord) -> str:
    """What a log record says, as far as it can be said: some other plugin's arguments may not fit its words."""
    try:
        return record.getMessage()
    except Exception as error:
        return f"{record.msg if isinstance(record.msg, str) else ''} ({type(error).__name__})"


class OneObject(logging.Formatter):
    """A log record as a JSON object on a line of its own."""

    def format(self, record: logging.LogRecord) -> str:
        shown = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": message_of(record),
        }
        # what Inbox says its own records are about
        about = ("page", "platform", "folder", "ref", "error", "code")
        shown |= {name: str(value) for name in about if (value := getattr(record, name, ""))}
        if record.exc_info:
            shown["exception"] = self.formatException(record.exc_info)
        return json.dumps(shown)


log_format: logging.Formatter = logging.Formatter("%(asctime)s %(levelname)-8s %(name)-25s %(message)s")
match env("LOG_FORMAT", "text"):
    case "text":
        pass  # which Errbot writes by itself, with colours in a terminal
    case "json":
        log_format = BOT_LOG_FORMATTER = OneObject()
    case _:
        raise SystemExit("LOG_FORMAT must be text or json.")

# Why a file can't be opened, when nothing is wrong with what is in it
NOT_ITS_CONTENT = {errno.EAGAIN, errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT, errno.EMFILE}

# Errbot's own databases, by the names of their files
DATABASE = re.compile(r"(.+\.db)(\.dat|\.dir|\.bak|\.db|\.pag|-wal|-shm|-journal|)")


def lacking_for(path: Path, error: str) -> str:
    """The module that it takes to read a database and that this Python doesn't have; empty for none."""
    if told := re.fullmatch("db type is (.+), but the module is not available", error):
        return told[1]
    # Python 3.13 began with it; before, none knows such a file
    of_sqlite = path.is_file() and path.read_bytes()[:16] == b"SQLite format 3\0"
    return "dbm.sqlite3" if of_sqlite and sys.version_info < (3, 13) else ""


def set_aside_unreadable() -> None:
    """Rename what a kill left unreadable of Errbot's databases: Errbot would not start, or not start the plugin."""
    files = [match for path in sorted(_data.iterdir()) if path.is_file() and (match := DATABASE.fullmatch(path.name))]
    for name in dict.fromkeys(match[1] for match in files):
        try:
            with shelve.open(str(_data / name), protocol=2) as kept:
                if name == "core.db":
                    dict(kept)  # a plugin's values may take its own code to be read, which is not loaded yet
        except Exception as error:
            if lacking := lacking_for(_data / name, str(error)):
                # it is whole: without what chat has set, rooms might see more than they may
                raise SystemExit(
                    f"BOT_DATA_DIR: {_data / name} was written with {lacking}, which this Python lacks. Run me with "
                    "the Python that wrote it, or move the file away, and with it what was set in chat."
                ) from None
            of_sqlite = getattr(error.__context__, "sqlite_errorname", "SQLITE_CORRUPT")
            if getattr(error, "errno", None) in NOT_ITS_CONTENT or of_sqlite not in ("SQLITE_CORRUPT", "SQLITE_NOTADB"):
                continue  # another bot has it, it belongs to somebody else, or the disk is full: Errbot says so
            ending = f".unreadable-{time.strftime('%Y%m%d-%H%M%S')}"
            for match in files:
                if match[1] == name and (_data / match[0]).exists():
                    (_data / match[0]).rename(_data / (match[0] + ending))
            log(f"{_data / name} was unreadable ({type(error).__name__}) and has been set aside as {name}…{ending}.")


def log(sentence: str) -> None:
    """Write a sentence into the log file, which Errbot opens only later, and to the terminal."""
    handler = logging.FileHandler(_data / "errbot.log")
    handler.setFormatter(log_format)
    logger = logging.getLogger("errbot.config")
    logger.addHandler(handler)
    logger.warning(sentence)
    logger.removeHandler(handler)
    handler.close()


# err-inbox reads this file, too, while a bot runs: what that bot has not written to its end only looks unreadable.
EXAMINED = "pageinbox.chat.errbot.configuration" in sys.modules

if not EXAMINED:
    set_aside_unreadable()


def serve_web(address: str) -> None:
    """Let Errbot's web server listen there: where it does is read from Errbot's own database alone."""
    host, _, port = address.rpartition(":")
    # a * or a web address would be looked up as a name, and nothing would be served
    named = re.fullmatch(r"[\w.-]+|\[[0-9A-Fa-f:.]+\]|[0-9A-Fa-f:.]*[0-9A-Fa-f]", host)
    if not named or not port.isdecimal() or not 0 < int(port) < 65536:
        raise SystemExit("BOT_WEBSERVER must be an address and a port, such as 127.0.0.1:3141.")
    if EXAMINED:
        return
    # where a bot has it open, it was written when that bot was started; whatever else is wrong with it, Errbot says
    with suppress(OSError), shelve.open(str(_data / "core.db"), protocol=2) as kept:
        configs = kept.get("configs", {})
        before = configs.get("Webserver") or {"SSL": None}
        served = before | {"HOST": host.strip("[]"), "PORT": int(port)}
        if served != before:
            kept["configs"] = configs | {"Webserver": served}


if isinstance(log_format, OneObject):
    # Errbot writes BOT_LOG_FILE as text, whatever BOT_LOG_FORMATTER is, which is for standard error alone.
    _file = WatchedFileHandler(_data / "errbot.log")
    _file.setFormatter(log_format)
    logging.getLogger().addHandler(_file)
    BOT_LOG_FILE = None

# --- The chat network -----------------------------------------------------------------------------

# With no admin on Slack or Matrix, nobody can configure the bot from chat: the safe default.
BOT_ADMINS = tuple(listed("BOT_ADMINS"))

# Without VersionChecker, which calls home, and without what a bot with one job does not need.
CORE_PLUGINS = ["ACLs", "ChatRoom", "CommandNotFoundFilter", "Health", "Help", "Plugins", "Utils"]

# `@bot inbox` and `Bot: inbox` are commands like `!inbox`.
BOT_ALT_PREFIXES: tuple[str, ...] = ()
BOT_ALT_PREFIX_SEPARATORS = (":", ",")
BOT_ALT_PREFIX_CASEINSENSITIVE = True

if env("BOT_WEBSERVER"):
    serve_web(env("BOT_WEBSERVER"))
    CORE_PLUGINS.append("Webserver")

match BACKEND:
    case "Text":
        # Whoever sits at the terminal is the first admin, and this backend wants an @ before a person.
        BOT_ADMINS = BOT_ADMINS or ("@admin",)
        if not BOT_ADMINS[0].startswith("@"):
            raise SystemExit("BOT_ADMINS must begin with @ for BOT_BACKEND Text.")
        BOT_IDENTITY: dict[str, Any] = {"username": "@errbot"}
        CORE_PLUGINS.append("TextCmds")
        # Each answer once, as a terminal shows it, not in all five renderings.
        TEXT_DEMO_MODE = True
        # One person types here: the answer belongs before the next prompt, and to piped commands before the end.
        BOT_ASYNC = False
        # The file has the whole log; between question and answer only what went wrong may show up.
        from errbot.logs import console_hdlr

        console_hdlr.setLevel(logging.WARNING)
    case "SlackV3":
        need(("SLACK_BOT_TOKEN",), "BOT_BACKEND SlackV3 needs a bot token")
        for name, begin in (("SLACK_BOT_TOKEN", "xoxb-"), ("SLACK_APP_TOKEN", "xapp-")):
            if secret(name) and not secret(name).startswith(begin):
                raise SystemExit(f"{name} must begin with {begin}: Slack would refuse this one again and again.")
        BOT_IDENTITY = {"token": secret("SLACK_BOT_TOKEN")}
        BOT_ALT_PREFIXES = ("errbot:",)  # Inbox adds the bot's own name, which only Slack knows
        if env("SLACK_APP_TOKEN"):
            BOT_IDENTITY["app_token"] = secret("SLACK_APP_TOKEN")  # Socket Mode: no address of ours needed
        elif env("SLACK_SIGNING_SECRET"):
            BOT_IDENTITY["signing_secret"] = secret("SLACK_SIGNING_SECRET")
            CORE_PLUGINS = list(dict.fromkeys([*CORE_PLUGINS, "Webserver"]))  # Slack calls /slack/events there
        else:
            raise SystemExit("BOT_BACKEND SlackV3 needs SLACK_APP_TOKEN or SLACK_SIGNING_SECRET.")
    case "Matrix":
        need(("MATRIX_HOMESERVER", "MATRIX_USERNAME"), "BOT_BACKEND Matrix can't log in")
        if not re.match(r"https://|http://(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?/?$", env("MATRIX_HOMESERVER")):
            raise SystemExit("MATRIX_HOMESERVER must begin with https://, such as https://matrix.example.org.")
        BOT_IDENTITY = {"homeserver": env("MATRIX_HOMESERVER"), "username": env("MATRIX_USERNAME")}
        # The bot's id and what is typed before a colon; a name that clients show is known to the backend alone.
        name = env("MATRIX_USERNAME").removeprefix("@").partition(":")[0]
        BOT_ALT_PREFIXES = tuple(dict.fromkeys((env("MATRIX_USERNAME"), f"@{name}", f"{name}:", f"{name},")))
        if bool(env("MATRIX_PASSWORD")) == bool(env("MATRIX_ACCESS_TOKEN")):
            raise SystemExit("BOT_BACKEND Matrix needs either MATRIX_PASSWORD or MATRIX_ACCESS_TOKEN.")
        if env("MATRIX_ACCESS_TOKEN"):
            # which belongs to a session of its own already
            BOT_IDENTITY["access_token"] = secret("MATRIX_ACCESS_TOKEN")
        else:
            # The session is the same at every start: by it the server recognises a message that is sent again.
            BOT_IDENTITY |= {"password": secret("MATRIX_PASSWORD"), "device_id": env("MATRIX_DEVICE_ID", "ERRBOT")}
        if env("MATRIX_INVITES"):
            BOT_IDENTITY["invites"] = listed("MATRIX_INVITES")
        # In a checkout the backend is beside this file, in a hidden folder; one installed with pip is found without.
        if (HERE / "backends" / "matrix" / ".errbot").is_dir():
            BOT_EXTRA_BACKEND_DIR = str(HERE / "backends" / "matrix" / ".errbot")

# A restart is not worth a message to the admins.
BOT_ADMINS_NOTIFICATIONS = ()

# Nothing is fetched or installed while the bot runs.
BOT_PLUGIN_INDEXES = ()
AUTOINSTALL_DEPS = False
