"""What a user gets to install, as files: the wheel and the sdist."""

import re
import tarfile
import tomllib
import zipfile
from pathlib import Path, PurePosixPath

from tests.install.conftest import ROOT, Distributions, run

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


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
