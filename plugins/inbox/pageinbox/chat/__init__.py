"""The chat networks: one package for each, which knows how a post looks there and how it is made harmless."""
