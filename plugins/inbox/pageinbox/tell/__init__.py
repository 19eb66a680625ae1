"""Looking without being asked: decide, group and deliver what rooms are to hear."""
