"""Money on the consultant's desk: what came, what went back, what is owed, what will be paid out."""
