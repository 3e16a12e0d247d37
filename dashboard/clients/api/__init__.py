"""The JSON API of a consultant's clients."""
