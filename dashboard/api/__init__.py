"""The JSON API of figures."""
