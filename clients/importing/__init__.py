"""Reading a list of clients: the file, its columns, its rows."""
