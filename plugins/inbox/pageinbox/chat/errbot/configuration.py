"""What Errbot would be started with: its config.py, and what `!plugin config` has stored, read without a bot.

Facts about Errbot were seen in Errbot 6.2.1.
"""

from __future__ import annotations

import re
import shelve
import shutil
import sys
from collections.abc import Mapping
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pageinbox.chat.errbot.examining import CONFIGS

DATABASE = re.compile(r"core\.db(\.dat|\.dir|\.bak|\.db|\.pag|-wal|-shm|-journal|)")
"""The files of Errbot's store, whichever dbm has written it."""

SIZE, BLOCK = re.compile(r"\d+(?=\)$)", re.MULTILINE), 512
"""How long a value is, as the last number of its line in the index of `dbm.dumb`, and the bytes of a block there."""


class Unreadable(Exception):
    """config.py, or Errbot's store, can't be read; the text says why, without a value of either."""


def read_config(file: Path) -> Mapping[str, Any]:
    """The names that a config.py gives, by running it as Errbot does. Raises Unreadable.

    That this module is loaded tells config_template.py to leave alone what a running bot uses.
    """
    if not file.is_file():
        raise Unreadable("there is no such file; name the bot's own with --config")
    spec = spec_from_file_location("config", file)
    if spec is None or spec.loader is None:
        raise Unreadable("its name doesn't end with .py")
    module = module_from_spec(spec)
    sys.path.insert(0, str(file.absolute().parent))
    before = sys.modules.get(spec.name)
    try:
        sys.modules[spec.name] = module  # where its dataclasses look themselves up, say
        spec.loader.exec_module(module)
    except SystemExit as error:  # a sentence for people, as config_template.py has them
        raise Unreadable(error.code if isinstance(error.code, str) else "it ends the process") from None
    except Exception as error:
        raise Unreadable(f"{type(error).__name__}{line_of(error, file)}") from None
    finally:
        if before is None:
            sys.modules.pop(spec.name, None)
        else:
            sys.modules[spec.name] = before
    return vars(module)


def line_of(error: Exception, file: Path) -> str:
    """Where in a file an error was raised, as ` in line 7`; empty where it was elsewhere."""
    if isinstance(error, SyntaxError):
        return f" in line {error.lineno}" if error.lineno and error.filename == str(file) else ""
    line, trace = 0, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == str(file):
            line = trace.tb_lineno
        trace = trace.tb_next
    return f" in line {line}" if line else ""


def stored(config: Mapping[str, Any], plugin: str) -> Any:
    """What `!plugin config` has stored for a plugin; None for nothing. Raises Unreadable.

    It is read from a copy, since a running bot may keep others from its store.
    """
    if config.get("STORAGE", "Shelf") != "Shelf":
        raise Unreadable("STORAGE is not Shelf")
    try:
        settings = config.get("STORAGE_CONFIG") or {}
        folder = Path(settings.get("basedir") or config["BOT_DATA_DIR"])
        files = [file for file in folder.iterdir() if DATABASE.fullmatch(file.name)]
        if not files:
            return None
        with TemporaryDirectory() as private:
            for file in files:
                shutil.copy(file, private)
            take_whole_blocks(Path(private, "core.db.dir"))
            with shelve.open(str(Path(private, "core.db")), flag="r", protocol=2) as core:
                return core.get(CONFIGS, {}).get(plugin)
    except FileNotFoundError:
        return None
    except Exception as error:  # whatever dbm and pickle raise
        raise Unreadable(type(error).__name__) from None


def take_whole_blocks(index: Path) -> None:
    """Let a copy of a store of `dbm.dumb` be read that a bot has open: how long values are it writes when it ends.

    Each is read to the end of its last block, behind what was pickled there.
    """
    if index.exists() and index.with_suffix(".dat").exists():
        longer = SIZE.sub(lambda size: str(-(-int(size[0]) // BLOCK) * BLOCK), index.read_text("latin-1"))
        index.write_text(longer, "latin-1")
