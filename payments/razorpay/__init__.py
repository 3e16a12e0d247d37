"""Razorpay: the client that asks it, and an emulator that answers like it where there are no keys."""
