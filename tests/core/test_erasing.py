"""Nothing is left of whom an admin has erased: in no row, no file, no memory, and no message that can be edited."""

from __future__ import annotations

import json
import os
import resource
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from errbot.rendering import text as errbot_text
from sqlalchemy import event, inspect, text

from pageinbox.ask.answers import UnknownRef
from pageinbox.chat.errbot.content import messages
from pageinbox.ledger.database import SMALL, open_ledger
from pageinbox.ledger.edits import EDITABLE
from pageinbox.model.act import Person as Teammate
from pageinbox.model.chat import Uneditable
from pageinbox.model.conversation import Conversation
from pageinbox.model.erasing import Stays
from pageinbox.model.post import Post
from simulator.thread import Person, Thread
from tests.bot import Bot
from tests.core.learned import learned
from tests.core.stage import INTERVAL, Killed, Life, Rooms, Stage, source

NAME, SAID, MORE, NOTE = "Zerlina Quandtünlü", "my xylophone «broke»", "a zither instead?", "lives at 12 Elm Street"
ID, DAY = "9177700001234567", 86400.0
SAM = Teammate("@sam", "Sam")
WATCHES = (
    "#room inbox messenger",
    "#thread inbox messenger later thread",
    "#every inbox messenger every message",
    "#batch inbox messenger batch 1h",
    "#late inbox messenger waiting 10m closing 23h later nothing",
    "#dead inbox messenger",
    "#other inbox instagram",
)


CONVERT = errbot_text().convert


def read(post: Post) -> str:
    """A post as a person reads it."""
    return "\n".join(map(CONVERT, messages(post))).strip()


@dataclass
class Wall(Rooms):
    """Rooms that show what their messages say now. Those that are `fixed` can't be edited."""

    shown: dict[str, str] = field(default_factory=dict)
    fixed: set[str] = field(default_factory=set)

    def send(self, room: str, post: Post, key: str, under: str = "") -> str:
        self.shown[f"receipt-{len(self.messages) + 1}"] = read(post)
        return super().send(room, post, key, under)

    def edit(self, room: str, post: Post, receipt: str) -> None:
        super().edit(room, post, receipt)
        if room in self.fixed:
            raise Uneditable("that message is gone")
        self.shown[receipt] = read(post)

    def texts(self, room: str) -> list[str]:
        return [self.shown[one.receipt] for one in self.of(room)]


@pytest.fixture
def stage(ledger_url: str) -> Iterator[Stage]:
    one = Stage(ledger_url, watches=WATCHES)
    one.rooms = Wall()
    yield one
    one.close()


def wall(stage: Stage) -> Wall:
    assert isinstance(stage.rooms, Wall)
    return stage.rooms


def says(bot: Bot, words: str, *, room: str = "@sam") -> str:
    return read(bot.say(room, f" {words}", person=SAM, direct=room.startswith("@")))


def on(stage: Stage, life: Life, seconds: float = INTERVAL) -> None:
    """Time goes by, a look, and all is said."""
    stage.time.wait(seconds)
    life.service.sources()
    life.look_everywhere()
    stage.time.wait(6)
    life.remind()


def writes(stage: Stage, who: Thread | Person, words: str) -> Thread:
    stage.time.wait(1)
    return stage.world.write("acme", who, words, platform="messenger")


def watched(stage: Stage) -> Life:
    """A bot that has told the rooms what is there already."""
    return learned(stage, admins=["@sam"])


def ref_of(life: Life, thread: Thread) -> str:
    return life.answers.refs.give(source(), thread.id)


def forms(needles: tuple[str, ...]) -> list[bytes]:
    """How a text may stand in a file."""
    plain = [*needles, *(json.dumps(needle)[1:-1] for needle in needles)]
    return [needle.encode(code) for needle in plain for code in ("utf-8", "utf-16-le", "utf-16-be", "latin-1")]


def in_rows(stage: Stage, needles: tuple[str, ...]) -> list[str]:
    """The tables that hold one of them."""
    found = []
    (life, *_) = stage.lives
    with life.ledger.reading() as connection:
        for table in inspect(connection).get_table_names():
            rows = repr(connection.execute(text(f"SELECT * FROM {table}")).all())
            found += [table for needle in needles if needle in rows or repr(needle)[1:-1] in rows]
    return found


def in_files(folder: Path, needles: tuple[str, ...]) -> list[str]:
    """The files that hold one of them in any form."""
    return [
        f"{file.name}: {form!r}"
        for file in sorted(folder.rglob("*"))
        if file.is_file()
        for form in forms(needles)
        if form in file.read_bytes()
    ]


def busy_life(stage: Stage) -> tuple[Life, Thread, Thread]:
    """A bot that has met somebody in every way, and somebody else beside them."""
    wall(stage).failing.add("#dead")
    life = watched(stage)
    zerlina = writes(stage, Person(ID, name=NAME), SAID)
    other = writes(stage, Person("55", name="Bo"), "are you open?")
    on(stage, life)
    ref = ref_of(life, zerlina)
    for command in (f"claim {ref}", f"note {ref} {NOTE}", f"snooze {ref} for 5h", f"mute {ref} for 2h", "messenger",
                    f"show {ref}", "waiting", "snoozed"):  # fmt: skip
        assert "went wrong" not in says(life, command, room="#room")
    writes(stage, zerlina, MORE)
    on(stage, life)
    says(life, f"done {ref}", room="#late")
    says(life, f"reopen {ref}", room="#late")
    on(stage, life, 1000)
    for _ in range(7):
        on(stage, life, 600)
    return life, zerlina, other


def test_nothing_is_left_of_whom_an_admin_erases(stage: Stage, ledger_folder: Path) -> None:
    life, zerlina, _ = busy_life(stage)
    needles = NAME, SAID, MORE, NOTE, ID, zerlina.id
    file = ledger_folder / "ledger.sqlite"
    on_sqlite = stage.url.startswith("sqlite")
    if on_sqlite:
        with closing(sqlite3.connect(file)) as careless:  # what somebody deleted by hand is in free pages
            for beside in ("version-5", "version-4.partial"):
                careless.execute("VACUUM INTO ?", (f"{file}.{beside}",))
            careless.execute("PRAGMA secure_delete=OFF")
            careless.execute("CREATE TABLE gone AS SELECT ? AS words", (f"{NAME} {SAID * 5000}",))
            careless.execute("DROP TABLE gone")
            careless.commit()
        assert len({found.partition(":")[0] for found in in_files(ledger_folder, needles)}) >= 3
    else:
        with life.ledger.writing() as connection:
            connection.execute(text("CREATE TABLE err_inbox_version_5_inbox_news AS TABLE inbox_news"))
    assert {*in_rows(stage, needles)} >= {"inbox_act", "inbox_conversation", "inbox_news", "inbox_wait"}
    assert sum(NAME in said or SAID in said for said in wall(stage).shown.values()) >= 5
    ref = ref_of(life, zerlina)
    asked = says(life, f"forget {ref}")
    assert "marks and notes" in asked and "announcement still to be sent" in asked and "#batch" in asked
    assert in_rows(stage, needles), "nothing was done yet"
    done = says(life, f"forget {ref} yes")
    assert f"{ref} is erased" in done and "deleted" in done and "yet" not in done
    assert NAME not in asked + done
    assert not in_rows(stage, needles)
    if on_sqlite:
        assert not in_files(ledger_folder, needles), "while it is open"
        assert [each.name for each in ledger_folder.glob("*.version-*")] == []
    assert not [said for said in wall(stage).shown.values() if any(needle in said for needle in needles)]
    assert any("Bo" in said for said in wall(stage).texts("#batch")), "others stay where they are"
    wall(stage).failing.clear()
    for _ in range(3):
        on(stage, life, 3700)  # also a look that reads deeper
    assert not in_rows(stage, needles)
    assert not [said for said in wall(stage).shown.values() if any(needle in said for needle in needles)]
    stage.stop(life)
    if on_sqlite:
        assert not in_files(ledger_folder, needles), "after its end"


def test_whoever_was_erased_is_new_once_they_write_again(stage: Stage) -> None:
    life = watched(stage)
    zerlina = writes(stage, Person(ID, name=NAME), SAID)
    on(stage, life)
    says(life, f"forget {ref_of(life, zerlina)} yes")
    before = len(wall(stage).messages)
    stage.time.wait(1)
    stage.world.answer(zerlina, "we have deleted all of it")
    on(stage, life)
    stage.world.move(zerlina, "spam")
    on(stage, life)
    stage.stop(life)
    life = stage.bot(admins=["@sam"])
    on(stage, life, 4000)
    assert len(wall(stage).messages) == before and not in_rows(stage, (NAME, zerlina.id))
    stage.world.move(zerlina, "inbox")
    writes(stage, zerlina, MORE)
    on(stage, life)
    assert [MORE in said for said in wall(stage).texts("#room")] == [False, True]
    assert wall(stage).texts("#room")[-1].count(NAME) == 1


@pytest.mark.parametrize("lasting", [False, True])
def test_a_wrong_time_of_metas_neither_brings_them_back_nor_silences_them(stage: Stage, lasting: bool) -> None:
    life = watched(stage)
    zerlina = writes(stage, Person(ID, name=NAME), SAID)
    zerlina.updated = wrong = stage.time() + 400 * DAY
    on(stage, life)
    says(life, f"forget {ref_of(life, zerlina)} yes")
    on(stage, life)
    assert not in_rows(stage, (NAME, SAID, zerlina.id))
    zerlina.updated = stage.time()
    writes(stage, zerlina, MORE)
    if lasting:
        zerlina.updated = wrong
    on(stage, life)
    assert [MORE in said for said in wall(stage).texts("#room")] == [False, True]


def test_what_a_look_has_just_read_is_not_kept(stage: Stage) -> None:
    life = watched(stage)
    zerlina = writes(stage, Person(ID, name=NAME), SAID)
    on(stage, life)
    writes(stage, zerlina, MORE)
    stage.time.wait(INTERVAL)
    asked = 0

    def going() -> bool:
        nonlocal asked
        asked += 1
        if asked == 2:  # it was asked before the call, and is again once all is read
            says(life, f"forget {ref_of(life, zerlina)} yes")
        return True

    life.service.poll.look(source(), going)
    assert asked == 2 and not in_rows(stage, (NAME, MORE, zerlina.id))
    on(stage, life)
    assert not in_rows(stage, (NAME, MORE, zerlina.id)), "it was there when it was erased"
    writes(stage, zerlina, "and now?")
    on(stage, life)
    assert "and now?" in wall(stage).texts("#room")[-1]


def test_nobody_is_reminded_of_who_is_erased_just_then(stage: Stage) -> None:
    life = watched(stage)
    zerlina = writes(stage, Person(ID, name=NAME), SAID)
    on(stage, life)
    stage.time.wait(1000)
    life.look_everywhere()
    other = stage.bot(admins=["@sam"])
    erased: list[str] = []

    def between(connection: object, cursor: object, statement: str, *_: object) -> None:
        if "FROM inbox_wait JOIN inbox_source" in statement and not erased:
            erased.append(says(other, f"forget {ref_of(other, zerlina)} yes"))

    event.listen(life.ledger.engine, "after_cursor_execute", between)
    life.remind()
    assert "is erased" in erased[0] and not in_rows(stage, (NAME, SAID, zerlina.id))
    assert not [said for said in wall(stage).texts("#late") if NAME in said]


def test_other_bots_forget_too(stage: Stage) -> None:
    life, other = watched(stage), stage.bot(admins=["@sam"])
    zerlina = writes(stage, Person(ID, name=NAME), SAID)
    on(stage, life)
    ref = ref_of(life, zerlina)
    assert NAME in says(other, "messenger", room="#room") and other.answers.rows("#room")
    says(life, f"forget {ref} yes")
    other.service.sources()
    assert not other.answers.rows("#room")
    last = other.answers.listing.memory.last(source())
    assert last is not None and zerlina.id not in [item.id for item in last.conversations]
    with pytest.raises(UnknownRef):
        other.answers.find("#room", ref)


def test_what_can_not_be_edited_is_named(stage: Stage) -> None:
    life = watched(stage)
    zerlina = writes(stage, Person(ID, name=NAME), SAID)
    on(stage, life)
    wall(stage).fixed.add("#room")
    wall(stage).failing.add("#thread")
    with life.ledger.writing() as connection:
        of_room = "(SELECT id FROM inbox_room WHERE name = '#every')"
        connection.execute(text(f"UPDATE inbox_announcement SET receipt = NULL WHERE room = {of_room}"))
    erased = life.service.erasing.erase([(source(), found(life, zerlina))])
    assert {*erased.stays} == {
        Stays("#room", "that message is gone"),
        Stays("#every", "I have no receipt by which to edit it"),
        Stays("#thread"),
    }
    gone = Stays("#room", "that message is gone")
    assert life.service.erasing.left() == ([gone, Stays("#thread")], True)
    assert "#thread" in says(life, "forget") and "#thread" not in says(life, "forget", room="#room")
    wall(stage).failing.clear()
    on(stage, life)
    assert life.service.erasing.left() == ([gone], True) and NAME not in wall(stage).texts("#thread")[0]


def test_watches_that_name_somebody_are_said_and_dropped_once_they_have_ended(stage: Stage) -> None:
    stage.watches = ["#room inbox messenger"]
    life = watched(stage)
    zerlina = writes(stage, Person(ID, name=NAME), SAID)
    on(stage, life)
    says(life, 'watch from @"Zerlina Quandt"', room="#hers")
    ref = ref_of(life, zerlina)
    assert "Watch 2 of #hers is about their name and stays" in says(life, f"forget {ref}")
    assert "Watch 2 has ended" in says(life, "unwatch 2", room="#hers")
    assert in_rows(stage, ("zerlina quandt",)) == ["inbox_watch"]
    assert "Watch" not in says(life, f"forget {ref} yes")
    assert not in_rows(stage, ("zerlina quandt",))


@pytest.mark.servers
def test_all_conversations_of_a_person_go_by_their_id_at_meta(ledger_folder: Path) -> None:
    stage = Stage(f"sqlite:///{ledger_folder}/ledger.sqlite", watches=["#room inbox"], pages=("acme", "beta"))
    stage.rooms = Wall()
    life = watched(stage)
    threads = [stage.world.write(page, Person(ID, name=NAME), SAID, platform="messenger") for page in ("acme", "beta")]
    on(stage, life)
    assert {*in_rows(stage, (NAME,))} >= {"inbox_news", "inbox_wait"}
    asked = says(life, f"forget user {ID}")
    assert asked.startswith("Erasing all I keep of 2 conversations (") and f"!inbox forget user {ID} yes" in asked
    only = says(life, f"forget user {ID} beta")
    assert "conversations" not in only.splitlines()[0] and f"beta user {ID} yes" in only
    done = says(life, f"forget user {ID} yes")
    assert " are erased. I'll take note of them again only if" in done and "2 messages that told of it" in done
    assert not in_rows(stage, (NAME, *(thread.id for thread in threads)))
    assert not in_files(ledger_folder, (NAME, SAID, ID, *(thread.id for thread in threads)))
    stage.close()


def test_a_message_in_doubt_is_looked_for_and_then_edited(stage: Stage) -> None:
    stage.watches = ["#room inbox messenger"]
    life = watched(stage)
    wall(stage).losing = 1
    zerlina = writes(stage, Person(ID, name=NAME), SAID)
    on(stage, life)
    says(life, f"forget {ref_of(life, zerlina)} yes")
    assert NAME in wall(stage).texts("#room")[0], "nobody knows its receipt yet"
    on(stage, life)
    assert wall(stage).texts("#room") == ["What I announced here was erased."]
    assert life.service.erasing.left() == ([], True)


def test_what_never_arrived_is_not_said(stage: Stage) -> None:
    stage.watches = ["#room inbox messenger"]
    life = watched(stage)
    zerlina = writes(stage, Person(ID, name=NAME), SAID)
    stage.time.wait(INTERVAL)
    life.look_everywhere()
    life.holding = dying
    with pytest.raises(Killed):
        life.tell()
    stage.kill(life)
    life = stage.bot(admins=["@sam"])
    says(life, f"forget {ref_of(life, zerlina)} yes")
    on(stage, life, 100)
    assert not wall(stage).messages and life.service.erasing.left() == ([], True)
    with life.ledger.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM inbox_announcement WHERE state <> 'sent'")).scalar() == 0


def dying() -> None:
    raise Killed


def test_messages_are_edited_however_old_they_are(stage: Stage) -> None:
    stage.watches = ["#room inbox messenger", "#batch inbox messenger batch 1h"]
    life = watched(stage)
    zerlina = writes(stage, Person(ID, name=NAME), SAID)
    writes(stage, Person("55", name="Bo"), "are you open?")
    on(stage, life)
    on(stage, life, 3700)
    stage.time.wait(EDITABLE + 2 * INTERVAL)
    stage.stop(life)
    life = stage.bot(admins=["@sam"])
    on(stage, life)
    assert NAME in wall(stage).texts("#batch")[0] and "inbox_news" not in in_rows(stage, (NAME,))
    wall(stage).failing |= {"#room", "#batch"}
    assert "2 messages are yet to be edited" in says(life, f"forget {ref_of(life, zerlina)} yes")
    stage.stop(life)
    life = stage.bot(admins=["@sam"])
    on(stage, life, DAY)
    assert len(life.service.erasing.left()[0]) == 2, "they are not given up"
    wall(stage).failing.clear()
    on(stage, life)
    assert wall(stage).texts("#room")[0] == "What I announced here was erased."
    first, *_, last = wall(stage).texts("#batch")[0].splitlines()
    assert first == "A conversation I announced here was erased."
    assert last.strip() == "The other one announced here can't be shown again, since I no longer keep its words."


@pytest.mark.servers
def test_it_is_done_whole_or_not_at_all(ledger_folder: Path) -> None:
    stage = Stage(f"sqlite:///{ledger_folder}/ledger.sqlite", watches=WATCHES[:2])
    stage.rooms = Wall()
    life = watched(stage)
    steps, done = 0, False
    while not done:
        zerlina = writes(stage, Person(f"{ID}{steps}", name=NAME), SAID)
        on(stage, life)
        ref = ref_of(life, zerlina)
        life.fuse = steps
        try:
            says(life, f"forget {ref} yes")
            life.fuse, done = None, True
        except Killed:
            stage.kill(life)
            life = stage.bot(admins=["@sam"])
        if not in_rows(stage, (zerlina.id,)):
            on(stage, life)
            on(stage, life, 700)  # a file that somebody just read is written anew only then
            assert not in_rows(stage, (NAME, SAID)) and life.service.erasing.left() == ([], True)
            assert not [said for said in wall(stage).shown.values() if NAME in said]
        else:
            assert not done and life.service.erasing.traces([zerlina.id]).known == 1
            assert f"{ref} is erased" in says(life, f"forget {ref} yes")
        steps += 3
    stage.close()
    assert steps > 30


@pytest.mark.servers
def test_files_that_are_read_just_then_are_tidied_later(ledger_folder: Path) -> None:
    stage = Stage(f"sqlite:///{ledger_folder}/ledger.sqlite", watches=WATCHES[:1])
    stage.rooms = Wall()
    life = watched(stage)
    zerlina = writes(stage, Person(ID, name=NAME), SAID)
    on(stage, life)
    with closing(sqlite3.connect(ledger_folder / "ledger.sqlite", isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM inbox_news").fetchall()
        assert "within a few minutes" in says(life, f"forget {ref_of(life, zerlina)} yes")
        assert "still have to be written anew" in says(life, "forget")
        reader.execute("ROLLBACK")
    on(stage, life, 3700)
    life.service.sources()
    assert "Nothing is left" in says(life, "forget") and not in_files(ledger_folder, (NAME, SAID, zerlina.id))
    stage.close()


def test_what_is_kept_of_others_goes_through_no_file_elsewhere(ledger_folder: Path) -> None:
    """SQLite's own is in /var/tmp or the like, which may be full, or open to others."""
    ledger = open_ledger(ledger_folder / "ledger.sqlite")
    with ledger.writing() as connection:  # more than SQLite keeps in memory by itself
        connection.execute(text("INSERT INTO inbox_meta VALUES ('more', hex(zeroblob(8000000)))"))
    assert ledger.size() < SMALL, "it is open, and from now on one more file is refused"
    following, limits = os.dup(0), resource.getrlimit(resource.RLIMIT_NOFILE)
    os.close(following)
    resource.setrlimit(resource.RLIMIT_NOFILE, (following, limits[1]))
    try:
        with pytest.raises(OSError, match="Too many open files"):
            os.dup(0)
        ledger.rewrite()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)
        ledger.close()


def test_what_lists_no_longer_show_need_not_be_known_as_erased(stage: Stage) -> None:
    stage.watches = ["#room inbox messenger"]
    stage.more["RETENTION_DAYS"] = 10
    life = watched(stage)
    zerlina = writes(stage, Person(ID, name=NAME), SAID)
    on(stage, life)
    says(life, f"forget {ref_of(life, zerlina)} yes")
    for days, known in ((4, 1), (6, 0)):
        stage.time.wait(days * DAY)
        writes(stage, Person(f"7{days}", name="Bo"), "hello")
        for pause in (INTERVAL, DAY, DAY + INTERVAL):
            on(stage, life, pause)
        with life.ledger.reading() as connection:
            assert connection.execute(text("SELECT count(*) FROM inbox_forgotten")).scalar() == known


def found(life: Life, thread: Thread) -> Conversation:
    last = life.answers.listing.memory.last(source())
    assert last is not None
    return next(item for item in last.conversations if item.id == thread.id)


@pytest.mark.servers
def test_where_meta_leaves_out_nobody_only_that_person_is_erased(ledger_folder: Path) -> None:
    stage = Stage(f"sqlite:///{ledger_folder}/ledger.sqlite", watches=["#room inbox"])
    stage.rooms = Wall()
    life = watched(stage)
    zerlina = writes(stage, Person(ID, name=NAME), SAID)
    others = [writes(stage, Person(f"88{number}", name=f"Bo {number}"), "are you open?") for number in range(60)]
    on(stage, life)
    stage.simulator.rules.user_id_ignored = True
    assert "no conversation of a person with that ID" in says(life, "forget user 4711 yes")
    assert f"{ref_of(life, zerlina)} is erased" in says(life, f"forget user {ID} yes")
    assert not in_rows(stage, (NAME, zerlina.id))
    assert all(in_rows(stage, (other.id,)) for other in others)
    stage.close()


def test_what_turns_out_later_not_to_be_editable_is_said_whenever_it_is_asked_for(stage: Stage) -> None:
    stage.watches = ["#room inbox messenger"]
    life = watched(stage)
    zerlina = writes(stage, Person(ID, name=NAME), SAID)
    on(stage, life)
    wall(stage).failing.add("#room")
    assert "1 message is yet to be edited" in says(life, f"forget {ref_of(life, zerlina)} yes")
    wall(stage).failing.clear()
    wall(stage).fixed.add("#room")
    on(stage, life, 700)
    assert NAME in wall(stage).texts("#room")[0]
    left = says(life, "forget")
    assert (
        "Unless deleted by hand, 1 message still shows what was erased; I can't change that." in left
        and "that message is gone" in left
    )
    assert "#room" not in says(life, "forget", room="#other")
