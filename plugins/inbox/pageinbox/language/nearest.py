"""The word that comes nearest to one that was typed: difflib's measure, without its price."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from difflib import SequenceMatcher

LONGEST = 100
"""Characters of a word that may be a slip of another one."""

COMPARED = 20
"""Words that are held against it letter by letter; of the others, however many, only letters are counted."""


def nearest(word: str, known: Iterable[str], alike: float = 0.6) -> str:
    """The one among `known` that is most like `word`, by at least `alike` (0 to 1); "" if nothing comes near.

    The likeness is difflib's ratio. It is never more than the share of letters that both have, so words are compared in
    the order of that, for as long as a better one may come.
    """
    if not 0 < len(word) <= LONGEST:
        return ""
    letters = Counter(word).items()
    shares = []
    for each in known:
        both = len(each) + len(word)
        if 2 * min(len(each), len(word)) >= alike * both:
            share = 2 * sum([min(many, each.count(letter)) for letter, many in letters]) / both
            if share >= alike:
                shares.append((share, each))
    shares.sort(reverse=True)
    best = (alike, "")
    matcher = SequenceMatcher(b=word)
    for share, each in shares[:COMPARED]:
        if share < best[0]:
            break
        matcher.set_seq1(each)
        best = max(best, (matcher.ratio(), each))
    return best[1]
