"""Matrix, through our own backend."""
