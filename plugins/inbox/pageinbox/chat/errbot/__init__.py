"""Every network that has no package of its own, through Errbot."""
