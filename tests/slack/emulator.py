"""A Slack Web API that nobody here wrote: npm's `emulate`, run by Node on a free loopback port.

`python -m tests.slack.emulator` fetches it into `tests/slack/node_modules`, which takes a few seconds, once.
"""

from __future__ import annotations

import fcntl
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any, Self

HERE = Path(__file__).resolve().parent
MODULES = HERE / "node_modules"

APP_ID = "A0INBOX01"
BOT_ID, BOT_USER, BOT_NAME = "B0ERRBOT1", "U0ERRBOT1", "errbot"
BOT_TOKEN, APP_TOKEN, SIGNING_SECRET = "xoxb-test-bot", "xapp-test-app", "test-signing-secret"

BOT_SCOPES = (
    "channels:history", "channels:read", "chat:write", "commands", "files:write", "groups:history", "groups:read",
    "im:history", "im:read", "im:write", "mpim:read", "reactions:read", "team:read", "usergroups:read",
    "users:read",
)  # fmt: skip
"""What docs/slack.md tells people to give the bot; the emulator refuses it everything else."""

HUMAN_SCOPES = (
    "channels:history", "channels:join", "channels:manage", "channels:read", "channels:write", "chat:write",
    "groups:history", "groups:read", "groups:write", "im:history", "im:read", "im:write", "users:read",
)  # fmt: skip


class Unavailable(Exception):
    """The emulator can't be run here; the text says what it takes."""


def install() -> None:
    """Fetch the emulator and Slack's types unless they are there.

    Raises Unavailable without Node, npm, or a way to the registry.
    """
    if not shutil.which("node") or not (npm := shutil.which("npm")):
        raise Unavailable("Node 20 or newer, with npm")
    with (HERE / "package.json").open("rb") as wanted:
        fcntl.flock(wanted, fcntl.LOCK_EX)  # two processes of one test run would install into one folder
        versions = json.load(wanted)["dependencies"]
        if all(installed(name) == version for name, version in versions.items()):
            return
        done = subprocess.run(
            [npm, "install", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts"],
            cwd=HERE,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise Unavailable(f"{', '.join(versions)}, which npm could not fetch:\n{done.stderr}")


def installed(name: str) -> str:
    """The version of a package that is there; empty for one that is not."""
    about = MODULES / name / "package.json"
    return str(json.loads(about.read_text("utf-8"))["version"]) if about.exists() else ""


def token_of(person: str) -> str:
    """The token a person of the team calls Slack with."""
    return f"xoxp-test-{person}"


class Emulator:
    """A running one, with a team of `people`. As a context manager it ends with the block.

    It also ends when this process does, since it reads its standard input to the end.
    """

    def __init__(self, people: tuple[str, ...]) -> None:
        """Start it and wait until it listens. Raises Unavailable, and AssertionError when it does not start."""
        install()
        bot = {"app_id": APP_ID, "bot_id": BOT_ID, "bot_user_id": BOT_USER, "scopes": BOT_SCOPES}
        seed: dict[str, Any] = {
            "team": {"name": "Acme", "domain": "acme"},
            "users": [{"name": person, "real_name": person.capitalize()} for person in people],
            "oauth_apps": [
                bot | {"client_id": "1.2", "client_secret": "-", "name": BOT_NAME, "bot_name": BOT_NAME}
                | {"redirect_uris": []}
            ],
            "tokens": [
                bot | {"token": BOT_TOKEN, "type": "bot", "user_id": BOT_USER},
                *({"token": token_of(person), "user": person, "scopes": HUMAN_SCOPES} for person in people),
            ],
            "strict_scopes": True,
        }  # fmt: skip
        self._process = subprocess.Popen(
            ["node", "emulator.mjs", json.dumps(seed)],
            cwd=HERE,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C in the terminal is for the tests alone, which then end it
        )
        assert self._process.stdout
        said = self._process.stdout.readline().strip()
        if not said.isdigit():
            self._process.kill()
            raise AssertionError(f"the emulator does not start:\n{(said + self._process.stdout.read()).decode()}")
        self.url = f"http://127.0.0.1:{said.decode()}"

    def stop(self) -> None:
        """End it, and return when that is done."""
        self._process.communicate()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


if __name__ == "__main__":
    try:
        install()
    except Unavailable as reason:
        raise SystemExit(f"The tests against Slack need {reason}") from None
