"""`python -m pageinbox.doctor` examines what the bot needs, before one is started: `err-inbox doctor`, see `shell`."""

from __future__ import annotations

import sys

from pageinbox.shell import main

if __name__ == "__main__":
    sys.exit(main(["doctor", *sys.argv[1:]]))
