"""The control side over HTTP, under ``/_control``: for tests that run in another process than the simulator.

It is not part of the Graph: it needs no token, costs no call, never fails on purpose, and is not among the
requests received.
"""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, jsonify, request

from simulator.rules import Rules
from simulator.thread import Attachment, Thread
from simulator.world import FOLDERS, PLATFORMS

if TYPE_CHECKING:
    from simulator.server import Simulator


def blueprint(simulator: Simulator) -> Blueprint:
    """The control side of one simulator."""
    world = simulator.world
    control = Blueprint("control", __name__, url_prefix="/_control")

    @control.errorhandler(KeyError)
    @control.errorhandler(LookupError)
    @control.errorhandler(ValueError)
    @control.errorhandler(TypeError)
    def _(error: Exception) -> tuple[Response, int]:
        return jsonify(error=str(error.args[0] if error.args else error)), 400

    def given() -> dict[str, Any]:
        body = request.get_json(silent=True)
        if not isinstance(body, dict):
            raise ValueError("the body must be a JSON object")
        return body

    @control.get("/world")
    def _world() -> Response:
        return jsonify(
            pages=[
                {
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
                for page in world.pages.values()
            ]
        )

    @control.get("/conversations")
    def _conversations() -> Response:
        asked = request.args
        found = world.conversations(asked["page"], asked.get("platform", "messenger"), asked.get("folder", "inbox"))
        return jsonify([_told(thread) for thread in found])

    @control.get("/requests")
    def _requests() -> Response:
        return jsonify([asdict(received) for received in simulator.requests])

    @control.post("/forget")
    def _forget() -> Response:
        simulator.forget()
        return jsonify({})

    @control.post("/write")
    def _write() -> Response:
        how = given()
        page, who = how.pop("page"), how.pop("who", None)
        how["attachments"] = [Attachment(**file) for file in how.get("attachments", ())]
        return jsonify(_told(world.write(page, who, **how)))

    @control.post("/answer")
    def _answer() -> Response:
        how = given()
        thread = how.pop("thread")
        world.answer(thread, **how)
        return jsonify(_told(world.thread(thread)))

    @control.post("/read")
    def _read() -> Response:
        world.read(given()["thread"])
        return jsonify({})

    @control.post("/move")
    def _move() -> Response:
        how = given()
        world.move(how["thread"], how["folder"])
        return jsonify({})

    @control.post("/delete")
    def _delete() -> Response:
        world.delete(given()["thread"])
        return jsonify({})

    @control.post("/kill_token")
    def _kill_token() -> Response:
        world.kill_token(**given())
        return jsonify({})

    @control.post("/issue_token")
    def _issue_token() -> Response:
        return jsonify(token=world.issue_token(**given()))

    @control.post("/fail")
    def _fail() -> Response:
        simulator.fail(**given())
        return jsonify({})

    @control.post("/clear")
    def _clear() -> Response:
        simulator.clear()
        return jsonify({})

    @control.post("/usage")
    def _usage() -> Response:
        simulator.usage(**given())
        return jsonify({})

    @control.post("/rules")
    def _rules() -> Response:
        changed = given()
        if unknown := changed.keys() - {one.name for one in fields(Rules)}:
            raise ValueError(f"there is no rule {', '.join(sorted(unknown))}")
        for name, value in changed.items():
            setattr(simulator.rules, name, value)
        return jsonify(asdict(simulator.rules))

    @control.route("/<path:what>", methods=["GET", "POST"])
    def _nothing(what: str) -> tuple[Response, int]:
        return jsonify(error=f"the control side cannot do {what!r}"), 404

    return control


def _told(thread: Thread) -> dict[str, object]:
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
