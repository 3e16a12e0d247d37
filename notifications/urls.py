from django.urls import path

from notifications import devmail
from notifications.views import centre, preferences

app_name = "notifications"

urlpatterns = [
    path("notifications/", centre.notifications, name="list"),
    path("notifications/lines/", centre.lines, name="lines"),
    path("notifications/latest/", centre.latest, name="latest"),
    path("notifications/state/", centre.state, name="state"),
    path("notifications/read-all/", centre.read_all, name="read_all"),
    path("notifications/remove-all/", centre.remove_all, name="remove_all"),
    path("notifications/put-back/", centre.put_back, name="put_back"),
    path("notifications/preferences/", preferences.Preferences.as_view(), name="preferences"),
    path("notifications/mail-off/<str:token>/", preferences.mail_off, name="mail_off"),
    path("notifications/<uuid:pk>/", centre.open_notification, name="open"),
    path("notifications/<uuid:pk>/remove/", centre.remove, name="remove"),
    path("dev/mail/", devmail.mails, name="dev_mails"),
    path("dev/mail/fault/", devmail.set_fault, name="dev_mail_fault"),
    path("dev/mail/<str:name>/", devmail.mail, name="dev_mail"),
    path("dev/mail/<str:name>/html/", devmail.mail_html, name="dev_mail_html"),
    path("dev/mail/<str:name>/invite.ics", devmail.mail_calendar, name="dev_mail_calendar"),
]
