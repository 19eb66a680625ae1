"""One call at a time, not too often, people first."""

from __future__ import annotations

import json
import threading
import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import settings as runs
from hypothesis import strategies as st

from pageinbox.graph.budget import Budget
from pageinbox.graph.calls import Calls
from pageinbox.graph.client import GraphClient
from pageinbox.graph.http import open_session
from pageinbox.model.errors import Blocked, PermissionMissing, ProofWrong, Throttled, TokenDead, Unavailable
from pageinbox.model.secret import Secret
from pageinbox.model.source import Page, Platform
from pageinbox.words.trouble import explain
from simulator.server import Simulator
from simulator.world import World

MESSENGER = Platform.MESSENGER


def never(seconds: float) -> None:
    raise AssertionError("nobody should sleep here")


class Ticker:
    """A clock that sleeping moves on."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.now += seconds


def run(*jobs):
    threads = [threading.Thread(target=job) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_the_server_never_sees_two_calls_at_once(rig, canned, parked):
    client = rig.client(url=canned.url)
    canned.gate.clear()
    ask = client.conversations
    threads = [
        threading.Thread(target=ask, args=(MESSENGER,), kwargs={"background": number % 2 == 0}) for number in range(12)
    ]
    threads[0].start()
    while not canned.steps:
        threads[0].join(0.001)
    for thread in threads[1:]:
        thread.start()
    for thread in threads[1:]:
        parked(thread, unless=lambda: len(canned.steps) > 1)
    canned.gate.set()
    for thread in threads:
        thread.join()
    assert canned.steps == ["in", "out"] * 12


def test_two_pages_do_not_wait_for_each_other(rig, world, canned):
    world.add_page("zoo")
    canned.gate.clear()
    acme, zoo = (rig.client(name, url=canned.url) for name in ("acme", "zoo"))
    threads = [threading.Thread(target=client.conversations, args=(MESSENGER,)) for client in (acme, zoo)]
    for thread in threads:
        thread.start()
    while len(canned.steps) < 2:
        threads[0].join(0.001)
    canned.gate.set()
    for thread in threads:
        thread.join()
    assert canned.steps[:2] == ["in", "in"]


@runs(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.floats(0, 1.5), st.floats(0, 1.5), st.booleans()), min_size=3, max_size=12))
def test_never_three_starts_within_a_second_of_an_end(turns):
    clock = Ticker()
    budget = Budget(clock, clock.sleep)
    starts, ends = [], []
    for idle, lasting, background in turns:
        clock.now += idle
        with budget.turn(background=background):
            starts.append(clock.now)
            clock.now += lasting
        ends.append(clock.now)
        if background and len(ends) > 1:
            assert starts[-1] >= ends[-2] + 1 - 1e-6
    for end, start in zip(ends, starts[2:], strict=False):
        assert start >= end + 1 - 1e-6


def test_a_turn_that_fails_counts_and_frees_the_line():
    clock = Ticker()
    budget = Budget(clock, clock.sleep)
    for _ in range(2):
        with pytest.raises(ZeroDivisionError), budget.turn():
            raise ZeroDivisionError
    began = clock.now
    with budget.turn():
        assert clock.now == began + 1


def test_the_first_two_calls_of_a_person_need_no_pause():
    budget = Budget(lambda: 0.0, never)
    for _ in range(2):
        with budget.turn():
            pass


def test_unpaced_never_pauses():
    budget = Budget(lambda: 0.0, never, paced=False)
    for background in (False, True) * 5:
        with budget.turn(background=background):
            pass


def test_people_go_before_background_work(parked):
    budget = Budget(lambda: 0.0, never, paced=False)
    order: list[str] = []

    def wants(who: str, background: bool) -> None:
        with budget.turn(background=background):
            order.append(who)

    threads = []
    with budget.turn(background=True):
        for who, background in (("poll", True), ("poll", True), ("ann", False), ("poll", True), ("bo", False)):
            threads.append(threading.Thread(target=wants, args=(who, background)))
            threads[-1].start()
            parked(threads[-1])
        assert order == []
    for thread in threads:
        thread.join()
    assert sorted(order[:2]) == ["ann", "bo"]
    assert order[2:] == ["poll"] * 3


def test_a_background_call_of_the_client_waits_for_people(rig, canned, parked):
    client = rig.client(url=canned.url)
    canned.gate.clear()
    holder = threading.Thread(target=client.conversations, args=(MESSENGER,))
    holder.start()
    while not canned.steps:
        holder.join(0.001)
    poll = threading.Thread(target=lambda: client.conversations(MESSENGER, limit=11, background=True))
    poll.start()
    parked(poll)
    person = threading.Thread(target=lambda: client.conversations(MESSENGER, limit=12))
    person.start()
    parked(person)
    canned.gate.set()
    for thread in (holder, poll, person):
        thread.join()
    assert ["limit=12" in path for path in canned.paths] == [False, True, False]


def test_closing_refuses_until_it_is_over_and_keeps_the_longer_wait():
    clock = Ticker()
    budget = Budget(clock, clock.sleep)
    budget.close(Throttled("x", code=613, subcode=1996, retry_after=60))
    budget.close(Throttled(code=4, retry_after=10))
    clock.now += 20
    with pytest.raises(Throttled) as refused, budget.turn():
        pass
    assert (refused.value.code, refused.value.subcode, refused.value.retry_after) == (613, 1996, 40)
    assert budget.closed_for() == 40
    budget.close(Blocked(code=368, retry_after=3600))
    with pytest.raises(Blocked), budget.turn(background=True):
        pass
    clock.now += 3600
    assert budget.closed_for() == 0
    with budget.turn():
        pass


def test_a_wait_of_unknown_length_grows_until_a_turn_succeeds():
    clock = Ticker()
    budget = Budget(clock, clock.sleep)

    def closes() -> float:
        with pytest.raises(Throttled), budget.turn():
            raise Throttled(code=4)
        waited = budget.closed_for()
        clock.now += waited
        return waited

    assert [closes(), closes()] == [300, 600]
    with pytest.raises(ZeroDivisionError), budget.turn():
        raise ZeroDivisionError
    assert closes() == 1200, "a failure of another kind is no success"
    with budget.turn():
        pass
    assert closes() == 300


REGAIN = "estimated_time_to_regain_access"
BUSINESS = {"200300400": [{"type": "messenger", "call_count": 31, "total_cputime": 7, "total_time": 12,
                           "estimated_time_to_regain_access": 0}]}  # fmt: skip


@pytest.mark.parametrize(
    ("headers", "usage", "regain"),
    [
        ({}, None, 0),
        ({"x-app-usage": '{"call_count":28,"total_time":25,"total_cputime":25}'}, 28, 0),
        ({"x-app-usage": '{"call_volume":3,"cpu_time":41}'}, 41, 0),
        ({"x-page-usage": '{"call_count":144,"total_time":1,"total_cputime":1}'}, 144, 0),
        ({"x-business-use-case-usage": json.dumps(BUSINESS)}, 31, 0),
        ({"x-business-use-case-usage": json.dumps(BUSINESS).replace("access\": 0", "access\": 7")}, 31, 420),
        ({"x-business-use-case-usage": json.dumps(BUSINESS["200300400"])}, 31, 0),
        ({"x-business-use-case-usage": json.dumps(BUSINESS["200300400"][0])}, 31, 0),
        ({"x-business-use-case-usage": json.dumps(BUSINESS), "x-app-usage": '{"call_count":99}'}, 99, 0),
        ({"x-business-use-case-usage": json.dumps({"1": [{REGAIN: 3}], "2": [{REGAIN: 9}]})}, None, 540),
        ({"x-app-usage": '{"call_count":9.67,"acc_id_util_pct":99}'}, 10, 0),
        ({"x-app-usage": '{"call_count":"many","new":{"x":null}}'}, None, 0),
        ({"x-app-usage": '{"call_count":0}'}, 0, 0),
        ({"x-app-usage": '{"call_count":"95","total_time":"1"}'}, 95, 0),
        ({"x-business-use-case-usage": json.dumps({"1": [{"type": "PAGES", "call_count": 95, REGAIN: "3"}]})}, 95, 180),
        ({"x-business-use-case-usage": json.dumps({"1": {"type": None, "call_count": 95, REGAIN: None}})}, 95, 0),
        ({"x-app-usage": ""}, None, 0),
        ({"x-app-usage": "{bad"}, None, 0),
        ({"x-app-usage": "null"}, None, 0),
        ({"x-app-usage": "[]"}, None, 0),
        ({"x-app-usage": "\xff{"}, None, 0),
        ({"x-app-usage": "[" * 5000}, None, 0),
        ({"x-business-use-case-usage": json.dumps({"1": [{REGAIN: -3}]})}, None, 0),
        ({"x-other-usage": '{"call_count":99}'}, None, 0),
    ],
)  # fmt: skip
def test_usage_headers_of_every_shape(headers, usage, regain):
    budget = Budget(lambda: 0.0, never)
    assert budget.learn(headers) == regain
    assert budget.usage == usage


@pytest.mark.parametrize(
    ("header", "usage", "regain"),
    [
        ({"9": [{"type": "ads_insights", "call_count": 99, REGAIN: 600}]}, None, 0),
        ({"9": [{"type": "ads_insights", "call_count": 99, REGAIN: 600}, {"type": "pages", REGAIN: 2}]}, None, 120),
        ({"9": [{"type": "messenger", "call_count": 7}], "8": [{"type": "instagram", REGAIN: 3}]}, 7, 180),
        ({"9": [{"type": ["messenger"], REGAIN: 600}]}, None, 0),
    ],
)
def test_other_pools_than_the_pages_close_nothing(header, usage, regain):
    budget = Budget(lambda: 0.0, never)
    assert budget.learn({"x-business-use-case-usage": json.dumps(header)}) == regain
    assert budget.usage == usage


json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(2**60), 2**60), st.floats(-1e9, 1e9), st.text(max_size=5)),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["call_count", "cpu_time", "estimated_time_to_regain_access", "x"]), inner)
    ),
    max_leaves=8,
)


@runs(deadline=None, max_examples=60)
@given(st.one_of(json_values.map(json.dumps), st.text(max_size=30)))
def test_no_usage_header_does_harm(header):
    budget = Budget(lambda: 0.0, never)
    assert budget.learn({"x-app-usage": header}) >= 0


def test_a_reply_without_headers_keeps_what_is_known(rig, sim):
    client = rig.client()
    sim.usage("app", call_count=75)
    client.conversations(MESSENGER)
    for header in ("app", "business"):
        sim.usage(header, absent=True)
    client.conversations(MESSENGER)
    assert client.budget.usage == 75


@pytest.mark.parametrize("header", ["app", "page", "business"])
@pytest.mark.parametrize("raw", ["{bad json", "[]", '"x"', '{"call_count":"144"}', "[[[[", "null"])
def test_a_broken_usage_header_does_not_break_the_call(rig, sim, header, raw):
    sim.usage(header, raw=raw)
    assert rig.client().conversations(MESSENGER, limit=3).conversations


@pytest.mark.servers
def test_meta_does_not_refuse_us_for_speed_in_simulated_time(world, wire, clock):
    with Simulator(world, rate_limit=True) as sim:
        client = wire(sim).client(paced=True)
        for number in range(12):
            client.conversations(MESSENGER, limit=3, background=number % 3 == 0)
        assert len(sim.requests) == 12
        assert client.budget.closed_for() == 0


@pytest.mark.servers
def test_meta_does_not_refuse_us_for_speed():
    """The only test that waits: two real clocks, two seconds."""
    world = World.seeded(7, time.time, conversations=40)
    page = Page("acme", world.pages["acme"].id, Secret(world.pages["acme"].token))
    with Simulator(world, rate_limit=True) as sim, open_session(sim.url, {}) as session:
        client = GraphClient(
            Calls(
                page,
                session,
                Budget(time.monotonic, time.sleep),
                url=sim.url,
                version="v26.0",
                clock=time.time,
                sleep=time.sleep,
                random=lambda: 0.5,
            )
        )
        run(*[lambda: client.conversations(MESSENGER, limit=3)] * 6)
        assert len(sim.requests) == 6
        assert client.budget.closed_for() == 0


FULL = {"type": "messenger", "call_count": 100, REGAIN: 30}
SPARE = {"type": "messenger", "call_count": 7, REGAIN: 0}


@pytest.mark.parametrize(
    ("header", "noted"),
    [
        ({"222": [FULL]}, (None, 0)),
        ({"111": [SPARE], "222": [FULL]}, (7, 0)),
        ({"111": [SPARE], "333": [FULL]}, (7, 0)),
        ({"111": [SPARE], "17841": [FULL | {"type": "instagram"}]}, (100, 1800)),
        ({"333": [FULL]}, (100, 1800)),
        (FULL, (100, 1800)),
    ],
    ids=[
        "of another Page of ours",
        "and of this",
        "of a stranger's",
        "of its Instagram account",
        "of nobody known",
        "bare",
    ],
)
def test_what_a_header_tells_of_other_pages_holds_this_one_back_no_more(header, noted):
    budget = Budget(lambda: 0.0, never)
    regain = budget.learn({"x-business-use-case-usage": json.dumps(header)}, "111", ("222",))
    assert (budget.usage, regain, budget.paused_for()) == (*noted, noted[1])


@pytest.mark.parametrize(
    "header", [f'{{"estimated_time_to_regain_access":1{"0" * 400}}}', '{"estimated_time_to_regain_access":1e308}']
)
def test_an_absurd_estimate_does_no_harm(header):
    regain = Budget(lambda: 0.0, lambda seconds: None).learn({"x-business-use-case-usage": header})
    assert 0 <= regain <= 30 * 86400
    assert explain(Throttled(code=4, retry_after=regain), Page("acme", "1", Secret("t")), MESSENGER)


def test_nobody_is_forgotten_when_the_page_is_closed(parked):
    """Background work queues, then a person; the call before them closes the Page: both are refused at once."""
    for _ in range(20):
        clock = [0.0]
        budget = Budget(lambda clock=clock: clock[0], lambda seconds: None, paced=False)

        def ask(background: bool, budget: Budget = budget) -> None:
            with suppress(Throttled), budget.turn(background=background):
                pass

        poll, person = threading.Thread(target=ask, args=(True,)), threading.Thread(target=ask, args=(False,))
        with budget.turn():
            for thread in (poll, person):
                thread.start()
                parked(thread)
            budget.close(Throttled(code=4, retry_after=60))
        person.join()
        poll.join(5)
        forgotten = poll.is_alive()
        clock[0] = 100.0  # open again: whoever was forgotten is woken by the next turn
        with budget.turn():
            pass
        poll.join()
        assert not forgotten


def test_a_person_does_not_wait_for_the_pause_of_background_work(parked):
    pausing, go_on = threading.Event(), threading.Event()
    order: list[str] = []

    def sleep(seconds: float) -> None:
        if threading.current_thread().name == "poll":
            pausing.set()
            go_on.wait()

    budget = Budget(lambda: 0.0, sleep)

    def ask(who: str, background: bool) -> None:
        with budget.turn(background=background):
            order.append(who)

    with budget.turn():
        pass
    poll = threading.Thread(target=ask, args=("poll", True), name="poll")
    poll.start()
    pausing.wait()
    person = threading.Thread(target=ask, args=("person", False))
    person.start()
    parked(person)
    in_time = not person.is_alive()
    go_on.set()
    poll.join()
    person.join()
    assert in_time and order == ["person", "poll"]


def told(percent: int | None = None, minutes: int | None = None) -> dict[str, str]:
    """A usage header that names these, and nothing else."""
    figures = {"type": "messenger", "call_count": percent, REGAIN: minutes}
    mine = {key: value for key, value in figures.items() if value is not None}
    return {"x-business-use-case-usage": json.dumps({"1": [mine]})}


def calls(budget: Budget, *, background: bool = True, reply: dict[str, str] | None = None) -> None:
    with budget.turn(background=background):
        budget.learn(reply or {})


@pytest.mark.parametrize(
    ("percent", "slowness"), [(None, 1), (0, 1), (74, 1), (75, 1.2), (82, 2.6), (89, 4), (90, 4), (144, 4)]
)
def test_background_work_slows_down_from_75_percent(percent, slowness):
    budget = Budget(lambda: 0.0, never)
    budget.learn(told(percent))
    assert budget.slowness() == pytest.approx(slowness)


def test_the_pauses_of_background_work_grow_and_peoples_do_not():
    clock = Ticker()
    budget = Budget(clock, clock.sleep)
    calls(budget, reply=told(89))
    began = clock.now
    calls(budget)
    assert clock.now == began + 4
    clock.now = began = clock.now + 100
    for _ in range(3):
        calls(budget, background=False)
    assert clock.now == began + 1


@pytest.mark.parametrize(
    ("reply", "pause"),
    [
        (told(89), 0),
        (told(90), 300),
        (told(144), 300),
        (told(90, 0), 300),
        (told(90, 7), 420),
        (told(90, 1), 60),
        (told(20, 7), 420),
        (told(None, 7), 420),
        (told(None, 0), 0),
        (told(20, 0), 0),
    ],
)
def test_a_good_reply_can_pause_background_work_and_nobody_else(reply, pause):
    clock = Ticker()
    budget = Budget(clock, clock.sleep)
    calls(budget, reply=reply)
    assert (budget.paused_for(), budget.closed_for()) == (pause, 0)
    if pause:
        clock.now += pause - 20
        with pytest.raises(Throttled) as refused:
            calls(budget)
        assert refused.value.retry_after == 20
    calls(budget, background=False)
    clock.now += 20
    calls(budget)


def test_what_was_refused_is_no_call_and_closes_nothing():
    budget = Budget(lambda: 0.0, never)
    budget.learn(told(95))
    for _ in range(3):
        with pytest.raises(Throttled, match="95% of what Meta allows is used"), budget.turn(background=True):
            pytest.fail("no turn should be given")
    assert budget.closed_for() == 0
    with budget.turn():
        pass


def test_after_the_pause_one_call_looks_whether_it_fell():
    clock = Ticker()
    budget = Budget(clock, clock.sleep)
    budget.learn(told(95, 1))
    clock.now += 60
    with suppress(ZeroDivisionError), budget.turn(background=True):
        raise ZeroDivisionError  # it failed and told nothing
    with pytest.raises(Throttled):
        calls(budget)
    clock.now += 300
    calls(budget, reply=told(93))
    with pytest.raises(Throttled):
        calls(budget)
    clock.now += 300
    calls(budget, reply=told(60))
    calls(budget)
    assert (budget.paused_for(), budget.slowness()) == (0, 1)


def test_only_one_of_several_who_waited_for_the_pause_looks(parked):
    clock = Ticker()
    budget = Budget(clock, clock.sleep, paced=False)
    budget.learn(told(95))
    clock.now += 300
    went: list[str] = []

    def wants() -> None:
        try:
            calls(budget)
        except Throttled:
            went.append("refused")
        else:
            went.append("called")

    threads = [threading.Thread(target=wants) for _ in range(5)]
    with budget.turn():
        for thread in threads:
            thread.start()
            parked(thread)
    for thread in threads:
        thread.join()
    assert sorted(went) == ["called", *["refused"] * 4]


def test_a_person_sees_that_it_fell_and_background_work_goes_on_at_once():
    budget = Budget(lambda: 0.0, lambda seconds: None)
    budget.learn(told(95, 60))
    calls(budget, background=False, reply=told(40, 0))
    calls(budget)


def test_a_figure_that_is_never_named_again_holds_nobody_back_for_good():
    clock = Ticker()
    budget = Budget(clock, clock.sleep)
    budget.learn(told(95))
    tries = 0
    for _ in range(61):
        clock.now += 60
        with suppress(Throttled):
            calls(budget)
            tries += 1
    assert 11 <= tries <= 14, "one in five minutes"
    assert budget.slowness() == 1
    for _ in range(3):
        calls(budget)


def fails(budget: Budget, why: Exception, *, background: bool = False) -> None:
    with pytest.raises(type(why)), budget.turn(background=background):
        raise why


@pytest.mark.parametrize("background", [True, False])
@pytest.mark.parametrize("why", [TokenDead(code=190, subcode=463), ProofWrong(code=104)])
def test_a_dead_token_stops_background_work_for_a_minute_or_until_the_settings_change(why, background):
    clock = Ticker()
    budget = Budget(clock, clock.sleep)
    fails(budget, why, background=background)
    clock.now += 59
    for _ in range(3):
        with pytest.raises(type(why)) as refused, budget.turn(background=True):
            pytest.fail("no turn should be given")
        assert (refused.value.number, refused.value is why) == (why.number, False)
        assert refused.value.retry_after == pytest.approx(1)
    budget.allow()
    calls(budget)


def test_a_dead_token_is_probed_ever_less_often_but_once_an_hour():
    clock = Ticker()
    budget = Budget(clock, clock.sleep, paced=False)
    why, waits = TokenDead(code=190, subcode=463), []
    for _ in range(9):
        fails(budget, why, background=True)
        waits.append(why.retry_after)
        fails(budget, why)  # a person asks meanwhile, which puts no probe off
        assert why.retry_after == waits[-1]
        clock.now += waits[-1]
    assert waits == [60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]
    calls(budget)
    fails(budget, why, background=True)
    assert why.retry_after == 60, "a call that went well is the end of it"


def test_people_may_ask_a_stopped_page_and_their_success_mends_it():
    budget = Budget(lambda: 0.0, never, paced=False)
    fails(budget, TokenDead(code=190))
    fails(budget, TokenDead(code=190))
    fails(budget, Unavailable())
    with pytest.raises(TokenDead):
        calls(budget)
    calls(budget, background=False)
    calls(budget)


@pytest.mark.parametrize("why", [Unavailable(), Throttled(code=4), PermissionMissing(code=10)])
def test_other_trouble_stops_nothing_for_good(why):
    clock = Ticker()
    budget = Budget(clock, clock.sleep)
    fails(budget, why, background=True)
    clock.now += 3600
    calls(budget)


@pytest.mark.parametrize("background", [True, False])
def test_new_settings_end_a_rest_that_a_gateway_has_named_and_no_limit_of_metas(background):
    """They may name another address, or no proxy."""
    clock = Ticker()
    budget = Budget(clock, clock.sleep)
    fails(budget, Unavailable("status 503", retry_after=3600), background=background)
    assert budget.closed_for() == 3600
    budget.allow()
    calls(budget, background=background)
    with pytest.raises(Unavailable), budget.turn(background=background):
        budget.allow()
        raise Unavailable("status 503", retry_after=3600)
    calls(budget, background=background)
    fails(budget, Throttled(code=4, retry_after=3600), background=background)
    budget.allow()
    assert budget.closed_for() == 3600


def test_a_call_with_the_old_token_stops_nothing_under_new_settings():
    budget = Budget(lambda: 0.0, never, paced=False)
    with pytest.raises(TokenDead), budget.turn(background=True):
        budget.allow()
        raise TokenDead(code=190)
    calls(budget)


def test_background_work_that_waits_for_its_turn_hears_that_the_token_died(parked):
    budget = Budget(lambda: 0.0, never, paced=False)
    heard: list[str] = []

    def wants() -> None:
        try:
            calls(budget)
        except TokenDead as why:
            heard.append(why.number)

    poll = threading.Thread(target=wants)
    with suppress(TokenDead), budget.turn():
        poll.start()
        parked(poll)
        raise TokenDead(code=190, subcode=460)
    poll.join()
    assert heard == ["190/460"]


def test_a_dead_token_costs_the_client_one_call_and_instagram_none(rig, sim):
    client = rig.client()
    sim.fail("conversations", None, code=190, subcode=463)
    for platform in (MESSENGER, Platform.INSTAGRAM, MESSENGER, Platform.INSTAGRAM):
        with pytest.raises(TokenDead):
            client.conversations(platform, background=True)
    assert len(sim.requests) == 1
    with pytest.raises(TokenDead):
        client.conversations(MESSENGER)
    assert len(sim.requests) == 2
    sim.clear()
    assert client.conversations(MESSENGER).conversations
    assert client.conversations(MESSENGER, background=True).conversations


def test_a_client_near_its_limit_leaves_the_calls_to_people(rig, sim):
    client = rig.client()
    sim.usage("app", call_count=92)
    assert client.conversations(MESSENGER, background=True).conversations
    for platform in Platform:
        with pytest.raises(Throttled):
            client.conversations(platform, background=True)
    assert len(sim.requests) == 1
    assert client.conversations(MESSENGER).conversations


def test_a_person_does_not_wait_until_background_work_learned_who_the_page_is(rig, parked):
    """Background work asks for the Instagram account's id too, and pauses before that call."""
    pausing, go_on = threading.Event(), threading.Event()

    def sleep(seconds: float) -> None:
        pausing.set()
        go_on.wait()

    with open_session(rig.url, {}) as session:
        client = GraphClient(
            Calls(
                rig.client().page,
                session,
                Budget(lambda: 0.0, sleep),
                url=rig.url,
                version="v26.0",
                clock=rig.clock,
                sleep=never,
                random=lambda: 0.5,
            )
        )
        with client.budget.turn():
            pass
        poll = threading.Thread(target=client.conversations, args=(Platform.INSTAGRAM,), kwargs={"background": True})
        poll.start()
        pausing.wait()
        person = threading.Thread(target=client.own_ids, args=(Platform.INSTAGRAM,))
        person.start()
        parked(person)
        in_time = not person.is_alive()
        go_on.set()
        person.join()
        poll.join()
    assert in_time
