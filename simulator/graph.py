"""The Graph itself: from a path and a query to a body, without any HTTP."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from simulator import access, tokens
from simulator.edges import Call, conversations, default_fields, messages
from simulator.errors import by_code, by_name, unknown_field
from simulator.fields import Field, parse
from simulator.limits import RateLimit, UsageHeaders
from simulator.listing import PageFault
from simulator.message_nodes import DETAILED_MESSAGES, attachment_list, message_rows
from simulator.nodes import Json
from simulator.page import APP_ID, Instagram, Page, Token
from simulator.page_nodes import instagram_node, page_node
from simulator.refused import GraphError, Refused
from simulator.rules import Rules
from simulator.shown import Shown
from simulator.thread import Message, Thread
from simulator.thread_nodes import thread_node
from simulator.world import World

_THROTTLES: Final = frozenset({4, 17, 32, 341, 613, *range(80000, 80015)})
_USER_NAME: Final = "Alex Admin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request as it came in. `url` is the server's own address; `fault` is what is to be wrong with its page.

    `form` is what came in its body.
    """

    method: str
    path: str
    query: Mapping[str, str]
    authorization: str
    url: str
    fault: PageFault | None = None
    form: Mapping[str, str] = field(default_factory=dict)

    @property
    def batch(self) -> list[Request]:
        """The requests that a batch holds, with the token and the proof that came with it unless they have their own.

        https://developers.facebook.com/docs/graph-api/batch-requests
        """
        requests = []
        for item in json.loads(self.form["batch"]) if self.method == "POST" and "batch" in self.form else ():
            asked = urlsplit(item["relative_url"])
            query = dict(parse_qsl(asked.query))
            own = f"Bearer {query['access_token']}" if "access_token" in query else self.authorization
            path = f"{self.path.rstrip('/')}/{asked.path.lstrip('/')}"
            requests.append(replace(self, method=item["method"], path=path, query=query, authorization=own, form={}))
        return requests

    @property
    def token_text(self) -> str:
        """The token that came with it; empty if none did."""
        return access.token_text(self.query, self.authorization)


@dataclass(frozen=True, slots=True)
class Reply:
    """What is answered, before it is written as JSON."""

    status: int
    body: Json | list[Json | None]
    headers: Mapping[str, str]


_Object = Page | Instagram | Thread | tuple[Thread, Message]
_Node = _Object | Token


class Graph:
    """Answers requests about a world. `rules` and `usage` may change from one request to the next."""

    def __init__(self, world: World, rules: Rules, usage: UsageHeaders) -> None:
        self._world = world
        self._rules = rules
        self._usage = usage
        self._rate_limit = RateLimit(world.clock)
        self._shown = Shown()
        self._traces = 0

    def reply(self, request: Request) -> Reply:
        """The reply to one request, or to a batch of them."""
        if self._rules.batches and (batch := request.batch):
            replies = [self._in_batch(one) for one in batch]
            items: list[Json | None] = [{"code": one.status, "body": json.dumps(one.body)} for one in replies]
            return Reply(200, items, replies[0].headers)
        now = self._world.clock()
        try:
            version, parts = access.split_version(request.path, now, old=self._rules.old_versions)
            body = self._body(request, version, parts, now=now)
        except Refused as refused:
            return self.refusal(request, refused.error)
        if request.query.get("debug", "none") != "none":
            body = body | {"__debug__": {"messages": []}}
        return Reply(200, body, self._headers(request, None))

    def _in_batch(self, request: Request) -> Reply:
        if request.path.endswith("debug_token") and not self._rules.debug_in_batch:
            return self.refusal(request, by_code(100).saying("(#100) debug_token may not be in a batch"))
        return self.reply(request)

    def refusal(self, request: Request, error: GraphError) -> Reply:
        """The reply that carries an error, with the headers that go with it."""
        self._traces += 1
        return Reply(
            self._rules.error_status or error.status,
            error.body(f"Asim{self._traces:08d}"),
            self._headers(request, error),
        )

    def _headers(self, request: Request, error: GraphError | None) -> dict[str, str]:
        try:
            version, parts = access.split_version(request.path, self._world.clock(), old=self._rules.old_versions)
        except Refused:
            return {}
        kind, account = self._allowance(request, parts)
        blocked = error is not None and error.code in _THROTTLES
        headers = {"facebook-api-version": version, **self._usage.headers(kind, account, blocked=blocked)}
        if error is not None and error.code == 190 and error.name != "message_deleted_190":
            headers["WWW-Authenticate"] = f'OAuth "Facebook Platform" "invalid_token" "{error.message}"'
        return headers

    def _allowance(self, request: Request, parts: list[str]) -> tuple[str, str]:
        """Which allowance a request draws on, as `(type, account id)`; recorded live on 21 Sep 2026."""
        id = parts[0] if parts else ""
        if id == "me":
            token = self._world.tokens.get(request.token_text)
            id = token.page.id if token and token.page else ""
        match self._object(id):
            case Page():
                if parts[1:] != ["conversations"]:
                    return "pages", id
                instagram = request.query.get("platform", "").lower() == "instagram"
                return self._rules.instagram_pool if instagram else "messenger", id
            case Instagram():
                return "instagram", id
            case Thread() as thread:
                return "messenger", thread.page.id
            case (thread, _):
                return "messenger", thread.page.id
        return "", ""

    def _object(self, id: str) -> _Object | None:
        for page in self._world.pages.values():
            if id == page.id:
                return page
            if page.instagram and id == page.instagram.id:
                return page.instagram
        with suppress(KeyError):
            return self._world.thread(id)
        with suppress(KeyError):
            return self._world.message(id)
        return None

    def _node(self, token: Token, id: str) -> _Node:
        if id == "me":
            return token.page or token
        if id == tokens.USER_ID:
            return Token("", None)
        for page in self._world.pages.values():
            if id == page.username:
                return page
        known = self._object(id)
        match known:
            case Page() | Instagram():
                return known
            case Thread() if known.page is token.page:
                return known
            case (thread, _) if thread.page is token.page:
                return known
        if known or id.isdecimal() or id.startswith(("t_", "m_", "aWd")):
            raise access.unknown_object(id)
        raise Refused(by_code(803).saying(f"(#803) Some of the aliases you requested do not exist: {id}"))

    def _body(self, request: Request, version: str, parts: list[str], *, now: float) -> Json:
        query, text = request.query, request.token_text
        if request.method != "GET":
            message = f"Unsupported {request.method.lower()} request. Only reading is simulated."
            raise Refused(by_code(100, 33).saying(message))
        if parts == ["debug_token"]:
            return tokens.debug_token(self._world, self._rules, text, query, now=now)
        if not text:
            raise Refused(by_name("no_me" if parts[:1] == ["me"] else "no_token"))
        token = access.valid_token(self._world.tokens, text, now)
        access.check_proof(token, query, now)
        call = Call(
            world=self._world,
            rules=self._rules,
            rate_limit=self._rate_limit,
            shown=self._shown,
            token=token,
            base=f"{request.url}/{version}",
            fault=request.fault,
        )
        if not parts:
            ids = [id for id in query.get("ids", "").split(",") if id]
            if not ids:
                raise Refused(by_code(100).saying("(#100) The parameter ids is required"))
            return {id: self._show(call, self._node(token, id), query) for id in ids}
        if parts == ["app"]:
            return {"id": APP_ID}
        node = self._node(token, parts[0])
        if len(parts) == 1:
            return self._show(call, node, query)
        return self._edge(call, node, "/".join(parts[1:]), query=query)

    def _show(self, call: Call, node: _Node, query: Mapping[str, str]) -> Json:
        fields = parse(query.get("fields", ""))
        if isinstance(node, Page):
            if call.token.page not in (node, None):
                raise access.unknown_object(node.id)
            return page_node(node, fields, call.view)
        if isinstance(node, Instagram):
            if call.token.page and call.token.page.instagram is not node:
                raise access.unknown_object(node.id)
            return instagram_node(node, fields, call.view)
        if isinstance(node, Token):
            return {"id": tokens.USER_ID, "name": _USER_NAME}
        if isinstance(node, Thread):
            call.admit(node.page, node.platform)
            with self._world.lock:
                return thread_node(node, fields or default_fields(node.platform, call.rules), call.view)
        thread, message = node
        call.admit(thread.page, thread.platform)
        with self._world.lock:
            if message.number <= len(thread.messages) - DETAILED_MESSAGES:
                raise Refused(by_name("message_deleted"))
            return message_rows(thread, [message], fields, view=call.view)[0]

    def _edge(self, call: Call, node: _Node, edge: str, *, query: Mapping[str, str]) -> Json:
        fields = parse(query.get("fields", ""))
        if isinstance(node, Page):
            # /threads is the same edge under its old name, and still in the schema.
            if edge in ("conversations", "threads"):
                return conversations(call, node, query, fields=fields)
            raise unknown_field(edge, "Page")
        if isinstance(node, Instagram):
            if edge == "conversations":
                raise Refused(by_code(3))
            raise unknown_field(edge, "IGUser")
        if isinstance(node, Thread):
            if edge == "messages":
                call.admit(node.page, node.platform)
                return messages(call, node, query, fields=fields)
            raise unknown_field(edge, "UnifiedThread")
        if isinstance(node, Token):
            return self._user_edge(call, edge, fields)
        if edge == "attachments":
            call.admit(node[0].page, node[0].platform)
            return attachment_list(node, call.view, query.get("after", ""))
        raise unknown_field(edge, "UnifiedMessage")

    def _user_edge(self, call: Call, edge: str, fields: tuple[Field, ...]) -> Json:
        if edge == "accounts":
            asked = fields or tuple(map(Field, ("access_token", "category", "name", "id", "tasks")))
            return {"data": [page_node(page, asked, call.view) for page in self._world.pages.values()]}
        if edge == "permissions":
            return {"data": [{"permission": name, "status": "granted"} for name in sorted(call.token.scopes)]}
        raise unknown_field(edge, "User")
