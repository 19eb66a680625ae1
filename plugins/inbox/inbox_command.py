"""The command `err-inbox` of the wheel, which finds the packages that it needs beside this file."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parent))

from pageinbox.shell import main

__all__ = ["main"]
