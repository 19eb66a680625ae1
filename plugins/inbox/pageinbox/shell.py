"""The command `err-inbox`: what can be examined, backed up, put back and moved from a shell, without a bot."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TextIO

from pageinbox.app import Runtime, open_answers
from pageinbox.chat.errbot.configuration import Unreadable, read_config, stored
from pageinbox.chat.terminal import text
from pageinbox.checkup.deep.whole import deep
from pageinbox.checkup.in_time import Part
from pageinbox.checkup.ledger import unopened
from pageinbox.checkup.settings import settings
from pageinbox.checkup.versions import versions
from pageinbox.checkup.whole import examine
from pageinbox.commands.table import WORDS
from pageinbox.language.nearest import nearest
from pageinbox.model.checkup import Storage
from pageinbox.model.errors import LedgerError
from pageinbox.model.finding import Finding, State, Subject, good
from pageinbox.model.post import Post
from pageinbox.model.secret import Secret
from pageinbox.model.source import Source
from pageinbox.model.text import fold
from pageinbox.settings.reading import Settings, SettingsError, read, read_one
from pageinbox.tell.whereabouts import whereabouts
from pageinbox.words import shell as words
from pageinbox.words.deep import report
from pageinbox.words.doctor import doctor as doctor_post
from pageinbox.words.many import some

DONE, ATTENTION, WRONG = 0, 1, 2
"""Exit codes: all is good, or done; something needs attention, or was not done; wrong use, or unreadable settings."""

PLUGIN, LEDGER = "Inbox", "inbox-ledger.sqlite"
PATIENCE = 60.0
"""Seconds that Meta has to answer; nobody waits in a chat."""

PREFIX = "err-"
"""What makes `inbox doctor` a command of the shell."""

NOT_EMPTY, STARTED = 'or "" for SQLite in BOT_DATA_DIR', "set it where Errbot is started"
"""What holds for the setting DATABASE_URL, and not for an address that is typed."""

EPILOG = "exit codes: 0 all is good, or done; 1 something needs attention, or was not done; 2 wrong use or settings"


@dataclass(frozen=True, slots=True)
class Written:
    """What config.py has, and what chat has stored over its INBOX; `trouble` is why that is not known, if so."""

    config: Mapping[str, Any]
    overrides: Any
    trouble: str

    @property
    def own(self) -> Any:
        return self.config.get("INBOX")

    def ledger(self) -> str | Path:
        """Where the ledger of these settings is, whatever is wrong with the others. Raises SettingsError."""
        url = read_one("DATABASE_URL", self.own, self.overrides, environment=os.environ)
        return url.reveal() if url else Path(self.config["BOT_DATA_DIR"]).absolute() / LEDGER


def main(arguments: Sequence[str] | None = None, runtime: Runtime | None = None) -> int:
    """Carry out a command with these arguments, or those of the process; gives its exit code."""
    asked = parser().parse_args(arguments)
    asked.runtime = runtime or Runtime()
    try:
        carry_out: Callable[[argparse.Namespace], tuple[Post, int]] = asked.carry_out
        post, code = carry_out(asked)
    except (Unreadable, SettingsError) as error:
        return refused(str(error), WRONG)
    except LedgerError as error:
        return refused(text(words.refusal(asked.command, error.kind, error.where), PREFIX), ATTENTION)
    except KeyboardInterrupt:
        return refused("Interrupted.", ATTENTION)
    except Exception as error:  # its text may hold anything
        return refused(f"Something went wrong on my side: {whereabouts(error)}", ATTENTION)
    say(text(post, PREFIX), sys.stdout)
    return code


def refused(why: str, code: int) -> int:
    say(why, sys.stderr)
    return code


def say(words: str, stream: TextIO) -> None:
    """Print a text, as far as a terminal that knows few letters can show it."""
    known = stream.encoding or "ascii"
    try:
        print(words.encode(known, "replace").decode(known), file=stream, flush=True)
    except BrokenPipeError:  # head, say, has seen enough; Python would fail once more at the end
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def written(config_file: Path) -> Written:
    """The settings as they are written. Raises Unreadable."""
    try:
        config = read_config(config_file)
    except Unreadable as error:
        raise Unreadable(f"{config_file} can't be read: {error}") from None
    if not isinstance(config.get("BOT_DATA_DIR"), str | Path):
        raise Unreadable(f"{config_file} doesn't say BOT_DATA_DIR, so it is no configuration of Errbot")
    try:
        return Written(config, stored(config, PLUGIN), "")
    except Unreadable as error:
        return Written(config, None, str(error))


def doctor(asked: argparse.Namespace) -> tuple[Post, int]:
    """Examine all that takes no running bot, of one Page or of everything. Raises SettingsError and Unreadable."""
    found, refusal = written(asked.config), ""
    try:
        chosen = read(found.own, found.overrides, environment=os.environ, commands=WORDS)
        origins = [name for name, layer in (("config.py", found.own), ("chat", found.overrides)) if layer]
    except SettingsError as error:
        if not found.overrides:
            raise
        refusal, origins = str(error), ["config.py"]
        chosen = read(found.own, None, environment=os.environ, commands=WORDS)
    page = page_of(asked.page, chosen)
    runtime: Runtime = asked.runtime
    answers = open_answers(chosen, runtime)
    try:
        if asked.deep:
            name = page or only(chosen)
            if missing := chosen.pages[name].missing:
                raise SettingsError(missing)
            return report(deep(answers.listing.clients[name]), runtime.clock()), DONE
        sources: dict[str, list[Source]] = {name: [] for name in chosen.pages if page in (None, name)}
        for status in answers.statuses():
            if status.source.page in sources:
                sources[status.source.page].append(status.source)
        parts: dict[Subject, Part] = {
            Subject.LEDGER: partial(unopened, found.ledger()),
            Subject.SETTINGS: partial(settings, origins, refusal),
            Subject.BOT: partial(storage, found.trouble),
            Subject.VERSIONS: versions,
        }
        all_found = examine(
            answers.listing, sources, {} if page else parts, clock=runtime.clock, room="shell", patience=PATIENCE
        )
    finally:
        answers.listing.close()
    post = doctor_post(all_found, chosen.pages, runtime.clock(), all_told=True)
    post = post if page else Post(post.headline, post.lines, post.rows, (*post.notes, words.RUNNING), zone=post.zone)
    return post, ATTENTION if any(each.state is State.ATTENTION for each in all_found) else DONE


def page_of(typed: str | None, chosen: Settings) -> str | None:
    """The Page somebody means; None for all. Raises SettingsError for what is none."""
    if typed is None:
        return None
    named = {fold(name): name for name in chosen.pages}
    if (name := named.get(fold(typed))) is not None:
        return name
    near = nearest(typed, list(chosen.pages))
    others = f"the nearest is {near}" if near else f"it has {some(list(chosen.pages))}"
    raise SettingsError(f"PAGES has no Page of that name; {others}.")


def only(chosen: Settings) -> str:
    """The one Page there is. Raises SettingsError where there are several."""
    if len(chosen.pages) > 1:
        example = f"err-inbox doctor --deep {next(iter(chosen.pages))}"
        raise SettingsError(f"--deep takes many calls, so it is for one Page at a time. For example: {example}")
    return next(iter(chosen.pages))


def storage(trouble: str) -> list[Finding]:
    """Whether Errbot's store could be read."""
    return [Finding(State.ATTENTION, Storage(trouble)) if trouble else good(Storage())]


def backup(asked: argparse.Namespace) -> tuple[Post, int]:
    """Copy the ledger into a file, while bots go on using it. Raises LedgerError, SettingsError and Unreadable."""
    from pageinbox.ledger.backups import back_up

    location = ledger_of(asked)
    made = back_up(location, asked.file, replace=asked.replace)
    return words.backed_up(called(location), str(asked.file), made.size, made.version), DONE


def restore(asked: argparse.Namespace) -> tuple[Post, int]:
    """Let a backup be the ledger from now on. Raises LedgerError, SettingsError and Unreadable."""
    from pageinbox.ledger.restoring import restore as put_back

    location = ledger_of(asked)
    made = put_back(None if asked.in_place else asked.file, location, replace=asked.replace)
    when = None if made is None else made.made
    return words.put_back(called(location), when, time.time()), DONE


def move(asked: argparse.Namespace) -> tuple[Post, int]:
    """Let the ledger go on in another database. Raises LedgerError, SettingsError and Unreadable."""
    from pageinbox.ledger.moving import move as go

    location = ledger_of(asked)
    to = address(asked.to, "TO")
    return words.moved(called(location), called(to), go(location, to)), DONE


def ledger_of(asked: argparse.Namespace) -> str | Path:
    """Where the ledger is that somebody means. Raises SettingsError and Unreadable."""
    if asked.ledger:
        return address(asked.ledger, "--ledger")
    found = written(asked.config)
    if found.trouble:  # it may be another one than config.py says
        raise Unreadable(words.unstored(found.trouble))
    return found.ledger()


def address(typed: str, argument: str) -> str | Path:
    """A database's address, as DATABASE_URL may have it, or a file's whole path. Raises SettingsError."""
    if typed.startswith("/"):
        return Path(typed)
    try:
        url = read_one("DATABASE_URL", {"DATABASE_URL": typed}, environment=os.environ)
    except SettingsError as error:
        told = (
            str(error)
            .replace("DATABASE_URL", argument, 1)
            .replace(NOT_EMPTY, "or a file as /PATH")
            .replace(STARTED, "set it here")
        )
        raise SettingsError(told) from None
    if not isinstance(url, Secret):
        raise SettingsError(f"{argument} is empty; it must be a postgresql:// or sqlite:// address.")
    return url.reveal()


def called(location: str | Path) -> str:
    """What a ledger's place is called, without a password. Raises LedgerError."""
    from pageinbox.ledger.address import address_of
    from pageinbox.ledger.moving import place

    return place(address_of(location))


def parser() -> argparse.ArgumentParser:
    """What the command takes."""
    top = argparse.ArgumentParser(
        prog="err-inbox", description="Look after err-inbox from a shell.", epilog=EPILOG, allow_abbrev=False
    )
    config = argparse.ArgumentParser(add_help=False)
    config.add_argument(
        "--config",
        type=Path,
        default=Path("config.py"),
        metavar="FILE",
        help="Errbot's config.py (default: ./config.py)",
    )
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")

    ledger = argparse.ArgumentParser(add_help=False)
    ledger.add_argument(
        "--ledger", metavar="ADDRESS", help="where the ledger is, like TO of move; then config.py is not read"
    )

    def add(name: str, carry_out: object, said: str) -> argparse.ArgumentParser:
        shared = [config] if name == "doctor" else [config, ledger]
        made = commands.add_parser(name, parents=shared, help=said, description=said, epilog=EPILOG, allow_abbrev=False)
        made.set_defaults(carry_out=carry_out)
        return made

    one = add("doctor", doctor, "Examine settings, tokens, lists and the ledger, also before a bot is started.")
    one.add_argument("page", nargs="?", metavar="PAGE", help="one Page alone, by its name in PAGES")
    one.add_argument("--deep", action="store_true", help="find out how Meta's API behaves for one Page; takes a minute")
    one = add("backup", backup, "Copy the ledger into a file, while the bot runs.")
    one.add_argument("file", type=Path, metavar="FILE")
    one.add_argument("--replace", action="store_true", help="replace FILE where it exists")
    one = add("restore", restore, "Put a backup in the place of the ledger, while no bot runs.")
    which = one.add_mutually_exclusive_group(required=True)
    which.add_argument("file", type=Path, nargs="?", metavar="FILE")
    which.add_argument(
        "--in-place", action="store_true", help="the database was put back by its own tools, such as pg_restore"
    )
    one.add_argument("--replace", action="store_true", help="replace the ledger that is there")
    one = add("move", move, "Let the ledger go on in another database, while no bot runs.")
    one.add_argument(
        "to", metavar="TO", help="a postgresql:// address, or env:NAME or file:PATH for one, or a file as /PATH"
    )
    return top


if __name__ == "__main__":
    sys.exit(main())
