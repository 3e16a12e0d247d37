"""The JSON API of logins and accounts."""
