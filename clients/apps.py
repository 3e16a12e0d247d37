from typing import Any

from django.apps import AppConfig


class ClientsConfig(AppConfig):
    name = "clients"

    def ready(self) -> None:
        from allauth.account.signals import email_confirmed, user_logged_in

        from accounts.entering import device_logged_in

        email_confirmed.connect(_confirmed, dispatch_uid="clients.claim_on_confirmation")
        user_logged_in.connect(_logged_in, dispatch_uid="clients.claim_on_login")
        device_logged_in.connect(_logged_in, dispatch_uid="clients.claim_on_device")


def _confirmed(*, email_address: Any, **_: Any) -> None:
    from clients import services

    services.claim(user=email_address.user, email=email_address.email)


def _logged_in(*, user: Any, **_: Any) -> None:
    from clients import services

    services.claim_confirmed(user=user)
