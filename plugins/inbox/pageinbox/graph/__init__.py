"""Meta's Graph API for one Page."""
