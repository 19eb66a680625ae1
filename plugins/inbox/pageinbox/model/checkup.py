"""The facts by which a checkup tells how things stand."""

from __future__ import annotations

from pageinbox.model.fault import Fault
from pageinbox.model.finding import Fact
from pageinbox.model.push import Came
from pageinbox.model.source import Platform, Source
from pageinbox.model.token import TokenEnds


class Configured(Fact, frozen=True):
    """The settings, and from where they were read: `config.py`, `chat` or both."""

    origins: tuple[str, ...]


class Refused(Fact, frozen=True):
    """The newest settings can't be right, for the reason in the sentence `why`; those of before are in force."""

    why: str


class Unanswered(Fact, frozen=True):
    """Meta has answered nothing at all about a Page, so that all else it tells is not known."""


class Accepted(Fact, frozen=True):
    """Meta takes the Page's token."""


class Untried(Fact, frozen=True):
    """Whether Meta takes the Page's token can't be said: whatever was asked failed before that mattered."""


class Ends(Fact, frozen=True):
    """When the token ends, and when its access to people's data does."""

    ends: TokenEnds
    now: float


class Permissions(Fact, frozen=True):
    """The permissions that a platform takes, by name: those that the token has, and those that it lacks."""

    platform: Platform
    there: tuple[str, ...]
    lacking: tuple[str, ...]


class Untold(Fact, frozen=True):
    """Meta doesn't say which permissions the token has; `works` are the platforms it let be read.

    `late` says that it may yet: this time it gave no answer about the token.
    """

    works: tuple[Platform, ...]
    late: bool = False


class App(Fact, frozen=True):
    """The Meta app that the token was issued for: its id, and its name, which is foreign text."""

    id: str
    name: str


class WrongPage(Fact, frozen=True):
    """The token is another Page's, which has this id."""

    id: str


class AppMode(Fact, frozen=True):
    """Whether the Meta app is live or in development, which the API tells nobody."""


class Account(Fact, frozen=True):
    """The Instagram account that is linked to the Page; both are None where none is."""

    id: str | None
    username: str | None


class Read(Fact, frozen=True):
    """A list was read: how many conversations the call gave, and whether there are more."""

    source: Source
    number: int
    more: bool


class Empty(Fact, frozen=True):
    """A list is empty. Meta gives one without any error, too, where it keeps all conversations from the app."""

    source: Source


class Version(Fact, frozen=True):
    """Which version of the Graph was asked for, and which one has answered; None where the reply didn't say."""

    asked: str
    answered: str | None


class Clock(Fact, frozen=True):
    """Seconds by which Meta's clock is ahead of ours; None where no reply told its time."""

    skew: float | None


class Allowance(Fact, frozen=True):
    """How much of what Meta allows is used, in percent, None where Meta didn't say; for how many seconds no call is
    made, and for how many none but people's."""

    usage: int | None
    closed_for: float
    paused_for: float


class Kept(Fact, frozen=True):
    """The ledger can be written: on which database it is, its schema's version, its size in bytes, and how it journals
    (`wal`), empty where that is the server's business."""

    database: str
    version: int
    size: int
    journal: str


class Faulty(Fact, frozen=True):
    """Something that the bot does by itself failed when it was tried last, or hangs."""

    fault: Fault


class Unmade(Fact, frozen=True):
    """There is no ledger yet, and one will be made."""


class Outdated(Fact, frozen=True):
    """The ledger is of an older version than it will be once a bot has opened it."""

    version: int
    today: int


class Disk(Fact, frozen=True):
    """Bytes that are free where the ledger lies, which is `where`; None where that is another machine.

    `lent` is what kind of disk it is, where a virtual machine has it from its host.
    """

    where: str
    free: int | None
    lent: str = ""


class Unkept(Fact, frozen=True):
    """The ledger can't be used; see `LedgerError`."""

    kind: str
    where: str


class Reached(Fact, frozen=True):
    """A room that watches can be written in."""

    room: str


class Unreached(Fact, frozen=True):
    """A room that watches can't be written in; `why` is the chat module's own sentence."""

    room: str
    why: str


class Unseen(Fact, frozen=True):
    """Rooms of which the network doesn't say whether they can be written in, or not of so many at once."""

    rooms: tuple[str, ...]
    why: str


class Scopes(Fact, frozen=True):
    """What the bot may do in its chat, by the network's names for it, and what it lacks."""

    network: str
    there: tuple[str, ...]
    lacking: tuple[str, ...]


class ChatFailed(Fact, frozen=True):
    """The chat could not be asked; `why` is its module's own sentence."""

    why: str


class Clicked(Fact, frozen=True):
    """When the network told of a click or a slash command last, in seconds since 1970; None for never."""

    at: float | None
    now: float


class NoPush(Fact, frozen=True):
    """Meta is not to tell of changes by itself."""


class Pushed(Fact, frozen=True):
    """When Meta told of something of the Page by itself last, in seconds since 1970."""

    at: float
    now: float


class Silent(Fact, frozen=True):
    """Meta did that last long ago, in seconds since 1970, and other changes were found since."""

    at: float
    now: float


class Unpushed(Fact, frozen=True):
    """Meta is to tell of changes by itself, and has told of none of the Page's since the bot's start; what `came`."""

    came: Came


class Unsigned(Fact, frozen=True):
    """Meta is to do that, but the app secret that would show that it is Meta isn't in the settings."""


class Storage(Fact, frozen=True):
    """Errbot's own store, `core.db`: whether it can be read; `error` is the kind of what went wrong."""

    error: str = ""


class InstallsDependencies(Fact, frozen=True):
    """Whether Errbot installs what plugins need by itself, at each start."""

    on: bool


class Admins(Fact, frozen=True):
    """How many of BOT_ADMINS can be told of trouble, and those that the chat doesn't find.

    `powerless` are those that Errbot doesn't know again by what stands there, each with what it goes by instead.
    """

    number: int
    missing: tuple[str, ...]
    powerless: tuple[tuple[str, str], ...] = ()


class DeadRules(Fact, frozen=True):
    """Names in ACCESS_CONTROLS that Errbot compares with nothing that is called so."""

    names: tuple[str, ...]


class Web(Fact, frozen=True):
    """Where Errbot's web server listens, empty where it is off; and whether anything here needs it.

    `wanted` is where it was to listen, and doesn't.
    """

    address: str
    needed: bool
    wanted: str = ""


class Versions(Fact, frozen=True):
    """The versions of what runs here, by name."""

    versions: tuple[tuple[str, str], ...]
