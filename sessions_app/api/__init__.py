"""The JSON API of sessions, their chats, rooms and files."""
