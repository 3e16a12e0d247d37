from django.urls import path

from notifications.api import views

urlpatterns = [
    path("notifications", views.Notifications.as_view()),
    path("notifications/unread/count", views.Unread.as_view()),
    path("notifications/mark-all-read", views.MarkAllRead.as_view()),
    path("notifications/read-all", views.ReadAll.as_view()),
    path("notifications/send", views.Send.as_view()),
    path("notifications/preferences", views.Preferences.as_view()),
    path("notifications/<uuid:pk>", views.OneNotification.as_view()),
    path("notifications/<uuid:pk>/read", views.Read.as_view()),
]
