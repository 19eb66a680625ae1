"""Whom a name means, among those a network knows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pageinbox.language.nearest import nearest
from pageinbox.model.chat import NotPinged
from pageinbox.model.text import clean, fold
from pageinbox.model.watch import Ping

SIMILAR = 0.6


def ping_called(name: str, known: Mapping[str, Iterable[str]]) -> Ping:
    """The one among `known` that goes by a name: ids, each with the names it has there, the one to be typed first.

    Raises NotPinged where nobody is called so, with the nearest, or several are.
    """
    wanted = fold(name.removeprefix("@"))
    typed = {id: [clean(each).replace('"', "") for each in names if each] for id, names in known.items()}
    typed = {id: names for id, names in typed.items() if names}
    called = {id: {fold(each) for each in names} for id, names in typed.items()}
    meant = [id for id, names in called.items() if wanted in names]
    if len(meant) > 1:  # a user name belongs to one alone, where names that are shown may be alike
        meant = [id for id in meant if fold(typed[id][0]) == wanted] or meant
    if len(meant) == 1:
        return Ping(typed[meant[0]][0], meant[0])
    if meant:
        raise NotPinged("several are called that; use one's own user name", typed[meant[0]][0])
    owner = {each: id for id, names in called.items() for each in sorted(names)}
    near = nearest(wanted, owner, SIMILAR)
    raise NotPinged("there is nobody here called that", typed[owner[near]][0] if near else "")
