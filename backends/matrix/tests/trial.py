"""An Errbot plugin that does what plugins do in a Matrix room; the tests write its `.plug` file."""

import io
import threading
from collections.abc import Iterator
from typing import Any

from errbot import BotPlugin, CommandError, arg_botcmd, botcmd, re_botcmd
from errbot.backends.base import RoomOccupant


class Trial(BotPlugin):
    """Commands for the tests of the Matrix backend."""

    gate = threading.Event()

    def callback_connect(self) -> None:
        """Called twice at every start; the tests wait for the line it prints."""
        for whom in self.bot_config.TRIAL_GREETS:
            self.send(self.build_identifier(whom), "connected")
        print("connected", flush=True)

    def callback_message(self, msg: Any) -> None:
        if msg.body.startswith("relay "):
            self.send(msg.to if msg.is_group else msg.frm, f"heard {msg.body[6:]}", in_reply_to=msg)

    def callback_mention(self, msg: Any, people: list[Any]) -> None:
        self.send(msg.to, "mentioned " + ", ".join(person.person for person in people))

    def callback_reaction(self, reaction: Any) -> None:
        room = self.query_room(reaction.reacted_to["room_id"])
        alone = "" if isinstance(reaction.reactor, RoomOccupant) else ", alone with me"
        self.send(room, f"{reaction.action} {reaction.reaction_name} by {reaction.reactor.person}{alone}")

    def callback_room_joined(self, room: Any, identifier: Any, invited_by: Any) -> None:
        if self.bot_config.TRIAL_GREETS:
            self.send(room, f"welcome {identifier.person}")

    def callback_room_topic(self, room: Any) -> None:
        self.send(room, f"the topic is {room.topic}")

    @botcmd
    def say(self, msg: Any, args: str) -> str:
        """Say the rest of the line."""
        return args

    @botcmd
    def markdown(self, msg: Any, args: str) -> str:
        """Say the rest of the line, with ⏎ as a newline."""
        return args.replace("⏎", "\n")

    @botcmd
    def whole(self, msg: Any, args: str) -> str:
        """Say this many numbered lines."""
        return "\n".join(f"line {number} of a long answer, with *some* `markup` in it" for number in range(int(args)))

    @botcmd
    def wait(self, msg: Any, args: str) -> Iterator[str]:
        """Wait until somebody says go."""
        yield "waiting"
        self.gate.wait()
        self.gate.clear()
        yield "gone"

    @botcmd
    def go(self, msg: Any, args: str) -> str:
        """Release whoever waits."""
        self.gate.set()
        return "go"

    @botcmd
    def later(self, msg: Any, args: str) -> Iterator[str]:
        """Wait until somebody writes a line into a pipe."""
        yield "waiting"
        with open(args, "rb") as pipe:
            pipe.readline()
        yield "gone"

    @botcmd
    def divert(self, msg: Any, args: str) -> str:
        """Answer where the settings say."""
        return "diverted"

    @botcmd
    def thread(self, msg: Any, args: str) -> str:
        """Answer where the settings say."""
        return "in a thread"

    @botcmd
    def guarded(self, msg: Any, args: str) -> str:
        """Answer whoever the settings allow."""
        return "come in"

    @botcmd
    def fail(self, msg: Any, args: str) -> str:
        """Fail, on purpose or not."""
        if args:
            raise CommandError(args)
        raise RuntimeError("Oh no")

    @botcmd
    def steps(self, msg: Any, args: str) -> Iterator[str]:
        """Say three things."""
        yield "one"
        yield "two"
        yield "three"

    @arg_botcmd("name", type=str)
    @arg_botcmd("--times", type=int, default=1)
    def greet(self, msg: Any, name: str, times: int) -> str:
        """Greet somebody."""
        return f"hello {name} " * times

    @re_botcmd(pattern=r"is it (?P<what>\w+)\?", prefixed=False)
    def is_it(self, msg: Any, match: Any) -> str:
        """Answer a question that was not put to the bot."""
        return f"it is {match['what']}"

    @botcmd
    def where(self, msg: Any, args: str) -> str:
        """Tell how the message arrived."""
        place = msg.extras["matrix"]
        kind = "group" if msg.is_group else "direct"
        return f"{kind} from {msg.frm.person} ({msg.frm.nick}) aclattr {msg.frm.aclattr} in {place['room_id']}"

    @botcmd
    def send_to(self, msg: Any, args: str) -> str:
        """Send a text to somebody: whom, then what."""
        whom, _, text = args.partition(" ")
        try:
            self.send(self.build_identifier(whom), text)
        except Exception as error:
            return f"{type(error).__name__}: {error}"
        return "sent"

    @botcmd
    def ping(self, msg: Any, args: str) -> None:
        """Answer by name."""
        self.send(msg.to, "pong", in_reply_to=msg, groupchat_nick_reply=True)

    @botcmd
    def event(self, msg: Any, args: str) -> str:
        """Send an event of our own with a key: room, key, text."""
        room, key, text = args.split(" ", 2)
        content = {"msgtype": "m.notice", "body": text, "m.mentions": {}}
        try:
            return str(self._bot.send_event(room, content, key))
        except Exception as error:
            return f"{type(error).__name__}: {error}"

    @botcmd
    def find(self, msg: Any, args: str) -> str:
        """Find an event by its key: room, key, since."""
        room, key, since = args.split(" ")
        return str(self._bot.find_event(room, key, float(since)))

    @botcmd
    def file(self, msg: Any, args: str) -> str:
        """Send a file of this many bytes."""
        data = b"x" * int(args)
        try:
            stream = self.send_stream_request(msg.to if msg.is_group else msg.frm, io.BytesIO(data), "x.txt", len(data))
        except Exception as error:
            return f"{type(error).__name__}: {error}"
        return str(stream.status)

    @botcmd
    def card(self, msg: Any, args: str) -> None:
        """Send a card."""
        self.send_card(
            to=msg.to,
            title="A title",
            link="https://example.org/",
            image="https://example.org/x.png",
            body="the *body*",
            fields=(("name", "value"), ("other", "thing")),
        )

    @botcmd
    def react(self, msg: Any, args: str) -> str:
        """React to this command, twice; with an argument, remove the reaction again."""
        self._bot.add_reaction(msg, "👍")
        self._bot.add_reaction(msg, "👍")
        if args:
            self._bot.remove_reaction(msg, "👍")
        return "reacted"

    @botcmd
    def change(self, msg: Any, args: str) -> str:
        """Say something, then edit it to the rest of the line."""
        message = self._bot.build_reply(msg, "to be changed")
        self._bot.send_message(message)
        message.body = args
        self._bot.update_message(message)
        return "changed"

    @botcmd
    def join_room(self, msg: Any, args: str) -> str:
        """Join a room."""
        try:
            self.query_room(args).join()
        except Exception as error:
            return f"{type(error).__name__}: {error}"
        return "joined"

    @botcmd(admin_only=True)
    def rooms_of_mine(self, msg: Any, args: str) -> str:
        """Look at rooms, as an admin."""
        room = self.query_room(args)
        room.topic = "a new topic"
        people = sorted(str(occupant.person) for occupant in room.occupants)
        return f"{room.exists} {room.joined} {room.topic} {people} {room in self.rooms()}"

    @botcmd
    def presence(self, msg: Any, args: str) -> str:
        """Be away."""
        self.change_presence("away", args)
        return "away"
