"""Pages of payments, by what they show."""
