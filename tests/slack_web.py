"""As much of Slack as slack_sdk's client and slackv3's objects need, over HTTP, and able to misbehave."""

from __future__ import annotations

import json
import socket
import threading
from collections import defaultdict, deque
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from typing import Any, Literal
from urllib.parse import parse_qsl

from errbot.backends.base import Message
from slack_sdk import WebClient
from slackv3.person import SlackPerson
from slackv3.room import SlackRoom, SlackRoomOccupant
from slackv3.slackv3 import SlackBackend

TOKEN = "xoxb-not-for-any-log"
BEGAN = 1_795_435_200.0


def member(number: int, name: str, shown: str = "", **more: Any) -> dict[str, Any]:
    """A person as `users.list` gives them."""
    return {"id": f"U{number:04}", "name": name, "profile": {"display_name": shown, "real_name": name.title()}, **more}


PEOPLE = [
    member(7, "ann", "Ann <!here>"),
    member(8, "bo.lindqvist", "Bo"),
    member(9, "sam.one", "Sam"),
    member(10, "sam.two", "Sam"),
    member(11, "gone", deleted=True),
    member(12, "robot", is_bot=True),
]


@dataclass
class Reply:
    """How a request is answered: by a status and a body, or, with status 0, by a connection that breaks."""

    body: Any = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    taken: bool = False
    """Whether it is done all the same."""


CUT = Reply(status=0)
DONE_AND_CUT = Reply(status=0, taken=True)


def refusal(code: str, **more: Any) -> Reply:
    return Reply({"ok": False, "error": code, **more})


class Slack:
    """As much of Slack as it takes; `calls` are the methods with their arguments."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.posted: list[dict[str, Any]] = []
        self.tokens: set[str] = set()
        self.uploads: dict[str, tuple[bytes, dict[str, str]]] = {}
        """The bytes of each file by its id, and the headers they came with."""
        self.upload_at = ""
        """Where files are to be brought instead."""
        self.hidden: Literal["", "alt_txt", "all"] = ""
        """Which files are shared without a word and shown nowhere, as others have recorded: those with this, or all."""
        self.shown: dict[str, dict[str, Any]] = {}
        """The message of each file that is shown, by its id."""
        self.page = 200
        self.late = 0
        """How many of the latest messages no history shows yet."""
        self.channels = [{"id": "C01", "name": "support"}]
        self.nick = "ann*<!here>"
        self.gates: dict[str, tuple[threading.Event, threading.Event]] = {}
        """By method: set when a call has come, and what it waits for before it goes on."""
        self._faults: defaultdict[str, deque[Reply]] = defaultdict(deque)
        self._lock = threading.Lock()
        world = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                method = self.path.removeprefix("/api/")
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                if method.startswith("/upload/"):
                    reply = world.take(method, body, dict(self.headers))
                else:
                    kind = self.headers.get("Content-Type", "")
                    arguments = json.loads(body or b"{}") if "json" in kind else dict(parse_qsl(body.decode()))
                    reply = world.reply(method, arguments, self.headers.get("Authorization", ""))
                if not reply.status:
                    self.close_connection = True
                    self.connection.shutdown(socket.SHUT_RDWR)
                    return
                data = (reply.body if isinstance(reply.body, str) else json.dumps(reply.body)).encode()
                self.send_response(reply.status)
                for name, value in {"Content-Type": "application/json", **reply.headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/api/"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    def close(self) -> None:
        for _, gate in self.gates.values():
            gate.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def answer(self, method: str, *replies: Reply) -> None:
        """Answer the next calls of a method so, and not as usual."""
        self._faults[method].extend(replies)

    def count(self, method: str) -> int:
        return sum(name == method for name, _ in self.calls)

    def reply(self, method: str, arguments: dict[str, Any], token: str) -> Reply:
        with self._lock:
            self.calls.append((method, arguments))
            self.tokens.add(token)
            fault = self._faults[method].popleft() if self._faults[method] else None
        if method in self.gates:
            came, gate = self.gates[method]
            came.set()
            gate.wait()
        if fault and not fault.taken:
            return fault
        with self._lock:
            done = self.act(method, arguments)
        return fault or Reply(done)

    def take(self, place: str, content: bytes, headers: dict[str, str]) -> Reply:
        """Take the bytes of a file, to which nothing of an API call belongs."""
        with self._lock:
            self.uploads[place.rpartition("/")[2]] = (content, headers)
            return self._faults["upload"].popleft() if self._faults["upload"] else Reply("OK - 5")

    def act(self, method: str, given: dict[str, Any]) -> dict[str, Any]:
        match method:
            case "files.getUploadURLExternal":
                number = f"F{self.count(method):02}"
                address = self.upload_at or f"{self.url.removesuffix('/api/')}/upload/v1/{number}"
                return {"ok": True, "upload_url": address, "file_id": number}
            case "files.completeUploadExternal":
                shared = [{"id": file["id"], "title": file["title"]} for file in json.loads(given["files"])]
                if not all(file["id"] in self.uploads for file in shared):
                    return {"ok": False, "error": "file_not_found"}
                asked = [more for name, more in self.calls if name == "files.getUploadURLExternal"][-1]
                if not (self.hidden == "all" or self.hidden in asked):
                    message = {"channel": given["channel_id"], "thread_ts": given.get("thread_ts"), "ts": "9999999999"}
                    self.shown |= {file["id"]: {**message, "files": [{"id": file["id"]}]} for file in shared}
                return {"ok": True, "files": [{**file, "shares": {}, "mimetype": ""} for file in shared]}
            case "files.delete":
                self.shown.pop(given["file"], None)
                return {"ok": True}
            case "chat.postMessage":
                ts = f"{BEGAN + len(self.posted):.0f}.{len(self.posted):06}"
                self.posted.append({**given, "ts": ts})
                return {"ok": True, "ts": ts, "channel": given["channel"]}
            case "views.open":
                return {"ok": True, "view": {"id": f"V{self.count(method):02}"}}
            case "conversations.open":
                return {"ok": True, "channel": {"id": given["users"].replace("U", "D")}}
            case "conversations.history" | "conversations.replies":
                wanted = given.get("ts")
                posted = self.posted[: len(self.posted) - self.late]
                here = [one for one in [*posted, *self.shown.values()] if one["channel"] == given["channel"]]
                there = [one for one in here if one.get("thread_ts") == wanted]
                fresh = [one for one in there if float(one["ts"]) > float(given.get("oldest", 0))]
                first = int(given.get("cursor", 0))
                more = first + self.page < len(fresh)
                return {
                    "ok": True,
                    "messages": fresh[first : first + self.page],
                    "has_more": more,
                    "response_metadata": {"next_cursor": str(first + self.page) if more else ""},
                }
            case "conversations.info":
                channel = {"id": given["channel"], "name": "support", "topic": {"value": ""}, "purpose": {"value": ""}}
                return {"ok": True, "channel": channel}
            case "conversations.list":
                first = int(given.get("cursor") or 0)
                following = str(first + self.page) if first + self.page < len(self.channels) else ""
                return {
                    "ok": True,
                    "channels": self.channels[first : first + self.page],
                    "response_metadata": {"next_cursor": following},
                }
            case "users.info":
                profile = {"real_name": "Ann B", "display_name": self.nick, "email": "a@x"}
                return {"ok": True, "user": {"name": "ann", "profile": profile, "team_id": "T1"}}
            case "users.list":
                first = int(given.get("cursor", 0))
                following = str(first + self.page) if first + self.page < len(PEOPLE) else ""
                return {
                    "ok": True,
                    "members": PEOPLE[first : first + self.page],
                    "response_metadata": {"next_cursor": following},
                }
            case "usergroups.list":
                groups = [{"id": "S0TEAM", "handle": "support-team", "name": "Customer support", "date_delete": 0}]
                return {"ok": True, "usergroups": groups}
            case "team.info":
                return {"ok": True, "team": {"domain": "acme"}}
        return {"ok": True}


class Bot(SlackBackend):  # type: ignore[misc]
    """slackv3 as it is once it has connected."""

    def __init__(self, slack: Slack) -> None:
        self.slack_web = WebClient(token=TOKEN, base_url=slack.url)
        self.slack_events = self.slack_socket_mode = None
        self.bot_config = SimpleNamespace(GROUPCHAT_NICK_PREFIXED=False)
        self.bot_identifier = SlackPerson(self.slack_web, "U0BOT")
        self.auth = {"user": "errbot", "team_id": "T1"}
        slack.calls.clear()

    # slackv3 caches by bot, and Errbot compares bots by what they have stored, of which this one has nothing.
    __hash__ = object.__hash__

    def __eq__(self, other: object) -> bool:
        return self is other


def heard(bot: Bot, thread: str = "", private: bool = False) -> Message:
    """A command as slackv3 makes it of an event, written in a channel or to the bot alone."""
    event = {"channel": "D0007" if private else "C01", "user": "U0007", "ts": "1795435300.000100"}
    if thread:
        event["thread_ts"] = thread
    message = Message("!inbox", extras={"slack_event": event})
    if private:
        message.frm = message.to = SlackPerson(bot.slack_web, "U0007", "D0007")
    else:
        message.frm = SlackRoomOccupant(bot.slack_web, "U0007", "C01", bot)
        message.to = SlackRoom(webclient=bot.slack_web, channelid="C01", bot=bot)
    return message


class Clock:
    """A clock that goes on when somebody sleeps."""

    def __init__(self) -> None:
        self.now, self.naps = 100.0, list[float]()
        self.asked: defaultdict[str, threading.Event] = defaultdict(threading.Event)
        """By the name of the thread that looked at it."""

    def __call__(self) -> float:
        self.asked[threading.current_thread().name].set()
        return self.now

    def sleep(self, seconds: float) -> None:
        self.naps.append(round(seconds, 3))
        self.now += seconds
