"""What Meta's answers tell of one Page: its token, permissions, Instagram account and lists, and what it is allowed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from pageinbox.graph.budget import SLOWER_FROM
from pageinbox.graph.client import GraphClient
from pageinbox.model import checkup as facts
from pageinbox.model.errors import (
    AppStopped,
    GraphError,
    NotAskedYet,
    PermissionMissing,
    ProofWrong,
    RequestRefused,
    SecretMissing,
    StillAsking,
    TokenDead,
)
from pageinbox.model.finding import Failed, Finding, Late, State, Subject, good, unknown
from pageinbox.model.look import Look
from pageinbox.model.source import Identity, Page, Platform, Source
from pageinbox.model.token import TokenFacts

SHUT_OUT = (SecretMissing, TokenDead, ProofWrong, AppStopped)
"""Trouble that is the token's, whichever call meets it."""

APART = 60.0
"""Seconds between our clock and Meta's from which on somebody should look: a proof is good for five minutes."""

NEEDED: Mapping[Platform, tuple[str, ...]] = {
    Platform.MESSENGER: ("pages_messaging", "pages_manage_metadata", "pages_read_engagement"),
    Platform.INSTAGRAM: ("instagram_basic", "instagram_manage_messages", "pages_manage_metadata"),
}
"""The permissions that reading a platform's conversations takes: Messenger Platform, "Conversations API"."""


@dataclass(slots=True)
class Answers:
    """What Meta answered about one Page; what is missing did not come in time."""

    looks: dict[Source, Look] = field(default_factory=dict)
    identity: Identity | GraphError | None = None
    token: TokenFacts | GraphError | None = None

    def so_far(self) -> Answers:
        """The same as it is now, whatever still comes."""
        return replace(self, looks=dict(self.looks))

    @property
    def any(self) -> bool:
        """Whether Meta has answered any of it, if only with an error of its own."""
        troubles = [look.trouble for look in self.looks.values()]
        troubles += [each if isinstance(each, GraphError) else None for each in (self.identity, self.token) if each]
        return any(trouble is None or trouble.code is not None for trouble in troubles)


def page(client: GraphClient, sources: Sequence[Source], answers: Answers, now: float) -> list[Finding]:
    """All that is to be said of a Page, of whose lists `sources` were asked for; `now` is in seconds since 1970."""
    name = client.page.name
    if client.page.missing:
        return [Finding(State.ATTENTION, Failed(Subject.TOKEN, SecretMissing()), name)]
    lists = [one_list(source, answers) for source in sources]
    if not answers.any:
        return [*lists, unknown(facts.Unanswered(), name)]
    known = [version(client), clock(client), allowance(client)]
    if wrong := of_another_page(client.page, answers):
        return [wrong, *known]
    found = [token(name, answers)]
    platforms = tuple(dict.fromkeys(source.platform for source in sources))
    if found[0].state is not State.ATTENTION:
        found += [ends(name, answers, now), *permissions(client.page, platforms, answers), *app(name, answers)]
    else:  # another token is needed, whatever can be said of this one, and was read with it a moment ago
        lists = [each for each in lists if each.state is not State.GOOD]
    found += [account(name, answers)] if Platform.INSTAGRAM in platforms else []
    return [*found, *lists, *known]


def token(name: str, answers: Answers) -> Finding:
    """Whether Meta takes the token."""
    troubles = troubles_of(answers)
    if shut := next((error for error in troubles if isinstance(error, SHUT_OUT)), None):
        return Finding(State.ATTENTION, Failed(Subject.TOKEN, shut), name)
    told = answers.token if isinstance(answers.token, TokenFacts) else None
    if told is not None and told.refusal is not None:
        return Finding(State.ATTENTION, Failed(Subject.TOKEN, told.refusal), name)
    if any(map(is_let_in, answers.looks.values())) or (told and told.valid):
        return good(facts.Accepted(), name)
    return unknown(facts.Untried(), name)


def is_let_in(look: Look) -> bool:
    """Whether Meta took the token when a list was asked for, perhaps without giving the list."""
    return look.trouble is None or isinstance(look.trouble, PermissionMissing)


def ends(name: str, answers: Answers, now: float) -> Finding:
    """When the token ends."""
    match answers.token:
        case None:
            return unknown(Late(Subject.ENDS), name)
        case TokenFacts() as told:
            return good(facts.Ends(told.ends, now), name, unless=told.near(now) is not None)
        case error:
            return unknown(Failed(Subject.ENDS, error), name)


def permissions(page: Page, platforms: Sequence[Platform], answers: Answers) -> list[Finding]:
    """Which permissions the token has, for this Page, of those that each platform takes."""
    told = answers.token if isinstance(answers.token, TokenFacts) else None
    read = {source.platform for source, look in answers.looks.items() if look.trouble is None}
    if told is None or not told.scopes:
        late = told is None and not isinstance(answers.token, RequestRefused)
        works = tuple(platform for platform in platforms if platform in read)
        return [unknown(facts.Untold(works, late=late), page.name)]
    found = []
    for platform in platforms:
        # Which ids Meta names for a permission is not told everywhere alike: what works is there.
        has = told.scopes if platform in read else told.scopes - elsewhere(page, told, answers)
        there = tuple(scope for scope in NEEDED[platform] if scope in has)
        lacking = tuple(scope for scope in NEEDED[platform] if scope not in has)
        found.append(good(facts.Permissions(platform, there, lacking), page.name, unless=bool(lacking)))
    return found


def elsewhere(page: Page, told: TokenFacts, answers: Answers) -> set[str]:
    """The permissions that the token has for other Pages and accounts alone."""
    account = answers.identity.instagram_id if isinstance(answers.identity, Identity) else None
    own = {"instagram": account, "pages": page.id}
    known = {scope: own.get(scope.partition("_")[0]) for scope in told.granted}
    return {scope for scope, ids in told.granted.items() if known[scope] is not None and known[scope] not in ids}


def app(name: str, answers: Answers) -> list[Finding]:
    """For which app the token was issued, where Meta says so."""
    told = answers.token
    return [good(facts.App(told.app, told.application), name)] if isinstance(told, TokenFacts) and told.app else []


def of_another_page(page: Page, answers: Answers) -> Finding | None:
    """That the token is another Page's, whatever its calls fail with."""
    told = answers.token
    if isinstance(told, TokenFacts) and told.kind == "PAGE" and told.profile not in ("", page.id):
        return Finding(State.ATTENTION, facts.WrongPage(told.profile), page.name)
    return None


def account(name: str, answers: Answers) -> Finding:
    """Which Instagram account is linked."""
    match answers.identity:
        case None:
            return unknown(Late(Subject.ACCOUNT), name)
        case Identity(instagram_id=id, instagram_username=username):
            return good(facts.Account(id, username), name, unless=id is None)
        case error:
            return failed(Subject.ACCOUNT, error, name)


def one_list(source: Source, answers: Answers) -> Finding:
    """How one call for a list went."""
    if (look := answers.looks.get(source)) is None:
        return unknown(Late(Subject.LIST, source), source.page)
    if look.trouble is not None:
        return failed(Subject.LIST, look.trouble, source.page, source)
    if not look.conversations and not look.more:
        return unknown(facts.Empty(source), source.page)
    return good(facts.Read(source, len(look.conversations), look.more), source.page)


def version(client: GraphClient) -> Finding:
    """Which version of the Graph has answered."""
    status = client.status()
    fact = facts.Version(status.version_asked, status.version_answered)
    if fact.answered is None:
        return unknown(fact, client.page.name)
    return good(fact, client.page.name, unless=fact.answered != fact.asked)


def clock(client: GraphClient) -> Finding:
    """How far our clock is from Meta's."""
    fact = facts.Clock(client.skew)
    if fact.skew is None:
        return unknown(fact, client.page.name)
    return good(fact, client.page.name, unless=abs(fact.skew) >= APART)


def allowance(client: GraphClient) -> Finding:
    """What Meta still allows."""
    status = client.status()
    fact = facts.Allowance(status.usage, status.closed_for, status.paused_for)
    if fact.usage is None and not fact.closed_for and not fact.paused_for:
        return unknown(fact, client.page.name)
    short = (fact.usage or 0) >= SLOWER_FROM or fact.closed_for > 0 or fact.paused_for > 0
    return good(fact, client.page.name, unless=short)


def failed(subject: Subject, error: GraphError, name: str, source: Source | None = None) -> Finding:
    """What a call failed with: nothing is known where Meta only was not asked, or did not answer yet."""
    late = isinstance(error, NotAskedYet | StillAsking)
    return Finding(State.UNKNOWN if late else State.ATTENTION, Failed(subject, error, source), name)


def troubles_of(answers: Answers) -> list[GraphError]:
    """All that calls for a Page failed with, but that about its token."""
    found = [look.trouble for look in answers.looks.values() if look.trouble is not None]
    found += [answers.identity] if isinstance(answers.identity, GraphError) else []
    return found
