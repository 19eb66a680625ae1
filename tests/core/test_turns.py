"""Since which message somebody waits, and which one answered before, from who wrote what."""

from __future__ import annotations

import pytest

from pageinbox.graph.turns import turns

SIDES = {"c": False, "P": True, "a": True, "?": None, "u": False, "U": True}
NOTHING = "auU"


@pytest.mark.parametrize(
    ("newest_first", "waits", "answered", "certain"),
    [
        # c: the customer, P: somebody of the Page, a: an automatic reply, ?: Meta doesn't say,
        # u and U: what the customer and the Page took back
        ("c", 0, None, False),
        ("cccc", 3, None, False),
        ("cP", 0, 1, True),
        ("cPPc", 0, 2, True),
        ("cPPP", 0, 3, True),
        ("acc", 2, None, False),
        ("acac", 3, None, False),
        ("ccPa", 1, 2, True),  # the answer is the first that somebody wrote
        ("cPac", 0, 1, True),
        ("cPaP", 0, 3, True),
        ("cacP", 2, 3, True),
        ("P", None, 0, True),
        ("PPcP", None, 1, True),
        ("Paac", None, 0, True),
        ("aPPc", None, 2, True),
        ("?c", None, None, False),
        ("c?P", 0, None, False),
        ("cP?c", 0, 1, True),
        ("uP", None, 1, True),
        ("uc", 1, None, False),
        ("Uc", 1, None, False),
        ("cUP", 0, 2, True),
        ("cuc", 2, None, False),
        ("cPU", 0, 1, True),
        ("UPc", None, 1, True),
    ],
)
def test_turns(newest_first: str, waits: int | None, answered: int | None, certain: bool) -> None:
    last = len(newest_first) - len(newest_first.lstrip(NOTHING))
    found = turns([SIDES[side] for side in newest_first], last, [side in NOTHING for side in newest_first])
    assert found == (waits, answered, certain)
