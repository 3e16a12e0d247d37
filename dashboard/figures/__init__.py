"""The figures of a practice. Days are counted from the rows themselves (raw), kept once they are over (keeping), and
added up for a period (reading)."""
