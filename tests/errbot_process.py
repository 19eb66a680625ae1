"""A real Errbot in a process of its own, spoken to as a person does: a line typed, the answer read.

Errbot's Text backend reads lines from its standard input and shows a prompt before each. With `BOT_ASYNC = False` the
prompt comes after the whole answer, so the prompt alone says when an answer is complete, and nothing here has to sleep.
Nor does the bot: its backend is the Text backend without the pause after each line (tests/backends/typed_backend.py).
"""

import codecs
import os
import re
import select
import selectors
import shutil
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NoReturn, Self

from tests.errbot_fork import ERRBOT as ERRBOT
from tests.errbot_fork import Fork

PROMPT = re.compile(r"\[\S+ ➡ \S+\] >>> ")
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
CORE = ("ACLs", "CommandNotFoundFilter", "Health", "Help", "Plugins", "Utils")
"""Errbot's own plugins in a bot of ours, unless it needs more: a tenth of its start is for the others."""
BACKENDS = Path(__file__).with_name("backends")
PATIENCE = 120  # seconds until a bot that neither answers nor ends counts as hung
TELLING = 10  # seconds in which it tells where it hangs


class ErrbotProcess:
    """One running bot. As a context manager it ends with the block, also when the block fails."""

    def __init__(
        self, command: Sequence[str | Path] | Path, folder: Path, environment: Mapping[str, str] | None = None
    ) -> None:
        """Run `command`, which ends up in an Errbot with a Text backend, in `folder` until its first prompt.

        A path is the config.py of an Errbot that is forked.

        `environment` is added to this process's own, of which PYTHONPATH is left out: a bot sees what is installed.
        What the command writes to its standard error goes to `folder/stderr.txt`.
        Raises AssertionError, with all that was said and logged, when it ends before.
        """
        self._folder = folder
        self._heard = ""
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self.process = run(command, folder, environment, stdin=subprocess.PIPE)
        assert self.process.stdin and self.process.stdout
        self._typing, self._screen = self.process.stdin, self.process.stdout
        self._ears = selectors.DefaultSelector()
        self._ears.register(self._screen, selectors.EVENT_READ)
        try:
            self.greeting = self._until_prompt()
        except BaseException:
            self.kill()
            raise

    @classmethod
    def start(
        cls,
        settings: Mapping[str, object],
        folder: Path,
        environment: Mapping[str, str] | None = None,
        errbot: Path | None = None,
    ) -> Self:
        """`errbot -c config.py` in `folder`, with a config.py that holds `settings` over a quiet bot's own.

        It is forked (see `tests.errbot_fork`), unless `errbot` names the script to run.
        Each value of `settings` is written by its repr. Log and data land in `folder`; several bots may follow each
        other in one folder. The one who types is the admin, @ops.
        """
        backend = own_backend(folder, "Typed")
        typed = {"TEXT_DEMO_MODE": True, "BOT_ASYNC": False, "BOT_IDENTITY": {"username": "@errbot"}}
        config = write_config(folder, {**backend, **typed, **settings})
        return cls([errbot, "-c", config] if errbot else config, folder, environment)

    def say(self, line: str) -> str:
        """Type one line and return what was said until the next prompt: plain text, without colours."""
        try:
            self._typing.write(f"{line}\n".encode())
        except BrokenPipeError:
            self._fail("has gone")
        return self._until_prompt()

    @property
    def log(self) -> str:
        """All that the bot has logged, at its start to standard error and from then on to `errbot.log`."""
        return log_in(self._folder)

    def stop(self) -> str:
        """Type the end of input, wait until the bot has shut down, and return its last words.

        Raises AssertionError when it does not end, or ends with a failure.
        """
        self._typing.close()
        while self._listen():
            pass
        try:
            status = self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            abort(self.process)
            self._fail("does not end")
        if status:
            self._fail(f"ended with {status}")
        self._close()
        return self._heard.strip()

    def kill(self) -> None:
        """End it and all that it has started at once, as a power cut would."""
        kill(self.process)
        self._close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None and self.process.poll() is None:
            self.stop()
        else:
            self.kill()

    def _until_prompt(self) -> str:
        while not (prompt := PROMPT.search(self._heard)):
            if not self._listen():
                self._fail("has ended")
        answer, self._heard = self._heard[: prompt.start()], self._heard[prompt.end() :]
        return answer.strip()

    def _listen(self) -> bool:
        """Hear what is said next; False at the end of all it says."""
        if not self._ears.select(PATIENCE):
            abort(self.process)
            self._fail(f"has said nothing for {PATIENCE} s")
        chunk = os.read(self._screen.fileno(), 65536)
        self._heard = COLOUR.sub("", self._heard + self._decoder.decode(chunk, final=not chunk))
        return bool(chunk)

    def _close(self) -> None:
        self._ears.close()
        self._typing.close()
        self._screen.close()

    def _fail(self, what: str) -> NoReturn:
        heard, self._heard = self._heard, ""
        self.kill()
        raise AssertionError(f"the bot {what}; it said:\n{heard}\nand logged:\n{self.log}")


class ChattingErrbot:
    """One running bot in a recording chat (tests/recording.py), where it is spoken to and heard.

    As a context manager it is terminated with the block, or killed when the block fails.
    """

    def __init__(
        self,
        command: Sequence[str | Path] | Path,
        folder: Path,
        environment: Mapping[str, str] | None,
        wait: bool = True,
    ) -> None:
        """Run `command` in `folder`, and `wait` until it is connected.

        Command, environment and standard error are as with ErrbotProcess. Raises AssertionError when it ends before.
        """
        self._folder = folder
        self.process = run(command, folder, environment, stdin=subprocess.DEVNULL)
        if wait:
            self.connected()

    def connected(self) -> None:
        """Wait until its plugins are active and it listens to the chat.

        Raises AssertionError when it ends before, or hangs.
        """
        assert self.process.stdout
        heard = b""
        while b"connected\n" not in heard:
            if not select.select([self.process.stdout], [], [], PATIENCE)[0]:
                abort(self.process)
                self._fail(f"has not connected in {PATIENCE} s")
            if not (said := os.read(self.process.stdout.fileno(), 4096)):
                self._fail("has ended")
            heard += said

    def _fail(self, what: str) -> NoReturn:
        self.kill()
        raise AssertionError(f"the bot {what}; it logged:\n{self.log}")

    @classmethod
    def start(
        cls,
        settings: Mapping[str, object],
        folder: Path,
        url: str,
        environment: Mapping[str, str] | None = None,
        wait: bool = True,
    ) -> Self:
        """`errbot -c config.py` in `folder`, in the recording chat at `url`, otherwise as ErrbotProcess.start."""
        chatting = own_backend(folder, "Recording") | {"BOT_IDENTITY": {"username": "@errbot", "url": url}}
        return cls(write_config(folder, {**chatting, **settings}), folder, environment, wait)

    @property
    def log(self) -> str:
        """All that the bot has logged."""
        return log_in(self._folder)

    def terminate(self) -> int:
        """SIGTERM, as an init system sends it to the bot alone; wait for the end and return its status.

        Raises AssertionError when it does not end.
        """
        self.process.terminate()
        try:
            return self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            abort(self.process)
            self._fail("does not end")
        finally:
            self.kill()

    def kill(self) -> None:
        """SIGKILL, to it and all that it has started, as a power cut would."""
        kill(self.process)
        assert self.process.stdout
        self.process.stdout.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None and self.process.poll() is None:
            self.terminate()
        else:
            self.kill()


def own_backend(folder: Path, name: str) -> dict[str, object]:
    """The settings of a bot in `folder` whose backend is one of tests/backends: Recording or Typed."""
    backend, module = folder / "backend", f"{name.lower()}_backend"
    backend.mkdir(exist_ok=True)
    shutil.copy(BACKENDS / f"{module}.py", backend)
    plug = f"[Core]\nName = {name}\nModule = {module}\n"
    (backend / f"{name.lower()}.plug").write_text(plug, encoding="utf-8")
    return {"BACKEND": name, "BOT_EXTRA_BACKEND_DIR": str(backend)}


def write_config(folder: Path, settings: Mapping[str, object]) -> Path:
    """A config.py in `folder` that holds `settings` over a quiet bot's own, each value by its repr."""
    index = folder / "index.json"
    index.write_text("{}", encoding="utf-8")
    (folder / "data").mkdir(exist_ok=True)
    config = {
        "AUTOINSTALL_DEPS": False,  # else Errbot runs pip at every start, which is two thirds of its work
        "BOT_ADMINS": ("@ops",),
        "BOT_DATA_DIR": str(folder / "data"),
        "BOT_EXTRA_PLUGIN_DIR": None,
        "BOT_LOG_FILE": str(folder / "errbot.log"),
        "BOT_LOG_LEVEL": "INFO",
        "BOT_PLUGIN_INDEXES": (str(index),),
        "CORE_PLUGINS": CORE,
    }
    written = folder / "config.py"
    lines = [f"{name} = {value!r}\n" for name, value in {**config, **settings}.items()]
    written.write_text("".join(lines), encoding="utf-8")
    return written


def run(
    command: Sequence[str | Path] | Path, folder: Path, environment: Mapping[str, str] | None, stdin: int
) -> subprocess.Popen[bytes] | Fork:
    """`command`, or an Errbot with this config.py, in a session of its own.

    Its standard output is piped here, and its errors go to `folder/stderr.txt`.
    """
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    own = {"PYTHONFAULTHANDLER": "1", "PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1", "TERM": "dumb"}
    given = inherited | own | dict(environment or {})
    if isinstance(command, Path):
        return Fork([ERRBOT, "-c", command], folder, given, stdin)
    with (folder / "stderr.txt").open("wb") as errors:
        return subprocess.Popen(
            command,
            cwd=folder,
            env=given,
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=errors,
            bufsize=0,
            start_new_session=True,
        )


def abort(process: subprocess.Popen[bytes] | Fork) -> None:
    """Have a process that hangs write where each of its threads is, if it can, and end it and all that it started."""
    if process.poll() is None:
        with suppress(ProcessLookupError, subprocess.TimeoutExpired):  # it may end just now
            os.kill(process.pid, signal.SIGABRT)
            process.wait(TELLING)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def kill(process: subprocess.Popen[bytes] | Fork) -> None:
    """End a process and all that it has started at once."""
    if process.poll() is None:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:  # a fork that has no session of its own yet
            process.kill()
        process.wait()


def log_in(folder: Path) -> str:
    """All that the bot in `folder` has logged."""
    texts = (folder / name for name in ("stderr.txt", "errbot.log"))
    return "".join(text.read_text(encoding="utf-8", errors="replace") for text in texts if text.exists())
