"""First contact: what Meta's live API does where nobody has recorded it, as codes that may be published."""
