"""Forms of the consultant's own pages: shapes and words. The rules are the services'."""
