"""What findings of a checkup are called, and what is good, in a few words."""

from __future__ import annotations

from collections.abc import Sequence

from pageinbox.model import checkup as facts
from pageinbox.model.finding import Broken, Fact, Failed, Late, Subject
from pageinbox.model.post import Foreign, Line, Moment, Room, Time
from pageinbox.model.token import SOON
from pageinbox.words.common import FOLDER_NAMES, PLATFORM_NAMES
from pageinbox.words.english import counted, duration, spell

NAMES = {
    Subject.TOKEN: "token",
    Subject.ENDS: "token's end",
    Subject.PERMISSIONS: "permissions",
    Subject.ACCOUNT: "Instagram account",
    Subject.LEDGER: "ledger",
    Subject.SETTINGS: "settings",
    Subject.CHAT: "chat",
    Subject.PUSH: "push",
    Subject.BOT: "Errbot",
    Subject.VERSIONS: "versions",
}


def named(fact: Fact) -> str:
    """What a fact is about, without the Page's name."""
    match fact:
        case Failed(subject=subject, source=source) | Late(subject=subject, source=source):
            if source is not None:
                return f"{PLATFORM_NAMES[source.platform]} · {FOLDER_NAMES[source.folder]}"
            return NAMES[subject]
        case Broken(subject=subject):
            return NAMES[subject]
        case facts.Read(source=source) | facts.Empty(source=source):
            return f"{PLATFORM_NAMES[source.platform]} · {FOLDER_NAMES[source.folder]}"
        case facts.Accepted() | facts.Untried():
            return NAMES[Subject.TOKEN]
        case facts.Ends():
            return NAMES[Subject.ENDS]
        case facts.Permissions(platform=platform):
            return f"{PLATFORM_NAMES[platform]} · permissions"
        case facts.Untold():
            return NAMES[Subject.PERMISSIONS]
        case facts.AppMode() | facts.App():
            return "Meta app"
        case facts.WrongPage():
            return NAMES[Subject.TOKEN]
        case facts.Account():
            return NAMES[Subject.ACCOUNT]
        case facts.Version():
            return "Graph version"
        case facts.Clock():
            return "clock"
        case facts.Allowance():
            return "allowance"
        case facts.Kept() | facts.Unmade() | facts.Outdated():
            return NAMES[Subject.LEDGER]
        case facts.Disk():
            return "disk"
        case facts.Configured() | facts.Refused():
            return NAMES[Subject.SETTINGS]
        case facts.Versions():
            return NAMES[Subject.VERSIONS]
        case facts.Reached():
            return "room"
        case facts.Scopes() | facts.ChatFailed():
            return NAMES[Subject.CHAT]
        case facts.Clicked():
            return "clicks"
        case facts.Pushed() | facts.NoPush() | facts.Silent() | facts.Unpushed() | facts.Unsigned():
            return NAMES[Subject.PUSH]
        case facts.Storage() | facts.InstallsDependencies():
            return NAMES[Subject.BOT]
        case facts.Admins():
            return "admins"
        case facts.DeadRules():
            return "access rules"
        case facts.Web():
            return "web server"
    return ""


def cell(fact: Fact) -> Line:
    """What is good, in a few words."""
    match fact:
        case facts.Accepted():
            return ("Meta accepts it",)
        case facts.Ends(ends=ends, now=now):
            token: Line = ("Meta names none",) if ends.token is None else (Time(ends.token, now),)
            return token if ends.access is None else (*token, "; its access to data ends ", Time(ends.access, now))
        case facts.Permissions(there=there):
            return (spell(there),)
        case facts.App(id=id, name=name):
            return (Foreign(name, most=40), f" ({id})") if name else (f"ID {id}",)
        case facts.Account(id=id, username=username):
            return (Foreign(f"@{username}", most=24),) if username else (f"ID {id}",)
        case facts.Read(number=number, more=more):
            return (f"read, {counted(number, 'conversation', more=more)}",)
        case facts.Version(answered=answered):
            return (f"{answered}, as asked",)
        case facts.Clock(skew=skew) if skew is not None:
            return (f"within {max(1, round(abs(skew)))} s of Meta's",)
        case facts.Allowance(usage=usage):
            return (f"{usage}% of what Meta allows is used",)
        case facts.Kept(database=database, version=version, size=size, journal=journal):
            parts = [database, "WAL" if journal == "wal" else journal, f"version {version}", bytes_of(size)]
            return (f"can be written: {', '.join(filter(None, parts))}",)
        case facts.Unmade():
            return ("not there yet; I make it when I start",)
        case facts.Outdated(version=version, today=today):
            return (f"version {version} becomes {today} when I start, with a copy beside it",)
        case facts.Disk(free=free) if free is not None:
            return (f"{bytes_of(free)} free where the ledger is",)
        case facts.Configured(origins=origins):
            return (f"read from {spell(origins)}",)
        case facts.Versions(versions=versions):
            return (", ".join(f"{name} {number or 'from a clone'}" for name, number in versions),)
        case facts.Reached(room=room):
            return ("I may write in ", Room(room))
        case facts.Scopes(there=there):
            return (f"all {len(there)} scopes are there",)
        case facts.Clicked(at=at, now=now) if at is not None:
            return ("the last one came ", Moment(at, now))
        case facts.NoPush():
            return ("off; I look by myself",)
        case facts.Pushed(at=at, now=now):
            return ("the last one came ", Moment(at, now))
        case facts.Storage():
            return ("core.db can be read",)
        case facts.InstallsDependencies():
            return ("AUTOINSTALL_DEPS is off",)
        case facts.Admins(number=number):
            return (f"{counted(number, 'admin')} can be told of trouble",)
        case facts.Web(address=address):
            return (f"listens on {address}" if address else "off; nothing here needs it",)
    return ()


def in_sum(group: Sequence[Fact]) -> Line:
    """What is good of several Pages or rooms, in a few words that hold for all of them."""
    if len({cell(fact) for fact in group}) == 1:
        return cell(group[0])
    match group[0]:
        case facts.Ends():
            return (f"not within {duration(SOON)}",)
        case facts.App():
            return (f"{len(set(group))} apps",)
        case facts.Account():
            return ("linked",)
        case facts.Read():
            return ("read",)
        case facts.Pushed():
            return ("arrives",)
        case facts.Clock():
            return cell(
                max((fact for fact in group if isinstance(fact, facts.Clock)), key=lambda each: abs(each.skew or 0))
            )
        case facts.Allowance():
            used = max(fact.usage or 0 for fact in group if isinstance(fact, facts.Allowance))
            return (f"at most {used}% of what Meta allows is used",)
        case facts.Reached():
            return (f"I may write in {len(group):,} rooms",)
    return cell(group[0])


def bytes_of(number: int) -> str:
    """A size in its largest unit: `340 KB`, `1.2 MB`, `210 GB`."""
    for unit, size in (("GB", 10**9), ("MB", 10**6)):
        if number >= size:
            amount = number / size
            return f"{amount:.1f} {unit}" if amount < 10 else f"{amount:,.0f} {unit}"
    return f"{max(1, round(number / 1000))} KB"
