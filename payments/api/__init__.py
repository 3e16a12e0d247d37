"""Payments, refunds and what a consultant has earned."""
