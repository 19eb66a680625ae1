"""The conversations of the demo, as the README shows them: few enough to read them all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from simulator.page import Page
from simulator.thread import Attachment, Message, Person, Thread, person_id

TOKEN: Final = "demo-page-token"
APP_SECRET: Final = "demo-app-secret"

MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0


@dataclass(frozen=True, slots=True)
class _Script:
    """One conversation, as `(age in seconds, speaker, text)`, oldest message first.

    The speaker is `them`, `us`, or `photo`, which is a photo of theirs. An age lies in the middle of what it is
    rounded to, so that "4 min ago" stays true for a while. `who` is None for someone who does not share a name.
    """

    platform: str
    folder: str
    who: str | None
    lines: tuple[tuple[float, str, str], ...]
    unread: int


def conversations(page: Page, *, now: float) -> list[Thread]:
    """The conversations with one Page, numbered from 1; their ages count from `now`, in UNIX seconds."""
    return [_thread(number, page, script, now=now) for number, script in enumerate(_SCRIPTS, 1)]


def _thread(number: int, page: Page, script: _Script, *, now: float) -> Thread:
    id = person_id(script.platform, number)
    person = Person(id, username=script.who) if script.platform == "instagram" else Person(id, name=script.who)
    messages = [
        Message(
            position,
            now - age,
            from_page=speaker == "us",
            text=text,
            attachments=(Attachment("photo.jpg"),) if speaker == "photo" else (),
        )
        for position, (age, speaker, text) in enumerate(script.lines, 1)
    ]
    return Thread(
        number,
        page,
        script.platform,
        folder=script.folder,
        person=person,
        updated=messages[-1].at,
        unread=script.unread,
        loaded=messages,
    )


def _messenger(folder: str, who: str | None, *lines: tuple[float, str, str], unread: int = 0) -> _Script:
    return _Script("messenger", folder, who, lines, unread)


def _instagram(folder: str, who: str | None, *lines: tuple[float, str, str], unread: int = 0) -> _Script:
    return _Script("instagram", folder, who, lines, unread)


_SCRIPTS: Final = (
    # Fourteen, five of them unread; three wait for an answer, the longest for two days.
    _instagram(
        "spam",
        "ann.example",
        (21 * MINUTE + 25, "them", "hi there 👋"),
        (20 * MINUTE + 25, "us", "Hi Ann!"),
        (9 * MINUTE + 25, "them", "I saw the blue lamp on your page"),
        (7 * MINUTE + 25, "us", "Which one do you mean?"),
        (5 * MINUTE + 25, "them", "the small one, with the brass foot"),
        (4 * MINUTE + 25, "them", "hello, is this still available?"),
        unread=2,
    ),
    _instagram(
        "spam",
        "buy.followers",
        (12 * MINUTE + 25, "them", "get 10k followers now for only $9, real people, no bots, satisfaction guaranteed"),
        (12 * MINUTE + 20, "us", "Thanks for your message! A person will read it soon."),
        unread=1,
    ),
    _instagram("spam", None, (3 * HOUR + 25 * MINUTE, "photo", ""), unread=1),
    _instagram(
        "spam",
        "crypto.queen",
        (5 * HOUR + 25 * MINUTE, "them", "🚀🚀 turn 100 into 10 000 🚀🚀"),
        (5 * HOUR + 24 * MINUTE, "us", "No, thank you. 🙂"),
    ),
    _instagram(
        "spam",
        "seo_wizard",
        (7 * HOUR + 25 * MINUTE, "them", "your site is invisible on page 7, I can fix that"),
        (7 * HOUR + 24 * MINUTE, "us", "Thanks for your message! A person will read it soon."),
        unread=1,
    ),
    _instagram(
        "spam",
        "mario.rossi.88",
        (9 * HOUR + 45 * MINUTE, "them", "ciao, è ancora in vendita il tavolo?"),
        (9 * HOUR + 25 * MINUTE, "us", "Ciao Mario! Sì, vieni pure a vederlo."),
    ),
    _instagram(
        "spam",
        "gift.card.winner",
        (14 * HOUR + 25 * MINUTE, "them", "You won! Claim within 24h"),
        (14 * HOUR + 20 * MINUTE, "us", "We don't play."),
    ),
    _instagram(
        "spam",
        "karim.designs",
        (20 * HOUR + 25 * MINUTE, "them", "مرحبا، هل تحتاجون إلى مصمم؟"),
        (20 * HOUR + 20 * MINUTE, "us", "شكرا، ليس الآن."),
    ),
    _instagram(
        "spam",
        "free_iphone_17",
        (1 * DAY + 12 * HOUR + 60, "them", "*FREE* phone, click [here](http://evil.example)"),
        (1 * DAY + 12 * HOUR, "us", "Please take us off your list."),
    ),
    _instagram(
        "spam",
        "urgent.support",
        (2 * DAY + 11 * HOUR, "them", "<!channel> *your Page will be deleted* [appeal](http://evil.example/x)"),
        unread=1,
    ),
    _instagram(
        "spam",
        "model.agency",
        (3 * DAY + 12 * HOUR, "photo", "collab?"),
        (3 * DAY + 11 * HOUR, "us", "No, but all the best!"),
    ),
    _instagram(
        "spam",
        "old.friend.of.the.ceo",
        (5 * DAY + 12 * HOUR, "them", "send me the invoice again pls"),
        (5 * DAY + 11 * HOUR, "us", "Please write to accounts@acme.example."),
    ),
    _instagram(
        "spam",
        "zen.garden.studio",
        (6 * DAY + 12 * HOUR, "them", "庭の写真を送りますね 🌿"),
        (6 * DAY + 11 * HOUR, "us", "ありがとうございます!"),
    ),
    _instagram(
        "spam",
        "sunglasses.outlet",
        (13 * DAY + 12 * HOUR, "them", "-80 % only today"),
        (13 * DAY + 11 * HOUR, "us", "No, thank you."),
    ),
    _instagram("inbox", "lea.dubois", (8 * MINUTE + 25, "them", "Bonjour ! Vous êtes ouverts dimanche ? 🌷"), unread=1),
    _instagram(
        "inbox",
        "tomas_g",
        (2 * HOUR + 27 * MINUTE, "them", "¿Tienen esto en rojo?"),
        (2 * HOUR + 25 * MINUTE, "us", "¡Sí! ¿Qué talla?"),
    ),
    _instagram("inbox", "yuki.t", (1 * DAY + 12 * HOUR, "photo", ""), unread=1),
    _instagram(
        "inbox",
        "hannah.makes",
        (4 * DAY + 12 * HOUR, "them", "The vase is beautiful, thank you!"),
        (4 * DAY + 11 * HOUR, "us", "That makes our day. ❤️"),
    ),
    _messenger(
        "inbox",
        "Bo Lindqvist",
        (31 * MINUTE + 25, "them", "Hi, my order 20931 hasn't arrived yet"),
        (28 * MINUTE + 25, "us", "Hi Bo, I'll ask the carrier."),
        (2 * MINUTE + 25, "them", "Any news?"),
        unread=1,
    ),
    _messenger("inbox", "שרה כהן", (35 * MINUTE + 25, "them", "שלום, יש לכם משלוח לחיפה?"), unread=1),
    _messenger("inbox", None, (1 * HOUR + 25 * MINUTE, "photo", ""), unread=1),
    _messenger(
        "inbox", "*Kim* <b>Lee</b>", (4 * HOUR + 25 * MINUTE, "them", "Is the [workshop](http://evil.example) full?")
    ),
    _messenger(
        "inbox",
        "Carla Moretti",
        (1 * DAY + 13 * HOUR, "them", "Quanto costa la spedizione?"),
        (1 * DAY + 12 * HOUR, "us", "Ciao Carla, 6 € in tutta Italia."),
    ),
    _messenger(
        "inbox",
        "Eve Okafor",
        (2 * DAY + 13 * HOUR, "them", "Can I change my booking to Friday?"),
        (2 * DAY + 12 * HOUR, "us", "Done, see you on Friday!"),
    ),
    _messenger("other", "Dimitri Papadakis", (6 * HOUR + 25 * MINUTE, "them", "Do you sell wholesale?"), unread=1),
    _messenger("other", "محمد علي", (5 * DAY + 12 * HOUR, "them", "مرحبا، هل لديكم فرع في دبي؟")),
    _messenger(
        "page_done",
        "Jürgen Weiß",
        (1 * DAY + 14 * HOUR, "them", "Danke, alles gut angekommen!"),
        (1 * DAY + 12 * HOUR, "us", "Das freut uns!"),
    ),
    _messenger(
        "page_done",
        "Rosa Núñez",
        (3 * DAY + 13 * HOUR, "them", "¿Hasta qué hora abren?"),
        (3 * DAY + 12 * HOUR, "us", "Hasta las 20."),
    ),
    _messenger("page_done", "Quinn O'Brien", (9 * DAY + 12 * HOUR, "them", "👍")),
    _messenger(
        "spam",
        "<!channel> Bargains",
        (45 * MINUTE + 25, "them", "@here cheap *sunglasses* [look](http://evil.example)"),
        unread=1,
    ),
    _messenger(
        "spam",
        "Page Security Team",
        (1 * DAY + 12 * HOUR, "them", "Your Page will be disabled! Verify: http://evil.example"),
        unread=1,
    ),
)
