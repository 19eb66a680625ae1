"""People act in any order on up to two bots that may die: who has what is always what the answers said."""

from __future__ import annotations

from contextlib import ExitStack
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from pageinbox.chat.errbot.content import messages
from pageinbox.model.act import Act, ActKind, Marks, Person
from tests.core.stage import INTERVAL, Killed, Life, Stage, source
from tests.postgres import Postgres

RUNS = settings(
    derandomize=True,
    database=None,
    deadline=None,
    print_blob=True,
    phases=[Phase.generate],
    stateful_step_count=60,
    suppress_health_check=list(HealthCheck),
)
TEAM = [Person("@ann", "Ann"), Person("@sam", "Sam")]
HOUR = 3600.0
CLAIM = 4 * HOUR


class Acting(RuleBasedStateMachine):
    """`url` gives the address of a new, empty ledger.

    `held` is what should hold, by conversation and kind: by whom, and until when where it ends by itself. What an act
    that was killed may have changed is not known (`unsure`) until it is asked for.
    """

    def url(self) -> str:
        raise NotImplementedError

    def __init__(self) -> None:
        super().__init__()
        self.open = ExitStack()
        self.held: dict[tuple[str, ActKind], tuple[Person, float | None]] = {}
        self.unsure: set[str] = set()
        self.notes: dict[str, list[str]] = {}
        self.numbers = count(1)

    @initialize()
    def begin(self) -> None:
        self.stage = Stage(self.url(), watches=["#room inbox messenger", "#done inbox messenger every message"])
        self.open.callback(self.stage.close)
        life = self.stage.bot()
        life.look_everywhere()
        self.stage.time.wait(10)
        self.ids = self.stage.arrive(2)
        self.turn(0, INTERVAL)

    def live(self, which: int) -> Life:
        if not self.stage.lives:
            self.stage.bot()
        return self.stage.lives[which % len(self.stage.lives)]

    def say(self, which: int, which_one: int, command: str, person: Person, fuse: int | None) -> tuple[str, str]:
        """What is answered to somebody about a conversation, nothing where the bot was killed by it; and its id."""
        life, mine = self.live(which), self.ids[which_one % len(self.ids)]
        ref = life.answers.refs.give(source(), mine)
        self.learn(life, mine)
        life.fuse = fuse
        try:
            text = messages(life.say("#room", command.format(ref), person=person))[0].replace("*", "")
            life.fuse = None
        except Killed:
            self.stage.kill(life)
            self.unsure.add(mine)
            return "", mine
        return text, mine

    def learn(self, life: Life, mine: str) -> None:
        """What holds after an act that was killed is what the ledger says: it was made, or it was not."""
        if mine in self.unsure:
            self.unsure.discard(mine)
            for kind, act in marks(life, mine).items():
                self.held.pop((mine, kind), None)
                if act is not None:
                    self.held[mine, kind] = act.by, act.until

    @rule(
        which=st.integers(0, 1),
        one=st.integers(0, 1),
        who=st.integers(0, 1),
        what=st.sampled_from(["claim", "over", "release", "done", "snooze", "note", "reopen", "unsnooze"]),
        fuse=st.sampled_from([*[None] * 20, *range(13)]),
        hours=st.integers(1, 6),
    )
    def act(self, which: int, one: int, who: int, what: str, fuse: int | None, hours: int) -> None:
        """Somebody does something; the bot may be killed by it, at any statement or commit."""
        match what:
            case "claim" | "over":
                self.claim(which, one, who, what == "over", fuse)
            case "release":
                self.release(which, one, who, fuse)
            case "done":
                self.done(which, one, who, fuse)
            case "snooze":
                self.snooze(which, one, hours, fuse)
            case "note":
                self.note(which, one, fuse)
            case _:
                self.undo(which, one, ActKind.DONE if what == "reopen" else ActKind.SNOOZE)

    def claim(self, which: int, one: int, who: int, over: bool, fuse: int | None) -> None:
        person = TEAM[who]
        text, mine = self.say(which, one, "claim {} over" if over else "claim {}", person, fuse)
        if not text:
            return
        before = self.held.get((mine, ActKind.CLAIM))
        if before is None or over:
            assert text.startswith(f"{person.name} has "), text
            self.held[mine, ActKind.CLAIM] = person, self.stage.time.wall() + CLAIM
            self.held.pop((mine, ActKind.DONE), None)
        else:
            assert text.startswith("You have had " if before[0] == person else f"{before[0].name} has had "), text

    def release(self, which: int, one: int, who: int, fuse: int | None) -> None:
        text, mine = self.say(which, one, "release {}", TEAM[who], fuse)
        before = self.held.get((mine, ActKind.CLAIM))
        if not text:
            return
        if before is None:
            assert "To take it" in text, text
        elif before[0] == TEAM[who]:
            assert "any more" in text, text
            del self.held[mine, ActKind.CLAIM]
        else:
            assert "To release it all the same" in text, text

    def done(self, which: int, one: int, who: int, fuse: int | None) -> None:
        text, mine = self.say(which, one, "done {}", TEAM[who], fuse)
        if not text:
            return
        if (before := self.held.get((mine, ActKind.DONE))) is not None:
            assert f"was marked as done by {before[0].name}" in text, text
            return
        assert f"is done, by {TEAM[who].name}" in text, text
        self.held[mine, ActKind.DONE] = TEAM[who], None
        for kind in (ActKind.CLAIM, ActKind.SNOOZE):
            self.held.pop((mine, kind), None)

    def snooze(self, which: int, one: int, hours: int, fuse: int | None) -> None:
        until = self.stage.time.wall() + hours * HOUR
        text, mine = self.say(which, one, f"snooze {{}} for {hours}h", TEAM[0], fuse)
        if not text:
            return
        assert " is snoozed until " in text, text
        self.woken(mine)  # as the one that it takes the place of has ended
        self.held[mine, ActKind.SNOOZE] = TEAM[0], until
        self.held.pop((mine, ActKind.DONE), None)

    def undo(self, which: int, one: int, kind: ActKind) -> None:
        text, mine = self.say(which, one, "reopen {}" if kind is ActKind.DONE else "unsnooze {}", TEAM[1], None)
        if (mine, kind) not in self.held:
            assert "isn't" in text, text
        elif kind is ActKind.DONE:
            del self.held[mine, kind]
        else:
            self.woken(mine)

    def note(self, which: int, one: int, fuse: int | None) -> None:
        words = f"note number {next(self.numbers)}"
        text, mine = self.say(which, one, f"note {{}} {words}", TEAM[0], fuse)
        if text:
            self.notes.setdefault(mine, []).append(words)

    def woken(self, mine: str) -> None:
        """A snooze is over; a claim has all its time again."""
        claim = self.held.get((mine, ActKind.CLAIM))
        if self.held.pop((mine, ActKind.SNOOZE), None) is not None and claim is not None:
            self.held[mine, ActKind.CLAIM] = claim[0], self.stage.time.wall() + CLAIM

    @rule(one=st.integers(0, 1), answered=st.booleans())
    def go_on(self, one: int, answered: bool) -> None:
        """The customer writes, or the Page answers; some bot's look sees it, whoever had the list before."""
        mine = self.ids[one]
        self.learn(self.live(0), mine)
        self.stage.time.wait(2 * INTERVAL)
        if answered:
            self.stage.world.answer(mine, "yes")
        else:
            self.stage.world.write("acme", mine, "hello?")
        for life in self.stage.lives:
            life.look_everywhere()
        if answered:
            self.held.pop((mine, ActKind.CLAIM), None)
        else:
            self.held.pop((mine, ActKind.DONE), None)
            self.woken(mine)

    @rule(which=st.integers(0, 1), seconds=st.sampled_from([1.0, INTERVAL, HOUR, 3 * HOUR]))
    def turn(self, which: int, seconds: float) -> None:
        """Time goes by, a look, and all is said."""
        self.stage.time.wait(seconds)
        life, now = self.live(which), self.stage.time.wall()
        life.look_everywhere()
        for _ in range(100):
            if life.service.tell() != 0:
                break
        for mine in self.ids:
            self.learn(life, mine)
            snooze, claim = self.held.get((mine, ActKind.SNOOZE)), self.held.get((mine, ActKind.CLAIM))
            # Both in the order in which they ended: what is snoozed can't run out, and has all its time afterwards.
            if snooze is not None and snooze[1] is not None and snooze[1] <= now:
                self.woken(mine)
            elif snooze is None and claim is not None and claim[1] is not None and claim[1] <= now:
                del self.held[mine, ActKind.CLAIM]

    @rule(more=st.booleans(), which=st.integers(0, 1))
    def die_or_start(self, more: bool, which: int) -> None:
        if more and len(self.stage.lives) < 2:
            self.stage.bot()
        elif not more:
            self.stage.kill(self.live(which))

    def teardown(self) -> None:
        with self.open:
            if not hasattr(self, "ids"):
                return
            life = self.live(0)
            for mine in self.ids:
                self.learn(life, mine)
                found = marks(life, mine)
                for kind, act in found.items():
                    wanted = self.held.get((mine, kind))
                    assert (act and act.by) == (wanted and wanted[0]), f"{kind.name} of {mine}"
                acts = life.service.marked.acts(mine)
                words = [act.words for act in acts if act.kind is ActKind.NOTE]
                assert [one for one in words if one in self.notes.get(mine, ())] == self.notes.get(mine, [])
                over = [act for act in acts if act.kind is not ActKind.NOTE and act not in found.values()]
                assert all(act.ended is not None and act.ending is not None for act in over)


def marks(life: Life, mine: str) -> dict[ActKind, Act | None]:
    """What holds for a conversation, by kind."""
    held = life.service.marked.marks([mine]).get(mine, Marks())
    return {ActKind.CLAIM: held.claim, ActKind.DONE: held.done, ActKind.SNOOZE: held.snooze}


@pytest.mark.long
def test_on_sqlite(ledger_folder: Path) -> None:
    numbers = count()

    class OnSQLite(Acting):
        def url(self) -> str:
            return f"sqlite:///{ledger_folder}/ledger-{next(numbers)}.sqlite"

    run_state_machine_as_test(OnSQLite, settings=settings(RUNS, max_examples=6))


@pytest.mark.long
def test_on_postgresql(postgres: Postgres, postgres_ledger: str) -> None:
    class OnPostgres(Acting):
        def url(self) -> str:
            return self.open.enter_context(postgres.database(like=postgres_ledger))

    run_state_machine_as_test(OnPostgres, settings=settings(RUNS, max_examples=2))
