"""What pip installs from the pinned constraints, on each Python that the project says it runs on."""

import re
import sys
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.metadata import distributions

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.conftest import lacking
from tests.install.conftest import ROOT
from tests.install.constraints import Package, applies, entries, pins, unmet

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
PYTHONS = re.findall(r'"Programming Language :: Python :: (3\.\d+)"', (ROOT / "pyproject.toml").read_text("utf-8"))
CONSTRAINTS = ("bot", "build", "dev", "runtime", "synapse")


def text(name: str) -> str:
    """One of the files of constraints, such as `dev.txt`."""
    return (ROOT / "constraints" / name).read_text("utf-8")


def wanted(which: str) -> list[Requirement]:
    """What one file of constraints was made from."""
    match which:
        case "runtime":
            names = PROJECT["dependencies"]
        case "dev":
            names = PROJECT["dependencies"] + PROJECT["optional-dependencies"]["dev"]
        case "bot":
            extras = PROJECT["optional-dependencies"]
            names = PROJECT["dependencies"] + extras["charts"] + extras["postgresql"] + entries(text("bot.in"))
        case _:
            names = entries(text(f"{which}.in"))
    return [Requirement(name) for name in names]


def installed(which: str) -> Mapping[str, Package]:
    """What is installed by one file of constraints, by canonical name: here, or where the homeserver lives."""
    if which != "synapse":
        return installed_on(*sys.path)
    if not (ROOT / ".synapse/ready").exists():
        lacking("a Synapse in .synapse, where make test installs it")
    return installed_on(*map(str, ROOT.glob(".synapse/lib/python*/site-packages")))


@cache
def installed_on(*path: str) -> Mapping[str, Package]:
    """What is installed in these folders."""
    return {canonicalize_name(one.name): Package.of(one) for one in distributions(path=list(path))}


@pytest.mark.parametrize("which", CONSTRAINTS)
def test_each_is_one_version_with_hashes_from_no_named_place(which: str) -> None:
    constraints = text(f"{which}.txt")
    assert len(pins(constraints)) == len(entries(constraints)) > 0
    assert "://" not in constraints
    assert not re.search(r"(?<!\S)/\w", constraints), "an absolute path of somebody's machine"


@pytest.mark.parametrize("which", CONSTRAINTS)
def test_what_is_pinned_is_what_is_installed(which: str) -> None:
    """Without it the next test would follow the requirements of other versions, or of none."""
    here = installed(which)
    pinned = [pin for pin in pins(text(f"{which}.txt")) if applies(pin, {})]
    found = {pin.name: here[pin.name].version if pin.name in here else "" for pin in pinned}
    wrong = [f"{pin}, not {found[pin.name]}" for pin in pinned if not pin.specifier.contains(found[pin.name])]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("which", CONSTRAINTS)
def test_every_python_gets_all_that_is_required(which: str, python: str) -> None:
    missing = unmet(wanted(which), pins(text(f"{which}.txt")), installed(which), python=python)
    assert not missing, "\n".join(missing)


def asked_for(which: str) -> set[str]:
    """The packages that are pinned because pyproject.toml names them; uv notes why beneath each pin."""
    reasons = re.findall(r"^(\S+)==.*\n(?:    --hash.*\n)+((?:    #.*\n)+)", text(f"{which}.txt"), re.M)
    return {name for name, reason in reasons if "err-inbox (pyproject.toml)" in reason}


@pytest.mark.parametrize("which", ["runtime", "dev"])
def test_they_are_those_of_the_declared_dependencies(which: str) -> None:
    assert asked_for(which) == {canonicalize_name(requirement.name) for requirement in wanted(which)}
