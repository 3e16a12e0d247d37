"""The JSON API of what people are told on screen."""
