"""What a user gets to install, as files: the wheel, the sdist, the pinned constraints."""

import re
import tarfile
import tomllib
import zipfile
from pathlib import Path, PurePosixPath

import pytest

from tests.install.conftest import ROOT, Distributions, run

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
CONSTRAINTS = ("build", "dev", "synapse", "runtime")
PINNED = re.compile(r"^([a-z0-9-]+)==\S+ \\$", re.M)


def names(requirements: list[str]) -> set[str]:
    return {re.split(r"[^\w-]", requirement)[0] for requirement in requirements}


def in_git(clone: Path, folder: str = ".") -> set[str]:
    return set(run("git", "ls-files", "-z", folder, cwd=clone).rstrip("\0").split("\0"))


def test_the_wheel_holds_the_plugin_and_nothing_else(clone: Path, distributions: Distributions) -> None:
    plugin = {name.replace("plugins/inbox/", "err_inbox/", 1) for name in in_git(clone, "plugins/inbox")}
    with zipfile.ZipFile(distributions.wheel) as wheel:
        files = {name for name in wheel.namelist() if ".dist-info/" not in name}
    assert files == plugin - {"err_inbox/requirements.txt"}


def test_errbot_scans_no_folder_that_is_not_ours(distributions: Distributions) -> None:
    """A file beside the packages would make Errbot look for plugins in all of site-packages."""
    with zipfile.ZipFile(distributions.wheel) as wheel:
        top = {PurePosixPath(name).parts[0] for name in wheel.namelist()}
    assert top == {"err_inbox", f"err_inbox-{PROJECT['version']}.dist-info"}


def test_the_sdist_holds_the_whole_checkout(clone: Path, distributions: Distributions) -> None:
    with tarfile.open(distributions.sdist) as sdist:
        files = {name.partition("/")[2] for name in sdist.getnames()}
    assert files == in_git(clone) | {"PKG-INFO"}


def test_a_clone_needs_what_the_wheel_needs() -> None:
    """Errbot takes the dependencies of a cloned plugin from the file beside the .plug: bare names, one a line."""
    requirements = (ROOT / "plugins/inbox/requirements.txt").read_text("utf-8").split()
    assert set(requirements) == names(PROJECT["dependencies"]) - {"errbot"}


def test_postgresql_is_tested_with_the_driver_that_users_get() -> None:
    extras = PROJECT["optional-dependencies"]
    assert set(extras["postgresql"]) <= set(extras["dev"])


def asked_for(which: str) -> set[str]:
    """The packages that are pinned because pyproject.toml names them; pip-compile notes why beneath each pin."""
    text = (ROOT / f"constraints/{which}.txt").read_text("utf-8")
    reasons = re.findall(r"^(\S+)==.*\n(?:    --hash.*\n)+((?:    #.*\n)+)", text, re.M)
    return {name for name, reason in reasons if "err-inbox (pyproject.toml)" in reason}


@pytest.mark.parametrize("which", CONSTRAINTS)
def test_constraints_are_pinned_and_hashed_and_name_no_place(which: str) -> None:
    text = (ROOT / f"constraints/{which}.txt").read_text("utf-8")
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    hashed = re.compile(r"    --hash=sha256:[0-9a-f]{64}( \\)?")
    assert [line for line in lines if not hashed.fullmatch(line) and not PINNED.fullmatch(line)] == []
    assert "://" not in text
    assert not re.search(r"(?<!\S)/\w", text), "an absolute path of somebody's machine"


def test_constraints_are_those_of_the_declared_dependencies() -> None:
    assert asked_for("runtime") == names(PROJECT["dependencies"])
    assert asked_for("dev") == asked_for("runtime") | names(PROJECT["optional-dependencies"]["dev"])
