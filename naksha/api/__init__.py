"""What every JSON endpoint shares: envelope, errors, names, pages, limits, idempotency. Knows no app."""
