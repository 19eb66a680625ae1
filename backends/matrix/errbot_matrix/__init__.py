"""An Errbot backend for Matrix, on matrix-nio."""
