"""The parts that need no server: Markdown, settings, memory, what is heard, access controls, messages."""

import json
import logging
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from errbot.backends.base import RoomDoesNotExistError
from hypothesis import given
from hypothesis import strategies as st
from nio import ErrorResponse, Event

from errbot_matrix.access import by_id
from errbot_matrix.errors import Doubtful, Refused, checked
from errbot_matrix.hearing import audible
from errbot_matrix.identity import identity
from errbot_matrix.logged import names_nobody, nobody_named, whereabouts
from errbot_matrix.markup import EVENT_MAX, SCHEMES, TAGS, content, contents, escaped, pieces
from errbot_matrix.messages import said
from errbot_matrix.powers import creators, may_notify, may_send
from errbot_matrix.store import Reacted, Store

# --- Markdown -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "body", "formatted"),
    [
        ("one\ntwo", "one\ntwo", None),
        ("a *b* c", "a b c", "a <em>b</em> c"),
        ("*a*\nb", "a\nb", "<em>a</em><br>b"),
        ("# Head\n\ntext", "Head\n\ntext", "<h1>Head</h1><p>text</p>"),
        ("##Close", "Close", "<h2>Close</h2>"),
        ("* a\n* **b**", "• a\n• b", "<ul><li>a</li><li><strong>b</strong></li></ul>"),
        ("2. a\n3. b", "2. a\n3. b", '<ol start="2"><li>a</li><li>b</li></ol>'),
        ("> a\n> b", "> a\n> b", "<blockquote><p>a<br>b</p></blockquote>"),
        ("`<b>`", "<b>", "<code>&lt;b&gt;</code>"),
        ("```\n a\n  b\n```", " a\n  b", "<pre><code> a\n  b\n</code></pre>"),
        ("[x](https://e.org)", "x (https://e.org)", '<a href="https://e.org">x</a>'),
        ("[x](javascript:alert) *y*", "x y", "x <em>y</em>"),
        ("![x](https://e.org/y.png)", "x (https://e.org/y.png)", '<a href="https://e.org/y.png">x</a>'),
        ("<b>x</b> & &lt;", "<b>x</b> & <", None),
        (
            "<script>x</script>\n\n*y*",
            "<script>x</script>\n\ny",
            "<p>&lt;script&gt;x&lt;/script&gt;</p><p><em>y</em></p>",
        ),
        ("**A**{:color='green'}", "A", "<strong>A</strong>"),
        ("|a|b|\n|-|-|\n|1|2|", "a | b\n1 | 2", None),
        ("a[^1]\n\n[^1]: note", "a[^1]\n\n[^1]: note", None),
        ("nul \0 esc \x1b[31m lone \ud800", "nul  esc [31m lone ", None),
    ],
)
def test_markdown(text: str, body: str, formatted: str | None) -> None:
    made = content(text)
    assert (made["body"], made["msgtype"], made["m.mentions"]) == (body, "m.notice", {})
    if formatted is not None or "formatted_body" not in made:
        assert made.get("formatted_body") == formatted


class Seen(HTMLParser):
    """The tags and links of a formatted body."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str, str]] = []
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]


MARKDOWN = (
    st.lists(
        st.sampled_from(
            [*"*_`[]()<>!#|-~&;:\n \\\"'={}ab1", "<img src=x onerror=y>", "javascript:", "](http://e.org)", "```"]
        )
    ).map("".join)
    | st.text()
)


@given(MARKDOWN)
def test_whatever_the_text_the_html_is_what_matrix_allows(text: str) -> None:
    for made in contents(text):
        seen = Seen(made.get("formatted_body", ""))
        assert seen.tags <= TAGS
        for tag, name, value in seen.attributes:
            assert (tag, name) in {("a", "href"), ("code", "class"), ("ol", "start")}
            assert tag != "a" or value.partition(":")[0].lower() in SCHEMES
        json.dumps(made).encode()


@given(st.text())
def test_escaped_text_says_just_that(text: str) -> None:
    plain = " ".join("".join(char for char in text if char.isprintable() or char.isspace()).split())
    made = content(escaped(plain))
    assert made["body"] == plain.strip("\n")
    assert "formatted_body" not in made


@pytest.mark.parametrize("char", ["[", "`", "*", "<", ">", "é", "😀", "&", "(", "|", "_a", "> ", "**a", "[a](b"])
def test_no_event_is_too_large(char: str) -> None:
    made = contents(char * (20_000 // len(char)))
    assert made
    assert max(len(json.dumps(one, ensure_ascii=False).encode()) for one in made) <= EVENT_MAX


@given(
    st.lists(st.sampled_from(["```", "~~~~", "text", "", "a longer line of text", "```python", " x" * 30])),
    st.integers(30, 90),
)
def test_pieces_are_short_and_lose_nothing(lines: list[str], most: int) -> None:
    text = "\n".join(lines)
    cut = pieces(text, most)
    assert all(len(piece) <= most + 40 for piece in cut)
    kept = "".join("".join(cut).split())
    for word in ("text", "alongerlineoftext"):
        assert kept.count(word) == "".join(text.split()).count(word)


def test_a_fence_that_is_cut_goes_on_in_the_next_piece() -> None:
    text = "\n".join(["before", "```python", *(f"line {number}" for number in range(10)), "```", "after"])
    cut = pieces(text, 60)
    assert len(cut) > 1
    assert all("<pre>" in content(piece)["formatted_body"] for piece in cut[:-1])
    assert "\n".join(cut).count("line") == 10
    assert content(cut[-1])["body"].endswith("after")


# --- Settings -------------------------------------------------------------------------------------

WHO = {"homeserver": "https://matrix.example.org/", "username": "@bot:example.org", "password": "secret-word"}


def test_who_may_invite() -> None:
    servers = identity({**WHO, "invites": ["@ann:other.org", "example.org", "*.example.org"]}, ["@ops:example.org"])
    welcome = ["@ann:other.org", "@bo:example.org", "@bo:chat.example.org"]
    assert [
        who for who in [*welcome, "@bo:other.org", "@x:badexample.org", "@ann:other.org.evil"] if servers.welcomes(who)
    ] == welcome
    admins = identity(WHO, ["@ops:example.org"])
    assert admins.welcomes("@ops:example.org")
    assert not admins.welcomes("@bo:example.org")
    assert not identity({**WHO, "invites": []}, ["@ops:example.org"]).welcomes("@ops:example.org")


def test_an_identity_shows_no_secret() -> None:
    assert "secret-word" not in repr(identity(WHO, []))
    assert identity(WHO, []).homeserver == "https://matrix.example.org"
    for address in ("http://127.0.0.1:8008", "http://[::1]:8008", "http://localhost", "http://chat.localhost:8008"):
        assert identity({**WHO, "homeserver": address}, []).homeserver == address


@pytest.mark.parametrize(
    ("values", "key"),
    [
        ({"homeserver": ""}, "homeserver"),
        ({"homeserver": "matrix.example.org"}, "homeserver must be an https:// address"),
        ({"homeserver": "http://matrix.example.org"}, "homeserver must be an https:// address"),
        ({"homeserver": "http://localhost.example.org"}, "homeserver must be an https:// address"),
        ({"homeserver": "http://127.0.0.1.example.org", "ssl": False}, "homeserver must be an https:// address"),
        ({"homeserver": "https://["}, "homeserver must be an https:// address"),
        ({"homeserver": "https://user:secret-word@example.org"}, "homeserver"),
        ({"homeserver": 7}, "homeserver"),
        ({"username": ""}, "username"),
        ({"password": ""}, "password"),
        ({"access_token": "secret-word"}, "password or access_token"),
        ({"ssl": "no"}, "ssl"),
        ({"invites": [7]}, "invites"),
        ({"token": "secret-word"}, "token"),
    ],
)
def test_a_bad_identity_is_refused_with_a_sentence(values: dict[str, Any], key: str) -> None:
    with pytest.raises(ValueError, match=key) as refusal:
        identity({**WHO, **values}, [])
    assert "secret-word" not in str(refusal.value)


# --- Memory ---------------------------------------------------------------------------------------


def test_what_is_kept_is_there_after_a_restart(tmp_path: Path) -> None:
    store = Store(tmp_path / "matrix.sqlite")
    assert (store.device, store.token) == ("", "")
    store.keep_device("BOT")
    assert store.claim("$one")
    assert not store.claim("$one")
    store.handled_until("t1")
    store.close()
    store = Store(tmp_path / "matrix.sqlite")
    assert (store.device, store.token) == ("BOT", "t1")
    assert not store.claim("$one")
    assert store.claim("$two")
    store.close()
    assert (tmp_path / "matrix.sqlite").stat().st_mode & 0o077 == 0


def test_of_handled_events_the_latest_are_kept(tmp_path: Path) -> None:
    store = Store(tmp_path / "matrix.sqlite", kept=10)
    for number in range(20):
        store.claim(f"${number}")
    store.handled_until("t")
    assert [number for number in range(20) if not store.claim(f"${number}")] == list(range(10, 20))
    store.close()


def test_a_reaction_is_known_until_it_is_taken_back_also_after_a_restart(tmp_path: Path) -> None:
    reaction = Reacted("!room", "$message", "@ann", "👀", "1800000000000")
    store = Store(tmp_path / "matrix.sqlite")
    store.keep_reaction("$one", reaction)
    store.keep_reaction("$one", reaction)
    store.close()
    store = Store(tmp_path / "matrix.sqlite")
    assert store.take_reaction("$one") == reaction
    assert store.take_reaction("$one") is None
    store.close()


def test_of_reactions_the_latest_are_kept(tmp_path: Path) -> None:
    store = Store(tmp_path / "matrix.sqlite", kept=10)
    for number in range(20):
        store.keep_reaction(f"${number}", Reacted("!room", "$message", "@ann", "👀", "0"))
    assert [number for number in range(20) if store.take_reaction(f"${number}")] == list(range(10, 20))
    store.close()


# --- What is heard --------------------------------------------------------------------------------

NOW = 1_800_000_000.0


def event(kind: str, sender: str, content: dict[str, Any], age: float = 0.0, **more: Any) -> Any:
    said_at = int((NOW - age) * 1000)
    source = {
        "type": kind,
        "sender": sender,
        "content": content,
        "event_id": f"${sender}{said_at}{kind}",
        "origin_server_ts": said_at,
        "unsigned": {"age": int(age * 1000), **more.pop("unsigned", {})},
        **more,
    }
    return Event.parse_event(source)


def text(body: str, age: float = 0.0, sender: str = "@ann:x") -> Any:
    return event("m.room.message", sender, {"msgtype": "m.text", "body": body}, age)


def member(who: str, membership: str, sender: str = "", before: str = "") -> Any:
    unsigned = {"prev_content": {"membership": before}} if before else {}
    return event("m.room.member", sender or who, {"membership": membership}, state_key=who, unsigned=unsigned)


def heard(events: list[Any], oldest: float | None = None) -> list[str]:
    return [event.body for event in audible(events, "@bot:x", oldest, lambda: NOW) if hasattr(event, "body")]


def test_of_a_room_just_joined_only_what_came_after_the_invitation_is_heard() -> None:
    invited, joined = member("@bot:x", "invite", "@ann:x"), member("@bot:x", "join", before="invite")
    assert heard([text("early"), invited, text("between"), joined, text("late")]) == ["between", "late"]
    assert heard([text("early"), joined, text("late")]) == ["late"]
    assert heard([text("early"), member("@bot:x", "join", before="join"), text("late")]) == ["early", "late"]
    assert heard([text("early"), member("@ann:x", "join"), text("late")]) == ["early", "late"]


def test_ones_own_and_what_is_old_is_not_heard() -> None:
    assert heard([text("mine", sender="@bot:x"), text("yours")]) == ["yours"]
    assert heard([text("old", 61), text("new", 59)], NOW - 60) == ["new"]
    assert heard([text("old", 3600), text("new")]) == ["old", "new"]


@pytest.mark.parametrize(
    ("sent", "heard_as"),
    [
        ({"msgtype": "m.text", "body": "!x"}, "!x"),
        ({"msgtype": "m.notice", "body": "!x"}, None),
        ({"msgtype": "m.emote", "body": "!x"}, None),
        ({"msgtype": "m.text"}, None),
        ({"msgtype": "m.text", "body": ["!x"]}, None),
        ({"msgtype": "m.text", "body": "* !x", "m.relates_to": {"rel_type": "m.replace", "event_id": "$"}}, None),
        (
            {
                "msgtype": "m.text",
                "body": "> <@a:x> q\n> r\n\n!x",
                "m.relates_to": {"m.in_reply_to": {"event_id": "$"}},
            },
            "!x",
        ),
        (
            {
                "msgtype": "m.text",
                "body": "> <@a:x> q\n>\n> r\n\n!x",
                "m.relates_to": {"m.in_reply_to": {"event_id": "$"}},
            },
            "!x",
        ),
        ({"msgtype": "m.text", "body": "> my quote", "m.relates_to": 3}, "> my quote"),
        ({"msgtype": "m.text", "body": "> my quote"}, "> my quote"),
    ],
)
def test_what_is_a_command(sent: dict[str, Any], heard_as: str | None) -> None:
    assert said(sent) == heard_as


# --- Powers ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("levels", "may"),
    [
        ({"users": {"@bot:x": 50}}, True),
        ({"users": {"@bot:x": 49}}, False),
        ({"users": {"@bot:x": 49}, "notifications": {"room": 49}}, True),
        ({"users": {"@bot:x": "50"}}, True),
        ({"users_default": 50}, True),
        ({}, False),
    ],
)
def test_who_may_notify_a_room(levels: dict[str, Any], may: bool) -> None:
    assert may_notify("@bot:x", levels) is may


@pytest.mark.parametrize(
    ("levels", "may"),
    [
        ({}, True),
        ({"events_default": 50}, False),
        ({"events_default": 50, "users_default": 50}, True),
        ({"events_default": 50, "users": {"@bot:x": 50}}, True),
        ({"events": {"m.room.message": 10}}, False),
        ({"events": {"m.room.message": 10}, "users": {"@bot:x": "10"}}, True),
        ({"events": {"m.reaction": 10}}, True),
    ],
)
def test_who_may_write_in_a_room(levels: dict[str, Any], may: bool) -> None:
    assert may_send("@bot:x", levels) is may


def test_who_stands_above_the_levels_of_a_room() -> None:
    def made(**content: Any) -> list[str]:
        return creators({"sender": "@ann:x", "content": content})

    assert made(room_version="12") == made(room_version="13") == ["@ann:x"]
    assert made(room_version="12", additional_creators=["@bot:x"]) == ["@ann:x", "@bot:x"]
    assert (
        made() == made(room_version="11", additional_creators=["@bot:x"]) == made(room_version="org.example.12") == []
    )
    assert creators({"room_version": "12"}) == [], "of a server that gives the content alone"


# --- Access controls ------------------------------------------------------------------------------


def directory(rooms: dict[str, str]) -> Callable[[str], str]:
    def resolve(alias: str) -> str:
        if alias in rooms:
            return rooms[alias]
        raise RoomDoesNotExistError("There is none.")

    return resolve


def test_rooms_of_access_controls_by_alias(caplog: pytest.LogCaptureFixture) -> None:
    resolve = directory({"#team:x": "!team"})
    rules = {"allowrooms": ("#team:x", "!other"), "allowusers": "@ann:x"}
    assert by_id(rules, resolve) == {"allowrooms": ("#team:x", "!other", "!team"), "allowusers": "@ann:x"}
    assert by_id({"allowrooms": "#team:x"}, resolve) == {"allowrooms": ("#team:x", "!team")}
    with caplog.at_level(logging.ERROR):
        assert by_id({"allowrooms": "#gone:x"}, resolve) == {"allowrooms": ("#gone:x",)}
        assert by_id({"denyrooms": "#gone:x"}, resolve) == {"denyrooms": ("#gone:x", "*")}
    assert "#gone:x" in caplog.text


# --- Errors ---------------------------------------------------------------------------------------


def test_what_is_too_large_for_a_proxy_is_refused_for_good() -> None:
    answer = ErrorResponse("unknown error")
    answer.transport_response = SimpleNamespace(status=413, headers={})
    with pytest.raises(Refused) as raised:
        checked(answer)
    assert raised.value.code == "M_TOO_LARGE"
    answer.transport_response = SimpleNamespace(status=404, headers={})
    with pytest.raises(Doubtful):
        checked(answer)


@pytest.mark.parametrize(
    ("text", "logged"),
    [
        ("@ann:chat.example", "@…:chat.example"),
        ("I can't find @:x, @a b:y or (@ann:localhost:8448).", "I can't find @…:x, @a b:y or (@…:localhost:8448)."),
        ("#team:example.org and !room:example.org", "#team:example.org and !room:example.org"),
    ],
)
def test_of_people_the_log_has_their_server(text: str, logged: str) -> None:
    assert nobody_named(text) == logged


def test_a_library_names_nobody_either(caplog: pytest.LogCaptureFixture) -> None:
    logger = logging.getLogger("nio.crypto.of_this_test")
    logger.addFilter(names_nobody)
    logger.error("Failed for %s and %s", "@ann:x", 5)
    assert [record.getMessage() for record in caplog.records] == ["Failed for @…:x and 5"]


def test_an_exception_is_logged_without_its_text() -> None:
    with pytest.raises(KeyError) as caught:
        {}["hello from Ann"]
    told = whereabouts(caught.value)
    assert told.startswith("KeyError > test_matrix_parts.py:") and "Ann" not in told
