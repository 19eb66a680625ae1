"""A throw-away Prometheus that scrapes what a test tells it to, and answers queries."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

import requests

LISTENING = re.compile(rb"Listening on.* address=(\S+)")


class Unavailable(Exception):
    """This machine has no Prometheus; the text says what it takes."""


def program(name: str) -> str:
    """The path of `prometheus` or `promtool`. Raises Unavailable."""
    if (found := shutil.which(name)) is None:
        raise Unavailable(f"{name} (Debian: apt-get install --no-install-recommends prometheus)")
    return found


class Prometheus:
    """A server that scrapes every second and looks at its rules as often. As a context manager it ends with the block.

    `targets` are addresses such as `127.0.0.1:3141`, by the names of their jobs. Raises Unavailable, and AssertionError
    with what it said when it does not start.
    """

    def __init__(self, folder: Path, targets: Mapping[str, str], rules: Path) -> None:
        jobs = [
            {"job_name": job, "metrics_path": "/inbox/metrics", "static_configs": [{"targets": [target]}]}
            for job, target in targets.items()
        ]
        every = {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"}
        config = folder / "prometheus.json"  # JSON is YAML
        config.write_text(json.dumps({"global": every, "rule_files": [str(rules)], "scrape_configs": jobs}))
        options = [f"--config.file={config}", f"--storage.tsdb.path={folder / 'prometheus'}"]
        self._server = subprocess.Popen(
            [program("prometheus"), *options, "--web.listen-address=127.0.0.1:0"], stderr=subprocess.PIPE
        )
        assert self._server.stderr
        said = []
        for line in self._server.stderr:
            said.append(line.decode(errors="replace"))
            if listening := LISTENING.search(line):
                self.url = f"http://{listening[1].decode()}"
            if b"Server is ready" in line:
                break
        else:
            self._server.wait()
            raise AssertionError("Prometheus did not start:\n" + "".join(said))
        self._drain = threading.Thread(target=self._server.stderr.read, daemon=True)
        self._drain.start()

    def query(self, expression: str) -> list[dict[str, Any]]:
        """The samples that an expression has now, each with `metric` and `value`. Raises AssertionError."""
        answer = requests.get(f"{self.url}/api/v1/query", {"query": expression}).json()
        assert answer["status"] == "success", f"{expression}: {answer}"
        found: list[dict[str, Any]] = answer["data"]["result"]
        return found

    def rules(self) -> dict[str, dict[str, Any]]:
        """Every alert by its name, with its `health`, `lastError` and `state`."""
        groups = requests.get(f"{self.url}/api/v1/rules").json()["data"]["groups"]
        return {rule["name"]: rule for group in groups for rule in group["rules"]}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._server.terminate()
        self._server.wait()
        self._drain.join()
        assert self._server.stderr
        self._server.stderr.close()
