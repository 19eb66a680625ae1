"""Watches of the settings over several starts: where they are, and whom they ping."""

from __future__ import annotations

from contextlib import closing

from sqlalchemy import insert

from pageinbox.language.watch import parse_watch
from pageinbox.ledger.database import open_ledger
from pageinbox.ledger.packing import pack_spec
from pageinbox.ledger.schema import watch as watch_table
from pageinbox.ledger.watches import Watches
from pageinbox.model.watch import Ping, WatchSpec

NOON = 1_795_435_200.0  # 23 Nov 2026, 12:00 UTC
SUPPORT = [("#support", parse_watch("inbox ping @team", []))]


def kept(watches: Watches, settings: list[tuple[str, WatchSpec]], **rooms: str) -> list[tuple[int, str]]:
    """The watches after a start with these settings, where these names are found as these rooms."""
    watches.keep(settings, NOON, rooms={f"#{name}": room for name, room in rooms.items()})
    return [(watch.number, watch.room) for watch in watches.watches()]


def test_a_watch_of_the_settings_stays_in_the_room_it_was_found_in(ledger_url: str) -> None:
    with closing(open_ledger(ledger_url)) as ledger:
        watches = Watches(ledger, {})
        assert kept(watches, SUPPORT) == [(1, "#support")], "as long as it is not found"
        assert kept(watches, SUPPORT, support="<#C1>") == [(1, "<#C1>")]
        assert kept(watches, SUPPORT) == [(1, "<#C1>")], "it is called something else by now, or nobody can say"
        assert kept(watches, SUPPORT, support="<#C2>") == [(1, "<#C1>")], "another has its name"
        renamed = [("#help", SUPPORT[0][1])]
        assert kept(watches, renamed, help="<#C1>") == [(1, "<#C1>")], "and the settings its new one"
        assert kept(watches, [*renamed, *SUPPORT], help="<#C1>", support="<#C1>") == [(1, "<#C1>")], "not twice"
        assert kept(watches, [("<#C2>", SUPPORT[0][1])]) == [(2, "<#C2>")], "unless they name another by its id"
        assert kept(watches, []) == []


def test_a_watch_from_before_rooms_were_remembered_keeps_its_number(ledger_url: str) -> None:
    with closing(open_ledger(ledger_url)) as ledger:
        watches = Watches(ledger, {})
        values = {"room": "<#C1>", "spec": pack_spec(SUPPORT[0][1]), "ops": True}
        with ledger.writing() as connection:
            connection.execute(insert(watch_table).values(**values))
        assert kept(watches, SUPPORT, support="<#C1>") == [(1, "<#C1>")]
        assert kept(watches, SUPPORT) == [(1, "<#C1>")]


def test_whom_a_watch_of_the_settings_pings_is_not_forgotten(ledger_url: str) -> None:
    def ids(*pings: Ping) -> list[str]:
        watches.keep([("#support", WatchSpec(ping=pings))], NOON)
        return [ping.id for watch in watches.watches() for ping in watch.spec.ping]

    with closing(open_ledger(ledger_url)) as ledger:
        watches = Watches(ledger, {})
        assert ids(Ping("team"), Ping("ann")) == ["", ""]
        assert ids(Ping("team", "S1"), Ping("ann", "U1")) == ["S1", "U1"]
        assert ids(Ping("team"), Ping("ann", "U2")) == ["S1", "U2"], "Slack did not tell of all of them this time"
        assert [watch.number for watch in watches.watches()] == [1]


def test_a_spec_without_pings_is_kept_as_older_versions_read_it() -> None:
    assert "ping" not in pack_spec(WatchSpec()) and "written" not in pack_spec(WatchSpec())
