"""Every change of a consultant's state."""
