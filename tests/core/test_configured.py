"""Settings from chat that can't be used any more: what holds all the same, and what admins are told."""

from __future__ import annotations

from typing import Any

import pytest

from pageinbox.model.watch import Detail
from pageinbox.settings.configured import Configured

OWN = {"PAGES": {"acme": {"ID": "1", "TOKEN": "EAAGx"}}, "CACHE_TTL": 5}
STRICT = {"DETAIL": "count", "ROOMS": {"#support": {"DETAIL": "name"}}}


@pytest.mark.parametrize("wrong", [{"GONE": 1}, {"CACHE_TTL": "60"}, {"PAGES": {"sold": {"PLATFORMS": ["instagram"]}}}])
def test_what_chat_has_hidden_stays_hidden_whatever_else_it_has_set(wrong: dict[str, Any]) -> None:
    settings = Configured(lambda: OWN, ())
    chosen = settings.use(wrong | STRICT)
    assert chosen is not None
    assert (chosen.detail, chosen.rooms, chosen.cache_ttl) == (Detail.COUNT, {"#support": Detail.NAME}, 5)
    (why,), post = settings.ignored()
    assert next(iter(wrong)) in why and why in str(post)


@pytest.mark.parametrize("stored", [[], "x", 5, {"DETAIL": "everything"}, {"GONE": 1, "DETAIL": None}])
def test_what_is_no_dict_or_hides_nothing_gives_way_to_config_py(stored: Any) -> None:
    settings = Configured(lambda: OWN, ())
    chosen = settings.use(stored)
    assert chosen is not None and chosen.detail is Detail.SNIPPET
    assert settings.ignored()[0] == (settings.refusal,) != ("",)


def test_of_what_is_in_force_nobody_is_told() -> None:
    for stored in (None, {}, STRICT):
        settings = Configured(lambda: OWN, ())
        assert settings.use(stored) is not None
        assert settings.ignored()[0] == ("",)
