"""The chat beside a session, below ``/sessions/``. Ids open nothing: views ask who is there (sessions_app.access)."""

from django.urls import path

from sessions_app.views import chat

app_name = "chat"

urlpatterns = [
    path("<uuid:pk>/messages/", chat.messages, name="messages"),
    path("<uuid:pk>/messages/changes/", chat.changes, name="changes"),
    path("<uuid:pk>/messages/search/", chat.search, name="search"),
    path("<uuid:pk>/messages/read/", chat.read, name="read"),
    path("<uuid:pk>/messages/<uuid:message_id>/", chat.change, name="change"),
    path("<uuid:pk>/files/<uuid:file_id>/", chat.file, name="file"),
]
