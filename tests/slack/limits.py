"""What Slack refuses and the emulator takes: messages beyond the limits that Slack documents for its Block Kit.

From docs.slack.dev, "Blocks" and "chat.postMessage"; the emulator looks no further than whether the JSON can be read.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

BLOCKS_MOST = 50
TEXT_MOST = 40_000
SECTION_MOST, HEADER_MOST, CONTEXT_MOST, CELLS_MOST = 3_000, 150, 10, 20
WHOLE_MOST = 11_000
"""Characters in all blocks of a message together; Slack answers `msg_blocks_too_long` beyond about so many, which
others met and stands in no document."""

TABLE_ROWS_MOST, TABLE_CHARACTERS_MOST = 100, 10_000
KINDS = {"section", "header", "context", "divider", "rich_text", "table", "markdown", "actions"}
"""What a message of text, buttons and menus can be made of."""
ELEMENTS_MOST, LABEL_MOST, OPTIONS_MOST, OPTION_MOST, VALUE_MOST = 25, 75, 100, 150, 2_000
VIEW_BLOCKS_MOST, TITLE_MOST, METADATA_MOST = 100, 24, 3_000


def refused(arguments: dict[str, Any]) -> str:
    """The error Slack answers this message with; empty where it takes it."""
    if len(str(arguments.get("text", ""))) > TEXT_MOST:
        return "msg_too_long"
    metadata = arguments.get("metadata")
    if metadata is not None and set(metadata) != {"event_type", "event_payload"}:
        return "invalid_metadata_format"
    blocks = arguments.get("blocks") or []
    if len(blocks) > BLOCKS_MOST or any(map(wrong, blocks)) or not str(arguments.get("text", "")).strip():
        # Slack takes blocks without text, but then nothing is read out or shown in a notification.
        return "invalid_blocks" if blocks else ""
    return "msg_blocks_too_long" if sum(map(len, texts(blocks))) > WHOLE_MOST else ""


def view_refused(view: dict[str, Any]) -> str:
    """The error Slack answers this view with; empty where it takes it."""
    blocks, titles = (
        view.get("blocks") or [],
        [view[key]["text"] for key in ("title", "close", "submit") if key in view],
    )
    asks = any(block["type"] == "input" for block in blocks)
    if (
        not 0 < len(blocks) <= VIEW_BLOCKS_MOST
        or any(not 0 < len(title) <= TITLE_MOST for title in titles)
        or (view["type"] == "modal") != ("title" in view)
        or asks != ("submit" in view)
        or len(view.get("private_metadata", "")) > METADATA_MOST
        or any(map(wrong, blocks))
    ):
        return "invalid_arguments"
    return ""


def wrong_control(element: dict[str, Any]) -> bool:
    """Whether Slack would not take this button or menu."""
    if element["type"] == "button":
        return not 0 < len(element["text"]["text"]) <= LABEL_MOST or len(element["value"]) > VALUE_MOST
    groups = element.get("option_groups", [element])
    options = [option for group in groups for option in group["options"]]
    return (
        element["type"] != "static_select"
        or any(not group["options"] for group in groups)
        or not 0 < len(options) <= OPTIONS_MOST
        or any(len(group["label"]["text"]) > LABEL_MOST for group in groups if group is not element)
        or any(not 0 < len(one["text"]["text"]) <= LABEL_MOST or len(one["value"]) > OPTION_MOST for one in options)
    )


def wrong(block: dict[str, Any]) -> bool:
    """Whether Slack would not take this block."""
    kind = block.get("type")
    match kind:
        case "actions":
            ids = [element["action_id"] for element in block["elements"]]
            return (
                not 0 < len(ids) <= ELEMENTS_MOST
                or len(set(ids)) != len(ids)
                or any(map(wrong_control, block["elements"]))
            )
        case "input":
            return not 0 < len(block["label"]["text"]) <= VALUE_MOST or block["element"]["type"] != "plain_text_input"
        case "section":
            fields = [block["text"]] if "text" in block else []
            more = block.get("fields", [])
            return (
                not (fields or more)
                or len(more) > CONTEXT_MOST
                or any(not 0 < len(text["text"]) <= SECTION_MOST for text in fields)
                or any(not 0 < len(text["text"]) <= 2_000 for text in more)
            )
        case "header":
            return block["text"]["type"] != "plain_text" or not 0 < len(block["text"]["text"]) <= HEADER_MOST
        case "context":
            return not 0 < len(block["elements"]) <= CONTEXT_MOST
        case "table":
            rows = block["rows"]
            return (
                not 0 < len(rows) <= TABLE_ROWS_MOST
                or any(len(row) > CELLS_MOST for row in rows)
                or sum(map(len, texts(rows))) > TABLE_CHARACTERS_MOST
            )
    return kind not in KINDS or any(not text for text in texts(block))


def read(blocks: list[dict[str, Any]]) -> str:
    """The blocks as a person reads them, line by line: lists with numbers, channels by id, no links or buttons."""
    lines: list[str] = []
    for block in blocks:
        if block["type"] in ("actions", "divider"):
            continue
        for part in block["elements"] if block["type"] == "rich_text" else [block]:
            if part["type"] == "rich_text_list":
                counts = part["style"] == "ordered"
                for number, item in enumerate(part["elements"], part.get("offset", 0) + 1):
                    lines.append(f"{number}. {inline(item)}" if counts else inline(item))
            else:
                lines.append(inline(part) if part["type"].startswith("rich_text_") else "\n".join(texts(part)))
    return "\n".join(lines)


def inline(part: dict[str, Any]) -> str:
    """Pieces of rich text in one go."""
    return "".join(
        NAMED[one["type"]].format(**one) if one["type"] in NAMED else one["text"] for one in part["elements"]
    )


NAMED = {
    "channel": "<#{channel_id}>",
    "user": "<@{user_id}>",
    "usergroup": "<!subteam^{usergroup_id}>",
    "broadcast": "<!{range}>",
    "date": "{fallback}",
}
"""What Slack shows a name for, or a time in the reader's zone."""


def texts(part: object) -> Iterator[str]:
    """Every text a person would read, from a message's blocks or a part of them, in their order."""
    if isinstance(part, list):
        for one in part:
            yield from texts(one)
    elif isinstance(part, dict):
        for key, value in part.items():
            if key in ("text", "fallback") and isinstance(value, str):
                yield value
            elif key in ("text", "elements", "fields", "rows") or isinstance(value, list | dict):
                yield from texts(value)
