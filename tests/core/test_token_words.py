"""What the admins are told of tokens, sentence by sentence."""

from __future__ import annotations

import pytest
from errbot.rendering import text

from pageinbox.chat.errbot.content import messages
from pageinbox.model.announcement import Announcement, Notice, NoticeKind
from pageinbox.model.errors import TokenDead
from pageinbox.model.secret import Secret
from pageinbox.model.source import Page
from pageinbox.model.token import DAY
from pageinbox.model.watch import Detail
from pageinbox.words.announcement import announcement

NOW = 1_795_435_200.0  # 23 Nov 2026, 12:00 UTC
ENDS, DEAD = NoticeKind.TOKEN_ENDS, NoticeKind.TOKEN_DEAD
NEW, RENEWED, WORKS = NoticeKind.TOKEN_NEW, NoticeKind.ACCESS_RENEWED, NoticeKind.TOKEN_WORKS
PAGES = {
    name: Page(name, "1", Secret("x"), token_at=at)
    for name, at in (
        ("acme", "file:/run/acme"),
        ("globex", "file:/run/globex"),
        ("initech", "env:INITECH"),
        ("zoo", ""),
        ("unit", "file:/run/credentials/err-inbox.service/page-token"),  # systemd's copy, which stays as it is
    )
}
ONE = "Someone with the MESSAGING task on the Page has to issue a new one; put it"
ALL = "Someone with the MESSAGING task on each Page has to issue new ones; put them"
FILE, ELSEWHERE = (
    "into the file that the setting PAGES.acme.TOKEN names, and I'll pick it up.",
    "points to and restart me.",
)


def said(*notices: Notice) -> str:
    post = announcement(Announcement(1, "key", "@ops", (), notices), PAGES, lambda _: "", Detail.SNIPPET, NOW)
    (message,) = messages(post)
    return "\n".join(line.strip() for line in text().convert(message).splitlines())


def of(kind: NoticeKind, page: str = "acme", days: float | None = None, **more: object) -> Notice:
    until = None if days is None else NOW + days * DAY
    return Notice(kind, (), NOW, page=page, until=until, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("notices", "sentence"),
    [
        ([of(ENDS, days=14)], f"Acme: the token ends in 14 days (7 Dec 12:00 UTC). {ONE} {FILE}"),
        (
            [of(ENDS, "initech", 3)],
            "Initech: the token ends in 3 days (26 Nov 12:00 UTC). "
            f"{ONE} where the setting PAGES.initech.TOKEN {ELSEWHERE}",
        ),
        (
            [of(ENDS, "unit", 3)],
            f"Unit: the token ends in 3 days (26 Nov 12:00 UTC). {ONE} where the setting PAGES.unit.TOKEN {ELSEWHERE}",
        ),
        (
            [of(ENDS, "zoo", 1)],
            f"Zoo: the token ends in 1 day (24 Nov 12:00 UTC). {ONE} where the setting PAGES.zoo.TOKEN {ELSEWHERE}",
        ),
        (
            [of(ENDS, "acme", 1), of(ENDS, "globex", 0.9)],
            "Acme and Globex: the tokens end in 21 h (24 Nov 09:36 UTC). "
            f"{ALL} into the files that the TOKEN settings of the Pages name, and I'll pick them up.",
        ),
        (
            [of(ENDS, "acme", 1), of(ENDS, "initech", 1)],
            "Acme and Initech: the tokens end in 1 day (24 Nov 12:00 UTC). "
            f"{ALL} where the TOKEN settings of the Pages point to and restart me.",
        ),
        (
            [of(ENDS, days=3, access=True)],
            f"Acme: the token's access to data ends in 3 days (26 Nov 12:00 UTC). {ONE} {FILE}",
        ),
        (
            [of(ENDS, days=-1, access=True)],
            f"Acme: the token's access to data ended 1 day ago (22 Nov 12:00 UTC). {ONE} {FILE}",
        ),
        (
            [of(DEAD, trouble=TokenDead(code=190, subcode=460))],
            f"Acme: Meta no longer accepts the Page token: its owner's password was changed (190/460). {ONE} {FILE}",
        ),
        (
            [of(DEAD, "acme"), of(DEAD, "globex")],
            f"Acme and Globex: Meta no longer accepts the Page token. {ONE} {FILE.replace('acme', 'NAME')}",
        ),
        (
            [of(DEAD, "acme"), of(DEAD, "zoo")],
            "Acme and Zoo: Meta no longer accepts the Page token. "
            f"{ONE} where the setting PAGES.NAME.TOKEN {ELSEWHERE}",
        ),
        ([of(DEAD)], f"Acme: Meta no longer accepts the Page token. {ONE} {FILE}"),
        ([of(NEW, days=60)], "Acme: the token is new and valid until 22 Jan 2027 12:00 UTC."),
        ([of(NEW)], "Acme: the token is new and doesn't expire."),
        (
            [of(NEW, days=90, access=True)],
            "Acme: the token is new; its access to data lasts until 21 Feb 2027 12:00 UTC.",
        ),
        (
            [of(NEW, "acme", 60), of(NEW, "globex", 60.1)],
            "Acme and Globex: the tokens are new and valid until 22 Jan 2027 12:00 UTC.",
        ),
        ([of(NEW, "acme"), of(NEW, "globex")], "Acme and Globex: the tokens are new and don't expire."),
        (
            [of(NEW, "acme", 90, access=True), of(NEW, "globex", 90, access=True)],
            "Acme and Globex: the tokens are new; their access to data lasts until 21 Feb 2027 12:00 UTC.",
        ),
        (
            [of(RENEWED, days=90, access=True)],
            "Acme: the token's access to data was renewed and lasts until 21 Feb 2027 12:00 UTC.",
        ),
        (
            [of(RENEWED, "acme", 90, access=True), of(RENEWED, "globex", 90, access=True)],
            "Acme and Globex: the tokens' access to data was renewed and lasts until 21 Feb 2027 12:00 UTC.",
        ),
        ([of(WORKS)], "Acme: Meta accepts the token again."),
        ([of(WORKS, days=60)], "Acme: Meta accepts the token again; it is valid until 22 Jan 2027 12:00 UTC."),
        (
            [of(WORKS, days=90, access=True)],
            "Acme: Meta accepts the token again; its access to data lasts until 21 Feb 2027 12:00 UTC.",
        ),
        ([of(WORKS, "acme"), of(WORKS, "globex")], "Acme and Globex: Meta accepts the tokens again."),
        (
            [of(WORKS, "acme", 60), of(WORKS, "globex", 60)],
            "Acme and Globex: Meta accepts the tokens again; they are valid until 22 Jan 2027 12:00 UTC.",
        ),
        ([of(WORKS, "gone", 60)], "Gone: Meta accepts the token again; it is valid until 22 Jan 2027 12:00 UTC."),
    ],
)
def test_one_sentence(notices: list[Notice], sentence: str) -> None:
    assert said(*notices) == sentence


def test_what_is_urgent_stands_above_what_is_over() -> None:
    lines = said(of(WORKS, "zoo"), of(NEW, "globex"), of(ENDS, "initech", 1), of(DEAD)).splitlines()
    assert [line.split(":")[0] for line in lines] == ["Acme", "Initech", "Globex", "Zoo"]


def test_of_many_days_and_reasons_the_first_are_told() -> None:
    ends = said(*[of(ENDS, f"p{day}", day) for day in range(1, 9)]).splitlines()
    assert ends[5:] == ["P6, P7 and P8: the tokens end later."] and ends[0].startswith("P1: the token ends")
    new = said(*[of(NEW, f"p{day}", day) for day in range(1, 7)]).splitlines()
    assert new[5:] == ["P6: the token is in order again too, and for longer."]
    whys = ("", "grants", "role", "page", "check", "unreadable")
    dead = said(*[of(DEAD, f"p{number}", trouble=TokenDead(why)) for number, why in enumerate(whys)]).splitlines()
    assert dead[5:] == ["P5: Meta no longer accepts the Page token either, for another reason."]
