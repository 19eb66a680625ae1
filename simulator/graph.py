"""The Graph itself: from a path and a query to a body, without any HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from simulator import access, nodes
from simulator.edges import Call, conversations, default_fields, messages
from simulator.errors import GraphError, Refused, by_code, by_name
from simulator.fields import Field, parse
from simulator.listing import Cut
from simulator.nodes import Json
from simulator.pace import Pace, Usage
from simulator.page import APP_ID, Instagram, Page, Token
from simulator.rules import Rules
from simulator.thread import Message, Thread
from simulator.world import World

_THROTTLES: Final = frozenset({4, 17, 32, 341, 613, *range(80000, 80015)})
_USER_ID: Final = "10200000000000001"
_USER_NAME: Final = "Alex Admin"


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it came in. ``url`` is the server's own address; ``cut`` how the reply's page is to be spoilt."""

    method: str
    path: str
    query: Mapping[str, str]
    authorization: str
    url: str
    cut: Cut | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """What is answered, before it is written as JSON."""

    status: int
    body: Json
    headers: Mapping[str, str]


_Node = Page | Instagram | Thread | tuple[Thread, Message] | Token


class Graph:
    """Answers requests about a world. ``rules`` may change between two of them."""

    def __init__(self, world: World, rules: Rules) -> None:
        self.world = world
        self.rules = rules
        self.pace = Pace(world.clock)
        self.usage = Usage()
        self._traces = 0

    def answer(self, request: Request) -> Reply:
        """Answer one request."""
        now = self.world.clock()
        try:
            version, parts = access.split_version(request.path, now)
            body = self._read(request, version, parts, now)
        except Refused as refused:
            return self.refusal(request, refused.error)
        if request.query.get("debug", "none") != "none":
            body = body | {"__debug__": {"messages": []}}
        return Reply(200, body, self._headers(request, None))

    def refusal(self, request: Request, error: GraphError) -> Reply:
        """The reply that carries an error, with the headers that go with it."""
        self._traces += 1
        return Reply(error.status, error.body(f"Asim{self._traces:08d}"), self._headers(request, error))

    def _headers(self, request: Request, error: GraphError | None) -> dict[str, str]:
        try:
            version, parts = access.split_version(request.path, self.world.clock())
        except Refused:
            return {}
        kind, account = self._pool(request, parts)
        blocked = error is not None and error.code in _THROTTLES
        found = {"facebook-api-version": version, **self.usage.headers(kind, account, blocked=blocked)}
        if error is not None and error.code == 190 and error.name != "message_deleted_190":
            found["WWW-Authenticate"] = f'OAuth "Facebook Platform" "invalid_token" "{error.message}"'
        return found

    def _pool(self, request: Request, parts: list[str]) -> tuple[str, str]:
        """Which allowance a request draws on, as (type, account id); recorded live on 21 Sep 2026."""
        id = parts[0] if parts else ""
        if id == "me":
            token = self.world.tokens.get(access.token_text(request.query, request.authorization))
            id = token.page.id if token and token.page else ""
        for page in self.world.pages.values():
            if id == page.id:
                return ("messenger" if parts[1:] == ["conversations"] else "pages"), page.id
            if page.instagram and id == page.instagram.id:
                return "instagram", id
        if thread := self._thread(id) or (self._message(id) or (None,))[0]:
            return "messenger", thread.page.id
        return "", ""

    # Reading

    def _read(self, request: Request, version: str, parts: list[str], now: float) -> Json:
        query = request.query
        if request.method != "GET":
            text = f"Unsupported {request.method.lower()} request. Only reading is simulated."
            raise Refused(by_code(100, 33).saying(text))
        text = access.token_text(query, request.authorization)
        if parts == ["debug_token"]:
            return self._debug_token(text, query, now)
        if not text:
            raise Refused(by_name("no_me" if parts[:1] == ["me"] else "no_token"))
        token = access.opened(self.world, text, now)
        access.check_proof(token, query, now)
        call = Call(self.world, self.rules, self.pace, token, f"{request.url}/{version}", request.cut)
        if not parts:
            ids = [id for id in query.get("ids", "").split(",") if id]
            if not ids:
                raise Refused(by_code(100).saying("(#100) The parameter ids is required"))
            return {id: self._show(call, self._node(token, id), query) for id in ids}
        node = self._node(token, parts[0])
        if len(parts) == 1:
            return self._show(call, node, query)
        return self._edge(call, node, "/".join(parts[1:]), query)

    def _node(self, token: Token, id: str) -> _Node:
        if id == "me":
            return token.page or token
        for page in self.world.pages.values():
            if id in (page.id, page.username):
                return page
            if page.instagram and id == page.instagram.id:
                return page.instagram
        found = self._thread(id)
        if found and found.page is token.page:
            return found
        sent = self._message(id)
        if sent and sent[0].page is token.page:
            return sent
        if id.isdecimal() or found or sent or id.startswith(("t_", "m_", "aWd")):
            raise access.missing(id)
        raise Refused(by_code(803).saying(f"(#803) Some of the aliases you requested do not exist: {id}"))

    def _thread(self, id: str) -> Thread | None:
        try:
            return self.world.thread(id)
        except KeyError:
            return None

    def _message(self, id: str) -> tuple[Thread, Message] | None:
        try:
            return self.world.message(id)
        except KeyError:
            return None

    def _show(self, call: Call, node: _Node, query: Mapping[str, str]) -> Json:
        fields = parse(query.get("fields", ""))
        if isinstance(node, Page):
            if call.token.page not in (node, None):
                raise access.missing(node.id)
            return nodes.page(node, fields, call.view)
        if isinstance(node, Instagram):
            if call.token.page and call.token.page.instagram is not node:
                raise access.missing(node.id)
            return nodes.instagram(node, fields, call.view)
        if isinstance(node, Token):
            return {"id": _USER_ID, "name": _USER_NAME}
        if isinstance(node, Thread):
            self._let_in(call, node)
            with self.world.lock:
                return nodes.thread(node, fields or default_fields(node.platform), call.view)
        thread, message = node
        self._let_in(call, thread)
        with self.world.lock:
            if message.number <= len(thread.messages) - nodes.DETAILED_MESSAGES:
                raise Refused(by_name("message_deleted"))
            return nodes.messages(thread, [message], fields, call.view)[0]

    def _let_in(self, call: Call, thread: Thread) -> None:
        call.spend(thread.page, thread.platform)
        access.check_messaging(call.token, thread.page, thread.platform)

    def _edge(self, call: Call, node: _Node, edge: str, query: Mapping[str, str]) -> Json:
        fields: tuple[Field, ...] = parse(query.get("fields", ""))
        if isinstance(node, Page):
            # /threads is the same edge under its old name, and still in the schema.
            if edge in ("conversations", "threads"):
                return conversations(call, node, query, fields)
            raise nodes.nonexisting(edge, "Page")
        if isinstance(node, Instagram):
            if edge == "conversations":
                raise Refused(by_code(3))
            raise nodes.nonexisting(edge, "IGUser")
        if isinstance(node, Thread):
            if edge == "messages":
                self._let_in(call, node)
                return messages(call, node, query, fields)
            raise nodes.nonexisting(edge, "UnifiedThread")
        if isinstance(node, Token):
            return self._user_edge(call, edge, fields)
        if edge == "attachments":
            self._let_in(call, node[0])
            return nodes.attachments(node, call.view, query.get("after", ""))
        raise nodes.nonexisting(edge, "UnifiedMessage")

    def _user_edge(self, call: Call, edge: str, fields: tuple[Field, ...]) -> Json:
        if edge == "accounts":
            asked = fields or tuple(map(Field, ("access_token", "category", "name", "id", "tasks")))
            return {"data": [nodes.page(page, asked, call.view) for page in self.world.pages.values()]}
        if edge == "permissions":
            return {"data": [{"permission": name, "status": "granted"} for name in sorted(call.token.scopes)]}
        raise nodes.nonexisting(edge, "User")

    def _debug_token(self, text: str, query: Mapping[str, str], now: float) -> Json:
        """What is known of ``input_token``; asked with the app's own token or with any good one."""
        if not text:
            raise Refused(by_name("no_token"))
        app, _, secret = text.partition("|")
        if not (app == APP_ID and any(secret == page.app_secret for page in self.world.pages.values())):
            access.opened(self.world, text, now)
        input_token = query.get("input_token", "")
        if not input_token:
            raise Refused(by_code(100).saying("(#100) The parameter input_token is required"))
        token = self.world.tokens.get(input_token)
        data: dict[str, object]
        if token is None:
            wrong = {"code": 190, "message": "Invalid OAuth access token."}
            return {"data": {"error": wrong, "is_valid": False, "scopes": []}}
        data = {
            "app_id": APP_ID,
            "type": "PAGE" if token.page else "USER",
            "application": "Acme Inbox",
            "data_access_expires_at": int(now) + 90 * 86_400,
            "expires_at": int(token.expires_at),
            "is_valid": True,
            "scopes": sorted(token.scopes),
            "granular_scopes": [{"scope": name} for name in sorted(token.scopes)],
            "user_id": _USER_ID,
        }
        if token.page:
            data["profile_id"] = token.page.id
        try:
            access.opened(self.world, input_token, now)
        except Refused as refused:
            error = refused.error
            data |= {
                "is_valid": False,
                "error": {"code": error.code, "subcode": error.subcode, "message": error.message},
            }
        return {"data": data}
