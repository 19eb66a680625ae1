"""What a finding of a checkup means: what is wrong and what to do about it, or what can't be told and why."""

from __future__ import annotations

from collections.abc import Sequence

from pageinbox.model import checkup as facts
from pageinbox.model.errors import Blocked, GraphError, NotAskedYet, RequestRefused, StillAsking, Throttled
from pageinbox.model.finding import Broken, Fact, Failed, Finding, Late, Subject
from pageinbox.model.post import Foreign, Line, Room
from pageinbox.model.push import Came
from pageinbox.model.source import Page, Platform
from pageinbox.words.common import HANDFUL, PLATFORM_NAMES
from pageinbox.words.english import ago, lasting, spell, stretch
from pageinbox.words.findings import bytes_of
from pageinbox.words.ledger import ledger_trouble
from pageinbox.words.trouble import explain

LATE = "No answer came in time. Ask again in a moment."
SPARE = "If that lasts, watch fewer lists or raise POLL_INTERVAL."


def sentence(finding: Finding, page: Page) -> Line:
    """What is wrong and what to do about it, or what can't be told and why."""
    match finding.fact:
        case Late():
            return (LATE,)
        case Broken(kind=kind):
            return (f"I can't tell, because of an error of my own ({kind}). The log says where; please report that.",)
        case Failed(subject=Subject.ENDS, error=error):
            return (unasked(error, page),)
        case Failed(error=error, source=source):
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
        case facts.DeadRules(names=names):
            why = ", but Errbot goes by IDs there, so these match nothing. Write U… or C… instead, and restart me."
            return ("ACCESS_CONTROLS names ", *rooms_of(names), why)
        case facts.Admins(powerless=powerless) if powerless:
            return ("In BOT_ADMINS, write ", *instead_of(powerless), ": Errbot goes by IDs there. Then restart me.")
    return (of_a_page(finding.fact, page) or of_the_machine(finding.fact) or of_the_bot(finding.fact),)


def of_a_page(fact: Fact, page: Page) -> str:
    """The same for what Meta's answers tell of a Page; empty for any other fact."""
    here = f"PAGES.{page.name}"
    match fact:
        case facts.Silent(at=at, now=now):
            return (
                f"Meta's last push came {ago(at, now)}, and what has changed since was found without any. Meta "
                "switches off a webhook that fails for long: check it in the app's dashboard, and its subscription to "
                "the Page's messages."
            )
        case facts.Unpushed(came=Came.STRANGE):
            return (
                f"I get pushes that aren't signed with {here}.APP_SECRET, so I drop them. If they are Meta's, set up "
                "the webhook in the app that APP_SECRET belongs to (not under Instagram Login, which has a secret of "
                "its own), or correct APP_SECRET and restart me; and let no proxy change what it passes on."
            )
        case facts.Unpushed(came=Came.OTHER):
            return (
                "Meta's pushes reach me, but none was about this Page since I started; a test from the app's dashboard "
                "is about no Page. If none comes although somebody writes, check the app's subscription to the Page's "
                "messages; docs/push.md shows how."
            )
        case facts.Unpushed():
            return (
                "I can't tell whether Meta's pushes reach me, because none has come since I started. If none comes "
                "although somebody writes, check the app's webhook at Meta and its subscription to the Page's "
                "messages; docs/push.md shows how."
            )
        case facts.Unsigned():
            return (
                f"PUSH_TOKEN is set, but {here}.APP_SECRET isn't, and without it I can't know that a push is Meta's. "
                "Put the app secret there and restart me."
            )
        case facts.Unanswered():
            return "I can't tell anything else about it, because Meta hasn't answered."
        case facts.Untried():
            return "I can't tell whether Meta accepts it, because nothing I asked could be answered."
        case facts.Permissions(lacking=lacking):
            several = len(lacking) > 1
            return (
                f"The token lacks the permission{'s' if several else ''} {spell(lacking)}. Someone with the MESSAGING "
                f"task on the Page has to grant {'them' if several else 'it'} to the app and issue a new token for "
                f"{here}.TOKEN."
            )
        case facts.Untold(works=(), late=True):
            return "I can't tell which the token has, because Meta gave no answer about it. Ask again later."
        case facts.Untold(works=()):
            return "I can't tell which the token has, because Meta doesn't say. The app's dashboard at Meta shows them."
        case facts.Untold(works=works, late=late):
            names = spell([PLATFORM_NAMES[platform] for platform in works])
            why = "gave no answer about the token" if late else "doesn't say which the token has"
            return f"I can't tell each by name, because Meta {why}. It can read {names}, so it has what that takes."
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
                f"This machine's is {stretch(abs(skew))} {'behind' if skew > 0 else 'ahead of'} Meta's. Set it right, "
                "ideally with NTP: Meta rejects proofs made with the app secret once the clocks are five minutes apart."
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
            return "I can't tell how much is free where the ledger is, because that is the database server's disk."
        case facts.Disk(where=where, lent=str(kind)) if kind:
            return (
                f"{where} is in a folder that this machine has from its host ({kind}), where SQLite's files have been "
                "damaged. Move the ledger to a disk of its own, such as a named volume, or to PostgreSQL."
            )
        case facts.Disk(where=where, free=int(free)):
            return f"Only {bytes_of(free)} is free on the disk of {where}. Free some space, or move the ledger."
    return ""


def of_the_bot(fact: Fact) -> str:
    """The same for Errbot and the chat it is in; empty for any other fact."""
    match fact:
        case facts.Scopes(network=network, lacking=lacking):
            several = len(lacking) > 1
            return (
                f"My {network} app lacks the scope{'s' if several else ''} {spell(lacking)}. Add "
                f"{'them' if several else 'it'} and reinstall the app; docs/slack.md says what each is for."
            )
        case facts.Clicked():
            return (
                "I can't tell whether clicks and /inbox reach me, because nobody has used them since I started. Click "
                "on a button of mine to find out."
            )
        case facts.Storage(error=error):
            return (
                f"I can't read Errbot's own store, core.db ({error}). Stop me, put a backup in its place, or move it "
                "away, and start me again; without a backup, what was set from chat has to be set again."
            )
        case facts.InstallsDependencies():
            return (
                "AUTOINSTALL_DEPS is on, so Errbot runs pip at each start and may change versions. Set it to False in "
                "config.py."
            )
        case facts.Admins(number=0):
            return "BOT_ADMINS names nobody I can write to, so nobody hears of trouble. Name at least one person."
        case facts.Web(wanted=wanted) if wanted:
            return (
                f"Errbot's web server was to listen on {wanted}, and doesn't. Look for another program on that port, "
                "and at what Errbot's log and standard error say; then restart me."
            )
        case facts.Web(needed=True):
            return (
                "Errbot's web server is off, so what should come to me over it doesn't. Switch it on; docs/metrics.md "
                "shows how."
            )
    return ""


def unasked(error: GraphError, page: Page) -> str:
    """Why nothing is known of a token's end."""
    number = f" ({error.number})" if error.number else ""
    match error:
        case StillAsking() | NotAskedYet():
            return f"I can't tell: {LATE[0].lower()}{LATE[1:]}"
        case RequestRefused(code=100) if page.app_secret is None:
            return (
                f"I can't tell, because Meta says it only to the app of this token{number}. Set "
                f"PAGES.{page.name}.APP_SECRET and restart me, and I can ask as the app."
            )
        case RequestRefused():
            return f"I can't tell, because Meta doesn't say it about this token{number}."
        case Throttled() | Blocked():
            return f"I can't tell, because I make no calls for now{number}."
    return f"I can't tell, because Meta gave no usable answer{number}. Ask again later."


def rooms_of(rooms: Sequence[str]) -> Line:
    """Rooms, or the first few of many."""
    shown = rooms[:HANDFUL]
    more = f"{len(rooms) - len(shown):,} more" if len(rooms) > len(shown) else ""
    named: list[Room | str] = [*map(Room, shown), *filter(None, [more])]
    joined = [piece for each in named for piece in (", ", each)][1:]
    return (*joined[:-2], " and ", joined[-1]) if len(named) > 1 else (*joined,)


def instead_of(names: Sequence[tuple[str, str]]) -> Line:
    """What to write for each of some names, or for the first few of many."""
    found = [(", ", Foreign(right, most=80), " instead of ", Foreign(wrong, most=80)) for wrong, right in names]
    return tuple(piece for each in found[:HANDFUL] for piece in each)[1:]


def emptiness(platform: Platform) -> str:
    """Why an empty list may not be one."""
    first = (
        "I can't tell whether that is really empty: Meta also sends an empty list where the app lacks Advanced Access"
    )
    if platform is Platform.INSTAGRAM:
        return (
            f"{first} to instagram_manage_messages, or where “Allow access to messages” is off in the Instagram app. "
            "If there are conversations in the Instagram app, check both."
        )
    return f"{first} to pages_messaging. If there are conversations in Business Suite, check that."
