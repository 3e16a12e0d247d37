"""Time in these tests is the machine's, as in those of bookings."""

from bookings.tests.conftest import _one_clock

__all__ = ["_one_clock"]
