from django.urls import path

from sessions_app.api import chat, jitsi, moves, uploads, views

urlpatterns = [
    path("sessions", views.Sessions.as_view()),
    path("sessions/bulk", moves.Bulk.as_view()),
    path("sessions/export.csv", views.Export.as_view()),
    path("sessions/<uuid:pk>", views.OneSession.as_view()),
    path("sessions/<uuid:pk>/start", moves.Start.as_view()),
    path("sessions/<uuid:pk>/complete", moves.Complete.as_view()),
    path("sessions/<uuid:pk>/cancel", moves.Cancel.as_view()),
    path("sessions/<uuid:pk>/no-show", moves.NoShow.as_view()),
    path("sessions/<uuid:pk>/held", moves.Held.as_view()),
    path("sessions/<uuid:pk>/reschedule", moves.Reschedule.as_view()),
    path("sessions/<uuid:pk>/rate", moves.Rate.as_view()),
    path("sessions/<uuid:pk>/calendar.ics", views.Calendar.as_view()),
    path("sessions/<uuid:pk>/messages", chat.SessionMessages.as_view()),
    path("chat/conversations", chat.Conversations.as_view()),
    path("chat/conversations/<uuid:pk>/messages", chat.ConversationMessages.as_view()),
    path("chat/messages", chat.Messages.as_view()),
    path("chat/messages/<uuid:pk>/read", chat.MessageRead.as_view()),
    path("chat/attachments/<uuid:pk>", chat.AttachmentFile.as_view()),
    path("jitsi/create-room", jitsi.CreateRoom.as_view()),
    path("jitsi/room/<uuid:pk>", jitsi.OneRoom.as_view()),
    path("uploads", uploads.Uploads.as_view()),
    path("uploads/<uuid:pk>", uploads.OneUpload.as_view()),
]
