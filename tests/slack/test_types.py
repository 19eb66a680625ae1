"""What is sent to Slack, held against the types that Slack publishes for it (`@slack/types`) by TypeScript."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from pageinbox.chat.slack import content as slack
from pageinbox.chat.slack import views
from pageinbox.model.post import Command, Link, Mention, Moment, Name, Offer, Post, Reference, Room, Span, Time, Words
from pageinbox.words.offers import offers
from tests.conftest import lacking
from tests.slack.emulator import HERE, MODULES, Unavailable, install

pytestmark = pytest.mark.processes

NOW, URL = 1_795_435_200.0, "https://www.facebook.com/1/inbox/2"
TIMES = (Moment(NOW - 9e5, NOW, zoned=True), Time(NOW - 9, NOW), Span(NOW - 99, NOW, NOW))
CALLED = (Mention("here", "here"), Mention("S1", "team"), Mention("U1", "ann"))
ANNOUNCED = Post(
    (*CALLED, " New: ", Name("Ann"), ", ", *TIMES, ": ", Words("hi", quoted=True), " · ", Reference("k7fq")),
    ((Link(URL),), ("In ", Room("<#C01>"), Command("inbox"))),
    offers=offers("k7fq"),
)
LISTED = Post(
    ("2 conversations",),
    (("A line.",),),
    tuple(((str(row),), (Reference("k7fq"),), (Name("Ann"),), (Link(URL),)) for row in (3, 4)),
    (("2 of 9",),),
    offers=(*offers("k7fq", row=0), *offers("9x2d", row=1), Offer("More", "inbox more")),
)
UNCOUNTED = Post(("A card",), rows=(((Reference("k7fq"),), (Name("Ann"),)),))
SHOWN: list[tuple[str, Any]] = [
    *(("KnownBlock[]", slack.message(post)["blocks"]) for post in (ANNOUNCED, LISTED, UNCOUNTED)),
    ("ModalView", views.loading("inbox show k7fq")),
    ("ModalView", views.shown("inbox show k7fq", ANNOUNCED, "!")),
    ("ModalView", views.form("inbox snooze k7fq", "Until when?", {"channel": "C01"})),
    ("HomeView", views.home([LISTED, ANNOUNCED], "!")),
]
WRONG = [
    ("KnownBlock[]", [{"type": "actions", "elements": [{"type": "button", "text": "Done", "action_id": "x"}]}]),
    ("KnownBlock[]", [{"type": "rich_text", "elements": [{"type": "rich_text_quotation", "elements": []}]}]),
    ("ModalView", {"type": "modal", "blocks": []}),
]


def known(part: Any) -> Any:
    """The same without the `offset` of lists, which Slack documents and its types lack."""
    if isinstance(part, dict):
        kind = part.get("type")
        return {key: known(value) for key, value in part.items() if (kind, key) != ("rich_text_list", "offset")}
    return [known(one) for one in part] if isinstance(part, list) else part


def test_slacks_own_types_have_all_that_is_sent(tmp_path: Path) -> None:
    try:
        install()
    except Unavailable as reason:
        lacking(str(reason))
    wire = [json.loads(file.read_text("utf-8"))["arguments"]["blocks"] for file in (HERE / "wire").glob("*.json")]
    assert len(wire) >= 5
    right = [*SHOWN, *(("KnownBlock[]", blocks) for blocks in wire)]
    lines = ['import type { HomeView, KnownBlock, ModalView } from "@slack/types";']
    lines += [f"export const right{number}: {kind} = {literal(one)};" for number, (kind, one) in enumerate(right)]
    for number, (kind, one) in enumerate(WRONG):
        lines += ["// @ts-expect-error", f"export const wrong{number}: {kind} = {literal(one)};"]
    (tmp_path / "sent.ts").write_text("\n".join(lines), encoding="utf-8")
    (tmp_path / "node_modules").symlink_to(MODULES)
    compiler = MODULES / "typescript" / "bin" / "tsc"
    # Neither Slack's declarations nor those of a browser are under test.
    options = ["--strict", "--noEmit", "--module", "nodenext", "--lib", "es2022", "--skipLibCheck"]
    done = subprocess.run(["node", compiler, *options, "sent.ts"], cwd=tmp_path, capture_output=True, text=True)
    assert not done.returncode, done.stdout


def literal(part: Any) -> str:
    return json.dumps(known(part), ensure_ascii=False)
