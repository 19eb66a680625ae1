"""The small world of the README: one Page, few enough conversations to read them all."""

from __future__ import annotations

from simulator.page import Page
from simulator.thread import Attachment, Person, Thread, person_id
from simulator.world import World

MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0


class _Scene:
    """Writes conversations whose ages count from one moment, oldest message first.

    An age lies in the middle of what it is rounded to, so that "4 min ago" stays true for a while.
    """

    def __init__(self, world: World, page: Page) -> None:
        self.world = world
        self.page = page
        self.now = world.clock()
        self.people = 0

    def told(
        self,
        platform: str,
        folder: str,
        who: str | None,
        *lines: tuple[float, str, str],
        unread: int = 0,
    ) -> Thread:
        """One conversation from ``(age in seconds, speaker, text)``.

        The speaker is ``them``, ``us``, ``auto`` (an automatic answer) or ``photo``, which is theirs too.
        """
        self.people += 1
        id = person_id(platform, self.people)
        person = Person(id, username=who) if platform == "instagram" else Person(id, name=who)
        thread = self.world.add(self.page, person, platform=platform, folder=folder, updated=self.now - lines[0][0])
        for age, speaker, text in lines:
            at = self.now - age
            if speaker in ("us", "auto"):
                self.world.answer(thread, text, automatic=speaker == "auto", at=at)
            else:
                photo = (Attachment("photo.jpg"),) if speaker == "photo" else ()
                self.world.write(self.page, thread, text, attachments=photo, at=at)
        thread.unread = unread
        return thread


def furnish(world: World) -> None:
    """Put the demo's Page and conversations into an empty world."""
    page = world.add_page("acme", "Acme", token="demo-page-token", app_secret="demo-app-secret")
    scene = _Scene(world, page)
    _instagram_spam(scene)
    _instagram_inbox(scene)
    _messenger(scene)


def _instagram_spam(scene: _Scene) -> None:
    """Fourteen conversations, five of them unread; three wait for an answer, the longest for two days."""

    def spam(who: str | None, *lines: tuple[float, str, str], unread: int = 0) -> None:
        scene.told("instagram", "spam", who, *lines, unread=unread)

    spam(
        "ann.example",
        (21 * MINUTE + 25, "them", "hi there 👋"),
        (20 * MINUTE + 25, "us", "Hi Ann!"),
        (9 * MINUTE + 25, "them", "I saw the blue lamp on your page"),
        (7 * MINUTE + 25, "us", "Which one do you mean?"),
        (5 * MINUTE + 25, "them", "the small one, with the brass foot"),
        (4 * MINUTE + 25, "them", "hello, is this still available?"),
        unread=2,
    )
    spam(
        "buy.followers",
        (12 * MINUTE + 25, "them", "get 10k followers now for only $9, real people, no bots, satisfaction guaranteed"),
        (12 * MINUTE + 20, "auto", "Thanks for your message! A person will read it soon."),
        unread=1,
    )
    spam(None, (3 * HOUR + 25 * MINUTE, "photo", ""), unread=1)
    spam(
        "crypto.queen",
        (5 * HOUR + 25 * MINUTE, "them", "🚀🚀 turn 100 into 10 000 🚀🚀"),
        (5 * HOUR + 24 * MINUTE, "us", "No, thank you. 🙂"),
    )
    spam(
        "seo_wizard",
        (7 * HOUR + 25 * MINUTE, "them", "your site is invisible on page 7, I can fix that"),
        (7 * HOUR + 24 * MINUTE, "auto", "Thanks for your message! A person will read it soon."),
        unread=1,
    )
    spam(
        "mario.rossi.88",
        (9 * HOUR + 45 * MINUTE, "them", "ciao, è ancora in vendita il tavolo?"),
        (9 * HOUR + 25 * MINUTE, "us", "Ciao Mario! Sì, vieni pure a vederlo."),
    )
    spam(
        "gift.card.winner",
        (14 * HOUR + 25 * MINUTE, "them", "You won! Claim within 24h"),
        (14 * HOUR + 20 * MINUTE, "us", "We don't play."),
    )
    spam(
        "karim.designs",
        (20 * HOUR + 25 * MINUTE, "them", "مرحبا، هل تحتاجون إلى مصمم؟"),
        (20 * HOUR + 20 * MINUTE, "us", "شكرا، ليس الآن."),
    )
    spam(
        "free_iphone_17",
        (1 * DAY + 12 * HOUR + 60, "them", "*FREE* phone, click [here](http://evil.example)"),
        (1 * DAY + 12 * HOUR, "us", "Please take us off your list."),
    )
    spam(
        "urgent.support",
        (2 * DAY + 11 * HOUR, "them", "<!channel> *your Page will be deleted* [appeal](http://evil.example/x)"),
        unread=1,
    )
    spam(
        "model.agency",
        (3 * DAY + 12 * HOUR, "photo", "collab?"),
        (3 * DAY + 11 * HOUR, "us", "No, but all the best!"),
    )
    spam(
        "old.friend.of.the.ceo",
        (5 * DAY + 12 * HOUR, "them", "send me the invoice again pls"),
        (5 * DAY + 11 * HOUR, "us", "Please write to accounts@acme.example."),
    )
    spam(
        "zen.garden.studio",
        (6 * DAY + 12 * HOUR, "them", "庭の写真を送りますね 🌿"),
        (6 * DAY + 11 * HOUR, "us", "ありがとうございます!"),
    )
    spam(
        "sunglasses.outlet",
        (13 * DAY + 12 * HOUR, "them", "-80 % only today"),
        (13 * DAY + 11 * HOUR, "us", "No, thank you."),
    )


def _instagram_inbox(scene: _Scene) -> None:
    def inbox(who: str | None, *lines: tuple[float, str, str], unread: int = 0) -> None:
        scene.told("instagram", "inbox", who, *lines, unread=unread)

    inbox("lea.dubois", (8 * MINUTE + 25, "them", "Bonjour ! Vous êtes ouverts dimanche ? 🌷"), unread=1)
    inbox(
        "tomas_g",
        (2 * HOUR + 27 * MINUTE, "them", "¿Tienen esto en rojo?"),
        (2 * HOUR + 25 * MINUTE, "us", "¡Sí! ¿Qué talla?"),
    )
    inbox("yuki.t", (1 * DAY + 12 * HOUR, "photo", ""), unread=1)
    inbox(
        "hannah.makes",
        (4 * DAY + 12 * HOUR, "them", "The vase is beautiful, thank you!"),
        (4 * DAY + 11 * HOUR, "us", "That makes our day. ❤️"),
    )


def _messenger(scene: _Scene) -> None:
    def told(folder: str, who: str | None, *lines: tuple[float, str, str], unread: int = 0) -> Thread:
        return scene.told("messenger", folder, who, *lines, unread=unread)

    told(
        "inbox",
        "Bo Lindqvist",
        (31 * MINUTE + 25, "them", "Hi, my order 20931 hasn't arrived yet"),
        (28 * MINUTE + 25, "us", "Hi Bo, I'll ask the carrier."),
        (2 * MINUTE + 25, "them", "Any news?"),
        unread=1,
    )
    told("inbox", "שרה כהן", (35 * MINUTE + 25, "them", "שלום, יש לכם משלוח לחיפה?"), unread=1)
    told("inbox", None, (1 * HOUR + 25 * MINUTE, "photo", ""), unread=1)
    told("inbox", "*Kim* <b>Lee</b>", (4 * HOUR + 25 * MINUTE, "them", "Is the [workshop](http://evil.example) full?"))
    told(
        "inbox",
        "Carla Moretti",
        (1 * DAY + 13 * HOUR, "them", "Quanto costa la spedizione?"),
        (1 * DAY + 12 * HOUR, "us", "Ciao Carla, 6 € in tutta Italia."),
    )
    told(
        "inbox",
        "Eve Okafor",
        (2 * DAY + 13 * HOUR, "them", "Can I change my booking to Friday?"),
        (2 * DAY + 12 * HOUR, "us", "Done, see you on Friday!"),
    )
    told("other", "Dimitri Papadakis", (6 * HOUR + 25 * MINUTE, "them", "Do you sell wholesale?"), unread=1)
    told("other", "محمد علي", (5 * DAY + 12 * HOUR, "them", "مرحبا، هل لديكم فرع في دبي؟"))
    told(
        "page_done",
        "Jürgen Weiß",
        (1 * DAY + 14 * HOUR, "them", "Danke, alles gut angekommen!"),
        (1 * DAY + 12 * HOUR, "us", "Das freut uns!"),
    )
    told(
        "page_done",
        "Rosa Núñez",
        (3 * DAY + 13 * HOUR, "them", "¿Hasta qué hora abren?"),
        (3 * DAY + 12 * HOUR, "us", "Hasta las 20."),
    )
    told("page_done", "Quinn O'Brien", (9 * DAY + 12 * HOUR, "them", "👍"))
    told(
        "spam",
        "<!channel> Bargains",
        (45 * MINUTE + 25, "them", "@here cheap *sunglasses* [look](http://evil.example)"),
        unread=1,
    )
    told(
        "spam",
        "Page Security Team",
        (1 * DAY + 12 * HOUR, "them", "Your Page will be disabled! Verify: http://evil.example"),
        unread=1,
    )
