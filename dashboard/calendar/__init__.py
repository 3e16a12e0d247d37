"""The consultant's calendar: all that takes time, shown, moved, blocked, and told to other calendars."""
