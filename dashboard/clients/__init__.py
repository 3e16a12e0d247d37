"""Clients of the consultant's workspace: the table, each with the whole history, lists taken in and out."""
