"""What a consultant keeps (profile, services, terms, bank account), and what admins do with both."""
