"""The files of constraints as pip reads them, and what they lack on a Python that need not be there."""

import re
from collections.abc import Iterable, Mapping
from importlib.metadata import Distribution
from typing import NamedTuple, Self

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

PIN = re.compile(r"(?P<pin>\S+==[^*\s]+(?: ; .+?)?)(?: --hash=sha256:[0-9a-f]{64})+")


class Package(NamedTuple):
    """What an installed package says of itself: its version, the Pythons it is for, and what it requires."""

    version: str
    pythons: SpecifierSet
    requires: tuple[Requirement, ...]

    @classmethod
    def of(cls, distribution: Distribution) -> Self:
        """The same, read once: a distribution parses all its metadata whenever anything of it is asked for."""
        said = distribution.metadata
        required = map(Requirement, said.get_all("Requires-Dist") or ())
        pythons = "".join(said.get_all("Requires-Python") or ())
        return cls(said["Version"], SpecifierSet(pythons), tuple(required))


def entries(text: str) -> list[str]:
    """The entries of a requirements file, each as one line with single spaces, without comments."""
    lines = re.sub(r"(?m)^\s*#.*\n?", "", text).replace("\\\n", " ").splitlines()
    return [" ".join(line.split()) for line in lines if line.strip()]


def pins(text: str) -> list[Requirement]:
    """What a file of constraints pins to one version with at least one hash."""
    return [Requirement(found["pin"]) for entry in entries(text) if (found := PIN.fullmatch(entry))]


def applies(requirement: Requirement, environment: Mapping[str, str], extras: Iterable[str] = ()) -> bool:
    """Whether it is for an environment with these extras or none; what is not given is as on this machine."""
    marker = requirement.marker
    return marker is None or any(marker.evaluate({**environment, "extra": extra}) for extra in ("", *extras))


def unmet(
    wanted: Iterable[Requirement],
    pinned: Iterable[Requirement],
    installed: Mapping[str, Package],
    *,
    python: str,
) -> list[str]:
    """What `pip install --require-hashes` of `wanted` lacks on the first release of a Python such as 3.13, a line each.

    Follows what each pinned package says that it requires; `installed` has that by canonical name. What is pinned for
    other Pythons alone is not installed on this one, so what that requires in turn is not known here.
    """
    environment = {"python_version": python, "python_full_version": f"{python}.0"}
    versions = {
        canonicalize_name(pin.name): str(pin.specifier).removeprefix("==")
        for pin in pinned
        if applies(pin, environment)
    }
    wrong = set()
    followed = set()
    left = [("err-inbox", requirement) for requirement in wanted]
    while left:
        who, requirement = left.pop()
        name = canonicalize_name(requirement.name)
        version = versions.get(name)
        if version is None or not requirement.specifier.contains(version, prereleases=True):
            wrong.add(f"Python {python}: {who} requires {requirement}, and pinned is {version or 'none'}")
            continue
        package = installed.get(name)
        step = (name, frozenset(requirement.extras))
        if package is None or package.version != version or step in followed:
            continue
        followed.add(step)
        if not package.pythons.contains(f"{python}.0"):
            wrong.add(f"Python {python}: {name} {version} requires Python {package.pythons}")
        left += [(name, each) for each in package.requires if applies(each, environment, requirement.extras)]
    return sorted(wrong)
