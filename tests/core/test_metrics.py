"""What Prometheus is told: what is counted and by which labels, what becomes of names, and what a scrape costs."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import event

from pageinbox.ask.listing import Listing
from pageinbox.graph.calls import counted
from pageinbox.model.meters import LAG, Count, Lengths, Meters
from pageinbox.model.web import WebRequest
from pageinbox.tell.service import WatchService
from pageinbox.web.gauges import FRESH, Gauging, how_all_stands
from pageinbox.web.health import Health
from pageinbox.web.metrics import KIND, Metrics
from simulator.thread import Person
from tests.core.stage import INTERVAL, Life, Stage
from tests.hostile.corpus import CORPUS

GET = WebRequest("GET")
DOCS = Path(__file__).parents[2] / "docs" / "metrics.md"
BOUNDED = {"page", "platform", "outcome", "kind", "code", "what", "state", "version", "errbot", "python", "le"}
"""Every label there is: none of them names a person or a room, or is one of ever more."""

Told = Mapping[tuple[str, ...], float]
"""Values by the name of the sample and its labels' values, in the order of the labels' names."""


@pytest.fixture
def stage(ledger_folder: Path) -> Iterator[Stage]:
    one = Stage(f"sqlite:///{ledger_folder}/ledger.sqlite", watches=["#room inbox", "#night inbox quiet 11-13 utc"])
    yield one
    one.close()


def metrics_of(life: Life, listing: Listing | None = None, meters: Meters | None = None) -> Metrics:
    def opened() -> WatchService:
        return life.service

    clock, timer = life.stage.time.wall, life.stage.time
    backlogs = Gauging(lambda service: service.histories.waiting(), opened, timer)
    gauging = Gauging(how_all_stands, opened, timer)
    health = Health(lambda: "", opened, life.alarm.watchdog.faults, backlogs, clock)
    listing = listing or life.answers.listing
    return Metrics(meters or life.meters, health, gauging, listing, interval=INTERVAL, clock=clock, timer=timer)


def told(metrics: Metrics) -> Told:
    text = metrics.answer(GET).body.decode()
    return {
        (sample.name.removeprefix("inbox_"), *(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_what_happens_is_counted(stage: Stage) -> None:
    life = stage.bot()
    metrics = metrics_of(life)
    fresh = told(metrics)
    assert fresh["looks_total", "good", "acme", "messenger"] == 0
    assert fresh["graph_calls_total", "acme"] == 0 and fresh["birth_to_receipt_seconds_count", "messenger"] == 0
    assert fresh["last_look_timestamp_seconds", "acme", "messenger"] == 0
    life.look_everywhere()
    life.tell()
    stage.arrive(3)
    stage.time.wait(INTERVAL)
    life.look_everywhere()
    while life.step() == 0:
        pass
    stage.simulator.fail("platform=instagram", None, code=190, subcode=463)
    stage.time.wait(INTERVAL)
    life.look_everywhere()
    now = told(metrics)
    assert now["looks_total", "good", "acme", "messenger"] == 3
    assert now["looks_total", "failed", "acme", "instagram"] == 1
    assert now["new_conversations_total", "acme", "messenger"] == 3
    assert now["graph_calls_total", "acme"] == len(stage.simulator.requests)
    assert now["graph_errors_total", "190", "token_dead", "acme"] == 1
    assert now["lists", "acme", "messenger"] == now["lists", "acme", "instagram"] == 1
    assert now["lists_failing", "token_dead", "acme", "instagram"] == 1
    assert now["last_look_timestamp_seconds", "acme", "messenger"] == stage.time()
    assert now["last_look_timestamp_seconds", "acme", "instagram"] == stage.time() - INTERVAL
    assert now["customers_waiting", "acme", "messenger"] == 3
    assert now["watches", "active"] == 2 and now["watches", "paused"] == now["digests",] == 0
    assert now["ledger_up",] == 1 and now["ledger_size_bytes",] > 0
    assert now["queue_length", "conversation"] == 3, "the other room is quiet"
    assert now["queue_overdue_seconds",] == 0
    assert now["poll_interval_seconds",] == INTERVAL
    assert now["health", "ok"] == 1 and now["health", "failing"] == 0


@pytest.mark.servers
def test_a_folder_that_instagram_ignores_is_no_list_that_nobody_reads(ledger_folder: Path) -> None:
    stage = Stage(f"sqlite:///{ledger_folder}/ledger.sqlite", watches=["#room spam"], instagram_folder="ignore")
    stage.arrive(5, platform="instagram")
    life = stage.bot()
    life.look_everywhere()
    now = told(metrics_of(life))
    assert now["lists", "acme", "messenger"] == 1 and ("lists", "acme", "instagram") not in now
    stage.close()


def test_a_usage_figure_that_is_old_is_told_no_more(stage: Stage) -> None:
    life = stage.bot()
    metrics = metrics_of(life)
    assert ("graph_usage_ratio", "acme") not in told(metrics)
    stage.simulator.usage("app", call_count=80)
    life.look_everywhere()
    stage.time.wait(FRESH)
    assert told(metrics)["graph_usage_ratio", "acme"] == 0.8
    stage.time.wait(3600)
    assert ("graph_usage_ratio", "acme") not in told(metrics)


def test_when_a_token_ends_is_told_as_far_as_meta_says(stage: Stage) -> None:
    life = stage.bot()
    stage.world.tokens[stage.world.pages["acme"].token].data_access_expires_at = 0
    stage.world.tokens[stage.world.pages["acme"].token].expires_at = stage.time() + 86400
    life.service.tokens.ask()
    now = told(metrics_of(life))
    assert now["token_expiry_timestamp_seconds", "acme", "token"] == stage.time() + 86400
    assert ("token_expiry_timestamp_seconds", "acme", "access") not in now


def test_the_lag_is_from_the_message_to_the_receipt(stage: Stage) -> None:
    life = stage.bot()
    life.look_everywhere()
    life.tell()
    stage.arrive()
    stage.time.wait(40)
    life.look_everywhere()
    life.tell()
    now = told(metrics_of(life))
    assert now["birth_to_receipt_seconds_count", "messenger"] == 1, "what waits for the morning is late on purpose"
    assert now["birth_to_receipt_seconds_bucket", "30.0", "messenger"] == 0
    assert now["birth_to_receipt_seconds_bucket", "60.0", "messenger"] == 1
    assert now["birth_to_receipt_seconds_bucket", "+Inf", "messenger"] == 1
    assert now["birth_to_receipt_seconds_sum", "messenger"] >= 40


def test_doubts_and_rooms_that_fail_are_told_as_numbers(stage: Stage) -> None:
    life = stage.bot()
    metrics = metrics_of(life)
    life.look_everywhere()
    life.tell()
    stage.arrive()
    stage.time.wait(INTERVAL)
    stage.rooms.losing = 1
    life.look_everywhere()
    life.step()
    now = told(metrics)
    assert now["announcements_total", "doubted"] == now["doubts",] == now["rooms_failing",] == 1
    stage.rooms.down = True
    stage.time.wait(INTERVAL)
    life.step()
    now = told(metrics)
    assert now["announcements_total", "refused"] == 1 and now["rooms_failing_seconds",] >= INTERVAL
    assert "#room" not in metrics.answer(GET).body.decode()


def test_what_questions_cost_is_told(stage: Stage) -> None:
    life = stage.bot()
    for _ in range(3):
        life.say("#room", "inbox messenger")
    now = told(metrics_of(life))
    assert (now["cache_misses_total", "list"], now["cache_hits_total", "list"]) == (1, 2)


def test_meters_outlive_a_change_of_settings(stage: Stage) -> None:
    before = stage.bot()
    before.look_everywhere()
    then = told(metrics_of(before))
    after = stage.bot()
    again = told(metrics_of(after, meters=before.meters))
    assert again["looks_total", "good", "acme", "messenger"] == then["looks_total", "good", "acme", "messenger"] == 1


@pytest.mark.parametrize(
    ("code", "label"), [(None, "none"), (190, "190"), (0, "other"), (12345, "other"), (80099, "other"), (-1, "-1")]
)
def test_codes_that_nobody_knows_are_one(code: int | None, label: str) -> None:
    assert counted(code) == label


def test_a_ledger_that_does_not_answer_takes_its_metrics_with_it(stage: Stage) -> None:
    life = stage.bot()
    life.look_everywhere()
    metrics, gate = metrics_of(life), threading.Event()
    assert told(metrics)["ledger_up",] == 1
    event.listen(life.ledger.engine, "before_cursor_execute", lambda *_: gate.wait())
    stage.time.wait(FRESH)
    now = told(metrics)
    assert now["ledger_up",] == 0 and now["looks_total", "good", "acme", "messenger"] == 1
    assert not {name for name, *_ in now} & {"lists", "queue_length", "doubts", "ledger_size_bytes"}
    gate.set()
    for reading in [each for each in threading.enumerate() if each.name == "inbox-patience"]:
        reading.join()
    stage.time.wait(FRESH)
    assert told(metrics)["ledger_up",] == 1


def test_a_storm_of_scrapes_asks_the_ledger_once(stage: Stage) -> None:
    life = stage.bot()
    metrics, statements = metrics_of(life), list[str]()
    event.listen(life.ledger.engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    metrics.answer(GET)
    once = len(statements)
    stage.time.wait(FRESH)
    threads = [threading.Thread(target=metrics.answer, args=(GET,)) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(statements) == 2 * once > 0
    life.meters.calls.add("acme")
    assert told(metrics)["graph_calls_total", "acme"] == 0
    stage.time.wait(FRESH)
    assert told(metrics)["graph_calls_total", "acme"] == 1


def test_a_hostile_name_is_one_value_of_a_label(stage: Stage) -> None:
    life = stage.bot()
    names = {*CORPUS.values(), 'x",le="1', "a\\nb", "new\nline", "back\\", "\r\t\x00"}
    for name in names:
        life.meters.looks.add(name, "messenger", "good")
    now = told(metrics_of(life))
    seen = [key[2] for key, value in now.items() if key[0] == "looks_total" and value == 1]
    assert sorted(seen) == sorted(name.encode(errors="replace").decode() for name in names)


def test_nothing_that_somebody_wrote_is_told(stage: Stage) -> None:
    words, who = "WORDS-OF-A-CUSTOMER", Person("4711004711004711", "NAME-OF-A-CUSTOMER")
    life = stage.bot()
    life.look_everywhere()
    stage.time.wait(1)
    stage.world.write("acme", who, words, at=stage.time())
    stage.simulator.fail("platform=instagram", 1, code=100, message=words)
    stage.time.wait(INTERVAL)
    life.look_everywhere()
    life.tell()
    text = metrics_of(life).answer(GET).body.decode()
    assert stage.rooms.told("#room") and not [one for one in (words, who.name, who.id, "#room") if str(one) in text]
    labels = {name for family in text_string_to_metric_families(text) for one in family.samples for name in one.labels}
    assert labels <= BOUNDED


def test_every_metric_is_documented_and_has_its_unit(stage: Stage) -> None:
    life = stage.bot()
    stage.simulator.usage("app", call_count=30)
    life.look_everywhere()
    life.meters.errors.add("acme", "unavailable", "2")
    metrics = metrics_of(life)
    body = metrics.answer(GET)
    assert body.kind == KIND
    families = list(text_string_to_metric_families(body.body.decode()))
    ours = {f.name + ("_total" if f.type == "counter" else "") for f in families if f.name.startswith("inbox_")}
    assert all(family.documentation.endswith(".") for family in families if family.name.startswith("inbox_"))
    documented = set(re.findall(r"^\| `(inbox_\w+)", DOCS.read_text(encoding="utf-8"), re.MULTILINE))
    assert ours <= documented
    assert documented - ours <= {
        "inbox_lists_failing",
        "inbox_token_expiry_timestamp_seconds",
        "inbox_customers_waiting",
    }


def test_a_length_is_counted_where_it_belongs() -> None:
    lengths = Lengths((1.0, 10.0), "what")
    for seconds in (-5.0, 0.0, 1.0, 1.1, 10.0, 11.0):
        lengths.add(seconds, "a")
    assert lengths.counted() == {("a",): ([3, 2, 1], 23.1)}
    assert sorted(LAG) == list(LAG)


def test_threads_count_together() -> None:
    count = Count("who")
    threads = [threading.Thread(target=lambda: [count.add("a") for _ in range(1000)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert count.counted() == {("a",): 4000}
