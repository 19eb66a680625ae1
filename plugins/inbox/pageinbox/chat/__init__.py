"""The rim: one module per chat network, which knows how a post looks there and how it is made harmless."""
