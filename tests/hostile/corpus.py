"""The corpus of hostile texts, and more of the kind made by Hypothesis."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from hypothesis import strategies as st

FILE = Path(__file__).with_name("corpus.toml")
HALF = re.compile("<(D[89A-F][0-9A-F]{2})>")


def corpus() -> dict[str, str]:
    """Every text of the corpus by its name, such as `mentions.slack-channel`."""
    return {
        f"{table}.{name}": HALF.sub(lambda half: chr(int(half[1], 16)), entry)
        if isinstance(entry, str)
        else entry["text"] * entry["times"]
        for table, entries in tomllib.loads(FILE.read_text("utf-8")).items()
        for name, entry in entries.items()
    }


CORPUS = corpus()
LIVE = "\\`*_{}[]()#+-.!|<>&~^=:;\"'/@$ \n\t\r"
TRICKS = "\u202e\u2066\u2068\u2069\u200d\u200c\u200b\u0301\u0327\ufe0f\u2028\x1b\x02\x03\x00\x85\u3164\u00adאم田🔥"
PARTS = ["http", "https://", "www.", "evil", ".com", "@here", "@room", "localhost", "&lt;", "<!channel>", "](", "```"]

chars = st.one_of(
    st.sampled_from(LIVE),
    st.sampled_from(TRICKS),
    st.characters(),
    st.characters(categories=["Cs", "Cf", "Cc", "Mn", "Zs"]),
)
short = [text for text in CORPUS.values() if len(text) < 200]
hostile = st.one_of(
    st.text(chars, max_size=40),
    st.lists(st.one_of(st.sampled_from(PARTS), st.sampled_from(short), st.text(chars, max_size=4)), max_size=5).map(
        "".join
    ),
)
"""Texts of live characters, tricks and pieces of the corpus in any order."""
