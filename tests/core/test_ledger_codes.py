"""What the ledger keeps has codes of its own: other sentences and other names of classes change nothing of it."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import time
from functools import cache
from pathlib import Path

import pytest

import pageinbox
from pageinbox.ledger.packing import all_kinds, pack_spec, pack_trouble, unpack_spec, unpack_trouble
from pageinbox.model.errors import FieldUnknown, GraphError
from pageinbox.model.source import Folder, Platform
from pageinbox.model.watch import Every, Quiet, WatchSpec
from tests.errbot_fork import Fork

HOME = Path(pageinbox.__file__).parent

OPEN = """
import dataclasses, json, sys
from datetime import time
import msgspec
from pageinbox.language.watch import describe_watch
from pageinbox.ledger.database import open_ledger
from pageinbox.ledger.leases import Leases
from pageinbox.ledger.queue import Queue
from pageinbox.ledger.sources import Sources
from pageinbox.ledger.wanted import want
from pageinbox.ledger.watches import Watches
from pageinbox.model.conversation import Conversation
from pageinbox.model.errors import FieldUnknown, PermissionMissing, Throttled, TokenDead
from pageinbox.model.source import Folder, Platform, Source
from pageinbox.model.watch import Detail, Every, Later, Muted, Quiet, WatchSpec
from pageinbox.tell.trouble import Troubles
from pageinbox.words.ledger import ledger_well

NOON = 1_795_435_200.0
PAGES = {"acme": "200300400"}
NIGHT = Quiet(time(22), time(8), "Europe/Rome")
SETTINGS = [("#ops", WatchSpec(Folder.DONE, Platform.INSTAGRAM, "acme", quiet=NIGHT)), ("#ops", WatchSpec(unread=True))]
CHAT = [
    WatchSpec(Folder.SPAM, page="acme", detail=Detail.INITIALS),
    WatchSpec(name="ann example", text="money back", every=Every.MESSAGE),
    WatchSpec(page="gone", later=Later.THREAD),
]
FAILED = {
    Source("acme", Platform.MESSENGER, Folder.INBOX): TokenDead("it has expired", code=190, subcode=463),
    Source("acme", Platform.MESSENGER, Folder.SPAM): Throttled("wait", code=613, retry_after=60.0),
    Source("acme", Platform.INSTAGRAM, Folder.INBOX): FieldUnknown("link", code=100),
    Source("acme", Platform.INSTAGRAM, Folder.SPAM): PermissionMissing("", code=10),
}
KINDS = [FieldUnknown, PermissionMissing, Throttled, TokenDead]
MUTES = [Muted("#ops", watch=1), Muted("#chat", watch=4), Muted("#chat", conversation="t_1")]

ledger = open_ledger(sys.argv[1])
sources, watches = Sources(ledger, PAGES), Watches(ledger, PAGES)
leases = Leases(ledger, sources, 60.0)
troubles = Troubles(sources, Queue(ledger), ("#admin",))

def fail(now):
    notices = 0
    for source, error in FAILED.items():
        leases.take(source)
        with ledger.writing() as transaction:
            row = sources.row(source)
            notices += troubles.met(transaction, row, error, now=now, watches=lambda source: watches.watches())
    leases.release()
    return notices
"""

WRITE = f"""{OPEN}
watches.keep(SETTINGS, NOON)
for spec in CHAT:
    watches.add("#chat", spec, NOON)
want(ledger, sources, list(FAILED))
assert [fail(NOON + 200 * look) for look in range(3)] == [0, 0, 12]
inbox = next(iter(FAILED))
with ledger.writing() as transaction:
    sources.learn(transaction, sources.row(inbox), [Conversation("t_1", NOON, inbox.platform)], now=NOON)
for muted in MUTES:
    assert watches.mute(muted, NOON + 86400)
"""

READ = f"""{OPEN}
watches.keep(SETTINGS, NOON + 600)
found = {{
    "watches": [(watch.number, watch.room, watch.ops, dataclasses.asdict(watch.spec)) for watch in watches.watches()],
    "paused": [(watch.number, watch.room, dataclasses.asdict(watch.spec)) for watch in watches.paused()],
    "mutes": [(muted.room, muted.watch, muted.conversation, until) for muted, until in watches.mutes(NOON).items()],
    "troubles": [
        (msgspec.structs.asdict(record.source), KINDS.index(type(record.trouble)), vars(record.trouble), record.told)
        for record in sources.records()
    ],
    "told again": fail(NOON + 660),
    "in words": [describe_watch(watch.spec) for watch in watches.watches()],
    "a sentence": ledger_well("here"),
    "a class": TokenDead.__name__,
}}
print(json.dumps(found, default=str))
"""


@pytest.fixture(scope="module")
def others(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with our code in other words, and with other names for its classes."""
    home, names = tmp_path_factory.mktemp("others"), class_names()
    shutil.copytree(HOME, home / "pageinbox", ignore=shutil.ignore_patterns("__pycache__"))
    for path in (home / "pageinbox").rglob("*.py"):
        package = path.relative_to(home / "pageinbox").parts[0]
        source = path.read_text(encoding="utf-8")
        path.write_text(
            renamed(reworded(source) if package in ("words", "language") else source, names), encoding="utf-8"
        )
    return home


@pytest.mark.processes
@pytest.mark.xdist_group("reworded")  # which takes long
def test_other_sentences_and_other_names_change_nothing_that_is_kept(
    database_url: str, others: Path, tmp_path: Path
) -> None:
    run(WRITE, tmp_path, database_url)
    other = json.loads(run_elsewhere(renamed(READ, class_names()), others, database_url))
    same = json.loads(run(READ, tmp_path, database_url))
    for told in ("in words", "a sentence", "a class"):
        assert other.pop(told) != same.pop(told)
    assert other == same
    assert [len(same[what]) for what in ("watches", "paused", "mutes", "troubles")] == [4, 1, 3, 4]
    assert same["told again"] == 0


def test_every_kind_of_trouble_has_a_code_of_its_own_for_good() -> None:
    kinds = all_kinds(GraphError)
    assert all("kind" in vars(kind) for kind in kinds)
    assert sorted(kind.kind for kind in kinds) == [
        "app_stopped",
        "blocked",
        "conversation_unknown",
        "cursor_dead",
        "direct_messages_disabled",
        "field_unknown",
        "list_blocked",
        "list_emptied",
        "message_gone",
        "meta_slow",
        "no_page_token",
        "not_a_page",
        "not_asked_yet",
        "not_linked",
        "owner_unable",
        "page_moved",
        "permission_missing",
        "person_unknown",
        "person_unreadable",
        "proof_wrong",
        "query_timed_out",
        "redirected",
        "request_refused",
        "secret_missing",
        "still_asking",
        "throttled",
        "token_dead",
        "too_much_data",
        "unavailable",
        "unknown",
        "unreachable",
    ]


@pytest.mark.parametrize("kind", all_kinds(GraphError), ids=lambda kind: kind.kind)
def test_trouble_is_the_same_when_it_is_read_again(kind: type[GraphError]) -> None:
    error = kind("what", code=100, subcode=33, retry_after=1.5, words="(#100) What")
    again = unpack_trouble(pack_trouble(error))
    assert (type(again), vars(again)) == (kind, vars(error))


def test_trouble_of_a_kind_unknown_by_now_is_trouble_all_the_same() -> None:
    again = unpack_trouble(pack_trouble(FieldUnknown("link", code=100)).replace("field_unknown", "field_of_barley"))
    assert (type(again), again.code) == (GraphError, 100)


def test_a_spec_is_kept_as_json_with_a_version() -> None:
    spec = WatchSpec(Folder.DONE, Platform.MESSENGER, "acme", name="ann", quiet=Quiet(time(22), time(8), "Europe/Rome"))
    assert json.loads(pack_spec(spec)) == {
        "version": 1,
        "folder": "page_done",
        "platform": "messenger",
        "page": "acme",
        "unread": False,
        "name": "ann",
        "text": None,
        "every": "new",
        "quiet": ["22:00:00", "08:00:00", "Europe/Rome"],
        "detail": None,
        "later": "edit",
    }
    assert unpack_spec(pack_spec(spec)) == spec
    reminding = replace(spec, every=Every.NOTHING, waits=(3600, 86400), closes=7200, batch=1800)
    assert json.loads(pack_spec(reminding)).items() >= {"waits": [3600, 86400], "closes": 7200, "batch": 1800}.items()
    assert unpack_spec(pack_spec(reminding)) == reminding
    assert json.loads(pack_spec(replace(spec, buttons=False)))["buttons"] is False
    assert unpack_spec(pack_spec(replace(spec, buttons=False))) == replace(spec, buttons=False)


@pytest.mark.parametrize(
    ("said", "other"), [('"version":1', '"version":2'), ('"every"', '"often"'), ("22:00", "08:00"), ('"new"', '"odd"')]
)
def test_a_spec_that_is_not_all_understood_is_no_spec(said: str, other: str) -> None:
    text = pack_spec(WatchSpec(quiet=Quiet(time(22), time(8), "Europe/Rome"))).replace(said, other)
    assert unpack_spec(text) == text


def run(script: str, folder: Path, url: str) -> str:
    """What a script prints."""
    path = folder / "script.py"
    path.write_text(script, encoding="utf-8")
    process = Fork([path, url], folder, {}, subprocess.DEVNULL)
    assert process.stdout
    with process.stdout as said:
        told = said.read().decode()
    assert process.wait() == 0, (folder / "stderr.txt").read_text("utf-8")
    return told


def run_elsewhere(script: str, home: Path, url: str) -> str:
    """The same of one that imports the `pageinbox` in a folder."""
    done = subprocess.run(
        [sys.executable, "-c", script, url], capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(home)}
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@cache
def class_names() -> list[str]:
    """Every class of ours whose name is nobody else's."""
    ours, theirs = set(), set()
    for path in HOME.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                ours.add(node.name)
            elif isinstance(node, ast.ImportFrom) and not (node.module or "").startswith("pageinbox"):
                theirs |= {alias.name for alias in node.names}
    return sorted(ours - theirs)


def renamed(source: str, names: list[str]) -> str:
    """A module, or a text that runs as one, with other names for these classes."""
    return re.sub(rf"\b({'|'.join(names)})\b", r"Renamed\1", source)


def reworded(source: str) -> str:
    """A module in which every sentence that a function or a table gives is written backwards."""
    return ast.unparse(Rewording().visit(ast.parse(source)))


class Rewording(ast.NodeTransformer):
    """Leaves alone what is no sentence: docstrings, patterns, keys, and what is compared."""

    def visit_Return(self, node: ast.Return) -> ast.AST:
        return Backwards().visit(node)

    def visit_Dict(self, node: ast.Dict) -> ast.AST:
        node.values = [Backwards().visit(value) for value in node.values]
        return node


class Backwards(ast.NodeTransformer):
    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        return ast.Constant(node.value[::-1]) if isinstance(node.value, str) else node

    def visit_FormattedValue(self, node: ast.FormattedValue) -> ast.AST:
        node.value = self.visit(node.value)
        return node

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        return node

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        return node
