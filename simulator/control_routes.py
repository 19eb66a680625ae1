"""The control side over HTTP, under `/_control`: for tests that run in another process than the simulator.

It is not part of the Graph: it needs no token, does not count as a call, never fails on purpose, and its requests are
not recorded.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import asdict, fields
from typing import Any

from flask import Blueprint, Response, jsonify, request

from simulator.faults import Fault, Faults
from simulator.folders import FOLDERS, PLATFORMS
from simulator.limits import UsageHeaders
from simulator.page import Page
from simulator.received import Received
from simulator.rules import Rules
from simulator.thread import Attachment, Thread
from simulator.world import World


def control_routes(
    world: World, *, rules: Rules, faults: Faults, usage: UsageHeaders, received: deque[Received]
) -> Blueprint:
    """The routes that steer these parts of a simulator."""
    routes = Blueprint("control", __name__, url_prefix="/_control")

    @routes.errorhandler(LookupError)
    @routes.errorhandler(ValueError)
    @routes.errorhandler(TypeError)
    def _refused(error: Exception) -> tuple[Response, int]:
        return jsonify(error=str(error.args[0] if error.args else error)), 400

    def conversations() -> object:
        asked = request.args
        listed = world.conversations(asked["page"], asked.get("platform", "messenger"), asked.get("folder", "inbox"))
        return [_conversation(thread) for thread in listed]

    def write() -> object:
        body = _body()
        page, who = body.pop("page"), body.pop("who", None)
        body["attachments"] = [Attachment(**file) for file in body.get("attachments", ())]
        return _conversation(world.write(page, who, **body))

    def answer() -> object:
        body = _body()
        thread = world.thread(body.pop("thread"))
        world.answer(thread, **body)
        return _conversation(thread)

    def move() -> None:
        body = _body()
        world.move(body["thread"], body["folder"])

    def change_rules() -> object:
        changed = _body()
        if unknown := changed.keys() - {rule.name for rule in fields(Rules)}:
            raise ValueError(f"there is no rule {', '.join(sorted(unknown))}")
        for name, value in changed.items():
            setattr(rules, name, value)
        return asdict(rules)

    operations: dict[tuple[str, str], Callable[[], object]] = {
        ("GET", "world"): lambda: {"pages": [_page(world, page) for page in world.pages.values()]},
        ("GET", "conversations"): conversations,
        ("GET", "requests"): lambda: [asdict(request) for request in list(received)],
        ("POST", "forget"): received.clear,
        ("POST", "write"): write,
        ("POST", "answer"): answer,
        ("POST", "note"): lambda: asdict(world.note(**_body())),
        ("POST", "read"): lambda: world.read(_body()["thread"]),
        ("POST", "move"): move,
        ("POST", "hide"): lambda: world.hide(_body()["thread"]),
        ("POST", "reveal"): lambda: world.reveal(_body()["thread"]),
        ("POST", "change_ids"): lambda: world.change_ids(_body()["page"]),
        ("POST", "delete"): lambda: world.delete(_body()["thread"]),
        ("POST", "delete_person"): lambda: world.delete_person(_body()["thread"]),
        ("POST", "instant_reply"): lambda: world.instant_reply(**_body()),
        ("POST", "kill_token"): lambda: world.kill_token(**_body()),
        ("POST", "issue_token"): lambda: {"token": world.issue_token(**_body())},
        ("POST", "date_token"): lambda: world.date_token(**_body()),
        ("POST", "fail"): lambda: faults.add(Fault(**_body())),
        ("POST", "clear"): faults.clear,
        ("POST", "usage"): lambda: usage.set(**_body()),
        ("POST", "rules"): change_rules,
    }

    # A single route, since a route for each operation took most of the time that a simulator needs to start.
    @routes.route("/<path:operation>", methods=["GET", "POST"])
    def _run(operation: str) -> Response | tuple[Response, int]:
        method = "GET" if request.method == "HEAD" else request.method
        if (method, operation) not in operations:
            return jsonify(error=f"the control side cannot do {operation!r}"), 404
        result = operations[method, operation]()
        return jsonify({} if result is None else result)

    return routes


def _body() -> dict[str, Any]:
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise ValueError("the body must be a JSON object")
    return body


def _page(world: World, page: Page) -> dict[str, object]:
    return {
        "name": page.name,
        "title": page.title,
        "id": page.id,
        "token": page.token,
        "app_secret": page.app_secret,
        "instagram": asdict(page.instagram) if page.instagram else None,
        "conversations": {
            platform: {folder: len(world.conversations(page, platform, folder)) for folder in FOLDERS}
            for platform in PLATFORMS
        },
    }


def _conversation(thread: Thread) -> dict[str, object]:
    return {
        "id": thread.id,
        "page": thread.page.name,
        "platform": thread.platform,
        "folder": thread.folder,
        "person": asdict(thread.person),
        "updated": thread.updated,
        "unread": thread.unread,
        "waiting": thread.waiting,
        "messages": len(thread.messages),
    }
