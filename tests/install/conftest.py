"""What the tests of installing share: a clone as a user has it, its built distributions, venvs, and a Graph to read."""

import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import distribution
from importlib.util import cache_from_source
from pathlib import Path
from typing import Self

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from simulator.server import Simulator
from simulator.world import World
from tests.conftest import lacking
from tests.errbot_process import ERRBOT
from tests.install.constraints import applies

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Distributions:
    """What `python -m build` made of a clone."""

    sdist: Path
    wheel: Path


class Venv:
    """A virtual environment in a folder."""

    def __init__(self, folder: Path) -> None:
        self.bin = folder / "bin"
        self._pip = (sys.executable, "-m", "pip", "--python", self.bin / "python", "--disable-pip-version-check")

    @classmethod
    def with_errbot(cls, folder: Path) -> Self:
        """A new one with copies of pip and Errbot, and all that they require, from where the tests run."""
        run(sys.executable, "-m", "venv", "--without-pip", folder)
        venv = cls(folder)
        (theirs,) = folder.glob("lib/python*/site-packages")
        for name in required(["errbot", "pip"]):
            here = distribution(name)
            for file in here.files or ():
                if not {"..", "__pycache__"} & {*file.parts}:
                    source, target = Path(str(here.locate_file(file))), theirs / file
                    copy(source, target)
                    if source.suffix == ".py" and (compiled := Path(cache_from_source(str(source)))).exists():
                        copy(compiled, Path(cache_from_source(str(target))))
        script = ERRBOT.read_text("utf-8").partition("\n")[2]
        venv.errbot.write_text(f"#!{venv.bin}/python\n{script}", "utf-8")
        venv.errbot.chmod(0o755)
        return venv

    def install(self, *arguments: str | Path) -> None:
        """`pip install` with these arguments."""
        run(*self._pip, "install", "--no-compile", *arguments)

    def uninstall(self, name: str) -> None:
        """`pip uninstall` of a distribution."""
        run(*self._pip, "uninstall", "--yes", name)

    @property
    def errbot(self) -> Path:
        """The `errbot` command."""
        return self.bin / "errbot"


def required(names: Iterable[str]) -> set[str]:
    """These distributions, by canonical name, and all that they require here."""
    found: set[str] = set()
    left = [*names]
    while left:
        if (name := canonicalize_name(left.pop())) not in found:
            found.add(name)
            wanted = map(Requirement, distribution(name).requires or ())
            left += [requirement.name for requirement in wanted if applies(requirement, {})]
    return found


def copy(source: Path, target: Path) -> None:
    """A file of a distribution; when it was changed counts for what Python has compiled."""
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(source, target)


def run(*command: str | Path, cwd: Path | None = None) -> str:
    """Run a command to its end and return its output; a failure shows it all."""
    done = subprocess.run(command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert not done.returncode, f"{' '.join(map(str, command))} failed:\n{done.stdout}"
    return done.stdout


@pytest.fixture(scope="session")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A git clone of the work tree as it is, changes that are not yet committed included."""
    if not shutil.which("git"):
        lacking("git")
    if not (ROOT / ".git").exists():
        lacking("a git checkout of err-inbox")
    here = tmp_path_factory.mktemp("home") / "err-inbox"
    listed = run("git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", cwd=ROOT)
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (here / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, here / name)
    author = ("-c", "user.name=test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false")
    run("git", "init", "--quiet", "--initial-branch=main", cwd=here)
    run("git", "add", "--all", cwd=here)
    run("git", *author, "commit", "--quiet", "--message=as it is", cwd=here)
    return here


@pytest.fixture(scope="session")
def distributions(clone: Path, tmp_path_factory: pytest.TempPathFactory) -> Distributions:
    """The sdist of the clone, and the wheel built from that sdist."""
    out = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", out, clone)
    (sdist,) = out.glob("*.tar.gz")
    (wheel,) = out.glob("*.whl")
    return Distributions(sdist, wheel)


@pytest.fixture
def demo(clone: Path) -> Path:
    """A fresh checkout in which `make` has installed what a bot runs on: once, until a test cleans it."""
    if not shutil.which("make"):
        lacking("make")
    checkout = clone.with_name("demo")
    if not checkout.exists():
        run("git", "clone", "--quiet", clone, checkout)
    try:
        run("make", "--silent", f"PYTHON={sys.executable}", ".demo/ready", cwd=checkout)
    except AssertionError as failure:
        lacking(f"a package index ({failure})")
    return checkout


@pytest.fixture(scope="session")
def simulator() -> Iterator[Simulator]:
    """The Graph that the installed plugin reads: the world of the README."""
    with Simulator(World.demo(time.time)) as running:
        yield running
