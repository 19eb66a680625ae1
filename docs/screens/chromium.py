"""Chromium without a window, asked over a pair of pipes: what a page looks like, and what a script finds in it.

The pipes speak the DevTools protocol, one JSON after the other with a zero byte behind each
(https://chromedevtools.github.io/devtools-protocol). When they close, Chromium ends, however its parent went.
"""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import subprocess
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Any, Self

NAMES = ("chromium", "chromium-browser", "google-chrome")
SHARPNESS = 2
"""Pixels of a picture for each of the page's own, in both directions."""

PATIENCE = 120
"""Seconds without an answer after which Chromium counts as hung."""

SWITCHES = (
    "--headless",
    "--remote-debugging-pipe",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-extensions",
    "--hide-scrollbars",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--no-first-run",
)
PIPED = 'exec "$@" 3<&0 4>&1 </dev/null >/dev/null 2>&1'
"""The numbers that Chromium's pipes have to have, given to a shell."""


class Failed(Exception):
    """Chromium did not do what it was asked for."""


def installed() -> str | None:
    """The path of this machine's Chromium."""
    return next(filter(None, map(shutil.which, NAMES)), None)


class Chromium:
    """A browser with one page, `width` of the page's own pixels wide. A context manager; every method raises Failed."""

    def __init__(self, width: int) -> None:
        self._width = width
        self._folder = TemporaryDirectory(ignore_cleanup_errors=True)
        # Chromium's sandbox does not work for root.
        unboxed = ["--no-sandbox"] if os.geteuid() == 0 else []
        command = [installed() or NAMES[0], *SWITCHES, *unboxed, f"--user-data-dir={self._folder.name}"]
        self._process = subprocess.Popen(
            ["sh", "-c", PIPED, "sh", *command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0
        )
        self._read = b""
        self._asked = 0
        self._session = ""

    def __enter__(self) -> Self:
        try:
            target = self._call("Target.createTarget", url="about:blank")["targetId"]
            self._session = self._call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
            self._frame = self._call("Page.getFrameTree")["frameTree"]["frame"]["id"]
            self._resize(600)
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        try:
            self._process.wait(PATIENCE)
        finally:
            self._process.kill()
            self._process.wait()
            self._folder.cleanup()

    def show(self, page: str) -> None:
        """Show a text of HTML."""
        self._call("Page.setDocumentContent", frameId=self._frame, html=page)

    def found(self, script: str) -> Any:
        """What an expression gives in the page, once it is there if it is a promise: whatever JSON can say."""
        answer = self._call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise Failed(f"the script fails: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def picture(self) -> bytes:
        """What is shown, as a PNG as high as it takes."""
        self._resize(round(self.found("document.fonts.ready.then(() => document.documentElement.offsetHeight)")))
        return base64.b64decode(self._call("Page.captureScreenshot", format="png")["data"])

    def _resize(self, height: int) -> None:
        size = {"width": self._width, "height": height, "deviceScaleFactor": SHARPNESS, "mobile": False}
        self._call("Emulation.setDeviceMetricsOverride", **size)

    def _call(self, method: str, **params: Any) -> Any:
        """The result of one method."""
        self._asked += 1
        request: dict[str, Any] = {"id": self._asked, "method": method, "params": params}
        if self._session:
            request["sessionId"] = self._session
        waiting = memoryview(json.dumps(request).encode() + b"\0")
        pipe = self._process.stdin
        assert pipe is not None
        while waiting:
            waiting = waiting[pipe.write(waiting) or 0 :]
        while (answer := self._next()).get("id") != self._asked:
            pass
        if "result" not in answer:
            raise Failed(f"{method}: {answer.get('error')}")
        return answer["result"]

    def _next(self) -> Any:
        """The next message, an answer or not."""
        pipe = self._process.stdout
        assert pipe is not None
        while b"\0" not in self._read:
            if not select.select([pipe], [], [], PATIENCE)[0]:
                raise Failed(f"no answer within {PATIENCE} s")
            more = pipe.read(1 << 20)
            if not more:
                raise Failed("it ended")
            self._read += more
        message, _, self._read = self._read.partition(b"\0")
        return json.loads(message)
