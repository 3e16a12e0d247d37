"""Booking as a guest or a client, and what becomes of a booking."""
