"""A throw-away Matrix homeserver for tests: a real Synapse on loopback, nobody else's data, nothing left behind.

It runs in a new folder, in memory where the machine has plenty, as one process that ends itself when its
standard input ends, which comes however the process at the other side dies; then it takes the folder with it. It can be
stopped and started again on the same data and the same port.
"""

from __future__ import annotations

import atexit
import base64
import hashlib
import hmac
import os
import random
import select
import shutil
import socket
import subprocess
import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import requests

ROOT = Path(__file__).resolve().parents[1]
NAME = "chat.localhost"
PASSWORD = "a password of tests"
SECRET = "who-may-register"
PATIENCE = 120  # seconds until a server that neither starts nor ends counts as hung
MEMORY = Path("/dev/shm")
ROOM = 1 << 30  # bytes that are free there, or all is kept on the disk; a container may have 64 MiB

MAIN = """
import os, shutil, signal, sys, threading
from synapse.app.homeserver import main

left_behind = False

def end_with_input():
    global left_behind
    left_behind = not os.read(0, 1)
    os.kill(os.getpid(), signal.SIGTERM)

threading.Thread(target=end_with_input, daemon=True).start()
try:
    main()
finally:
    if left_behind:
        shutil.rmtree(os.path.dirname(__file__), ignore_errors=True)
"""

CONFIG = """
server_name: {name}
pid_file: {folder}/homeserver.pid
listeners:
  - port: {port}
    bind_addresses: [127.0.0.1]
    type: http
    tls: false
    resources: [{{names: [client]}}]
database: {{name: sqlite3, args: {{database: {folder}/homeserver.db}}}}
log_config: {folder}/log.yaml
media_store_path: {folder}/media
signing_key_path: {folder}/signing.key
registration_shared_secret: {secret}
macaroon_secret_key: macaroons of tests
form_secret: forms of tests
app_service_config_files: [{folder}/past.yaml]
report_stats: false
stats: {{enabled: false}}
user_directory: {{enabled: false}}
trusted_key_servers: []
suppress_key_server_warning: true
bcrypt_rounds: 4
url_preview_enabled: false
federation_domain_whitelist: []
filter_timeline_limit: 1000
max_upload_size: 5M
rc_message: {{per_second: 0.01, burst_count: 3}}  # lifted for everybody but the limited
rc_registration: {rate}
rc_joins: {{local: {rate}, remote: {rate}}}
rc_joins_per_room: {rate}
rc_invites: {{per_room: {rate}, per_user: {rate}, per_issuer: {rate}}}
rc_login: {{address: {rate}, account: {rate}, failed_attempts: {rate}}}
rc_room_creation: {rate}
"""

RATE = "{per_second: 1000, burst_count: 1000}"

LOG = """
version: 1
formatters: {{plain: {{format: '%(asctime)s %(levelname)s %(name)s %(message)s'}}}}
handlers: {{file: {{class: logging.FileHandler, formatter: plain, filename: {folder}/homeserver.log}}}}
root: {{level: WARNING, handlers: [file]}}
disable_existing_loggers: false
"""

# Only an application service may say when an event was sent; so tests can say something an hour ago.
PAST = """
id: past
url: null
as_token: {secret}
hs_token: unused
sender_localpart: past
namespaces: {{users: [{{regex: '@.*', exclusive: false}}]}}
"""


class Unavailable(Exception):
    """No Synapse can be run here; the text says what it takes."""


class Synapse:
    """A running homeserver of its own. As a context manager it ends with the block, also when the block fails.

    `url` is where clients talk to it, `name` is the server's part of its ids: `@ann:chat.localhost`.
    """

    name = NAME

    def __init__(self) -> None:
        """Make a new server and start it, which takes about three seconds.

        Raises Unavailable when this machine has no Synapse, and AssertionError, with what was logged, when it does not
        start.
        """
        self._python = python()
        roomy = os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM
        self._folder = Path(tempfile.mkdtemp(prefix="err-inbox-synapse-", dir=MEMORY if roomy else "/tmp"))
        self._process: subprocess.Popen[bytes] | None = None
        self._session = requests.Session()
        self._session.trust_env = False
        self._token = ""  # of the admin who lifts the limits
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._configure()
        seed = base64.b64encode(os.urandom(32)).decode().rstrip("=")
        (self._folder / "main.py").write_text(MAIN, "utf-8")
        (self._folder / "signing.key").write_text(f"ed25519 a_test {seed}\n", "utf-8")
        try:
            self.start()
        except BaseException:
            self.close()
            raise

    def start(self) -> None:
        """Start it on its data and port, and wait until it serves. Raises AssertionError when it does not."""
        assert self._process is None, "it runs already"
        # Synapse tells systemd when it is ready, by a datagram to this socket.
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ready:
            address = self._folder / "ready"
            address.unlink(missing_ok=True)
            ready.bind(str(address))
            ready.settimeout(1)
            with (self._folder / "said.txt").open("ab") as said:
                self._process = subprocess.Popen(
                    [self._python, self._folder / "main.py", "--config-path", self._folder / "homeserver.yaml"],
                    cwd=self._folder,
                    env={"PATH": os.defpath, "PYTHONUTF8": "1", "NOTIFY_SOCKET": str(address)},
                    stdin=subprocess.PIPE,
                    stdout=said,
                    stderr=said,
                    start_new_session=True,  # Ctrl-C in the terminal is for the tests alone, which then end the server
                )
            for _ in range(PATIENCE):
                if select.select([ready], [], [], 1)[0] and b"READY=1" in ready.recv(4096):
                    return
                if self._process.poll() is not None:
                    break
        log = self.log
        self.stop()
        raise AssertionError(f"Synapse does not start:\n{log}")

    def stop(self) -> None:
        """Stop it as a system does, and wait for its end. What it has stays."""
        process, self._process = self._process, None
        if process is None:
            return
        assert process.stdin
        try:
            with process.stdin as goodbye, suppress(BrokenPipeError):
                goodbye.write(b"\n")
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise AssertionError(f"Synapse does not end:\n{self.log}") from None

    def register(self, name: str, password: str = PASSWORD, admin: bool = False, limited: bool = False) -> str:
        """Make an account, which may be an `admin` of the server, and return its id: `@name:chat.localhost`.

        A `limited` one may send three messages at once, and then one every 100 s.
        """
        user_id, _ = self._register(name, password, admin)
        if not limited:
            unlimited = {"messages_per_second": 0}
            self._admin("POST", f"v1/users/{user_id}/override_ratelimit", self._admins_token(), unlimited)
        return user_id

    def suspend(self, user_id: str, suspended: bool) -> None:
        """Let an account only read, or no longer so."""
        self._admin("PUT", f"v1/suspend/{user_id}", self._admins_token(), {"suspend": suspended})

    def lock(self, user_id: str, locked: bool) -> None:
        """Let an account do nothing, or no longer so."""
        self._admin("PUT", f"v2/users/{user_id}", self._admins_token(), {"locked": locked})

    def _admins_token(self) -> str:
        self._token = self._token or self._register("lifts-limits", os.urandom(16).hex(), admin=True)[1]
        return self._token

    def _register(self, name: str, password: str, admin: bool) -> tuple[str, str]:
        """Make an account; gives its id and an access token."""
        nonce = self._admin("GET", "v1/register")["nonce"]
        words = (nonce, name, password, "admin" if admin else "notadmin")
        mac = hmac.new(SECRET.encode(), "\0".join(words).encode(), hashlib.sha1).hexdigest()
        wish = {"nonce": nonce, "username": name, "password": password, "admin": admin, "mac": mac}
        made = self._admin("POST", "v1/register", body=wish)
        return str(made["user_id"]), str(made["access_token"])

    def _admin(self, method: str, path: str, token: str = "", body: dict[str, Any] | None = None) -> Any:
        """One request to the server's admin API."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        address = f"{self.url}/_synapse/admin/{path}"
        answer = self._session.request(method, address, json=body, headers=headers, timeout=PATIENCE)
        assert answer.ok, answer.text
        return answer.json()

    def say_in_the_past(self, user: str, room: str, text: str, at: float) -> str:
        """Let `user`, who is in `room`, have said something there `at` seconds since 1970; gives the event's id.

        To everybody in the room it comes now.
        """
        answer = self._session.put(
            f"{self.url}/_matrix/client/v3/rooms/{room}/send/m.room.message/{os.urandom(8).hex()}",
            params={"user_id": user, "ts": str(int(at * 1000))},
            headers={"Authorization": f"Bearer {SECRET}"},
            json={"msgtype": "m.text", "body": text},
            timeout=PATIENCE,
        )
        assert answer.ok, answer.text
        return str(answer.json()["event_id"])

    @property
    def pid(self) -> int | None:
        """The process that serves; None while there is none."""
        return self._process.pid if self._process else None

    @property
    def log(self) -> str:
        """The end of all it has logged and said."""
        texts = (self._folder / name for name in ("homeserver.log", "said.txt"))
        return "".join(text.read_text("utf-8", errors="replace")[-10_000:] for text in texts if text.exists())

    def close(self) -> None:
        """End the server and remove all that it had."""
        try:
            self.stop()
        finally:
            self._session.close()
            shutil.rmtree(self._folder, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _configure(self) -> None:
        values: dict[str, Any] = {
            "folder": self._folder,
            "name": self.name,
            "port": self.port,
            "secret": SECRET,
            "rate": RATE,
        }
        for name, text in (("homeserver", CONFIG), ("log", LOG), ("past", PAST)):
            (self._folder / f"{name}.yaml").write_text(text.format(**values), "utf-8")


@cache
def shared() -> Synapse:
    """The one server of this process, started for the first who asks and ended with the process. Raises Unavailable."""
    server = Synapse()
    atexit.register(server.close)
    return server


def python() -> Path:
    """The Python that has Synapse: the environment's SYNAPSE_PYTHON, or that of `.synapse` in the checkout.

    Raises Unavailable when there is none.
    """
    found = Path(os.environ.get("SYNAPSE_PYTHON") or ROOT / ".synapse/bin/python")
    if not found.exists():
        raise Unavailable("a Synapse (make .synapse/ready, or SYNAPSE_PYTHON)")
    return found


def free_port() -> int:
    """A port of 127.0.0.1 that nobody uses, below those that systems give to whoever asks for any.

    So nobody is likely to get it while a server that is to come back on it is away.
    """
    while True:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
