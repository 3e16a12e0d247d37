"""Pages, by who stands before them: choosing, details, pay, manage, waitlist; desk is the consultant's."""
