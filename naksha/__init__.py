"""The ground that every app stands on."""
