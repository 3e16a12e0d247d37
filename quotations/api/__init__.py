"""Quotations: the consultant's, and the client's side by a link."""
