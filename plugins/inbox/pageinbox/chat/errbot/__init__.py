"""Every network that has no module of its own, through Errbot."""
