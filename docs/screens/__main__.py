"""`python -m docs.screens`: make every picture anew that was not made of what the bot says now."""

from __future__ import annotations

import shutil
import subprocess
import sys

from docs.screens.chromium import Chromium, installed
from docs.screens.pictures import FOLDER, PICTURES, WIDTH, made_of, marked, page_of


def main() -> int:
    """Write the pictures that have changed into docs/images; returns the exit status."""
    if not installed() or not shutil.which("pngquant"):
        print("The pictures need chromium, pngquant and some fonts: see docs/screens/__init__.py.", file=sys.stderr)
        return 1
    FOLDER.mkdir(exist_ok=True)
    for file in FOLDER.glob("*.png"):
        if file.stem not in PICTURES:
            file.unlink()
    with Chromium(WIDTH) as chromium:
        for name in PICTURES:
            file, page = FOLDER / f"{name}.png", page_of(name)
            if file.exists() and made_of(file.read_bytes(), page):
                continue
            chromium.show(page)
            file.write_bytes(marked(smaller(chromium.picture()), page))
            print(f"{name}: {file.stat().st_size // 1024} kB")
    return 0


def smaller(png: bytes) -> bytes:
    """The same picture in 256 colours, which takes a third of the room."""
    squeeze = ["pngquant", "--strip", "--quality=80-100", "-"]
    return subprocess.run(squeeze, input=png, check=True, capture_output=True).stdout


if __name__ == "__main__":
    sys.exit(main())
