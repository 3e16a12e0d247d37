"""What anybody may see of the directory: consultants, their free times, what was said of them, webinars."""
