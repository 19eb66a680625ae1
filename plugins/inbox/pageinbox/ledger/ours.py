"""The sources that a bot knows: those whose Page is in its settings."""

from __future__ import annotations

from sqlalchemy import bindparam, select

from pageinbox.ledger.schema import source

OURS = select(source.c.id).where(source.c.page.in_(bindparam("our_pages", expanding=True)))
"""Selects their rows, for the values that `Sources.ours` has."""
