"""One Page's side of the Graph API: what to ask, and what is made of the answer."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import nullcontext
from functools import partial
from urllib.parse import quote

import msgspec

from pageinbox.graph import tokens
from pageinbox.graph.asking import Asking, Fields, asked_fields
from pageinbox.graph.automatic import AutomaticReplies
from pageinbox.graph.before import Before
from pageinbox.graph.calls import PATIENCE, Calls
from pageinbox.graph.decoding import Listed, decode_identity, decode_list, decode_thread
from pageinbox.graph.naming import fields_named
from pageinbox.graph.narrowing import Narrowing, less_of_one
from pageinbox.graph.people import is_among, takes_part
from pageinbox.graph.reading import read_conversations, read_thread
from pageinbox.graph.values import FieldError
from pageinbox.graph.wire import WireConversation
from pageinbox.model.conversation import MESSAGES_KEPT, Conversation, Thread, Unreadable
from pageinbox.model.errors import (
    ConversationUnknown,
    PermissionMissing,
    PersonUnknown,
    PersonUnreadable,
    RequestRefused,
    SecretMissing,
    Unavailable,
)
from pageinbox.model.source import Folder, Identity, Page, PageStatus, Platform
from pageinbox.model.token import UNKNOWN, TokenFacts

ANONYMOUS = 60.0
"""Seconds during which an unanswered question who the Page is on Instagram is not put again."""

FORBIDDEN = 3600.0
"""Seconds after which that is asked again where the token may not ask it, since somebody may grant it."""

UNLINKED = 600.0
"""Seconds after which a Page is asked again that has no Instagram account, or conversations of another one."""

LISTING = {Platform.MESSENGER: "pages_messaging", Platform.INSTAGRAM: "pages_messaging and instagram_manage_messages"}
"""The permission that is missing where 230 comes for a whole list instead of for one person."""

NOT_THERE = {24, 33, 803, 2534001}
"""Codes, and subcodes of 100, for something that is not there, or not for this token."""

CONVERSATIONS = partial(decode_list, kind=WireConversation)


class Slice(msgspec.Struct, frozen=True):
    """Some conversations of one list, in Meta's order.

    `more` tells that there are others, `after` where they begin (None where Meta gave no cursor to go on with).
    """

    conversations: list[Conversation]
    unreadable: list[Unreadable]
    more: bool
    after: str | None


class GraphClient:
    """Reads the Page whose calls these are. Never writes. Every method raises a `GraphError`."""

    def __init__(self, calls: Calls) -> None:
        self.budget = calls.budget
        self.known: Identity | None = None
        """What `identity` answered last; None before."""
        self._token, self._token_told = UNKNOWN, float("-inf")
        self._identifying = threading.Lock()
        self._asked = self._known_until = self._anonymous_until = float("-inf")
        self._anonymous: Page | None = None
        """The Page, with the token that could not tell who it is on Instagram."""
        self._calls = calls
        self._asking = Asking(calls.budget.clock)
        self._automatic = AutomaticReplies(calls.page.auto_replies)
        self._fronts: dict[tuple[Platform, Folder | None], Before] = {}
        """How the front of each list was read last."""

    def conversations(
        self,
        platform: Platform,
        *,
        folder: Folder | None = None,
        user_id: str | None = None,
        limit: int = 50,
        after: str | None = None,
        background: bool = False,
        before: Callable[[], object] = lambda: None,
    ) -> Slice:
        """One call's worth of `/conversations`, fewer than `limit` when Meta cannot give so many at once.

        What Meta can't give for the sake of one conversation is read around it, with more calls. `background` work
        takes its turn after people's, and may be refused a call (`Budget.turn`). `before` is done before each call;
        what it raises ends the reading.
        """
        own = self.own_ids(platform, background=background)
        path = f"{self.page.id}/conversations"
        where = {"folder": folder and folder.value, "user_id": user_id}

        def call(which: Fields, most: int, place: str | None, tries: int) -> Listed[WireConversation]:
            def ask(left_out: frozenset[str]) -> Listed[WireConversation]:
                before()
                fields = asked_fields(which, left_out)
                asked = {"platform": platform.value, "fields": fields, "limit": str(most), **where, "after": place}
                params = {name: value for name, value in asked.items() if value is not None}
                return self._calls.get(path, params, CONVERSATIONS, background=background, tries=tries)

            try:
                return self._asking.with_known(ask, platform, search=user_id is None and which is Fields.ALL)
            except (PersonUnknown, PersonUnreadable) as error:
                # Where nobody was asked for, it is somebody in the list; but 230 is a permission.
                error.less_may_help = user_id is None and error.code != 230
                raise

        narrowing = Narrowing(call, self._asking, (platform, folder, user_id), page=self.page)
        began = self.budget.clock()
        try:
            listed = narrowing.read(limit, after)
        except (PersonUnknown, PersonUnreadable) as error:
            if user_id is not None:
                raise
            if error.code != 230:  # nor is it that there is nobody: the list would pass for an empty one
                raise RequestRefused(code=error.code, subcode=error.subcode, words=error.words) from None
            raise PermissionMissing(LISTING[platform], code=error.code, subcode=error.subcode) from None
        except Unavailable as error:
            if background and self.budget.clock() - began > PATIENCE:
                self.budget.rest(error)
            raise
        # A front is read over and over; what lies behind, or is one person's, is not.
        front = self._fronts.setdefault((platform, folder), Before()) if after is user_id is None else None
        items = listed.items
        if platform is Platform.INSTAGRAM and not is_among(own, items):
            self._known_until = min(self._known_until, self._asked + UNLINKED)
        if user_id is not None and not (after is None and not listed.more and len(items) == 1):
            items = [item for item in items if takes_part(user_id, item)]  # a person has one, so it left out nobody
        good, bad = read_conversations(items, platform, own, self._automatic, front)
        if after is None and not good and (wrong := listed.unreadable + bad):
            raise Unavailable(f"nothing in the list can be read: {wrong[0].fault}")
        if narrowing.bare:
            good = [bare(found) if found.id in narrowing.bare else found for found in good]
        return Slice(good, listed.unreadable + bad, more=listed.more, after=listed.after)

    def thread(self, conversation_id: str, platform: Platform) -> Thread:
        """A conversation and the messages Meta still gives of it."""
        own = self.own_ids(platform)
        path = quote(conversation_id, safe="")

        def ask(left_out: frozenset[str], which: Fields, most: int, tries: int) -> Thread:
            params = {"fields": asked_fields(which, left_out, messages=most)}
            item, listed = self._calls.get(path, params, decode_thread, tries=tries)
            try:
                found, read = read_thread(item, listed.items, platform, own, self._automatic)
            except FieldError as error:
                raise Unavailable(f"the conversation could not be read: {error}") from None
            withheld = which is not Fields.ALL or "messages" in left_out
            found = bare(found) if which is Fields.BARE else found
            return Thread(found, read, more=listed.more, withheld=withheld)

        def known() -> object:
            return self._calls.get(path, {"fields": Fields.ID.value}, decode_thread, tries=1)

        def whole(which: Fields, most: int, tries: int) -> Thread:
            return self._asking.with_known(lambda left_out: ask(left_out, which, most, tries), platform)

        try:
            return less_of_one(whole, known, MESSAGES_KEPT, page=self.page, conversation=conversation_id)
        except RequestRefused as error:
            if NOT_THERE & {error.code, error.subcode} or "does not exist" in error.words:
                raise ConversationUnknown(code=error.code, subcode=error.subcode) from None
            raise

    def identity(self) -> Identity:
        """Who the Page is, and which Instagram account is linked to it.

        Asked for once; again only where no account was linked ten minutes ago, or another one is by now.
        """
        with self._identifying:
            return self._identity()

    @property
    def identified(self) -> Identity | None:
        """What `identity` answers without a call; None where it would make one."""
        return self.known if self.budget.clock() < self._known_until else None

    @property
    def page(self) -> Page:
        """The Page with the secrets in force."""
        return self._calls.page

    @property
    def token(self) -> TokenFacts:
        """What Meta said last of the Page's token, as far as it was asked: no refusal that calls have proved wrong."""
        well = self._calls.went_well
        wrong = self._token.valid is False and well is not None and well > self._token_told
        return UNKNOWN if wrong else self._token

    @token.setter
    def token(self, told: TokenFacts) -> None:
        self._token, self._token_told = told, self.budget.clock()

    def renew(self) -> bool:
        """Take the secrets that are where the settings say now; whether they are others. Makes no call."""
        return self._calls.renew()

    @property
    def dated(self) -> float | None:
        """When the latest reply was sent by Meta's own clock, in seconds since 1970; None where it did not say."""
        return self._calls.dated

    @property
    def now(self) -> float:
        """The time by Meta's clock, as far as it has told; in seconds since 1970."""
        return self._calls.now

    @property
    def calls(self) -> Calls:
        """What it asks by, for who wants to know how Meta answers."""
        return self._calls

    @property
    def skew(self) -> float | None:
        """Seconds by which Meta's clock was ahead of ours at the latest reply that told; None before."""
        return self._calls.skew

    def ask_token(self) -> TokenFacts:
        """What Meta says now of the Page's token. A refusal of the token is an answer, and stops nothing."""
        return tokens.facts(self._calls)

    def close(self) -> None:
        """Close its connections."""
        self._calls.close()

    def status(self) -> PageStatus:
        """What Meta allows and how it answered, as of now. Makes no call."""
        return PageStatus(
            self.page,
            usage=self.budget.usage,
            closed_for=self.budget.closed_for(),
            paused_for=self.budget.paused_for(),
            version_asked=self._calls.version,
            version_answered=self._calls.version_answered,
            automatic=self._automatic.learned(),
            token=self.token,
        )

    def _identity(self, background: bool = False) -> Identity:
        if self.known is None or self.budget.clock() >= self._known_until:
            try:
                self.known = self._ask_identity("id,name,instagram_business_account{id,username}", background)
            except (RequestRefused, PermissionMissing) as error:
                if not fields_named(error.words, ("name", "username")):
                    raise
                self.known = self._ask_identity("id,instagram_business_account", background)
            self._asked = self.budget.clock()
            self._known_until = float("inf") if self.known.instagram_id else self._asked + UNLINKED
        return self.known

    def _ask_identity(self, fields: str, background: bool) -> Identity:
        return self._calls.get(self.page.id, {"fields": fields}, decode_identity, background=background)

    def own_ids(self, platform: Platform, *, background: bool = False) -> frozenset[str]:
        """What the Page itself is known by in a conversation: ids and, with an @, the username of its account.

        On Instagram the linked account is asked for. Where the token may not ask that, the list itself has to tell
        (`people.own_ids`).
        """
        known = self._account(background) if platform is Platform.INSTAGRAM else self.known
        if known is None:
            return frozenset((self.page.id,))
        username = known.instagram_username and f"@{known.instagram_username}"
        return frozenset(filter(None, (self.page.id, known.instagram_id, username)))

    def _account(self, background: bool) -> Identity | None:
        """Who the Page is with its Instagram account; None where that could not be told a moment ago.

        Background work asks beside the lock, at the price of a second call now and then: people would have to wait for
        its pauses.
        """
        with nullcontext() if background else self._identifying:
            if self.budget.clock() >= self._anonymous_until or self.page is not self._anonymous:
                self._anonymous = self.page
                try:
                    return self._identity(background)
                except (PermissionMissing, PersonUnreadable, RequestRefused, SecretMissing):
                    self._anonymous_until = self.budget.clock() + FORBIDDEN
                except Unavailable:
                    self._anonymous_until = self.budget.clock() + ANONYMOUS
            return self.known


def bare(found: Conversation) -> Conversation:
    """A conversation of which only the id and the time are known."""
    return Conversation(found.id, found.updated, found.platform, unreadable=True)
