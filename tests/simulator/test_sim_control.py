"""The command line, and the control side from another process."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from simulator.control import Control, ControlError

pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("control")]  # so that one simulator is started

ROOT = Path(__file__).parents[2]


def started(*options: str) -> tuple[subprocess.Popen[str], str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "simulator", "--port", "0", *options],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    return process, process.stdout.readline()


@pytest.fixture(scope="module")
def running() -> Iterator[tuple[str, str]]:
    """A simulator in a process of its own, and the line it says."""
    process, line = started("--demo", "--no-rate-limit")
    try:
        yield line, re.search(r"http://127\.0\.0\.1:\d+", line)[0]
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait() == 0
        process.stdout.close()


@pytest.fixture
def url(running) -> str:
    return running[1]


@pytest.fixture
def control(url) -> Iterator[Control]:
    steering = Control(url)
    steering.forget()
    yield steering
    steering.clear()


def listed(url, control, **query):
    token = control.world()["pages"][0]["token"]
    reply = requests.get(
        f"{url}/v26.0/200300400/conversations", params=query, headers={"Authorization": f"Bearer {token}"}
    )
    return reply


def test_the_line_says_where_and_what(running):
    line, url = running
    assert line.startswith(f"Graph API simulator at {url} · Pages: acme (id 200300400, token demo-page-token)")


def test_the_world_and_its_conversations(control):
    (acme,) = control.world()["pages"]
    assert (acme["id"], acme["token"], acme["instagram"]["username"]) == ("200300400", "demo-page-token", "acme_shop")
    spam = control.conversations("acme", "instagram", "spam")
    assert len(spam) == acme["conversations"]["instagram"]["spam"] >= 14
    assert spam[0]["person"]["username"] == "ann.example" and spam[0]["waiting"] and spam[0]["unread"] == 2


def test_a_person_writes_is_answered_read_and_moved(url, control):
    thread = control.write("acme", "Dora", "anyone there?", platform="messenger")
    assert listed(url, control).json()["data"][0]["id"] == thread["id"]
    assert (thread["unread"], thread["waiting"], thread["person"]["name"]) == (1, True, "Dora")
    again = control.write("acme", thread["id"], attachments=[{"name": "a.jpg"}])
    assert (again["id"], again["messages"], again["unread"]) == (thread["id"], 2, 2)
    control.read(thread["id"])
    assert control.conversations("acme")[0]["unread"] == 0
    control.note(thread["id"], "Dora replied to an ad.")
    noted = listed(url, control, fields="messages{message,from}", limit=1).json()["data"][0]["messages"]["data"][0]
    assert (noted["message"], noted["from"]["name"]) == ("Dora replied to an ad.", "Acme")
    assert control.answer(thread["id"], "Yes!")["waiting"] is False
    control.move(thread["id"], "page_done")
    assert control.conversations("acme", folder="page_done")[0]["id"] == thread["id"]
    assert thread["id"] not in [row["id"] for row in listed(url, control, limit=100).json()["data"]]
    control.delete_person(thread["id"])
    sample = listed(url, control, fields="participants", folder="page_done", limit=1).json()["data"][0]
    assert [person["name"] for person in sample["participants"]["data"]] == ["Acme"]
    control.hide(thread["id"])
    assert thread["id"] not in [one["id"] for one in control.conversations("acme", folder="page_done")]
    control.reveal(thread["id"])
    control.change_ids("acme")
    renamed = control.conversations("acme", folder="page_done")[0]
    assert renamed["person"] == thread["person"] and renamed["id"] != thread["id"]
    thread = renamed
    control.delete(thread["id"])
    assert thread["id"] not in [one["id"] for one in control.conversations("acme", folder="page_done")]


def test_instant_replies_and_kinds(url, control):
    control.instant_reply("acme", "Thanks!")
    assert control.write("acme", "Edna", kind="voice message")["messages"] == 2
    control.instant_reply("acme", "")
    assert control.write("acme", "Fred", kind="photo")["messages"] == 1


def test_faults_and_requests(url, control):
    control.fail("folder=spam", 1, code=190, subcode=463)
    assert listed(url, control).status_code == 200
    assert listed(url, control, folder="spam").json()["error"]["error_subcode"] == 463
    control.fail("conversations", None, "html", status=503)
    assert listed(url, control).status_code == 503
    control.clear()
    assert listed(url, control, platform="instagram").status_code == 200
    received = control.requests()
    assert [one["query"] for one in received] == [{}, {"folder": "spam"}, {}, {"platform": "instagram"}]
    assert received[0]["headers"]["Authorization"] == "Bearer demo-page-token"
    control.forget()
    assert control.requests() == []


def test_rules_and_usage(url, control):
    assert control.rules()["instagram_folder"] == "honour"
    control.rules(instagram_folder="empty")
    assert listed(url, control, platform="instagram", folder="spam").json() == {"data": []}
    control.rules(instagram_folder="honour")
    control.usage("app", call_count=77)
    assert json.loads(listed(url, control).headers["X-App-Usage"])["call_count"] == 77
    control.usage("app", call_count=1)


def test_tokens(url, control):
    old = control.world()["pages"][0]["token"]
    control.kill_token("acme", 460)
    assert listed(url, control).json()["error"]["error_subcode"] == 460
    fresh = control.issue_token("acme")
    assert fresh != old and listed(url, control).status_code == 200
    control.date_token("acme", expires_at=1)
    assert listed(url, control).json()["error"]["error_subcode"] == 463
    control.date_token("acme", expires_at=0, data_access_expires_at=1)
    assert listed(url, control).status_code == 200


@pytest.mark.parametrize(
    "wrong",
    [
        lambda control: control.write("nobody", "x"),
        lambda control: control.move("t_1", "spam"),
        lambda control: control.conversations("acme", folder="attic"),
        lambda control: control.fail("x", code=77777),
        lambda control: control.fail("("),
        lambda control: control.fail("x", nonsense=1),
        lambda control: control.rules(nonsense=1),
        lambda control: control.usage("nonsense"),
    ],
)
def test_what_cannot_be_done_is_said(control, wrong):
    with pytest.raises(ControlError, match=r"\w"):
        wrong(control)


def test_the_graph_knows_nothing_of_it(url, control):
    control.fail(".", None, code=2)
    assert control.world()["pages"]
    assert control.requests() == []
    reply = requests.get(f"{url}/_control/nonsense")
    assert reply.status_code == 404 and "facebook-api-version" not in reply.headers
    assert control.requests() == []


def test_the_options_make_the_world(capfd):
    process, line = started("--seed", "4", "--conversations", "300", "--pages", "acme,zeta", "--live",
                            "--instagram-folder", "ignore", "--instagram-fields", "error")  # fmt: skip
    try:
        control = Control(re.search(r"http://127\.0\.0\.1:\d+", line)[0])
        pages = control.world()["pages"]
        assert [page["name"] for page in pages] == ["acme", "zeta"]
        assert all(page["id"] in line and page["token"] in line for page in pages)
        everyone = sum(n for page in pages for folders in page["conversations"].values() for n in folders.values())
        assert everyone >= 300
        rules = control.rules()
        assert (rules["instagram_folder"], rules["instagram_fields"], rules["rate_limit"]) == ("ignore", "error", True)
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait() == 0
        process.stdout.close()
    assert capfd.readouterr().err == ""
