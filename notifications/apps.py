from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "notifications"

    def ready(self) -> None:
        from accounts.mail import send_through
        from notifications.services import send_mail

        send_through(send_mail)
