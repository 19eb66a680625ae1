"""A person in a Matrix room, on plain requests, so that nothing of the bot's own stack judges the bot.

A person hears what comes by `/sync`, in order, and keeps it; so a test waits for an event, never for time to pass.
To show that something does *not* happen, say something else after it, wait for the answer to that, and look at all
that was heard in between.
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable, Sequence
from typing import Any, Self
from urllib.parse import quote

import requests

from tests.synapse import PASSWORD

Event = dict[str, Any]
PATIENCE = 120  # seconds until something that does not come counts as not coming
FILTER = json.dumps({"room": {"timeline": {"limit": 1000}}, "presence": {"types": []}})


class Human:
    """One person, logged in. `user_id` is `@name:server`; what they have heard in a room is `heard(room)`."""

    def __init__(self, url: str, user_id: str, token: str) -> None:
        self.url = url
        self.user_id = user_id
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.headers["Authorization"] = f"Bearer {token}"
        self._since = ""
        self._heard: dict[str, list[Event]] = {}
        self.invitations: dict[str, list[Event]] = {}
        """By room: the stripped state that came with an invitation."""

    @classmethod
    def login(cls, url: str, user: str) -> Self:
        """Log in as `@name:server` at the homeserver at `url`."""
        wish = {
            "type": "m.login.password",
            "identifier": {"type": "m.id.user", "user": user},
            "password": PASSWORD,
        }
        with requests.Session() as session:
            session.trust_env = False
            answer = session.post(f"{url}/_matrix/client/v3/login", json=wish, timeout=PATIENCE)
        assert answer.ok, answer.text
        return cls(url, answer.json()["user_id"], answer.json()["access_token"])

    def call(self, method: str, path: str, body: object = None, **parameters: str) -> Any:
        """One request to `/_matrix/client` + `path`, such as `/v3/joined_rooms`; its answer. Fails on refusal."""
        answer = self._session.request(
            method, f"{self.url}/_matrix/client{path}", json=body, params=parameters, timeout=PATIENCE
        )
        assert answer.ok, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json()

    def create_room(
        self,
        *invited: str,
        name: str = "",
        alias: str = "",
        direct: bool = False,
        encrypted: bool = False,
        history: str = "shared",
        creators: Sequence[str] = (),
    ) -> str:
        """Make a private room, invite these people, and return its id. `alias` is the part between # and the colon.

        `direct` tells the invited that it is a direct chat; `creators` stand above its power levels as well.
        """
        state: list[Event] = [{"type": "m.room.history_visibility", "content": {"history_visibility": history}}]
        if encrypted:
            state.append({"type": "m.room.encryption", "content": {"algorithm": "m.megolm.v1.aes-sha2"}})
        wish: Event = {"preset": "private_chat", "invite": invited, "is_direct": direct, "initial_state": state}
        wish |= {"name": name} if name else {}
        wish |= {"room_alias_name": alias} if alias else {}
        wish |= {"creation_content": {"additional_creators": creators}} if creators else {}
        return str(self.call("POST", "/v3/createRoom", wish)["room_id"])

    def invite(self, room: str, user: str) -> None:
        """Invite somebody into a room."""
        self.call("POST", f"/v3/rooms/{quote(room)}/invite", {"user_id": user})

    def join(self, room: str) -> str:
        """Join a room by its id or alias, and return its id."""
        return str(self.call("POST", f"/v3/join/{quote(room)}", {})["room_id"])

    def set_state(self, room: str, kind: str, content: Event) -> None:
        """Set state of a room, such as `m.room.topic`."""
        self.call("PUT", f"/v3/rooms/{quote(room)}/state/{kind}/", content)

    def state(self, room: str, kind: str) -> Event:
        """Read state of a room, such as `m.room.topic`."""
        content: Event = self.call("GET", f"/v3/rooms/{quote(room)}/state/{kind}/")
        return content

    def members(self, room: str) -> set[str]:
        """The ids of those who are in a room."""
        return set(self.call("GET", f"/v3/rooms/{quote(room)}/joined_members")["joined"])

    def send(self, room: str, content: Event, kind: str = "m.room.message") -> str:
        """Send an event with this content, and return its id."""
        answer = self.call("PUT", f"/v3/rooms/{quote(room)}/send/{kind}/{uuid.uuid4().hex}", content)
        return str(answer["event_id"])

    def say(self, room: str, text: str, *, thread: str = "", notice: bool = False) -> str:
        """Write `text`, in the thread of the event `thread` if there is one, and return the event's id."""
        content: Event = {"msgtype": "m.notice" if notice else "m.text", "body": text}
        if thread:
            content["m.relates_to"] = {
                "rel_type": "m.thread",
                "event_id": thread,
                "is_falling_back": True,
                "m.in_reply_to": {"event_id": thread},
            }
        return self.send(room, content)

    def edit(self, room: str, event_id: str, text: str) -> str:
        """Let an event of one's own say `text`, as clients do, and return the id of the edit."""
        content = {
            "msgtype": "m.text",
            "body": f"* {text}",
            "m.new_content": {"msgtype": "m.text", "body": text},
            "m.relates_to": {"rel_type": "m.replace", "event_id": event_id},
        }
        return self.send(room, content)

    def react(self, room: str, event_id: str, key: str) -> str:
        """React to an event with `key`, an emoji, and return the id of the reaction."""
        relation = {"rel_type": "m.annotation", "event_id": event_id, "key": key}
        return self.send(room, {"m.relates_to": relation}, "m.reaction")

    def redact(self, room: str, event_id: str) -> str:
        """Take an event back, and return the id of the redaction."""
        answer = self.call("PUT", f"/v3/rooms/{quote(room)}/redact/{quote(event_id)}/{uuid.uuid4().hex}", {})
        return str(answer["event_id"])

    def messages(self, room: str) -> list[Event]:
        """All messages of a room as the server has them now, the oldest first."""
        return [event for event in self.history(room) if event["type"] == "m.room.message"]

    def history(self, room: str) -> list[Event]:
        """All events of a room as the server has them now, the oldest first."""
        events: list[Event] = []
        at: dict[str, str] = {}
        while True:
            page = self.call("GET", f"/v3/rooms/{quote(room)}/messages", dir="b", limit="1000", **at)
            events += page["chunk"]
            if "end" not in page:
                return events[::-1]
            at = {"from": page["end"]}

    def notifications(self, room: str) -> list[str]:
        """The ids of the last events of a room by which the server notified this person.

        They are surer than the count in a sync: Synapse may leave out of that what arrives just then.
        """
        last = self.call("GET", "/v3/notifications", limit="500")["notifications"]
        return [str(one["event"]["event_id"]) for one in last if one["room_id"] == room]

    def download(self, server: str, media: str) -> bytes:
        """A file by the two parts of its `mxc://server/media`."""
        answer = self._session.get(f"{self.url}/_matrix/client/v1/media/download/{server}/{media}", timeout=PATIENCE)
        assert answer.ok, answer.text
        return answer.content

    def heard(self, room: str) -> list[Event]:
        """What this person has heard in a room so far, the oldest first."""
        return self._heard.setdefault(room, [])

    def wait(
        self, room: str, wanted: Callable[[Event], bool], after: str = "", what: str = "an event", say: object = ""
    ) -> Event:
        """The first event of `room` that is `wanted`, behind the event `after` if named; waits until it is there.

        Raises AssertionError, with `what` it was, all that was heard instead and what `say` tells or, called,
        gives, when it does not come.
        """
        give_up = time.monotonic() + PATIENCE
        looked = 0
        behind = not after
        while True:
            events = self.heard(room)
            for event in events[looked:]:
                if behind and wanted(event):
                    return event
                behind = behind or event["event_id"] == after
            looked = len(events)
            if time.monotonic() > give_up:
                heard = "\n".join(json.dumps(event.get("content")) for event in events)
                more = say() if callable(say) else say
                raise AssertionError(f"{what} does not come in {room}; heard:\n{heard}\n{more}")
            self.listen()

    def answers(
        self, room: str, after: str, sender: str, count: int = 1, what: str = "an answer", say: object = ""
    ) -> list[Event]:
        """The first `count` messages of `sender` behind the event `after`; waits until they are there."""
        found: list[Event] = []
        last = after
        while len(found) < count:
            event = self.wait(room, lambda event: is_message(event, sender), last, what, say)
            found.append(event)
            last = event["event_id"]
        return found

    def ask(self, room: str, text: str, sender: str, say: object = "") -> str:
        """Write `text` and return the text of the next message of `sender`."""
        (answer,) = self.answers(room, self.say(room, text), sender, what=f"an answer to {text!r}", say=say)
        return str(answer["content"]["body"])

    def wait_for_member(self, room: str, user: str, membership: str = "join", say: object = "") -> Event:
        """Wait until `user` is in a room, or has left it; gives the event of that."""

        def wanted(event: Event) -> bool:
            about = (event["type"], event.get("state_key"), event["content"].get("membership"))
            return about == ("m.room.member", user, membership)

        return self.wait(room, wanted, what=f"{membership} of {user}", say=say)

    def wait_for_invitation(self, sender: str) -> str:
        """Wait until invited by `sender`; gives the room's id."""
        give_up = time.monotonic() + PATIENCE
        while time.monotonic() < give_up:
            for room, state in self.invitations.items():
                if any(event["type"] == "m.room.member" and event["sender"] == sender for event in state):
                    return room
            self.listen()
        raise AssertionError(f"{sender} has not invited {self.user_id}")

    def listen(self) -> None:
        """Hear what is new; waits for it, at most some seconds. A server that is away just then is asked again."""
        parameters = {"filter": FILTER, "timeout": "10000"} | ({"since": self._since} if self._since else {})
        try:
            news = self.call("GET", "/v3/sync", **parameters)
        except requests.ConnectionError:
            return
        self._since = news["next_batch"]
        rooms = news.get("rooms", {})
        for room, new in rooms.get("invite", {}).items():
            self.invitations[room] = new["invite_state"]["events"]
        for kind in ("join", "leave"):
            for room, new in rooms.get(kind, {}).items():
                self.invitations.pop(room, None)
                self.heard(room).extend(new["timeline"]["events"])

    def close(self) -> None:
        """Let go of the connections; the login stays."""
        self._session.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def is_message(event: Event, sender: str) -> bool:
    """Whether an event is a message of `sender`, and no edit of an earlier one."""
    relation = event["content"].get("m.relates_to", {}).get("rel_type")
    return (event["type"], event["sender"]) == ("m.room.message", sender) and relation != "m.replace"


def bodies(events: Sequence[Event]) -> list[str]:
    """The plain texts of messages."""
    return [str(event["content"].get("body", "")) for event in events]
