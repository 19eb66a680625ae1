"""One finding of a checkup in words: what it is called, what is good about it, or what somebody can do."""

from __future__ import annotations

from collections.abc import Sequence

from pageinbox.model import checkup as facts
from pageinbox.model.checkup import Fact, Finding, Subject
from pageinbox.model.errors import GraphError, NotAskedYet, RequestRefused, SecretMissing, StillAsking
from pageinbox.model.post import Foreign, Line, Moment, Room, Time
from pageinbox.model.source import Page, Platform
from pageinbox.model.token import SOON
from pageinbox.words.common import FOLDER_NAMES, HANDFUL, PLATFORM_NAMES
from pageinbox.words.english import counted, duration, lasting, spell, stretch
from pageinbox.words.ledger import ledger_trouble
from pageinbox.words.trouble import explain

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
LATE = "No answer came in time. Ask again in a moment."
SPARE = "If that lasts, watch fewer lists or raise POLL_INTERVAL."


def named(fact: Fact) -> str:
    """What a fact is about, without the Page's name."""
    match fact:
        case facts.Failed(subject=subject, source=source) | facts.Late(subject=subject, source=source):
            if source is not None:
                return f"{PLATFORM_NAMES[source.platform]} · {FOLDER_NAMES[source.folder]}"
            return NAMES[subject]
        case facts.Read(source=source) | facts.Empty(source=source):
            return f"{PLATFORM_NAMES[source.platform]} · {FOLDER_NAMES[source.folder]}"
        case facts.Accepted():
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
        case facts.Pushed():
            return NAMES[Subject.PUSH]
        case facts.Storage() | facts.InstallsDependencies():
            return NAMES[Subject.BOT]
        case facts.Admins():
            return "admins"
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
        case facts.Disk(where=where, free=free) if free is not None:
            return (f"{bytes_of(free)} free beside {where}",)
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
        case facts.Pushed(wanted=False):
            return ("off; I look by myself",)
        case facts.Pushed(at=at, now=now) if at is not None:
            return ("Meta told me of something ", Moment(at, now))
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


def sentence(finding: Finding, page: Page) -> Line:
    """What is wrong and what to do about it, or what can't be told and why."""
    match finding.fact:
        case facts.Late():
            return (LATE,)
        case facts.Failed(subject=Subject.ENDS, error=error):
            return (unasked(error),)
        case facts.Failed(error=error, source=source):
            return explain(error, page, source.platform if source else page.platforms[0])
        case facts.Unkept(kind=kind, where=where):
            return (ledger_trouble(kind, where),)
        case facts.Refused(why=why):
            return ("The newest were refused, so the earlier ones still apply. ", Foreign(why, most=400))
        case facts.Unreached(room=room, why=why):
            return (Room(room), f": {why}.")
        case facts.Unseen(rooms=rooms, why=why):
            return ("I can't tell whether I may write in ", *rooms_of(rooms), f": {why}.")
        case facts.ChatFailed(why=why):
            return (f"I couldn't ask what I may do there: {why}.",)
        case facts.Admins(missing=missing) if missing:
            return ("BOT_ADMINS names people I can't find: ", *rooms_of(missing), ". Correct it, and restart me.")
    return (of_a_page(finding.fact, page) or of_the_machine(finding.fact) or of_the_bot(finding.fact),)


def of_a_page(fact: Fact, page: Page) -> str:
    """The same for what Meta's answers tell of a Page; empty for any other fact."""
    here = f"PAGES.{page.name}"
    match fact:
        case facts.Permissions(lacking=lacking):
            several = len(lacking) > 1
            return (
                f"The token lacks the permission{'s' if several else ''} {spell(lacking)}. Someone with the MESSAGING "
                f"task on the Page has to grant {'them' if several else 'it'} to the app and issue a new token for "
                f"{here}.TOKEN."
            )
        case facts.Untold(works=()):
            return "I can't tell which the token has, because Meta doesn't say. The app's dashboard at Meta shows them."
        case facts.Untold(works=works):
            names = spell([PLATFORM_NAMES[platform] for platform in works])
            return (
                "I can't tell each by name, because Meta doesn't say which the token has. It can read "
                f"{names}, so those that this takes are there."
            )
        case facts.WrongPage(id=id):
            return (
                f"The token is of another Page, {id}. Check {here}.ID, and put this Page's token where {here}.TOKEN "
                "points to."
            )
        case facts.AppMode():
            return (
                "I can't tell whether it is live or in development, because Meta doesn't say. Its dashboard at Meta "
                "shows it."
            )
        case facts.Account():
            return (
                "No account is linked to the Page. Link one in the Page's settings at Meta, or leave Instagram out of "
                f"{here}.PLATFORMS."
            )
        case facts.Empty(source=source):
            return emptiness(source.platform)
        case facts.Version(answered=None):
            return "I can't tell which one answers, because no reply has said."
        case facts.Version(asked=asked, answered=answered):
            return f"Meta answers with {answered} instead of {asked}. Set GRAPH_VERSION to a current one."
        case facts.Clock(skew=None):
            return "I can't tell how far this machine's is from Meta's, because no reply has told the time."
        case facts.Clock(skew=float(skew)):
            return (
                f"This machine's is {stretch(abs(skew))} {'behind' if skew > 0 else 'ahead of'} Meta's. Set it, best "
                "with NTP: Meta rejects proofs made with the app secret once the clocks are five minutes apart."
            )
        case facts.Allowance(closed_for=closed) if closed:
            return f"Meta has me make no calls for {lasting(closed)}. I wait; asking sooner would only prolong it."
        case facts.Allowance(paused_for=paused) if paused:
            return f"I look at nothing on my own for {lasting(paused)}, so that you can still ask. {SPARE}"
        case facts.Allowance(usage=None):
            return "I can't tell how much of what Meta allows is used, because it hasn't said yet."
        case facts.Allowance(usage=usage):
            return f"{usage}% of what Meta allows is used, so I look less often. {SPARE}"
    return ""


def of_the_machine(fact: Fact) -> str:
    """The same for the machine that the bot runs on; empty for any other fact."""
    match fact:
        case facts.Disk(free=None):
            return "I can't tell how much is free where the ledger is, because that is another machine's disk."
        case facts.Disk(where=where, free=int(free)):
            return f"Only {bytes_of(free)} are free beside {where}. Free some space, or move the ledger."
    return ""


def of_the_bot(fact: Fact) -> str:
    """The same for Errbot and the chat it is in; empty for any other fact."""
    match fact:
        case facts.Scopes(network=network, lacking=lacking):
            several = len(lacking) > 1
            return (
                f"My {network} app lacks the scope{'s' if several else ''} {spell(lacking)}. Add "
                f"{'them' if several else 'it'} and reinstall the app; docs/slack.md lists what is missing without."
            )
        case facts.Clicked():
            return (
                "I can't tell whether clicks and /inbox reach me, because nobody has used them since I started. Click "
                "on a button of mine to find out."
            )
        case facts.Pushed():
            return (
                "I can't tell whether Meta's pushes reach me, because none has come since I started. If none does, "
                "check the app's webhook in its dashboard at Meta."
            )
        case facts.Storage(error=error):
            return (
                f"I can't read Errbot's own store, core.db ({error}). Stop me, move it away and start me again; what "
                "!plugin config stored is lost then, unless you have a backup."
            )
        case facts.InstallsDependencies():
            return (
                "AUTOINSTALL_DEPS is on, so Errbot runs pip at each start and may change versions. Set it to False in "
                "config.py."
            )
        case facts.Admins(number=0):
            return "BOT_ADMINS names nobody I can write to, so nobody hears of trouble. Name at least one person."
        case facts.Web(needed=True):
            return (
                "Errbot's web server is off, and what should come to me over it doesn't. Configure the plugin "
                "Webserver; docs/slack.md shows how."
            )
    return ""


def unasked(error: GraphError) -> str:
    """Why nothing is known of a token's end."""
    number = f" ({error.number})" if error.number else ""
    match error:
        case StillAsking() | NotAskedYet():
            return f"I can't tell: {LATE[0].lower()}{LATE[1:]}"
        case SecretMissing():
            return "I can't tell, because I have no token to ask about."
        case RequestRefused():
            return f"I can't tell, because Meta doesn't say it about this token{number}."
    return f"I can't tell, because Meta gave no usable answer{number}. Ask again later."


def rooms_of(rooms: Sequence[str]) -> Line:
    """Rooms, or the first few of many."""
    shown = rooms[:HANDFUL]
    pieces: Line = tuple(piece for room in shown for piece in (Room(room), ", "))[:-1]
    return (*pieces, f" and {len(rooms) - len(shown):,} more") if len(rooms) > len(shown) else pieces


def emptiness(platform: Platform) -> str:
    """Why an empty list may not be one."""
    first = (
        "I can't tell whether it really is empty: Meta sends an empty list, too, where the app lacks Advanced Access"
    )
    if platform is Platform.INSTAGRAM:
        return (
            f"{first} to instagram_manage_messages, and where “Allow access to messages” is off in the Instagram app. "
            "If there are conversations in the Instagram app, check both."
        )
    return f"{first} to pages_messaging. If there are conversations in Business Suite, check that."


def bytes_of(number: int) -> str:
    """A size in its largest unit: `340 KB`, `1.2 MB`, `210 GB`."""
    for unit, size in (("GB", 10**9), ("MB", 10**6)):
        if number >= size:
            amount = number / size
            return f"{amount:.1f} {unit}" if amount < 10 else f"{amount:,.0f} {unit}"
    return f"{max(1, round(number / 1000))} KB"
