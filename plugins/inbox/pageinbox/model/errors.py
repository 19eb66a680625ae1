"""What can go wrong with a call to the Graph: one exception type for each thing a person can do about it.

The codes are those of Meta's error reference and of the clients that run against it; the body decides, at any HTTP
status. No exception carries a URL, a header of ours or a token.
"""

from __future__ import annotations

from typing import Any, ClassVar, Self


class GraphError(Exception):
    """A call that gave no answer. Subclasses say what to do; `code` and `subcode` are Meta's, if it sent any.

    `kind` is what ledgers keep it by: each kind has its own, which never changes, whatever the class is called.
    `detail` is a few words of our own on what happened, `retry_after` the seconds to leave the Page alone. `words` are
    Meta's, without anything that may be a token: foreign text, which is never logged.
    """

    kind: ClassVar[str] = "unknown"
    less_may_help: bool = False
    """Whether the reply may have failed for what it was to hold, so that a smaller one could be given."""

    def __init__(
        self,
        detail: str = "",
        *,
        code: int | None = None,
        subcode: int | None = None,
        retry_after: float = 0.0,
        words: str = "",
    ) -> None:
        super().__init__(detail, code, subcode)
        self.detail = detail
        self.code = code
        self.subcode = subcode
        self.retry_after = retry_after
        self.words = words

    def but(self, **facts: object) -> Self:
        """The same trouble, with some of its facts replaced: `trouble.but(retry_after=5.0)`."""
        other = type(self).__new__(type(self), *self.args)
        other.__dict__.update(self.__dict__ | facts)
        return other

    @property
    def number(self) -> str:
        """Meta's code as people quote it: `190/463`, `100`, or nothing."""
        if self.code is None:
            return ""
        return f"{self.code}/{self.subcode}" if self.subcode else str(self.code)

    def __str__(self) -> str:
        return " ".join(filter(None, (type(self).__name__, self.number, self.detail)))


class SecretMissing(GraphError):
    """A secret of the Page is not where its settings say (`Page.missing`). No call is made for it."""

    kind = "secret_missing"


class TokenDead(GraphError):
    """190, 102, 450, 452: the token is not accepted.

    Somebody has to issue a new one, unless an outage of Meta's is to blame.

    `detail` is why, where Meta's words tell: grants, role, page, check, idle, unreadable, expired, password, removed,
    unconfirmed or revoked.
    """

    kind = "token_dead"


class NoPageToken(TokenDead):
    """210, or 190 in other words: the token is good, but a person's or a system user's instead of the Page's."""

    kind = "no_page_token"


ADVANCED = "advanced"
"""What an app lacks that was granted a permission for those who have a role in it alone."""


class PermissionMissing(GraphError):
    """10, 200-299, 3, and 230 on a list: the app or its person may not read this. Never retried.

    `detail` names the permissions, where Meta does, or is ADVANCED.
    """

    kind = "permission_missing"


class DirectMessagesDisabled(PermissionMissing):
    """200/2534041: the owner of the Instagram account has switched it off that apps may read its messages."""

    kind = "direct_messages_disabled"


class OwnerUnable(PermissionMissing):
    """10 or 200 in other words: the token lacks no permission. `detail` is what its owner lacks, a role on the Page or
    one in its app, or another, where it was issued for another Page or for a person.
    """

    kind = "owner_unable"


class AppStopped(GraphError):
    """200 in other words, 101, 5: Meta lets the app read nothing.

    `detail` is paused, deactivated, blocked, deleted or address (of this machine, from which it may not call).
    """

    kind = "app_stopped"


class ProofWrong(GraphError):
    """104, or 100 about the proof: it is missing, or the app secret is another app's, or the clock is wrong."""

    kind = "proof_wrong"


class NotAPage(GraphError):
    """100 about a field that every Page has: the id is that of something else. `detail` is Meta's word for it."""

    kind = "not_a_page"


class PageMoved(GraphError):
    """21: the Page has another id now, which is `detail` (empty where Meta does not tell)."""

    kind = "page_moved"


class RequestRefused(GraphError):
    """100, 2500, 803: Meta does not understand the question or knows no such object. Never retried unchanged.

    Also what has a code that nobody here knows.
    """

    kind = "request_refused"


class FieldUnknown(RequestRefused):
    """100 naming a field: `field` is left out from now on."""

    kind = "field_unknown"

    def __init__(self, field: str, **more: Any) -> None:
        super().__init__(f"no field {field}", **more)
        self.field = field


class CursorDead(RequestRefused):
    """100 about a cursor: the list is read again from its front."""

    kind = "cursor_dead"


class NotLinked(RequestRefused):
    """100/2534013: the Page has no Instagram account, or a personal one, which has no API."""

    kind = "not_linked"


class PersonUnknown(RequestRefused):
    """100/2018001, 100/2534014: the Page has no conversation with this user id."""

    kind = "person_unknown"


class ConversationUnknown(RequestRefused):
    """100/33, 100/2534001, 803 for one conversation: it was deleted, or the token may not see it."""

    kind = "conversation_unknown"


class PersonUnreadable(GraphError):
    """230 on one conversation, 551, 100/2018218: Meta does not let the Page read this person. Never retried."""

    kind = "person_unreadable"


class MessageGone(GraphError):
    """Details of a message are given for the 20 latest only; older ones count as deleted."""

    kind = "message_gone"


class Blocked(GraphError):
    """368: blocked for abuse. Every call for this Page stops for hours."""

    kind = "blocked"


class Throttled(GraphError):
    """4, 9, 17, 32, 341, 613, 800xx, the status 429: asked too often.

    The Page is left alone for `retry_after` seconds.
    """

    kind = "throttled"


class QueryTimedOut(GraphError):
    """-2 / 2534084: Instagram gives up searching; at Standard Access it always will. Not hammered."""

    kind = "query_timed_out"
    less_may_help = True


class TooMuchData(GraphError):
    """Meta asks to ask for less, or the reply was larger than we accept: fewer conversations a call."""

    kind = "too_much_data"
    less_may_help = True


class ListBlocked(GraphError):
    """A conversation that Meta can't give so much as the id of: what lies behind it in its list can't be reached."""

    kind = "list_blocked"


class ListEmptied(GraphError):
    """Instagram gives an empty list, where conversations were days ago. So it does where nobody may read them."""

    kind = "list_emptied"


class Unavailable(GraphError):
    """1, 2, is_transient, 5xx, resets, timeouts, replies that are no JSON: passing trouble, retried with backoff.

    `tries` is how often it was tried in vain. Less may help where there was a reply.
    """

    kind = "unavailable"

    tries: int = 1


class Unreachable(Unavailable):
    """Nothing answers at the address: no such name, a closed port, no trust in its certificate, a proxy that fails."""

    kind = "unreachable"


class Redirected(GraphError):
    """The address answers with a redirect, which is never followed: a token could travel to a stranger."""

    kind = "redirected"


class NotAskedYet(GraphError):
    """An answer was due before it was this list's turn. Nothing is known against the list, and nobody asked Meta.

    What `trouble` of a look says to whoever asked; never noted as how the list stands, nor recorded.
    """

    kind = "not_asked_yet"


class MetaSlow(NotAskedYet):
    """As many as may wait for Meta at once already do. `retry_after` is when asking again is worth it."""

    kind = "meta_slow"


class StillAsking(GraphError):
    """An answer was due before Meta gave one for this list, which goes on being read. Never noted nor recorded."""

    kind = "still_asking"


class AskedTooOften(Exception):
    """A room has used up its questions: `asked` of them in the last minute. `retry_after` are the seconds to wait."""

    def __init__(self, asked: int, retry_after: float) -> None:
        super().__init__(asked, retry_after)
        self.asked, self.retry_after = asked, retry_after


class LedgerError(Exception):
    """The ledger cannot be used.

    `kind` is full, readonly, nofolder, standby, locked, corrupt, gone, newer, unreachable, silent, crowded,
    refused, driver or broken, `where` the file, or the server without user and password; empty while that is not
    known. Others are starved, unlockable, shared (by machines), forbidden, exposed, options, unfit (for what the
    address asks for), narrow (for want of letters), option, which `where` names, copy (a backup that was not put
    back) and moved, to `where`. Who copies ledgers meets used (by a bot), taken (by something else), itself (a file
    of the ledger's own), making (by another), none (no ledger is there) and older (than this version can copy),
    too.
    """

    def __init__(self, kind: str, where: str) -> None:
        super().__init__(kind, where)
        self.kind, self.where = kind, where
