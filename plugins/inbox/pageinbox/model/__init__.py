"""Plain values, without I/O."""
