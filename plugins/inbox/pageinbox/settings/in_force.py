"""What `!plugin config Inbox` shows: each setting as it is written, and where; secrets only by where they are."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from pageinbox.settings.references import is_reference, shown_reference
from pageinbox.settings.table import SETTINGS
from pageinbox.settings.values import Setting
from pageinbox.words.common import HANDFUL

LISTED = 20
"""Entries of one list that are shown."""

InForce = tuple[str, str, str]
"""A setting's name with its Page's, what is written there, and where: chat, config.py or default."""


def in_force(config: Mapping[str, Any] | None, overrides: Mapping[str, Any] | None) -> list[InForce]:
    """A row for each setting that `settings.reading.read` takes from two dicts that it did not refuse."""
    return list(_rows(SETTINGS, "", config or {}, overrides or {}))


def _rows(
    table: tuple[Setting, ...], where: str, config: Mapping[str, Any], overrides: Mapping[str, Any]
) -> Iterator[InForce]:
    for setting in table:
        key, name = setting.key, f"{where}{setting.key}"
        if setting.parts:
            under, over = config.get(key, {}), overrides.get(key, {})
            shown = list(dict.fromkeys((*under, *over)))
            if len(shown) > HANDFUL:  # then what was changed from chat comes first
                shown = list(dict.fromkeys((*over, *under)))
            for part in shown[:HANDFUL]:
                yield from _rows(setting.parts, f"{name}.{part}.", under.get(part, {}), over.get(part, {}))
            if left := len(shown[HANDFUL:]):
                yield name, f"… and {left:,} more", "chat and config.py" if over else "config.py"
            continue
        origin = "chat" if key in overrides else "config.py" if key in config else "default"
        value = {"chat": overrides, "config.py": config}.get(origin, {}).get(key, setting.default)
        several = value if isinstance(value, list | tuple) and len(value) > 2 else [value]
        for item in several[:LISTED]:
            yield name, _shown(setting, item), origin
        if len(several) > LISTED:
            yield name, f"… and {len(several) - LISTED:,} more", origin


def _shown(setting: Setting, value: object) -> str:
    """A value as one would write it, a secret only if it is a reference."""
    if setting.secret and isinstance(value, str) and value:
        if is_reference(value):
            return shown_reference(value)
        if setting.secret(value):
            return "hidden"
    return json.dumps(value, ensure_ascii=False, default=str)
