"""Weekly hours and the dates that differ from them, a stretch at a time."""
