"""The module that Errbot loads for BACKEND = "Matrix": it looks for a backend in one file, by its path."""

import sys
from pathlib import Path

HERE = str(Path(__file__).resolve().parents[1])
if HERE not in sys.path:  # a checkout; installed, the package is importable anyway
    sys.path.insert(0, HERE)

from errbot_matrix.backend import MatrixBackend  # noqa: E402

__all__ = ["MatrixBackend"]
